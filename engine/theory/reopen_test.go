package theory_test

import (
	"testing"
	"time"

	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/sitting"
	"github.com/skillcert/skillcert/engine/theory"
)

func TestReopen(t *testing.T) {
	w := newWorld(t, 4)
	w.answer(0, 3)
	first, err := w.submit(0)
	must(t, err)
	w.clock.Set(closes.Add(time.Minute))
	o := w.order(0, 20)
	o.Key = "again"
	for range 2 {
		a, err := w.exams.Reopen(ctx, invigilator, o)
		must(t, err)
		if a.State != theory.InProgress || a.Receipt != "" {
			t.Fatalf("reopened as %+v", a)
		}
	}
	other := w.another() // a process that saw nothing of it
	by, id := w.sitter(0)
	p, err := other.Open(ctx, by, id, theory.Window{})
	must(t, err)
	if want := closes.Add(21 * time.Minute); p.Seq != 5 || !p.Times.Closes.Equal(want) || len(p.Questions[2].Chosen) == 0 {
		t.Fatalf("paper from %d, closes %v", p.Seq, p.Times.Closes)
	}
	for _, exams := range []*theory.Exams{other, w.exams} {
		_, err = exams.Respond(ctx, by, id, response(6, 4, w.right(p.Attempt.Form, 4)...))
		must(t, err)
	}
	w.clock.Advance(20 * time.Minute)
	w.wantClosed(1)
	a := w.attempt(0)
	if a.State != theory.Submitted || a.Answered != 4 || a.Receipt == first.Receipt || a.Receipt != theory.Receipt(id, w.log(0)) {
		t.Fatalf("closed again as %+v", a)
	}
	if n, err := w.exams.Mark(ctx, marker, w.id, true); err != nil || n != 1 {
		t.Fatalf("marked %d, %v", n, err)
	}
	_, err = w.exams.Reopen(ctx, invigilator, w.order(0, 5))
	wantErr(t, err, theory.ErrReopenDone)
}

func TestReopenIsRefused(t *testing.T) {
	w := newWorld(t, 4)
	w.answer(0, 1)
	_, err := w.exams.Reopen(ctx, invigilator, w.order(0, 5))
	wantErr(t, err, theory.ErrNotClosed)
	_, err = w.exams.Reopen(ctx, invigilator, w.order(1, 5)) // never opened
	wantErr(t, err, theory.ErrNotClosed)
	_, err = w.submit(0)
	must(t, err)
	_, err = w.exams.Reopen(ctx, marker, w.order(0, 5))
	wantErr(t, err, authz.ErrForbidden)
	w.clock.Set(closes.Add(2*time.Hour + time.Millisecond))
	_, err = w.exams.Reopen(ctx, invigilator, w.order(0, 5))
	wantErr(t, err, theory.ErrReopenLate)
	w.clock.Set(closes.Add(2 * time.Hour))
	_, err = w.exams.Reopen(ctx, invigilator, w.order(0, 5))
	must(t, err)
}

// A kill between the order and the log leaves an order that the same command completes.
func TestKilledWhileReopening(t *testing.T) {
	w := newWorld(t, 2)
	w.answer(0, 1)
	_, err := w.submit(0)
	must(t, err)
	o := w.order(0, 5)
	o.Key = "k"
	killed := w.over(w.ports())
	_, err = w.sittings.RecordReopening(ctx, invigilator, o)
	must(t, err)
	a, err := killed.Reopen(ctx, invigilator, o)
	must(t, err)
	if log := w.log(0); a.State != theory.InProgress || log[len(log)-1].Kind != theory.Reopen {
		t.Fatalf("after the kill: %+v", a)
	}
	b, err := w.sittings.Proceedings(ctx, w.id, 0)
	must(t, err)
	if len(b.Lines()) != 1 {
		t.Fatalf("%d orders", len(b.Lines()))
	}
}

// Of a paper in another room an invigilator learns nothing.
func TestReopenInAnotherRoom(t *testing.T) {
	w := newWorld(t, 4)
	o := w.order(3, 5)
	_, err := w.exams.Reopen(ctx, invigilator, o)
	wantErr(t, err, sitting.ErrTicket)
	o.Room = "r1"
	_, err = w.exams.Reopen(ctx, invigilator, o)
	wantErr(t, err, sitting.ErrNotOnDuty)
}
