package assembly

// maxAttempts is how often a slot is tried before the question is decided exactly: first with its own stream, then with
// retry streams, from the fourth attempt on with raised limits.
const (
	maxAttempts = 9
	firstRaised = 3
)

// compose draws a form of its own for a slot.
func (d *Drawer) compose(s *Slot, beside *seated) (Drawn, error) {
	defer d.ledger.strain(0, 0)
	d.strains, d.haste, d.tooLong, d.tooShort, d.lesson = [nClasses]int64{}, 0, price{}, price{}, lesson{}
	for k := range maxAttempts {
		d.tries = k
		raise := int32(0)
		if k >= firstRaised {
			raise = 1 << (k - firstRaised)
		}
		d.ledger.strain(raise, d.haste)
		if d.attempt(s, beside, k) {
			return d.finish(s), nil
		}
	}
	return d.decide(s, beside)
}

// attempt looks for a form with the stream of the slot's k-th attempt.
func (d *Drawer) attempt(s *Slot, beside *seated, k int) bool {
	d.prepare(s)
	label := d.stream.about("slot", s.No) // after prepare, whose streams are written to the same buffer
	if k > 0 {
		label = appendWord(label, "retry", k)
	}
	d.stream.Restart(label)
	d.face(beside.number, beside.drawn.Cards)
	return d.walk() && d.repair() && d.hurry() && d.part()
}

// maxRounds is how often the picks may be looked at again because a bucket had nothing to give.
const maxRounds = 40

// repair makes the walk a choice that meets the joint table, the cap on supplement items and the importances, with a card
// for every pick.
func (d *Drawer) repair() bool {
	for round := range maxRounds {
		if !d.balance() {
			return false
		}
		if round == 0 && d.tries == 0 {
			d.lesson = lesson{true, d.wanted, d.inClass, d.supplied}
		}
		if !d.nationalise() || !d.emphasise() {
			return false
		}
		if again, ok := d.deal(); !ok || !again {
			return ok
		}
	}
	return false
}

// finish enters the form in the ledger and writes it down in the order shown.
func (d *Drawer) finish(s *Slot) Drawn {
	for i := range d.picks {
		p := &d.picks[i]
		d.ledger.use(d.decks(p.origin), d.place(p.point, p.column), p.card, p.place, d.stream)
	}
	d.ledger.learn(&d.lesson, d.home)
	d.ledger.count(d.national)
	if d.own != nil {
		d.ledger.count(d.own)
	}
	d.publish()
	return d.show(s)
}

// show puts the items of each type, and the options of each item, into a drawn order.
func (d *Drawer) show(s *Slot) Drawn {
	got := Drawn{Slot: s.No, Cards: d.page.cards.next(len(d.picks))[:0], Options: d.page.options.next(len(d.picks))}
	for t := range int32(len(types)) {
		first := len(got.Cards)
		for i := range d.picks {
			if p := &d.picks[i]; d.typeOf(p.column) == t {
				got.Cards = append(got.Cards, p.card)
			}
		}
		Shuffle(d.stream, got.Cards[first:])
	}
	judged := len(got.Cards) - int(d.margins[len(types)-1])
	for i, at := range got.Cards {
		order := d.page.orders.next(int(d.ledger.cards[at].options))
		for k := range order {
			order[k] = uint8(k)
		}
		if i < judged {
			Shuffle(d.stream, order)
		}
		got.Options[i] = order
	}
	return got
}

// page is what drawn forms are written on.
type page struct {
	cards   slab[int32]
	options slab[[]uint8]
	orders  slab[uint8]
}

// slab gives out parts of one allocation.
type slab[T any] struct{ left []T }

const slabSize = 1 << 12

func (s *slab[T]) next(n int) []T {
	if len(s.left) < n {
		s.left = make([]T, max(n, slabSize))
	}
	part := s.left[:n:n]
	s.left = s.left[n:]
	return part
}

// typeOf is the type of a column, as an index into types.
func (p *Plan) typeOf(column int32) int32 { return column * int32(len(types)) / int32(p.columns) }

// DrawAll draws all slots in their order; never some of them.
func DrawAll(p *Plan, seed [32]byte, slots []Slot) ([]Drawn, error) {
	if len(slots) < 1 || len(slots) > maxSlots {
		return nil, ErrSlots.With("%d", len(slots))
	}
	d, err := NewDrawer(p, seed)
	if err != nil {
		return nil, err
	}
	all := make([]Drawn, len(slots))
	for i, s := range slots {
		if all[i], err = d.Draw(s); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// Single draws one form without a roster. What every card was used so far stands for the forms drawn before.
func Single(p *Plan, seed [32]byte, uses func(card int32) int, s Slot) (Drawn, error) {
	return newDrawer(p, seed, uses).Draw(s)
}
