package recognition

import (
	"context"
	"errors"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/engine/separation"
)

// Review is the word of a second person of the body, who stands here in the place of an examiner.
func (d *Desk) Review(ctx context.Context, by authz.Principal, seen engine.Seen, pro bool, reason string) (*Case, error) {
	if err := by.Require(authz.RecogniseReview); err != nil {
		return nil, err
	}
	by, err := d.people.Whole(ctx, by)
	if err != nil {
		return nil, err
	}
	now := d.clock.Now()
	o, err := d.opinion(by, pro, reason, now)
	if err != nil {
		return nil, err
	}
	return d.step(ctx, by, seen, func(c *Case) error {
		if err := c.second(by); err != nil {
			return err
		}
		if err := c.in(Applied); err != nil {
			return err
		}
		if pro {
			if err := d.stands(ctx, c, separation.Subject{Person: engine.PersonID(by.Person), Role: authz.Examiner}); err != nil {
				return err
			}
		}
		c.Trail.AddBy(now, by, "recognition.reviewed", o.Reason)
		return c.review(o)
	})
}

// Decide is the word of the labour authority of the province, or of a quality supervisor who is not of the body's staff; neither
// may be tied to the person. For the case it takes a place of the year's quota first, so that deciding again completes it, and
// opens the publicity.
func (d *Desk) Decide(ctx context.Context, by authz.Principal, seen engine.Seen, pro bool, reason string) (*Case, error) {
	if err := by.Require(authz.RecogniseDecide); err != nil {
		return nil, err
	}
	by, err := d.people.Whole(ctx, by)
	if err != nil {
		return nil, err
	}
	now, today := d.clock.Now(), d.today()
	o, err := d.opinion(by, pro, reason, now)
	if err != nil {
		return nil, err
	}
	notice := engine.Publicly(today, d.policy.Recognition.NoticeDays, d.policy.Calendar)
	fit := func(c *Case) error { return d.decidable(ctx, by, c, seen, pro) }
	c, err := d.ruled(ctx, by, ID(seen.ID))
	if err != nil {
		return nil, err
	}
	if err := fit(c); err != nil {
		return nil, err
	}
	if pro {
		if err := d.seat(ctx, c, today.Year); err != nil {
			return nil, err
		}
	}
	c, err = d.changeAs(ctx, d.ruled, by, c.ID, func(c *Case) error {
		if err := fit(c); err != nil {
			return err
		}
		c.Trail.AddBy(now, by, "recognition.decided", o.Reason)
		return c.decide(o, notice)
	})
	return d.settled(ctx, c, err)
}

// decidable returns nil when by may decide on the case, as it was seen, and for it where pro.
func (d *Desk) decidable(ctx context.Context, by authz.Principal, c *Case, seen engine.Seen, pro bool) error {
	if c.Seen() != seen {
		return engine.ErrStale
	}
	if err := c.second(by); err != nil {
		return err
	}
	if err := c.in(Reviewed); err != nil {
		return err
	}
	if err := d.mayDecide(ctx, by, c); err != nil || !pro {
		return err
	}
	return d.stands(ctx, c)
}

// seat takes a place of the year for the case.
func (d *Desk) seat(ctx context.Context, c *Case, year int) error {
	most, err := d.places(ctx, c.Org)
	if err != nil {
		return err
	}
	return d.changeQuota(ctx, c.Org, year, func(q *Quota) error { return q.take(c.ID, most) })
}

// settled gives back the place of a case that came to nothing.
func (d *Desk) settled(ctx context.Context, c *Case, err error) (*Case, error) {
	if err != nil || !c.over() {
		return c, err
	}
	year := d.today().Year
	if o := c.Decision; o != nil {
		year = d.yearOf(o.At)
	}
	return c, d.changeQuota(ctx, c.Org, year, func(q *Quota) error { return q.leave(c.ID) })
}

// stands returns nil when the person may still be recognised, by these subjects.
func (d *Desk) stands(ctx context.Context, c *Case, subjects ...separation.Subject) error {
	body, err := d.people.Organisation(ctx, c.Org)
	if err != nil {
		return err
	}
	if err := d.eligible(ctx, c, body); err != nil || len(subjects) == 0 {
		return err
	}
	return d.apart(ctx, c, subjects...)
}

