package theory

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/sitting"
)

// maxKnown bounds the attempts remembered; each takes some hundred bytes.
const maxKnown = 1 << 16

// known is what this process remembers of one attempt so that a response costs one insert. The first fields never
// change. The others may lag behind the store, because other processes write too, but never run ahead of it: whoever
// finds that they lag reads the store again.
type known struct {
	id        AttemptID
	candidate engine.PersonID
	ticket    sitting.Ticket
	window    clock.Window

	places atomic.Pointer[[]place] // of the form; it may be another one until the paper is opened
	opened atomic.Bool
	over   atomic.Bool  // the log has its Close, or the attempt is voided
	seq    atomic.Int64 // highest sequence seen in the log, -1 before it was read
	seated atomic.Int64 // Unix milliseconds at which the seat was last found not voided
	heard  atomic.Int64 // Unix milliseconds of the candidate's last request here
}

func (k *known) learn(a *Attempt) {
	if !k.opened.Load() {
		places := placesOf(a.Form)
		k.places.Store(&places)
	}
	if a.State != Scheduled {
		k.opened.Store(true)
	}
	if a.State != Scheduled && a.State != InProgress {
		k.over.Store(true)
	}
}

// saw takes note of a log that was read or added to. over goes first: who reads seq and then over never takes a Close
// for something that can be followed.
func (k *known) saw(seq int, closed bool) {
	if closed {
		k.over.Store(true)
	}
	for {
		old := k.seq.Load()
		if int64(seq) <= old || k.seq.CompareAndSwap(old, int64(seq)) {
			return
		}
	}
}

// next reports whether seq follows what is known of the log and the log is known to be open.
func (k *known) next(seq int) bool {
	last := k.seq.Load()
	return int64(seq) == last+1 && last >= 0 && !k.over.Load()
}

// memory holds the attempts that this process works on.
type memory struct {
	mu sync.RWMutex
	m  map[AttemptID]*known
}

func (m *memory) get(id AttemptID) *known {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return m.m[id]
}

func (m *memory) size() int {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return len(m.m)
}

// keep remembers a; when the memory is full, any other attempt makes room and is read again when it is needed.
func (m *memory) keep(a *Attempt) *known {
	m.mu.Lock()
	defer m.mu.Unlock()
	k := m.m[a.ID]
	if k == nil {
		for id := range m.m {
			if len(m.m) < maxKnown {
				break
			}
			delete(m.m, id)
		}
		k = &known{id: a.ID, candidate: a.Candidate, ticket: a.Ticket, window: a.Window}
		k.seq.Store(-1)
		m.m[a.ID] = k
	}
	k.learn(a)
	return k
}

// patience is how long what was read may serve again when n attempts are watched: nothing up to 99, then 100 ms for
// each hundred. A full hall costs the store no more than a small one, and a small one is always up to date.
func patience(n int) time.Duration { return time.Duration(n/100) * 100 * time.Millisecond }

func newer(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
