package result

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/sitting"
)

// Kept is a component that was passed in an earlier session and stands for it still (单科成绩保留).
type Kept struct {
	Component engine.Component
	Score     Component // as it was judged then; From names the result
	Digest    string    // of the seal that it was read from
	Until     clock.Date
	Left      int // sessions in which it may stand for the component, from now on
}

// Retained finds the components of a level that a person passed in sessions whose results are final and may keep on the
// day, the newest pass of each, theory first. It counts as tried every session that a pass stood in for.
func (b *Board) Retained(ctx context.Context, person engine.PersonID, level engine.Level, day clock.Date) ([]Kept, error) {
	past, err := b.past(ctx, person, level, "")
	if err != nil {
		return nil, err
	}
	var all []Kept
	for _, c := range []engine.Component{engine.Theory, engine.Practical} {
		k, err := b.kept(ctx, past, c, keeping{day: day})
		if err != nil {
			return nil, err
		}
		if k != nil {
			all = append(all, *k)
		}
	}
	return all, nil
}

// keeping is for which sitting a pass is asked for: its day, and what the policy may want to be the same.
type keeping struct {
	day     clock.Date
	session *sitting.Session // nil: for any
}

// past are the results of the person at the level, in the order of sessions, without those of one session.
func (b *Board) past(ctx context.Context, person engine.PersonID, level engine.Level, but sitting.SessionID) ([]*Result, error) {
	all, err := engine.All(ctx, func(ctx context.Context, c engine.Cursor) ([]*Result, string, error) {
		return b.ports.Results.ResultsOfPerson(ctx, person, c)
	})
	if err != nil {
		return nil, err
	}
	rows := all[:0]
	for _, r := range all {
		if r.Level == level && r.Session != but {
			rows = append(rows, r)
		}
	}
	return rows, nil
}

// kept is the newest pass of the component among the results that may stand for it still; nil when there is none.
func (b *Board) kept(ctx context.Context, past []*Result, c engine.Component, on keeping) (found *Kept, err error) {
	p := b.policy.Results.Retained
	var newest *Result
	for _, r := range past {
		k := r.component(c)
		if !k.Passed() || k.From != "" || r.judged().passed() || newest != nil && !r.passedAt(c).After(newest.passedAt(c)) {
			continue
		}
		since := b.day(r.passedAt(c))
		until := since.AddMonths(p.Months).AddDays(-1)
		left := p.Attempts - used(past, r.ID, c)
		if p.Months == 0 || until.Before(on.day) || on.day.Before(since) || left <= 0 {
			continue
		}
		switch ok, err := b.keeps(ctx, r, on); {
		case err != nil:
			return nil, err
		case !ok:
			continue
		}
		k.From = r.ID
		newest, found = r, &Kept{Component: c, Score: k, Digest: r.digest(c), Until: until, Left: left}
	}
	return found, nil
}

// passedAt is when the component was first judged the pass that it still is: what is said later of the other component, or of
// the points of this one, neither prolongs the pass nor takes it back.
func (r *Result) passedAt(c engine.Component) time.Time {
	at := r.At
	for _, t := range slices.Backward(r.Earlier) {
		if !t.Before.component(c).Passed() {
			break
		}
		at = t.Before.At
	}
	return at
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

// keeps reports whether the earlier result is final, undisputed, and of the same edition where the policy asks for it.
func (b *Board) keeps(ctx context.Context, r *Result, on keeping) (bool, error) {
	switch err := b.isFinal(ctx, r.Session); {
	case errors.Is(err, ErrStage):
		return false, nil
	case err != nil:
		return false, err
	}
	if err := b.await(ctx, r.Session, []*Result{r}); err != nil || len(r.Awaits) > 0 {
		return false, err
	}
	p := b.policy.Results.Retained
	if on.session == nil || !p.SamePolicy && !p.SameRelease {
		return true, nil
	}
	then, err := b.sittings.Get(ctx, r.Session)
	if err != nil {
		return false, err
	}
	return (!p.SamePolicy || then.Policy == on.session.Policy) && (!p.SameRelease || then.Release == on.session.Release), nil
}
