package sitting

import (
	"context"
	"slices"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/errs"
)

// Refusals of rotation (轮换).
var (
	ErrServedEnough = errs.New(errs.Conflict, "rotation.running", "此人在本考点连续任职已达规定次数，须轮换")
	ErrSameGroup    = errs.New(errs.Conflict, "rotation.group", "考评组与上一次相比更换的人数不足，须轮换")
)

// turn (轮次) is what one group does at a site: its sittings within the policy's days of the first, and who served there
// in one of the rule's roles.
type turn struct {
	first  clock.Date
	served map[engine.PersonID]bool
}

// turnsBefore are the turns at the site of n before that of n itself, the latest first. A site is what a body calls one:
// the sittings of a body that name none are all at the same. Those that seated nobody do not count.
func (s *Sittings) turnsBefore(ctx context.Context, n *Session) ([]turn, error) {
	all, err := engine.All(ctx, s.ports.Sessions.SessionList)
	if err != nil {
		return nil, err
	}
	today := s.day(n.Practical.Opens)
	here := slices.DeleteFunc(all, func(o *Session) bool {
		return o.Org != n.Org || o.Site != n.Site || today.Before(s.day(o.Practical.Opens)) || o.ID != n.ID && len(o.Allotted) == 0
	})
	slices.SortFunc(here, func(a, b *Session) int { return a.Practical.Opens.Compare(b.Practical.Opens) })
	rule := s.policy.Ties.Rotation
	var turns []turn
	for _, o := range here {
		day := s.day(o.Practical.Opens)
		if last := len(turns) - 1; last < 0 || !day.Before(turns[last].first.AddDays(max(1, rule.TurnDays))) {
			turns = append(turns, turn{day, map[engine.PersonID]bool{}})
		}
		for _, d := range o.serving(rule) {
			turns[len(turns)-1].served[d.Person] = true
		}
	}
	if len(turns) == 0 {
		return nil, nil
	}
	turns = turns[:len(turns)-1] // the last is that of n
	slices.Reverse(turns)
	return turns, nil
}

// serving are the duties whose turns are counted.
func (n *Session) serving(r engine.RotationRule) []Duty {
	return slices.DeleteFunc(slices.Clone(n.Duties), func(d Duty) bool { return !slices.Contains(r.Roles, d.Role) })
}

// running counts the turns in a row, up to the latest, in which somebody served.
func running(turns []turn, p engine.PersonID) int {
	for i, t := range turns {
		if !t.served[p] {
			return i
		}
	}
	return len(turns)
}

// rotates returns nil when the person may serve one more turn at the site of n.
func (s *Sittings) rotates(ctx context.Context, n *Session, d Duty) error {
	rule := s.policy.Ties.Rotation
	if rule.MaxRunning == 0 || !slices.Contains(rule.Roles, d.Role) {
		return nil
	}
	turns, err := s.turnsBefore(ctx, n)
	if err != nil {
		return err
	}
	if had := running(turns, d.Person); had >= rule.MaxRunning {
		return ErrServedEnough.With("%s已连续%d次（最近一次 %s），最多%d次", d.Name, had, turns[0].first, rule.MaxRunning)
	}
	return nil
}

// Renewed returns nil when enough of the examining group of n was not at its site the turn before: of a group of seven
// with one in three, three. It asks for no role: it is for the room that begins with the group's work.
func (s *Sittings) Renewed(ctx context.Context, n *Session) error {
	rule := s.policy.Ties.Rotation
	if rule.RenewOneIn == 0 {
		return nil
	}
	turns, err := s.turnsBefore(ctx, n)
	if err != nil || len(turns) == 0 {
		return err
	}
	group, fresh := map[engine.PersonID]bool{}, 0
	for _, d := range n.serving(rule) {
		if !group[d.Person] && !turns[0].served[d.Person] {
			fresh++
		}
		group[d.Person] = true
	}
	if need := (len(group) + rule.RenewOneIn - 1) / rule.RenewOneIn; fresh < need {
		return ErrSameGroup.With("%d人中须有%d人没有参加 %s 的考评，现有%d人", len(group), need, turns[0].first, fresh)
	}
	return nil
}
