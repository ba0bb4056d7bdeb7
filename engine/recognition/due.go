package recognition

import (
	"context"
	"slices"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/engine/separation"
)

// Step is what a case waits for.
type Step string

// The steps, in the order of a case's life. They are the keys of the desk's tasks.
const (
	Reviewing  Step = "recognition-review"
	Deciding   Step = "recognition-decide"
	Answering  Step = "recognition-answer"
	Concluding Step = "recognition-conclude"
)

// Due (待办) is a case that waits for somebody.
type Due struct {
	Step Step
	*Case
}

// Due lists the cases that wait for by, of whichever body: to be reviewed, to be decided on, with an objection to answer, or
// with a publicity to end. A case that by may not do the step of is left out. Who does nothing in cases has none.
func (d *Desk) Due(ctx context.Context, by authz.Principal) (due []Due, err error) {
	if !by.Can(authz.RecogniseRead) {
		return nil, nil
	}
	for _, s := range []State{Applied, Reviewed, Public, Struck} {
		all, err := engine.All(ctx, func(ctx context.Context, at engine.Cursor) ([]*Case, string, error) {
			return d.ports.Cases.CasesIn(ctx, s, at)
		})
		if err != nil {
			return nil, err
		}
		for _, c := range all {
			step, err := d.dueOf(ctx, by, c)
			if err != nil {
				return nil, err
			}
			if step != "" {
				due = append(due, Due{step, c})
			}
		}
	}
	slices.SortStableFunc(due, func(a, b Due) int { return a.At.Compare(b.At) })
	return due, nil
}

// dueOf is the step of the case that waits for by, none where another has to do it.
func (d *Desk) dueOf(ctx context.Context, by authz.Principal, c *Case) (Step, error) {
	own := by.Org == string(c.Org)
	var err error
	step := Step("")
	switch {
	case c.State == Applied && own && by.Can(authz.RecogniseReview):
		step, err = Reviewing, d.mayReview(ctx, by, c)
	case c.State == Reviewed && by.Can(authz.RecogniseDecide):
		if err = c.second(by); err == nil {
			step, err = Deciding, d.mayDecide(ctx, by, c)
		}
	case c.Waits() > 0 && c.in(Public, Struck) == nil && by.Can(authz.RecogniseDecide):
		step, err = Answering, d.mayAnswer(ctx, by, c)
	case c.State == Public && own && c.Waits() == 0 && c.Notice.Over(d.today()) && by.Can(authz.RecogniseApply) && !c.IsOf(by):
		step = Concluding
	}
	switch k := errs.KindOf(err); {
	case err == nil:
		return step, nil
	case k == errs.Internal, k == errs.Unavailable:
		return "", err
	}
	return "", nil
}

// mayReview returns nil for a second person of the body whom nothing ties to the person.
func (d *Desk) mayReview(ctx context.Context, by authz.Principal, c *Case) error {
	if err := c.second(by); err != nil {
		return err
	}
	return d.apart(ctx, c, separation.Subject{Person: engine.PersonID(by.Person), Role: authz.Examiner})
}

// concerns returns nil for somebody from outside for whom the case waits, or who decided on it; to others there is no such case.
func (d *Desk) concerns(ctx context.Context, by authz.Principal, c *Case) error {
	if !by.Can(authz.RecogniseDecide) || c.in(Reviewed, Public, Struck) != nil && !c.DecidedBy(by) {
		return ErrCase
	}
	err := d.near(ctx, by, c)
	switch k := errs.KindOf(err); {
	case err == nil:
		return nil
	case k == errs.Internal, k == errs.Unavailable:
		return err
	}
	return ErrCase
}
