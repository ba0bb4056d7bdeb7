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
	k.all = make([]fact, ix.Len())
	for i := range slots {
		if err := k.check(slots[i], drawn[i]); err != nil {
			return fmt.Errorf("slot %d: %w", slots[i].No, err)
		}
	}
	k.errs = errs.Check{}
	k.exposure(slots, drawn)
	k.overlaps(slots, drawn)
	return k.errs.Err(ErrForm)
}

// checker counts what a form holds. What it looks up it numbers and remembers, so that a form is counted in whole numbers.
type checker struct {
	errs errs.Check
	ix   *Index
	bp   questionbank.Blueprint

	few    map[int32]*fact   // position to the fact of a card that was met
	all    []fact            // the same of all positions, if there are many forms
	rank   map[string]string // point to its importance
	ranges []string          // of the blueprint, by code
	inner  []bool            // by range: whether another one holds it
	ranks  []string          // importances of the blueprint
	graded bool              // whether the blueprint counts difficulties

	provinces, groups, points numbers
	within                    []place // by point
	form                      tallies
	forms                     int32
}

// fact is what a card says, in numbers.
type fact struct {
	met                    int32 // the form that held it last, counted from 1
	province, point, group int32 // 0 for none
	seconds                int32
	options                int32
	kind, difficulty       int8 // kind is the place of the type among the item types, -1 for none
	judgement, read        bool
}

// place is what the blueprint says about a point.
type place struct {
	rank   int     // among its importances, -1 for none
	ranges []int32 // that hold the point
}

// tallies are what one form holds.
type tallies struct {
	kinds      []int
	grades     [6]int // by difficulty; what is none is counted at 0
	ranks      []int
	ranges     []int
	points     []int   // all 0 between forms
	groups     []int   // all 0 between forms
	there      []int32 // points of the form, as often as it has them
	enemies    []int32 // groups of the form
	supplement int
	seconds    int
}

// numbers gives names numbers in the order in which they come; the empty name is 0.
type numbers struct {
	of    map[string]int32
	names []string
}

func newNumbers() numbers { return numbers{map[string]int32{"": 0}, []string{""}} }

func (n *numbers) number(name string) int32 {
	if name == "" {
		return 0
	}
	i, ok := n.of[name]
	if !ok {
		i = int32(len(n.names))
		n.of[name], n.names = i, append(n.names, name)
	}
	return i
}

func newChecker(ix *Index, bp questionbank.Blueprint) *checker {
	k := &checker{ix: ix, bp: bp, few: map[int32]*fact{}, rank: make(map[string]string, len(ix.points)),
		ranges: slices.Sorted(maps.Keys(bp.Ranges)), ranks: slices.Sorted(maps.Keys(bp.Importance)),
		provinces: newNumbers(), groups: newNumbers(), points: newNumbers()}
	for _, p := range ix.points {
		k.rank[p.Code] = p.Importance
	}
	graded := 0
	for _, n := range bp.Difficulties {
		graded += n
	}
	k.graded = graded > 0
	for _, code := range k.ranges {
		k.inner = append(k.inner, slices.ContainsFunc(k.ranges, func(outer string) bool { return below(code, outer) }))
	}
	k.form = tallies{kinds: make([]int, len(questionbank.ItemTypes())), ranks: make([]int, len(k.ranks)),
		ranges: make([]int, len(k.ranges))}
	return k
}

// below reports whether a code lies inside another.
func below(code, outer string) bool {
	return len(code) > len(outer) && code[len(outer)] == '-' && strings.HasPrefix(code, outer)
}

// fact is what the card at a position says; it is read once.
func (k *checker) fact(at int32) *fact {
	var f *fact
	if k.all != nil {
		f = &k.all[at]
	} else if f = k.few[at]; f == nil {
		f = &fact{}
		k.few[at] = f
	}
	if !f.read {
		k.read(f, at)
	}
	return f
}

func (k *checker) read(f *fact, at int32) {
	c := k.ix.Card(at)
	*f = fact{province: k.provinces.number(c.Province), point: k.points.number(c.Point), group: k.groups.number(c.Enemy),
		seconds: int32(c.Seconds), options: int32(c.Options), kind: int8(slices.Index(questionbank.ItemTypes(), c.Type)),
		judgement: c.Type == questionbank.Judgement, read: true}
	if c.Difficulty >= 1 && c.Difficulty <= 5 {
		f.difficulty = int8(c.Difficulty)
	}
	for len(k.within) < len(k.points.names) {
		k.within = append(k.within, k.locate(k.points.names[len(k.within)]))
		k.form.points = append(k.form.points, 0)
	}
	for len(k.form.groups) < len(k.groups.names) {
		k.form.groups = append(k.form.groups, 0)
	}
}

