package assembly

import "math"

// unlimited is a limit that no item reaches.
const unlimited = math.MaxInt32

// overLeast is what Exposure.OverLeast means when it is zero, in thousandths.
const overLeast = 1050

// allow works out how often an item may be used, for a roster: OverLeast of the least peak that any draw can have, but at
// least one use more than that; and Share of the forms that may hold it. A supplement counts the forms of its own province,
// the national bank all. The least peak of all is the sum of those of the origins.
func (p *Plan) allow() {
	p.limit, p.share = make([]int32, len(p.formsOf)), make([]int32, len(p.formsOf))
	p.pace = make([]int64, len(p.formsOf))
	over := int64(p.bp.Exposure.OverLeast)
	if over == 0 {
		over = overLeast
	}
	sum := int64(0) // of rateBase uses
	for o := len(p.formsOf) - 1; o >= 0; o-- {
		forms, uses := int64(p.formsOf[o]), int64(0)
		if forms > 0 {
			origin := o
			if p.supplement == 0 {
				origin = 0
			}
			uses = forms * p.leastPeak(origin)
		}
		if sum += uses; o == 0 {
			forms, uses = int64(p.forms), sum
		}
		p.limit[o], p.share[o] = unlimited, unlimited
		p.pace[o] = rateBase
		if p.forms == 0 || forms == 0 {
			continue
		}
		p.pace[o] = up(uses, forms)
		p.limit[o] = int32(max(over*uses/(1000*rateBase), up(uses, rateBase)+1))
		if p.bp.Exposure.Share > 0 {
			p.share[o] = int32(up(int64(p.bp.Exposure.Share)*forms, 1000))
		}
	}
}

// up is a quotient rounded up.
func up(n, by int64) int64 { return (n + by - 1) / by }
