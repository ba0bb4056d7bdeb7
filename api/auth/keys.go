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
	"regexp"
)

// Key is one Ed25519 key that signs access tokens.
type Key struct {
	Name    string // of its file
	ID      string // kid, as tokens name it
	private ed25519.PrivateKey
}

// Key files are token-000001.pem and so on, PKCS #8. The number is the order: no clock decides which key is the newest,
// and who makes a number first has made it for all.
const keyForm = "token-%06d.pem"

var keyName = regexp.MustCompile(`^token-[0-9]{6}\.pem$`)

// readKeys reads the keys in dir, the oldest first; there may be none.
func readKeys(dir string) ([]Key, error) {
	entries, err := os.ReadDir(dir) // in the order of their names
	if err != nil {
		return nil, fmt.Errorf("token keys: %w", err)
	}
	var keys []Key
	for _, e := range entries {
		if !keyName.MatchString(e.Name()) {
			continue
		}
		k, err := readKey(filepath.Join(dir, e.Name()))
		if err != nil {
			return nil, fmt.Errorf("token keys: %s: %w", e.Name(), err)
		}
		keys = append(keys, k)
	}
	return keys, nil
}

func readKey(name string) (Key, error) {
	info, err := os.Stat(name)
	if err != nil {
		return Key{}, err
	}
	if mode := info.Mode().Perm(); mode&0o077 != 0 {
		return Key{}, fmt.Errorf("its mode %04o lets others at the key: chmod 600 it, or rotate when somebody may have read it", mode)
	}
	b, err := os.ReadFile(name)
	if err != nil {
		return Key{}, err
	}
	private, err := parseKey(b)
	if err != nil {
		return Key{}, err
	}
	h := sha256.Sum256(private.Public().(ed25519.PublicKey))
	return Key{Name: filepath.Base(name), ID: hex.EncodeToString(h[:8]), private: private}, nil
}

func parseKey(b []byte) (ed25519.PrivateKey, error) {
	block, _ := pem.Decode(b)
	if block == nil {
		return nil, errors.New("no PEM file")
	}
	k, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, err
	}
	key, ok := k.(ed25519.PrivateKey)
	if !ok {
		return nil, errors.New("no Ed25519 key")
	}
	return key, nil
}

// addKey makes key number n, unless somebody made it before: then theirs stays. It is written beside its place, flushed
// and linked there, so that nobody ever reads half a key.
func addKey(dir string, n int) (made bool, err error) {
	f, err := os.CreateTemp(dir, ".new-token-*") // mode 0600
	if err != nil {
		return false, fmt.Errorf("token keys: %w", err)
	}
	defer func() { _ = os.Remove(f.Name()) }() // a leftover would do no harm
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return false, errors.Join(fmt.Errorf("token keys: %w", err), f.Close())
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err == nil {
		err = pem.Encode(f, &pem.Block{Type: "PRIVATE KEY", Bytes: der})
	}
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return false, fmt.Errorf("token keys: %w", err)
	}
	err = os.Link(f.Name(), filepath.Join(dir, fmt.Sprintf(keyForm, n)))
	if errors.Is(err, fs.ErrExist) {
		return false, nil
	}
	if err = errors.Join(err, syncDir(dir)); err != nil {
		return false, fmt.Errorf("token keys: %w", err)
	}
	return true, nil
}

// syncDir makes a new name in dir durable.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
