package sitting

import "slices"

// Bounds of a search. The first keeps a full hall of one class, for which there is no better plan, under a second.
const (
	mostTries = 2_000_000 // exchanges that are looked at
	perSeat   = 400       // exchanges for each two people, in a small room
	rounds    = 4         // beginnings
	sample    = 200       // exchanges of which the best is taken
)

// seek looks for a better plan than the best so far, or the first one, on the open chairs: from a good beginning and
// from some that are left to chance, it exchanges the chairs of whoever has a tied neighbour.
func (s *seeking) seek() {
	tries := min(mostTries, perSeat*len(s.open)*max(len(s.open), 8))
	if s.best == nil {
		s.greedy()
		s.keep(s.cost())
	}
	for round := 0; round < rounds && s.bestCost > 0; round++ {
		if round > 0 {
			s.shuffle()
		}
		s.improve(tries / rounds)
	}
}

// greedy fills the open chairs in order, each with whoever fits best beside those who sit already; of those who fit
// alike, with one of the largest group that is left, so that no large group is left over at the end.
func (s *seeking) greedy() {
	n := len(s.free)
	left := make([]int, 0, n)
	sizes := map[int]int{}
	for p := range s.people[:len(s.people)-s.seated()] {
		left = append(left, p)
		for _, m := range s.people[p] {
			sizes[m.key]++
		}
	}
	for _, chair := range s.open {
		if len(left) == 0 {
			break
		}
		at := s.fitting(chair, left, sizes)
		s.who[chair] = left[at]
		for _, m := range s.people[left[at]] {
			sizes[m.key]--
		}
		left = slices.Delete(left, at, at+1)
	}
}

// seated counts the people that sat already.
func (s *seeking) seated() (n int) {
	for chair, who := range s.who {
		if _, free := s.place[chair]; !free && who != nobody {
			n++
		}
	}
	return n
}

func (s *seeking) fitting(chair int, left []int, sizes map[int]int) (best int) {
	least, largest := int64(-1), 0
	for i, p := range left {
		group := 0
		for _, m := range s.people[p] {
			if size := sizes[m.key]; size > 1 {
				group = max(group, size)
			}
		}
		price := s.price(p, chair, nobody)
		if least < 0 || price < least || price == least && group > largest {
			best, least, largest = i, price, group
		}
	}
	return best
}

// start puts people where an earlier plan had them, by free chair.
func (s *seeking) start(plan []int) {
	for i, chair := range s.free {
		s.who[chair] = plan[i]
	}
}

// shuffle leaves the open chairs to chance.
func (s *seeking) shuffle() {
	s.chance.Shuffle(len(s.open), func(i, j int) {
		a, b := s.open[i], s.open[j]
		s.who[a], s.who[b] = s.who[b], s.who[a]
	})
}

// keep remembers the plan as it stands when it is the best so far.
func (s *seeking) keep(cost int64) {
	if s.best != nil && cost >= s.bestCost {
		return
	}
	s.bestCost, s.best = cost, make([]int, len(s.free))
	for i, chair := range s.free {
		s.best[i] = s.who[chair]
	}
}

// improve exchanges until nothing is left to be improved or so many exchanges were looked at. An exchange may make
// things worse for a while; chairs that were just exchanged are left alone, so that it does not go round in circles.
func (s *seeking) improve(tries int) {
	clear(s.tabu)
	s.turn = 0
	cost := s.cost()
	s.keep(cost)
	for bad := []int(nil); cost > 0 && tries > 0 && len(s.open) > 1; {
		if len(bad) == 0 {
			if bad = s.unhappy(); len(bad) == 0 {
				return
			}
		}
		at := s.chance.IntN(len(bad))
		a := bad[at]
		bad[at] = bad[len(bad)-1]
		bad = bad[:len(bad)-1]
		s.turn++
		b, gain, looked := s.exchange(a, cost)
		tries -= looked + 1
		if b < 0 {
			continue
		}
		s.who[a], s.who[b] = s.who[b], s.who[a]
		tenure := min(len(s.open)/4, 10) + s.chance.IntN(3)
		s.tabu[a], s.tabu[b] = s.turn+tenure, s.turn+tenure
		cost += gain
		s.keep(cost)
	}
}

// unhappy are the open chairs of people with a tied neighbour.
func (s *seeking) unhappy() (all []int) {
	for _, chair := range s.open {
		if s.price(s.who[chair], chair, nobody) > 0 {
			all = append(all, chair)
		}
	}
	return all
}

// exchange picks the best of some exchanges with a chair, -1 when all are out of bounds. One that comes to the best
// plan of all is never out of bounds.
func (s *seeking) exchange(a int, cost int64) (best int, gain int64, looked int) {
	best = -1
	all := len(s.open)
	first := s.chance.IntN(all)
	for i := range min(all, sample) {
		b := s.open[(first+i)%all]
		if b == a || s.who[a] == nobody && s.who[b] == nobody {
			continue
		}
		looked++
		g := s.gain(a, b)
		if s.turn < max(s.tabu[a], s.tabu[b]) && cost+g >= s.bestCost {
			continue
		}
		if best < 0 || g < gain {
			best, gain = b, g
		}
	}
	return best, gain, looked
}
