package store

import (
	"context"
	"fmt"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/store/docs"
)

func sealsSchema() docs.Schema { return docs.Schema{"seal": nil} }

// Seals is the repository of the seals of both components.
func (s *Store) Seals() engine.Seals {
	return sealTable{docs.Table[engine.Seal]{Store: s.docs, IDs: s.ids, Kind: "seal", Schema: 1,
		ID:       func(s *engine.Seal) string { return sealID(s.Session, s.Component, s.No) },
		Revision: func(s *engine.Seal) *int64 { return &s.Revision },
		Absent:   engine.ErrNoSeal, Exists: engine.ErrSealed}}
}

// sealID is the place of a seal; a correction's ends with its number.
func sealID(session string, c engine.Component, no int) string {
	if no == 0 {
		return session + "/" + string(c)
	}
	return fmt.Sprintf("%s/%s/%04d", session, string(c), no)
}

type sealTable struct{ t docs.Table[engine.Seal] }

func (r sealTable) Seal(ctx context.Context, session string, c engine.Component) (*engine.Seal, error) {
	return r.t.Get(ctx, sealID(session, c, 0))
}
func (r sealTable) Correction(ctx context.Context, session string, c engine.Component, no int) (*engine.Seal, error) {
	return r.t.Get(ctx, sealID(session, c, no))
}
func (r sealTable) CreateSeal(ctx context.Context, s *engine.Seal) error { return r.t.Create(ctx, s) }
func (r sealTable) UpdateSeal(ctx context.Context, s *engine.Seal) error { return r.t.Update(ctx, s) }
