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

func makePublication(session string) *result.Publication {
	return &result.Publication{Session: sitting.SessionID(session), Name: "第一场", Level: engine.Level4, Stage: result.Public, Count: 3,
		From: clock.DateOf(morning, morning.Location()), Until: clock.DateOf(morning, morning.Location()).AddDays(7), Trail: trail()}
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
