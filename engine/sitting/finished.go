package sitting

import (
	"context"
	"slices"
	"time"

	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/engine/separation"
)

// Settling knows whether everything that a session was held for is done: its results are final, nobody's waits for anything,
// and every pass has its certificate. certs.Settling does.
type Settling interface {
	Settled(ctx context.Context, id SessionID) (bool, error)
}

// Telling has s ask whether sessions are settled: who knows it needs s first. Until then none is.
func (s *Sittings) Telling(by Settling) *Sittings {
	s.settling = by
	return s
}

// Refusals of what comes too late.
var (
	ErrDutyOver   = errs.New(errs.Conflict, "duty.over", "这个岗位的工作已经结束，不再安排或者撤下人员")
	ErrWaiverOver = errs.New(errs.Conflict, "waiver.over", "本场次的成绩已全部确定，证书已经签发，不再受理豁免；此后查明考生与工作人员有关联的，请报人力资源和社会保障局处理")
)

// finished is what is over in a session.
type finished struct {
	theory    bool // nobody sits any more
	practical bool // the scores are sealed
	settled   bool
}

// finished says what is over at now. Before a component begins nothing of it is read.
func (s *Sittings) finished(ctx context.Context, n *Session, now time.Time) (f finished, err error) {
	if f.theory, err = s.Over(ctx, n, now); err != nil {
		return f, err
	}
	if !now.Before(n.Practical.Opens) {
		acts, err := s.acts(ctx, n.ID)
		if err != nil {
			return f, err
		}
		f.practical = slices.ContainsFunc(acts.Signed, func(by separation.Subject) bool { return by.Role == authz.Leader })
	}
	f.settled, err = s.settled(ctx, n)
	return f, err
}

func (s *Sittings) settled(ctx context.Context, n *Session) (bool, error) {
	if s.settling == nil {
		return false, nil
	}
	return s.settling.Settled(ctx, n.ID)
}

// duty returns nil while there is something to do in the role. Invigilators are done when the last candidate's time is over,
// examiners when practice is sealed. Leaders, markers and supervisors have score checks and rulings after their seals, and
// are done when the session is settled.
func (f finished) duty(role authz.Role) error {
	switch {
	case f.settled:
		return ErrDutyOver.With("成绩已全部确定，证书已签发")
	case role == authz.Invigilator && f.theory:
		return ErrDutyOver.With("理论知识考试已结束")
	case role == authz.Examiner && f.practical:
		return ErrDutyOver.With("操作技能成绩已封存")
	}
	return nil
}

// StaffOffer is what may still be done about who is on duty in a session.
type StaffOffer struct {
	Roles   []authz.Role // that somebody may be assigned to
	Duties  []Duty       // that somebody may be taken off
	Waivers bool         // may still be asked for
}

// StaffOffer says what the office may still do about the staff of a session; Assign, Relieve and AskWaiver refuse the rest.
func (s *Sittings) StaffOffer(ctx context.Context, by authz.Principal, id SessionID) (o StaffOffer, err error) {
	if err := by.Require(authz.StaffAssign); err != nil {
		return o, err
	}
	n, err := s.own(ctx, by, id)
	if err != nil {
		return o, err
	}
	now := s.clock.Now()
	f, err := s.finished(ctx, n, now)
	if err != nil {
		return o, err
	}
	acts, err := s.acts(ctx, n.ID)
	if err != nil {
		return o, err
	}
	for role := range dutyRooms {
		if f.duty(role) == nil {
			o.Roles = append(o.Roles, role)
		}
	}
	slices.Sort(o.Roles)
	for _, d := range n.Duties {
		if f.duty(d.Role) == nil && n.relievable(acts, d, now) == nil {
			o.Duties = append(o.Duties, d)
		}
	}
	o.Waivers = !f.settled
	return o, nil
}
