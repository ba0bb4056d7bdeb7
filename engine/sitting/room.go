package sitting

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"time"
	"unicode/utf8"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/errs"
)

// CheckInLead is how long before the theory window people may be checked in. No text sets it: an hour lets one
// invigilator look at thirty identity cards, and older candidates get used to the screen. Whoever comes after the start
// is checked in until the late limit of the policy (LateFrom), and with the office's consent until the window closes
// (AdmitLate); the clock takes nothing off for them and adds nothing.
const CheckInLead = 60 * time.Minute

// admission is when people are checked in and released: until the end of their time, with what was added to it.
func (s *Sittings) admission(ctx context.Context, n *Session, at Place, now time.Time) (clock.Window, error) {
	b, err := s.Proceedings(ctx, n.ID, bookAge)
	if err != nil {
		return clock.Window{}, err
	}
	return clock.Window{Opens: n.Theory.Opens.Add(-CheckInLead), Closes: s.Times(b, n.WindowOf(at.Ticket), at, now).Closes}, nil
}

// CheckIn notes that the candidate has come and was looked at, by an invigilator on duty in the room. Checking in twice
// is harmless. Whoever comes after the late limit and was not admitted is ErrLate, whoever does not take theory here
// ErrNotTaken. A ticket that has no seat in this room of this session is ErrTicket.
func (s *Sittings) CheckIn(ctx context.Context, by authz.Principal, id SessionID, room RoomID, t Ticket) (*Seat, error) {
	return s.inRoom(ctx, by, spot{id, room, t}, func(n *Session, seat *Seat, now time.Time) error {
		switch {
		case !seat.Voided.IsZero():
			return ErrSeatState.With("已按违纪取消考试资格")
		case !seat.CheckedIn.IsZero():
			return engine.ErrUnchanged
		case !seat.Takes(engine.Theory):
			return ErrNotTaken
		}
		if err := s.inHours(ctx, n, Place{room, t}, now); err != nil {
			return err
		}
		if seat.Admitted.IsZero() && !now.Before(n.LateFrom(s.policy.Rooms)) {
			return ErrLate
		}
		seat.CheckedIn = now
		seat.Trail.Add(now, by.Account, "seat.checked_in", "")
		return nil
	})
}

func (s *Sittings) inHours(ctx context.Context, n *Session, at Place, now time.Time) error {
	w, err := s.admission(ctx, n, at, now)
	if err != nil || w.Contains(now) {
		return err
	}
	zone := s.policy.Location()
	return ErrSeatState.With("签到和放行的时间为 %s 至 %s", w.Opens.In(zone).Format("2006-01-02 15:04"), w.Closes.In(zone).Format("15:04"))
}

// maxReason bounds the reason of a void, in characters.
const maxReason = 300

// ErrReason refuses a void that does not say what happened.
var ErrReason = errs.New(errs.Invalid, "seat.reason", "须写明违纪情形")

// Void ends a candidate's sitting for misconduct (违纪), at any point. Voiding twice is harmless: the first reason
// stays. A ticket that has no seat in this room of this session is ErrTicket. The seat says it first; the proceedings,
// from which every process hears of it, say it after that, and the same command again completes what was cut off.
func (s *Sittings) Void(ctx context.Context, by authz.Principal, id SessionID, at Place, reason string) (*Seat, error) {
	reason = strings.TrimSpace(reason)
	seat, err := s.inRoom(ctx, by, spot{id, at.Room, at.Ticket}, func(_ *Session, seat *Seat, now time.Time) error {
		switch {
		case !seat.Voided.IsZero():
			return engine.ErrUnchanged
		case reason == "" || utf8.RuneCountInString(reason) > maxReason:
			return ErrReason.With("不超过%d字", maxReason)
		}
		seat.Voided, seat.Note = now, reason
		seat.Trail.AddBy(now, by, "seat.voided", reason)
		return nil
	})
	if err != nil {
		return nil, err
	}
	n, err := s.Get(ctx, id)
	if err != nil {
		return nil, err
	}
	_, err = s.append(ctx, n, Line{Session: id, Kind: Excluded, Room: at.Room, Ticket: at.Ticket, Text: seat.Note, Account: by.Account, Name: by.Name, Role: authz.Invigilator})
	return seat, err
}

