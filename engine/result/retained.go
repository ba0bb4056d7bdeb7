package result

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/registration"
	"github.com/skillcert/skillcert/engine/sitting"
)

// Lapse is why a pass may not stand for its component (不予保留).
type Lapse string

// The lapses; empty: it is kept.
const (
	LapsedNever   Lapse = "none"    // the policy keeps no pass
	LapsedEarly   Lapse = "early"   // the day is before that of the result
	LapsedTime    Lapse = "expired" // the policy's months are over on the day
	LapsedUsed    Lapse = "used"    // it stood in as many sessions as the policy allows
	LapsedOpen    Lapse = "open"    // its session is not final
	LapsedDispute Lapse = "dispute" // a score check or a case of misconduct is not decided
	LapsedPolicy  Lapse = "policy"  // judged by another edition of the policy, which the policy asks to be the same
	LapsedRelease Lapse = "release" // from another release of the bank, likewise
)

// Origin says where a kept component was taken.
type Origin struct {
	Session sitting.SessionID `json:"session"`
	Name    string            `json:"name"` // of the session
	On      clock.Date        `json:"on"`   // day of the result
}

// Kept is a component that was passed in an earlier session (单科成绩保留), and whether it stands for it still.
type Kept struct {
	Level     engine.Level
	Component engine.Component
	Score     Component // as it was judged then; From names the result, Origin the session
	Digest    string    // of the seal that it was read from
	Until     clock.Date
	Left      int   // sessions in which it may stand for the component, from now on
	Lapse     Lapse // on the day that was asked for
}

// Why says in words why the pass does not stand; "" when it does.
func (k Kept) Why() string { return lapsed(k.Lapse, k.Until) }

func lapsed(l Lapse, until clock.Date) string {
	return map[Lapse]string{LapsedNever: "现行政策不保留单科成绩", LapsedEarly: "成绩在考核日之后才合成", LapsedTime: "保留期至" + until.String() + "，考核日已过期",
		LapsedUsed: "已用过规定次数的补考", LapsedOpen: "原场次的成绩公示尚未结束", LapsedDispute: "原成绩的查分或违纪尚未办结",
		LapsedPolicy: "原成绩按另一版政策评定，不能保留", LapsedRelease: "原成绩出自另一版题库，不能保留"}[l]
}

// Passes finds what people passed before and may keep.
type Passes struct {
	ports   Ports
	policy  engine.Policy
	session func(ctx context.Context, id sitting.SessionID) (*sitting.Session, error)

	sessions     sitting.Sessions          // of those who ask before a sitting; nil for the board
	applications registration.Applications // likewise
	clock        clock.Clock
}

// NewPasses returns Passes, for the rooms before the board.
func NewPasses(p Ports, sessions sitting.Sessions, applications registration.Applications, pol engine.Policy, c clock.Clock) *Passes {
	return &Passes{ports: p, policy: pol, session: sessions.Session, sessions: sessions, applications: applications, clock: c}
}

// MayRetake is for registration.Passes.
func (b *Passes) MayRetake(ctx context.Context, person engine.PersonID, t registration.Target, c engine.Component) error {
	other := otherThan(c)
	session, err := b.session(ctx, sitting.SessionID(t.Session))
	if err != nil {
		return err
	}
	all, err := b.passed(ctx, person, keeping{day: t.DayOf(c), session: session})
	if err != nil {
		return err
	}
	var here, elsewhere *Kept
	left := 0
	for i := range all {
		switch k := &all[i]; {
		case k.Component != other:
		case k.Level == t.Level && k.Lapse == "":
			left += k.Left
		case k.Level == t.Level && here == nil:
			here = k
		case k.Level != t.Level && elsewhere == nil:
			elsewhere = k
		}
	}
	switch {
	case left > 0:
		return b.unspoken(ctx, person, t, c, left)
	case here != nil:
		return registration.ErrNotKept.With("%s于%s合格，%s", other, here.Score.Origin.On, here.Why())
	case elsewhere != nil:
		return registration.ErrNotKept.With("%s的合格成绩是%s的，不能用于%s", other, elsewhere.Level, t.Level)
	}
	return registration.ErrNotKept.With("%s没有单科合格、可以保留的成绩", other)
}

