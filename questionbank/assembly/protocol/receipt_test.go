package protocol_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/questionbank/assembly/protocol"
)

// TestReceipts: every candidate of the roster gets one that verifies and shows the form that they sat.
func TestReceipts(t *testing.T) {
	p := drawn(t, terms(t, 3, 2))
	file := p.reveal()
	x, err := protocol.Decode(file)
	p.must(err)
	roots, err := x.Roots()
	p.must(err)
	count := 0
	for _, s := range seats() {
		salt := key.PseudonymSalt(s.Candidate)
		slot := slices.IndexFunc(p.Slots(s.Level), func(x protocol.Slot) bool { return x.Candidate == protocol.Pseudonym(salt, s.Candidate) })
		r, err := x.Receipt(s.Level, slot, s.Candidate, salt)
		if err != nil {
			t.Fatalf("%s: %v", s.Candidate, err)
		}
		if err := r.Verify(p.terms.Operator, roots); err != nil {
			t.Errorf("%s: %v", s.Candidate, err)
		}
		f, err := p.Form(s.Level, slot, p.bank.Items)
		p.must(err)
		if !r.Shows(key, f) {
			t.Errorf("%s: the receipt shows another form", s.Candidate)
		}
		f.Items[0].Options[0], f.Items[0].Options[1] = f.Items[0].Options[1], f.Items[0].Options[0]
		if r.Shows(key, f) {
			t.Errorf("%s: the order of options does not matter", s.Candidate)
		}
		if _, err := x.Receipt(s.Level, (slot+1)%len(p.Slots(s.Level)), s.Candidate, salt); !errors.Is(err, protocol.ErrSlot) {
			t.Errorf("%s: a receipt for another's form: %v", s.Candidate, err)
		}
		count++
	}
	if count != len(seats()) {
		t.Errorf("%d receipts", count)
	}
}

func TestReceiptsThatAreNone(t *testing.T) {
	p := drawn(t, terms(t, 1, 0))
	x, err := protocol.Decode(p.reveal())
	p.must(err)
	roots, err := x.Roots()
	p.must(err)
	s := seats()[0]
	slot := slices.IndexFunc(p.Slots(engine.Level5), func(x protocol.Slot) bool {
		return x.Candidate == protocol.Pseudonym(key.PseudonymSalt(s.Candidate), s.Candidate)
	})
	cases := map[string]func(*protocol.Receipt){
		"item":      func(r *protocol.Receipt) { r.Items[0], r.Items[1] = r.Items[1], r.Items[0] },
		"options":   func(r *protocol.Receipt) { r.Items[0].Options = "0123" },
		"item less": func(r *protocol.Receipt) { r.Items = r.Items[1:] },
		"candidate": func(r *protocol.Receipt) { r.Candidate = "别人" },
		"seat":      func(r *protocol.Receipt) { r.Seat.Seat++ },
		"slot":      func(r *protocol.Receipt) { r.Slot++ },
		"index":     func(r *protocol.Receipt) { r.FormProof.Index++ },
		"size":      func(r *protocol.Receipt) { r.SeatProof.Size++ },
		"path":      func(r *protocol.Receipt) { r.FormProof.Path = r.FormProof.Path[1:] },
		"root":      func(r *protocol.Receipt) { r.Head.Root = hashOf("x") },
		"sitting":   func(r *protocol.Receipt) { r.Sitting = "另一场" },
	}
	for name, spoil := range cases {
		r, err := x.Receipt(engine.Level5, slot, s.Candidate, key.PseudonymSalt(s.Candidate))
		p.must(err)
		spoil(&r)
		if err := r.Verify(p.terms.Operator, roots); !errors.Is(err, protocol.ErrReceipt) {
			t.Errorf("%s: %v", name, err)
		}
	}
	r, err := x.Receipt(engine.Level5, slot, s.Candidate, key.PseudonymSalt(s.Candidate))
	p.must(err)
	roots.Roster = hashOf("x")
	if err := r.Verify(p.terms.Operator, roots); !errors.Is(err, protocol.ErrReceipt) {
		t.Errorf("another roster: %v", err)
	}
}
