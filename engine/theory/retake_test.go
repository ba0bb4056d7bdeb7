package theory_test

import (
	"maps"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/sitting"
	"github.com/skillcert/skillcert/engine/theory"
)

// TestTheSealHoldsWhoTakesTheory (补考): of sessions in which some take both parts and some one only, whoever takes theory gets a form and
// is sealed, with points or absent; whoever does not gets neither, is not asked for, and is counted nowhere.
func TestTheSealHoldsWhoTakesTheory(t *testing.T) {
	w := emptyWorld(t)
	for round := range 6 {
		chance := rand.New(rand.NewPCG(uint64(round), 7))
		w.clock.Set(opens.Add(-time.Hour))
		w.seat(5)
		takes, sits := map[engine.PersonID]bool{}, map[int]bool{}
		for i, ticket := range w.tickets {
			only := []engine.Component{"", engine.Theory, engine.Practical}[chance.IntN(3)]
			if i == 0 {
				only = engine.Theory
			}
			w.editSeat(i, func(s *sitting.Seat) { s.Only = only })
			takes[engine.PersonID("person-"+ticket)] = only != engine.Practical
			sits[i] = only != engine.Practical && chance.IntN(2) == 0
		}
		w.draw()
		w.clock.Set(opens)
		for i := range w.tickets {
			if sits[i] {
				w.answer(i, 3)
			} else if !takes[engine.PersonID("person-"+w.tickets[i])] {
				by, id := w.sitter(i)
				_, err := w.exams.Open(ctx, by, id, theory.Window{})
				wantErr(t, err, theory.ErrAttempt)
			}
		}
		w.clock.Set(closes.Add(time.Hour))
		_, err := w.exams.CloseDue(ctx, worker, w.id)
		must(t, err)
		_, err = w.exams.Mark(ctx, marker, w.id, true)
		must(t, err)
		seal, err := w.exams.Seal(ctx, marker, w.id)
		must(t, err)
		got := map[engine.PersonID]engine.Standing{}
		for _, s := range seal.Scores {
			got[s.Candidate] = s.Standing
		}
		want := map[engine.PersonID]engine.Standing{}
		for i, ticket := range w.tickets {
			if p := engine.PersonID("person-" + ticket); takes[p] {
				want[p] = map[bool]engine.Standing{true: engine.Scored, false: engine.Absent}[sits[i]]
			}
		}
		if !maps.Equal(got, want) {
			t.Errorf("round %d: sealed %v, want %v", round, got, want)
		}
		n, err := w.exams.Counts(ctx, office, w.id)
		if must(t, err); n.Candidates != len(want) || n.Scored+n.Absent != len(want) {
			t.Errorf("round %d: %+v", round, n)
		}
	}
}