// mayDecide returns nil for the authority of the province and for a supervisor of a body of the province, neither of the body's
// staff nor tied to the person: whoever taught somebody does not decide on them.
func (d *Desk) mayDecide(ctx context.Context, by authz.Principal, c *Case) error {
	if err := d.near(ctx, by, c); err != nil {
		return err
	}
	all, err := d.judge.Employed(ctx, c.Org, engine.PersonID(by.Person), d.today())
	switch {
	case err != nil:
		return err
	case len(all) > 0:
		return ErrTied
	}
	return d.apart(ctx, c, separation.Subject{Person: engine.PersonID(by.Person), Role: authz.Supervisor})
}

// near returns nil when by comes from the province of the case: as its authority, or by the body that sends them.
func (d *Desk) near(ctx context.Context, by authz.Principal, c *Case) error {
	body, err := d.people.Organisation(ctx, c.Org)
	switch {
	case err != nil:
		return err
	case by.ActsIn(body.Province):
		return nil
	case by.IsAuthority(), by.Org == "":
		return ErrProvince
	}
	own, err := d.people.Organisation(ctx, engine.OrgID(by.Org))
	if err == nil && own.Province != body.Province {
		return ErrProvince
	}
	return err
}

// second returns nil for somebody who had no hand in the case, and whom it is not about.
func (c *Case) second(by authz.Principal) error {
	switch {
	case c.IsOf(by):
		return ErrOwn
	case c.Has(by):
		return ErrTwo
	}
	return nil
}

// step changes a case of a body that by acts for, as it was seen. One that was applied for anew or reviewed since is engine.ErrStale.
func (d *Desk) step(ctx context.Context, by authz.Principal, seen engine.Seen, change func(*Case) error) (*Case, error) {
	return d.change(ctx, by, ID(seen.ID), func(c *Case) error {
		if c.Seen() != seen {
			return engine.ErrStale
		}
		return change(c)
	})
}

func (d *Desk) change(ctx context.Context, by authz.Principal, id ID, change func(*Case) error) (*Case, error) {
	return d.changeAs(ctx, d.own, by, id, change)
}

// reads gives a case to those who may have it.
type reads func(context.Context, authz.Principal, ID) (*Case, error)

func (d *Desk) changeAs(ctx context.Context, as reads, by authz.Principal, id ID, change func(*Case) error) (*Case, error) {
	return engine.Modify(ctx, func(ctx context.Context) (*Case, error) { return as(ctx, by, id) }, d.ports.Cases.UpdateCase, change)
}

// Withdraw ends a case before it is decided on, for the office that applied.
func (d *Desk) Withdraw(ctx context.Context, by authz.Principal, id ID, reason string) (*Case, error) {
	if err := by.Require(authz.RecogniseApply); err != nil {
		return nil, err
	}
	by, err := d.people.Whole(ctx, by)
	if err != nil {
		return nil, err
	}
	now := d.clock.Now()
	o, err := d.opinion(by, false, reason, now)
	if err != nil {
		return nil, err
	}
	c, err := d.change(ctx, by, id, func(c *Case) error {
		if c.IsOf(by) {
			return ErrOwn
		}
		if err := c.withdraw(); err != nil {
			return err
		}
		c.Trail.AddBy(now, by, "recognition.withdrawn", o.Reason)
		return nil
	})
	return d.settled(ctx, c, err)
}

// Object takes an objection from anybody while the case is public.
func (d *Desk) Object(ctx context.Context, id ID, p engine.Protest) (*Case, error) {
	var k errs.Check
	p = p.Clean(&k)
	if err := k.Err(ErrProtest); err != nil {
		return nil, err
	}
	now, today := d.clock.Now(), d.today()
	c, err := engine.Modify(ctx, d.load(id), d.ports.Cases.UpdateCase, func(c *Case) error {
		if err := c.object(p, now, today); err != nil {
			return err
		}
		c.Trail.Add(now, "public", "recognition.objected", "")
		return nil
	})
	if errors.Is(err, ErrCase) {
		return nil, ErrNotPublic // what there is and is not public looks alike
	}
	return c, err
}

