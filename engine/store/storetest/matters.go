package storetest

import (
	"context"
	"testing"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/result"
	"github.com/skillcert/skillcert/engine/sitting"
	"github.com/skillcert/skillcert/engine/store"
)

func makeCheck(id string) *result.ScoreCheck {
	on := clock.DateOf(morning, morning.Location())
	return &result.ScoreCheck{ID: result.CheckID(id), Result: "r", Session: "s", Ticket: "t", Candidate: "c", Component: engine.Theory,
		State: result.CheckError, Words: "请核对", Asked: morning, ForwardBy: on, Forwarded: morning, AnswerBy: on.AddDays(3), Answer: "漏评",
		Answered: morning, Answerer: "m", Found: &result.Found{Standing: engine.Scored, Points: 6100}, Trail: trail()}
}

// Checks is the contract of result.Checks.
func Checks(t *testing.T, open func(t *testing.T) *store.Store) {
	ctx := context.Background()
	Aggregates(t, open, func(s *store.Store) Repository[result.ScoreCheck] {
		r := s.Checks()
		return Repository[result.ScoreCheck]{Make: makeCheck, Create: r.CreateCheck, Update: r.UpdateCheck,
			Get: func(ctx context.Context, id string) (*result.ScoreCheck, error) {
				return r.Check(ctx, result.CheckID(id))
			},
			Absent: result.ErrCheck, Exists: result.ErrCheckExists, Revision: func(k *result.ScoreCheck) *int64 { return &k.Revision },
			Change: func(k *result.ScoreCheck) { k.Answer += "。" }}
	})
	t.Run("of a session", func(t *testing.T) {
		r := open(t).Checks()
		for _, v := range []struct{ id, session, ticket, component string }{{"a", "s", "2", "theory"}, {"b", "s", "1", "theory"}, {"c", "s2", "1", "theory"},
			{"d", "s", "2", "practical"}} {
			k := makeCheck(v.id)
			k.Session, k.Ticket, k.Component = sitting.SessionID(v.session), sitting.Ticket(v.ticket), engine.Component(v.component)
			mustDo(t, r.CreateCheck(ctx, k))
		}
		for session, want := range map[sitting.SessionID][]string{"s": {"b", "d", "a"}, "s2": {"c"}, "s1": nil} {
			WantList(t, want, func(k *result.ScoreCheck) string { return string(k.ID) },
				func(ctx context.Context, c engine.Cursor) ([]*result.ScoreCheck, string, error) {
					return r.ChecksOf(ctx, session, c)
				})
		}
	})
}

func makeCase(id string) *result.Case {
	on := clock.DateOf(morning, morning.Location())
	by := result.Actor{Account: "a", Person: "p", Name: "王办"}
	ruling := &result.Ruling{Severity: "serious", Text: "严重违纪", All: true, Months: 60, Until: on.AddMonths(60), Blocks: true, Reason: "夹带", By: by, At: morning}
	return &result.Case{ID: result.CaseID(id), No: 1, Session: "s", Org: "o", Ticket: "t", Candidate: "c", State: result.CaseAppealed, FromRoom: true, Over: []engine.Component{engine.Practical},
		Facts: "夹带", Evidence: []string{"监控"}, Reporters: []result.Actor{by}, Opened: morning, StateBy: on, Statement: "不是我的", Stated: morning,
		Proposal: ruling, Decision: ruling, AppealBy: on.AddDays(9), Appeal: "请复核", Appealed: morning, Trail: trail()}
}

// Cases is the contract of result.Cases.
func Cases(t *testing.T, open func(t *testing.T) *store.Store) {
	ctx := context.Background()
	Aggregates(t, open, func(s *store.Store) Repository[result.Case] {
		r := s.Cases()
		return Repository[result.Case]{Make: makeCase, Create: r.CreateCase, Update: r.UpdateCase,
			Get:    func(ctx context.Context, id string) (*result.Case, error) { return r.Case(ctx, result.CaseID(id)) },
			Absent: result.ErrCase, Exists: result.ErrCaseExists, Revision: func(k *result.Case) *int64 { return &k.Revision },
			Change: func(k *result.Case) { k.Appeal += "。" }}
	})
	t.Run("found by session, person and state", func(t *testing.T) {
		r := open(t).Cases()
		for _, v := range []struct{ id, session, ticket, person, state string }{{"a", "s", "2", "x", "final"}, {"b", "s", "1", "y", "appealed"},
			{"c", "s2", "1", "x", "appealed"}} {
			k := makeCase(v.id)
			k.Session, k.Ticket, k.Candidate, k.State = sitting.SessionID(v.session), sitting.Ticket(v.ticket), engine.PersonID(v.person), result.CaseState(v.state)
			mustDo(t, r.CreateCase(ctx, k))
		}
		id := func(k *result.Case) string { return string(k.ID) }
		WantList(t, []string{"b", "a"}, id, func(ctx context.Context, c engine.Cursor) ([]*result.Case, string, error) {
			return r.CasesOf(ctx, "s", c)
		})
		WantList(t, []string{"a", "c"}, id, func(ctx context.Context, c engine.Cursor) ([]*result.Case, string, error) {
			return r.CasesOfPerson(ctx, "x", c)
		})
		WantList(t, []string{"b", "c"}, id, func(ctx context.Context, c engine.Cursor) ([]*result.Case, string, error) {
			return r.InCaseState(ctx, result.CaseAppealed, c)
		})
		k, err := r.Case(ctx, "b")
		mustDo(t, err)
		k.State = result.CaseFinal
		mustDo(t, r.UpdateCase(ctx, k))
		WantList(t, []string{"c"}, id, func(ctx context.Context, c engine.Cursor) ([]*result.Case, string, error) {
			return r.InCaseState(ctx, result.CaseAppealed, c)
		})
	})
}

func makeObjection(id string) *result.Objection {
	return &result.Objection{ID: result.ObjectionID(id), Session: "s", Protest: engine.Protest{Name: "李群", Contact: "022-0000", Words: "此人未参加考试"}, At: morning, Trail: trail()}
}

// Objections is the contract of result.Objections.
func Objections(t *testing.T, open func(t *testing.T) *store.Store) {
	Aggregates(t, open, func(s *store.Store) Repository[result.Objection] {
		r := s.Objections()
		return Repository[result.Objection]{Make: makeObjection, Create: r.CreateObjection, Update: r.UpdateObjection,
			Get: func(ctx context.Context, id string) (*result.Objection, error) {
				return r.Objection(ctx, result.ObjectionID(id))
			},
			Absent: result.ErrObjection, Exists: result.ErrObjectionTaken, Revision: func(o *result.Objection) *int64 { return &o.Revision },
			Change: func(o *result.Objection) { o.Answer += "已核实" }}
	})
	t.Run("of a session", func(t *testing.T) {
		r := open(t).Objections()
		for id, session := range map[string]string{"b": "s", "a": "s", "c": "s2"} {
			o := makeObjection(id)
			o.Session = sitting.SessionID(session)
			mustDo(t, r.CreateObjection(context.Background(), o))
		}
		WantList(t, []string{"a", "b"}, func(o *result.Objection) string { return string(o.ID) },
			func(ctx context.Context, c engine.Cursor) ([]*result.Objection, string, error) {
				return r.ObjectionsOf(ctx, "s", c)
			})
	})
}
