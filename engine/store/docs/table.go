package docs

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/ids"
)

// Table keeps aggregates of one Go type as JSON documents of one kind. It is what repositories are made of.
type Table[T any] struct {
	Store    Store
	IDs      *ids.Source
	Kind     string
	ID       func(*T) string
	Revision func(*T) *int64                               // nil for what is written once and never changed
	Index    func(*T) map[string]string                    // nil for none
	Absent   error                                         // what Get answers when there is none
	Exists   error                                         // what Create answers when the ID is taken
	Schema   int                                           // form of the JSON that is written, from 1
	Upgrade  func(schema int, body []byte) ([]byte, error) // lifts older forms; nil while there is one form only
	Recent   *Recent[T]                                    // remembers what was read; nil for nothing
	Encode   func(*T) ([]byte, error)                      // what json.Marshal would answer, faster; nil for json.Marshal
	Log      bool                                          // lines of logs: written once, without an index, many at once
	Ahead    func(context.Context, *T) error               // makes durable what v refers to, before v is written; nil for nothing
	Cipher   Cipher                                        // what is written is sealed by it; nil for what stands in clear
}

type envelope struct {
	Schema int             `json:"schema"`
	Data   json.RawMessage `json:"data"`
}

// unknownTries bounds how often an outcome that is not known is asked for again.
const unknownTries = 4

// Get returns the aggregate, or Absent.
func (t Table[T]) Get(ctx context.Context, id string) (*T, error) {
	v, err := t.Look(ctx, id)
	if err == nil && t.Recent != nil {
		v = clone(&t.Recent.copier, v)
	}
	return v, err
}

// Look is Get for who only looks: a table that remembers gives everybody the same one, which nobody changes.
func (t Table[T]) Look(ctx context.Context, id string) (*T, error) {
	before := t.mark(id)
	if v, ok := t.recent(ctx, id, before); ok {
		return v, nil
	}
	d, err := t.Store.Get(ctx, Key{t.Kind, id})
	if errors.Is(err, ErrNotFound) {
		return nil, t.Absent
	}
	if err != nil {
		return nil, fmt.Errorf("get %s: %w", t.Kind, err)
	}
	v, err := t.decode(d)
	if err == nil && t.Recent != nil {
		t.remember(id, decoded[T]{value: v, revision: d.Revision}, before)
	}
	return v, err
}

// Create writes v if its ID is free; otherwise Exists.
func (t Table[T]) Create(ctx context.Context, v *T) error {
	err := t.put(ctx, v, 0)
	if errors.Is(err, ErrConflict) {
		return t.Exists
	}
	return err
}

// Update writes v if the stored revision is v's, then raises v's; otherwise engine.ErrStale.
func (t Table[T]) Update(ctx context.Context, v *T) error {
	err := t.put(ctx, v, *t.Revision(v))
	if errors.Is(err, ErrConflict) {
		return engine.ErrStale
	}
	return err
}

// List returns aggregates in the order of the index value and the ID, those whose value equals value.
func (t Table[T]) List(ctx context.Context, index, value string, c engine.Cursor) (rows []*T, next string, err error) {
	return t.Walk(ctx, Range{Index: index, After: c.After, Limit: c.Rows()}.Equal(value))
}

// Every returns all aggregates of the kind in the order of their IDs.
func (t Table[T]) Every(ctx context.Context, c engine.Cursor) (rows []*T, next string, err error) {
	return t.Walk(ctx, Range{After: c.After, Limit: c.Rows()})
}

// Walk returns one page of r, whose Kind it sets.
func (t Table[T]) Walk(ctx context.Context, r Range) (rows []*T, next string, err error) {
	r.Kind = t.Kind
	page, err := t.Store.Range(ctx, r)
	if err != nil {
		return nil, "", fmt.Errorf("list %s: %w", t.Kind, err)
	}
	rows = make([]*T, len(page.Docs))
	for i, d := range page.Docs {
		if rows[i], err = t.decode(d); err != nil {
			return nil, "", err
		}
	}
	return rows, page.Next, nil
}

