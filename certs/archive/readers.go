package archive

import (
	"bytes"
	"io"
)

// bounded reads at most so many bytes in all: a directory of any length is then no burden. It keeps the first error that
// is not the end of the file.
type bounded struct {
	r    io.ReaderAt
	left int64
	err  error
}

func (b *bounded) ReadAt(p []byte, at int64) (int, error) {
	if b.left -= int64(len(p)); b.left < 0 {
		b.err = ErrTooLarge
		return 0, ErrTooLarge
	}
	n, err := b.r.ReadAt(p, at)
	if err != nil && err != io.EOF && b.err == nil {
		b.err = err
	}
	return n, err
}

// failing keeps the first error of the file itself, which says nothing of the archive.
type failing struct {
	r   io.ReaderAt
	err error
}

func (f *failing) ReadAt(p []byte, at int64) (int, error) {
	n, err := f.r.ReadAt(p, at)
	if err != nil && err != io.EOF && f.err == nil {
		f.err = err
	}
	return n, err
}

// comparing takes what is written to it only as long as it is what r gives.
type comparing struct {
	r   io.Reader
	n   int64
	own []byte
}

// errDiffers ends a comparison.
var errDiffers = ErrPacked.With("内容不同")

func (c *comparing) Write(p []byte) (int, error) {
	if len(c.own) < len(p) {
		c.own = make([]byte, len(p))
	}
	if n, err := io.ReadFull(c.r, c.own[:len(p)]); err != nil || !bytes.Equal(c.own[:n], p) {
		return 0, errDiffers
	}
	c.n += int64(len(p))
	return len(p), nil
}
