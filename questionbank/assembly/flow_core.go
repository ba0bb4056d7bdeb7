package assembly

import "slices"

// barred are cards, by position, that a form must not hold, by why.
type barred struct {
	seen      []int32 // by the candidate
	withdrawn []int32
	capped    []int32 // used as often as exposure allows
}

// core is the plan's core for candidates of one province, with the columns that the joint table counts. origin is the
// number of their supplement, 0 for national items only.
func (p *Plan) core(origin int, out barred) *core {
	return p.coreOf(slices.Compact([]int{0, origin}), out)
}

// mixed is the core of a form as it is on average over candidates of all provinces, counted by origin. It knows no more
// which of them takes what, so it can only seem to have more choice than they have.
func (p *Plan) mixed(formsOf []int) *core {
	origins, forms := []int{0}, formsOf[0]
	for o, n := range formsOf {
		if o > 0 && n > 0 {
			origins = append(origins, o)
			forms += n
		}
	}
	c := p.coreOf(origins, barred{})
	c.forms, c.formsOf = forms, formsOf
	return c
}

func (p *Plan) coreOf(origins []int, out barred) *core {
	c := &core{perPoint: int64(p.perPoint)}
	for _, n := range p.need {
		c.need = append(c.need, int(n))
	}
	for _, s := range p.scopes {
		c.scopes = append(c.scopes, coreScope{code: s.code, quota: int(s.quota)})
	}
	w := weigher{Plan: p, gone: make(map[int32]bool), group: make(map[int32]int32)}
	for _, list := range [][]int32{out.seen, out.withdrawn, out.capped} {
		for _, at := range list {
			w.gone[at] = true
		}
	}
	for s := range p.scopes {
		for _, point := range p.scopes[s].points {
			w.gather(c, int32(s), point, origins)
		}
	}
	return c
}

// weigher measures buckets.
type weigher struct {
	*Plan
	gone  map[int32]bool
	group map[int32]int32 // enemy group to the bucket that it was last met in, plus one
}

// gather adds the bins of a point.
func (w *weigher) gather(c *core, scope, point int32, origins []int) {
	for column := range int32(w.columns) {
		for _, o := range origins {
			b := bin{scope: scope, point: int32(c.points), column: int8(column), origin: int32(o), class: w.class[point]}
			b.bucket = w.bucket(o, point, column)
			if w.weigh(&b); b.size > 0 {
				c.bins = append(c.bins, b)
			}
		}
	}
	c.points++
}

// weigh counts what is left of a bucket: cards, and how many of them one form may hold.
func (w *weigher) weigh(b *bin) {
	for at := w.off[b.bucket]; at < w.off[b.bucket+1]; at++ {
		if len(w.gone) > 0 && w.gone[at] {
			continue
		}
		b.size++
		if g := w.ix.cards[at].enemy; g >= 0 {
			if w.group[g] == b.bucket+1 {
				continue
			}
			w.group[g] = b.bucket + 1
		}
		b.room++
	}
}

// tolls are the side constraints that count items: the cap on the supplement and the importances.
func (p *Plan) tolls() (list []toll) {
	supplied := func(b *bin) int64 { return one(b.origin != 0) }
	list = append(list, toll{name: "supplement_cap", pays: supplied, most: p.supplement})
	for k, name := range classes {
		in := p.importance[k]
		if in.most < p.total {
			inside := func(b *bin) int64 { return one(int(b.class) == k) }
			list = append(list, toll{name: "importance." + name + ".max", pays: inside, most: in.most})
		}
		if in.least > 0 {
			outside := func(b *bin) int64 { return one(int(b.class) != k) }
			list = append(list, toll{name: "importance." + name + ".min", pays: outside, most: p.total - in.least})
		}
	}
	return list
}

func one(pays bool) int64 {
	if pays {
		return 1
	}
	return 0
}

// leastPeak is the fewest uses, in rateBase forms for candidates of one province, of the most used item. It is rateBase
// where a single item has to be in every form, or where there is no form.
func (p *Plan) leastPeak(origin int) int64 { return p.core(origin, barred{}).leastPeak(p.tolls()) }
