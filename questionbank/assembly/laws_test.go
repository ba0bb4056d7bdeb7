package assembly_test

import (
	"errors"
	"fmt"
	"math/bits"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/questionbank"
	"github.com/skillcert/skillcert/questionbank/assembly"
)

// anyBank is small enough to look at every subset of its items, and tight enough that a form is often impossible.
func anyBank(t *rapid.T) (*bank, questionbank.Blueprint) {
	b := &bank{}
	points := rapid.IntRange(2, 6).Draw(t, "points")
	for p := range points {
		b.point(fmt.Sprintf("R%d-%d", p%2+1, p+1))
		b.table.Points[p].Importance = rapid.SampledFrom([]string{"X", "Y"}).Draw(t, "importance")
	}
	for range rapid.IntRange(3, 12).Draw(t, "items") {
		p := rapid.IntRange(0, points-1).Draw(t, "point")
		v := b.add(b.table.Points[p].Code, rapid.SampledFrom(questionbank.ItemTypes()).Draw(t, "type"), 1)
		if g := rapid.IntRange(0, 6).Draw(t, "enemy"); g < 4 {
			v.Enemy = fmt.Sprintf("E%d", g)
		}
		v.Province = rapid.SampledFrom([]string{"", "", "", "12", "13"}).Draw(t, "province")
		v.Difficulty = 1 + rapid.IntRange(0, 1).Draw(t, "difficulty")
		v.Seconds = 10 * rapid.IntRange(1, 4).Draw(t, "seconds")
	}
	counts := map[questionbank.ItemType]int{}
	for _, k := range questionbank.ItemTypes() {
		counts[k] = rapid.IntRange(0, 3).Draw(t, string(k))
	}
	bp := blueprint(counts, nil)
	if bp.Total() == 0 {
		counts[single] = 1
	}
	first := rapid.IntRange(0, bp.Total()).Draw(t, "first range")
	bp.Ranges = map[string]int{"R1": first, "R2": bp.Total() - first}
	bp.MaxPerPoint = rapid.IntRange(0, 3).Draw(t, "per point")
	bp.SupplementCap = rapid.IntRange(0, 2).Draw(t, "cap")
	if rapid.Bool().Draw(t, "weighed") {
		x, y := rapid.IntRange(0, 2).Draw(t, "least X"), rapid.IntRange(0, 4).Draw(t, "most Y")
		bp.Importance = map[string]questionbank.Bounds{"X": {Min: x}, "Y": {Max: y}}
	}
	if rapid.Bool().Draw(t, "timed") {
		mean := 25 * bp.Total()
		bp.Seconds = questionbank.Bounds{Min: mean - 15, Max: mean + 15}
	}
	return b, bp
}

// shown is a subset of the bank's items as a form.
func (b *bank) shown(ix *assembly.Index, subset uint) (d assembly.Drawn) {
	for _, t := range questionbank.ItemTypes() {
		for i, v := range b.items {
			if subset>>i&1 == 0 || v.Type != t {
				continue
			}
			at, _ := ix.Find(fmt.Sprintf("%s@%d", v.Code, v.Version))
			order := make([]uint8, len(v.Options))
			for o := range order {
				order[o] = uint8(o)
			}
			d.Cards, d.Options = append(d.Cards, at), append(d.Options, order)
		}
	}
	return d
}

// meets is the blueprint's meaning written out once more, for subsets of a small bank.
func (b *bank) meets(bp questionbank.Blueprint, subset uint) bool {
	counts, ranges, ranks := map[questionbank.ItemType]int{}, map[string]int{}, map[string]int{}
	points, enemies, supplement, seconds := map[string]int{}, map[string]int{}, 0, 0
	for i, v := range b.items {
		if subset>>i&1 == 0 {
			continue
		}
		counts[v.Type]++
		ranges[v.Point[:2]]++
		seconds += v.Seconds
		for _, p := range b.table.Points {
			if p.Code == v.Point {
				ranks[p.Importance]++
			}
		}
		if points[v.Point]++; points[v.Point] > max(bp.MaxPerPoint, 1) || v.Province == "13" {
			return false
		}
		if enemies[v.Enemy]++; v.Enemy != "" && enemies[v.Enemy] > 1 {
			return false
		}
		if v.Province == "12" {
			supplement++
		}
	}
	for _, t := range questionbank.ItemTypes() {
		if counts[t] != bp.Counts[t] {
			return false
		}
	}
	for _, r := range []string{"X", "Y"} {
		if b := bp.Importance[r]; ranks[r] < b.Min || b.Max > 0 && ranks[r] > b.Max {
			return false
		}
	}
	timed := seconds >= bp.Seconds.Min && (bp.Seconds.Max == 0 || seconds <= bp.Seconds.Max)
	return timed && ranges["R1"] == bp.Ranges["R1"] && ranges["R2"] == bp.Ranges["R2"] && supplement <= bp.SupplementCap
}

