package certs

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"sync"

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

// ListAddress is where a status list is published. What was issued names a list by its address, so a list keeps the one
// that it was opened under, whatever address the house has later.
type ListAddress struct {
	List    int    `json:"list"`
	Address string `json:"address"` // https://example.org/status/1
}

// ErrListOpen refuses a second address for a list.
var ErrListOpen = errs.New(errs.Conflict, "certificate.list_open", "这一状态列表已有地址")

// Addresses keeps the addresses of the status lists. Absent: ErrSlot. OpenList of a list that has an address changes
// nothing and returns ErrListOpen. Safe for concurrent use; must pass storetest.Addresses.
type Addresses interface {
	ListAddress(ctx context.Context, list int) (*ListAddress, error)
	OpenList(ctx context.Context, a *ListAddress) error
}

// addressBook finds the addresses of lists; a list that has none is opened under base. An address never changes, so each
// is read once. Safe for concurrent use.
type addressBook struct {
	kept  Addresses
	base  string
	known sync.Map // by list
}

func (b *addressBook) of(ctx context.Context, list int) (string, error) {
	if had, ok := b.known.Load(list); ok {
		return had.(string), nil
	}
	a, err := b.kept.ListAddress(ctx, list)
	if errors.Is(err, ErrSlot) {
		a = &ListAddress{List: list, Address: fmt.Sprintf("%s%d", b.base, list)}
		if err = b.kept.OpenList(ctx, a); errors.Is(err, ErrListOpen) { // by another process, just now
			a, err = b.kept.ListAddress(ctx, list)
		}
	}
	if err != nil {
		return "", fmt.Errorf("address of status list %d: %w", list, err)
	}
	b.known.Store(list, a.Address)
	return a.Address, nil
}

// slotTries is how many random places of a list are tried before the next list is begun: of a list that is half full one
// attempt in 256 goes on, so most lists are left when they are between half and two thirds full.
const slotTries = 8

// slot takes a free slot at a random place, and tells the address of its list: the index tells nothing of when or to whom a certificate was issued. A
// slot whose certificate never came to be stays taken and harms nobody.
func (i *Issuer) slot(ctx context.Context) (s Slot, address string, err error) {
	if s, err = i.freeSlot(ctx); err == nil {
		address, err = i.addresses.of(ctx, s.List)
	}
	return s, address, err
}

func (i *Issuer) freeSlot(ctx context.Context) (Slot, error) {
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
