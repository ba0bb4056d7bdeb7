package assembly

import (
	"fmt"
	"slices"
	"sort"
	"strings"
)

// view is a core that is short of items, made ready to be explained.
type view struct {
	*core
	plan   *Plan
	home   int // origin of the province's supplement
	origin int // the same, if forms may hold items of it
	out    barred
	cells  []string // names of columns
	zh     []string
	spare  []int // scope to what it lacks whatever the cells, which is told apart
}

var typeLetters = [len(types)]string{"S", "M", "J"}

// explainCore is the first layer: nil if a form meets the core. Types alone and difficulties alone are looked at before
// the joint table, as they are easier to understand and hold whatever the table.
func (p *Plan) explainCore(province string, out barred) []Cut {
	c := p.core(p.own(province), out)
	if p.columns == nCells {
		byType := func(k int8) int8 { return k / grades }
		byGrade := func(k int8) int8 { return k % grades }
		for _, fold := range []func(int8) int8{byType, byGrade} {
			v := p.view(c.fold(fold), province, out)
			if cuts := v.cuts(); len(cuts) > 0 {
				return cuts
			}
		}
	}
	return p.view(c, province, out).cuts()
}

// fold lets columns run together.
func (c *core) fold(to func(int8) int8) *core {
	f := &core{scopes: c.scopes, perPoint: c.perPoint, points: c.points, bins: slices.Clone(c.bins)}
	f.need = make([]int, to(int8(len(c.need)-1))+1)
	for k, n := range c.need {
		f.need[to(int8(k))] += n
	}
	for i := range f.bins {
		f.bins[i].column = to(f.bins[i].column)
	}
	return f
}

func (p *Plan) view(c *core, province string, out barred) *view {
	v := &view{core: c, plan: p, home: p.ix.origin(province), origin: p.own(province), out: out,
		spare: make([]int, len(c.scopes))}
	for k := range c.need {
		letter, zh := "*", ""
		if len(c.need) != grades {
			t := k * len(types) / len(c.need)
			letter, zh = typeLetters[t], typeName(string(types[t]))
		}
		if len(c.need) != len(types) {
			letter += fmt.Sprintf("/%d", k%grades+1)
			zh += fmt.Sprintf("难度%d", k%grades+1)
		}
		v.cells, v.zh = append(v.cells, letter), append(v.zh, zh)
	}
	return v
}

// set is a set of columns, a bit for each.
type set uint32

func (s set) has(column int) bool { return s>>column&1 == 1 }

func (v *view) all() set { return 1<<len(v.need) - 1 }

// supply is what each scope has of the columns, whatever its quota.
func (v *view) supply(of set) []int {
	sum, point, at := make([]int, len(v.scopes)), int64(0), int32(-1)
	for i := range v.bins {
		b := &v.bins[i]
		if b.point != at {
			at, point = b.point, 0
		}
		if !of.has(int(b.column)) {
			continue
		}
		more := min(b.room, v.perPoint-point)
		point += more
		sum[b.scope] += int(more)
	}
	for s, n := range v.spare {
		sum[s] += n
	}
	return sum
}

func (v *view) needs(of set) (sum int) {
	for k, n := range v.need {
		if of.has(k) {
			sum += n
		}
	}
	return sum
}

// missing is what the columns lack of what they need.
func (v *view) missing(of set) int {
	short := v.needs(of)
	for s, n := range v.supply(of) {
		short -= min(n, v.scopes[s].quota)
	}
	return short
}

// cuts tells scopes apart that are short by themselves; for what is short beyond that it tells cells, or scopes
// together, whichever takes fewer words.
func (v *view) cuts() (cuts []Cut) {
	alone := v.supply(v.all())
	for s, n := range alone {
		if n < v.scopes[s].quota {
			cuts = append(cuts, v.ofScopes([]int{s}, 0, n))
		}
	}
	for s, n := range alone {
		v.spare[s] = max(v.scopes[s].quota-n, 0)
	}
	n := v.network()
	short := int(n.short())
	if short == 0 {
		return cuts
	}
	cells, scopes, taken := v.sides(n)
	if len(scopes)+count(taken) < count(cells)+v.giving(cells) {
		room := v.needs(taken)
		for _, s := range scopes {
			room += v.supply(v.all() &^ taken)[s]
		}
		return append(cuts, v.ofScopes(scopes, taken, room))
	}
	for _, part := range v.parts(cells, short) {
		cuts = append(cuts, v.ofCells(part))
	}
	return cuts
}

