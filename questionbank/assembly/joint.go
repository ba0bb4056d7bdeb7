package assembly

import "slices"

// Types on one side and difficulties on the other do not fit into one flow with the scopes. A plan therefore fixes how
// many items of every type have every difficulty, once for all forms: the joint table.

const (
	// maxTables is how many tables are tried around a cut before they are tried one by one, and maxListed how many then.
	maxTables = 40
	maxListed = 2000
	// scarce is the marginal use of a cell that has no cards.
	scarce = int64(1) << 56
)

// table is items by cell.
type table [nCells]int32

// join fixes the joint table: of those with the right sums the one that uses the cells most evenly. While it leaves
// candidates of some province without a form, the cells of the cut count half as much.
func (p *Plan) join() {
	p.need = make([]int32, p.columns)
	if p.columns == len(types) {
		copy(p.need, p.margins[:])
		return
	}
	stock := p.stock()
	for range maxTables {
		even := p.corner()
		even.even(&stock)
		p.need = even[:]
		cut := p.narrow()
		if cut == nil {
			return
		}
		for _, c := range cut {
			stock[c] /= 2
		}
	}
	first := slices.Clone(p.need)
	if left := maxListed; !p.list(&table{}, 0, &left) {
		p.need = first
	}
}

// stock weighs the cells by the national cards that the blueprint can use.
func (p *Plan) stock() (weight [nCells]int64) {
	for i := range p.scopes {
		for _, pt := range p.scopes[i].points {
			for c := range int32(nCells) {
				weight[c] += int64(p.size(p.bucket(0, pt, c))) << 24
			}
		}
	}
	return weight
}

// corner is the table that the north-west corner rule gives.
func (p *Plan) corner() (t table) {
	rows, columns := p.margins, p.grades
	for i, j := 0, 0; i < len(rows) && j < len(columns); {
		n := min(rows[i], columns[j])
		t[i*grades+j] = n
		rows[i], columns[j] = rows[i]-n, columns[j]-n
		if rows[i] == 0 {
			i++
		} else {
			j++
		}
	}
	return t
}

// cycle is a move between cells that keeps all sums: the even places of cells gain an item, the odd ones lose one.
type cycle []int

// cycles lists all moves between two rows and two columns, then those between three and three.
func cycles() (all []cycle) {
	cell := func(row, column int) int { return row*grades + column }
	for r := range len(types) {
		for s := r + 1; s < len(types); s++ {
			for a := range grades {
				for b := range grades {
					if a != b {
						all = append(all, cycle{cell(r, a), cell(r, b), cell(s, b), cell(s, a)})
					}
				}
			}
		}
	}
	for a := range grades {
		for b := range grades {
			for c := range grades {
				if a != b && b != c && a != c {
					all = append(all, cycle{cell(0, a), cell(0, b), cell(1, b), cell(1, c), cell(2, c), cell(2, a)})
				}
			}
		}
	}
	return all
}

// even makes the sum of items² by stock as small as the sums allow: the best cycle, the first of equal ones, while one
// helps.
func (t *table) even(stock *[nCells]int64) {
	all := cycles()
	for {
		best, least := cycle(nil), int64(0)
		for _, c := range all {
			if v := t.change(c, stock); v < least {
				best, least = c, v
			}
		}
		if best == nil {
			return
		}
		for k, cell := range best {
			t[cell] += int32(1 - 2*(k&1))
		}
	}
}

// change is what a cycle adds to the sum, 0 if a cell has nothing to lose.
func (t *table) change(c cycle, stock *[nCells]int64) (sum int64) {
	for k, cell := range c {
		n := int64(t[cell])
		switch {
		case k&1 == 0:
			sum += marginal(2*n+1, stock[cell])
		case n == 0:
			return 0
		default:
			sum -= marginal(2*n-1, stock[cell])
		}
	}
	return sum
}

func marginal(n, stock int64) int64 {
	if stock == 0 {
		return n * (scarce >> 12)
	}
	return (n << 48) / stock
}

// narrow is the cells that no form can give as many of as the table asks for, for the first origin of the roster that
// lacks any; nil when there are forms for all.
func (p *Plan) narrow() []int {
	for origin := range p.formsOf {
		if origin > 0 && !p.drawnFor[origin] {
			continue
		}
		if origin == 0 && !p.drawnFor[0] && slices.Contains(p.drawnFor, true) {
			continue
		}
		if cut := p.cutOf(origin); cut != nil {
			return cut
		}
	}
	return nil
}

func (p *Plan) cutOf(origin int) (cut []int) {
	if p.supplement == 0 {
		origin = 0
	}
	var n network
	n.lay(p.core(origin, barred{}), 1, single, nil)
	if n.short() == 0 {
		return nil
	}
	far := n.feeding(n.sink())
	for c := range p.need {
		if far[n.columnNode(int32(c))] {
			cut = append(cut, c)
		}
	}
	return cut
}

// list tries the tables one by one, in the order of their numbers from the first cell on, and stops at one that leaves
// nobody without a form.
func (p *Plan) list(t *table, cell int, left *int) bool {
	if cell == nCells {
		*left--
		p.need = slices.Clone(t[:])
		return p.narrow() == nil
	}
	row, column := cell/grades, cell%grades
	r, c := p.margins[row], p.grades[column]
	for k := range column {
		r -= t[row*grades+k]
	}
	for k := range row {
		c -= t[k*grades+column]
	}
	least := int32(0)
	if column == grades-1 {
		least = r
	}
	if row == len(types)-1 {
		least = max(least, c)
	}
	for n := least; n <= min(r, c) && *left > 0; n++ {
		t[cell] = n
		if p.list(t, cell+1, left) {
			return true
		}
	}
	return false
}
