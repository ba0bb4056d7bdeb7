// Package storetest is the contract suite of the store: what every adapter of the document layer must do, and what
// every repository over it must do. Each subtest runs on a fresh store.
package storetest

import (
	"path/filepath"
	"testing"

	"github.com/skillcert/skillcert/engine/store/docs"
	"github.com/skillcert/skillcert/engine/store/sqlite"
)

// OpenSQLite opens a fresh store in a file that is gone after the test.
func OpenSQLite(t testing.TB) docs.Store {
	t.Helper()
	s, err := sqlite.Open(filepath.Join(t.TempDir(), "skillcert.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}
