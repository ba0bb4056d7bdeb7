package api

import (
	"crypto/sha256"
	"sync"
	"time"

	"github.com/skillcert/skillcert/engine/clock"
)

// minute counts by keys, which are of one length whatever somebody types, so that nobody fills the memory with names. The minute
// begins for all of them at once. Safe for concurrent use.
type minute struct {
	most  int
	clock clock.Clock

	mu     sync.Mutex
	begun  time.Time
	counts map[[sha256.Size]byte]int
}

// take counts one more, unless there are as many as may be. What is counted before it is done cannot be done by many at once.
func (m *minute) take(key [sha256.Size]byte) (begun time.Time, ok bool) {
	now := m.clock.Now()
	m.mu.Lock()
	defer m.mu.Unlock()
	if age := now.Sub(m.begun); m.counts == nil || age < 0 || age >= time.Minute {
		m.begun, m.counts = now, map[[sha256.Size]byte]int{}
	}
	if m.counts[key] >= m.most {
		return m.begun, false
	}
	m.counts[key]++
	return m.begun, true
}

// giveBack counts one less, in the minute that began then.
func (m *minute) giveBack(key [sha256.Size]byte, begun time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if !m.begun.Equal(begun) {
		return
	}
	if m.counts[key]--; m.counts[key] == 0 {
		delete(m.counts, key)
	}
}
