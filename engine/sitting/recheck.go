package sitting

import (
	"context"
	"fmt"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/separation"
)

// Recheck is what asking separation anew came to.
type Recheck struct {
	Session  *Session
	Standing []separation.Finding // what forbids somebody something now, but for what was waived
	New      int                  // how many of them the session did not know
}

// Recheck (重新核对) asks separation of everybody on duty, and of the body, toward everybody who may sit the session, for a tie may
// come after both were placed. It is one question for the whole session. The session keeps what is found, as when an assignment is
// refused, so that it can be waived where its rule lets it; nobody is taken off a duty or a seat by it. Nothing new is harmless.
// Where all results stand and the certificates are out it is too late: ErrDutyOver.
func (s *Sittings) Recheck(ctx context.Context, by authz.Principal, id SessionID) (*Recheck, error) {
	if err := by.Require(authz.StaffAssign); err != nil {
		return nil, err
	}
	now := s.clock.Now()
	var r Recheck
	n, err := s.change(ctx, by, id, func(n *Session) error {
		over, err := s.settled(ctx, n)
		switch {
		case err != nil:
			return err
		case over:
			return finished{settled: true}.duty("")
		}
		if r.Standing, err = s.standing(ctx, n); err != nil {
			return err
		}
		before := len(n.Findings)
		if !n.note(r.Standing) {
			r.New = 0
			return engine.ErrUnchanged
		}
		r.New = len(n.Findings) - before
		n.Trail.AddBy(now, by, "separation.rechecked", fmt.Sprintf("新发现 %d 条", r.New))
		return nil
	})
	if err != nil {
		return nil, err
	}
	r.Session = n
	return &r, nil
}

// standing is what forbids somebody something toward those who may sit the session: until it is closed or begins everybody
// accepted, from then on who has a seat.
func (s *Sittings) standing(ctx context.Context, n *Session) ([]separation.Finding, error) {
	candidates := n.Allotted
	if n.Open(s.clock.Now()) == nil {
		var err error
		if candidates, err = s.applicants(ctx, n); err != nil {
			return nil, err
		}
	}
	return s.Separated(ctx, n, candidates)
}
