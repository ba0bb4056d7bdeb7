package theory_test

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/engine/sitting"
	"github.com/skillcert/skillcert/engine/theory"
)

func highest(err error) int {
	var o interface{ HighestSeq() int }
	if !errors.As(err, &o) {
		return -1
	}
	return o.HighestSeq()
}

// The server's clock decides, to the millisecond.
func TestResponsesInTime(t *testing.T) {
	shared := emptyWorld(t)
	for name, c := range map[string]struct {
		at   time.Time
		want error
	}{
		"as it opens":         {opens, nil},
		"just before the end": {closes.Add(-time.Millisecond), nil},
		"at the end":          {closes, theory.ErrAttemptClosed},
		"just after the end":  {closes.Add(time.Millisecond), theory.ErrAttemptClosed},
		"clock set back":      {opens.Add(-time.Millisecond), theory.ErrNotOpen}, // the page tries again
	} {
		t.Run(name, func(t *testing.T) {
			w := shared.again(t, 1)
			w.open(0)
			w.clock.Set(c.at)
			got, err := w.respond(0, 1, 1, 0)
			wantErr(t, err, c.want)
			if stored := w.log(0); (len(stored) == 1) != (c.want == nil) {
				t.Fatalf("%d entries stored", len(stored))
			}
			if want := (theory.Saved{Seq: 1, Now: c.at, Closes: closes}); c.want == nil && got != want {
				t.Fatalf("answered %+v, want %+v", got, want)
			}
		})
	}
}

func TestOpenTheDoor(t *testing.T) {
	shared := emptyWorld(t)
	for name, c := range map[string]struct {
		before func(*world)
		want   error
	}{
		"too early":      {func(w *world) { w.clock.Set(opens.Add(-time.Millisecond)) }, theory.ErrNotOpen},
		"as it opens":    {func(*world) {}, nil},
		"just in time":   {func(w *world) { w.clock.Set(closes.Add(-time.Millisecond)) }, nil},
		"too late":       {func(w *world) { w.clock.Set(closes) }, theory.ErrAttemptClosed},
		"not released":   {func(w *world) { w.editSeat(0, func(s *sitting.Seat) { s.Released = time.Time{} }) }, theory.ErrNotReleased},
		"voided":         {func(w *world) { w.void(0) }, theory.ErrVoided},
		"opened before":  {func(w *world) { w.open(0) }, nil},
		"handed in":      {func(w *world) { w.answer(0, 1); _, err := w.submit(0); must(w.t, err) }, theory.ErrAttemptClosed},
		"marked already": {func(w *world) { w.answer(0, 1); w.finish(); w.clock.Set(opens) }, theory.ErrAttemptClosed},
	} {
		t.Run(name, func(t *testing.T) {
			w := shared.again(t, 1)
			c.before(w)
			by, id := w.sitter(0)
			p, err := w.exams.Open(ctx, by, id, theory.Window{})
			wantErr(t, err, c.want)
			if (p == nil) != (c.want != nil) {
				t.Fatalf("paper %v, error %v", p, err)
			}
		})
	}
}

// finish lets the time end, and marks.
func (w *world) finish() {
	w.t.Helper()
	w.clock.Set(closes)
	_, err := w.exams.Mark(ctx, marker, w.id, true)
	must(w.t, err)
}

func TestPaperShowsTheForm(t *testing.T) {
	w := newWorld(t, 2)
	p := w.open(1)
	if p.Name != "考生0002" || p.Seat != "2" || p.Room != "第一考场" || p.Seq != 0 || len(p.Questions) != questions || !p.Now.Equal(opens) {
		t.Fatalf("paper %+v", p)
	}
	for i, q := range p.Questions {
		it := p.Attempt.Form.Items[i]
		v, _ := w.release.Item(it.Code)
		if q.No != i+1 || q.Type != it.Type || q.Stem != v.Stem || q.Chosen == nil || len(q.Options) != len(v.Options) {
			t.Fatalf("question %d: %+v", i+1, q)
		}
		for shown, o := range q.Options {
			if o != v.Options[it.Options[shown]] {
				t.Fatalf("question %d shows %q at %d", i+1, o, shown)
			}
		}
	}
	started := w.attempt(1).Started
	w.clock.Advance(time.Minute)
	if again := w.open(1); !again.Attempt.Started.Equal(started) || !started.Equal(opens) {
		t.Fatalf("started %v, then %v", started, again.Attempt.Started)
	}
}

