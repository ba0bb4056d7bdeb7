package storetest

import (
	"context"
	"testing"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/store"
)

func makeSeal(session string) *engine.Seal {
	s := engine.NewSeal(session, engine.Theory, []engine.SealedScore{{Candidate: "b", Standing: engine.Absent},
		{Candidate: "a", Standing: engine.Scored, Points: 6050}}, "leader", morning)
	s.Witness, s.Witnessed, s.Trail = "witness", morning, trail()
	return s
}

// Seals is the contract of engine.Seals.
func Seals(t *testing.T, open func(t *testing.T) *store.Store) {
	Aggregates(t, open, func(s *store.Store) Repository[engine.Seal] {
		r := s.Seals()
		return Repository[engine.Seal]{Make: makeSeal, Create: r.CreateSeal, Update: r.UpdateSeal,
			Get:    func(ctx context.Context, id string) (*engine.Seal, error) { return r.Seal(ctx, id, engine.Theory) },
			Absent: engine.ErrNoSeal, Exists: engine.ErrSealed, Revision: func(s *engine.Seal) *int64 { return &s.Revision },
			Change: func(s *engine.Seal) { s.Trail.Add(morning, "b", "seal.changed", "") }}
	})
	t.Run("components apart", func(t *testing.T) {
		ctx, r := context.Background(), open(t).Seals()
		mustDo(t, r.CreateSeal(ctx, makeSeal("s")))
		_, err := r.Seal(ctx, "s", engine.Practical)
		wantError(t, err, engine.ErrNoSeal)
		practical := engine.NewSeal("s", engine.Practical, nil, "leader", morning)
		mustDo(t, r.CreateSeal(ctx, practical))
		got, err := r.Seal(ctx, "s", engine.Practical)
		mustDo(t, err)
		if g, w := asJSON(t, got), asJSON(t, practical); g != w {
			t.Fatalf("came back as %s, want %s", g, w)
		}
	})
	t.Run("one creates", func(t *testing.T) {
		r := open(t).Seals()
		OneCreates(t, engine.ErrSealed, func(int) error { return r.CreateSeal(context.Background(), makeSeal("s")) })
	})
	t.Run("corrections beside the first", func(t *testing.T) {
		ctx, r := context.Background(), open(t).Seals()
		first := makeSeal("s")
		mustDo(t, r.CreateSeal(ctx, first))
		_, err := r.Correction(ctx, "s", engine.Theory, 1)
		wantError(t, err, engine.ErrNoSeal)
		next, err := first.Correct(engine.SealedScore{Candidate: "a", Standing: engine.Scored, Points: 7000}, "漏评", "k", "leader", morning)
		mustDo(t, err)
		mustDo(t, r.CreateSeal(ctx, next))
		wantError(t, r.CreateSeal(ctx, next), engine.ErrSealed)
		got, err := r.Correction(ctx, "s", engine.Theory, 1)
		mustDo(t, err)
		if g, w := asJSON(t, got), asJSON(t, next); g != w {
			t.Fatalf("came back as %s, want %s", g, w)
		}
		kept, err := r.Seal(ctx, "s", engine.Theory)
		mustDo(t, err)
		if g, w := asJSON(t, kept), asJSON(t, first); g != w {
			t.Fatalf("the first seal became %s, want %s", g, w)
		}
	})
}
