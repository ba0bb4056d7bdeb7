package sitting

import (
	"context"
	"slices"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/errs"
)

// Refusals of rotation (轮换).
var (
	ErrServedEnough = errs.New(errs.Conflict, "rotation.running", "此人在本考点连续任职已达规定次数，须轮换")
	ErrSameGroup    = errs.New(errs.Conflict, "rotation.group", "考评组与上一次相比更换的人数不足，须轮换")
)

// turn (轮次) is what one group does at a site: its sittings within the policy's days of the first, and who serves there
// in one of the rule's roles.
type turn struct {
	first  clock.Date
	served map[engine.PersonID]bool
}

// turns are those at the site of one session, in the order of days; at is the turn of that session itself.
type turns struct {
	all []turn
	at  int
}

// turnsAt reads all sessions; see turnsAmong.
func (s *Sittings) turnsAt(ctx context.Context, n *Session) (turns, error) {
	all, err := engine.All(ctx, s.ports.Sessions.SessionList)
	return s.turnsAmong(all, n), err
}

// turnsAmong are the turns at the site of n, before and after it: staff is assigned in any order, long before the days come.
// A site is what a body calls one: the sittings of a body that name none are all at the same. Those that seated nobody
// count while they are still to come.
func (s *Sittings) turnsAmong(all []*Session, n *Session) turns {
	today := s.day(s.clock.Now())
	here := slices.DeleteFunc(slices.Clone(all), func(o *Session) bool {
		lapsed := len(o.Allotted) == 0 && s.day(o.Practical.Opens).Before(today)
		return o.ID == n.ID || o.Org != n.Org || o.Site != n.Site || lapsed
	})
	here = append(here, n)
	slices.SortFunc(here, func(a, b *Session) int { return a.Practical.Opens.Compare(b.Practical.Opens) })
	rule := s.policy.Ties.Rotation
	var t turns
	for _, o := range here {
		day := s.day(o.Practical.Opens)
		if last := len(t.all) - 1; last < 0 || !day.Before(t.all[last].first.AddDays(max(1, rule.TurnDays))) {
			t.all = append(t.all, turn{day, map[engine.PersonID]bool{}})
		}
		if o.ID == n.ID {
			t.at = len(t.all) - 1
		}
		for _, d := range o.serving(rule) {
			t.all[len(t.all)-1].served[d.Person] = true
		}
	}
	t.all = t.manned()
	return t
}

// manned drops the turns in which nobody serves, but for that of n: a sitting without staff is no turn of anybody's.
func (t *turns) manned() (kept []turn) {
	at := t.at
	for i, x := range t.all {
		if i == at {
			t.at = len(kept)
		}
		if i == at || len(x.served) > 0 {
			kept = append(kept, x)
		}
	}
	return kept
}

// serving are the duties whose turns are counted.
func (n *Session) serving(r engine.RotationRule) []Duty {
	return slices.DeleteFunc(slices.Clone(n.Duties), func(d Duty) bool { return !slices.Contains(r.Roles, d.Role) })
}

// before is the turn before that of the session, nil when it is the first.
func (t turns) before() map[engine.PersonID]bool {
	if t.at == 0 {
		return nil
	}
	return t.all[t.at-1].served
}

// running counts the turns in a row, up to and from that of the session, in which somebody serves, without that one.
func (t turns) running(p engine.PersonID) (n int) {
	for i := t.at - 1; i >= 0 && t.all[i].served[p]; i-- {
		n++
	}
	for i := t.at + 1; i < len(t.all) && t.all[i].served[p]; i++ {
		n++
	}
	return n
}

// rotates returns nil when the person may serve a turn at the site, as the others stand.
func (t turns) rotates(rule engine.RotationRule, d Duty) error {
	if rule.MaxRunning == 0 || !slices.Contains(rule.Roles, d.Role) {
		return nil
	}
	if had := t.running(d.Person); had >= rule.MaxRunning {
		return ErrServedEnough.With("%s在 %s 前后已连续%d次，最多%d次", d.Name, t.all[t.at].first, had, rule.MaxRunning)
	}
	return nil
}

// rotates returns nil when the person may serve one more turn at the site of n.
func (s *Sittings) rotates(ctx context.Context, n *Session, d Duty) error {
	rule := s.policy.Ties.Rotation
	if rule.MaxRunning == 0 {
		return nil
	}
	t, err := s.turnsAt(ctx, n)
	if err != nil {
		return err
	}
	return t.rotates(rule, d)
}

// Renewed returns nil when the examining group of n may serve: nobody too often in a row, and enough of it was not at its
// site the turn before: of a group of seven with one in three, three. Examiners are counted with the group and by
// themselves, for a group is not renewed by its leaders alone. It asks for no role: it is for the room that begins with
// the group's work.
func (s *Sittings) Renewed(ctx context.Context, n *Session) error {
	rule := s.policy.Ties.Rotation
	if rule.RenewOneIn == 0 && rule.MaxRunning == 0 {
		return nil
	}
	t, err := s.turnsAt(ctx, n)
	if err != nil {
		return err
	}
	serving := n.serving(rule)
	for _, d := range serving {
		if err := t.rotates(rule, d); err != nil {
			return err
		}
	}
	examiners := slices.DeleteFunc(slices.Clone(serving), func(d Duty) bool { return d.Role != authz.Examiner })
	for _, group := range [][]Duty{serving, examiners} {
		if err := t.renewed(rule, group); err != nil {
			return err
		}
	}
	return nil
}

// renewed returns nil when enough of a group was not there the turn before.
func (t turns) renewed(rule engine.RotationRule, duties []Duty) error {
	earlier := t.before()
	if rule.RenewOneIn == 0 || earlier == nil {
		return nil
	}
	group, fresh := map[engine.PersonID]bool{}, 0
	for _, d := range duties {
		if !group[d.Person] && !earlier[d.Person] {
			fresh++
		}
		group[d.Person] = true
	}
	if need := (len(group) + rule.RenewOneIn - 1) / rule.RenewOneIn; fresh < need {
		return ErrSameGroup.With("%d人中须有%d人没有参加 %s 的考评，现有%d人", len(group), need, t.all[t.at-1].first, fresh)
	}
	return nil
}
