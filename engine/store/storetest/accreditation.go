package storetest

import (
	"bytes"
	"context"
	"testing"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/accreditation"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/separation"
	"github.com/skillcert/skillcert/engine/store"
)

// Calls is the contract of accreditation.Calls.
func Calls(t *testing.T, open func(t *testing.T) *store.Store) {
	day := clock.Date{Year: 2026, Month: 7, Day: 22}
	call := func(id string) *accreditation.Call {
		said := &accreditation.Opinion{For: true, Reason: "符合", At: morning, By: "a", Person: "p", Name: "甲"}
		return &accreditation.Call{ID: accreditation.CallID(id), Province: "22", Title: "征集遴选", Document: "吉医保联〔2025〕12号", Occupation: "4-14-01-03",
			Levels: engine.Levels(), Bodies: 1, Closes: day, Materials: []engine.Material{{Key: "form", Name: "申请表", Clause: "四（一）2", Optional: true}},
			NoticeDays: 5, LeaseYears: 5, Notice: &accreditation.Notice{From: day, Last: day.AddDays(7), At: morning, By: "a"},
			Applications: []accreditation.Application{{Org: "津衡", Name: "津衡评价", State: accreditation.Filed,
				Premises: accreditation.Premises{Address: "某路1号", Leased: true, From: day, To: day.AddMonths(60)},
				Control: &separation.Control{Representative: engine.Person{Name: "乙", IDType: engine.ResidentCard, IDNumber: "120101198002010010", Born: day},
					Owners: []separation.Owner{{Name: "某集团", CreditCode: "91120000MA0600060A", Percent: 60}}},
				Files: []accreditation.File{{Material: "form", Name: "表.pdf", Size: 3, Digest: "d", At: morning, By: "b"}}, Submitted: morning,
				Review: said, Decision: said, Filing: &engine.Filing{Number: "S000022009999", Levels: engine.Levels()},
				Objections: []accreditation.Objection{{No: 1, From: "某人", Text: "不实", On: day, At: morning, By: "a",
					Answer: &accreditation.Answer{Upheld: true, Text: "查实", At: morning, By: "a", Name: "甲"}}}}}, Trail: trail()}
	}
	Aggregates(t, open, func(s *store.Store) Repository[accreditation.Call] {
		r := s.Calls()
		return Repository[accreditation.Call]{
			Get: func(ctx context.Context, id string) (*accreditation.Call, error) {
				return r.Call(ctx, accreditation.CallID(id))
			},
			Create: r.CreateCall, Update: r.UpdateCall, Absent: accreditation.ErrCall, Exists: accreditation.ErrCallExists,
			Revision: func(c *accreditation.Call) *int64 { return &c.Revision },
			Change:   func(c *accreditation.Call) { c.Applications = append(c.Applications, c.Applications[0]) }, Make: call}
	})
	t.Run("list", func(t *testing.T) {
		r := open(t).Calls()
		for _, id := range []string{"b", "a", "c"} {
			mustDo(t, r.CreateCall(context.Background(), call(id)))
		}
		WantList(t, []string{"a", "b", "c"}, func(c *accreditation.Call) string { return string(c.ID) }, r.CallList)
	})
}

// MaterialFiles is the contract of accreditation.Files.
func MaterialFiles(t *testing.T, open func(t *testing.T) *store.Store) {
	ctx, r := context.Background(), open(t).MaterialFiles()
	long := bytes.Repeat([]byte("材料"), 400_000) // of more than one piece
	for digest, data := range map[string][]byte{"long": long, "short": []byte("x"), "empty": nil} {
		mustDo(t, r.PutMaterial(ctx, digest, data))
		mustDo(t, r.PutMaterial(ctx, digest, data))
		got, err := r.Material(ctx, digest, len(data))
		mustDo(t, err)
		if !bytes.Equal(got, data) {
			t.Errorf("%s: %d bytes of %d", digest, len(got), len(data))
		}
	}
	_, err := r.Material(ctx, "none", 1)
	wantError(t, err, accreditation.ErrNoFile)
	_, err = r.Material(ctx, "short", 2)
	wantError(t, err, accreditation.ErrNoFile)
}
