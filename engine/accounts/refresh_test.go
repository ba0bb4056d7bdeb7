package accounts_test

import (
	"context"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/skillcert/skillcert/engine/accounts"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/ids"
	"github.com/skillcert/skillcert/engine/store"
	"github.com/skillcert/skillcert/engine/store/sqlite"
)

// tokenLife is how long an access token lives: whoever has one does not refresh.
const tokenLife = 15 * time.Minute

func TestRefreshRotates(t *testing.T) {
	w, ctx := open(t), context.Background()
	l, secret := w.signedIn(t)
	seen := map[string]bool{secret: true}
	for range 4 {
		w.clock.Advance(time.Hour)
		got, fresh, err := w.Refresh(ctx, l.ID, secret)
		wantErr(t, err, nil)
		if fresh == "" || seen[fresh] || got.Refresh == fresh || got.Previous == secret {
			t.Fatalf("secret %q is not new, or kept as it is", fresh)
		}
		seen[fresh], secret = true, fresh
	}
	for _, guess := range []string{"guessed", "", secret[:len(secret)-1] + "A", secret + "AAAA"} {
		_, _, err := w.Refresh(ctx, l.ID, guess)
		wantErr(t, err, accounts.ErrLoginEnded)
	}
	if _, err := w.Login(ctx, l.ID); err != nil {
		t.Fatalf("a guess ended the login: %v", err)
	}
	w.clock.Set(l.Expires)
	_, _, err := w.Refresh(ctx, l.ID, secret)
	wantErr(t, err, accounts.ErrLoginEnded)
}

// As long as nobody has come with what the reply brought, the old secret is answered the same, after any outage. After
// that requests that cross within a minute are, and later ones come from a copy.
func TestRefreshRepeated(t *testing.T) {
	for name, c := range map[string]struct {
		arrived bool
		after   time.Duration
		want    error
	}{
		"at once":                  {false, 0, nil},
		"after an outage":          {false, 5 * time.Hour, nil},
		"crossing":                 {true, 0, nil},
		"crossing, the last":       {true, time.Minute, nil},
		"a copy, the first moment": {true, time.Minute + time.Millisecond, accounts.ErrLoginEnded},
		"a copy":                   {true, 5 * time.Hour, accounts.ErrLoginEnded},
	} {
		t.Run(name, func(t *testing.T) {
			w, ctx := open(t), context.Background()
			l, old := w.signedIn(t)
			before := l.Access()
			l, fresh, err := w.Refresh(ctx, l.ID, old)
			wantErr(t, err, nil)
			if c.arrived {
				_, err = w.Login(ctx, l.Access())
			} else if _, err = w.Login(ctx, before); err == nil { // an older token shows nothing
				_, err = w.Login(ctx, l.ID)
			}
			wantErr(t, err, nil)
			w.clock.Advance(c.after)
			repeated, again, err := w.Refresh(ctx, l.ID, old)
			wantErr(t, err, c.want)
			if err == nil && (again != fresh || repeated.Access() != l.Access()) {
				t.Fatalf("repeated: %q, want %q", again, fresh)
			}
			_, _, err = w.Refresh(ctx, l.ID, fresh)
			wantErr(t, err, c.want)
			_, err = w.Login(ctx, l.ID)
			wantErr(t, err, c.want)
		})
	}
}

// A secret that was replaced twice is a copy, however fresh it is.
func TestRefreshWithOldSecrets(t *testing.T) {
	for behind := 2; behind <= 4; behind++ {
		w, ctx := open(t), context.Background()
		l, secret := w.signedIn(t)
		old := secret
		for range behind {
			var err error
			_, secret, err = w.Refresh(ctx, l.ID, secret)
			wantErr(t, err, nil)
		}
		_, _, err := w.Refresh(ctx, l.ID, old)
		wantErr(t, err, accounts.ErrLoginEnded)
		_, _, err = w.Refresh(ctx, l.ID, secret)
		wantErr(t, err, accounts.ErrLoginEnded)
	}
}

