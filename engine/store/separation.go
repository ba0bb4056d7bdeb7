package store

import (
	"context"
	"errors"

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
			return map[string]string{"from": nodeKey(t.From, t.Kind), "to": nodeKey(t.To, t.Kind)}
		},
		Absent: separation.ErrNoTie, Exists: errTieThere}}
}

var errTieThere = errors.New("store: the tie is there already")

// nodeKey names the ties of a kind at a node in an index, where names of classes, being Chinese, cannot stand.
func nodeKey(n separation.Node, k separation.Kind) string {
	return ids.Derive("node", string(n)) + "." + string(k)
}

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

func (r tieTable) TiesFrom(ctx context.Context, n separation.Node, k separation.Kind, c engine.Cursor) ([]*separation.Tie, string, error) {
	return r.t.List(ctx, "from", nodeKey(n, k), c)
}

func (r tieTable) TiesTo(ctx context.Context, n separation.Node, k separation.Kind, c engine.Cursor) ([]*separation.Tie, string, error) {
	return r.t.List(ctx, "to", nodeKey(n, k), c)
}
