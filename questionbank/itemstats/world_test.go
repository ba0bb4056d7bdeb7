package itemstats_test

import (
	"encoding/json"
	"math"
	"testing"

	"pgregory.net/rapid"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/questionbank"
	"github.com/skillcert/skillcert/questionbank/itemstats"
)

// four is a single choice item with four options, the first of them right.
func four(code string) itemstats.Answer {
	return itemstats.Answer{Ref: itemstats.Ref{Code: code, Version: 1}, Most: engine.Pt(1),
		Facts: itemstats.Facts{Type: questionbank.Single, Options: 4, Key: []int{0}}}
}

// chose answers with option o; -1 leaves open.
func chose(a itemstats.Answer, o int) itemstats.Answer {
	if o >= 0 {
		a.Chosen = []int{o}
	}
	if o == a.Key[0] {
		a.Mark = a.Most
	}
	return a
}

func count(t testing.TB, attempts ...itemstats.Attempt) *itemstats.Tally {
	t.Helper()
	var c itemstats.Counter
	for _, a := range attempts {
		if err := c.Add(a); err != nil {
			t.Fatal(err)
		}
	}
	return c.Tally()
}

func merge(t testing.TB, all ...*itemstats.Tally) *itemstats.Tally {
	t.Helper()
	var c itemstats.Counter
	for _, x := range all {
		if err := c.Merge(x); err != nil {
			t.Fatal(err)
		}
	}
	return c.Tally()
}

func evaluate(t testing.TB, attempts ...itemstats.Attempt) itemstats.Report {
	t.Helper()
	return itemstats.Evaluate(count(t, attempts...), itemstats.DefaultThresholds())
}

func asJSON(t testing.TB, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// near compares to a relative precision; a want that is not a number stands for nil.
func near(t testing.TB, what string, got *float64, want, precision float64) {
	t.Helper()
	switch {
	case math.IsNaN(want) && got == nil:
	case math.IsNaN(want):
		t.Errorf("%s %v, want none", what, *got)
	case got == nil:
		t.Errorf("%s missing, want %v", what, want)
	case math.Abs(*got-want) > precision*max(1, math.Abs(want)):
		t.Errorf("%s %.12g, want %.12g", what, *got, want)
	}
}

// sitting draws attempts on a bank of items of all types; everybody gets the same number of places.
func sitting(r *rapid.T) []itemstats.Attempt {
	bank := make([]itemstats.Answer, rapid.IntRange(3, 8).Draw(r, "bank"))
	for n := range bank {
		bank[n] = four(string(rune('A' + n)))
		switch n % 3 {
		case 1:
			bank[n].Facts = itemstats.Facts{Type: questionbank.Judgement, Options: 2, Key: []int{1}}
		case 2:
			bank[n].Facts = itemstats.Facts{Type: questionbank.Multiple, Options: 5, Key: []int{1, 3}}
			bank[n].Most = engine.Pt(2)
		}
	}
	places := rapid.IntRange(1, len(bank)).Draw(r, "places")
	all := make([]itemstats.Attempt, rapid.IntRange(0, 25).Draw(r, "attempts"))
	for n := range all {
		for _, i := range rapid.Permutation(indexes(len(bank))).Draw(r, "form")[:places] {
			all[n] = append(all[n], answer(r, bank[i]))
		}
	}
	return all
}

func indexes(n int) []int {
	all := make([]int, n)
	for i := range all {
		all[i] = i
	}
	return all
}

func answer(r *rapid.T, a itemstats.Answer) itemstats.Answer {
	if rapid.Bool().Draw(r, "right") {
		a.Chosen, a.Mark = a.Key, a.Most
		return a
	}
	most := 1
	if a.Type == questionbank.Multiple {
		most = 3
	}
	a.Chosen = rapid.SliceOfNDistinct(rapid.IntRange(0, a.Options-1), 0, most, rapid.ID[int]).Draw(r, "chosen")
	return a
}