func (t Table[T]) put(ctx context.Context, v *T, revision int64) error {
	if t.Ahead != nil {
		if err := t.Ahead(ctx, v); err != nil {
			return err
		}
	}
	data, err := t.encode(v)
	if err != nil {
		return fmt.Errorf("encode %s: %w", t.Kind, err)
	}
	w := Write{Key: Key{t.Kind, t.ID(v)}, Op: t.IDs.New(), IfRevision: revision, Log: t.Log}
	w.Body = t.seal(w.Key, append(append(t.head(len(data)+1), data...), '}'))
	if t.Index != nil {
		w.Index = t.Index(v)
	}
	got, err := t.send(ctx, w)
	if err != nil {
		return err
	}
	if t.Revision != nil {
		*t.Revision(v) = got
	}
	return nil
}

// send repeats a write whose outcome is unknown: its Op makes that safe. A repetition that did not happen says
// nothing about the first one, so an outcome once unknown stays so until a store answers.
func (t Table[T]) send(ctx context.Context, w Write) (revision int64, err error) {
	unknown := false
	for range unknownTries {
		if revision, err = t.Store.Put(ctx, w); !errors.Is(err, ErrUnknown) {
			break
		}
		unknown = true
	}
	if unknown && (errors.Is(err, ErrUnavailable) || errors.Is(err, ErrFull)) {
		err = fmt.Errorf("%w: %v", ErrUnknown, err)
	}
	if err != nil && !errors.Is(err, ErrConflict) {
		return 0, fmt.Errorf("put %s: %w", t.Kind, err)
	}
	return revision, err
}

func (t Table[T]) encode(v *T) ([]byte, error) {
	if t.Encode != nil {
		return t.Encode(v)
	}
	return json.Marshal(v)
}

// head is how an envelope of the present form begins, with room for so many bytes more.
func (t Table[T]) head(more int) []byte {
	const begin, data = `{"schema":`, `,"data":`
	b := strconv.AppendInt(append(make([]byte, 0, len(begin)+20+len(data)+more), begin...), int64(t.Schema), 10)
	return append(b, data...)
}

// decodePlain decodes an envelope that stands as put writes it, without looking for its end first. ok is false for
// everything else, which decode then looks at properly.
func (t Table[T]) decodePlain(d Doc) (v *T, ok bool) {
	head := t.head(0)
	if !bytes.HasPrefix(d.Body, head) || len(d.Body) == len(head) {
		return nil, false
	}
	v = new(T)
	return v, json.Unmarshal(d.Body[len(head):len(d.Body)-1], v) == nil && d.Body[len(d.Body)-1] == '}'
}

func (t Table[T]) decode(d Doc) (*T, error) {
	d, err := t.unseal(d)
	if err != nil {
		return nil, fmt.Errorf("open %s %s: %w", t.Kind, d.ID, err)
	}
	if v, ok := t.decodePlain(d); ok {
		if t.Revision != nil {
			*t.Revision(v) = d.Revision
		}
		return v, nil
	}
	var e envelope
	if err := json.Unmarshal(d.Body, &e); err != nil {
		return nil, fmt.Errorf("decode %s %s: %w", t.Kind, d.ID, err)
	}
	if e.Schema != t.Schema {
		if e.Schema > t.Schema || t.Upgrade == nil {
			return nil, fmt.Errorf("decode %s %s: schema %d, this program knows %d", t.Kind, d.ID, e.Schema, t.Schema)
		}
		if e.Data, err = t.Upgrade(e.Schema, e.Data); err != nil {
			return nil, fmt.Errorf("upgrade %s %s: %w", t.Kind, d.ID, err)
		}
	}
	v := new(T)
	if err := json.Unmarshal(e.Data, v); err != nil {
		return nil, fmt.Errorf("decode %s %s: %w", t.Kind, d.ID, err)
	}
	if t.Revision != nil {
		*t.Revision(v) = d.Revision
	}
	return v, nil
}
