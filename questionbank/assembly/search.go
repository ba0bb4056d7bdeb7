package assembly

import (
	"cmp"
	"slices"
)

const (
	// slotSteps is how many choices one slot tries with the costs of the ledger.
	slotSteps = 400
	// proofSteps is how many choices are tried before the question is left open: some seconds.
	proofSteps = 20_000
)

// drawer draws slot after slot.
type drawer struct {
	*plan
	ledger *ledger
	choice *choice
	hand   *hand
	stream *stream
	seed   [32]byte

	steps   int        // left to the search
	owned   []decision // taken so far
	dead    dead       // the end of the search that lacked least
	settled []int32    // owners that are known to leave a form, once that had to be found out
}

// decision lets only one bucket give items of an enemy group.
type decision struct{ group, bucket int32 }

// dead is an end of the search: what no form could be made of.
type dead struct {
	short  int64
	room   []int32
	owned  []decision
	supply int // the fewest supplement items, when these are what there is too many of
}

func newDrawer(p *plan, seed [32]byte) (*drawer, error) {
	s, err := newStream(seed, "start")
	if err != nil {
		return nil, err
	}
	return &drawer{plan: p, ledger: newLedger(p, s), choice: newChoice(p), hand: newHand(p.Index), stream: s, seed: seed}, nil
}

// outcome of a search.
type outcome int

const (
	none outcome = iota
	found
	undecided
)

// search looks for a form: a cheapest choice, then items for it. When a group of enemies stands in the way, each
// bucket that holds items of the group is tried as the only one that may give them. A form has at most one item of the
// group, so nothing is missed; each decision settles one group, so the search ends. A first choice that can be dealt is
// the cheapest of all forms at the supplement's price.
func (d *drawer) search(slot int) outcome {
	if d.steps == 0 {
		return undecided
	}
	d.steps--
	if !d.choose(slot) {
		d.bury()
		return none
	}
	d.hand.pick(d.choice, d.stream)
	g := d.hand.deal(d.ledger, d.stream)
	if g < 0 {
		return found
	}
	for _, b := range d.owners(g) {
		d.own(g, b)
		got := d.search(slot)
		d.disown()
		if got != none {
			return got
		}
	}
	return none
}

// choose finds a cheapest choice under the cap on supplement items, raising their price as far as it takes. At the
// dearest price a choice has as few of them as any has.
func (d *drawer) choose(slot int) bool {
	c, l := d.choice, d.ledger
	kept := l.supply
	for rise := kept/8 + l.pace; ; rise *= 2 {
		l.quote(c, slot)
		if !c.assign() {
			return false
		}
		if c.supplied <= d.cap || l.supply == dearest {
			break
		}
		l.supply = min(l.supply+rise, dearest)
	}
	if l.supply == dearest {
		l.supply = kept // it settled what is possible; it is no price to go on with
	}
	return c.supplied <= d.cap
}

// owners are the buckets to try for a contested group, the least used first.
func (d *drawer) owners(g int32) []int32 {
	list := slices.DeleteFunc(slices.Clone(d.spread[g]), func(b int32) bool { return d.choice.room[b] == 0 })
	slices.SortStableFunc(list, func(a, b int32) int { return cmp.Compare(d.choice.cost[a], d.choice.cost[b]) })
	return list
}

// own takes a decision.
func (d *drawer) own(g, b int32) {
	d.owned = append(d.owned, decision{g, b})
	d.hand.owner[g] = b
	d.enforce(decision{g, b}, d.choice.room, -1)
}

// disown undoes the latest decision.
func (d *drawer) disown() {
	last := d.owned[len(d.owned)-1]
	d.owned = d.owned[:len(d.owned)-1]
	d.hand.owner[last.group] = -1
	d.enforce(last, d.choice.room, 1)
}

// enforce takes from, or gives back to, every bucket that the decision denies the group.
func (p *plan) enforce(o decision, room []int32, n int32) {
	for _, b := range p.spread[o.group] {
		if b != o.bucket && (p.cap > 0 || originOf(b) != supplied) {
			room[b] += n
		}
	}
}

// bury keeps what an end of the search lacked, if none lacked less.
func (d *drawer) bury() {
	_, short := d.single(d.choice.room).worst()
	supply := 0
	if short == 0 {
		supply = d.choice.supplied
		short = int64(supply - d.cap)
	}
	if d.dead.short == 0 || short < d.dead.short {
		d.dead = dead{short: short, supply: supply, room: slices.Clone(d.choice.room), owned: slices.Clone(d.owned)}
	}
}
