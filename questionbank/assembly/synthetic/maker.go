package synthetic

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/questionbank"
	"github.com/skillcert/skillcert/questionbank/assembly"
)

// maker makes a bank, step by step in a fixed order.
type maker struct {
	source
	size   [ranges]int   // points of a range
	weight [ranges]int64 // of a range in the blueprint
	wheel  wheel         // ranges, as the bank is filled
	inside [ranges]wheel // points of a range
	first  [ranges]int   // point of a range
	home   wheel         // provinces
	codes  []string      // of points
	grade  []string      // importance of points
	turns  [2]uint64     // of the wheel of ranges, national and provincial
}

func newMaker(seed uint64) *maker { return &maker{source: newSource(seed)} }

// plant lays out ranges and points.
func (m *maker) plant() {
	for r := range m.size {
		m.size[r] = fewestPoints
	}
	for left := points - ranges*fewestPoints; left > 0; {
		if r := m.below(ranges); m.size[r] < mostPoints {
			m.size[r]++
			left--
		}
	}
	for r, n := range m.size {
		m.weight[r] = int64(n) * m.skewed(350)
		m.wheel.add(m.weight[r] / 16 * m.skewed(150) / one)
		m.first[r] = len(m.codes)
		for p := range n {
			m.codes = append(m.codes, fmt.Sprintf("%s-%03d", rangeCode(r), p+1))
			m.grade = append(m.grade, importance(m.below(100)))
			m.inside[r].add(m.skewed(500))
		}
	}
	for i := range provinces() {
		m.home.add(one / int64(i+6))
	}
}

// rangeCode spreads the ranges over five ranges of the first layer and three of the second in each.
func rangeCode(r int) string {
	return fmt.Sprintf("%c-%c-%c", 'A'+r/12, 'A'+r/4%3, 'A'+r%4)
}

func importance(hundredth int) string {
	switch {
	case hundredth < 60:
		return "X"
	case hundredth < 90:
		return "Y"
	}
	return "Z"
}

// portions splits whole in proportion to the weights of the ranges, each at least least: by largest remainders, and of
// what is too much then from the largest portions.
func (m *maker) portions(whole, least int) []int {
	var sum, left int64 = 0, int64(whole)
	for _, w := range m.weight {
		sum += w
	}
	parts, rest, order := make([]int, ranges), make([]int64, ranges), make([]int, ranges)
	for r, w := range m.weight {
		parts[r], rest[r], order[r] = int(w*int64(whole)/sum), w*int64(whole)%sum, r
		if parts[r] < least {
			parts[r], rest[r] = least, 0
		}
		left -= int64(parts[r])
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(rest[b], rest[a]) })
	for i := 0; left > 0; i++ {
		parts[order[i%ranges]]++
		left--
	}
	for ; left < 0; left++ {
		parts[slices.Index(parts, slices.Max(parts))]--
	}
	return parts
}

func (m *maker) table() questionbank.ElementTable {
	t := questionbank.ElementTable{Occupation: engine.LongTermCare().Code, Level: Level, Edition: "synthetic", Sample: true}
	weights := map[string]engine.Points{}
	for r, w := range m.portions(int(engine.Pt(100)), 1) {
		for code := rangeCode(r); code != ""; code = questionbank.Parent(code) {
			weights[code] += engine.Points(w)
		}
	}
	for code, w := range weights {
		t.Ranges = append(t.Ranges, questionbank.Range{Code: code, Name: "范围" + code, Weight: w})
	}
	slices.SortFunc(t.Ranges, func(a, b questionbank.Range) int { return cmp.Compare(a.Code, b.Code) })
	for i, code := range m.codes {
		t.Points = append(t.Points, questionbank.Point{Code: code, Name: "鉴定点" + code, Importance: m.grade[i]})
	}
	return t
}

// blueprint asks for 100 items: the ranges by their weight, and otherwise what a theory form of the field is made of.
func (m *maker) blueprint() questionbank.Blueprint {
	bp := questionbank.Blueprint{
		ID: "synthetic", Level: Level, Release: "synthetic", Sample: true, MaxPerPoint: 1, SupplementCap: 20, ItemPoints: engine.Pt(1),
		Counts:       map[questionbank.ItemType]int{questionbank.Single: 60, questionbank.Multiple: 20, questionbank.Judgement: 20},
		Ranges:       map[string]int{},
		Difficulties: map[int]int{1: 10, 2: 20, 3: 40, 4: 20, 5: 10},
		Importance:   map[string]questionbank.Bounds{"X": {Min: 55}, "Z": {Max: 15}},
		Seconds:      questionbank.Bounds{Min: 4704, Max: 4896}, // 4,800 give or take 2 in a hundred
		SkipMet:      true, Forms: questionbank.Individual,
	}
	for r, n := range m.portions(100, 1) {
		bp.Ranges[rangeCode(r)] = n
	}
	return bp
}

func (m *maker) cards(n int) []assembly.Card {
	cards, home := make([]assembly.Card, n), make([][]int32, ranges)
	for i := range cards {
		r := m.card(i, &cards[i])
		home[r] = append(home[r], int32(i))
	}
	group, owed := 0, 0
	for _, list := range home {
		for owed += len(list); owed >= 50; owed -= 50 { // three in fifty, less those drawn twice
			group++
			for range 2 + m.below(3) {
				if c := &cards[list[m.below(len(list))]]; c.Enemy == "" {
					c.Enemy = fmt.Sprintf("E%06d", group)
				}
			}
		}
	}
	return cards
}

// card makes one card and tells its range. Ranges come by a sequence that keeps to their shares at every length.
func (m *maker) card(i int, c *assembly.Card) (r int) {
	origin := 0
	if m.below(10) < 3 {
		origin = 1
		c.Province = provinces()[m.spin(&m.home)]
	}
	m.turns[origin]++
	r = m.wheel.at(uint32(m.turns[origin] * 0x9E3779B97F4A7C15 >> 32))
	c.Handle = fmt.Sprintf("S%07d@1", i+1)
	c.Point = m.codes[m.first[r]+m.spin(&m.inside[r])]
	seconds, harder := int64(45), int64(0)
	switch u := m.below(100); {
	case u < 55:
		c.Type, c.Options = questionbank.Single, 4
	case u < 77:
		c.Type, c.Options, seconds, harder = questionbank.Multiple, 5, 75, one*3/10
	default:
		c.Type, c.Options, seconds = questionbank.Judgement, 2, 30
	}
	grade := (3*one + m.bell()*11/10 + harder + one/2) >> 24
	c.Difficulty = int(min(max(grade, 1), 5))
	c.Seconds = int(max(seconds*m.skewed(250)*97/100/one, 10))
	return r
}
