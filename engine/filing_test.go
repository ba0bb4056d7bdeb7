package engine_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/errs"
)

const care = "4-14-01-03"

// filed is a filing of the body's province from a day of 2026 until another.
func filed(number string, from, to clock.Date, levels ...engine.Level) engine.Filing {
	return engine.Filing{Number: number, Occupation: care, Levels: levels, Capacity: 100, From: from, To: to}
}

func work(l engine.Level, day clock.Date) engine.Work { return engine.CareWork(l, "12", day) }

// 一项备案管什么：职业、等级、地区、日期四样都在内才行；拒绝时说最接近的那项备案差在哪里。
func TestFilingFor(t *testing.T) {
	o := engine.Organisation{Province: "12", Filings: []engine.Filing{filed("A", on(1, 1), on(7, 1), 5, 4), filed("B", on(7, 1), on(12, 1), 5),
		{Number: "C", Occupation: "4-10-01-05", Levels: []engine.Level{3}, From: on(1, 1), To: on(12, 1), Region: "120116"}}}
	for _, c := range []struct {
		work engine.Work
		want string
		says string
	}{
		{work(5, on(1, 1)), "A", ""}, {work(5, on(6, 30)), "A", ""}, {work(5, on(7, 1)), "B", ""}, {work(5, on(11, 30)), "B", ""},
		{work(5, on(12, 1)), "", "2026-12-01 不在备案有效期内"}, {work(4, on(7, 1)), "", "2026-07-01 不在备案有效期内"},
		{work(3, on(2, 1)), "", "三级"}, {engine.CareWork(5, "50", on(2, 1)), "", "备案地区为天津，不包括重庆"},
		{engine.CareWork(5, "", on(2, 1)), "A", ""},
		{engine.Work{Occupation: "4-10-01-05", Level: 3, Province: "12", Day: on(2, 1)}, "C", ""},
		{engine.Work{Occupation: "4-99", Level: 3, Day: on(2, 1)}, "", "职业 4-99"},
	} {
		f, err := o.FilingFor(c.work)
		switch {
		case c.want == "" && (!errors.Is(err, engine.ErrNotFiled) || !strings.Contains(err.Error(), c.says)):
			t.Errorf("%+v: %v, want %s", c.work, err, c.says)
		case c.want != "" && (err != nil || f.Number != c.want):
			t.Errorf("%+v: %+v, %v", c.work, f, err)
		}
	}
	if _, err := (&engine.Organisation{}).FilingFor(work(5, on(2, 1))); !errors.Is(err, engine.ErrNotFiled) {
		t.Errorf("a body without a filing: %v", err)
	}
}

// 年度计划：当年只要有一天在备案内就行，包括年中才开始的备案。
func TestFiledInAYear(t *testing.T) {
	o := engine.Organisation{Province: "12", Filings: []engine.Filing{filed("A", on(1, 1), on(3, 1), 5), filed("B", on(7, 1), clock.Date{Year: 2027, Month: 2, Day: 1}, 4)}}
	for _, c := range []struct {
		year  int
		level engine.Level
		want  error
	}{{2026, 5, nil}, {2026, 4, nil}, {2027, 4, nil}, {2027, 5, engine.ErrNotFiled}, {2025, 5, engine.ErrNotFiled}, {2028, 4, engine.ErrNotFiled}, {2026, 3, engine.ErrNotFiled}} {
		if err := o.FiledIn(c.year, work(c.level, clock.Date{})); !errors.Is(err, c.want) {
			t.Errorf("%d %s: %v", c.year, c.level, err)
		}
	}
}

