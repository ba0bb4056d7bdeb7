package auth_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/skillcert/skillcert/api/auth"
)

// A token that was checked once is judged like one that was not: by its times and by whether its key is still there.
func TestSeenTokensEnd(t *testing.T) {
	tk, c, dir := tokens(t)
	s := issue(t, tk)
	for range 3 {
		if _, err := tk.Login(s); err != nil {
			t.Fatal(err)
		}
	}
	c.Advance(auth.Life + 30*time.Second - time.Millisecond)
	if _, err := tk.Login(s); err != nil {
		t.Errorf("in the last millisecond: %v", err)
	}
	c.Advance(time.Millisecond)
	if login, err := tk.Login(s); !errors.Is(err, auth.ErrExpired) || login == "" {
		t.Errorf("after its end: %q, %v", login, err)
	}
	c.Set(c.Now().Add(-auth.Life - 2*time.Minute))
	if _, err := tk.Login(s); !errors.Is(err, auth.ErrToken) {
		t.Errorf("before its issue: %v", err)
	}

	s = issue(t, tk)
	if _, err := tk.Login(s); err != nil {
		t.Fatal(err)
	}
	rotate(t, dir)
	c.Advance(time.Minute)
	issue(t, tk) // reads the directory
	if err := os.Remove(filepath.Join(dir, keys(t, dir)[0].Name)); err != nil {
		t.Fatal(err)
	}
	c.Advance(time.Minute)
	issue(t, tk)
	if _, err := tk.Login(s); !errors.Is(err, auth.ErrToken) {
		t.Errorf("its key was taken away: %v", err)
	}
}

// Nothing that is not the token passes for it.
func TestSeenTokensAreCompared(t *testing.T) {
	tk, _, _ := tokens(t)
	s := issue(t, tk)
	if _, err := tk.Login(s); err != nil {
		t.Fatal(err)
	}
	for i := range len(s) {
		b := []byte(s)
		if b[i] ^= 1; string(b) != s {
			if _, err := tk.Login(string(b)); err == nil {
				t.Fatalf("passed with another byte %d", i)
			}
		}
	}
}
