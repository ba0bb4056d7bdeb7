package assembly

import (
	"slices"

	"github.com/skillcert/skillcert/questionbank"
)

// rooms is what the drawer remembers of the room that it draws for.
type rooms struct {
	province, room string
	last           seated    // the latest seat
	halves         [2]seated // in AB mode, the form of each parity of seats
}

// seated is a form at a seat; its number is -1 when there is none.
type seated struct {
	seat   int
	number int32
	drawn  Drawn
}

// enter goes to the room of a slot.
func (r *rooms) enter(s *Slot, first bool) {
	if first || s.Province != r.province || s.Room != r.room {
		none := seated{number: -1}
		*r = rooms{province: s.Province, room: s.Room, last: none, halves: [2]seated{none, none}}
	}
}

// Draw draws the form of a slot. Slots come in the order in which they are to be derived again: see Order. When no form
// exists it is *Shortage (ErrShortage), when that could not be decided ErrUndecided; the slot is then not drawn, and the
// next one may be.
func (d *Drawer) Draw(s Slot) (Drawn, error) {
	d.rooms.enter(&s, d.drawn == 0)
	if got, ok := d.shared(&s); ok {
		d.rooms.last = seated{s.Seat, d.rooms.halves[s.Seat&1].number, got}
		return got, nil
	}
	beside := d.beside(&s)
	got, err := d.compose(&s, beside)
	if err != nil {
		return Drawn{}, err
	}
	now := seated{s.Seat, d.drawn - 1, got}
	if d.rooms.last = now; d.rooms.halves[s.Seat&1].number < 0 {
		d.rooms.halves[s.Seat&1] = now
	}
	return got, nil
}

// shared is, in AB mode, the form that the room has for the parity of the seat, unless it holds an excluded item.
func (d *Drawer) shared(s *Slot) (Drawn, bool) {
	half := &d.rooms.halves[s.Seat&1]
	if d.bp.Forms != questionbank.AB || half.number < 0 {
		return Drawn{}, false
	}
	for _, handle := range s.Excluded {
		if at, ok := d.ix.Find(handle); ok && slices.Contains(half.drawn.Cards, at) {
			return Drawn{}, false
		}
	}
	got := Drawn{Slot: s.No, Cards: slices.Clone(half.drawn.Cards), Options: slices.Clone(half.drawn.Options)}
	for i, order := range got.Options {
		got.Options[i] = slices.Clone(order)
	}
	return got, true
}

// beside is the form that the neighbour cap holds for: that of the seat before, or in AB mode the other one of the room.
func (d *Drawer) beside(s *Slot) *seated {
	r := &d.rooms
	if d.bp.Forms == questionbank.AB {
		return &r.halves[1-s.Seat&1]
	}
	if r.last.number >= 0 && r.last.seat == s.Seat-1 {
		return &r.last
	}
	return &seated{number: -1}
}
