package store

import (
	"context"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/sitting"
	"github.com/skillcert/skillcert/engine/store/docs"
	"github.com/skillcert/skillcert/engine/theory"
	"github.com/skillcert/skillcert/questionbank"
)

// correctionsSchema is of corrected keys: what the bank decided, and what marking did about it.
func correctionsSchema() docs.Schema {
	return docs.Schema{"correction": {"item"}, "remark-book": nil, "remark-changes": nil}
}

// Corrections is the repository of corrected keys.
func (s *Store) Corrections() questionbank.Corrections {
	return correctionTable{docs.Table[questionbank.Correction]{Store: s.docs, IDs: s.ids, Kind: "correction", Schema: 1,
		ID: func(c *questionbank.Correction) string { return string(c.ID) }, Revision: func(c *questionbank.Correction) *int64 { return &c.Revision },
		Index:  func(c *questionbank.Correction) map[string]string { return map[string]string{"item": c.Code} },
		Absent: questionbank.ErrCorrection, Exists: questionbank.ErrCorrectionExists}}
}

type correctionTable struct {
	t docs.Table[questionbank.Correction]
}

func (r correctionTable) Correction(ctx context.Context, id questionbank.CorrectionID) (*questionbank.Correction, error) {
	return r.t.Get(ctx, string(id))
}
func (r correctionTable) CreateCorrection(ctx context.Context, c *questionbank.Correction) error {
	return r.t.Create(ctx, c)
}
func (r correctionTable) UpdateCorrection(ctx context.Context, c *questionbank.Correction) error {
	return r.t.Update(ctx, c)
}
func (r correctionTable) CorrectionList(ctx context.Context, c engine.Cursor) ([]*questionbank.Correction, string, error) {
	return r.t.Every(ctx, c)
}
func (r correctionTable) CorrectionsOf(ctx context.Context, code string, c engine.Cursor) ([]*questionbank.Correction, string, error) {
	return r.t.List(ctx, "item", code, c)
}

// Remarks is the repository of what was marked again.
func (s *Store) Remarks() theory.Remarks {
	return remarkTables{
		books: docs.Table[theory.RemarkBook]{Store: s.docs, IDs: s.ids, Kind: "remark-book", Schema: 1,
			ID: func(b *theory.RemarkBook) string { return string(b.Session) }, Revision: func(b *theory.RemarkBook) *int64 { return &b.Revision },
			Absent: theory.ErrNoRemarks, Exists: theory.ErrRemarkBook},
		changes: docs.Table[theory.Changes]{Store: s.docs, IDs: s.ids, Kind: "remark-changes", Schema: 1,
			ID:       func(c *theory.Changes) string { return changesID(c.Session, c.Correction) },
			Revision: func(c *theory.Changes) *int64 { return &c.Revision },
			Absent:   theory.ErrNoRemarks, Exists: engine.ErrStale},
	}
}

func changesID(s sitting.SessionID, c questionbank.CorrectionID) string {
	return string(s) + "/" + string(c)
}

type remarkTables struct {
	books   docs.Table[theory.RemarkBook]
	changes docs.Table[theory.Changes]
}

func (r remarkTables) Book(ctx context.Context, s sitting.SessionID) (*theory.RemarkBook, error) {
	return r.books.Get(ctx, string(s))
}
func (r remarkTables) CreateBook(ctx context.Context, b *theory.RemarkBook) error {
	return r.books.Create(ctx, b)
}
func (r remarkTables) UpdateBook(ctx context.Context, b *theory.RemarkBook) error {
	return r.books.Update(ctx, b)
}
func (r remarkTables) Changes(ctx context.Context, s sitting.SessionID, c questionbank.CorrectionID) (*theory.Changes, error) {
	return r.changes.Get(ctx, changesID(s, c))
}
func (r remarkTables) PutChanges(ctx context.Context, c *theory.Changes) error {
	return replaceUnless(ctx, r.changes, c, func(old *theory.Changes) bool { return old.Affected > c.Affected })
}
