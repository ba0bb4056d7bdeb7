package assembly

import (
	"fmt"
	"slices"
	"strings"
)

// explain says why no form exists for candidates of the province when some cards are barred, as far as flows can prove
// it: nil when they cannot. It offers no relaxations, which take a search each.
func (p *Plan) explain(province string, out barred) *Shortage {
	s := &Shortage{Report{Class: p.className(province), Status: Infeasible}}
	if s.Cuts = p.explainCore(province, out); len(s.Cuts) > 0 {
		for _, c := range s.Cuts {
			s.Short += c.Short
		}
		return s
	}
	if s.Slacks = p.explainSides(province, out); len(s.Slacks) > 0 {
		for _, l := range s.Slacks {
			if !strings.HasPrefix(l.Constraint, "seconds") {
				s.Short += l.Slack
			}
		}
		return s
	}
	return nil
}

// className names level and province.
func (p *Plan) className(province string) string {
	if province == "" {
		return fmt.Sprint(uint8(p.ix.level))
	}
	return fmt.Sprintf("%d/%s", uint8(p.ix.level), province)
}

// explainSides is the second layer, for a core that can be met: the side constraints that no form meets, each taken
// alone; if there is none, the fewest that no form meets together.
func (p *Plan) explainSides(province string, out barred) (list []Slack) {
	c := p.core(p.own(province), out)
	tolls := p.tolls()
	for _, t := range tolls {
		if over, ok := c.over(t); ok && over > 0 {
			list = append(list, p.slack(t, over, ""))
		}
	}
	list = append(list, p.slackOfTime(c, out)...)
	if len(list) > 0 {
		return list
	}
	return p.together(c, tolls)
}

// together looks for the fewest tolls that no form keeps to at once: a price on each of them proves it.
func (p *Plan) together(c *core, tolls []toll) []Slack {
	for size := 2; size <= len(tolls); size++ {
		for some := set(1); some < 1<<len(tolls); some++ {
			if count(some) != size {
				continue
			}
			joint, names := some.joint(tolls)
			if over, ok := c.over(joint); ok && over > 0 {
				first := slices.IndexFunc(tolls, func(t toll) bool { return t.name == names[0] })
				return []Slack{p.slack(tolls[first], over, strings.Join(names[1:], "、"))}
			}
		}
	}
	return nil
}

// joint is one toll for several: an item pays it as often as it pays them.
func (s set) joint(tolls []toll) (joint toll, names []string) {
	var some []toll
	for k, t := range tolls {
		if s.has(k) {
			some, names, joint.most = append(some, t), append(names, t.name), joint.most+t.most
		}
	}
	joint.pays = func(b *bin) (n int64) {
		for _, t := range some {
			n += t.pays(b)
		}
		return n
	}
	return joint, names
}

// slack puts a toll that is over by so many items into words; with is the constraint that it cannot be met with.
func (p *Plan) slack(t toll, over int, with string) Slack {
	s := Slack{Constraint: t.name, Limit: t.most, Best: t.most + over, Slack: over}
	name, _ := strings.CutPrefix(t.name, "importance.")
	class, end, _ := strings.Cut(name, ".")
	if end == "min" {
		s.Limit, s.Best = p.total-s.Limit, p.total-s.Best
		s.Text = fmt.Sprintf("重要程度 %s 的试题至多可有%d题，方案的下限为%d题，缺%d题", class, s.Best, s.Limit, over)
	} else if end == "max" {
		s.Text = fmt.Sprintf("重要程度 %s 的试题至少需要%d题，方案的上限为%d题，超出%d题", class, s.Best, s.Limit, over)
	} else {
		s.Text = fmt.Sprintf("本省补充题至少需要%d题，方案的上限为%d题，超出%d题", s.Best, s.Limit, over)
	}
	if with != "" {
		s.Text += "（须同时满足 " + with + "）"
	}
	return s
}

// slackOfTime compares the shortest and the longest form with the window of the expected time.
func (p *Plan) slackOfTime(c *core, out barred) []Slack {
	if !p.hasWindow() {
		return nil
	}
	least, most := p.times(c, out)
	if over := least - p.seconds.most; over > 0 {
		return []Slack{{Constraint: "seconds.max", Limit: p.seconds.most, Best: least, Slack: over,
			Text: fmt.Sprintf("答题时间至少需要%d秒，方案的上限为%d秒，超出%d秒", least, p.seconds.most, over)}}
	}
	if most < p.seconds.least {
		return []Slack{{Constraint: "seconds.min", Limit: p.seconds.least, Best: most, Slack: p.seconds.least - most,
			Text: fmt.Sprintf("答题时间至多可有%d秒，方案的下限为%d秒，缺%d秒", most, p.seconds.least, p.seconds.least-most)}}
	}
	return nil
}

// hasWindow reports whether any form could miss the window of the expected time.
func (p *Plan) hasWindow() bool { return p.seconds.least > 0 || p.seconds.most < p.total*maxSeconds }

// times are those of the shortest and of the longest form.
func (p *Plan) times(c *core, out barred) (least, most int) {
	e := p.explode(c, out)
	var n network
	n.lay(e, 1, single, func(b *bin) int64 { return b.seconds })
	_, shortest := n.cheap()
	n.lay(e, 1, single, func(b *bin) int64 { return maxSeconds - b.seconds })
	_, gap := n.cheap()
	return int(shortest), p.total*maxSeconds - int(gap)
}

// explode makes a bin of every card. Enemies in a bucket are let go, so a form can only seem to have more choice.
func (p *Plan) explode(c *core, out barred) *core {
	gone := map[int32]bool{}
	for _, at := range slices.Concat(out.seen, out.withdrawn, out.capped) {
		gone[at] = true
	}
	e := *c
	e.bins = nil
	for _, b := range c.bins {
		for at := p.off[b.bucket]; at < p.off[b.bucket+1]; at++ {
			if !gone[at] {
				one := b
				one.size, one.room, one.card, one.seconds = 1, 1, at, int64(p.ix.cards[at].seconds)
				e.bins = append(e.bins, one)
			}
		}
	}
	return &e
}

// met bars the cards that a candidate met before; handles that the index lacks are passed over.
func (p *Plan) met(handles []string) (out barred) {
	for _, h := range handles {
		if at, ok := p.ix.Find(h); ok {
			out.seen = append(out.seen, at)
		}
	}
	return out
}
