package sitting

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/engine/registration"
)

// Refusals about who takes one component.
var (
	ErrRetakeLate = errs.New(errs.Conflict, "retake.late", "考试已开始或试卷已抽取，不能再改为只考一科")
	ErrNotTaken   = errs.New(errs.Conflict, "seat.not_taken", "该考生本场不考这一科（成绩保留），不用签到")
)

// OnlyTaken is who takes one component of a session only, and which; the empty component says that it was taken back.
type OnlyTaken map[engine.PersonID]engine.Component

// Takes reports whether the candidate takes the component in this session.
func (t *Seat) Takes(c engine.Component) bool { return t.Only == "" || t.Only == c }

// DayOf is the day on which the component is taken, in the zone: a kept pass of the other one has to stand on it.
func (n *Session) DayOf(c engine.Component, zone *time.Location) clock.Date {
	if c == engine.Practical && !n.Practical.Opens.IsZero() {
		return clock.DateOf(n.Practical.Opens, zone)
	}
	return clock.DateOf(n.Theory.Opens, zone)
}

// made reports whether the seats are all of those that the session allotted, and say of everybody what they take.
func (n *Session) made(seats []*Seat) bool {
	return len(seats) >= len(n.Allotted) && !slices.ContainsFunc(seats, n.differs)
}

// differs reports whether the seat does not say yet what the session has its candidate take. Seats of before there was such
// a list speak for themselves.
func (n *Session) differs(t *Seat) bool {
	c, said := n.Only[t.Candidate]
	return said && c != t.Only
}

// Taking lists the seats of those who take the component, to another room: all others neither get a form or a task of it
// nor stand in its seal. As SeatsOf it is ErrSeating while seats are made.
func (s *Sittings) Taking(ctx context.Context, id SessionID, c engine.Component) ([]*Seat, error) {
	seats, err := s.SeatsOf(ctx, id)
	return slices.DeleteFunc(seats, func(t *Seat) bool { return !t.Takes(c) }), err
}

// retakers writes into the session who of those with a seat applied to take one component.
func (s *Sittings) retakers(ctx context.Context, n *Session) error {
	accepted, err := s.desk.Accepted(ctx, string(n.ID))
	if err != nil {
		return err
	}
	for _, a := range accepted {
		if _, said := n.Only[a.Person]; !said && a.Only != "" && slices.Contains(n.Allotted, a.Person) {
			n.takeOnly(a.Person, a.Only)
		}
	}
	return nil
}

func (n *Session) takeOnly(p engine.PersonID, c engine.Component) {
	if n.Only = maps.Clone(n.Only); n.Only == nil {
		n.Only = OnlyTaken{}
	}
	n.Only[p] = c
}

// TakeOnly says that a candidate takes one component only (补考), because a pass of the other is kept; the empty component
// takes it back. It is for the exam office, while the session is open: before forms are drawn and before either component
// begins (ErrRetakeLate), and for practice before the candidate's tasks are dealt. Where nothing is kept on the day it is
// registration.ErrNotKept. The session says it first, in one document with its close, and the seat after it; the same
// command again, or seating again, completes what was cut off, and until then nobody draws: ErrSeating.
func (s *Sittings) TakeOnly(ctx context.Context, by authz.Principal, id SessionID, t Ticket, c engine.Component) (*Seat, error) {
	if err := by.Require(authz.PlanWrite); err != nil {
		return nil, err
	}
	var wrong errs.Check
	wrong.That(c == "" || c == engine.Theory || c == engine.Practical, "component", "unknown", "请选择补考的科目")
	if err := wrong.Err(ErrSessionInput); err != nil {
		return nil, err
	}
	now := s.clock.Now()
	n, err := s.change(ctx, by, id, func(n *Session) error {
		seat, err := s.seatIn(ctx, n, t)
		if err != nil {
			return err
		}
		return s.mayTakeOnly(ctx, by, n, seat, c, now)
	})
	if err != nil {
		return nil, err
	}
	if err := s.setOnly(ctx, by, n, t, now); err != nil {
		return nil, err
	}
	return s.seatIn(ctx, n, t)
}

// seatIn is the seat of a ticket of the session; another's is ErrTicket.
func (s *Sittings) seatIn(ctx context.Context, n *Session, t Ticket) (*Seat, error) {
	seat, err := s.ports.Seats.Seat(ctx, t)
	if err == nil && seat.Session != n.ID {
		return nil, ErrTicket
	}
	return seat, err
}

// mayTakeOnly writes into the session what the candidate of the seat takes, if that may still be said.
func (s *Sittings) mayTakeOnly(ctx context.Context, by authz.Principal, n *Session, seat *Seat, c engine.Component, now time.Time) error {
	was, said := n.Only[seat.Candidate]
	if !said {
		was = seat.Only
	}
	switch {
	case was == c:
		return engine.ErrUnchanged
	case n.Open(now) != nil:
		return ErrRetakeLate
	}
	if c == engine.Theory {
		acts, err := s.acts(ctx, n.ID)
		if err != nil {
			return err
		}
		if _, dealt := acts.Examined[seat.Candidate]; dealt {
			return ErrRetakeLate.With("操作技能试题已抽取")
		}
	}
	if c != "" {
		if err := s.desk.MayRetake(ctx, seat.Candidate, s.Target(n), c); err != nil {
			return err
		}
	}
	n.takeOnly(seat.Candidate, c)
	n.Trail.AddBy(now, by, "session.retake", string(seat.Ticket)+" "+string(c))
	return nil
}

// setOnly has the seat say what the session has its candidate take. Who takes no practice is at no station.
func (s *Sittings) setOnly(ctx context.Context, by authz.Principal, n *Session, t Ticket, now time.Time) error {
	_, err := engine.Modify(ctx, func(ctx context.Context) (*Seat, error) { return s.ports.Seats.Seat(ctx, t) }, s.ports.Seats.UpdateSeat,
		func(seat *Seat) error {
			if !n.differs(seat) {
				return engine.ErrUnchanged
			}
			seat.Only = n.Only[seat.Candidate]
			if i := slices.Index(n.Allotted, seat.Candidate); i >= 0 {
				seat.Station = s.seating(n)[i].Station
			}
			seat.Trail.AddBy(now, by, "seat.retake", string(seat.Only))
			return nil
		})
	return err
}

// targetDays are the days on which the components are taken.
func (s *Sittings) targetDays(n *Session) registration.Days {
	zone := s.policy.Location()
	return registration.Days{engine.Theory: n.DayOf(engine.Theory, zone), engine.Practical: n.DayOf(engine.Practical, zone)}
}
