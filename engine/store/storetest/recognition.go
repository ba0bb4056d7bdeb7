package storetest

import (
	"context"
	"testing"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/recognition"
	"github.com/skillcert/skillcert/engine/store"
)

// Recognitions is the contract of recognition.Cases.
func Recognitions(t *testing.T, open func(t *testing.T) *store.Store) {
	aDay := clock.Date{Year: 2026, Month: 3, Day: 2}
	opinion := &recognition.Opinion{For: true, Reason: "材料属实", At: morning, By: "fuhe", Who: "q", Name: "李群"}
	make := func(id string) *recognition.Case {
		return &recognition.Case{ID: recognition.ID(id), Org: "o", Body: "一家养老院", Person: "p", Level: engine.Level4, Terms: engine.TermsContract,
			Evidence: []recognition.Evidence{{Material: "employment", Document: "劳动合同第3号"}},
			Superior: recognition.Superior{Person: "s", Post: "护理部主任", Words: "工作情况属实", On: aDay}, Since: aDay, Tie: "t", Policy: "sample",
			State: recognition.Applied, At: morning, By: "kaowu", Who: "k", Review: opinion, Decision: opinion,
			Notice: engine.Publicity{From: aDay, Until: aDay.AddDays(7)}, Trail: trail(),
			Objections: []recognition.Objection{{No: 1, Protest: engine.Protest{Name: "周群", Contact: "022-0000", Words: "不是本单位职工"}, At: morning,
				Answer: &recognition.Answer{Words: "经查属实", At: morning, By: "renshe", Name: "任时"}}}}
	}
	Aggregates(t, open, func(s *store.Store) Repository[recognition.Case] {
		r := s.Recognitions()
		return Repository[recognition.Case]{Get: func(ctx context.Context, id string) (*recognition.Case, error) {
			return r.Case(ctx, recognition.ID(id))
		},
			Create: r.CreateCase, Update: r.UpdateCase, Absent: recognition.ErrCase, Exists: recognition.ErrExists, Make: make,
			Revision: func(c *recognition.Case) *int64 { return &c.Revision }, Change: func(c *recognition.Case) { c.State = recognition.Reviewed }}
	})
	t.Run("of a body and in a state", func(t *testing.T) {
		r, ctx := open(t).Recognitions(), context.Background()
		for id, in := range map[string]recognition.State{"b": recognition.Public, "a": recognition.Applied, "c": recognition.Public} {
			c := make(id)
			if c.State = in; id == "c" {
				c.Org = "other"
			}
			mustDo(t, r.CreateCase(ctx, c))
		}
		of := func(org engine.OrgID) func(context.Context, engine.Cursor) ([]*recognition.Case, string, error) {
			return func(ctx context.Context, c engine.Cursor) ([]*recognition.Case, string, error) {
				return r.CasesOf(ctx, org, c)
			}
		}
		in := func(s recognition.State) func(context.Context, engine.Cursor) ([]*recognition.Case, string, error) {
			return func(ctx context.Context, c engine.Cursor) ([]*recognition.Case, string, error) {
				return r.CasesIn(ctx, s, c)
			}
		}
		id := func(c *recognition.Case) string { return string(c.ID) }
		WantList(t, []string{"a", "b"}, id, of("o"))
		WantList(t, []string{"c"}, id, of("other"))
		WantList(t, nil, id, of("none"))
		WantList(t, []string{"b", "c"}, id, in(recognition.Public))
		b, err := r.Case(ctx, "b")
		mustDo(t, err)
		b.State = recognition.Final
		mustDo(t, r.UpdateCase(ctx, b))
		WantList(t, []string{"c"}, id, in(recognition.Public))
		WantList(t, []string{"b"}, id, in(recognition.Final))
	})
}

// RecognitionQuotas is the contract of recognition.Quotas.
func RecognitionQuotas(t *testing.T, open func(t *testing.T) *store.Store) {
	Aggregates(t, open, func(s *store.Store) Repository[recognition.Quota] {
		r := s.RecognitionQuotas()
		return Repository[recognition.Quota]{Get: r.Quota, Create: r.CreateQuota, Update: r.UpdateQuota, Absent: recognition.ErrNoQuota,
			Exists: recognition.ErrQuotaTaken, Revision: func(q *recognition.Quota) *int64 { return &q.Revision },
			Make: func(id string) *recognition.Quota {
				return &recognition.Quota{ID: id, Org: "o", Year: 2026, Taken: []recognition.ID{"a"}}
			},
			Change: func(q *recognition.Quota) { q.Taken = append(q.Taken, "b") }}
	})
}
