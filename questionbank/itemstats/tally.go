package itemstats

import (
	"cmp"
	"slices"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/questionbank"
)

// Ref names an item version.
type Ref struct {
	Code    string `json:"code"`
	Version int    `json:"version"`
}

func (r Ref) compare(o Ref) int { return cmp.Or(cmp.Compare(r.Code, o.Code), r.Version-o.Version) }

// Facts are what the statistics need to know of an item version.
type Facts struct {
	Type    questionbank.ItemType `json:"type"`
	Options int                   `json:"options"`
	Key     []int                 `json:"key"` // options, ascending
}

func (f Facts) same(o Facts) bool {
	return f.Type == o.Type && f.Options == o.Options && slices.Equal(f.Key, o.Key)
}

// Answer is what one attempt did with one item.
type Answer struct {
	Ref
	Facts
	Mark   engine.Points // what it earned
	Most   engine.Points // what it could have earned
	Chosen []int         // options of the item version, not places on the screen; empty when left open
	Given  bool          // everybody was given the points: they count in total and place and say nothing of the item
}

// Attempt is one marked attempt, in the order shown.
type Attempt []Answer

// Tally is what was counted over attempts, in canonical order: equal counts are equal values.
type Tally struct {
	Totals []Total `json:"totals"` // ascending
	Slots  []Slot  `json:"slots"`  // by place in the form
	Items  []Item  `json:"items"`  // by code and version
}

// Total is how many attempts came to one total.
type Total struct {
	Points engine.Points `json:"points"`
	N      int64         `json:"n"`
}

// Slot holds the sums of one place of the forms, over the attempts whose form reaches it. Sums of marks are in
// hundredths, sums of products in hundredths squared.
type Slot struct {
	N       int64 `json:"n"`
	Mark    int64 `json:"mark"`
	Most    int64 `json:"most"`
	Full    int64 `json:"full"` // what the whole forms could earn
	Total   int64 `json:"total"`
	Marks   int64 `json:"marks"`  // squares of marks
	Totals  int64 `json:"totals"` // squares of totals
	Product int64 `json:"product"`
}

func (s *Slot) add(o Slot) {
	s.N, s.Mark, s.Most, s.Full, s.Total = s.N+o.N, s.Mark+o.Mark, s.Most+o.Most, s.Full+o.Full, s.Total+o.Total
	s.Marks, s.Totals, s.Product = s.Marks+o.Marks, s.Totals+o.Totals, s.Product+o.Product
}

// Item is one item version over the attempts that showed it.
type Item struct {
	Ref
	Facts
	Most  int64 `json:"most"` // highest marks together
	Full  int64 `json:"full"` // what the whole forms could earn together
	Cells Cells `json:"cells"`
}

// Cell counts the attempts with one total and one mark for the item. It is stored packed, see Cells.
type Cell struct {
	Total, Mark engine.Points
	N           int64
	Open        int64   // nothing chosen
	Chosen      []int64 // by option; of a multiple item an attempt may be in several
}

// Cells are ascending by total, then by mark.
type Cells []Cell

// ErrTally refuses counts that cannot be.
var ErrTally = errs.New(errs.Invalid, "statistics.tally", "作答统计数据不正确")

// Counter counts attempts. The zero value is ready; it is not safe for concurrent use.
type Counter struct {
	totals map[engine.Points]int64
	slots  []Slot
	items  map[Ref]*counted
}

type counted struct {
	Item
	cells map[[2]engine.Points]*Cell
}

func (c *Counter) item(r Ref, f Facts) (*counted, error) {
	if c.items == nil {
		c.items = map[Ref]*counted{}
	}
	i := c.items[r]
	if i == nil {
		i = &counted{Item: Item{Ref: r, Facts: f}, cells: map[[2]engine.Points]*Cell{}}
		c.items[r] = i
	}
	if !i.same(f) {
		return nil, ErrTally.With("%s 第%d版的题型、选项或答案前后不一", r.Code, r.Version)
	}
	return i, nil
}

func (i *counted) cell(total, mark engine.Points) *Cell {
	at := [2]engine.Points{total, mark}
	c := i.cells[at]
	if c == nil {
		c = &Cell{Total: total, Mark: mark, Chosen: make([]int64, i.Options)}
		i.cells[at] = c
	}
	return c
}

func (c *Counter) total(p engine.Points, n int64) {
	if c.totals == nil {
		c.totals = map[engine.Points]int64{}
	}
	c.totals[p] += n
}

