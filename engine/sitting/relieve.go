package sitting

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/engine/separation"
)

// Relief (回避、撤换) is a duty that somebody was taken off before they did anything in it.
type Relief struct {
	Duty
	Reason string    `json:"reason"`
	By     string    `json:"by"`
	At     time.Time `json:"at"`
}

// Acts is what people did in a session that their names stand under.
type Acts struct {
	Examined map[engine.PersonID][]engine.PersonID // by candidate: whose sheets are asked for, once tasks are drawn
	Led      map[engine.PersonID][]engine.PersonID // by candidate: leaders who ruled, opened corrections, exchanged, prolonged or excluded
	Signed   []separation.Subject                  // seals of either component, as first or second person, in their role
	Excluded []Exclusion                           // by leaders, from practice; Place is not filled in
}

// subjects are all who did something, in the role in which they did.
func (a *Acts) subjects() (all []separation.Subject) {
	for role, of := range map[authz.Role]map[engine.PersonID][]engine.PersonID{authz.Examiner: a.Examined, authz.Leader: a.Led} {
		for _, persons := range of {
			for _, p := range persons {
				all = append(all, separation.Subject{Person: p, Role: role})
			}
		}
	}
	slices.SortFunc(all, func(a, b separation.Subject) int {
		return cmp.Or(cmp.Compare(a.Person, b.Person), cmp.Compare(a.Role, b.Role))
	})
	return append(slices.Compact(all), a.Signed...)
}

// signed reports whether the person put their name under a seal.
func (a *Acts) signed(p engine.PersonID) bool {
	return slices.ContainsFunc(a.Signed, func(s separation.Subject) bool { return s.Person == p })
}

// by reports whether the person did something of a kind to any candidate.
func by(of map[engine.PersonID][]engine.PersonID, p engine.PersonID) bool {
	for _, persons := range of {
		if slices.Contains(persons, p) {
			return true
		}
	}
	return false
}

// Acting knows what people did in a session; practical.Acts does.
type Acting interface {
	Acts(ctx context.Context, id SessionID) (*Acts, error)
}

// Refusals of taking somebody off duty.
var (
	ErrRelief      = errs.New(errs.Invalid, "relief.invalid", "撤换申请不正确")
	ErrNoDuty      = errs.New(errs.NotFound, "relief.no_duty", "此人没有这项岗位")
	ErrRelievedNow = errs.New(errs.Conflict, "relief.acted", "此人已在本场次履行职责，不能撤销岗位")
)

// Relieve takes a person off a duty (回避): one assigned by mistake, or tied to a candidate before anything was done. Whoever
// did something in the duty stays in it, for what they did is judged by their ties: an examiner whose sheets are asked for
// is first exchanged by the leader; a leader who did anything to a candidate, and whoever signed a seal, stays. Of what
// invigilators, markers and supervisors did nobody else is told, so they stay once the sitting has begun. Who acts at the
// same moment is off duty and found by their ties all the same: see Separated. Where the work is done there is nothing to be taken
// off from: ErrDutyOver.
func (s *Sittings) Relieve(ctx context.Context, by authz.Principal, id SessionID, off Duty, reason string) (*Session, error) {
	if err := by.Require(authz.StaffAssign); err != nil {
		return nil, err
	}
	if reason = strings.TrimSpace(reason); reason == "" || utf8.RuneCountInString(reason) > maxReason {
		return nil, ErrRelief.With("须写明原因，不超过%d字", maxReason)
	}
	now := s.clock.Now()
	return s.change(ctx, by, id, func(n *Session) error {
		is := func(d Duty) bool { return d.Person == off.Person && d.Role == off.Role && d.Room == off.Room }
		at := slices.IndexFunc(n.Duties, is)
		if at < 0 {
			if slices.ContainsFunc(n.Relieved, func(r Relief) bool { return is(r.Duty) }) {
				return engine.ErrUnchanged
			}
			return ErrNoDuty
		}
		d := n.Duties[at]
		acts, err := s.acts(ctx, n.ID)
		if err != nil {
			return err
		}
		if err := n.relievable(acts, d, now); err != nil {
			return err
		}
		over, err := s.finished(ctx, n, now)
		if err != nil {
			return err
		}
		if err := over.duty(d.Role); err != nil {
			return err
		}
		n.Duties = slices.Delete(n.Duties, at, at+1)
		n.Relieved = append(n.Relieved, Relief{Duty: d, Reason: reason, By: by.Account, At: now})
		n.Trail.AddBy(now, by, "duty.relieved", d.String()+"："+reason)
		return nil
	})
}

