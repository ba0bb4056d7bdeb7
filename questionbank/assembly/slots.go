package assembly

import (
	"cmp"
	"slices"

	"github.com/skillcert/skillcert/questionbank"
)

// Slot is a place in the draw: one seat, or one reserve.
type Slot struct {
	No       int
	Province string   // whose supplement the candidate may meet; "" for none
	Room     string   // within the province
	Seat     int      // number in the room
	Excluded []string // handles that the form must not hold; those that the index lacks are passed over
}

// Drawn is the form of one slot in numbers.
type Drawn struct {
	Slot    int
	Cards   []int32   // positions in the index, in the order shown
	Options [][]uint8 // for each card, shown place to option; 0, 1 for a judgement
}

// Order puts slots into the canonical order and numbers them from 0. Rooms stay whole. Room k of the n rooms of a
// province, by name, comes at (k − ½)/n, so that all provinces progress alike; at one place provinces come by code.
// Within a room seats come by number; seats of one number keep the order they were given in.
func Order(slots []Slot) []Slot {
	type room struct{ province, name string }
	rooms := map[string][]string{}
	for _, s := range slots {
		rooms[s.Province] = append(rooms[s.Province], s.Room)
	}
	place := map[room]int{} // k from 1
	for province, names := range rooms {
		slices.Sort(names)
		rooms[province] = slices.Compact(names)
		for k, name := range rooms[province] {
			place[room{province, name}] = k + 1
		}
	}
	sorted := slices.Clone(slots)
	slices.SortStableFunc(sorted, func(a, b Slot) int {
		ka, kb := place[room{a.Province, a.Room}], place[room{b.Province, b.Room}]
		na, nb := len(rooms[a.Province]), len(rooms[b.Province])
		return cmp.Or(cmp.Compare((2*ka-1)*nb, (2*kb-1)*na), cmp.Compare(a.Province, b.Province),
			cmp.Compare(ka, kb), cmp.Compare(a.Seat, b.Seat))
	})
	for i := range sorted {
		sorted[i].No = i
	}
	return sorted
}

// Forms counts the forms to be drawn for slots by province, as NewPlan wants them: one a slot, or in AB mode one for
// each room and parity of seats.
func Forms(mode questionbank.FormsMode, slots []Slot) map[string]int {
	type half struct {
		province, room string
		parity         int
	}
	n, seen := map[string]int{}, map[half]bool{}
	for _, s := range slots {
		h := half{s.Province, s.Room, s.Seat & 1}
		if mode == questionbank.AB && seen[h] {
			continue
		}
		seen[h] = true
		n[s.Province]++
	}
	return n
}
