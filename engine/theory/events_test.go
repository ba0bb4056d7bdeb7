package theory_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/sitting"
	"github.com/skillcert/skillcert/engine/theory"
	"github.com/skillcert/skillcert/questionbank"
	"github.com/skillcert/skillcert/questionbank/assembly"
	"github.com/skillcert/skillcert/questionbank/assembly/protocol"
)

// derived audits the session's transcript after its window.
func (w *world) derived() protocol.Report {
	w.t.Helper()
	w.clock.Set(closes.Add(24 * time.Hour))
	r := w.audit(w.transcript(supervisor))
	if !r.Equal {
		w.t.Fatalf("audit: %v", r.First)
	}
	return r
}

// Latecomers get the reserves, then forms of their own; every one of them is in the transcript.
func TestLate(t *testing.T) {
	w := emptyWorld(t)
	w.file()
	w.plan()
	w.apply("a", "b")
	_, err := w.sittings.SeatCandidates(ctx, office, w.id)
	must(t, err)
	w.apply("c", "d", "e")
	_, err = w.exams.Late(ctx, office, w.id, "c")
	wantErr(t, err, theory.ErrDraw)
	d := w.draw()
	_, err = w.exams.Late(ctx, marker, w.id, "c")
	wantErr(t, err, authz.ErrForbidden)
	_, err = w.exams.Late(ctx, office, w.id, "nobody")
	wantErr(t, err, sitting.ErrSeatState)
	w.clock.Set(opens.Add(10 * time.Minute))
	for i, p := range []engine.PersonID{"c", "d", "e"} {
		a, err := w.exams.Late(ctx, office, w.id, p)
		must(t, err)
		again, err := w.exams.Late(ctx, office, w.id, p)
		must(t, err)
		got, err := w.store.Draws().Draw(ctx, w.id)
		must(t, err)
		reserve := a.Form.Slot < len(d.Tickets) && d.Tickets[a.Form.Slot] == ""
		if again.Form.Digest() != a.Form.Digest() || a.Candidate != p || reserve != (i < 2) || got.Tickets[a.Form.Slot] != a.Ticket {
			t.Fatalf("%s: slot %d of %v, reserve %t", p, a.Form.Slot, got.Tickets, reserve)
		}
	}
	w.clock.Set(closes)
	w.apply("f")
	_, err = w.exams.Late(ctx, office, w.id, "f")
	wantErr(t, err, theory.ErrDrawLate)
	if r := w.derived(); r.Levels[0].Extra != 1 || r.Levels[0].Forms != 4 {
		t.Fatalf("audit %+v", r.Levels)
	}
}

// A latecomer's attempt that a kill kept from being made is made by the next call.
func TestLateGoesOnAfterAKill(t *testing.T) {
	w := emptyWorld(t)
	w.file()
	w.plan()
	w.apply("a")
	_, err := w.sittings.SeatCandidates(ctx, office, w.id)
	must(t, err)
	w.draw()
	w.apply("b")
	p := w.ports()
	p.Attempts = &killed{Attempts: p.Attempts}
	_, err = w.over(p).Late(ctx, office, w.id, "b")
	wantErr(t, err, errKilled)
	d, err := w.store.Draws().Draw(ctx, w.id)
	must(t, err)
	a, err := w.exams.Late(ctx, office, w.id, "b")
	must(t, err)
	if d.Tickets[a.Form.Slot] != a.Ticket {
		t.Fatalf("slot %d of %v", a.Form.Slot, d.Tickets)
	}
	w.derived()
}

func has(f assembly.Form, code string) bool {
	return slices.ContainsFunc(f.Items, func(i assembly.FormItem) bool { return i.Code == code })
}

// A withdrawn item leaves every form that is not open; a paper that is open keeps it and can be answered.
func TestReplace(t *testing.T) {
	w := newWorld(t, 4)
	p := w.open(0)
	code := p.Attempt.Form.Items[0].Code
	before := 0
	for i := range 4 {
		if has(w.attempt(i).Form, code) {
			before++
		}
	}
	_, err := w.exams.Replace(ctx, marker, w.id, code, "泄露")
	wantErr(t, err, authz.ErrForbidden)
	_, err = w.exams.Replace(ctx, office, w.id, "L9-99", "泄露")
	wantErr(t, err, protocol.ErrItem)
	_, err = w.exams.Replace(ctx, office, w.id, code, " ")
	wantErr(t, err, theory.ErrDrawReason)
	_, err = w.exams.Replace(ctx, office, w.id, code, "泄露")
	wantErr(t, err, theory.ErrDrawStep) // in use in the bank
	w.suspend(code)
	done, err := w.exams.Replace(ctx, office, w.id, code, "泄露")
	must(t, err)
	if done.Forms != before-1 || len(done.Started) != 1 || done.Started[0] != w.attempt(0).Form.Slot {
		t.Fatalf("%d forms had it: %+v", before, done)
	}
	again, err := w.exams.Replace(ctx, office, w.id, code, "泄露")
	if err != nil || again.Forms != 0 || len(again.Started) != 1 {
		t.Fatalf("again %+v, %v", again, err)
	}
	for i := range 4 {
		if got := has(w.attempt(i).Form, code); got != (i == 0) {
			t.Fatalf("form %d has the item: %t", i, got)
		}
	}
	w.answer(0, 3)
	w.answer(1, 10)
	if r := w.derived(); r.Levels[0].Changed < before-1 {
		t.Fatalf("audit %+v", r.Levels)
	}
}

