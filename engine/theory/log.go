package theory

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/engine/ids"
	"github.com/skillcert/skillcert/questionbank"
	"github.com/skillcert/skillcert/questionbank/assembly"
)

// Sheet is a response log, folded: of each question the last response and the last flag.
type Sheet struct {
	Chosen  map[int][]int // by question; one that was cleared has an empty list
	Flagged map[int]bool
	Seq     int       // of the last entry, 0 for an empty log
	Heard   time.Time // when the last entry was stored
	End     *Entry    // the Close, nil while there is none
	Window  string    // that writes
	Login   string    // with which it took over
	Taken   time.Time // when
	Windows int       // that have written
	Line    int       // of the last reopening
	Filing  int       // of the last hand-in file after an end
}

// Fold reads a whole log in the order of its sequences.
func Fold(log []*Entry) Sheet {
	s := Sheet{Chosen: map[int][]int{}, Flagged: map[int]bool{}}
	for _, e := range log {
		s.add(e)
	}
	return s
}

func (s *Sheet) add(e *Entry) {
	s.Seq, s.Heard = e.Seq, e.At
	switch e.Kind {
	case Response:
		s.Chosen[e.Question] = e.Chosen
	case Flag:
		s.Flagged[e.Question] = e.Flagged
	case Take:
		s.Window, s.Login, s.Taken = e.Window, e.Login, e.At
		s.Windows++
	case Filed:
		for _, a := range e.Brought.Taken {
			s.answer(a)
		}
		s.Filing = max(s.Filing, e.Filing)
	case Close:
		if s.End == nil {
			s.End = e
		}
		s.Line, s.Filing = max(s.Line, e.Line), max(s.Filing, e.Filing)
	case Reopen:
		s.End, s.Line = nil, e.Line
	}
}

// writer is who writes, nobody before a window took the paper.
func (s Sheet) writer() writer {
	if s.Taken.IsZero() {
		return writer{}
	}
	return writer{s.Window, s.Login}
}

// Answered is how many questions have something chosen.
func (s Sheet) Answered() (n int) {
	for _, chosen := range s.Chosen {
		if len(chosen) > 0 {
			n++
		}
	}
	return n
}

// same reports whether two entries say the same. The times are not compared: a repetition has new ones.
func (e *Entry) same(o *Entry) bool {
	return e.Kind == o.Kind && e.Question == o.Question && e.Flagged == o.Flagged && slices.Equal(e.Chosen, o.Chosen)
}

// Receipt is the receipt code (回执码) of a closed log: ten characters that change with anything in it.
func Receipt(a AttemptID, log []*Entry) string {
	parts := []string{"receipt v1", string(a)}
	for _, e := range log {
		line := fmt.Sprintf("%d %s %d %v %t %d %d %t", e.Seq, e.Kind, e.Question, e.Chosen, e.Flagged,
			e.ClientAt.UnixMilli(), e.At.UnixMilli(), e.ByClock)
		if e.Window != "" || e.Line != 0 || !e.Closes.IsZero() { // entries of older logs have none of these
			line += fmt.Sprintf(" %q %q %d %d", e.Window, e.Login, e.Line, e.Closes.UnixMilli())
		}
		if e.Brought != nil || e.Filing != 0 {
			line += fmt.Sprintf(" %d %s", e.Filing, e.Brought.line())
		}
		parts = append(parts, line)
	}
	code := strings.ToUpper(ids.Derive(parts...))
	return code[:5] + "-" + code[5:10]
}

// place is what a response to one question may look like.
type place struct {
	options uint8
	many    bool // more than one option may be chosen
}

func placesOf(f assembly.Form) []place {
	places := make([]place, len(f.Items))
	for i, it := range f.Items {
		places[i] = place{options: uint8(len(it.Options)), many: it.Type == questionbank.Multiple}
	}
	return places
}

// entry checks what a candidate sent and makes an entry of it: a response says what is chosen, a flag whether the
// question is flagged, and neither says anything of the other.
func entry(id AttemptID, places []place, r Entry, now time.Time) (*Entry, error) {
	var c errs.Check
	c.That(r.Seq >= 1, "seq", "range", "序号从1开始")
	c.That(r.Kind == Response || r.Kind == Flag, "kind", "unknown", "只能是作答或标记")
	known := r.Question >= 1 && r.Question <= len(places)
	c.That(known, "question", "range", "没有这道题")
	e := &Entry{Attempt: id, Seq: r.Seq, Kind: r.Kind, Question: r.Question, ClientAt: clock.Instant(r.ClientAt), At: now}
	switch {
	case r.Kind == Flag:
		e.Flagged = r.Flagged
	case known:
		c.That(places[r.Question-1].takes(r.Chosen), "chosen", "range", "选项不正确")
		e.Chosen = slices.Clone(r.Chosen)
	}
	return e, c.Err(ErrResponse)
}

// takes reports whether chosen are places of options, ascending, and not too many.
func (p place) takes(chosen []int) bool {
	for i, o := range chosen {
		if o < 0 || o >= int(p.options) || i > 0 && o <= chosen[i-1] {
			return false
		}
	}
	return p.many || len(chosen) <= 1
}
