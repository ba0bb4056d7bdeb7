package assembly_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/questionbank"
	"github.com/skillcert/skillcert/questionbank/assembly"
)

type counts = map[questionbank.ItemType]int

type ranges = map[string]int

// two ranges of three points with a single and a judgement each.
func twoRanges() *bank { return regular(2, 3, counts{single: 1, judgement: 1}) }

// supplemented has four points, the last two of which only the supplement of province 12 serves.
func supplemented() *bank {
	b := regular(1, 2, counts{single: 1})
	for _, p := range []string{"R01-003", "R01-004"} {
		b.point(p)
		b.add(p, single, 1).Province = "12"
	}
	return b
}

func withCap(bp questionbank.Blueprint, supplements int) questionbank.Blueprint {
	bp.SupplementCap = supplements
	return bp
}

type shortageCase struct {
	name  string
	bank  *bank
	bp    questionbank.Blueprint
	seen  []string
	short int
	cuts  []assembly.Cut // what matters of them
	says  []string
}

func shortages() []shortageCase {
	limited := twoRanges()
	for p := range 3 {
		limited.add(fmt.Sprintf("R01-%03d", p+1), multiple, 1)
	}
	graded := regular(2, 3, counts{single: 2, judgement: 2})
	for i := range graded.items {
		graded.items[i].Difficulty = 1 + i%2
	}
	graded.items[0].Difficulty = 5
	hard := blueprint(counts{single: 2, judgement: 2}, ranges{"R01": 2, "R02": 2})
	hard.Difficulties = map[int]int{1: 1, 2: 1, 5: 2}
	return []shortageCase{
		{name: "no item of a type", bank: twoRanges(), bp: blueprint(counts{single: 2, multiple: 2}, ranges{"R01": 2, "R02": 2}), short: 2,
			cuts: []assembly.Cut{{Cells: []string{"M"}, Need: 2, Short: 2}}, says: []string{"多选题需要2题，可用0题，缺2题"}},
		{name: "a range that the table lacks", bank: twoRanges(), bp: blueprint(counts{single: 4}, ranges{"R01": 2, "R09": 2}), short: 2,
			cuts: []assembly.Cut{{Scopes: []string{"R09"}, Need: 2, Short: 2}}, says: []string{"鉴定范围 R09 需要2题，可用0题，缺2题"}},
		{name: "more items than points, in two ranges", bank: twoRanges(), bp: blueprint(counts{single: 5, judgement: 4}, ranges{"R01": 4, "R02": 5}), short: 3,
			cuts: []assembly.Cut{{Scopes: []string{"R01"}, Need: 4, Available: 3, Short: 1}, {Scopes: []string{"R02"}, Need: 5, Available: 3, Short: 2}},
			says: []string{"缺1题；鉴定范围 R02 范围R02 需要5题", "同一鉴定点题数上限由1改为2"}},
		{name: "a type held down by quotas", bank: limited, bp: blueprint(counts{single: 2, multiple: 3}, ranges{"R01": 2, "R02": 3}), short: 1,
			cuts: []assembly.Cut{{Cells: []string{"M"}, Limited: []string{"R01"}, Need: 3, Available: 2, Short: 1}},
			says: []string{"多选题需要3题，可用2题，缺1题", "受分配题数限制的鉴定范围：R01 范围R01"}},
		{name: "a difficulty", bank: graded, bp: hard, short: 1,
			cuts: []assembly.Cut{{Cells: []string{"*/5"}, Scopes: []string{"R01"}, Need: 2, Available: 1, Short: 1}},
			says: []string{"难度5需要2题，可用1题，缺1题", "难度5由2改为1"}},
		{name: "items that the candidate has met", bank: twoRanges(), bp: blueprint(counts{single: 3, judgement: 3}, ranges{"R01": 3, "R02": 3}),
			seen: []string{"T00001@1", "T00002@2", "T00007@1"}, short: 1,
			cuts: []assembly.Cut{{Scopes: []string{"R01"}, Need: 3, Available: 2, Short: 1, Points: []string{"R01-001"}, Blocked: assembly.Blocked{Seen: 2}}},
			says: []string{"考生已见过2题"}},
		{name: "points for which only the supplement has items, and no room for it", bank: supplemented(), bp: blueprint(counts{single: 3}, ranges{"R01": 3}), short: 1,
			cuts: []assembly.Cut{{Scopes: []string{"R01"}, Need: 3, Available: 2, Short: 1, Points: []string{"R01-003", "R01-004"}, Supplied: []string{"R01-003", "R01-004"}}},
			says: []string{"其中只有补充题的：R01-003、R01-004", "补充题上限由0改为1"}},
	}
}