// A page that was looking at an attempt before an item was replaced answers the form as it is now.
func TestReplaceUnderAWaitingPage(t *testing.T) {
	w := emptyWorld(t)
	w.seat(2)
	w.draw()
	by, id := w.sitter(0)
	_, err := w.exams.Clock(ctx, by, id)
	must(t, err)
	w.suspend(w.attempt(0).Form.Items[0].Code)
	_, err = w.another().Replace(ctx, office, w.id, w.attempt(0).Form.Items[0].Code, "错误")
	must(t, err)
	w.clock.Set(opens)
	w.answer(0, 10)
	w.clock.Set(closes)
	n, err := w.exams.Mark(ctx, marker, w.id, true)
	if err != nil || n != 1 || w.attempt(0).Points != engine.Pt(100) {
		t.Fatalf("marked %d with %d, %v", n, w.attempt(0).Points, err)
	}
}

// seatAgain makes a session of a blueprint some days after the first, for candidates of the session before.
func (w *world) seatAgain(blueprint string, days int, candidates ...engine.PersonID) {
	w.t.Helper()
	w.seat(0)
	n := w.session()
	shift := time.Duration(days) * 24 * time.Hour
	n.Blueprint, n.Theory, n.Allotted = blueprint, clock.Window{Opens: opens.Add(shift), Closes: closes.Add(shift)}, candidates
	must(w.t, w.store.Sessions().UpdateSession(ctx, n))
	for i, p := range candidates {
		t := sitting.Ticket("2612" + n.Digits + "000" + string(rune('1'+i)))
		w.tickets = append(w.tickets, t)
		must(w.t, w.store.Seats().CreateSeat(ctx, &sitting.Seat{Ticket: t, Session: w.id, Candidate: p, Room: "r1", No: i + 1, CheckedIn: opens, Released: opens}))
	}
}

func (w *world) skipping() {
	w.t.Helper()
	_, err := w.bank.PublishBlueprint(ctx, keeper, questionbank.Blueprint{ID: "again", Level: engine.Level5, Release: "2026.1", SkipMet: true,
		Counts: map[questionbank.ItemType]int{questionbank.Single: 6, questionbank.Multiple: 2, questionbank.Judgement: 2},
		Ranges: map[string]int{"A": questions}, ItemPoints: engine.Pt(10)})
	must(w.t, err)
}

// Who sat before meets nothing of it again; uses are carried over, halved.
func TestNothingMetTwice(t *testing.T) {
	w := newWorld(t, 3)
	w.open(0)
	first, unopened := w.attempt(0), w.attempt(1)
	w.skipping()
	w.seatAgain("again", 1, first.Candidate, unopened.Candidate)
	w.clock.Set(opens.Add(time.Hour))
	w.draw()
	for _, it := range w.attempt(0).Form.Items {
		if has(first.Form, it.Code) {
			t.Errorf("%s again", it.Code)
		}
	}
	d, err := w.store.Draws().Draw(ctx, w.id)
	must(t, err)
	if len(d.Seats[0].Excluded) != questions || len(d.Seats[1].Excluded) != 0 {
		t.Fatalf("excluded %v and %v", d.Seats[0].Excluded, d.Seats[1].Excluded)
	}
	want := map[string]int{}
	for _, a := range w.attemptsOf("session-000001") {
		for _, it := range a.Form.Items {
			want[it.Code]++
		}
	}
	for code, n := range want {
		if d.Openings[code] != n/2 {
			t.Errorf("%s: %d uses carried over of %d", code, d.Openings[code], n)
		}
	}
	w.clock.Set(opens.Add(25 * time.Hour))
	_, err = w.exams.Open(ctx, w.by(0), theory.AttemptOf(w.tickets[0]), theory.Window{})
	must(t, err)
	w.derived()
	// A third sitting has nothing left for a candidate who opened both forms.
	w.seatAgain("again", 2, first.Candidate)
	var short *assembly.Shortage
	if _, err = w.exams.Draw(ctx, office, w.id); !errors.As(err, &short) {
		t.Fatalf("a third form: %v", err)
	}
}

func (w *world) attemptsOf(id sitting.SessionID) []*theory.Attempt {
	w.t.Helper()
	rows, _, err := w.store.Attempts().AttemptsOf(ctx, id, engine.Cursor{})
	must(w.t, err)
	return rows
}

func (w *world) by(i int) authz.Principal {
	a := w.attempt(i)
	p, _ := w.sitter(i)
	p.Person = string(a.Candidate)
	return p
}
