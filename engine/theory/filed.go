package theory

import (
	"fmt"
	"strings"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/theory/handin"
)

// Brought is what one hand-in file (应急文件) brought into the log, and how: one entry, so that all of it is there or none.
type Brought struct {
	File    string    `json:"file"`    // digest
	Account string    `json:"account"` // who took it in
	Order   int       `json:"order"`   // its line in the proceedings, which says why
	Window  string    `json:"window"`  // of the candidate's, that made it
	Base    int       `json:"base"`    // the last entry that this window knew to be stored
	MadeAt  time.Time `json:"made_at"`
	Taken   []Answer  `json:"taken"` // oldest first
	Held    int       `json:"held"`  // that were here already
	Refused []Refused `json:"refused,omitempty"`
}

// Answer is one change of a hand-in file.
type Answer struct {
	Kind     EntryKind `json:"kind"` // Response or Flag
	Question int       `json:"question"`
	Chosen   []int     `json:"chosen,omitempty"`
	Flagged  bool      `json:"flagged,omitempty"`
	ClientAt time.Time `json:"client_at"`
}

// Refused is an answer of a hand-in file that was not taken.
type Refused struct {
	Answer
	Why Why `json:"why"`
}

// Why an answer of a hand-in file is not taken.
type Why string

// The reasons.
const (
	OutOfTime Why = "time"      // made before the candidate's time began, or after it was over
	Overtaken Why = "overtaken" // what was saved later for the same question, elsewhere, stays
	NoAnswer  Why = "invalid"   // no such question or option
)

// line is the entry's part of the receipt.
func (b *Brought) line() string {
	if b == nil {
		return "-"
	}
	parts := []string{fmt.Sprintf("%s %q %d", b.File, b.Account, b.Order)}
	for _, a := range b.Taken {
		parts = append(parts, a.String())
	}
	return strings.Join(parts, ";")
}

// String tells an answer from every other.
func (a Answer) String() string {
	return fmt.Sprintf("%s %d %v %t %d", a.Kind, a.Question, a.Chosen, a.Flagged, a.ClientAt.UnixMilli())
}

// of is what the answer says something of.
func (a Answer) of() string { return fmt.Sprint(a.Kind, a.Question) }

func (e *Entry) answer() Answer {
	return Answer{Kind: e.Kind, Question: e.Question, Chosen: e.Chosen, Flagged: e.Flagged, ClientAt: e.ClientAt}
}

func (s *Sheet) answer(a Answer) {
	if a.Kind == Flag {
		s.Flagged[a.Question] = a.Flagged
		return
	}
	s.Chosen[a.Question] = a.Chosen
}

// answersAfter are the answers that the log took in after entry number base.
func answersAfter(log []*Entry, base int) (all []Answer) {
	for _, e := range log {
		switch {
		case e.Seq <= base:
		case e.Kind == Response, e.Kind == Flag:
			all = append(all, e.answer())
		case e.Kind == Filed:
			all = append(all, e.Brought.Taken...)
		}
	}
	return all
}

// sift decides what becomes of each answer of a file.
//
//   - Held: the log has it already, with the page's own time, or has a later one of the same file for the same question.
//     So it is when an acknowledgement was lost, when the page came through after all, and when an older file of the same
//     page was taken in.
//   - Overtaken: after the last entry that the page knew of, something else was saved for the same question, on another
//     computer or in another window. That was acknowledged, and the candidate saw it last: it stays.
//   - OutOfTime: not in the candidate's own time, by the server's clock as the page knew it.
//   - The others are taken, in their order.
func sift(log []*Entry, places []place, c handin.Content, own clock.Window) *Brought {
	b := &Brought{Window: c.Window, Base: c.Base, MadeAt: clock.Instant(c.MadeAt)}
	answers, wrong := make([]Answer, len(c.Answers)), make([]bool, len(c.Answers))
	mine := map[string]bool{}
	for i, a := range c.Answers {
		answers[i], wrong[i] = answerOf(a, places)
		mine[answers[i].String()] = true
	}
	here, others := map[string]bool{}, map[string]bool{}
	for _, a := range answersAfter(log, c.Base) {
		if here[a.String()] = true; !mine[a.String()] {
			others[a.of()] = true
		}
	}
	until := map[string]int{} // by question and kind: the last answer of the file that is here
	for i, a := range answers {
		if here[a.String()] {
			until[a.of()] = i + 1
		}
	}
	for i, a := range answers {
		switch {
		case wrong[i]:
			b.Refused = append(b.Refused, Refused{a, NoAnswer})
		case i < until[a.of()]:
			b.Held++
		case !own.Contains(a.ClientAt):
			b.Refused = append(b.Refused, Refused{a, OutOfTime})
		case others[a.of()]:
			b.Refused = append(b.Refused, Refused{a, Overtaken})
		default:
			b.Taken = append(b.Taken, a)
		}
	}
	return b
}

// answerOf is an answer as the log would hold it; wrong says that no log would.
func answerOf(a handin.Answer, places []place) (Answer, bool) {
	r := Entry{Seq: 1, Kind: EntryKind(a.Kind), Question: a.Item + 1, Chosen: a.Chosen, Flagged: a.Flag, ClientAt: a.ClientAt}
	e, err := entry("", places, r, r.ClientAt)
	return e.answer(), err != nil
}

// broughtBy is what the file with the digest brought into the log, nil while it was not taken in.
func broughtBy(log []*Entry, digest string) *Brought {
	for _, e := range log {
		if e.Kind == Filed && e.Brought.File == digest {
			return e.Brought
		}
	}
	return nil
}

// awaits reports whether the attempt was taken back to work for something that the log does not have yet.
func (a *Attempt) awaits(s Sheet) bool { return s.Line < a.Reopened || s.Filing < a.Filings }

// takeBack takes an attempt that has ended back to work, so that nobody marks it while a file is taken in. filing is the
// last one that the log knows of; another that was begun and cut off is taken up.
func (a *Attempt) takeBack(filing int) error {
	if err := a.mayFile(); err != nil {
		return err
	}
	if a.State == InProgress && a.Filings > filing {
		return engine.ErrUnchanged
	}
	a.Filings++
	a.State, a.Submitted, a.ByClock, a.Receipt, a.Answered = InProgress, time.Time{}, false, "", 0
	return nil
}

func (a *Attempt) mayFile() error {
	switch a.State {
	case InProgress, Submitted:
		return nil
	case Scheduled:
		return ErrNotOpen
	case Voided:
		return ErrVoided
	}
	return ErrFileMarked
}
