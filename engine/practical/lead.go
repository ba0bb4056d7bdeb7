package practical

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/engine/separation"
	"github.com/skillcert/skillcert/engine/sitting"
)

// change rewrites the assessment of the leader on duty, under one event.
func (d *Desk) change(ctx context.Context, by authz.Principal, id AssessmentID, e engine.Event, edit func(*Assessment) error) (*Assessment, error) {
	return engine.Modify(ctx,
		func(ctx context.Context) (*Assessment, error) { return d.leading(ctx, by, id) },
		d.ports.Assessments.UpdateAssessment,
		func(a *Assessment) error {
			if err := edit(a); err != nil {
				return err
			}
			e.By = by.Account
			a.Trail = append(a.Trail, e)
			if p := engine.PersonID(by.Person); p != "" && !slices.Contains(a.Led, p) {
				a.Led = append(a.Led, p)
			}
			return nil
		})
}

func checkReason(c *errs.Check, reason string) {
	c.That(strings.TrimSpace(reason) != "", "reason", "missing", "须写明理由")
	c.That(utf8.RuneCountInString(reason) <= MaxNote, "reason", "long", "理由过长")
}

// excusedAction is the event of Excuse; its note begins with excusedAs and goes on with the reason.
const excusedAction = "assessment.excused"

func excusedAs(s engine.Standing) string { return string(s) + ": " }

// Excuse records that the candidate was absent (not before the window opens, for until then nobody is late, and only while nobody
// has scored anything), or was excluded; with "" it takes back what was recorded by mistake.
func (d *Desk) Excuse(ctx context.Context, by authz.Principal, id AssessmentID, s engine.Standing, reason string) (*Assessment, error) {
	a, err := d.leading(ctx, by, id)
	if err != nil {
		return nil, err
	}
	var c errs.Check
	c.That(s == engine.Absent || s == engine.Voided || s == "", "standing", "unknown", "只能登记缺考或取消资格")
	checkReason(&c, reason)
	if err := c.Err(ErrLead); err != nil {
		return nil, err
	}
	if s == engine.Absent {
		if err := d.since(a.Scoring.Opens); err != nil {
			return nil, err
		}
		sheets, err := d.sheetsAt(ctx, a, first) // nobody has a later one without a first that is signed
		if err != nil {
			return nil, err
		}
		if anyScored(sheets) {
			return nil, ErrHasScores
		}
	}
	e := engine.Event{At: d.clock.Now(), Action: excusedAction, Note: excusedAs(s) + reason, Name: by.Name}
	return d.change(ctx, by, id, e, func(a *Assessment) error {
		if a.Standing == s {
			return engine.ErrUnchanged
		}
		a.Standing = s
		return nil
	})
}

// Decision is what a leader rules. Points are out of 100, nil for none; Veto is empty where no critical error is open.
type Decision struct {
	Points *engine.Points
	Veto   VetoDecision
}

// RulePoints is the decision that sets points and no more.
func RulePoints(p engine.Points) Decision { return Decision{Points: &p} }

// Rule (裁定) decides a disputed assessment with the leader's reason: whether a critical error counts, where the policy
// leaves that to the leader, and the points where the totals lie too far apart. What there is nothing to decide about
// must be left out. Ruling again before the seal replaces the ruling; both stay in the trail.
func (d *Desk) Rule(ctx context.Context, by authz.Principal, id AssessmentID, decision Decision, reason string) (*Assessment, error) {
	a, err := d.leading(ctx, by, id)
	if err != nil {
		return nil, err
	}
	var c errs.Check
	p := decision.Points
	c.That(p == nil || *p >= 0 && *p <= full, "points", "range", "裁定分值为0至100分")
	checkReason(&c, reason)
	if err := c.Err(ErrLead); err != nil {
		return nil, err
	}
	now := d.clock.Now()
	v, err := d.disputed(ctx, a)
	if err != nil {
		return nil, err
	}
	if err := v.check(decision); err != nil {
		return nil, err
	}
	r := Ruling{Veto: decision.Veto, Reason: reason, By: engine.PersonID(by.Person), At: now}
	if p != nil {
		r.Points = *p
	}
	e := engine.Event{At: now, Action: "assessment.ruled", Note: strings.TrimSpace(string(r.Veto)+" "+r.Points.String()) + ": " + reason}
	judged := a.Revision
	return d.change(ctx, by, id, e, func(a *Assessment) error {
		if a.Revision != judged {
			return ErrRuledStale
		}
		a.Ruling = &r
		return nil
	})
}

// check returns ErrLead where a decision leaves out what is open or decides what is not.
func (v Verdict) check(d Decision) error {
	var c errs.Check
	c.That(!v.Asked || d.Veto == VetoUpheld || d.Veto == VetoDismissed, "veto", "missing", "须裁定一票否决成立或不成立")
	c.That(v.Asked || d.Veto == "", "veto", "unknown", "没有等待裁定的一票否决")
	if v.needsPoints(d.Veto) {
		c.That(d.Points != nil, "points", "missing", "须裁定分值")
	} else {
		c.That(d.Points == nil, "points", "unknown", "不须裁定分值：一票否决成立的计零分，不成立且评分差异在规定之内的按考评员评分计算")
	}
	return c.Err(ErrLead)
}

