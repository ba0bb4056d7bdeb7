package docs

import "slices"

// Ring remembers the last writes of a document by their Ops, oldest first; the last one made the current revision
// and each before it the revision before. Remembering only the last write would be wrong: when a reply is lost and
// somebody writes on top before the resend, the resend would look like a conflict.
type Ring []string

// Add returns r with op as its newest member and at most Remembered members.
func (r Ring) Add(op string) Ring {
	old := r
	if len(old) >= Remembered {
		old = old[len(old)-Remembered+1:]
	}
	return append(slices.Clone(old), op)
}

// Decide says what w does to a document that is at revision current (0 when absent): the revision to write, or
// done with the answer of the earlier write, or ErrConflict. An Op that is remembered for another revision than w
// would have made names another write: two sources of Ops have collided, which must not pass for success.
func (r Ring) Decide(w Write, current int64) (revision int64, done bool, err error) {
	if i := slices.Index(r, w.Op); i >= 0 {
		made := current - int64(len(r)-1-i)
		loaded := w.IfRevision == 0 && i == 0 // a document may begin at a later revision (Loader)
		if made != w.IfRevision+1 && !loaded {
			return 0, false, ErrConflict
		}
		return made, true, nil
	}
	if current != w.IfRevision {
		return 0, false, ErrConflict
	}
	return current + 1, false, nil
}
