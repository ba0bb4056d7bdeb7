package assembly

// Drawer draws the forms of one plan and seed, slot after slot. It is not safe for concurrent use; drawers of different
// plans share nothing.
type Drawer struct {
	*Plan
	ledger *ledger
	stream *Stream
	drawn  int32 // forms so far
	rooms  rooms
	page   page

	// Of the slot that is drawn.
	stamp             int32
	home              int // origin of the candidate's supplement, 0 for none
	national          *decks
	own               *decks          // nil without a supplement
	toll              int64           // price of a supplement item
	rank              [nClasses]int64 // price of an importance
	tries             int             // attempts at the slot that failed
	steps             int             // that a search may take: cards tried
	strains           [nClasses]int64 // what failed attempts at the slot add to that
	haste             int64           // what a second costs after them
	tooLong, tooShort price           // of a second, in the latest attempts whose forms were that
	order             []int32
	picks             []pick
	count             []int32 // by column
	onPoint           []int32
	onBucket          [2][]int32 // where a point may give several items: what its buckets gave
	inClass           [nClasses]int
	supplied          int
	enemies           []int32       // group to the stamp of the form that holds one of it
	around            [nCells]int64 // price of a column, and what is added when it is full
	wanted            [nCells]int32 // by column: what the walk would have taken without the joint table
	lesson            lesson
	banned            []ban
	rivals            rivals
	quota             [2]int32              // by origin: how often an item may be used
	ways              [nCells][nCells]int64 // from column to column: what the cheapest move of a pick costs
	rows              [2][nCells]int64      // scratch of keys
	besides           [1]int32              // the form beside, for lists of it alone

	offers offers
	spare  spares
	moves  []moves // by pick
}

// pick is one item of the form that is drawn.
type pick struct {
	scope, point, column int32
	origin               int32 // 0 national, 1 of the supplement
	card, place          int32 // position and place in the deck; card is -1 until one is dealt
}

// ban is a bucket that costs never until the slot is drawn.
type ban struct {
	decks  *decks
	bucket int32
}

// NewDrawer readies a draw.
func NewDrawer(p *Plan, seed [32]byte) (*Drawer, error) {
	return newDrawer(p, seed, func(i int32) int { return p.ix.given[p.ix.cards[i].from].Opening }), nil
}

func newDrawer(p *Plan, seed [32]byte, opening func(int32) int) *Drawer {
	points := len(p.ix.points)
	d := &Drawer{Plan: p, ledger: newLedger(p, opening), stream: NewStream(seed), order: make([]int32, len(p.scopes)),
		picks: make([]pick, 0, p.total), count: make([]int32, p.columns), onPoint: make([]int32, points),
		enemies: make([]int32, len(p.ix.groups)), spare: newSpares(p), rivals: newRivals(p), moves: make([]moves, p.total), steps: searchBudget / p.total}
	if p.perPoint > 1 {
		d.onBucket = [2][]int32{make([]int32, points*p.columns), make([]int32, points*p.columns)}
	}
	return d
}

// prepare readies the drawer for an attempt at a slot: nothing is picked, nothing banned, what is excluded is marked.
func (d *Drawer) prepare(s *Slot) {
	d.clear()
	d.stamp++
	for _, handle := range s.Excluded {
		if i, ok := d.ix.Find(handle); ok {
			d.ledger.cards[i].mark = d.stamp
		}
	}
	d.home = d.Plan.own(s.Province)
	d.national = d.deckOf(0)
	d.own, d.toll = nil, 0
	if d.home > 0 {
		d.own, d.toll = d.deckOf(d.home), d.ledger.supplement[d.home]
	}
	d.quota = [2]int32{d.ledger.most(0), d.ledger.most(d.home)}
	d.spare.reset()
	d.ledger.catchUp(d.national)
	if d.own != nil {
		d.ledger.catchUp(d.own)
	}
	for k, price := range d.ledger.importance {
		d.rank[k] = price + d.strains[k]
	}
}

