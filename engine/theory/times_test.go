package theory_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/sitting"
	"github.com/skillcert/skillcert/engine/theory"
)

// order is one by the invigilator for the room of the first half, or for candidate i in it when i >= 0.
func (w *world) order(i, minutes int) sitting.Order {
	o := sitting.Order{Session: w.id, Room: "r2", Minutes: minutes, Text: "停电"}
	if i >= 0 {
		o.Ticket = w.tickets[i]
	}
	return o
}

// withGrace starts the same house with so much grace.
func (w *world) withGrace(seconds int) *world {
	w.rules.GraceSeconds = seconds
	w.sittings = w.sittingsOver(w.store.Seats())
	w.exams = w.another()
	return w
}

func (w *world) wantClosed(want int) {
	w.t.Helper()
	must(w.t, w.closed(want))
}

// Responses are taken until the end and the grace after it, to the millisecond, and the closer comes after that.
func TestGrace(t *testing.T) {
	w := newWorld(t, 2).withGrace(15)
	w.answer(0, 1)
	shut := closes.Add(15 * time.Second)
	for i, c := range []struct {
		at   time.Time
		want error
	}{{closes.Add(-time.Millisecond), nil}, {closes, nil}, {shut.Add(-time.Millisecond), nil}, {shut, theory.ErrAttemptClosed}} {
		w.clock.Set(c.at)
		if c.want == nil {
			w.wantClosed(0)
		}
		_, err := w.respond(0, i+2, 2, 0)
		wantErr(t, err, c.want)
	}
	w.wantClosed(1)
	w.wantClosed(0)
	if a := w.attempt(0); !a.Submitted.Equal(closes) || !a.ByClock || a.Answered != 2 {
		t.Fatalf("closed as %+v", a)
	}
	// who hands in during the grace was closed by the clock
	w.clock.Set(opens)
	w.answer(1, 1)
	w.clock.Set(closes.Add(time.Second))
	a, err := w.submit(1)
	must(t, err)
	if !a.ByClock || !a.Submitted.Equal(closes) {
		t.Fatalf("handed in during the grace: %+v", a)
	}
}

// An extension of one candidate keeps that one going, in whatever process, and nobody else.
func TestExtension(t *testing.T) {
	w := newWorld(t, 4)
	other := w.another()
	for i := range 4 {
		w.answer(i, 1)
	}
	_, err := w.sittings.Extend(ctx, invigilator, w.order(0, 10))
	must(t, err)
	w.clock.Set(closes)
	w.wantClosed(3)
	by, id := w.sitter(0)
	saved, err := other.Respond(ctx, by, id, response(2, 2, 0))
	must(t, err)
	if !saved.Closes.Equal(closes.Add(10 * time.Minute)) {
		t.Fatalf("closes %v", saved.Closes)
	}
	for i := 1; i < 4; i++ {
		_, err = w.respond(i, 2, 2, 0)
		wantErr(t, err, theory.ErrAttemptClosed)
	}
	_, err = w.exams.Mark(ctx, marker, w.id, true)
	wantErr(t, err, theory.ErrMarkEarly)
	wantErr(t, w.exams.Reveal(ctx, worker, w.id), theory.ErrDrawSealed)
	w.clock.Set(closes.Add(10 * time.Minute))
	w.wantClosed(1)
	must(t, w.exams.Reveal(ctx, worker, w.id))
	if a := w.attempt(0); !a.Submitted.Equal(closes.Add(10 * time.Minute)) {
		t.Fatalf("closed as %+v", a)
	}
	_, err = w.sittings.Extend(ctx, invigilator, w.order(0, 10))
	wantErr(t, err, sitting.ErrTimeOver)
}

// Who never opened the paper is absent only when their own time is over.
func TestExtendedBeforeTheyCame(t *testing.T) {
	w := newWorld(t, 2)
	_, err := w.sittings.Extend(ctx, invigilator, w.order(0, 10))
	must(t, err)
	w.clock.Set(closes.Add(5 * time.Minute))
	rows, err := w.exams.Standings(ctx, marker, w.id)
	must(t, err)
	if rows[0].Standing != "" || rows[1].Standing != "absent" {
		t.Fatalf("standings %+v", rows)
	}
	w.answer(0, 1)
	by, id := w.sitter(1)
	_, err = w.exams.Open(ctx, by, id, theory.Window{})
	wantErr(t, err, theory.ErrAttemptClosed)
}

