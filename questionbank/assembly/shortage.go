package assembly

import (
	"fmt"
	"slices"
	"strings"

	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/questionbank"
)

// Shortage says why no form exists: what is needed, what there is, how many items are short. It is an error that Is
// ErrShortage and As an *errs.Error whose message and fields say the same to a person.
type Shortage struct {
	Short   int      `json:"short"` // in all
	Gaps    []Gap    `json:"gaps"`  // at least one
	Enemies []string `json:"enemies,omitempty"`
}

// Gap is one place where items are missing: a minimum cut of the network of ranges, points and types.
type Gap struct {
	Types     []questionbank.ItemType `json:"types"`              // all three when the type does not matter
	Ranges    []string                `json:"ranges,omitempty"`   // whose points cannot give their quota of these types
	Limited   []string                `json:"limited,omitempty"`  // that have more items of these types than their quota lets them give
	Points    []string                `json:"points,omitempty"`   // in Ranges, without any usable item of these types
	Supplied  []string                `json:"supplied,omitempty"` // among Points, those for which only the supplement has items
	Need      int                     `json:"need"`
	Available int                     `json:"available"`
	Short     int                     `json:"short"`
	// Supplement marks the other way round: Need is the fewest supplement items of any form, Available their cap.
	Supplement bool   `json:"supplement,omitempty"`
	Text       string `json:"text"`
}

// Error is the whole report in one sentence.
func (s *Shortage) Error() string { return s.refusal().Error() }

// Unwrap makes the report an errs.Error of ErrShortage's code.
func (s *Shortage) Unwrap() error { return s.refusal() }

func (s *Shortage) refusal() *errs.Error {
	texts := make([]string, len(s.Gaps))
	for i, g := range s.Gaps {
		texts[i] = g.Text
	}
	text := strings.Join(texts, "；")
	if len(s.Enemies) > 0 {
		text += "（已计入不能同卷的相斥组 " + list(s.Enemies) + "）"
	}
	return ErrShortage.With("%s。", text)
}

// shortage explains an end of the search.
func (p *plan) shortage(d dead) *Shortage {
	s := &Shortage{Short: int(d.short)}
	for _, o := range p.blame(&d) {
		s.Enemies = append(s.Enemies, p.groups[o.group])
	}
	slices.Sort(s.Enemies)
	all := p.single(d.room)
	set, _ := all.worst()
	switch {
	case d.supply > 0:
		s.Gaps = []Gap{p.supplementGap(d)}
	case set == allTypes:
		for i := range p.ranges {
			if r := &p.ranges[i]; all.supply(r, allTypes) < int64(r.quota) {
				s.Gaps = append(s.Gaps, all.gap(allTypes, p.ranges[i:i+1], r.quota))
			}
		}
	default:
		s.Gaps = []Gap{all.gap(set, p.ranges, int(all.needs(set)))}
	}
	return s
}

// blame gives back to the buckets every decision about enemies without which as many items would be missing, and
// returns those that are left.
func (p *plan) blame(d *dead) []decision {
	if d.supply > 0 {
		return d.owned
	}
	return slices.DeleteFunc(slices.Clone(d.owned), func(o decision) bool {
		p.enforce(o, d.room, 1)
		if _, short := p.single(d.room).worst(); short == d.short {
			return true
		}
		p.enforce(o, d.room, -1)
		return false
	})
}

// supplementGap is for a bank that has enough items, but too many of them in the supplement.
func (p *plan) supplementGap(d dead) Gap {
	g := Gap{Need: d.supply, Available: p.cap, Short: d.supply - p.cap, Supplement: true}
	g.Text = fmt.Sprintf("本省补充题至少需要%d题，方案的上限为%d题，超出%d题", g.Need, g.Available, g.Short)
	room := slices.Clone(d.room)
	for b := supplied; b < len(room); b += nOrigins {
		room[b] = 0
	}
	alone := p.single(room)
	set, short := alone.worst()
	if short == 0 {
		return g
	}
	need := alone.needs(set)
	detail := alone.gap(set, p.ranges, int(need))
	g.Types, g.Ranges, g.Limited, g.Points, g.Supplied = detail.Types, detail.Ranges, detail.Limited, detail.Points, detail.Supplied
	g.Text += "：国家题库中" + detail.Text
	return g
}