// clear takes all picks back and lifts the bans.
func (d *Drawer) clear() {
	for i := range d.picks {
		p := &d.picks[i]
		d.onPoint[p.point] = 0
		if d.perPoint > 1 {
			d.onBucket[p.origin][d.place(p.point, p.column)] = 0
		}
	}
	d.picks = d.picks[:0]
	clear(d.count)
	d.inClass, d.supplied = [nClasses]int{}, 0
	for _, b := range d.banned {
		d.ledger.rekey(b.decks, b.bucket)
	}
	d.banned = d.banned[:0]
}

// deckOf opens the decks of an origin when they are first needed.
func (d *Drawer) deckOf(origin int) *decks {
	if l := d.ledger.decks[origin]; l != nil {
		return l
	}
	return d.ledger.open(origin, d.stream)
}

func (d *Drawer) decks(origin int32) *decks {
	if origin == 0 {
		return d.national
	}
	return d.own
}

func (d *Drawer) place(point, column int32) int32 { return point*int32(d.columns) + column }

// cost is what one more item of a bucket costs, never if it has none; the price of the column is left out.
func (d *Drawer) cost(origin, point, column int32) int64 {
	k := d.place(point, column)
	o := d.decks(origin)
	v := o.key[k]
	if v == never {
		return never
	}
	if d.perPoint > 1 {
		n := d.onBucket[origin][k]
		if n >= o.bucket[k].size {
			return never
		}
		v += int64(n) * o.step(k)
	}
	if v += d.rank[d.class[point]]; origin > 0 {
		v += d.toll
	}
	return v
}

// keys are what one more item of each column of a point costs, prices aside; nil when the origin does not count.
func (d *Drawer) keys(origin, point int32) []int64 {
	o := d.decks(origin)
	if o == nil {
		return nil
	}
	first, n := d.place(point, 0), int32(d.columns)
	keys := o.key[first : first+n]
	if d.perPoint == 1 {
		return keys
	}
	given, row := d.onBucket[origin][first:first+n], d.rows[origin][:n]
	for c, v := range keys {
		switch b := &o.bucket[first+int32(c)]; {
		case v == never || given[c] >= b.size:
			row[c] = never
		default:
			row[c] = v + int64(given[c])*o.step(first+int32(c))
		}
	}
	return row
}

// step is what each further item of a bucket costs more.
func (o *decks) step(k int32) int64 {
	v := oneUse / int64(o.bucket[k].size)
	if o.origin > 0 {
		v = v * o.ratio >> 10
	}
	return v
}

// either is the cheaper of what both origins have, the national one if they are equal.
func (d *Drawer) either(point, column int32) (cost int64, origin int32) {
	cost = d.cost(0, point, column)
	if d.own != nil {
		if v := d.cost(1, point, column); v < cost {
			return v, 1
		}
	}
	return cost, 0
}

// paid is what a pick costs.
func (d *Drawer) paid(p *pick) int64 {
	k := d.place(p.point, p.column)
	o := d.decks(p.origin)
	v := o.key[k] + d.rank[d.class[p.point]]
	if d.perPoint > 1 {
		v += int64(d.onBucket[p.origin][k]-1) * o.step(k)
	}
	if p.origin > 0 {
		v += d.toll
	}
	return v
}

// take adds a pick.
func (d *Drawer) take(scope, point int32, o offer) {
	d.picks = append(d.picks, pick{scope: scope, point: point, column: int32(o.column), origin: int32(o.origin), card: -1})
	d.enter(&d.picks[len(d.picks)-1], 1)
	d.fill(int(o.column))
}

// enter counts a pick in, or out.
func (d *Drawer) enter(p *pick, n int32) {
	d.count[p.column] += n
	d.onPoint[p.point] += n
	d.inClass[d.class[p.point]] += int(n)
	d.supplied += int(n * p.origin)
	if d.perPoint > 1 {
		d.onBucket[p.origin][d.place(p.point, p.column)] += n
	}
}

// move makes pick i one of another bucket of its scope; its card goes back.
func (d *Drawer) move(i int, point, column, origin int32) {
	p := &d.picks[i]
	d.giveBack(p)
	d.enter(p, -1)
	p.point, p.column, p.origin = point, column, origin
	d.enter(p, 1)
	d.spare.forget(p.scope)
}

// open reports whether a point may give one more item.
func (d *Drawer) open(point int32) bool { return d.onPoint[point] < d.perPoint }