func TestShortages(t *testing.T) {
	for _, c := range shortages() {
		t.Run(c.name, func(t *testing.T) {
			s := assembly.Explain(c.bank.plan(t, c.bp, "12", 10), "12", c.seen...)
			var e *errs.Error
			if s == nil || !errors.Is(s, assembly.ErrShortage) || !errors.As(s, &e) || e.Kind != errs.Conflict {
				t.Fatalf("%v", s)
			}
			if s.Short != c.short || len(s.Cuts) != len(c.cuts) || s.Class != "5/12" || s.Status != assembly.Infeasible {
				t.Fatalf("%+v", s)
			}
			for i, want := range c.cuts {
				got := s.Cuts[i]
				if got.Need-got.Available != got.Short {
					t.Errorf("%+v does not add up", got)
				}
				got.Text = ""
				if want.Points == nil {
					got.Points, got.Supplied = nil, nil
				}
				if fmt.Sprintf("%+v", got) != fmt.Sprintf("%+v", want) {
					t.Errorf("cut %d\n got %+v\nwant %+v", i, got, want)
				}
			}
			for _, w := range c.says {
				if !strings.Contains(e.Msg, w) {
					t.Errorf("%q does not say %q", e.Msg, w)
				}
			}
		})
	}
}

func TestSideConstraints(t *testing.T) {
	mixed := regular(2, 3, counts{single: 2})
	for i := range mixed.table.Points {
		mixed.table.Points[i].Importance = []string{"X", "Y", "Z"}[i%3]
	}
	for i := range mixed.items {
		mixed.items[i].Seconds = 30
	}
	base := blueprint(counts{single: 4}, ranges{"R01": 2, "R02": 2})
	cases := []struct {
		name   string
		bank   *bank
		change func(*questionbank.Blueprint)
		want   assembly.Slack
		relax  string
	}{
		{"importance at least", mixed, func(b *questionbank.Blueprint) { b.Importance = map[string]questionbank.Bounds{"X": {Min: 3}} },
			assembly.Slack{Constraint: "importance.X.min", Limit: 3, Best: 2, Slack: 1}, "重要程度 X 下限由3改为2"},
		{"importance at most", mixed, func(b *questionbank.Blueprint) {
			b.Importance = map[string]questionbank.Bounds{"Y": {Max: 1}, "Z": {Max: 2}, "X": {Min: 2}}
		},
			assembly.Slack{}, ""},
		{"two importances together", mixed, func(b *questionbank.Blueprint) {
			b.Importance = map[string]questionbank.Bounds{"X": {Max: 1}, "Y": {Max: 1}, "Z": {Max: 1}}
		},
			assembly.Slack{Constraint: "importance.X.max", Limit: 1, Best: 2, Slack: 1}, ""},
		{"too short a time", mixed, func(b *questionbank.Blueprint) { b.Seconds = questionbank.Bounds{Max: 100} },
			assembly.Slack{Constraint: "seconds.max", Limit: 100, Best: 120, Slack: 20}, "答题时间上限由100改为120"},
		{"too long a time", mixed, func(b *questionbank.Blueprint) { b.Seconds = questionbank.Bounds{Min: 121, Max: 500} },
			assembly.Slack{Constraint: "seconds.min", Limit: 121, Best: 120, Slack: 1}, "答题时间下限由121改为120"},
		{"a cap on the supplement", supplemented(), func(b *questionbank.Blueprint) {
			*b = withCap(blueprint(counts{single: 4}, ranges{"R01": 4}), 1)
		}, assembly.Slack{Constraint: "supplement_cap", Limit: 1, Best: 2, Slack: 1}, "补充题上限由1改为2"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			bp := base
			c.change(&bp)
			s := assembly.Explain(c.bank.plan(t, bp, "12", 10), "12")
			if c.want == (assembly.Slack{}) {
				if s != nil {
					t.Fatal(s)
				}
				return
			}
			if s == nil || len(s.Cuts) > 0 || len(s.Slacks) != 1 {
				t.Fatalf("%+v", s)
			}
			got := s.Slacks[0]
			if got.Text == "" || !strings.Contains(s.Error(), got.Text) {
				t.Errorf("%q does not say %q", s.Error(), got.Text)
			}
			if got.Text = ""; got != c.want {
				t.Errorf("\n got %+v\nwant %+v", got, c.want)
			}
			if !strings.Contains(s.Error(), c.relax) {
				t.Errorf("%q does not offer %q", s.Error(), c.relax)
			}
		})
	}
}

