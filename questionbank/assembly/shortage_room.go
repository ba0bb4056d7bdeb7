package assembly

import (
	"cmp"
	"errors"
	"slices"
)

// ReportOn tells how the blueprint and the bank fit each other for candidates of the province: see Report. What cannot be
// decided is reported as feasible only as far as flows know; the error is then ErrUndecided.
func ReportOn(p *Plan, province string) (Report, error) {
	r := Report{Class: p.className(province), Status: Feasible}
	err := Prove(p, province, nil)
	var short *Shortage
	if errors.As(err, &short) {
		r, err = short.Report, nil
	}
	c := p.core(p.own(province), barred{})
	v := p.view(c, province, barred{})
	if r.Status == Feasible {
		peak, hot := v.hottest(p.tolls())
		r.LeastPeak = float64(peak) / rateBase
		r.Headroom = hot
	}
	r.Headroom = append(r.Headroom, v.headroom()...)
	return r, err
}

// target is the rate that AddForTenth asks for: an item in one of so many forms.
const target = 10

// room works out what belongs to a quota and the number of items that it can be met from.
func room(quota, items int) Headroom {
	h := Headroom{Items: items, Quota: quota, AddForTenth: max(quota*target-items, 0), MinExposure: 1}
	if quota > 0 {
		h.Attempts = items / quota
	}
	if items > 0 {
		h.MinExposure = min(float64(quota)/float64(items), 1)
	}
	return h
}

// headroom is that of every scope with a quota, the tightest first.
func (v *view) headroom() (list []Headroom) {
	items := make([]int, len(v.scopes))
	for i := range v.bins {
		items[v.bins[i].scope] += int(v.bins[i].size)
	}
	for s, n := range items {
		if v.scopes[s].quota > 0 {
			h := room(v.scopes[s].quota, n)
			h.Scope = v.scopes[s].code
			list = append(list, h)
		}
	}
	slices.SortStableFunc(list, func(a, b Headroom) int { return cmp.Compare(b.MinExposure, a.MinExposure) })
	return list
}

// hottest is the least peak and, where that is set by more than one scope's stock, the cut that sets it: the scopes or
// cells whose items are in so many forms in any draw.
func (v *view) hottest(tolls []toll) (peak int64, hot []Headroom) {
	var n network
	peak = v.leastPeak(tolls)
	bare := v.peak(&n)
	if bare < peak || bare <= 1 {
		return peak, nil
	}
	n.lay(v.core, rateBase, v.peakRoom(bare-1), nil)
	if n.short() == 0 {
		return peak, nil
	}
	if h := v.spot(n.reached(0), &n, bare); h.Items > 0 && len(h.Scopes) != 1 {
		hot = append(hot, h)
	}
	return peak, hot
}

// spot reads a cut of the network at the peak: what has to come through the buckets that are used to the full.
func (v *view) spot(near []bool, n *network, peak int64) Headroom {
	var full, asked set
	quota := 0
	for k, need := range v.need {
		if need > 0 {
			asked |= 1 << k
		}
		if need > 0 && !near[n.columnNode(int32(k))] {
			full |= 1 << k
		}
	}
	items, fixed := 0, int64(0)
	for i := range v.bins {
		b := &v.bins[i]
		switch {
		case !near[n.pointNode(b.point)] || !full.has(int(b.column)):
		case (peak-1)*b.size < b.room*rateBase:
			items += int(b.size)
		default:
			fixed += b.room
		}
	}
	h := Headroom{}
	for s := range v.scopes {
		if near[n.scopeNode(int32(s))] {
			quota += v.scopes[s].quota
			h.Scopes = append(h.Scopes, v.scopes[s].code)
		}
	}
	quota -= v.needs(asked&^full) + int(fixed) + v.held(near, n)
	if full != asked {
		h.Cells = v.codes(full)
	}
	if quota <= 0 || items == 0 {
		return Headroom{}
	}
	r := room(quota, items)
	r.Scopes, r.Cells = h.Scopes, h.Cells
	return r
}

// held is what points of the near scopes let through that lie beyond the cut: as much as one form may take of each.
func (v *view) held(near []bool, n *network) (items int) {
	last := int32(-1)
	for i := range v.bins {
		b := &v.bins[i]
		if b.point != last && near[n.scopeNode(b.scope)] && !near[n.pointNode(b.point)] {
			items += int(v.perPoint)
		}
		last = b.point
	}
	return items
}
