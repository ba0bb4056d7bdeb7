package concordance

import (
	"cmp"
	"slices"

	"github.com/skillcert/skillcert/engine"
)

// Fewest is how many performances an examiner, or a group, has at least before anything is said of them. Five is no
// regulation: with fewer the standard error tells more of chance than of the examiner.
const Fewest = 5

// Sheet is what one examiner signed for one performance.
type Sheet struct {
	Examiner engine.PersonID
	Total    engine.Points // out of 100
	Shares   []float64     // of every criterion's points that were given, 0 to 1, in an order that is the same on all sheets
	Vetoes   []string      // critical errors marked, in order, none twice
}

// Performance (一次考核) is what the examiners of one candidate signed, one sheet each.
type Performance []Sheet

// Report compares the examiners of some performances.
type Report struct {
	Performances int           // that two or more examiners signed for
	Tolerance    engine.Points // how far apart totals may lie
	Few          bool          // fewer than Fewest: no alpha
	Alpha        *float64      // nil also where all totals are the same: then nothing tells agreement from habit
	Lines        []Line        // by examiner, in byte order
}

// Line is one examiner. Numbers is nil where there are fewer performances than Fewest.
type Line struct {
	Examiner     engine.PersonID
	Performances int
	*Numbers
}

// Numbers are explained in the comment of the package. Points are out of 100.
type Numbers struct {
	Leniency, Error, Scatter float64
	Spread, OthersSpread     float64
	Pairs                    int     // of the own sheet and another
	Within                   float64 // share of the pairs, 0 to 1
	VetoSame                 float64 // share of the pairs, 0 to 1
	VetoPairs, VetoBoth      int     // pairs where either marked a critical error, and those of them that marked the same
	Halo, OthersHalo         *float64
}

// Of compares. Performances with less than two sheets say nothing and are left out.
func Of(all []Performance, tolerance engine.Points) Report {
	all = slices.DeleteFunc(slices.Clone(all), func(p Performance) bool { return len(p) < 2 })
	r := Report{Performances: len(all), Tolerance: tolerance, Few: len(all) < Fewest}
	if !r.Few {
		r.Alpha = Alpha(totals(all))
	}
	seen := map[engine.PersonID]*against{}
	for _, p := range all {
		for i, own := range p {
			if seen[own.Examiner] == nil {
				seen[own.Examiner] = &against{tolerance: tolerance, theirs: map[engine.PersonID][]float64{}}
			}
			seen[own.Examiner].add(own, p[:i], p[i+1:])
		}
	}
	for id, a := range seen {
		r.Lines = append(r.Lines, Line{Examiner: id, Performances: len(a.own), Numbers: a.numbers()})
	}
	slices.SortFunc(r.Lines, func(a, b Line) int { return cmp.Compare(a.Examiner, b.Examiner) })
	return r
}

func totals(all []Performance) [][]int64 {
	units := make([][]int64, len(all))
	for i, p := range all {
		for _, s := range p {
			units[i] = append(units[i], int64(s.Total))
		}
	}
	return units
}

// against gathers one examiner's sheets beside those of the others.
type against struct {
	tolerance engine.Points
	own       []float64                     // totals
	apart     []float64                     // own total less the mean of the others'
	theirs    map[engine.PersonID][]float64 // totals of each other at the same performances

	halo, othersHalo           []float64
	within, pairs              int
	same, vetoPairs, vetoAgree int
}

func (a *against) add(own Sheet, others ...[]Sheet) {
	var sum float64
	var halos []float64
	n := 0
	for _, o := range slices.Concat(others...) {
		n++
		sum += points(o.Total)
		a.theirs[o.Examiner] = append(a.theirs[o.Examiner], points(o.Total))
		a.pair(own, o)
		if len(o.Shares) > 1 {
			halos = append(halos, 100*sd(o.Shares))
		}
	}
	a.own = append(a.own, points(own.Total))
	a.apart = append(a.apart, points(own.Total)-sum/float64(n))
	if len(own.Shares) > 1 && len(halos) > 0 {
		a.halo, a.othersHalo = append(a.halo, 100*sd(own.Shares)), append(a.othersHalo, mean(halos))
	}
}

func (a *against) pair(own, other Sheet) {
	a.pairs++
	if max(own.Total, other.Total)-min(own.Total, other.Total) <= a.tolerance {
		a.within++
	}
	same := slices.Equal(own.Vetoes, other.Vetoes)
	if same {
		a.same++
	}
	if len(own.Vetoes)+len(other.Vetoes) > 0 {
		a.vetoPairs++
		if same {
			a.vetoAgree++
		}
	}
}

func (a *against) numbers() *Numbers {
	if len(a.own) < Fewest {
		return nil
	}
	n := &Numbers{Leniency: mean(a.apart), Scatter: sd(a.apart), Spread: sd(a.own), OthersSpread: pooled(a.theirs),
		Pairs: a.pairs, Within: float64(a.within) / float64(a.pairs), VetoSame: float64(a.same) / float64(a.pairs),
		VetoPairs: a.vetoPairs, VetoBoth: a.vetoAgree}
	n.Error = n.Scatter / root(len(a.own))
	if len(a.halo) >= Fewest {
		own, others := mean(a.halo), mean(a.othersHalo)
		n.Halo, n.OthersHalo = &own, &others
	}
	return n
}

func points(p engine.Points) float64 { return float64(p) / 100 }
