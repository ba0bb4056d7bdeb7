package sitting

import (
	"context"
	"errors"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/clock"
)

// today is the calendar date in the policy's zone.
func (s *Sittings) today() clock.Date { return s.day(s.clock.Now()) }

// MayDraw returns nil when no measure against the session's body keeps forms or tasks from being drawn for it.
func (s *Sittings) MayDraw(ctx context.Context, n *Session) error {
	return s.unmeasured(ctx, engine.ActDraw, n)
}

// unmeasured returns nil when no measure against the session's body forbids the act for it today. A session of which somebody
// was let into a paper is under way, and is finished whatever was ordered since: candidates have nothing to do with it.
func (s *Sittings) unmeasured(ctx context.Context, act engine.Act, n *Session) error {
	body, err := s.people.Organisation(ctx, n.Org)
	switch {
	case errors.Is(err, engine.ErrOrg):
		return nil // nothing was ordered against a body that is not on record
	case err != nil:
		return err
	}
	refusal := body.Permits(act, s.today())
	if refusal == nil {
		return nil
	}
	seats, err := s.seats(ctx, n.ID)
	if err != nil {
		return err
	}
	for _, t := range seats {
		if !t.Released.IsZero() {
			return nil
		}
	}
	return refusal
}

// ordered are the measures against the body of a session, for registration.Orders.
type ordered struct {
	sittings *Sittings
	session  *Session
}

// Halting asks today and the days of both components.
func (o ordered) Halting(ctx context.Context) (*engine.Suspension, error) {
	body, err := o.sittings.people.Organisation(ctx, o.session.Org)
	if errors.Is(err, engine.ErrOrg) {
		return nil, nil // as in unmeasured
	}
	if err != nil {
		return nil, err
	}
	days := []clock.Date{o.sittings.today()}
	for _, day := range o.sittings.targetDays(o.session) {
		days = append(days, day)
	}
	return body.Forbids(engine.ActEnrol, append(days, o.sittings.day(o.session.Theory.Opens))...), nil
}
