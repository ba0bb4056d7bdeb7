package sitting

import (
	"cmp"
	"crypto/sha256"
	"math/rand/v2"
	"slices"
)

// Chair is a seat of a theory room by its number.
type Chair struct {
	Room RoomID
	No   int
}

// Bond is something that a person may have in common with others. Kind counts from 0, the gravest.
type Bond struct {
	Kind int
	Key  string
}

// Puzzle is what a seat plan is made from.
type Puzzle struct {
	Rooms  []Room           // where the chairs stand
	Taken  map[Chair][]Bond // who sits already and stays
	Free   []Chair          // to be given, at least as many as people; the first ones, where nothing speaks against it
	People [][]Bond         // who gets a chair each
	Seed   string           // settles what is left to chance
}

// Arrange gives everybody a chair of their own, the n-th of the answer to the n-th person, so that as few as possible
// who have something in common sit side by side or one behind the other: first as few as possible of the gravest kind,
// of these as few as possible of the next. It uses the first free chairs; only when these leave somebody beside a tied
// one does it look at the others too. The same puzzle always has the same answer. Forms need no such plan: each seat has
// one drawn for it, and neighbours have different ones.
func Arrange(p Puzzle) []Chair {
	s := newSeeking(p)
	n := len(p.People)
	s.open = slices.Clone(s.free[:n])
	s.seek()
	if s.bestCost > 0 && len(p.Free) > n {
		s.open = s.free
		s.start(s.best)
		s.seek()
	}
	out := make([]Chair, n)
	for i, chair := range s.free {
		if who := s.best[i]; who >= 0 {
			out[who] = p.Free[s.place[chair]]
		}
	}
	return out
}

// Pairs are the neighbours of a finished plan who have something in common, with the gravest kind of it, in the order
// of rooms and numbers.
func (p Puzzle) Pairs(chairs []Chair) (all []Pair) {
	s := newSeeking(p)
	at := map[Chair]int{}
	for i, c := range p.Free {
		at[c] = s.free[i]
	}
	for who, c := range chairs {
		s.who[at[c]] = who
	}
	for a, near := range s.near {
		for _, b := range near {
			if kind := s.tie(s.who[a], s.who[b]); a < b && kind >= 0 {
				all = append(all, Pair{s.chairs[a], s.chairs[b], kind})
			}
		}
	}
	return all
}

// Pair is two neighbours who have something in common.
type Pair struct {
	A, B Chair
	Kind int
}

// nobody is who sits on an empty chair.
const nobody = -1

// seeking is a search for a plan: chairs and people are numbered, the people that sit already after the others.
type seeking struct {
	chairs []Chair
	near   [][]int
	who    []int
	free   []int // numbers of the free chairs, as given
	open   []int // those that the search may use
	place  map[int]int
	people [][]mark
	prices []int64 // of a pair of each kind: one of a kind outweighs all that follow
	chance *rand.Rand
	turn   int
	tabu   []int // by chair: the turn until which it is left alone

	best     []int // who sits on each free chair in the best plan so far
	bestCost int64
}

// mark is a bond with its key as a number.
type mark struct{ key, kind int }

func newSeeking(p Puzzle) *seeking {
	s := &seeking{place: map[int]int{}, chance: rand.New(rand.NewChaCha8(sha256.Sum256([]byte(p.Seed))))}
	known, keys := map[Chair]int{}, map[Bond]int{}
	for _, r := range p.Rooms {
		for no := 1; no <= r.Capacity; no++ {
			known[Chair{r.ID, no}] = len(s.chairs)
			s.chairs, s.who = append(s.chairs, Chair{r.ID, no}), append(s.who, nobody)
		}
	}
	for _, bonds := range p.People {
		s.people = append(s.people, marks(bonds, keys))
	}
	for _, r := range p.Rooms {
		for no := 1; no <= r.Capacity; no++ {
			c := Chair{r.ID, no}
			s.near = append(s.near, neighbours(r, no, known))
			if bonds, taken := p.Taken[c]; taken {
				s.who[known[c]] = len(s.people)
				s.people = append(s.people, marks(bonds, keys))
			}
		}
	}
	for i, c := range p.Free {
		s.free, s.place[known[c]] = append(s.free, known[c]), i
	}
	s.tabu = make([]int, len(s.chairs))
	s.prices = prices(keys, len(p.People))
	return s
}

// prices lets one pair of a kind cost more than all pairs that so many people can be in, of the kinds after it.
func prices(keys map[Bond]int, people int) []int64 {
	kinds := 0
	for b := range keys {
		kinds = max(kinds, b.Kind+1)
	}
	out, price := make([]int64, kinds), int64(1)
	for k := range slices.Backward(out) {
		out[k] = price
		price *= int64(4*people + 1)
	}
	return out
}

func marks(bonds []Bond, keys map[Bond]int) []mark {
	var out []mark
	for _, b := range bonds {
		if _, known := keys[b]; !known {
			keys[b] = len(keys)
		}
		out = append(out, mark{keys[b], b.Kind})
	}
	slices.SortFunc(out, func(a, b mark) int { return cmp.Compare(a.key, b.key) })
	return out
}

// neighbours are the chairs beside, before and behind one, of whatever session they are.
func neighbours(r Room, no int, known map[Chair]int) (near []int) {
	add := func(there bool, at int) {
		if there && at >= 1 && at <= r.Capacity {
			near = append(near, known[Chair{r.ID, at}])
		}
	}
	add(r.Column(no) > 0, no-1)
	add(r.Column(no) < r.width()-1, no+1)
	add(true, no-r.width())
	add(true, no+r.width())
	return near
}

// tie is the gravest kind of what two people have in common, -1 when that is nothing.
func (s *seeking) tie(p, q int) int {
	found := -1
	if p == nobody || q == nobody {
		return found
	}
	a, b := s.people[p], s.people[q]
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch c := cmp.Compare(a[i].key, b[j].key); {
		case c < 0:
			i++
		case c > 0:
			j++
		default:
			if found < 0 || a[i].kind < found {
				found = a[i].kind
			}
			i, j = i+1, j+1
		}
	}
	return found
}

// price is what it costs that somebody sits on a chair; the chair but is not looked at.
func (s *seeking) price(who, chair, but int) (sum int64) {
	if who == nobody {
		return 0
	}
	for _, b := range s.near[chair] {
		if b == but {
			continue
		}
		if kind := s.tie(who, s.who[b]); kind >= 0 {
			sum += s.prices[kind]
		}
	}
	return sum
}

// gain is what exchanging two chairs would change in the cost of the plan.
func (s *seeking) gain(a, b int) int64 {
	p, q := s.who[a], s.who[b]
	return s.price(q, a, b) + s.price(p, b, a) - s.price(p, a, b) - s.price(q, b, a)
}

// cost is that of the plan as it stands: a pair counts once, and one of those that sat already not at all.
func (s *seeking) cost() (sum int64) {
	for _, a := range s.free {
		for _, b := range s.near[a] {
			if _, alsoFree := s.place[b]; alsoFree && b < a {
				continue
			}
			if kind := s.tie(s.who[a], s.who[b]); kind >= 0 {
				sum += s.prices[kind]
			}
		}
	}
	return sum
}
