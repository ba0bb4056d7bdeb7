package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/skillcert/skillcert/engine/errs"
)

// ErrDamaged says that a database file does not hold together.
var ErrDamaged = errs.New(errs.Internal, "store.damaged", "数据库文件已损坏")

// Snapshot writes a consistent copy of the store to a new file at path while the store is in use, and checks the
// copy. It fails if the file exists; a copy that could not be finished is removed.
func (s *Store) Snapshot(ctx context.Context, path string) error {
	if err := reserve(path); err != nil {
		return fmt.Errorf("snapshot: %w", err)
	}
	err := s.copyTo(ctx, path)
	if err == nil {
		err = flush(path)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("snapshot to %s: %w", path, err), os.Remove(path))
	}
	return nil
}

// reserve makes the empty file that VACUUM INTO fills, with rights for its owner only.
func reserve(path string) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	return f.Close()
}

func (s *Store) copyTo(ctx context.Context, path string) error {
	name, err := source(s.path, "busy_timeout(5000)") // query_only connections may not VACUUM INTO
	if err != nil {
		return err
	}
	if err := onConnection(ctx, name, func(db *sql.DB) error {
		_, err := db.ExecContext(ctx, "VACUUM INTO ?", path)
		return err
	}); err != nil {
		return err
	}
	return Verify(ctx, path)
}

// Verify reads a whole database file that no store has open and answers ErrDamaged when it does not hold together.
func Verify(ctx context.Context, path string) error {
	name, err := source(path, "query_only(1)")
	if err != nil {
		return err
	}
	return onConnection(ctx, name, func(db *sql.DB) error {
		var verdict string
		if err := db.QueryRowContext(ctx, "PRAGMA integrity_check(1)").Scan(&verdict); err != nil {
			return err
		}
		if verdict != "ok" {
			return ErrDamaged.With("%s", verdict)
		}
		return nil
	})
}

func onConnection(ctx context.Context, name string, do func(*sql.DB) error) error {
	db, err := sql.Open("sqlite", name)
	if err != nil {
		return err
	}
	db.SetMaxOpenConns(1)
	if err := do(db); err != nil {
		return errors.Join(classify(err), db.Close())
	}
	return db.Close()
}

// flush puts a finished file and its name on the disk.
func flush(path string) error {
	for _, p := range []string{path, filepath.Dir(path)} {
		f, err := os.Open(p)
		if err != nil {
			return err
		}
		if err := errors.Join(f.Sync(), f.Close()); err != nil {
			return err
		}
	}
	return nil
}
