package assembly

// oneUse is the weight of one use in a key. The phase is half of it: enough to mix equal keys, and little enough that
// neighbouring slots rarely meet the same items again.
const oneUse = 1 << (phaseBits + 1)

// steep is how many uses one use above the ceiling weighs: enough to hold the peak within some hundredths of the least
// possible, and little enough for prices to follow.
const steep = 32

// ledger is what earlier slots have used: the memory that keeps use even. It is whole numbers throughout.
type ledger struct {
	ix   *Index
	peak int64 // of an item's uses in rateBase forms, as the least that is possible

	uses  []int32 // by bucket
	debt  []int32 // bucket to the times it had an enemy group while a card of another bucket was waiting for it
	key   []int64 // bucket to (uses + phase) / size: what the next item costs
	opens []int64 // bucket to the first slot in which it is not above the ceiling
	dealt []int32 // bucket to the number of cards at the front of its deck that this round has dealt
	deck  []int32 // entries, bucket by bucket
	place []int32 // entry to its place in deck
	count []int32 // uses by entry
	most  []int32 // bucket to the uses of its most used item

	price  [nColumns]int64 // learned: what brings the counts by type near the need
	supply int64           // learned: what keeps supplement items under the cap
	pace   int64           // of learning
	slope  int64           // what a bucket costs more for every slot that it is early
}

func newLedger(p *plan, s *stream) *ledger {
	buckets, items := len(p.points)*nBuckets, len(p.items)
	l := &ledger{
		ix: p.Index, peak: max(p.leastPeak(rateBase), 1),
		uses: make([]int32, buckets), debt: make([]int32, buckets), most: make([]int32, buckets),
		key: make([]int64, buckets), opens: make([]int64, buckets), dealt: make([]int32, buckets),
		deck: make([]int32, items), place: make([]int32, items), count: make([]int32, items),
	}
	l.slope = max(steep*oneUse*l.peak/rateBase, 1)
	l.pace = max(oneUse*int64(p.total)/int64(max(items, 1))/8, 1)
	for i := range l.deck {
		l.deck[i], l.place[i] = int32(i), int32(i)
	}
	for b := range int32(buckets) {
		l.rekey(b, s)
	}
	return l
}

// rekey works out the cost of the bucket's next use. The ceiling lets uses grow with the slots as slowly as the least
// possible peak, give or take one use of each item. Where enemies keep a deck from being dealt evenly, its most used item
// speaks for all.
func (l *ledger) rekey(b int32, s *stream) {
	size := int64(l.ix.size(b))
	if size == 0 {
		return
	}
	uses := max(int64(l.uses[b]), int64(l.most[b]-1)*size) + int64(l.debt[b])
	l.key[b] = (uses*oneUse + int64(s.phase())) / size
	allowed := l.peak * size // uses in rateBase slots
	l.opens[b] = ((uses+1-size)*rateBase+allowed-1)/allowed - 1
}

// quote fills in what the items of every bucket cost in this slot.
func (l *ledger) quote(c *choice, slot int) {
	for b, key := range l.key {
		if c.room[b] == 0 {
			continue
		}
		if early := l.opens[b] - int64(slot); early > 0 {
			key += early * l.slope
		}
		c.cost[b] = min(key, costly) + l.price[columnOf(int32(b))]
		if originOf(int32(b)) == supplied {
			c.cost[b] += l.supply
		}
		c.step[b] = oneUse / int64(l.ix.size(int32(b)))
	}
}

// learn moves the prices of types towards what the exchanges cost, so that the next slot needs few of them, and lets
// the supplement's price fall while there is room under its cap.
func (l *ledger) learn(c *choice) {
	for k, price := range l.price {
		price += c.strain[k] / 2
		l.price[k] = min(max(price, -costly), costly)
	}
	if c.supplied < c.cap {
		l.supply = max(l.supply-l.supply/8-l.pace, 0)
	}
}

// charge enters which buckets had the enemy groups that kept picks from the cards their decks were to deal next, so that
// these get their turn.
func (l *ledger) charge(h *hand) {
	for _, p := range h.picks {
		first := l.ix.off[p.bucket] + l.dealt[p.bucket]
		if l.place[p.item] >= first {
			continue
		}
		for _, card := range l.deck[first:l.ix.off[p.bucket+1]] {
			if g := l.ix.items[card].enemy; g >= 0 && h.group[g] >= 0 {
				l.debt[h.picks[h.group[g]].bucket]++
			}
		}
	}
}

// use enters that an item was used: its card goes to the front of the deck, among those already dealt.
func (l *ledger) use(b, item int32, s *stream) {
	l.uses[b]++
	l.count[item]++
	l.most[b] = max(l.most[b], l.count[item])
	first := l.ix.off[b] + l.dealt[b]
	if at := l.place[item]; at >= first {
		other := l.deck[first]
		l.deck[first], l.deck[at] = item, other
		l.place[item], l.place[other] = first, at
		l.dealt[b]++
	}
	if l.dealt[b] == l.ix.size(b) {
		l.dealt[b] = 0
	}
	l.rekey(b, s)
}