// locate looks a point up in the blueprint.
func (k *checker) locate(point string) place {
	p := place{rank: slices.Index(k.ranks, k.rank[point])}
	for i, code := range k.ranges {
		if point == code || below(point, code) {
			p.ranges = append(p.ranges, int32(i))
		}
	}
	return p
}

func (k *checker) check(s Slot, d Drawn) error {
	k.errs = errs.Check{}
	k.forms++
	k.errs.That(k.bp.Level == k.ix.level, "level", "differs", "方案的等级与题库的等级不同")
	k.errs.That(d.Slot == s.No && s.No >= 0, "slot", "differs", "试卷序号不正确")
	k.errs.That(len(d.Options) == len(d.Cards), "options", "count", "选项顺序的个数不正确")
	k.lines(&s, &d)
	k.counts(len(d.Cards))
	k.sides()
	k.form.clear()
	return k.errs.Err(ErrForm)
}

func (f *tallies) clear() {
	clear(f.kinds)
	clear(f.ranks)
	clear(f.ranges)
	for _, p := range f.there {
		f.points[p] = 0
	}
	for _, g := range f.enemies {
		f.groups[g] = 0
	}
	f.there, f.enemies = f.there[:0], f.enemies[:0]
	f.grades, f.supplement, f.seconds = [6]int{}, 0, 0
}

// lines looks at every item by itself and counts it. An index holds no handle twice, so what is there twice is there by position.
func (k *checker) lines(s *Slot, d *Drawn) {
	last := int8(0)
	for i, at := range d.Cards {
		if at < 0 || int(at) >= k.ix.Len() {
			k.item(i, "unknown", "试题不在题库版本中")
			continue
		}
		f := k.fact(at)
		if f.kind < last {
			k.item(i, "order", "试题未按题型排列")
		}
		if f.met == k.forms {
			k.item(i, "twice", "试题在试卷中重复")
		}
		if f.province > 0 && k.provinces.names[f.province] != s.Province {
			k.item(i, "province", "外省的补充题")
		}
		if i >= len(d.Options) || !permuted(f, d.Options[i]) {
			k.item(i, "options", "选项顺序不正确")
		}
		last, f.met = max(last, f.kind), k.forms
		k.tally(f)
	}
	k.exclude(s, d)
}

// exclude looks for items that the candidate has met.
func (k *checker) exclude(s *Slot, d *Drawn) {
	if len(s.Excluded) == 0 {
		return
	}
	held := make(map[string]bool, len(d.Cards))
	for _, at := range d.Cards {
		if at >= 0 && int(at) < k.ix.Len() {
			held[k.ix.Card(at).Handle] = true
		}
	}
	for _, handle := range s.Excluded {
		if held[handle] {
			k.errs.That(false, "excluded."+handle, "met", "考生以前做过的试题")
		}
	}
}

// item records a problem with one item of the form.
func (k *checker) item(i int, code, msg string) {
	k.errs.That(false, fmt.Sprintf("items[%d]", i), code, msg)
}

func (k *checker) tally(f *fact) {
	if f.kind >= 0 {
		k.form.kinds[f.kind]++
	}
	k.form.grades[f.difficulty]++
	k.form.points[f.point]++
	k.form.there = append(k.form.there, f.point)
	if f.group > 0 {
		k.form.groups[f.group]++
		k.form.enemies = append(k.form.enemies, f.group)
	}
	p := &k.within[f.point]
	if p.rank >= 0 {
		k.form.ranks[p.rank]++
	}
	for _, r := range p.ranges {
		k.form.ranges[r]++
	}
	k.form.seconds += int(f.seconds)
	k.form.supplement += int(min(f.province, 1))
}

// permuted reports whether order shows every option once, and a judgement's two in their fixed order.
func permuted(f *fact, order []uint8) bool {
	if len(order) != int(f.options) {
		return false
	}
	seen := 0
	for place, o := range order {
		if int32(o) >= f.options || f.judgement && int(o) != place {
			return false
		}
		seen |= 1 << o
	}
	return seen == 1<<f.options-1
}

// exact records a number that is not as it should be.
func (k *checker) exact(n, want int, name, of, msg string) {
	if n != want {
		k.errs.That(false, name+of, "differs", msg)
	}
}

// counts compares the exact numbers with the blueprint.
func (k *checker) counts(n int) {
	k.errs.That(n == k.bp.Total(), "items", "total", "试卷的题数不正确")
	for i, t := range questionbank.ItemTypes() {
		k.exact(k.form.kinds[i], k.bp.Counts[t], "counts.", string(t), "该题型的题数不正确")
	}
	for g := 1; k.graded && g <= 5; g++ {
		if n := k.form.grades[g]; n != k.bp.Difficulties[g] {
			k.errs.That(false, fmt.Sprintf("difficulties.%d", g), "differs", "该难度的题数不正确")
		}
	}
	outermost := 0
	for i, code := range k.ranges {
		k.exact(k.form.ranges[i], k.bp.Ranges[code], "ranges.", code, "该鉴定范围的题数不正确")
		if !k.inner[i] {
			outermost += k.form.ranges[i]
		}
	}
	k.errs.That(outermost == n, "ranges", "outside", "有试题不在方案的鉴定范围中")
}

