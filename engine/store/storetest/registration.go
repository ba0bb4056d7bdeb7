package storetest

import (
	"context"
	"testing"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/registration"
	"github.com/skillcert/skillcert/engine/store"
)

// Applications is the contract of registration.Applications.
func Applications(t *testing.T, open func(t *testing.T) *store.Store) {
	application := func(id string) *registration.Application {
		return &registration.Application{ID: registration.ApplicationID(id), Session: "s", Org: "津衡评价", Person: "p", Level: engine.Level4,
			Claims: registration.Claims{Condition: "4-2", Years: 4, PriorLevel: engine.Level5, PriorNumber: "n",
				PriorDate: clock.Date{Year: 2020, Month: 2, Day: 29}, Education: "初中", Title: "护士", Evidence: []string{"工作年限证明"}},
			Employer: "护理院", Class: "3班", Refusals: []registration.Refusal{{Rule: "years", Reason: "不满"}}, Policy: "x", At: morning, Request: "123456789012", Trail: trail()}
	}
	Aggregates(t, open, func(s *store.Store) Repository[registration.Application] {
		r := s.Applications()
		return Repository[registration.Application]{
			Get: func(ctx context.Context, id string) (*registration.Application, error) {
				return r.Application(ctx, registration.ApplicationID(id))
			},
			Create: r.CreateApplication, Update: r.UpdateApplication, Absent: registration.ErrApplication, Exists: registration.ErrRepeated,
			Revision: func(a *registration.Application) *int64 { return &a.Revision },
			Change:   func(a *registration.Application) { a.Refusals = append(a.Refusals, a.Refusals[0]) }, Make: application}
	})
	t.Run("of a session", func(t *testing.T) {
		r := open(t).Applications()
		for _, id := range []string{"c", "a", "other", "b"} {
			a := application(id)
			if id == "other" {
				a.Session = "s2"
			}
			mustDo(t, r.CreateApplication(context.Background(), a))
		}
		WantList(t, []string{"a", "b", "c"}, func(a *registration.Application) string { return string(a.ID) },
			func(ctx context.Context, c engine.Cursor) ([]*registration.Application, string, error) {
				return r.ApplicationsOf(ctx, "s", c)
			})
	})
}

// Requests is the contract of registration.Requests.
func Requests(t *testing.T, open func(t *testing.T) *store.Store) {
	Aggregates(t, open, func(s *store.Store) Repository[registration.Request] {
		r := s.Requests()
		return Repository[registration.Request]{
			Get: func(ctx context.Context, id string) (*registration.Request, error) {
				return r.Request(ctx, registration.RequestID(id))
			},
			Create: r.CreateRequest, Update: r.UpdateRequest, Absent: registration.ErrRequest, Exists: registration.ErrRequestTaken,
			Revision: func(r *registration.Request) *int64 { return &r.Revision },
			Change:   func(r *registration.Request) { r.Rounds++ }, Make: request}
	})
	t.Run("queue of a session", func(t *testing.T) { requestQueue(t, open(t).Requests()) })
	t.Run("under a document", func(t *testing.T) { requestsUnder(t, open(t).Requests()) })
	t.Run("that nobody handed in", func(t *testing.T) { requestDrafts(t, open(t).Requests()) })
}

// request is an application of its own ID, sent back once.
func request(id string) *registration.Request {
	day := clock.Date{Year: 2026, Month: 2, Day: 28}
	return &registration.Request{ID: registration.RequestID(id), Session: "s", Org: "津衡评价", CodeHash: "00ff",
		Row: registration.RosterRow{Name: "李𠀀明", IDType: "passport", IDNumber: "E12345678", Sex: engine.Female, Born: day, Phone: "19900000001",
			Level: engine.Level4, Claims: registration.Claims{Condition: "4-2", Years: 4, Evidence: []string{"工作年限证明"}}, Employer: "护理院", Class: "3班"},
		State: registration.Returned, Submitted: morning, AnswerBy: day, DraftTo: morning, Rounds: 1, Faults: []registration.Fault{{Field: "phone", Text: "空号"}},
		Reason: "无", Fees: []registration.Charge{{Item: "theory-4", Text: "理论", Component: engine.Theory, Fen: 3500, Source: "文件", Verified: true,
			State: registration.FeePaid, Reference: "票1"}},
		Accepting:   &registration.Acceptance{Evidence: []string{"工作年限证明"}, By: "office", At: morning},
		Application: "a", Trail: trail()}
}