// A page that is loaded again, wherever, gets the last of everything that was saved.
func TestPaperGoesOn(t *testing.T) {
	w := newWorld(t, 1)
	w.open(0)
	by, id := w.sitter(0)
	for _, e := range []theory.Entry{
		response(1, 1, 0), response(2, 1, 1), response(3, 2, 0), response(4, 2), response(5, aMultiple, 0, 2),
		{Seq: 6, Kind: theory.Flag, Question: 3, Flagged: true, Chosen: []int{3}},
		{Seq: 7, Kind: theory.Flag, Question: 1, Flagged: true}, {Seq: 8, Kind: theory.Flag, Question: 1},
	} {
		_, err := w.exams.Respond(ctx, by, id, e)
		must(t, err)
	}
	p, err := w.another().Open(ctx, by, id, theory.Window{})
	must(t, err)
	want := map[int][]int{1: {1}, 2: {}, aMultiple: {0, 2}}
	for _, q := range p.Questions {
		if !slices.Equal(q.Chosen, want[q.No]) || q.Flagged != (q.No == 3) {
			t.Errorf("question %d: chosen %v, flagged %v", q.No, q.Chosen, q.Flagged)
		}
	}
	if p.Seq != 8 {
		t.Errorf("highest %d, want 8", p.Seq)
	}
}

func TestSequences(t *testing.T) {
	w := newWorld(t, 1)
	w.open(0)
	for seq := 1; seq <= 3; seq++ {
		_, err := w.respond(0, seq, seq, 0)
		must(t, err)
	}
	for name, c := range map[string]struct {
		entry   theory.Entry
		want    error
		highest int
	}{
		"again":                    {response(2, 2, 0), nil, -1},
		"the last again":           {response(3, 3, 0), nil, -1},
		"another option":           {response(2, 2, 1), theory.ErrSequence, 3},
		"cleared":                  {response(2, 2), theory.ErrSequence, 3},
		"another question":         {response(3, 2, 0), theory.ErrSequence, 3},
		"a flag":                   {theory.Entry{Seq: 3, Kind: theory.Flag, Question: 3}, theory.ErrSequence, 3},
		"one left out":             {response(5, 2, 0), theory.ErrGap, 3},
		"far ahead":                {response(900, 2, 0), theory.ErrGap, 3},
		"no sequence":              {response(0, 2, 0), theory.ErrResponse, -1},
		"below none":               {response(-1, 2, 0), theory.ErrResponse, -1},
		"question 0":               {response(4, 0, 0), theory.ErrResponse, -1},
		"question after the last":  {response(4, questions+1, 0), theory.ErrResponse, -1},
		"option below the first":   {response(4, 1, -1), theory.ErrResponse, -1},
		"option after the last":    {response(4, 1, 4), theory.ErrResponse, -1},
		"two of a single":          {response(4, 1, 0, 1), theory.ErrResponse, -1},
		"two of a judgement":       {response(4, aJudgment, 0, 1), theory.ErrResponse, -1},
		"third of a judgement":     {response(4, aJudgment, 2), theory.ErrResponse, -1},
		"multiple, not ascending":  {response(4, aMultiple, 2, 0), theory.ErrResponse, -1},
		"multiple, one twice":      {response(4, aMultiple, 1, 1), theory.ErrResponse, -1},
		"a close of their own":     {theory.Entry{Seq: 4, Kind: theory.Close}, theory.ErrResponse, -1},
		"a kind that is not known": {theory.Entry{Seq: 4, Kind: "x", Question: 1}, theory.ErrResponse, -1},
	} {
		for process, exams := range map[string]*theory.Exams{"here": w.exams, "elsewhere": w.another()} {
			t.Run(name+" "+process, func(t *testing.T) {
				by, id := w.sitter(0)
				w.clock.Advance(time.Second)
				got, err := exams.Respond(ctx, by, id, c.entry)
				wantErr(t, err, c.want)
				if h := highest(err); h != c.highest {
					t.Fatalf("highest %d, want %d", h, c.highest)
				}
				if want := (theory.Saved{Seq: c.entry.Seq, Now: opens, Closes: closes}); err == nil && got != want {
					t.Fatalf("answered %+v, want %+v as the first time", got, want)
				}
			})
		}
	}
	if n := len(w.log(0)); n != 3 {
		t.Fatalf("%d entries, want 3", n)
	}
}

