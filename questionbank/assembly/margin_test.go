package assembly_test

import (
	"fmt"
	"math/bits"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/questionbank"
	"github.com/skillcert/skillcert/questionbank/assembly"
)

func (b *bank) gauged(t testing.TB, bp questionbank.Blueprint, province string) questionbank.Margins {
	t.Helper()
	m, err := assembly.Gauge(b.snapshot(), bp, province)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// TestMarginsOfStock: two ranges of three points, each with two single items and one judgement.
func TestMarginsOfStock(t *testing.T) {
	b := regular(2, 3, counts{single: 2, judgement: 1})
	bp := blueprint(counts{single: 2, judgement: 1}, ranges{"R01": 2, "R02": 1})
	got := b.gauged(t, bp, "").Stock
	want := []questionbank.Margin{
		{Constraint: "ranges.R01", Limit: 2, Best: 3, Slack: 2*3 - 1},    // two points less
		{Constraint: "counts.single", Limit: 2, Best: 3, Slack: 3*2 - 1}, // all of R01, for R02 gives one
		{Constraint: "counts.judgement", Limit: 1, Best: 3, Slack: 6 - 1},
		{Constraint: "ranges.R02", Limit: 1, Best: 3, Slack: 3*3 - 1},
	}
	if !slices.Equal(got, want) {
		t.Errorf("%+v, want %+v", got, want)
	}
}

// TestMarginsOfStockAgainstEveryLoss loses every set of items of small banks: with as many gone as a margin says its
// constraint still holds, with one more it need not.
func TestMarginsOfStockAgainstEveryLoss(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := &bank{}
		for r := range 2 {
			for p := range rapid.IntRange(1, 3).Draw(t, "points") {
				code := fmt.Sprintf("R%02d-%03d", r+1, p+1)
				b.point(code)
				for _, kind := range []questionbank.ItemType{single, judgement} {
					if n := rapid.IntRange(0, 2).Draw(t, "items"); n > 0 && len(b.items)+n <= 10 {
						b.add(code, kind, n)
					}
				}
			}
		}
		bp := blueprint(counts{}, ranges{"R01": rapid.IntRange(0, 3).Draw(t, "quota"), "R02": rapid.IntRange(0, 3).Draw(t, "quota")})
		total := bp.Ranges["R01"] + bp.Ranges["R02"]
		bp.Counts[single] = rapid.IntRange(0, total).Draw(t, "single")
		bp.Counts[judgement] = total - bp.Counts[single]
		bp.MaxPerPoint = rapid.IntRange(1, 2).Draw(t, "per point")
		if total == 0 {
			return
		}
		m, err := assembly.Gauge(b.snapshot(), bp, "")
		if err != nil {
			t.Fatal(err)
		}
		for _, one := range m.Stock {
			if one.Slack < 0 {
				continue // it is short as it is
			}
			if fewest := b.fewest(bp, one.Constraint); fewest != one.Slack+1 {
				t.Fatalf("%+v: losing %d items is enough, of %+v by %+v", one, fewest, b.items, bp)
			}
		}
	})
}

// fewest counts the items of the smallest set whose loss makes a constraint short.
func (b *bank) fewest(bp questionbank.Blueprint, name string) int {
	fewest := len(b.items) + 1
	for gone := range 1 << len(b.items) {
		if n := bits.OnesCount(uint(gone)); n < fewest && b.shortOf(bp, name, gone) {
			fewest = n
		}
	}
	return fewest
}

func (b *bank) shortOf(bp questionbank.Blueprint, name string, gone int) bool {
	gives := func(root string, kind questionbank.ItemType) (n int) {
		points := map[string]int{}
		for i, v := range b.items {
			if gone>>i&1 == 0 && questionbank.Within(v.Point, root) && (kind == "" || v.Type == kind) && points[v.Point] < bp.MaxPerPoint {
				points[v.Point]++
				n++
			}
		}
		return n
	}
	for root, quota := range bp.Ranges {
		if name == "ranges."+root {
			return gives(root, "") < quota
		}
	}
	sum := 0
	for root, quota := range bp.Ranges {
		for _, kind := range questionbank.ItemTypes() {
			if name == "counts."+string(kind) {
				sum += min(gives(root, kind), quota)
			}
		}
	}
	for kind, n := range bp.Counts {
		if name == "counts."+string(kind) {
			return sum < n
		}
	}
	return false
}

