package store_test

import (
	"bytes"
	"errors"
	"testing"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/ids"
	"github.com/skillcert/skillcert/engine/people"
	"github.com/skillcert/skillcert/engine/store"
	"github.com/skillcert/skillcert/engine/store/docs"
	"github.com/skillcert/skillcert/engine/vault"
)

// oldPhoto is the one in the frozen person of the first form.
var oldPhoto = []byte{0xFF, 0xD8, 0xFF, 0xE0, 1, 2}

func registryOf(s *store.Store) *people.Registry {
	return people.NewRegistry(s.People(), s.Organisations(), []byte("key"), clock.System{})
}

// photoOf is the photo of a person as the rooms read it.
func photoOf(t *testing.T, s *store.Store, id engine.PersonID) []byte {
	t.Helper()
	p, err := s.People().Person(ctx, id)
	if err != nil {
		t.Fatal(err)
	}
	photo, err := registryOf(s).Photo(ctx, p)
	if err != nil {
		t.Fatal(err)
	}
	return photo
}

// 旧版本把照片存在人员记录里：升级后照样读得到；下一次更改该人（或整理加密）时移入单独的照片册，人员记录里不再有照片。
func TestPhotosOfTheFirstFormMoveOut(t *testing.T) {
	onBoth(t, func(t *testing.T, db docs.Store) {
		s := store.New(db, ids.Random()).Guarded(vaultOf(t, 1))
		for _, id := range []string{"written", "renewed", "exchanged"} {
			body := bytes.ReplaceAll(frozen(t, "person-1.json"), []byte("somebody"), []byte(id))
			putOld(t, db, docs.Write{Key: docs.Key{Kind: "person", ID: id}, Body: body})
			if got := photoOf(t, s, engine.PersonID(id)); !bytes.Equal(got, oldPhoto) {
				t.Fatalf("%s as it stood: %x", id, got)
			}
			if _, err := db.Get(ctx, docs.Key{Kind: "person-photo", ID: id}); !errors.Is(err, docs.ErrNotFound) {
				t.Fatalf("reading moved it: %v", err)
			}
		}
		p, err := s.People().Person(ctx, "written")
		if err != nil {
			t.Fatal(err)
		}
		p.Phone = "19900000002"
		stale := *p
		if err := s.People().UpdatePerson(ctx, p); err != nil || p.Revision != 2 {
			t.Fatalf("at %d, %v", p.Revision, err)
		}
		if err := s.People().UpdatePerson(ctx, &stale); !errors.Is(err, engine.ErrStale) {
			t.Errorf("of an older reading: %v", err)
		}
		another := append(bytes.Clone(oldPhoto), 9)
		if _, err := registryOf(s).Amend(ctx, authz.Principal{Account: "op", Roles: []authz.Role{authz.Operator}}, "exchanged", people.PersonChange{Photo: another, Reason: "核对"}); err != nil {
			t.Fatal(err)
		}
		if done, err := s.Renew(ctx); err != nil || done.Written != 1 {
			t.Fatalf("%+v, %v", done, err)
		}
		for id, want := range map[string][]byte{"written": oldPhoto, "renewed": oldPhoto, "exchanged": another} {
			if got := photoOf(t, s, engine.PersonID(id)); !bytes.Equal(got, want) {
				t.Errorf("%s: %x, want %x", id, got, want)
			}
			d, err := db.Get(ctx, docs.Key{Kind: "person", ID: id})
			if err != nil {
				t.Fatal(err)
			}
			body, err := vaultOf(t, 1).Open("person", id, d.Body)
			if err != nil || bytes.Contains(body, []byte(`"photo":`)) || !bytes.HasPrefix(body, []byte(`{"schema":2,`)) {
				t.Errorf("%s: %s, %v", id, body, err)
			}
			if a, err := s.People().Album(ctx, engine.PersonID(id)); err != nil || len(a.Prints) != 1 || a.Revision == 0 || !a.Since.IsZero() {
				t.Errorf("%s: %+v, %v", id, a, err)
			}
		}
	})
}

