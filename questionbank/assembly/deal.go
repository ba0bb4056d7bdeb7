package assembly

import "slices"

// hand turns a choice into items: one card from the deck of a bucket for each pick, no two of one enemy group.
type hand struct {
	ix    *Index
	picks []pick
	owner []int32 // enemy group to the one bucket that may give items of it, -1 for any: decisions of the search

	holder []int32 // entry to its pick, -1
	group  []int32 // enemy group to the pick that holds an item of it, -1

	seen    []bool // enemy groups visited by augment
	visited []int32
	asked   []int32 // picks that augment went through
}

type pick struct{ bucket, item int32 }

func newHand(ix *Index) *hand {
	h := &hand{ix: ix, owner: make([]int32, len(ix.groups)), holder: make([]int32, len(ix.items)),
		group: make([]int32, len(ix.groups)), seen: make([]bool, len(ix.groups))}
	for _, list := range [][]int32{h.owner, h.holder, h.group} {
		for i := range list {
			list[i] = -1
		}
	}
	return h
}

// pick lists the items to be dealt, in a drawn order.
func (h *hand) pick(c *choice, s *stream) {
	h.release()
	h.picks = h.picks[:0]
	for i := range c.ranges {
		for _, p := range c.ranges[i].points {
			if c.onPoint[p] == 0 {
				continue
			}
			for b := p * int32(nBuckets); b < (p+1)*int32(nBuckets); b++ {
				for range c.taken[b] {
					h.picks = append(h.picks, pick{b, -1})
				}
			}
		}
	}
	shuffle(s, h.picks)
}

func (h *hand) release() {
	for i := range h.picks {
		h.drop(int32(i))
	}
}

func (h *hand) drop(i int32) {
	item := h.picks[i].item
	if item < 0 {
		return
	}
	h.picks[i].item, h.holder[item] = -1, -1
	if g := h.ix.items[item].enemy; g >= 0 {
		h.group[g] = -1
	}
}

func (h *hand) hold(i, item int32) {
	h.drop(i)
	h.picks[i].item, h.holder[item] = item, i
	if g := h.ix.items[item].enemy; g >= 0 {
		h.group[g] = i
	}
}

// deal gives every pick an item, or returns the enemy group that stands in the way; -1 for none.
func (h *hand) deal(l *ledger, s *stream) int32 {
	h.owed(l, s)
	for i := range h.picks {
		if h.picks[i].item >= 0 || h.draw(int32(i), l, s) {
			continue
		}
		h.visited, h.asked = h.visited[:0], h.asked[:0]
		ok := h.augment(int32(i), l)
		for _, g := range h.visited {
			h.seen[g] = false
		}
		if !ok {
			return h.contested()
		}
	}
	return -1
}

// owed deals first to the picks that have only enemies left in this round of their decks, lest others always take their
// groups and leave those cards undealt.
func (h *hand) owed(l *ledger, s *stream) {
	for i := range h.picks {
		b := h.picks[i].bucket
		cards := l.deck[h.ix.off[b]+l.dealt[b] : h.ix.off[b+1]]
		if !slices.ContainsFunc(cards, func(item int32) bool { return h.ix.items[item].enemy < 0 }) {
			h.draw(int32(i), l, s)
		}
	}
}

// draw takes a card that this round has not dealt, else any, starting from a drawn place.
func (h *hand) draw(i int32, l *ledger, s *stream) bool {
	b := h.picks[i].bucket
	first, dealt, end := h.ix.off[b], h.ix.off[b]+l.dealt[b], h.ix.off[b+1]
	item := h.scan(l.deck[dealt:end], b, s)
	if item < 0 {
		item = h.scan(l.deck[first:dealt], b, s)
	}
	if item >= 0 {
		h.hold(i, item)
	}
	return item >= 0
}

func (h *hand) scan(cards []int32, b int32, s *stream) int32 {
	start := s.below(len(cards))
	for k := range cards {
		at := start + k
		if at >= len(cards) {
			at -= len(cards)
		}
		item := cards[at]
		g := h.ix.items[item].enemy
		if h.holder[item] < 0 && (g < 0 || h.group[g] < 0 && h.allows(g, b)) {
			return item
		}
	}
	return -1
}

func (h *hand) allows(g, b int32) bool { return h.owner[g] < 0 || h.owner[g] == b }

// augment gives pick i an item whose group another pick holds, if that one can be given another (Kuhn's matching).
// Items without enemies need no look when held: their holders have the same choice as i.
func (h *hand) augment(i int32, l *ledger) bool {
	h.asked = append(h.asked, i)
	b := h.picks[i].bucket
	for _, item := range l.deck[h.ix.off[b]:h.ix.off[b+1]] {
		g := h.ix.items[item].enemy
		if g < 0 {
			if h.holder[item] < 0 {
				h.hold(i, item)
				return true
			}
			continue
		}
		if h.seen[g] || !h.allows(g, b) {
			continue
		}
		h.seen[g], h.visited = true, append(h.visited, g)
		if other := h.group[g]; other < 0 || h.augment(other, l) {
			h.hold(i, item)
			return true
		}
	}
	return false
}

// contested is a group that several of the buckets want that augment went through. There is one: the picks asked
// outnumber the groups visited, and no bucket alone is asked for more than its room.
func (h *hand) contested() int32 {
	best, most := int32(-1), 0
	slices.Sort(h.visited)
	for _, g := range h.visited {
		wanted := 0
		for _, b := range h.ix.spread[g] {
			asks := func(i int32) bool { return h.picks[i].bucket == b }
			if h.allows(g, b) && slices.ContainsFunc(h.asked, asks) {
				wanted++
			}
		}
		if wanted > most {
			best, most = g, wanted
		}
	}
	return best
}
