package assembly

// free reports whether the form may take the card.
func (d *Drawer) free(at int32, origin int32) bool {
	c := &d.ledger.cards[at]
	return c.mark != d.stamp && c.uses < d.quota[origin] && (c.enemy < 0 || d.enemies[c.enemy] != d.stamp)
}

// deal gives every pick without a card one of its bucket. A bucket that has none to give is banned, and its pick moves to
// the cheapest other bucket of its scope; again says that this happened, so that the columns have to be looked at again.
func (d *Drawer) deal() (again, ok bool) {
	for i := range d.picks {
		p := &d.picks[i]
		if p.card >= 0 || d.hand(p) {
			continue
		}
		again = true
		o := d.decks(p.origin)
		k := d.place(p.point, p.column)
		d.banned = append(d.banned, ban{o, k})
		d.ledger.set(o, k, never)
		d.spare.forget(p.scope)
		if !d.elsewhere(i) {
			return true, false
		}
	}
	return again, true
}

// hand takes a card that has not had its turn in this round of the deck; if there is none that is free, any other.
func (d *Drawer) hand(p *pick) bool {
	b := &d.decks(p.origin).bucket[d.place(p.point, p.column)]
	return d.scan(p, b.first, b.front, b.size) || d.scan(p, b.first, 0, b.front)
}

// scan looks through the places from least to before end, beginning at a drawn one, for a free card.
func (d *Drawer) scan(p *pick, first, least, end int32) bool {
	n := end - least
	if n == 0 {
		return false
	}
	start := int32(d.stream.Below(int(n)))
	for k := range n {
		place := least + start + k
		if place >= end {
			place -= n
		}
		if at := d.ledger.deck[first+place]; d.free(at, p.origin) {
			d.hold(p, at, place)
			return true
		}
	}
	return false
}

func (d *Drawer) hold(p *pick, at, place int32) {
	p.card, p.place = at, place
	c := &d.ledger.cards[at]
	c.mark = d.stamp
	if c.enemy >= 0 {
		d.enemies[c.enemy] = d.stamp
	}
}

// giveBack takes a pick's card away.
func (d *Drawer) giveBack(p *pick) {
	if p.card < 0 {
		return
	}
	c := &d.ledger.cards[p.card]
	c.mark = 0
	if c.enemy >= 0 {
		d.enemies[c.enemy] = 0
	}
	p.card = -1
}

// elsewhere moves a pick whose bucket has nothing to give: to its own point first, then to the open points of its scope.
// Another column costs a little more, because it has to be evened out.
func (d *Drawer) elsewhere(i int) bool {
	p := d.picks[i]
	best, column := swap{cost: never}, p.column
	offer := func(point int32) {
		for c := range int32(d.columns) {
			v, origin := d.either(point, c)
			if v == never {
				continue
			}
			if c != p.column {
				v += 64 * d.ledger.pace
			}
			if v < best.cost {
				best, column = swap{v, i, point, origin}, c
			}
		}
	}
	offer(p.point)
	for _, q := range d.scopes[p.scope].points {
		if q != p.point && d.open(q) {
			offer(q)
		}
	}
	if best.cost == never {
		return false
	}
	d.move(i, best.point, column, best.origin)
	return true
}