// TestMarginsOfBounds: four points, of which one is auxiliary and one is served by the supplement of 天津 only.
func TestMarginsOfBounds(t *testing.T) {
	b := regular(1, 3, counts{single: 2})
	b.point("R01-004")
	b.add("R01-004", single, 1).Province = "12"
	b.table.Points[0].Importance = "Z"
	for i := range b.items {
		b.items[i].Seconds = []int{10, 20}[i%2]
	}
	bp := withCap(blueprint(counts{single: 3}, ranges{"R01": 3}), 1)
	bp.Importance = map[string]questionbank.Bounds{"X": {Min: 1}, "Z": {Max: 2}}
	bp.Seconds = questionbank.Bounds{Min: 30, Max: 60}
	for province, want := range map[string][]questionbank.Margin{
		"": {{Constraint: "supplement_cap", Limit: 1, Best: 0, Slack: 1}, {Constraint: "importance.X.min", Limit: 1, Best: 2, Slack: 1},
			{Constraint: "importance.Z.max", Limit: 2, Best: 1, Slack: 1}, {Constraint: "seconds.max", Limit: 60, Best: 30, Slack: 30},
			{Constraint: "seconds.min", Limit: 30, Best: 60, Slack: 30}},
		"12": {{Constraint: "supplement_cap", Limit: 1, Best: 0, Slack: 1}, {Constraint: "importance.X.min", Limit: 1, Best: 3, Slack: 2},
			{Constraint: "importance.Z.max", Limit: 2, Best: 0, Slack: 2}, {Constraint: "seconds.max", Limit: 60, Best: 30, Slack: 30},
			{Constraint: "seconds.min", Limit: 30, Best: 60, Slack: 30}},
	} {
		m := b.gauged(t, bp, province)
		if got := m.Bounds; !slices.Equal(got, want) {
			t.Errorf("%q: %+v, want %+v", province, got, want)
		}
	}
	bp.Seconds, bp.SupplementCap, bp.Importance = questionbank.Bounds{}, 0, nil
	if got := b.gauged(t, bp, "").Bounds; got != nil {
		t.Errorf("no bounds: %+v", got)
	}
	bp.Seconds.Max = 60
	if got := b.gauged(t, bp, "").Bounds; len(got) != 1 || got[0].Constraint != "seconds.max" {
		t.Errorf("an upper end alone: %+v", got)
	}
}

// TestMarginsFollowDifficulties: where a blueprint names difficulties they have margins, and types keep theirs.
func TestMarginsFollowDifficulties(t *testing.T) {
	b := regular(1, 3, counts{single: 1})
	for i := range b.items {
		b.items[i].Difficulty = []int{2, 2, 4}[i]
	}
	bp := blueprint(counts{single: 2}, ranges{"R01": 2})
	bp.Difficulties = map[int]int{2: 1, 4: 1}
	got := b.gauged(t, bp, "")
	for _, want := range []questionbank.Margin{{Constraint: "difficulties.4", Limit: 1, Best: 1, Slack: 0}, {Constraint: "difficulties.2", Limit: 1, Best: 2, Slack: 1},
		{Constraint: "counts.single", Limit: 2, Best: 2, Slack: 1}, {Constraint: "ranges.R01", Limit: 2, Best: 3, Slack: 1}} {
		if !slices.Contains(got.Stock, want) {
			t.Errorf("%+v is not among %+v", want, got.Stock)
		}
	}
	if got.Stock[0].Constraint != "difficulties.4" || got.LeastPeak != 1 {
		t.Errorf("%+v", got)
	}
}

func TestGaugeRefusesWhatIsNoPlan(t *testing.T) {
	b := twoRanges()
	if _, err := assembly.Gauge(b.snapshot(), blueprint(counts{single: 2}, ranges{"R01": 1}), ""); err == nil {
		t.Error("a blueprint that does not add up was measured")
	}
	b.items[0].Point = "R09-001"
	if _, err := assembly.Gauge(b.snapshot(), questionbank.Blueprint{Level: engine.Level5}, ""); err == nil {
		t.Error("a bank with an item on no point was measured")
	}
}