// network lays the core out; what scopes lack by themselves is given to them by a point of their own with any cell.
func (v *view) network() *network {
	c := *v.core
	c.bins = slices.Clone(c.bins)
	for s, lack := range v.spare {
		for k := 0; k < len(c.need) && lack > 0; k++ {
			c.bins = append(c.bins, bin{scope: int32(s), point: int32(c.points), column: int8(k), room: int64(lack)})
		}
		if lack > 0 {
			c.points++
		}
	}
	c.perPoint = max(c.perPoint, 1)
	n := new(network)
	n.lay(&c, 1, single, nil)
	for s, lack := range v.spare { // such a point gives all that is lacking
		if lack > 0 {
			n.widen(int32(s), int64(lack))
		}
	}
	return n
}

// widen lets the last point of a scope give so many items.
func (n *network) widen(scope int32, room int64) {
	n.left[n.head[n.scopeNode(scope)]] = room
}

// sides are the columns that cannot be filled, and the scopes that have no place for their items with the columns that
// they could still give to, if these had room.
func (v *view) sides(n *network) (cells set, scopes []int, taken set) {
	far, near := n.feeding(n.sink()), n.reached(0)
	for k := range v.need {
		if far[n.columnNode(int32(k))] {
			cells |= 1 << k
		}
		if near[n.columnNode(int32(k))] {
			taken |= 1 << k
		}
	}
	for s := range v.scopes {
		if near[n.scopeNode(int32(s))] {
			scopes = append(scopes, s)
		}
	}
	return cells, scopes, taken
}

func count(s set) (n int) {
	for ; s > 0; s &= s - 1 {
		n++
	}
	return n
}

// giving is the number of scopes that have something of the columns.
func (v *view) giving(of set) (n int) {
	for _, has := range v.supply(of) {
		if has > 0 {
			n++
		}
	}
	return n
}

// parts splits columns where what each lacks by itself adds up to the whole.
func (v *view) parts(of set, short int) (parts []set) {
	sum := 0
	for k := range v.need {
		if one := set(1) << k; of.has(k) {
			if lacks := v.missing(one); lacks > 0 {
				parts, sum = append(parts, one), sum+lacks
			}
		}
	}
	if sum == short {
		return parts
	}
	return []set{of}
}

// ofScopes is the cut of scopes that need more than the cells outside taken and the places in taken can give them.
func (v *view) ofScopes(scopes []int, taken set, available int) Cut {
	c := Cut{Available: available}
	in := make([]bool, len(v.scopes))
	for _, s := range scopes {
		in[s] = true
		c.Need += v.scopes[s].quota
		c.Scopes = append(c.Scopes, v.scopes[s].code)
	}
	for k, name := range v.cells {
		if taken.has(k) {
			c.Taken = append(c.Taken, name)
		}
	}
	v.finish(&c, in, v.all()&^taken)
	c.Text = fmt.Sprintf("鉴定范围 %s 需要%d题，可用%d题，缺%d题", list(v.plan.rangeNames(c.Scopes)), c.Need, c.Available, c.Short)
	if taken != 0 {
		c.Text += "，其中" + list(v.words(taken)) + "已无名额"
	}
	c.Text += c.tail()
	return c
}