// TestCutsHold: a cut names as much as a flow lacks, and adding what it says is short, at its place, ends the shortage.
func TestCutsHold(t *testing.T) {
	found := 0
	rapid.Check(t, func(t *rapid.T) {
		b, bp := scarce(t)
		p, err := assembly.NewPlan(mustIndex(t, b), bp, nil)
		if err != nil {
			t.Fatal(err)
		}
		s := assembly.Explain(p, "")
		if s == nil || len(s.Cuts) == 0 {
			return
		}
		found++
		sum := 0
		for _, c := range s.Cuts {
			if sum += c.Short; c.Short <= 0 || c.Need-c.Available != c.Short {
				t.Fatalf("%+v", c)
			}
			fill(b, bp, c)
		}
		if sum != s.Short {
			t.Fatalf("%d in all, cuts say %d", s.Short, sum)
		}
		if p, err = assembly.NewPlan(mustIndex(t, b), bp, nil); err != nil {
			t.Fatal(err)
		}
		if left := assembly.Explain(p, ""); left != nil && left.Short >= s.Short {
			t.Fatalf("still %v\nafter %v", left, s)
		}
		for _, r := range s.Relaxations {
			if !r.Fixes {
				t.Fatalf("%+v", r)
			}
		}
	})
	if found == 0 {
		t.Error("no shortage")
	}
}

func mustIndex(t *rapid.T, b *bank) *assembly.Index {
	ix, err := assembly.NewIndex(engine.Level5, b.table, assembly.CardsOf(b.snapshot(), engine.Level5))
	if err != nil {
		t.Fatal(err)
	}
	return ix
}

// scarce draws a small bank of few items and a blueprint that it may not meet.
func scarce(t *rapid.T) (*bank, questionbank.Blueprint) {
	b := &bank{}
	for r := range 3 {
		for p := range 3 {
			code := fmt.Sprintf("R%02d-%03d", r, p)
			b.point(code)
			for range rapid.IntRange(0, 2).Draw(t, "items") {
				b.add(code, rapid.SampledFrom(questionbank.ItemTypes()).Draw(t, "type"), 1)
			}
		}
	}
	bp := blueprint(counts{}, ranges{})
	for range rapid.IntRange(1, 6).Draw(t, "total") {
		bp.Counts[rapid.SampledFrom(questionbank.ItemTypes()).Draw(t, "of type")]++
		bp.Ranges[fmt.Sprintf("R%02d", rapid.IntRange(0, 2).Draw(t, "of range"))]++
	}
	return b, bp
}

// fill adds, as new points of their own, so many items as the cut lacks: of its cells where it names some, else of all
// types, in the ranges that have quotas.
func fill(b *bank, bp questionbank.Blueprint, c assembly.Cut) {
	scopes, types := c.Scopes, questionbank.ItemTypes()
	if len(c.Cells) > 0 {
		scopes = nil
		for code := range bp.Ranges {
			scopes = append(scopes, code)
		}
		types = nil
		for i, letter := range []string{"S", "M", "J"} {
			if slices.Contains(c.Cells, letter) {
				types = append(types, questionbank.ItemTypes()[i])
			}
		}
	}
	for _, code := range scopes {
		for range c.Short {
			point := fmt.Sprintf("%s-%03d", code, 100+len(b.table.Points))
			b.point(point)
			for _, t := range types {
				b.add(point, t, 1)
			}
		}
	}
}

func TestReportAsJSON(t *testing.T) {
	c := shortages()[4]
	s := assembly.Explain(c.bank.plan(t, c.bp, "12", 10), "12")
	text, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]any
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatal(err)
	}
	cut := got["cuts"].([]any)[0].(map[string]any)
	if got["class"] != "5/12" || got["status"] != "infeasible" || got["short_total"] != 1.0 || cut["need"] != 2.0 || cut["blocked"] == nil {
		t.Errorf("%s", text)
	}
	relaxed := got["relaxations"].([]any)[0].(map[string]any)
	if relaxed["constraint"] != "difficulties.5" || relaxed["from"] != 2.0 || relaxed["to"] != 1.0 || relaxed["fixes"] != true {
		t.Errorf("%s", text)
	}
}

