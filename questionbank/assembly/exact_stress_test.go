package assembly_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/questionbank"
	"github.com/skillcert/skillcert/questionbank/assembly"
)

// stress is a bank with a blueprint made around one of its forms, then mostly spoiled a little: about half of the questions
// that its slots ask have no answer, and many of the others have few.
type stress struct {
	*rand.Rand
	bank   *bank
	bp     questionbank.Blueprint
	hidden []*questionbank.ItemVersion // the form that the blueprint was made around
	slots  []assembly.Slot
	codes  []string // ranges, outer ones before those inside them

	ix   *assembly.Index
	plan *assembly.Plan
}

// stressCase is the n-th case; it depends on n alone.
func stressCase(n uint64) *stress {
	s := &stress{Rand: rand.New(rand.NewPCG(n, 20)), bank: &bank{}}
	s.tree()
	s.fill()
	s.around()
	for range s.IntN(4) {
		s.spoil()
	}
	s.seat()
	return s
}

func (s *stress) oneIn(n int) bool { return s.IntN(n) == 0 }

func pickOf[T any](s *stress, list []T) T { return list[s.IntN(len(list))] }

// tree makes ranges of one or two floors, with points on both.
func (s *stress) tree() {
	for r := range 2 + s.IntN(3) {
		root := string(rune('A' + r))
		s.codes = append(s.codes, root)
		for c := range s.IntN(4) {
			code := root + "-" + string(rune('A'+c))
			s.codes = append(s.codes, code)
			s.points(code, 1+s.IntN(4))
		}
		s.points(root, 1+s.IntN(3))
	}
}

func (s *stress) points(code string, n int) {
	for p := range n {
		s.bank.point(fmt.Sprintf("%s-%03d", code, p+1))
		s.bank.table.Points[len(s.bank.table.Points)-1].Importance = pickOf(s, []string{"X", "X", "Y", "Z", ""})
	}
}

// fill puts 20 to 80 items in.
func (s *stress) fill() {
	hardest, groups := 2+s.IntN(4), 1+s.IntN(6)
	for range 20 + s.IntN(61) {
		v := s.bank.add(pickOf(s, s.bank.table.Points).Code, pickOf(s, []questionbank.ItemType{single, single, multiple, judgement}), 1)
		v.Difficulty, v.Seconds = 1+s.IntN(hardest), pickOf(s, []int{20, 30, 45, 60, 75, 90, 120})
		v.Province = pickOf(s, []string{"", "", "", "", "12", "12", "13"})
		if s.oneIn(4) {
			v.Enemy = fmt.Sprintf("E%d", s.IntN(groups))
		}
	}
}

// around finds a form for candidates of province 12 and asks for its like.
func (s *stress) around() {
	s.bp = questionbank.Blueprint{ID: "b", Level: engine.Level5, MaxPerPoint: pickOf(s, []int{0, 1, 1, 2}),
		Counts: counts{}, Ranges: ranges{}, Importance: map[string]questionbank.Bounds{}}
	size, points, groups := 6+s.IntN(10), map[string]int{}, map[string]bool{}
	for _, i := range s.Perm(len(s.bank.items)) {
		v := &s.bank.items[i]
		if len(s.hidden) == size || v.Province == "13" || points[v.Point] == max(s.bp.MaxPerPoint, 1) || v.Enemy != "" && groups[v.Enemy] {
			continue
		}
		points[v.Point]++
		groups[v.Enemy] = true
		s.hidden = append(s.hidden, v)
	}
	graded, seconds := s.oneIn(2), 0
	if graded {
		s.bp.Difficulties = map[int]int{}
	}
	for _, v := range s.hidden {
		s.bp.Counts[v.Type]++
		seconds += v.Seconds
		s.bp.SupplementCap += len(v.Province) / 2
		if graded {
			s.bp.Difficulties[v.Difficulty]++
		}
	}
	s.quotas()
	s.weigh()
	if s.oneIn(2) {
		s.bp.Seconds = questionbank.Bounds{Min: seconds - 10*s.IntN(4), Max: seconds + 10*s.IntN(4)}
	}
}

// quotas are those of the hidden form for all outer ranges that have any, and for some inside them.
func (s *stress) quotas() {
	for _, code := range s.codes {
		n := 0
		for _, v := range s.hidden {
			if questionbank.Within(v.Point, code) {
				n++
			}
		}
		if root := len(code) == 1; root && (n > 0 || s.oneIn(2)) || !root && s.bp.Ranges[code[:1]] > 0 && s.oneIn(2) {
			s.bp.Ranges[code] = n
		}
	}
}

// weigh bounds importances closely.
func (s *stress) weigh() {
	for _, class := range []string{"X", "Y", "Z"} {
		n := 0
		for _, v := range s.hidden {
			if s.importance(v.Point) == class {
				n++
			}
		}
		switch s.IntN(6) {
		case 0:
			s.bp.Importance[class] = questionbank.Bounds{Min: n}
		case 1:
			s.bp.Importance[class] = questionbank.Bounds{Max: n}
		case 2:
			s.bp.Importance[class] = questionbank.Bounds{Min: max(n-1, 0), Max: n}
		}
	}
}

