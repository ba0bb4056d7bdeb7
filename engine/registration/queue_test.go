package registration_test

import (
	"slices"
	"testing"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/registration"
)

// 考务员一页一页看报名：待审核的在前，等得最久的第一个；份数不用逐份读就知道，草稿只数不看；同一证件报了两份，
// 即使不在同一页也查得到；别的机构的考务员看不到。
func TestTheQueueOfASessionPageByPage(t *testing.T) {
	k := openCounter(t)
	e := k.entry()
	var ids []registration.RequestID
	for range 3 {
		r, _ := k.apply(e)
		ids = append(ids, r.ID)
		e = k.entry()
		k.clock.Advance(time.Minute)
	}
	first, _, err := k.intake.Look(ctx, office, ids[0])
	if err != nil {
		t.Fatal(err)
	}
	e.Row.IDNumber = first.Row.IDNumber
	again, _ := k.apply(e)
	k.unsent()
	if _, err := k.accept(first); err != nil {
		t.Fatal(err)
	}
	var got []registration.RequestID
	for c := (engine.Cursor{Limit: 2}); ; {
		rows, next, err := k.intake.Queue(ctx, office, hall, c)
		if err != nil || len(rows) > 2 {
			t.Fatalf("%d rows, %v", len(rows), err)
		}
		for _, r := range rows {
			got = append(got, r.ID)
		}
		if c.After = next; next == "" {
			break
		}
	}
	if want := []registration.RequestID{ids[1], ids[2], again.ID, ids[0]}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	if n, err := k.intake.Tally(ctx, office, hall); err != nil || n != (registration.Tally{Waiting: 3, All: 4, Drafts: 1}) {
		t.Errorf("%+v, %v", n, err)
	}
	if same, err := k.intake.Same(ctx, office, again); err != nil || !slices.Equal(same, ids[:1]) {
		t.Errorf("under the same document: %v, %v", same, err)
	}
	other := authz.Principal{Account: "other", Person: "o", Roles: []authz.Role{authz.ExamOffice}, Org: "another"}
	_, tally := k.intake.Tally(ctx, other, hall)
	_, _, queue := k.intake.Queue(ctx, other, hall, engine.Cursor{})
	if tally == nil || queue == nil {
		t.Errorf("another body: %v, %v", tally, queue)
	}
}
