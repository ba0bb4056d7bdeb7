package practical

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/ids"
	"github.com/skillcert/skillcert/engine/separation"
	"github.com/skillcert/skillcert/engine/sitting"
	"github.com/skillcert/skillcert/questionbank"
)

// Ports are what a Desk keeps its documents in, and who knows names.
type Ports struct {
	Assessments Assessments
	Sheets      Sheets
	Draws       Draws
	Seals       engine.Seals
	Names       Names

	Calibrations sitting.Calibrations // nil: nobody is calibrated
}

// Names knows people; people.Registry does.
type Names interface {
	Named(ctx context.Context, id engine.PersonID) (*engine.Person, error)
}

// Desk runs the practical component: examiners each at their own sheets, the leader over all of one session.
type Desk struct {
	ports    Ports
	sittings *sitting.Sittings
	bank     *questionbank.Bank
	policy   engine.Policy
	clock    clock.Clock
	ids      *ids.Source
}

// NewDesk returns a Desk.
func NewDesk(p Ports, s *sitting.Sittings, b *questionbank.Bank, pol engine.Policy, c clock.Clock, src *ids.Source) *Desk {
	return &Desk{ports: p, sittings: s, bank: b, policy: pol, clock: c, ids: src}
}

// ScoringWindow is when sheets of a practical window may be written and signed: from its opening to the end of the
// day, in zone, of its last instant. Examiners enter and sign what they saw after the last candidate has left; what
// is entered on another day is no longer an observation, so a later entry needs the leader (Prolong).
func ScoringWindow(practical clock.Window, zone *time.Location) clock.Window {
	last := practical.Closes.Add(-time.Millisecond)
	return clock.Window{Opens: practical.Opens, Closes: endOfDay(last, zone)}
}

func endOfDay(t time.Time, zone *time.Location) time.Time {
	return clock.DateOf(t, zone).AddDays(1).In(zone)
}

// clear returns nil when nothing that is on record today keeps the person in the role from the assessment's candidate.
func (d *Desk) clear(ctx context.Context, a *Assessment, person engine.PersonID, role authz.Role, now time.Time) error {
	subject := separation.Subject{Person: person, Role: role}
	return d.sittings.Clear(ctx, a.Session, subject, []engine.PersonID{a.Candidate}, clock.DateOf(now, d.policy.Location()))
}

// mine returns the assessment when the acting person examines it. One that is not there and one of others look alike.
func (d *Desk) mine(ctx context.Context, by authz.Principal, id AssessmentID) (*Assessment, error) {
	a, err := d.ports.Assessments.Assessment(ctx, id)
	if errors.Is(err, ErrAssessment) {
		return nil, ErrNotExaminer
	}
	if err != nil {
		return nil, err
	}
	if !a.examinedBy(engine.PersonID(by.Person)) {
		return nil, ErrNotExaminer
	}
	return a, nil
}

func (a *Assessment) examinedBy(p engine.PersonID) bool {
	return p != "" && slices.Contains(a.Examiners, p)
}

// judgedBy reports whether the points of the assessment rest on the person's judgement: an examiner's of it, the ruling of a
// leader, or a correction that a leader opened and of which the sheet counts. Another leader may rule anew, or open the next.
func (a *Assessment) judgedBy(p engine.PersonID, role authz.Role) bool {
	switch role {
	case authz.Examiner:
		return a.examinedBy(p)
	case authz.Leader:
		return a.Ruling != nil && a.Ruling.By == p || slices.ContainsFunc(a.Examiners, func(e engine.PersonID) bool {
			c := a.correction(e, a.counts(e))
			return c != nil && c.By == p
		})
	}
	return false
}

// leading returns the assessment to the leader on duty in its session, unless they must keep away from the candidate: whoever
// is tied to somebody rules, corrects, excuses and exchanges nothing of theirs. For other leaders it is not there.
func (d *Desk) leading(ctx context.Context, by authz.Principal, id AssessmentID) (*Assessment, error) {
	if err := by.Require(authz.PracticalRun); err != nil {
		return nil, err
	}
	a, err := d.ports.Assessments.Assessment(ctx, id)
	if err != nil {
		return nil, err
	}
	err = d.sittings.OnDuty(ctx, a.Session, by, authz.Leader, "")
	if errors.Is(err, sitting.ErrNotOnDuty) {
		return nil, ErrAssessment
	}
	if err != nil {
		return nil, err
	}
	if err := d.unsealed(ctx, a.Session); err != nil {
		return nil, err
	}
	return a, d.clear(ctx, a, engine.PersonID(by.Person), authz.Leader, d.clock.Now())
}

// unsealed returns engine.ErrSealed once the session's practical component is sealed.
func (d *Desk) unsealed(ctx context.Context, id sitting.SessionID) error {
	_, err := d.ports.Seals.Seal(ctx, string(id), engine.Practical)
	switch {
	case errors.Is(err, engine.ErrNoSeal):
		return nil
	case err != nil:
		return err
	}
	return engine.ErrSealed
}

// sealed reports whether the session's practical component is.
func (d *Desk) sealed(ctx context.Context, id sitting.SessionID) (bool, error) {
	err := d.unsealed(ctx, id)
	if errors.Is(err, engine.ErrSealed) {
		return true, nil
	}
	return false, err
}

// requireAny returns nil when the acting person may do one of the actions.
func requireAny(by authz.Principal, actions ...authz.Action) error {
	if slices.ContainsFunc(actions, by.Can) {
		return nil
	}
	return by.Require(actions[0])
}