func (s *stress) importance(point string) string {
	i := slices.IndexFunc(s.bank.table.Points, func(p questionbank.Point) bool { return p.Code == point })
	return s.bank.table.Points[i].Importance
}

// spoil changes one thing, so that the hidden form may be no answer any more.
func (s *stress) spoil() {
	v := pickOf(s, s.hidden)
	switch s.IntN(8) {
	case 0:
		shift(s, s.bp.Counts, v.Type, pickOf(s, questionbank.ItemTypes()))
	case 1:
		roots := slices.DeleteFunc(slices.Sorted(maps.Keys(s.bp.Ranges)), func(code string) bool { return len(code) > 1 })
		from := pickOf(s, roots)
		if s.bp.Ranges[from] > s.inside(from) {
			shift(s, s.bp.Ranges, from, pickOf(s, roots))
		}
	case 2:
		code := pickOf(s, s.codes)
		if n, ok := s.bp.Ranges[code]; ok && len(code) > 1 && s.inside(code[:1]) < s.bp.Ranges[code[:1]] {
			s.bp.Ranges[code] = n + 1
		}
	case 3:
		if s.bp.Difficulties != nil {
			shift(s, s.bp.Difficulties, v.Difficulty, 1+s.IntN(5))
		}
	case 4:
		class := pickOf(s, []string{"X", "Y", "Z"})
		if b := s.bp.Importance[class]; b.Max == 0 || b.Min < b.Max {
			s.bp.Importance[class] = questionbank.Bounds{Min: b.Min + 1, Max: b.Max}
		}
	case 5:
		if by := 5 * (s.IntN(25) - 12); s.bp.Seconds.Max > 0 && s.bp.Seconds.Min+by > 0 {
			s.bp.Seconds.Min, s.bp.Seconds.Max = s.bp.Seconds.Min+by, s.bp.Seconds.Max+by
		}
	case 6:
		s.bp.SupplementCap = max(s.bp.SupplementCap-1, 0)
	case 7:
		v.Enemy, pickOf(s, s.hidden).Enemy = "E0", "E0"
	}
}

// shift takes one from a number and gives it to another one.
func shift[K comparable](s *stress, numbers map[K]int, from, to K) {
	if numbers[from] > 0 {
		numbers[from]--
		numbers[to]++
	}
}

// inside is the sum of the quotas of the ranges inside an outer one.
func (s *stress) inside(root string) (sum int) {
	for code, n := range s.bp.Ranges {
		if len(code) > 1 && code[:1] == root {
			sum += n
		}
	}
	return sum
}

// seat makes one to four slots of a room, with items that their candidates met, and limits between their forms.
func (s *stress) seat() {
	province := pickOf(s, []string{"12", "12", "12", ""})
	for i := range 1 + s.IntN(4) {
		slot := assembly.Slot{No: i, Province: province, Room: "1", Seat: 1 + i}
		if s.oneIn(8) {
			slot.Province = pickOf(s, []string{"", "13", "31"})
		}
		for k := range s.bank.items {
			if s.oneIn(12) {
				slot.Excluded = append(slot.Excluded, handle(&s.bank.items[k]))
			}
		}
		if s.oneIn(3) {
			slot.Excluded = nil
		}
		s.slots = append(s.slots, slot)
	}
	if len(s.slots) > 1 && s.oneIn(2) {
		s.bp.Exposure.Share = pickOf(s, []int{250, 500, 750})
	}
	size := s.bp.Total()
	if s.oneIn(3) {
		n := size/3 + s.IntN(size-size/3)
		s.bp.Overlap.Any = &n
	}
	if s.oneIn(3) {
		n := size/4 + s.IntN(size-size/4)
		s.bp.Overlap.Neighbour = &n
	}
}

func handle(v *questionbank.ItemVersion) string { return fmt.Sprintf("%s@%d", v.Code, v.Version) }

// change adds to a number of the blueprint.
func (s *stress) change(number string, more int) {
	name, of, _ := strings.Cut(number, ".")
	switch name {
	case "counts":
		s.bp.Counts[questionbank.ItemType(of)] += more
	case "ranges":
		s.bp.Ranges[of] += more
	case "difficulties":
		s.bp.Difficulties[int(of[0]-'0')] += more
	case "max_per_point":
		s.bp.MaxPerPoint = max(s.bp.MaxPerPoint, 1) + more
	case "supplement_cap":
		s.bp.SupplementCap += more
	case "seconds":
		s.bp.Seconds = widened(s.bp.Seconds, of, more)
	case "importance":
		class, end, _ := strings.Cut(of, ".")
		s.bp.Importance[class] = widened(s.bp.Importance[class], end, more)
	}
}

func widened(b questionbank.Bounds, end string, more int) questionbank.Bounds {
	if end == "min" {
		return questionbank.Bounds{Min: b.Min + more, Max: b.Max}
	}
	return questionbank.Bounds{Min: b.Min, Max: b.Max + more}
}
