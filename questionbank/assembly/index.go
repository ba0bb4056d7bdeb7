package assembly

import (
	"cmp"
	"hash/maphash"
	"slices"
	"strings"
	"sync"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/questionbank"
)

// Refusals.
var (
	ErrIndex     = errs.New(errs.Conflict, "assembly.index", "题库版本的内容不完整，不能组卷")
	ErrBlueprint = errs.New(errs.Invalid, "assembly.blueprint", "组卷方案不正确")
	ErrShortage  = errs.New(errs.Conflict, "assembly.shortage", "题库版本不能满足组卷方案")
	ErrUndecided = errs.New(errs.Conflict, "assembly.undecided", "约束过紧，无法在限定步数内判定能否组卷")
	ErrSlots     = errs.New(errs.Invalid, "assembly.slots", "试卷份数不正确")
	ErrForm      = errs.New(errs.Conflict, "assembly.form", "试卷不符合组卷方案")
)

// Bounds of a card; what lies outside is refused.
const (
	grades     = 5
	maxSeconds = 3600
	maxOptions = 8
	// MaxOpening bounds the uses that a card carries over. A ledger that has grown beyond it is scaled down by its keeper.
	MaxOpening = 4095
)

// types are the item types in the order in which a form shows them.
var types = [...]questionbank.ItemType{questionbank.Single, questionbank.Multiple, questionbank.Judgement}

const nCells = len(types) * grades

// Card is what a draw knows of an item version: metadata only, so that a draw can be published and derived again
// without the items.
type Card struct {
	Handle     string // code@version in the house, a blinded handle in a transcript; its byte order is the order of a bucket
	Province   string // two digits of GB/T 2260 for a supplement, empty for the national bank
	Point      string
	Type       questionbank.ItemType
	Difficulty int // 1 to 5
	Seconds    int // expected answering time
	Options    int // shown; 2 for a judgement
	Enemy      string
	Opening    int // uses carried over from earlier sittings
}

// Index is the cards of one level made ready to draw from. It is immutable and safe for concurrent use.
//
// Cards lie in the order of origin, point, cell and handle. Origin 0 is the national bank, the others are the provinces
// that have cards, by code; points come by code; a cell is the type (single, multiple, judgement) times five plus the
// difficulty less one. This order is part of what a draw means.
type Index struct {
	level     engine.Level
	ranges    []questionbank.Range
	points    []questionbank.Point // by code
	provinces []string             // by origin; "" is the first
	groups    []string             // names of enemy groups, by first appearance in the order given

	given []Card  // as they came
	off   []int32 // (origin×points+point)×nCells+cell to its first position
	cards []entry // by position

	once   sync.Once // builds the table of Find
	seed   maphash.Seed
	places []int32
}

// entry is what the draw reads of a card, kept together.
type entry struct {
	from    int32 // index into the cards given
	enemy   int32 // group, -1 for none
	origin  int32 // by first appearance
	seconds int16 // expected answering time
	options uint8 // shown
}

// NewIndex sorts cards of one level. The table and the cards must not change afterwards. ErrIndex names the first card
// that a sound bank does not hold: one whose point the table lacks, a type, a difficulty or a number out of bounds, a
// handle that is there twice.
func NewIndex(level engine.Level, table questionbank.ElementTable, cards []Card) (*Index, error) {
	ix := &Index{level: level, ranges: table.Ranges, points: table.Points, given: cards, seed: maphash.MakeSeed()}
	if !slices.IsSortedFunc(ix.points, byCode) {
		ix.points = slices.Clone(ix.points)
		slices.SortFunc(ix.points, byCode)
	}
	entries, buckets, sorted, err := ix.read()
	var order []int32
	if !sorted {
		var twice error
		if order, twice = handleOrder(cards); twice != nil {
			return nil, twice
		}
	}
	if err != nil {
		return nil, err
	}
	ix.lay(order, entries, buckets)
	return ix, nil
}

