package control

import (
	"context"
	"log/slog"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/practical"
)

// Purpose is why somebody scores a control performance.
type Purpose string

// The purposes.
const (
	ForReference   Purpose = "reference"   // 定标评分, by an expert before anything was agreed
	ForCalibration Purpose = "calibration" // 校准评分, by an examiner afterwards
)

// Marking (样例评分) is one person's score sheet for one control performance. There is one for a person, so that nobody is
// calibrated by a reference that is partly their own. What is signed never changes.
type Marking struct {
	Control ID              `json:"control"`
	Scope                   // of the control performance
	Person  engine.PersonID `json:"person"`
	Body    engine.OrgID    `json:"body"` // that the person acted for
	Purpose Purpose         `json:"purpose"`
	Sheet   practical.Sheet `json:"sheet"`             // of no assessment and no session
	Outcome *Outcome        `json:"outcome,omitempty"` // of a signed one for calibration; nil also where no rule was set

	Trail    engine.Trail `json:"trail"`
	Revision int64        `json:"-"`
}

// LogValue keeps scores and notes out of logs.
func (m Marking) LogValue() slog.Value { return slog.StringValue(string(m.Control)) }

// Outcome is what came of a calibration, by the rule of the day on which it was signed.
type Outcome struct {
	Rule   engine.CalibrationPolicy `json:"rule"`
	Passed bool                     `json:"passed"`
	Until  clock.Date               `json:"until,omitzero"` // the last day on which it holds; zero where it was not passed
}

// Seen is by what whoever writes says how the sheet stood that they last saw; 0 before the first save.
func (m *Marking) Seen() int64 { return m.Revision }

// Signed is when it was signed, zero while it may still change.
func (m *Marking) Signed() time.Time { return m.Sheet.Signed }

// fill and sign are those of every score sheet.
func (m *Marking) fill(revision int64, e Entry, now time.Time) error {
	m.Sheet.Revision = m.Revision
	return m.Sheet.Fill(revision, e.Scores, e.Vetoes, now)
}

func (m *Marking) sign(revision int64, c *Control, now time.Time) error {
	m.Sheet.Revision = m.Revision
	return m.Sheet.Sign(revision, c.tasks(), now)
}

// Entry is what is entered on a sheet, all of it every time.
type Entry struct {
	Scores map[string]map[string]engine.Points // task code, criterion number
	Vetoes []practical.VetoMark
}

// Controls keeps control performances. Safe for concurrent use; must pass storetest.Controls.
//   - Absent: ErrControl. An ID already taken: CreateControl returns ErrControlExists.
//   - UpdateControl writes only at its Revision, otherwise engine.ErrStale.
//   - ControlsOf lists those of one scope in the byte order of IDs.
type Controls interface {
	Control(ctx context.Context, id ID) (*Control, error)
	CreateControl(ctx context.Context, c *Control) error
	UpdateControl(ctx context.Context, c *Control) error
	ControlsOf(ctx context.Context, s Scope, c engine.Cursor) (rows []*Control, next string, err error)
}

// Markings keeps the sheets of control performances, one for a control performance and a person. Safe for concurrent use; must
// pass storetest.ControlMarkings.
//   - Absent: ErrMarking. Already there: CreateMarking returns ErrMarkingExists.
//   - UpdateMarking writes only at its Revision, otherwise engine.ErrStale.
//   - Lists are by control performance, then by person.
type Markings interface {
	Marking(ctx context.Context, id ID, person engine.PersonID) (*Marking, error)
	CreateMarking(ctx context.Context, m *Marking) error
	UpdateMarking(ctx context.Context, m *Marking) error
	MarkingsOf(ctx context.Context, w Whose, c engine.Cursor) (rows []*Marking, next string, err error)
}

// Whose chooses markings: of a control performance, of a person or of a body's people. Exactly one is set.
type Whose struct {
	Control ID
	Person  engine.PersonID
	Body    engine.OrgID
}
