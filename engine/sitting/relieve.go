package sitting

import (
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
	Ruled    map[engine.PersonID]engine.PersonID   // by candidate: the leader whose ruling counts
	Signed   []engine.PersonID                     // seals of either component, as first or second person
	Excluded []Exclusion                           // by leaders, from practice; Place is not filled in
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
// is first exchanged by the leader, whoever signed a seal or ruled stays, and so do invigilators once the sitting has begun.
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
		if err := s.relievable(ctx, n, d, now); err != nil {
			return err
		}
		n.Duties = slices.Delete(n.Duties, at, at+1)
		n.Relieved = append(n.Relieved, Relief{Duty: d, Reason: reason, By: by.Account, At: now})
		n.Trail.AddBy(now, by, "duty.relieved", d.String()+"："+reason)
		return nil
	})
}

// relievable returns nil when nothing was done in the duty.
func (s *Sittings) relievable(ctx context.Context, n *Session, d Duty, now time.Time) error {
	acts, err := s.acts(ctx, n.ID)
	if err != nil {
		return err
	}
	switch {
	case d.Role == authz.Invigilator && !now.Before(n.Theory.Opens):
		return ErrRelievedNow.With("考试已开始")
	case slices.Contains(acts.Signed, d.Person):
		return ErrRelievedNow.With("已签署成绩封存")
	}
	for _, ruled := range acts.Ruled {
		if ruled == d.Person {
			return ErrRelievedNow.With("已裁定评分")
		}
	}
	for _, examined := range acts.Examined {
		if d.Role == authz.Examiner && slices.Contains(examined, d.Person) {
			return ErrRelievedNow.With("已分到考生，须先由考评组长在技能考核页面更换考评员")
		}
	}
	return nil
}

func (s *Sittings) acts(ctx context.Context, id SessionID) (*Acts, error) {
	if s.ports.Acting == nil {
		return &Acts{}, nil
	}
	return s.ports.Acting.Acts(ctx, id)
}

// judged leaves out the findings about an examiner of candidates whom others examine. Before tasks are drawn every examiner
// of the session may come to examine everybody.
func (s *Sittings) judged(ctx context.Context, n *Session, found []separation.Finding) ([]separation.Finding, error) {
	if !slices.ContainsFunc(found, func(f separation.Finding) bool { return f.Role == authz.Examiner }) {
		return found, nil
	}
	acts, err := s.acts(ctx, n.ID)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(found, func(f separation.Finding) bool {
		examiners := acts.Examined[f.Candidate]
		return f.Role == authz.Examiner && len(examiners) > 0 && !slices.Contains(examiners, f.Staff)
	}), nil
}