// ofCells is the cut of columns that need more than all scopes can give.
func (v *view) ofCells(of set) Cut {
	c := Cut{Need: v.needs(of), Cells: v.codes(of)}
	in := make([]bool, len(v.scopes))
	for s, n := range v.supply(of) {
		quota := v.scopes[s].quota
		in[s] = quota > 0
		c.Available += min(n, quota)
		switch {
		case n > quota && quota > 0:
			c.Limited = append(c.Limited, v.scopes[s].code)
		case n > 0 && quota > 0:
			c.Scopes = append(c.Scopes, v.scopes[s].code)
		}
	}
	v.finish(&c, in, of)
	c.Text = fmt.Sprintf("%s需要%d题，可用%d题，缺%d题", list(v.words(of)), c.Need, c.Available, c.Short)
	if len(c.Scopes) > 0 {
		c.Text += "，尚有试题的鉴定范围：" + list(v.plan.rangeNames(c.Scopes))
	}
	if len(c.Limited) > 0 {
		c.Text += "，受分配题数限制的鉴定范围：" + list(v.plan.rangeNames(c.Limited))
	}
	c.Text += c.tail()
	return c
}

func (v *view) codes(of set) (names []string) {
	for k, name := range v.cells {
		if of.has(k) {
			names = append(names, name)
		}
	}
	return names
}

func (v *view) words(of set) (names []string) {
	for k, name := range v.zh {
		if of.has(k) {
			names = append(names, name)
		}
	}
	return names
}

// finish fills in what is the same for all cuts: the sum, the points without items and the cards that may not be used.
func (v *view) finish(c *Cut, in []bool, of set) {
	c.Short = c.Need - c.Available
	has := map[int32]bool{} // points of the plan
	for i := range v.bins {
		if b := &v.bins[i]; of.has(int(b.column)) {
			has[v.plan.pointOf(b.bucket)] = true
		}
	}
	for s := range v.plan.scopes {
		if !in[s] || slices.Contains(c.Limited, v.scopes[s].code) {
			continue
		}
		for _, point := range v.plan.scopes[s].points {
			if !has[point] {
				c.Points = append(c.Points, v.plan.ix.points[point].Code)
				if v.home != 0 && v.origin == 0 && v.plan.stocked(v.home, point) {
					c.Supplied = append(c.Supplied, v.plan.ix.points[point].Code)
				}
			}
		}
	}
	c.Blocked = Blocked{Seen: v.blocked(v.out.seen, in, of), Withdrawn: v.blocked(v.out.withdrawn, in, of),
		Capped: v.blocked(v.out.capped, in, of)}
}

func (p *Plan) pointOf(bucket int32) int32 {
	return bucket / int32(p.columns) % int32(len(p.ix.points))
}

// place is the scope of the card at a position, and its column in the view. A card that candidates of the province
// never meet has the scope -1.
func (v *view) place(at int32) (scope int32, column int) {
	p := v.plan
	b := int32(sort.Search(len(p.off), func(b int) bool { return p.off[b] > at }) - 1)
	origin := int(b) / p.columns / len(p.ix.points)
	if origin != 0 && origin != v.origin {
		return -1, 0
	}
	column = int(b) % p.columns
	switch {
	case len(v.need) == p.columns:
	case len(v.need) == grades:
		column %= grades
	default:
		column /= grades
	}
	return p.scopeOf[p.pointOf(b)], column
}

func (v *view) blocked(cards []int32, in []bool, of set) (n int) {
	for _, at := range cards {
		if s, k := v.place(at); s >= 0 && in[s] && of.has(k) {
			n++
		}
	}
	return n
}

// stocked reports whether an origin has items at a point.
func (p *Plan) stocked(origin int, point int32) bool {
	first := p.bucket(origin, point, 0)
	return p.off[first] < p.off[first+int32(p.columns)]
}

// tail is the end of a sentence about a cut.
func (c *Cut) tail() string {
	var b strings.Builder
	if len(c.Points) > 0 {
		fmt.Fprintf(&b, "，没有可用试题的鉴定点：%s", list(c.Points))
	}
	if len(c.Supplied) > 0 {
		fmt.Fprintf(&b, "，其中只有补充题的：%s", list(c.Supplied))
	}
	for _, k := range []struct {
		n    int
		word string
	}{{c.Blocked.Seen, "考生已见过"}, {c.Blocked.Withdrawn, "已撤回"}, {c.Blocked.Capped, "使用次数已满"}} {
		if k.n > 0 {
			fmt.Fprintf(&b, "，%s%d题", k.word, k.n)
		}
	}
	return b.String()
}
