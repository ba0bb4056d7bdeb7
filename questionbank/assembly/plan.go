package assembly

import (
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/questionbank"
)

// Bounds of a plan: keys, prices and step counts are laid out for them.
const (
	maxForm   = 1000
	maxSlots  = 1 << 18
	maxPoints = 10_000
)

// classes are the importances of points; a fourth class takes points that have none of them.
var classes = [...]string{"X", "Y", "Z"}

const nClasses = len(classes) + 1

// Plan is a blueprint worked out against an index and a roster. It is immutable and safe for concurrent use.
//
// A form takes items from buckets, one for each origin, point and column. Columns are the fifteen cells, or only the
// three types when the blueprint leaves difficulty free. Scopes are the ranges of the blueprint made disjoint.
type Plan struct {
	ix *Index
	bp questionbank.Blueprint

	total      int
	perPoint   int32
	supplement int // most items of the province's supplement
	scopes     []scope
	scopeOf    []int32           // point to its scope, -1 for a point that no range of the blueprint holds
	class      []uint8           // point to its importance, an index into classes
	importance [nClasses]bounds  // items by class
	seconds    bounds            // of a whole form
	columns    int               // nCells, or the number of types
	need       []int32           // items by column: the joint table of types and difficulties
	margins    [len(types)]int32 // items by type
	grades     [grades]int32     // items by difficulty, when columns are cells
	off        []int32           // bucket (origin×points+point)×columns+column to its first card
	forms      int               // of the roster, 0 when there is none
	formsOf    []int             // by origin: of candidates of that province; 0: of all provinces without a supplement
	drawnFor   []bool            // by origin: whether the roster names one of its provinces
	limit      []int32           // by origin: how often one item may be used, as Exposure.OverLeast has it
	pace       []int64           // by origin: uses of one item in rateBase forms at the least peak
	share      []int32           // by origin: the same, as Exposure.Share has it
}

// scope is a range without the ranges inside it that have quotas of their own.
type scope struct {
	code   string
	quota  int32
	points []int32
}

// bounds hold for a number that both ends belong to.
type bounds struct{ least, most int }

func boundsOf(b questionbank.Bounds) bounds {
	if b.Max == 0 {
		return bounds{b.Min, math.MaxInt32}
	}
	return bounds{b.Min, b.Max}
}

// outside is how far n lies below the bounds (negative) or above them.
func (b bounds) outside(n int) int {
	switch {
	case n < b.least:
		return n - b.least
	case n > b.most:
		return n - b.most
	}
	return 0
}

// NewPlan works a blueprint out. provinces counts the forms to be drawn by province, "" for candidates who meet national
// items only; without any the plan proves and draws, but knows no exposure limits. In AB mode a room needs two forms:
// see Forms. ErrBlueprint names everything that is wrong with the blueprint; whether the bank can meet it is for Prove.
func NewPlan(ix *Index, bp questionbank.Blueprint, provinces map[string]int) (*Plan, error) {
	p := &Plan{ix: ix, bp: bp, perPoint: int32(min(max(bp.MaxPerPoint, 1), maxForm)), seconds: boundsOf(bp.Seconds)}
	var c errs.Check
	c.That(bp.Level == ix.level, "level", "differs", "方案的等级与题库的等级不同")
	c.That(len(ix.points) <= maxPoints, "level", "points", fmt.Sprintf("鉴定点超过%d个", maxPoints))
	c.That(bp.MaxPerPoint >= 0, "max_per_point", "negative", "同一鉴定点的题数不能为负")
	c.That(bp.SupplementCap >= 0, "supplement_cap", "negative", "补充题上限不能为负")
	c.That(sound(bp.Seconds), "seconds", "bounds", "答题时间的上下限不正确")
	p.count(&c)
	p.grade(&c)
	p.weigh(&c)
	p.place(&c)
	checkLimits(bp, &c)
	if err := c.Err(ErrBlueprint); err != nil {
		return nil, err
	}
	if err := p.muster(provinces); err != nil {
		return nil, err
	}
	p.lay()
	p.join()
	p.allow()
	return p, nil
}

func sound(b questionbank.Bounds) bool {
	return b.Min >= 0 && b.Max >= 0 && (b.Max == 0 || b.Min <= b.Max)
}

func checkLimits(bp questionbank.Blueprint, c *errs.Check) {
	over := bp.Exposure.OverLeast
	c.That(over == 0 || over >= 1000 && over <= 1_000_000, "exposure.over_least", "range", "使用次数上限不能低于最低峰值")
	c.That(bp.Exposure.Share >= 0 && bp.Exposure.Share <= 1000, "exposure.share", "range", "使用比例为0至1000‰")
	for name, n := range map[string]*int{"overlap.any": bp.Overlap.Any, "overlap.neighbour": bp.Overlap.Neighbour} {
		c.That(n == nil || *n >= 0, name, "negative", "重题数上限不能为负")
	}
	c.That(bp.Forms == "" || bp.Forms == questionbank.Individual || bp.Forms == questionbank.AB, "forms", "unknown", "组卷方式不正确")
}

// count reads the items by type.
func (p *Plan) count(c *errs.Check) {
	for _, t := range slices.Sorted(maps.Keys(p.bp.Counts)) {
		i, n := typeIndex(t), p.bp.Counts[t]
		ok := i >= 0 && n >= 0 && n <= maxForm
		c.That(ok, "counts."+string(t), "invalid", "题型或题数不正确")
		if ok {
			p.margins[i] = int32(n)
			p.total += n
		}
	}
	c.That(p.total > 0 && p.total <= maxForm, "counts", "total", "试卷的题数应为1至1000")
	p.supplement = min(p.bp.SupplementCap, p.total)
}