// Every shape that the page sends is taken.
func TestShapes(t *testing.T) {
	w := newWorld(t, 1)
	w.open(0)
	by, id := w.sitter(0)
	for i, e := range []theory.Entry{response(0, 1, 3), response(0, 1), response(0, aMultiple, 0, 1, 2, 3), response(0, aMultiple, 1),
		response(0, aJudgment, 1), {Kind: theory.Flag, Question: questions, Flagged: true, Chosen: []int{9}}} {
		e.Seq = i + 1
		_, err := w.exams.Respond(ctx, by, id, e)
		must(t, err)
		_, err = w.another().Respond(ctx, by, id, e)
		must(t, err)
	}
}

// What was acknowledged once is acknowledged again after the end, by hand or by clock, and nothing new is.
func TestRepeatedAfterTheEnd(t *testing.T) {
	shared := emptyWorld(t)
	for name, end := range map[string]func(*world){
		"handed in":      func(w *world) { _, err := w.submit(0); must(w.t, err) },
		"out of time":    func(w *world) { w.clock.Set(closes) },
		"closed by time": func(w *world) { w.clock.Set(closes); _, err := w.exams.CloseDue(ctx, worker, w.id); must(w.t, err) },
		"marked":         func(w *world) { w.finish() },
	} {
		t.Run(name, func(t *testing.T) {
			w := shared.again(t, 1)
			w.open(0)
			first, err := w.respond(0, 1, 1, 2)
			must(t, err)
			end(w)
			stored := len(w.log(0))
			for _, exams := range []*theory.Exams{w.exams, w.another()} {
				by, id := w.sitter(0)
				first.Closed = true
				again, err := exams.Respond(ctx, by, id, response(1, 1, 2))
				if err != nil || again != first {
					t.Fatalf("answered %+v, %v; the first time %+v", again, err, first)
				}
				for _, e := range []theory.Entry{response(1, 1, 3), response(2, 1, 3), response(3, 1, 3), response(9, 1, 3)} {
					_, err := exams.Respond(ctx, by, id, e)
					wantErr(t, err, theory.ErrAttemptClosed)
					if highest(err) != -1 {
						t.Fatal("a closed attempt asks for another sequence")
					}
				}
			}
			if n := len(w.log(0)); n != stored {
				t.Fatalf("%d entries, %d before", n, stored)
			}
		})
	}
}

func TestNobodyElsesAttempt(t *testing.T) {
	w := newWorld(t, 2)
	w.open(0)
	w.open(1)
	_, theirs := w.sitter(1)
	by, own := w.sitter(0)
	borrowed := by
	borrowed.Attempt = string(theirs)
	calls := map[string]func(authz.Principal, theory.AttemptID) error{
		"respond": func(by authz.Principal, id theory.AttemptID) error {
			_, err := w.exams.Respond(ctx, by, id, response(1, 1, 0))
			return err
		},
		"open": func(by authz.Principal, id theory.AttemptID) error {
			_, err := w.exams.Open(ctx, by, id, theory.Window{})
			return err
		},
		"clock": func(by authz.Principal, id theory.AttemptID) error { _, err := w.exams.Clock(ctx, by, id); return err },
		"submit": func(by authz.Principal, id theory.AttemptID) error {
			_, err := w.exams.Submit(ctx, by, id, "")
			return err
		},
		"receipt": func(by authz.Principal, id theory.AttemptID) error {
			_, err := w.exams.Attempt(ctx, by, id)
			return err
		},
	}
	for name, call := range calls {
		for who, c := range map[string]struct {
			by   authz.Principal
			id   theory.AttemptID
			want error
		}{
			"another's":     {by, theirs, theory.ErrAttempt},
			"nobody's":      {by, "nothing", theory.ErrAttempt},
			"none":          {by, "", theory.ErrAttempt},
			"of another's":  {borrowed, theirs, theory.ErrAttempt},
			"by the public": {authz.Anonymous(), own, authz.ErrUnauthenticated},
			"by a marker":   {marker, own, authz.ErrForbidden},
		} {
			t.Run(name+" "+who, func(t *testing.T) {
				err := call(c.by, c.id)
				wantErr(t, err, c.want)
				if errors.Is(c.want, theory.ErrAttempt) && errs.KindOf(err) != errs.NotFound {
					t.Fatal("reveals that the attempt exists")
				}
			})
		}
	}
	if n := len(w.log(0)) + len(w.log(1)); n != 0 {
		t.Fatalf("%d entries stored", n)
	}
}

