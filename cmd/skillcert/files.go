package main

import (
	"errors"
	"io"
	"os"
	"path/filepath"
)

// readAtMost reads a file that is not longer than most bytes.
func readAtMost(name string, most int64) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	b, err := io.ReadAll(io.LimitReader(f, most+1))
	if err = errors.Join(err, f.Close()); err != nil {
		return nil, err
	}
	if int64(len(b)) > most {
		return nil, both("%s 超过 %d MB", "%s is longer than %d MB", filepath.Base(name), most>>20)
	}
	return b, nil
}

// writeNew writes a file that must not be there yet, and flushes it.
func writeNew(name string, data []byte) error {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	return errors.Join(err, f.Sync(), f.Close())
}