// gap describes one cut: the types of the set over some ranges, which together need so many items.
func (s scaled) gap(set typeSet, ranges []planRange, need int) Gap {
	g := Gap{Need: need}
	for c, t := range columns {
		if set.has(c) {
			g.Types = append(g.Types, t)
		}
	}
	for i := range ranges {
		r := &ranges[i]
		supply := int(s.supply(r, set))
		if set == allTypes && len(ranges) == 1 || supply < r.quota {
			g.Available += supply
		} else {
			g.Available += r.quota
		}
		switch {
		case supply < r.quota:
			g.Ranges = append(g.Ranges, r.code)
			s.empty(r, set, &g)
		case supply > r.quota:
			g.Limited = append(g.Limited, r.code)
		}
	}
	g.Short = g.Need - g.Available
	g.Text = s.describe(g)
	return g
}

// empty lists the points of a range that can give nothing even if enemies were not counted.
func (s scaled) empty(r *planRange, set typeSet, g *Gap) {
	for _, p := range r.points {
		own, other := s.held(p, set, national), s.held(p, set, supplied)
		if own > 0 || s.atPoint(p, set) > 0 {
			continue
		}
		g.Points = append(g.Points, s.points[p].Code)
		if other > 0 {
			g.Supplied = append(g.Supplied, s.points[p].Code)
		}
	}
}

// held is the number of items of one origin at a point.
func (s scaled) held(point int32, set typeSet, origin int) (n int32) {
	for c := range nColumns {
		if set.has(c) {
			n += s.size(int32(bucket(int(point), c, origin)))
		}
	}
	return n
}

func (s scaled) describe(g Gap) string {
	var b strings.Builder
	if len(g.Types) == nColumns {
		fmt.Fprintf(&b, "鉴定范围 %s ", list(s.rangeNames(g.Ranges)))
	} else {
		b.WriteString(typeNames(g.Types))
	}
	fmt.Fprintf(&b, "需要%d题，可用%d题，缺%d题", g.Need, g.Available, g.Short)
	if len(g.Types) < nColumns {
		if len(g.Ranges) > 0 {
			fmt.Fprintf(&b, "，题量不足的鉴定范围：%s", list(s.rangeNames(g.Ranges)))
		}
		if len(g.Limited) > 0 {
			fmt.Fprintf(&b, "，受分配题数限制的鉴定范围：%s", list(s.rangeNames(g.Limited)))
		}
	}
	if len(g.Points) > 0 {
		fmt.Fprintf(&b, "，没有可用试题的鉴定点：%s", list(g.Points))
	}
	if len(g.Supplied) > 0 {
		fmt.Fprintf(&b, "，其中只有补充题的：%s", list(g.Supplied))
	}
	return b.String()
}

func (s scaled) rangeNames(codes []string) []string {
	names := make([]string, len(codes))
	for i, c := range codes {
		names[i] = s.rangeName(c)
	}
	return names
}

// listed is how many names a sentence gives; the fields give all.
const listed = 6

func list(names []string) string {
	if len(names) > listed {
		return fmt.Sprintf("%s等%d个", strings.Join(names[:listed], "、"), len(names))
	}
	return strings.Join(names, "、")
}

func typeNames(types []questionbank.ItemType) string {
	names := make([]string, len(types))
	for i, t := range types {
		switch t {
		case questionbank.Single:
			names[i] = "单选题"
		case questionbank.Multiple:
			names[i] = "多选题"
		case questionbank.Judgement:
			names[i] = "判断题"
		}
	}
	return strings.Join(names, "、")
}