// disputed returns what the signed sheets of the assessment leave to rule.
func (d *Desk) disputed(ctx context.Context, a *Assessment) (Verdict, error) {
	draw, err := d.ports.Draws.TaskDraw(ctx, a.Session)
	if err != nil {
		return Verdict{}, err
	}
	sheets, err := d.sheetsOf(ctx, a)
	if err != nil {
		return Verdict{}, err
	}
	seat, err := d.sittings.SeatOf(ctx, a.Ticket)
	switch {
	case err != nil:
		return Verdict{}, err
	case a.Standing != "", !seat.Voided.IsZero():
		return Verdict{}, ErrNoDispute
	case !allSigned(sheets):
		return Verdict{}, ErrNotScored
	}
	v, err := Judge(d.policy.Practical, draw.tasks(a.Tasks), sheets)
	if err == nil && !v.Disputed {
		err = ErrNoDispute
	}
	return v, err
}

// Prolong opens the sheets of an assessment until the end of the present day, for what could not be entered in time.
func (d *Desk) Prolong(ctx context.Context, by authz.Principal, id AssessmentID, reason string) (*Assessment, error) {
	if err := by.Require(authz.PracticalRun); err != nil {
		return nil, err
	}
	var c errs.Check
	checkReason(&c, reason)
	if err := c.Err(ErrLead); err != nil {
		return nil, err
	}
	now := d.clock.Now()
	return d.change(ctx, by, id, engine.Event{At: now, Action: "assessment.prolonged", Note: reason}, func(a *Assessment) error {
		until := endOfDay(now, d.policy.Location())
		switch {
		case now.Before(a.Scoring.Opens):
			return ErrWindow
		case !until.After(a.Scoring.Closes):
			return engine.ErrUnchanged
		}
		a.Scoring.Closes = until
		return nil
	})
}

// Substitution names two examiners of one assessment.
type Substitution struct{ Out, In engine.PersonID }

// Replace puts another examiner on duty at the station in the place of one who cannot go on, or who turns out to be
// tied to the candidate. A sheet already signed is set aside only for such a tie: nobody's judgement is exchanged
// because it does not please. A ruling on the old sheets falls. The group as it then is still has enough who are new at the site.
func (d *Desk) Replace(ctx context.Context, by authz.Principal, id AssessmentID, s Substitution, reason string) (*Assessment, error) {
	a, err := d.leading(ctx, by, id)
	if err != nil {
		return nil, err
	}
	session, err := d.sittings.Get(ctx, a.Session)
	if err != nil {
		return nil, err
	}
	var c errs.Check
	c.That(a.examinedBy(s.Out), "out", "unknown", "不是本次考核的考评员")
	c.That(slices.Contains(examinersAt(session, a.Station), s.In) && !a.examinedBy(s.In), "in", "unknown", "须为本考位在岗且未参加本次考核的考评员")
	checkReason(&c, reason)
	if err := c.Err(ErrLead); err != nil {
		return nil, err
	}
	now := d.clock.Now()
	if err := d.maySubstitute(ctx, a, s, now); err != nil {
		return nil, err
	}
	if err := d.rotates(ctx, session, s); err != nil {
		return nil, err
	}
	e := engine.Event{At: now, Action: "assessment.examiner", Note: string(s.Out) + " by " + string(s.In) + ": " + reason}
	return d.change(ctx, by, id, e, func(a *Assessment) error {
		for i, p := range a.Examiners {
			if p == s.Out {
				a.Examiners[i], a.Ruling = s.In, nil
				return nil
			}
		}
		return engine.ErrUnchanged
	})
}

// rotates returns nil when the session's examiners may be exchanged by the rule of rotation, were it done for every candidate.
func (d *Desk) rotates(ctx context.Context, n *sitting.Session, s Substitution) error {
	all, err := d.assessmentsOf(ctx, n.ID)
	if err != nil {
		return err
	}
	group := []engine.PersonID{s.In}
	for _, a := range all {
		for _, p := range a.Examiners {
			if p != s.Out && !slices.Contains(group, p) {
				group = append(group, p)
			}
		}
	}
	return d.sittings.RenewedBy(ctx, n, s.In, group)
}

// maySubstitute returns nil when In is free of ties to the candidate, and Out either has not signed or is not free.
func (d *Desk) maySubstitute(ctx context.Context, a *Assessment, s Substitution, now time.Time) error {
	if err := d.clear(ctx, a, s.In, authz.Examiner, now); err != nil {
		return err
	}
	old, err := d.ports.Sheets.Sheet(ctx, a.ID, s.Out, 0) // a correction that is open does not unsign it
	if errors.Is(err, ErrSheet) || err == nil && old.Signed.IsZero() {
		return nil
	}
	if err != nil {
		return err
	}
	switch err := d.clear(ctx, a, s.Out, authz.Examiner, now); {
	case err == nil:
		return ErrKeepExaminer
	case errors.Is(err, separation.ErrSeparated):
		return nil
	default:
		return err
	}
}
