package control

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
)

func (d *Desk) day(t time.Time) clock.Date { return clock.DateOf(t, d.policy.Location()) }

// Work is one control performance as the examiner sees it who is calibrated by it: never the reference before the own sheet is
// signed, never anybody else's sheet.
type Work struct {
	Control    *Control    // without reference
	Marking    *Marking    // nil before the first save
	Comparison *Comparison // once signed
}

// Seen is by what whoever writes says which sheet they last saw.
func (w Work) Seen() int64 {
	if w.Marking == nil {
		return 0
	}
	return w.Marking.Seen()
}

// Calibrations lists what the acting examiner may be calibrated by, and what they were: not begun and begun first, then what was
// signed last.
func (d *Desk) Calibrations(ctx context.Context, by authz.Principal) ([]Work, error) {
	if err := by.Require(authz.ControlTake); err != nil {
		return nil, err
	}
	scopes, err := d.takesFrom(ctx, by)
	if err != nil {
		return nil, err
	}
	var all []Work
	for _, s := range scopes {
		controls, err := d.of(ctx, s)
		if err != nil {
			return nil, err
		}
		for _, c := range controls {
			m, err := d.marking(ctx, c.ID, by)
			if err != nil {
				return nil, err
			}
			if c.takes(by, m) == nil {
				all = append(all, work(c, m))
			}
		}
	}
	slices.SortStableFunc(all, byDue)
	return all, nil
}

func byDue(a, b Work) int {
	signed := func(w Work) time.Time {
		if w.Marking == nil {
			return time.Time{}
		}
		return w.Marking.Signed()
	}
	x, y := signed(a), signed(b)
	switch {
	case x.IsZero() && y.IsZero():
		return strings.Compare(a.Control.Title, b.Control.Title)
	case x.IsZero() != y.IsZero():
		return cmp.Compare(x.Unix(), y.Unix()) // the zero time is before all others
	}
	return y.Compare(x)
}

// takesFrom are the scopes whose control performances calibrate the acting examiner: those of the body and of its province.
func (d *Desk) takesFrom(ctx context.Context, by authz.Principal) ([]Scope, error) {
	if by.Org == "" || by.Person == "" {
		return nil, ErrBody
	}
	o, err := d.ports.People.Organisation(ctx, engine.OrgID(by.Org))
	if err != nil {
		return nil, err
	}
	return scopesOf(by.Org, o.Province), nil
}

// takes returns nil where the acting person may be calibrated by the control performance, or was. m is their own marking. What is
// neither confirmed nor theirs is not there for them.
func (c *Control) takes(by authz.Principal, m *Marking) error {
	switch {
	case m != nil && m.Purpose == ForCalibration && !m.Signed().IsZero():
		return nil
	case c.State != Confirmed && m != nil:
		return ErrState
	case c.State != Confirmed:
		return ErrControl
	case m != nil && m.Purpose == ForReference, string(c.Author) == by.Person:
		return ErrInvolved
	}
	return nil
}

func work(c *Control, m *Marking) Work {
	w := Work{Control: c.masked(), Marking: m}
	if m != nil && !m.Signed().IsZero() {
		x := Compare(c, &m.Sheet)
		w.Comparison = &x
	}
	return w
}

// Calibration returns one control performance to an examiner of its body or province.
func (d *Desk) Calibration(ctx context.Context, by authz.Principal, id ID) (*Work, error) {
	c, m, err := d.taking(ctx, by, id)
	if err != nil {
		return nil, err
	}
	w := work(c, m)
	return &w, nil
}

// taking returns the control performance with its reference, for the rules only, and the acting examiner's marking.
func (d *Desk) taking(ctx context.Context, by authz.Principal, id ID) (*Control, *Marking, error) {
	if err := by.Require(authz.ControlTake); err != nil {
		return nil, nil, err
	}
	scopes, err := d.takesFrom(ctx, by)
	if err != nil {
		return nil, nil, err
	}
	c, err := d.ports.Controls.Control(ctx, id)
	if err == nil && !slices.Contains(scopes, c.Scope) {
		err = ErrControl
	}
	if err != nil {
		return nil, nil, err
	}
	m, err := d.marking(ctx, id, by)
	if err != nil {
		return nil, nil, err
	}
	return c, m, c.takes(by, m)
}

// Save writes what the acting examiner gives, all of it every time. revision is Seen of the sheet last seen, 0 for none. Saving the
// same again is harmless.
func (d *Desk) Save(ctx context.Context, by authz.Principal, id ID, revision int64, e Entry) (*Marking, error) {
	c, m, err := d.taking(ctx, by, id)
	if err != nil {
		return nil, err
	}
	if m == nil {
		m = begin(c, by, ForCalibration)
	}
	return d.save(ctx, by, c, m, revision, e)
}

// Sign closes the acting examiner's sheet for good, judges it by the policy's rule, and shows the reference. Signing twice is
// harmless.
func (d *Desk) Sign(ctx context.Context, by authz.Principal, id ID, revision int64) (*Work, error) {
	c, m, err := d.taking(ctx, by, id)
	if err != nil {
		return nil, err
	}
	if m == nil {
		m = begin(c, by, ForCalibration)
	}
	if m, err = d.sign(ctx, by, c, m, revision); err != nil {
		return nil, err
	}
	w := work(c, m)
	return &w, nil
}
