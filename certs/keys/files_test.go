package keys_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/skillcert/skillcert/certs/keys"
)

// secrets are the key files of a ring that has sealed once.
func secrets() []string {
	return []string{"root.key.pem", "issuing.key.pem", "seal-S000012009999-2026.key.pem"}
}

// open opens a ring and seals.
func open(dir string) error {
	r, err := keys.Load(dir)
	if err != nil {
		return err
	}
	_, err = r.Sealer(body, 2026, noon())
	return err
}

func filled(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	sealerOf(t, initRing(t, dir), body, 2026)
	return dir
}

func TestExposedKeysAreRefused(t *testing.T) {
	for _, name := range secrets() {
		for _, mode := range []os.FileMode{0o640, 0o604, 0o620, 0o610, 0o666} {
			dir := filled(t)
			if err := os.Chmod(filepath.Join(dir, name), mode); err != nil {
				t.Fatal(err)
			}
			if err := open(dir); !errors.Is(err, keys.ErrExposed) {
				t.Errorf("%s with mode %v: %v", name, mode, err)
			}
		}
	}
}

func TestDamagedKeysAreRefused(t *testing.T) {
	other := filled(t)
	damages := map[string]func(content, others []byte) []byte{
		"empty":     func([]byte, []byte) []byte { return nil },
		"cut":       func(content, _ []byte) []byte { return content[:len(content)/2] },
		"key alone": func(content, _ []byte) []byte { return content[:bytes.Index(content, []byte("-----BEGIN CERT"))] },
		"backwards": func(content, _ []byte) []byte { return swap(content) },
		"other's key": func(content, others []byte) []byte {
			return append(bytes.Clone(others[:len(others)-len(certPart(others))]), certPart(content)...)
		},
		"too long":     func(content, _ []byte) []byte { return append(content, make([]byte, 64<<10)...) },
		"flipped":      func(content, _ []byte) []byte { content[100] ^= 1; return content },
		"another pair": func(_, others []byte) []byte { return others },
	}
	for what, damage := range damages {
		for _, name := range secrets() {
			dir := filled(t)
			path := filepath.Join(dir, name)
			if err := os.WriteFile(path, damage(read(t, path), read(t, filepath.Join(other, name))), 0o600); err != nil {
				t.Fatal(err)
			}
			if err := open(dir); !errors.Is(err, keys.ErrDamaged) {
				t.Errorf("%s, %s: %v", name, what, err)
			}
		}
	}
}

func certPart(content []byte) []byte {
	return content[bytes.Index(content, []byte("-----BEGIN CERT")):]
}

// swap puts the certificate before the key.
func swap(content []byte) []byte {
	cert := certPart(content)
	return append(bytes.Clone(cert), content[:len(content)-len(cert)]...)
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestAbsentKeys(t *testing.T) {
	if _, err := keys.Load(t.TempDir()); !errors.Is(err, keys.ErrAbsent) {
		t.Errorf("an empty directory: %v", err)
	}
	dir := filled(t)
	if err := os.Remove(filepath.Join(dir, "issuing.key.pem")); err != nil {
		t.Fatal(err)
	}
	if _, err := keys.Load(dir); !errors.Is(err, keys.ErrAbsent) {
		t.Errorf("half a ring: %v", err)
	}
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := keys.Init(file, "x", false, noon()); err == nil {
		t.Error("a file passes as a directory")
	}
}

// TestCutShortInit: whatever part of a ring a crash left, Init makes the rest and keeps what was there.
func TestCutShortInit(t *testing.T) {
	dir := filled(t)
	root := read(t, filepath.Join(dir, "root.key.pem"))
	for _, name := range []string{"issuing.key.pem", "issuing.crl-000001.pem", "root.pem", "seal-S000012009999-2026.key.pem"} {
		if err := os.Remove(filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, ".new-123"), []byte("half a k"), 0o600); err != nil {
		t.Fatal(err)
	}
	r := initRing(t, dir)
	if !bytes.Equal(read(t, filepath.Join(dir, "root.key.pem")), root) {
		t.Error("the root was made anew")
	}
	if _, err := report(t, r, sealerOf(t, r, body, 2026), noon()); err != nil {
		t.Error(err)
	}
}

// TestOlderDirectories: a ring from before there were published certificates, lists and a log key gets what it lacks, and
// keeps the rest.
func TestOlderDirectories(t *testing.T) {
	dir := filled(t)
	for _, name := range []string{"log.key.pem", "issuing.pem", "root.pem", "issuing.crl-000001.pem", "root.crl-000001.pem", "seal-S000012009999-2026.pem"} {
		if err := os.Remove(filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	secret := read(t, filepath.Join(dir, "seal-S000012009999-2026.key.pem"))
	r := initRing(t, dir)
	if _, err := report(t, r, sealerOf(t, r, body, 2026), noon()); err != nil {
		t.Error(err)
	}
	if _, _, err := r.LogSigner("log.example.org/1"); err != nil {
		t.Error(err)
	}
	if certs, err := r.Published(); err != nil || len(certs) != 2 || !bytes.Equal(secret, read(t, filepath.Join(dir, "seal-S000012009999-2026.key.pem"))) {
		t.Errorf("published %d, %v", len(certs), err)
	}
}
