package sitting

import (
	"context"
	"slices"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/engine/people"
	"github.com/skillcert/skillcert/engine/separation"
	"github.com/skillcert/skillcert/engine/sitting/staffing"
)

// Colleague is a member of staff who may be proposed for duties, with the roles that their sign-in has.
type Colleague struct {
	Person engine.PersonID
	Name   string
	Roles  []authz.Role
}

// StaffProposal (人员安排建议) fills the duties of sessions as far as staff and rules let it. Nothing is assigned by it.
type StaffProposal struct {
	Duties []ProposedDuty
	Short  []Shortage
}

// ProposedDuty is one duty of one session.
type ProposedDuty struct {
	Session SessionID
	Duty
}

// Shortage is a duty for which somebody is missing, and why those who have the role cannot take it. One person is counted
// under the first reason that fits.
type Shortage struct {
	Session SessionID
	Role    authz.Role
	Room    RoomID
	Need    int // still needed, all of them
	Missing int // of these

	Holders int // of the staff who have the role
	Busy    int // on duty at the same time
	Served  int // too often in a row at the site
	Tied    int // to an applicant, or to the paper

	Uncalibrated int // examiners whose calibration is missing or ran out, where the policy requires one
}

// opening is a duty that needs people.
type opening struct {
	session *Session
	role    authz.Role
	room    RoomID
	need    int

	holders, busy, served, tied, uncalibrated int
}

// Costs of a proposal: a group that changes is worth more than an even load.
const (
	costAgain = 1000 // was at the site the turn before
	costTurn  = 10   // for every turn in a row
)

// ProposeStaff proposes staff for what sessions of a body still need: at least the policy's invigilators in every theory
// room and examiners at every station, a leader, a marker and a supervisor. It judges everybody toward everybody who may
// sit, as Assign does, counts turns, gives nobody two duties at a time, and takes who was not there the last turn first, so
// that as much of a group changes as can. The sessions are taken to be at the same time. What cannot be filled is said
// with its reasons.
func (s *Sittings) ProposeStaff(ctx context.Context, by authz.Principal, ids []SessionID, pool []Colleague) (*StaffProposal, error) {
	if err := by.Require(authz.StaffAssign); err != nil {
		return nil, err
	}
	if ids = unique(ids); len(ids) > maxProposed {
		return nil, ErrTooManyProposed.With("最多%d个", maxProposed)
	}
	var openings []*opening
	for _, id := range ids {
		n, err := s.own(ctx, by, id)
		if err != nil {
			return nil, err
		}
		needed, err := s.openings(ctx, n)
		if err != nil {
			return nil, err
		}
		openings = append(openings, needed...)
	}
	all, err := engine.All(ctx, s.ports.Sessions.SessionList)
	if err != nil {
		return nil, err
	}
	same, err := s.people.Sameness(ctx)
	if err != nil {
		return nil, err
	}
	pool = oneDocument(pool, same)
	cost, err := s.eligible(ctx, openings, pool, everything{all, same})
	if err != nil {
		return nil, err
	}
	return proposal(openings, pool, cost), nil
}

// maxProposed bounds the sessions of one proposal: those of a day or two.
const maxProposed = 20

// ErrTooManyProposed refuses a proposal for very many sessions.
var ErrTooManyProposed = errs.New(errs.Invalid, "staff.many", "一次安排的场次过多，请分批办理")

// unique are the ids without repetitions, in their order.
func unique(ids []SessionID) (kept []SessionID) {
	for _, id := range ids {
		if !slices.Contains(kept, id) {
			kept = append(kept, id)
		}
	}
	return kept
}

// openings are what a session needs beside those who are on duty.
func (s *Sittings) openings(ctx context.Context, n *Session) (all []*opening, err error) {
	applicants, err := s.applicants(ctx, n)
	if err != nil {
		return nil, err
	}
	seats := fill(n.Rooms, engine.Theory, max(len(applicants), len(n.Allotted)), func(Chair) bool { return true })
	over, err := s.finished(ctx, n, s.clock.Now())
	if err != nil {
		return nil, err
	}
	add := func(role authz.Role, room RoomID, need int) {
		if over.duty(role) != nil {
			return
		}
		for _, d := range n.Duties {
			if d.Role == role && d.Room == room {
				need--
			}
		}
		if need > 0 {
			all = append(all, &opening{session: n, role: role, room: room, need: need})
		}
	}
	for _, r := range n.Rooms {
		if r.Component == engine.Practical {
			add(authz.Examiner, r.ID, s.policy.Practical.MinExaminers)
			continue
		}
		sit := 0
		for _, c := range seats {
			if c.Room == r.ID {
				sit++
			}
		}
		add(authz.Invigilator, r.ID, s.policy.Rooms.Needed(sit))
	}
	for _, role := range []authz.Role{authz.Leader, authz.Marker, authz.Supervisor} {
		add(role, "", 1)
	}
	return all, nil
}

