package sitting

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/engine/people"
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
	served map[engine.PersonID]bool // by the document that stands for each human: people.Sameness.First
	held   bool                     // a sitting of it has candidates with seats; others may never take place
	own    bool                     // it is that of the session asked about
}

// turns are those at the site of one session, in the order of days; at is the turn of that session itself.
type turns struct {
	all  []turn
	at   int
	same people.Sameness // one human under two documents serves as one
}

// turnsAt reads all sessions; see turnsAmong.
func (s *Sittings) turnsAt(ctx context.Context, n *Session) (turns, error) {
	same, err := s.people.Sameness(ctx)
	if err != nil {
		return turns{}, err
	}
	all, err := engine.All(ctx, s.ports.Sessions.SessionList)
	return s.turnsAmong(all, n, same), err
}

// turnsAmong are the turns at the site of n, before and after it: staff is assigned in any order, long before the days come.
// A site is what a body calls one: the sittings of a body that name none are all at the same. Those that seated nobody
// count while they are still to come, and only against people: who is planned there serves, but nobody pauses for a sitting
// that may never be held. They come last, so that they move no turn of the others.
func (s *Sittings) turnsAmong(all []*Session, n *Session, same people.Sameness) turns {
	today := s.day(s.clock.Now())
	here := slices.DeleteFunc(slices.Clone(all), func(o *Session) bool {
		lapsed := len(o.Allotted) == 0 && s.day(o.Practical.Opens).Before(today)
		return o.ID == n.ID || o.Org != n.Org || o.Site != n.Site || lapsed
	})
	here = append(here, n)
	planned := func(o *Session) int {
		if o.ID == n.ID || len(o.Allotted) > 0 {
			return 0
		}
		return 1
	}
	slices.SortFunc(here, func(a, b *Session) int {
		return cmp.Or(cmp.Compare(planned(a), planned(b)), a.Practical.Opens.Compare(b.Practical.Opens))
	})
	rule := s.policy.Ties.Rotation
	t := turns{same: same}
	for _, o := range here {
		x := t.on(s.day(o.Practical.Opens), rule)
		x.held, x.own = x.held || len(o.Allotted) > 0, x.own || o.ID == n.ID
		for _, d := range o.serving(rule) {
			x.served[same.First(d.Person)] = true
		}
	}
	return t.manned()
}

// on is the turn that a sitting of the day is part of, a new one where there is none.
func (t *turns) on(day clock.Date, rule engine.RotationRule) *turn {
	for i := range t.all {
		if x := &t.all[i]; !day.Before(x.first) && day.Before(x.first.AddDays(max(1, rule.TurnDays))) {
			return x
		}
	}
	t.all = append(t.all, turn{first: day, served: map[engine.PersonID]bool{}})
	return &t.all[len(t.all)-1]
}

// manned are the turns in the order of days without those in which nobody serves, but for that of n: a sitting without staff is
// no turn of anybody's.
func (t turns) manned() turns {
	t.all = slices.DeleteFunc(t.all, func(x turn) bool { return !x.own && len(x.served) == 0 })
	slices.SortStableFunc(t.all, func(a, b turn) int { return a.first.Compare(b.first) })
	t.at = slices.IndexFunc(t.all, func(x turn) bool { return x.own })
	return t
}

// serving are the duties whose turns are counted.
func (n *Session) serving(r engine.RotationRule) []Duty {
	return slices.DeleteFunc(slices.Clone(n.Duties), func(d Duty) bool { return !slices.Contains(r.Roles, d.Role) })
}

// before is who served in the turn before that of the session that has candidates, or is planned to between the two; nil when
// there is none.
func (t turns) before() map[engine.PersonID]bool {
	var served map[engine.PersonID]bool
	for i := t.at - 1; i >= 0; i-- {
		if served == nil {
			served = map[engine.PersonID]bool{}
		}
		maps.Copy(served, t.all[i].served)
		if t.all[i].held {
			break
		}
	}
	return served
}

// again reports whether somebody served in the turn before.
func (t turns) again(p engine.PersonID) bool { return t.before()[t.same.First(p)] }

// running counts the turns in a row, up to and from that of the session, in which somebody serves, without that one.
func (t turns) running(p engine.PersonID) (n int) {
	p = t.same.First(p)
	for _, step := range []int{-1, 1} {
		for i := t.at + step; i >= 0 && i < len(t.all) && (t.all[i].served[p] || !t.all[i].held); i += step {
			if t.all[i].served[p] {
				n++
			}
		}
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
	return t.renewedAll(rule, serving)
}

// RenewedBy returns nil when in may take the place of another examiner, which leaves those who examine, in among them: nobody is
// exchanged for who served the turn before until too few of the group are new. Whoever was not there then always may, and so
// there is a way out. It asks for no role: it is for the room that exchanges examiners.
func (s *Sittings) RenewedBy(ctx context.Context, n *Session, in engine.PersonID, examiners []engine.PersonID) error {
	rule := s.policy.Ties.Rotation
	if rule.RenewOneIn == 0 && rule.MaxRunning == 0 {
		return nil
	}
	t, err := s.turnsAt(ctx, n)
	if err != nil {
		return err
	}
	group := slices.DeleteFunc(n.serving(rule), func(d Duty) bool { return d.Role == authz.Examiner })
	for _, p := range examiners {
		d := Duty{Person: p, Role: authz.Examiner}
		if at := slices.IndexFunc(n.Duties, func(o Duty) bool { return o.Person == p }); at >= 0 {
			d.Name = n.Duties[at].Name
		}
		if slices.Contains(rule.Roles, d.Role) {
			group = append(group, d)
		}
		if err := t.rotates(rule, d); p == in && err != nil {
			return err
		}
	}
	if !t.again(in) {
		return nil
	}
	err = t.renewedAll(rule, group)
	if refusal := (*errs.Error)(nil); errors.As(err, &refusal) {
		return refusal.With("请改由没有参加那次考评的考评员替换")
	}
	return err
}

// renewedAll returns nil when enough is new of those who serve, and of the examiners among them.
func (t turns) renewedAll(rule engine.RotationRule, serving []Duty) error {
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
		human := t.same.First(d.Person)
		if !group[human] && !earlier[human] {
			fresh++
		}
		group[human] = true
	}
	if need := (len(group) + rule.RenewOneIn - 1) / rule.RenewOneIn; fresh < need {
		return ErrSameGroup.With("%d人中须有%d人没有参加 %s 的考评，现有%d人", len(group), need, t.all[t.at-1].first, fresh)
	}
	return nil
}
