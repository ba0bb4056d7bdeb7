package sitting

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/errs"
)

// Order is what somebody on duty does to the time of a whole session, of a room or of one ticket, or tells them.
type Order struct {
	Session SessionID
	Room    RoomID // empty: the whole session, for the exam office
	Ticket  Ticket // empty: the whole room
	Minutes int    // of an extension or a reopening
	Text    string // the reason, the message, or what happened
	Key     string // of the command, chosen by who gives it: the same one again is harmless
}

// Bounds of what is written down.
const (
	maxLines      = 9999
	maxText       = 300 // characters
	maxKey        = 64
	OfficeMinutes = 600 // the exam office's largest extension: a whole day's work
	appendTries   = 16
)

// Extend gives more minutes. An invigilator on duty gives those of the room, or one candidate there, at most as many at a
// time as the policy says; the exam office gives anybody of the session theirs. Whoever was closed already stays closed:
// see theory.Exams.Reopen.
func (s *Sittings) Extend(ctx context.Context, by authz.Principal, o Order) (*Line, error) {
	return s.order(ctx, by, Extended, o)
}

// Pause stops the clock. A pause that is on already is returned. Before people are checked in it is ErrNotBegun: a pause
// that was meant for today must not stop a session weeks ahead.
func (s *Sittings) Pause(ctx context.Context, by authz.Principal, o Order) (*Line, error) {
	return s.order(ctx, by, Paused, o)
}

// Resume ends a pause of the same people; the time that the clock stood is added. Without one it is ErrNotPaused,
// or says who paused more than them. What other pauses still stand is in Book.Standing.
func (s *Sittings) Resume(ctx context.Context, by authz.Principal, o Order) (*Line, error) {
	return s.order(ctx, by, Resumed, o)
}

// Announce sends a message to the candidates' pages.
func (s *Sittings) Announce(ctx context.Context, by authz.Principal, o Order) (*Line, error) {
	return s.order(ctx, by, Announced, o)
}

// NoteIncident writes down what happened.
func (s *Sittings) NoteIncident(ctx context.Context, by authz.Principal, o Order) (*Line, error) {
	return s.order(ctx, by, Incident, o)
}

// RecordReopening writes down that one ticket's paper goes on; theory.Exams.Reopen reopens it.
func (s *Sittings) RecordReopening(ctx context.Context, by authz.Principal, o Order) (*Line, error) {
	return s.order(ctx, by, Reopened, o)
}

// RecordFiling writes down that a hand-in file was brought for one ticket; theory.Exams.HandInFile takes it in. The same
// file, by the order's key, is written down once, whoever brings it.
func (s *Sittings) RecordFiling(ctx context.Context, by authz.Principal, o Order) (*Line, error) {
	return s.order(ctx, by, Filed, o)
}

// MayOrder returns nil when by may give orders for the room.
func (s *Sittings) MayOrder(ctx context.Context, by authz.Principal, id SessionID, room RoomID) error {
	_, _, err := s.commands(ctx, by, Order{Session: id, Room: room})
	return err
}

// order checks who gives it and for whom, and writes the line.
func (s *Sittings) order(ctx context.Context, by authz.Principal, kind LineKind, o Order) (*Line, error) {
	n, role, err := s.commands(ctx, by, o)
	if err != nil {
		return nil, err
	}
	o.Text = strings.TrimSpace(o.Text)
	if err := s.checkOrder(kind, o, role); err != nil {
		return nil, err
	}
	if o.Ticket != "" {
		seat, err := s.ports.Seats.Seat(ctx, o.Ticket)
		if err == nil && (seat.Session != n.ID || o.Room != "" && seat.Room != o.Room) {
			err = ErrTicket
		}
		if err != nil {
			return nil, err
		}
		o.Room = seat.Room
	}
	l := Line{Session: n.ID, Kind: kind, Key: o.Key, Room: o.Room, Ticket: o.Ticket, Minutes: o.Minutes, Text: o.Text,
		Account: by.Account, Name: by.Name, Role: role}
	return s.append(ctx, n, l)
}

// commands returns the session to whoever may give orders in it, and as what they do: the exam office of the body, or an
// invigilator on duty in the room that the order is for.
func (s *Sittings) commands(ctx context.Context, by authz.Principal, o Order) (*Session, authz.Role, error) {
	if by.Can(authz.PlanWrite) {
		n, err := s.own(ctx, by, o.Session)
		if err == nil && o.Room != "" {
			_, err = n.room(o.Room)
		}
		return n, authz.ExamOffice, err
	}
	if err := by.Require(authz.RoomRun); err != nil {
		return nil, "", err
	}
	if o.Room == "" {
		return nil, "", ErrNotOnDuty
	}
	n, err := s.roomRun(ctx, by, o.Session, o.Room)
	return n, authz.Invigilator, err
}

