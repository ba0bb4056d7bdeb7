package api

import (
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/practical"
	"github.com/skillcert/skillcert/engine/practical/control"
	"github.com/skillcert/skillcert/questionbank"
)

// ControlText is what the author of a control performance writes.
type ControlText struct {
	Title     string   `json:"title"`
	Steps     []string `json:"steps" jsonschema:"description=What the candidate did, step by step"`
	Recording string   `json:"recording,omitempty" jsonschema:"description=Where a recording is kept; nothing is fetched"`
}

// ControlDraft is a new control performance.
type ControlDraft struct {
	Task       string `json:"task"`
	Release    string `json:"release" jsonschema:"description=That is published"`
	Provincial bool   `json:"provincial,omitempty" jsonschema:"description=For everybody in one's province instead of one's body"`
	ControlText
}

// ControlEdit replaces the text of a draft if it still is at Revision.
type ControlEdit struct {
	Revision int64 `json:"revision"`
	ControlText
}

// ControlReason says why something ends.
type ControlReason struct {
	Reason string `json:"reason"`
}

// ReferenceEntry is what the raters agreed on, with a reason for every criterion without full points.
type ReferenceEntry struct {
	Scores  map[string]map[string]engine.Points `json:"scores" jsonschema:"description=By task and criterion in hundredths of a point"`
	Vetoes  []VetoMark                          `json:"vetoes,omitempty"`
	Reasons map[string]string                   `json:"reasons" jsonschema:"description=By criterion"`
}

// ReferenceEdit is a reference that is set down by somebody who last saw the control performance at a revision.
type ReferenceEdit struct {
	Revision int64 `json:"revision" jsonschema:"description=Of the control performance as it was last seen"`
	ReferenceEntry
}

// ControlPerformance is one edition. Its reference is there for its author and raters only.
type ControlPerformance struct {
	ID       control.ID    `json:"id"`
	Org      engine.OrgID  `json:"org,omitempty"`
	Province string        `json:"province,omitempty"`
	Edition  int           `json:"edition"`
	Earlier  control.ID    `json:"earlier,omitempty"`
	Task     Task          `json:"task"`
	Release  string        `json:"release"`
	State    control.State `json:"state" jsonschema:"enum=draft,enum=rating,enum=rated,enum=confirmed,enum=retired"`
	ControlText
	Author    engine.PersonID   `json:"author"`
	Reference *ControlReference `json:"reference,omitempty"`
	Revision  int64             `json:"revision"`
}

// ControlReference is what the raters agreed on.
type ControlReference struct {
	ReferenceEntry
	By        engine.PersonID `json:"by"`
	At        Instant         `json:"at"`
	Confirmed engine.PersonID `json:"confirmed,omitempty"`
	On        Instant         `json:"on,omitzero"`
}

func viewControl(c *control.Control) ControlPerformance {
	v := ControlPerformance{ID: c.ID, Org: c.Org, Province: c.Province, Edition: c.Edition, Earlier: c.Earlier, Task: viewTask(&c.Task), Release: c.Release,
		State: c.State, ControlText: ControlText(c.Text), Author: c.Author, Revision: c.Revision}
	if r := c.Reference; r != nil {
		v.Reference = &ControlReference{ReferenceEntry: ReferenceEntry{Scores: r.Scores, Vetoes: viewMarks(r.Vetoes), Reasons: r.Reasons},
			By: r.By, At: Instant(r.At), Confirmed: r.Confirmed, On: Instant(r.On)}
	}
	return v
}

func viewTask(t *questionbank.Task) Task {
	return Task{Code: t.Code, Level: t.Level, Name: t.Name, Range: t.Range, Mandatory: t.Mandatory, Minutes: t.Minutes, Points: t.Points,
		Scenario: t.Scenario, Preparation: t.Preparation, Requirements: t.Requirements, Sample: t.Sample,
		Criteria: each(t.Criteria, func(k questionbank.Criterion) Criterion {
			return Criterion{No: k.No, Section: k.Section, Text: k.Text, Points: k.Points,
				Levels: each(k.Levels, func(l questionbank.CriterionLevel) CriterionLevel { return CriterionLevel(l) })}
		}),
		Vetoes: each(t.Vetoes, func(v questionbank.Veto) TaskVeto { return TaskVeto(v) })}
}

func viewMarks(marks []practical.VetoMark) []VetoMark {
	return each(marks, func(m practical.VetoMark) VetoMark { return VetoMark(m) })
}

// ControlRow is one of a list.
type ControlRow struct {
	ControlPerformance
	Raters int           `json:"raters" jsonschema:"description=Who signed a rating"`
	Own    *ControlSheet `json:"own,omitempty"`
}

func viewControlRow(r control.Row) ControlRow {
	return ControlRow{viewControl(r.Control), r.Raters, viewOwn(r.Own)}
}

