package web

// LogView is the page of the transparency log.
type LogView struct {
	Kept       bool // a log is kept here
	Origin     string
	Size       int64 // of the last checkpoint; 0 before the first
	Checkpoint string
	Key        string // verifier key
	Audit      string // address of the log, as the audit takes it, without the scheme
	Events     []Bin  // entries by what they tell of: Label under "event." in the locales
	Growth     []Bin  // entries by the end of days
	Witnesses  []Watch
}

// Watch is a witness, and when it saw the log at its last checkpoint: nil when it has not yet.
type Watch struct {
	Name string
	Seen *Cosigned
}

// Seen counts the witnesses that saw the last checkpoint.
func (v LogView) Seen() (n int) {
	for _, w := range v.Witnesses {
		if w.Seen != nil {
			n++
		}
	}
	return n
}
