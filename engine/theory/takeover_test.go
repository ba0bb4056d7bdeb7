package theory_test

import (
	"testing"
	"time"

	"github.com/skillcert/skillcert/engine/sitting"
	"github.com/skillcert/skillcert/engine/theory"
)

// Two windows: the newer one goes on, the older is told so and writes nothing more, in whatever process it is.
func TestTakeOver(t *testing.T) {
	w := newWorld(t, 2)
	by, id := w.sitter(0)
	by.Login = "here"
	open := func(e *theory.Exams, name string, over bool) (*theory.Paper, error) {
		return e.Open(ctx, by, id, theory.Window{Name: name, TakeOver: over})
	}
	write := func(e *theory.Exams, name string, seq int) error {
		r := response(seq, 1, seq%2)
		r.Window = name
		_, err := e.Respond(ctx, by, id, r)
		return err
	}
	other := w.another()
	p, err := open(w.exams, "one", false)
	must(t, err)
	must(t, write(w.exams, "one", p.Seq+1))
	if again, err := open(other, "one", false); err != nil || again.Seq != p.Seq+1 { // reloaded
		t.Fatalf("reloaded: %v", err)
	}
	_, err = open(other, "two", false)
	wantErr(t, err, theory.ErrElsewhere)
	_, err = open(other, "", true)
	must(t, err) // a program may take over as well
	p, err = open(other, "two", true)
	must(t, err)
	must(t, write(other, "two", p.Seq+1))
	must(t, write(w.exams, "two", p.Seq+2))
	wantErr(t, write(w.exams, "one", p.Seq+3), theory.ErrTakenOver)
	wantErr(t, write(other, "one", p.Seq+3), theory.ErrTakenOver)
	must(t, write(w.exams, "one", 2)) // what is stored is acknowledged to whoever asks
	for _, bad := range []string{"a b", "窗", "01234567890123456789012345678901234567890"} {
		_, err = open(w.exams, bad, true)
		wantErr(t, err, theory.ErrWindow)
	}
}

// Going on at another machine takes an invigilator's release, one for each change.
func TestAnotherMachine(t *testing.T) {
	w := newWorld(t, 2)
	open := func(login, name string) error {
		by, id := w.sitter(0)
		by.Login = login
		_, err := w.exams.Open(ctx, by, id, theory.Window{Name: name, TakeOver: true})
		return err
	}
	must(t, open("old", "one"))
	wantErr(t, open("new", "two"), theory.ErrMachine)
	_, err := w.sittings.Readmit(ctx, invigilator, w.id, sitting.Place{Room: "r2", Ticket: w.tickets[0]}, " ")
	wantErr(t, err, sitting.ErrWhy)
	w.clock.Advance(time.Second)
	_, err = w.sittings.Readmit(ctx, invigilator, w.id, sitting.Place{Room: "r2", Ticket: w.tickets[0]}, "停电")
	must(t, err)
	must(t, open("new", "two"))
	wantErr(t, open("old", "one"), theory.ErrMachine)
	wantErr(t, open("third", "three"), theory.ErrMachine)
	must(t, open("new", "four")) // another window of the same machine
}

// Saves of the old window race with the takeover: what was acknowledged is in the log before it, and nothing after. In one
// process they come without a pause; another process is asked over a network, which takes some time for each.
func TestTakeOverRaces(t *testing.T) {
	t.Run("one process", func(t *testing.T) {
		takeOverRace(t, func(w *world) *theory.Exams { return w.exams }, 0)
	})
	t.Run("another", func(t *testing.T) { takeOverRace(t, (*world).another, 500*time.Microsecond) })
}

// A server whose clock is behind neither sends a page away that another one has opened already, nor closes its queue.
func TestAServerBehind(t *testing.T) {
	w := newWorld(t, 2)
	by, id := w.sitter(0)
	w.answer(0, 1)
	behind := w.another()
	w.clock.Set(opens.Add(-time.Second))
	told, err := behind.Clock(ctx, by, id)
	must(t, err)
	if told.State != string(theory.InProgress) {
		t.Errorf("told %q", told.State)
	}
	_, err = behind.Respond(ctx, by, id, response(2, 2, 0))
	wantErr(t, err, theory.ErrNotOpen)
	_, err = behind.Respond(ctx, by, id, response(3, 2, 0))
	wantErr(t, err, theory.ErrNotOpen)
	w.clock.Set(opens)
	_, err = behind.Respond(ctx, by, id, response(2, 2, 0))
	must(t, err)
}

// The name of the window that writes opens nothing on another computer, and hands nothing in; nor does a window that the
// paper was taken from.
func TestAWindowIsOfItsComputer(t *testing.T) {
	w := newWorld(t, 2)
	by, id := w.sitter(0)
	by.Login = "here"
	p, err := w.exams.Open(ctx, by, id, theory.Window{Name: "one"})
	must(t, err)
	there := by
	there.Login = "there"
	for _, exams := range []*theory.Exams{w.exams, w.another()} {
		_, err = exams.Open(ctx, there, id, theory.Window{Name: "one", TakeOver: true})
		wantErr(t, err, theory.ErrMachine)
		r := response(p.Seq+1, 1, 0)
		r.Window = "one"
		_, err = exams.Respond(ctx, there, id, r)
		wantErr(t, err, theory.ErrTakenOver)
		_, err = exams.Submit(ctx, there, id, "one")
		wantErr(t, err, theory.ErrTakenOver)
		_, err = exams.Submit(ctx, by, id, "")
		wantErr(t, err, theory.ErrTakenOver)
	}
	_, err = w.exams.Open(ctx, by, id, theory.Window{Name: "two", TakeOver: true})
	must(t, err)
	_, err = w.exams.Submit(ctx, by, id, "one")
	wantErr(t, err, theory.ErrTakenOver)
	_, err = w.exams.Submit(ctx, by, id, "two")
	must(t, err)
}

// A page is not sent away by what its process knew before another one wrote: of a takeover, and of a reopening.
func TestTheClockAsksTheLog(t *testing.T) {
	w := newWorld(t, 2)
	other := w.another()
	by, id := w.sitter(0)
	_, err := w.exams.Open(ctx, by, id, theory.Window{Name: "one"})
	must(t, err)
	_, err = other.Open(ctx, by, id, theory.Window{Name: "two", TakeOver: true})
	must(t, err)
	told, err := w.exams.Pulse(ctx, atOnce(), by, id, theory.Beat{Window: "two"})
	must(t, err)
	if told.Elsewhere != "" {
		t.Fatalf("elsewhere: %q", told.Elsewhere)
	}
	_, err = w.exams.Submit(ctx, by, id, "two")
	must(t, err)
	_, err = other.Reopen(ctx, invigilator, w.order(0, 5))
	must(t, err)
	told, err = w.exams.Clock(ctx, by, id)
	must(t, err)
	if told.State != string(theory.InProgress) {
		t.Fatalf("state %s", told.State)
	}
}
