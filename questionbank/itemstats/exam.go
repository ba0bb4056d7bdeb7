package itemstats

import "math/big"

// Exam is how a test as a whole went. Nil is what is not defined.
type Exam struct {
	Attempts  int64    `json:"attempts"`
	Positions int      `json:"positions"` // of the longest form
	Mean      *float64 `json:"mean"`      // points
	Median    *float64 `json:"median"`    // points
	SD        *float64 `json:"sd"`        // points
	Skewness  *float64 `json:"skewness"`
	Kurtosis  *float64 `json:"kurtosis"` // zero for a normal distribution
	// BySlot adds up the variances of the marks at each place of the forms. That is Moodle's coefficient of internal
	// consistency, which takes a slot with a random question for one question (calculator::get_sum_of_mark_variance). In
	// drawn forms such a variance holds the differences between the items as well: this alpha errs on the low side.
	BySlot Consistency `json:"by_slot"`
	// ByItem adds up, for each place, the pooled variance within the item versions: sums of squares about the items' own
	// means over their degrees of freedom together. Where everybody gets the same form both are the same number.
	ByItem Consistency `json:"by_item"`

	Totals []Total `json:"totals"` // attempts by total, for the chart
}

// Consistency is Cronbach's alpha and what follows from it.
type Consistency struct {
	Alpha         *float64 `json:"alpha"`          // coefficient of internal consistency, per cent
	ErrorRatio    *float64 `json:"error_ratio"`    // per cent
	StandardError *float64 `json:"standard_error"` // points
}

// exam measures the whole. With S attempts and central moments m2, m3, m4 over S the k-statistics are those of Moodle's
// quiz calculator; each is given from as many attempts on as there.
func (t *Tally) exam() Exam {
	e := Exam{Attempts: t.Attempts(), Positions: len(t.Slots), Totals: t.Totals}
	s := e.Attempts
	if s == 0 {
		return e
	}
	var sum int64
	for _, x := range t.Totals {
		sum += x.N * int64(x.Points)
	}
	e.Mean, e.Median = ratio(sum, s*cent), ratio(t.ranked((s-1)/2)+t.ranked(s/2), 2*cent)
	k2, k3, k4 := t.cumulants(sum, s)
	e.SD = root(points2(k2))
	if k2 == nil || k2.Sign() == 0 {
		return e
	}
	square := new(big.Rat).Mul(k2, k2)
	if k3 != nil {
		r3 := new(big.Rat).Quo(new(big.Rat).Mul(k3, k3), new(big.Rat).Mul(square, k2)) // of the skewness, squared
		e.Skewness = scaled(root(float(r3)), func(f float64) float64 { return f * float64(k3.Sign()) })
		e.BySlot, e.ByItem = t.consistency(t.bySlot(), k2, e.SD), t.consistency(t.byItem(), k2, e.SD)
	}
	if k4 != nil {
		e.Kurtosis = float(new(big.Rat).Quo(k4, square))
	}
	return e
}

// ranked is the total of the attempt that n others precede.
func (t *Tally) ranked(n int64) int64 {
	for _, x := range t.Totals {
		if n < x.N {
			return int64(x.Points)
		}
		n -= x.N
	}
	return 0
}

// cumulants are Fisher's k-statistics of the totals, exactly; nil for less attempts than they need.
func (t *Tally) cumulants(sum, s int64) (k2, k3, k4 *big.Rat) {
	p2, p3, p4 := new(big.Int), new(big.Int), new(big.Int)
	for _, x := range t.Totals { // powers of s times the difference to the mean
		d := big.NewInt(s)
		d.Mul(d, big.NewInt(int64(x.Points))).Sub(d, big.NewInt(sum))
		dd := new(big.Int).Mul(d, d)
		n := big.NewInt(x.N)
		p2.Add(p2, new(big.Int).Mul(n, dd))
		p3.Add(p3, new(big.Int).Mul(n, new(big.Int).Mul(dd, d)))
		p4.Add(p4, new(big.Int).Mul(n, new(big.Int).Mul(dd, dd)))
	}
	power := func(p *big.Int, n int64) *big.Rat { // the central moment over s
		return new(big.Rat).SetFrac(p, new(big.Int).Exp(big.NewInt(s), big.NewInt(n+1), nil))
	}
	m2, m3, m4 := power(p2, 2), power(p3, 3), power(p4, 4)
	if s > 1 {
		k2 = times(m2, s, s-1)
	}
	if s > 2 {
		k3 = times(m3, s*s, (s-1)*(s-2))
	}
	if s > 3 {
		inner := times(m4, s+1, 1)
		inner.Sub(inner, times(new(big.Rat).Mul(m2, m2), 3*(s-1), 1))
		k4 = times(times(inner, s*s, (s-1)*(s-2)), 1, s-3)
	}
	return k2, k3, k4
}

