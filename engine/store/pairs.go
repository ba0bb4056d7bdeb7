package store

import (
	"context"
	"slices"
	"strings"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/people"
	"github.com/skillcert/skillcert/engine/store/docs"
)

// pairStates are index values. Both states that count as one have the same: a pair whose state changes from one to the other keeps
// its place, so that nobody who reads page by page misses it.
var pairStates = map[people.PairState]string{people.PairAsked: pairsAsOne, people.PairOne: pairsAsOne, people.PairTwo: pairsAsTwo}

const pairsAsOne, pairsAsTwo = "1", "2"

func (s *Store) pairs() docs.Table[people.Pair] {
	return docs.Table[people.Pair]{Store: s.docs, IDs: s.ids, Cipher: s.vault, Kind: "person-pair", Schema: 1,
		ID: func(p *people.Pair) string { return string(p.ID) }, Revision: func(p *people.Pair) *int64 { return &p.Revision },
		Index: func(p *people.Pair) map[string]string {
			return map[string]string{"first": string(p.First), "second": string(p.Second), "state": pairStates[p.State]}
		},
		Absent: people.ErrPair, Exists: people.ErrPairExists}
}

type pairTable struct{ pairs docs.Table[people.Pair] }

func (r pairTable) Pair(ctx context.Context, id people.PairID) (*people.Pair, error) {
	return r.pairs.Get(ctx, string(id))
}
func (r pairTable) CreatePair(ctx context.Context, p *people.Pair) error {
	return r.pairs.Create(ctx, p)
}
func (r pairTable) UpdatePair(ctx context.Context, p *people.Pair) error {
	return r.pairs.Update(ctx, p)
}
func (r pairTable) PairsAsOne(ctx context.Context, c engine.Cursor) ([]*people.Pair, string, error) {
	return r.pairs.Walk(ctx, docs.Range{Index: "state", From: pairsAsOne, To: pairsAsTwo, After: c.After, Limit: c.Rows()})
}
func (r pairTable) PairsOf(ctx context.Context, id engine.PersonID) (all []*people.Pair, err error) {
	if id == "" {
		return nil, nil
	}
	for _, index := range []string{"first", "second"} {
		rows, err := engine.All(ctx, func(ctx context.Context, c engine.Cursor) ([]*people.Pair, string, error) {
			return r.pairs.List(ctx, index, string(id), c)
		})
		if err != nil {
			return nil, err
		}
		all = append(all, rows...)
	}
	slices.SortFunc(all, func(a, b *people.Pair) int { return strings.Compare(string(a.ID), string(b.ID)) })
	return all, nil
}
