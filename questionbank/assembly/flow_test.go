package assembly

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"
)

// tiny draws a core small enough to try everything.
func tiny(t *rapid.T) *core {
	c := &core{perPoint: int64(rapid.IntRange(1, 2).Draw(t, "per point"))}
	c.need = make([]int, rapid.IntRange(1, 3).Draw(t, "columns"))
	for i := range rapid.IntRange(1, 3).Draw(t, "scopes") {
		c.scopes = append(c.scopes, coreScope{code: fmt.Sprint(i)})
	}
	for range rapid.IntRange(1, 4).Draw(t, "points") {
		scope := int32(rapid.IntRange(0, len(c.scopes)-1).Draw(t, "scope"))
		for k := range c.need {
			if size := int64(rapid.IntRange(0, 3).Draw(t, "size")); size > 0 {
				room := rapid.Int64Range(1, size).Draw(t, "room")
				class := uint8(rapid.IntRange(0, 2).Draw(t, "class"))
				c.bins = append(c.bins, bin{scope: scope, point: int32(c.points), column: int8(k), size: size, room: room, class: class})
			}
		}
		c.points++
	}
	for range rapid.IntRange(1, 4).Draw(t, "items") {
		c.scopes[rapid.IntRange(0, len(c.scopes)-1).Draw(t, "quota of")].quota++
		c.need[rapid.IntRange(0, len(c.need)-1).Draw(t, "need of")]++
	}
	return c
}

// choices calls yield with every way to take from the bins: how many from each.
func (c *core) choices(yield func(taken []int64)) {
	taken, points := make([]int64, len(c.bins)), make([]int64, c.points)
	quota, need := make([]int, len(c.scopes)), make([]int, len(c.need))
	for i, s := range c.scopes {
		quota[i] = s.quota
	}
	copy(need, c.need)
	var walk func(i int)
	walk = func(i int) {
		if i == len(c.bins) {
			for _, list := range [][]int{quota, need} {
				for _, n := range list {
					if n != 0 {
						return
					}
				}
			}
			yield(taken)
			return
		}
		b := c.bins[i]
		for n := int64(0); n <= b.room && points[b.point]+n <= c.perPoint && int(n) <= quota[b.scope] && int(n) <= need[b.column]; n++ {
			taken[i] = n
			points[b.point] += n
			quota[b.scope] -= int(n)
			need[b.column] -= int(n)
			walk(i + 1)
			points[b.point] -= n
			quota[b.scope] += int(n)
			need[b.column] += int(n)
		}
		taken[i] = 0
	}
	walk(0)
}

func firstClass(b *bin) int64 { return one(b.class == 0) }

func TestFlowAgreesWithEnumeration(t *testing.T) {
	met := 0
	rapid.Check(t, func(t *rapid.T) {
		c := tiny(t)
		ways, fewest := 0, int64(1<<30)
		c.choices(func(taken []int64) {
			ways++
			paid := int64(0)
			for i, n := range taken {
				paid += n * firstClass(&c.bins[i])
			}
			fewest = min(fewest, paid)
		})
		if c.feasible() != (ways > 0) {
			t.Fatalf("feasible %v, %d ways", c.feasible(), ways)
		}
		items, ok := c.over(toll{pays: firstClass})
		if ok != (ways > 0) || ok && int64(items) != fewest {
			t.Fatalf("fewest %d %v, want %d", items, ok, fewest)
		}
		if ways > 0 {
			met++
		}
	})
	if met == 0 {
		t.Error("no core could be met")
	}
}

// passes looks at every cut: for every set of columns, what the scopes can give to it with so many uses of an item.
func (c *core) passes(uses int64) bool {
	room := c.peakRoom(uses)
	for some := set(1); some < 1<<len(c.need); some++ {
		points, scopes, short := make([]int64, c.points), make([]int64, len(c.scopes)), int64(0)
		for i := range c.bins {
			if b := &c.bins[i]; some.has(int(b.column)) {
				more := min(room(b), c.perPoint*rateBase-points[b.point])
				points[b.point] += more
				scopes[b.scope] += more
			}
		}
		for k, n := range c.need {
			if some.has(k) {
				short += int64(n) * rateBase
			}
		}
		for i, s := range c.scopes {
			short -= min(scopes[i], int64(s.quota)*rateBase)
		}
		if short > 0 {
			return false
		}
	}
	return true
}

func TestPeakAgreesWithCuts(t *testing.T) {
	below := 0
	rapid.Check(t, func(t *rapid.T) {
		c := tiny(t)
		got := c.peak(new(network))
		if got < rateBase {
			below++
		}
		if got < rateBase && !c.passes(got) || got > 1 && c.passes(got-1) {
			t.Fatalf("%d", got)
		}
		least := c.leastPeak([]toll{{pays: firstClass, most: 1}})
		ways := 0
		c.choices(func(taken []int64) {
			paid, most := int64(0), 0.0
			for i, n := range taken {
				paid += n * firstClass(&c.bins[i])
				most = max(most, float64(n)/float64(c.bins[i].size))
			}
			if paid <= 1 {
				if ways++; most*rateBase < float64(least)-1 {
					t.Fatalf("a form has the peak %v, below %d", most, least)
				}
			}
		})
		if least < got || ways == 0 && least < rateBase {
			t.Fatalf("%d with a toll, %d without, %d forms", least, got, ways)
		}
	})
	if below == 0 {
		t.Error("no core with a peak below all forms")
	}
}

func TestPricesNeverOverstate(t *testing.T) {
	met := 0
	rapid.Check(t, func(t *rapid.T) {
		c := tiny(t)
		costs := make(map[*bin]int64)
		for i := range c.bins {
			costs[&c.bins[i]] = rapid.Int64Range(0, 50).Draw(t, "cost")
		}
		tolls := []toll{{pays: firstClass, most: rapid.IntRange(0, 3).Draw(t, "most")}}
		all, within := int64(-1), int64(-1)
		c.choices(func(taken []int64) {
			cost, paid := int64(0), int64(0)
			for i, n := range taken {
				cost += n * costs[&c.bins[i]]
				paid += n * firstClass(&c.bins[i])
			}
			if all < 0 || cost < all {
				all = cost
			}
			if paid <= int64(tolls[0].most) && (within < 0 || cost < within) {
				within = cost
			}
		})
		cost := func(b *bin) int64 { return costs[b] }
		if free, ok := c.priced(cost, nil, nil); ok != (all >= 0) || ok && free != all {
			t.Fatalf("%d without tolls, want %d", free, all)
		}
		price := []int64{rapid.Int64Range(0, 60).Draw(t, "price")}
		if bound, _ := c.priced(cost, tolls, price); within >= 0 && bound > within {
			t.Fatalf("bound %d, forms cost %d, without the toll %d", bound, within, all)
		}
		if within >= 0 {
			met++
		}
	})
	if met == 0 {
		t.Error("no core could be met")
	}
}
