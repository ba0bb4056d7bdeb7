package store

import (
	"context"
	"errors"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/people"
	"github.com/skillcert/skillcert/engine/store/docs"
)

// albums keeps each person's photos in one document under the person's id, sealed as that one: under another id it is not opened.
func (s *Store) albums() docs.Table[people.Album] {
	return docs.Table[people.Album]{Store: s.docs, IDs: s.ids, Cipher: s.vault, Kind: "person-photo", Schema: 1,
		ID: func(a *people.Album) string { return string(a.Person) }, Revision: func(a *people.Album) *int64 { return &a.Revision },
		Index: func(a *people.Album) map[string]string {
			if a.Since.IsZero() {
				return map[string]string{}
			}
			return map[string]string{"open": "1"}
		},
		Absent: people.ErrAlbum, Exists: people.ErrAlbumExists}
}

// albumTable is the repository of photos. Those that still lie in persons' documents it shows as albums of revision 0, or as one
// print more in the album that there is.
type albumTable struct {
	albums  docs.Table[people.Album]
	persons docs.Table[personDoc]
}

func (r albumTable) Album(ctx context.Context, id engine.PersonID) (*people.Album, error) {
	a, absent := r.albums.Get(ctx, string(id))
	if absent != nil && !errors.Is(absent, people.ErrAlbum) {
		return nil, absent
	}
	d, err := r.persons.Get(ctx, string(id))
	switch {
	case errors.Is(err, engine.ErrPerson), err == nil && len(d.Photo) == 0:
		return a, absent
	case err != nil:
		return nil, err
	case absent != nil:
		a = &people.Album{Person: id}
	}
	a.Prints = withInside(a.Prints, d.Photo)
	return a, nil
}

// withInside returns prints with the photo of a person's document, once.
func withInside(prints []people.Print, jpeg []byte) []people.Print {
	mark := engine.MarkPhoto(jpeg, 0)
	for _, p := range prints {
		if p.PhotoMark == mark {
			return prints
		}
	}
	return append(prints, people.Print{PhotoMark: mark, JPEG: jpeg})
}

func (r albumTable) CreateAlbum(ctx context.Context, a *people.Album) error {
	return r.albums.Create(ctx, a)
}
func (r albumTable) UpdateAlbum(ctx context.Context, a *people.Album) error {
	return r.albums.Update(ctx, a)
}
func (r albumTable) OpenAlbums(ctx context.Context, c engine.Cursor) ([]*people.Album, string, error) {
	return r.albums.List(ctx, "open", "1", c)
}

// moveOut brings the photo of a person's document into the album, and its mark into the document. The album is durable when the
// document is written without the photo; done twice it is the same.
func (s *Store) moveOut(ctx context.Context, d *personDoc) error {
	if len(d.Photo) == 0 {
		return nil
	}
	t := s.albums()
	load := func(ctx context.Context) (*people.Album, error) {
		a, err := t.Get(ctx, string(d.ID))
		if errors.Is(err, people.ErrAlbum) {
			return &people.Album{Person: d.ID}, nil
		}
		return a, err
	}
	save := func(ctx context.Context, a *people.Album) error {
		if a.Revision > 0 {
			return t.Update(ctx, a)
		}
		err := t.Create(ctx, a)
		if errors.Is(err, people.ErrAlbumExists) {
			return engine.ErrStale
		}
		return err
	}
	_, err := engine.Modify(ctx, load, save, func(a *people.Album) error {
		prints := withInside(a.Prints, d.Photo)
		if len(prints) == len(a.Prints) {
			return engine.ErrUnchanged
		}
		a.Prints = prints
		return nil
	})
	if err == nil {
		d.Person.Photo, d.Photo = engine.MarkPhoto(d.Photo, 0), nil
	}
	return err
}
