package sitting

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/errs"
)

// Refusals about who comes late.
var (
	ErrLate = errs.New(errs.Conflict, "seat.late", "已过规定的入场时间，须由考务人员写明原因批准入场")
	ErrWhy  = errs.New(errs.Invalid, "seat.why", "须写明原因")
)

// LateFrom is the instant from which whoever comes is late: so many minutes after the opening as the policy says, never
// after the end. Where it says none, nobody is late before the end.
func (n *Session) LateFrom(p engine.RoomPolicy) time.Time {
	limit := n.Theory.Opens.Add(time.Duration(p.LateMinutes) * time.Minute)
	if p.LateMinutes == 0 || limit.After(n.Theory.Closes) {
		return n.Theory.Closes
	}
	return limit
}

// AbsentAt reports whether the candidate counts as absent (缺考): not checked in by the late limit, or by the end when
// they were admitted to come late. Misconduct is not absence, and who does not take theory here (不考本科) is never missed.
func (t *Seat) AbsentAt(n *Session, p engine.RoomPolicy, now time.Time) bool {
	limit := n.LateFrom(p)
	if !t.Admitted.IsZero() {
		limit = n.Theory.Closes
	}
	return t.Takes(engine.Theory) && t.CheckedIn.IsZero() && t.Voided.IsZero() && !now.Before(limit)
}

// AdmitLate lets a candidate be checked in after the late limit, up to the end of the window; the clock adds nothing for
// them. The exam office of the body decides it, not the room, and says why; it may before the candidate comes. Admitting
// twice is harmless: the first reason stays. A ticket of another session is ErrTicket.
func (s *Sittings) AdmitLate(ctx context.Context, by authz.Principal, id SessionID, t Ticket, reason string) (*Seat, error) {
	if err := by.Require(authz.PlanWrite); err != nil {
		return nil, err
	}
	n, err := s.own(ctx, by, id)
	if err != nil {
		return nil, err
	}
	now, reason := s.clock.Now(), strings.TrimSpace(reason)
	read := func(ctx context.Context) (*Seat, error) {
		seat, err := s.ports.Seats.Seat(ctx, t)
		if err == nil && seat.Session != id {
			return nil, ErrTicket
		}
		return seat, err
	}
	return engine.Modify(ctx, read, s.ports.Seats.UpdateSeat, func(seat *Seat) error {
		w, err := s.admission(ctx, n, Place{seat.Room, t}, now)
		switch {
		case err != nil:
			return err
		case !now.Before(w.Closes):
			return ErrSeatState.With("考试时间已过")
		case !seat.Admitted.IsZero(), !seat.CheckedIn.IsZero():
			return engine.ErrUnchanged
		case !seat.Voided.IsZero():
			return ErrSeatState.With("已按违纪取消考试资格")
		case reason == "" || utf8.RuneCountInString(reason) > maxReason:
			return ErrWhy.With("不超过%d字", maxReason)
		}
		seat.Admitted = now
		seat.Trail.AddBy(now, by, "seat.admitted_late", reason)
		return nil
	})
}
