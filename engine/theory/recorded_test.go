package theory_test

import (
	"errors"
	"testing"
	"time"

	"github.com/skillcert/skillcert/engine/authz"
)

// The newest instant is that of whatever was written last: an order, a paper that is opened, an answer, an end.
func TestRecorded(t *testing.T) {
	w := newWorld(t, 3)
	want := func(when time.Time) {
		t.Helper()
		got, err := w.exams.Recorded(ctx, authz.Worker("clock"), w.id)
		if err != nil || !got.Equal(when) {
			t.Errorf("%v, %v; not %v", got, err, when)
		}
	}
	want(time.Time{})
	p := w.open(0)
	want(w.clock.Now())
	w.clock.Advance(time.Minute)
	w.open(1)
	want(w.clock.Now())
	w.clock.Advance(time.Minute)
	by, id := w.sitter(0)
	_, err := w.exams.Respond(ctx, by, id, response(p.Seq+1, 1, 0))
	must(t, err)
	want(w.clock.Now())
	w.clock.Advance(time.Minute)
	_, err = w.sittings.Extend(ctx, invigilator, w.order(1, 5))
	must(t, err)
	want(w.clock.Now())
	w.clock.Advance(time.Minute)
	_, err = w.exams.Submit(ctx, by, id, "")
	must(t, err)
	want(w.clock.Now())
	if _, err := w.exams.Recorded(ctx, invigilator, w.id); !errors.Is(err, authz.ErrForbidden) {
		t.Errorf("an invigilator reads it: %v", err)
	}
}

// The seed of a draw is told when nobody answers any more: an extension counts, however it is asked for.
func TestTheSeedIsToldWhenTheTimeOfAllIsOver(t *testing.T) {
	w := newWorld(t, 2)
	d, err := w.store.Draws().Draw(ctx, w.id)
	must(t, err)
	d.Seed = "00"
	must(t, w.store.Draws().UpdateDraw(ctx, d))
	_, err = w.sittings.Extend(ctx, invigilator, w.order(0, 5))
	must(t, err)
	grace := w.sittings.Grace()
	for _, c := range []struct {
		at   time.Time
		seed string
	}{{closes.Add(-1), ""}, {closes, ""}, {closes.Add(grace + 5*time.Minute - 1), ""}, {closes.Add(grace + 5*time.Minute), "00"}} {
		w.clock.Set(c.at)
		if d, err := w.exams.Drawn(ctx, supervisor, w.id); err != nil || d.Seed != c.seed {
			t.Errorf("at %v: %q, %v", c.at, d.Seed, err)
		}
	}
}
