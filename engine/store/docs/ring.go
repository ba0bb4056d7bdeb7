package docs

import "slices"

// Ring remembers the last writes of a document by their Ops, oldest first; the last one made the current revision
// and each before it the revision before. Remembering only the last write would be wrong: when a reply is lost and
// somebody writes on top before the resend, the resend would look like a conflict.
type Ring []string

// Done returns the revision that op made, if it is remembered.
func (r Ring) Done(op string, current int64) (revision int64, ok bool) {
	i := slices.Index(r, op)
	if i < 0 {
		return 0, false
	}
	return current - int64(len(r)-1-i), true
}

// Add returns r with op as its newest member and at most Remembered members.
func (r Ring) Add(op string) Ring {
	old := r
	if len(old) >= Remembered {
		old = old[len(old)-Remembered+1:]
	}
	return append(slices.Clone(old), op)
}

// Decide says what w does to a document that is at revision current (0 when absent): the revision to write, or
// done with the answer of the earlier write, or ErrConflict.
func (r Ring) Decide(w Write, current int64) (revision int64, done bool, err error) {
	if revision, done = r.Done(w.Op, current); done {
		return revision, true, nil
	}
	if current != w.IfRevision {
		return 0, false, ErrConflict
	}
	return current + 1, false, nil
}