// requestQueue: who waits comes first, the longest waiting before the others; drafts are counted and not shown.
func requestQueue(t *testing.T, r registration.Requests) {
	t.Helper()
	keep := func(id, session string, state registration.RequestState, minutes int) {
		t.Helper()
		v := request(id)
		v.Session, v.State, v.Submitted = session, state, morning.Add(time.Duration(minutes)*time.Minute)
		if state == registration.Draft || state == registration.Blanked {
			v.Submitted = time.Time{}
		}
		mustDo(t, r.CreateRequest(context.Background(), v))
	}
	keep("1", "s", registration.Accepted, 1)
	keep("2", "s", registration.Submitted, 5)
	keep("3", "s", registration.Returned, 2)
	keep("4", "s", registration.Submitted, 3)
	keep("5", "s", registration.Withdrawn, 0)
	keep("6", "s", registration.Rejected, 4)
	keep("7", "s", registration.Submitted, 3)
	keep("8", "s", registration.Draft, 0)
	keep("9", "s", registration.Blanked, 0)
	keep("10", "s1", registration.Submitted, 0)
	wantQueue := func(want registration.Tally, ids ...string) {
		t.Helper()
		WantList(t, ids, func(r *registration.Request) string { return string(r.ID) },
			func(ctx context.Context, c engine.Cursor) ([]*registration.Request, string, error) {
				return r.Queued(ctx, "s", c)
			})
		if got, err := r.Tally(context.Background(), "s"); err != nil || got != want {
			t.Errorf("%+v, %v; want %+v", got, err, want)
		}
	}
	wantQueue(registration.Tally{Waiting: 3, All: 7, Drafts: 1}, "4", "7", "2", "3", "5", "1", "6")
	v, err := r.Request(context.Background(), "7")
	mustDo(t, err)
	v.State = registration.Accepted
	mustDo(t, r.UpdateRequest(context.Background(), v))
	wantQueue(registration.Tally{Waiting: 2, All: 7, Drafts: 1}, "4", "2", "3", "5", "1", "7", "6")
	if got, err := r.Tally(context.Background(), "nobody's"); err != nil || got != (registration.Tally{}) {
		t.Errorf("a session without any: %+v, %v", got, err)
	}
}

// requestsUnder: what is handed in and may still be taken under one document of a session.
func requestsUnder(t *testing.T, r registration.Requests) {
	t.Helper()
	for id, change := range map[string]func(*registration.Request){"2": nil, "1": nil, "other number": func(v *registration.Request) { v.Row.IDNumber = "E1" },
		"other type": func(v *registration.Request) { v.Row.IDType = "military" }, "other session": func(v *registration.Request) { v.Session = "s2" },
		"refused": func(v *registration.Request) { v.State = registration.Rejected }, "draft": func(v *registration.Request) { v.State, v.Submitted = registration.Draft, time.Time{} }} {
		v := request(id)
		if change != nil {
			change(v)
		}
		mustDo(t, r.CreateRequest(context.Background(), v))
	}
	WantList(t, []string{"1", "2"}, func(r *registration.Request) string { return string(r.ID) },
		func(ctx context.Context, c engine.Cursor) ([]*registration.Request, string, error) {
			return r.Under(ctx, "s", "passport", "E12345678", c)
		})
}

