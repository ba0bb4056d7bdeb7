package assembly

import (
	"cmp"
	"errors"
	"slices"
)

// searchBudget bounds a search: cards tried, times the items of a form, before the question is left open. trialSteps is how
// many cards may be tried for a form that only shows whether a relaxation helps.
const (
	searchBudget = 1_500_000
	trialSteps   = 2000
)

// search decides a slot for which no attempt found a form. It takes card after card, scope by scope, and goes back when
// flows show that what is left cannot be had. It looks at every choice, so it misses no form; what it does not look at is
// the limit of Exposure.OverLeast, which no form has to meet.
type search struct {
	*Drawer
	origin int
	out    barred
	tolls  []toll
	steps  int
	cards  [][]int32 // by scope: what it may give, the least used first
	gone   map[int32]bool
}

// outcome of a search.
type outcome int

const (
	none outcome = iota
	found
	undecided
)

// decide answers for a slot: with a form, *Shortage or ErrUndecided.
func (d *Drawer) decide(s *Slot, beside *seated) (Drawn, error) {
	d.ledger.strain(0, 0)
	d.prepare(s)
	d.stream.Restart(appendWord(d.stream.about("slot", s.No), "search", 0))
	d.face(beside.number, beside.drawn.Cards)
	d.rally()
	d.quota = [2]int32{d.share[0], d.share[d.home]}
	q := search{Drawer: d, origin: d.home, out: d.met(s.Excluded), tolls: d.tolls(), steps: d.steps, gone: map[int32]bool{}}
	q.gather()
	if short := d.explain(s.Province, q.out); short != nil {
		d.disband()
		return Drawn{}, short
	}
	got := q.from(0)
	d.disband()
	switch got {
	case found:
		d.lesson = lesson{}
		return d.finish(s), nil
	case none:
		return Drawn{}, &Shortage{Report{Class: d.className(s.Province), Status: Infeasible, Short: 1,
			Slacks: []Slack{{Constraint: "together", Slack: 1, Text: "各项要求分别都能满足，但没有一份试卷能同时满足"}}}}
	}
	return Drawn{}, ErrUndecided
}

// gather lists what every scope may give.
func (q *search) gather() {
	origins := slices.Compact([]int{0, q.origin})
	q.cards = make([][]int32, len(q.scopes))
	for i := range q.scopes {
		for _, pt := range q.scopes[i].points {
			for _, o := range origins {
				for at := q.off[q.bucket(o, pt, 0)]; at < q.off[q.bucket(o, pt, 0)+int32(q.columns)]; at++ {
					switch c := &q.ledger.cards[at]; {
					case c.mark == q.stamp:
					case c.uses >= q.quota[min(o, 1)]:
						q.out.capped = append(q.out.capped, at)
					default:
						q.cards[i] = append(q.cards[i], at)
					}
				}
			}
		}
		slices.SortFunc(q.cards[i], func(a, b int32) int {
			return cmp.Or(cmp.Compare(q.ledger.cards[a].uses, q.ledger.cards[b].uses), cmp.Compare(a, b))
		})
	}
}

// from goes through the scopes from one on.
func (q *search) from(scope int) outcome {
	if scope == len(q.scopes) {
		return found
	}
	return q.choose(scope, 0, int(q.scopes[scope].quota))
}

// choose takes the cards that a scope still has to give, in their order. Of cards of one bucket that differ in nothing the
// form is asked for, only the first is tried.
func (q *search) choose(scope, first, left int) outcome {
	if left == 0 {
		return q.from(scope + 1)
	}
	list := q.cards[scope]
	tried := map[[2]int32]bool{}
	for i := first; i <= len(list)-left; i++ {
		p := q.pickOf(scope, list[i])
		alike := [2]int32{q.bucket(int(p.origin), p.point, p.column), int32(q.ledger.cards[p.card].seconds)}
		if tried[alike] || !q.allows(&p) {
			continue
		}
		tried[alike] = q.ledger.cards[p.card].enemy < 0 && !q.rivalled()
		if q.steps--; q.steps < 0 {
			return undecided
		}
		q.add(p)
		got := none
		if q.hopeful() {
			got = q.choose(scope, i+1, left-1)
		}
		if got != none {
			return got
		}
		q.drop()
	}
	return none
}

