package theory_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/ids"
	"github.com/skillcert/skillcert/engine/registration"
	"github.com/skillcert/skillcert/engine/sitting"
	"github.com/skillcert/skillcert/engine/theory"
	"github.com/skillcert/skillcert/questionbank"
)

// plan makes a session without seats that candidates can be seated in.
func (w *world) plan() {
	w.t.Helper()
	w.sessions++
	digits := fmt.Sprintf("%06d", w.sessions)
	w.id, w.tickets = sitting.SessionID("session-"+digits), nil
	must(w.t, w.store.Sessions().CreateSession(ctx, &sitting.Session{ID: w.id, Org: "body", Level: engine.Level5, Province: "12", Release: "2026.1",
		Blueprint: "five", Theory: clock.Window{Opens: opens, Closes: closes}, Practical: clock.Window{Opens: closes, Closes: closes.Add(time.Hour)},
		Digits: digits, Rooms: []sitting.Room{{ID: "r1", Component: engine.Theory, Capacity: 300}, {ID: "p1", Component: engine.Practical, Capacity: 300}}}))
}

// file files the body whose sessions these are.
func (w *world) file() {
	w.t.Helper()
	must(w.t, w.store.Organisations().CreateOrganisation(ctx, &engine.Organisation{ID: "body", Province: "12", Filings: []engine.Filing{{Number: "n",
		Occupation: engine.LongTermCare().Code, Levels: engine.Levels(), Capacity: 1000, From: clock.Date{Year: 2026, Month: 1, Day: 1},
		To: clock.Date{Year: 2027, Month: 1, Day: 1}}}}))
}

func (w *world) apply(people ...string) {
	w.t.Helper()
	for _, p := range people {
		must(w.t, w.store.Applications().CreateApplication(ctx, &registration.Application{ID: registration.ApplicationID(string(w.id) + p),
			Session: string(w.id), Org: "body", Person: engine.PersonID(p), Level: engine.Level5}))
	}
}

func (w *world) session() *sitting.Session {
	w.t.Helper()
	n, err := w.sittings.Get(ctx, w.id)
	must(w.t, err)
	return n
}

// drawnFor fails unless everybody who has a seat has a form, and nobody else.
func (w *world) drawnFor(want int) {
	w.t.Helper()
	d := w.draw()
	seats, err := w.sittings.SeatsOf(ctx, w.id)
	must(w.t, err)
	var tickets []sitting.Ticket
	for _, s := range seats {
		tickets = append(tickets, s.Ticket)
		if _, err := w.store.Attempts().Attempt(ctx, theory.AttemptOf(s.Ticket)); err != nil {
			w.t.Errorf("seat %s: %v", s.Ticket, err)
		}
	}
	if len(tickets) != want || !slices.Equal(tickets, d.Seated()) {
		w.t.Errorf("drawn for %v, seats %v, want %d", d.Tickets, tickets, want)
	}
}

func TestNobodyIsSeatedAfterTheDraw(t *testing.T) {
	w := emptyWorld(t)
	w.file()
	w.plan()
	w.apply("a", "b")
	_, err := w.sittings.SeatCandidates(ctx, office, w.id)
	must(t, err)
	w.drawnFor(2)
	w.apply("c")
	_, err = w.sittings.SeatCandidates(ctx, office, w.id)
	wantErr(t, err, sitting.ErrClosed)
	w.drawnFor(2)
}

// Of a seating and a draw at the same time, the seats are drawn for or they are refused.
func TestDrawAndSeatAtTheSameTime(t *testing.T) {
	w := emptyWorld(t)
	w.file()
	for range 12 {
		w.plan()
		w.apply("a")
		_, err := w.sittings.SeatCandidates(ctx, office, w.id)
		must(t, err)
		w.apply("b", "c")
		var both sync.WaitGroup
		var seating error
		both.Go(func() {
			// ErrSeating is a seating that is allotted and not done: whoever draws then draws again.
			if _, err := w.exams.Draw(ctx, office, w.id); err != nil && !errors.Is(err, sitting.ErrSeating) {
				t.Error(err)
			}
		})
		both.Go(func() { _, seating = w.sittings.SeatCandidates(ctx, office, w.id) })
		both.Wait()
		switch {
		case seating == nil:
			w.drawnFor(3)
		case errors.Is(seating, sitting.ErrClosed):
			w.drawnFor(1)
		default:
			t.Fatal(seating)
		}
	}
}

