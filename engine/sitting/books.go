package sitting

import (
	"context"
	"fmt"
	"strconv"
	"sync"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/clock"
)

// bookAge is how long proceedings that were read may serve again: long enough that a hall of thousands costs one read a
// second, short enough that a change reaches everybody within three.
const bookAge = time.Second

// books holds the proceedings of the sessions that this process works on. They only grow, so what is held may lag behind
// the store, but is never wrong.
type books struct {
	mu sync.Mutex
	m  map[SessionID]*shelf
}

// shelf is one session's book.
type shelf struct {
	key     chan struct{} // holds one while nobody reads or looks; a read that stalls holds up only who is willing to wait
	book    *Book
	at      time.Time     // when it was read
	changed chan struct{} // closed when lines come in
}

// maxBooks bounds the sessions remembered.
const maxBooks = 512

func (b *books) of(id SessionID) *shelf {
	b.mu.Lock()
	defer b.mu.Unlock()
	s := b.m[id]
	if s == nil {
		for other := range b.m {
			if len(b.m) < maxBooks {
				break
			}
			delete(b.m, other)
		}
		s = &shelf{key: make(chan struct{}, 1), book: NewBook(nil), changed: make(chan struct{})}
		s.key <- struct{}{}
		b.m[id] = s
	}
	return s
}

// Proceedings returns the lines of a session to another room, as they were at most maxAge ago; 0 asks the store. It asks
// for no role: the room has.
func (s *Sittings) Proceedings(ctx context.Context, id SessionID, maxAge time.Duration) (*Book, error) {
	b, _, err := s.book(ctx, id, maxAge)
	return b, err
}

func (s *Sittings) book(ctx context.Context, id SessionID, maxAge time.Duration) (*Book, <-chan struct{}, error) {
	sh := s.books.of(id)
	select {
	case <-ctx.Done():
		return nil, nil, ctx.Err()
	case <-sh.key:
	}
	defer func() { sh.key <- struct{}{} }()
	now := s.clock.Now()
	if age := now.Sub(sh.at); age >= 0 && age < maxAge {
		return sh.book, sh.changed, nil
	}
	added, err := s.linesAfter(ctx, id, sh.book.Seq())
	if err != nil {
		return nil, nil, err
	}
	if sh.at = now; len(added) > 0 {
		sh.book = NewBook(append(sh.book.lines[:sh.book.Seq():sh.book.Seq()], added...))
		close(sh.changed)
		sh.changed = make(chan struct{})
	}
	return sh.book, sh.changed, nil
}

func (s *Sittings) linesAfter(ctx context.Context, id SessionID, after int) (all []*Line, err error) {
	for c := (engine.Cursor{After: strconv.Itoa(after)}); ; {
		rows, next, err := s.ports.Proceedings.Lines(ctx, id, c)
		if err != nil {
			return nil, fmt.Errorf("read the proceedings of session %s: %w", id, err)
		}
		if all = append(all, rows...); next == "" {
			return all, nil
		}
		c.After = next
	}
}

// lookEvery is how often somebody who waits for a line looks for those that another process wrote.
const lookEvery = time.Second

// Wait returns the proceedings as soon as they have a line after number seq, or when wait ends. It asks for no role: the
// room has.
func (s *Sittings) Wait(ctx, wait context.Context, id SessionID, seq int) (*Book, error) {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for {
		b, changed, err := s.book(ctx, id, bookAge)
		if err != nil || b.Seq() > seq {
			return b, err
		}
		select {
		case <-wait.Done():
			return b, nil
		case <-changed:
		case <-tick.C:
		}
	}
}

// WindowOf is the theory window that is planned for a ticket. Where the session spreads its starts, each ticket has its
// own share of the spread, at the end as at the start: nobody has less time than another. Without a ticket it is the
// window that holds all of them.
func (n *Session) WindowOf(t Ticket) clock.Window {
	if t == "" || n.Spread == 0 {
		return clock.Window{Opens: n.Theory.Opens, Closes: n.Theory.Closes.Add(time.Duration(n.Spread) * time.Second)}
	}
	late := time.Duration(shareOf(t, n.Spread)) * time.Second
	return clock.Window{Opens: n.Theory.Opens.Add(late), Closes: n.Theory.Closes.Add(late)}
}

// Grace is how long after the end responses that are on their way are still taken.
func (s *Sittings) Grace() time.Duration {
	return time.Duration(s.policy.Time.GraceSeconds) * time.Second
}

// ReopenUntil is until when the session's papers may be reopened.
func (s *Sittings) ReopenUntil(n *Session) time.Time {
	return n.WindowOf("").Closes.Add(time.Duration(s.policy.Time.ReopenMinutes) * time.Minute)
}

// FilesUntil is until when hand-in files are taken for the session; at its end already where none is.
func (s *Sittings) FilesUntil(n *Session) time.Time {
	return n.WindowOf("").Closes.Add(time.Duration(s.policy.Time.FileHours) * time.Hour)
}

// TakesFiles reports whether the policy has hand-in files at all.
func (s *Sittings) TakesFiles() bool { return s.policy.Time.FileHours > 0 }

// Times is the time of one ticket of the session in the room, by what the proceedings say.
func (s *Sittings) Times(b *Book, planned clock.Window, at Place, now time.Time) Times {
	t := b.Times(planned, at.Room, at.Ticket, now)
	t.Grace = s.Grace()
	return t
}

// Place is a ticket and the room that it sits in.
type Place struct {
	Room   RoomID
	Ticket Ticket
}

// Holds reports whether an order for the place, where no room is every room and no ticket everybody, is for q.
func (p Place) Holds(q Place) bool {
	return (p.Room == "" || p.Room == q.Room) && (p.Ticket == "" || p.Ticket == q.Ticket)
}

// Ends are the instants at which somebody's time is over, grace included, each once; those of a spread count as one, the
// last of them. While somebody is paused, theirs lies ahead.
func (s *Sittings) Ends(n *Session, b *Book, now time.Time) []time.Time {
	planned, at := n.WindowOf(""), map[time.Time]bool{}
	add := func(p Place) {
		t := s.Times(b, planned, p, now)
		at[t.Closes.Add(t.Grace)] = true
	}
	for _, r := range n.Rooms {
		if r.Component == engine.Theory {
			add(Place{Room: r.ID})
		}
	}
	for _, l := range b.timed {
		if l.Ticket != "" {
			add(Place{l.Room, l.Ticket})
		}
	}
	return sortedTimes(at)
}

// Over reports whether nobody of the session can answer any more at now, by the latest proceedings.
func (s *Sittings) Over(ctx context.Context, n *Session, now time.Time) (bool, error) {
	if now.Before(n.Theory.Closes) {
		return false, nil
	}
	b, err := s.Proceedings(ctx, n.ID, 0)
	if err != nil {
		return false, err
	}
	ends := s.Ends(n, b, now)
	return len(ends) == 0 || !now.Before(ends[len(ends)-1]), nil
}