func times(r *big.Rat, a, b int64) *big.Rat { return new(big.Rat).Mul(r, big.NewRat(a, b)) }

func float(r *big.Rat) *float64 {
	f, _ := r.Float64()
	return &f
}

// points2 is r, in hundredths squared, in points squared.
func points2(r *big.Rat) *float64 {
	if r == nil {
		return nil
	}
	return float(times(r, 1, cent*cent))
}

// bySlot is the sum of the variances by slot; nil unless every attempt reaches every slot.
func (t *Tally) bySlot() *big.Rat {
	s, sum := t.Attempts(), new(big.Rat)
	for _, x := range t.Slots {
		if x.N != s || s < 2 {
			return nil
		}
		d := new(big.Int).Mul(big.NewInt(s), big.NewInt(s-1))
		sum.Add(sum, new(big.Rat).SetFrac(spread(s, x.Mark, x.Mark, x.Marks), d))
	}
	return sum
}

// byItem is the variance pooled within item versions, times the number of slots; nil unless all forms are equally long.
func (t *Tally) byItem() *big.Rat {
	if t.bySlot() == nil {
		return nil
	}
	squares, free := new(big.Rat), int64(0)
	for n := range t.Items {
		p := t.Items[n].sums()
		squares.Add(squares, new(big.Rat).SetFrac(p.varA(), big.NewInt(p.n)))
		free += p.n - 1
	}
	if free == 0 {
		return nil
	}
	return times(squares, int64(len(t.Slots)), free)
}

// consistency is Moodle's formula over a sum of variances; variance and sd are those of the totals.
func (t *Tally) consistency(sum, variance *big.Rat, sd *float64) Consistency {
	p := int64(len(t.Slots))
	if sum == nil || p < 2 {
		return Consistency{}
	}
	part := new(big.Rat).Quo(sum, variance)
	alpha := times(part.Sub(big.NewRat(1, 1), part), p, p-1)
	c := Consistency{Alpha: percent(float(alpha))}
	left := alpha.Sub(big.NewRat(1, 1), alpha)
	c.ErrorRatio = percent(root(float(left)))
	c.StandardError = scaled(root(float(left)), func(f float64) float64 { return f * *sd })
	return c
}

// Place is how one place of the forms fared, whatever items stood there: what Moodle gives for a random question.
type Place struct {
	No             int      `json:"no"` // from 1
	Attempts       int64    `json:"attempts"`
	Facility       *float64 `json:"facility"`
	SD             *float64 `json:"sd"` // points
	Intended       *float64 `json:"intended"`
	Effective      *float64 `json:"effective"`
	Discrimination *float64 `json:"discrimination"`
}

func (t *Tally) places() []Place {
	all, sum := make([]Place, len(t.Slots)), 0.0
	for n, s := range t.Slots {
		total := pair{n: s.N, a: s.Mark, b: s.Total, aa: s.Marks, bb: s.Totals, ab: s.Product}
		rest := total.rest()
		all[n] = Place{No: n + 1, Attempts: s.N, Facility: ratio(s.Mark, s.Most), SD: root(rest.perPair(rest.varA())),
			Intended: percent(ratio(s.Most, s.Full)), Effective: root(total.perPair(total.cov())),
			Discrimination: correlation(rest.cov(), rest.varA(), rest.varB())}
		if e := all[n].Effective; e != nil {
			sum += *e
		}
	}
	for n := range all {
		all[n].Effective = scaled(all[n].Effective, func(f float64) float64 { return 100 * f / sum })
	}
	return all
}