func TestBeforeThePaperIsOpened(t *testing.T) {
	w := newWorld(t, 1)
	_, err := w.respond(0, 1, 1, 0)
	wantErr(t, err, theory.ErrNotOpen)
	_, err = w.submit(0)
	wantErr(t, err, theory.ErrNotOpen)
	w.clock.Set(closes)
	_, err = w.respond(0, 1, 1, 0)
	wantErr(t, err, theory.ErrAttemptClosed)
	_, err = w.submit(0)
	wantErr(t, err, theory.ErrAttemptClosed)
	if got := w.attempt(0); got.State != theory.Scheduled || len(w.log(0)) != 0 {
		t.Fatalf("attempt %+v", got)
	}
}

// Another process opened the paper: this one finds out when it needs to.
func TestOpenedElsewhere(t *testing.T) {
	w := newWorld(t, 1)
	by, id := w.sitter(0)
	_, err := w.respond(0, 1, 1, 0)
	wantErr(t, err, theory.ErrNotOpen)
	_, err = w.another().Open(ctx, by, id, theory.Window{})
	must(t, err)
	_, err = w.respond(0, 1, 1, 0)
	must(t, err)
}

func TestVoidedSeats(t *testing.T) {
	w := newWorld(t, 1)
	w.open(0)
	_, err := w.respond(0, 1, 1, 0)
	must(t, err)
	w.void(0)
	_, err = w.respond(0, 2, 1, 1)
	wantErr(t, err, theory.ErrVoided)
	wantErr(t, err, theory.ErrAttemptClosed)
	_, err = w.respond(0, 1, 1, 0)
	wantErr(t, err, theory.ErrVoided)
	_, err = w.submit(0)
	wantErr(t, err, theory.ErrVoided)
	by, id := w.sitter(0)
	if told, err := w.exams.Clock(ctx, by, id); err != nil || told.State != "voided" || told.Seat != 0 || told.CheckedIn {
		t.Fatalf("clock says %+v, %v", told, err)
	}
	if n := len(w.log(0)); n != 1 {
		t.Fatalf("%d entries, want 1", n)
	}
}

// The page is told where the candidate sits now, also after the paper was opened.
func TestTheClockTellsTheSeat(t *testing.T) {
	w := newWorld(t, 1)
	by, id := w.sitter(0)
	for no, checkedIn := range map[int]bool{3: false, 7: true, 12: true} {
		w.editSeat(0, func(s *sitting.Seat) {
			if s.No, s.CheckedIn = no, (time.Time{}); checkedIn {
				s.CheckedIn = w.clock.Now()
			}
		})
		for name, ask := range map[string]func() (theory.ClockState, error){
			"clock": func() (theory.ClockState, error) { return w.exams.Clock(ctx, by, id) },
			"pulse": func() (theory.ClockState, error) {
				over, cancel := context.WithCancel(ctx)
				cancel()
				return w.exams.Pulse(ctx, over, by, id, theory.Beat{Window: "w"})
			},
		} {
			if told, err := ask(); err != nil || told.Seat != no || told.CheckedIn != checkedIn {
				t.Errorf("%s: %+v, %v, want seat %d, checked in %v", name, told, err, no, checkedIn)
			}
		}
	}
}

// In a full hall the proceedings are asked once in a while; what a voided candidate saves in between is worth nothing.
func TestVoidedInAFullHall(t *testing.T) {
	w := newWorld(t, 100)
	for i := range w.tickets {
		w.open(i)
	}
	_, err := w.respond(0, 1, 1, 0)
	must(t, err)
	w.voidElsewhere(0)
	w.clock.Advance(99 * time.Millisecond)
	_, err = w.respond(0, 2, 1, w.right(w.attempt(0).Form, 1)...)
	must(t, err)
	w.clock.Advance(time.Millisecond)
	_, err = w.respond(0, 3, 1, 0)
	wantErr(t, err, theory.ErrVoided)
	w.finish()
	rows, err := w.exams.Standings(ctx, marker, w.id)
	must(t, err)
	if got := rows[0]; got.Ticket != w.tickets[0] || got.Standing != engine.Voided || got.Points != 0 {
		t.Fatalf("stands as %+v", got)
	}
}

