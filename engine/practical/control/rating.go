package control

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/practical"
)

// Row is one control performance in a leader's list, without its reference.
type Row struct {
	*Control
	Raters int      // who signed
	Own    *Marking // the reader's own, nil for none
}

// Controls lists the control performances of the acting leader's body and province, those in use first, then by title.
func (d *Desk) Controls(ctx context.Context, by authz.Principal) ([]Row, error) {
	if err := by.Require(authz.ControlWrite); err != nil {
		return nil, err
	}
	var rows []Row
	for _, s := range scopesOf(by.Org, by.Province) {
		all, err := d.of(ctx, s)
		if err != nil {
			return nil, err
		}
		for _, c := range all {
			markings, err := d.markings(ctx, Whose{Control: c.ID})
			if err != nil {
				return nil, err
			}
			row := Row{Control: c.masked()}
			for _, m := range markings {
				if m.Purpose == ForReference && !m.Signed().IsZero() {
					row.Raters++
				}
				if string(m.Person) == by.Person {
					row.Own = m
				}
			}
			rows = append(rows, row)
		}
	}
	slices.SortStableFunc(rows, func(a, b Row) int {
		return cmp.Or(cmp.Compare(place(a.State), place(b.State)), strings.Compare(a.Title, b.Title), cmp.Compare(a.Edition, b.Edition))
	})
	return rows, nil
}

// place is the order of states in lists: what waits for somebody first, what is over last.
func place(s State) int { return slices.Index([]State{Rated, Rating, Draft, Confirmed, Retired}, s) }

func scopesOf(org, province string) (all []Scope) {
	if org != "" {
		all = append(all, Scope{Org: engine.OrgID(org)})
	}
	if province != "" {
		all = append(all, Scope{Province: province})
	}
	return all
}

func (d *Desk) of(ctx context.Context, s Scope) ([]*Control, error) {
	return engine.All(ctx, func(ctx context.Context, c engine.Cursor) ([]*Control, string, error) {
		return d.ports.Controls.ControlsOf(ctx, s, c)
	})
}

// View is one control performance as one leader sees it. Until the reader has signed a sheet of their own there is nobody else's in
// it; the reference is there for its author and raters only, so that another leader can still be calibrated by it.
type View struct {
	Control  *Control
	Own      *Marking // for the reference; nil before the first save
	Raters   []Rater  // who signed, by person
	Involved bool     // wrote it or rates it
}

// Rater is one expert who signed.
type Rater struct {
	Person engine.PersonID
	Name   string
	Signed time.Time
	Sheet  *practical.Sheet // nil where the reader may not see it yet
}

// Show returns a control performance to a leader of its body or province.
func (d *Desk) Show(ctx context.Context, by authz.Principal, id ID) (*View, error) {
	c, err := d.own(ctx, by, id)
	if err != nil {
		return nil, err
	}
	own, err := d.marking(ctx, id, by)
	if err != nil {
		return nil, err
	}
	v := &View{Control: c, Involved: string(c.Author) == by.Person}
	if own != nil && own.Purpose == ForReference {
		v.Own, v.Involved = own, true
	}
	if !v.Involved {
		v.Control = c.masked()
	}
	ratings, err := d.ratings(ctx, id)
	if err != nil {
		return nil, err
	}
	open := v.Own != nil && !v.Own.Signed().IsZero() || v.Involved && c.Reference != nil
	for _, m := range ratings {
		p, err := d.ports.People.Named(ctx, m.Person)
		if err != nil {
			return nil, err
		}
		r := Rater{Person: m.Person, Name: strings.TrimSpace(p.Name), Signed: m.Signed()}
		if open {
			r.Sheet = &m.Sheet
		}
		v.Raters = append(v.Raters, r)
	}
	return v, nil
}

