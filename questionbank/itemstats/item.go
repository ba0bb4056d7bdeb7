package itemstats

import (
	"cmp"
	"slices"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/questionbank"
)

// Statistics are those of one item version. What is not defined, for want of attempts or because everybody earned the
// same, is nil. Indexes and weights are in per cent, marks in points, covariances in points squared.
type Statistics struct {
	Ref
	Attempts       int64    `json:"attempts"`
	Share          *float64 `json:"share"` // of the attempts that showed it, from 0 to 1
	Facility       *float64 `json:"facility"`
	SD             *float64 `json:"sd"`
	Guess          *float64 `json:"guess"` // facility that guessing would lead to
	Intended       *float64 `json:"intended"`
	Effective      *float64 `json:"effective"`
	Discrimination *float64 `json:"discrimination"`
	Efficiency     *float64 `json:"efficiency"`

	Variance        *float64 `json:"variance"`         // of the mark
	RestVariance    *float64 `json:"rest_variance"`    // of the rest of the total
	Covariance      *float64 `json:"covariance"`       // of mark and rest
	CovarianceMax   *float64 `json:"covariance_max"`   // the same, each list sorted
	CovarianceTotal *float64 `json:"covariance_total"` // of mark and total

	Flags   []Flag   `json:"flags,omitempty"`
	Options []Option `json:"options,omitempty"`
	Groups  []Group  `json:"groups,omitempty"` // lowest totals first
}

// Option is how one option fared: a row of the distractor table.
type Option struct {
	Key    bool     `json:"key"`
	Chosen int64    `json:"chosen"`
	Share  *float64 `json:"share"` // of the attempts, from 0 to 1
	Mean   *float64 `json:"mean"`  // total of those who chose it
	Groups []int64  `json:"groups"`
}

// Group is a part of the attempts by their totals.
type Group struct {
	Attempts int64         `json:"attempts"`
	Least    engine.Points `json:"least"`
	Most     engine.Points `json:"most"`
	Open     int64         `json:"open"` // nothing chosen
	Facility *float64      `json:"facility"`
}

// sums of the marks and totals of the item.
func (i *Item) sums() pair {
	var p pair
	for _, c := range i.Cells {
		m, t := int64(c.Mark), int64(c.Total)
		p.n += c.N
		p.a, p.b = p.a+c.N*m, p.b+c.N*t
		p.aa, p.bb, p.ab = p.aa+c.N*m*m, p.bb+c.N*t*t, p.ab+c.N*m*t
	}
	return p
}

// rest turns sums of marks and totals into those of marks and rests.
func (p pair) rest() pair {
	return pair{n: p.n, a: p.a, b: p.b - p.a, aa: p.aa, ab: p.ab - p.aa, bb: p.bb - 2*p.ab + p.aa}
}

// statistics of the item, but for what needs the whole tally.
func (i *Item) statistics(groups int) Statistics {
	total := i.sums()
	rest := total.rest()
	best := rest
	best.ab = i.sorted()
	s := Statistics{Ref: i.Ref, Attempts: total.n, Facility: ratio(total.a, i.Most), Guess: guess(i.Facts),
		Intended: percent(ratio(i.Most, i.Full))}
	s.Variance, s.RestVariance = rest.perPair(rest.varA()), rest.perPair(rest.varB())
	s.SD = root(s.Variance)
	s.Covariance, s.CovarianceMax, s.CovarianceTotal = rest.perPair(rest.cov()), best.perPair(best.cov()), total.perPair(total.cov())
	s.Discrimination = correlation(rest.cov(), rest.varA(), rest.varB())
	s.Efficiency = percent(quotient(rest.cov(), best.cov()))
	i.group(&s, groups)
	return s
}

// run is a value that n attempts have.
type run struct {
	v engine.Points
	n int64
}

// sorted is the sum of products of marks and rests when each of the two lists is sorted.
func (i *Item) sorted() (sum int64) {
	marks, rests := make([]run, len(i.Cells)), make([]run, len(i.Cells))
	for n, c := range i.Cells {
		marks[n], rests[n] = run{c.Mark, c.N}, run{c.Total - c.Mark, c.N}
	}
	ascending := func(a, b run) int { return cmp.Compare(a.v, b.v) }
	slices.SortFunc(marks, ascending)
	slices.SortFunc(rests, ascending)
	for len(marks) > 0 && len(rests) > 0 {
		n := min(marks[0].n, rests[0].n)
		sum += n * int64(marks[0].v) * int64(rests[0].v)
		marks, rests = used(marks, n), used(rests, n)
	}
	return sum
}

func used(runs []run, n int64) []run {
	if runs[0].n -= n; runs[0].n == 0 {
		return runs[1:]
	}
	return runs
}

// guess is the facility that pure guessing leads to: one option out of all, and for a multiple item, where Moodle gives
// none because its parts earn marks apart, one of the selections that choose anything.
func guess(f Facts) *float64 {
	if f.Options < 1 || f.Options > 62 {
		return nil
	}
	if f.Type == questionbank.Multiple {
		return ratio(1, 1<<f.Options-1)
	}
	return ratio(1, int64(f.Options))
}

// group fills in the groups and, by them, the options.
func (i *Item) group(s *Statistics, groups int) {
	s.Groups, s.Options = make([]Group, groups), make([]Option, i.Options)
	earned, chosen := make([]int64, groups), make([]int64, i.Options)
	for o := range s.Options {
		s.Options[o] = Option{Key: slices.Contains(i.Key, o), Groups: make([]int64, groups)}
	}
	for cells, below := i.Cells, int64(0); len(cells) > 0; {
		tied, at := ties(cells)
		g := middle(below, at, s.Attempts, groups)
		s.Groups[g].take(tied[0].Total, at)
		for _, c := range tied {
			s.Groups[g].Open += c.Open
			earned[g] += c.N * int64(c.Mark)
			for o, n := range c.Chosen {
				s.Options[o].Chosen += n
				s.Options[o].Groups[g] += n
				chosen[o] += n * int64(c.Total)
			}
		}
		cells, below = cells[len(tied):], below+at
	}
	for g := range s.Groups {
		s.Groups[g].Facility = scaled(ratio(earned[g]*s.Attempts, s.Groups[g].Attempts), func(f float64) float64 { return f / float64(i.Most) })
	}
	for o := range s.Options {
		s.Options[o].Share = ratio(s.Options[o].Chosen, s.Attempts)
		s.Options[o].Mean = ratio(chosen[o], s.Options[o].Chosen*cent)
	}
}

// ties are the first cells, which share a total, and the attempts in them.
func ties(cells Cells) (tied Cells, attempts int64) {
	for n, c := range cells {
		if c.Total != cells[0].Total {
			return cells[:n], attempts
		}
		attempts += c.N
	}
	return cells, attempts
}

// middle is the group that holds the middle one of at attempts that follow below others, of n together.
func middle(below, at, n int64, groups int) int {
	return int((2*below + at) * int64(groups) / (2 * n))
}

func (g *Group) take(total engine.Points, attempts int64) {
	if g.Attempts == 0 {
		g.Least = total
	}
	g.Most = total
	g.Attempts += attempts
}
