package witness

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/skillcert/skillcert/engine/errs"
)

// ErrInUse says that another witness runs on the same state.
var ErrInUse = errs.New(errs.Conflict, "witness.in_use", "另一个见证进程正在使用这一状态文件")

// File is a State in a file: the checkpoint as it was signed.
type File struct {
	name string
	lock *os.File
}

// OpenFile opens the state in a file and keeps others away until Close. An absent file is made, empty, and made is true: a
// witness that lost its state would sign any history, so whoever starts one looks at that.
func OpenFile(name string) (f *File, made bool, err error) {
	lock, err := os.OpenFile(name+".lock", os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, false, err
	}
	if err := lockFile(lock); err != nil {
		return nil, false, errors.Join(err, lock.Close())
	}
	f = &File{name, lock}
	created, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	switch {
	case errors.Is(err, os.ErrExist):
		return f, false, nil
	case err != nil:
		return nil, false, errors.Join(err, lock.Close())
	}
	return f, true, created.Close()
}

// Close lets others use the file.
func (f *File) Close() error { return f.lock.Close() }

// Load reads the state. A file that has gone is an error and not a new beginning.
func (f *File) Load() ([]byte, error) { return os.ReadFile(f.name) }

// Save writes beside the file, flushes, and puts it in its place.
func (f *File) Save(checkpoint []byte) error {
	next, err := os.OpenFile(f.name+".next", os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = next.Write(checkpoint)
	if err = errors.Join(err, next.Sync(), next.Close()); err != nil {
		return fmt.Errorf("keep the state: %w", err)
	}
	if err := os.Rename(f.name+".next", f.name); err != nil {
		return err
	}
	dir, err := os.Open(filepath.Dir(f.name))
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}
