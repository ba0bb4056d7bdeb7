package store

import (
	"context"
	"fmt"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/registration"
	"github.com/skillcert/skillcert/engine/store/docs"
)

func registrationSchema() docs.Schema {
	return docs.Schema{"application": {"session"}, "registration-opening": {"closes"}, "registration-request": {"draft", "queue", "under"}, "roster-import": {"session"}}
}

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

// Requests is the repository of what candidates apply for by themselves.
func (s *Store) Requests() registration.Requests {
	return requestTable{docs.Table[registration.Request]{Store: s.docs, IDs: s.ids, Cipher: s.vault, Kind: "registration-request", Schema: 1,
		ID:       func(r *registration.Request) string { return string(r.ID) },
		Revision: func(r *registration.Request) *int64 { return &r.Revision },
		Index:    s.requestIndex,
		Absent:   registration.ErrRequest, Exists: registration.ErrRequestTaken}, s}
}

// requestIndex has a draft found as long as there is something in it, what was handed in by its place in the queue, and what is live
// by its document, of which the index says nothing to who has not the key.
func (s *Store) requestIndex(r *registration.Request) map[string]string {
	if r.NeverSent() {
		if r.Draftlike() {
			return map[string]string{"draft": r.Session}
		}
		return nil
	}
	index := map[string]string{"queue": queuePart(r.Session, r.Part()) + sortable(r.Submitted)}
	if r.Live() {
		index["under"] = s.under(r.Session, r.Row.IDType, r.Row.IDNumber)
	}
	return index
}

// queuePart begins the index values of one part of a session's queue.
func queuePart(session string, part int) string { return fmt.Sprintf("%s %d ", session, part) }

func (s *Store) under(session string, t engine.IDType, number string) string {
	return s.vault.Blind("registration-request document", session, string(t), number)
}

type requestTable struct {
	t docs.Table[registration.Request]
	s *Store
}

func (r requestTable) Request(ctx context.Context, id registration.RequestID) (*registration.Request, error) {
	return r.t.Get(ctx, string(id))
}
func (r requestTable) CreateRequest(ctx context.Context, v *registration.Request) error {
	return r.t.Create(ctx, v)
}
func (r requestTable) UpdateRequest(ctx context.Context, v *registration.Request) error {
	return r.t.Update(ctx, v)
}
func (r requestTable) Queued(ctx context.Context, session string, c engine.Cursor) ([]*registration.Request, string, error) {
	all := wholeQueue(session)
	all.After, all.Limit = c.After, c.Rows()
	return r.t.Walk(ctx, all)
}
func (r requestTable) Tally(ctx context.Context, session string) (n registration.Tally, err error) {
	waiting := docs.Range{Index: "queue", From: queuePart(session, registration.PartWaiting), To: queuePart(session, registration.PartReturned)}
	for _, count := range []struct {
		into *int
		of   docs.Range
	}{{&n.Waiting, waiting}, {&n.All, wholeQueue(session)}, {&n.Drafts, docs.Range{Index: "draft"}.Equal(session)}} {
		if *count.into, err = r.t.Count(ctx, count.of); err != nil {
			return registration.Tally{}, err
		}
	}
	return n, nil
}
func (r requestTable) Under(ctx context.Context, session string, t engine.IDType, number string, c engine.Cursor) ([]*registration.Request, string, error) {
	return r.t.List(ctx, "under", r.s.under(session, t, number), c)
}

func wholeQueue(session string) docs.Range {
	return docs.Range{Index: "queue", From: queuePart(session, registration.PartWaiting), To: queuePart(session, registration.PartOver+1)}
}

func (r requestTable) Drafts(ctx context.Context, c engine.Cursor) ([]*registration.Request, string, error) {
	return r.t.Walk(ctx, docs.Range{Index: "draft", After: c.After, Limit: c.Rows()})
}

// Openings is the repository of sessions that are open to candidates.
func (s *Store) Openings() registration.Openings {
	return openingTable{docs.Table[registration.Opening]{Store: s.docs, IDs: s.ids, Cipher: s.vault, Kind: "registration-opening", Schema: 1,
		ID:       func(o *registration.Opening) string { return o.Session },
		Revision: func(o *registration.Opening) *int64 { return &o.Revision },
		Index: func(o *registration.Opening) map[string]string {
			return map[string]string{"closes": sortable(o.Window.Closes)}
		},
		Absent: registration.ErrOpening, Exists: registration.ErrOpeningExists}}
}

// sortable writes an instant so that byte order is the order of time.
func sortable(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

type openingTable struct {
	t docs.Table[registration.Opening]
}

func (r openingTable) Opening(ctx context.Context, session string) (*registration.Opening, error) {
	return r.t.Get(ctx, session)
}
func (r openingTable) CreateOpening(ctx context.Context, o *registration.Opening) error {
	return r.t.Create(ctx, o)
}
func (r openingTable) UpdateOpening(ctx context.Context, o *registration.Opening) error {
	return r.t.Update(ctx, o)
}
func (r openingTable) OpeningsAfter(ctx context.Context, t time.Time, c engine.Cursor) ([]*registration.Opening, string, error) {
	return r.t.Walk(ctx, docs.Range{Index: "closes", From: sortable(t) + "\x00", To: "\xff", After: c.After, Limit: c.Rows()})
}

// RosterImports is the repository of what became of workbooks.
func (s *Store) RosterImports() registration.Imports {
	return importTable{docs.Table[registration.Import]{Store: s.docs, IDs: s.ids, Cipher: s.vault, Kind: "roster-import", Schema: 1,
		ID:       func(i *registration.Import) string { return string(i.ID) },
		Revision: func(i *registration.Import) *int64 { return &i.Revision },
		Index:    func(i *registration.Import) map[string]string { return map[string]string{"session": i.Session} },
		Absent:   registration.ErrImport, Exists: registration.ErrImportExists}}
}

type importTable struct {
	t docs.Table[registration.Import]
}

func (r importTable) Import(ctx context.Context, id registration.ImportID) (*registration.Import, error) {
	return r.t.Get(ctx, string(id))
}
func (r importTable) CreateImport(ctx context.Context, i *registration.Import) error {
	return r.t.Create(ctx, i)
}
func (r importTable) UpdateImport(ctx context.Context, i *registration.Import) error {
	return r.t.Update(ctx, i)
}
func (r importTable) ImportsOf(ctx context.Context, session string, c engine.Cursor) ([]*registration.Import, string, error) {
	return r.t.List(ctx, "session", session, c)
}
