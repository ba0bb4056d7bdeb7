package store

import (
	"context"
	"strconv"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/practical"
	"github.com/skillcert/skillcert/engine/sitting"
	"github.com/skillcert/skillcert/engine/store/docs"
)

func practicalSchema() docs.Schema {
	return docs.Schema{"assessment": {"session"}, "sheet": {"session"}, "task-draw": nil}
}

// Assessments is the repository of assessments.
func (s *Store) Assessments() practical.Assessments {
	return assessmentTable{docs.Table[practical.Assessment]{Store: s.docs, IDs: s.ids, Kind: "assessment", Schema: 1,
		ID:       func(a *practical.Assessment) string { return string(a.ID) },
		Revision: func(a *practical.Assessment) *int64 { return &a.Revision },
		Index: func(a *practical.Assessment) map[string]string {
			return map[string]string{"session": string(a.Session)}
		},
		Absent: practical.ErrAssessment, Exists: practical.ErrAssessmentExists}}
}

type assessmentTable struct {
	t docs.Table[practical.Assessment]
}

func (r assessmentTable) Assessment(ctx context.Context, id practical.AssessmentID) (*practical.Assessment, error) {
	return r.t.Get(ctx, string(id))
}
func (r assessmentTable) CreateAssessment(ctx context.Context, a *practical.Assessment) error {
	return r.t.Create(ctx, a)
}
func (r assessmentTable) UpdateAssessment(ctx context.Context, a *practical.Assessment) error {
	return r.t.Update(ctx, a)
}
func (r assessmentTable) AssessmentsOf(ctx context.Context, s sitting.SessionID, c engine.Cursor) ([]*practical.Assessment, string, error) {
	return r.t.List(ctx, "session", string(s), c)
}

// Sheets is the repository of score sheets.
func (s *Store) Sheets() practical.Sheets {
	return sheetTable{docs.Table[practical.Sheet]{Store: s.docs, IDs: s.ids, Kind: "sheet", Schema: 1,
		ID:       func(s *practical.Sheet) string { return sheetID(s.Assessment, s.Examiner, s.No) },
		Revision: func(s *practical.Sheet) *int64 { return &s.Revision },
		Index:    func(s *practical.Sheet) map[string]string { return map[string]string{"session": string(s.Session)} },
		Absent:   practical.ErrSheet, Exists: practical.ErrSheetExists}}
}

// sheetID is in the order of assessments, then of examiners and then of numbers, which have one digit: nothing printable
// comes before the blank. The first sheet of an examiner goes without a number, as it did before there were others.
func sheetID(id practical.AssessmentID, examiner engine.PersonID, no int) string {
	if no == 0 {
		return string(id) + " " + string(examiner)
	}
	return string(id) + " " + string(examiner) + " " + strconv.Itoa(no)
}

type sheetTable struct{ t docs.Table[practical.Sheet] }

func (r sheetTable) Sheet(ctx context.Context, id practical.AssessmentID, examiner engine.PersonID, no int) (*practical.Sheet, error) {
	return r.t.Get(ctx, sheetID(id, examiner, no))
}
func (r sheetTable) CreateSheet(ctx context.Context, s *practical.Sheet) error {
	return r.t.Create(ctx, s)
}
func (r sheetTable) UpdateSheet(ctx context.Context, s *practical.Sheet) error {
	return r.t.Update(ctx, s)
}
func (r sheetTable) SheetsOf(ctx context.Context, s sitting.SessionID, c engine.Cursor) ([]*practical.Sheet, string, error) {
	return r.t.List(ctx, "session", string(s), c)
}

// TaskDraws is the repository of the records of practical draws.
func (s *Store) TaskDraws() practical.Draws {
	return taskDrawTable{docs.Table[practical.Draw]{Store: s.docs, IDs: s.ids, Kind: "task-draw", Schema: 1,
		ID: func(d *practical.Draw) string { return string(d.Session) }, Revision: func(d *practical.Draw) *int64 { return &d.Revision },
		Absent: practical.ErrNotDrawn, Exists: practical.ErrDrawn}}
}

type taskDrawTable struct{ t docs.Table[practical.Draw] }

func (r taskDrawTable) TaskDraw(ctx context.Context, s sitting.SessionID) (*practical.Draw, error) {
	return r.t.Get(ctx, string(s))
}
func (r taskDrawTable) CreateTaskDraw(ctx context.Context, d *practical.Draw) error {
	return r.t.Create(ctx, d)
}