// voidElsewhere voids the seat of candidate i in another process.
func (w *world) voidElsewhere(i int) {
	w.t.Helper()
	_, err := w.sittingsOver(w.store.Seats()).Void(ctx, invigilator, w.id, sitting.Place{Room: "r2", Ticket: w.tickets[i]}, "夹带")
	must(w.t, err)
}

// faulty is a log whose next Append fails, before or after it stored the entry.
type faulty struct {
	theory.Log
	next   error
	stored bool
}

func (f *faulty) Append(ctx context.Context, e *theory.Entry) error {
	err := f.next
	f.next = nil
	if err == nil || f.stored {
		err = errors.Join(err, f.Log.Append(ctx, e))
	}
	return err
}

// An error is never an acknowledgement, and the page's next try settles what happened.
func TestSavesThatFail(t *testing.T) {
	shared := emptyWorld(t)
	lost := errors.New("connection lost")
	for name, stored := range map[string]bool{"not stored": false, "stored, reply lost": true} {
		t.Run(name, func(t *testing.T) {
			w := shared.again(t, 1)
			w.open(0)
			p := w.ports()
			log := &faulty{Log: p.Log, stored: stored}
			p.Log = log
			exams := w.over(p)
			by, id := w.sitter(0)
			for seq := 1; seq <= 3; seq++ {
				log.next = lost
				_, err := exams.Respond(ctx, by, id, response(seq, seq, 0))
				wantErr(t, err, lost)
				w.clock.Advance(time.Second)
				got, err := exams.Respond(ctx, by, id, response(seq, seq, 0))
				if err != nil || got.Seq != seq || !got.Now.Equal(w.log(0)[seq-1].At) {
					t.Fatalf("second try of %d: %+v, %v", seq, got, err)
				}
			}
			log.next = lost
			_, err := exams.Submit(ctx, by, id, "")
			wantErr(t, err, lost)
			_, err = exams.Submit(ctx, by, id, "")
			must(t, err)
			w.wantOneEnd(0, 3)
		})
	}
}

func TestClock(t *testing.T) {
	shared := emptyWorld(t)
	none := func(*world) {}
	opened := func(w *world) { w.clock.Set(opens); w.open(0) }
	for name, c := range map[string]struct {
		before func(*world)
		at     time.Time
		want   string
	}{
		"long before":        {none, opens.Add(-time.Hour), "scheduled"},
		"just before":        {none, opens.Add(-time.Millisecond), "scheduled"},
		"as it opens":        {none, opens, "ready"},
		"not released":       {func(w *world) { w.editSeat(0, func(s *sitting.Seat) { s.Released = time.Time{} }) }, opens, "scheduled"},
		"not opened in time": {none, closes, "over"},
		"sitting":            {opened, opens, "in-progress"},
		"at the last":        {opened, closes.Add(-time.Millisecond), "in-progress"},
		"out of time":        {opened, closes, "submitted"},
		"handed in":          {func(w *world) { opened(w); _, err := w.submit(0); must(w.t, err) }, opens.Add(time.Minute), "submitted"},
		"marked":             {func(w *world) { opened(w); w.finish() }, closes.Add(time.Hour), "submitted"},
	} {
		t.Run(name, func(t *testing.T) {
			w := shared.again(t, 1)
			c.before(w)
			w.clock.Set(c.at)
			by, id := w.sitter(0)
			for _, exams := range []*theory.Exams{w.exams, w.another()} {
				got, err := exams.Clock(ctx, by, id)
				want := theory.ClockState{Now: c.at, Opens: opens, Closes: closes, State: c.want, Seat: 1, CheckedIn: true}
				if err != nil || !reflect.DeepEqual(got, want) {
					t.Fatalf("clock %+v, %v, want %+v", got, err, want)
				}
			}
		})
	}
}
