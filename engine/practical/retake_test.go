package practical_test

import (
	"maps"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/practical"
)

// TestTheSealHoldsWhoTakesPractice (补考): of sessions in which some take both parts and some one only, whoever takes practice gets tasks
// and a turn and is sealed; whoever does not is at no station, has no task and stands in no seal.
func TestTheSealHoldsWhoTakesPractice(t *testing.T) {
	for round := range 8 {
		chance, w := rand.New(rand.NewPCG(uint64(round), 7)), newWorld(t)
		want := map[engine.PersonID]engine.Standing{}
		for n := 1; n <= 3; n++ {
			s, err := w.store.Seats().Seat(t.Context(), ticket(n))
			w.must(err)
			if s.Only = []engine.Component{"", engine.Theory, engine.Practical}[chance.IntN(3)]; n == 3 {
				s.Only = engine.Practical
			}
			w.must(w.store.Seats().UpdateSeat(t.Context(), s))
			if s.Takes(engine.Practical) {
				want[s.Candidate] = engine.Scored
			}
		}
		w.drawn()
		plan, err := w.desk.Schedule(t.Context(), office, session)
		if w.must(err); len(plan.Turns) != len(want) {
			t.Errorf("round %d: %d turns of %d", round, len(plan.Turns), len(want))
		}
		acts, err := practical.Acts{Assessments: w.store.Assessments(), Seals: w.store.Seals()}.Acts(t.Context(), session)
		w.must(err)
		for n := 1; n <= 3; n++ {
			c := engine.PersonID([]string{"", "c1", "c2", "c3"}[n])
			_, dealt := want[c]
			if _, got := acts.Examined[c]; got != dealt {
				t.Errorf("round %d: tasks of %d: %t", round, n, got)
			}
			if dealt {
				w.scoreAll(n, 7000, 7000, 7000)
			}
		}
		w.clock.Set(opens.Add(4 * time.Hour))
		seal, err := w.desk.Seal(t.Context(), leader, session)
		w.must(err)
		got := map[engine.PersonID]engine.Standing{}
		for _, s := range seal.Scores {
			got[s.Candidate] = s.Standing
		}
		if counts, err := w.desk.Counts(t.Context(), office, session); err != nil || counts.Scored != len(want) || counts.Candidates != len(want) || !maps.Equal(got, want) {
			t.Errorf("round %d: sealed %v, want %v, %+v", round, got, want, counts)
		}
	}
}
