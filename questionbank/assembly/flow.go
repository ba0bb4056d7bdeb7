package assembly

import "sort"

// The core of a plan is what of it a flow decides exactly: quotas of scopes, items of one point, rooms of buckets and
// items of each cell. Scopes over points on one side and cells on the other are two laminar families, so a flow in
// whole numbers exists wherever one in fractions does.
type core struct {
	scopes   []coreScope
	perPoint int64
	points   int     // of the scopes together
	held     []int32 // by point: items that it has given already; nil for none
	need     []int   // items by column
	bins     []bin   // by point
	forms    int     // when candidates of several provinces are taken together: of all of them
	formsOf  []int   // by origin
}

type coreScope struct {
	code  string
	quota int
}

// bin is a bucket of one origin that has something to give.
type bin struct {
	scope, point int32 // places in the core
	column       int8
	origin       int32
	class        uint8 // of the point's importance
	bucket       int32
	size         int64 // items
	room         int64 // items that one form may take: an enemy group counts once
	seconds      int64 // of the card, where every card has a bin of its own
	card         int32
}

// rateBase is the number of forms for which the least exposure is worked out.
const rateBase = 1 << 20

// network is a core laid out as a graph for a number of forms together: source, scopes, points, columns, sink.
type network struct {
	graph
	core   *core
	forms  int64
	scope  []int32 // scope to its arc
	column []int32 // column to its arc
	bin    []int32 // bin to its arc
	demand int64
}

func (n *network) scopeNode(i int32) int32 { return 1 + i }
func (n *network) pointNode(i int32) int32 { return 1 + int32(len(n.core.scopes)) + i }
func (n *network) columnNode(i int32) int32 {
	return n.pointNode(int32(n.core.points)) + i
}
func (n *network) sink() int32 { return n.columnNode(int32(len(n.core.need))) }

// lay draws the graph: room is what a bin may give to all the forms, cost what a unit from it costs; nil for nothing.
func (n *network) lay(c *core, forms int64, room, cost func(*bin) int64) {
	n.core, n.forms, n.demand = c, forms, 0
	n.reset(2 + len(c.scopes) + c.points + len(c.need))
	n.scope, n.column, n.bin = n.scope[:0], n.column[:0], n.bin[:0]
	for i, s := range c.scopes {
		n.scope = append(n.scope, n.arc(0, n.scopeNode(int32(i)), int64(s.quota)*forms, 0))
		n.demand += int64(s.quota) * forms
	}
	point := int32(-1)
	for i := range c.bins {
		b := &c.bins[i]
		if b.point != point {
			point = b.point
			n.arc(n.scopeNode(b.scope), n.pointNode(point), c.left(point)*forms, 0)
		}
		toll := int64(0)
		if cost != nil {
			toll = cost(b)
		}
		n.bin = append(n.bin, n.arc(n.pointNode(point), n.columnNode(int32(b.column)), room(b), toll))
	}
	for k, need := range c.need {
		n.column = append(n.column, n.arc(n.columnNode(int32(k)), n.sink(), int64(need)*forms, 0))
	}
}

// left is how many items a point may still give to a form.
func (c *core) left(point int32) int64 {
	if c.held == nil {
		return c.perPoint
	}
	return c.perPoint - int64(c.held[point])
}

// short is how much less than the demand gets through.
func (n *network) short() int64 { return n.demand - n.flow(0, n.sink()) }

// cheap sends what it can at the least cost and returns what is short and the cost.
func (n *network) cheap() (short, cost int64) {
	short = n.demand - n.cheapest(0, n.sink())
	for _, a := range n.bin {
		cost += n.sent(a) * n.cost[a]
	}
	return short, cost
}

// single is the room of a bin in one form.
func single(b *bin) int64 { return b.room }

// feasible reports whether a form meets the core.
func (c *core) feasible() bool {
	var n network
	n.lay(c, 1, single, nil)
	return n.short() == 0
}

// A toll is a side constraint: the items of a form may pay at most so much, where each pays what its bin says, 1 or 0.
type toll struct {
	name string
	pays func(*bin) int64
	most int
}

// over is how many items more than the toll allows every form has, and whether the core is met at all.
func (c *core) over(t toll) (items int, ok bool) {
	var n network
	n.lay(c, 1, single, t.pays)
	short, cost := n.cheap()
	return int(cost) - t.most, short == 0
}

// leastPeak is the fewest uses, in rateBase forms, of the most used item: the least number for which a flow exists that
// takes no bin's items more often. Every toll is looked at alone. At rateBase the core itself may not be met.
func (c *core) leastPeak(tolls []toll) int64 {
	var n network
	uses := c.peak(&n)
	for _, t := range tolls {
		meets := func(u int64) bool {
			n.lay(c, rateBase, c.peakRoom(u), t.pays)
			short, cost := n.cheap()
			return short == 0 && cost <= int64(t.most)*rateBase
		}
		if uses < rateBase && !meets(uses) {
			uses += 1 + int64(sort.Search(int(rateBase-uses-1), func(k int) bool { return meets(uses + 1 + int64(k)) }))
		}
	}
	return uses
}

// peakRoom lets every item be used so often in rateBase forms of those whose candidates may meet it.
func (c *core) peakRoom(uses int64) func(*bin) int64 {
	return func(b *bin) int64 {
		room := min(uses*b.size, b.room*rateBase)
		if b.origin != 0 && c.forms > 0 {
			return (room*int64(c.formsOf[b.origin]) + int64(c.forms) - 1) / int64(c.forms)
		}
		return room
	}
}

// peak is leastPeak without tolls: every cut that stops the flow tells how many uses it takes to pass it.
func (c *core) peak(n *network) int64 {
	items := int64(0)
	for i := range c.bins {
		items += c.bins[i].size
	}
	uses, total := int64(1), int64(0)
	for _, s := range c.scopes {
		total += int64(s.quota) * rateBase
	}
	if items > 0 {
		uses = max((total+items-1)/items, 1)
	}
	uses = min(uses, rateBase)
	for uses < rateBase {
		n.lay(c, rateBase, c.peakRoom(uses), nil)
		short := n.short()
		if short == 0 {
			return uses
		}
		uses = n.passing(uses, short)
	}
	return rateBase
}

// passing is the least number of uses that the cut of a stopped flow lets pass, rateBase if none is enough.
func (n *network) passing(uses, short int64) int64 {
	near := n.reached(0)
	var cut []*bin
	for i := range n.core.bins {
		b := &n.core.bins[i]
		if near[n.pointNode(b.point)] && !near[n.columnNode(int32(b.column))] {
			cut = append(cut, b)
		}
	}
	before, room := int64(0), n.core.peakRoom(uses)
	for _, b := range cut {
		before += room(b)
	}
	more := sort.Search(int(rateBase-uses), func(k int) bool {
		sum, room := -before, n.core.peakRoom(uses+int64(k))
		for _, b := range cut {
			sum += room(b)
		}
		return sum >= short
	})
	return uses + int64(more)
}
