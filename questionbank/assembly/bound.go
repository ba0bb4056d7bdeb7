package assembly

import "math"

// Bounds are what no draw of the plan's roster can beat, and how far a given one is from that. All are proved without
// the exclusions of candidates, enemies and the time, which can only raise them.
type Bounds struct {
	LeastPeak    float64 // share of forms that the most used item is in; a supplement's item counts in its province
	LeastOverlap float64 // items that two forms have in common on average
	Peak         float64 // the same two as the draw has them
	Overlap      float64
}

// BoundsOf works the bounds out for the draw of all slots of the plan's roster. With several provinces LeastPeak is
// proved for their average form only; LeastOverlap separates by province and is proved in full.
func BoundsOf(p *Plan, slots []Slot, drawn []Drawn) Bounds {
	t := p.tally(slots, drawn)
	b := Bounds{Overlap: t.mean(t.squares), Peak: t.peak()}
	if t.forms == 0 {
		return b
	}
	c := p.mixed(t.formsOf)
	b.LeastPeak = float64(c.leastPeak(p.tolls())) / rateBase
	b.LeastOverlap = t.mean(t.leastSquares(c))
	return b
}

// tally counts the uses of a draw.
type tally struct {
	*Plan
	forms   int
	formsOf []int   // by origin
	items   []int32 // by card
	squares float64 // of the uses of cards, summed
	cores   []*core // by origin, of those that have forms
}

func (p *Plan) tally(slots []Slot, drawn []Drawn) *tally {
	t := &tally{Plan: p, forms: len(drawn), formsOf: make([]int, len(p.formsOf)),
		items: make([]int32, p.ix.Len()), cores: make([]*core, len(p.formsOf))}
	for i, d := range drawn {
		t.formsOf[p.own(slots[i].Province)]++
		for _, card := range d.Cards {
			t.items[card]++
		}
	}
	for _, n := range t.items {
		t.squares += float64(n) * float64(n)
	}
	for o, n := range t.formsOf {
		if n > 0 {
			t.cores[o] = p.core(o, barred{})
		}
	}
	return t
}

// mean turns a sum of squared uses into the mean overlap of two forms.
func (t *tally) mean(squares float64) float64 {
	n := float64(t.forms)
	if n < 2 {
		return 0
	}
	return max((squares-n*float64(t.total))/(n*(n-1)), 0)
}

// peak is the highest share of forms that an item is in, of those whose candidates may meet it.
func (t *tally) peak() (most float64) {
	for o := range t.formsOf {
		forms := t.formsOf[o]
		if o == 0 {
			forms = t.forms
		}
		if forms == 0 {
			continue
		}
		width := len(t.ix.points) * t.columns
		for _, n := range t.items[t.off[o*width]:t.off[(o+1)*width]] {
			most = max(most, float64(n)/float64(forms))
		}
	}
	return most
}

// slopeBits are the binary places of the slopes of a bound.
const slopeBits = 10

// leastSquares is a lower bound for the sum of squared uses, proved from the most even uses that there can be.
//
// It bounds the sum by straight lines. Whatever the slope g, whole uses c of an item have c² ≥ g·c - h, where h is the
// most that g·k - k² comes to for whole k; the least of the sum over forms is then a flow of least cost for each province.
func (t *tally) leastSquares(c *core) (proved float64) {
	tolls, forms := t.tolls(), float64(t.forms)
	take, toll := c.evenUse(tolls)
	slope, prices := make([]int64, len(t.off)-1), make([]int64, len(tolls))
	for i, x := range take {
		b := &c.bins[i]
		g := int64(math.Round(2 * x * forms / float64(b.size) * (1 << slopeBits)))
		k := (g + 1<<slopeBits) >> (slopeBits + 1)
		slope[b.bucket] = g
		proved -= float64(b.size) * float64(g*k-k*k<<slopeBits)
	}
	for k, price := range toll {
		prices[k] = int64(math.Round(price * forms * (1 << slopeBits)))
	}
	for o, c := range t.cores {
		if c != nil {
			cost, _ := c.priced(func(b *bin) int64 { return slope[b.bucket] }, tolls, prices)
			proved += float64(t.formsOf[o]) * float64(cost)
		}
	}
	return proved / (1 << slopeBits)
}
