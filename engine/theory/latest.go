package theory

import "time"

// Latest is the last change of a question's answer or of its flag: a page that kept changes while it was away compares
// with it, and does not send them over what was acknowledged elsewhere meanwhile. The zero value says that there is none.
type Latest struct {
	Seq          int       // of the entry
	ClientAt, At time.Time // by the page's clock as it was sent, and by the server's
}

// subject is what changes are of.
type subject struct {
	kind     EntryKind // Response or Flag
	question int
}

// latest reads the last change of everything out of a whole log. What came by a hand-in file is a change like any other.
func latest(log []*Entry) map[subject]Latest {
	all := map[subject]Latest{}
	for _, e := range log {
		switch e.Kind {
		case Response, Flag:
			all[subject{e.Kind, e.Question}] = Latest{e.Seq, e.ClientAt, e.At}
		case Filed:
			for _, a := range e.Brought.Taken {
				all[subject{a.Kind, a.Question}] = Latest{e.Seq, a.ClientAt, e.At}
			}
		}
	}
	return all
}