// relievable returns nil when nothing was done in the duty.
func (n *Session) relievable(acts *Acts, d Duty, now time.Time) error {
	theory := !now.Before(n.Theory.Opens)
	begun := theory || !n.Practical.Opens.IsZero() && !now.Before(n.Practical.Opens)
	switch {
	case d.Role == authz.Invigilator && theory:
		return ErrRelievedNow.With("考试已开始")
	case d.Role == authz.Marker && theory:
		return ErrRelievedNow.With("考试已开始，阅卷负责人此后的裁定和处理无法逐项核对；与考生有关联的，该考生的成绩由人力资源和社会保障局处理")
	case d.Role == authz.Supervisor && begun:
		return ErrRelievedNow.With("考试已开始，质量督导员此后对违纪、查分等的决定无法逐项核对；与考生有关联的，该考生的成绩由人力资源和社会保障局处理")
	case acts.signed(d.Person):
		return ErrRelievedNow.With("已签署成绩封存")
	case d.Role == authz.Leader && by(acts.Led, d.Person):
		return ErrRelievedNow.With("已对考生作过裁定、更正、更换考评员、延长评分或取消资格等处理")
	case d.Role == authz.Leader && slices.ContainsFunc(acts.Signed, func(s separation.Subject) bool { return s.Role == authz.Leader }):
		return ErrRelievedNow.With("操作技能成绩已封存，其后的查分由考评组长办理，无法逐项核对")
	case d.Role == authz.Examiner && by(acts.Examined, d.Person):
		return ErrRelievedNow.With("已分到考生，须先由考评组长在技能考核页面更换考评员")
	}
	return nil
}

func (s *Sittings) acts(ctx context.Context, id SessionID) (*Acts, error) {
	if s.ports.Acting == nil {
		return &Acts{}, nil
	}
	return s.ports.Acting.Acts(ctx, id)
}

// judged leaves out the findings about people who have nothing to do with the candidate. Until the session is closed or begins,
// and an examiner's until tasks are drawn, everybody on duty may come to do something to everybody.
func (s *Sittings) judged(ctx context.Context, n *Session, acts *Acts, found []separation.Finding) ([]separation.Finding, error) {
	begun := n.Open(s.clock.Now()) != nil
	rooms, err := s.roomsOf(ctx, n, begun, found)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(found, func(f separation.Finding) bool {
		only, examiners := n.Only[f.Candidate], acts.Examined[f.Candidate]
		onDuty := slices.ContainsFunc(n.Duties, func(d Duty) bool { return d.Person == f.Staff && d.Role == f.Role })
		switch {
		case f.Candidate == "":
			return false
		case f.Role == authz.Examiner && len(examiners) > 0:
			return !slices.Contains(examiners, f.Staff)
		case f.Role == authz.Examiner && begun:
			return only == engine.Theory
		case f.Role == authz.Marker && begun:
			return only == engine.Practical
		case f.Role == authz.Leader && begun && only == engine.Theory, f.Role == authz.Leader && !onDuty && !acts.signed(f.Staff):
			return !slices.Contains(acts.Led[f.Candidate], f.Staff)
		case f.Role == authz.Invigilator && begun:
			return only == engine.Practical || rooms != nil && !n.watches(f.Staff, rooms[f.Candidate])
		}
		return false
	}), nil
}

// roomsOf are the theory rooms of the candidates, nil where no finding asks for them: people are moved within their room only.
func (s *Sittings) roomsOf(ctx context.Context, n *Session, begun bool, found []separation.Finding) (map[engine.PersonID]RoomID, error) {
	if !begun || !slices.ContainsFunc(found, func(f separation.Finding) bool { return f.Role == authz.Invigilator }) {
		return nil, nil
	}
	seats, err := s.seats(ctx, n.ID)
	rooms := make(map[engine.PersonID]RoomID, len(seats))
	for _, t := range seats {
		rooms[t.Candidate] = t.Room
	}
	return rooms, err
}

// watches reports whether the person invigilates in the room; whoever has no room yet may come to sit in any.
func (n *Session) watches(p engine.PersonID, room RoomID) bool {
	return room == "" || slices.ContainsFunc(n.Duties, func(d Duty) bool { return d.Person == p && d.Role == authz.Invigilator && d.Room == room })
}
