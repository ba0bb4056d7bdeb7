package practical

import (
	"context"
	"errors"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/errs"
)

// Correction (更正) lets one examiner make another sheet in the place of one that is signed. It is opened by the leader
// before the seal; from then on the new sheet counts, and the assessment waits until that is signed too. The old one
// stays as it is.
type Correction struct {
	Examiner  engine.PersonID `json:"examiner"`
	No        int             `json:"no"` // of the new sheet
	Reason    string          `json:"reason"`
	By        engine.PersonID `json:"by"`
	At        time.Time       `json:"at"`
	Withdrawn time.Time       `json:"withdrawn,omitzero"` // the earlier sheet counts again
}

// MostCorrections bounds the corrections of one examiner's sheet: their numbers have one digit.
const MostCorrections = 9

// counts is the number of the sheet that counts of an examiner.
func (a *Assessment) counts(p engine.PersonID) (no int) {
	for _, c := range a.Corrections {
		if c.Examiner == p && c.Withdrawn.IsZero() {
			no = c.No
		}
	}
	return no
}

// first is the number of everybody's first sheet.
func first(engine.PersonID) int { return 0 }

// correction returns the correction that the sheet with a number was opened by, nil for a first sheet.
func (a *Assessment) correction(p engine.PersonID, no int) *Correction {
	for i := range a.Corrections {
		if c := &a.Corrections[i]; c.Examiner == p && c.No == no {
			return c
		}
	}
	return nil
}

// before is the number of the sheet that a correction replaces.
func (a *Assessment) before(c *Correction) (no int) {
	for _, x := range a.Corrections {
		if x.Examiner == c.Examiner && x.No < c.No && x.Withdrawn.IsZero() {
			no = x.No
		}
	}
	return no
}

// CorrectionState is a correction as the leader sees it. Totals are there once all examiners have signed what counts.
type CorrectionState struct {
	Correction
	Signed        bool // the new sheet is
	Totals        bool
	Before, After engine.Points // the examiner's total on the old and on the new sheet
}

// corrected lists the corrections of an assessment, with totals when show is true.
func (b *book) corrected(a *Assessment, show bool) (all []CorrectionState) {
	for i := range a.Corrections {
		c := &a.Corrections[i]
		st := CorrectionState{Correction: *c}
		before, after := numbered(b.sheets[a.ID], c.Examiner, a.before(c)), numbered(b.sheets[a.ID], c.Examiner, c.No)
		st.Signed = after != nil && !after.Signed.IsZero()
		if show && st.Signed && before != nil {
			tasks := b.draw.tasks(a.Tasks)
			st.Totals, st.Before, st.After = true, Total(tasks, before.Scores), Total(tasks, after.Scores)
		}
		all = append(all, st)
	}
	return all
}

func numbered(sheets []*Sheet, p engine.PersonID, no int) *Sheet {
	for _, s := range sheets {
		if s.Examiner == p && s.No == no {
			return s
		}
	}
	return nil
}

// corrects fills in which signed sheet the work is to correct.
func (d *Desk) corrects(ctx context.Context, w *Work, a *Assessment, me engine.PersonID) error {
	c := a.correction(me, a.counts(me))
	if c == nil {
		return nil
	}
	old, err := d.ports.Sheets.Sheet(ctx, a.ID, me, a.before(c))
	w.Corrects, w.Reason = old, c.Reason
	return err
}

