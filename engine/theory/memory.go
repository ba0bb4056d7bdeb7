package theory

import (
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/semaphore"

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
	session   sitting.SessionID
	candidate engine.PersonID
	ticket    sitting.Ticket
	window    clock.Window
	turn      *semaphore.Weighted // for writing into the log, first come, first served: no queue of saves keeps a takeover out

	form     atomic.Pointer[form]
	pictures atomic.Pointer[map[string]bool] // of the form, once it is open
	head     atomic.Pointer[head]            // of the log, nil before it was read
	room     atomic.Pointer[sitting.RoomID]  // where the seat was last found
	seated   atomic.Int64                    // Unix milliseconds at which the seat was last found not voided
	beat     atomic.Pointer[Beat]            // the last sign of life that came to this process
	barred   atomic.Int64                    // Unix milliseconds at which another machine was last refused the paper
}

// form is what the answers of an attempt may look like. It may be another one until the paper is opened.
type form struct {
	places []place
	opened bool
}

// head is how far a log was seen, and what its end says.
type head struct {
	seq    int
	closed bool
	writer writer
}

// writer is a candidate's window on the computer that it is open on. Nobody else's name of a window is worth anything.
type writer struct{ window, login string }

// admits reports whether w is that writer. Before any window took the paper, a program without one writes.
func (o writer) admits(w writer) bool { return o == w || o == writer{} && w.window == "" }

func headOf(s Sheet) head { return head{seq: s.Seq, closed: s.End != nil, writer: s.writer()} }

// learn takes note of an attempt that was read. Once it is known to be open, one that was read before that is old.
func (k *known) learn(a *Attempt) {
	f := &form{placesOf(a.Form), a.State != Scheduled}
	for {
		old := k.form.Load()
		if old != nil && old.opened || k.form.CompareAndSwap(old, f) {
			return
		}
	}
}

func (k *known) opened() bool { return k.form.Load().opened }

// saw takes note of a log that was read or added to. A log only grows: what was seen of a shorter one is old.
func (k *known) saw(h head) {
	for {
		old := k.head.Load()
		if old != nil && old.seq >= h.seq || k.head.CompareAndSwap(old, &h) {
			return
		}
	}
}

// follows reports whether a response of the window goes to the end of the log, as far as it is known here.
func (k *known) follows(seq int, w writer) bool {
	h := k.head.Load()
	return h != nil && seq == h.seq+1 && !h.closed && h.writer.admits(w)
}

// closed reports whether the log was seen closed.
func (k *known) closed() bool {
	h := k.head.Load()
	return h != nil && h.closed
}

// at is where the candidate was last seen to sit.
func (k *known) at() sitting.Place {
	p := sitting.Place{Ticket: k.ticket}
	if room := k.room.Load(); room != nil {
		p.Room = *room
	}
	return p
}

// writes reports whether w is the one that writes, as far as it is known here, or could be because nobody took the paper.
func (k *known) writes(w writer) bool {
	h := k.head.Load()
	return h == nil || h.writer == (writer{}) || h.writer == w
}

// hear notes a sign of life of a computer. What the request does not say stays as it was. Of one that the paper was taken
// from nothing is noted: it would hide that the one that has it is silent.
func (k *known) hear(login string, now time.Time) {
	if h := k.head.Load(); h != nil && h.writer != (writer{}) && h.writer.login != login {
		return
	}
	k.beats(func(b *Beat) { b.At = now })
}

// beats changes the last sign of life; of two at once, the later one stays.
func (k *known) beats(change func(*Beat)) {
	for {
		var b Beat
		old := k.beat.Load()
		if old != nil {
			b = *old
		}
		change(&b)
		if old != nil && b.At.Before(old.At) || k.beat.CompareAndSwap(old, &b) {
			return
		}
	}
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
		k = &known{id: a.ID, session: a.Session, candidate: a.Candidate, ticket: a.Ticket, window: a.Window,
			turn: semaphore.NewWeighted(1)}
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
