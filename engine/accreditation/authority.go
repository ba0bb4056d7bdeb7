package accreditation

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/separation"
)

// Review writes down what the materials, the visit and the answers showed. It recommends or does not; another person decides.
func (d *Desk) Review(ctx context.Context, by authz.Principal, id CallID, org engine.OrgID, o Opinion) (*Call, error) {
	return d.judge(ctx, by, authz.AccreditReview, id, org, "application.reviewed", o, (*Call).review)
}

// Decide chooses the body or not, once applications closed: before, ErrOpen.
func (d *Desk) Decide(ctx context.Context, by authz.Principal, id CallID, org engine.OrgID, o Opinion) (*Call, error) {
	if err := by.Require(authz.AccreditDecide); err != nil {
		return nil, err
	}
	by, err := d.people.Whole(ctx, by)
	if err != nil {
		return nil, err
	}
	return d.judge(ctx, by, authz.AccreditDecide, id, org, "application.decided", o, func(c *Call, a *Application, o Opinion) error {
		return c.decide(a, o, by, d.today())
	})
}

func (d *Desk) judge(ctx context.Context, by authz.Principal, may authz.Action, id CallID, org engine.OrgID, action string, o Opinion,
	step func(*Call, *Application, Opinion) error) (*Call, error) {
	if err := by.Require(may); err != nil {
		return nil, err
	}
	o, err := opinion(by, o)
	if err != nil {
		return nil, err
	}
	o.At = d.clock.Now()
	return d.ruled(ctx, by, id, org, action, o.Reason, func(c *Call, a *Application) error { return step(c, a, o) })
}

// ruled is step for an authority of the call's province.
func (d *Desk) ruled(ctx context.Context, by authz.Principal, id CallID, org engine.OrgID, action, note string, step func(*Call, *Application) error) (*Call, error) {
	return d.step(ctx, by, id, org, action, note, func(c *Call, a *Application) error {
		if !by.ActsIn(c.Province) {
			return ErrCall
		}
		return step(c, a)
	})
}

// Publish begins the public notice today. Its last day is the working day that the call's days of notice come to, by the policy's
// calendar, today not counted.
func (d *Desk) Publish(ctx context.Context, by authz.Principal, id CallID) (*Call, error) {
	if err := by.Require(authz.AccreditCall); err != nil {
		return nil, err
	}
	now, today := d.clock.Now(), d.today()
	return d.change(ctx, by, id, func(c *Call) error {
		if !by.ActsIn(c.Province) {
			return ErrCall
		}
		n := Notice{From: today, Last: d.policy.Calendar.AddWorkingDays(today, c.NoticeDays), At: now, By: by.Account}
		if err := c.publish(n); err != nil {
			return err
		}
		c.Trail.AddBy(now, by, "call.noticed", n.From.String()+" 至 "+n.Last.String())
		return nil
	})
}

// Object writes down an objection that came in. No and By are filled in.
func (d *Desk) Object(ctx context.Context, by authz.Principal, id CallID, org engine.OrgID, o Objection) (*Call, error) {
	if err := by.Require(authz.AccreditCall); err != nil {
		return nil, err
	}
	o.From, o.Text = strings.TrimSpace(o.From), strings.TrimSpace(o.Text)
	if err := o.Check(); err != nil {
		return nil, err
	}
	o.At, o.By, o.On, o.Answer = d.clock.Now(), by.Account, d.today(), nil
	return d.ruled(ctx, by, id, org, "application.objected", "", func(c *Call, a *Application) error { return c.object(a, o) })
}

// Answer ends an objection; one that is upheld strikes the application.
func (d *Desk) Answer(ctx context.Context, by authz.Principal, id CallID, org engine.OrgID, no int, w Answer) (*Call, error) {
	if err := by.Require(authz.AccreditCall); err != nil {
		return nil, err
	}
	w.Text = strings.TrimSpace(w.Text)
	if err := w.Check(); err != nil {
		return nil, err
	}
	w.At, w.By, w.Name = d.clock.Now(), by.Account, by.Name
	return d.ruled(ctx, by, id, org, "application.answered", w.Text, func(c *Call, a *Application) error { return c.answer(a, no, w) })
}

