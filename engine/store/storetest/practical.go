package storetest

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/practical"
	"github.com/skillcert/skillcert/engine/sitting"
	"github.com/skillcert/skillcert/engine/store"
	"github.com/skillcert/skillcert/questionbank"
)

func makeAssessment(id string) *practical.Assessment {
	return &practical.Assessment{ID: practical.AssessmentID(id), Session: "s", Candidate: "c", Ticket: "26120000010001", Station: "r", At: morning,
		Scoring: clock.Window{Opens: morning, Closes: morning.Add(time.Hour)}, Tasks: []string{"P2", "P1"},
		Examiners: []engine.PersonID{"e2", "e1", "e3"}, Standing: engine.Absent,
		Ruling: &practical.Ruling{Points: 6050, Reason: "录像", By: "l", At: morning}, Trail: trail(),
		Corrections: []practical.Correction{{Examiner: "e1", No: 1, Reason: "误填", By: "l", At: morning, Withdrawn: morning.Add(time.Hour)}}}
}

// Assessments is the contract of practical.Assessments.
func Assessments(t *testing.T, open func(t *testing.T) *store.Store) {
	Aggregates(t, open, func(s *store.Store) Repository[practical.Assessment] {
		r := s.Assessments()
		return Repository[practical.Assessment]{Make: makeAssessment, Create: r.CreateAssessment, Update: r.UpdateAssessment,
			Get: func(ctx context.Context, id string) (*practical.Assessment, error) {
				return r.Assessment(ctx, practical.AssessmentID(id))
			},
			Absent: practical.ErrAssessment, Exists: practical.ErrAssessmentExists,
			Revision: func(a *practical.Assessment) *int64 { return &a.Revision },
			Change:   func(a *practical.Assessment) { a.Ruling.Points++ }}
	})
	t.Run("of a session", func(t *testing.T) {
		r := open(t).Assessments()
		for _, id := range []string{"b", "a10", "a", "a2"} {
			mustDo(t, r.CreateAssessment(context.Background(), makeAssessment(id)))
		}
		other := makeAssessment("a1")
		other.Session = "s2"
		mustDo(t, r.CreateAssessment(context.Background(), other))
		for session, want := range map[sitting.SessionID][]string{"s": {"a", "a10", "a2", "b"}, "s2": {"a1"}, "s1": nil} {
			WantList(t, want, func(a *practical.Assessment) string { return string(a.ID) },
				func(ctx context.Context, c engine.Cursor) ([]*practical.Assessment, string, error) {
					return r.AssessmentsOf(ctx, session, c)
				})
		}
	})
}

func makeSheet(id practical.AssessmentID, examiner engine.PersonID) *practical.Sheet {
	return &practical.Sheet{Assessment: id, Session: "s", Examiner: examiner, Saved: morning, Signed: morning.Add(time.Minute),
		Scores: map[string]map[string]engine.Points{"P1": {"1": 450, "2": 0}, "P2": {}},
		Vetoes: []practical.VetoMark{{Task: "P1", Code: "V1", Note: "坠床"}}, Trail: trail()}
}

