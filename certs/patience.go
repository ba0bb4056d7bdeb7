package certs

import (
	"sync"
	"time"
)

// longestWait bounds how long a worker waits between two attempts at what failed before: it is also how late it may notice
// that the cause is gone.
const longestWait = 10 * time.Minute

// patience spaces out the attempts of one process at what fails again and again: each waits twice as long as the one
// before, and what was decided on anew is tried at once. Nothing is lost with it. Safe for concurrent use.
type patience struct {
	mu  sync.Mutex
	had map[Number]attempts
}

// attempts are those at one certificate as it stood at a revision.
type attempts struct {
	revision int64
	failed   int
	next     time.Time
}

// over reports whether c may be tried at now.
func (p *patience) over(c *Certificate, now time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	a := p.had[c.Number]
	return a.revision != c.Revision || !now.Before(a.next)
}

// fail notes that an attempt at c failed.
func (p *patience) fail(c *Certificate, now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	a := p.had[c.Number]
	if a.revision != c.Revision {
		a = attempts{revision: c.Revision}
	}
	a.next = now.Add(min(settleAfter<<min(a.failed, 10), longestWait))
	a.failed++
	if p.had == nil {
		p.had = map[Number]attempts{}
	}
	p.had[c.Number] = a
}

// forget drops what nobody has tried for long: it is done, by whomever.
func (p *patience) forget(now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for n, a := range p.had {
		if now.After(a.next.Add(longestWait)) {
			delete(p.had, n)
		}
	}
}
