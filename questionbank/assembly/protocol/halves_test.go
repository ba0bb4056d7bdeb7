package protocol_test

import (
	"fmt"
	"testing"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/questionbank"
	"github.com/skillcert/skillcert/questionbank/assembly/protocol"
)

// TestHalvesOfARoomStayAlike: where a room has two forms, a withdrawn item is replaced in the same way on all seats that
// have the form, those aside whose candidates met the new item.
func TestHalvesOfARoomStayAlike(t *testing.T) {
	x := terms(t, 1, 0)
	p := committed(t, x)
	roster := seats()
	for i := range roster {
		roster[i].Excluded = nil
	}
	slots, err := protocol.Enrol(key, roster)
	p.must(err)
	both := blueprints()
	for l, b := range both {
		b.Forms, b.Difficulties, b.Seconds, b.Overlap = questionbank.AB, nil, questionbank.Bounds{}, questionbank.Overlap{}
		both[l] = b
	}
	_, err = p.Fix(p.now(), protocol.Plan{Bank: p.bank, Blueprints: both, Slots: slots})
	p.must(err)
	p.must(p.Observe(p.now(), protocol.Beacon{Text: "07", Witnesses: []string{"程立言", "苏敏"}}))
	_, err = p.Draw(p.now(), secrets(t, 1))
	p.must(err)
	w, err := p.Withdraw(p.now(), engine.Level5, mostUsed(p), "题干有误")
	p.must(err)
	if len(w.Changes) < 2 {
		t.Errorf("%d changes", len(w.Changes))
	}
	halves := map[string]string{}
	for no, s := range p.Slots(engine.Level5) {
		f, err := p.Form(engine.Level5, no, p.bank.Items)
		p.must(err)
		half, form := fmt.Sprint(s.Province, s.Room, s.Seat%2), fmt.Sprint(f.Items)
		if other, ok := halves[half]; ok && other != form {
			t.Errorf("%s has two forms", half)
		}
		halves[half] = form
	}
	if r := audit(t, p.reveal()); !r.Equal {
		t.Errorf("%v", r.First)
	}
}
