package storetest

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/skillcert/skillcert/certs"
	"github.com/skillcert/skillcert/certs/status"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/result"
	"github.com/skillcert/skillcert/engine/sitting"
	"github.com/skillcert/skillcert/engine/store"
)

// Slots is the contract of certs.Slots.
func Slots(t *testing.T, open func(t *testing.T) *store.Store) {
	at := func(id string) certs.Slot {
		var s certs.Slot
		if _, err := fmt.Sscanf(id, "%d-%d", &s.List, &s.Index); err != nil { // the suite's own names
			s = certs.Slot{List: 1, Index: len(id)*1000 + int(id[len(id)-1])}
		}
		return s
	}
	Aggregates(t, open, func(s *store.Store) Repository[certs.SlotEntry] {
		r := s.Slots()
		return Repository[certs.SlotEntry]{
			Get:    func(ctx context.Context, id string) (*certs.SlotEntry, error) { return r.Slot(ctx, at(id)) },
			Create: r.CreateSlot, Update: r.UpdateSlot, Absent: certs.ErrSlot, Exists: certs.ErrSlotTaken,
			Make:     func(id string) *certs.SlotEntry { return &certs.SlotEntry{Slot: at(id)} },
			Revision: func(e *certs.SlotEntry) *int64 { return &e.Revision }, Change: func(e *certs.SlotEntry) { e.Code++ }}
	})
	t.Run("marked", func(t *testing.T) { slotsMarked(t, open(t).Slots()) })
}

// Addresses is the contract of certs.Addresses.
func Addresses(t *testing.T, open func(t *testing.T) *store.Store) {
	ctx := context.Background()
	r := open(t).Addresses()
	_, err := r.ListAddress(ctx, 1)
	wantError(t, err, certs.ErrSlot)
	mustDo(t, r.OpenList(ctx, &certs.ListAddress{List: 1, Address: "https://example.org/status/1"}))
	wantError(t, r.OpenList(ctx, &certs.ListAddress{List: 1, Address: "https://example.net/status/1"}), certs.ErrListOpen)
	a, err := r.ListAddress(ctx, 1)
	if mustDo(t, err); a.List != 1 || a.Address != "https://example.org/status/1" {
		t.Errorf("the list is at %s", a.Address)
	}
	_, err = r.ListAddress(ctx, 11)
	wantError(t, err, certs.ErrSlot)
}

func slotsMarked(t *testing.T, r certs.Slots) {
	ctx := context.Background()
	last, err := r.LastList(ctx)
	mustDo(t, err)
	if last != 0 {
		t.Fatalf("an empty store has list %d", last)
	}
	for _, e := range []certs.SlotEntry{{Slot: certs.Slot{List: 1, Index: 9}, Code: status.Revoked}, {Slot: certs.Slot{List: 1, Index: 10}},
		{Slot: certs.Slot{List: 1, Index: 131_071}, Code: status.Superseded}, {Slot: certs.Slot{List: 12, Index: 0}, Code: status.Revoked}} {
		mustDo(t, r.CreateSlot(ctx, &e))
	}
	list := func(n int) func(context.Context, engine.Cursor) ([]*certs.SlotEntry, string, error) {
		return func(ctx context.Context, c engine.Cursor) ([]*certs.SlotEntry, string, error) {
			return r.Marked(ctx, n, c)
		}
	}
	id := func(e *certs.SlotEntry) string { return e.Slot.ID() }
	WantList(t, []string{"000001-000009", "000001-131071"}, id, list(1))
	WantList(t, nil, id, list(2))
	WantList(t, []string{"000012-000000"}, id, list(12))
	if last, err = r.LastList(ctx); err != nil || last != 12 {
		t.Fatalf("last list %d, %v", last, err)
	}
	e, err := r.Slot(ctx, certs.Slot{List: 1, Index: 10})
	mustDo(t, err)
	e.Code = status.Superseded
	mustDo(t, r.UpdateSlot(ctx, e))
	WantList(t, []string{"000001-000009", "000001-000010", "000001-131071"}, id, list(1))
}

// Holds is the contract of certs.Holds.
func Holds(t *testing.T, open func(t *testing.T) *store.Store) {
	Aggregates(t, open, func(s *store.Store) Repository[certs.Hold] {
		r := s.Holds()
		return Repository[certs.Hold]{
			Get:    func(ctx context.Context, id string) (*certs.Hold, error) { return r.Hold(ctx, result.ID(id)) },
			Create: r.CreateHold, Update: r.UpdateHold, Absent: certs.ErrNoHold, Exists: certs.ErrHeld,
			Make: func(id string) *certs.Hold {
				return &certs.Hold{Result: result.ID(id), Org: "o", Reason: "查分未答复", Since: morning, Trail: trail()}
			},
			Revision: func(h *certs.Hold) *int64 { return &h.Revision }, Change: func(h *certs.Hold) { h.Lifted = morning }}
	})
}

