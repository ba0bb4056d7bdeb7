package protocol

// Standing is how far a draw has come by its public log alone, for somebody who trusts nobody else's word for it.
type Standing struct {
	Terms       Terms
	Commitments []Commitment // by custodian
	Roots       Hash         // of the entry that fixes them, zero before
	Observed    bool         // the public random value is there, recorded after the roots and due after them
	Heads       []Head       // by attempt
}

// Follow admits a log entry by entry, as the audit does: every hash chained, every entry in its time and order, every
// signature and every value right. An instant after now, ms since 1970, is refused: it cannot have been recorded yet.
func Follow(log []Entry, now int64) (Standing, error) {
	var c course
	var s Standing
	for _, e := range log {
		if e.At > now {
			return Standing{}, ErrStage.With("日志第 %d 条的时间还没有到", e.No)
		}
		if err := c.admit(e); err != nil {
			return Standing{}, err
		}
		if e.Event.kind() == (Roots{}).kind() {
			s.Roots = e.Hash
		}
	}
	s.Terms, s.Commitments, s.Observed, s.Heads = c.terms, c.commitments, c.value != nil, c.heads
	return s, nil
}
