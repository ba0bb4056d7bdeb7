package storetest

import (
	"context"
	"testing"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/practical"
	"github.com/skillcert/skillcert/engine/practical/control"
	"github.com/skillcert/skillcert/engine/store"
	"github.com/skillcert/skillcert/questionbank"
)

func makeControl(id string) *control.Control {
	given := map[string]map[string]engine.Points{"P1": {"1": 450, "2": 0}}
	return &control.Control{ID: control.ID(id), Scope: control.Scope{Org: "body"}, Edition: 2, Earlier: "before", Release: "2026.1",
		Task: questionbank.Task{Code: "P1", Level: engine.Level5, Name: "翻身", Points: 1000, Criteria: []questionbank.Criterion{{No: "1", Text: "核对", Points: 500}},
			Vetoes: []questionbank.Veto{{Code: "V1", Text: "坠床"}}},
		Text: control.Text{Title: "未拉床栏的翻身", Steps: []string{"核对", "翻身"}, Recording: "光盘三号"}, Author: "l1", State: control.Confirmed,
		Reference: &control.Reference{Scores: given, Vetoes: []practical.VetoMark{{Task: "P1", Code: "V1", Note: "床栏未拉"}},
			Reasons: map[string]string{"1": "未看腕带"}, By: "l1", At: morning, Confirmed: "l2", On: morning.Add(time.Hour)}, Trail: trail()}
}

// Controls is the contract of control.Controls.
func Controls(t *testing.T, open func(t *testing.T) *store.Store) {
	Aggregates(t, open, func(s *store.Store) Repository[control.Control] {
		r := s.Controls()
		return Repository[control.Control]{Make: makeControl, Create: r.CreateControl, Update: r.UpdateControl,
			Get:    func(ctx context.Context, id string) (*control.Control, error) { return r.Control(ctx, control.ID(id)) },
			Absent: control.ErrControl, Exists: control.ErrControlExists,
			Revision: func(c *control.Control) *int64 { return &c.Revision },
			Change:   func(c *control.Control) { c.Reference.Scores["P1"]["1"]++ }}
	})
	t.Run("of a scope", func(t *testing.T) {
		r := open(t).Controls()
		for id, scope := range map[string]control.Scope{"b": {Org: "12"}, "a10": {Org: "12"}, "a2": {Province: "12"}, "a1": {Org: "1"}} {
			c := makeControl(id)
			c.Scope = scope
			mustDo(t, r.CreateControl(context.Background(), c))
		}
		for scope, want := range map[control.Scope][]string{{Org: "12"}: {"a10", "b"}, {Province: "12"}: {"a2"}, {Org: "1"}: {"a1"}, {Province: "1"}: nil} {
			WantList(t, want, func(c *control.Control) string { return string(c.ID) },
				func(ctx context.Context, c engine.Cursor) ([]*control.Control, string, error) {
					return r.ControlsOf(ctx, scope, c)
				})
		}
	})
}

func makeControlMarking(id control.ID, person engine.PersonID) *control.Marking {
	sheet := makeSheet("", person)
	sheet.Session = ""
	return &control.Marking{Control: id, Scope: control.Scope{Province: "12"}, Person: person, Body: "body", Purpose: control.ForCalibration, Sheet: *sheet,
		Outcome: &control.Outcome{Rule: engine.CalibrationPolicy{MaxPercent: 40, FalseVetoes: 1, Months: 12, SourceKey: "x"}, Passed: true,
			Until: clock.Date{Year: 2027, Month: 3, Day: 1}}, Trail: trail()}
}

// ControlMarkings is the contract of control.Markings.
func ControlMarkings(t *testing.T, open func(t *testing.T) *store.Store) {
	Aggregates(t, open, func(s *store.Store) Repository[control.Marking] {
		r := s.ControlMarkings()
		return Repository[control.Marking]{Create: r.CreateMarking, Update: r.UpdateMarking,
			Make: func(person string) *control.Marking { return makeControlMarking("a", engine.PersonID(person)) },
			Get: func(ctx context.Context, person string) (*control.Marking, error) {
				return r.Marking(ctx, "a", engine.PersonID(person))
			},
			Absent: control.ErrMarking, Exists: control.ErrMarkingExists,
			Revision: func(m *control.Marking) *int64 { return &m.Revision },
			Change:   func(m *control.Marking) { m.Sheet.Scores["P1"]["1"]++ }}
	})
	t.Run("of a control performance, a person and a body", func(t *testing.T) {
		r := open(t).ControlMarkings()
		for _, m := range []*control.Marking{makeControlMarking("a", "p10"), makeControlMarking("a", "p1"), makeControlMarking("a1", "p1")} {
			if m.Control == "a1" {
				m.Body = "other"
			}
			mustDo(t, r.CreateMarking(context.Background(), m))
		}
		for whose, want := range map[control.Whose][]string{{Control: "a"}: {"a p1", "a p10"}, {Control: "a1"}: {"a1 p1"}, {Person: "p1"}: {"a p1", "a1 p1"},
			{Person: "p"}: nil, {Body: "body"}: {"a p1", "a p10"}, {Body: "other"}: {"a1 p1"}} {
			WantList(t, want, func(m *control.Marking) string { return string(m.Control) + " " + string(m.Person) },
				func(ctx context.Context, c engine.Cursor) ([]*control.Marking, string, error) {
					return r.MarkingsOf(ctx, whose, c)
				})
		}
	})
}
