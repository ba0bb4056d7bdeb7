package web

import (
	"time"

	"github.com/skillcert/skillcert/engine"
)

// ControlsView lists control performances (校准样例) for a leader, with a form for a new one.
// Fields: task, release, title, steps (a line each), recording, provincial "on".
type ControlsView struct {
	Rows       []ControlRow
	Tasks      []TaskChoice
	Releases   []string
	Provincial bool // the reader may write for the province
	Typed      map[string]string
	Problem    *Problem
}

// TaskChoice is a task that a control performance may be made of.
type TaskChoice struct {
	Code, Name string
	Level      engine.Level
}

// ControlRow is one control performance of a list. Own is "" for no rating of the reader, "begun" or "signed".
type ControlRow struct {
	ID, Title, Task string
	Level           engine.Level
	Edition, Raters int
	State, Own      string
	Provincial      bool
}

// ControlText is what a control performance says to everybody who works with it.
type ControlText struct {
	ID, Title, Release, Recording string
	Level                         engine.Level
	Edition                       int
	Steps                         []string
	Sample                        bool
}

// ControlView is one control performance as one leader sees it. At most one of the May fields but MayRetire and MayRenew is set.
// Fields of the forms: those of sheets with revision; reason.{task}.{no}; title, steps, recording; reason.
type ControlView struct {
	ControlText
	State      string
	Author     string
	Involved   bool
	Raters     []ControlRater
	Revision   int64      // of the control performance
	Sheet      *TaskSheet // own rating
	Seen       int64      // of the own rating
	Missing    int        // criteria of it without points
	Signed     time.Time  // the own rating; zero while it may change
	MayAmend   bool
	MayRate    bool
	MaySign    bool
	MayAgree   bool
	MayConfirm bool
	MayRetire  bool
	MayRenew   bool
	Agreeing   *TaskSheet // what is to be agreed on, with the marks of the raters
	Reference  *ControlReference
	Do         string // the form that was refused
	Typed      map[string]string
	Problem    *Problem
}

// ControlRater is an expert who signed a rating.
type ControlRater struct {
	Name   string
	Signed time.Time
}

// ControlReference is what was agreed on.
type ControlReference struct {
	By, Confirmed string // names; Confirmed "" before
	At, On        time.Time
	Lines         []ControlLine
	Vetoes        []ControlVeto
}

// ControlLine is one criterion of a reference, and beside it of a sheet.
type ControlLine struct {
	No, Text, Reason     string
	Max, Reference, Mark engine.Points
	Off                  float64 // points of the mark less the reference
	Wide                 bool    // further away than the policy's rule lets it be
}

// ControlVeto is one critical error. Kind is "found", "missed" or "false" beside a sheet, else "".
type ControlVeto struct{ Text, Note, Kind string }

// CalibrationsView is an examiner's own list of control performances.
type CalibrationsView struct {
	Rows []CalibrationRow
}

// CalibrationRow is one of the list.
type CalibrationRow struct {
	ID, Title, Task string
	Level           engine.Level
	Edition         int
	State           SheetState
	Scored          int
	Criteria        int
	Signed          time.Time
	Result          string // "passed", "failed", or "" where nothing is judged
	Until           string // the last day on which it holds
}

// CalibrationView is one control performance for the examiner who is calibrated by it: the sheet, or once it is signed the
// comparison with the reference. Fields: those of sheets, revision.
type CalibrationView struct {
	ControlText
	Sheet    TaskSheet
	Revision int64
	Saved    time.Time
	Signed   time.Time
	Missing  int  // criteria without points
	Begun    bool // something was saved
	Result   string
	Until    string
	Lines    []ControlLine
	Vetoes   []ControlVeto
	Problem  *Problem
}

// CalibratedView says until when the examiners of a body are calibrated. No reference is on it.
type CalibratedView struct {
	Rows  []CalibratedRow
	Leads bool // the reader keeps control performances
}

// CalibratedRow is one examiner; the numbers are of criteria.
type CalibratedRow struct {
	Name                              string
	Performances, Passed              int
	Until                             string
	Holds                             bool
	Criteria, Exact, Adjacent         int
	Bias, Apart                       float64
	Error                             *float64
	Vetoes, MissedVetoes, FalseVetoes int
}