func byCode(a, b questionbank.Point) int { return strings.Compare(a.Code, b.Code) }

// handleOrder is the order of cards by handle.
func handleOrder(cards []Card) ([]int32, error) {
	order := make([]int32, len(cards))
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortFunc(order, func(a, b int32) int { return strings.Compare(cards[a].Handle, cards[b].Handle) })
	for i := 1; i < len(order); i++ {
		if h := cards[order[i]].Handle; h == cards[order[i-1]].Handle {
			return nil, ErrIndex.With("试题 %s 重复", h)
		}
	}
	return order, nil
}

// read notes what every card says as it was given, its bucket inside its origin, and whether handles ascend.
func (ix *Index) read() (entries []entry, buckets []int32, sorted bool, err error) {
	ix.provinces = []string{""}
	origins, groups, points := map[string]int32{"": 0}, make(map[string]int32, len(ix.given)/64), newAddresses(ix.points)
	entries, buckets = make([]entry, len(ix.given)), make([]int32, len(ix.given))
	last, before, origin := "", "", int32(0)
	sorted = true
	for i := range ix.given {
		c := &ix.given[i]
		sorted = sorted && before < c.Handle
		before = c.Handle
		point := points.find(c.Point)
		if point < 0 {
			return nil, nil, false, ErrIndex.With("试题 %s 的鉴定点 %s 不在要素细目表中", c.Handle, c.Point)
		}
		t := typeIndex(c.Type)
		if err := c.sound(t); err != nil {
			return nil, nil, false, err
		}
		if c.Province != last {
			last = c.Province
			origin = numbered(origins, last, &ix.provinces)
		}
		group := int32(-1)
		if c.Enemy != "" {
			group = numbered(groups, c.Enemy, &ix.groups)
		}
		entries[i] = entry{int32(i), group, origin, int16(c.Seconds), uint8(c.Options)}
		buckets[i] = point*int32(nCells) + int32(t*grades+c.Difficulty-1)
	}
	return entries, buckets, sorted, nil
}

// numbered is the number of a name, the next one if it is new.
func numbered(numbers map[string]int32, name string, names *[]string) int32 {
	n, ok := numbers[name]
	if !ok {
		n = int32(len(*names))
		numbers[name], *names = n, append(*names, name)
	}
	return n
}

// addresses find points by their codes.
type addresses struct {
	points []questionbank.Point
	seed   maphash.Seed
	places []int32 // an open table, at most a quarter full; -1 for none
}

func newAddresses(points []questionbank.Point) *addresses {
	size := 4
	for size < 4*len(points) {
		size *= 2
	}
	a := &addresses{points: points, seed: maphash.MakeSeed(), places: slices.Repeat([]int32{-1}, size)}
	for i, p := range points {
		k := int(maphash.String(a.seed, p.Code)) & (size - 1)
		for a.places[k] >= 0 {
			k = (k + 1) & (size - 1)
		}
		a.places[k] = int32(i)
	}
	return a
}

// find is the place of a point, -1 if there is none.
func (a *addresses) find(code string) int32 {
	mask := len(a.places) - 1
	for k := int(maphash.String(a.seed, code)) & mask; ; k = (k + 1) & mask {
		if i := a.places[k]; i < 0 || a.points[i].Code == code {
			return i
		}
	}
}

func typeIndex(t questionbank.ItemType) int {
	switch t {
	case questionbank.Single:
		return 0
	case questionbank.Multiple:
		return 1
	case questionbank.Judgement:
		return 2
	}
	return -1
}

