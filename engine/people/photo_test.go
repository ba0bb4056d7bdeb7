package people_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/ids"
	"github.com/skillcert/skillcert/engine/people"
	"github.com/skillcert/skillcert/engine/store"
	"github.com/skillcert/skillcert/engine/store/docs"
	"github.com/skillcert/skillcert/engine/store/sqlite"
)

// stopping ends after some writes, as a power cut does: before the last of them, or after it with the reply lost.
type stopping struct {
	docs.Store
	mu   sync.Mutex
	left int // writes; below zero everything fails
	lost bool
}

var errStopped = errors.New("stopped")

func (s *stopping) Put(ctx context.Context, w docs.Write) (int64, error) {
	s.mu.Lock()
	s.left--
	left := s.left
	s.mu.Unlock()
	if left < 0 && (!s.lost || left < -1) {
		return 0, errStopped
	}
	n, err := s.Store.Put(ctx, w)
	if left < 0 && s.lost {
		return 0, errStopped
	}
	return n, err
}

// shop is a registry over documents that can be looked at, and whose writes can be stopped.
type shop struct {
	*people.Registry
	store *store.Store
	stop  *stopping
	clock *clock.Manual
}

const never = 1 << 30

func openShop(t *testing.T) *shop {
	t.Helper()
	db, err := sqlite.Open(filepath.Join(t.TempDir(), "x.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	s := &shop{stop: &stopping{Store: db, left: never}, clock: clock.NewManual(time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC))}
	s.store = store.New(s.stop, ids.Random())
	s.Registry = people.NewRegistry(s.store.People(), s.store.Organisations(), []byte("key"), s.clock)
	return s
}

func picture(n int) []byte { return fmt.Append([]byte{0xFF, 0xD8, 0xFF, 0xE0}, "picture ", n) }

// shows is the photo that somebody has now, which must be there when they are marked with one.
func (s *shop) shows(t *testing.T, id engine.PersonID) []byte {
	t.Helper()
	p := must[*engine.Person](t)(s.Named(ctx, id))
	photo := must[[]byte](t)(s.Photo(ctx, p))
	if p.Photo.None() != (photo == nil) {
		t.Fatalf("marked %+v, shown %q", p.Photo, photo)
	}
	return photo
}

func (s *shop) prints(t *testing.T, id engine.PersonID) int {
	t.Helper()
	a, err := s.store.People().Album(ctx, id)
	if errors.Is(err, people.ErrAlbum) {
		return 0
	}
	if err != nil {
		t.Fatal(err)
	}
	return len(a.Prints)
}

// 更换照片中途断电，无论断在哪一步，登记的要么是旧照片、要么是新照片，不会指向一张不存在的照片；再换一次就成功。留下的多余照片
// 一小时后由清理任务清除。
func TestAPhotoIsTheOldOneOrTheNewOne(t *testing.T) {
	for _, lost := range []bool{false, true} {
		for left := range 4 {
			s := openShop(t)
			p := must[*engine.Person](t)(s.RegisterWith(ctx, office, card("李明", "12010119000101018X"), picture(1)))
			s.stop.left, s.stop.lost = left, lost
			_, err := s.Amend(ctx, office, p.ID, people.PersonChange{Photo: picture(2), Reason: "核对"})
			s.stop.left = never
			got := s.shows(t, p.ID)
			if !bytes.Equal(got, picture(1)) && !bytes.Equal(got, picture(2)) {
				t.Errorf("after %d writes, lost %v: %q", left, lost, got)
			}
			if err == nil && !bytes.Equal(got, picture(2)) {
				t.Errorf("after %d writes, lost %v: reported as done, shows %q", left, lost, got)
			}
			s.clock.Advance(2 * time.Hour)
			must[int](t)(s.SettleAlbums(ctx))
			if again := s.shows(t, p.ID); !bytes.Equal(again, got) || s.prints(t, p.ID) != 1 {
				t.Errorf("after %d writes, lost %v, put away: %q, %d prints", left, lost, again, s.prints(t, p.ID))
			}
			must[*engine.Person](t)(s.Amend(ctx, office, p.ID, people.PersonChange{Photo: picture(3), Reason: "核对"}))
			if got := s.shows(t, p.ID); !bytes.Equal(got, picture(3)) || s.prints(t, p.ID) != 1 {
				t.Errorf("after %d writes, lost %v, again: %q, %d prints", left, lost, got, s.prints(t, p.ID))
			}
			if n, err := s.SettleAlbums(ctx); n != 0 || err != nil {
				t.Errorf("nothing is left: %d, %v", n, err)
			}
		}
	}
}

// 登记时断电：没有登记成功的人留下的照片，一天后清除；再登记一次仍然成功。
func TestAPhotoOfNobodyIsPutAway(t *testing.T) {
	s := openShop(t)
	s.stop.left = 1 // the album, and not the person
	if _, err := s.RegisterWith(ctx, office, card("李明", "12010119000101018X"), picture(1)); !errors.Is(err, errStopped) {
		t.Fatal(err)
	}
	s.stop.left = never
	open, _, err := s.store.People().OpenAlbums(ctx, engine.Cursor{})
	if err != nil || len(open) != 1 {
		t.Fatalf("%d, %v", len(open), err)
	}
	for hours, want := range []int{0, 0, 1, 0} {
		if n := must[int](t)(s.SettleAlbums(ctx)); n != want {
			t.Errorf("at step %d: %d put away, want %d", hours, n, want)
		}
		if left := s.prints(t, open[0].Person); left != 1-btoi(hours >= 2) {
			t.Errorf("at step %d: %d prints", hours, left)
		}
		s.clock.Advance(13 * time.Hour)
	}
	p := must[*engine.Person](t)(s.RegisterWith(ctx, office, card("李明", "12010119000101018X"), picture(2)))
	if got := s.shows(t, p.ID); p.ID != open[0].Person || !bytes.Equal(got, picture(2)) || s.prints(t, p.ID) != 1 {
		t.Errorf("%q, %d prints", got, s.prints(t, p.ID))
	}
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// Somebody who has a photo keeps it when they are registered again with another, and their album is not touched.
func TestRegisteringAgainTouchesNoAlbum(t *testing.T) {
	s := openShop(t)
	p := must[*engine.Person](t)(s.RegisterWith(ctx, office, card("李明", "12010119000101018X"), picture(1)))
	before, err := s.store.People().Album(ctx, p.ID)
	if err != nil {
		t.Fatal(err)
	}
	must[*engine.Person](t)(s.RegisterWith(ctx, office, card("李明", "12010119000101018X"), picture(2)))
	after, err := s.store.People().Album(ctx, p.ID)
	if err != nil || after.Revision != before.Revision || !bytes.Equal(s.shows(t, p.ID), picture(1)) {
		t.Errorf("%+v, %v", after, err)
	}
}

// 几个人同时更换同一人的照片、同时有人在看：看到的总是一张登记过的照片。
func TestPhotosChangedAtTheSameTime(t *testing.T) {
	s := openShop(t)
	p := must[*engine.Person](t)(s.RegisterWith(ctx, office, card("李明", "12010119000101018X"), picture(0)))
	var all sync.WaitGroup
	for who := range 4 {
		all.Go(func() {
			for n := range 6 {
				_, err := s.Amend(ctx, office, p.ID, people.PersonChange{Photo: picture(n % 3), Reason: "核对"}) // the same ones again and again
				if err != nil && !errors.Is(err, people.ErrSameRecord) && !errors.Is(err, engine.ErrStale) {
					t.Errorf("%d: %v", who, err)
				}
			}
		})
		all.Go(func() {
			for range 20 {
				q, err := s.Named(ctx, p.ID)
				if err != nil {
					t.Error(err)
					return
				}
				if photo, err := s.Photo(ctx, q); err != nil || !bytes.HasPrefix(photo, picture(0)[:8]) {
					t.Errorf("%q, %v", photo, err)
				}
			}
		})
	}
	all.Wait()
	s.clock.Advance(2 * time.Hour)
	must[int](t)(s.SettleAlbums(ctx))
	if s.shows(t, p.ID) == nil || s.prints(t, p.ID) != 1 {
		t.Errorf("%d prints", s.prints(t, p.ID))
	}
}

// TestNoMarkWithoutItsPrint: whoever exchanges photos, settles, and is stopped, in whatever order, each having read the person
// whenever they did, the mark of the person names a print of the album.
func TestNoMarkWithoutItsPrint(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, a := engine.Person{ID: "p", Revision: 1}, people.Album{Person: "p"}
		type writer struct {
			read engine.Person
			mark engine.PhotoMark
		}
		var writers []writer
		seen := []engine.Person{p}
		for range rapid.IntRange(1, 40).Draw(t, "steps") {
			switch rapid.IntRange(0, 3).Draw(t, "step") {
			case 0: // reads the person, then puts a print in
				w := writer{read: p}
				var err error
				if w.mark, err = a.Take(&w.read, picture(rapid.IntRange(0, 2).Draw(t, "picture")), time.Unix(1, 0)); err == nil || errors.Is(err, engine.ErrUnchanged) {
					writers = append(writers, w)
				}
			case 1: // turns the mark, if nobody wrote in between
				if len(writers) == 0 {
					continue
				}
				if w := writers[rapid.IntRange(0, len(writers)-1).Draw(t, "writer")]; w.read.Revision == p.Revision {
					p.Photo, p.Revision = w.mark, p.Revision+1
					seen = append(seen, p)
				}
			case 2: // settles by what was read at some time
				old := seen[rapid.IntRange(0, len(seen)-1).Draw(t, "seen")]
				a.Settle(&old)
			case 3: // changes something else
				p.Revision++
				seen = append(seen, p)
			}
			held := p.Photo.None()
			for _, k := range a.Prints {
				held = held || k.PhotoMark == p.Photo
			}
			if !held {
				t.Fatalf("marked %+v, album %+v", p.Photo, a.Prints)
			}
		}
	})
}

// A photo that was put in the place of another one in the album is not shown.
func TestAPhotoIsTheOneThatIsMarked(t *testing.T) {
	s := openShop(t)
	p := must[*engine.Person](t)(s.RegisterWith(ctx, office, card("李明", "12010119000101018X"), picture(1)))
	a, err := s.store.People().Album(ctx, p.ID)
	if err != nil {
		t.Fatal(err)
	}
	a.Prints[0].JPEG = picture(2)
	if err := s.store.People().UpdateAlbum(ctx, a); err != nil {
		t.Fatal(err)
	}
	if photo, err := s.Photo(ctx, p); !errors.Is(err, people.ErrPhotoLost) {
		t.Errorf("%q, %v", photo, err)
	}
}
