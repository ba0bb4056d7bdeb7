package theory_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/questionbank"
	"github.com/skillcert/skillcert/questionbank/assembly"
)

// one is a release with one item of four options, shown in the order of the bank.
func one(t questionbank.ItemType, key ...int) (*questionbank.Snapshot, assembly.Form) {
	v := questionbank.ItemVersion{Code: "A", Version: 1, Type: t, Options: make([]string, 4), Key: key}
	return &questionbank.Snapshot{Items: []questionbank.ItemVersion{v}},
		assembly.Form{Items: []assembly.FormItem{{Code: "A", Version: 1, Type: t, Options: upTo(4)}}}
}

func TestPartialCredit(t *testing.T) {
	for name, c := range map[string]struct {
		kind   questionbank.ItemType
		key    []int
		chosen []int
		want   engine.Points
	}{
		"nothing":            {questionbank.Multiple, []int{0, 1, 2}, nil, 0},
		"one of three":       {questionbank.Multiple, []int{0, 1, 2}, []int{1}, 33},
		"two of three":       {questionbank.Multiple, []int{0, 1, 2}, []int{0, 2}, 66},
		"all three":          {questionbank.Multiple, []int{0, 1, 2}, []int{0, 1, 2}, 100},
		"all and a wrong":    {questionbank.Multiple, []int{0, 1, 2}, []int{0, 1, 2, 3}, 0},
		"one and a wrong":    {questionbank.Multiple, []int{0, 1, 2}, []int{0, 3}, 0},
		"only a wrong":       {questionbank.Multiple, []int{0, 1}, []int{3}, 0},
		"all of all":         {questionbank.Multiple, []int{0, 1, 2, 3}, []int{0, 1, 2, 3}, 100},
		"the same twice":     {questionbank.Multiple, []int{0, 1}, []int{0, 0}, 0},
		"no such place":      {questionbank.Multiple, []int{0, 1}, []int{0, 4}, 0},
		"single right":       {questionbank.Single, []int{2}, []int{2}, 100},
		"single and another": {questionbank.Single, []int{2}, []int{2, 3}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			s, f := one(c.kind, c.key...)
			got, err := ruleOf(s, questionbank.PartialRight, 100).Score(f, map[int][]int{1: c.chosen})
			if err != nil || got != c.want {
				t.Fatalf("%d hundredths, %v, want %d", got, err, c.want)
			}
		})
	}
}

// scoreUnder marks by a credit rule with an odd number of points, so that shares have to be rounded.
func scoreUnder(r *rapid.T, c questionbank.Credit, s *questionbank.Snapshot, f assembly.Form, chosen map[int][]int) engine.Points {
	points, err := ruleOf(s, c, 101).Score(f, chosen)
	if err != nil {
		r.Fatal(err)
	}
	return points
}

// The default never gives more than partial credit, and that never more than the whole form is worth.
func TestPartialCreditLiesBetween(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		s, f, chosen := sheetOf(r)
		unset, strict := scoreUnder(r, "", s, f, chosen), scoreUnder(r, questionbank.AllOrNothing, s, f, chosen)
		partial := scoreUnder(r, questionbank.PartialRight, s, f, chosen)
		if full := engine.Points(101 * len(f.Items)); unset != strict || strict < 0 || strict > partial || partial > full {
			r.Fatalf("unset %d, all or nothing %d, partial %d, full %d", unset, strict, partial, full)
		}
	})
}

