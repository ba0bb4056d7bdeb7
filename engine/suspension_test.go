package engine_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/clock"
)

func on(month time.Month, d int) clock.Date { return clock.Date{Year: 2026, Month: month, Day: d} }

// 暂停自三月二日起、四月一日恢复：三月一日还能办，二日起不能，三月三十一日仍不能，四月一日恢复。
// 提前解除的，自解除之日恢复；没有期限的，到解除为止。
func TestMeasureHoldsByDay(t *testing.T) {
	for name, c := range map[string]struct {
		to     clock.Date
		lifted clock.Date
		held   map[clock.Date]bool
	}{
		"with an end": {to: on(4, 1), held: map[clock.Date]bool{on(3, 1): false, on(3, 2): true, on(3, 31): true, on(4, 1): false}},
		"open":        {held: map[clock.Date]bool{on(3, 1): false, on(3, 2): true, on(12, 31): true}},
		"lifted":      {to: on(4, 1), lifted: on(3, 10), held: map[clock.Date]bool{on(3, 2): true, on(3, 9): true, on(3, 10): false, on(3, 31): false}},
		"never held":  {lifted: on(3, 2), held: map[clock.Date]bool{on(3, 1): false, on(3, 2): false, on(3, 3): false}},
	} {
		m := engine.Suspension{Measure: engine.Suspended, From: on(3, 2), To: c.to}
		if !c.lifted.IsZero() {
			m.Lifted = &engine.Lifting{On: c.lifted}
		}
		for day, want := range c.held {
			if m.Holds(day) != want {
				t.Errorf("%s: on %s %v", name, day, !want)
			}
		}
	}
}

// 暂停期间什么新的都不能办；限期整改期间不能再定计划、安排场次、申报遴选，已公布的场次照常进行，证书照常签发。
func TestWhatMeasuresForbid(t *testing.T) {
	all := []engine.Act{engine.ActPlan, engine.ActSession, engine.ActSeat, engine.ActDraw, engine.ActOpen, engine.ActIssue, engine.ActApply, engine.ActEnrol}
	for _, c := range []struct {
		measure engine.Measure
		allowed []engine.Act
	}{{engine.Suspended, nil}, {engine.Rectification, []engine.Act{engine.ActSeat, engine.ActDraw, engine.ActOpen, engine.ActIssue, engine.ActEnrol}}} {
		o := engine.Organisation{Suspensions: []engine.Suspension{{No: 1, Measure: c.measure, From: on(3, 2), Document: "津人社〔2026〕7号"}}}
		for _, act := range all {
			if err := o.Permits(act, on(3, 1)); err != nil {
				t.Errorf("%s forbids %s the day before: %v", c.measure, act, err)
			}
			err := o.Permits(act, on(3, 2))
			if allowed := slices.Contains(c.allowed, act); allowed != (err == nil) || err != nil && !errors.Is(err, engine.ErrSuspended) {
				t.Errorf("%s, %s: %v", c.measure, act, err)
			}
		}
	}
}

// 场次安排在将来的，考试那一天在暂停期内也不行。
func TestMayLooksAtTodayAndAtTheDay(t *testing.T) {
	o := engine.Organisation{Province: "12", Filings: []engine.Filing{{Occupation: "4-14-01-03", Levels: []engine.Level{engine.Level5}, From: on(1, 1), To: on(7, 1)}},
		Suspensions: []engine.Suspension{{Measure: engine.Suspended, From: on(3, 2), To: on(4, 1)}}}
	for _, c := range []struct {
		today, held clock.Date
		want        error
	}{
		{on(3, 1), on(3, 1), nil}, {on(3, 1), on(3, 2), engine.ErrSuspended}, {on(3, 1), on(4, 1), nil}, {on(3, 31), on(5, 1), engine.ErrSuspended},
		{on(4, 1), on(5, 1), nil}, {on(2, 1), on(7, 1), engine.ErrNotFiled},
	} {
		if err := o.May(engine.ActSession, work(engine.Level5, c.held), c.today); !errors.Is(err, c.want) {
			t.Errorf("asked on %s for %s: %v", c.today, c.held, err)
		}
	}
	if err := o.May(engine.ActSession, work(engine.Level4, on(5, 1)), on(5, 1)); !errors.Is(err, engine.ErrNotFiled) {
		t.Errorf("a level that was not filed: %v", err)
	}
}

// 既在整改又被暂停的，按暂停公布。
func TestMeasuredIsTheGravest(t *testing.T) {
	o := engine.Organisation{Suspensions: []engine.Suspension{{No: 1, Measure: engine.Rectification, From: on(3, 1)}, {No: 2, Measure: engine.Suspended, From: on(3, 5)}}}
	for day, want := range map[clock.Date]int{on(3, 4): 1, on(3, 5): 2} {
		if m := o.Measured(day); m == nil || m.No != want {
			t.Errorf("%s: %+v", day, m)
		}
	}
	if m := o.Measured(on(2, 28)); m != nil {
		t.Errorf("before: %+v", m)
	}
}