// While the clock stands nothing is taken, handed in or closed; what was held back is taken afterwards, and the time
// comes back whole.
func TestPause(t *testing.T) {
	w := newWorld(t, 4)
	w.answer(0, 1)
	w.clock.Set(closes.Add(-time.Minute))
	_, err := w.sittings.Pause(ctx, invigilator, w.order(-1, 0))
	must(t, err)
	w.clock.Advance(time.Hour)
	_, err = w.respond(0, 2, 2, 0)
	wantErr(t, err, theory.ErrPaused)
	if _, err = w.respond(0, 1, 1, w.right(w.attempt(0).Form, 1)...); err != nil {
		t.Fatalf("a repetition while the clock stands: %v", err)
	}
	_, err = w.submit(0)
	wantErr(t, err, theory.ErrPaused)
	w.wantClosed(0)
	by, id := w.sitter(0)
	told, err := w.exams.Clock(ctx, by, id)
	must(t, err)
	if !told.Paused || told.Closes.Sub(told.Now) != time.Minute || told.State != string(theory.InProgress) {
		t.Fatalf("told %+v", told)
	}
	_, err = w.exams.Mark(ctx, marker, w.id, true)
	wantErr(t, err, theory.ErrMarkPaused)
	_, err = w.sittings.Resume(ctx, invigilator, w.order(-1, 0))
	must(t, err)
	_, err = w.exams.Mark(ctx, marker, w.id, true)
	wantErr(t, err, theory.ErrMarkEarly)
	_, err = w.respond(0, 2, 2, 0)
	must(t, err)
	w.clock.Set(closes.Add(time.Hour - time.Millisecond))
	w.wantClosed(0)
	w.clock.Set(closes.Add(time.Hour))
	w.wantClosed(1)
}

// A pause that holds up nobody is not why nothing is marked yet.
func TestPauseOfSomebodyElse(t *testing.T) {
	w := newWorld(t, 2)
	w.answer(0, 1)
	_, err := w.submit(0)
	must(t, err)
	_, err = w.sittings.Pause(ctx, invigilator, w.order(0, 0))
	must(t, err)
	_, err = w.exams.Mark(ctx, marker, w.id, true)
	wantErr(t, err, theory.ErrMarkEarly) // the other may still come
	w.clock.Set(closes)
	if n, err := w.exams.Mark(ctx, marker, w.id, true); err != nil || n != 1 {
		t.Fatalf("marked %d, %v", n, err)
	}
}

// Orders need a duty in the room, a reason, and minutes within bounds.
func TestOrdersAreRefused(t *testing.T) {
	w := newWorld(t, 4)
	elsewhere, whole, silent, long, stranger := w.order(0, 5), w.order(-1, 5), w.order(0, 5), w.order(0, 31), w.order(0, 5)
	elsewhere.Room, whole.Room, silent.Text, stranger.Ticket = "r1", "", " ", w.tickets[3]
	for name, c := range map[string]struct {
		by   authz.Principal
		o    sitting.Order
		want error
	}{
		"another room":          {invigilator, elsewhere, sitting.ErrNotOnDuty},
		"the whole session":     {invigilator, whole, sitting.ErrNotOnDuty},
		"no reason":             {invigilator, silent, sitting.ErrOrder},
		"too long":              {invigilator, long, sitting.ErrOrder},
		"not in the room":       {invigilator, stranger, sitting.ErrTicket},
		"a marker":              {marker, w.order(0, 5), authz.ErrForbidden},
		"office of another":     {authz.Principal{Account: "x", Roles: []authz.Role{authz.ExamOffice}, Org: "other"}, whole, sitting.ErrSession},
		"the office":            {office, whole, nil},
		"the office, long":      {office, long, nil},
		"the longest of theirs": {invigilator, w.order(0, 30), nil},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := w.sittings.Extend(ctx, c.by, c.o)
			wantErr(t, err, c.want)
		})
	}
	_, err := w.sittings.Resume(ctx, invigilator, w.order(-1, 0))
	wantErr(t, err, sitting.ErrNotPaused)
}