// ControlSheet is somebody's sheet for a control performance.
type ControlSheet struct {
	Control  control.ID                          `json:"control"`
	Purpose  control.Purpose                     `json:"purpose" jsonschema:"enum=reference,enum=calibration"`
	Revision int64                               `json:"revision"`
	Scores   map[string]map[string]engine.Points `json:"scores" jsonschema:"description=By task and criterion in hundredths of a point"`
	Vetoes   []VetoMark                          `json:"vetoes,omitempty"`
	Saved    Instant                             `json:"saved,omitzero"`
	Signed   Instant                             `json:"signed,omitzero"`
	Outcome  *ControlOutcome                     `json:"outcome,omitempty" jsonschema:"description=Of a signed calibration; none where the policy has no rule"`
}

// ControlOutcome is what came of a calibration.
type ControlOutcome struct {
	Passed bool   `json:"passed"`
	Until  string `json:"until,omitempty" jsonschema:"description=The last day on which it holds"`
}

func viewMarking(m *control.Marking) ControlSheet {
	v := ControlSheet{Control: m.Control, Purpose: m.Purpose, Revision: m.Seen(), Scores: m.Sheet.Scores, Vetoes: viewMarks(m.Sheet.Vetoes),
		Saved: Instant(m.Sheet.Saved), Signed: Instant(m.Signed())}
	if m.Outcome != nil {
		v.Outcome = &ControlOutcome{m.Outcome.Passed, dayOr(m.Outcome.Until)}
	}
	return v
}

func viewOwn(m *control.Marking) *ControlSheet {
	if m == nil {
		return nil
	}
	v := viewMarking(m)
	return &v
}

// dayOr is a day, "" for none.
func dayOr(d clock.Date) string {
	if d == (clock.Date{}) {
		return ""
	}
	return d.String()
}

// ControlView is one control performance as one leader sees it.
type ControlView struct {
	ControlPerformance
	Own      *ControlSheet  `json:"own,omitempty"`
	Raters   []ControlRater `json:"raters"`
	Involved bool           `json:"involved" jsonschema:"description=Wrote it or rates it: may not be calibrated by it"`
}

// ControlRater is an expert who signed.
type ControlRater struct {
	Person engine.PersonID                     `json:"person"`
	Name   string                              `json:"name"`
	Signed Instant                             `json:"signed"`
	Scores map[string]map[string]engine.Points `json:"scores,omitempty" jsonschema:"description=Once the reader may see them"`
	Vetoes []VetoMark                          `json:"vetoes,omitempty"`
}

func viewControlView(v *control.View) ControlView {
	return ControlView{ControlPerformance: viewControl(v.Control), Own: viewOwn(v.Own), Involved: v.Involved, Raters: each(v.Raters, func(r control.Rater) ControlRater {
		row := ControlRater{Person: r.Person, Name: r.Name, Signed: Instant(r.Signed)}
		if r.Sheet != nil {
			row.Scores, row.Vetoes = r.Sheet.Scores, viewMarks(r.Sheet.Vetoes)
		}
		return row
	})}
}

// Calibration is one control performance for whoever is calibrated by it. The comparison is there once the own sheet is signed.
type Calibration struct {
	Control    ControlPerformance `json:"control"`
	Sheet      *ControlSheet      `json:"sheet,omitempty"`
	Comparison *ControlComparison `json:"comparison,omitempty"`
}

// ControlComparison sets the own sheet beside the reference.
type ControlComparison struct {
	Lines  []ControlLine `json:"lines"`
	Found  []ControlVeto `json:"found"`
	Missed []ControlVeto `json:"missed"`
	False  []ControlVeto `json:"false"`
}

// ControlLine is one criterion.
type ControlLine struct {
	No        string        `json:"no"`
	Mark      engine.Points `json:"mark"`
	Reference engine.Points `json:"reference"`
	Off       engine.Points `json:"off" jsonschema:"description=Mark less reference"`
	Adjacent  bool          `json:"adjacent"`
	Reason    string        `json:"reason,omitempty"`
}

// ControlVeto is one critical error.
type ControlVeto struct {
	Code string `json:"code"`
	Text string `json:"text"`
	Note string `json:"note"`
}

func viewCalibration(w *control.Work) Calibration {
	v := Calibration{Control: viewControl(w.Control), Sheet: viewOwn(w.Marking)}
	if x := w.Comparison; x != nil {
		vetoes := func(all []control.Veto) []ControlVeto {
			return each(all, func(v control.Veto) ControlVeto { return ControlVeto(v) })
		}
		v.Comparison = &ControlComparison{Found: vetoes(x.Found), Missed: vetoes(x.Missed), False: vetoes(x.False), Lines: each(x.Lines, func(l control.Line) ControlLine {
			return ControlLine{No: l.Criterion.No, Mark: l.Mark, Reference: l.Reference, Off: l.Off(), Adjacent: l.Adjacent, Reason: l.Reason}
		})}
	}
	return v
}
