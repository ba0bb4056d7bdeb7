package sitting

import (
	"context"
	"slices"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/registration"
)

// quota is what the body of a session may examine of its work in the year of the session.
type quota struct {
	s *Sittings
	n *Session
}

// Places reads the body's sessions of the year that the same filings are for: in each hold a place whoever has a seat and, before it is closed, whoever was
// accepted. The year is that of the theory component, in the policy's zone.
func (q quota) Places(ctx context.Context) (*registration.Places, error) {
	body, err := q.s.people.Organisation(ctx, q.n.Org)
	if err != nil {
		return nil, err
	}
	day := q.s.day(q.n.Theory.Opens)
	allowed, err := body.Allowance(engine.CareWork(q.n.Level, q.n.Province, day))
	if err != nil {
		return nil, err
	}
	all, err := engine.All(ctx, q.s.ports.Sessions.SessionList)
	if err != nil {
		return nil, err
	}
	held := map[registration.ApplicationID]bool{}
	for _, n := range all {
		if n.Org != q.n.Org || q.s.day(n.Theory.Opens).Year != day.Year || !allowed.Takes(n.Level, n.Province) {
			continue
		}
		for _, p := range n.Allotted {
			held[registration.ApplicationOf(string(n.ID), p)] = true
		}
		if n.Open(q.s.clock.Now()) != nil {
			continue
		}
		accepted, err := q.s.desk.Accepted(ctx, string(n.ID))
		if err != nil {
			return nil, err
		}
		for _, a := range accepted {
			held[a.ID] = true
		}
	}
	return registration.NewPlaces(allowed.Capacity, held), nil
}

// hasPlaces refuses a session for which no place of the year is left: nobody could be accepted for it. One that is there already
// is not asked again.
func (s *Sittings) hasPlaces(ctx context.Context, n Session) error {
	places, err := quota{s, &n}.Places(ctx)
	if err != nil || places.Left() > 0 {
		return err
	}
	all, err := engine.All(ctx, s.ports.Sessions.SessionList)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(all, func(o *Session) bool { return o.Plan == n.Plan && o.Level == n.Level && o.Name == n.Name }) {
		return nil
	}
	return ErrFull.With("%d年度备案的评价人数已经受理满额，不能再安排场次。请安排到下一年度，或先变更备案", s.day(n.Theory.Opens).Year)
}
