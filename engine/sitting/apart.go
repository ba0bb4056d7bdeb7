package sitting

import (
	"context"
	"errors"
	"slices"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/separation"
)

// toward is what separation says of a duty toward everybody who may sit the session, but for what was waived.
func (s *Sittings) toward(ctx context.Context, n *Session, d Duty) ([]separation.Finding, error) {
	candidates, err := s.applicants(ctx, n)
	if err != nil {
		return nil, err
	}
	return s.kept(ctx, n, s.day(n.Theory.Opens), []separation.Subject{{Person: d.Person, Role: d.Role}}, candidates)
}

// Separated is what separation says today of the body and of everybody on duty in n toward the candidates, and of everybody
// who had a hand in the paper: a tie may have come to light since duties were assigned. A finding without a candidate is
// about all of them. It asks for no role: it is for other rooms.
func (s *Sittings) Separated(ctx context.Context, n *Session, candidates []engine.PersonID) ([]separation.Finding, error) {
	if len(candidates) == 0 {
		return nil, nil
	}
	found, err := s.judge.On(s.day(n.Theory.Opens)).Findings(ctx, n.subjects(), candidates)
	if err != nil {
		return nil, err
	}
	made, err := s.authors(ctx, n, n.subjects(), candidates)
	return n.unwaived(append(found, made...)), err
}

// subjects are those whom separation keeps from candidates: the body, and everybody on duty, once each; a person has one
// role in a session, but may have it in several rooms.
func (n *Session) subjects() []separation.Subject {
	all := []separation.Subject{{Body: n.Org}}
	for _, d := range n.Duties {
		if s := (separation.Subject{Person: d.Person, Role: d.Role}); !slices.Contains(all, s) {
			all = append(all, s)
		}
	}
	return all
}

// Clear returns nil when nothing forbids the person the role toward the candidates of the session on the day, and they had no
// hand in its paper, but for what was waived; else a *separation.Separated. It asks for no role: it is for other rooms.
func (s *Sittings) Clear(ctx context.Context, id SessionID, subject separation.Subject, candidates []engine.PersonID, on clock.Date) error {
	n, err := s.Get(ctx, id)
	if err != nil {
		return err
	}
	found, err := s.kept(ctx, n, on, []separation.Subject{subject}, candidates)
	if err != nil {
		return err
	}
	return separation.Refused(found)
}

// ClearToSign returns nil when nothing forbids the acting person to put their name under the results of the session: a
// leader, a marker or a quality supervisor who is tied to one of the candidates signs for none of them.
func (s *Sittings) ClearToSign(ctx context.Context, by authz.Principal, id SessionID, role authz.Role) error {
	n, err := s.Get(ctx, id)
	if err != nil {
		return err
	}
	return s.Clear(ctx, id, separation.Subject{Person: engine.PersonID(by.Person), Role: role}, n.Allotted, s.day(s.clock.Now()))
}

// unwaived are the findings that still forbid something.
func (n *Session) unwaived(found []separation.Finding) []separation.Finding {
	return slices.DeleteFunc(found, n.waived)
}

// note adds findings that the session does not have yet and reports whether there were any.
func (n *Session) note(findings []separation.Finding) bool {
	known := map[string]bool{}
	for _, f := range n.Findings {
		known[f.Key()] = true
	}
	before := len(n.Findings)
	for _, f := range findings {
		if !known[f.Key()] {
			known[f.Key()] = true
			n.Findings = append(n.Findings, f)
		}
	}
	return len(n.Findings) > before
}

// Proposals returns who of the pool may take a duty in the session: fit for it, not served too often in a row at the
// site, and tied to no applicant. They stand in the order of the pool. It is what a refused assignment is answered with.
func (s *Sittings) Proposals(ctx context.Context, by authz.Principal, id SessionID, role authz.Role, room RoomID, pool []engine.PersonID) ([]engine.PersonID, error) {
	if err := by.Require(authz.StaffAssign); err != nil {
		return nil, err
	}
	n, err := s.own(ctx, by, id)
	if err != nil {
		return nil, err
	}
	fit, err := s.fitting(ctx, n, role, room, pool)
	if err != nil || len(fit) == 0 {
		return nil, err
	}
	candidates, err := s.applicants(ctx, n)
	if err != nil {
		return nil, err
	}
	found, err := s.kept(ctx, n, s.day(n.Theory.Opens), fit, candidates)
	if err != nil {
		return nil, err
	}
	tied := map[engine.PersonID]bool{}
	for _, f := range found {
		tied[f.Staff] = true
	}
	var free []engine.PersonID
	for _, f := range fit {
		if !tied[f.Person] {
			free = append(free, f.Person)
		}
	}
	return free, nil
}

// fitting are those of the pool whom neither the session nor rotation refuses the duty.
func (s *Sittings) fitting(ctx context.Context, n *Session, role authz.Role, room RoomID, pool []engine.PersonID) (fit []separation.Subject, err error) {
	for _, p := range pool {
		d := Duty{Person: p, Role: role, Room: room}
		if n.admits(d) != nil {
			continue
		}
		switch err := s.rotates(ctx, n, d); {
		case errors.Is(err, ErrServedEnough):
		case err != nil:
			return nil, err
		default:
			fit = append(fit, separation.Subject{Person: p, Role: role})
		}
	}
	return fit, nil
}

// applicants are all who may sit the session, seated or not.
func (s *Sittings) applicants(ctx context.Context, n *Session) ([]engine.PersonID, error) {
	accepted, err := s.desk.Accepted(ctx, string(n.ID))
	candidates := make([]engine.PersonID, len(accepted))
	for i, a := range accepted {
		candidates[i] = a.Person
	}
	return candidates, err
}
