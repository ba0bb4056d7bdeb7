package assembly

import "math/bits"

// The walk may leave columns with too many items or too few. Balance moves single items to other columns inside their
// scopes, along the cheapest way from a column with too many to one with too few.

// maxHops is the most moves of one way.
const maxHops = 4

// maxWays is how many ways one form may need.
const maxWays = 200

// spares are the cheapest items that a scope still has to give, by scope and column.
type spares struct {
	known []bool // whether the list of the scope is right
	rated []bool // whether the moves of its picks are
	stale uint16 // a bit for each column whose ways have to be found anew whatever was rated
	at    []spare
}

type spare struct {
	cost          int64
	point, origin int32
}

func newSpares(p *Plan) spares {
	n := len(p.scopes)
	return spares{known: make([]bool, n), rated: make([]bool, n), at: make([]spare, n*p.columns)}
}

func (s *spares) reset() {
	clear(s.known)
	clear(s.rated)
	s.stale = 1<<nCells - 1
}

func (s *spares) forget(scope int32) { s.known[scope], s.rated[scope] = false, false }

// spares lists what the open points of a scope have, column by column; of equal ones it is that of the first point.
func (d *Drawer) spares(scope int32) []spare {
	n := int32(d.columns)
	list := d.spare.at[scope*n : (scope+1)*n]
	if d.spare.known[scope] {
		return list
	}
	d.spare.known[scope] = true
	for c := range list {
		list[c].cost = never
	}
	for _, pt := range d.scopes[scope].points {
		if !d.open(pt) {
			continue
		}
		rank := d.rank[d.class[pt]]
		d.bid(list, 0, pt, rank)
		if d.own != nil {
			d.bid(list, 1, pt, rank+d.toll)
		}
	}
	return list
}

// bid enters what a point has of one origin, where it is cheaper than what is listed.
func (d *Drawer) bid(list []spare, origin, point int32, price int64) {
	left := d.decks(origin).filled[point]
	if left == 0 {
		return
	}
	for keys := d.keys(origin, point); left != 0; left &= left - 1 {
		c := bits.TrailingZeros16(left)
		if v := keys[c]; v < never && v+price < list[c].cost {
			list[c] = spare{v + price, point, origin}
		}
	}
}

// moves are what it costs to move a pick to each column: to the cheapest spare of the scope, or if that is dearer to another
// bucket of its own point.
type moves struct {
	cost   [nCells]int64
	same   uint16 // a bit for each column to which the pick would stay on its point
	column int32  // that the pick was in when they were rated
}

// balance makes the columns meet the joint table.
func (d *Drawer) balance() bool {
	for range maxWays {
		if d.level() {
			return true
		}
		d.survey()
		if !d.shift() {
			return false
		}
	}
	return d.level()
}

func (d *Drawer) level() bool {
	for c, n := range d.count {
		if n != d.need[c] {
			return false
		}
	}
	return true
}

// survey finds what the cheapest move between every two columns costs. Only columns with a pick whose scope changed are
// looked at again.
func (d *Drawer) survey() {
	stale := d.spare.stale
	for i := range d.picks {
		if p, m := &d.picks[i], &d.moves[i]; !d.spare.rated[p.scope] {
			stale |= 1<<m.column | 1<<p.column
			d.rate(p, m)
		}
	}
	for left := stale; left != 0; left &= left - 1 {
		row := &d.ways[bits.TrailingZeros16(left)]
		for c := range row {
			row[c] = never
		}
	}
	for i := range d.picks {
		if column := d.picks[i].column; stale>>column&1 == 1 {
			row, costs := d.ways[column][:d.columns], d.moves[i].cost[:d.columns]
			for c, cost := range costs {
				row[c] = min(row[c], cost)
			}
		}
	}
	for i := range d.spare.rated {
		d.spare.rated[i] = true
	}
	d.spare.stale = 0
}

// rate works out the moves of a pick.
func (d *Drawer) rate(p *pick, m *moves) {
	paid := d.paid(p)
	m.same, m.column = 0, p.column
	for c, s := range d.spares(p.scope) {
		if m.cost[c] = never; s.cost < never {
			m.cost[c] = s.cost - paid
		}
	}
	rank := d.rank[d.class[p.point]] - paid
	d.stay(m, 0, p.point, rank)
	if d.own != nil {
		d.stay(m, 1, p.point, rank+d.toll)
	}
	m.cost[p.column] = never
}

// stay enters the moves inside a pick's own point to buckets of one origin, where they are cheaper.
func (d *Drawer) stay(m *moves, origin, point int32, price int64) {
	left := d.decks(origin).filled[point]
	if left == 0 {
		return
	}
	for keys := d.keys(origin, point); left != 0; left &= left - 1 {
		c := bits.TrailingZeros16(left)
		if v := keys[c]; v < never && v+price < m.cost[c] {
			m.cost[c] = v + price
			m.same |= 1 << c
		}
	}
}

// hops are what the cheapest ways to every column cost, by the number of moves.
type hops [maxHops + 1][nCells]int64

// way is a chain of moves, the last first.
type way struct {
	cost  int64
	moves [maxHops]step
	n     int
}

// step moves a pick to a column.
type step struct{ pick, column int }

// shift moves along the cheapest way; of equal ones it is the shortest, then the one to the first column. A way that moves
// two picks of one scope is no way.
func (d *Drawer) shift() bool {
	var h hops
	for c := range d.columns {
		if h[0][c] = never; d.count[c] > d.need[c] {
			h[0][c] = 0
		}
	}
	best := way{cost: never}
	for n := 1; n <= maxHops; n++ {
		d.reach(&h[n-1], &h[n])
		for c := range d.columns {
			if d.count[c] < d.need[c] && h[n][c] < best.cost {
				d.trace(&h, n, c, &best)
			}
		}
	}
	for _, m := range best.moves[:best.n] {
		p := &d.picks[m.pick]
		point, origin := p.point, int32(0)
		if d.moves[m.pick].same>>m.column&1 == 1 {
			_, origin = d.either(p.point, int32(m.column))
		} else {
			s := d.spares(p.scope)[m.column]
			point, origin = s.point, s.origin
		}
		d.move(m.pick, point, int32(m.column), origin)
	}
	return best.cost < never
}

// reach goes one move on.
func (d *Drawer) reach(from, to *[nCells]int64) {
	for c := range to {
		to[c] = never
	}
	for a := range d.columns {
		cost := from[a]
		if cost >= never {
			continue
		}
		for c, w := range d.ways[a][:d.columns] {
			if w < never {
				to[c] = min(to[c], cost+w)
			}
		}
	}
}

// trace follows a way of n moves to a column back: through the first of equal columns, by the first of equal picks. It
// replaces the best way unless two of its picks are of one scope.
func (d *Drawer) trace(h *hops, n, column int, best *way) {
	found := way{cost: h[n][column]}
	for ; n > 0; n-- {
		from := 0
		for w := h[n][column]; h[n-1][from] >= never || h[n-1][from]+d.ways[from][column] != w; from++ {
		}
		pick := d.mover(from, column)
		for _, m := range found.moves[:found.n] {
			if d.picks[m.pick].scope == d.picks[pick].scope {
				return
			}
		}
		found.moves[found.n] = step{pick, column}
		found.n++
		column = from
	}
	*best = found
}

// mover is the first pick of a column that moves to another as cheaply as any.
func (d *Drawer) mover(from, to int) int {
	i := 0
	for w := d.ways[from][to]; int(d.picks[i].column) != from || d.moves[i].cost[to] != w; i++ {
	}
	return i
}
