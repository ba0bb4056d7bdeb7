// Package auth makes and reads access tokens. It is the only package that imports jwt.
package auth

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Ring holds the Ed25519 keys that sign access tokens. The newest signs, all verify: a rotation drops nobody.
type Ring struct {
	oldest  string // by age, as current is the newest
	current string
	private map[string]ed25519.PrivateKey
}

// keyPrefix starts the name of every key file: token-<kid>.pem, PKCS #8.
const keyPrefix = "token-"

// OpenRing reads the keys in dir, and makes the first one when there is none.
func OpenRing(dir string) (*Ring, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("token keys: %w", err)
	}
	names, err := filepath.Glob(filepath.Join(dir, keyPrefix+"*.pem"))
	if err != nil {
		return nil, fmt.Errorf("token keys: %w", err)
	}
	if len(names) == 0 {
		if err := writeKey(dir); err != nil {
			return nil, err
		}
		return OpenRing(dir)
	}
	return readRing(names)
}

func readRing(names []string) (*Ring, error) {
	r := &Ring{private: map[string]ed25519.PrivateKey{}}
	type aged struct {
		kid string
		mod int64
	}
	var order []aged
	for _, name := range names {
		key, err := readKey(name)
		if err != nil {
			return nil, err
		}
		info, err := os.Stat(name)
		if err != nil {
			return nil, fmt.Errorf("token keys: %w", err)
		}
		kid := kidOf(key)
		r.private[kid] = key
		order = append(order, aged{kid, info.ModTime().UnixNano()})
	}
	slices.SortFunc(order, func(a, b aged) int {
		if a.mod != b.mod {
			return int(max(-1, min(1, a.mod-b.mod)))
		}
		return strings.Compare(a.kid, b.kid)
	})
	r.oldest, r.current = order[0].kid, order[len(order)-1].kid
	return r, nil
}

func readKey(name string) (ed25519.PrivateKey, error) {
	b, err := os.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("token keys: %w", err)
	}
	block, _ := pem.Decode(b)
	if block == nil {
		return nil, fmt.Errorf("token keys: %s is no PEM file", filepath.Base(name))
	}
	k, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("token keys: %s: %w", filepath.Base(name), err)
	}
	key, ok := k.(ed25519.PrivateKey)
	if !ok {
		return nil, fmt.Errorf("token keys: %s holds no Ed25519 key", filepath.Base(name))
	}
	return key, nil
}

// writeKey adds a new key. Two processes that start at once make two keys, and both verify both.
func writeKey(dir string) error {
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return fmt.Errorf("token keys: %w", err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return fmt.Errorf("token keys: %w", err)
	}
	name := filepath.Join(dir, keyPrefix+kidOf(key)+".pem")
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("token keys: %w", err)
	}
	err = pem.Encode(f, &pem.Block{Type: "PRIVATE KEY", Bytes: der})
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("token keys: %w", err)
	}
	return nil
}

func kidOf(key ed25519.PrivateKey) string {
	h := sha256.Sum256(key.Public().(ed25519.PublicKey))
	return hex.EncodeToString(h[:8])
}

// Rotate adds a key to dir and returns the ring that signs with it.
func Rotate(dir string) (*Ring, error) {
	if err := writeKey(dir); err != nil {
		return nil, err
	}
	return OpenRing(dir)
}

// Secret derives a symmetric secret for use from the ring's oldest key, for the CSRF check. It stays the same across
// rotations as long as the oldest key file stays.
func (r *Ring) Secret(use string) []byte {
	h := sha256.Sum256(append([]byte("skillcert/"+use+"\x00"), r.private[r.oldest].Seed()...))
	return h[:]
}
