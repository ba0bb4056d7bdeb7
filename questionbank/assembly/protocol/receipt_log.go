package protocol

import (
	"slices"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/questionbank/assembly"
)

// File is the receipt as it is given out: canonical JSON and a newline.
func (r Receipt) File() ([]byte, error) {
	b, err := canonical(r)
	return append(b, '\n'), err
}

// ReadReceipt reads such a file. Like a transcript it is refused, ErrReceipt, when it is written in any other way.
func ReadReceipt(file []byte) (Receipt, error) {
	var r Receipt
	if strict(file, &r) != nil {
		return Receipt{}, ErrReceipt.With("文件不完整或不是试卷凭据")
	}
	if again, err := r.File(); err != nil || string(again) != string(file) {
		return Receipt{}, ErrReceipt.With("文件不是规范的写法，可能被改动过")
	}
	return r, nil
}

// Receipt is that of the transcript as it stands.
func (s *Sitting) Receipt(l engine.Level, slot int, candidate string, salt Hash) (Receipt, error) {
	return s.t.Receipt(l, slot, candidate, salt)
}

// Checked is what the log says of a form whose receipt is genuine.
type Checked struct {
	Operator Hex           // key of the log's terms, which signed the form root
	Frozen   Hash          // of the entry that fixes the roots
	Late     bool          // a reserve form, given to a latecomer
	Absent   bool          // the candidate is logged as absent
	Replaced []Replacement // of the form, oldest first
	Whole    bool          // the log goes on to the reveal: nothing more can have been replaced
}

// Replacement is one change of the form.
type Replacement struct {
	Change
	Entry  int    // of the log
	Reason string // of a withdrawal; empty where a latecomer had met the item before
}

// Check holds the receipt against a public log: the log by itself, as Follow does, then the receipt against the terms,
// the roots and the last draw in it. ErrReceipt says what is wrong with the receipt, anything else with the log. A
// latecomer's receipt needs a log that goes on to the entry which gave them their form.
func (r Receipt) Check(log []Entry, now int64) (Checked, error) {
	at, err := Follow(log, now)
	if err != nil {
		return Checked{}, err
	}
	if r.Sitting != at.Terms.Sitting {
		return Checked{}, ErrReceipt.With("凭据是场次 %s 的，日志是场次 %s 的", r.Sitting, at.Terms.Sitting)
	}
	c := Checked{Operator: at.Terms.Operator, Frozen: at.Roots, Late: r.Seat.Reserve}
	roots, drawn := Roots{}, false
	for _, e := range log {
		switch v := e.Event.(type) {
		case Roots:
			roots = v
		case Head:
			drawn = v.Attempt == r.Head.Attempt && v.Forms == r.Head.Forms && v.Root == r.Head.Root
		case Redraw:
			drawn = false
		default:
			c.note(r, e)
		}
	}
	if !drawn {
		return Checked{}, ErrReceipt.With("凭据的组卷不是日志中最后成立的一次")
	}
	switch who := holder(log, r.Level, r.Slot, r.Seat); {
	case who.IsZero():
		return Checked{}, ErrReceipt.With("这是备用试卷，日志中没有把它给出的记录；日志可能只到组卷为止")
	case who != Pseudonym(r.Salt, r.Candidate):
		return Checked{}, ErrReceipt.With("座位不是该考生的")
	}
	return c, r.under(at.Terms.Operator, roots)
}

// note takes down what an entry after the draw says of the form.
func (c *Checked) note(r Receipt, e Entry) {
	switch v := e.Event.(type) {
	case Late:
		c.replaced(r, v.Level, e.No, "", v.Changes)
	case Withdrawal:
		c.replaced(r, v.Level, e.No, v.Reason, v.Changes)
	case Absence:
		c.Absent = c.Absent || v.Level == r.Level && v.Slot == r.Slot
	case Reveal:
		c.Whole = true
	}
}

func (c *Checked) replaced(r Receipt, l engine.Level, entry int, reason string, changes []Change) {
	for _, x := range changes {
		if l == r.Level && x.Slot == r.Slot {
			c.Replaced = append(c.Replaced, Replacement{Change: x, Entry: entry, Reason: reason})
		}
	}
}

// holder is the pseudonym of who has the form of a slot of the roster: of a reserve, the latecomer whom the log gives it
// to, zero for nobody.
func holder(log []Entry, l engine.Level, slot int, s Slot) Hash {
	if !s.Reserve {
		return s.Candidate
	}
	for _, e := range log {
		if v, ok := e.Event.(Late); ok && v.Level == l && v.Slot == slot {
			return v.Candidate
		}
	}
	return Hash{}
}

// Sat reports whether a form of the house is the one of the receipt as it stood at some time: as drawn, or after one of
// the log's entries that replaced items of it. A paper that is open keeps what it was opened with.
func (r Receipt) Sat(key Key, f assembly.Form, done []Replacement) bool {
	sat := r.Shows(key, f)
	r.Items = slices.Clone(r.Items)
	for i, x := range done {
		if x.Place < 0 || x.Place >= len(r.Items) {
			return false
		}
		r.Items[x.Place] = ReceiptItem{Handle: x.Handle, Options: x.Options}
		if i+1 == len(done) || done[i+1].Entry != x.Entry {
			sat = sat || r.Shows(key, f)
		}
	}
	return sat
}