// Requests of one page that refresh at once all go on, with one new secret.
func TestRefreshAtOnce(t *testing.T) {
	w, ctx := open(t), context.Background()
	l, secret := w.signedIn(t)
	fresh := make([]string, 4)
	var wg sync.WaitGroup
	for i := range fresh {
		wg.Go(func() {
			var err error
			if _, fresh[i], err = w.Refresh(ctx, l.ID, secret); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	for _, s := range fresh {
		if s != fresh[0] || s == "" {
			t.Fatalf("secrets %q, want one", fresh)
		}
	}
	_, _, err := w.Refresh(ctx, l.ID, fresh[0])
	wantErr(t, err, nil)
}

// client is somebody who goes on with a login: an owner, or a thief with a copy.
type client struct {
	id, secret, access string
	expires            time.Time
}

// refresh sends the secret; a lost reply changes nothing of what the client knows.
func (c *client) refresh(w *world, lost bool) error {
	l, fresh, err := w.Refresh(context.Background(), c.id, c.secret)
	if err == nil && !lost {
		c.secret, c.access, c.expires = fresh, l.Access(), w.clock.Now().Add(tokenLife)
	}
	return err
}

// use asks for a page.
func (c *client) use(w *world) error {
	if !w.clock.Now().Before(c.expires) {
		return nil
	}
	_, err := w.Login(context.Background(), c.access)
	return err
}

// gates opens logins of one candidate on one store.
func gates(t *testing.T) func(rt *rapid.T) (*world, *client) {
	db, err := sqlite.Open(filepath.Join(t.TempDir(), "x.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	s, c := store.New(db, ids.Seeded("store")), clock.NewManual(time.Date(2026, 11, 24, 1, 0, 0, 0, time.UTC))
	seats := tickets{"1": {Number: "1", Attempt: "a", Code: "480213", Person: "p", IDNumber: "11010519491231002X", Org: "o"}}
	w := &world{accounts.NewGate(s.Accounts(), s.Logins(), seats, c, ids.Seeded("gate"), cheap), s.Logins(), s.Accounts(), c}
	return func(rt *rapid.T) (*world, *client) {
		l, secret, err := w.Admit(context.Background(), "1", "31002X", "480213")
		if err != nil {
			rt.Fatal(err)
		}
		return w, &client{l.ID, secret, l.Access(), w.clock.Now().Add(tokenLife)}
	}
}

// Whatever replies are lost, and whatever requests arrive late and twice: who holds the last secret that arrived goes
// on until the login expires.
func TestNobodyIsSignedOutByLostReplies(t *testing.T) {
	open := gates(t)
	rapid.Check(t, func(rt *rapid.T) {
		w, owner := open(rt)
		end := w.clock.Now().Add(accounts.CandidateStay)
		sent, sentAt := owner.secret, w.clock.Now()
		for range rapid.IntRange(1, 40).Draw(rt, "steps") {
			w.clock.Advance(time.Duration(rapid.IntRange(0, 900).Draw(rt, "seconds")) * time.Second)
			if !w.clock.Now().Before(end) {
				break
			}
			var err error
			switch rapid.IntRange(0, 2).Draw(rt, "what") {
			case 0:
				err = owner.use(w)
			case 1: // a page refreshes when its token expired, a program may do it earlier
				early := rapid.Bool().Draw(rt, "early") && w.clock.Now().Sub(sentAt) > time.Minute
				if early || !w.clock.Now().Before(owner.expires) {
					sent, sentAt = owner.secret, w.clock.Now()
					err = owner.refresh(w, rapid.Bool().Draw(rt, "lost"))
				}
			case 2: // a request of a while ago arrives again
				if w.clock.Now().Sub(sentAt) <= time.Minute {
					late := client{id: owner.id, secret: sent}
					err = late.refresh(w, true)
				}
			}
			if err != nil {
				rt.Fatal(err)
			}
		}
	})
}

// When a thief and the owner go on with copies of one secret, the second of them to refresh ends the login, if it
// comes more than a minute after the first used what it got.
func TestCopiesAreNoticed(t *testing.T) {
	open := gates(t)
	rapid.Check(t, func(rt *rapid.T) {
		w, owner := open(rt)
		for range rapid.IntRange(0, 3).Draw(rt, "before") {
			w.clock.Advance(tokenLife)
			if err := owner.refresh(w, rapid.Bool().Draw(rt, "lost")); err != nil {
				rt.Fatal(err)
			}
		}
		thief := *owner
		first, second := owner, &thief
		if rapid.Bool().Draw(rt, "thief first") {
			first, second = second, first
		}
		for range rapid.IntRange(1, 3).Draw(rt, "ahead") {
			w.clock.Advance(tokenLife)
			if err := first.refresh(w, false); err != nil {
				rt.Fatal(err)
			}
		}
		if err := first.use(w); err != nil {
			rt.Fatal(err)
		}
		w.clock.Advance(time.Minute + time.Duration(rapid.IntRange(1, 3_600_000).Draw(rt, "apart"))*time.Millisecond)
		if err := second.refresh(w, false); err == nil {
			rt.Fatal("the copy went on")
		}
		if err := first.refresh(w, false); err == nil {
			rt.Fatal("the login goes on after a copy was noticed")
		}
	})
}
