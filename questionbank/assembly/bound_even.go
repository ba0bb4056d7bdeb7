package assembly

import "math"

const (
	sweeps   = 300  // over all prices
	newton   = 24   // steps towards one price
	relative = 1e-9 // error of a sum that is small enough
)

// even looks for the most even use of a core's items: what one form takes from each bin on average where the sum of
// squares over items is least. Quotas, points, needs and tolls get prices that are set in turn until each of them is
// met (coordinate ascent on the dual). It is no more than a good place to prove a bound from.
type even struct {
	*core
	toll  []toll
	bin   []evenBin
	lines []line
}

type evenBin struct {
	half, room float64 // items by two: what a unit of price brings; what the bin can give
	price      float64 // all prices of the lines it lies on, by sign
}

// line is one constraint: the bins on it give sum, or at most that.
type line struct {
	bins []int32
	sum  float64
	most bool // an upper end only: the price does not go above 0
	at   float64
}

// evenUse returns what a form takes from each bin, and the prices of the tolls.
func (c *core) evenUse(tolls []toll) (take, prices []float64) {
	e := &even{core: c, toll: tolls, bin: make([]evenBin, len(c.bins))}
	e.draw()
	for range sweeps {
		moved := 0.0
		for i := range e.lines {
			moved = max(moved, e.set(&e.lines[i]))
		}
		if moved < relative {
			break
		}
	}
	take, prices = make([]float64, len(e.bin)), make([]float64, len(tolls))
	for i := range e.bin {
		take[i] = e.bin[i].takes()
	}
	for k := range tolls {
		prices[k] = max(-e.lines[len(e.lines)-len(tolls)+k].at, 0)
	}
	return take, prices
}

// draw lays the lines: scopes, points, columns, tolls.
func (e *even) draw() {
	points, columns := len(e.scopes), len(e.scopes)+e.points
	e.lines = make([]line, columns+len(e.need)+len(e.toll))
	for i, s := range e.scopes {
		e.lines[i].sum = float64(s.quota)
	}
	for i := range e.points {
		e.lines[points+i] = line{sum: float64(e.perPoint), most: true}
	}
	for k, n := range e.need {
		e.lines[columns+k].sum = float64(n)
	}
	for k, t := range e.toll {
		e.lines[columns+len(e.need)+k] = line{sum: float64(t.most), most: true}
	}
	room := e.peakRoom(rateBase)
	for i := range e.bins {
		b := &e.bins[i]
		e.bin[i] = evenBin{half: float64(b.size) / 2, room: float64(room(b)) / rateBase}
		e.join(int32(i), int(b.scope))
		e.join(int32(i), points+int(b.point))
		e.join(int32(i), columns+int(b.column))
		for k, t := range e.toll {
			if t.pays(b) > 0 {
				e.join(int32(i), columns+len(e.need)+k)
			}
		}
	}
}

func (e *even) join(bin int32, to int) { e.lines[to].bins = append(e.lines[to].bins, bin) }

func (b *evenBin) takes() float64 { return min(max(b.price*b.half, 0), b.room) }

// set moves the price of a line to where its bins give what they should (Newton's method between ends that close in), and
// returns by how much that was missed.
func (e *even) set(l *line) (missed float64) {
	low, high, top, shift := math.Inf(-1), math.Inf(1), math.Inf(1), 0.0
	if l.most {
		top = -l.at // a price of 0
	}
	for step := range newton {
		sum, slope := e.gives(l, shift)
		short := l.sum - sum
		if math.Abs(short) <= relative*max(l.sum, 1) || short > 0 && shift == top {
			break
		}
		if step == 0 {
			missed = math.Abs(short) / max(l.sum, 1)
		}
		if short > 0 {
			low = shift
		} else {
			high = shift
		}
		next := min(shift+short/max(slope, 1e-12), top)
		if slope == 0 || next <= low || next >= high {
			next = between(low, min(high, top), shift)
		}
		shift = next
	}
	l.at += shift
	for _, i := range l.bins {
		e.bin[i].price += shift
	}
	return missed
}

// gives is what the bins of a line give when its price moves, and how that goes on changing.
func (e *even) gives(l *line, shift float64) (sum, slope float64) {
	for _, i := range l.bins {
		b := &e.bin[i]
		take := (b.price + shift) * b.half
		if take > 0 && take < b.room {
			slope += b.half
		}
		sum += min(max(take, 0), b.room)
	}
	return sum, slope
}

// between halves an interval, or leaves one that has no end by doubling.
func between(low, high, at float64) float64 {
	switch {
	case math.IsInf(high, 1) && math.IsInf(low, -1):
		return at
	case math.IsInf(high, 1):
		return at + max(math.Abs(at), 1e-6)
	case math.IsInf(low, -1):
		return at - max(math.Abs(at), 1e-6)
	}
	return (low + high) / 2
}
