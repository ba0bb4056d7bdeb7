package assembly

import (
	"cmp"
	"slices"
)

// The tiers of cost: an item never costs more than costly, prices of types included at most twice that; dearest is a
// price of supplement items that outweighs all else in a form of maxForm items; nothing costs closed.
const (
	costly  = int64(1) << 45
	dearest = int64(1) << 57
	closed  = int64(1) << 60
)

// choice says how many items of each bucket a form takes. assign finds the cheapest that meets the counts by type, the
// quotas of ranges, perPoint and the room of each bucket: a minimum-cost flow.
type choice struct {
	*plan
	room []int32 // bucket to the most that may be taken
	cost []int64 // bucket to the cost of the first item, prices included
	step []int64 // bucket to what each further item costs more

	taken    []int32 // by bucket
	onPoint  []int32
	count    [nColumns]int
	strain   [nColumns]int64 // what the last exchange from or to a type cost: how much too cheap it was, or too dear
	supplied int

	units []unit      // scratch of fill
	best  []exchanges // by range
	stale []bool      // ranges whose best is to be worked out again
}

// unit is one item that a point can give.
type unit struct {
	cost   int64
	order  int32
	bucket int32
}

func newChoice(p *plan) *choice {
	n := len(p.points) * nBuckets
	return &choice{plan: p, room: p.rooms(), cost: make([]int64, n), step: make([]int64, n),
		taken: make([]int32, n), onPoint: make([]int32, len(p.points)),
		best: make([]exchanges, len(p.ranges)), stale: make([]bool, len(p.ranges))}
}

// assign reports whether a choice exists and leaves a cheapest one in taken.
func (c *choice) assign() bool {
	clear(c.taken)
	clear(c.onPoint)
	c.count, c.supplied = [nColumns]int{}, 0
	for i := range c.ranges {
		if !c.fill(&c.ranges[i]) {
			return false
		}
	}
	c.strain = [nColumns]int64{}
	for i := range c.stale {
		c.stale[i] = true
	}
	return c.balance()
}

// fill takes the cheapest items of a range whatever their types.
func (c *choice) fill(r *planRange) bool {
	c.units = c.units[:0]
	for _, p := range r.points {
		c.offer(p)
	}
	if len(c.units) < r.quota {
		return false
	}
	slices.SortFunc(c.units, func(a, b unit) int {
		if a.cost != b.cost {
			return cmp.Compare(a.cost, b.cost)
		}
		return cmp.Compare(a.order, b.order)
	})
	for _, u := range c.units[:r.quota] {
		c.put(u.bucket, 1)
	}
	return true
}

// offer lists the cheapest items that a point can give; each costs no less than the one before it.
func (c *choice) offer(point int32) {
	first := len(c.units)
	for range c.perPoint {
		b, cost := c.cheapest(point*int32(nBuckets), (point+1)*int32(nBuckets))
		if b < 0 {
			break
		}
		c.units = append(c.units, unit{cost: cost, order: int32(len(c.units)), bucket: b})
		c.taken[b]++
	}
	for _, u := range c.units[first:] {
		c.taken[u.bucket]--
	}
}

// cheapest is the bucket from first to before end whose next item costs least, -1 for none.
func (c *choice) cheapest(first, end int32) (best int32, least int64) {
	best, least = -1, closed
	for b := first; b < end; b++ {
		if n := c.taken[b]; n < c.room[b] {
			if cost := c.cost[b] + int64(n)*c.step[b]; cost < least {
				best, least = b, cost
			}
		}
	}
	return best, least
}

// cheapestOf is cheapest among the items of one type of a point.
func (c *choice) cheapestOf(point int32, column int) (int32, int64) {
	b := int32(bucket(int(point), column, national))
	return c.cheapest(b, b+nOrigins)
}

func (c *choice) put(b int32, n int) {
	c.taken[b] += int32(n)
	c.onPoint[pointOf(b)] += int32(n)
	c.count[columnOf(b)] += n
	if originOf(b) == supplied {
		c.supplied += n
	}
}

// exchange gives up an item of one bucket for one of another in the same range.
type exchange struct {
	cost     int64
	out, in  int32
	place    int32 // the range
	possible bool
}