// pickOf is the pick that a card would be.
func (q *search) pickOf(scope int, at int32) pick {
	c := q.ix.Card(at)
	p := pick{scope: int32(scope), column: q.columnOf(&c), card: at}
	if c.Province != "" {
		p.origin = 1
	}
	n, _ := slices.BinarySearch(q.off, at+1)
	for q.off[n] > at {
		n--
	}
	p.point = q.pointOf(int32(n))
	o := q.decks(p.origin)
	b := &o.bucket[q.place(p.point, p.column)]
	p.place = int32(slices.Index(q.ledger.deck[b.first:b.first+b.size], at))
	return p
}

// allows looks at what a card breaks by itself.
func (q *search) allows(p *pick) bool {
	return q.free(p.card, p.origin) && q.open(p.point) && q.count[p.column] < q.need[p.column] && q.fits(p.card)
}

func (q *search) add(p pick) {
	q.picks = append(q.picks, p)
	last := &q.picks[len(q.picks)-1]
	q.enter(last, 1)
	q.hold(last, p.card, p.place)
	q.meet(p.card, 1)
}

func (q *search) drop() {
	last := &q.picks[len(q.picks)-1]
	q.meet(last.card, -1)
	q.giveBack(last)
	q.enter(last, -1)
	q.picks = q.picks[:len(q.picks)-1]
}

// hopeful reports whether flows leave the rest of the form possible: the core, with every side constraint alone.
func (q *search) hopeful() bool {
	c := q.rest()
	if !c.feasible() {
		return false
	}
	for _, t := range q.tolls {
		for i := range q.picks {
			p := &q.picks[i]
			t.most -= int(t.pays(&bin{origin: p.origin, class: q.class[p.point]}))
		}
		if over, ok := c.over(t); !ok || over > 0 {
			return false
		}
	}
	return q.timed(c)
}

// rest is the core of what is left to take.
func (q *search) rest() *core {
	clear(q.gone)
	left := barred{seen: q.out.seen, capped: q.out.capped}
	for i := range q.picks {
		left.withdrawn = append(left.withdrawn, q.picks[i].card)
	}
	for s := range q.cards {
		for _, at := range q.cards[s] {
			if e := q.ledger.cards[at].enemy; e >= 0 && q.enemies[e] == q.stamp {
				left.withdrawn = append(left.withdrawn, at)
			}
		}
	}
	for _, list := range [][]int32{left.seen, left.capped, left.withdrawn} {
		for _, at := range list {
			q.gone[at] = true
		}
	}
	c := q.core(q.origin, left)
	for i := range c.need {
		c.need[i] -= int(q.count[i])
	}
	for i := range q.picks {
		c.scopes[q.picks[i].scope].quota--
	}
	for i := range q.scopes {
		for _, pt := range q.scopes[i].points {
			c.held = append(c.held, q.onPoint[pt])
		}
	}
	return c
}

// timed reports whether the shortest and the longest rest leave the window of time open. Every item of a bucket counts as
// its shortest, or longest.
func (q *search) timed(c *core) bool {
	sum := q.spent()
	bound := func(better func(a, b int64) int64) func(b *bin) int64 {
		return func(b *bin) int64 {
			best := int64(-1)
			for at := q.off[b.bucket]; at < q.off[b.bucket+1]; at++ {
				if v := int64(q.ix.cards[at].seconds); !q.gone[at] && (best < 0 || better(v, best) == v) {
					best = v
				}
			}
			return best
		}
	}
	shortest := bound(func(a, b int64) int64 { return min(a, b) })
	longest := bound(func(a, b int64) int64 { return max(a, b) })
	var n network
	n.lay(c, 1, single, shortest)
	if _, least := n.cheap(); sum+int(least) > q.Plan.seconds.most {
		return false
	}
	n.lay(c, 1, single, func(b *bin) int64 { return maxSeconds - longest(b) })
	_, gap := n.cheap()
	return sum+(q.total-len(q.picks))*maxSeconds-int(gap) >= q.Plan.seconds.least
}

// Prove reports whether candidates of the province can be given a form that holds none of the excluded cards: nil if there
// is one, *Shortage (ErrShortage) if there is none, ErrUndecided if that takes too long to find out. Forms of other
// candidates do not count.
func Prove(p *Plan, province string, excluded []string) error {
	d := newDrawer(p, [32]byte{}, func(int32) int { return 0 })
	_, err := d.Draw(Slot{Province: province, Excluded: excluded})
	var short *Shortage
	if errors.As(err, &short) {
		short.relax(p, province, p.met(excluded))
	}
	return err
}