// Papers are what the authority files a body by: number, capacity and days, and who is behind it where that is not what the
// application says.
type Papers struct {
	engine.Filing
	Control *separation.Control
}

// File files the body for the call's occupation and levels once the notice is over without an open objection, and records it
// with the bodies, and who is behind it with the ties. It writes down first what it is about to file, so that calling it again
// completes it. The levels that the body is filed for already in the occupation on the first day of the new filing go on in it, and
// what they were filed by ends on that day; filings for other occupations stay beside it.
func (d *Desk) File(ctx context.Context, by authz.Principal, id CallID, org engine.OrgID, p Papers) (*Call, error) {
	if err := by.Require(authz.AccreditCall); err != nil {
		return nil, err
	}
	body, err := d.people.Organisation(ctx, org)
	if err != nil {
		return nil, err
	}
	call, err := d.ruled(ctx, by, id, org, "application.filing", p.Number, func(c *Call, a *Application) error { return d.intend(ctx, by, c, a, *body, p) })
	if err != nil {
		return nil, err
	}
	a, err := call.of(org)
	if err != nil || a.State == Filed {
		return call, err
	}
	body.Filings = []engine.Filing{*a.Filing}
	if _, err := d.ties.FileBody(ctx, by, *body, d.today(), a.Control); err != nil {
		return nil, err
	}
	return d.ruled(ctx, by, id, org, "application.filed", call.Document, func(_ *Call, a *Application) error {
		if a.State == Filed {
			return engine.ErrUnchanged
		}
		a.State = Filed
		return nil
	})
}

// intend writes down what is about to be filed, once nothing is wrong with it.
func (d *Desk) intend(ctx context.Context, by authz.Principal, c *Call, a *Application, body engine.Organisation, p Papers) error {
	today := d.today()
	if err := c.fileable(a, today); err != nil {
		return err
	}
	if a.State == Filed {
		return engine.ErrUnchanged
	}
	if err := body.Permits(engine.ActApply, today); err != nil {
		return err
	}
	p.Occupation, p.Levels = c.Occupation, c.widened(&body, p.From)
	p.Document, p.Succeeds = c.Document, true
	if p.Control == nil {
		p.Control = a.Control
	}
	body.Filings = []engine.Filing{p.Filing}
	if err := d.ties.CheckFiling(ctx, by, body, p.Control); err != nil {
		return err
	}
	a.Filing, a.Control = &p.Filing, p.Control
	return nil
}

// CheckPapers tells everything that File would refuse of papers, and writes nothing.
func (d *Desk) CheckPapers(ctx context.Context, by authz.Principal, id CallID, org engine.OrgID, p Papers) error {
	if err := by.Require(authz.AccreditCall); err != nil {
		return err
	}
	c, err := d.Call(ctx, by, id)
	if err != nil {
		return err
	}
	a, err := c.of(org)
	if err != nil {
		return err
	}
	body, err := d.people.Organisation(ctx, org)
	if err != nil {
		return err
	}
	if err := d.intend(ctx, by, c, a, *body, p); !errors.Is(err, engine.ErrUnchanged) {
		return err
	}
	return nil
}

// widened are the levels of the call with those that the body is filed for already in the occupation on the day.
func (c *Call) widened(body *engine.Organisation, day clock.Date) (levels []engine.Level) {
	for _, l := range engine.Levels() {
		_, err := body.FilingFor(engine.Work{Occupation: c.Occupation, Level: l, Day: day})
		if err == nil || slices.Contains(c.Levels, l) {
			levels = append(levels, l)
		}
	}
	return levels
}

// Material returns what a body handed in for a material, to its own office and to the authority of the province.
func (d *Desk) Material(ctx context.Context, by authz.Principal, id CallID, org engine.OrgID, material string) (File, []byte, error) {
	c, err := d.Call(ctx, by, id)
	if err != nil {
		return File{}, nil, err
	}
	a, err := c.of(org)
	if err != nil {
		return File{}, nil, err
	}
	f, ok := a.File(material)
	if !ok {
		return File{}, nil, ErrNoFile
	}
	data, err := d.ports.Files.Material(ctx, f.Digest, f.Size)
	return f, data, err
}
