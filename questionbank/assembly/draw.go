package assembly

import (
	"errors"
	"slices"

	"github.com/skillcert/skillcert/questionbank"
)

// maxSlots bounds a draw: the tiers of cost are laid out for it.
const maxSlots = 1 << 18

// Draw draws one form per slot, from slot 0 on. The same index, blueprint and seed give the same forms, and more slots
// leave the first ones as they are. ErrBlueprint and ErrSlots for bad input, *Shortage (ErrShortage) when no form
// exists, ErrUndecided only if Prove says so too; never some of the forms.
func Draw(ix *Index, bp questionbank.Blueprint, seed [32]byte, slots int) ([]Form, error) {
	if slots < 1 || slots > maxSlots {
		return nil, ErrSlots.With("%d", slots)
	}
	p, err := newPlan(ix, bp)
	if err != nil {
		return nil, err
	}
	d, err := newDrawer(p, seed)
	if err != nil {
		return nil, err
	}
	forms := make([]Form, slots)
	for slot := range forms {
		if forms[slot], err = d.draw(slot); err != nil {
			return nil, err
		}
	}
	return forms, nil
}

// Prove reports whether the blueprint can be met: nil if at least one form exists, else *Shortage (ErrShortage), or
// ErrUndecided when enemies make the question too long to answer.
func Prove(ix *Index, bp questionbank.Blueprint) error {
	p, err := newPlan(ix, bp)
	if err != nil {
		return err
	}
	_, err = p.prove()
	return err
}

// prove searches for one form and returns the drawer that holds it. It depends on nothing but the plan, so that a draw
// finds forms wherever Prove found one.
func (p *plan) prove() (*drawer, error) {
	d, err := newDrawer(p, [32]byte{})
	if err != nil {
		return nil, err
	}
	d.steps = proofSteps
	switch d.search(0) {
	case found:
		return d, nil
	case none:
		return nil, p.shortage(d.dead)
	}
	return nil, ErrUndecided
}

// ExposureBound is the fewest uses of the most used item that any draw of so many forms must have, as far as the
// counts, ranges and points let it be; enemies and the cap on supplement items can only raise it. It measures a draw, and does not say that there
// can be one.
func ExposureBound(ix *Index, bp questionbank.Blueprint, slots int) (int, error) {
	if slots < 1 || slots > maxSlots {
		return 0, ErrSlots.With("%d", slots)
	}
	p, err := newPlan(ix, bp)
	if err != nil {
		return 0, err
	}
	return int(p.leastPeak(int64(slots))), nil
}

// draw makes the form of one slot and enters it in the ledger.
func (d *drawer) draw(slot int) (Form, error) {
	if err := d.stream.restart(d.seed, slotLabel(slot)); err != nil {
		return Form{}, err
	}
	d.steps = slotSteps
	got := d.search(slot)
	if got == undecided {
		if err := d.settle(slot); err != nil {
			return Form{}, err
		}
		got = found
	}
	if got == none {
		return Form{}, d.refusal()
	}
	d.ledger.learn(d.choice)
	f := d.form(slot)
	d.ledger.charge(d.hand)
	for _, p := range d.hand.picks {
		d.ledger.use(p.bucket, p.item, d.stream)
	}
	return f, nil
}

// refusal explains that there is no form, in the words of Prove where that comes to an end.
func (d *drawer) refusal() error {
	if _, err := d.prove(); errors.Is(err, ErrShortage) {
		return err
	}
	return d.shortage(d.dead)
}

// settle draws a slot whose search took too long: every group gets the owner that it has in the form that Prove finds,
// or a drawn one if that form has none of it. The choice that is left has that form among its options, and no two
// picks can want one group.
func (d *drawer) settle(slot int) error {
	if d.settled == nil {
		proof, err := d.prove()
		if err != nil {
			return err
		}
		d.settled = make([]int32, len(d.groups))
		for g, i := range proof.hand.group {
			if d.settled[g] = -1; i >= 0 {
				d.settled[g] = proof.hand.picks[i].bucket
			}
		}
	}
	for g, b := range d.settled {
		if b < 0 {
			b = d.spread[g][d.stream.below(len(d.spread[g]))]
		}
		d.own(int32(g), b)
	}
	d.steps = 1
	got := d.search(slot)
	for range d.settled {
		d.disown()
	}
	if got != found {
		return ErrUndecided // cannot be: see above
	}
	return nil
}

// form writes the hand down: by type, in the drawn order of the picks, with drawn orders of options.
func (d *drawer) form(slot int) Form {
	options := 0
	for _, p := range d.hand.picks {
		options += shown(d.items[p.item].item)
	}
	orders := make([]int, 0, options)
	f := Form{Slot: slot, Items: make([]FormItem, 0, len(d.hand.picks))}
	for column := range columns {
		for _, p := range d.hand.picks {
			if int(columnOf(p.bucket)) != column {
				continue
			}
			v := d.items[p.item].item
			first := len(orders)
			for i := range shown(v) {
				orders = append(orders, i)
			}
			order := slices.Clip(orders[first:])
			if v.Type != questionbank.Judgement {
				shuffle(d.stream, order)
			}
			f.Items = append(f.Items, FormItem{Code: v.Code, Version: v.Version, Type: v.Type, Options: order})
		}
	}
	return f
}

// shown is the number of options of an item; a judgement always has 正确 and 错误.
func shown(v *questionbank.ItemVersion) int {
	if v.Type == questionbank.Judgement {
		return 2
	}
	return len(v.Options)
}
