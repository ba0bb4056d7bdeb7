package store

import (
	"context"
	"fmt"

	"github.com/skillcert/skillcert/certs/archive"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/sitting"
	"github.com/skillcert/skillcert/engine/store/docs"
)

func archiveSchema() docs.Schema { return docs.Schema{"archive-filing": {"session", "org"}} }

// Filings is the repository of filings.
func (s *Store) Filings() archive.Filings {
	return filingTable{docs.Table[archive.Filing]{Store: s.docs, IDs: s.ids, Cipher: s.vault, Kind: "archive-filing", Schema: 1,
		ID:       func(f *archive.Filing) string { return string(f.ID) },
		Revision: func(f *archive.Filing) *int64 { return &f.Revision },
		Index: func(f *archive.Filing) map[string]string {
			return map[string]string{"session": fmt.Sprintf("%s%09d", ticketsOf(f.Session), f.Number), "org": string(f.Org)}
		},
		Absent: archive.ErrFiling, Exists: archive.ErrTaken}}
}

type filingTable struct{ t docs.Table[archive.Filing] }

func (r filingTable) Filing(ctx context.Context, id archive.FilingID) (*archive.Filing, error) {
	return r.t.Get(ctx, string(id))
}
func (r filingTable) CreateFiling(ctx context.Context, f *archive.Filing) error {
	return r.t.Create(ctx, f)
}
func (r filingTable) UpdateFiling(ctx context.Context, f *archive.Filing) error {
	return r.t.Update(ctx, f)
}
func (r filingTable) FilingsOf(ctx context.Context, s sitting.SessionID, c engine.Cursor) ([]*archive.Filing, string, error) {
	return r.t.Walk(ctx, docs.Range{Index: "session", After: c.After, Limit: c.Rows()}.Prefix(ticketsOf(s)))
}
func (r filingTable) FilingsFor(ctx context.Context, org engine.OrgID, c engine.Cursor) ([]*archive.Filing, string, error) {
	return r.t.List(ctx, "org", string(org), c)
}
