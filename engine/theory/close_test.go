package theory_test

import (
	"errors"
	"regexp"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/theory"
)

func TestSubmit(t *testing.T) {
	w := newWorld(t, 1)
	w.answer(0, 3)
	_, err := w.respond(0, 4, 3) // cleared again
	must(t, err)
	w.clock.Advance(time.Minute)
	first, err := w.submit(0)
	must(t, err)
	if first.State != theory.Submitted || first.Answered != 2 || first.ByClock || !first.Submitted.Equal(opens.Add(time.Minute)) {
		t.Fatalf("handed in as %+v", first)
	}
	if !regexp.MustCompile(`^[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{5}$`).MatchString(first.Receipt) {
		t.Fatalf("receipt code %q", first.Receipt)
	}
	w.clock.Advance(time.Minute)
	by, id := w.sitter(0)
	for _, exams := range []*theory.Exams{w.exams, w.another()} {
		again, err := exams.Submit(ctx, by, id, "")
		must(t, err)
		receipt, err := exams.Attempt(ctx, by, id)
		must(t, err)
		for _, got := range []*theory.Attempt{again, receipt} {
			if got.Receipt != first.Receipt || !got.Submitted.Equal(first.Submitted) || got.Answered != 2 {
				t.Fatalf("the second time %+v, the first %+v", got, first)
			}
		}
	}
	log := w.log(0)
	if end := log[len(log)-1]; len(log) != 5 || end.Kind != theory.Close || end.ByClock {
		t.Fatalf("log of %d ends with %+v", len(log), end)
	}
}

// After the end, whoever looks first closes by the clock: the time of the hand-in is the end of the window.
func TestEndOfTime(t *testing.T) {
	shared := emptyWorld(t)
	for name, look := range map[string]func(*world) (*theory.Attempt, error){
		"hand-in": func(w *world) (*theory.Attempt, error) { return w.submit(0) },
		"receipt": func(w *world) (*theory.Attempt, error) { by, id := w.sitter(0); return w.exams.Attempt(ctx, by, id) },
		"closer": func(w *world) (*theory.Attempt, error) {
			if n, err := w.exams.CloseDue(ctx, worker, w.id); err != nil || n != 1 {
				w.t.Fatalf("closed %d, %v", n, err)
			}
			return w.attempt(0), nil
		},
	} {
		for _, late := range []time.Duration{0, time.Millisecond, time.Hour} {
			t.Run(name+" "+late.String(), func(t *testing.T) {
				w := shared.again(t, 1)
				w.answer(0, 4)
				w.clock.Set(closes.Add(late))
				a, err := look(w)
				must(t, err)
				if a.State != theory.Submitted || !a.ByClock || !a.Submitted.Equal(closes) || a.Answered != 4 || a.Receipt == "" {
					t.Fatalf("closed as %+v", a)
				}
			})
		}
	}
	w := newWorld(t, 2)
	w.answer(0, 1)
	w.clock.Set(closes.Add(-time.Millisecond))
	by, id := w.sitter(0)
	if a, err := w.exams.Attempt(ctx, by, id); err != nil || a.State != theory.InProgress {
		t.Fatalf("before the end: %+v, %v", a, err)
	}
	if n, err := w.exams.CloseDue(ctx, worker, w.id); err != nil || n != 0 {
		t.Fatalf("closed %d before the end, %v", n, err)
	}
	w.clock.Set(closes)
	for _, want := range []int{1, 0} { // who never opened the paper is not closed
		if n, err := w.exams.CloseDue(ctx, marker, w.id); err != nil || n != want {
			t.Fatalf("closed %d, %v, want %d", n, err, want)
		}
	}
	if a := w.attempt(1); a.State != theory.Scheduled {
		t.Fatalf("never opened, now %s", a.State)
	}
	_, err := w.exams.CloseDue(ctx, idle, w.id)
	if err == nil {
		t.Fatal("closed by a marker who is not on duty")
	}
	_, err = w.exams.CloseDue(ctx, office, w.id)
	wantErr(t, err, authz.ErrForbidden)
}