func (s *Sittings) checkOrder(kind LineKind, o Order, role authz.Role) error {
	var c errs.Check
	c.That(o.Text != "" && utf8.RuneCountInString(o.Text) <= maxText, "text", "form", fmt.Sprintf("须写明%s，不超过%d字", subject(kind), maxText))
	c.That(len(o.Key) <= maxKey && (o.Key == "" || printable(o.Key)), "key", "form", "操作编号应为不超过64位的字母、数字")
	most := OfficeMinutes
	if role == authz.Invigilator {
		most = s.policy.Time.ExtendMinutes
	}
	switch kind {
	case Extended, Reopened:
		c.That(o.Minutes >= 1 && o.Minutes <= most, "minutes", "range", fmt.Sprintf("应为1至%d分钟", most))
	default:
		c.That(o.Minutes == 0, "minutes", "range", "此项操作没有时长")
	}
	if kind == Reopened || kind == Filed {
		c.That(o.Ticket != "", "ticket", "missing", "须指明准考证号")
	}
	return c.Err(ErrOrder)
}

// subject is what the text of an order says.
func subject(kind LineKind) string {
	switch kind {
	case Announced:
		return "通知内容"
	case Incident:
		return "发生了什么"
	}
	return "原因"
}

// append writes the line at the end of the proceedings. Whoever else writes at the same moment goes before or after it,
// and the checks are made again on what is then there.
func (s *Sittings) append(ctx context.Context, n *Session, l Line) (*Line, error) {
	for range appendTries {
		b, err := s.Proceedings(ctx, n.ID, 0)
		if err != nil {
			return nil, err
		}
		l.At = s.clock.Now()
		if old, err := s.follows(n, b, &l); old != nil || err != nil {
			return old, err
		}
		l.No = b.Seq() + 1
		if l.No > maxLines {
			return nil, ErrLineFull
		}
		err = s.ports.Proceedings.AppendLine(ctx, &l)
		if err == nil {
			_, _ = s.Proceedings(ctx, n.ID, 0) // whoever waits here hears of it now, or within a second; the line stands
			return &l, nil
		}
		if !errors.Is(err, ErrLineTaken) {
			return nil, fmt.Errorf("write the proceedings of session %s: %w", n.ID, err)
		}
	}
	return nil, engine.ErrStale
}

// follows checks a line against those before it. It returns the line that says the same already, if there is one.
func (s *Sittings) follows(n *Session, b *Book, l *Line) (*Line, error) {
	if old := b.keyed(l.Key); old != nil {
		if !old.same(l) {
			return nil, ErrLineKey
		}
		return old, nil
	}
	shut := s.Times(b, n.WindowOf(l.Ticket), Place{l.Room, l.Ticket}, l.At).Shut(l.At)
	pause := b.pause(who{l.Room, l.Ticket})
	switch {
	case l.Kind == Excluded && b.Excluded(l.Ticket):
		return l, nil
	case l.Kind == Paused && pause != nil:
		return pause, nil
	case l.Kind == Resumed && pause == nil:
		return nil, b.unpaused(Place{l.Room, l.Ticket})
	case (l.Kind == Extended || l.Kind == Paused) && shut:
		return nil, ErrTimeOver
	case l.Kind == Paused:
		return nil, s.begun(n, l.At)
	}
	return nil, nil
}

func (l *Line) same(o *Line) bool {
	return l.Kind == o.Kind && l.Room == o.Room && l.Ticket == o.Ticket && l.Minutes == o.Minutes && (l.Account == o.Account || l.Kind == Filed)
}

func (b *Book) keyed(key string) *Line {
	if key == "" {
		return nil
	}
	for _, l := range b.lines {
		if l.Key == key {
			return l
		}
	}
	return nil
}

// Ordered reports whether line number no is the one that was given with the key.
func (b *Book) Ordered(key string, no int) bool {
	l := b.keyed(key)
	return l != nil && l.No == no
}

// pause is the pause of exactly these people that is on, nil for none.
func (b *Book) pause(w who) *Line { return b.Pauses()[Place{w.room, w.ticket}] }

// Pauses are those that nobody has ended, by whom they were ordered for.
func (b *Book) Pauses() map[Place]*Line {
	on := map[Place]*Line{}
	for _, l := range b.timed {
		switch l.Kind {
		case Paused:
			on[Place{l.Room, l.Ticket}] = l
		case Resumed:
			delete(on, Place{l.Room, l.Ticket})
		}
	}
	return on
}

func shareOf(t Ticket, spread int) int {
	h := fnv.New32a()
	_, _ = h.Write([]byte("start spread " + t)) // never fails
	return int(h.Sum32() % uint32(spread+1))
}

func sortedTimes(at map[time.Time]bool) []time.Time {
	return slices.SortedFunc(maps.Keys(at), time.Time.Compare)
}