// Sheets is the contract of practical.Sheets.
func Sheets(t *testing.T, open func(t *testing.T) *store.Store) {
	Aggregates(t, open, func(s *store.Store) Repository[practical.Sheet] {
		r := s.Sheets()
		return Repository[practical.Sheet]{Create: r.CreateSheet, Update: r.UpdateSheet,
			Make: func(examiner string) *practical.Sheet { return makeSheet("a", engine.PersonID(examiner)) },
			Get: func(ctx context.Context, e string) (*practical.Sheet, error) {
				return r.Sheet(ctx, "a", engine.PersonID(e), 0)
			},
			Absent: practical.ErrSheet, Exists: practical.ErrSheetExists,
			Revision: func(s *practical.Sheet) *int64 { return &s.Revision },
			Change:   func(s *practical.Sheet) { s.Scores["P1"]["1"]++ }}
	})
	t.Run("a correction beside what it corrects", func(t *testing.T) {
		r, ctx := open(t).Sheets(), context.Background()
		first, second, other := makeSheet("a", "e1"), makeSheet("a", "e1"), makeSheet("a", "e10")
		second.No, second.Replaces = 1, &practical.Replaced{Signed: first.Signed, Reason: "误填"}
		second.Scores["P1"]["1"]++
		for _, s := range []*practical.Sheet{second, other, first} {
			mustDo(t, r.CreateSheet(ctx, s))
		}
		again := makeSheet("a", "e1")
		again.No = 1
		wantError(t, r.CreateSheet(ctx, again), practical.ErrSheetExists)
		for no, want := range []*practical.Sheet{first, second} {
			got, err := r.Sheet(ctx, "a", "e1", no)
			mustDo(t, err)
			if g, w := asJSON(t, got), asJSON(t, want); g != w {
				t.Errorf("number %d is %s, want %s", no, g, w)
			}
		}
		_, err := r.Sheet(ctx, "a", "e1", 2)
		wantError(t, err, practical.ErrSheet)
		WantList(t, []string{"e1 0", "e1 1", "e10 0"}, func(s *practical.Sheet) string { return fmt.Sprint(s.Examiner, " ", s.No) },
			func(ctx context.Context, c engine.Cursor) ([]*practical.Sheet, string, error) {
				return r.SheetsOf(ctx, "s", c)
			})
	})
	t.Run("one correction", func(t *testing.T) {
		r := open(t).Sheets()
		OneCreates(t, practical.ErrSheetExists, func(n int) error {
			s := makeSheet("a", "e1")
			s.No, s.Scores["P1"]["1"] = 1, engine.Points(n)
			return r.CreateSheet(context.Background(), s)
		})
	})
	t.Run("of a session", func(t *testing.T) {
		r := open(t).Sheets()
		for _, key := range [][2]string{{"b", "e1"}, {"a-", "e0"}, {"a", "e3"}, {"a", "e1"}} {
			mustDo(t, r.CreateSheet(context.Background(), makeSheet(practical.AssessmentID(key[0]), engine.PersonID(key[1]))))
		}
		other := makeSheet("a", "e2")
		other.Session = "s2"
		mustDo(t, r.CreateSheet(context.Background(), other))
		for session, want := range map[sitting.SessionID][]string{"s": {"a e1", "a e3", "a- e0", "b e1"}, "s2": {"a e2"}, "s1": nil} {
			WantList(t, want, func(s *practical.Sheet) string { return string(s.Assessment) + " " + string(s.Examiner) },
				func(ctx context.Context, c engine.Cursor) ([]*practical.Sheet, string, error) {
					return r.SheetsOf(ctx, session, c)
				})
		}
	})
}

// TaskDraws is the contract of practical.Draws.
func TaskDraws(t *testing.T, open func(t *testing.T) *store.Store) {
	Aggregates(t, open, func(s *store.Store) Repository[practical.Draw] {
		r := s.TaskDraws()
		return Repository[practical.Draw]{Create: r.CreateTaskDraw, Absent: practical.ErrNotDrawn, Exists: practical.ErrDrawn,
			Get: func(ctx context.Context, id string) (*practical.Draw, error) {
				return r.TaskDraw(ctx, sitting.SessionID(id))
			},
			Revision: func(d *practical.Draw) *int64 { return &d.Revision },
			Change:   func(d *practical.Draw) { d.Each++ },
			Make: func(id string) *practical.Draw {
				return &practical.Draw{Session: sitting.SessionID(id), Seed: []byte{0, 255, 7}, Commitment: "c", Each: 2, Trail: trail(),
					Tasks: []questionbank.Task{*makeTask("P1", engine.Level5), *makeTask("P2", engine.Level5)}}
			}}
	})
	t.Run("one creates", func(t *testing.T) {
		r := open(t).TaskDraws()
		OneCreates(t, practical.ErrDrawn, func(n int) error {
			return r.CreateTaskDraw(context.Background(), &practical.Draw{Session: "s", Each: n})
		})
	})
}
