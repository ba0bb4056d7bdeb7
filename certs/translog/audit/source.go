// Package audit checks a published transparency log from outside: it needs what everybody can read, and nothing of the
// house that keeps the log.
package audit

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"github.com/skillcert/skillcert/engine/errs"
)

// ErrMissing says that a log has nothing at an address where it should have something.
var ErrMissing = errs.New(errs.NotFound, "audit.missing", "日志缺少这一部分")

// Source reads a published log by the addresses of C2SP tlog-tiles. What is longer than most bytes is an error, what does not
// exist is ErrMissing, and any other error says that it cannot be told.
type Source interface {
	Read(ctx context.Context, path string, most int64) ([]byte, error)
}

// errTooLong is of an answer that no log gives.
var errTooLong = errs.New(errs.TooLarge, "audit.too_long", "日志的这一部分过长")

func readAll(r io.Reader, most int64) ([]byte, error) {
	b, err := io.ReadAll(io.LimitReader(r, most+1))
	if err == nil && int64(len(b)) > most {
		return nil, errTooLong
	}
	return b, err
}

// Dir is a log mirrored as files. Nothing outside of the directory is read, whatever links lie in it.
func Dir(name string) (*Directory, error) {
	root, err := os.OpenRoot(name)
	if err != nil {
		return nil, err
	}
	return &Directory{root}, nil
}

// Directory is what Dir opens.
type Directory struct{ root *os.Root }

// Close closes the directory.
func (d *Directory) Close() error { return d.root.Close() }

// Read reads a file.
func (d *Directory) Read(_ context.Context, path string, most int64) ([]byte, error) {
	f, err := d.root.Open(filepath.FromSlash(path))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrMissing.With("%s", path)
	}
	if err != nil {
		return nil, err
	}
	b, err := readAll(f, most)
	if err = errors.Join(err, f.Close()); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return b, nil
}

// Web is a log behind an address, such as https://cert.example/log.
func Web(client *http.Client, prefix string) Source {
	return web{client, strings.TrimSuffix(prefix, "/")}
}

type web struct {
	client *http.Client
	prefix string
}

func (w web) Read(ctx context.Context, path string, most int64) ([]byte, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, w.prefix+"/"+path, nil)
	if err != nil {
		return nil, err
	}
	answer, err := w.client.Do(r)
	if err != nil {
		return nil, err
	}
	defer func() { _ = answer.Body.Close() }() // it was only read
	switch answer.StatusCode {
	case http.StatusOK:
	case http.StatusNotFound, http.StatusGone:
		return nil, ErrMissing.With("%s", path)
	default:
		return nil, fmt.Errorf("%s: %s", path, answer.Status)
	}
	b, err := readAll(answer.Body, most)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return b, nil
}
