package store

import (
	"context"
	"fmt"

	"github.com/skillcert/skillcert/certs"
	"github.com/skillcert/skillcert/certs/status"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/result"
	"github.com/skillcert/skillcert/engine/sitting"
	"github.com/skillcert/skillcert/engine/store/docs"
)

// Slots is the repository of the taken places of the status lists.
func (s *Store) Slots() certs.Slots {
	return slotTable{docs.Table[certs.SlotEntry]{Store: s.docs, IDs: s.ids, Kind: "certificate-slot", Schema: 1,
		ID: func(e *certs.SlotEntry) string { return e.Slot.ID() }, Revision: func(e *certs.SlotEntry) *int64 { return &e.Revision },
		Index: slotIndex, Absent: certs.ErrSlot, Exists: certs.ErrSlotTaken}}
}

// slotIndex lists the entries that say something under their list.
func slotIndex(e *certs.SlotEntry) map[string]string {
	if e.Code == status.Valid {
		return map[string]string{"marked": "no"}
	}
	return map[string]string{"marked": listWord(e.Slot.List)}
}

func listWord(list int) string { return fmt.Sprintf("%06d", list) }

type slotTable struct{ t docs.Table[certs.SlotEntry] }

func (r slotTable) Slot(ctx context.Context, s certs.Slot) (*certs.SlotEntry, error) {
	return r.t.Get(ctx, s.ID())
}
func (r slotTable) CreateSlot(ctx context.Context, e *certs.SlotEntry) error {
	return r.t.Create(ctx, e)
}
func (r slotTable) UpdateSlot(ctx context.Context, e *certs.SlotEntry) error {
	return r.t.Update(ctx, e)
}

func (r slotTable) Marked(ctx context.Context, list int, c engine.Cursor) ([]*certs.SlotEntry, string, error) {
	return r.t.List(ctx, "marked", listWord(list), c)
}

func (r slotTable) LastList(ctx context.Context) (int, error) {
	rows, _, err := r.t.Walk(ctx, docs.Range{Desc: true, Limit: 1})
	if err != nil || len(rows) == 0 {
		return 0, err
	}
	return rows[0].Slot.List, nil
}

// Addresses is the repository of where the status lists are published.
func (s *Store) Addresses() certs.Addresses {
	return addressTable{docs.Table[certs.ListAddress]{Store: s.docs, IDs: s.ids, Kind: "certificate-list", Schema: 1,
		ID: func(a *certs.ListAddress) string { return listWord(a.List) }, Absent: certs.ErrSlot, Exists: certs.ErrListOpen}}
}

type addressTable struct{ t docs.Table[certs.ListAddress] }

func (r addressTable) ListAddress(ctx context.Context, list int) (*certs.ListAddress, error) {
	return r.t.Get(ctx, listWord(list))
}
func (r addressTable) OpenList(ctx context.Context, a *certs.ListAddress) error {
	return r.t.Create(ctx, a)
}

// Holds is the repository of what keeps results from being issued for.
func (s *Store) Holds() certs.Holds {
	return holdTable{docs.Table[certs.Hold]{Store: s.docs, IDs: s.ids, Cipher: s.vault, Kind: "certificate-hold", Schema: 1,
		ID: func(h *certs.Hold) string { return string(h.Result) }, Revision: func(h *certs.Hold) *int64 { return &h.Revision },
		Absent: certs.ErrNoHold, Exists: certs.ErrHeld}}
}

type holdTable struct{ t docs.Table[certs.Hold] }

func (r holdTable) Hold(ctx context.Context, id result.ID) (*certs.Hold, error) {
	return r.t.Get(ctx, string(id))
}
func (r holdTable) CreateHold(ctx context.Context, h *certs.Hold) error { return r.t.Create(ctx, h) }
func (r holdTable) UpdateHold(ctx context.Context, h *certs.Hold) error { return r.t.Update(ctx, h) }

// Batches is the repository of issues for whole sessions.
func (s *Store) Batches() certs.Batches {
	return batchTable{docs.Table[certs.Batch]{Store: s.docs, IDs: s.ids, Cipher: s.vault, Kind: "certificate-batch", Schema: 1,
		ID: func(b *certs.Batch) string { return string(b.Session) }, Revision: func(b *certs.Batch) *int64 { return &b.Revision },
		Index:  func(b *certs.Batch) map[string]string { return map[string]string{"open": openWord(b.Waits())} },
		Absent: certs.ErrBatch, Exists: certs.ErrBatchExists}}
}

