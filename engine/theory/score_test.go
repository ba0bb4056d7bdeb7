package theory_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/theory"
	"github.com/skillcert/skillcert/questionbank"
	"github.com/skillcert/skillcert/questionbank/assembly"
)

// threeItems is a release with a single, a multiple and a judgement item, and a form that shows their options turned.
func threeItems() (*questionbank.Snapshot, assembly.Form) {
	s := &questionbank.Snapshot{Items: []questionbank.ItemVersion{
		{Code: "A", Version: 2, Type: questionbank.Single, Options: []string{"a", "b", "c", "d"}, Key: []int{1}},
		{Code: "B", Version: 1, Type: questionbank.Multiple, Options: []string{"a", "b", "c", "d"}, Key: []int{0, 2}},
		{Code: "C", Version: 1, Type: questionbank.Judgement, Options: questionbank.Judged(), Key: []int{1}}}}
	f := assembly.Form{Items: []assembly.FormItem{
		{Code: "B", Version: 1, Type: questionbank.Multiple, Options: []int{3, 2, 1, 0}},
		{Code: "A", Version: 2, Type: questionbank.Single, Options: []int{2, 3, 0, 1}},
		{Code: "C", Version: 1, Type: questionbank.Judgement, Options: []int{0, 1}}}}
	return s, f
}

func TestScore(t *testing.T) {
	s, f := threeItems()
	for name, c := range map[string]struct {
		chosen map[int][]int
		right  int
	}{
		"nothing":            {nil, 0},
		"cleared":            {map[int][]int{1: {}, 2: {}, 3: {}}, 0},
		"all":                {map[int][]int{1: {1, 3}, 2: {3}, 3: {1}}, 3},
		"as the item counts": {map[int][]int{1: {0, 2}, 2: {1}}, 0},
		"multiple":           {map[int][]int{1: {1, 3}}, 1},
		"one of two":         {map[int][]int{1: {1}}, 0},
		"one too many":       {map[int][]int{1: {0, 1, 3}}, 0},
		"all four":           {map[int][]int{1: {0, 1, 2, 3}}, 0},
		"single":             {map[int][]int{2: {3}}, 1},
		"wrong":              {map[int][]int{2: {0}, 3: {0}}, 0},
		"no such place":      {map[int][]int{2: {4}, 3: {-1}}, 0},
		"no such question":   {map[int][]int{0: {1}, 4: {1}}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := ruleOf(s, "", 250).Score(f, c.chosen)
			if want := engine.Points(250 * c.right); err != nil || got != want {
				t.Fatalf("%s points, %v, want %s", got, err, want)
			}
		})
	}
	f.Items[0].Version = 2
	if _, err := ruleOf(s, "", 100).Score(f, nil); err == nil {
		t.Error("marked by another version of the item")
	}
	f.Items[0].Code = "Z"
	if _, err := ruleOf(s, "", 100).Score(f, nil); err == nil {
		t.Error("marked without the item")
	}
}

// sheetOf makes a release, a form over it and the answers of somebody, all at random.
func sheetOf(r *rapid.T) (*questionbank.Snapshot, assembly.Form, map[int][]int) {
	s, f, chosen := &questionbank.Snapshot{}, assembly.Form{}, map[int][]int{}
	subset := func(n, least, most int, label string) []int {
		picked := rapid.SliceOfNDistinct(rapid.IntRange(0, n-1), least, min(most, n), rapid.ID[int]).Draw(r, label)
		slices.Sort(picked)
		return picked
	}
	for q := 1; q <= rapid.IntRange(1, 12).Draw(r, "questions"); q++ {
		v := questionbank.ItemVersion{Code: string(rune('A' + q)), Version: 1, Type: rapid.SampledFrom(questionbank.ItemTypes()).Draw(r, "type")}
		n, most := rapid.IntRange(2, 6).Draw(r, "options"), 1
		if v.Type == questionbank.Multiple {
			most = n
		}
		v.Options, v.Key = make([]string, n), subset(n, 1, most, "key")
		s.Items = append(s.Items, v)
		f.Items = append(f.Items, assembly.FormItem{Code: v.Code, Version: 1, Type: v.Type, Options: rapid.Permutation(upTo(n)).Draw(r, "shown")})
		chosen[q] = subset(n, 0, most, "chosen")
	}
	return s, f, chosen
}

func upTo(n int) []int {
	all := make([]int, n)
	for i := range all {
		all[i] = i
	}
	return all
}

func score(r *rapid.T, s *questionbank.Snapshot, f assembly.Form, chosen map[int][]int) engine.Points {
	points, err := ruleOf(s, "", 100).Score(f, chosen)
	if err != nil {
		r.Fatal(err)
	}
	return points
}

// Whoever chooses the same options earns the same, in whatever order options and questions are shown.
func TestShufflingChangesNoScore(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		s, f, chosen := sheetOf(r)
		want := score(r, s, f, chosen)
		g, moved := assembly.Form{}, map[int][]int{}
		for to, from := range rapid.Permutation(upTo(len(f.Items))).Draw(r, "order") {
			it := f.Items[from]
			shown := rapid.Permutation(it.Options).Draw(r, "shuffled")
			for _, place := range chosen[from+1] {
				moved[to+1] = append(moved[to+1], slices.Index(shown, it.Options[place]))
			}
			slices.Sort(moved[to+1])
			it.Options = shown
			g.Items = append(g.Items, it)
		}
		if got := score(r, s, g, moved); got != want {
			r.Fatalf("%s points shuffled, %s before", got, want)
		}
	})
}

// Putting one question right never costs points, and earns exactly one item when it was wrong.
func TestMoreRightNeverEarnsLess(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		s, f, chosen := sheetOf(r)
		before := score(r, s, f, chosen)
		q := rapid.IntRange(1, len(f.Items)).Draw(r, "question")
		v, _ := s.Item(f.Items[q-1].Code)
		rightly := []int{}
		for place, option := range f.Items[q-1].Options {
			if slices.Contains(v.Key, option) {
				rightly = append(rightly, place)
			}
		}
		want := before
		if !slices.Equal(chosen[q], rightly) {
			want += 100
		}
		chosen[q] = rightly
		if got := score(r, s, f, chosen); got != want {
			r.Fatalf("%s points with question %d put right, want %s", got, q, want)
		}
	})
}

// ruleOf gives every type the same points.
func ruleOf(s *questionbank.Snapshot, c questionbank.Credit, each engine.Points) theory.Rule {
	return theory.Rule{Release: s, Blueprint: &questionbank.Blueprint{ItemPoints: each, MultipleCredit: c}}
}

func TestScoreByType(t *testing.T) {
	s, f := threeItems()
	bp := questionbank.Blueprint{ItemPoints: 100, TypePoints: map[questionbank.ItemType]engine.Points{questionbank.Multiple: 350}}
	all, each := map[int][]int{}, engine.Points(0)
	for i, it := range f.Items {
		v, _ := s.Item(it.Code)
		for shown, o := range it.Options {
			if slices.Contains(v.Key, o) {
				all[i+1] = append(all[i+1], shown)
			}
		}
		each += bp.PointsOf(v.Type)
	}
	got, err := theory.Rule{Release: s, Blueprint: &bp}.Score(f, all)
	if err != nil || got != each || got == engine.Points(100*len(f.Items)) {
		t.Errorf("Score = %v, %v, want %v", got, err, each)
	}
}