// Answer ends an objection, by somebody who might have decided and did not; one that is upheld strikes the case.
func (d *Desk) Answer(ctx context.Context, by authz.Principal, id ID, no int, upheld bool, words string) (*Case, error) {
	if err := by.Require(authz.RecogniseDecide); err != nil {
		return nil, err
	}
	by, err := d.people.Whole(ctx, by)
	if err != nil {
		return nil, err
	}
	now := d.clock.Now()
	o, err := d.opinion(by, upheld, words, now)
	if err != nil {
		return nil, err
	}
	a := Answer{Upheld: upheld, Words: o.Reason, At: now, By: by.Account, Name: by.Name}
	c, err := d.changeAs(ctx, d.ruled, by, id, func(c *Case) error {
		if err := d.mayAnswer(ctx, by, c); err != nil {
			return err
		}
		if err := c.answer(no, a); err != nil {
			return err
		}
		c.Trail.AddBy(now, by, "recognition.answered", o.Reason)
		return nil
	})
	return d.settled(ctx, c, err)
}

// mayAnswer returns nil for whoever may decide on the case and had no hand in it, the decision that is objected to among it.
func (d *Desk) mayAnswer(ctx context.Context, by authz.Principal, c *Case) error {
	if err := c.second(by); err != nil {
		return err
	}
	if c.DecidedBy(by) {
		return ErrDecided
	}
	return d.mayDecide(ctx, by, c)
}

// Conclude ends the publicity, for the office that applied.
func (d *Desk) Conclude(ctx context.Context, by authz.Principal, id ID) (*Case, error) {
	if err := by.Require(authz.RecogniseApply); err != nil {
		return nil, err
	}
	by, err := d.people.Whole(ctx, by)
	if err != nil {
		return nil, err
	}
	now, today := d.clock.Now(), d.today()
	return d.change(ctx, by, id, func(c *Case) error {
		if c.IsOf(by) {
			return ErrOwn
		}
		if err := c.conclude(today); err != nil {
			return err
		}
		c.Trail.AddBy(now, by, "recognition.final", "")
		return nil
	})
}

// Granted returns a case for which a certificate may be issued today: its publicity is over, and everything that may keep the
// person from it was looked at again, who reviewed and who decided among it. It asks for no role: it is for the certificates.
func (d *Desk) Granted(ctx context.Context, id ID) (*Case, error) {
	c, err := d.ports.Cases.Case(ctx, id)
	if err != nil {
		return nil, err
	}
	if err := c.in(Final); err != nil {
		return nil, err
	}
	return c, d.stands(ctx, c, separation.Subject{Person: engine.PersonID(c.Review.Who), Role: authz.Examiner},
		separation.Subject{Person: engine.PersonID(c.Decision.Who), Role: authz.Supervisor})
}

// FinalOf lists the cases of a body whose publicity is over. It asks for no role: it is for the certificates.
func (d *Desk) FinalOf(ctx context.Context, org engine.OrgID) ([]*Case, error) {
	all, err := engine.All(ctx, func(ctx context.Context, at engine.Cursor) ([]*Case, string, error) {
		return d.ports.Cases.CasesOf(ctx, org, at)
	})
	var final []*Case
	for _, c := range all {
		if c.State == Final {
			final = append(final, c)
		}
	}
	return final, err
}

// HandedOver is the event of a case's trail when its certificate was given out for the national register.
const HandedOver = "recognition.handed-over"

// HandedOver writes that event. It is for the certificates, which ask for the role.
func (d *Desk) HandedOver(ctx context.Context, by authz.Principal, id ID) error {
	now := d.clock.Now()
	_, err := d.change(ctx, by, id, func(c *Case) error {
		c.Trail.AddBy(now, by, HandedOver, "")
		return nil
	})
	return err
}

// PublicRow is a line of the list that everybody may read; the name is masked.
type PublicRow struct {
	ID     ID
	Name   string
	Body   string
	Level  engine.Level
	Notice engine.Publicity
}

// PublicList lists the cases that are in publicity today.
func (d *Desk) PublicList(ctx context.Context) ([]PublicRow, error) {
	all, err := engine.All(ctx, func(ctx context.Context, at engine.Cursor) ([]*Case, string, error) {
		return d.ports.Cases.CasesIn(ctx, Public, at)
	})
	if err != nil {
		return nil, err
	}
	var rows []PublicRow
	for _, c := range all {
		if !c.Readable(d.today()) {
			continue
		}
		p, err := d.people.Named(ctx, c.Person)
		if err != nil {
			return nil, err
		}
		rows = append(rows, PublicRow{ID: c.ID, Name: engine.MaskName(p.Name), Body: c.Body, Level: c.Level, Notice: c.Notice})
	}
	return rows, nil
}
