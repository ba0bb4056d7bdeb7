package assembly

// swap is a pick that moves to another bucket of its scope and column.
type swap struct {
	cost          int64
	pick          int
	point, origin int32
}

// better keeps a swap if it costs less than the best so far.
func (s *swap) better(cost int64, pick int, point, origin int32) {
	if cost < s.cost {
		*s = swap{cost, pick, point, origin}
	}
}

// replace makes a swap, if there is one.
func (d *Drawer) replace(s *swap) bool {
	if s.cost == never {
		return false
	}
	d.move(s.pick, s.point, d.picks[s.pick].column, s.origin)
	return true
}

// nationalise swaps supplement items for national ones, the cheapest swaps first, until the cap is kept.
func (d *Drawer) nationalise() bool {
	for d.supplied > d.supplement {
		best := swap{cost: never}
		for i := range d.picks {
			p := &d.picks[i]
			if p.origin == 0 {
				continue
			}
			paid := d.paid(p)
			offer := func(point int32) {
				if v := d.cost(0, point, p.column); v < never {
					best.better(v-paid, i, point, 0)
				}
			}
			offer(p.point)
			for _, q := range d.scopes[p.scope].points {
				if d.open(q) && q != p.point {
					offer(q)
				}
			}
		}
		if !d.replace(&best) {
			return false
		}
	}
	return true
}

// emphasise swaps items of one importance for items of another, the cheapest swaps first, until the bounds are kept.
func (d *Drawer) emphasise() bool {
	for d.strain() > 0 {
		best, helps := swap{cost: never}, d.reliefs()
		for i := range d.picks {
			p := &d.picks[i]
			from := &helps[d.class[p.point]]
			if *from == [nClasses]bool{} {
				continue
			}
			paid := d.paid(p)
			for _, q := range d.scopes[p.scope].points {
				if from[d.class[q]] && d.open(q) {
					if v, origin := d.within(p, q); v < never {
						best.better(v-paid, i, q, origin)
					}
				}
			}
		}
		if !d.replace(&best) {
			d.strainOn()
			return false
		}
	}
	return true
}

// strainOn makes the importances that are short cheaper for the next attempt, and those in excess dearer.
func (d *Drawer) strainOn() {
	for k, b := range d.importance {
		d.strains[k] += int64(b.outside(d.inClass[k])) * oneUse << d.tries
	}
}

// within is the cheapest item of a point for the place of a pick that keeps the cap on supplement items.
func (d *Drawer) within(p *pick, point int32) (int64, int32) {
	if d.supplied-int(p.origin) >= d.supplement {
		return d.cost(0, point, p.column), 0
	}
	return d.either(point, p.column)
}

// keeps reports whether an item of one class can be swapped for one of another within the bounds.
func (d *Drawer) keeps(from, to uint8) bool {
	return from == to || d.inClass[from] > d.importance[from].least && d.inClass[to] < d.importance[to].most
}

// strain is by how many items the bounds of importance are missed.
func (d *Drawer) strain() (n int) {
	for k, b := range d.importance {
		n += abs(b.outside(d.inClass[k]))
	}
	return n
}

// reliefs tells from which class to which a swap lessens the strain.
func (d *Drawer) reliefs() (helps [nClasses][nClasses]bool) {
	for i, f := range d.importance {
		n := d.inClass[i]
		left := abs(f.outside(n)) - abs(f.outside(n-1))
		for k, t := range d.importance {
			m := d.inClass[k]
			helps[i][k] = i != k && left+abs(t.outside(m))-abs(t.outside(m+1)) > 0
		}
	}
	return helps
}

func abs(n int) int { return max(n, -n) }
