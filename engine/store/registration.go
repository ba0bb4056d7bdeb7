package store

import (
	"context"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/registration"
	"github.com/skillcert/skillcert/engine/store/docs"
)

func registrationSchema() docs.Schema { return docs.Schema{"application": {"session"}} }

// Applications is the repository of applications.
func (s *Store) Applications() registration.Applications {
	return applicationTable{docs.Table[registration.Application]{Store: s.docs, IDs: s.ids, Cipher: s.vault, Kind: "application", Schema: 1,
		ID:       func(a *registration.Application) string { return string(a.ID) },
		Revision: func(a *registration.Application) *int64 { return &a.Revision },
		Index:    func(a *registration.Application) map[string]string { return map[string]string{"session": a.Session} },
		Absent:   registration.ErrApplication, Exists: registration.ErrRepeated}}
}

type applicationTable struct {
	t docs.Table[registration.Application]
}

func (r applicationTable) Application(ctx context.Context, id registration.ApplicationID) (*registration.Application, error) {
	return r.t.Get(ctx, string(id))
}
func (r applicationTable) CreateApplication(ctx context.Context, a *registration.Application) error {
	return r.t.Create(ctx, a)
}
func (r applicationTable) UpdateApplication(ctx context.Context, a *registration.Application) error {
	return r.t.Update(ctx, a)
}
func (r applicationTable) ApplicationsOf(ctx context.Context, session string, c engine.Cursor) ([]*registration.Application, string, error) {
	return r.t.List(ctx, "session", session, c)
}
