package assembly

import (
	"maps"
	"slices"
	"strings"

	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/questionbank"
)

// maxForm bounds the items of a form: the costs of a choice are laid out for it.
const maxForm = 1000

// plan is a blueprint worked out against an index.
type plan struct {
	*Index
	need     [nColumns]int // items by type
	total    int
	perPoint int32
	cap      int // supplement items
	ranges   []planRange
}

type planRange struct {
	code   string
	quota  int
	points []int32
}

// newPlan checks what of a blueprint does not depend on the items, all problems at once.
func newPlan(ix *Index, bp questionbank.Blueprint) (*plan, error) {
	p := &plan{Index: ix, perPoint: int32(min(max(bp.MaxPerPoint, 1), maxForm)), cap: bp.SupplementCap}
	var c errs.Check
	c.That(bp.Level == ix.level, "level", "differs", "方案的等级与题库的等级不同")
	c.That(bp.MaxPerPoint >= 0, "max_per_point", "negative", "同一鉴定点的题数不能为负")
	c.That(bp.SupplementCap >= 0, "supplement_cap", "negative", "补充题上限不能为负")
	p.count(bp, &c)
	p.place(bp, &c)
	return p, c.Err(ErrBlueprint)
}

func (p *plan) count(bp questionbank.Blueprint, c *errs.Check) {
	for _, t := range slices.Sorted(maps.Keys(bp.Counts)) {
		i, n := slices.Index(columns[:], t), bp.Counts[t]
		ok := i >= 0 && n >= 0 && n <= maxForm
		c.That(ok, "counts."+string(t), "invalid", "题型或题数不正确")
		if ok {
			p.need[i] = n
			p.total += n
		}
	}
	c.That(p.total > 0 && p.total <= maxForm, "counts", "total", "试卷的题数应为1至1000")
}

// place files every point under its range.
func (p *plan) place(bp questionbank.Blueprint, c *errs.Check) {
	quotas := 0
	for _, code := range slices.Sorted(maps.Keys(bp.Ranges)) {
		n := bp.Ranges[code]
		c.That(n >= 0 && n <= maxForm, "ranges."+code, "invalid", "鉴定范围的题数不正确")
		nested := slices.ContainsFunc(p.ranges, func(r planRange) bool { return within(code, r.code) })
		c.That(!nested, "ranges."+code, "nested", "鉴定范围互相包含")
		r := planRange{code: code, quota: n}
		for i, pt := range p.points {
			if within(pt.Code, code) {
				r.points = append(r.points, int32(i))
			}
		}
		p.ranges = append(p.ranges, r)
		quotas += n
	}
	c.That(quotas == p.total, "ranges", "total", "各鉴定范围题数之和与各题型题数之和不同")
}

// rooms is how many items of each bucket a form may hold before enemies in other buckets are looked at.
func (p *plan) rooms() []int32 {
	room := slices.Clone(p.room)
	if p.cap == 0 {
		for b := supplied; b < len(room); b += nOrigins {
			room[b] = 0
		}
	}
	return room
}

// within reports whether code lies in the range (鉴定范围) called root: A-A-B-002 lies in A-A-B, A-A and A.
func within(code, root string) bool {
	rest, ok := strings.CutPrefix(code, root)
	return ok && (rest == "" || rest[0] == '-')
}
