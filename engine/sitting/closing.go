package sitting

import (
	"context"
	"errors"
	"fmt"
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

// ErrUndecided refuses to close a session while applications wait, before the office has said that it knows: see LeaveUndecided.
var ErrUndecided = errs.New(errs.Conflict, "session.undecided", "还有报名没有办完，抽题以后不能再受理。请先审核；确实不再审核的，请勾选“我知道”以后再抽题")

// Requests counts the applications of a session that nobody has decided on; registration.QueueOf is it.
type Requests interface {
	Undecided(ctx context.Context, session string, now time.Time) (registration.Undecided, error)
}

// Undecided counts the applications that can no longer be accepted once the session is closed. Of a session that takes nobody any more
// there are none.
func (s *Sittings) Undecided(ctx context.Context, by authz.Principal, id SessionID) (u registration.Undecided, err error) {
	if err := by.Require(authz.FormsDraw); err != nil {
		return u, err
	}
	n, err := s.Session(ctx, by, id)
	if err != nil {
		return u, err
	}
	return s.undecided(ctx, n)
}

func (s *Sittings) undecided(ctx context.Context, n *Session) (registration.Undecided, error) {
	now := s.clock.Now()
	if s.ports.Requests == nil || n.Open(now) != nil {
		return registration.Undecided{}, nil
	}
	return s.ports.Requests.Undecided(ctx, string(n.ID), now)
}

// LeaveUndecided notes that the office closes the session although so many applications wait: their applicants are not taken. More than
// wait now is ErrUndecided, for nobody can know of them. The same again is harmless, and so is any after the close.
func (s *Sittings) LeaveUndecided(ctx context.Context, by authz.Principal, id SessionID, count int) error {
	if err := by.Require(authz.FormsDraw); err != nil {
		return err
	}
	n, err := s.Session(ctx, by, id)
	if err != nil || !n.Closed.IsZero() {
		return err
	}
	u, err := s.undecided(ctx, n)
	if err != nil {
		return err
	}
	if count < 0 || count > u.All() {
		return ErrUndecided.With("现在是 %d 份", u.All())
	}
	now := s.clock.Now()
	_, err = s.change(ctx, by, id, func(n *Session) error {
		if n.Leaving == count || !n.Closed.IsZero() {
			return engine.ErrUnchanged
		}
		n.Leaving = count
		n.Trail.Add(now, by.Account, "session.leaving", fmt.Sprintf("%d 份报名不再审核", count))
		return nil
	})
	return err
}

// Close settles who sits the session, for the draw of its forms. Closing twice is harmless. While more applications wait than the office
// said it leaves, it is ErrUndecided; one that comes in at the same moment may still be left behind. The allotment of seats and
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
		u, err := s.undecided(ctx, n)
		switch {
		case err != nil:
			return err
		case u.All() > n.Leaving:
			return ErrUndecided.With("%s", waiting(u))
		}
		n.Closed = now
		n.Trail.Add(now, by.Account, "session.closed", waiting(u))
		return nil
	})
	return err
}

// waiting says how many applications are not decided, "" for none.
func waiting(u registration.Undecided) string {
	if u.All() == 0 {
		return ""
	}
	return fmt.Sprintf("%d 份待审核，%d 份退回改正还没有再交", u.Waiting, u.Returned)
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
	return registration.Target{Session: string(n.ID), Name: n.Name, Site: n.Site, Org: n.Org, Level: n.Level, Day: s.day(n.Theory.Opens), Days: s.targetDays(n), Until: n.Until(),
		Quota: quota{s, n}, Orders: ordered{s, n}}
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

// Leave notes that an application was taken back by who may, and its applicant has no place; with one it is registration.ErrSeated. It
// and a seating write the same document: a seating that read the application before it was taken back is either seen here, or finds
// the session changed and reads again. The same again changes nothing.
func (s *Sittings) Leave(ctx context.Context, by authz.Principal, id registration.ApplicationID) error {
	a, err := s.desk.TakenBack(ctx, by, id)
	if err != nil {
		return err
	}
	now, note := s.clock.Now(), fmt.Sprintf("%s %s", a.Person, a.Request)
	_, err = engine.Modify(ctx, func(ctx context.Context) (*Session, error) {
		return s.ports.Sessions.Session(ctx, SessionID(a.Session))
	}, s.ports.Sessions.UpdateSession,
		func(n *Session) error {
			said := func(e engine.Event) bool { return e.Action == "session.left" && e.Note == note }
			switch {
			case slices.Contains(n.Allotted, a.Person):
				return registration.ErrSeated
			case slices.ContainsFunc(n.Trail, said):
				return engine.ErrUnchanged
			}
			n.Trail.Add(now, by.Account, "session.left", note)
			return nil
		})
	return err
}

// HasSeat reports whether the person was given a place in the session.
func (s *Sittings) HasSeat(ctx context.Context, id string, p engine.PersonID) (bool, error) {
	n, err := s.ports.Sessions.LookAtSession(ctx, SessionID(id))
	if err != nil {
		return false, err
	}
	return slices.Contains(n.Allotted, p), nil
}
