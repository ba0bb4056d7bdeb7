package protocol

import (
	"slices"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/questionbank/assembly"
	"github.com/skillcert/skillcert/questionbank/merkle"
)

// Receipt lets one candidate see that the form they sat is the one that was drawn for their seat, without anybody else's:
// it proves that both lie under roots that were fixed beforehand. It is given out after the reveal.
type Receipt struct {
	Sitting   string        `json:"sitting"`
	Level     engine.Level  `json:"level"`
	Slot      int           `json:"slot"`
	Candidate string        `json:"candidate"`
	Salt      Hash          `json:"salt"` // of the pseudonym
	Seat      Slot          `json:"seat"`
	SeatProof Proof         `json:"seat_proof"` // under Roots.Roster
	Items     []ReceiptItem `json:"items"`
	FormProof Proof         `json:"form_proof"` // under Head.Root
	Head      Head          `json:"head"`
}

// ReceiptItem is one line of the form as drawn.
type ReceiptItem struct {
	Handle  string `json:"handle"`
	Options string `json:"options"`
}

// Proof is the audit path of one leaf.
type Proof struct {
	Salt  Hash   `json:"salt"` // of the leaf
	Index int    `json:"index"`
	Size  int    `json:"size"`
	Path  []Hash `json:"path"`
}

func proofOf(leaves []Hash, i int, salt Hash) Proof {
	return Proof{Salt: salt, Index: i, Size: len(leaves), Path: append([]Hash{}, merkle.Path(leaves, i)...)}
}

// Receipt proves the form of a slot of the roster, reserves included, to its candidate. salt is Key.PseudonymSalt of the
// candidate. ErrSlot when the slot is not theirs.
func (t *Transcript) Receipt(l engine.Level, slot int, candidate string, salt Hash) (Receipt, error) {
	k := slices.IndexFunc(t.Parts, func(p Part) bool { return p.Level == l })
	var head *Head
	var sitting string
	for _, e := range t.Log {
		switch v := e.Event.(type) {
		case Terms:
			sitting = v.Sitting
		case Head:
			head = &v
		}
	}
	if k < 0 || head == nil || slot < 0 || slot >= len(t.Parts[k].Forms) || len(t.Parts[k].Forms) != len(t.Parts[k].Slots) {
		return Receipt{}, ErrSlot.With("%d", slot)
	}
	p, index, forms := &t.Parts[k], slot, make([][]Form, len(t.Parts))
	if Pseudonym(salt, candidate) != holder(t.Log, l, slot, p.Slots[slot]) {
		return Receipt{}, ErrSlot.With("第 %d 号不是该考生的试卷", slot)
	}
	for i, x := range t.Parts {
		if forms[i] = x.Forms; i < k {
			index += len(x.Slots)
		}
	}
	r := Receipt{Sitting: sitting, Level: l, Slot: slot, Candidate: candidate, Salt: salt, Seat: p.Slots[slot], Head: *head,
		SeatProof: proofOf(t.seatLeaves(), index, seatSalt(t.Salts, l, slot)),
		FormProof: proofOf(t.formLeaves(head.Attempt, forms), index, formSalt(t.Salts, head.Attempt, l, slot))}
	for i, c := range p.Forms[slot].Cards {
		r.Items = append(r.Items, ReceiptItem{Handle: p.named(c), Options: p.Forms[slot].Options[i]})
	}
	return r, nil
}

// Verify checks a receipt against the roots that were published before the sitting and the operator's key: nil, or
// ErrReceipt with what is wrong. Items that were replaced afterwards are in the log and not in the receipt; so is who was
// given a reserve form, which the roots do not say: see Check.
func (r Receipt) Verify(operator Hex, published Roots) error {
	if Pseudonym(r.Salt, r.Candidate) != r.Seat.Candidate {
		return ErrReceipt.With("座位不是该考生的")
	}
	return r.under(operator, published)
}

// under reports whether seat and form lie under the roots, whoever sits there.
func (r Receipt) under(operator Hex, published Roots) error {
	if !signedBy(operator, r.Head.signed(r.Sitting), r.Head.Signature) {
		return ErrReceipt.With("试卷根的签名不正确")
	}
	seat, ok := merkle.Climb(r.seatLeaf(), r.SeatProof.Index, r.SeatProof.Size, r.SeatProof.Path)
	if !ok || newRecord("roster").number(r.SeatProof.Size).hash(seat).sum() != published.Roster {
		return ErrReceipt.With("座位不在公布的名册中")
	}
	form, ok := merkle.Climb(r.formLeaf(), r.FormProof.Index, r.FormProof.Size, r.FormProof.Path)
	if !ok || form != r.Head.Root || r.FormProof.Size != r.Head.Forms || r.FormProof.Index != r.SeatProof.Index {
		return ErrReceipt.With("试卷不在试卷根之下")
	}
	return nil
}

func (r Receipt) seatLeaf() Hash { return seatLeafOf(r.SeatProof.Salt, r.Level, r.Slot, r.Seat) }

func (r Receipt) formLeaf() Hash {
	leaf := newRecord("form").hash(r.FormProof.Salt).number(r.Head.Attempt).number(int(r.Level)).number(r.Slot).number(len(r.Items))
	for _, it := range r.Items {
		leaf = leaf.text(it.Handle).text(it.Options)
	}
	return merkle.Leaf(leaf)
}

// Shows reports whether a form of the house is the one of the receipt.
func (r Receipt) Shows(key Key, f assembly.Form) bool {
	return slices.EqualFunc(r.Items, f.Items, func(x ReceiptItem, y assembly.FormItem) bool {
		order, ok := orderOf(x.Options)
		return ok && x.Handle == key.Handle(y.Code, y.Version) &&
			slices.EqualFunc(order, y.Options, func(a uint8, b int) bool { return int(a) == b })
	})
}
