package storetest

import (
	"context"
	"strings"
	"testing"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/sitting"
	"github.com/skillcert/skillcert/engine/store"
	"github.com/skillcert/skillcert/engine/theory"
	"github.com/skillcert/skillcert/questionbank"
)

func makeCorrection(id string) *questionbank.Correction {
	code, _, _ := strings.Cut(id, ".")
	return &questionbank.Correction{ID: questionbank.CorrectionID(id), Code: code, Version: 2, Number: 3, Remedy: questionbank.Rekey,
		To: questionbank.ItemRef{Code: code, Version: 4, Digest: "d"}, Releases: []string{"2026.1", "2026.1+120000"}, Reason: "理由",
		State: questionbank.Declined, Proposal: questionbank.Half{Role: authz.Reviewer, By: "a", At: morning},
		Decision: questionbank.Half{Role: authz.BankKeeper, By: "b", At: morning}, Refusal: "不必", Trail: trail()}
}

// Corrections is the contract of questionbank.Corrections.
func Corrections(t *testing.T, open func(t *testing.T) *store.Store) {
	Aggregates(t, open, func(s *store.Store) Repository[questionbank.Correction] {
		r := s.Corrections()
		return Repository[questionbank.Correction]{Make: makeCorrection, Create: r.CreateCorrection, Update: r.UpdateCorrection,
			Get: func(ctx context.Context, id string) (*questionbank.Correction, error) {
				return r.Correction(ctx, questionbank.CorrectionID(id))
			},
			Absent: questionbank.ErrCorrection, Exists: questionbank.ErrCorrectionExists,
			Revision: func(c *questionbank.Correction) *int64 { return &c.Revision },
			Change:   func(c *questionbank.Correction) { c.State = questionbank.Decided }}
	})
	t.Run("one creates", func(t *testing.T) {
		r := open(t).Corrections()
		OneCreates(t, questionbank.ErrCorrectionExists, func(int) error { return r.CreateCorrection(context.Background(), makeCorrection("a")) })
	})
	t.Run("lists", func(t *testing.T) {
		ctx, r := context.Background(), open(t).Corrections()
		for _, id := range []string{"b.2.1", "a.2.10", "c.2.1", "a.2.1", "a.2.2"} {
			mustDo(t, r.CreateCorrection(ctx, makeCorrection(id)))
		}
		name := func(c *questionbank.Correction) string { return string(c.ID) }
		WantList(t, []string{"a.2.1", "a.2.10", "a.2.2", "b.2.1", "c.2.1"}, name, r.CorrectionList)
		for code, want := range map[string][]string{"a": {"a.2.1", "a.2.10", "a.2.2"}, "b": {"b.2.1"}, "d": nil} {
			WantList(t, want, name, func(ctx context.Context, c engine.Cursor) ([]*questionbank.Correction, string, error) {
				return r.CorrectionsOf(ctx, code, c)
			})
		}
	})
}

func makeBook(id string) *theory.RemarkBook {
	return &theory.RemarkBook{Session: sitting.SessionID(id), Sealing: morning, Trail: trail(), Rounds: []theory.RemarkRound{
		{Correction: "a.2.1", Begun: morning, By: "p", Done: morning, Affected: 7, Changed: 3}}}
}

func makeChanges(affected int) *theory.Changes {
	return &theory.Changes{Session: "s", Correction: "a.2.1", Affected: affected, At: morning,
		Rows: []theory.Change{{Ticket: "26120000010001", Attempt: "x", Before: 5900, After: 6050, By: "p", At: morning}}}
}

// Remarks is the contract of theory.Remarks.
func Remarks(t *testing.T, open func(t *testing.T) *store.Store) {
	Aggregates(t, open, func(s *store.Store) Repository[theory.RemarkBook] {
		r := s.Remarks()
		return Repository[theory.RemarkBook]{Make: makeBook, Create: r.CreateBook, Update: r.UpdateBook,
			Get: func(ctx context.Context, id string) (*theory.RemarkBook, error) {
				return r.Book(ctx, sitting.SessionID(id))
			},
			Absent: theory.ErrNoRemarks, Exists: theory.ErrRemarkBook, Revision: func(b *theory.RemarkBook) *int64 { return &b.Revision },
			Change: func(b *theory.RemarkBook) { b.Rounds[0].Changed++ }}
	})
	t.Run("one creates", func(t *testing.T) {
		r := open(t).Remarks()
		OneCreates(t, theory.ErrRemarkBook, func(int) error { return r.CreateBook(context.Background(), makeBook("a")) })
	})
	t.Run("changes", func(t *testing.T) {
		ctx, r := context.Background(), open(t).Remarks()
		_, err := r.Changes(ctx, "s", "a.2.1")
		wantError(t, err, theory.ErrNoRemarks)
		for _, put := range []struct{ affected, want int }{{3, 3}, {2, 3}, {3, 3}, {5, 5}} { // a shorter list came too late
			mustDo(t, r.PutChanges(ctx, makeChanges(put.affected)))
			got, err := r.Changes(ctx, "s", "a.2.1")
			mustDo(t, err)
			if g, w := asJSON(t, got), asJSON(t, makeChanges(put.want)); g != w {
				t.Fatalf("%s, want %s", g, w)
			}
		}
		_, err = r.Changes(ctx, "s", "a.2.2")
		wantError(t, err, theory.ErrNoRemarks)
	})
}
