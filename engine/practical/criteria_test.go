package practical_test

import (
	"errors"
	"testing"

	"pgregory.net/rapid"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/practical"
	"github.com/skillcert/skillcert/questionbank"
)

// perCriterion is a policy that combines criterion by criterion.
func perCriterion(how string) engine.PracticalPolicy {
	p := rules(how, "majority")
	p.Per = "criterion"
	return p
}

// given makes a sheet of task A with these points on its criteria in turn.
func given(points ...engine.Points) *practical.Sheet {
	s := &practical.Sheet{Scores: scores{"A": {}}}
	for i, p := range points {
		s.Scores["A"][string(rune('1'+i))] = p
	}
	return s
}

// 三名考评员各扣不同的项：按合计取中位数是70分，按单项取中位数则没有一项被多数人扣分。
func TestCriteriaAreCombinedOneByOne(t *testing.T) {
	tasks := []*questionbank.Task{task("A", engine.Pt(30), engine.Pt(30), engine.Pt(40))}
	sheets := []*practical.Sheet{given(0, 3000, 4000), given(3000, 0, 4000), given(3000, 3000, 1000)}
	for how, want := range map[string][2]engine.Points{"median": {7000, 10000}, "trimmed-mean": {7000, 10000}, "mean": {7000, 7000}} {
		total, errTotal := practical.Judge(rules(how, "majority"), tasks, sheets)
		each, errEach := practical.Judge(perCriterion(how), tasks, sheets)
		if errTotal != nil || errEach != nil || total.Points != want[0] || each.Points != want[1] {
			t.Errorf("%s: %s, %v by totals and %s, %v by criteria, want %v", how, total.Points, errTotal, each.Points, errEach, want)
		}
	}
}

// 先逐项求平均、最后只进位一次：三人给1、1、2分（百分之一分），一项1/3分不会先被舍去。
func TestCriteriaAreRoundedOnce(t *testing.T) {
	tasks := []*questionbank.Task{task("A", engine.Pt(50), engine.Pt(50))}
	sheets := []*practical.Sheet{given(1, 1), given(1, 1), given(2, 2)}
	if got, err := practical.CombineCriteria("mean", tasks, sheets); err != nil || got != 3 { // 4/3 and 4/3 are 2.67
		t.Fatalf("%d, %v", got, err)
	}
}

func TestCombiningCriteriaRefusals(t *testing.T) {
	tasks := []*questionbank.Task{task("A", engine.Pt(100))}
	if _, err := practical.CombineCriteria("best", tasks, []*practical.Sheet{given(1)}); !errors.Is(err, engine.ErrPolicy) {
		t.Errorf("a word that no policy knows: %v", err)
	}
	if _, err := practical.CombineCriteria("mean", tasks, nil); !errors.Is(err, practical.ErrNotScored) {
		t.Errorf("no sheets: %v", err)
	}
	p := rules("mean", "majority")
	p.Per = "task"
	if _, err := practical.Judge(p, tasks, []*practical.Sheet{given(1)}); !errors.Is(err, engine.ErrPolicy) {
		t.Errorf("combined by what no policy knows: %v", err)
	}
}

var sheetTasks = []*questionbank.Task{task("A", 700, 300, 500), task("B", 1000, 100)}

// drawSheet draws a whole sheet of sheetTasks.
func drawSheet(t *rapid.T) *practical.Sheet {
	s := &practical.Sheet{Scores: scores{}}
	for _, x := range sheetTasks {
		s.Scores[x.Code] = map[string]engine.Points{}
		for _, c := range x.Criteria {
			s.Scores[x.Code][c.No] = engine.Points(rapid.Int32Range(0, int32(c.Points)).Draw(t, "points"))
		}
	}
	return s
}

func byCriteria(t *rapid.T, how string, sheets []*practical.Sheet) engine.Points {
	p, err := practical.CombineCriteria(how, sheetTasks, sheets)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// extremes are sheets of the lowest and of the highest points that were given on every criterion.
func extremes(sheets []*practical.Sheet) (low, high scores) {
	low, high = scores{}, scores{}
	for _, x := range sheetTasks {
		low[x.Code], high[x.Code] = map[string]engine.Points{}, map[string]engine.Points{}
		for _, c := range x.Criteria {
			least, most := c.Points, engine.Points(0)
			for _, s := range sheets {
				least, most = min(least, s.Scores[x.Code][c.No]), max(most, s.Scores[x.Code][c.No])
			}
			low[x.Code][c.No], high[x.Code][c.No] = least, most
		}
	}
	return low, high
}

func TestLawsOfCombiningCriteria(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		sheets := rapid.SliceOfN(rapid.Custom(drawSheet), 1, 7).Draw(t, "sheets")
		how := rapid.SampledFrom(ways).Draw(t, "how")
		before := byCriteria(t, how, sheets)
		low, high := extremes(sheets)
		if least, most := practical.Total(sheetTasks, low), practical.Total(sheetTasks, high); before < least || before > most {
			t.Fatalf("%s outside %s to %s", before, least, most)
		}
		if other := byCriteria(t, how, rapid.Permutation(sheets).Draw(t, "order")); other != before {
			t.Fatalf("%s, and %s in another order", before, other)
		}
		x := rapid.SampledFrom(sheetTasks).Draw(t, "task")
		c := rapid.SampledFrom(x.Criteria).Draw(t, "criterion")
		s := rapid.SampledFrom(sheets).Draw(t, "sheet")
		s.Scores[x.Code][c.No] = engine.Points(rapid.Int32Range(int32(s.Scores[x.Code][c.No]), int32(c.Points)).Draw(t, "more"))
		if after := byCriteria(t, how, sheets); after < before {
			t.Fatalf("%s, then %s with more points", before, after)
		}
	})
}

// 所有考评员评分相同时，按单项与按合计结果相同，都等于各人的合计。
func TestEqualSheetsGiveTheirTotalEitherWay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawSheet(t)
		n := rapid.IntRange(1, 7).Draw(t, "examiners")
		sheets, totals := make([]*practical.Sheet, n), make([]engine.Points, n)
		want := practical.Total(sheetTasks, s.Scores)
		for i := range sheets {
			sheets[i], totals[i] = s, want
		}
		how := rapid.SampledFrom(ways).Draw(t, "how")
		if each, total := byCriteria(t, how, sheets), combined(t, how, totals); each != want || total != want {
			t.Fatalf("%s by criteria, %s by totals, want %s", each, total, want)
		}
	})
}

// With a mean the two ways differ by no more than the rounding of the totals, half a hundredth each.
func TestTheMeanIsTheSameEitherWay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		sheets := rapid.SliceOfN(rapid.Custom(drawSheet), 1, 7).Draw(t, "sheets")
		totals := make([]engine.Points, len(sheets))
		for i, s := range sheets {
			totals[i] = practical.Total(sheetTasks, s.Scores)
		}
		if d := byCriteria(t, "mean", sheets) - combined(t, "mean", totals); d < -1 || d > 1 {
			t.Fatalf("%d hundredths apart", d)
		}
	})
}