// requestDrafts: what nobody handed in and still says something, of whichever session.
func requestDrafts(t *testing.T, r registration.Requests) {
	t.Helper()
	for id, state := range map[string]registration.RequestState{"4": registration.Draft, "1": registration.Withdrawn, "3": registration.Blanked, "2": registration.Draft} {
		v := request(id)
		v.State, v.Submitted = state, time.Time{}
		if id == "4" {
			v.Session = "a session before it"
		}
		mustDo(t, r.CreateRequest(context.Background(), v))
	}
	mustDo(t, r.CreateRequest(context.Background(), request("handed in")))
	wantDrafts := func(want ...string) {
		t.Helper()
		WantList(t, want, func(r *registration.Request) string { return string(r.ID) }, r.Drafts)
	}
	wantDrafts("4", "1", "2")
	v, err := r.Request(context.Background(), "1")
	mustDo(t, err)
	v.State = registration.Blanked
	mustDo(t, r.UpdateRequest(context.Background(), v))
	wantDrafts("4", "2")
}

// Openings is the contract of registration.Openings.
func Openings(t *testing.T, open func(t *testing.T) *store.Store) {
	opening := func(id string) *registration.Opening {
		return &registration.Opening{Session: id, Org: "津衡评价", Window: clock.Window{Opens: morning, Closes: morning.Add(time.Hour)}, Place: "某路1号",
			Contact: "报名点", Trail: trail()}
	}
	Aggregates(t, open, func(s *store.Store) Repository[registration.Opening] {
		r := s.Openings()
		return Repository[registration.Opening]{Get: r.Opening, Create: r.CreateOpening, Update: r.UpdateOpening,
			Absent: registration.ErrOpening, Exists: registration.ErrOpeningExists, Revision: func(o *registration.Opening) *int64 { return &o.Revision },
			Change: func(o *registration.Opening) { o.Window.Closes = o.Window.Closes.Add(time.Minute) }, Make: opening}
	})
	t.Run("that close after an instant", func(t *testing.T) {
		r := open(t).Openings()
		for id, minutes := range map[string]int{"b": 1, "a": 3, "before": -1, "at": 0, "c": 2} {
			o := opening(id)
			o.Window.Closes = morning.Add(time.Duration(minutes) * time.Minute)
			mustDo(t, r.CreateOpening(context.Background(), o))
		}
		WantList(t, []string{"b", "c", "a"}, func(o *registration.Opening) string { return o.Session },
			func(ctx context.Context, c engine.Cursor) ([]*registration.Opening, string, error) {
				return r.OpeningsAfter(ctx, morning, c)
			})
	})
}

// RosterImports is the contract of registration.Imports.
func RosterImports(t *testing.T, open func(t *testing.T) *store.Store) {
	made := func(id string) *registration.Import {
		return &registration.Import{ID: registration.ImportID(id), Session: "s", Org: "津衡评价", File: "名册.xlsx", By: "office", At: morning, Taken: 7, More: 1,
			Left: []registration.LeftRow{{Row: 3, Who: "李**", Person: "p", Rule: "years", Reason: "不满"},
				{Row: 4, Who: "𠀀*", Rule: registration.RuleCell, Column: "性别", Reason: "男或女"}}}
	}
	Aggregates(t, open, func(s *store.Store) Repository[registration.Import] {
		r := s.RosterImports()
		return Repository[registration.Import]{
			Get: func(ctx context.Context, id string) (*registration.Import, error) {
				return r.Import(ctx, registration.ImportID(id))
			},
			Create: r.CreateImport, Update: r.UpdateImport, Absent: registration.ErrImport, Exists: registration.ErrImportExists,
			Revision: func(i *registration.Import) *int64 { return &i.Revision },
			Change:   func(i *registration.Import) { i.Taken++ }, Make: made}
	})
	t.Run("of a session", func(t *testing.T) {
		r := open(t).RosterImports()
		for _, id := range []string{"c", "a", "other", "b"} {
			i := made(id)
			if id == "other" {
				i.Session = "s2"
			}
			mustDo(t, r.CreateImport(context.Background(), i))
		}
		WantList(t, []string{"a", "b", "c"}, func(i *registration.Import) string { return string(i.ID) },
			func(ctx context.Context, c engine.Cursor) ([]*registration.Import, string, error) {
				return r.ImportsOf(ctx, "s", c)
			})
	})
}
