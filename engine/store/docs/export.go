package docs

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"maps"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/skillcert/skillcert/engine/errs"
)

// Answers of Import beside those of the store.
var (
	ErrNotEmpty = errs.New(errs.Conflict, "store.not_empty", "只能导入空的数据库")
	ErrBadFile  = errs.New(errs.Invalid, "store.bad_export", "导出文件不完整或已被改动")
)

const (
	exportFormat  = "skillcert-documents"
	exportVersion = 1
	exportPage    = 100
	exportLine    = 2 * MaxBody // bytes: a body in base64 and what surrounds it
	importers     = 64          // writes under way at once, so that a store can commit them together
)

// An export is lines of JSON: a heading, one line a document, a seal. The same documents give the same bytes on every
// adapter: kinds in order, then IDs in order.
type (
	heading struct {
		Format  string `json:"format"`
		Version int    `json:"version"`
	}
	line struct {
		Kind     string            `json:"kind"`
		ID       string            `json:"id"`
		Revision int64             `json:"revision"`
		Index    map[string]string `json:"index,omitempty"`
		Body     []byte            `json:"body"`
	}
	seal struct {
		Documents int    `json:"documents"`
		SHA256    string `json:"sha256"` // of every byte before this line
	}
)

// Loader is a Store that can be filled.
type Loader interface {
	Store
	// Load creates d at its revision. Loading it again is harmless; another document with its key is ErrConflict.
	Load(ctx context.Context, d Doc) error
}

// Loading is the Write that an adapter carries out for Load, at revision d.Revision instead of 1. Its Op is the same
// for the same content only.
func (d Doc) Loading() (Write, error) {
	sum := sha256.Sum256(d.Body)
	w := Write{Key: d.Key, Op: fmt.Sprintf("load %d %x", d.Revision, sum), Body: d.Body, Index: d.Index}
	if d.Revision < 1 {
		return w, ErrInvalid.With("revision %d", d.Revision)
	}
	return w, w.Check()
}

// Export writes every document of the kinds in schema. Each is as it was at some moment of the export; for one moment
// of the whole, export while nobody writes, or from a copy made by the embedded store's Snapshot.
func Export(ctx context.Context, s Store, schema Schema, to io.Writer) error {
	out := bufio.NewWriter(to)
	e := exporter{sum: sha256.New()}
	e.lines = json.NewEncoder(io.MultiWriter(out, e.sum))
	if err := e.lines.Encode(heading{exportFormat, exportVersion}); err != nil {
		return fmt.Errorf("export: %w", err)
	}
	for _, kind := range slices.Sorted(maps.Keys(schema)) {
		if err := e.kind(ctx, s, kind); err != nil {
			return fmt.Errorf("export %s: %w", kind, err)
		}
	}
	if err := e.lines.Encode(seal{e.documents, hex.EncodeToString(e.sum.Sum(nil))}); err != nil {
		return fmt.Errorf("export: %w", err)
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("export: %w", err)
	}
	return nil
}

type exporter struct {
	lines     *json.Encoder
	sum       hash.Hash
	documents int
}

func (e *exporter) kind(ctx context.Context, s Store, kind string) error {
	for r := (Range{Kind: kind, Limit: exportPage}); ; {
		page, err := s.Range(ctx, r)
		if err != nil {
			return err
		}
		for _, d := range page.Docs {
			if err := e.lines.Encode(line{d.Kind, d.ID, d.Revision, d.Index, d.Body}); err != nil {
				return err
			}
			e.documents++
		}
		if r.After = page.Next; r.After == "" {
			return nil
		}
	}
}

// Import fills an empty store from an export. Every document comes back with its revision, so that nobody who still
// holds an older one can overwrite it. The seal is checked at the end: after any error the store is not fit for use
// and must be thrown away.
func Import(ctx context.Context, s Loader, schema Schema, from io.Reader) (documents int, err error) {
	if err := wantEmpty(ctx, s, schema); err != nil {
		return 0, err
	}
	i := importer{in: bufio.NewReaderSize(from, 1<<16), sum: sha256.New(), store: s, schema: schema}
	work, ctx := errgroup.WithContext(ctx)
	work.SetLimit(importers)
	readErr := i.read(ctx, work)
	if err := work.Wait(); err != nil { // the cause, when it made reading stop
		return 0, err
	}
	return i.documents, readErr
}

func wantEmpty(ctx context.Context, s Store, schema Schema) error {
	for kind := range schema {
		page, err := s.Range(ctx, Range{Kind: kind, Limit: 1})
		if err != nil {
			return fmt.Errorf("import: %w", err)
		}
		if len(page.Docs) > 0 {
			return ErrNotEmpty.With("%s", kind)
		}
	}
	return nil
}

type importer struct {
	in        *bufio.Reader
	sum       hash.Hash
	store     Loader
	schema    Schema
	documents int
}

// read goes through the lines; each document is loaded by work.
func (i *importer) read(ctx context.Context, work *errgroup.Group) error {
	var h heading
	if raw, err := i.line(); err != nil || strict(raw, &h) != nil || h != (heading{exportFormat, exportVersion}) {
		return ErrBadFile.With("heading")
	}
	for ctx.Err() == nil {
		before := hex.EncodeToString(i.sum.Sum(nil))
		raw, err := i.line()
		if err != nil {
			return err
		}
		var end seal
		if strict(raw, &end) == nil {
			return i.finish(end, before)
		}
		d, err := i.document(raw)
		if err != nil {
			return err
		}
		i.documents++
		work.Go(func() error { return load(ctx, i.store, d) })
	}
	return fmt.Errorf("import: %w", ctx.Err())
}

// line returns the next line and adds it to the sum.
func (i *importer) line() (raw []byte, err error) {
	for {
		part, err := i.in.ReadSlice('\n')
		raw = append(raw, part...)
		switch {
		case err == nil:
			i.sum.Write(raw) // a hash never fails
			return raw, nil
		case !errors.Is(err, bufio.ErrBufferFull):
			return nil, ErrBadFile.With("it ends in the middle")
		case len(raw) > exportLine:
			return nil, ErrBadFile.With("line too long")
		}
	}
}

func (i *importer) document(raw []byte) (Doc, error) {
	var l line
	if err := strict(raw, &l); err != nil {
		return Doc{}, ErrBadFile.With("document %d: %v", i.documents+1, err)
	}
	if _, known := i.schema[l.Kind]; !known {
		return Doc{}, ErrBadFile.With("kind %q is not known to this program", l.Kind)
	}
	return Doc{Key: Key{l.Kind, l.ID}, Revision: l.Revision, Body: l.Body, Index: l.Index}, nil
}

func (i *importer) finish(end seal, sum string) error {
	if end.Documents != i.documents || end.SHA256 != sum {
		return ErrBadFile.With("the seal does not fit")
	}
	if _, err := i.in.ReadByte(); !errors.Is(err, io.EOF) {
		return ErrBadFile.With("it goes on after its seal")
	}
	return nil
}

// load repeats what may or may not have happened, which is harmless.
func load(ctx context.Context, s Loader, d Doc) (err error) {
	for range unknownTries {
		if err = s.Load(ctx, d); !errors.Is(err, ErrUnknown) {
			break
		}
	}
	if err != nil {
		return fmt.Errorf("import %s %s: %w", d.Kind, d.ID, err)
	}
	return nil
}

func strict(raw []byte, to any) error {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	return d.Decode(to)
}
