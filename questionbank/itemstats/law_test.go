package itemstats_test

import (
	"encoding/json"
	"errors"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/questionbank/itemstats"
)

// The tallies of sessions add up to the tally of all attempts, however they are cut into sessions, split to be stored
// and read back, in whatever order.
func TestMergingIsCountingAll(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		all := sitting(r)
		whole := count(t, all...)
		var parts []*itemstats.Tally
		for rest := all; len(rest) > 0; {
			n := rapid.IntRange(1, len(rest)).Draw(r, "session")
			parts = append(parts, stored(t, count(t, rest[:n]...).Split(rapid.IntRange(1, 5000).Draw(r, "size")))...)
			rest = rest[n:]
		}
		parts = rapid.Permutation(parts).Draw(r, "order")
		if got, want := asJSON(t, merge(t, parts...)), asJSON(t, merge(t, whole)); got != want {
			r.Fatalf("merged\n%s, all\n%s", got, want)
		}
		th := itemstats.DefaultThresholds()
		if got, want := asJSON(t, itemstats.Evaluate(merge(t, parts...), th)), asJSON(t, itemstats.Evaluate(whole, th)); got != want {
			r.Fatalf("merged\n%s, all\n%s", got, want)
		}
	})
}

func stored(t *testing.T, parts []*itemstats.Tally) (back []*itemstats.Tally) {
	for _, p := range parts {
		got := new(itemstats.Tally)
		if err := json.Unmarshal([]byte(asJSON(t, p)), got); err != nil {
			t.Fatal(err)
		}
		back = append(back, got)
	}
	return back
}

// The order of attempts says nothing.
func TestOrderOfAttempts(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		all := sitting(r)
		want := asJSON(t, evaluate(t, all...))
		if got := asJSON(t, evaluate(t, rapid.Permutation(all).Draw(r, "order")...)); got != want {
			r.Fatalf("%s, want %s", got, want)
		}
	})
}

// One more item that everybody answers right moves the totals, and nothing else: no index of another item, no spread.
func TestConstantAdded(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		all := sitting(r)
		before := evaluate(t, all...)
		for n := range all {
			all[n] = append(slices.Clone(all[n]), chose(four("Z"), 0))
		}
		after := evaluate(t, all...)
		for n, s := range before.Items {
			o := after.Items[n]
			for what, pair := range map[string][2]*float64{"facility": {s.Facility, o.Facility}, "sd": {s.SD, o.SD}, "discrimination": {s.Discrimination, o.Discrimination},
				"efficiency": {s.Efficiency, o.Efficiency}, "covariance": {s.Covariance, o.Covariance}, "effective": {s.Effective, o.Effective}} {
				same(r, what, pair[0], pair[1], 1)
			}
		}
		same(r, "sd", before.Exam.SD, after.Exam.SD, 1)
		same(r, "skewness", before.Exam.Skewness, after.Exam.Skewness, 1)
		if before.Exam.Mean != nil {
			moved := *before.Exam.Mean + 1
			same(r, "mean", &moved, after.Exam.Mean, 1)
		}
	})
}

// Twice the marks are twice the spread; no index or weight changes.
func TestUnitOfMarks(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		all := sitting(r)
		before := evaluate(t, all...)
		for _, a := range all {
			for n := range a {
				a[n].Mark, a[n].Most = 2*a[n].Mark, 2*a[n].Most
			}
		}
		after := evaluate(t, all...)
		for n, s := range before.Items {
			o := after.Items[n]
			same(r, "sd", s.SD, o.SD, 2)
			same(r, "covariance", s.Covariance, o.Covariance, 4)
			for what, pair := range map[string][2]*float64{"facility": {s.Facility, o.Facility}, "discrimination": {s.Discrimination, o.Discrimination},
				"efficiency": {s.Efficiency, o.Efficiency}, "intended": {s.Intended, o.Intended}, "effective": {s.Effective, o.Effective}} {
				same(r, what, pair[0], pair[1], 1)
			}
		}
		same(r, "alpha", before.Exam.BySlot.Alpha, after.Exam.BySlot.Alpha, 1)
		same(r, "standard error", before.Exam.ByItem.StandardError, after.Exam.ByItem.StandardError, 2)
	})
}

// Where everybody gets the same form in the same order, both alphas are one, and so are items and places.
func TestOneFormForAll(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		places := rapid.IntRange(1, 6).Draw(r, "places")
		all := make([]itemstats.Attempt, rapid.IntRange(0, 20).Draw(r, "attempts"))
		for n := range all {
			for i := range places {
				all[n] = append(all[n], answer(r, four(string(rune('A'+i)))))
			}
		}
		got := evaluate(t, all...)
		same(r, "alpha", got.Exam.BySlot.Alpha, got.Exam.ByItem.Alpha, 1)
		for n, s := range got.Items {
			same(r, "effective", s.Effective, got.Places[n].Effective, 1)
			same(r, "discrimination", s.Discrimination, got.Places[n].Discrimination, 1)
		}
	})
}

// Bounds that hold whatever people answer.
func TestBounds(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		got := evaluate(t, sitting(r)...)
		weights := 0.0
		for _, s := range got.Items {
			within(r, "facility", s.Facility, 0, 1)
			within(r, "share", s.Share, 0, 1)
			within(r, "discrimination", s.Discrimination, -100, 100)
			within(r, "efficiency", s.Efficiency, -1e9, 100)
			if s.Effective != nil {
				weights += *s.Effective * *s.Share
			}
			sum := int64(0)
			for g := range s.Groups {
				sum += s.Groups[g].Attempts
			}
			if sum != s.Attempts {
				r.Fatalf("%d attempts in groups of %d", s.Attempts, sum)
			}
		}
		if weights != 0 {
			within(r, "effective weights of a form", &weights, 99.999999, 100.000001)
		}
		within(r, "alpha", got.Exam.BySlot.Alpha, -1e9, 100)
	})
}

