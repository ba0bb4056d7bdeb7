package sqlite

import (
	"sync"
	"sync/atomic"

	"github.com/skillcert/skillcert/engine/store/docs"
)

// slots are what documents are told apart by: those that share one are taken for written together.
const slots = 4096

// marks tell all processes on a file which documents were written, in memory that they share: a file beside the store, of
// counters for each slot. A write is counted as begun before it is committed and as ended after, and only then
// acknowledged. So while begun and ended are the same number nothing is under way, and while that number stays the same,
// nothing was written.
//
// A process that is killed in between leaves its slots as under way: documents of them are read from the store, as all are where
// there are no marks, until somebody opens the store alone and counts anew.
type marks struct {
	mu    sync.RWMutex // held for reading while counters are touched, so that the memory is still there
	begun []atomic.Uint64
	ended []atomic.Uint64
	unmap func() error // nil where nobody shares memory, and once closed
}

// slotOf spreads keys over the slots (FNV-1a).
func slotOf(k docs.Key) int {
	const prime = 16777619
	h := uint32(2166136261)
	for _, part := range [...]string{k.Kind, k.ID} {
		for i := range len(part) {
			h = (h ^ uint32(part[i])) * prime
		}
		h *= prime // a zero byte between
	}
	return int(h % slots)
}

// Mark implements docs.Marker.
func (s *Store) Mark(k docs.Key) (mark uint64, still bool) {
	m := &s.marks
	m.mu.RLock()
	defer m.mu.RUnlock()
	if m.unmap == nil {
		return 0, false
	}
	at := slotOf(k)
	mark = m.ended[at].Load() // first: begun is never less, so if it is the same afterwards, it was then
	return mark, m.begun[at].Load() == mark
}

// writing counts writes as begun and returns what counts them as ended.
func (m *marks) writing(jobs []*job) (ended func()) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	if m.unmap == nil {
		return func() {}
	}
	for _, j := range jobs {
		m.begun[slotOf(j.write.Key)].Add(1)
	}
	return func() {
		m.mu.RLock()
		defer m.mu.RUnlock()
		if m.unmap == nil {
			return
		}
		for _, j := range jobs {
			m.ended[slotOf(j.write.Key)].Add(1)
		}
	}
}

func (m *marks) close() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.unmap == nil {
		return nil
	}
	unmap := m.unmap
	m.unmap = nil
	return unmap()
}
