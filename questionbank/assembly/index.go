package assembly

import (
	"cmp"
	"slices"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/questionbank"
)

// Refusals.
var (
	ErrIndex     = errs.New(errs.Conflict, "assembly.index", "题库版本的内容不完整，不能组卷")
	ErrBlueprint = errs.New(errs.Invalid, "assembly.blueprint", "组卷方案不正确")
	ErrShortage  = errs.New(errs.Conflict, "assembly.shortage", "题库版本不能满足组卷方案")
	ErrUndecided = errs.New(errs.Conflict, "assembly.undecided", "相斥组过多，无法在限定步数内判定能否组卷")
	ErrSlots     = errs.New(errs.Invalid, "assembly.slots", "试卷份数不正确")
	ErrForm      = errs.New(errs.Conflict, "assembly.form", "试卷不符合组卷方案")
)

// columns are the item types in the order in which a form shows them.
var columns = [...]questionbank.ItemType{questionbank.Single, questionbank.Multiple, questionbank.Judgement}

const (
	nColumns = len(columns)
	national = 0 // origins of a bucket
	supplied = 1 // of the province's supplement
	nOrigins = 2
	nBuckets = nColumns * nOrigins // of one point
)

// Index is a release made ready for drawing one level in one province. It is immutable and safe for concurrent use.
//
// Items lie in buckets by (point, type, origin), in the order of point code, type, origin and item code; this order is
// part of what makes a draw reproducible.
type Index struct {
	level    engine.Level
	province string
	snapshot *questionbank.Snapshot
	table    questionbank.ElementTable

	points []questionbank.Point // by code
	off    []int32              // bucket to its first entry
	items  []entry
	room   []int32   // bucket to the most items of it that one form may hold: an enemy group counts once
	groups []string  // enemy groups by number
	spread [][]int32 // group to the buckets that hold items of it
}

type entry struct {
	item  *questionbank.ItemVersion
	enemy int32 // group, -1 for none
}

func bucket(point, column, origin int) int { return (point*nColumns+column)*nOrigins + origin }

func pointOf(bucket int32) int32  { return bucket / int32(nBuckets) }
func columnOf(bucket int32) int32 { return bucket / nOrigins % int32(nColumns) }
func originOf(bucket int32) int32 { return bucket % nOrigins }

// NewIndex readies the items of level that a candidate of province may meet: the national ones and the province's own
// supplement. province is two digits of GB/T 2260, or empty for national items only. The snapshot must not change
// afterwards. ErrIndex names what a sound release never lacks: the element table of the level, the order of codes, a
// point or type of an item.
func NewIndex(snapshot *questionbank.Snapshot, level engine.Level, province string) (*Index, error) {
	table, ok := snapshot.Tables[level]
	if !ok {
		return nil, ErrIndex.With("缺少%s的要素细目表", level)
	}
	ix := &Index{level: level, province: province, snapshot: snapshot, table: table, points: slices.Clone(table.Points)}
	slices.SortFunc(ix.points, func(a, b questionbank.Point) int { return cmp.Compare(a.Code, b.Code) })
	buckets, err := ix.sort(snapshot.Items)
	if err != nil {
		return nil, err
	}
	ix.lay(snapshot.Items, buckets)
	return ix, nil
}

// sort names the bucket of each item, -1 for items that are not for this level and province.
func (ix *Index) sort(items []questionbank.ItemVersion) ([]int32, error) {
	places := make(map[string]int, len(ix.points))
	for i, p := range ix.points {
		places[p.Code] = i
	}
	buckets := make([]int32, len(items))
	for i := range items {
		v := &items[i]
		if i > 0 && v.Code <= items[i-1].Code {
			return nil, ErrIndex.With("试题 %s 重复或未按编号排列", v.Code)
		}
		if buckets[i] = -1; v.Level != ix.level || v.Province != "" && v.Province != ix.province {
			continue
		}
		point, ok := places[v.Point]
		if !ok {
			return nil, ErrIndex.With("试题 %s 的鉴定点 %s 不在要素细目表中", v.Code, v.Point)
		}
		column := slices.Index(columns[:], v.Type)
		if column < 0 {
			return nil, ErrIndex.With("试题 %s 的题型 %s", v.Code, v.Type)
		}
		origin := national
		if v.Province != "" {
			origin = supplied
		}
		buckets[i] = int32(bucket(point, column, origin))
	}
	return buckets, nil
}

// lay puts the buckets one after the other; items come in the order of codes and keep it.
func (ix *Index) lay(items []questionbank.ItemVersion, buckets []int32) {
	n := len(ix.points) * nBuckets
	ix.off, ix.room = make([]int32, n+1), make([]int32, n)
	for _, b := range buckets {
		if b >= 0 {
			ix.off[b+1]++
		}
	}
	for b := range n {
		ix.off[b+1] += ix.off[b]
	}
	ix.items = make([]entry, ix.off[n])
	next, numbers := slices.Clone(ix.off), map[string]int32{}
	for i, b := range buckets {
		if b >= 0 {
			ix.items[next[b]] = entry{item: &items[i], enemy: ix.join(items[i].Enemy, b, numbers)}
			next[b]++
		}
	}
}

// join files an item of bucket b under its enemy group and counts the room it makes.
func (ix *Index) join(group string, b int32, numbers map[string]int32) int32 {
	if group == "" {
		ix.room[b]++
		return -1
	}
	g, ok := numbers[group]
	if !ok {
		g = int32(len(ix.groups))
		numbers[group] = g
		ix.groups, ix.spread = append(ix.groups, group), append(ix.spread, nil)
	}
	if !slices.Contains(ix.spread[g], b) {
		ix.spread[g] = append(ix.spread[g], b)
		ix.room[b]++
	}
	return g
}

// size is the number of items in bucket b.
func (ix *Index) size(b int32) int32 { return ix.off[b+1] - ix.off[b] }

// rangeName is a range with its Chinese name.
func (ix *Index) rangeName(code string) string {
	for _, r := range ix.table.Ranges {
		if r.Code == code {
			return code + " " + r.Name
		}
	}
	return code
}
