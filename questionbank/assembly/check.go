package assembly

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/questionbank"
)

// Check verifies the form of one slot against the blueprint from the cards alone. It shares nothing with the draw but the
// types, so a form that it accepts meets every constraint whoever made it. ErrForm names all that is wrong.
func Check(ix *Index, bp questionbank.Blueprint, s Slot, d Drawn) error {
	return newChecker(ix, bp).check(s, d)
}

// CheckAll verifies a whole draw: every form, and what forms may share and how often an item may be used between them.
// The limit of Exposure.OverLeast is not looked at: it is relative to a peak that no draw may be able to reach. ErrForm
// names all that is wrong with the first form at fault, or with the forms together.
func CheckAll(ix *Index, bp questionbank.Blueprint, slots []Slot, drawn []Drawn) error {
	if len(slots) != len(drawn) {
		return ErrForm.WithFields(errs.Field{Name: "slots", Code: "count", Msg: "试卷份数与座位数不同"})
	}
	k := newChecker(ix, bp)
	for i, s := range slots {
		if err := k.check(s, drawn[i]); err != nil {
			return fmt.Errorf("slot %d: %w", s.No, err)
		}
	}
	k.errs = errs.Check{}
	k.exposure(slots, drawn)
	k.overlaps(slots, drawn)
	return k.errs.Err(ErrForm)
}

// checker counts what a form holds.
type checker struct {
	errs errs.Check
	ix   *Index
	bp   questionbank.Blueprint
	rank map[string]string // point to its importance

	types        map[questionbank.ItemType]int
	difficulties map[int]int
	importance   map[string]int
	points       map[string]int
	enemies      map[string]int
	ranges       map[string]int
	supplement   int
	seconds      int
}

func newChecker(ix *Index, bp questionbank.Blueprint) *checker {
	k := &checker{ix: ix, bp: bp, rank: map[string]string{}, types: map[questionbank.ItemType]int{}, difficulties: map[int]int{},
		importance: map[string]int{}, points: map[string]int{}, enemies: map[string]int{}, ranges: map[string]int{}}
	for _, p := range ix.points {
		k.rank[p.Code] = p.Importance
	}
	return k
}

func (k *checker) check(s Slot, d Drawn) error {
	clear(k.types)
	clear(k.difficulties)
	clear(k.importance)
	clear(k.points)
	clear(k.enemies)
	clear(k.ranges)
	k.supplement, k.seconds, k.errs = 0, 0, errs.Check{}
	k.errs.That(k.bp.Level == k.ix.level, "level", "differs", "方案的等级与题库的等级不同")
	k.errs.That(d.Slot == s.No && s.No >= 0, "slot", "differs", "试卷序号不正确")
	k.errs.That(len(d.Options) == len(d.Cards), "options", "count", "选项顺序的个数不正确")
	k.lines(s, d)
	k.counts(len(d.Cards))
	k.sides()
	return k.errs.Err(ErrForm)
}

// lines looks at every item by itself and counts it.
func (k *checker) lines(s Slot, d Drawn) {
	seen, last := make(map[string]bool, len(d.Cards)), 0
	for i, at := range d.Cards {
		if at < 0 || int(at) >= k.ix.Len() {
			k.item(false, i, "unknown", "试题不在题库版本中")
			continue
		}
		c := k.ix.Card(at)
		place := slices.Index(questionbank.ItemTypes(), c.Type)
		k.item(place >= last, i, "order", "试题未按题型排列")
		k.item(!seen[c.Handle], i, "twice", "试题在试卷中重复")
		k.item(c.Province == "" || c.Province == s.Province, i, "province", "外省的补充题")
		k.item(i < len(d.Options) && permuted(&c, d.Options[i]), i, "options", "选项顺序不正确")
		last, seen[c.Handle] = max(last, place), true
		k.tally(&c)
	}
	for _, handle := range s.Excluded {
		k.errs.That(!seen[handle], "excluded."+handle, "met", "考生以前做过的试题")
	}
}

// item records a problem with one item of the form.
func (k *checker) item(ok bool, i int, code, msg string) {
	if !ok {
		k.errs.That(false, fmt.Sprintf("items[%d]", i), code, msg)
	}
}

func (k *checker) tally(c *Card) {
	k.types[c.Type]++
	k.difficulties[c.Difficulty]++
	k.importance[k.rank[c.Point]]++
	k.points[c.Point]++
	k.seconds += c.Seconds
	if c.Enemy != "" {
		k.enemies[c.Enemy]++
	}
	if c.Province != "" {
		k.supplement++
	}
	for i := range len(c.Point) + 1 { // every range that the point lies in
		if i == len(c.Point) || c.Point[i] == '-' {
			k.ranges[c.Point[:i]]++
		}
	}
}

// permuted reports whether order shows every option once, and a judgement's two in their fixed order.
func permuted(c *Card, order []uint8) bool {
	if len(order) != c.Options {
		return false
	}
	seen := 0
	for place, o := range order {
		if int(o) >= c.Options || c.Type == questionbank.Judgement && int(o) != place {
			return false
		}
		seen |= 1 << o
	}
	return seen == 1<<c.Options-1
}