// sound looks at what a card says by itself.
func (c *Card) sound(t int) error {
	switch {
	case c.Handle == "":
		return ErrIndex.With("试题没有编号")
	case t < 0:
		return ErrIndex.With("试题 %s 的题型 %s", c.Handle, c.Type)
	case c.Difficulty < 1 || c.Difficulty > grades:
		return ErrIndex.With("试题 %s 的难度 %d", c.Handle, c.Difficulty)
	case c.Seconds < 0 || c.Seconds > maxSeconds:
		return ErrIndex.With("试题 %s 的预计答题时间 %d", c.Handle, c.Seconds)
	case c.Options < 2 || c.Options > maxOptions || c.Type == questionbank.Judgement && c.Options != 2:
		return ErrIndex.With("试题 %s 的选项数 %d", c.Handle, c.Options)
	case c.Opening < 0 || c.Opening > MaxOpening:
		return ErrIndex.With("试题 %s 的已用次数 %d", c.Handle, c.Opening)
	}
	return nil
}

// lay puts the buckets one after the other, origins in the order of their provinces. The cards are taken in the order of
// handles and keep it in a bucket.
func (ix *Index) lay(order []int32, entries []entry, buckets []int32) {
	width := int32(len(ix.points) * nCells)
	first := make([]int32, len(ix.provinces)) // by origin as it was read: its first bucket
	sorted := slices.Sorted(slices.Values(ix.provinces))
	for o, p := range ix.provinces {
		at, _ := slices.BinarySearch(sorted, p)
		first[o] = int32(at) * width
	}
	ix.provinces = sorted
	n := len(sorted) * int(width)
	next := make([]int32, n+2) // from 1 on: where the next card of a bucket goes, in the end where the next bucket begins
	for i := range buckets {
		buckets[i] += first[entries[i].origin]
		next[buckets[i]+2]++
	}
	for b := range n {
		next[b+2] += next[b+1]
	}
	ix.cards = make([]entry, len(buckets))
	for i := range buckets {
		if order != nil {
			i = int(order[i])
		}
		at := &next[buckets[i]+1]
		ix.cards[*at] = entries[i]
		*at++
	}
	ix.off = next[:n+1]
}

// Len is the number of cards.
func (ix *Index) Len() int { return len(ix.cards) }

// Card returns the card at a position.
func (ix *Index) Card(i int32) Card { return ix.given[ix.cards[i].from] }

// Level is the level whose cards these are.
func (ix *Index) Level() engine.Level { return ix.level }

// Provinces lists the origins: "" for the national bank, then the provinces that have cards, by code.
func (ix *Index) Provinces() []string { return slices.Clone(ix.provinces) }

// Find returns the position of the card with this handle.
func (ix *Index) Find(handle string) (int32, bool) {
	ix.once.Do(ix.hash)
	mask := len(ix.places) - 1
	for k := int(maphash.String(ix.seed, handle)) & mask; ; k = (k + 1) & mask {
		i := ix.places[k]
		if i < 0 {
			return 0, false
		}
		if ix.given[ix.cards[i].from].Handle == handle {
			return i, true
		}
	}
}

// hash lays the open table that Find looks in, at most half full.
func (ix *Index) hash() {
	size := 2
	for size < 2*len(ix.cards) {
		size *= 2
	}
	ix.places = slices.Repeat([]int32{-1}, size)
	for i, c := range ix.cards {
		k := int(maphash.String(ix.seed, ix.given[c.from].Handle)) & (size - 1)
		for ix.places[k] >= 0 {
			k = (k + 1) & (size - 1)
		}
		ix.places[k] = int32(i)
	}
}

// origin is the number of the province's supplement, 0 when it has none.
func (ix *Index) origin(province string) int {
	if o, ok := slices.BinarySearch(ix.provinces, province); ok {
		return o
	}
	return 0
}

// rangeName is a range with its Chinese name.
func (ix *Index) rangeName(code string) string {
	n, ok := slices.BinarySearchFunc(ix.ranges, code, func(r questionbank.Range, code string) int {
		return cmp.Compare(r.Code, code)
	})
	if !ok {
		return code
	}
	return code + " " + ix.ranges[n].Name
}
