package theory_test

import (
	"testing"
	"time"

	"github.com/skillcert/skillcert/engine/sitting"
	"github.com/skillcert/skillcert/engine/theory"
)

// The paper tells of each question which entry its answer and its flag are of, so that a page that comes back from an
// outage does not send what it kept over an answer that was acknowledged elsewhere meanwhile.
func TestThePaperTellsTheLatestChanges(t *testing.T) {
	w := newWorld(t, 2)
	by, id := w.sitter(0)
	open := func(login, window string) *theory.Paper {
		t.Helper()
		w.clock.Advance(time.Minute)
		w.editSeat(0, func(s *sitting.Seat) { s.Readmitted = w.clock.Now() })
		by.Login = login
		p, err := w.exams.Open(ctx, by, id, theory.Window{Name: window, TakeOver: true})
		must(t, err)
		return p
	}
	write := func(window string, e theory.Entry) theory.Latest {
		t.Helper()
		w.clock.Advance(time.Second)
		e.Window = window
		saved, err := w.exams.Respond(ctx, by, id, e)
		must(t, err)
		return theory.Latest{Seq: saved.Seq, ClientAt: e.ClientAt, At: saved.Now}
	}
	p := open("a", "one")
	for i, q := range p.Questions {
		if q.Answer != (theory.Latest{}) || q.Flag != (theory.Latest{}) {
			t.Fatalf("question %d of an empty log: %+v", i+1, q)
		}
	}
	first := write("one", response(p.Seq+1, 5, 0))
	write("one", response(p.Seq+2, 6, 0))
	p = open("b", "two")
	second := write("two", response(p.Seq+1, 6, 1))
	flag := write("two", theory.Entry{Seq: p.Seq + 2, Kind: theory.Flag, Question: 5, Flagged: true, ClientAt: w.clock.Now()})
	back := open("a", "one").Questions
	if got := back[4]; got.Answer != first || got.Flag != flag {
		t.Errorf("question 5: %+v, not %+v and %+v", got, first, flag)
	}
	if got := back[5]; got.Answer != second || got.Flag != (theory.Latest{}) {
		t.Errorf("question 6: %+v, not %+v", got, second)
	}
}

// What came by a hand-in file is a change like any other, with the page's own time: the page knows its own by it.
func TestThePaperTellsWhatAFileBrought(t *testing.T) {
	w := newWorld(t, 2)
	p := w.open(0)
	file := w.fileOf(p, at(time.Minute, 1, 0), at(2*time.Minute, 1, 1))
	w.clock.Advance(10 * time.Minute)
	_, err := w.exams.HandInFile(ctx, invigilator, w.handIn(file))
	must(t, err)
	got := w.open(0).Questions[0].Answer
	if want := (theory.Latest{Seq: p.Seq + 1, ClientAt: opens.Add(2 * time.Minute), At: w.clock.Now()}); got != want {
		t.Errorf("%+v, not %+v", got, want)
	}
}
