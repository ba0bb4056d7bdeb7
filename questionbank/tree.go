package questionbank

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/errs"
)

// Codes of the tree: a letter for each level of ranges, three digits for a point (domain facts §5.1).
var (
	rangeCode = regexp.MustCompile(`^[A-Z](-[A-Z]){0,5}$`)
	pointCode = regexp.MustCompile(`^[A-Z](-[A-Z]){0,5}-[0-9]{3}$`)
	ratioForm = regexp.MustCompile(`^([0-9]{2,4}):([0-9]{2,4}):([0-9]{2,4})$`)
)

// IsRange reports whether s has the form of a range's code.
func IsRange(s string) bool { return rangeCode.MatchString(s) }

// IsPoint reports whether s has the form of a point's code.
func IsPoint(s string) bool { return pointCode.MatchString(s) }

// Parent is the code of the range that a range or a point lies in, "" for a root.
func Parent(code string) string {
	if i := strings.LastIndexByte(code, '-'); i >= 0 {
		return code[:i]
	}
	return ""
}

// Within reports whether code is root or lies below it: A-A-B-002 lies in A-A-B, A-A and A.
func Within(code, root string) bool {
	rest, ok := strings.CutPrefix(code, root)
	return ok && (rest == "" || rest[0] == '-')
}

// Point returns the point called code.
func (t *ElementTable) Point(code string) (Point, bool) {
	n, ok := slices.BinarySearchFunc(t.Points, code, func(p Point, code string) int { return strings.Compare(p.Code, code) })
	if !ok {
		return Point{}, false
	}
	return t.Points[n], true
}

// Range returns the range called code.
func (t *ElementTable) Range(code string) (Range, bool) {
	n, ok := slices.BinarySearchFunc(t.Ranges, code, func(r Range, code string) int { return strings.Compare(r.Code, code) })
	if !ok {
		return Range{}, false
	}
	return t.Ranges[n], true
}

// Ratio counts the points below a range by importance, as element tables print it: 核心:一般:辅助.
func (t *ElementTable) Ratio(root string) (x, y, z int) {
	for _, p := range t.Points {
		if !Within(p.Code, root) {
			continue
		}
		switch p.Importance {
		case "X":
			x++
		case "Y":
			y++
		case "Z":
			z++
		}
	}
	return x, y, z
}

// ParseRatio reads a printed ratio: three counts of at least two digits, 11:02:00.
func ParseRatio(s string) (x, y, z int, ok bool) {
	m := ratioForm.FindStringSubmatch(s)
	if m == nil {
		return 0, 0, 0, false
	}
	n := [3]int{}
	for i := range n {
		n[i], _ = strconv.Atoi(m[i+1]) // four digits at most
	}
	return n[0], n[1], n[2], true
}

// FormatRatio writes a ratio as element tables print it.
func FormatRatio(x, y, z int) string { return fmt.Sprintf("%02d:%02d:%02d", x, y, z) }

// checkRatios compares every printed ratio with the points below its range, and so a parent's with the sum of its
// children's.
func (t ElementTable) checkRatios(c *errs.Check) {
	for _, r := range t.Ranges {
		if r.Ratio == "" {
			continue
		}
		x, y, z, ok := ParseRatio(r.Ratio)
		c.That(ok, r.Code, "ratio", "重要程度比例形如 11:02:00")
		if i, j, k := t.Ratio(r.Code); ok {
			c.That(x == i && y == j && z == k, r.Code, "ratio", "重要程度比例为"+r.Ratio+"，下属鉴定点为"+FormatRatio(i, j, k))
		}
		t.checkRatioSum(c, r)
	}
}

// checkRatioSum adds up the ratios printed for the children of a range, when all of them are.
func (t ElementTable) checkRatioSum(c *errs.Check, r Range) {
	var sum [3]int
	children := 0
	for _, child := range t.Ranges {
		if Parent(child.Code) != r.Code {
			continue
		}
		x, y, z, ok := ParseRatio(child.Ratio)
		if !ok {
			return
		}
		children, sum = children+1, [3]int{sum[0] + x, sum[1] + y, sum[2] + z}
	}
	if x, y, z, ok := ParseRatio(r.Ratio); ok && children > 0 {
		c.That(sum == [3]int{x, y, z}, r.Code, "ratio-sum",
			"重要程度比例为"+r.Ratio+"，下级之和为"+FormatRatio(sum[0], sum[1], sum[2]))
	}
}