// seatedBehind lets candidates be seated once the seats were listed for the first time.
type seatedBehind struct {
	sitting.Seats
	once *sync.Once
	come func()
}

func (s seatedBehind) SeatsOf(ctx context.Context, id sitting.SessionID, c engine.Cursor) ([]*sitting.Seat, string, error) {
	rows, next, err := s.Seats.SeatsOf(ctx, id, c)
	s.once.Do(s.come)
	return rows, next, err
}

// The worst case: the draw has looked at the seats and is about to close the session when others are seated.
func TestSeatedBehindTheDraw(t *testing.T) {
	w := emptyWorld(t)
	w.file()
	w.plan()
	w.apply("a")
	_, err := w.sittings.SeatCandidates(ctx, office, w.id)
	must(t, err)
	w.apply("b")
	behind := w.sittingsOver(seatedBehind{w.store.Seats(), new(sync.Once), func() {
		_, err := w.sittings.SeatCandidates(ctx, office, w.id)
		must(t, err)
	}})
	_, err = theory.NewExams(w.ports(), behind, w.bank, w.clock, ids.Seeded("seed")).Draw(ctx, office, w.id)
	must(t, err)
	w.drawnFor(2)
}

// unbegun keeps the record of a draw from being written.
type unbegun struct{ theory.Draws }

func (unbegun) CreateDraw(context.Context, *theory.Draw) error { return errKilled }

// A kill between the close and the record leaves a session that only the draw goes on with.
func TestDrawGoesOnAfterTheClose(t *testing.T) {
	w := emptyWorld(t)
	w.file()
	w.plan()
	w.apply("a", "b")
	_, err := w.sittings.SeatCandidates(ctx, office, w.id)
	must(t, err)
	p := w.ports()
	p.Draws = unbegun{p.Draws}
	_, err = w.over(p).Draw(ctx, office, w.id)
	wantErr(t, err, errKilled)
	closed := w.session()
	if closed.Closed != w.clock.Now() {
		t.Fatalf("closed %s", closed.Closed)
	}
	w.apply("c")
	_, err = w.sittings.SeatCandidates(ctx, office, w.id)
	wantErr(t, err, sitting.ErrClosed)
	w.drawnFor(2)
	if got := w.session(); got.Revision != closed.Revision {
		t.Error("closed twice")
	}
}

// A draw that is refused writes nothing and leaves the session open: its cause can be mended.
func TestARefusedDrawLeavesTheSessionOpen(t *testing.T) {
	w := emptyWorld(t)
	w.file()
	for name, c := range map[string]struct {
		before func(*sitting.Session)
		want   error
	}{
		"a release that does not exist":  {func(n *sitting.Session) { n.Release = "2099.9" }, questionbank.ErrRelease},
		"a release that cannot be named": {func(n *sitting.Session) { n.Release = "无" }, questionbank.ErrRelease},
		"seats not made yet":             {func(n *sitting.Session) { n.Allotted = append(n.Allotted, "b") }, sitting.ErrSeating},
		"as the window opens":            {func(n *sitting.Session) { n.Theory.Opens = w.clock.Now() }, theory.ErrDrawLate},
	} {
		t.Run(name, func(t *testing.T) {
			w.t = t
			w.plan()
			w.apply("a")
			seats, err := w.sittings.SeatCandidates(ctx, office, w.id)
			must(t, err)
			n := w.session()
			c.before(n)
			must(t, w.store.Sessions().UpdateSession(ctx, n))
			_, err = w.exams.Draw(ctx, office, w.id)
			wantErr(t, err, c.want)
			_, err = w.store.Draws().Draw(ctx, w.id)
			wantErr(t, err, theory.ErrDraw)
			_, err = w.store.Attempts().Attempt(ctx, theory.AttemptOf(seats[0].Ticket))
			wantErr(t, err, theory.ErrAttempt)
			if got := w.session(); got.Revision != n.Revision || !got.Closed.IsZero() {
				t.Errorf("revision %d after %d, closed %s", got.Revision, n.Revision, got.Closed)
			}
		})
	}
}
