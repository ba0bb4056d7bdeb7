package store

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/ids"
	"github.com/skillcert/skillcert/engine/separation"
	"github.com/skillcert/skillcert/engine/store/docs"
)

func separationSchema() docs.Schema { return docs.Schema{"tie": {"from", "to"}} }

// Ties is the repository of ties.
func (s *Store) Ties() separation.Ties {
	return tieTable{docs.Table[separation.Tie]{Store: s.docs, IDs: s.ids, Kind: "tie", Schema: 1,
		ID: func(t *separation.Tie) string { return t.ID }, Revision: func(t *separation.Tie) *int64 { return &t.Revision },
		Index: func(t *separation.Tie) map[string]string {
			return map[string]string{"from": nodeKey(t.From), "to": nodeKey(t.To)}
		},
		Absent: separation.ErrNoTie, Exists: errTieThere}}
}

var errTieThere = errors.New("store: the tie is there already")

// nodeKey names a node in an index, where names of classes, being Chinese, cannot stand.
func nodeKey(n separation.Node) string { return ids.Derive("node", string(n)) }

type tieTable struct{ t docs.Table[separation.Tie] }

func (r tieTable) RecordTie(ctx context.Context, t *separation.Tie) error {
	if err := r.t.Create(ctx, t); err != nil && !errors.Is(err, errTieThere) {
		return err
	}
	return nil
}

func (r tieTable) Tie(ctx context.Context, id string) (*separation.Tie, error) {
	return r.t.Get(ctx, id)
}

func (r tieTable) UpdateTie(ctx context.Context, t *separation.Tie) error { return r.t.Update(ctx, t) }

// TiesOf merges the two indexes. Its cursor is the ID of the last tie, at which both of them are entered again.
func (r tieTable) TiesOf(ctx context.Context, n separation.Node, c engine.Cursor) ([]*separation.Tie, string, error) {
	from, more, err := r.side(ctx, "from", nodeKey(n), c)
	if err != nil {
		return nil, "", err
	}
	to, moreTo, err := r.side(ctx, "to", nodeKey(n), c)
	if err != nil {
		return nil, "", err
	}
	rows := slices.SortedFunc(slices.Values(slices.Concat(from, to)), func(a, b *separation.Tie) int { return cmp.Compare(a.ID, b.ID) })
	rows = slices.CompactFunc(rows, func(a, b *separation.Tie) bool { return a.ID == b.ID })
	if len(rows) <= c.Rows() && !more && !moreTo {
		return rows, "", nil
	}
	rows = rows[:min(len(rows), c.Rows())]
	return rows, rows[len(rows)-1].ID, nil
}

func (r tieTable) side(ctx context.Context, index, value string, c engine.Cursor) (rows []*separation.Tie, more bool, err error) {
	q := docs.Range{Kind: r.t.Kind, Index: index, Limit: c.Rows()}.Equal(value)
	if c.After != "" {
		span, err := q.Span()
		if err != nil {
			return nil, false, err
		}
		q.After = span.Cursor(value, c.After)
	}
	rows, next, err := r.t.Walk(ctx, q)
	return rows, next != "", err
}