// unspoken returns nil while the passes may stand in so many sessions and fewer are coming up in which the person takes the component
// alone, else ErrNotKept: a pass that stands for one sitting cannot stand for the next as well. A session that takes nobody any more
// and gave the person no place comes to nothing.
func (b *Passes) unspoken(ctx context.Context, person engine.PersonID, t registration.Target, c engine.Component, left int) error {
	past, err := b.past(ctx, person, "")
	if err != nil {
		return err
	}
	sessions, err := engine.All(ctx, b.sessions.SessionList)
	if err != nil {
		return err
	}
	now := b.clock.Now()
	for _, n := range sessions {
		over := slices.ContainsFunc(past, func(r *Result) bool { return r.Session == n.ID }) ||
			n.Open(now) != nil && !slices.Contains(n.Allotted, person)
		if over || string(n.ID) == t.Session || n.Level != t.Level {
			continue
		}
		only, err := b.only(ctx, person, n)
		if err != nil {
			return err
		}
		if only == c {
			left--
		}
		if left == 0 {
			return registration.ErrNotKept.With("保留的%s成绩已用于“%s”的补考报名，那一场还没有出成绩", otherThan(c), n.Name)
		}
	}
	return nil
}

// only is the one component that the person takes in the session, as it says or else as they were accepted; empty: both, or none.
func (b *Passes) only(ctx context.Context, person engine.PersonID, n *sitting.Session) (engine.Component, error) {
	if c, said := n.Only[person]; said {
		return c, nil
	}
	a, err := b.applications.Application(ctx, registration.ApplicationOf(string(n.ID), person))
	switch {
	case errors.Is(err, registration.ErrApplication):
		return "", nil
	case err != nil || !a.Accepted():
		return "", err
	}
	return a.Only, nil
}

func otherThan(c engine.Component) engine.Component {
	if c == engine.Theory {
		return engine.Practical
	}
	return engine.Theory
}

// Retained finds the components of a level that a person passed in sessions whose results are final and may keep on the
// day, the newest pass of each, theory first. It counts as tried every session that a pass stood in for.
func (b *Passes) Retained(ctx context.Context, person engine.PersonID, level engine.Level, day clock.Date) ([]Kept, error) {
	all, err := b.Passed(ctx, person, day)
	if err != nil {
		return nil, err
	}
	var kept []Kept
	for _, c := range []engine.Component{engine.Theory, engine.Practical} {
		if i := slices.IndexFunc(all, func(k Kept) bool { return k.Level == level && k.Component == c && k.Lapse == "" }); i >= 0 {
			kept = append(kept, all[i])
		}
	}
	return kept, nil
}

// Passed lists what the person passed alone, at any level, theory first and then the newest first, and says of each whether
// it may stand on the day. Where both were passed in one session there is nothing to keep.
func (b *Passes) Passed(ctx context.Context, person engine.PersonID, day clock.Date) ([]Kept, error) {
	return b.passed(ctx, person, keeping{day: day})
}

func (b *Passes) passed(ctx context.Context, person engine.PersonID, on keeping) (all []Kept, err error) {
	past, err := b.past(ctx, person, "")
	if err != nil {
		return nil, err
	}
	for _, c := range []engine.Component{engine.Theory, engine.Practical} {
		kept, err := b.kept(ctx, past, c, on)
		if err != nil {
			return nil, err
		}
		all = append(all, kept...)
	}
	return all, nil
}

// keeping is for which sitting a pass is asked for: its day, and what the policy may want to be the same.
type keeping struct {
	day     clock.Date
	session *sitting.Session // nil: for any
}

