package sitting

import (
	"context"
	"slices"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/registration"
	"github.com/skillcert/skillcert/engine/separation"
)

// SeatLate seats one candidate after the close, whose application was accepted before it, as long as the theory window
// is open: see theory.Exams.Late, which gives them a reserve form. Doing it again returns the seat they have.
// Separation and the rooms' places hold as in SeatCandidates.
func (s *Sittings) SeatLate(ctx context.Context, by authz.Principal, id SessionID, p engine.PersonID) (*Seat, error) {
	if err := by.Require(authz.FormsDraw); err != nil {
		return nil, err
	}
	now := s.clock.Now()
	n, err := s.change(ctx, by, id, func(n *Session) error {
		switch {
		case slices.Contains(n.Allotted, p):
			return engine.ErrUnchanged
		case n.Closed.IsZero():
			return ErrSeatState.With("试卷尚未抽取，请直接排座")
		case !now.Before(n.Theory.Closes):
			return ErrClosed.With("考核时间已到")
		}
		if err := s.admissible(ctx, by, n, p); err != nil {
			return err
		}
		if err := s.place(ctx, n, []engine.PersonID{p}); err != nil {
			return err
		}
		if err := s.retakers(ctx, n); err != nil {
			return err
		}
		n.Trail.Add(now, by.Account, "session.seated-late", string(p))
		return nil
	})
	if err != nil {
		return nil, err
	}
	seats, err := s.makeSeats(ctx, by, n)
	if err != nil {
		return nil, err
	}
	return seats[slices.IndexFunc(seats, func(t *Seat) bool { return t.Candidate == p })], nil
}

// admissible reports whether a latecomer may have a seat. What they state of training and employment is recorded first, as when all
// are seated.
func (s *Sittings) admissible(ctx context.Context, by authz.Principal, n *Session, p engine.PersonID) error {
	accepted, err := s.desk.Accepted(ctx, string(n.ID))
	if err != nil {
		return err
	}
	own := slices.DeleteFunc(accepted, func(a *registration.Application) bool { return a.Person != p })
	if len(own) == 0 {
		return ErrSeatState.With("该考生没有已受理的报名")
	}
	if _, err := s.tieStated(ctx, by, n, own); err != nil {
		return err
	}
	findings, err := s.Separated(ctx, n, []engine.PersonID{p})
	if err != nil {
		return err
	}
	if slices.ContainsFunc(findings, func(f separation.Finding) bool { return f.Candidate == p }) {
		return ErrSeatState.With("考培分离规则不允许该考生参加本场次")
	}
	return s.roomFor(ctx, n, 1)
}