// 新备案与原备案：不重叠的都留着；重叠的说明与哪一项重叠、怎么办；写明代替的，原备案到新备案开始那天为止，前一天仍按原备案；
// 同一天开始的是更正；再交一次什么也不变。
func TestASecondFilingDoesNotEraseTheFirst(t *testing.T) {
	district := func(region string, f engine.Filing) engine.Filing { f.Region = region; return f }
	succeeds := func(f engine.Filing) engine.Filing {
		f.Succeeds, f.Document = true, "津人社〔2026〕8号"
		return f
	}
	had := filed("A", on(2, 1), on(8, 1), 5, 4)
	more := had
	more.Capacity = 200
	other := had
	other.Occupation = "4-10-01-05"
	for name, c := range map[string]struct {
		f    engine.Filing
		want error
		n    int        // on record afterwards
		end  clock.Date // of the first
	}{
		"再交一次":         {had, engine.ErrUnchanged, 1, on(8, 1)},
		"更正人数":         {more, nil, 1, on(8, 1)},
		"前后相接":         {filed("A", on(8, 1), on(12, 1), 5, 4), nil, 2, on(8, 1)},
		"到前一天为止":       {filed("A", on(1, 1), on(2, 1), 5, 4), nil, 2, on(8, 1)},
		"重叠一天":         {filed("A", on(7, 31), on(12, 1), 5), engine.ErrFilingOverlap, 1, on(8, 1)},
		"前面重叠一天":       {filed("A", on(1, 1), on(2, 2), 4), engine.ErrFilingOverlap, 1, on(8, 1)},
		"另一等级":         {filed("A", on(3, 1), on(12, 1), 3), nil, 2, on(8, 1)},
		"另一职业":         {other, nil, 2, on(8, 1)},
		"全省已备案，再备一个区":  {district("120116", filed("A", on(3, 1), on(12, 1), 5)), engine.ErrFilingOverlap, 1, on(8, 1)},
		"全省写成两位代码也是全省": {district("12", filed("A", on(3, 1), on(12, 1), 5)), engine.ErrFilingOverlap, 1, on(8, 1)},
		"代替":           {succeeds(filed("B", on(5, 1), on(12, 1), 5, 4, 3)), nil, 2, on(5, 1)},
		"代替，但同一天之前就开始": {succeeds(filed("B", on(1, 1), on(12, 1), 5)), engine.ErrFilingOverlap, 1, on(8, 1)},
	} {
		o := engine.Organisation{Province: "12"}
		if err := o.File(had); err != nil {
			t.Fatal(err)
		}
		err := o.File(c.f)
		if !errors.Is(err, c.want) || len(o.Filings) != c.n || o.Filings[0].Until() != c.end || o.Filings[0].From != had.From {
			t.Errorf("%s: %v, %+v", name, err, o.Filings)
		}
		if errors.Is(err, engine.ErrFilingOverlap) && !strings.Contains(err.Error(), "第1项备案（A") {
			t.Errorf("%s: %v", name, err)
		}
		if o.Filings[len(o.Filings)-1].No != c.n {
			t.Errorf("%s: no. %d", name, o.Filings[len(o.Filings)-1].No)
		}
	}
	o := engine.Organisation{Province: "12", Filings: []engine.Filing{had}}
	if err := o.File(succeeds(filed("B", on(5, 1), on(12, 1), 5, 4))); err != nil {
		t.Fatal(err)
	}
	for day, want := range map[clock.Date]string{on(4, 30): "A", on(5, 1): "B"} {
		if f, err := o.FilingFor(work(5, day)); err != nil || f.Number != want {
			t.Errorf("%s: %+v, %v", day, f, err)
		}
	}
	if e := o.Filings[0].Ended; e.Document != "津人社〔2026〕8号" || e.Reason != "由第2项备案代替" || !slices.Equal(o.FilingNumbers(), []string{"A", "B"}) || !o.HasNumber("A") || o.HasNumber("C") {
		t.Errorf("%+v", o.Filings)
	}
	if err := o.File(had); !errors.Is(err, engine.ErrUnchanged) {
		t.Errorf("the old papers again: %v", err)
	}
}

