package assembly

import "iter"

const (
	maxSwaps = 60 // of one form, to come into the window of time
	maxTries = 40 // swaps looked at for one step
	maxNext  = 8  // cards of a deck looked at

	aSecond = 128 // what a second too many adds to the price of every second
)

// exchange is a pick that takes another card of its column and origin inside its scope.
type exchange struct {
	pick  int
	point int32
	place int32
	card  int32
}

// hurry brings the expected time of the form into its window by swaps of single cards. Each step begins at a drawn pick and
// takes the first card that brings the time into the window, or else the one that brings it nearest.
func (d *Drawer) hurry() bool {
	sum := d.spent()
	for range maxSwaps {
		off := d.Plan.seconds.outside(sum)
		if off == 0 {
			return true
		}
		x, ok := d.timely(sum, off, false)
		if !ok {
			x, ok = d.timely(sum, off, true)
		}
		if !ok {
			d.hasten(off)
			return false
		}
		sum += int(d.ledger.cards[x.card].seconds - d.ledger.cards[d.picks[x.pick].card].seconds)
		d.exchange(x)
	}
	return d.Plan.seconds.outside(sum) == 0
}

// hasten makes slow buckets dearer for the next attempt when the form is too long, and cheaper when it is too short: halfway
// between the latest prices that made it either.
func (d *Drawer) hasten(off int) {
	side, other := &d.tooLong, &d.tooShort
	if off < 0 {
		side, other = other, side
	}
	*side = price{d.haste, true}
	if other.known {
		d.haste = (side.value + other.value) >> 1
		return
	}
	d.haste += int64(off) * aSecond << d.tries
}

// price is what a second cost in an attempt, if there was one.
type price struct {
	value int64
	known bool
}

func (d *Drawer) spent() (sum int) {
	for i := range d.picks {
		sum += int(d.ledger.cards[d.picks[i].card].seconds)
	}
	return sum
}

// timely is the swap of one step.
func (d *Drawer) timely(sum, off int, ahead bool) (best exchange, ok bool) {
	gain, trials := 0, 0
	start := d.stream.Below(len(d.picks))
	for z := range d.picks {
		i := start + z
		if i >= len(d.picks) {
			i -= len(d.picks)
		}
		mine := int(d.ledger.cards[d.picks[i].card].seconds)
		for x := range d.others(i, ahead) {
			change := int(d.ledger.cards[x.card].seconds) - mine
			if change == 0 || change > 0 == (off > 0) {
				continue
			}
			trials++
			if g := abs(off) - abs(d.Plan.seconds.outside(sum+change)); g > gain && d.free(x.card, d.picks[i].origin) {
				if best, ok, gain = x, true, g; g == abs(off) {
					return best, true
				}
			}
		}
		if trials >= maxTries {
			break
		}
	}
	return best, ok
}

// others are the cards that pick i could take instead of its own: the next few in the decks of its own bucket and of
// those of the open points of its scope, as far as the importances stay within their bounds; buckets used ahead
// of the least peak only if told so.
func (d *Drawer) others(i int, ahead bool) iter.Seq[exchange] {
	return func(yield func(exchange) bool) {
		p := &d.picks[i]
		o := d.decks(p.origin)
		deck := func(point int32) bool {
			k := d.place(point, p.column)
			b := &o.bucket[k]
			if o.key[k] == never || b.ahead && !ahead && point != p.point {
				return true
			}
			for n := range min(maxNext, b.size) {
				place := b.front + n
				if place >= b.size {
					place -= b.size
				}
				if at := d.ledger.deck[b.first+place]; at != p.card && !yield(exchange{i, point, place, at}) {
					return false
				}
			}
			return true
		}
		if !deck(p.point) {
			return
		}
		for _, q := range d.scopes[p.scope].points {
			if q != p.point && d.open(q) && d.keeps(d.class[p.point], d.class[q]) && !deck(q) {
				return
			}
		}
	}
}

// exchange makes a swap.
func (d *Drawer) exchange(x exchange) {
	p := &d.picks[x.pick]
	d.move(x.pick, x.point, p.column, p.origin)
	d.hold(p, x.card, x.place)
}
