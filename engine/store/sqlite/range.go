package sqlite

import (
	"context"
	"database/sql"

	"github.com/skillcert/skillcert/engine/store/docs"
)

// queries are the prepared statements of the readers.
type queries struct {
	get                         *sql.Stmt
	ids, idsDown, index, ixDown *sql.Stmt
}

// A limit that is a bare parameter is one that SQLite plans by: it would prepare the statement anew at every call. As a
// sum it is not.
const limit = " LIMIT ? + 0"

const (
	getDoc  = "SELECT rev, ix, body FROM doc WHERE kind = ? AND id = ?"
	byID    = "SELECT id, rev, ix, body FROM doc WHERE kind = ? AND id >= ? AND id < ? ORDER BY id"
	byIndex = "SELECT d.id, d.rev, d.ix, d.body FROM ix x CROSS JOIN doc d ON d.kind = x.kind AND d.id = x.id " +
		"WHERE x.kind = ? AND x.name = ? AND (x.val, x.id) >= (?, ?) AND (x.val, x.id) < (?, ?) ORDER BY x.val"
)

func prepareQueries(ctx context.Context, db *sql.DB) (q queries, err error) {
	for _, p := range []struct {
		to   **sql.Stmt
		text string
	}{
		{&q.get, getDoc},
		{&q.ids, byID + limit},
		{&q.idsDown, byID + " DESC" + limit},
		{&q.index, byIndex + ", x.id" + limit},
		{&q.ixDown, byIndex + " DESC, x.id DESC" + limit},
	} {
		if *p.to, err = db.PrepareContext(ctx, p.text); err != nil {
			return q, classify(err)
		}
	}
	return q, nil
}

// of picks the statement of a span and its arguments; one row more is asked for, to know whether there is a next page.
func (q queries) of(s docs.Span) (*sql.Stmt, []any) {
	if s.Index == "" {
		return pick(s.Desc, q.ids, q.idsDown), []any{s.Kind, s.From.ID, s.To.ID, s.Limit + 1}
	}
	return pick(s.Desc, q.index, q.ixDown),
		[]any{s.Kind, s.Index, s.From.Value, s.From.ID, s.To.Value, s.To.ID, s.Limit + 1}
}

func pick(desc bool, up, down *sql.Stmt) *sql.Stmt {
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
	stmt, args := s.queries.of(span)
	found, err := scan(ctx, stmt, span.Kind, args)
	if err != nil {
		return docs.Page{}, classify(err)
	}
	return span.Page(found), nil
}

func scan(ctx context.Context, stmt *sql.Stmt, kind string, args []any) (found []docs.Doc, err error) {
	rows, err := stmt.QueryContext(ctx, args...)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }() // its error is that of Err
	for rows.Next() {
		d := docs.Doc{Key: docs.Key{Kind: kind}}
		var ix []byte
		if err := rows.Scan(&d.ID, &d.Revision, &ix, &d.Body); err != nil {
			return nil, err
		}
		if err := decodeIndex(ix, &d); err != nil {
			return nil, err
		}
		found = append(found, d)
	}
	return found, rows.Err()
}
