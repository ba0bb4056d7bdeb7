package itemstats_test

import (
	"math"
	"slices"
	"testing"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/questionbank"
	"github.com/skillcert/skillcert/questionbank/itemstats"
)

// byHand are four attempts at three items, small enough to compute on paper:
//
//	     A B C  T
//	1    a a a  3
//	2    a a b  2
//	3    a b b  1
//	4    b c -  0   (a is right)
func byHand() []itemstats.Attempt {
	rows := [][]int{{0, 0, 0}, {0, 0, 1}, {0, 1, 1}, {1, 2, -1}}
	var all []itemstats.Attempt
	for _, r := range rows {
		all = append(all, itemstats.Attempt{chose(four("A"), r[0]), chose(four("B"), r[1]), chose(four("C"), r[2])})
	}
	return all
}

func TestByHand(t *testing.T) {
	r := evaluate(t, byHand()...)
	b := r.Items[1] // x 1 1 0 0, X 2 1 1 0, T 3 2 1 0
	for _, c := range []struct {
		what string
		got  *float64
		want float64
	}{
		{"facility", b.Facility, .5},
		{"share", b.Share, 1},
		{"guess", b.Guess, .25},
		{"intended weight", b.Intended, 100. / 3},
		{"variance", b.Variance, 1. / 3},
		{"rest variance", b.RestVariance, 2. / 3},
		{"covariance", b.Covariance, 1. / 3},
		{"greatest covariance", b.CovarianceMax, 1. / 3},
		{"covariance with total", b.CovarianceTotal, 2. / 3},
		{"standard deviation", b.SD, math.Sqrt(1. / 3)},
		{"discrimination", b.Discrimination, 100 / math.Sqrt2},
		{"efficiency", b.Efficiency, 100},
		// roots of the covariances with the total: A and C 1/2, B 2/3
		{"effective weight", b.Effective, 100 * math.Sqrt(2./3) / (math.Sqrt(2./3) + 2*math.Sqrt(1./2))},
		{"mean", r.Exam.Mean, 1.5},
		{"median", r.Exam.Median, 1.5},
		{"sd", r.Exam.SD, math.Sqrt(5. / 3)},
		{"skewness", r.Exam.Skewness, 0},
		{"kurtosis", r.Exam.Kurtosis, -1.2},
		{"alpha", r.Exam.BySlot.Alpha, 75}, // 3/2 · (1 - (1/4+1/3+1/4)/(5/3))
		{"alpha by item", r.Exam.ByItem.Alpha, 75},
		{"error ratio", r.Exam.BySlot.ErrorRatio, 50},
		{"standard error", r.Exam.BySlot.StandardError, math.Sqrt(5./3) / 2},
		{"share of b", b.Options[1].Share, .25},
		{"mean of a", b.Options[0].Mean, 2.5},
		{"mean of d", b.Options[3].Mean, none},
		{"facility of the lowest", b.Groups[0].Facility, 0},
	} {
		near(t, c.what, c.got, c.want, 1e-12)
	}
	// middles of the ranks of 0 1 2 3 in four: 1/8 3/8 5/8 7/8 of the way, so the middle third holds two
	for g, want := range []struct {
		attempts int64
		chosen   []int64
	}{{1, []int64{0, 0, 1, 0}}, {2, []int64{1, 1, 0, 0}}, {1, []int64{1, 0, 0, 0}}} {
		for o := range b.Options {
			if b.Groups[g].Attempts != want.attempts || b.Options[o].Groups[g] != want.chosen[o] {
				t.Errorf("group %d option %d: %+v %+v", g, o, b.Groups[g], b.Options[o])
			}
		}
	}
	if c := r.Items[2]; c.Groups[0].Open != 1 || c.Options[1].Chosen != 2 || !c.Options[0].Key {
		t.Errorf("left open: %+v", c)
	}
}

