package practical_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/engine/practical"
	"github.com/skillcert/skillcert/questionbank"
)

// 分数不得超过该评分点的满分，也不得为负。
func TestCheckScores(t *testing.T) {
	levels := task("B", 600)
	levels.Criteria[0].Levels = []questionbank.CriterionLevel{{Points: 600}, {Points: 400}, {Points: 0}}
	tasks := []*questionbank.Task{task("A", 500, 1000), levels}
	for _, c := range []struct {
		name   string
		given  scores
		vetoes []practical.VetoMark
		want   string // field and code, in order
	}{
		{"nothing yet", nil, nil, ""},
		{"the bounds", scores{"A": {"1": 0, "2": 1000}}, nil, ""},
		{"hundredths", scores{"A": {"1": 499}}, nil, ""},
		{"one above", scores{"A": {"1": 501}}, nil, "score.A.1 range"},
		{"below zero", scores{"A": {"2": -1}}, nil, "score.A.2 range"},
		{"a level", scores{"B": {"1": 400}}, nil, ""},
		{"between levels", scores{"B": {"1": 401}}, nil, "score.B.1 level"},
		{"above the levels", scores{"B": {"1": 601}}, nil, "score.B.1 range"},
		{"unknown criterion", scores{"A": {"3": 1}}, nil, "score.A.3 unknown"},
		{"unknown task", scores{"C": {"1": 1}}, nil, "score.C unknown"},
		{"everything at once", scores{"C": {"1": 1}, "A": {"2": 1001, "1": 501}}, []practical.VetoMark{{Task: "A", Code: "V1"}},
			"score.A.1 range, score.A.2 range, score.C unknown, note.A.V1 missing"},
		{"a veto with its note", nil, []practical.VetoMark{{Task: "A", Code: "V1", Note: "床挡未拉起"}}, ""},
		{"a blank note", nil, []practical.VetoMark{{Task: "A", Code: "V1", Note: " \n"}}, "note.A.V1 missing"},
		{"the longest note", nil, []practical.VetoMark{{Task: "A", Code: "V1", Note: strings.Repeat("长", practical.MaxNote)}}, ""},
		{"a longer note", nil, []practical.VetoMark{{Task: "A", Code: "V1", Note: strings.Repeat("长", practical.MaxNote+1)}}, "note.A.V1 long"},
		{"an unknown veto", nil, []practical.VetoMark{{Task: "A", Code: "V3", Note: "见"}}, "veto.A.V3 unknown"},
		{"a veto of an unknown task", nil, []practical.VetoMark{{Task: "C", Code: "V1", Note: "见"}}, "veto.C.V1 unknown"},
		{"a veto twice", nil, []practical.VetoMark{{Task: "A", Code: "V1", Note: "见"}, {Task: "A", Code: "V1", Note: "又见"}}, "veto.A.V1 repeated"},
	} {
		err := practical.CheckScores(tasks, c.given, c.vetoes)
		if got := fields(err); got != c.want || err != nil && !errors.Is(err, practical.ErrScore) {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// 填错的每一处都写明是哪项任务的哪一项，考评员不用去猜。
func TestWhatIsWrongIsNamed(t *testing.T) {
	a := task("A", 500, 1000)
	a.Criteria[1].Text = "协助老人翻身，翻身后检查皮肤并整理床单位"
	a.Criteria[1].Levels = []questionbank.CriterionLevel{{Points: 1000}, {Points: 0}}
	err := practical.CheckScores([]*questionbank.Task{a}, scores{"A": {"1": 501, "2": 400, "3": 1}}, []practical.VetoMark{{Task: "A", Code: "V1"}})
	var e *errs.Error
	if !errors.As(err, &e) {
		t.Fatal(err)
	}
	for i, want := range []string{"“任务A”第1项“步骤”为0至5分", "“任务A”第2项“协助老人翻身，翻身后检查皮肤…”只能按所列档次给分", "“任务A”没有第3项", "“任务A”的一票否决“坠床”须写明经过"} {
		if got := e.Fields[i].Msg; got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

func fields(err error) string {
	var e *errs.Error
	if !errors.As(err, &e) {
		return ""
	}
	parts := make([]string, len(e.Fields))
	for i, f := range e.Fields {
		parts[i] = f.Name + " " + f.Code
	}
	return strings.Join(parts, ", ")
}

func TestMissingCountsCriteriaWithoutPoints(t *testing.T) {
	tasks := []*questionbank.Task{task("A", 500, 1000), task("B", 600)}
	for _, c := range []struct {
		given scores
		want  int
	}{{nil, 3}, {scores{"A": {"1": 0}}, 2}, {scores{"A": {"1": 0, "2": 5}, "B": {"1": 600}}, 0}, {scores{"C": {"1": 0}}, 3}} {
		if got := practical.Missing(tasks, c.given); got != c.want {
			t.Errorf("%v: %d, want %d", c.given, got, c.want)
		}
	}
}

func TestScoringWindowEndsWithTheDay(t *testing.T) {
	zone := time.FixedZone("UTC+8", 8*60*60)
	at := func(day, hour, minute int) time.Time { return time.Date(2026, 3, day, hour, minute, 0, 0, zone).UTC() }
	for _, c := range []struct {
		name                  string
		opens, closes, before time.Time
	}{
		{"a morning", at(2, 8, 30), at(2, 11, 30), at(3, 0, 0)},
		{"until the last minute", at(2, 8, 30), at(2, 23, 59), at(3, 0, 0)},
		{"until midnight", at(2, 8, 30), at(3, 0, 0), at(3, 0, 0)},
		{"past midnight", at(2, 8, 30), at(3, 0, 1), at(4, 0, 0)},
		{"two days", at(2, 8, 30), at(3, 17, 0), at(4, 0, 0)},
	} {
		got := practical.ScoringWindow(clock.Window{Opens: c.opens, Closes: c.closes}, zone)
		if !got.Opens.Equal(c.opens) || !got.Closes.Equal(c.before) {
			t.Errorf("%s: %v", c.name, got)
		}
		for instant, in := range map[time.Time]bool{c.opens: true, c.opens.Add(-time.Millisecond): false, c.before: false, c.before.Add(-time.Millisecond): true} {
			if got.Contains(instant) != in {
				t.Errorf("%s: %v in the window: %v", c.name, instant, !in)
			}
		}
	}
}
