package questionbank

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/errs"
)

// The most that a blueprint may ask for.
const (
	maxTotal     = 1000
	mostOverPeak = 1000_000 // thousandths: a thousand times the least possible peak sets no limit any more
	thousand     = 1000     // thousandths of the whole
)

// check reports every problem of bp against the release it is for; most is the largest supplement cap allowed.
func (bp *Blueprint) check(s *Snapshot, most int) error {
	var c errs.Check
	table, known := s.Tables[bp.Level]
	c.That(known, "level", "table", "题库版本没有"+bp.Level.String()+"的要素细目表")
	for t, n := range bp.Counts {
		c.That(slices.Contains(ItemTypes(), t) && n >= 0, "counts."+string(t), "form", "题型或题数不正确")
	}
	total := bp.Total()
	c.That(total > 0 && total <= maxTotal, "counts", "total", fmt.Sprintf("总题数为1至%d", maxTotal))
	c.That(bp.MaxPerPoint >= 0, "max_per_point", "range", "每个鉴定点的题数不能为负")
	c.That(bp.SupplementCap >= 0 && bp.SupplementCap <= most, "supplement_cap", "policy", fmt.Sprintf("补充题上限为0至%d题", most))
	bp.checkPoints(&c)
	bp.checkRanges(&c, &table, total)
	bp.checkDifficulties(&c, total)
	bp.checkImportance(&c, total)
	bp.checkSpread(&c, total)
	return c.Err(ErrBlueprintInput)
}

// checkPoints sees to it that a whole form earns full points.
func (bp *Blueprint) checkPoints(c *errs.Check) {
	sum, at := engine.Points(0), "item_points"
	c.That(bp.ItemPoints >= 0, "item_points", "range", "每题分值不能为负")
	for t, p := range bp.TypePoints {
		at = "type_points"
		c.That(slices.Contains(ItemTypes(), t) && p > 0 && p <= fullPoints, "type_points."+string(t), "form", "题型或分值不正确")
	}
	c.That(bp.MultipleCredit == "" || slices.Contains(Credits(), bp.MultipleCredit), "multiple_credit", "unknown",
		"多选题计分规则为全对得分（all-or-nothing）或少选按比例得分（partial）")
	for t, n := range bp.Counts {
		c.That(n == 0 || bp.PointsOf(t) > 0, "item_points", "missing", "没有题型 "+string(t)+" 的分值")
		if n > 0 && n <= maxTotal && bp.PointsOf(t) <= fullPoints {
			sum += engine.Points(n) * bp.PointsOf(t)
		}
	}
	c.That(sum == fullPoints, at, "total", "各题分值之和应为100分")
}

// checkRanges: every range is known, an inner one asks for no more than what is left of the outer one, and where the
// inner ones leave no point of the outer one over, they ask for all of it.
func (bp *Blueprint) checkRanges(c *errs.Check, table *ElementTable, total int) {
	inner := map[string]int{}      // by the nearest listed range around them, "" for none
	parts := map[string][]string{} // likewise
	for _, code := range slices.SortedFunc(maps.Keys(bp.Ranges), strings.Compare) {
		_, known := table.Range(code)
		c.That(known, "ranges."+code, "unknown", "要素细目表没有该鉴定范围")
		c.That(bp.Ranges[code] >= 0 && bp.Ranges[code] <= maxTotal, "ranges."+code, "range", fmt.Sprintf("题数为0至%d", maxTotal))
		outer := bp.around(code)
		inner[outer], parts[outer] = inner[outer]+bp.Ranges[code], append(parts[outer], code)
	}
	for outer, sum := range inner {
		if outer == "" {
			continue
		}
		n := bp.Ranges[outer]
		c.That(sum <= n, "ranges."+outer, "nested", fmt.Sprintf("下属范围共%d题，多于本范围的%d题", sum, n))
		c.That(sum >= n || table.beside(outer, parts[outer]), "ranges."+outer, "nested",
			fmt.Sprintf("下属范围已包含全部鉴定点，共%d题，本范围为%d题", sum, n))
	}
	c.That(inner[""] == total, "ranges", "sum", fmt.Sprintf("各鉴定范围共%d题，应为%d题", inner[""], total))
}

// around is the nearest range of the blueprint that code lies in, "" when there is none.
func (bp *Blueprint) around(code string) string {
	for up := Parent(code); up != ""; up = Parent(up) {
		if _, listed := bp.Ranges[up]; listed {
			return up
		}
	}
	return ""
}

// beside reports whether a range has points that lie in none of its parts.
func (t *ElementTable) beside(outer string, parts []string) bool {
	return slices.ContainsFunc(t.Points, func(p Point) bool {
		return Within(p.Code, outer) && !slices.ContainsFunc(parts, func(part string) bool { return Within(p.Code, part) })
	})
}

func (bp *Blueprint) checkDifficulties(c *errs.Check, total int) {
	sum := 0
	for d, n := range bp.Difficulties {
		c.That(d >= 1 && d <= 5 && n >= 0 && n <= maxTotal, fmt.Sprintf("difficulties.%d", d), "form", "难度为1至5，题数不能为负")
		sum += min(max(n, 0), maxTotal)
	}
	c.That(len(bp.Difficulties) == 0 || sum == total, "difficulties", "sum", fmt.Sprintf("各难度共%d题，应为%d题", sum, total))
}

// importances are the classes of points, core first.
func importances() []string { return []string{"X", "Y", "Z"} }

func (bp *Blueprint) checkImportance(c *errs.Check, total int) {
	least, most := 0, 0
	for class, b := range bp.Importance {
		c.That(slices.Contains(importances(), class), "importance."+class, "unknown", "重要程度为 X、Y 或 Z")
		c.That(b.sound(total), "importance."+class, "bounds", fmt.Sprintf("题数上下限应在0至%d之间，且下限不高于上限", total))
		least += min(max(b.Min, 0), maxTotal)
	}
	for _, class := range importances() {
		most += cmp.Or(bp.Importance[class].Max, total)
	}
	c.That(least <= total, "importance", "floors", fmt.Sprintf("各重要程度的下限共%d题，多于%d题", least, total))
	c.That(most >= total, "importance", "ceilings", fmt.Sprintf("各重要程度的上限共%d题，少于%d题", most, total))
}

// sound reports whether something between 0 and most can keep to b.
func (b Bounds) sound(most int) bool {
	return b.Min >= 0 && b.Min <= most && b.Max >= 0 && (b.Max == 0 || b.Min <= b.Max)
}

// checkSpread is about time and about how forms of one draw relate to each other.
func (bp *Blueprint) checkSpread(c *errs.Check, total int) {
	c.That(bp.Seconds.sound(maxTotal*maxSeconds), "seconds", "bounds", "答题时间的下限不能为负，也不能高于上限")
	e := bp.Exposure
	c.That(e.OverLeast == 0 || e.OverLeast >= thousand && e.OverLeast <= mostOverPeak, "exposure.over_least", "range",
		"曝光上限不能低于理论最小值的1000‰")
	c.That(e.Share >= 0 && e.Share <= thousand, "exposure.share", "range", "曝光比例为1‰至1000‰，0为不限")
	for name, most := range map[string]*int{"overlap.any": bp.Overlap.Any, "overlap.neighbour": bp.Overlap.Neighbour} {
		c.That(most == nil || *most >= 0 && *most <= max(total, 0), name, "range", fmt.Sprintf("重复题数上限为0至%d", total))
	}
	c.That(slices.Contains([]FormsMode{"", Individual, AB}, bp.Forms), "forms", "unknown", "组卷方式为一人一卷或A、B卷")
}