// The same order twice, by its key, gives its minutes once; many at a time all stand in the record.
func TestOrdersOnce(t *testing.T) {
	w := newWorld(t, 2)
	o := w.order(0, 5)
	o.Key = "k1"
	var wg sync.WaitGroup
	for i := range 20 {
		wg.Go(func() {
			mine := o
			if i%2 == 1 {
				mine.Key = fmt.Sprint("other", i/4)
			}
			_, err := w.sittingsOver(w.store.Seats()).Extend(ctx, invigilator, mine)
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	b, err := w.sittings.Proceedings(ctx, w.id, 0)
	must(t, err)
	if len(b.Lines()) != 6 {
		t.Fatalf("%d lines", len(b.Lines()))
	}
	o.Minutes = 6
	_, err = w.sittings.Extend(ctx, invigilator, o)
	wantErr(t, err, sitting.ErrLineKey)
}

// The end, an extension, a pause and the closer on a clock that runs by itself: each attempt is closed once, at its own
// end, and a page that waits hears of every change within three seconds.
func TestTheClockRuns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, 4).withGrace(10)
		running := clock.NewOffset(clock.System{}, opens)
		sittings := w.sittingsWith(w.store.Seats(), running)
		exams := theory.NewExams(w.ports(), sittings, w.bank, running, nil)
		for i := range 3 {
			by, id := w.sitter(i)
			_, err := exams.Open(ctx, by, id, theory.Window{Name: "w"})
			must(t, err)
		}
		heard := make(chan time.Duration, 1)
		var told time.Time
		go func() {
			by, id := w.sitter(0)
			hold, cancel := context.WithTimeout(ctx, theory.PulseHold)
			defer cancel()
			got, err := exams.Pulse(ctx, hold, by, id, theory.Beat{Window: "w"})
			if err != nil || !got.Closes.Equal(closes.Add(5*time.Minute)) {
				t.Errorf("heard %+v, %v", got, err)
			}
			heard <- running.Now().Sub(told)
		}()
		synctest.Wait()
		told = running.Now()
		_, err := w.sittingsWith(w.store.Seats(), running).Extend(ctx, invigilator, w.order(0, 5)) // another process
		must(t, err)
		if d := <-heard; d > 3*time.Second {
			t.Fatalf("heard after %v", d)
		}
		closed := map[int]time.Duration{}
		for range 60 * 60 {
			n, err := exams.CloseDue(ctx, worker, w.id)
			must(t, err)
			for i := range 3 {
				if _, was := closed[i]; !was && w.attempt(i).State == theory.Submitted {
					closed[i] = running.Now().Sub(closes)
					n--
				}
			}
			if n != 0 {
				t.Fatalf("%d closed more than once", n)
			}
			if len(closed) == 3 {
				break
			}
			time.Sleep(2 * time.Second)
		}
		for i, want := range map[int]time.Duration{0: 5*time.Minute + 10*time.Second, 1: 10 * time.Second, 2: 10 * time.Second} {
			if got := closed[i]; got < want || got > want+2*time.Second {
				t.Errorf("attempt %d closed %v after the planned end, want %v", i, got, want)
			}
		}
	})
}

func takeOverRace(t *testing.T, at func(*world) *theory.Exams, network time.Duration) {
	t.Helper()
	w := newWorld(t, 2)
	by, id := w.sitter(0)
	_, err := w.exams.Open(ctx, by, id, theory.Window{Name: "one"})
	must(t, err)
	other := at(w)
	acked := 1
	done := make(chan error)
	go func() {
		for {
			time.Sleep(network)
			r := response(acked+1, 1, acked%2)
			r.Window = "one"
			if _, err := w.exams.Respond(ctx, by, id, r); err != nil {
				done <- err
				return
			}
			acked++
		}
	}()
	time.Sleep(5 * time.Millisecond)
	_, err = other.Open(ctx, by, id, theory.Window{Name: "two", TakeOver: true})
	must(t, err)
	if err := <-done; !errors.Is(err, theory.ErrTakenOver) {
		t.Fatalf("the old window ended with %v", err)
	}
	log := w.log(0)
	if len(log) != acked+1 || log[acked].Kind != theory.Take {
		t.Fatalf("%d acknowledged, %d entries, the last a %s", acked, len(log), log[len(log)-1].Kind)
	}
}

// A spread moves each candidate's whole window by their own share: the same length for all, nobody before the opening,
// the session over when the last of them is.
func TestStartsAreSpread(t *testing.T) {
	w := emptyWorld(t)
	w.clock.Set(opens.Add(-time.Hour))
	w.seat(40)
	s, err := w.store.Sessions().Session(ctx, w.id)
	must(t, err)
	s.Spread = 30
	must(t, w.store.Sessions().UpdateSession(ctx, s))
	w.draw()
	starts := map[time.Duration]int{}
	for i := range w.tickets {
		a := w.attempt(i)
		late := a.Window.Opens.Sub(opens)
		if late < 0 || late > 30*time.Second || a.Window.Closes.Sub(a.Window.Opens) != closes.Sub(opens) {
			t.Fatalf("candidate %d has %+v", i, a.Window)
		}
		starts[late]++
		w.clock.Set(a.Window.Opens.Add(-time.Millisecond))
		by, id := w.sitter(i)
		_, err := w.exams.Open(ctx, by, id, theory.Window{})
		wantErr(t, err, theory.ErrNotOpen)
		w.clock.Set(a.Window.Opens)
		w.open(i)
	}
	if len(starts) < 10 {
		t.Fatalf("forty starts at %d instants", len(starts))
	}
	w.clock.Set(closes.Add(30*time.Second - time.Millisecond))
	if over, err := w.sittings.Over(ctx, s, w.clock.Now()); err != nil || over {
		t.Fatalf("over %v, %v", over, err)
	}
	w.clock.Set(closes.Add(30 * time.Second))
	w.wantClosed(40)
}