// spot is where an invigilator says that a ticket sits.
type spot struct {
	session SessionID
	room    RoomID
	ticket  Ticket
}

// inRoom is one command on a seat by an invigilator on duty in the room. A ticket that sits elsewhere looks like one
// that does not exist: ticket numbers can be guessed, and nobody learns here whose are taken.
func (s *Sittings) inRoom(ctx context.Context, by authz.Principal, at spot, f func(n *Session, seat *Seat, now time.Time) error) (*Seat, error) {
	n, err := s.roomRun(ctx, by, at.session, at.room)
	if err != nil {
		return nil, err
	}
	now := s.clock.Now()
	read := func(ctx context.Context) (*Seat, error) {
		seat, err := s.ports.Seats.Seat(ctx, at.ticket)
		if err == nil && (seat.Session != at.session || seat.Room != at.room) {
			return nil, ErrTicket
		}
		return seat, err
	}
	return engine.Modify(ctx, read, s.ports.Seats.UpdateSeat, func(seat *Seat) error { return f(n, seat, now) })
}

// roomRun is the session to an invigilator on duty in the room.
func (s *Sittings) roomRun(ctx context.Context, by authz.Principal, id SessionID, room RoomID) (*Session, error) {
	if err := by.Require(authz.RoomRun); err != nil {
		return nil, err
	}
	n, err := s.Get(ctx, id)
	if err != nil {
		return nil, err
	}
	if _, err = n.room(room); err != nil {
		return nil, err
	}
	return n, n.onDuty(by, authz.Invigilator, room)
}

// Release lets everybody in the room who is checked in go on to the paper, and returns how many that were. Who comes
// later is released by releasing again. It needs as many invigilators on duty in the room as the policy asks for the
// candidates seated there: ErrStaffing.
func (s *Sittings) Release(ctx context.Context, by authz.Principal, id SessionID, room RoomID) (int, error) {
	n, err := s.roomRun(ctx, by, id, room)
	if err != nil {
		return 0, err
	}
	now := s.clock.Now()
	if err = s.inHours(ctx, n, Place{Room: room}, now); err != nil {
		return 0, err
	}
	if err = s.unmeasured(ctx, engine.ActOpen, n); err != nil {
		return 0, err
	}
	waiting, err := s.staffedRoom(ctx, n, room)
	if err != nil {
		return 0, err
	}
	var released atomic.Int32
	err = each(ctx, waiting, func(ctx context.Context, t Ticket) error {
		done, err := s.release(ctx, by, t, now)
		if done {
			released.Add(1)
		}
		return err
	})
	return int(released.Load()), err
}

// staffedRoom returns the tickets in the room that wait for their release.
func (s *Sittings) staffedRoom(ctx context.Context, n *Session, room RoomID) ([]Ticket, error) {
	seats, err := s.seats(ctx, n.ID)
	if err != nil {
		return nil, err
	}
	var waiting []Ticket
	seated := 0
	for _, t := range seats {
		if t.Room != room || !t.Takes(engine.Theory) {
			continue
		}
		if seated++; t.waits() {
			waiting = append(waiting, t.Ticket)
		}
	}
	return waiting, n.staffed(room, seated, s.policy.Rooms)
}

// waits reports whether the candidate is checked in and not yet released.
func (t *Seat) waits() bool { return !t.CheckedIn.IsZero() && t.Released.IsZero() && t.Voided.IsZero() }

func (s *Sittings) release(ctx context.Context, by authz.Principal, t Ticket, now time.Time) (done bool, err error) {
	_, err = engine.Modify(ctx, func(ctx context.Context) (*Seat, error) { return s.ports.Seats.Seat(ctx, t) }, s.ports.Seats.UpdateSeat,
		func(seat *Seat) error {
			if done = seat.waits(); !done {
				return engine.ErrUnchanged
			}
			seat.Released = now
			seat.Trail.Add(now, by.Account, "seat.released", "")
			return nil
		})
	if err != nil {
		return false, fmt.Errorf("release %s: %w", t, err)
	}
	return done, nil
}