// past are the results of the person, in the order of sessions, without those of one session.
func (b *Passes) past(ctx context.Context, person engine.PersonID, but sitting.SessionID) ([]*Result, error) {
	all, err := engine.All(ctx, func(ctx context.Context, c engine.Cursor) ([]*Result, string, error) {
		return b.ports.Results.ResultsOfPerson(ctx, person, c)
	})
	return slices.DeleteFunc(all, func(r *Result) bool { return r.Session == but }), err
}

// kept are the passes of the component among the results, the newest first.
func (b *Passes) kept(ctx context.Context, past []*Result, c engine.Component, on keeping) (all []Kept, err error) {
	p := b.policy.Results.Retained
	for _, r := range past {
		score := r.component(c)
		if !score.Passed() || score.From != "" || r.judged().passed() {
			continue
		}
		since := b.day(r.passedSince(c))
		k := Kept{Level: r.Level, Component: c, Score: score, Digest: r.digest(c), Until: since.AddMonths(p.Months),
			Left: max(0, p.Attempts-used(past, r.ID, c))}
		pub, err := b.ports.Publications.Publication(ctx, r.Session)
		if err != nil && !errors.Is(err, ErrPublication) {
			return nil, err
		}
		k.Score.From, k.Score.Origin = r.ID, Origin{Session: r.Session, On: since}
		if pub != nil {
			k.Score.Origin.Name = pub.Name
		}
		if k.Lapse, err = b.lapse(ctx, r, pub, k, on); err != nil {
			return nil, err
		}
		all = append(all, k)
	}
	slices.SortStableFunc(all, func(a, b Kept) int { return b.Score.Origin.On.In(time.UTC).Compare(a.Score.Origin.On.In(time.UTC)) })
	return all, nil
}

// lapse is why the pass of a result does not stand on the day.
func (b *Passes) lapse(ctx context.Context, r *Result, pub *Publication, k Kept, on keeping) (Lapse, error) {
	switch p := b.policy.Results.Retained; {
	case p.Months == 0:
		return LapsedNever, nil
	case on.day.Before(k.Score.Origin.On):
		return LapsedEarly, nil
	case k.Until.Before(on.day):
		return LapsedTime, nil
	case k.Left == 0:
		return LapsedUsed, nil
	case pub == nil || pub.Stage != Final:
		return LapsedOpen, nil
	}
	if err := b.awaitOne(ctx, r); err != nil {
		return "", err
	}
	if slices.ContainsFunc(r.Awaits, func(a Await) bool { return a.Kind != AwaitsComponent }) {
		return LapsedDispute, nil
	}
	return b.edition(ctx, r, on)
}

// edition asks whether the earlier result is of the same edition, where the policy wants it.
func (b *Passes) edition(ctx context.Context, r *Result, on keeping) (Lapse, error) {
	p := b.policy.Results.Retained
	if on.session == nil || !p.SamePolicy && !p.SameRelease {
		return "", nil
	}
	then, err := b.session(ctx, r.Session)
	switch {
	case err != nil:
		return "", err
	case p.SamePolicy && then.Policy != on.session.Policy:
		return LapsedPolicy, nil
	case p.SameRelease && then.Release != on.session.Release:
		return LapsedRelease, nil
	}
	return "", nil
}

// passedSince is when the pass of a component was first made: a result that is joined anew for another reason does not
// make it younger, nor does a ruling that voided it and was set aside.
func (r *Result) passedSince(c engine.Component) time.Time {
	since := r.At
	for _, t := range slices.Backward(r.Earlier) {
		switch was := t.Before.component(c); {
		case was.Passed():
			since = t.Before.At
		case was.Standing != engine.Voided:
			return since
		}
	}
	return since
}

func (r *Result) digest(c engine.Component) string {
	if c == engine.Theory {
		return r.TheoryDigest
	}
	return r.PracticalDigest
}

// used counts the sessions in which the pass stood for its component.
func used(past []*Result, id ID, c engine.Component) (n int) {
	for _, r := range past {
		if r.component(c).From == id {
			n++
		}
	}
	return n
}
