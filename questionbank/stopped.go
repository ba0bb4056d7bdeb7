package questionbank

import (
	"cmp"
	"context"
	"slices"

	"github.com/skillcert/skillcert/engine"
)

// Stopped is an item that a release holds and that the bank has taken out of use since.
type Stopped struct {
	Code   string
	State  State  // Suspended or Retired
	Reason string // as recorded; "" where none is
}

// Stopped lists the items of a level in a release that are out of use now, by code. Like StateOf it answers other parts
// of the program and asks for no role.
func (b *Bank) Stopped(ctx context.Context, s *Snapshot, l engine.Level) (list []Stopped, err error) {
	for _, state := range []State{Suspended, Retired} { // in the order of a life: what moves on meanwhile is seen twice, never not at all
		err := through(ctx, b.by(Facet{ByState, string(state)}), func(i *Item) error {
			if v, held := s.Item(i.Code); held && v.Level == l {
				list = slices.DeleteFunc(list, func(x Stopped) bool { return x.Code == i.Code })
				list = append(list, Stopped{Code: i.Code, State: i.State, Reason: i.stopReason()})
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	slices.SortFunc(list, func(a, b Stopped) int { return cmp.Compare(a.Code, b.Code) })
	return list, nil
}

// stopReason is why the item was taken out of use last.
func (i *Item) stopReason() string {
	for _, e := range slices.Backward(i.Trail) {
		if e.Action == "item.suspended" || e.Action == "item.retired" {
			return e.Note
		}
	}
	return ""
}