type batchTable struct{ t docs.Table[certs.Batch] }

func (r batchTable) Batch(ctx context.Context, id sitting.SessionID) (*certs.Batch, error) {
	return r.t.Get(ctx, string(id))
}
func (r batchTable) CreateBatch(ctx context.Context, b *certs.Batch) error { return r.t.Create(ctx, b) }
func (r batchTable) UpdateBatch(ctx context.Context, b *certs.Batch) error { return r.t.Update(ctx, b) }

func (r batchTable) OpenBatches(ctx context.Context, c engine.Cursor) ([]*certs.Batch, string, error) {
	return r.t.List(ctx, "open", openWord(true), c)
}

// Shares is the repository of holders' links.
func (s *Store) Shares() certs.Shares {
	return shareTable{docs.Table[certs.Share]{Store: s.docs, IDs: s.ids, Cipher: s.vault, Kind: "certificate-share", Schema: 1,
		ID: func(v *certs.Share) string { return v.Token }, Revision: func(v *certs.Share) *int64 { return &v.Revision },
		Index:  func(v *certs.Share) map[string]string { return map[string]string{"number": string(v.Number)} },
		Absent: certs.ErrShare, Exists: certs.ErrShareTaken}}
}

type shareTable struct{ t docs.Table[certs.Share] }

func (r shareTable) Share(ctx context.Context, token string) (*certs.Share, error) {
	return r.t.Get(ctx, token)
}
func (r shareTable) CreateShare(ctx context.Context, v *certs.Share) error { return r.t.Create(ctx, v) }
func (r shareTable) UpdateShare(ctx context.Context, v *certs.Share) error { return r.t.Update(ctx, v) }

func (r shareTable) SharesOf(ctx context.Context, n certs.Number, c engine.Cursor) ([]*certs.Share, string, error) {
	return r.t.List(ctx, "number", string(n), c)
}

// Awards is the repository of prizes that promote.
func (s *Store) Awards() certs.Awards {
	return awardTable{docs.Table[certs.Award]{Store: s.docs, IDs: s.ids, Cipher: s.vault, Kind: "certificate-award", Schema: 1,
		ID: func(a *certs.Award) string { return a.ID }, Revision: func(a *certs.Award) *int64 { return &a.Revision },
		Index:  func(a *certs.Award) map[string]string { return map[string]string{"org": string(a.Org)} },
		Absent: certs.ErrAward, Exists: certs.ErrAwardTwice}}
}

type awardTable struct{ t docs.Table[certs.Award] }

func (r awardTable) Award(ctx context.Context, id string) (*certs.Award, error) {
	return r.t.Get(ctx, id)
}
func (r awardTable) CreateAward(ctx context.Context, a *certs.Award) error { return r.t.Create(ctx, a) }
func (r awardTable) UpdateAward(ctx context.Context, a *certs.Award) error { return r.t.Update(ctx, a) }

func (r awardTable) AwardsOf(ctx context.Context, org engine.OrgID, c engine.Cursor) ([]*certs.Award, string, error) {
	return r.t.List(ctx, "org", string(org), c)
}

// Layouts is the repository of bodies' own layouts.
func (s *Store) Layouts() certs.Layouts {
	return layoutTable{docs.Table[certs.Layout]{Store: s.docs, IDs: s.ids, Kind: "certificate-layout", Schema: 1,
		ID: func(l *certs.Layout) string { return layoutID(l.Org, l.Kind) }, Revision: func(l *certs.Layout) *int64 { return &l.Revision },
		Absent: certs.ErrNoLayout, Exists: certs.ErrLayoutTaken}}
}

func layoutID(org engine.OrgID, k certs.Kind) string { return string(k) + "-" + string(org) }

type layoutTable struct{ t docs.Table[certs.Layout] }

func (r layoutTable) Layout(ctx context.Context, org engine.OrgID, k certs.Kind) (*certs.Layout, error) {
	return r.t.Get(ctx, layoutID(org, k))
}
func (r layoutTable) CreateLayout(ctx context.Context, l *certs.Layout) error {
	return r.t.Create(ctx, l)
}
func (r layoutTable) UpdateLayout(ctx context.Context, l *certs.Layout) error {
	return r.t.Update(ctx, l)
}