// marking returns the acting person's own marking, nil where there is none.
func (d *Desk) marking(ctx context.Context, id ID, by authz.Principal) (*Marking, error) {
	if by.Person == "" {
		return nil, nil
	}
	m, err := d.ports.Markings.Marking(ctx, id, engine.PersonID(by.Person))
	if errors.Is(err, ErrMarking) {
		return nil, nil
	}
	return m, err
}

// Rate writes what the acting expert would give, all of it every time, while nothing is agreed yet. revision is Seen of the sheet
// last seen, 0 for none. Saving the same again is harmless.
func (d *Desk) Rate(ctx context.Context, by authz.Principal, id ID, revision int64, e Entry) (*Marking, error) {
	c, m, err := d.rating(ctx, by, id)
	if err != nil {
		return nil, err
	}
	return d.save(ctx, by, c, m, revision, e)
}

// SignRating closes the acting expert's rating for good. Signing twice is harmless.
func (d *Desk) SignRating(ctx context.Context, by authz.Principal, id ID, revision int64) (*Marking, error) {
	c, m, err := d.rating(ctx, by, id)
	if err != nil {
		return nil, err
	}
	return d.sign(ctx, by, c, m, revision)
}

// rating returns the control performance while it is rated, and the acting expert's sheet or one to be begun.
func (d *Desk) rating(ctx context.Context, by authz.Principal, id ID) (*Control, *Marking, error) {
	c, err := d.own(ctx, by, id)
	if err != nil {
		return nil, nil, err
	}
	m, err := d.marking(ctx, id, by)
	switch {
	case err != nil:
		return nil, nil, err
	case m != nil && m.Purpose != ForReference:
		return nil, nil, ErrTaken
	case m != nil && !m.Signed().IsZero():
		return c, m, nil // whoever signs again finds it signed, whatever became of the control performance
	case c.State != Rating || by.Person == "":
		return nil, nil, ErrState
	case m == nil:
		m = begin(c, by, ForReference)
	}
	return c, m, nil
}

func begin(c *Control, by authz.Principal, p Purpose) *Marking {
	return &Marking{Control: c.ID, Scope: c.Scope, Person: engine.PersonID(by.Person), Body: engine.OrgID(by.Org), Purpose: p,
		Sheet: practical.Sheet{Examiner: engine.PersonID(by.Person)}}
}

// save checks and stores what was entered, by the rules of every score sheet.
func (d *Desk) save(ctx context.Context, by authz.Principal, c *Control, m *Marking, revision int64, e Entry) (*Marking, error) {
	if err := practical.CheckScores(c.tasks(), e.Scores, e.Vetoes); err != nil {
		return nil, err
	}
	now := d.clock.Now()
	if err := m.fill(revision, e, now); errors.Is(err, engine.ErrUnchanged) {
		return m, nil
	} else if err != nil {
		return nil, err
	}
	m.Trail.Add(now, by.Account, "control.saved", fmt.Sprintf("%d without points, %d vetoes", practical.Missing(c.tasks(), m.Sheet.Scores), len(m.Sheet.Vetoes)))
	return m, d.put(ctx, m)
}

// put stores a marking at its revision; one that was begun elsewhere meanwhile is stale like any other.
func (d *Desk) put(ctx context.Context, m *Marking) error {
	if m.Revision > 0 {
		return d.ports.Markings.UpdateMarking(ctx, m)
	}
	err := d.ports.Markings.CreateMarking(ctx, m)
	if errors.Is(err, ErrMarkingExists) {
		return engine.ErrStale
	}
	return err
}

func (d *Desk) sign(ctx context.Context, by authz.Principal, c *Control, m *Marking, revision int64) (*Marking, error) {
	now := d.clock.Now()
	if err := m.sign(revision, c, now); errors.Is(err, engine.ErrUnchanged) {
		return m, nil
	} else if err != nil {
		return nil, err
	}
	if m.Purpose == ForCalibration {
		m.Outcome = outcome(c, &m.Sheet, d.policy.Calibration, d.day(now))
	}
	m.Trail.Add(now, by.Account, "control.signed", string(m.Purpose))
	return m, d.put(ctx, m)
}
