package registration

import (
	"context"
	"fmt"
	"sync"

	"github.com/skillcert/skillcert/engine"
)

// RuleQuota refuses who is one more than the body may examine in the year.
const RuleQuota = "quota"

// Quota knows the places of the year in which a session is held: how many candidates the body's filing allows (年度评价人数), and
// which applications hold one.
type Quota interface {
	Places(ctx context.Context) (*Places, error)
}

// Places are those of one body and year, as they were when they were read. Safe for concurrent use.
type Places struct {
	capacity int
	mu       sync.Mutex
	held     map[ApplicationID]bool // by IDs of applications
}

// NewPlaces returns the places of a filing of so many candidates a year, of which the applications hold one each.
func NewPlaces(capacity int, held map[ApplicationID]bool) *Places {
	return &Places{capacity: capacity, held: held}
}

// Left is how many are free.
func (p *Places) Left() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return max(0, p.capacity-len(p.held))
}

// Take gives the application a place, and reports whether it has one. It keeps one that it has.
func (p *Places) Take(application ApplicationID) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.held[application] && len(p.held) >= p.capacity {
		return false
	}
	p.held[application] = true
	return true
}

// quota refuses an application that nothing else stands against, where the year has no place left. Of two at the same moment both
// may have the last one: the seating counts once more.
func (d *Desk) quota(ctx context.Context, a *Application, t Target) error {
	if t.Quota == nil || !a.Accepted() {
		return nil
	}
	places, err := t.Quota.Places(ctx)
	if err != nil {
		return err
	}
	if !places.Take(a.ID) {
		a.Refusals = append(a.Refusals, Refusal{Rule: RuleQuota, Reason: fmt.Sprintf("%d年度备案的评价人数为%d人，已经受理满额。请报下一年度的场次，或由机构申请变更备案", t.Day.Year, places.capacity)})
	}
	return nil
}

// shared reads the places of every body and year once, for targets that many apply to together.
func shared(targets []Target) []Target {
	type year struct {
		org engine.OrgID
		no  int
	}
	once, out := map[year]Quota{}, make([]Target, len(targets))
	for i, t := range targets {
		if t.Quota != nil {
			at := year{t.Org, t.Day.Year}
			if once[at] == nil {
				once[at] = &readOnce{of: t.Quota}
			}
			t.Quota = once[at]
		}
		out[i] = t
	}
	return out
}

// readOnce is a Quota that is read when the first asks.
type readOnce struct {
	of     Quota
	mu     sync.Mutex
	places *Places
}

func (r *readOnce) Places(ctx context.Context) (*Places, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.places != nil {
		return r.places, nil
	}
	var err error
	r.places, err = r.of.Places(ctx)
	return r.places, err
}
