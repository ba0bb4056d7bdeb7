package sitting_test

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/sitting"
)

func room(id sitting.RoomID, capacity, columns int) sitting.Room {
	return sitting.Room{ID: id, Name: string(id), Component: engine.Theory, Capacity: capacity, Columns: columns}
}

// riddle invents a small hall: up to seven seats in one or two rooms, people with bonds of two kinds, some seated.
func riddle(r *rand.Rand) sitting.Puzzle {
	p := sitting.Puzzle{Rooms: []sitting.Room{room("a", 3+r.IntN(3), 1+r.IntN(3))}, Taken: map[sitting.Chair][]sitting.Bond{}, Seed: fmt.Sprint(r.Uint64())}
	if r.IntN(2) == 0 {
		p.Rooms = append(p.Rooms, room("b", 2, 2))
	}
	for _, room := range p.Rooms {
		for no := 1; no <= room.Capacity; no++ {
			c := sitting.Chair{Room: room.ID, No: no}
			if r.IntN(5) == 0 {
				p.Taken[c] = company(r)
			} else {
				p.Free = append(p.Free, c)
			}
		}
	}
	for range max(len(p.Free)-r.IntN(3), min(len(p.Free), 1)) {
		p.People = append(p.People, company(r))
	}
	return p
}

func company(r *rand.Rand) (all []sitting.Bond) {
	for kind := range 2 {
		if key := r.IntN(4); key > 0 {
			all = append(all, sitting.Bond{Kind: kind, Key: fmt.Sprint(key)})
		}
	}
	return all
}

// badness counts pairs by kind, the gravest first.
func badness(p sitting.Puzzle, chairs []sitting.Chair) (sum [2]int) {
	for _, pair := range p.Pairs(chairs) {
		sum[pair.Kind]++
	}
	return sum
}

func worse(a, b [2]int) bool { return slices.Compare(a[:], b[:]) > 0 }

// least is the badness of the best of all plans.
func least(p sitting.Puzzle) [2]int {
	best, chairs := [2]int{1 << 30}, make([]sitting.Chair, len(p.People))
	var try func(int, []sitting.Chair)
	try = func(i int, free []sitting.Chair) {
		if i == len(p.People) {
			if b := badness(p, chairs); worse(best, b) {
				best = b
			}
			return
		}
		for n := range free {
			chairs[i] = free[n]
			try(i+1, slices.Delete(slices.Clone(free), n, n+1))
		}
	}
	try(0, p.Free)
	return best
}

func proper(t *testing.T, p sitting.Puzzle, chairs []sitting.Chair) {
	t.Helper()
	seen := map[sitting.Chair]bool{}
	for _, c := range chairs {
		if seen[c] || !slices.Contains(p.Free, c) {
			t.Fatalf("chair %v twice or not free", c)
		}
		seen[c] = true
	}
	if len(chairs) != len(p.People) {
		t.Fatalf("%d chairs for %d people", len(chairs), len(p.People))
	}
}

// In small halls no plan is better than the one found, and the same hall always has the same plan.
func TestNoBetterPlan(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 7))
	spread := 0
	for range 250 {
		p := riddle(r)
		got := sitting.Arrange(p)
		proper(t, p, got)
		if again := sitting.Arrange(p); !reflect.DeepEqual(got, again) {
			t.Fatalf("%v and %v", got, again)
		}
		if found, best := badness(p, got), least(p); found != best {
			t.Errorf("%+v: %v where %v can be had", p, found, best)
		} else if best == [2]int{} {
			spread++
		}
	}
	if spread < 20 {
		t.Errorf("only %d halls in which all can be kept apart", spread)
	}
}

// Where nothing speaks against it, the first chairs are given in their order.
func TestStrangersSitInOrder(t *testing.T) {
	p := sitting.Puzzle{Rooms: []sitting.Room{room("a", 9, 3)}, People: make([][]sitting.Bond, 5)}
	for no := 1; no <= 9; no++ {
		p.Free = append(p.Free, sitting.Chair{Room: "a", No: no})
	}
	if got := sitting.Arrange(p); !slices.Equal(got, p.Free[:5]) {
		t.Errorf("%v", got)
	}
}

// hall is a full hall of people of so many classes and twice as many employers.
func hall(people, columns, classes int) sitting.Puzzle {
	p := sitting.Puzzle{Rooms: []sitting.Room{room("a", people, columns)}, Seed: "x"}
	for i := range people {
		p.Free = append(p.Free, sitting.Chair{Room: "a", No: i + 1})
		p.People = append(p.People, []sitting.Bond{{Kind: 0, Key: fmt.Sprint(i * classes / people)}, {Kind: 1, Key: fmt.Sprint(i * 13 % (2 * classes))}})
	}
	return p
}

// A hall of three thousand, of classes none of which is too large, is planned without a tied pair in a moment; one of a
// single class, where nothing helps, gives up soon.
func TestLargeHalls(t *testing.T) {
	var solved time.Duration // of the largest hall that can be planned
	for _, c := range []struct{ people, classes, most int }{{300, 4, 0}, {3000, 6, 0}, {3000, 1, 1 << 30}} {
		p := hall(c.people, 25, c.classes)
		begun := clock.System{}.Now()
		got := sitting.Arrange(p)
		took := clock.System{}.Now().Sub(begun)
		proper(t, p, got)
		if b := badness(p, got); b[0] > c.most {
			t.Errorf("%d people of %d classes: %v pairs", c.people, c.classes, b)
		} else {
			t.Logf("%d people of %d classes: %v pairs in %v", c.people, c.classes, b, took)
		}
		if c.classes == 1 && took > 50*solved { // it takes three times as long
			t.Errorf("what cannot be solved took %v, what can %v", took, solved)
		}
		solved = took
	}
}

// In a hall that sessions share, nobody has somebody of their own session beside, before or behind them.
func TestSharedHalls(t *testing.T) {
	for parts := 2; parts <= 4; parts++ {
		for columns := 0; columns <= 7; columns++ {
			r := room("a", 30, columns)
			r.Hall, r.Parts = "机房", parts
			count := 0
			for part := 1; part <= parts; part++ {
				r.Part = part
				own := r.Numbers()
				count += len(own)
				for _, no := range own {
					for _, o := range own {
						side := r.Row(no) == r.Row(o) && r.Column(o)-r.Column(no) == 1
						behind := r.Column(no) == r.Column(o) && r.Row(o)-r.Row(no) == 1
						if side || behind {
							t.Errorf("%d parts, %d columns: %d and %d", parts, columns, no, o)
						}
					}
				}
			}
			if count != 30 {
				t.Errorf("%d parts have %d seats", parts, count)
			}
		}
	}
}