// Different forms for everybody: each item is measured over those who met it. Here two pairs meet A or B at the first
// place, and all meet C at the second. A is right once, B never, C for the two who have T 2 and 1.
func TestDrawnForms(t *testing.T) {
	r := evaluate(t,
		itemstats.Attempt{chose(four("A"), 0), chose(four("C"), 0)},
		itemstats.Attempt{chose(four("A"), 1), chose(four("C"), 1)},
		itemstats.Attempt{chose(four("B"), 1), chose(four("C"), 0)},
		itemstats.Attempt{chose(four("B"), 1), chose(four("C"), 1)})
	for _, c := range []struct {
		what string
		got  *float64
		want float64
	}{
		{"share of A", r.Items[0].Share, .5},
		{"facility of A", r.Items[0].Facility, .5},
		{"facility of B", r.Items[1].Facility, 0},
		{"discrimination of B", r.Items[1].Discrimination, none},
		// k2 of 2 0 1 0 is 11/12; by slot 1/4 + 1/3
		{"alpha by slot", r.Exam.BySlot.Alpha, 100 * 2 * (1 - (7./12)/(11./12))},
		// within A 1/2 in one degree of freedom, B 0 in one, C 1 in three: 3/2 over five, twice
		{"alpha by item", r.Exam.ByItem.Alpha, 100 * 2 * (1 - (3./5)/(11./12))},
		// covariance with the total: A 1, B 0, C 1/2; half of the forms hold A
		{"effective weight of A", r.Items[0].Effective, 100 / (.5 + math.Sqrt(.5))},
		{"effective weight of C", r.Items[2].Effective, 100 * math.Sqrt(.5) / (.5 + math.Sqrt(.5))},
	} {
		near(t, c.what, c.got, c.want, 1e-12)
	}
}

// What cannot be divided is left out, never a wrong number.
func TestNothingToDivide(t *testing.T) {
	right := itemstats.Attempt{chose(four("A"), 0), chose(four("B"), 0)}
	var many []itemstats.Attempt
	for range 40 {
		many = append(many, right)
	}
	for name, c := range map[string]struct {
		attempts []itemstats.Attempt
		facility float64
		sd       float64
	}{
		"nobody":    {nil, none, none},
		"one":       {many[:1], 1, none},
		"two alike": {many[:2], 1, 0},
		"all right": {many, 1, 0},
		"no marks":  {[]itemstats.Attempt{{{Ref: itemstats.Ref{Code: "A", Version: 1}}}, {{Ref: itemstats.Ref{Code: "A", Version: 1}}}}, none, 0},
		"no items":  {[]itemstats.Attempt{{}, {}, {}, {}}, none, none},
	} {
		t.Run(name, func(t *testing.T) {
			r := evaluate(t, c.attempts...)
			_ = asJSON(t, r) // holds no number that JSON does not know
			for _, s := range r.Items {
				near(t, "facility", s.Facility, c.facility, 0)
				near(t, "sd", s.SD, c.sd, 0)
				if s.Discrimination != nil || s.Efficiency != nil || s.Effective != nil {
					t.Errorf("%+v", s)
				}
			}
			if e := r.Exam; e.Skewness != nil || e.Kurtosis != nil || e.BySlot.Alpha != nil || e.ByItem.Alpha != nil || e.Attempts != int64(len(c.attempts)) {
				t.Errorf("%+v", e)
			}
		})
	}
	uneven := evaluate(t, right, right[:1], itemstats.Attempt{chose(four("A"), 1)}, right)
	if uneven.Exam.BySlot.Alpha != nil || uneven.Exam.ByItem.Alpha != nil || uneven.Exam.SD == nil {
		t.Errorf("forms of different length: %+v", uneven.Exam)
	}
}

// flagged makes 60 attempts in six ranks at an item X. The others, all of one item more each rank, give the total.
func flagged(choose func(rank, n int) int) itemstats.Statistics {
	var c itemstats.Counter
	for rank := range 6 {
		for n := range 20 {
			a := itemstats.Attempt{chose(four("X"), choose(rank, n))}
			for i := range 12 {
				o := 1 + (n+i)%3
				if i < 2*rank {
					o = 0
				}
				a = append(a, chose(four(string(rune('a'+i))), o))
			}
			_ = c.Add(a)
		}
	}
	r := itemstats.Evaluate(c.Tally(), itemstats.DefaultThresholds())
	return r.Items[slices.IndexFunc(r.Items, func(s itemstats.Statistics) bool { return s.Code == "X" })]
}

