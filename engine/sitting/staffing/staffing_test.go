package staffing_test

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"github.com/skillcert/skillcert/engine/sitting/staffing"
)

// small is a problem that can be solved by trying everything.
type small struct {
	may   [][]bool
	cost  [][]int
	needs []int
}

func drawSmall(t *rapid.T) small {
	persons, duties := rapid.IntRange(0, 6).Draw(t, "persons"), rapid.IntRange(1, 4).Draw(t, "duties")
	s := small{}
	for range duties {
		s.needs = append(s.needs, rapid.IntRange(0, 3).Draw(t, "need"))
	}
	for range persons {
		s.may = append(s.may, rapid.SliceOfN(rapid.Bool(), duties, duties).Draw(t, "may"))
		s.cost = append(s.cost, rapid.SliceOfN(rapid.IntRange(0, 5), duties, duties).Draw(t, "cost"))
	}
	return s
}

func (s small) problem() staffing.Problem {
	return staffing.Problem{Persons: len(s.may), Needs: s.needs, May: func(p, d int) bool { return s.may[p][d] },
		Cost: func(p, d int) int { return s.cost[p][d] }}
}

// best tries everything: the most places that can be filled, and the least cost of filling so many.
func (s small) best(person int, left []int) (filled, cost int) {
	if person == len(s.may) {
		return 0, 0
	}
	filled, cost = s.best(person+1, left)
	for d := range left {
		if !s.may[person][d] || left[d] == 0 {
			continue
		}
		left[d]--
		f, c := s.best(person+1, left)
		left[d]++
		if f, c = f+1, c+s.cost[person][d]; f > filled || f == filled && c < cost {
			filled, cost = f, c
		}
	}
	return filled, cost
}

// 任何小规模问题：安排合法，岗位填得最多，其中代价最小；与穷举一致，重算相同。
func TestNothingFillsMoreOrCostsLess(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawSmall(t)
		got := staffing.Solve(s.problem())
		if again := staffing.Solve(s.problem()); fmt.Sprint(again) != fmt.Sprint(got) {
			t.Fatalf("%v, and then %v", got, again)
		}
		filled, cost, left := 0, 0, append([]int{}, s.needs...)
		for p, d := range got.Duty {
			if d == staffing.Nothing {
				continue
			}
			if !s.may[p][d] {
				t.Fatalf("%d may not do %d", p, d)
			}
			filled, cost, left[d] = filled+1, cost+s.cost[p][d], left[d]-1
		}
		if fmt.Sprint(left) != fmt.Sprint(got.Short) {
			t.Fatalf("short %v, left %v", got.Short, left)
		}
		most, least := s.best(0, append([]int{}, s.needs...))
		if filled != most || cost != least {
			t.Fatalf("%d places at %d, the best are %d at %d: %v", filled, cost, most, least, got)
		}
	})
}