func (c *Counter) slot(n int) *Slot {
	for len(c.slots) <= n {
		c.slots = append(c.slots, Slot{})
	}
	return &c.slots[n]
}

// Add counts one attempt. After an error the counter is of no use any more.
func (c *Counter) Add(a Attempt) error {
	var total, full engine.Points
	for _, x := range a {
		total, full = total+x.Mark, full+x.Most
	}
	c.total(total, 1)
	t := int64(total)
	for n, x := range a {
		m := int64(x.Mark)
		c.slot(n).add(Slot{N: 1, Mark: m, Most: int64(x.Most), Full: int64(full), Total: t, Marks: m * m, Totals: t * t, Product: m * t})
		if x.Given {
			continue
		}
		i, err := c.item(x.Ref, x.Facts)
		if err != nil {
			return err
		}
		i.Most, i.Full = i.Most+int64(x.Most), i.Full+int64(full)
		if err := i.cell(total, x.Mark).add(x); err != nil {
			return err
		}
	}
	return nil
}

func (c *Cell) add(x Answer) error {
	c.N++
	if len(x.Chosen) == 0 {
		c.Open++
	}
	for _, o := range x.Chosen {
		if o < 0 || o >= len(c.Chosen) {
			return ErrTally.With("%s 没有第%d个选项", x.Code, o+1)
		}
		c.Chosen[o]++
	}
	return nil
}

// Merge counts what t counted. After an error the counter is of no use any more.
func (c *Counter) Merge(t *Tally) error {
	for _, x := range t.Totals {
		c.total(x.Points, x.N)
	}
	for n, s := range t.Slots {
		c.slot(n).add(s)
	}
	for _, x := range t.Items {
		i, err := c.item(x.Ref, x.Facts)
		if err != nil {
			return err
		}
		i.Most, i.Full = i.Most+x.Most, i.Full+x.Full
		for _, from := range x.Cells {
			if len(from.Chosen) != x.Options {
				return ErrTally.With("%s 的选项数不符", x.Code)
			}
			to := i.cell(from.Total, from.Mark)
			to.N, to.Open = to.N+from.N, to.Open+from.Open
			for o, n := range from.Chosen {
				to.Chosen[o] += n
			}
		}
	}
	return nil
}

// Tally returns what was counted so far.
func (c *Counter) Tally() *Tally {
	t := &Tally{Slots: slices.Clone(c.slots), Totals: make([]Total, 0, len(c.totals)), Items: make([]Item, 0, len(c.items))}
	for p, n := range c.totals {
		t.Totals = append(t.Totals, Total{p, n})
	}
	slices.SortFunc(t.Totals, func(a, b Total) int { return cmp.Compare(a.Points, b.Points) })
	for _, i := range c.items {
		x := i.Item
		x.Cells = make(Cells, 0, len(i.cells))
		for _, cell := range i.cells {
			kept := *cell
			kept.Chosen = slices.Clone(cell.Chosen)
			x.Cells = append(x.Cells, kept)
		}
		slices.SortFunc(x.Cells, Cell.compare)
		t.Items = append(t.Items, x)
	}
	slices.SortFunc(t.Items, func(a, b Item) int { return a.compare(b.Ref) })
	return t
}

func (c Cell) compare(o Cell) int {
	return cmp.Or(cmp.Compare(c.Total, o.Total), cmp.Compare(c.Mark, o.Mark))
}

// Attempts is how many attempts were counted.
func (t *Tally) Attempts() (n int64) {
	for _, x := range t.Totals {
		n += x.N
	}
	return n
}

// Split cuts t into tallies that take about size bytes each when stored, and never twice as much; merged they are t
// again. The first holds the totals and slots as well.
func (t *Tally) Split(size int) []*Tally {
	parts := []*Tally{{Totals: t.Totals, Slots: t.Slots}}
	room := size
	for _, i := range t.Items {
		need := itemBytes + cellBytes*len(i.Cells)
		last := parts[len(parts)-1]
		if need > room && len(last.Items) > 0 {
			last, room = &Tally{}, size
			parts = append(parts, last)
		}
		last.Items = append(last.Items, i)
		room -= need
	}
	return parts
}

// What an item and a cell of it take when stored, about: more than most do, and less than half of what the rarest do.
const (
	itemBytes = 200
	cellBytes = 24
)
