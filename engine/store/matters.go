package store

import (
	"context"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/result"
	"github.com/skillcert/skillcert/engine/sitting"
	"github.com/skillcert/skillcert/engine/store/docs"
)

// Checks is the repository of score checks.
func (s *Store) Checks() result.Checks {
	return checkTable{docs.Table[result.ScoreCheck]{Store: s.docs, IDs: s.ids, Cipher: s.vault, Kind: "score-check", Schema: 1,
		ID: func(k *result.ScoreCheck) string { return string(k.ID) }, Revision: func(k *result.ScoreCheck) *int64 { return &k.Revision },
		Index: func(k *result.ScoreCheck) map[string]string {
			return map[string]string{"ticket": ticketsOf(k.Session) + string(k.Ticket) + " " + string(k.Component)}
		},
		Absent: result.ErrCheck, Exists: result.ErrCheckExists}}
}

type checkTable struct{ t docs.Table[result.ScoreCheck] }

func (r checkTable) Check(ctx context.Context, id result.CheckID) (*result.ScoreCheck, error) {
	return r.t.Get(ctx, string(id))
}
func (r checkTable) CreateCheck(ctx context.Context, k *result.ScoreCheck) error {
	return r.t.Create(ctx, k)
}
func (r checkTable) UpdateCheck(ctx context.Context, k *result.ScoreCheck) error {
	return r.t.Update(ctx, k)
}
func (r checkTable) ChecksOf(ctx context.Context, s sitting.SessionID, c engine.Cursor) ([]*result.ScoreCheck, string, error) {
	return r.t.Walk(ctx, docs.Range{Index: "ticket", After: c.After, Limit: c.Rows()}.Prefix(ticketsOf(s)))
}

// Cases is the repository of cases of misconduct.
func (s *Store) Cases() result.Cases {
	return caseTable{docs.Table[result.Case]{Store: s.docs, IDs: s.ids, Cipher: s.vault, Kind: "misconduct", Schema: 1,
		ID: func(k *result.Case) string { return string(k.ID) }, Revision: func(k *result.Case) *int64 { return &k.Revision },
		Index: func(k *result.Case) map[string]string {
			return map[string]string{"ticket": ticketsOf(k.Session) + string(k.Ticket), "candidate": string(k.Candidate), "state": string(k.State)}
		},
		Absent: result.ErrCase, Exists: result.ErrCaseExists}}
}

type caseTable struct{ t docs.Table[result.Case] }

func (r caseTable) Case(ctx context.Context, id result.CaseID) (*result.Case, error) {
	return r.t.Get(ctx, string(id))
}
func (r caseTable) CreateCase(ctx context.Context, k *result.Case) error { return r.t.Create(ctx, k) }
func (r caseTable) UpdateCase(ctx context.Context, k *result.Case) error { return r.t.Update(ctx, k) }
func (r caseTable) CasesOf(ctx context.Context, s sitting.SessionID, c engine.Cursor) ([]*result.Case, string, error) {
	return r.t.Walk(ctx, docs.Range{Index: "ticket", After: c.After, Limit: c.Rows()}.Prefix(ticketsOf(s)))
}
func (r caseTable) CasesOfPerson(ctx context.Context, p engine.PersonID, c engine.Cursor) ([]*result.Case, string, error) {
	return r.t.List(ctx, "candidate", string(p), c)
}
func (r caseTable) InCaseState(ctx context.Context, s result.CaseState, c engine.Cursor) ([]*result.Case, string, error) {
	return r.t.List(ctx, "state", string(s), c)
}

// Objections is the repository of objections to lists in publicity.
func (s *Store) Objections() result.Objections {
	return objectionTable{docs.Table[result.Objection]{Store: s.docs, IDs: s.ids, Cipher: s.vault, Kind: "objection", Schema: 1,
		ID: func(o *result.Objection) string { return string(o.ID) }, Revision: func(o *result.Objection) *int64 { return &o.Revision },
		Index:  func(o *result.Objection) map[string]string { return map[string]string{"session": string(o.Session)} },
		Absent: result.ErrObjection, Exists: result.ErrObjectionTaken}}
}

type objectionTable struct{ t docs.Table[result.Objection] }

func (r objectionTable) Objection(ctx context.Context, id result.ObjectionID) (*result.Objection, error) {
	return r.t.Get(ctx, string(id))
}
func (r objectionTable) CreateObjection(ctx context.Context, o *result.Objection) error {
	return r.t.Create(ctx, o)
}
func (r objectionTable) UpdateObjection(ctx context.Context, o *result.Objection) error {
	return r.t.Update(ctx, o)
}
func (r objectionTable) ObjectionsOf(ctx context.Context, s sitting.SessionID, c engine.Cursor) ([]*result.Objection, string, error) {
	return r.t.List(ctx, "session", string(s), c)
}
