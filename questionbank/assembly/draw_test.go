package assembly_test

import (
	"errors"
	"fmt"
	"math/bits"
	"reflect"
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
	}
	for range rapid.IntRange(3, 13).Draw(t, "items") {
		p := rapid.IntRange(0, points-1).Draw(t, "point")
		v := b.add(b.table.Points[p].Code, rapid.SampledFrom(questionbank.ItemTypes()).Draw(t, "type"), 1)
		if g := rapid.IntRange(0, 6).Draw(t, "enemy"); g < 4 {
			v.Enemy = fmt.Sprintf("E%d", g)
		}
		v.Province = rapid.SampledFrom([]string{"", "", "", "12", "13"}).Draw(t, "province")
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
	return b, bp
}

// formOf shows a subset of the bank's items by type.
func (b *bank) formOf(subset uint) (f assembly.Form) {
	for _, t := range questionbank.ItemTypes() {
		for i, v := range b.items {
			if subset>>i&1 == 0 || v.Type != t {
				continue
			}
			it := assembly.FormItem{Code: v.Code, Version: v.Version, Type: v.Type}
			for o := range v.Options {
				it.Options = append(it.Options, o)
			}
			f.Items = append(f.Items, it)
		}
	}
	return f
}

// meets is the blueprint's meaning written out once more, for subsets of a small bank.
func (b *bank) meets(bp questionbank.Blueprint, subset uint) bool {
	counts, ranges := map[questionbank.ItemType]int{}, map[string]int{}
	points, enemies, supplement := map[string]int{}, map[string]int{}, 0
	for i, v := range b.items {
		if subset>>i&1 == 0 {
			continue
		}
		counts[v.Type]++
		ranges[v.Point[:2]]++
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
	return ranges["R1"] == bp.Ranges["R1"] && ranges["R2"] == bp.Ranges["R2"] && supplement <= bp.SupplementCap
}

func (b *bank) possible(bp questionbank.Blueprint) bool {
	for subset := range uint(1) << len(b.items) {
		if bits.OnesCount(subset) == bp.Total() && b.meets(bp, subset) {
			return true
		}
	}
	return false
}

func TestAFormIsFoundExactlyWhenOneExists(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b, bp := anyBank(t)
		ix, err := assembly.NewIndex(b.snapshot(), engine.Level5, "12")
		if err != nil {
			t.Fatal(err)
		}
		possible := b.possible(bp)
		proof := assembly.Prove(ix, bp)
		forms, err := assembly.Draw(ix, bp, seed(rapid.Byte().Draw(t, "seed")), 12)
		if (proof == nil) != possible || (err == nil) != possible {
			t.Fatalf("possible %v, Prove %v, Draw %v", possible, proof, err)
		}
		for _, f := range forms {
			if err := assembly.Check(ix, bp, f); err != nil {
				t.Fatal(err)
			}
		}
		if !possible {
			wellExplained(t, proof)
			wellExplained(t, err)
		}
	})
}

type fataler interface{ Fatalf(string, ...any) }

// wellExplained demands a shortage whose sums agree.
func wellExplained(t fataler, err error) {
	var s *assembly.Shortage
	if !errors.As(err, &s) || !errors.Is(err, assembly.ErrShortage) || s.Short < 1 || len(s.Gaps) == 0 {
		t.Fatalf("no explanation: %v", err)
	}
	sum := 0
	for _, g := range s.Gaps {
		sum += g.Short
		short := g.Need - g.Available
		if short != g.Short || g.Text == "" {
			t.Fatalf("gap does not add up: %+v", g)
		}
	}
	if sum != s.Short {
		t.Fatalf("%d short in all, gaps say %d: %+v", s.Short, sum, s.Gaps)
	}
}

func TestCheckAcceptsExactlyWhatTheBlueprintMeans(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b, bp := anyBank(t)
		ix, err := assembly.NewIndex(b.snapshot(), engine.Level5, "12")
		if err != nil {
			t.Fatal(err)
		}
		subset := uint(rapid.IntRange(0, 1<<len(b.items)-1).Draw(t, "subset"))
		if err := assembly.Check(ix, bp, b.formOf(subset)); (err == nil) != b.meets(bp, subset) {
			t.Fatalf("subset %b: %v", subset, err)
		}
	})
}

func TestTypicalFormsPassTheCheck(t *testing.T) {
	for _, province := range []string{"", "12", "13"} {
		for perPoint := 1; perPoint <= 2; perPoint++ {
			b, bp := typical(2)
			bp.MaxPerPoint = perPoint
			ix := b.index(t, province)
			for _, f := range draw(t, ix, bp, 1, 300) {
				if err := assembly.Check(ix, bp, f); err != nil {
					t.Fatalf("province %q, slot %d: %v", province, f.Slot, err)
				}
			}
		}
	}
}

func draw(t testing.TB, ix *assembly.Index, bp questionbank.Blueprint, s byte, slots int) []assembly.Form {
	t.Helper()
	forms, err := assembly.Draw(ix, bp, seed(s), slots)
	if err != nil {
		t.Fatal(err)
	}
	return forms
}

