package assembly

import "slices"

const (
	// phaseBits is the width of a phase: half of a use, enough to mix equal keys and little enough that neighbouring
	// slots rarely meet the same items.
	phaseBits = 19
	oneUse    = 1 << (phaseBits + 1)
	// never is the key of a bucket that has nothing to give, above every key and price.
	never = int64(1) << 62
	// dearest bounds prices either way.
	dearest = int64(1) << 44
	// steep is how many uses one use ahead of the least peak costs.
	steep = 32
	// fresh is after how many uses at the least peak the items that were not used come first, unseen by how much.
	fresh  = 4
	unseen = int64(1) << 43
)

// ledger is what earlier slots have used: the memory that keeps use even. It is whole numbers throughout.
type ledger struct {
	plan  *Plan
	decks []*decks // by origin, nil until a slot needs them
	cards []card   // by position
	debt  []int32  // by position: turns in the deck that a card has taken in advance
	deck  []int32  // positions, bucket by bucket
	raise int32    // of the limits, while one slot is drawn
	haste int64    // what a second of answering time costs, while one slot is drawn

	price      [nCells]int64   // by column: what brings the walk near the joint table
	importance [nClasses]int64 // by class: what keeps it within the bounds
	supplement []int64         // by origin: what keeps supplement items under the cap
	pace       int64           // of learning
	drift      int64           // by how much the price of any column may have fallen since the beginning
}

// card is what the draw looks at when it deals, kept together.
type card struct {
	uses    int32 // in this draw
	mark    int32 // stamp of the form that must not take the card: it is excluded, or there already
	enemy   int32
	seconds int16
	options uint8
}

// decks are the buckets of one origin, by point×columns+column.
type decks struct {
	key    []int64  // what the next use costs
	floor  []int64  // point to a lower bound of what it has to offer, plus the drift when that was known
	filled []uint16 // point to a bit for each column whose bucket has cards
	bucket []bucket
	ratio  int64   // of all forms to those of the origin, in 1/1024
	forms  int64   // drawn that could hold an item of the origin
	ahead  []int32 // buckets that are used faster than the least peak
	origin int
}

type bucket struct {
	first, size int32
	front       int32 // cards at the front of the deck that had their turn in this round
	phase       int32
	drawn       int64 // uses in this draw
	uses        int64 // the same with what was carried over
	debts       int32 // cards in debt
	seconds     int64 // of a card, on average
	ahead       bool
}

func newLedger(p *Plan, opening func(int32) int) *ledger {
	n := p.ix.Len()
	l := &ledger{plan: p, decks: make([]*decks, len(p.ix.provinces)), supplement: make([]int64, len(p.ix.provinces)),
		cards: make([]card, n), deck: make([]int32, n)}
	for i := range l.cards {
		c := &p.ix.cards[i]
		l.cards[i] = card{enemy: c.enemy, seconds: c.seconds, options: c.options}
		l.deck[i] = int32(i)
	}
	for i := range l.cards {
		if uses := opening(int32(i)); uses > 0 {
			if l.debt == nil {
				l.debt = make([]int32, n)
			}
			l.debt[i] = int32(min(uses, MaxOpening))
		}
	}
	national := int64(p.off[len(p.ix.points)*p.columns])
	l.pace = max(oneUse*int64(p.total)/max(national, 1)/8, 1)
	return l
}

// open readies the decks of an origin.
func (l *ledger) open(origin int, s *Stream) *decks {
	p := l.plan
	points, columns := len(p.ix.points), p.columns
	d := &decks{key: make([]int64, points*columns), floor: slices.Repeat([]int64{never}, points),
		filled: make([]uint16, points), bucket: make([]bucket, points*columns), ratio: 1024, origin: origin}
	if origin > 0 && p.formsOf[origin] > 0 {
		d.ratio = int64(p.forms) * 1024 / int64(p.formsOf[origin])
	}
	s.Restart(s.about("start", origin))
	for k := range d.bucket {
		b, number := &d.bucket[k], int32(origin*points*columns+k)
		b.first, b.size = p.off[number], p.size(number)
		d.key[k] = never
		if b.size > 0 {
			d.filled[k/columns] |= 1 << (k % columns)
			for _, c := range l.cards[b.first : b.first+b.size] {
				b.seconds += int64(c.seconds)
			}
			b.seconds /= int64(b.size)
			l.carry(b)
			b.phase = s.phase()
			l.rekey(d, int32(k))
		}
	}
	l.decks[origin] = d
	return d
}

// carry enters what earlier sittings used. What all cards of the bucket have in common is no debt.
func (l *ledger) carry(b *bucket) {
	if l.debt == nil {
		return
	}
	debts := l.debt[b.first : b.first+b.size]
	least := slices.Min(debts)
	for i, n := range debts {
		b.uses += int64(n)
		debts[i] -= least
		if debts[i] > 0 {
			b.debts++
		}
	}
	l.round(b)
}

// round begins a round of the deck: cards in debt lose their turn. A round in which no card is left begins another.
func (l *ledger) round(b *bucket) {
	b.front = 0
	for b.debts > 0 && b.front == 0 {
		deck := l.deck[b.first : b.first+b.size]
		for i, at := range deck {
			if l.debt[at] > 0 {
				if l.debt[at]--; l.debt[at] == 0 {
					b.debts--
				}
				deck[i], deck[b.front] = deck[b.front], at
				b.front++
			}
		}
		if b.front == b.size {
			b.front = 0
		}
	}
}