// A kill between the two halves of closing leaves a closed log and a document that says in progress. Everything goes
// on from the log.
func TestKilledWhileClosing(t *testing.T) {
	shared := emptyWorld(t)
	for name, next := range map[string]func(*world) error{
		"hand-in":  func(w *world) error { _, err := w.submit(0); return err },
		"receipt":  func(w *world) error { by, id := w.sitter(0); _, err := w.exams.Attempt(ctx, by, id); return err },
		"closer":   func(w *world) error { w.clock.Set(closes); return w.closed(0) },
		"marking":  func(w *world) error { _, err := w.exams.Mark(ctx, marker, w.id, true); return err },
		"response": func(w *world) error { return w.refused(w.respond(0, 5, 1, 0)) },
		"paper": func(w *world) error {
			by, id := w.sitter(0)
			_, err := w.exams.Open(ctx, by, id, theory.Window{})
			return w.refused(theory.Saved{}, err)
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := shared.again(t, 1)
			w.answer(0, 3)
			by, id := w.sitter(0)
			end := &theory.Entry{Attempt: id, Seq: 4, Kind: theory.Close, At: opens}
			must(t, w.store.Log().Append(ctx, end))
			must(t, next(w))
			a, err := w.exams.Attempt(ctx, by, id)
			must(t, err)
			if a.State != theory.Submitted || a.Answered != 3 || a.ByClock || a.Receipt != theory.Receipt(id, w.log(0)) {
				t.Fatalf("after the kill: %+v", a)
			}
			if n := len(w.log(0)); n != 4 {
				t.Fatalf("%d entries, want 4", n)
			}
		})
	}
}

// closed lets the closer run; it must find so many to close.
func (w *world) closed(want int) error {
	n, err := w.exams.CloseDue(ctx, worker, w.id)
	if err == nil && n != want {
		w.t.Fatalf("closed %d, want %d", n, want)
	}
	return err
}

func (w *world) refused(_ theory.Saved, err error) error {
	wantErr(w.t, err, theory.ErrAttemptClosed)
	return nil
}

// Two closers, candidates who hand in and candidates who still answer: each attempt is closed once, and everything
// that was acknowledged lies before its Close.
func TestClosersAgainstEverybody(t *testing.T) {
	const candidates = 12
	w := newWorld(t, candidates)
	processes := []*theory.Exams{w.exams, w.another(), w.another()}
	for i := range candidates {
		w.open(i)
	}
	acked := make([]atomic.Int64, candidates)
	var closers, rest sync.WaitGroup
	var byClosers atomic.Int64
	start := make(chan struct{})
	for i := range candidates {
		by, id := w.sitter(i)
		rest.Go(func() {
			<-start
			for seq := 1; seq <= 30; seq++ {
				switch _, err := processes[seq%3].Respond(ctx, by, id, response(seq, 1+seq%3, seq%4)); {
				case err == nil:
					acked[i].Store(int64(seq))
				case errors.Is(err, theory.ErrAttemptClosed):
					return
				default:
					t.Error(err)
				}
				if seq == i*2 {
					w.clock.Set(closes) // the time is over for everybody
				}
			}
		})
		if i%2 == 0 {
			rest.Go(func() {
				<-start
				if _, err := processes[i%3].Submit(ctx, by, id, ""); err != nil {
					t.Error(err)
				}
			})
		}
	}
	for _, exams := range processes {
		closers.Go(func() {
			<-start
			for range 5 {
				n, err := exams.CloseDue(ctx, worker, w.id)
				if err != nil {
					t.Error(err)
				}
				byClosers.Add(int64(n))
			}
		})
	}
	close(start)
	closers.Wait()
	rest.Wait()
	w.clock.Set(closes)
	left, err := w.exams.CloseDue(ctx, worker, w.id)
	must(t, err)
	if most := int64(candidates); byClosers.Load()+int64(left) > most {
		t.Fatalf("closers counted %d and %d of %d", byClosers.Load(), left, most)
	}
	for i := range candidates {
		w.wantOneEnd(i, int(acked[i].Load()))
	}
}