func TestFlags(t *testing.T) {
	type flags = []itemstats.Flag
	for name, c := range map[string]struct {
		choose func(rank, n int) int
		want   flags
	}{
		"good": {func(rank, n int) int {
			if rank >= 3 {
				return 0
			}
			return 1 + n%3
		}, nil},
		"key is wrong": {func(rank, n int) int {
			if rank >= 3 {
				return 1
			}
			return n % 4
		}, flags{itemstats.KeyDoubtful, itemstats.Negative}},
		"turns against the best, who still prefer the key": {func(rank, n int) int {
			if rank >= 3 && n%2 == 0 {
				return 1 + n/2%3
			}
			if rank < 3 && n == 0 {
				return 1
			}
			return 0
		}, flags{itemstats.Negative}},
		"too hard": {func(rank, n int) int {
			if rank == 5 && n < 6 {
				return 0
			}
			return 1 + n%3
		}, flags{itemstats.TooHard}},
		"one right too many to be too hard": {func(rank, n int) int {
			if rank == 5 && n < 7 {
				return 0
			}
			return 1 + n%3
		}, nil},
		"too easy": {func(rank, n int) int {
			if rank == 0 && n < 6 {
				return 1 + n%3
			}
			return 0
		}, flags{itemstats.TooEasy}},
		"one wrong too many to be too easy": {func(rank, n int) int {
			if rank == 0 && n < 7 {
				return 1 + n%3
			}
			return 0
		}, nil},
		"nobody chose d": {func(rank, n int) int {
			if rank >= 3 {
				return 0
			}
			return 1 + n%2
		}, flags{itemstats.Unused}},
		"says nothing": {func(rank, n int) int { return (n + rank/5) % 4 }, flags{itemstats.Weak}},
	} {
		t.Run(name, func(t *testing.T) {
			s := flagged(c.choose)
			got := slices.DeleteFunc(s.Flags, func(f itemstats.Flag) bool { return f == itemstats.Exposed }) // everybody met it
			if !slices.Equal(got, c.want) {
				t.Errorf("%v, want %v: facility %v discrimination %v efficiency %v", got, c.want, *s.Facility, *s.Discrimination, *s.Efficiency)
			}
		})
	}
}

// Few attempts raise no flag, and exactly the share of the threshold none either.
func TestFlagsNeedNumbers(t *testing.T) {
	th := itemstats.DefaultThresholds()
	tally := func(n int64, more int) *itemstats.Tally {
		var c itemstats.Counter
		for range n {
			_ = c.Add(itemstats.Attempt{chose(four("X"), 0)})
		}
		for range more {
			_ = c.Add(itemstats.Attempt{chose(four("Y"), 0)})
		}
		return c.Tally()
	}
	for _, c := range []struct {
		n    int64
		more int
		want []itemstats.Flag
	}{
		{th.Attempts - 1, int(th.Attempts) - 1, nil},
		{th.Attempts, int(th.Attempts), []itemstats.Flag{itemstats.TooEasy}},
		{th.Unused - 1, int(th.Unused), []itemstats.Flag{itemstats.TooEasy}},
		{th.Unused, int(th.Unused), []itemstats.Flag{itemstats.TooEasy, itemstats.Unused}},
		{2, 1, []itemstats.Flag{itemstats.Exposed}},
	} {
		if s := itemstats.Evaluate(tally(c.n, c.more), th).Items[0]; !slices.Equal(s.Flags, c.want) {
			t.Errorf("%d of %d attempts: %v, want %v", c.n, int(c.n)+c.more, s.Flags, c.want)
		}
	}
}

func TestGuess(t *testing.T) {
	for _, c := range []struct {
		kind    questionbank.ItemType
		options int
		want    float64
	}{{questionbank.Single, 4, .25}, {questionbank.Judgement, 2, .5}, {questionbank.Multiple, 4, 1. / 15}, {questionbank.Multiple, 5, 1. / 31}, {questionbank.Single, 0, none}} {
		a := itemstats.Answer{Ref: itemstats.Ref{Code: "A", Version: 1}, Facts: itemstats.Facts{Type: c.kind, Options: c.options}, Most: engine.Pt(1)}
		near(t, string(c.kind), evaluate(t, itemstats.Attempt{a}).Items[0].Guess, c.want, 1e-15)
	}
}
