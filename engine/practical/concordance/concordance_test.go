package concordance_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/practical/concordance"
)

const none = -1

// columns turns rows of one observer each into units, leaving out what is missing.
func columns(rows ...[]int64) [][]int64 {
	units := make([][]int64, len(rows[0]))
	for _, row := range rows {
		for i, v := range row {
			if v != none {
				units[i] = append(units[i], v)
			}
		}
	}
	return units
}

// The two examples that the literature prints with their results: four observers of twelve units (Krippendorff 2011, part
// D; interval alpha .849), and three coders of fifteen units (interval alpha .811).
func TestAlphaIsWhatIsPublished(t *testing.T) {
	for _, c := range []struct {
		name  string
		units [][]int64
		want  float64
	}{
		{"four observers, missing values", columns(
			[]int64{1, 2, 3, 3, 2, 1, 4, 1, 2, none, none, none},
			[]int64{1, 2, 3, 3, 2, 2, 4, 1, 2, 5, none, 3},
			[]int64{none, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, none},
			[]int64{1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, none}), 0.849},
		{"three coders, missing values", columns(
			[]int64{none, none, none, none, none, 3, 4, 1, 2, 1, 1, 3, 3, none, 3},
			[]int64{1, none, 2, 1, 3, 3, 4, 3, none, none, none, none, none, none, none},
			[]int64{none, none, 2, 1, 3, 4, 4, none, 2, 1, 1, 3, 3, none, 4}), 0.811},
	} {
		got := concordance.Alpha(c.units)
		if got == nil || math.Abs(*got-c.want) > 0.0005 {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

func TestAlphaWithoutAnythingToCompare(t *testing.T) {
	for name, units := range map[string][][]int64{"nothing": nil, "single values": {{1}, {2}}, "all the same": {{7, 7}, {7, 7, 7}}} {
		if got := concordance.Alpha(units); got != nil {
			t.Errorf("%s: %v", name, *got)
		}
	}
}

// byCoincidences computes alpha as the text of the definition does: a matrix of coincidences, and the two disagreements
// as sums over all pairs of values.
func byCoincidences(units [][]int64) float64 {
	together, margin, n := map[[2]int64]float64{}, map[int64]float64{}, 0.0
	for _, u := range units {
		for i, a := range u {
			for j, b := range u {
				if i != j {
					together[[2]int64{a, b}] += 1 / float64(len(u)-1)
				}
			}
		}
	}
	for pair, o := range together {
		margin[pair[0]] += o
		n += o
	}
	observed, expected := 0.0, 0.0
	for a, na := range margin {
		for b, nb := range margin {
			d := float64(a-b) * float64(a-b)
			observed += together[[2]int64{a, b}] * d
			expected += na * nb * d
		}
	}
	return 1 - (n-1)*observed/expected
}

// draw makes performances of groups of two to five out of six examiners, so that cells are missing.
func draw(t *rapid.T) []concordance.Performance {
	n := rapid.IntRange(concordance.Fewest, 14).Draw(t, "performances")
	all := make([]concordance.Performance, n)
	for i := range all {
		group := rapid.Permutation([]engine.PersonID{"a", "b", "c", "d", "e", "f"}).Draw(t, "group")[:rapid.IntRange(2, 5).Draw(t, "examiners")]
		for _, id := range group {
			s := concordance.Sheet{Examiner: id, Total: engine.Points(rapid.IntRange(1000, 9000).Draw(t, "total"))}
			for range 3 {
				s.Shares = append(s.Shares, rapid.Float64Range(0.1, 0.9).Draw(t, "share"))
			}
			if rapid.IntRange(0, 4).Draw(t, "veto") == 0 {
				s.Vetoes = []string{"V1"}
			}
			all[i] = append(all[i], s)
		}
	}
	return all
}

func unitsOf(all []concordance.Performance) [][]int64 {
	units := make([][]int64, len(all))
	for i, p := range all {
		for _, s := range p {
			units[i] = append(units[i], int64(s.Total))
		}
	}
	return units
}

func near(a, b float64) bool { return math.Abs(a-b) <= 1e-9*(1+math.Abs(a)) }

// TestAgainstAPlainComputation computes everything a second time, by the words of the package's comment.
func TestAgainstAPlainComputation(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		all := draw(t)
		r := concordance.Of(all, 1500)
		if r.Alpha == nil || !near(*r.Alpha, byCoincidences(unitsOf(all))) {
			t.Fatalf("alpha %v, by coincidences %v", r.Alpha, byCoincidences(unitsOf(all)))
		}
		for _, l := range r.Lines {
			var diffs []float64
			within, pairs, same := 0, 0, 0
			for _, p := range all {
				i := slices.IndexFunc(p, func(s concordance.Sheet) bool { return s.Examiner == l.Examiner })
				if i < 0 {
					continue
				}
				d := 0.0
				for j, o := range p {
					if j == i {
						continue
					}
					pairs++
					gap := float64(p[i].Total-o.Total) / 100
					d += gap / float64(len(p)-1)
					if math.Abs(gap) <= 15 {
						within++
					}
					if len(o.Vetoes) == len(p[i].Vetoes) {
						same++
					}
				}
				diffs = append(diffs, d)
			}
			if l.Performances != len(diffs) || (l.Numbers == nil) != (len(diffs) < concordance.Fewest) {
				t.Fatalf("%d performances, want %d, numbers %v", l.Performances, len(diffs), l.Numbers)
			}
			if l.Numbers == nil {
				continue
			}
			sum, sq := 0.0, 0.0
			for _, d := range diffs {
				sum, sq = sum+d, sq+d*d
			}
			n := float64(len(diffs))
			scatter := math.Sqrt(max(0, (sq-sum*sum/n)/(n-1)))
			if !near(l.Leniency, sum/n) || math.Abs(l.Scatter-scatter) > 1e-6 || math.Abs(l.Error-scatter/math.Sqrt(n)) > 1e-6 {
				t.Fatalf("%+v, want leniency %v, scatter %v", l.Numbers, sum/n, scatter)
			}
			if l.Pairs != pairs || !near(l.Within, float64(within)/float64(pairs)) || !near(l.VetoSame, float64(same)/float64(pairs)) {
				t.Fatalf("%+v, want %d pairs, %d within, %d the same", l.Numbers, pairs, within, same)
			}
		}
	})
}

// 考评员甲把每名考生都多给同样的分：只有宽严变，多给几分就宽几分；区分、离散、光环和否决一致都不变。
func TestAConstantChangesLeniencyOnly(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		all := draw(t)
		more := engine.Points(rapid.IntRange(-1000, 1000).Draw(t, "more"))
		raised := make([]concordance.Performance, len(all))
		for i, p := range all {
			raised[i] = slices.Clone(p)
			for j := range raised[i] {
				if s := &raised[i][j]; s.Examiner == "a" {
					s.Total += more
					s.Shares = slices.Clone(s.Shares)
					for k := range s.Shares {
						s.Shares[k] += float64(more) / 10000
					}
				}
			}
		}
		before, after := concordance.Of(all, 1500), concordance.Of(raised, 1500)
		for i, l := range before.Lines {
			if l.Numbers == nil {
				continue
			}
			m := after.Lines[i].Numbers
			if want := l.Leniency + float64(more)/100; l.Examiner == "a" && math.Abs(m.Leniency-want) > 1e-9 {
				t.Fatalf("leniency %v, want %v", m.Leniency, want)
			}
			if l.Examiner == "a" && (!near(l.Scatter, m.Scatter) || !near(l.Error, m.Error)) {
				t.Fatalf("scatter %v became %v", l.Scatter, m.Scatter)
			}
			if !near(l.Spread, m.Spread) || !near(l.OthersSpread, m.OthersSpread) || !near(*l.Halo, *m.Halo) || l.VetoSame != m.VetoSame || l.VetoBoth != m.VetoBoth {
				t.Fatalf("%+v became %+v", l.Numbers, m)
			}
		}
	})
}

func TestTheOrderOfCandidatesDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		all := draw(t)
		other := slices.Clone(all)
		rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0)).Shuffle(len(other), func(i, j int) { other[i], other[j] = other[j], other[i] })
		if a, b := text(concordance.Of(all, 1500)), text(concordance.Of(other, 1500)); a != b {
			t.Fatalf("%s\n%s", a, b)
		}
	})
}

// text shows every number to the last digit.
func text(r concordance.Report) string {
	s := fmt.Sprint(r.Performances, r.Few, *r.Alpha)
	for _, l := range r.Lines {
		s += fmt.Sprint(" ", l.Examiner, l.Performances)
		if n := l.Numbers; n != nil {
			flat := *n
			flat.Halo, flat.OthersHalo = nil, nil
			s += fmt.Sprintf("%+v %v %v", flat, *n.Halo, *n.OthersHalo)
		}
	}
	return s
}

// panel makes a performance from the totals of examiners 1, 2, 3 and so on.
func panel(totals ...int) (p concordance.Performance) {
	for i, n := range totals {
		p = append(p, concordance.Sheet{Examiner: engine.PersonID(fmt.Sprint(i + 1)), Total: engine.Pt(n)})
	}
	return p
}

func TestIdenticalSheets(t *testing.T) {
	var all []concordance.Performance
	for _, n := range []int{60, 72, 55, 91, 80} {
		all = append(all, panel(n, n, n))
	}
	r := concordance.Of(all, 0)
	if r.Alpha == nil || *r.Alpha != 1 {
		t.Fatalf("alpha %v", r.Alpha)
	}
	for _, l := range r.Lines {
		if l.Leniency != 0 || l.Error != 0 || l.Scatter != 0 || l.Within != 1 || l.VetoSame != 1 || l.Spread != l.OthersSpread {
			t.Errorf("%+v", l.Numbers)
		}
	}
}