func same(r *rapid.T, what string, a, b *float64, factor float64) {
	r.Helper()
	if (a == nil) != (b == nil) {
		r.Fatalf("%s %v and %v", what, a, b)
	}
	if a == nil {
		return
	}
	if d := *a*factor - *b; d > 1e-9*max(1, *b, -*b) || -d > 1e-9*max(1, *b, -*b) {
		r.Fatalf("%s %v and %v", what, *a*factor, *b)
	}
}

func within(r *rapid.T, what string, v *float64, least, most float64) {
	r.Helper()
	if v != nil && !(*v >= least && *v <= most) {
		r.Fatalf("%s is %v", what, *v)
	}
}

// One item version cannot have two keys, and nobody chooses what is not there.
func TestRefused(t *testing.T) {
	other, missing := four("A"), four("A")
	other.Key = []int{1}
	missing.Chosen = []int{4}
	good := count(t, itemstats.Attempt{four("A")})
	for name, do := range map[string]func(c *itemstats.Counter) error{
		"another key":     func(c *itemstats.Counter) error { return c.Add(itemstats.Attempt{other}) },
		"no such option":  func(c *itemstats.Counter) error { return c.Add(itemstats.Attempt{missing}) },
		"tally of others": func(c *itemstats.Counter) error { return c.Merge(count(t, itemstats.Attempt{other})) },
		"fewer counts": func(c *itemstats.Counter) error {
			broken := merge(t, good)
			broken.Items[0].Cells[0].Chosen = nil
			return c.Merge(broken)
		},
	} {
		var c itemstats.Counter
		if err := c.Merge(good); err != nil {
			t.Fatal(err)
		}
		if err := do(&c); !errors.Is(err, itemstats.ErrTally) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Whatever is read back is written again in the same bytes, and everything else is refused.
func FuzzCells(f *testing.F) {
	f.Add([]byte{})
	f.Add([]byte{2, 200, 1, 0, 1, 0, 1, 0})
	f.Add([]byte{255, 255, 255, 255, 255, 255, 255, 255, 255, 1})
	f.Fuzz(func(t *testing.T, b []byte) {
		packed, _ := json.Marshal(b)
		var c itemstats.Cells
		if err := json.Unmarshal(packed, &c); err != nil {
			return
		}
		again, err := json.Marshal(c)
		if err != nil {
			t.Fatal(err)
		}
		var back itemstats.Cells
		if err = json.Unmarshal(again, &back); err != nil || !slices.EqualFunc(c, back, func(a, b itemstats.Cell) bool {
			return a.Total == b.Total && a.Mark == b.Mark && a.N == b.N && a.Open == b.Open && slices.Equal(a.Chosen, b.Chosen)
		}) {
			t.Fatalf("%+v came back as %+v, %v", c, back, err)
		}
	})
}

// A part fits into the document that it is made for, whatever the items are.
func TestPartsFit(t *testing.T) {
	const size = 1 << 18
	wide := hall(50, 3000, 20)
	for _, a := range wide {
		for n := range a {
			a[n].Code, a[n].Options = a[n].Code+"-with-a-very-long-code-of-eighty-characters-that-nobody-would-ever-give-it", 12
		}
	}
	for name, all := range map[string][]itemstats.Attempt{"many": hall(2000, 3000, 100), "wide": wide, "none": nil} {
		parts := count(t, all...).Split(size)
		for n, p := range parts {
			if got := len(asJSON(t, p)); got > 2*size || got > size && n == 0 && len(parts) == 1 {
				t.Errorf("%s: part %d of %d takes %d bytes", name, n+1, len(parts), got)
			}
		}
	}
}

// BenchmarkStatistics counts 10,000 attempts at forms of 100 items out of 1,000, and evaluates them.
func BenchmarkStatistics(b *testing.B) {
	all := hall(1000, 10000, 100)
	b.Run("count", func(b *testing.B) {
		for b.Loop() {
			count(b, all...)
		}
	})
	t := count(b, all...)
	b.Run("merge", func(b *testing.B) {
		for b.Loop() {
			merge(b, t)
		}
	})
	b.Run("evaluate", func(b *testing.B) {
		for b.Loop() {
			itemstats.Evaluate(t, itemstats.DefaultThresholds())
		}
	})
	b.Run("store", func(b *testing.B) {
		for b.Loop() {
			b.ReportMetric(float64(len(asJSON(b, t))), "bytes")
		}
	})
}

func hall(items, attempts, places int) []itemstats.Attempt {
	all := make([]itemstats.Attempt, attempts)
	state := uint64(1)
	next := func(n int) int { // a linear congruence is random enough
		state = state*6364136223846793005 + 1442695040888963407
		return int(state>>33) % n
	}
	for n := range all {
		skill, from := 40+next(50), next(items)
		for p := range places {
			x := four("L5-" + string(rune('A'+(from+p*7)%items)))
			x.Most = engine.Pt(1)
			o := 0
			if next(100) >= skill {
				o = 1 + next(3)
			}
			all[n] = append(all[n], chose(x, o))
		}
	}
	return all
}
