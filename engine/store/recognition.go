package store

import (
	"context"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/recognition"
	"github.com/skillcert/skillcert/engine/store/docs"
)

func recognitionSchema() docs.Schema {
	return docs.Schema{"recognition": {"org", "state"}, "recognition-quota": nil}
}

// Recognitions is the repository of direct recognitions.
func (s *Store) Recognitions() recognition.Cases {
	return recognitionTable{docs.Table[recognition.Case]{Store: s.docs, IDs: s.ids, Cipher: s.vault, Kind: "recognition", Schema: 1,
		ID: func(c *recognition.Case) string { return string(c.ID) }, Revision: func(c *recognition.Case) *int64 { return &c.Revision },
		Index: func(c *recognition.Case) map[string]string {
			return map[string]string{"org": string(c.Org), "state": string(c.State)}
		},
		Absent: recognition.ErrCase, Exists: recognition.ErrExists}}
}

type recognitionTable struct{ t docs.Table[recognition.Case] }

func (r recognitionTable) Case(ctx context.Context, id recognition.ID) (*recognition.Case, error) {
	return r.t.Get(ctx, string(id))
}
func (r recognitionTable) CreateCase(ctx context.Context, c *recognition.Case) error {
	return r.t.Create(ctx, c)
}
func (r recognitionTable) UpdateCase(ctx context.Context, c *recognition.Case) error {
	return r.t.Update(ctx, c)
}

func (r recognitionTable) CasesOf(ctx context.Context, org engine.OrgID, c engine.Cursor) ([]*recognition.Case, string, error) {
	return r.t.List(ctx, "org", string(org), c)
}

func (r recognitionTable) CasesIn(ctx context.Context, s recognition.State, c engine.Cursor) ([]*recognition.Case, string, error) {
	return r.t.List(ctx, "state", string(s), c)
}

// RecognitionQuotas is the repository of the places of bodies' years.
func (s *Store) RecognitionQuotas() recognition.Quotas {
	return recognitionQuotaTable{docs.Table[recognition.Quota]{Store: s.docs, IDs: s.ids, Kind: "recognition-quota", Schema: 1,
		ID: func(q *recognition.Quota) string { return q.ID }, Revision: func(q *recognition.Quota) *int64 { return &q.Revision },
		Absent: recognition.ErrNoQuota, Exists: recognition.ErrQuotaTaken}}
}

type recognitionQuotaTable struct{ t docs.Table[recognition.Quota] }

func (r recognitionQuotaTable) Quota(ctx context.Context, id string) (*recognition.Quota, error) {
	return r.t.Get(ctx, id)
}
func (r recognitionQuotaTable) CreateQuota(ctx context.Context, q *recognition.Quota) error {
	return r.t.Create(ctx, q)
}
func (r recognitionQuotaTable) UpdateQuota(ctx context.Context, q *recognition.Quota) error {
	return r.t.Update(ctx, q)
}
