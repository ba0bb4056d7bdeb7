package auth

import (
	"crypto/ed25519"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/skillcert/skillcert/engine/clock"
)

// Ring holds the keys of one directory. The newest signs, all verify: a rotation drops nobody. Safe for concurrent
// use, also by several processes on one directory: each learns from the directory what another one added.
type Ring struct {
	dir   string
	clock clock.Clock
	first Key

	mu   sync.Mutex
	keys []Key     // the oldest first, never empty
	read time.Time // when the directory was read last
}

const (
	// rereadUnknown bounds how often tokens of unknown keys, which anybody can send, make the directory be read.
	rereadUnknown = time.Second
	// rereadSigning is how soon a key that another process added signs here.
	rereadSigning = time.Minute
)

// OpenRing reads the keys in dir, and makes the first one when there is none. Of two processes that start at once both
// end up with the same key. A key that others than its owner may read is refused.
func OpenRing(dir string, c clock.Clock) (*Ring, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("token keys: %w", err)
	}
	keys, err := readKeys(dir)
	if err == nil && len(keys) == 0 {
		if _, err = addKey(dir, 1); err == nil {
			keys, err = readKeys(dir)
		}
	}
	if err != nil {
		return nil, err
	}
	return &Ring{dir: dir, clock: c, first: keys[0], keys: keys, read: c.Now()}, nil
}

// ErrNoKeys says that a directory holds no token keys: nothing ever served from it.
var ErrNoKeys = errors.New("token keys: there are none")

// Keys lists the keys in dir, the oldest first; the last one signs. It makes none.
func Keys(dir string) ([]Key, error) {
	keys, err := readKeys(dir)
	if err == nil && len(keys) == 0 {
		err = fmt.Errorf("%w in %s", ErrNoKeys, dir)
	}
	return keys, err
}

// Rotate adds a key to a directory that has some, and returns it. Rings that are open on it sign with it within a
// minute, and verify with it at once.
func Rotate(dir string) (Key, error) {
	for {
		keys, err := Keys(dir)
		if err != nil {
			return Key{}, err
		}
		n, err := number(keys[len(keys)-1].Name)
		if err != nil {
			return Key{}, err
		}
		made, err := addKey(dir, n+1)
		if err != nil {
			return Key{}, err
		}
		if made {
			return readKey(filepath.Join(dir, fmt.Sprintf(keyForm, n+1)))
		}
	}
}

func number(name string) (n int, err error) {
	if _, err := fmt.Sscanf(name, keyForm, &n); err != nil {
		return 0, fmt.Errorf("token keys: %s: %w", name, err)
	}
	return n, nil
}

// signing returns the key to sign with.
func (r *Ring) signing() Key {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.reread(rereadSigning)
	return r.keys[len(r.keys)-1]
}

// verifying returns the key that a token names.
func (r *Ring) verifying(kid string) (ed25519.PublicKey, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	i := r.find(kid)
	if i < 0 {
		r.reread(rereadUnknown)
		i = r.find(kid)
	}
	if i < 0 {
		return nil, false
	}
	return r.keys[i].private.Public().(ed25519.PublicKey), true
}

// has reports whether a key is there, without reading the directory.
func (r *Ring) has(kid string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.find(kid) >= 0
}

func (r *Ring) find(kid string) int {
	return slices.IndexFunc(r.keys, func(k Key) bool { return k.ID == kid })
}

// reread reads the directory unless that was done less than every ago; a clock that was set back counts as long ago.
// Keys that were taken away are forgotten. While the directory cannot be read, the keys known from before serve on.
func (r *Ring) reread(every time.Duration) {
	now := r.clock.Now()
	if since := now.Sub(r.read); since >= 0 && since < every {
		return
	}
	r.read = now
	if keys, err := readKeys(r.dir); err == nil && len(keys) > 0 {
		r.keys = keys
	}
}

// Secret derives a symmetric secret for use from the key that was the oldest when the ring was opened, for the CSRF
// check. It stays the same across rotations as long as that key's file stays.
func (r *Ring) Secret(use string) []byte {
	h := sha256.Sum256(append([]byte("skillcert/"+use+"\x00"), r.first.private.Seed()...))
	return h[:]
}
