package control

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
)

// Register answers until when examiners are calibrated; it is what sitting.Calibrations asks for.
type Register struct {
	Markings Markings
	People   People
}

// Calibrated implements sitting.Calibrations: of each of the persons, the last day on which the calibration holds for work for a
// body. Who has none, and whose last one was not passed, is left out. It asks for no role, and tells no points.
func (r Register) Calibrated(ctx context.Context, body engine.OrgID, persons []engine.PersonID) (map[engine.PersonID]clock.Date, error) {
	o, err := r.People.Organisation(ctx, body)
	if err != nil {
		return nil, err
	}
	until := map[engine.PersonID]clock.Date{}
	for _, p := range persons {
		all, err := engine.All(ctx, func(ctx context.Context, c engine.Cursor) ([]*Marking, string, error) {
			return r.Markings.MarkingsOf(ctx, Whose{Person: p}, c)
		})
		if err != nil {
			return nil, err
		}
		if m := latest(all, scopesOf(string(body), o.Province)); m != nil && m.Outcome.Passed {
			until[p] = m.Outcome.Until
		}
	}
	return until, nil
}

// latest is the judged calibration within the scopes that was signed last, of two at one instant the one of the later ID; nil for
// none. It alone counts: whoever fails after a pass is not calibrated until the next pass.
func latest(all []*Marking, scopes []Scope) (last *Marking) {
	for _, m := range all {
		if m.Purpose != ForCalibration || m.Outcome == nil || !slices.Contains(scopes, m.Scope) {
			continue
		}
		if last == nil || cmp.Or(m.Signed().Compare(last.Signed()), cmp.Compare(m.Control, last.Control)) > 0 {
			last = m
		}
	}
	return last
}

// Member is one of the body's examiners.
type Member struct {
	Person engine.PersonID
	Name   string
}

// Standing is one examiner in the overview of a body.
type Standing struct {
	Member
	Agreement            // over all signed calibrations for the body
	Passed    int        // of these
	Until     clock.Date // the last day on which the calibration holds; zero: none does
	Holds     bool       // today
}

// Overview lists until when the body's examiners are calibrated and how they agree with the references, by name: those of staff, and
// whoever was calibrated for the body before. It tells no reference.
func (d *Desk) Overview(ctx context.Context, by authz.Principal, staff []Member) ([]Standing, error) {
	if err := by.Require(authz.CalibrationRead); err != nil {
		return nil, err
	}
	scopes, err := d.takesFrom(ctx, by)
	if err != nil {
		return nil, err
	}
	before, err := d.markings(ctx, Whose{Body: engine.OrgID(by.Org)})
	if err != nil {
		return nil, err
	}
	persons := map[engine.PersonID]bool{}
	for _, m := range staff {
		persons[m.Person] = true
	}
	for _, m := range before {
		if m.Purpose == ForCalibration && !m.Signed().IsZero() {
			persons[m.Person] = true
		}
	}
	lines, known := []Standing{}, map[ID]*Control{}
	for _, p := range slices.Sorted(maps.Keys(persons)) {
		s, err := d.standing(ctx, p, scopes, known)
		if err != nil {
			return nil, err
		}
		lines = append(lines, *s)
	}
	slices.SortStableFunc(lines, func(a, b Standing) int { return strings.Compare(a.Name, b.Name) })
	return lines, nil
}

// standing sums up one examiner's signed calibrations within the scopes; known keeps control performances that were read.
func (d *Desk) standing(ctx context.Context, p engine.PersonID, scopes []Scope, known map[ID]*Control) (*Standing, error) {
	person, err := d.ports.People.Named(ctx, p)
	if err != nil {
		return nil, err
	}
	signed, err := d.markings(ctx, Whose{Person: p})
	if err != nil {
		return nil, err
	}
	s := &Standing{Member: Member{Person: p, Name: strings.TrimSpace(person.Name)}}
	var all []Comparison
	for _, m := range signed {
		if m.Purpose != ForCalibration || m.Signed().IsZero() || !slices.Contains(scopes, m.Scope) {
			continue
		}
		if known[m.Control] == nil {
			if known[m.Control], err = d.ports.Controls.Control(ctx, m.Control); err != nil {
				return nil, err
			}
		}
		all = append(all, Compare(known[m.Control], &m.Sheet))
		if m.Outcome != nil && m.Outcome.Passed {
			s.Passed++
		}
	}
	s.Agreement = Agree(all)
	if m := latest(signed, scopes); m != nil && m.Outcome.Passed {
		s.Until = m.Outcome.Until
		s.Holds = !s.Until.Before(d.day(d.clock.Now()))
	}
	return s, nil
}
