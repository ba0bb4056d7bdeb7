package sitting

import (
	"context"
	"slices"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/separation"
)

// toward is what separation says of a duty toward everybody who may sit the session, but for what was waived.
func (s *Sittings) toward(ctx context.Context, n *Session, d Duty) ([]separation.Finding, error) {
	accepted, err := s.desk.Accepted(ctx, string(n.ID))
	if err != nil {
		return nil, err
	}
	candidates := make([]engine.PersonID, len(accepted))
	for i, a := range accepted {
		candidates[i] = a.Person
	}
	found, err := s.judge.On(s.day(n.Theory.Opens)).Findings(ctx, []separation.Subject{{Person: d.Person, Role: d.Role}}, candidates)
	return n.unwaived(found), err
}

// Separated is what separation says today of the body and of everybody on duty in n toward the candidates: a tie may have
// come to light since duties were assigned. It asks for no role: it is for other rooms.
func (s *Sittings) Separated(ctx context.Context, n *Session, candidates []engine.PersonID) ([]separation.Finding, error) {
	if len(candidates) == 0 {
		return nil, nil
	}
	found, err := s.judge.On(s.day(n.Theory.Opens)).Findings(ctx, n.subjects(), candidates)
	return n.unwaived(found), err
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

// Clear returns nil when nothing forbids the person the role toward the candidates of the session on the day, but for
// what was waived; else a *separation.Separated. It asks for no role: it is for other rooms.
func (s *Sittings) Clear(ctx context.Context, id SessionID, subject separation.Subject, candidates []engine.PersonID, on clock.Date) error {
	n, err := s.Get(ctx, id)
	if err != nil {
		return err
	}
	found, err := s.judge.On(on).Findings(ctx, []separation.Subject{subject}, candidates)
	if err != nil {
		return err
	}
	return separation.Refused(n.unwaived(found))
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
