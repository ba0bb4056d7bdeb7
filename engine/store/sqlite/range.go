package sqlite

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"

	"github.com/skillcert/skillcert/engine/store/docs"
)

// reader is one connection that reads, with its statements.
type reader struct {
	*raw
	rows                        journalReader
	get, revision               statement
	ids, idsDown, index, ixDown statement
	count                       statement
}

// A limit that is a bare parameter is one that SQLite plans by: it would prepare the statement anew at every call. As a
// sum it is not.
const limit = " LIMIT ? + 0"

const (
	getDoc  = "SELECT rev, ix, body FROM doc WHERE kind = ? AND id = ?"
	getRev  = "SELECT rev FROM doc WHERE kind = ? AND id = ?"
	byID    = "SELECT id, rev, ix, body FROM doc WHERE kind = ? AND id >= ? AND id < ? ORDER BY id"
	byIndex = "SELECT d.id, d.rev, d.ix, d.body FROM ix x CROSS JOIN doc d ON d.kind = x.kind AND d.id = x.id " +
		"WHERE x.kind = ? AND x.name = ? AND (x.val, x.id) >= (?, ?) AND (x.val, x.id) < (?, ?) ORDER BY x.val"
	inIndex = "SELECT count(*) FROM ix WHERE kind = ? AND name = ? AND (val, id) >= (?, ?) AND (val, id) < (?, ?)"
)

func openReader(d driver.Driver, name string) (*reader, error) {
	c, err := connectRaw(d, name)
	if err != nil {
		return nil, classify(err)
	}
	q := &reader{raw: c}
	for _, p := range []struct {
		to   *statement
		text string
	}{
		{&q.get, getDoc},
		{&q.revision, getRev},
		{&q.ids, byID + limit},
		{&q.idsDown, byID + " DESC" + limit},
		{&q.index, byIndex + ", x.id" + limit},
		{&q.ixDown, byIndex + " DESC, x.id DESC" + limit},
		{&q.count, inIndex},
	} {
		if *p.to, err = c.prepare(p.text); err != nil {
			return nil, errors.Join(classify(err), c.close())
		}
	}
	if err := q.rows.prepare(c); err != nil {
		return nil, errors.Join(classify(err), c.close())
	}
	return q, nil
}

// of picks the statement of a span and its arguments; one row more is asked for, to know whether there is a next page.
func (q *reader) of(s docs.Span) (statement, []any) {
	if s.Index == "" {
		return pick(s.Desc, q.ids, q.idsDown), []any{s.Kind, s.From.ID, s.To.ID, int64(s.Limit + 1)}
	}
	return pick(s.Desc, q.index, q.ixDown),
		[]any{s.Kind, s.Index, s.From.Value, s.From.ID, s.To.Value, s.To.ID, int64(s.Limit + 1)}
}

func pick(desc bool, up, down statement) statement {
	if desc {
		return down
	}
	return up
}

// Range implements docs.Store. A page is one snapshot.
func (s *Store) Range(ctx context.Context, r docs.Range) (docs.Page, error) {
	span, err := r.Span()
	if err != nil {
		return docs.Page{}, err
	}
	var found, waiting []docs.Doc
	err = s.reading(ctx, func(q *reader) error {
		if span.Index == "" { // pending lines have no index
			waiting = s.pending.within(span)
		}
		stmt, args := q.of(span)
		return stmt.query(func(row []driver.Value) error {
			d := docs.Doc{Key: docs.Key{Kind: span.Kind, ID: text(row[0])}, Revision: number(row[1]), Body: blob(row[3])}
			if err := decodeIndex(text(row[2]), &d); err != nil {
				return err
			}
			found = append(found, d)
			return nil
		}, args...)
	})
	if err != nil {
		return docs.Page{}, err
	}
	return span.Page(merge(span, found, waiting)), nil
}

// Count implements docs.Counter: no document is read.
func (s *Store) Count(ctx context.Context, r docs.Range) (n int, err error) {
	span, err := r.Span()
	if err != nil {
		return 0, err
	}
	err = s.reading(ctx, func(q *reader) error {
		return q.count.query(func(row []driver.Value) error { n = int(number(row[0])); return nil },
			span.Kind, span.Index, span.From.Value, span.From.ID, span.To.Value, span.To.ID)
	})
	return n, err
}

// reading lends a reader to f, once every row of the journal is known. Who waits for one stops when ctx ends; a read
// under way does not, as none takes long.
func (s *Store) reading(ctx context.Context, f func(*reader) error) error {
	if err := ctx.Err(); err != nil {
		return classify(err)
	}
	select {
	case q, ok := <-s.readers:
		if !ok {
			return fmt.Errorf("%w: %w", docs.ErrUnavailable, errClosed)
		}
		defer func() { s.readers <- q }()
		if err := q.rows.catchUp(s.pending); err != nil {
			return classify(err)
		}
		return classify(f(q))
	case <-ctx.Done():
		return classify(ctx.Err())
	}
}
