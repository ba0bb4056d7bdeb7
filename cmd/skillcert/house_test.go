package main

import (
	"bytes"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/skillcert/skillcert/engine/clock"
)

// inhabited makes a data directory with an operator in it.
func inhabited(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if out, err := told(t, "long enough to pass", "account", "create", "--data", dir, "--login", "admin", "--name", "齐思远",
		"--id-number", "12010119000101018X", "--role", "operator"); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return dir
}

func TestDemoKeepsOutOfARealHouse(t *testing.T) {
	if _, err := command(t, "demo", "--once", "--data", inhabited(t)); !errors.Is(err, errNotDemo) {
		t.Errorf("played there: %v", err)
	}
}

// TestKeysAreNotMadeBesideOldData: an export holds no keys, and new ones would disown every certificate.
func TestKeysAreNotMadeBesideOldData(t *testing.T) {
	old, moved := inhabited(t), t.TempDir()
	file := filepath.Join(t.TempDir(), "export")
	must(t, "store", "export", file, "--data", old)
	must(t, "store", "import", file, "--data", moved)
	create := []string{"account", "create", "--data", moved, "--login", "second", "--name", "葛文心", "--id-number", "120101190001010040", "--role", "operator"}
	if _, err := told(t, "long enough to pass", create...); !errors.Is(err, errKeysMissing) {
		t.Fatalf("opened without its keys: %v", err)
	}
	if err := os.CopyFS(filepath.Join(moved, keyRoom), os.DirFS(filepath.Join(old, keyRoom))); err != nil {
		t.Fatal(err)
	}
	if err := tighten(filepath.Join(moved, keyRoom)); err != nil {
		t.Fatal(err)
	}
	if out, err := told(t, "long enough to pass", create...); err != nil {
		t.Errorf("with its keys: %v\n%s", err, out)
	}
}

// TestKeysOfAnotherHouse: two hosts over one store whose keys were made apart. With another person key the second refuses
// to serve; with another hand-in key it serves, and says so.
func TestKeysOfAnotherHouse(t *testing.T) {
	for name, c := range map[string]struct {
		other string
		want  error
		says  string
	}{"the same": {"", nil, ""}, "persons": {"person.key", errKeysOther, ""}, "hand-in files": {"handin.key", nil, "hand-in files made by pages of other processes"}} {
		t.Run(name, func(t *testing.T) {
			dir := inhabited(t)
			if c.other != "" {
				noError(t, os.WriteFile(filepath.Join(dir, keyRoom, c.other), make([]byte, 32), 0o600))
			}
			var said bytes.Buffer
			h, err := open(t.Context(), settings{Data: dir, Listen: defaultListen, Label: "skillcert"}, clock.System{}, slog.New(slog.NewTextHandler(&said, nil)))
			if !errors.Is(err, c.want) || (c.says == "") != (said.Len() == 0) || !strings.Contains(said.String(), c.says) {
				t.Errorf("%v; said %q", err, said.String())
			}
			if err == nil {
				noError(t, h.Close())
			}
		})
	}
}

// tighten takes the rights away that a copy gave to others.
func tighten(dir string) error {
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	for _, f := range files {
		err = errors.Join(err, os.Chmod(f, 0o600))
	}
	return err
}

func TestNothingIsExportedFromNowhere(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "export")
	if out, err := command(t, "store", "export", file, "--data", filepath.Join(dir, "typo")); err == nil {
		t.Errorf("exported nothing, successfully:\n%s", out)
	}
	for _, name := range []string{file, filepath.Join(dir, "typo")} {
		if _, err := os.Stat(name); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%s was made: %v", filepath.Base(name), err)
		}
	}
}