// Closers alone: what they count adds up.
func TestClosersAtOnce(t *testing.T) {
	const candidates = 8
	w := newWorld(t, candidates)
	for i := range candidates {
		w.answer(i, i%3)
	}
	w.clock.Set(closes)
	var closed atomic.Int64
	var wg sync.WaitGroup
	for range 4 {
		exams := w.another()
		wg.Go(func() {
			n, err := exams.CloseDue(ctx, worker, w.id)
			if err != nil {
				t.Error(err)
			}
			closed.Add(int64(n))
		})
	}
	wg.Wait()
	if closed.Load() != candidates {
		t.Fatalf("%d closed, want %d", closed.Load(), candidates)
	}
	for i := range candidates {
		w.wantOneEnd(i, i%3)
	}
}

// wantOneEnd checks that the log of candidate i has one Close, at its end, and all that was acknowledged before it.
func (w *world) wantOneEnd(i, acked int) {
	w.t.Helper()
	log := w.log(i)
	for n, e := range log {
		if e.Seq != n+1 || (e.Kind == theory.Close) != (n == len(log)-1) {
			w.t.Fatalf("candidate %d: entry %d of %d is %+v", i, n+1, len(log), e)
		}
	}
	if len(log)-1 < acked {
		w.t.Fatalf("candidate %d: %d entries, %d acknowledged", i, len(log)-1, acked)
	}
	a := w.attempt(i)
	if a.State != theory.Submitted || a.Receipt != theory.Receipt(a.ID, log) || a.ByClock != log[len(log)-1].ByClock {
		w.t.Fatalf("candidate %d: %+v", i, a)
	}
}

// One candidate, one hand-in from each of several processes at once: one Close, one receipt.
func TestHandedInAtOnce(t *testing.T) {
	w := newWorld(t, 1)
	w.answer(0, 2)
	by, id := w.sitter(0)
	receipts := make(chan string, 6)
	var wg sync.WaitGroup
	for range cap(receipts) {
		exams := w.another()
		wg.Go(func() {
			a, err := exams.Submit(ctx, by, id, "")
			if err != nil {
				t.Error(err)
				return
			}
			receipts <- a.Receipt
		})
	}
	wg.Wait()
	close(receipts)
	want := w.attempt(0).Receipt
	for r := range receipts {
		if r != want {
			t.Fatalf("receipt %s, want %s", r, want)
		}
	}
	w.wantOneEnd(0, 2)
}

// The receipt changes with whatever changes in the log.
func TestReceipt(t *testing.T) {
	log := func(edit func([]*theory.Entry)) string {
		e := []*theory.Entry{{Seq: 1, Kind: theory.Response, Question: 1, Chosen: []int{1, 2}, ClientAt: opens, At: opens},
			{Seq: 2, Kind: theory.Flag, Question: 1, Flagged: true, ClientAt: opens, At: opens}, {Seq: 3, Kind: theory.Close, At: closes}}
		edit(e)
		return theory.Receipt("a", e)
	}
	seen := map[string]string{}
	for name, edit := range map[string]func(e []*theory.Entry){
		"as it is":     func([]*theory.Entry) {},
		"chosen":       func(e []*theory.Entry) { e[0].Chosen = []int{1, 3} },
		"chosen less":  func(e []*theory.Entry) { e[0].Chosen = []int{12} },
		"question":     func(e []*theory.Entry) { e[0].Question = 2 },
		"flag":         func(e []*theory.Entry) { e[1].Flagged = false },
		"time":         func(e []*theory.Entry) { e[0].At = opens.Add(time.Millisecond) },
		"client time":  func(e []*theory.Entry) { e[0].ClientAt = opens.Add(time.Millisecond) },
		"by the clock": func(e []*theory.Entry) { e[2].ByClock = true },
		"order":        func(e []*theory.Entry) { e[0], e[1] = e[1], e[0] },
	} {
		r := log(edit)
		if other, ok := seen[r]; ok {
			t.Errorf("%s and %s have the receipt %s", name, other, r)
		}
		seen[r] = name
	}
	if _, ok := seen[log(func([]*theory.Entry) {})]; !ok {
		t.Error("the same log has two receipts")
	}
	if theory.Receipt("a", nil) == theory.Receipt("b", nil) {
		t.Error("two attempts have one receipt")
	}
}