// counts compares the exact numbers with the blueprint.
func (k *checker) counts(n int) {
	k.errs.That(n == k.bp.Total(), "items", "total", "试卷的题数不正确")
	for _, t := range questionbank.ItemTypes() {
		k.errs.That(k.types[t] == k.bp.Counts[t], "counts."+string(t), "differs", "该题型的题数不正确")
	}
	asked := 0
	for _, n := range k.bp.Difficulties {
		asked += n
	}
	for g := 1; asked > 0 && g <= 5; g++ {
		k.errs.That(k.difficulties[g] == k.bp.Difficulties[g], fmt.Sprintf("difficulties.%d", g), "differs", "该难度的题数不正确")
	}
	outermost := 0
	for _, code := range slices.Sorted(maps.Keys(k.bp.Ranges)) {
		k.errs.That(k.ranges[code] == k.bp.Ranges[code], "ranges."+code, "differs", "该鉴定范围的题数不正确")
		if !k.inner(code) {
			outermost += k.ranges[code]
		}
	}
	k.errs.That(outermost == n, "ranges", "outside", "有试题不在方案的鉴定范围中")
}

// inner reports whether another range of the blueprint holds this one.
func (k *checker) inner(code string) bool {
	for other := range k.bp.Ranges {
		if strings.HasPrefix(code, other+"-") {
			return true
		}
	}
	return false
}

// sides compares what has bounds.
func (k *checker) sides() {
	for _, name := range slices.Sorted(maps.Keys(k.bp.Importance)) {
		k.errs.That(bounded(k.importance[name], k.bp.Importance[name]), "importance."+name, "bounds", "该重要程度的题数超出上下限")
	}
	k.errs.That(bounded(k.seconds, k.bp.Seconds), "seconds", "bounds", "答题时间超出上下限")
	k.errs.That(k.supplement <= k.bp.SupplementCap, "supplement", "many", "补充题超过上限")
	for code, n := range k.points {
		k.errs.That(n <= max(k.bp.MaxPerPoint, 1), "points."+code, "many", "该鉴定点的题数超过上限")
	}
	for group, n := range k.enemies {
		k.errs.That(n == 1, "enemies."+group, "meet", "相斥组的试题同卷")
	}
}

func bounded(n int, b questionbank.Bounds) bool { return n >= b.Min && (b.Max == 0 || n <= b.Max) }

// exposure counts in how many forms an item is, of those that may hold it. The forms of one room that are the same form
// for several seats are one form.
func (k *checker) exposure(slots []Slot, drawn []Drawn) {
	if k.bp.Exposure.Share == 0 {
		return
	}
	forms, uses := map[string]int{}, map[int32]int{}
	for i, s := range slots {
		if k.repeats(slots, drawn, i) {
			continue
		}
		forms[s.Province]++
		forms[""] += min(len(s.Province), 1)
		for _, at := range drawn[i].Cards {
			uses[at]++
		}
	}
	for at, n := range uses {
		c := k.ix.Card(at)
		most := (forms[c.Province]*k.bp.Exposure.Share + 999) / 1000
		k.errs.That(n <= most, "exposure."+c.Handle, "share", fmt.Sprintf("该题用于%d份试卷，上限为%d份", n, most))
	}
}

// repeats reports whether slot i has the form of an earlier seat of its room.
func (k *checker) repeats(slots []Slot, drawn []Drawn, i int) bool {
	for j := i - 1; k.bp.Forms == questionbank.AB && j >= 0 && slots[j].Province == slots[i].Province && slots[j].Room == slots[i].Room; j-- {
		if slots[j].Seat&1 == slots[i].Seat&1 && slices.Equal(drawn[j].Cards, drawn[i].Cards) {
			return true
		}
	}
	return false
}

// overlaps counts what forms share: with the form of the seat before, and with every earlier form.
func (k *checker) overlaps(slots []Slot, drawn []Drawn) {
	if beside := k.bp.Overlap.Neighbour; beside != nil {
		for i := 1; i < len(slots); i++ {
			a, b := slots[i-1], slots[i]
			if a.Province == b.Province && a.Room == b.Room && a.Seat+1 == b.Seat {
				n := common(drawn[i-1].Cards, drawn[i].Cards)
				k.errs.That(n <= *beside, fmt.Sprintf("slots[%d]", b.No), "neighbour", fmt.Sprintf("与邻座有%d题相同", n))
			}
		}
	}
	if k.bp.Overlap.Any == nil {
		return
	}
	holders, shared := map[int32][]int{}, make([]int, len(slots))
	for i := range drawn {
		if k.repeats(slots, drawn, i) {
			continue
		}
		clear(shared)
		for _, at := range drawn[i].Cards {
			for _, j := range holders[at] {
				shared[j]++
			}
			holders[at] = append(holders[at], i)
		}
		n := slices.Max(shared)
		k.errs.That(n <= *k.bp.Overlap.Any, fmt.Sprintf("slots[%d]", slots[i].No), "any", fmt.Sprintf("与另一份试卷有%d题相同", n))
	}
}

func common(a, b []int32) (n int) {
	for _, at := range a {
		if slices.Contains(b, at) {
			n++
		}
	}
	return n
}
