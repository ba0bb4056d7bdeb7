package docs

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"github.com/skillcert/skillcert/engine"
)

// Cipher seals the bodies of documents, each as the one of its kind and id. A sealed body never begins with a brace, as
// the clear ones do that were written before there was a Cipher.
type Cipher interface {
	Seal(kind, id string, body []byte) []byte
	Open(kind, id string, sealed []byte) ([]byte, error)
	Current(body []byte) bool // whether Seal would seal it under the same key
}

// Scrubber is a Store whose file still holds what was replaced or deleted. Scrub takes it out of there.
type Scrubber interface {
	Scrub(ctx context.Context) error
}

func (t Table[T]) seal(k Key, body []byte) []byte {
	if t.Cipher == nil {
		return body
	}
	return t.Cipher.Seal(k.Kind, k.ID, body)
}

// unseal returns d with its body in clear.
func (t Table[T]) unseal(d Doc) (Doc, error) {
	if t.Cipher == nil || isClear(d.Body) {
		return d, nil
	}
	var err error
	d.Body, err = t.Cipher.Open(d.Kind, d.ID, d.Body)
	return d, err
}

func isClear(body []byte) bool { return len(body) == 0 || body[0] == '{' }

// Renewed is what Renew found on its way.
type Renewed struct {
	Written int // documents that were written anew
	Clear   int // of these, how many had stood in clear
}

// Add counts o as well.
func (r *Renewed) Add(o Renewed) { r.Written, r.Clear = r.Written+o.Written, r.Clear+o.Clear }

// Renew goes through one page of the kind and writes those documents anew that are not sealed under the newest key, have
// an older form, or lack an index: each at its revision, so that doing it twice, or from two processes, is harmless.
func (t Table[T]) Renew(ctx context.Context, c engine.Cursor) (done Renewed, next string, err error) {
	page, err := t.Store.Range(ctx, Range{Kind: t.Kind, After: c.After, Limit: c.Rows()})
	if err != nil {
		return done, "", fmt.Errorf("renew %s: %w", t.Kind, err)
	}
	var written, inClear atomic.Int64
	work, ctx := errgroup.WithContext(ctx)
	work.SetLimit(importers)
	for _, d := range page.Docs {
		work.Go(func() error {
			did, err := t.renew(ctx, d)
			if did {
				written.Add(1)
				if isClear(d.Body) {
					inClear.Add(1)
				}
			}
			return err
		})
	}
	err = work.Wait()
	return Renewed{Written: int(written.Load()), Clear: int(inClear.Load())}, page.Next, err
}

// renewTries bounds how often a document is looked at again that somebody wrote meanwhile.
const renewTries = 8

func (t Table[T]) renew(ctx context.Context, d Doc) (did bool, err error) {
	for range renewTries {
		w, due, err := t.renewal(ctx, d)
		if err != nil || !due {
			return false, err
		}
		if _, err = t.send(ctx, w); !errors.Is(err, ErrConflict) {
			return err == nil, err
		}
		if d, err = t.Store.Get(ctx, d.Key); err != nil {
			return false, fmt.Errorf("renew %s: %w", t.Kind, err)
		}
	}
	return false, fmt.Errorf("renew %s %s: %w", t.Kind, d.ID, ErrConflict)
}

// renewal is the write that brings d to how it is written today. due is false when it stands so already.
func (t Table[T]) renewal(ctx context.Context, d Doc) (w Write, due bool, err error) {
	v, err := t.decode(d)
	if err != nil {
		return w, false, err
	}
	plain, err := t.unseal(d)
	if err != nil {
		return w, false, err
	}
	w = Write{Key: d.Key, IfRevision: d.Revision, Body: plain.Body}
	if t.Index != nil {
		w.Index = t.Index(v)
	}
	present := bytes.HasPrefix(plain.Body, t.head(0))
	if present && (t.Cipher == nil || t.Cipher.Current(d.Body)) && maps.Equal(w.Index, d.Index) {
		return w, false, nil
	}
	if !present {
		if t.Ahead != nil {
			if err := t.Ahead(ctx, v); err != nil {
				return w, false, err
			}
		}
		data, err := t.encode(v)
		if err != nil {
			return w, false, fmt.Errorf("encode %s: %w", t.Kind, err)
		}
		w.Body = slices.Concat(t.head(0), data, []byte("}"))
	}
	w.Op, w.Body = t.IDs.New(), t.seal(d.Key, w.Body)
	return w, true, nil
}