// 终止：可以从开始那天起终止，不能早于开始，到期的、终止过的不再终止，同样的话再说一次什么也不变。
func TestAFilingIsEnded(t *testing.T) {
	end := func(day clock.Date) engine.Ending {
		return engine.Ending{On: day, Reason: "机构申请", Document: "津人社〔2026〕9号"}
	}
	for day, want := range map[clock.Date]error{on(1, 31): engine.ErrFilingInput, on(2, 1): nil, on(7, 31): nil, on(8, 1): engine.ErrFilingOver} {
		o := engine.Organisation{Filings: []engine.Filing{filed("A", on(2, 1), on(8, 1), 5)}}
		err := o.EndFiling(1, end(day))
		if !errors.Is(err, want) {
			t.Errorf("%s: %v", day, err)
		}
		if err == nil && (o.Filings[0].Until() != day || o.Filings[0].InForce(day) || o.Filed(day)) {
			t.Errorf("%s: %+v", day, o.Filings)
		}
		if again := o.EndFiling(1, end(day)); err == nil && !errors.Is(again, engine.ErrUnchanged) {
			t.Errorf("%s again: %v", day, again)
		}
		if other := o.EndFiling(1, end(on(3, 3))); err == nil && !errors.Is(other, engine.ErrFilingOver) {
			t.Errorf("%s otherwise: %v", day, other)
		}
	}
	o := engine.Organisation{Filings: []engine.Filing{filed("A", on(2, 1), on(8, 1), 5)}}
	for _, no := range []int{-1, 0, 2} {
		if err := o.EndFiling(no, end(on(3, 1))); !errors.Is(err, engine.ErrFiling) {
			t.Errorf("no. %d: %v", no, err)
		}
	}
}

// 每年人数：两个区分别备案的，合起来算；年中代替的备案不重新起算，原备案下考过的也算在内；别的等级的备案不算。
func TestAllowance(t *testing.T) {
	north, south, three := filed("A", on(1, 1), on(7, 1), 5), filed("A", on(1, 1), on(12, 1), 5), filed("A", on(1, 1), on(12, 1), 3)
	north.Region, south.Region, south.Capacity = "120116", "120101", 50
	o := engine.Organisation{Province: "12", Filings: []engine.Filing{north, south, three}}
	for day, want := range map[clock.Date]int{on(6, 30): 150, on(7, 1): 50} {
		a, err := o.Allowance(work(5, day))
		if err != nil || a.Capacity != want || !a.Takes(5, "12") || a.Takes(3, "12") || a.Takes(5, "50") || !a.Takes(5, "") {
			t.Errorf("%s: %+v, %v", day, a, err)
		}
	}
	if a, err := o.Allowance(work(4, on(2, 1))); !errors.Is(err, engine.ErrNotFiled) || a.Capacity != 0 || a.Takes(4, "12") {
		t.Errorf("%+v, %v", a, err)
	}
}

// Whatever is filed and ended in whatever order, no work on no day is filed twice in one region, numbers run from one, and what was
// in force on a day before a change of later days is so after it.
func TestFilingsNeverMeet(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		o := engine.Organisation{Province: "12"}
		levels := rapid.SampledFrom([][]engine.Level{{5}, {4}, {5, 4}, {3}, {5, 4, 3}})
		month := rapid.IntRange(1, 9)
		for i := range rapid.IntRange(1, 8).Draw(t, "steps") {
			from := month.Draw(t, "from")
			if i > 0 && rapid.Bool().Draw(t, "end") {
				_ = o.EndFiling(rapid.IntRange(1, len(o.Filings)+1).Draw(t, "no"), engine.Ending{On: on(time.Month(from), 1), Reason: "r", Document: "d"})
				continue
			}
			f := filed(fmt.Sprint(i), on(time.Month(from), 1), on(time.Month(from+month.Draw(t, "months")%3+1), 1), levels.Draw(t, "levels")...)
			f.Region, f.Succeeds = rapid.SampledFrom([]string{"", "12", "120116"}).Draw(t, "region"), rapid.Bool().Draw(t, "succeeds")
			before := len(o.Filings)
			if err := o.File(f); err != nil && (errs.KindOf(err) != errs.Conflict && !errors.Is(err, engine.ErrUnchanged) || len(o.Filings) != before) {
				t.Fatalf("%+v: %v", f, err)
			}
			if len(o.Filings) == 0 {
				t.Fatal("the first is refused")
			}
		}
		for i, f := range o.Filings {
			if f.No != i+1 {
				t.Fatalf("no. %d at %d", f.No, i)
			}
		}
		for m := range 12 {
			for _, l := range engine.Levels() {
				holding := 0
				for _, f := range o.Filings {
					if f.InForce(on(time.Month(m+1), 1)) && slices.Contains(f.Levels, l) {
						holding++
					}
				}
				if holding > 1 {
					t.Fatalf("%s in month %d is filed %d times: %+v", l, m+1, holding, o.Filings)
				}
			}
		}
	})
}