// grade reads the items by difficulty.
func (p *Plan) grade(c *errs.Check) {
	p.columns = len(types)
	sum := 0
	for _, g := range slices.Sorted(maps.Keys(p.bp.Difficulties)) {
		n := p.bp.Difficulties[g]
		ok := g >= 1 && g <= grades && n >= 0 && n <= maxForm
		c.That(ok, fmt.Sprintf("difficulties.%d", g), "invalid", "难度或题数不正确")
		if ok {
			p.grades[g-1] = int32(n)
			sum += n
		}
	}
	if sum > 0 {
		p.columns = nCells
		c.That(sum == p.total, "difficulties", "total", "各难度题数之和与各题型题数之和不同")
	}
}

// weigh reads the importances, of the blueprint and of the points.
func (p *Plan) weigh(c *errs.Check) {
	for i := range p.importance {
		p.importance[i] = bounds{0, math.MaxInt32}
	}
	for _, name := range slices.Sorted(maps.Keys(p.bp.Importance)) {
		i, b := slices.Index(classes[:], name), p.bp.Importance[name]
		c.That(i >= 0 && sound(b), "importance."+name, "invalid", "重要程度或其题数不正确")
		if i >= 0 {
			p.importance[i] = boundsOf(b)
		}
	}
	p.class = make([]uint8, len(p.ix.points))
	for i, pt := range p.ix.points {
		p.class[i] = uint8(len(classes))
		if k := slices.Index(classes[:], pt.Importance); k >= 0 {
			p.class[i] = uint8(k)
		}
	}
}

// place makes the ranges disjoint: every point belongs to the innermost range that has a quota, and what an inner range
// is given is taken off the one around it.
func (p *Plan) place(c *errs.Check) {
	codes, at := slices.Sorted(maps.Keys(p.bp.Ranges)), map[string]int{}
	quotas := 0
	for i, code := range codes { // an outer range comes before those inside it
		n := p.bp.Ranges[code]
		c.That(n >= 0 && n <= maxForm, "ranges."+code, "invalid", "鉴定范围的题数不正确")
		at[code] = i
		p.scopes = append(p.scopes, scope{code: code, quota: int32(n)})
		if outer := around(code, at); outer >= 0 {
			p.scopes[outer].quota -= int32(n)
		} else {
			quotas += n
		}
	}
	for _, s := range p.scopes {
		c.That(s.quota >= 0 || p.bp.Ranges[s.code] < 0, "ranges."+s.code, "inner", "其中各范围的题数之和超过该鉴定范围的题数")
	}
	c.That(quotas == p.total, "ranges", "total", "各鉴定范围题数之和与各题型题数之和不同")
	p.scopeOf = make([]int32, len(p.ix.points))
	for i, pt := range p.ix.points {
		s := around(pt.Code, at)
		if own, ok := at[pt.Code]; ok {
			s = own
		}
		if p.scopeOf[i] = int32(s); s >= 0 {
			p.scopes[s].points = append(p.scopes[s].points, int32(i))
		}
	}
}

// around is the innermost range of at that the code lies in, the code itself aside; -1 for none.
func around(code string, at map[string]int) int {
	for up := questionbank.Parent(code); up != ""; up = questionbank.Parent(up) {
		if i, ok := at[up]; ok {
			return i
		}
	}
	return -1
}

// muster counts the forms of the roster by origin.
func (p *Plan) muster(provinces map[string]int) error {
	p.formsOf, p.drawnFor = make([]int, len(p.ix.provinces)), make([]bool, len(p.ix.provinces))
	for province, n := range provinces {
		if n < 0 || n > maxSlots {
			return ErrSlots.With("%s %d", province, n)
		}
		p.formsOf[p.ix.origin(province)] += n
		p.drawnFor[p.ix.origin(province)] = true
		p.forms += n
	}
	if p.forms > maxSlots {
		return ErrSlots.With("%d", p.forms)
	}
	return nil
}

// lay finds the buckets: a column is a run of cells that lie together in the index.
func (p *Plan) lay() {
	width := nCells / p.columns
	p.off = make([]int32, len(p.ix.provinces)*len(p.ix.points)*p.columns+1)
	for b := range p.off {
		p.off[b] = p.ix.off[b*width]
	}
}

// bucket is the number of a bucket.
func (p *Plan) bucket(origin int, point, column int32) int32 {
	return (int32(origin*len(p.ix.points))+point)*int32(p.columns) + column
}

// size is the number of cards in a bucket.
func (p *Plan) size(bucket int32) int32 { return p.off[bucket+1] - p.off[bucket] }

// columnOf is the column of the card at a position of the index.
func (p *Plan) columnOf(c *Card) int32 {
	cell := typeIndex(c.Type)*grades + c.Difficulty - 1
	return int32(cell * p.columns / nCells)
}

// own is the origin of the supplement that candidates of the province may meet, 0 for none.
func (p *Plan) own(province string) int {
	if p.supplement == 0 {
		return 0
	}
	return p.ix.origin(province)
}

// Total is the number of items of a form.
func (p *Plan) Total() int { return p.total }

// Table is the joint table: items by type, in the order of a form, and difficulty. Nil when difficulty is free.
func (p *Plan) Table() [][]int {
	if p.columns != nCells {
		return nil
	}
	table := make([][]int, len(types))
	for t := range table {
		for g := range grades {
			table[t] = append(table[t], int(p.need[t*grades+g]))
		}
	}
	return table
}
