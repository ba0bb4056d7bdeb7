package sitting

import (
	"time"

	"github.com/skillcert/skillcert/engine/clock"
)

// Book is the proceedings of a session as they were read: the lines in order. It never changes.
type Book struct {
	lines []*Line
	timed []*Line // those that change somebody's time
	void  map[Ticket]bool
}

// NewBook reads lines in the order of their numbers.
func NewBook(lines []*Line) *Book {
	b := &Book{lines: lines}
	for _, l := range lines {
		switch l.Kind {
		case Extended, Paused, Resumed, Reopened:
			b.timed = append(b.timed, l)
		case Excluded:
			if b.void == nil {
				b.void = map[Ticket]bool{}
			}
			b.void[l.Ticket] = true
		}
	}
	return b
}

// Seq is the number of the last line, 0 for none.
func (b *Book) Seq() int { return len(b.lines) }

// Lines are all of them, in order.
func (b *Book) Lines() []*Line { return b.lines }

// Untimed reports whether nobody's time was changed.
func (b *Book) Untimed() bool { return len(b.timed) == 0 }

// Excluded reports whether the ticket's seat was voided.
func (b *Book) Excluded(t Ticket) bool { return b.void[t] }

// Messages are the announcements to a candidate after line number after.
func (b *Book) Messages(room RoomID, t Ticket, after int) (list []*Line) {
	for _, l := range b.lines[min(max(after, 0), len(b.lines)):] {
		if l.Kind == Announced && l.Concerns(room, t) {
			list = append(list, l)
		}
	}
	return list
}

// Times is one candidate's time at one instant.
type Times struct {
	Opens  time.Time
	Closes time.Time // with everything that was added; while paused it moves on with the clock
	Grace  time.Duration
	Paused bool
}

// Over reports whether the time has ended at now.
func (t Times) Over(now time.Time) bool { return !now.Before(t.Closes) }

// Shut reports whether the grace after the end is over too, so that nothing is taken any more.
func (t Times) Shut(now time.Time) bool { return !now.Before(t.Closes.Add(t.Grace)) }

// Takes reports whether a response that comes at now is taken.
func (t Times) Takes(now time.Time) bool { return !t.Paused && !now.Before(t.Opens) && !t.Shut(now) }

// Times is what the lines make of the window that was planned for a candidate: extensions add up, a pause adds as long
// as it lasted inside the candidate's time, and a reopening gives at least its minutes from then on.
func (b *Book) Times(planned clock.Window, room RoomID, t Ticket, now time.Time) Times {
	s := span{Times: Times{Opens: planned.Opens, Closes: planned.Closes}}
	for _, l := range b.timed {
		if l.Concerns(room, t) {
			s.apply(l)
		}
	}
	if len(s.pauses) > 0 && s.since.Before(s.Closes) {
		s.Paused = true
		s.stood(now)
	}
	return s.Times
}

// who is whom a line is about.
type who struct {
	room   RoomID
	ticket Ticket
}

// span is a candidate's time while lines are read.
type span struct {
	Times
	pauses map[who]bool // that are not ended
	since  time.Time    // when the first of them began
}

func (s *span) apply(l *Line) {
	minutes := time.Duration(l.Minutes) * time.Minute
	switch l.Kind {
	case Extended:
		s.Closes = s.Closes.Add(minutes)
	case Reopened:
		if len(s.pauses) > 0 { // what stood still until then is of the time before
			s.stood(l.At)
			s.since = l.At
		}
		if until := l.At.Add(minutes); until.After(s.Closes) {
			s.Closes = until
		}
	case Paused:
		if len(s.pauses) == 0 {
			s.pauses, s.since = map[who]bool{}, l.At
		}
		s.pauses[who{l.Room, l.Ticket}] = true
	case Resumed:
		if delete(s.pauses, who{l.Room, l.Ticket}); len(s.pauses) == 0 && !s.since.IsZero() {
			s.stood(l.At)
			s.since = time.Time{}
		}
	}
}

// stood adds the time that the clock stood until then. What lies before the opening, or began after the end, takes
// nothing from anybody and adds nothing.
func (s *span) stood(until time.Time) {
	from := s.since
	if from.Before(s.Opens) {
		from = s.Opens
	}
	if from.Before(s.Closes) && until.After(from) {
		s.Closes = s.Closes.Add(until.Sub(from))
	}
}
