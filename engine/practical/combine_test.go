package practical_test

import (
	"errors"
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/practical"
	"github.com/skillcert/skillcert/questionbank"
)

type scores = map[string]map[string]engine.Points

// task has criteria worth the given points, numbered from 1, and the critical errors V1 and V2.
func task(code string, points ...engine.Points) *questionbank.Task {
	t := &questionbank.Task{Code: code, Level: engine.Level5, Name: "任务" + code, Minutes: 8,
		Vetoes: []questionbank.Veto{{Code: "V1", Text: "坠床"}, {Code: "V2", Text: "拉拽"}}}
	for i, p := range points {
		t.Criteria = append(t.Criteria, questionbank.Criterion{No: fmt.Sprint(i + 1), Section: "操作过程", Text: "步骤", Points: p})
		t.Points += p
	}
	return t
}

func TestTotalCountsEveryTaskTheSame(t *testing.T) {
	whole := task("A", engine.Pt(60), engine.Pt(40))
	for _, c := range []struct {
		name  string
		tasks []*questionbank.Task
		given scores
		want  engine.Points
	}{
		{"nothing scored", []*questionbank.Task{whole}, nil, 0},
		{"everything", []*questionbank.Task{whole}, scores{"A": {"1": 6000, "2": 4000}}, 10000},
		{"a task of fifty points", []*questionbank.Task{whole, task("B", engine.Pt(50))}, scores{"A": {"1": 6000}, "B": {"1": 5000}}, 8000},
		{"a third, down", []*questionbank.Task{task("A", 300)}, scores{"A": {"1": 100}}, 3333},
		{"two thirds, up", []*questionbank.Task{task("A", 300)}, scores{"A": {"1": 200}}, 6667},
		{"half a hundredth, up", []*questionbank.Task{whole, task("B", engine.Pt(100))}, scores{"A": {"1": 5999}, "B": {"1": 6000}}, 6000},
		{"rounded once, not by task", []*questionbank.Task{task("A", 300), task("B", 300)}, scores{"A": {"1": 100}, "B": {"1": 200}}, 5000},
		{"points of another task", []*questionbank.Task{whole}, scores{"B": {"1": 6000}}, 0},
		{"a task without criteria", []*questionbank.Task{whole, task("B")}, scores{"A": {"1": 6000, "2": 4000}}, 5000},
		{"no task", nil, nil, 0},
	} {
		if got := practical.Total(c.tasks, c.given); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

// 三名考评员的分数按政策合成：平均、去掉最高最低后平均、或中位数。
func TestCombine(t *testing.T) {
	for _, c := range []struct {
		how    string
		totals []engine.Points
		want   engine.Points
	}{
		{"mean", []engine.Points{5999, 6000, 6000}, 6000},  // 5999.67
		{"mean", []engine.Points{5999, 5999, 6000}, 5999},  // 5999.33
		{"mean", []engine.Points{5999, 6000}, 6000},        // half, up
		{"mean", []engine.Points{7000}, 7000},              // one examiner
		{"median", []engine.Points{9000, 100, 6000}, 6000}, // not moved by either end
		{"median", []engine.Points{9000, 100, 6000, 6001}, 6001},
		{"trimmed-mean", []engine.Points{0, 6000, 6001, 6002, 10000}, 6001},
		{"trimmed-mean", []engine.Points{0, 6000, 10000}, 6000},
		{"trimmed-mean", []engine.Points{6000, 7001}, 6501}, // too few to leave any out
	} {
		if got, err := practical.Combine(c.how, c.totals); err != nil || got != c.want {
			t.Errorf("%s of %v: %s, %v, want %s", c.how, c.totals, got, err, c.want)
		}
	}
	if _, err := practical.Combine("best", []engine.Points{1}); !errors.Is(err, engine.ErrPolicy) {
		t.Errorf("a word that no policy knows: %v", err)
	}
	if _, err := practical.Combine("mean", nil); !errors.Is(err, practical.ErrNotScored) {
		t.Errorf("no totals: %v", err)
	}
}

func rules(combine, veto string) engine.PracticalPolicy {
	return engine.PracticalPolicy{MinExaminers: 3, Odd: true, Tasks: 1, Combine: combine, Veto: veto, Tolerance: engine.Pt(15)}
}

// signed makes sheets of one task of a hundred points with these totals.
func signed(totals ...engine.Points) (sheets []*practical.Sheet) {
	for _, p := range totals {
		sheets = append(sheets, &practical.Sheet{Scores: scores{"A": {"1": p}}})
	}
	return sheets
}

// 合成分、分歧、否决按政策判定：何时须由组长裁定，何时不须。
func TestJudge(t *testing.T) {
	v1, v2 := practical.VetoMark{Task: "A", Code: "V1", Note: "见"}, practical.VetoMark{Task: "A", Code: "V2", Note: "见"}
	for _, c := range []struct {
		name   string
		veto   string
		totals []engine.Points
		marks  [][]practical.VetoMark
		want   practical.Verdict
	}{
		{"agreed", "majority", []engine.Points{8000, 8100, 8200}, nil, practical.Verdict{Points: 8100, Spread: 200}},
		{"spread at the tolerance", "majority", []engine.Points{7000, 7500, 8500}, nil, practical.Verdict{Points: 7667, Spread: 1500}},
		{"spread one above", "majority", []engine.Points{7000, 7500, 8501}, nil, practical.Verdict{Points: 7667, Spread: 1501, Wide: true, Disputed: true}},
		{"one of three", "majority", []engine.Points{8000, 8000, 8000}, [][]practical.VetoMark{{v1}}, practical.Verdict{Points: 8000, Vetoes: 1, Disputed: true}},
		{"two of three", "majority", []engine.Points{8000, 8000, 8000}, [][]practical.VetoMark{{v1}, {v1}}, practical.Verdict{Vetoes: 2, Vetoed: true}},
		{"two of three saw different things", "majority", []engine.Points{8000, 8000, 8000}, [][]practical.VetoMark{{v1}, {v2}}, practical.Verdict{Points: 8000, Vetoes: 2, Disputed: true}},
		{"two of four", "majority", []engine.Points{8000, 8000, 8000, 8000}, [][]practical.VetoMark{{v1}, {v1}}, practical.Verdict{Points: 8000, Vetoes: 2, Disputed: true}},
		{"all, far apart", "majority", []engine.Points{1000, 8000, 8000}, [][]practical.VetoMark{{v1, v2}, {v1}, {v1}}, practical.Verdict{Spread: 7000, Vetoes: 3, Vetoed: true}},
		{"any", "any", []engine.Points{8000, 8000, 8000}, [][]practical.VetoMark{{v2}}, practical.Verdict{Vetoes: 1, Vetoed: true}},
		{"one, the leader decides", "leader", []engine.Points{8000, 8000, 8000}, [][]practical.VetoMark{{v2}}, practical.Verdict{Points: 8000, Vetoes: 1, Asked: true, Disputed: true}},
		{"all, the leader decides", "leader", []engine.Points{8000, 1000, 8000}, [][]practical.VetoMark{{v1}, {v1}, {v1}},
			practical.Verdict{Points: 5667, Spread: 7000, Vetoes: 3, Wide: true, Asked: true, Disputed: true}},
		{"none, nothing to decide", "leader", []engine.Points{8000, 8000, 8000}, nil, practical.Verdict{Points: 8000}},
		{"none of any", "any", []engine.Points{8000, 8000, 8000}, nil, practical.Verdict{Points: 8000}},
	} {
		sheets := signed(c.totals...)
		for i, m := range c.marks {
			sheets[i].Vetoes = m
		}
		c.want.Totals = c.totals
		got, err := practical.Judge(rules("mean", c.veto), []*questionbank.Task{task("A", engine.Pt(100))}, sheets)
		if err != nil || fmt.Sprint(got) != fmt.Sprint(c.want) {
			t.Errorf("%s: %+v, %v, want %+v", c.name, got, err, c.want)
		}
	}
	if _, err := practical.Judge(rules("mean", ""), nil, signed(1)); !errors.Is(err, engine.ErrPolicy) {
		t.Errorf("a policy without a word on critical errors: %v", err)
	}
}

var ways = []string{"mean", "median", "trimmed-mean"}

func drawTotals(t *rapid.T) []engine.Points {
	return rapid.SliceOfN(rapid.Map(rapid.Int32Range(0, 10000), func(n int32) engine.Points { return engine.Points(n) }), 1, 7).Draw(t, "totals")
}

func combined(t *rapid.T, how string, totals []engine.Points) engine.Points {
	p, err := practical.Combine(how, totals)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// 任何一名考评员多给分，合成分不会变低。
func TestRaisingAScoreNeverLowersTheResult(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		totals, how := drawTotals(t), rapid.SampledFrom(ways).Draw(t, "how")
		before := combined(t, how, totals)
		i := rapid.IntRange(0, len(totals)-1).Draw(t, "examiner")
		totals[i] = engine.Points(rapid.Int32Range(int32(totals[i]), 10000).Draw(t, "raised"))
		if after := combined(t, how, totals); after < before {
			t.Fatalf("%s to %s by raising one to %s", before, after, totals[i])
		}
	})
}

// 考评员的先后不影响合成分。
func TestTheOrderOfExaminersDoesNotMatter(t *testing.T) {
	v1 := []practical.VetoMark{{Task: "A", Code: "V1", Note: "见"}}
	rapid.Check(t, func(t *rapid.T) {
		sheets := signed(drawTotals(t)...)
		for _, s := range sheets {
			if rapid.Bool().Draw(t, "veto") {
				s.Vetoes = v1
			}
		}
		p := rules(rapid.SampledFrom(ways).Draw(t, "how"), rapid.SampledFrom([]string{"majority", "any"}).Draw(t, "veto rule"))
		tasks := []*questionbank.Task{task("A", engine.Pt(100))}
		a, err := practical.Judge(p, tasks, sheets)
		b, err2 := practical.Judge(p, tasks, rapid.Permutation(sheets).Draw(t, "order"))
		if a.Totals, b.Totals = nil, nil; err != nil || err2 != nil || fmt.Sprint(a) != fmt.Sprint(b) {
			t.Fatalf("%+v, %v and %+v, %v", a, err, b, err2)
		}
	})
}

func TestTheResultLiesBetweenTheTotals(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		totals := drawTotals(t)
		p := combined(t, rapid.SampledFrom(ways).Draw(t, "how"), totals)
		low, high := totals[0], totals[0]
		for _, x := range totals {
			low, high = min(low, x), max(high, x)
		}
		if p < low || p > high {
			t.Fatalf("%s out of %v", p, totals)
		}
	})
}

func TestMorePointsOnACriterionNeverLowerTheTotal(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		tasks := []*questionbank.Task{task("A", 700, 300, 500), task("B", 1000, 100), task("C", 9999)}
		given := scores{"A": {}, "B": {}, "C": {}}
		for _, x := range tasks {
			for _, c := range x.Criteria {
				given[x.Code][c.No] = engine.Points(rapid.Int32Range(0, int32(c.Points)).Draw(t, "points"))
			}
		}
		before := practical.Total(tasks, given)
		x := rapid.SampledFrom(tasks).Draw(t, "task")
		c := rapid.SampledFrom(x.Criteria).Draw(t, "criterion")
		given[x.Code][c.No] = engine.Points(rapid.Int32Range(int32(given[x.Code][c.No]), int32(c.Points)).Draw(t, "more"))
		if after := practical.Total(tasks, given); after < before || after > 10000 {
			t.Fatalf("%s, then %s", before, after)
		}
	})
}