// 考评的场次太少时不下结论：四名考生不给数字，五名才给；只有一名考评员评过的不算。
func TestTooFewSayNothing(t *testing.T) {
	all := []concordance.Performance{panel(60, 70), panel(60, 70), panel(70, 80), panel(80, 90), panel(99), {}}
	r := concordance.Of(all, 0)
	if r.Performances != 4 || !r.Few || r.Alpha != nil || r.Lines[0].Numbers != nil || r.Lines[0].Performances != 4 {
		t.Errorf("of four: %+v", r)
	}
	r = concordance.Of(append(all, panel(50, 60)), 1000)
	if r.Performances != 5 || r.Few || r.Alpha == nil || r.Lines[0].Numbers == nil || r.Lines[0].Leniency != -10 || r.Lines[0].Within != 1 {
		t.Errorf("of five: %+v", r)
	}
	if r = concordance.Of(append(all, panel(50, 60)), 999); r.Lines[0].Within != 0 {
		t.Errorf("ten points are within 9.99: %+v", r.Lines[0].Numbers)
	}
}

// 一票否决：两人都登记同一项才算一致；一人登记、一人没有登记不一致；都没有登记的也一致，但另外计数。
func TestVetoAgreement(t *testing.T) {
	var all []concordance.Performance
	for _, marks := range [][2][]string{{nil, nil}, {{"V1"}, {"V1"}}, {{"V1"}, {"V2"}}, {{"V1"}, nil}, {nil, nil}} {
		p := panel(60, 60)
		p[0].Vetoes, p[1].Vetoes = marks[0], marks[1]
		all = append(all, p)
	}
	n := concordance.Of(all, 0).Lines[0].Numbers
	if n.Pairs != 5 || n.VetoSame != 0.6 || n.VetoPairs != 3 || n.VetoBoth != 1 {
		t.Errorf("%+v", n)
	}
}
