package sitting

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/engine/registration"
)

// ErrClosed refuses whoever comes after it is settled who sits the session: a seat of theirs would have no form.
var ErrClosed = errs.New(errs.Conflict, "session.closed", "本场次已不再接受报名和排座，请为考生另选场次")

// Until is the instant from which nobody applies for the session or gets a seat in it: that of the close, at the
// latest that at which the first component opens, for whoever came then would miss it.
func (n *Session) Until() time.Time {
	first := n.Theory.Opens
	for _, t := range []time.Time{n.Practical.Opens, n.Closed} {
		if !t.IsZero() && t.Before(first) {
			first = t
		}
	}
	return first
}

// Open returns nil while people may still apply and be seated, afterwards ErrClosed. A close counts by its mark and not
// by its instant: the clocks of two processes need not agree on which came first.
func (n *Session) Open(now time.Time) error {
	switch {
	case !n.Closed.IsZero():
		return ErrClosed.With("试卷已开始抽取")
	case !now.Before(n.Until()):
		return ErrClosed.With("考核时间已到")
	}
	return nil
}

// Close settles who sits the session, for the draw of its forms. Closing twice is harmless. The allotment of seats and
// the mark lie in one document: of a seating and a close at the same time, either the seats were allotted before and
// are drawn for, or the seating is ErrClosed.
func (s *Sittings) Close(ctx context.Context, by authz.Principal, id SessionID) error {
	if err := by.Require(authz.FormsDraw); err != nil {
		return err
	}
	now := s.clock.Now()
	_, err := s.change(ctx, by, id, func(n *Session) error {
		if !n.Closed.IsZero() {
			return engine.ErrUnchanged
		}
		n.Closed = now
		n.Trail.Add(now, by.Account, "session.closed", "")
		return nil
	})
	return err
}

// unfinished ends a seating that came after the close. What was allotted before it is still made when a kill had kept
// it from being made, and without those seats nothing can be drawn.
func (s *Sittings) unfinished(ctx context.Context, n *Session, closed error) error {
	seats, err := s.seats(ctx, n.ID)
	switch {
	case err != nil:
		return err
	case !n.made(seats):
		return engine.ErrUnchanged
	}
	return closed
}

// Target is the session as the registration desk knows it.
func (s *Sittings) Target(n *Session) registration.Target {
	return registration.Target{Session: string(n.ID), Name: n.Name, Site: n.Site, Org: n.Org, Level: n.Level, Day: s.day(n.Theory.Opens), Days: s.targetDays(n), Until: n.Until()}
}

// TargetOf is the session called id as the registration desk knows it; registration.ErrTarget where there is none.
func (s *Sittings) TargetOf(ctx context.Context, id string) (registration.Target, error) {
	n, err := s.ports.Sessions.LookAtSession(ctx, SessionID(id))
	switch {
	case errors.Is(err, ErrSession):
		return registration.Target{}, registration.ErrTarget
	case err != nil:
		return registration.Target{}, err
	}
	return s.Target(n), nil
}

// HasSeat reports whether the person was given a place in the session.
func (s *Sittings) HasSeat(ctx context.Context, id string, p engine.PersonID) (bool, error) {
	n, err := s.ports.Sessions.LookAtSession(ctx, SessionID(id))
	if err != nil {
		return false, err
	}
	return slices.Contains(n.Allotted, p), nil
}