type exchanges [nColumns][nColumns]exchange

// balance moves items between types by shortest exchanges until the counts are met. fill left an optimum without
// counts, and a shortest exchange keeps the choice optimal for the counts it has (successive shortest paths), so what
// is left in the end is optimal. An exchange over a third type within one range costs no less than the direct one;
// hence a detour that is strictly cheaper touches two ranges, and its halves do not disturb each other.
func (c *choice) balance() bool {
	for c.count != c.need {
		e := c.exchanges()
		first, second := c.shortest(&e)
		if !first.possible {
			return false
		}
		c.apply(first)
		c.apply(second)
	}
	return true
}

// shortest is the cheapest way from a type with too many items to one with too few: one exchange, or two.
func (c *choice) shortest(e *exchanges) (first, second exchange) {
	least := closed
	var ends [2]int
	for from := range nColumns {
		for to := range nColumns {
			if c.count[from] <= c.need[from] || c.count[to] >= c.need[to] {
				continue
			}
			if d := e[from][to]; d.possible && d.cost < least {
				least, first, second = d.cost, d, exchange{}
				ends = [2]int{from, to}
			}
			via := nColumns - from - to // the third of the columns 0, 1, 2
			a, b := e[from][via], e[via][to]
			if a.possible && b.possible && a.cost+b.cost < least {
				least, first, second = a.cost+b.cost, a, b
				ends = [2]int{from, to}
			}
		}
	}
	if first.possible {
		c.strain[ends[0]], c.strain[ends[1]] = least, -least
	}
	return first, second
}

func (c *choice) apply(e exchange) {
	if e.possible {
		c.put(e.out, -1)
		c.put(e.in, 1)
		c.stale[e.place] = true
	}
}

// exchanges finds the cheapest exchange between every two types.
func (c *choice) exchanges() (best exchanges) {
	for i := range c.ranges {
		if c.stale[i] {
			c.stale[i], c.best[i] = false, c.inside(i)
		}
		for from := range best {
			for to, e := range c.best[i][from] {
				if e.possible && (!best[from][to].possible || e.cost < best[from][to].cost) {
					best[from][to] = e
				}
			}
		}
	}
	return best
}

// inside finds the cheapest exchanges inside a range.
func (c *choice) inside(i int) (best exchanges) {
	r := &c.ranges[i]
	if r.quota == 0 {
		return best
	}
	spare := c.spare(r)
	for _, p := range r.points {
		if c.onPoint[p] > 0 {
			c.offers(p, &spare, &best)
		}
	}
	for from := range best {
		for to := range best[from] {
			best[from][to].place = int32(i)
		}
	}
	return best
}

// spare is the cheapest item of each type from a point of the range that may give one more.
func (c *choice) spare(r *planRange) (in [nColumns]unit) {
	for k := range in {
		in[k] = unit{cost: closed}
	}
	for _, p := range r.points {
		if c.onPoint[p] >= c.perPoint {
			continue
		}
		for k := range in {
			if b, cost := c.cheapestOf(p, k); cost < in[k].cost {
				in[k] = unit{cost: cost, bucket: b}
			}
		}
	}
	return in
}

// offers improves best by what the items taken at a point could be exchanged for: another type of the same point, or
// a spare item of the range.
func (c *choice) offers(point int32, spare *[nColumns]unit, best *exchanges) {
	in := *spare
	for to := range in {
		if own, cost := c.cheapestOf(point, to); cost < in[to].cost {
			in[to] = unit{cost: cost, bucket: own}
		}
	}
	for b := point * int32(nBuckets); b < (point+1)*int32(nBuckets); b++ {
		n := c.taken[b]
		if n == 0 {
			continue
		}
		from, gain := columnOf(b), c.cost[b]+int64(n-1)*c.step[b]
		for to := range in {
			e := &best[from][to]
			if in[to].cost < closed && to != int(from) && (!e.possible || in[to].cost-gain < e.cost) {
				*e = exchange{cost: in[to].cost - gain, out: b, in: in[to].bucket, possible: true}
			}
		}
	}
}