// sorted returns the table with ranges and points in the order of their codes, which lookups rely on.
func (t ElementTable) sorted() ElementTable {
	t.Ranges, t.Points = slices.Clone(t.Ranges), slices.Clone(t.Points)
	slices.SortFunc(t.Ranges, func(a, b Range) int { return strings.Compare(a.Code, b.Code) })
	slices.SortFunc(t.Points, func(a, b Point) int { return strings.Compare(a.Code, b.Code) })
	return t
}

// Validate returns nil or ErrTableInput with every problem: the tree of codes has no gap, points are its only leaves,
// the weights of the children of a node add up to its own where the standard weighs them, and the roots to 100.
func (t ElementTable) Validate() error {
	var c errs.Check
	c.That(t.Occupation != "", "occupation", "missing", "缺少职业编码")
	c.That(t.Level.Valid(), "level", "unknown", "等级只能是五级、四级或三级")
	c.That(t.Edition == "" || text(t.Edition, maxCode), "edition", "form", "版本名过长或含控制字符")
	c.That(len(t.Points) > 0, "points", "missing", "没有鉴定点")
	nodes := t.checkRanges(&c)
	t.checkPoints(&c, nodes)
	t.checkRatios(&c)
	for code, n := range nodes {
		c.That(code == "" || n.ranges+n.points > 0, code, "empty", "该鉴定范围下没有鉴定点")
		c.That(n.ranges == 0 || n.points == 0, code, "mixed", "鉴定点与下级鉴定范围不能并列")
		c.That(n.sum == n.weight || n.sum == 0 && code != "", code, "weight",
			fmt.Sprintf("下级权重之和为%s，应为%s", n.sum, n.weight))
	}
	return c.Err(ErrTableInput)
}

// node is what hangs below one range; the node "" is the whole table.
type node struct {
	weight, sum    engine.Points // its own, and those of the ranges below it
	ranges, points int
}

func (t ElementTable) checkRanges(c *errs.Check) map[string]*node {
	nodes := map[string]*node{"": {weight: engine.Pt(100)}}
	for _, r := range t.Ranges {
		c.That(IsRange(r.Code), r.Code, "code", "鉴定范围代码形如 B-A")
		c.That(nodes[r.Code] == nil, r.Code, "repeated", "代码重复")
		c.That(text(r.Name, maxOption), r.Code, "name", "缺少名称")
		c.That(r.Weight >= 0, r.Code, "weight", "权重不能为负")
		if nodes[r.Code] == nil {
			nodes[r.Code] = &node{weight: r.Weight}
		}
	}
	for _, r := range t.Ranges {
		up := nodes[Parent(r.Code)]
		c.That(up != nil, r.Code, "parent", "上级鉴定范围 "+Parent(r.Code)+" 不存在")
		if up != nil {
			up.ranges, up.sum = up.ranges+1, up.sum+r.Weight
		}
	}
	return nodes
}

func (t ElementTable) checkPoints(c *errs.Check, nodes map[string]*node) {
	seen := map[string]bool{}
	for _, p := range t.Points {
		c.That(IsPoint(p.Code), p.Code, "code", "鉴定点代码形如 A-A-B-002")
		c.That(!seen[p.Code], p.Code, "repeated", "代码重复")
		c.That(text(p.Name, maxOption), p.Code, "name", "缺少名称")
		c.That(p.Importance == "X" || p.Importance == "Y" || p.Importance == "Z", p.Code, "importance", "重要程度为 X、Y 或 Z")
		seen[p.Code] = true
		if up := nodes[Parent(p.Code)]; up != nil {
			up.points++
		} else {
			c.That(false, p.Code, "parent", "上级鉴定范围 "+Parent(p.Code)+" 不存在")
		}
	}
}
