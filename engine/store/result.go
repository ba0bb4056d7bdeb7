package store

import (
	"context"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/result"
	"github.com/skillcert/skillcert/engine/sitting"
	"github.com/skillcert/skillcert/engine/store/docs"
)

func resultSchema() docs.Schema {
	return docs.Schema{"result": {"ticket", "candidate", "turned"}, "publication": {"stage"}, "score-check": {"ticket"},
		"misconduct": {"ticket", "candidate", "state"}, "objection": {"session"}}
}

// Results is the repository of results.
func (s *Store) Results() result.Results {
	return resultTable{docs.Table[result.Result]{Store: s.docs, IDs: s.ids, Kind: "result", Schema: 1,
		ID: func(r *result.Result) string { return string(r.ID) }, Revision: func(r *result.Result) *int64 { return &r.Revision },
		Index: func(r *result.Result) map[string]string {
			t := ticketsOf(r.Session) + string(r.Ticket)
			return map[string]string{"ticket": t, "candidate": string(r.Candidate) + " " + t, "turned": openWord(r.Turned())}
		},
		Absent: result.ErrResult, Exists: result.ErrResultExists}}
}

// ticketsOf is how the index values of one session's results begin.
func ticketsOf(s sitting.SessionID) string { return string(s) + " " }

type resultTable struct{ t docs.Table[result.Result] }

func (r resultTable) Result(ctx context.Context, id result.ID) (*result.Result, error) {
	return r.t.Get(ctx, string(id))
}
func (r resultTable) CreateResult(ctx context.Context, v *result.Result) error {
	return r.t.Create(ctx, v)
}
func (r resultTable) UpdateResult(ctx context.Context, v *result.Result) error {
	return r.t.Update(ctx, v)
}
func (r resultTable) ResultsOfPerson(ctx context.Context, p engine.PersonID, c engine.Cursor) ([]*result.Result, string, error) {
	return r.t.Walk(ctx, docs.Range{Index: "candidate", After: c.After, Limit: c.Rows()}.Prefix(string(p)+" "))
}
func (r resultTable) TurnedResults(ctx context.Context, c engine.Cursor) ([]*result.Result, string, error) {
	return r.t.List(ctx, "turned", openWord(true), c)
}
func (r resultTable) ResultsOf(ctx context.Context, s sitting.SessionID, c engine.Cursor) ([]*result.Result, string, error) {
	return r.t.Walk(ctx, docs.Range{Index: "ticket", After: c.After, Limit: c.Rows()}.Prefix(ticketsOf(s)))
}

// Publications is the repository of publications.
func (s *Store) Publications() result.Publications {
	return publicationTable{docs.Table[result.Publication]{Store: s.docs, IDs: s.ids, Kind: "publication", Schema: 1,
		ID:       func(p *result.Publication) string { return string(p.Session) },
		Revision: func(p *result.Publication) *int64 { return &p.Revision },
		Index:    func(p *result.Publication) map[string]string { return map[string]string{"stage": string(p.Stage)} },
		Absent:   result.ErrPublication, Exists: result.ErrPublished}}
}

type publicationTable struct {
	t docs.Table[result.Publication]
}

func (r publicationTable) Publication(ctx context.Context, s sitting.SessionID) (*result.Publication, error) {
	return r.t.Get(ctx, string(s))
}
func (r publicationTable) CreatePublication(ctx context.Context, p *result.Publication) error {
	return r.t.Create(ctx, p)
}
func (r publicationTable) UpdatePublication(ctx context.Context, p *result.Publication) error {
	return r.t.Update(ctx, p)
}
func (r publicationTable) InStage(ctx context.Context, s result.Stage, c engine.Cursor) ([]*result.Publication, string, error) {
	return r.t.List(ctx, "stage", string(s), c)
}
