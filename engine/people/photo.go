package people

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/errs"
)

// Album (照片册) holds the photo of one person, apart from the person: the one that the person's mark names and, while it is
// being exchanged, the one that comes after.
//
// A photo is exchanged in three writes: the new print goes into the album, the person's mark is turned to it at the revision
// that the print was made for, and the print before it leaves the album. Stopped anywhere between them the mark names a print
// that is there. What is left over is found by Since and put away by Registry.SettleAlbums.
type Album struct {
	Person engine.PersonID `json:"person"`
	Prints []Print         `json:"prints"`
	Since  time.Time       `json:"since,omitzero"` // when the last print came in; zero once it is settled which one holds

	Revision int64 `json:"-"` // kept by the store, one more at every write
}

// Print is one photo in an album.
type Print struct {
	engine.PhotoMark
	JPEG []byte `json:"jpeg"`
}

// maxPrints bounds an album: 2 MB of the 4 that a document holds. Nobody comes near it but who is stopped again and again.
const maxPrints = 8

// Refusals about photos.
var (
	ErrAlbum       = errs.New(errs.NotFound, "photo.not_found", "没有登记照片")
	ErrAlbumExists = errs.New(errs.Conflict, "photo.exists", "此人的照片册已建立")
	ErrPhotoBusy   = errs.New(errs.Unavailable, "photo.busy", "此人的照片正在被多次更改，请过一小时再试")
	ErrPhotoLost   = errs.New(errs.Internal, "photo.lost", "登记的照片与照片册不符，请由运维人员检查数据库")
)

// Albums keeps the photos of persons. Safe for concurrent use; must pass storetest.Albums.
//   - Absent: ErrAlbum. One of that person already: CreateAlbum returns ErrAlbumExists.
//   - UpdateAlbum writes only at the album's Revision, otherwise engine.ErrStale.
//   - OpenAlbums lists those that have a Since, in the byte order of persons.
//   - An album of Revision 0 is not kept yet: its print still lies in the person's document, as documents were before.
type Albums interface {
	Album(ctx context.Context, id engine.PersonID) (*Album, error)
	CreateAlbum(ctx context.Context, a *Album) error
	UpdateAlbum(ctx context.Context, a *Album) error
	OpenAlbums(ctx context.Context, c engine.Cursor) (rows []*Album, next string, err error)
}

// Take puts a photo into the album that p is to bear from its next revision on, and returns its mark. engine.ErrUnchanged: it
// lies there already.
func (a *Album) Take(p *engine.Person, jpeg []byte, now time.Time) (engine.PhotoMark, error) {
	mark := engine.MarkPhoto(jpeg, p.Revision+1)
	a.Settle(p)
	switch {
	case a.print(mark) != nil:
		return mark, engine.ErrUnchanged
	case len(a.Prints) >= maxPrints:
		return mark, ErrPhotoBusy
	}
	a.Prints, a.Since = append(a.Prints, Print{mark, jpeg}), now
	return mark, nil
}

// Settle puts away the prints of which p, at whatever revision it was read, shows that nobody will bear them: those for its
// revision or an earlier one that it does not name. For whoever meant to turn the mark to one of these read the person before
// that revision, and is answered that it is stale. It reports whether anything changed.
func (a *Album) Settle(p *engine.Person) bool {
	prints, open := len(a.Prints), !a.Since.IsZero()
	a.Prints = slices.DeleteFunc(a.Prints, func(k Print) bool { return k.Turn <= p.Revision && k.PhotoMark != p.Photo })
	if !slices.ContainsFunc(a.Prints, func(k Print) bool { return k.Turn > p.Revision }) {
		a.Since = time.Time{}
	}
	return prints != len(a.Prints) || open != !a.Since.IsZero()
}

// print returns the photo of a mark, nil when there is none, or another one in its place.
func (a *Album) print(m engine.PhotoMark) []byte {
	i := slices.IndexFunc(a.Prints, func(k Print) bool { return k.PhotoMark == m })
	if i < 0 || engine.MarkPhoto(a.Prints[i].JPEG, m.Turn) != m {
		return nil
	}
	return a.Prints[i].JPEG
}

// photoTries bounds how often a photo is looked for that was exchanged meanwhile.
const photoTries = 4