// 把一个人的照片册换到另一个人名下，打不开。换密钥后照片仍能打开。
func TestAPhotoIsSealedAsItsPersons(t *testing.T) {
	onBoth(t, func(t *testing.T, db docs.Store) {
		s := store.New(db, ids.Random()).Guarded(vaultOf(t, 1))
		photos := map[engine.PersonID][]byte{"a": []byte("\xff\xd8\xff of a"), "b": []byte("\xff\xd8\xff of b")}
		for id, photo := range photos {
			if err := s.People().CreateAlbum(ctx, &people.Album{Person: id, Prints: []people.Print{{PhotoMark: engine.MarkPhoto(photo, 1), JPEG: photo}}}); err != nil {
				t.Fatal(err)
			}
			if err := s.People().CreatePerson(ctx, &engine.Person{ID: id, Name: "甲", Photo: engine.MarkPhoto(photo, 1)}); err != nil {
				t.Fatal(err)
			}
		}
		for kind, of := range map[string]string{"person-photo": "a", "person": "a"} {
			moved, err := db.Get(ctx, docs.Key{Kind: kind, ID: of})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := vaultOf(t, 1).Open("person-photo", "b", moved.Body); !errors.Is(err, vault.ErrSealed) {
				t.Errorf("a's %s opens as b's photo: %v", kind, err)
			}
		}
		moved, err := db.Get(ctx, docs.Key{Kind: "person-photo", ID: "a"})
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(moved.Body, []byte("of a")) {
			t.Error("the photo stands in clear")
		}
		both := store.New(db, ids.Random()).Guarded(vaultOf(t, 1, 2))
		if done, err := both.Renew(ctx); err != nil || done.Written != 4 {
			t.Fatalf("%+v, %v", done, err)
		}
		for id, photo := range photos {
			if got := photoOf(t, store.New(db, ids.Random()).Guarded(vaultOf(t, 2)), id); !bytes.Equal(got, photo) {
				t.Errorf("%s under the new key alone: %q", id, got)
			}
		}
		putOld(t, db, docs.Write{Key: docs.Key{Kind: "person-photo", ID: "b"}, Op: "moved", IfRevision: 2, Body: moved.Body})
		p, err := s.People().Person(ctx, "b")
		if errors.Is(err, vault.ErrKey) { // the person is under the new key by now
			p, err = both.People().Person(ctx, "b")
		}
		if err != nil {
			t.Fatal(err)
		}
		if photo, err := registryOf(both).Photo(ctx, p); !errors.Is(err, vault.ErrSealed) {
			t.Errorf("a's album in b's place: %q, %v", photo, err)
		}
	})
}

// A power cut between album and person: the next pass of the renewal finds the print that is there, and writes no second one.
func TestMovingOutGoesOn(t *testing.T) {
	onBoth(t, func(t *testing.T, db docs.Store) {
		putOld(t, db, docs.Write{Key: docs.Key{Kind: "person", ID: "somebody"}, Body: frozen(t, "person-1.json")})
		v := vaultOf(t, 1)
		if _, err := store.New(&cut{Store: db, left: 2}, ids.Random()).Guarded(v).Renew(ctx); !errors.Is(err, errCut) { // the guard and the album
			t.Fatal(err)
		}
		s := store.New(db, ids.Random()).Guarded(v)
		if got := photoOf(t, s, "somebody"); !bytes.Equal(got, oldPhoto) {
			t.Errorf("in between: %x", got)
		}
		if done, err := s.Renew(ctx); err != nil || done.Written != 1 {
			t.Errorf("%+v, %v", done, err)
		}
		if a, err := s.People().Album(ctx, "somebody"); err != nil || len(a.Prints) != 1 || !bytes.Equal(photoOf(t, s, "somebody"), oldPhoto) {
			t.Errorf("%+v, %v", a, err)
		}
	})
}
