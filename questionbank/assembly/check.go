package assembly

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/questionbank"
)

// Check verifies one form against the blueprint from the snapshot alone. It shares nothing with the draw but the types,
// so a form that it accepts meets every constraint whoever made it. ErrForm names all that is wrong, the slot aside.
func Check(ix *Index, bp questionbank.Blueprint, f Form) error {
	k := checker{ix: ix, bp: bp, seen: map[string]bool{}, types: map[questionbank.ItemType]int{},
		ranges: map[string]int{}, points: map[string]int{}, enemies: map[string]int{}}
	k.That(bp.Level == ix.level, "level", "differs", "方案的等级与题库的等级不同")
	k.That(f.Slot >= 0, "slot", "negative", "试卷序号不正确")
	for i, it := range f.Items {
		k.line(i, it)
	}
	k.order(f.Items)
	k.totals(len(f.Items))
	return k.Err(ErrForm)
}

// checker counts what a form holds.
type checker struct {
	errs.Check
	ix *Index
	bp questionbank.Blueprint

	seen                    map[string]bool
	types                   map[questionbank.ItemType]int
	ranges, points, enemies map[string]int
	supplement              int
}

// line looks at one item by itself and counts it.
func (k *checker) line(i int, it FormItem) {
	name := fmt.Sprintf("items[%d]", i)
	v, ok := k.ix.snapshot.Item(it.Code)
	k.That(ok, name, "unknown", "试题不在题库版本中")
	if !ok {
		return
	}
	k.That(!k.seen[it.Code], name, "twice", "试题在试卷中重复")
	k.That(v.Version == it.Version, name, "version", "不是题库版本中的试题版本")
	k.That(v.Type == it.Type, name, "type", "题型与试题不同")
	k.That(v.Level == k.bp.Level, name, "level", "试题的等级不同")
	k.That(v.Province == "" || v.Province == k.ix.province, name, "province", "外省的补充题")
	k.That(permuted(v, it.Options), name, "options", "选项顺序不正确")
	k.seen[it.Code] = true
	k.types[v.Type]++
	k.points[v.Point]++
	if v.Enemy != "" {
		k.enemies[v.Enemy]++
	}
	if v.Province != "" {
		k.supplement++
	}
	home := k.home(v.Point)
	k.That(home != "", name, "range", "鉴定点不在方案的鉴定范围中")
	k.ranges[home]++
}

// home is the range of the blueprint that the point lies in.
func (k *checker) home(point string) string {
	for code := range k.bp.Ranges {
		if point == code || strings.HasPrefix(point, code+"-") {
			return code
		}
	}
	return ""
}

// permuted reports whether order shows every option of v once, and a judgement's two in their fixed order.
func permuted(v questionbank.ItemVersion, order []int) bool {
	if v.Type == questionbank.Judgement {
		return slices.Equal(order, []int{0, 1})
	}
	sorted := slices.Sorted(slices.Values(order))
	for i, o := range sorted {
		if i != o {
			return false
		}
	}
	return len(order) == len(v.Options)
}

// order demands the types one after the other as the house lists them.
func (k *checker) order(items []FormItem) {
	rank := func(it FormItem) int { return slices.Index(questionbank.ItemTypes(), it.Type) }
	sorted := slices.IsSortedFunc(items, func(a, b FormItem) int { return rank(a) - rank(b) })
	k.That(sorted, "items", "order", "试题未按题型排列")
}

// totals compares the counts with the blueprint.
func (k *checker) totals(n int) {
	k.That(n == k.bp.Total(), "items", "total", "试卷的题数不正确")
	for _, t := range questionbank.ItemTypes() {
		k.That(k.types[t] == k.bp.Counts[t], "counts."+string(t), "differs", "该题型的题数不正确")
	}
	for _, code := range slices.Sorted(maps.Keys(k.bp.Ranges)) {
		k.That(k.ranges[code] == k.bp.Ranges[code], "ranges."+code, "differs", "该鉴定范围的题数不正确")
	}
	for _, code := range slices.Sorted(maps.Keys(k.points)) {
		k.That(k.points[code] <= max(k.bp.MaxPerPoint, 1), "points."+code, "many", "该鉴定点的题数超过上限")
	}
	for _, group := range slices.Sorted(maps.Keys(k.enemies)) {
		k.That(k.enemies[group] == 1, "enemies."+group, "meet", "相斥组的试题同卷")
	}
	k.That(k.supplement <= k.bp.SupplementCap, "supplement", "many", "补充题超过上限")
}
