package main

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/sitting"
	"github.com/skillcert/skillcert/engine/theory"
)

// TestTheCloser closes all papers before it reveals anything, tries again what failed, but not what is broken, and looks
// at nothing that is not over or was over long ago.
func TestTheCloser(t *testing.T) {
	now := time.Date(2026, 11, 2, 3, 0, 0, 0, time.UTC)
	ends := map[sitting.SessionID]time.Time{"a": now, "b": now.Add(-time.Hour), "broken": now, "later": now.Add(time.Millisecond),
		"long ago": now.Add(-closeWithin - time.Millisecond), "stuck": now}
	fails := map[string]error{"close stuck": engine.ErrStale, "reveal a": engine.ErrStale, "reveal broken": theory.ErrDrawBroken}
	var did []string
	step := func(what string) func(context.Context, sitting.SessionID) error {
		return func(_ context.Context, id sitting.SessionID) error {
			did = append(did, what+" "+string(id))
			return fails[what+" "+string(id)]
		}
	}
	own := map[sitting.SessionID][]time.Time{}
	at := clock.NewManual(now)
	c := closer{clock: at, ends: func(_ context.Context, s *sitting.Session, _ time.Time) ([]time.Time, error) {
		return append([]time.Time{s.Theory.Closes}, own[s.ID]...), nil
	}, close: step("close"), reveal: step("reveal"), closed: map[sitting.SessionID]time.Time{}, revealed: map[sitting.SessionID]bool{},
		sessions: func(context.Context) (all []*sitting.Session, err error) {
			for id, end := range ends {
				all = append(all, &sitting.Session{ID: id, Theory: clock.Window{Opens: end.Add(-time.Hour), Closes: end}})
			}
			return all, nil
		}}
	for round, want := range [][]string{
		{"close a", "close b", "close broken", "close stuck", "reveal a", "reveal b", "reveal broken"},
		{"close stuck", "reveal a"},
		{"close stuck", "reveal a", "reveal stuck"},
		nil,
	} {
		if did = nil; round == 2 {
			clear(fails)
		}
		if err := c.once(t.Context()); (err != nil) != (round < 2) {
			t.Errorf("round %d: %v", round, err)
		}
		if !slices.Equal(did, want) {
			t.Errorf("round %d: %q", round, did)
		}
	}
	// somebody of "c" was extended: nothing is public before their time is over, and it is closed at both ends
	extended := now.Add(time.Minute)
	own["c"], ends["c"] = []time.Time{extended}, now
	for _, step := range []struct {
		after time.Duration
		want  []string
	}{{0, []string{"close c"}}, {time.Second, nil}, {time.Minute, []string{"close c", "reveal c"}}, {time.Hour, nil}} {
		did = nil
		at.Set(now.Add(step.after))
		delete(ends, "later")
		if err := c.once(t.Context()); err != nil || !slices.Equal(did, step.want) {
			t.Errorf("after %v: %q, %v", step.after, did, err)
		}
	}
}
