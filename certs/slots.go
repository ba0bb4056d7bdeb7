package certs

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/skillcert/skillcert/certs/status"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/errs"
)

// Slot is the place of an edition in the status lists: lists are numbered from 1, entries of a list from 0. The zero
// Slot is none.
type Slot struct {
	List  int `json:"list"`
	Index int `json:"index"`
}

// IsZero reports whether s is no slot.
func (s Slot) IsZero() bool { return s.List == 0 }

// ID is the slot's name, in an order of lists first.
func (s Slot) ID() string { return fmt.Sprintf("%06d-%06d", s.List, s.Index) }

// SlotEntry is a slot that is taken. Whose it is stands in the certificate only.
type SlotEntry struct {
	Slot     Slot        `json:"slot"`
	Code     status.Code `json:"code"` // only rises
	Revision int64       `json:"-"`
}

// Refusals about slots.
var (
	ErrSlot      = errs.New(errs.NotFound, "certificate.no_slot", "状态列表中没有这一位置")
	ErrSlotTaken = errs.New(errs.Conflict, "certificate.slot_taken", "状态列表的这一位置已被占用")
)

// Slots keeps the taken slots. Absent: ErrSlot; taken: ErrSlotTaken. UpdateSlot writes only at the entry's Revision,
// otherwise engine.ErrStale. Marked lists the entries of one list whose code is not status.Valid, in the order of slots.
// LastList is the highest list of which a slot is taken, 0 when none is. Safe for concurrent use; must pass
// storetest.Slots.
type Slots interface {
	Slot(ctx context.Context, s Slot) (*SlotEntry, error)
	CreateSlot(ctx context.Context, e *SlotEntry) error
	UpdateSlot(ctx context.Context, e *SlotEntry) error
	Marked(ctx context.Context, list int, c engine.Cursor) (rows []*SlotEntry, next string, err error)
	LastList(ctx context.Context) (int, error)
}

// slotTries is how many random places of a list are tried before the next list is begun: of a list that is half full one
// attempt in 256 goes on, so most lists are left when they are between half and two thirds full.
const slotTries = 8

// slot takes a free slot at a random place: the index tells nothing of when or to whom a certificate was issued. A
// slot whose certificate never came to be stays taken and harms nobody.
func (i *Issuer) slot(ctx context.Context) (Slot, error) {
	list, err := i.ports.Slots.LastList(ctx)
	if err != nil {
		return Slot{}, err
	}
	for list = max(list, 1); ; list++ {
		for range slotTries {
			s := Slot{List: list, Index: int(binary.BigEndian.Uint32(i.ids.Bytes(4)) % status.Entries)} // a power of two: no bias
			err := i.ports.Slots.CreateSlot(ctx, &SlotEntry{Slot: s})
			if !errors.Is(err, ErrSlotTaken) {
				return s, err
			}
		}
	}
}

// listOf is the address of the list that a slot is in.
func (i *Issuer) listOf(s Slot) string { return fmt.Sprintf("%s%d", i.ports.Lists, s.List) }

// tell marks a slot. Codes only rise, so telling late what was overtaken changes nothing.
func (i *Issuer) tell(ctx context.Context, s Slot, code status.Code) error {
	if s.IsZero() {
		return nil // an edition from before there were lists
	}
	_, err := engine.Modify(ctx, func(ctx context.Context) (*SlotEntry, error) { return i.ports.Slots.Slot(ctx, s) }, i.ports.Slots.UpdateSlot,
		func(e *SlotEntry) error {
			if e.Code >= code {
				return engine.ErrUnchanged
			}
			e.Code = code
			return nil
		})
	return err
}
