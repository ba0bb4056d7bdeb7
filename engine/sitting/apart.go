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
	candidates, err := s.applicants(ctx, n)
	if err != nil {
		return nil, err
	}
	return s.kept(ctx, n, []separation.Subject{{Person: d.Person, Role: d.Role}}, candidates)
}

// findings are what separation says on the days of the sitting: where practice comes on a later day than theory, a tie that
// began in between counts, and so does one that is too old by then.
func (s *Sittings) findings(ctx context.Context, n *Session, subjects []separation.Subject, candidates []engine.PersonID) ([]separation.Finding, error) {
	return n.ask(ctx, s.judge.On(s.day(n.Theory.Opens), s.day(n.Practical.Opens)), subjects, candidates)
}

// ask adds, where a finding was waived, what stands between the same two besides.
func (n *Session) ask(ctx context.Context, q *separation.Question, subjects []separation.Subject, candidates []engine.PersonID) ([]separation.Finding, error) {
	found, err := q.Findings(ctx, subjects, candidates)
	for _, f := range slices.Clone(found) {
		if err != nil || !n.waived(f) {
			continue
		}
		var other separation.Finding
		var more bool
		known := func(g separation.Finding) bool { return g.Key() == other.Key() }
		if other, more, err = q.Beside(ctx, f, n.waived); more && !slices.ContainsFunc(found, known) {
			found = append(found, other)
		}
	}
	return found, err
}

// Separated is what separation says today of the body and of everybody on duty in n toward the candidates, and of everybody
// who had a hand in the paper: a tie may have come to light since duties were assigned. Whoever did something in n is asked
// about whether they are on duty or not: somebody may be taken off duty in the moment in which they act. A finding without a
// candidate is about all of them. Who has nothing to do with a candidate is not held against them: examiners of others,
// invigilators of other rooms. It asks for no role: it is for other rooms.
func (s *Sittings) Separated(ctx context.Context, n *Session, candidates []engine.PersonID) ([]separation.Finding, error) {
	if len(candidates) == 0 {
		return nil, nil
	}
	acts, err := s.acts(ctx, n.ID)
	if err != nil {
		return nil, err
	}
	subjects := n.subjects(acts)
	found, err := s.findings(ctx, n, subjects, candidates)
	if err != nil {
		return nil, err
	}
	made, err := s.authors(ctx, n, subjects, candidates)
	if err != nil {
		return nil, err
	}
	return s.judged(ctx, n, acts, n.unwaived(append(found, made...)))
}

// subjects are those whom separation keeps from candidates: the body, everybody on duty and everybody who did something, once
// each; a person has one role in a session, but may have it in several rooms.
func (n *Session) subjects(acts *Acts) []separation.Subject {
	all := []separation.Subject{{Body: n.Org}}
	add := func(s separation.Subject) {
		if s.Person != "" && !slices.Contains(all, s) {
			all = append(all, s)
		}
	}
	for _, d := range n.Duties {
		add(separation.Subject{Person: d.Person, Role: d.Role})
	}
	for _, s := range acts.subjects() {
		add(s)
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
	found, err := n.ask(ctx, s.judge.On(on), []separation.Subject{subject}, candidates)
	if err != nil {
		return err
	}
	if found, err = s.alsoAuthors(ctx, n, []separation.Subject{subject}, found); err != nil {
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

// maxNoted bounds the findings of a hard rule that a session keeps of one person or body: the owner of a school is tied to
// each of its pupils, and one path says it as well as three thousand. Those of a soft rule are all kept, for only what is kept
// can be waived; there are no more of them than chains to candidates who applied.
const maxNoted = 20

// about is whom and which rule a finding is about.
func about(f separation.Finding) string {
	f.Candidate = ""
	return f.Pair()
}

// note adds findings that the session does not have yet and reports whether there were any.
func (n *Session) note(findings []separation.Finding) bool {
	before, known, kept := len(n.Findings), map[string]bool{}, map[string]int{}
	for _, f := range n.Findings {
		known[f.Key()] = true
		kept[about(f)]++
	}
	for _, f := range findings {
		if !known[f.Key()] && (f.Soft || kept[about(f)] < maxNoted) {
			known[f.Key()] = true
			kept[about(f)]++
			n.Findings = append(n.Findings, f)
		}
	}
	return len(n.Findings) > before
}

// Proposals returns who of the pool may take a duty in the session: their account can do its work, they are fit for it, did not serve
// too often in a row at the site, and are tied to nobody who may sit it and to no hand in its paper. Who has a duty in the session
// already, and who alone of the pool can take another one that it still lacks, is among them only where nobody else is.
func (s *Sittings) Proposals(ctx context.Context, by authz.Principal, id SessionID, role authz.Role, room RoomID, pool []Colleague) ([]Colleague, error) {
	if err := by.Require(authz.StaffAssign); err != nil {
		return nil, err
	}
	n, err := s.own(ctx, by, id)
	if err != nil {
		return nil, err
	}
	at, err := s.turnsAt(ctx, n)
	if err != nil {
		return nil, err
	}
	not, err := s.uncalibrated(ctx, n, role, holders(pool, role))
	if err != nil {
		return nil, err
	}
	var fit []separation.Subject
	for _, p := range holders(pool, role) {
		d := Duty{Person: p, Role: role, Room: room}
		if _, is := not[p]; !is && n.admits(d, at.same) == nil && at.rotates(s.policy.Ties.Rotation, d) == nil {
			fit = append(fit, separation.Subject{Person: p, Role: role})
		}
	}
	if len(fit) == 0 {
		return nil, nil
	}
	candidates, err := s.applicants(ctx, n)
	if err != nil {
		return nil, err
	}
	found, err := s.kept(ctx, n, fit, candidates)
	if err != nil {
		return nil, err
	}
	may := map[engine.PersonID]bool{}
	for _, f := range fit {
		may[f.Person] = !slices.ContainsFunc(found, func(g separation.Finding) bool { return g.Staff == f.Person })
	}
	free := slices.DeleteFunc(slices.Clone(pool), func(p Colleague) bool { return !may[p.Person] })
	if spare := slices.DeleteFunc(slices.Clone(free), func(p Colleague) bool { return n.needs(p, pool, role) }); len(spare) > 0 {
		return spare, nil
	}
	return free, nil
}

// needs reports whether the session has p on duty already, or lacks a duty of the whole session, other than in role, that p alone of
// the pool can take.
func (n *Session) needs(p Colleague, pool []Colleague, role authz.Role) bool {
	if slices.ContainsFunc(n.Duties, func(d Duty) bool { return d.Person == p.Person }) {
		return true
	}
	for other, component := range dutyRooms {
		if component != "" || other == role || slices.ContainsFunc(n.Duties, func(d Duty) bool { return d.Role == other }) {
			continue
		}
		if can := holders(pool, other); len(can) == 1 && can[0] == p.Person {
			return true
		}
	}
	return false
}

// applicants are all who may sit the session: who has a place, whatever became of the application, and who is accepted.
func (s *Sittings) applicants(ctx context.Context, n *Session) ([]engine.PersonID, error) {
	accepted, err := s.desk.Accepted(ctx, string(n.ID))
	candidates := slices.Clone(n.Allotted)
	for _, a := range waitingFor(n, accepted) {
		candidates = append(candidates, a.Person)
	}
	return candidates, err
}
