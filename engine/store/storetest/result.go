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

func makeResult(s sitting.SessionID, t sitting.Ticket) *result.Result {
	return &result.Result{ID: result.Of(t), Session: s, Candidate: "c", Ticket: t, Level: engine.Level4, At: morning,
		Theory:       result.Component{Standing: engine.Scored, Points: 6050, PassMark: 6000},
		Practical:    result.Component{Standing: engine.Absent, PassMark: 6000},
		TheoryDigest: "t", PracticalDigest: "p"}
}

// Results is the contract of result.Results.
func Results(t *testing.T, open func(t *testing.T) *store.Store) {
	ctx := context.Background()
	t.Run("written once", func(t *testing.T) {
		r := open(t).Results()
		want := makeResult("s", "26120000010001")
		_, err := r.Result(ctx, want.ID)
		wantError(t, err, result.ErrResult)
		mustDo(t, r.CreateResult(ctx, want))
		other := makeResult("s", "26120000010001")
		other.Theory.Points++
		wantError(t, r.CreateResult(ctx, other), result.ErrResultExists)
		got, err := r.Result(ctx, want.ID)
		mustDo(t, err)
		if g, w := asJSON(t, got), asJSON(t, want); g != w {
			t.Fatalf("%s, want %s", g, w)
		}
	})
	t.Run("one creates", func(t *testing.T) {
		r := open(t).Results()
		OneCreates(t, result.ErrResultExists, func(int) error { return r.CreateResult(ctx, makeResult("s", "26120000010001")) })
	})
	t.Run("of a session", func(t *testing.T) {
		r := open(t).Results()
		for _, ticket := range []sitting.Ticket{"26120000010003", "26120000010001", "26120000010010", "26120000010002"} {
			mustDo(t, r.CreateResult(ctx, makeResult("s", ticket)))
		}
		mustDo(t, r.CreateResult(ctx, makeResult("s2", "26120000020001")))
		for session, want := range map[sitting.SessionID][]string{"s2": {"26120000020001"}, "s1": nil,
			"s": {"26120000010001", "26120000010002", "26120000010003", "26120000010010"}} {
			WantList(t, want, func(r *result.Result) string { return string(r.Ticket) },
				func(ctx context.Context, c engine.Cursor) ([]*result.Result, string, error) {
					return r.ResultsOf(ctx, session, c)
				})
		}
	})
}

// Turning is the part of the contract of result.Results about results that were joined anew.
func Turning(t *testing.T, open func(t *testing.T) *store.Store) {
	ctx := context.Background()
	make := func(id string) *result.Result {
		r := makeResult("s", sitting.Ticket(id))
		r.ID = result.ID(id)
		return r
	}
	Aggregates(t, open, func(s *store.Store) Repository[result.Result] {
		r := s.Results()
		return Repository[result.Result]{Make: make, Create: r.CreateResult, Update: r.UpdateResult,
			Get:    func(ctx context.Context, id string) (*result.Result, error) { return r.Result(ctx, result.ID(id)) },
			Absent: result.ErrResult, Exists: result.ErrResultExists, Revision: func(r *result.Result) *int64 { return &r.Revision },
			Change: func(r *result.Result) { r.Theory.Points++ }}
	})
	t.Run("of a person", func(t *testing.T) {
		r := open(t).Results()
		for _, v := range []struct{ session, ticket, person string }{{"s2", "3", "c"}, {"s1", "2", "c"}, {"s1", "1", "c2"}, {"s1", "4", "b"}} {
			n := makeResult(sitting.SessionID(v.session), sitting.Ticket(v.ticket))
			n.Candidate = engine.PersonID(v.person)
			mustDo(t, r.CreateResult(ctx, n))
		}
		for person, want := range map[string][]string{"c": {"2", "3"}, "c2": {"1"}, "a": nil} {
			WantList(t, want, func(r *result.Result) string { return string(r.Ticket) },
				func(ctx context.Context, c engine.Cursor) ([]*result.Result, string, error) {
					return r.ResultsOfPerson(ctx, engine.PersonID(person), c)
				})
		}
	})
	t.Run("turned", func(t *testing.T) {
		r := open(t).Results()
		pass := result.Component{Standing: engine.Scored, Points: 6000, PassMark: 6000}
		for n, turned := range []bool{false, true, false} {
			v := make([]string{"a", "b", "c"}[n])
			mustDo(t, r.CreateResult(ctx, v))
			if turned {
				v.Earlier = []result.Turn{{Before: result.Judged{Theory: pass, Practical: pass}, At: morning, Cause: "k"}}
				mustDo(t, r.UpdateResult(ctx, v))
			}
		}
		WantList(t, []string{"b"}, func(r *result.Result) string { return string(r.ID) }, r.TurnedResults)
	})
}

func makePublication(session string) *result.Publication {
	return &result.Publication{Session: sitting.SessionID(session), Name: "第一场", Level: engine.Level4, Stage: result.Public, Count: 3,
		Publicity: engine.Publicity{From: clock.DateOf(morning, morning.Location()), Until: clock.DateOf(morning, morning.Location()).AddDays(7)}, Trail: trail()}
}

// Publications is the contract of result.Publications.
func Publications(t *testing.T, open func(t *testing.T) *store.Store) {
	Aggregates(t, open, func(s *store.Store) Repository[result.Publication] {
		r := s.Publications()
		return Repository[result.Publication]{Make: makePublication, Create: r.CreatePublication, Update: r.UpdatePublication,
			Get: func(ctx context.Context, id string) (*result.Publication, error) {
				return r.Publication(ctx, sitting.SessionID(id))
			},
			Absent: result.ErrPublication, Exists: result.ErrPublished,
			Revision: func(p *result.Publication) *int64 { return &p.Revision },
			Change:   func(p *result.Publication) { p.Count++ }}
	})
	t.Run("in a stage", func(t *testing.T) { publicationStages(t, open(t).Publications()) })
}

func publicationStages(t *testing.T, r result.Publications) {
	ctx := context.Background()
	for _, id := range []string{"c", "a", "b"} {
		mustDo(t, r.CreatePublication(ctx, makePublication(id)))
	}
	in := func(stage result.Stage, want ...string) {
		t.Helper()
		WantList(t, want, func(p *result.Publication) string { return string(p.Session) },
			func(ctx context.Context, c engine.Cursor) ([]*result.Publication, string, error) {
				return r.InStage(ctx, stage, c)
			})
	}
	in(result.Public, "a", "b", "c")
	moved, err := r.Publication(ctx, "b")
	mustDo(t, err)
	moved.Stage = result.Final
	mustDo(t, r.UpdatePublication(ctx, moved))
	in(result.Public, "a", "c")
	in(result.Final, "b")
	in(result.Joined)
}
