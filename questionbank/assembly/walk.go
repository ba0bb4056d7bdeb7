package assembly

import "math/bits"

// A walk takes the items of each scope where they cost least, as far as the columns have room.

const (
	// crowded is what an item costs more whose column is full: more than any key or price.
	crowded = int64(1) << 61
	// beyond lies above what any item costs, and below never with any price.
	beyond = never - 2*dearest
)

// offers are the cheapest items that the points of a scope have to give, in the order of the points. The tree above them
// holds the place of the lesser of two at every node, the first of equal ones; its root is node 1.
type offers struct {
	cost []int64 // never beyond the last point
	what []offer
	tree []int32
}

// offer is what lies behind the cost of a point.
type offer struct {
	column int8
	origin int8 // 0 national, 1 of the supplement
	kind   offerKind
}

type offerKind int8

const (
	guess   offerKind = iota // the cost is a lower bound, nothing else is known
	open                     // columns were taken to have room
	capped                   // full columns were avoided
	crammed                  // all its columns were full
)

// reset makes room for n offers, all of them guesses.
func (o *offers) reset(n int) {
	size := 2
	for size < n {
		size *= 2
	}
	if cap(o.cost) < size {
		o.cost, o.what, o.tree = make([]int64, size), make([]offer, size), make([]int32, size)
	}
	o.cost, o.what, o.tree = o.cost[:size], o.what[:size], o.tree[:size]
	clear(o.what)
	for i := n; i < size; i++ {
		o.cost[i] = never
	}
}

// plant compares all offers.
func (o *offers) plant() {
	size := len(o.tree)
	for n := size - 1; n >= size/2; n-- {
		o.tree[n] = o.lesser(int32(2*n-size), int32(2*n-size+1))
	}
	for n := size/2 - 1; n > 0; n-- {
		o.tree[n] = o.lesser(o.tree[2*n], o.tree[2*n+1])
	}
}

// put changes one offer.
func (o *offers) put(place int32, cost int64, what offer) {
	o.cost[place], o.what[place] = cost, what
	n := (len(o.tree) + int(place)) / 2
	o.tree[n] = o.lesser(place&^1, place|1)
	for n /= 2; n > 0; n /= 2 {
		o.tree[n] = o.lesser(o.tree[2*n], o.tree[2*n+1])
	}
}

func (o *offers) lesser(a, b int32) int32 {
	if o.cost[b] < o.cost[a] {
		return b
	}
	return a
}

// walk visits the scopes in a drawn order and takes the quota of each.
func (d *Drawer) walk() bool {
	clear(d.wanted[:])
	for i := range d.order {
		d.order[i] = int32(i)
	}
	Shuffle(d.stream, d.order)
	for c := range d.columns {
		d.fill(c)
	}
	for _, s := range d.order {
		if !d.visit(s) {
			return false
		}
	}
	return true
}

// visit takes the quota of a scope. Its points offer their cheapest items. The least offer is taken while its column
// has room; otherwise the point offers again, around the full columns. Prices learn from what comes first when no column is
// full; once they have, points offer around full columns at once.
func (d *Drawer) visit(s int32) bool {
	points, quota := d.scopes[s].points, d.scopes[s].quota
	d.guess(points)
	for wanted, taken := int32(0), int32(0); taken < quota; {
		first := d.offers.tree[1]
		if d.offers.cost[first] >= never {
			return false
		}
		o, point := d.offers.what[first], points[first]
		if o.kind == open && wanted < quota {
			d.wanted[o.column]++
			wanted++
		}
		cost := never
		switch {
		case o.kind == guess:
			cost, o = d.offer(point, wanted == quota)
		case o.kind != crammed && d.count[o.column] >= d.need[o.column]:
			cost, o = d.offer(point, true)
		default:
			d.take(s, point, o)
			if taken++; d.open(point) {
				cost, o = d.offer(point, false)
			}
		}
		d.offers.put(first, cost, o)
	}
	return true
}

// fill enters what an item of a column costs more when full columns are to be avoided.
func (d *Drawer) fill(c int) {
	if d.around[c] = d.ledger.price[c]; d.count[c] >= d.need[c] {
		d.around[c] += crowded
	}
}

// guess begins with lower bounds of what the points have to offer.
func (d *Drawer) guess(points []int32) {
	o, drift, floor := &d.offers, d.ledger.drift, d.national.floor
	o.reset(len(points))
	costs := o.cost[:len(points)]
	for i, pt := range points {
		costs[i] = floor[pt]
	}
	if d.own != nil {
		floor := d.own.floor
		for i, pt := range points {
			costs[i] = min(costs[i], floor[pt]+d.toll)
		}
	}
	for i, pt := range points {
		if costs[i] < never {
			costs[i] += d.rank[d.class[pt]] - drift
		}
	}
	o.plant()
}

// offer is the cheapest item of a point; of equal ones that of the first column, and the national one.
func (d *Drawer) offer(point int32, around bool) (int64, offer) {
	v, column := d.cheapest(0, point, around)
	best := offer{column: int8(column), kind: open}
	if d.own != nil && d.own.floor[point]-d.ledger.drift+d.toll <= v {
		w, c := d.cheapest(1, point, around)
		if w < never {
			w += d.toll
		}
		if w < v || w == v && c < column {
			v, best.column, best.origin = w, int8(c), 1
		}
	}
	if v < never {
		v += d.rank[d.class[point]]
	}
	switch {
	case around && d.count[best.column] >= d.need[best.column]:
		best.kind = crammed
	case around:
		best.kind = capped
	}
	return v, best
}

// cheapest is the cheapest column of a point in one origin, the first of equal ones. What is found without looking at
// full columns is the point's new floor.
func (d *Drawer) cheapest(origin, point int32, around bool) (cost int64, column int) {
	cost = beyond
	keys, price := d.keys(origin, point), &d.ledger.price
	if around {
		price = &d.around
	}
	for left := d.decks(origin).filled[point]; left != 0; left &= left - 1 {
		c := bits.TrailingZeros16(left)
		if v := keys[c] + price[c]; v < cost {
			cost, column = v, c
		}
	}
	if cost == beyond {
		cost = never
	}
	if !around && d.onPoint[point] == 0 {
		d.decks(origin).floor[point] = cost + d.ledger.drift
	}
	return cost, column
}
