package assembly

// A walk takes the items of each scope where they cost least, as far as the columns have room.

const (
	// crowded is what an item costs more whose column is full: more than any key or price.
	crowded = int64(1) << 61
	// beyond lies above what any item costs, and below never with any price.
	beyond = never - 2*dearest
)

// offer is the cheapest item that a point has to give.
type offer struct {
	cost   int64
	point  int32
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

func (o *offer) before(p *offer) bool {
	return o.cost < p.cost || o.cost == p.cost && o.point < p.point
}

// walk visits the scopes in a drawn order and takes the quota of each.
func (d *Drawer) walk() bool {
	clear(d.wanted[:])
	for i := range d.order {
		d.order[i] = int32(i)
	}
	shuffle(d.stream, d.order)
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
// full.
func (d *Drawer) visit(s int32) bool {
	d.offers = d.offers[:0]
	for _, pt := range d.scopes[s].points {
		if cost := d.least(pt); cost < never {
			d.offers = append(d.offers, offer{cost: cost, point: pt})
		}
	}
	heapify(d.offers)
	quota := d.scopes[s].quota
	for wanted, taken := int32(0), int32(0); taken < quota; {
		if len(d.offers) == 0 {
			return false
		}
		o := d.offers[0]
		if o.kind == open && wanted < quota {
			d.wanted[o.column]++
			wanted++
		}
		switch {
		case o.kind == guess:
			o = d.offer(o.point, false)
		case o.kind != crammed && d.count[o.column] >= d.need[o.column]:
			o = d.offer(o.point, true)
		default:
			d.take(s, &o)
			taken++
			if o.cost = never; d.open(o.point) {
				o = d.offer(o.point, false)
			}
		}
		d.offers = settle(d.offers, o)
	}
	return true
}

// fill enters what an item of a column costs more when full columns are to be avoided.
func (d *Drawer) fill(c int) {
	if d.around[c] = d.ledger.price[c]; d.count[c] >= d.need[c] {
		d.around[c] += crowded
	}
}

// least is a lower bound of what an item of the point costs.
func (d *Drawer) least(point int32) int64 {
	v := d.national.floor[point]
	if d.own != nil {
		v = min(v, d.own.floor[point]+d.toll)
	}
	if v -= d.ledger.drift; v < never {
		v += d.rank[d.class[point]]
	}
	return v
}

// offer is the cheapest item of a point; of equal ones that of the first column, and the national one.
func (d *Drawer) offer(point int32, around bool) offer {
	v, column := d.cheapest(0, point, around)
	best := offer{cost: v, point: point, column: int8(column), kind: open}
	if d.own != nil && d.own.floor[point]-d.ledger.drift+d.toll <= v {
		w, c := d.cheapest(1, point, around)
		if w < never {
			w += d.toll
		}
		if w < v || w == v && c < column {
			best.cost, best.column, best.origin = w, int8(c), 1
		}
	}
	if best.cost < never {
		best.cost += d.rank[d.class[point]]
	}
	switch {
	case around && d.count[best.column] >= d.need[best.column]:
		best.kind = crammed
	case around:
		best.kind = capped
	}
	return best
}

// cheapest is the cheapest column of a point in one origin, the first of equal ones. What is found without looking at
// full columns is the point's new floor.
func (d *Drawer) cheapest(origin, point int32, around bool) (cost int64, column int) {
	cost = beyond
	keys, price := d.keys(origin, point), d.ledger.price[:]
	if around {
		price = d.around[:]
	}
	price = price[:len(keys)]
	for c, v := range keys {
		if v += price[c]; v < cost {
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

func heapify(h []offer) {
	for i := len(h)/2 - 1; i >= 0; i-- {
		sift(h, i)
	}
}

func sift(h []offer, i int) {
	for {
		c := 2*i + 1
		if c >= len(h) {
			return
		}
		if c+1 < len(h) && h[c+1].before(&h[c]) {
			c++
		}
		if !h[c].before(&h[i]) {
			return
		}
		h[i], h[c] = h[c], h[i]
		i = c
	}
}

// settle puts an offer in the place of the first; one that costs never only takes the first away.
func settle(h []offer, o offer) []offer {
	if o.cost >= never {
		o = h[len(h)-1]
		h = h[:len(h)-1]
		if len(h) == 0 {
			return h
		}
	}
	h[0] = o
	sift(h, 0)
	return h
}