// most is how often an item of the origin may be used.
func (l *ledger) most(origin int) int32 {
	p := l.plan
	return min(p.limit[origin]+min(l.raise, unlimited-p.limit[origin]), p.share[origin])
}

// rekey works out what the next use of a bucket costs: see worth. A bucket whose items are all used up costs never.
func (l *ledger) rekey(d *decks, k int32) {
	b := &d.bucket[k]
	if b.size == 0 || b.drawn >= int64(l.most(d.origin))*int64(b.size) {
		l.set(d, k, never)
		return
	}
	v, ahead := l.worth(d, b)
	if ahead && !b.ahead {
		d.ahead = append(d.ahead, k)
	}
	b.ahead = ahead
	l.set(d, k, v)
}

// worth is the key of a bucket that has something to give: its uses and phase by its size, as often as the forms are more
// than those of the origin. Uses ahead of the least peak cost steep more, and once that is four uses, a bucket whose items
// were not all used comes first.
func (l *ledger) worth(d *decks, b *bucket) (key int64, ahead bool) {
	size, due := int64(b.size), l.plan.pace[d.origin]*d.forms
	key = (b.uses*oneUse + int64(b.phase)) / size
	if d.origin > 0 {
		key = key * d.ratio >> 10
	}
	key += l.haste * b.seconds
	over := b.drawn*rateBase - size*(due+rateBase)
	switch {
	case over > 0:
		key += steep * over / size
	case b.drawn < size && due >= fresh*rateBase:
		key -= unseen
	}
	return key, over > 0
}

// catchUp works out anew what is used ahead.
func (l *ledger) catchUp(d *decks) {
	kept := d.ahead[:0]
	for _, k := range d.ahead {
		if l.rekey(d, k); d.bucket[k].ahead {
			kept = append(kept, k)
		}
	}
	d.ahead = kept
}

// set changes a key. Floors stay lower bounds: a key that falls takes its point's floor along.
func (l *ledger) set(d *decks, k int32, v int64) {
	if v < d.key[k] {
		point, column := int(k)/l.plan.columns, int(k)%l.plan.columns
		d.floor[point] = min(d.floor[point], v+l.price[column]+l.drift)
	}
	d.key[k] = v
}

// use enters that a form took a card of bucket k, which was at a place of the deck when it was dealt. A card that had its
// turn is in debt for it.
func (l *ledger) use(d *decks, k, at, place int32, s *Stream) {
	b := &d.bucket[k]
	deck := l.deck[b.first : b.first+b.size]
	if deck[place] != at { // another card of the same form went to the front
		place = int32(slices.Index(deck, at))
	}
	l.cards[at].uses++
	b.drawn++
	b.uses++
	if place < b.front {
		l.lend(b, at)
	} else {
		deck[place], deck[b.front] = deck[b.front], at
		if b.front++; b.front == b.size {
			l.round(b)
		}
	}
	b.phase = s.phase()
	l.rekey(d, k)
}

// count enters that a form was drawn that could hold items of the origin.
func (l *ledger) count(d *decks) {
	pace := l.plan.pace[d.origin]
	d.forms++
	if pace*d.forms >= fresh*rateBase && pace*(d.forms-1) < fresh*rateBase {
		for k := range d.bucket {
			l.rekey(d, int32(k))
		}
	}
}

func (l *ledger) lend(b *bucket, at int32) {
	if l.debt == nil {
		l.debt = make([]int32, len(l.cards))
	}
	if l.debt[at] == 0 {
		b.debts++
	}
	l.debt[at]++
}

// strain sets how far the limits are raised and what a second costs.
func (l *ledger) strain(raise int32, haste int64) {
	if l.raise == raise && l.haste == haste {
		return
	}
	l.raise, l.haste = raise, haste
	for _, d := range l.decks {
		if d != nil {
			for k := range d.bucket {
				l.rekey(d, int32(k))
			}
		}
	}
}

// lesson is what the first attempt at a form teaches: what its walk would have taken without the joint table, and what it
// held before the side constraints were repaired.
type lesson struct {
	learnt     bool
	wanted     [nCells]int32
	classes    [nClasses]int
	supplement int
}

// learn moves the prices by the errors of a form.
func (l *ledger) learn(n *lesson, home int) {
	p := l.plan
	if !n.learnt {
		return
	}
	fall := int64(0)
	for c, need := range p.need {
		old := l.price[c]
		l.price[c] = priced(old + l.pace*int64(n.wanted[c]-need))
		fall = max(fall, old-l.price[c])
	}
	l.drift += fall
	for k, b := range p.importance {
		if off := b.outside(n.classes[k]); off != 0 {
			l.importance[k] = priced(l.importance[k] + l.pace*int64(off))
		} else {
			l.importance[k] -= min(max(l.importance[k], -l.pace), l.pace)
		}
	}
	if home > 0 {
		l.supplement[home] = max(priced(l.supplement[home]+l.pace*int64(n.supplement-p.supplement)), 0)
	}
}

func priced(v int64) int64 { return min(max(v, -dearest), dearest) }
