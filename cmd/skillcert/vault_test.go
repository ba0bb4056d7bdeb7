package main

import (
	"bytes"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/ids"
	"github.com/skillcert/skillcert/engine/store"
	"github.com/skillcert/skillcert/engine/store/docs"
	"github.com/skillcert/skillcert/engine/vault"
)

// holder is whom inhabited registers.
const holderNumber = "12010119000101018X"

func reopen(t *testing.T, dir string) (*house, error) {
	t.Helper()
	return open(t.Context(), settings{Data: dir, Listen: defaultListen, Label: "skillcert"}, clock.System{}, slog.New(slog.DiscardHandler))
}

// found opens the house and finds its one person by number.
func found(t *testing.T, dir string) {
	t.Helper()
	h, err := reopen(t, dir)
	if err != nil {
		t.Error(err)
		return
	}
	defer func() { noError(t, h.Close()) }()
	if p, err := h.Registry.Find(t.Context(), engine.ResidentCard, holderNumber); err != nil || p.Name != "齐思远" {
		t.Errorf("%v, %v", p, err)
	}
}

// The program seals with its own keys: neither the files nor an export show anybody, and a store that has no key, or the
// one that everybody knows, opens nobody.
func TestTheHouseSealsWithItsKeys(t *testing.T) {
	dir := inhabited(t)
	export := filepath.Join(t.TempDir(), "export")
	must(t, "store", "export", export, "--data", dir)
	all, err := os.ReadFile(export)
	noError(t, err)
	for _, name := range []string{databaseFile, databaseFile + "-wal"} {
		if b, err := os.ReadFile(filepath.Join(dir, name)); err == nil {
			all = append(all, b...)
		}
	}
	for _, secret := range []string{holderNumber, "齐思远"} {
		if bytes.Contains(all, []byte(secret)) {
			t.Errorf("%s stands in the file", secret)
		}
	}
	d, err := openDocuments(t.Context(), settings{Data: dir})
	noError(t, err)
	defer func() { noError(t, d.Close()) }()
	page, err := d.Range(t.Context(), docs.Range{Kind: "person", Limit: 2})
	if err != nil || len(page.Docs) != 1 || !vault.Sealed(page.Docs[0].Body) {
		t.Fatalf("%d persons, %v", len(page.Docs), err)
	}
	if _, err := store.New(d, ids.Random()).People().Person(t.Context(), engine.PersonID(page.Docs[0].ID)); !errors.Is(err, vault.ErrKey) {
		t.Errorf("opened without the keys: %v", err)
	}
}

// An export travels sealed: with the same keys everybody is there again, with others the program does not start.
func TestExportsTravelSealed(t *testing.T) {
	old, moved := inhabited(t), t.TempDir()
	must(t, "store", "seal", "--data", old, "--new-key")
	export := filepath.Join(t.TempDir(), "export")
	must(t, "store", "export", export, "--data", old)
	must(t, "store", "import", export, "--data", moved)
	noError(t, os.CopyFS(filepath.Join(moved, keyRoom), os.DirFS(filepath.Join(old, keyRoom))))
	noError(t, tighten(filepath.Join(moved, keyRoom)))
	found(t, moved)
	key := filepath.Join(moved, keyRoom, vaultFile(2))
	noError(t, os.WriteFile(key, make([]byte, 32), 0o600))
	if _, err := reopen(t, moved); !errors.Is(err, store.ErrVaultOther) {
		t.Errorf("with another key: %v", err)
	}
	noError(t, os.Remove(key))
	if _, err := reopen(t, moved); !errors.Is(err, store.ErrVaultMissing) {
		t.Errorf("without the newest key: %v", err)
	}
	if _, err := os.Stat(key); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a key was made in its place: %v", err)
	}
}

// 轮换密钥两次：每次全部重新加密，人仍找得到。
func TestRotationOnTheConsole(t *testing.T) {
	dir := inhabited(t)
	for n := 2; n < 4; n++ {
		out := must(t, "store", "seal", "--data", dir, "--new-key")
		if !strings.Contains(out, vaultFile(n)) || strings.Contains(out, "0 documents sealed") {
			t.Errorf("rotation %d:\n%s", n, out)
		}
		found(t, dir)
	}
	if out := must(t, "store", "seal", "--data", dir); !strings.Contains(out, "0 documents sealed") {
		t.Errorf("again:\n%s", out)
	}
}
