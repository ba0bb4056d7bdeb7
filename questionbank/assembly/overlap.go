package assembly

import "slices"

// maxParts is the most swaps of one form to part it from others.
const maxParts = 60

// rivals are the forms that the form at hand must not share too much with. Forms are numbered as they are drawn.
type rivals struct {
	any, neighbour int       // caps, -1 for none
	lists          [][]int32 // position to the forms that hold the card, ascending; nil without a cap for any two forms
	beside         int32     // the form that the neighbour cap holds for, -1 for none
	near           []int32   // position to the stamp of the form at hand when the form beside holds the card
	shared         []int32   // form to the items that it shares with the form at hand
	touched        []int32   // forms that it shares any with
}

func newRivals(p *Plan) rivals {
	r := rivals{any: -1, neighbour: -1, beside: -1}
	if n := p.bp.Overlap.Any; n != nil {
		r.any, r.lists = *n, make([][]int32, p.ix.Len())
	}
	if n := p.bp.Overlap.Neighbour; n != nil {
		r.neighbour, r.near = *n, make([]int32, p.ix.Len())
	}
	return r
}

// face makes the form with these cards the one beside; number is -1 when there is none.
func (d *Drawer) face(number int32, cards []int32) {
	r := &d.rivals
	if r.beside = number; r.neighbour < 0 || number < 0 {
		r.beside = -1
		return
	}
	d.besides[0] = number
	for _, at := range cards {
		r.near[at] = d.stamp
	}
}

// of are the rivals that hold a card.
func (d *Drawer) rivalsOf(at int32) []int32 {
	r := &d.rivals
	switch {
	case r.lists != nil:
		return r.lists[at]
	case r.beside >= 0 && r.near[at] == d.stamp:
		return d.besides[:]
	}
	return nil
}

// cap is how many items may be shared with a form.
func (r *rivals) cap(form int32) int {
	switch {
	case form != r.beside:
		return r.any
	case r.any < 0:
		return r.neighbour
	}
	return min(r.any, r.neighbour)
}

// part swaps single cards until no rival shares more than its cap. Each step looks at the rival that shares most above
// its cap, the first of equal ones, and makes the swap to the card that was used least.
func (d *Drawer) part() bool {
	if !d.rivalled() {
		return true
	}
	d.rally()
	for i := range d.picks {
		d.meet(d.picks[i].card, 1)
	}
	ok := d.partAll()
	d.disband()
	return ok
}

// rivalled reports whether there are forms that the form at hand must not share too much with.
func (d *Drawer) rivalled() bool { return d.rivals.lists != nil || d.rivals.beside >= 0 }

// rally makes room to count what is shared with every form.
func (d *Drawer) rally() {
	r := &d.rivals
	for n := int(max(d.drawn, r.beside+1)) - len(r.shared); n > 0; n-- {
		r.shared = append(r.shared, 0)
	}
}

// disband forgets what is shared.
func (d *Drawer) disband() {
	r := &d.rivals
	for _, j := range r.touched {
		r.shared[j] = 0
	}
	r.touched = r.touched[:0]
}

func (d *Drawer) meet(at, n int32) {
	r := &d.rivals
	for _, j := range d.rivalsOf(at) {
		if r.shared[j] == 0 && n > 0 {
			r.touched = append(r.touched, j)
		}
		r.shared[j] += n
	}
}

func (d *Drawer) partAll() bool {
	for range maxParts {
		worst := d.worst()
		if worst < 0 {
			return true
		}
		x, ok := d.parting(worst)
		if !ok {
			return false
		}
		d.meet(d.picks[x.pick].card, -1)
		d.exchange(x)
		d.meet(x.card, 1)
	}
	return d.worst() < 0
}

// worst is the rival that shares most above its cap, -1 if none does.
func (d *Drawer) worst() int32 {
	r := &d.rivals
	worst, most := int32(-1), 0
	for _, j := range r.touched {
		if n := int(r.shared[j]) - r.cap(j); n > most || n == most && n > 0 && j < worst {
			worst, most = j, n
		}
	}
	return worst
}

// parting is the swap of one step: away from a card that the rival has, to one that brings no rival above its cap and
// leaves the time in its window.
func (d *Drawer) parting(rival int32) (best exchange, ok bool) {
	least, sum := int32(unlimited), d.spent()
	for i := range d.picks {
		p := &d.picks[i]
		if _, shared := slices.BinarySearch(d.rivalsOf(p.card), rival); !shared {
			continue
		}
		rest := sum - int(d.ledger.cards[p.card].seconds)
		for x := range d.others(i, true) {
			c := &d.ledger.cards[x.card]
			if c.uses < least && d.seconds.outside(rest+int(c.seconds)) == 0 && d.free(x.card, p.origin) && d.fits(x.card) {
				best, ok, least = x, true, c.uses
			}
		}
	}
	return best, ok
}

// fits reports whether no rival comes above its cap by a card.
func (d *Drawer) fits(at int32) bool {
	r := &d.rivals
	for _, j := range d.rivalsOf(at) {
		if int(r.shared[j])+1 > r.cap(j) {
			return false
		}
	}
	return true
}

// publish enters a drawn form among the rivals of later ones.
func (d *Drawer) publish() {
	if d.rivals.lists != nil {
		for i := range d.picks {
			at := d.picks[i].card
			d.rivals.lists[at] = append(d.rivals.lists[at], d.drawn)
		}
	}
	d.drawn++
}
