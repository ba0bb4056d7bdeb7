// Package staffing proposes who does what where several duties are to be filled at the same time: as many as can be filled
// at all, and of all ways to do that one of the least cost. It knows no people and no rules, only who may do what.
package staffing

import "math"

// Problem is duties to fill. Persons and duties are known by their place in it.
type Problem struct {
	Persons int
	Needs   []int                             // persons that each duty needs, not negative
	May     func(person, duty int) bool       // whether the person may do the duty at all
	Cost    func(person, duty int) (cost int) // of somebody who may, not negative; nil: all the same
}

// Solution says what each person does.
type Solution struct {
	Duty  []int // by person; Nothing for who is not needed
	Short []int // by duty: how many of its persons could not be found
}

// Nothing is the duty of who has none.
const Nothing = -1

// Solve fills the duties: nobody does two of them, nobody does what they may not, and no other way fills more places, or as
// many at less cost. It augments along shortest paths (successive shortest paths for the minimum-cost flow; Ahuja, Magnanti,
// Orlin, Network Flows, 1993, §9.7), which for places, persons and duties takes at most places × persons² × duties steps.
// The same problem always has the same solution.
func Solve(p Problem) Solution {
	s := search{problem: p, duty: make([]int, p.Persons), held: make([]int, len(p.Needs))}
	for i := range s.duty {
		s.duty[i] = Nothing
	}
	for s.augment() {
	}
	out := Solution{Duty: s.duty, Short: make([]int, len(p.Needs))}
	for d, need := range p.Needs {
		out.Short[d] = need - s.held[d]
	}
	return out
}

// search is a solution that grows by one place at a time.
type search struct {
	problem Problem
	duty    []int // by person
	held    []int // persons by duty
}

func (s *search) cost(person, duty int) int {
	if s.problem.Cost == nil {
		return 0
	}
	return s.problem.Cost(person, duty)
}

const unreached = math.MaxInt

// augment fills one more place, moving others from duty to duty where that is needed or cheaper. false: none can be filled.
func (s *search) augment() bool {
	persons, duties := s.problem.Persons, len(s.problem.Needs)
	toPerson, toDuty := make([]int, persons), make([]int, duties)
	from := make([]int, duties) // the person by whom a duty is reached at least cost
	for i := range toPerson {
		if toPerson[i] = unreached; s.duty[i] == Nothing {
			toPerson[i] = 0
		}
	}
	for d := range toDuty {
		toDuty[d], from[d] = unreached, Nothing
	}
	for changed := true; changed; {
		changed = s.relax(toPerson, toDuty, from)
	}
	best := Nothing
	for d, need := range s.problem.Needs {
		if s.held[d] < need && toDuty[d] < unreached && (best == Nothing || toDuty[d] < toDuty[best]) {
			best = d
		}
	}
	if best == Nothing {
		return false
	}
	s.held[best]++
	for d := best; d != Nothing; {
		person := from[d]
		d, s.duty[person] = s.duty[person], d
	}
	return true
}

// relax goes over all who may do something once, and reports whether a duty is reached at less cost than before.
func (s *search) relax(toPerson, toDuty, from []int) (changed bool) {
	for person, far := range toPerson {
		if far == unreached {
			continue
		}
		for d, need := range s.problem.Needs {
			if need == 0 || s.duty[person] == d || !s.problem.May(person, d) {
				continue
			}
			if now := far + s.cost(person, d); now < toDuty[d] {
				toDuty[d], from[d], changed = now, person, true
			}
		}
	}
	for person, d := range s.duty {
		if d != Nothing && toDuty[d] < unreached {
			toPerson[person] = min(toPerson[person], toDuty[d]-s.cost(person, d))
		}
	}
	return changed
}