// TestWhatOnlyASearchFinds: everything can be met by itself, and no flow shows that not all of it can at once.
func TestWhatOnlyASearchFinds(t *testing.T) {
	hostile := twoRanges()
	for i := range hostile.items {
		if hostile.items[i].Type == judgement && hostile.items[i].Point < "R02" {
			hostile.items[i].Enemy = "E1"
		}
	}
	slow := regular(1, 4, counts{single: 1})
	for i := range slow.items {
		slow.table.Points[i].Importance = []string{"X", "Y"}[i%2]
		slow.items[i].Seconds = []int{60, 30}[i%2]
	}
	weighed := blueprint(counts{single: 2}, ranges{"R01": 2})
	weighed.Importance, weighed.Seconds = map[string]questionbank.Bounds{"X": {Min: 2}}, questionbank.Bounds{Max: 100}
	for _, c := range []struct {
		name    string
		bank    *bank
		bp      questionbank.Blueprint
		want    assembly.Slack
		enemies []string
		relax   string
	}{
		{"enemies", hostile, blueprint(counts{judgement: 4}, ranges{"R01": 2, "R02": 2}), assembly.Slack{Constraint: "enemies", Best: 1, Slack: 1}, []string{"E1"}, ""},
		{"time and importance", slow, weighed, assembly.Slack{Constraint: "seconds.max", Limit: 100, Best: 120, Slack: 20}, nil, "答题时间上限由100改为120"},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := assembly.Prove(c.bank.plan(t, c.bp, "", 10), "", nil)
			var s *assembly.Shortage
			if !errors.As(err, &s) || len(s.Slacks) != 1 {
				t.Fatalf("%v", err)
			}
			got := s.Slacks[0]
			if got.Text = ""; got != c.want || !slices.Equal(s.Enemies, c.enemies) || !strings.Contains(s.Error(), c.relax) {
				t.Errorf("%+v\n%v", s, err)
			}
		})
	}
}

func TestHeadroom(t *testing.T) {
	b := regular(2, 3, counts{single: 4, judgement: 1})
	p := b.plan(t, blueprint(counts{single: 2, judgement: 2}, ranges{"R01": 2, "R02": 2}), "", 10)
	r, err := assembly.ReportOn(p, "")
	if err != nil || r.Status != assembly.Feasible || r.Class != "5" {
		t.Fatalf("%+v, %v", r, err)
	}
	if r.LeastPeak < 1.0/3 || r.LeastPeak > 1.0/3+1e-5 { // two judgements of six
		t.Errorf("least peak %v", r.LeastPeak)
	}
	want := []assembly.Headroom{
		{Scopes: []string{"R01", "R02"}, Cells: []string{"J"}, Items: 6, Quota: 2, MinExposure: 1.0 / 3, Attempts: 3, AddForTenth: 14},
		{Scope: "R01", Items: 15, Quota: 2, MinExposure: 2.0 / 15, Attempts: 7, AddForTenth: 5},
		{Scope: "R02", Items: 15, Quota: 2, MinExposure: 2.0 / 15, Attempts: 7, AddForTenth: 5},
	}
	if fmt.Sprintf("%+v", r.Headroom) != fmt.Sprintf("%+v", want) {
		t.Errorf("\n got %+v\nwant %+v", r.Headroom, want)
	}
	r, err = assembly.ReportOn(b.plan(t, blueprint(counts{single: 4}, ranges{"R01": 4}), "", 10), "")
	if err != nil || r.Status != assembly.Infeasible || r.Short != 1 || len(r.Headroom) != 1 {
		t.Errorf("%+v, %v", r, err)
	}
}

func TestCutsTellWhyCardsAreBlocked(t *testing.T) {
	p := twoRanges().plan(t, blueprint(counts{single: 3, judgement: 3}, ranges{"R01": 3, "R02": 3}), "", 10)
	s := assembly.ExplainBarred(p, []string{"T00001@1"}, []string{"T00002@2", "T00009@3"}, []string{"T00010@1"})
	if s == nil || len(s.Cuts) != 2 || s.Cuts[0].Blocked != (assembly.Blocked{Seen: 1, Withdrawn: 1}) || s.Cuts[1].Blocked != (assembly.Blocked{Withdrawn: 1, Capped: 1}) {
		t.Fatalf("%+v", s)
	}
	for _, say := range []string{"考生已见过1题，已撤回1题", "已撤回1题，使用次数已满1题"} {
		if !strings.Contains(s.Error(), say) {
			t.Errorf("%q does not say %q", s.Error(), say)
		}
	}
}