// Correct opens a correction of an examiner's signed sheet, with the leader's reason. A ruling on the sheets as they
// were falls. Where the time for scoring is over, the sheet stays open until the end of the day. Opening twice is
// harmless: while a correction is not signed there is no other.
//
// The assessment is the only document that is written: from that moment the old sheet does not count and the new one is
// missing, so nothing can be sealed on what is being corrected, whatever stops in between.
func (d *Desk) Correct(ctx context.Context, by authz.Principal, id AssessmentID, examiner engine.PersonID, reason string) (*Assessment, error) {
	a, err := d.correctable(ctx, by, id, examiner, reason)
	if err != nil {
		return nil, err
	}
	no := a.counts(examiner)
	old, err := d.ports.Sheets.Sheet(ctx, a.ID, examiner, no)
	switch {
	case err != nil && !errors.Is(err, ErrSheet):
		return nil, err
	case no > 0 && (err != nil || old.Signed.IsZero()):
		return a, nil // one is open
	case err != nil || old.Signed.IsZero():
		return nil, ErrNotSigned
	}
	now := d.clock.Now()
	e := engine.Event{At: now, Action: "assessment.correction", Note: string(examiner) + ": " + reason}
	return d.change(ctx, by, id, e, func(a *Assessment) error {
		if a.counts(examiner) != no {
			return engine.ErrUnchanged // somebody else was first
		}
		return a.correct(Correction{Examiner: examiner, Reason: reason, By: engine.PersonID(by.Person), At: now}, endOfDay(now, d.policy.Location()))
	})
}

// correct adds a correction under the next number, and opens the sheet until the end of the day where it was closed.
func (a *Assessment) correct(c Correction, until time.Time) error {
	for _, x := range a.Corrections {
		if x.Examiner == c.Examiner {
			c.No = x.No
		}
	}
	if c.No++; c.No > MostCorrections {
		return ErrCorrections
	}
	a.Corrections, a.Ruling = append(a.Corrections, c), nil
	if !c.At.Before(a.Scoring.Closes) {
		a.Scoring.Closes = until
	}
	return nil
}

// Withdraw takes back a correction that its examiner has not signed: the earlier sheet counts again. It is for what was
// opened by mistake, and for examiners who cannot come back.
//
// The new sheet is ended first, where its examiner would sign it, and begun for that if need be: of the two who write it only
// one is first, so no sheet is signed that does not count. Cut off in between, the assessment waits; calling again completes it.
func (d *Desk) Withdraw(ctx context.Context, by authz.Principal, id AssessmentID, examiner engine.PersonID, reason string) (*Assessment, error) {
	a, err := d.correctable(ctx, by, id, examiner, reason)
	if err != nil {
		return nil, err
	}
	no := a.counts(examiner)
	if no == 0 {
		return nil, ErrNoCorrection
	}
	now := d.clock.Now()
	if err := d.takeBack(ctx, by, a, examiner, now); err != nil {
		return nil, err
	}
	e := engine.Event{At: now, Action: "assessment.correction.withdrawn", Note: string(examiner) + ": " + reason}
	return d.change(ctx, by, id, e, func(a *Assessment) error {
		c := a.correction(examiner, no)
		if c == nil || !c.Withdrawn.IsZero() {
			return engine.ErrUnchanged
		}
		c.Withdrawn, a.Ruling = now, nil
		return nil
	})
}

// takeBack ends the sheet of the correction that counts of an examiner, unless it is signed.
func (d *Desk) takeBack(ctx context.Context, by authz.Principal, a *Assessment, examiner engine.PersonID, now time.Time) error {
	c := a.correction(examiner, a.counts(examiner))
	old, err := d.ports.Sheets.Sheet(ctx, a.ID, examiner, a.before(c))
	if err != nil {
		return err
	}
	_, err = engine.Modify(ctx, func(ctx context.Context) (*Sheet, error) {
		s, err := d.ports.Sheets.Sheet(ctx, a.ID, examiner, c.No)
		if errors.Is(err, ErrSheet) {
			w := &Work{Assessment: a, No: c.No, Corrects: old, Reason: c.Reason}
			return w.sheet(examiner), nil
		}
		return s, err
	}, d.store, func(s *Sheet) error {
		if err := s.takeBack(now); err != nil {
			return err
		}
		s.Trail.Add(now, by.Account, "sheet.taken_back", "")
		return nil
	})
	return err
}

// correctable returns the assessment to its leader when what is asked of a correction is in order.
func (d *Desk) correctable(ctx context.Context, by authz.Principal, id AssessmentID, examiner engine.PersonID, reason string) (*Assessment, error) {
	a, err := d.leading(ctx, by, id)
	if err != nil {
		return nil, err
	}
	var c errs.Check
	c.That(a.examinedBy(examiner), "examiner", "unknown", "不是本次考核的考评员")
	checkReason(&c, reason)
	return a, c.Err(ErrLead)
}
