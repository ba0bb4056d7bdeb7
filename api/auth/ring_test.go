package auth_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/skillcert/skillcert/api/auth"
	"github.com/skillcert/skillcert/engine/clock"
)

func rotate(t *testing.T, dir string) auth.Key {
	t.Helper()
	k, err := auth.Rotate(dir)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func keys(t *testing.T, dir string) []auth.Key {
	t.Helper()
	all, err := auth.Keys(dir)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// A server that signs with a new key is understood at once by the others, and those sign with it within a minute.
func TestRotationIsLearnt(t *testing.T) {
	tk, c, dir := tokens(t)
	before := issue(t, tk)
	k := rotate(t, dir)
	c.Advance(time.Second) // since the directory was read last
	next := auth.NewTokens(openRing(t, dir, c), c)
	if _, err := next.Login(before); err != nil {
		t.Fatalf("a token of before the rotation: %v", err)
	}
	if _, err := tk.Login(issue(t, next)); err != nil {
		t.Fatalf("a token of after the rotation, at a server of before: %v", err)
	}

	alone, c, dir := tokens(t)
	k = rotate(t, dir)
	c.Advance(time.Minute - time.Millisecond)
	if kid(t, issue(t, alone)) == k.ID {
		t.Error("the directory is read for every token")
	}
	c.Advance(time.Millisecond)
	if kid(t, issue(t, alone)) != k.ID {
		t.Error("a server signs with the old key a minute after the rotation")
	}
}

// Unknown keys make the directory be read once a second at most.
func TestUnknownKeysReadTheDirectorySeldom(t *testing.T) {
	tk, c, dir := tokens(t)
	rotate(t, dir)
	s := issue(t, auth.NewTokens(openRing(t, dir, c), c))
	c.Advance(time.Second - time.Millisecond)
	if _, err := tk.Login(s); !errors.Is(err, auth.ErrToken) {
		t.Fatalf("within the second: %v", err)
	}
	c.Advance(time.Millisecond)
	if _, err := tk.Login(s); err != nil {
		t.Fatalf("after a second: %v", err)
	}
}

// A key that was taken away opens nothing any more; a directory that cannot be read changes nothing.
func TestKeysTakenAway(t *testing.T) {
	tk, c, dir := tokens(t)
	old := issue(t, tk)
	rotate(t, dir)
	first := filepath.Join(dir, keys(t, dir)[0].Name)
	if err := os.Chmod(first, 0o640); err != nil {
		t.Fatal(err)
	}
	c.Advance(time.Minute)
	if _, err := tk.Login(issue(t, tk)); err != nil {
		t.Fatalf("a directory with a key that is refused: %v", err)
	}
	if err := os.Remove(first); err != nil {
		t.Fatal(err)
	}
	c.Advance(time.Minute)
	issue(t, tk)
	if _, err := tk.Login(old); !errors.Is(err, auth.ErrToken) {
		t.Fatalf("a token of a key that was taken away: %v", err)
	}
}

func TestServersThatStartAtOnceShareOneKey(t *testing.T) {
	dir, c := filepath.Join(t.TempDir(), "keys"), clock.NewManual(noon)
	rings := make([]*auth.Ring, 16)
	var wg sync.WaitGroup
	for i := range rings {
		wg.Go(func() {
			var err error
			if rings[i], err = auth.OpenRing(dir, c); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if all := keys(t, dir); len(all) != 1 {
		t.Fatalf("%d keys", len(all))
	}
	for _, r := range rings {
		if _, err := auth.NewTokens(rings[0], c).Login(issue(t, auth.NewTokens(r, c))); err != nil {
			t.Fatal(err)
		}
	}
	left, err := filepath.Glob(filepath.Join(dir, ".new-*"))
	if err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// The number in the name is the order, whatever the times of the files say; rotations at once add a key each.
func TestOrderOfKeys(t *testing.T) {
	tk, c, dir := tokens(t)
	secret := openRing(t, dir, c).Secret("csrf")
	made := make([]auth.Key, 8)
	var wg sync.WaitGroup
	for i := range made {
		wg.Go(func() {
			var err error
			if made[i], err = auth.Rotate(dir); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	all := keys(t, dir)
	if len(all) != 1+len(made) {
		t.Fatalf("%d keys", len(all))
	}
	for i, k := range all {
		if k.Name != fmt.Sprintf("token-%06d.pem", i+1) {
			t.Errorf("key %d is %s", i, k.Name)
		}
		if err := os.Chtimes(filepath.Join(dir, k.Name), noon, noon.Add(-time.Duration(i)*time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
	c.Advance(time.Minute)
	if kid(t, issue(t, tk)) != all[len(all)-1].ID {
		t.Error("not the newest key signs")
	}
	if string(openRing(t, dir, c).Secret("csrf")) != string(secret) {
		t.Error("a rotation changes the secret of the forms")
	}
}

func TestKeysThatAreRefused(t *testing.T) {
	for name, spoil := range map[string]func(name string) error{
		"readable by the group": func(n string) error { return os.Chmod(n, 0o640) },
		"readable by all":       func(n string) error { return os.Chmod(n, 0o604) },
		"writable by the group": func(n string) error { return os.Chmod(n, 0o620) },
		"no PEM":                func(n string) error { return os.WriteFile(n, []byte("x"), 0o600) },
		"cut":                   func(n string) error { return os.Truncate(n, 40) },
		"another kind of key":   func(n string) error { return os.WriteFile(n, []byte(x25519), 0o600) },
	} {
		_, c, dir := tokens(t)
		file := filepath.Join(dir, keys(t, dir)[0].Name)
		if err := spoil(file); err != nil {
			t.Fatal(err)
		}
		if _, err := auth.OpenRing(dir, c); err == nil || !strings.Contains(err.Error(), filepath.Base(file)) {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := auth.Rotate(dir); err == nil {
			t.Errorf("%s: rotated", name)
		}
	}
	if _, err := auth.Rotate(t.TempDir()); !errors.Is(err, auth.ErrNoKeys) {
		t.Errorf("a directory without keys: %v", err)
	}
}

// x25519 is a key that cannot sign.
const x25519 = `-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VuBCIEIHcHbQpzGKV9PBbBclGyZkXfTC+H68CZKrF3+6UduSwq
-----END PRIVATE KEY-----
`