// oneDocument is the pool with everybody in it once: who is there under two documents serves under the first of them.
func oneDocument(pool []Colleague, same people.Sameness) (kept []Colleague) {
	there := map[engine.PersonID]bool{}
	for _, p := range pool {
		if human := same.First(p.Person); !there[human] {
			there[human] = true
			kept = append(kept, p)
		}
	}
	return kept
}

// busyIn are those on duty in a session that overlaps one of the openings', that one itself included, each by the document
// that stands for them: people.Sameness.First.
func busyIn(all []*Session, openings []*opening, same people.Sameness) map[engine.PersonID]bool {
	busy := map[engine.PersonID]bool{}
	for _, o := range all {
		if !slices.ContainsFunc(openings, func(p *opening) bool { return o.ID == p.session.ID || o.overlaps(p.session) }) {
			continue
		}
		for _, d := range o.Duties {
			busy[same.First(d.Person)] = true
		}
	}
	return busy
}

func (n *Session) overlaps(o *Session) bool {
	for _, a := range []clock.Window{n.Theory, n.Practical} {
		if a.Overlaps(o.Theory) || a.Overlaps(o.Practical) {
			return true
		}
	}
	return false
}

// everything is all sessions that there are, and who counts as one human.
type everything struct {
	sessions []*Session
	same     people.Sameness
}

// eligible returns the cost of everybody who may take an opening, by its place, and counts why the others may not.
func (s *Sittings) eligible(ctx context.Context, openings []*opening, pool []Colleague, e everything) ([]map[engine.PersonID]int, error) {
	all, busy, rule := make([]map[engine.PersonID]int, len(openings)), busyIn(e.sessions, openings, e.same), s.policy.Ties.Rotation
	for i, o := range openings {
		at := s.turnsAmong(e.sessions, o.session, e.same)
		all[i] = map[engine.PersonID]int{}
		var asked []separation.Subject
		not, err := s.uncalibrated(ctx, o.session, o.role, holders(pool, o.role))
		if err != nil {
			return nil, err
		}
		for _, p := range pool {
			if !slices.Contains(p.Roles, o.role) {
				continue
			}
			o.holders++
			_, out := not[p.Person]
			switch {
			case busy[e.same.First(p.Person)]:
				o.busy++
			case out:
				o.uncalibrated++
			case at.rotates(rule, Duty{Person: p.Person, Name: p.Name, Role: o.role, Room: o.room}) != nil:
				o.served++
			default:
				all[i][p.Person] = at.cost(rule, o.role, p.Person)
				asked = append(asked, separation.Subject{Person: p.Person, Role: o.role})
			}
		}
		if err := s.withoutTied(ctx, o, asked, all[i]); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// holders are those of the pool who have a role.
func holders(pool []Colleague, role authz.Role) (persons []engine.PersonID) {
	for _, p := range pool {
		if slices.Contains(p.Roles, role) {
			persons = append(persons, p.Person)
		}
	}
	return persons
}

// withoutTied takes those out who are tied to somebody who may sit the session, or had a hand in its paper.
func (s *Sittings) withoutTied(ctx context.Context, o *opening, asked []separation.Subject, may map[engine.PersonID]int) error {
	if len(asked) == 0 {
		return nil
	}
	applicants, err := s.applicants(ctx, o.session)
	if err != nil {
		return err
	}
	found, err := s.kept(ctx, o.session, asked, applicants)
	for _, f := range found {
		if _, still := may[f.Staff]; still {
			o.tied++
			delete(may, f.Staff)
		}
	}
	return err
}

// cost is what it costs to have somebody serve once more at the site.
func (t turns) cost(r engine.RotationRule, role authz.Role, p engine.PersonID) int {
	if !slices.Contains(r.Roles, role) {
		return 0
	}
	n := costTurn * t.running(p)
	if t.again(p) {
		n += costAgain
	}
	return n
}

// proposal fills the openings with those of the pool who may take them, at the least cost.
func proposal(openings []*opening, pool []Colleague, may []map[engine.PersonID]int) *StaffProposal {
	needs := make([]int, len(openings))
	for i, o := range openings {
		needs[i] = o.need
	}
	solved := staffing.Solve(staffing.Problem{Persons: len(pool), Needs: needs,
		May:  func(p, o int) bool { _, ok := may[o][pool[p].Person]; return ok },
		Cost: func(p, o int) int { return may[o][pool[p].Person] }})
	out := &StaffProposal{}
	for i, o := range openings {
		for p, at := range solved.Duty {
			if at == i {
				out.Duties = append(out.Duties, ProposedDuty{o.session.ID, Duty{Person: pool[p].Person, Name: pool[p].Name, Role: o.role, Room: o.room}})
			}
		}
		if missing := solved.Short[i]; missing > 0 {
			out.Short = append(out.Short, Shortage{Session: o.session.ID, Role: o.role, Room: o.room, Need: o.need, Missing: missing,
				Holders: o.holders, Busy: o.busy, Served: o.served, Tied: o.tied, Uncalibrated: o.uncalibrated})
		}
	}
	return out
}