// sides compares what has bounds.
func (k *checker) sides() {
	for i, name := range k.ranks {
		if !bounded(k.form.ranks[i], k.bp.Importance[name]) {
			k.errs.That(false, "importance."+name, "bounds", "该重要程度的题数超出上下限")
		}
	}
	k.errs.That(bounded(k.form.seconds, k.bp.Seconds), "seconds", "bounds", "答题时间超出上下限")
	k.errs.That(k.form.supplement <= k.bp.SupplementCap, "supplement", "many", "补充题超过上限")
	most := max(k.bp.MaxPerPoint, 1)
	for i, p := range k.form.there {
		if k.form.points[p] > most && slices.Index(k.form.there, p) == i {
			k.errs.That(false, "points."+k.points.names[p], "many", "该鉴定点的题数超过上限")
		}
	}
	for i, g := range k.form.enemies {
		if k.form.groups[g] > 1 && slices.Index(k.form.enemies, g) == i {
			k.errs.That(false, "enemies."+k.groups.names[g], "meet", "相斥组的试题同卷")
		}
	}
}

func bounded(n int, b questionbank.Bounds) bool { return n >= b.Min && (b.Max == 0 || n <= b.Max) }

// exposure counts in how many forms an item is, of those that may hold it. The forms of one room that are the same form
// for several seats are one form.
func (k *checker) exposure(slots []Slot, drawn []Drawn) {
	if k.bp.Exposure.Share == 0 {
		return
	}
	forms, uses := map[string]int{}, make([]int, k.ix.Len())
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
		if n == 0 {
			continue
		}
		c := k.ix.Card(int32(at))
		if most := (forms[c.Province]*k.bp.Exposure.Share + 999) / 1000; n > most {
			k.errs.That(false, "exposure."+c.Handle, "share", fmt.Sprintf("该题用于%d份试卷，上限为%d份", n, most))
		}
	}
}

// repeats reports whether slot i has the form of an earlier seat of its room.
func (k *checker) repeats(slots []Slot, drawn []Drawn, i int) bool {
	if k.bp.Forms != questionbank.AB {
		return false
	}
	s := &slots[i]
	for j := i - 1; j >= 0 && slots[j].Province == s.Province && slots[j].Room == s.Room; j-- {
		if slots[j].Seat&1 == s.Seat&1 && slices.Equal(drawn[j].Cards, drawn[i].Cards) {
			return true
		}
	}
	return false
}

// overlaps counts what forms share: with the form of the seat before, and with every earlier form.
func (k *checker) overlaps(slots []Slot, drawn []Drawn) {
	if k.bp.Overlap.Neighbour != nil {
		k.neighbours(slots, drawn, *k.bp.Overlap.Neighbour)
	}
	if k.bp.Overlap.Any == nil {
		return
	}
	holders, shared := make([][]int32, k.ix.Len()), make([]int, len(slots))
	var sharing []int32
	for i := range drawn {
		if k.repeats(slots, drawn, i) {
			continue
		}
		most := 0
		for _, at := range drawn[i].Cards {
			for _, j := range holders[at] {
				if shared[j]++; shared[j] == 1 {
					sharing = append(sharing, j)
				}
				most = max(most, shared[j])
			}
			holders[at] = append(holders[at], int32(i))
		}
		for _, j := range sharing {
			shared[j] = 0
		}
		sharing = sharing[:0]
		if most > *k.bp.Overlap.Any {
			k.errs.That(false, fmt.Sprintf("slots[%d]", slots[i].No), "any", fmt.Sprintf("与另一份试卷有%d题相同", most))
		}
	}
}

// neighbours counts what the forms of seats side by side share.
func (k *checker) neighbours(slots []Slot, drawn []Drawn, most int) {
	latest := make([]int, k.ix.Len()) // position to the latest slot with the item, counted from 1
	for i := range drawn {
		shared := 0
		for _, at := range drawn[i].Cards {
			if i > 0 && latest[at] == i {
				shared++
			}
			latest[at] = i + 1
		}
		if i == 0 || shared <= most || slots[i-1].Province != slots[i].Province || slots[i-1].Room != slots[i].Room {
			continue
		}
		if slots[i-1].Seat+1 == slots[i].Seat {
			k.errs.That(false, fmt.Sprintf("slots[%d]", slots[i].No), "neighbour", fmt.Sprintf("与邻座有%d题相同", shared))
		}
	}
}
