package theory_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/skillcert/skillcert/engine/theory"
)

// model is one attempt as a candidate would describe it: what was acknowledged, in order, and whether it is over.
type model struct {
	w       *world
	exams   []*theory.Exams // processes over one store
	acked   []theory.Entry
	answers map[int][]int
	flags   map[int]bool
	closed  bool
}

// TestLogLikeAMap runs random requests through several processes. Nothing that was acknowledged is lost, what is shown
// is the last of it, and there is at most one Close.
func TestLogLikeAMap(t *testing.T) {
	w := emptyWorld(t)
	rapid.Check(t, func(r *rapid.T) {
		w.clock.Set(opens.Add(-time.Hour))
		w.seat(1)
		w.draw()
		w.clock.Set(opens)
		w.open(0)
		m := &model{w: w, exams: []*theory.Exams{w.exams, w.another(), w.another()}, answers: map[int][]int{}, flags: map[int]bool{}}
		r.Repeat(map[string]func(*rapid.T){
			"respond": m.respond,
			"repeat":  m.repeat,
			"other":   m.other,
			"ahead":   m.ahead,
			"pause":   func(*rapid.T) { w.clock.Advance(time.Second) },
			"end":     m.end,
			"submit":  m.submit,
			"close":   m.closeDue,
			"":        m.check,
		})
	})
}

func (m *model) process(r *rapid.T) *theory.Exams {
	return rapid.SampledFrom(m.exams).Draw(r, "process")
}

func (m *model) over() bool { return m.closed || !m.w.clock.Now().Before(closes) }

// entry makes something that the page could send as the seq-th.
func (m *model) entry(r *rapid.T, seq int) theory.Entry {
	q := rapid.IntRange(1, questions).Draw(r, "question")
	if rapid.IntRange(0, 4).Draw(r, "kind") == 0 {
		return theory.Entry{Seq: seq, Kind: theory.Flag, Question: q, Flagged: rapid.Bool().Draw(r, "flag")}
	}
	most := 1
	if q == aMultiple {
		most = 4
	}
	chosen := rapid.SliceOfNDistinct(rapid.IntRange(0, 1), 0, min(most, 2), rapid.ID[int]).Draw(r, "chosen")
	slices.Sort(chosen)
	return response(seq, q, chosen...)
}

func (m *model) send(r *rapid.T, e theory.Entry) (theory.Saved, error) {
	by, id := m.w.sitter(0)
	return m.process(r).Respond(ctx, by, id, e)
}

func (m *model) respond(r *rapid.T) {
	e := m.entry(r, len(m.acked)+1)
	_, err := m.send(r, e)
	if m.over() {
		wantRefusal(r, err, theory.ErrAttemptClosed)
		return
	}
	wantRefusal(r, err, nil)
	m.acked = append(m.acked, e)
	if e.Kind == theory.Flag {
		m.flags[e.Question] = e.Flagged
	} else {
		m.answers[e.Question] = e.Chosen
	}
}

func (m *model) repeat(r *rapid.T) {
	if len(m.acked) == 0 {
		return
	}
	e := rapid.SampledFrom(m.acked).Draw(r, "entry")
	got, err := m.send(r, e)
	wantRefusal(r, err, nil)
	if got.Seq != e.Seq || got.Closed != m.over() {
		r.Fatalf("repeated %+v, answered %+v", e, got)
	}
}

func (m *model) other(r *rapid.T) {
	if len(m.acked) == 0 {
		return
	}
	e := rapid.SampledFrom(m.acked).Draw(r, "entry")
	e.Question = e.Question%questions + 1
	e.Chosen = nil
	m.refused(r, e, theory.ErrSequence)
}

func (m *model) ahead(r *rapid.T) {
	m.refused(r, m.entry(r, len(m.acked)+1+rapid.IntRange(1, 3).Draw(r, "ahead")), theory.ErrGap)
}

func (m *model) refused(r *rapid.T, e theory.Entry, want error) {
	_, err := m.send(r, e)
	if m.over() {
		want = theory.ErrAttemptClosed
	} else if got := highest(err); got != len(m.acked) {
		r.Fatalf("highest %d, want %d", got, len(m.acked))
	}
	wantRefusal(r, err, want)
}

// end brings the clock to the last instant, or past it; rarely, so that most runs have something to lose.
func (m *model) end(r *rapid.T) {
	if rapid.IntRange(0, 4).Draw(r, "end") == 0 {
		m.w.clock.Set(closes.Add(time.Duration(rapid.IntRange(-1, 1).Draw(r, "ms")) * time.Millisecond))
	}
}

func (m *model) submit(r *rapid.T) {
	if rapid.IntRange(0, 4).Draw(r, "submit") != 0 {
		return
	}
	by, id := m.w.sitter(0)
	_, err := m.process(r).Submit(ctx, by, id, "")
	wantRefusal(r, err, nil)
	m.closed = true
}

func (m *model) closeDue(r *rapid.T) {
	want := 0
	if m.over() && !m.closed {
		want = 1
	}
	n, err := m.process(r).CloseDue(ctx, worker, m.w.id)
	wantRefusal(r, err, nil)
	if n != want {
		r.Fatalf("closed %d, want %d", n, want)
	}
	m.closed = m.closed || want == 1
}

func (m *model) check(r *rapid.T) {
	log := m.w.log(0)
	want := len(m.acked)
	if m.closed {
		want++
	}
	if len(log) != want {
		r.Fatalf("%d entries, %d acknowledged, closed %v", len(log), len(m.acked), m.closed)
	}
	sheet := theory.Fold(log)
	if (sheet.End != nil) != m.closed || m.closed && sheet.End != log[len(log)-1] {
		r.Fatalf("closed %v, the log ends with %+v", m.closed, sheet.End)
	}
	for q := 1; q <= questions; q++ {
		if !slices.Equal(sheet.Chosen[q], m.answers[q]) || sheet.Flagged[q] != m.flags[q] {
			r.Fatalf("question %d: %v %v, acknowledged %v %v", q, sheet.Chosen[q], sheet.Flagged[q], m.answers[q], m.flags[q])
		}
	}
	if a := m.w.attempt(0); m.closed && (a.State != theory.Submitted || a.Answered != sheet.Answered() || a.Receipt != theory.Receipt(a.ID, log)) {
		r.Fatalf("closed as %+v", a)
	}
}

func wantRefusal(r *rapid.T, got, want error) {
	if want == nil && got != nil || !errors.Is(got, want) {
		r.Fatalf("%s", fmt.Sprintf("error %v, want %v", got, want))
	}
}