// Photo returns the JPEG of a person as read by this package, nil when they have none. When it was exchanged meanwhile it is the
// one that they have now. It asks for no role: the room that prints it has.
func (r *Registry) Photo(ctx context.Context, p *engine.Person) ([]byte, error) {
	for range photoTries {
		if p.Photo.None() {
			return nil, nil
		}
		a, err := r.people.Album(ctx, p.ID)
		if err != nil && !errors.Is(err, ErrAlbum) {
			return nil, err
		}
		if err == nil {
			if jpeg := a.print(p.Photo); jpeg != nil {
				return jpeg, nil
			}
		}
		if p, err = r.people.Person(ctx, p.ID); err != nil {
			return nil, err
		}
	}
	return nil, ErrPhotoLost
}

// save writes p by write, with photo as the photo that p bears from then on; nil leaves the one that p has.
func (r *Registry) save(ctx context.Context, p *engine.Person, photo []byte, write func(context.Context, *engine.Person) error) error {
	if len(photo) == 0 {
		return write(ctx, p)
	}
	var mark engine.PhotoMark
	_, err := engine.Modify(ctx, func(ctx context.Context) (*Album, error) { return r.album(ctx, p.ID) }, r.saveAlbum, func(a *Album) (err error) {
		mark, err = a.Take(p, photo, r.clock.Now())
		return err
	})
	if err != nil {
		return err
	}
	p.Photo = mark
	if err := write(ctx, p); err != nil {
		return err
	}
	_ = r.settle(ctx, p) // the person has the photo; what this leaves behind, SettleAlbums finds
	return nil
}

// album returns somebody's album, an empty one where there is none.
func (r *Registry) album(ctx context.Context, id engine.PersonID) (*Album, error) {
	a, err := r.people.Album(ctx, id)
	if errors.Is(err, ErrAlbum) {
		return &Album{Person: id}, nil
	}
	return a, err
}

func (r *Registry) saveAlbum(ctx context.Context, a *Album) error {
	if a.Revision > 0 {
		return r.people.UpdateAlbum(ctx, a)
	}
	err := r.people.CreateAlbum(ctx, a)
	if errors.Is(err, ErrAlbumExists) {
		return engine.ErrStale
	}
	return err
}

// settle puts away what p does not bear.
func (r *Registry) settle(ctx context.Context, p *engine.Person) error {
	_, err := engine.Modify(ctx, func(ctx context.Context) (*Album, error) { return r.people.Album(ctx, p.ID) }, r.saveAlbum, func(a *Album) error {
		if !a.Settle(p) {
			return engine.ErrUnchanged
		}
		return nil
	})
	return err
}

// After how long the leavings of a change of photo are put away: of somebody registered, and of somebody who never was.
const (
	openFor   = time.Hour
	orphanFor = 24 * time.Hour
)

// SettleAlbums puts away the photos that stopped changes left behind, and returns of how many people. A person is written anew
// first, so that whoever still means to turn the mark finds it stale; somebody who was never registered, because the
// registration was cut off, is waited for a day, longer than any request lives.
func (r *Registry) SettleAlbums(ctx context.Context) (settled int, err error) {
	open, err := engine.All(ctx, r.openOf)
	if err != nil {
		return 0, err
	}
	for _, of := range open {
		if r.clock.Now().Sub(of.since) < openFor {
			continue
		}
		did, err := r.settleOpen(ctx, of)
		if err != nil {
			return settled, err
		}
		if did {
			settled++
		}
	}
	return settled, nil
}

// openAlbum is what is remembered of an album that is not settled: not its photos.
type openAlbum struct {
	person engine.PersonID
	since  time.Time
}

// openPage is how many albums are held at once.
const openPage = 16

func (r *Registry) openOf(ctx context.Context, c engine.Cursor) (all []openAlbum, next string, err error) {
	rows, next, err := r.people.OpenAlbums(ctx, engine.Cursor{After: c.After, Limit: openPage})
	for _, a := range rows {
		all = append(all, openAlbum{a.Person, a.Since})
	}
	return all, next, err
}

func (r *Registry) settleOpen(ctx context.Context, of openAlbum) (bool, error) {
	p, err := engine.Modify(ctx, func(ctx context.Context) (*engine.Person, error) { return r.people.Person(ctx, of.person) }, r.people.UpdatePerson,
		func(*engine.Person) error { return nil })
	if errors.Is(err, engine.ErrPerson) {
		if r.clock.Now().Sub(of.since) < orphanFor {
			return false, nil
		}
		p, err = &engine.Person{ID: of.person, Revision: 1}, nil // nobody, and nobody comes to bear what was made for the first revision
	}
	if err != nil {
		return false, err
	}
	return true, r.settle(ctx, p)
}
