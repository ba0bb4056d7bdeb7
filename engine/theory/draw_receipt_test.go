package theory_test

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/engine/sitting"
	"github.com/skillcert/skillcert/engine/theory"
	"github.com/skillcert/skillcert/questionbank/assembly/protocol"
)

// receipt is that of candidate i.
func (w *world) receipt(i int) (protocol.Receipt, error) {
	by, id := w.sitter(i)
	return w.exams.FormReceipt(ctx, by, id)
}

// sealed asks that no receipt is given, for this reason, nor offered.
func (w *world) sealed(i int, want error) {
	w.t.Helper()
	_, err := w.receipt(i)
	wantErr(w.t, err, want)
	by, id := w.sitter(i)
	if has, err := w.exams.HasReceipt(ctx, by, id); err != nil || has {
		w.t.Fatalf("a receipt is offered: %t, %v", has, err)
	}
}

func (w *world) publicLog() []protocol.Entry {
	w.t.Helper()
	d, err := w.exams.Drawn(ctx, supervisor, w.id)
	must(w.t, err)
	return d.Log
}

// From the reveal on every candidate has a receipt that the public log proves, whatever was replaced in their form.
func TestFormReceipts(t *testing.T) {
	c := appointed(t, 5).drawn()
	c.clock.Set(opens)
	kept := c.world.open(0).Attempt.Form.Items[0].Code
	c.suspend(kept)
	_, err := c.exams.Replace(ctx, office, c.id, kept, "题干有误")
	must(t, err)
	c.world.open(1)
	for i := 2; i < len(c.tickets); i++ {
		c.editSeat(i, func(s *sitting.Seat) { s.CheckedIn = time.Time{} })
	}
	c.clock.Set(closes.Add(-time.Millisecond))
	c.sealed(0, theory.ErrDrawSealed)
	c.clock.Set(closes)
	c.sealed(0, theory.ErrDrawSealed)
	c.transcript(supervisor)
	log, replaced := c.publicLog(), 0
	for i, ticket := range c.tickets {
		r, err := c.receipt(i)
		must(t, err)
		got, err := r.Check(log, closes.UnixMilli())
		must(t, err)
		if r.Candidate != string(ticket) || r.Slot != c.attempt(i).Form.Slot || len(r.Items) != questions || got.Late || !got.Whole || got.Absent != (i > 1) {
			t.Fatalf("candidate %d: %+v, %+v", i, r, got)
		}
		for _, x := range got.Replaced {
			if replaced++; !strings.HasPrefix(x.Reason, "题干有误") {
				t.Errorf("replaced: %+v", x)
			}
		}
		by, id := c.sitter(i)
		if has, err := c.another().HasReceipt(ctx, by, id); err != nil || !has {
			t.Fatalf("not offered: %v", err)
		}
	}
	if replaced == 0 {
		t.Error("nothing was replaced")
	}
	for name, spoil := range map[string]func(*protocol.Receipt){
		"handle":  func(r *protocol.Receipt) { r.Items[0].Handle = r.Items[1].Handle },
		"options": func(r *protocol.Receipt) { r.Items[0].Options = r.Items[0].Options[1:] + r.Items[0].Options[:1] },
		"seat":    func(r *protocol.Receipt) { r.Seat.Seat++ },
		"slot":    func(r *protocol.Receipt) { r.Slot++ },
	} {
		r, err := c.receipt(0)
		must(t, err)
		spoil(&r)
		if _, err := r.Check(log, closes.UnixMilli()); !errors.Is(err, protocol.ErrReceipt) {
			t.Errorf("%s changed: %v", name, err)
		}
	}
}