// Under either rule one more wrong option never raises a score and one more right option of a multiple item, with
// nothing wrong beside it, never lowers it.
func TestOneMoreOption(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		s, f, chosen := sheetOf(r)
		credit := rapid.SampledFrom(questionbank.Credits()).Draw(r, "credit")
		q := rapid.IntRange(1, len(f.Items)).Draw(r, "question")
		it := f.Items[q-1]
		v, _ := s.Item(it.Code)
		wrong := func(place int) bool { return !slices.Contains(v.Key, it.Options[place]) }
		before := scoreUnder(r, credit, s, f, chosen)
		clean := !slices.ContainsFunc(chosen[q], wrong)
		for place := range it.Options {
			if slices.Contains(chosen[q], place) {
				continue
			}
			more := map[int][]int{}
			for k, c := range chosen {
				more[k] = c
			}
			more[q] = append(slices.Clone(chosen[q]), place)
			slices.Sort(more[q])
			after := scoreUnder(r, credit, s, f, more)
			if wrong(place) && after > before || !wrong(place) && clean && after < before {
				r.Fatalf("%s: %d points with option %d more at question %d, %d before", credit, after, place, q, before)
			}
		}
	})
}

// Choosing every option of every item earns only where every option is right.
func TestChoosingEverythingNeverPays(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		s, f, chosen := sheetOf(r)
		want := engine.Points(0)
		for i, it := range f.Items {
			chosen[i+1] = upTo(len(it.Options))
			if v, _ := s.Item(it.Code); len(v.Key) == len(v.Options) {
				want += 101
			}
		}
		if got := scoreUnder(r, rapid.SampledFrom(questionbank.Credits()).Draw(r, "credit"), s, f, chosen); got != want {
			r.Fatalf("%d points, want %d", got, want)
		}
	})
}

// Whoever chooses the same options earns the same under both rules, in whatever order they are shown.
func TestShufflingChangesNoPartialScore(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		s, f, chosen := sheetOf(r)
		credit := rapid.SampledFrom(questionbank.Credits()).Draw(r, "credit")
		want := scoreUnder(r, credit, s, f, chosen)
		g, moved := assembly.Form{}, map[int][]int{}
		for i, it := range f.Items {
			shown := rapid.Permutation(it.Options).Draw(r, "shuffled")
			for _, place := range chosen[i+1] {
				moved[i+1] = append(moved[i+1], slices.Index(shown, it.Options[place]))
			}
			it.Options = shown
			g.Items = append(g.Items, it)
		}
		if got := scoreUnder(r, credit, s, g, moved); got != want {
			r.Fatalf("%d points shuffled, %d before", got, want)
		}
	})
}

// A ruling replaces the key of its item alone, and full credit is everybody's, also of those who left the item open.
func TestScoreByRulings(t *testing.T) {
	s, f := threeItems()
	b := s.Items[1]
	b.Version, b.Key = 2, []int{0, 3}
	wrong := s.Items[0]
	wrong.Version, wrong.Key = 3, []int{2}
	rule := ruleOf(s, "", 100)
	for name, c := range map[string]struct {
		rulings questionbank.Rulings
		chosen  map[int][]int
		want    engine.Points
	}{
		"no ruling":      {nil, map[int][]int{1: {1, 3}, 2: {3}}, 200},
		"the old key":    {questionbank.Rulings{{Code: "B", Version: 1, Key: b}}, map[int][]int{1: {1, 3}, 2: {3}}, 100},
		"the new key":    {questionbank.Rulings{{Code: "B", Version: 1, Key: b}}, map[int][]int{1: {0, 3}, 2: {3}}, 200},
		"struck":         {questionbank.Rulings{{Code: "A", Version: 2, Full: true}}, nil, 100},
		"both":           {questionbank.Rulings{{Code: "A", Version: 2, Key: wrong}, {Code: "B", Version: 1, Full: true}}, map[int][]int{2: {0}}, 200},
		"of no form":     {questionbank.Rulings{{Code: "Z", Version: 1, Full: true}}, map[int][]int{2: {3}}, 100},
		"twice the same": {questionbank.Rulings{{Code: "A", Version: 2, Key: wrong}, {Code: "A", Version: 2, Full: true}}, nil, 100},
	} {
		t.Run(name, func(t *testing.T) {
			rule.Rulings = c.rulings
			if got, err := rule.Score(f, c.chosen); err != nil || got != c.want {
				t.Fatalf("%s, %v, want %s", got, err, c.want)
			}
		})
	}
}