func (b *bank) possible(bp questionbank.Blueprint, also func(subset uint) bool) bool {
	for subset := range uint(1) << len(b.items) {
		if bits.OnesCount(subset) == bp.Total() && b.meets(bp, subset) && also(subset) {
			return true
		}
	}
	return false
}

func always(uint) bool { return true }

func TestAFormIsFoundExactlyWhenOneExists(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b, bp := anyBank(t)
		ix, err := assembly.NewIndex(engine.Level5, b.table, assembly.CardsOf(b.snapshot(), engine.Level5))
		if err != nil {
			t.Fatal(err)
		}
		p, err := assembly.NewPlan(ix, bp, map[string]int{"12": 12})
		if err != nil {
			t.Fatal(err)
		}
		possible := b.possible(bp, always)
		proof := assembly.Prove(p, "12", nil)
		drawn, err := assembly.DrawAll(p, seed(rapid.Byte().Draw(t, "seed")), seats("12", 12))
		if (proof == nil) != possible || (err == nil) != possible {
			t.Fatalf("possible %v, Prove %v, DrawAll %v", possible, proof, err)
		}
		if err := assembly.CheckAll(ix, bp, seats("12", len(drawn)), drawn); err != nil {
			t.Fatal(err)
		}
		if !possible && (!errors.Is(proof, assembly.ErrShortage) || !errors.Is(err, assembly.ErrShortage)) {
			t.Fatalf("no explanation: %v, %v", proof, err)
		}
	})
}

// With difficulties the joint table belongs to the plan, so a form has to meet it too.
func TestAFormIsFoundExactlyWhenOneExistsOfTheTable(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b, bp := anyBank(t)
		easy := rapid.IntRange(0, bp.Total()).Draw(t, "easy")
		bp.Difficulties = map[int]int{1: easy, 2: bp.Total() - easy}
		ix, err := assembly.NewIndex(engine.Level5, b.table, assembly.CardsOf(b.snapshot(), engine.Level5))
		if err != nil {
			t.Fatal(err)
		}
		p, err := assembly.NewPlan(ix, bp, map[string]int{"12": 3})
		if err != nil {
			t.Fatal(err)
		}
		table := p.Table()
		possible := b.possible(bp, func(subset uint) bool {
			cells := map[[2]int]int{}
			for i, v := range b.items {
				if subset>>i&1 == 1 {
					cells[[2]int{slices.Index(questionbank.ItemTypes(), v.Type), v.Difficulty - 1}]++
				}
			}
			for t := range table {
				for g, n := range table[t] {
					if cells[[2]int{t, g}] != n {
						return false
					}
				}
			}
			return true
		})
		drawn, err := assembly.DrawAll(p, seed(rapid.Byte().Draw(t, "seed")), seats("12", 3))
		if (err == nil) != possible {
			t.Fatalf("possible %v, DrawAll %v, table %v", possible, err, table)
		}
		if err := assembly.CheckAll(ix, bp, seats("12", len(drawn)), drawn); err != nil {
			t.Fatal(err)
		}
	})
}

func TestCheckAcceptsExactlyWhatTheBlueprintMeans(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b, bp := anyBank(t)
		ix, err := assembly.NewIndex(engine.Level5, b.table, assembly.CardsOf(b.snapshot(), engine.Level5))
		if err != nil {
			t.Fatal(err)
		}
		subset := uint(rapid.IntRange(0, 1<<len(b.items)-1).Draw(t, "subset"))
		if err := assembly.Check(ix, bp, assembly.Slot{Province: "12"}, b.shown(ix, subset)); (err == nil) != b.meets(bp, subset) {
			t.Fatalf("subset %b: %v", subset, err)
		}
	})
}
