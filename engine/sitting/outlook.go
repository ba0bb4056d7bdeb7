package sitting

import (
	"context"
	"fmt"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
)

// Outlook compares the places that a body has planned for one year with how many candidates its filing allows (年度评价人数). What is
// planned may be more: not every place is taken. So nothing is refused for it; only acceptances and seats are.
type Outlook struct {
	Year     int
	Filed    int // candidates a year; 0 without a filing
	Sessions int // of the year
	Places   int // of these: the seats given where nobody is taken any more, otherwise how many candidates the rooms hold
}

// Beyond is how many places are planned that the filing does not allow.
func (o Outlook) Beyond() int { return max(0, o.Places-o.Filed) }

// Words is the warning for who plans, "" where the places are within the filing.
func (o Outlook) Words() string {
	if o.Beyond() == 0 {
		return ""
	}
	return fmt.Sprintf("%d年度已安排%d场、%d个考位，备案的年度评价人数为%d人，多出%d个：受理满%d人以后，其余考位不能再受理考生。请减少考位，或由机构申请变更备案",
		o.Year, o.Sessions, o.Places, o.Filed, o.Beyond(), o.Filed)
}

// Outlook counts what is planned for a body of by's in the year, by the day of the theory component in the policy's zone.
func (s *Sittings) Outlook(ctx context.Context, by authz.Principal, org engine.OrgID, year int) (o Outlook, err error) {
	if err := by.Require(authz.PlanRead); err != nil {
		return o, err
	}
	if !actsFor(by, org) {
		return o, ErrPlan
	}
	body, err := s.people.Organisation(ctx, org)
	if err != nil {
		return o, err
	}
	o.Year, o.Filed = year, body.YearCapacity(year)
	all, err := engine.All(ctx, s.ports.Sessions.SessionList)
	now := s.clock.Now()
	for _, n := range all {
		if n.Org != org || s.day(n.Theory.Opens).Year != year {
			continue
		}
		o.Sessions++
		if n.Open(now) != nil {
			o.Places += len(n.Allotted)
			continue
		}
		o.Places += max(len(n.Allotted), n.holds())
	}
	return o, err
}

// holds is how many candidates have a place in the rooms of both components.
func (n *Session) holds() int {
	return min(n.places(engine.Theory), n.places(engine.Practical), maxSeats)
}
