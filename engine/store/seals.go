package store

import (
	"context"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/store/docs"
)

func sealsSchema() docs.Schema { return docs.Schema{"seal": nil} }

// Seals is the repository of the seals of both components.
func (s *Store) Seals() engine.Seals {
	return sealTable{docs.Table[engine.Seal]{Store: s.docs, IDs: s.ids, Kind: "seal", Schema: 1,
		ID:       func(s *engine.Seal) string { return sealID(s.Session, s.Component) },
		Revision: func(s *engine.Seal) *int64 { return &s.Revision },
		Absent:   engine.ErrNoSeal, Exists: engine.ErrSealed}}
}

func sealID(session string, c engine.Component) string { return session + "/" + string(c) }

type sealTable struct{ t docs.Table[engine.Seal] }

func (r sealTable) Seal(ctx context.Context, session string, c engine.Component) (*engine.Seal, error) {
	return r.t.Get(ctx, sealID(session, c))
}
func (r sealTable) CreateSeal(ctx context.Context, s *engine.Seal) error { return r.t.Create(ctx, s) }
func (r sealTable) UpdateSeal(ctx context.Context, s *engine.Seal) error { return r.t.Update(ctx, s) }