func TestSeedAndSlotsDecide(t *testing.T) {
	b, bp := typical(2)
	ix := b.index(t, "12")
	forms := draw(t, ix, bp, 1, 40)
	if again := draw(t, b.index(t, "12"), bp, 1, 40); !reflect.DeepEqual(forms, again) {
		t.Fatal("the same seed gave other forms")
	}
	if more := draw(t, ix, bp, 1, 60); assembly.Root(more[:40]) != assembly.Root(forms) {
		t.Fatal("more slots changed the first ones")
	}
	if other := draw(t, ix, bp, 2, 40); assembly.Root(other) == assembly.Root(forms) {
		t.Fatal("another seed gave the same forms")
	}
	seen := map[string]bool{}
	for _, f := range forms {
		f.Slot = 0
		seen[f.Digest()] = true
	}
	if len(seen) != len(forms) {
		t.Fatalf("%d slots, %d different forms", len(forms), len(seen))
	}
}

func TestOptionsAreShuffledAndJudgementsAreNot(t *testing.T) {
	b, bp := typical(2)
	first := map[int]int{}
	singles := 0
	for _, f := range draw(t, b.index(t, ""), bp, 3, 200) {
		for _, it := range f.Items {
			if it.Type == judgement && !reflect.DeepEqual(it.Options, []int{0, 1}) {
				t.Fatalf("judgement shows %v", it.Options)
			}
			if it.Type == single {
				singles++
				first[it.Options[0]]++
			}
		}
	}
	for o := range 4 {
		if n := first[o]; n < singles/5 || n > singles*3/10 {
			t.Errorf("option %d comes first in %d of %d", o, n, singles)
		}
	}
}

// uses counts items over forms; most is of the most used one.
func uses(forms []assembly.Form) (count map[string]int, most int) {
	count = map[string]int{}
	for _, f := range forms {
		for _, it := range f.Items {
			count[it.Code]++
			most = max(most, count[it.Code])
		}
	}
	return count, most
}

func TestUseIsEven(t *testing.T) {
	const slots = 900
	plain := map[questionbank.ItemType]int{single: 3, multiple: 1, judgement: 2}
	counts := map[questionbank.ItemType]int{single: 15, multiple: 5, judgement: 10}
	even := regular(3, 20, plain)
	small := regular(3, 12, plain)
	enemies := regular(3, 20, plain)
	for i := range enemies.items {
		if i%9 == 0 {
			enemies.items[i].Enemy = fmt.Sprintf("E%d", i/27)
		}
	}
	for name, b := range map[string]*bank{"even": even, "one range of few points": small, "enemies": enemies} {
		bp := blueprint(counts, map[string]int{"R01": 10, "R02": 10, "R03": 10})
		if name == "one range of few points" {
			bp.Ranges = map[string]int{"R01": 12, "R02": 9, "R03": 9}
		}
		ix := b.index(t, "")
		bound, err := assembly.ExposureBound(ix, bp, slots)
		if err != nil {
			t.Fatal(err)
		}
		count, most := uses(draw(t, ix, bp, 1, slots))
		if limit := bound + bound/20 + 1; most > limit {
			t.Errorf("%s: most used %d times, no draw does better than %d", name, most, bound)
		}
		if len(count) != len(b.items) {
			t.Errorf("%s: %d of %d items used", name, len(count), len(b.items))
		}
	}
}

func TestExposureBoundIsTheEvenShare(t *testing.T) {
	// 20 points with one single item each: 5 of them a form, so 100 forms use each 25 times at least.
	b := regular(1, 20, map[questionbank.ItemType]int{single: 1})
	bp := blueprint(map[questionbank.ItemType]int{single: 5}, map[string]int{"R01": 5})
	for slots, want := range map[int]int{1: 1, 4: 1, 5: 2, 100: 25, 101: 26} {
		if got, err := assembly.ExposureBound(b.index(t, ""), bp, slots); err != nil || got != want {
			t.Errorf("%d slots: %d, %v; want %d", slots, got, err, want)
		}
	}
	_, most := uses(draw(t, b.index(t, ""), bp, 1, 100))
	if most != 25 {
		t.Errorf("most used %d times", most)
	}
}

// TestGolden holds still what a seed means: a change here breaks the audit of every form drawn before.
func TestGolden(t *testing.T) {
	b, bp := typical(2)
	forms := draw(t, b.index(t, "12"), bp, 42, 25)
	const (
		first = "9f35f98e460d9ec81281229c5bae06ddadedbe4ee4ac5b3b1035a5c963d0969c"
		root  = "18f78af3536e5f03c3cfe12c84f9eab2e29f3e3899eb3d81f7325e152c32bc44"
	)
	if got := forms[0].Digest(); got != first {
		t.Errorf("first form %s, want %s", got, first)
	}
	if got := assembly.Root(forms); got != root {
		t.Errorf("root %s, want %s", got, root)
	}
}

func BenchmarkDraw(b *testing.B) {
	for _, items := range []int{2, 20, 200} {
		bank, bp := typical(items)
		ix := bank.index(b, "12")
		b.Run(fmt.Sprintf("%d-items", len(bank.items)), func(b *testing.B) {
			for b.Loop() {
				if _, err := assembly.Draw(ix, bp, seed(1), 1000); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N)*1000/b.Elapsed().Seconds(), "forms/s")
		})
	}
}
