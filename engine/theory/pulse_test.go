package theory_test

import (
	"context"
	"testing"
	"time"

	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/sitting"
	"github.com/skillcert/skillcert/engine/theory"
)

// atOnce is a wait that is over.
func atOnce() context.Context {
	done, cancel := context.WithCancel(ctx)
	cancel()
	return done
}

// What a page says of itself is on the console, with the time that is left; a request that says nothing keeps it.
func TestBeats(t *testing.T) {
	w := newWorld(t, 2)
	w.answer(0, 1)
	_, err := w.sittings.Extend(ctx, invigilator, w.order(0, 5))
	must(t, err)
	w.clock.Advance(time.Minute)
	by, id := w.sitter(0)
	_, err = w.exams.Pulse(ctx, atOnce(), by, id, theory.Beat{Window: "w", Question: 3, Unsaved: 2, Away: true})
	must(t, err)
	w.clock.Advance(time.Minute)
	_, err = w.respond(0, 2, 2, 0)
	must(t, err)
	all, err := w.exams.Progress(ctx, supervisor, w.id)
	must(t, err)
	p := all[w.tickets[0]]
	want := theory.Beat{At: opens.Add(2 * time.Minute), Window: "w", Question: 3, Unsaved: 2, Away: true}
	if p.Beat != want || !p.Heard.Equal(want.At) || !p.Times.Closes.Equal(closes.Add(5*time.Minute)) {
		t.Fatalf("progress %+v", p)
	}
	for _, bad := range []theory.Beat{{Window: "a b"}, {Question: -1}, {Unsaved: 1001}} {
		_, err = w.exams.Pulse(ctx, atOnce(), by, id, bad)
		wantErr(t, err, theory.ErrBeat)
	}
}

// A beat is of the window that writes. The computer that the paper was taken from is told where it went, and its questions
// do not hide that the other is silent.
func TestBeatsOfAComputerThatThePaperLeft(t *testing.T) {
	w := newWorld(t, 2)
	by, id := w.sitter(0)
	old, new := by, by
	old.Login, new.Login = "old", "new"
	open := func(by authz.Principal, window string) error {
		_, err := w.exams.Open(ctx, by, id, theory.Window{Name: window, TakeOver: true})
		return err
	}
	pulse := func(by authz.Principal, window string, question int) theory.Elsewhere {
		t.Helper()
		w.clock.Advance(time.Second)
		told, err := w.exams.Pulse(ctx, atOnce(), by, id, theory.Beat{Window: window, Question: question})
		must(t, err)
		return told.Elsewhere
	}
	progress := func() theory.Progress {
		t.Helper()
		all, err := w.exams.Progress(ctx, supervisor, w.id)
		must(t, err)
		return all[w.tickets[0]]
	}
	must(t, open(old, "one"))
	must(t, open(old, "two"))
	if got := pulse(old, "one", 1); got != theory.OtherWindow {
		t.Errorf("the older window was told %q", got)
	}
	if got := pulse(old, "two", 2); got != "" {
		t.Errorf("the window that writes was told %q", got)
	}
	wantErr(t, open(new, "three"), theory.ErrMachine)
	w.clock.Advance(time.Second)
	if p := progress(); p.Barred.IsZero() {
		t.Error("nobody waits")
	}
	w.clock.Advance(90 * time.Second)
	if p := progress(); !p.Barred.IsZero() {
		t.Errorf("somebody waits since %v who asks no more", p.Barred)
	}
	w.editSeat(0, func(s *sitting.Seat) { s.Readmitted = w.clock.Now() })
	must(t, open(new, "three"))
	pulse(new, "three", 7)
	silent := w.clock.Now()
	if got := pulse(old, "two", 2); got != theory.OtherMachine {
		t.Errorf("the computer that the paper left was told %q", got)
	}
	told, err := w.exams.Clock(ctx, old, id)
	must(t, err)
	wantErr(t, open(old, "two"), theory.ErrMachine)
	if p := progress(); told.Elsewhere != theory.OtherMachine || p.Beat.Question != 7 || !p.Heard.Equal(silent) {
		t.Errorf("told %q; progress %+v", told.Elsewhere, p)
	}
}

// A pulse tells the messages after the line that was heard, to those whom they concern.
func TestMessages(t *testing.T) {
	w := newWorld(t, 4)
	say := func(i int, text string) {
		t.Helper()
		o := w.order(i, 0)
		o.Text = text
		_, err := w.sittings.Announce(ctx, invigilator, o)
		must(t, err)
	}
	say(-1, "请安静")
	say(0, "请坐好")
	whole := sitting.Order{Session: w.id, Text: "还有十分钟"}
	_, err := w.sittings.Announce(ctx, office, whole)
	must(t, err)
	for i, want := range [][]string{{"请安静", "请坐好", "还有十分钟"}, {"请安静", "还有十分钟"}, {"还有十分钟"}} {
		by, id := w.sitter(i)
		w.clock.Set(opens)
		got, err := w.exams.Pulse(ctx, atOnce(), by, id, theory.Beat{})
		must(t, err)
		var texts []string
		for _, l := range got.Messages {
			texts = append(texts, l.Text)
		}
		if len(texts) != len(want) || texts[len(texts)-1] != want[len(want)-1] || got.Seq != 3 {
			t.Fatalf("candidate %d was told %q", i, texts)
		}
		if got, err = w.exams.Pulse(ctx, atOnce(), by, id, theory.Beat{Heard: 3}); err != nil || len(got.Messages) != 0 {
			t.Fatalf("told again %+v, %v", got.Messages, err)
		}
	}
}
