package docs

import (
	"context"
	"sync"
)

// Reviser is a Store that tells the revision of a document for less than the document costs. Absent: ErrNotFound.
type Reviser interface {
	Revision(ctx context.Context, k Key) (int64, error)
}

// Marker is a Store that tells at almost no cost whether a document was written. While Mark answers the same mark, still each
// time, nobody wrote the document in between, in whatever process; it is not still while a write is under way, and where it
// cannot be told. A write that was acknowledged changed the mark before.
type Marker interface {
	Mark(k Key) (mark uint64, still bool)
}

// Recent remembers aggregates of one table that were read, decoded, with their revisions, for the few large ones that
// everybody in a hall asks for. A Table that has one still asks the store for the mark or the revision every time, so a read
// sees every write that was acknowledged before it began, of whatever process; only what was written once and never changes
// is not asked for again. Safe for concurrent use.
type Recent[T any] struct {
	Most int // how many are remembered; zero for 64

	mu sync.RWMutex
	m  map[string]decoded[T]

	copier copier
}

type decoded[T any] struct {
	value    *T
	revision int64
	mark     mark // under which value was read
}

// mark is what a Marker answers.
type mark struct {
	no    uint64
	still bool
}

func (m mark) same(o mark) bool { return m.still && m == o }

// mark asks a store that is a Marker, where there is something to compare the answer with.
func (t Table[T]) mark(id string) (m mark) {
	if s, can := t.Store.(Marker); can && t.Recent != nil && t.Revision != nil {
		m.no, m.still = s.Mark(Key{t.Kind, id})
	}
	return m
}

// remember keeps what was read since the mark was before. Unless it is still that, somebody may have written meanwhile.
func (t Table[T]) remember(id string, d decoded[T], before mark) {
	if before.same(t.mark(id)) {
		d.mark = before
	} else {
		d.mark = mark{}
	}
	t.Recent.put(id, d)
}

func (r *Recent[T]) get(id string) (decoded[T], bool) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	d, ok := r.m[id]
	return d, ok
}

// put remembers a value that nobody changes; when the memory is full, any other makes room.
func (r *Recent[T]) put(id string, d decoded[T]) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.m == nil {
		r.m = map[string]decoded[T]{}
	}
	most := r.Most
	if most == 0 {
		most = 64
	}
	for other := range r.m {
		if _, known := r.m[id]; known || len(r.m) < most {
			break
		}
		delete(r.m, other)
	}
	r.m[id] = d
}

// recent is Look for a Table that remembers. ok is false where the store has to be read.
func (t Table[T]) recent(ctx context.Context, id string, before mark) (v *T, ok bool) {
	if t.Recent == nil {
		return nil, false
	}
	kept, known := t.Recent.get(id)
	if !known {
		return nil, false
	}
	if t.Revision != nil && !before.same(kept.mark) {
		r, can := t.Store.(Reviser)
		if !can {
			return nil, false
		}
		if now, err := r.Revision(ctx, Key{t.Kind, id}); err != nil || now != kept.revision {
			return nil, false
		}
		t.remember(id, kept, before)
	}
	return kept.value, true
}