// Batches is the contract of certs.Batches.
func Batches(t *testing.T, open func(t *testing.T) *store.Store) {
	make := func(id string) *certs.Batch {
		return &certs.Batch{Session: sitting.SessionID(id), Org: "o", Of: 12, Progress: certs.Progress{Seen: 3, Issued: 2, Failed: 1}, After: "x",
			Failures: []certs.Failure{{Ticket: "t", Code: "c", Msg: "说明"}}, Started: morning, Held: morning, Claim: "w", Trail: trail()}
	}
	Aggregates(t, open, func(s *store.Store) Repository[certs.Batch] {
		r := s.Batches()
		return Repository[certs.Batch]{
			Get:    func(ctx context.Context, id string) (*certs.Batch, error) { return r.Batch(ctx, sitting.SessionID(id)) },
			Create: r.CreateBatch, Update: r.UpdateBatch, Absent: certs.ErrBatch, Exists: certs.ErrBatchExists,
			Make: make, Revision: func(b *certs.Batch) *int64 { return &b.Revision }, Change: func(b *certs.Batch) { b.Ended = morning }}
	})
	t.Run("open", func(t *testing.T) {
		r := open(t).Batches()
		session := func(b *certs.Batch) string { return string(b.Session) }
		for _, id := range []string{"b", "c", "a", "d"} {
			b := make(id)
			switch id {
			case "c":
				b.Ended = morning
			case "d":
				b.Started = time.Time{} // by nobody yet
			}
			mustDo(t, r.CreateBatch(context.Background(), b))
		}
		WantList(t, []string{"a", "b"}, session, r.OpenBatches)
		b, err := r.Batch(context.Background(), "a")
		mustDo(t, err)
		b.Ended = morning
		mustDo(t, r.UpdateBatch(context.Background(), b))
		WantList(t, []string{"b"}, session, r.OpenBatches)
	})
}

// Shares is the contract of certs.Shares.
func Shares(t *testing.T, open func(t *testing.T) *store.Store) {
	make := func(id string) *certs.Share {
		return &certs.Share{Token: id, Number: "S000012009999264000001", Made: morning, Until: morning.AddDate(0, 0, 30), Note: "养老院"}
	}
	Aggregates(t, open, func(s *store.Store) Repository[certs.Share] {
		r := s.Shares()
		return Repository[certs.Share]{Get: r.Share, Create: r.CreateShare, Update: r.UpdateShare, Absent: certs.ErrShare, Exists: certs.ErrShareTaken,
			Make: make, Revision: func(v *certs.Share) *int64 { return &v.Revision }, Change: func(v *certs.Share) { v.Until = morning }}
	})
	t.Run("of a certificate", func(t *testing.T) {
		r := open(t).Shares()
		for _, id := range []string{"b", "a", "c"} {
			v := make(id)
			if id == "c" {
				v.Number = "S000012009999264000002"
			}
			mustDo(t, r.CreateShare(context.Background(), v))
		}
		of := func(n certs.Number) func(context.Context, engine.Cursor) ([]*certs.Share, string, error) {
			return func(ctx context.Context, c engine.Cursor) ([]*certs.Share, string, error) {
				return r.SharesOf(ctx, n, c)
			}
		}
		token := func(v *certs.Share) string { return v.Token }
		WantList(t, []string{"a", "b"}, token, of("S000012009999264000001"))
		WantList(t, []string{"c"}, token, of("S000012009999264000002"))
		WantList(t, nil, token, of("S000012009999264000003"))
	})
}

// Awards is the contract of certs.Awards.
func Awards(t *testing.T, open func(t *testing.T) *store.Store) {
	make := func(id string) *certs.Award {
		return &certs.Award{ID: id, Person: "p", Org: "o", Year: 2026, Contest: "技能大赛", Class: "city-1", Place: 3, Of: 40, Group: "worker",
			Holds: engine.Level4, HoldsNo: "S000012009999244000001", Evidence: "通报", Rule: "r", To: engine.Level3, State: certs.AwardEntered,
			By: "b", Who: "w", At: morning, Trail: trail()}
	}
	Aggregates(t, open, func(s *store.Store) Repository[certs.Award] {
		r := s.Awards()
		return Repository[certs.Award]{Get: r.Award, Create: r.CreateAward, Update: r.UpdateAward, Absent: certs.ErrAward, Exists: certs.ErrAwardTwice,
			Make: make, Revision: func(a *certs.Award) *int64 { return &a.Revision }, Change: func(a *certs.Award) { a.State = certs.AwardGranted }}
	})
	t.Run("of a body", func(t *testing.T) {
		r := open(t).Awards()
		for _, id := range []string{"b", "a", "c"} {
			a := make(id)
			if id == "c" {
				a.Org = "other"
			}
			mustDo(t, r.CreateAward(context.Background(), a))
		}
		of := func(org engine.OrgID) func(context.Context, engine.Cursor) ([]*certs.Award, string, error) {
			return func(ctx context.Context, c engine.Cursor) ([]*certs.Award, string, error) {
				return r.AwardsOf(ctx, org, c)
			}
		}
		id := func(a *certs.Award) string { return a.ID }
		WantList(t, []string{"a", "b"}, id, of("o"))
		WantList(t, []string{"c"}, id, of("other"))
		WantList(t, nil, id, of("none"))
	})
}

// Layouts is the contract of certs.Layouts.
func Layouts(t *testing.T, open func(t *testing.T) *store.Store) {
	Aggregates(t, open, func(s *store.Store) Repository[certs.Layout] {
		r := s.Layouts()
		return Repository[certs.Layout]{
			Get: func(ctx context.Context, id string) (*certs.Layout, error) {
				return r.Layout(ctx, engine.OrgID(id), certs.KindCard)
			},
			Create: r.CreateLayout, Update: r.UpdateLayout, Absent: certs.ErrNoLayout, Exists: certs.ErrLayoutTaken,
			Make: func(id string) *certs.Layout {
				return &certs.Layout{Org: engine.OrgID(id), Kind: certs.KindCard, Source: []byte(`{"name":"x"}`), By: "b", At: morning, Trail: trail()}
			},
			Revision: func(l *certs.Layout) *int64 { return &l.Revision }, Change: func(l *certs.Layout) { l.Source = nil }}
	})
	t.Run("of each kind", func(t *testing.T) {
		r := open(t).Layouts()
		mustDo(t, r.CreateLayout(context.Background(), &certs.Layout{Org: "o", Kind: certs.KindCard}))
		_, err := r.Layout(context.Background(), "o", certs.KindCertificate)
		wantError(t, err, certs.ErrNoLayout)
	})
}
