package sitting

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/errs"
)

// Refusals of Move.
var (
	ErrSeatNo    = errs.New(errs.Invalid, "seat.number", "本场次在这个考场没有这个座位")
	ErrSeatTaken = errs.New(errs.Conflict, "seat.taken", "这个座位已有考生")
)

// Relocation (换座) says which candidate of a room goes to which of its seats, and why.
type Relocation struct {
	Room   RoomID
	Ticket Ticket
	No     int
	Reason string
}

// Move gives a candidate another seat of their room, one in reserve or one that is free, for a machine that failed or
// the like; an invigilator on duty in the room does it, while people are checked in and sit. The ticket stays, and with
// it the form. The seat that was left is not planned again. Moving to where one sits is harmless, and completes what was
// cut off: the session's document says first whose the seat is, so that of two who are moved to one seat only one is,
// and the seat's own follows.
func (s *Sittings) Move(ctx context.Context, by authz.Principal, id SessionID, m Relocation) (*Seat, error) {
	n, err := s.roomRun(ctx, by, id, m.Room)
	if err != nil {
		return nil, err
	}
	now := s.clock.Now()
	if err := s.movable(ctx, n, &m, now); err != nil {
		return nil, err
	}
	_, err = engine.Modify(ctx, func(ctx context.Context) (*Session, error) { return s.ports.Sessions.Session(ctx, id) }, s.ports.Sessions.UpdateSession,
		func(n *Session) error { return n.move(by, m, now) })
	if err != nil {
		return nil, err
	}
	return s.follow(ctx, by, id, m, now)
}

// movable checks what the session's document does not know.
func (s *Sittings) movable(ctx context.Context, n *Session, m *Relocation, now time.Time) error {
	seat, err := s.ports.Seats.Seat(ctx, m.Ticket)
	m.Reason = strings.TrimSpace(m.Reason)
	switch {
	case err != nil:
		return err
	case seat.Session != n.ID || seat.Room != m.Room:
		return ErrTicket
	case !seat.Voided.IsZero():
		return ErrSeatState.With("已按违纪取消考试资格")
	case m.Reason == "" || utf8.RuneCountInString(m.Reason) > maxReason:
		return ErrWhy.With("不超过%d字", maxReason)
	}
	return s.inHours(ctx, n, Place{m.Room, m.Ticket}, now)
}

// move says in the session's document whose the seat is.
func (n *Session) move(by authz.Principal, m Relocation, now time.Time) error {
	room, err := n.room(m.Room)
	if err != nil {
		return err
	}
	if err := n.onDuty(by, authz.Invigilator, m.Room); err != nil {
		return err
	}
	n.settle()
	serial := m.Ticket.serial()
	from := slices.Index(n.Seating[m.Room], serial) + 1
	switch {
	case from == 0:
		return ErrTicket
	case from == m.No:
		return engine.ErrUnchanged
	case !room.Has(m.No):
		return ErrSeatNo.With("%d号", m.No)
	case n.Whose(m.Room, m.No) > 0:
		return ErrSeatTaken.With("%d号", m.No)
	}
	n.take(Chair{m.Room, from}, givenUp)
	n.take(Chair{m.Room, m.No}, serial)
	n.Trail.Add(now, by.Account, "session.seat-moved", fmt.Sprintf("%s %d号→%d号：%s", m.Ticket, from, m.No, m.Reason))
	return nil
}

// serial is the place of the ticket's holder in Allotted, from 1: its last four digits.
func (t Ticket) serial() (n int) {
	for _, d := range t[max(0, len(t)-4):] {
		n = 10*n + int(d-'0')
	}
	return n
}

// follow brings the seat to where the session's document has it now. The seat is read first: whoever moved it since then
// makes the write stale.
func (s *Sittings) follow(ctx context.Context, by authz.Principal, id SessionID, m Relocation, now time.Time) (*Seat, error) {
	to := 0
	read := func(ctx context.Context) (*Seat, error) {
		seat, err := s.ports.Seats.Seat(ctx, m.Ticket)
		if err != nil {
			return nil, err
		}
		n, err := s.Get(ctx, id)
		if err == nil {
			to = slices.Index(n.Seating[m.Room], m.Ticket.serial()) + 1
		}
		return seat, err
	}
	return engine.Modify(ctx, read, s.ports.Seats.UpdateSeat, func(seat *Seat) error {
		if to == 0 || seat.No == to {
			return engine.ErrUnchanged
		}
		seat.Trail.AddBy(now, by, "seat.moved", fmt.Sprintf("%d号→%d号：%s", seat.No, to, m.Reason))
		seat.No = to
		return nil
	})
}
