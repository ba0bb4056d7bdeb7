package assembly

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/skillcert/skillcert/questionbank"
)

// stocks are the margins of what is counted exactly: ranges, types and difficulties.
func (v *view) stocks() (list []questionbank.Margin) {
	for s, l := range v.losses(v.all()) {
		list = append(list, l.margin("ranges."+v.scopes[s].code, v.scopes[s].quota))
	}
	for i, t := range types {
		of := v.columns(func(k int) bool { return k*len(types)/len(v.need) == i })
		list = append(list, v.within(of).margin("counts."+string(t), v.needs(of)))
	}
	for g := 0; g < grades && len(v.need) == nCells; g++ {
		of := v.columns(func(k int) bool { return k%grades == g })
		list = append(list, v.within(of).margin(fmt.Sprintf("difficulties.%d", g+1), v.needs(of)))
	}
	return tightest(slices.DeleteFunc(list, func(m questionbank.Margin) bool { return m.Limit == 0 }))
}

func tightest(list []questionbank.Margin) []questionbank.Margin {
	slices.SortStableFunc(list, func(a, b questionbank.Margin) int { return cmp.Compare(a.Slack, b.Slack) })
	return list
}

func (v *view) columns(in func(column int) bool) (of set) {
	for k := range v.need {
		if in(k) {
			of |= 1 << k
		}
	}
	return of
}

// loss tells, by a number of places in a form, the fewest items that must be lost to lose so many of them. Its length
// less one is the number of places there are.
type loss []int

func (l loss) last() int { return l[len(l)-1] }

// margin is that of what needs so many of the places.
func (l loss) margin(name string, need int) questionbank.Margin {
	best := len(l) - 1
	m := questionbank.Margin{Constraint: name, Limit: need, Best: best, Slack: best - need}
	if need > 0 && m.Slack >= 0 {
		m.Slack = l[best-need+1] - 1
	}
	return m
}

// losses are those of each scope, in the columns of a set. A point with more items than a form may take of it loses
// nothing until these are gone. Of enemies in a bucket one counts, so that more may have to be lost.
func (v *view) losses(of set) []loss {
	free, over := make([]int, len(v.scopes)), make([][]int, len(v.scopes))
	for at := 0; at < len(v.bins); {
		point, scope, room := v.bins[at].point, v.bins[at].scope, int64(0)
		for ; at < len(v.bins) && v.bins[at].point == point; at++ {
			if b := &v.bins[at]; of.has(int(b.column)) {
				room += b.room
			}
		}
		if room > v.perPoint {
			over[scope] = append(over[scope], int(room-v.perPoint))
		} else {
			free[scope] += int(room)
		}
	}
	list := make([]loss, len(v.scopes))
	for s := range list {
		slices.Sort(over[s])
		list[s] = lossOf(free[s], over[s], int(v.perPoint))
	}
	return list
}

// lossOf is the loss of free places with an item each, and of points that have perPoint places and so many items over.
func lossOf(free int, over []int, perPoint int) loss {
	l := loss{0}
	for range free {
		l = append(l, l.last()+1)
	}
	for _, items := range over {
		l = append(l, l.last()+items+1)
		for range perPoint - 1 {
			l = append(l, l.last()+1)
		}
	}
	return l
}

// within is the loss of all scopes together, each of which gives no more than its quota.
func (v *view) within(of set) loss {
	all := loss{0}
	for s, l := range v.losses(of) {
		places := min(len(l)-1, v.scopes[s].quota)
		all = all.and(append(loss{0}, l[len(l)-places:]...))
	}
	return all
}

// and lets two lose together what costs them least.
func (l loss) and(other loss) loss {
	sum := slices.Repeat(loss{l.last() + other.last()}, len(l)+len(other)-1)
	for i, a := range l {
		for k, b := range other {
			sum[i+k] = min(sum[i+k], a+b)
		}
	}
	return sum
}

// reaches are the margins of what has bounds.
func (v *view) reaches() (list []questionbank.Margin) {
	p := v.plan
	for _, t := range p.tolls() {
		over, _ := v.over(t)
		m := questionbank.Margin{Constraint: t.name, Limit: t.most, Best: t.most + over, Slack: -over}
		if strings.HasSuffix(t.name, ".min") {
			m.Limit, m.Best = p.total-m.Limit, p.total-m.Best
		}
		if t.name != "supplement_cap" || m.Limit > 0 {
			list = append(list, m)
		}
	}
	if p.hasWindow() {
		least, most := p.times(v.core, v.out)
		list = append(list, questionbank.Margin{Constraint: "seconds.max", Limit: p.seconds.most, Best: least, Slack: p.seconds.most - least},
			questionbank.Margin{Constraint: "seconds.min", Limit: p.seconds.least, Best: most, Slack: most - p.seconds.least})
		list = slices.DeleteFunc(list, func(m questionbank.Margin) bool {
			return m.Constraint == "seconds.max" && p.bp.Seconds.Max == 0 || m.Constraint == "seconds.min" && m.Limit == 0
		})
	}
	return tightest(list)
}
