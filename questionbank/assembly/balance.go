package assembly

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
	at    []spare
}

type spare struct {
	cost          int64
	point, origin int32
}

func newSpares(p *Plan) spares {
	return spares{known: make([]bool, len(p.scopes)), rated: make([]bool, len(p.scopes)), at: make([]spare, len(p.scopes)*p.columns)}
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
		keys, own, rank := d.keys(0, pt), d.keys(1, pt), d.rank[d.class[pt]]
		for c, v := range keys {
			origin := int32(0)
			if own != nil && own[c] < never && own[c]+d.toll < v {
				v, origin = own[c]+d.toll, 1
			}
			if v < never && v+rank < list[c].cost {
				list[c] = spare{v + rank, pt, origin}
			}
		}
	}
	return list
}

// way is a move of one pick to another column.
type way struct {
	cost int64
	pick int32
}

// moves are what it costs to move a pick to each column: to the cheapest spare of the scope, or if that is dearer to another
// bucket of its own point.
type moves struct {
	cost [nCells]int64
	same uint16 // a bit for each column to which the pick would stay on its point
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

// survey finds the cheapest move between every two columns; of equal ones it is that of the first pick.
func (d *Drawer) survey() {
	for a := range d.columns {
		for c := range d.columns {
			d.ways[a][c].cost = never
		}
	}
	for i := range d.picks {
		p, m := &d.picks[i], &d.moves[i]
		if !d.spare.rated[p.scope] {
			d.rate(p, m)
		}
		row := &d.ways[p.column]
		for c, cost := range m.cost[:d.columns] {
			if cost < row[c].cost {
				row[c] = way{cost, int32(i)}
			}
		}
	}
	for i := range d.spare.rated {
		d.spare.rated[i] = true
	}
}

// rate works out the moves of a pick.
func (d *Drawer) rate(p *pick, m *moves) {
	paid, list := d.paid(p), d.spares(p.scope)
	keys, own, rank := d.keys(0, p.point), d.keys(1, p.point), d.rank[d.class[p.point]]
	m.same = 0
	for c, v := range keys {
		if own != nil && own[c] < never {
			v = min(v, own[c]+d.toll)
		}
		best := list[c].cost
		if v < never && v+rank < best {
			best = v + rank
			m.same |= 1 << c
		}
		if m.cost[c] = never; best < never && c != int(p.column) {
			m.cost[c] = best - paid
		}
	}
}

// hop is the cheapest way to a column in a number of moves.
type hop struct {
	cost int64
	from int8
}

// shift moves along the cheapest way; of equal ones it is the shortest, then the one to the first column. A way that moves
// two picks of one scope is no way.
func (d *Drawer) shift() bool {
	var hops [maxHops + 1][nCells]hop
	for c := range d.columns {
		hops[0][c].cost = never
		if d.count[c] > d.need[c] {
			hops[0][c].cost = 0
		}
	}
	least, length, end := never, 0, 0
	for h := 1; h <= maxHops; h++ {
		d.reach(&hops[h-1], &hops[h])
		for c := range d.columns {
			if v := hops[h][c].cost; d.count[c] < d.need[c] && v < least && d.apart(&hops, h, c) {
				least, length, end = v, h, c
			}
		}
	}
	if length == 0 {
		return false
	}
	for h := length; h > 0; h-- {
		from := int(hops[h][end].from)
		w := d.ways[from][end]
		p := &d.picks[w.pick]
		point, origin := p.point, int32(0)
		if d.moves[w.pick].same>>end&1 == 1 {
			_, origin = d.either(p.point, int32(end))
		} else {
			s := d.spares(p.scope)[end]
			point, origin = s.point, s.origin
		}
		d.move(int(w.pick), point, int32(end), origin)
		end = from
	}
	return true
}

// reach goes one move on.
func (d *Drawer) reach(from, to *[nCells]hop) {
	for c := range d.columns {
		to[c] = hop{never, -1}
	}
	for a := range d.columns {
		if from[a].cost == never {
			continue
		}
		for c, w := range d.ways[a][:d.columns] {
			if v := from[a].cost + w.cost; w.cost < never && v < to[c].cost {
				to[c] = hop{v, int8(a)}
			}
		}
	}
}

// apart reports whether all moves of a way lie in different scopes.
func (d *Drawer) apart(hops *[maxHops + 1][nCells]hop, h, c int) bool {
	var seen [maxHops]int32
	for n := 0; h > 0; h, n = h-1, n+1 {
		from := int(hops[h][c].from)
		seen[n] = d.picks[d.ways[from][c].pick].scope
		for k := range n {
			if seen[k] == seen[n] {
				return false
			}
		}
		c = from
	}
	return true
}