// A receipt is its candidate's and the office's of that body.
func TestReceiptsOfOthers(t *testing.T) {
	w := newWorld(t, 2)
	w.clock.Set(closes)
	w.transcript(supervisor)
	own, err := w.receipt(0)
	must(t, err)
	by, id := w.sitter(0)
	file, err := own.File()
	must(t, err)
	r, err := w.exams.FormReceipt(ctx, office, id)
	must(t, err)
	if again, err := r.File(); err != nil || string(again) != string(file) {
		t.Fatalf("the office has another: %s, %v", again, err)
	}
	neighbour, _ := w.sitter(1)
	impostor, elsewhere := by, office
	impostor.Person, elsewhere.Org = neighbour.Person, "another body"
	for name, c := range map[string]struct {
		by   authz.Principal
		id   theory.AttemptID
		want error
	}{"neighbour": {neighbour, id, theory.ErrAttempt}, "impostor": {impostor, id, theory.ErrAttempt}, "another office": {elsewhere, id, theory.ErrAttempt},
		"no such attempt": {office, "nothing", theory.ErrAttempt}, "marker": {marker, id, authz.ErrForbidden}, "supervisor": {supervisor, id, authz.ErrForbidden},
		"custodian": {keeperOf("甲", 1), id, authz.ErrForbidden}, "nobody": {authz.Principal{}, id, authz.ErrUnauthenticated}} {
		if _, err := w.exams.FormReceipt(ctx, c.by, c.id); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := w.exams.HasReceipt(ctx, marker, id); !errors.Is(err, authz.ErrForbidden) {
		t.Errorf("a marker is told: %v", err)
	}
}

// Latecomers with a reserve form have receipts; of a form that was made after the draw the log is the only word.
func TestReceiptsOfLatecomers(t *testing.T) {
	w := emptyWorld(t)
	w.file()
	w.plan()
	w.apply("a")
	_, err := w.sittings.SeatCandidates(ctx, office, w.id)
	must(t, err)
	d := w.draw()
	w.tickets = d.Seated()
	for _, p := range []engine.PersonID{"b", "c", "d"} {
		w.apply(string(p))
		a, err := w.exams.Late(ctx, office, w.id, p)
		must(t, err)
		w.tickets = append(w.tickets, a.Ticket)
	}
	w.derived()
	log := w.publicLog()
	for i, ticket := range w.tickets {
		r, err := w.exams.FormReceipt(ctx, office, theory.AttemptOf(ticket))
		if i == 3 {
			if !errors.Is(err, theory.ErrNoReceipt) || !strings.Contains(err.Error(), "日志第 7 条") {
				t.Fatalf("an extra form: %v", err)
			}
			if e, ok := log[7].Event.(protocol.Late); !ok || !e.Extra || len(e.Changes) != questions {
				t.Fatalf("entry 7 is %+v", log[7])
			}
			continue
		}
		must(t, err)
		got, err := r.Check(log, w.clock.Now().UnixMilli())
		if err != nil || got.Late != (i > 0) {
			t.Fatalf("candidate %d: %+v, %v", i, got, err)
		}
	}
}

// No receipt is given for an attempt that holds another form than the draw gave it, of an old draw, or before any.
func TestNoReceipt(t *testing.T) {
	w := emptyWorld(t)
	w.seat(2)
	w.sealed(0, theory.ErrAttempt)
	w.draw()
	w.clock.Set(closes)
	w.transcript(supervisor)
	a := w.attempt(0)
	a.Form.Items[0].Options[0], a.Form.Items[0].Options[1] = a.Form.Items[0].Options[1], a.Form.Items[0].Options[0]
	must(t, w.store.Attempts().UpdateAttempt(ctx, a))
	_, err := w.receipt(0)
	wantErr(t, err, theory.ErrDrawBroken)
	_, err = w.receipt(1)
	must(t, err)

	d, err := w.store.Draws().Draw(ctx, w.id)
	must(t, err)
	d.Custodians, d.Seed, d.Log = nil, "00", nil
	must(t, w.store.Draws().UpdateDraw(ctx, d))
	w.sealed(1, theory.ErrDrawOld)
}

// More sessions at once than are kept derived.
func TestReceiptsOfManySessions(t *testing.T) {
	w := emptyWorld(t)
	sessions := map[sitting.SessionID][]sitting.Ticket{}
	for range 6 {
		w.clock.Set(opens.Add(-time.Hour))
		w.seat(3)
		w.draw()
		sessions[w.id] = w.tickets
		w.clock.Set(closes)
		w.transcript(supervisor)
	}
	var all sync.WaitGroup
	for range 2 {
		for id, tickets := range sessions {
			for _, ticket := range tickets {
				all.Go(func() {
					r, err := w.exams.FormReceipt(ctx, office, theory.AttemptOf(ticket))
					if err != nil || r.Sitting != string(id) || r.Candidate != string(ticket) {
						t.Errorf("%s of %s: %+v, %v", ticket, id, r, err)
					}
				})
			}
		}
	}
	all.Wait()
}

// TestTheServerRevealsByItself: a candidate's receipt waits for nobody who would have to ask for the transcript.
func TestTheServerRevealsByItself(t *testing.T) {
	w := newWorld(t, 2)
	w.clock.Set(closes.Add(-time.Millisecond))
	if err := w.exams.Reveal(ctx, worker, w.id); !errors.Is(err, theory.ErrDrawSealed) {
		t.Fatalf("before the window closed: %v", err)
	}
	w.clock.Set(closes)
	if err := w.exams.Reveal(ctx, office, w.id); errs.KindOf(err) != errs.Forbidden {
		t.Fatalf("the office: %v", err)
	}
	must(t, w.exams.Reveal(ctx, worker, w.id))
	d, err := w.store.Draws().Draw(ctx, w.id)
	must(t, err)
	must(t, w.exams.Reveal(ctx, worker, w.id))
	again, err := w.store.Draws().Draw(ctx, w.id)
	must(t, err)
	if d.Stage() != theory.DrawRevealed || again.Revision != d.Revision {
		t.Fatalf("stage %s, revision %d and then %d", d.Stage(), d.Revision, again.Revision)
	}
	if _, err := w.receipt(0); err != nil {
		t.Error(err)
	}
	if !w.audit(w.transcript(supervisor)).Equal {
		t.Error("the transcript does not come out")
	}
	undrawn := emptyWorld(t)
	undrawn.seat(1)
	undrawn.clock.Set(closes)
	must(t, undrawn.exams.Reveal(ctx, worker, undrawn.id))
}

// TestWhoMayHaveBeenThereIsNotAbsent: whoever was checked in, and everybody of a room whose papers were printed.
func TestWhoMayHaveBeenThereIsNotAbsent(t *testing.T) {
	for name, c := range map[string]struct {
		before func(w *world)
		absent int
	}{
		"nobody came":     {func(*world) {}, 4},
		"one checked in":  {func(w *world) { w.editSeat(0, func(s *sitting.Seat) { s.CheckedIn = opens }) }, 3},
		"a room on paper": {func(w *world) { w.print("r1", theory.PaperQuestions) }, 2},
		"only its sheets": {func(w *world) { w.print("r1", theory.PaperSheet) }, 4},
	} {
		w := emptyWorld(t)
		w.seat(4)
		for i := range w.tickets {
			w.editSeat(i, func(s *sitting.Seat) { s.CheckedIn, s.Released = time.Time{}, time.Time{} })
		}
		w.draw()
		c.before(w)
		w.clock.Set(closes)
		must(t, w.exams.Reveal(ctx, worker, w.id))
		d, err := w.store.Draws().Draw(ctx, w.id)
		must(t, err)
		absent := 0
		for _, e := range d.Log {
			if _, ok := e.Event.(protocol.Absence); ok {
				absent++
			}
		}
		if absent != c.absent {
			t.Errorf("%s: %d absent", name, absent)
		}
	}
}

func (w *world) print(room sitting.RoomID, kind theory.PaperKind) {
	w.t.Helper()
	_, err := w.exams.Papers(ctx, office, w.id, theory.Sheaf{Room: room, Kind: kind, From: 1})
	must(w.t, err)
}

// TestEverybodyMayHaveTheTranscript once the seed is revealed, and nothing before.
func TestEverybodyMayHaveTheTranscript(t *testing.T) {
	w := newWorld(t, 2)
	for _, id := range []sitting.SessionID{w.id, "none"} {
		_, err := w.exams.Published(ctx, id)
		wantErr(t, err, theory.ErrDraw)
	}
	w.clock.Set(closes)
	must(t, w.exams.Reveal(ctx, worker, w.id))
	file, err := w.exams.Published(ctx, w.id)
	must(t, err)
	if !w.audit(file).Equal || string(file) != string(w.transcript(supervisor)) {
		t.Error("another transcript than supervision has")
	}
}
