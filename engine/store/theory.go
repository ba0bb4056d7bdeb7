package store

import (
	"context"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/engine/sitting"
	"github.com/skillcert/skillcert/engine/store/docs"
	"github.com/skillcert/skillcert/engine/theory"
)

func theorySchema() docs.Schema {
	return docs.Schema{"attempt": {"session"}, "entry": nil, "draw": nil, "custody": nil}
}

// Attempts is the repository of theory attempts.
func (s *Store) Attempts() theory.Attempts {
	return attemptTable{docs.Table[theory.Attempt]{Store: s.docs, IDs: s.ids, Kind: "attempt", Schema: 2, Upgrade: unchanged,
		ID: func(a *theory.Attempt) string { return string(a.ID) }, Revision: func(a *theory.Attempt) *int64 { return &a.Revision },
		Index:  func(a *theory.Attempt) map[string]string { return map[string]string{"session": string(a.Session)} },
		Absent: theory.ErrAttempt, Exists: theory.ErrAttemptExists}}
}

type attemptTable struct{ t docs.Table[theory.Attempt] }

func (r attemptTable) Attempt(ctx context.Context, id theory.AttemptID) (*theory.Attempt, error) {
	return r.t.Get(ctx, string(id))
}
func (r attemptTable) CreateAttempt(ctx context.Context, a *theory.Attempt) error {
	return r.t.Create(ctx, a)
}
func (r attemptTable) UpdateAttempt(ctx context.Context, a *theory.Attempt) error {
	return r.t.Update(ctx, a)
}
func (r attemptTable) AttemptsOf(ctx context.Context, s sitting.SessionID, c engine.Cursor) ([]*theory.Attempt, string, error) {
	return r.t.List(ctx, "session", string(s), c)
}

// Log is the repository of response logs: one document an entry, so that the key alone decides between two writers.
func (s *Store) Log() theory.Log {
	return logTable{docs.Table[theory.Entry]{Store: s.docs, IDs: s.ids, Kind: "entry", Schema: 1,
		ID:     func(e *theory.Entry) string { return numbered(string(e.Attempt), e.Seq) },
		Absent: theory.ErrAttempt, Exists: theory.ErrEntryTaken, Encode: encodeEntry, Log: true}}
}

type logTable struct{ t docs.Table[theory.Entry] }

var errSeq = errs.New(errs.Invalid, "attempt.seq", "作答序号超出范围")

func (r logTable) Append(ctx context.Context, e *theory.Entry) error {
	if e.Seq < 1 || e.Seq > maxSeq {
		return errSeq
	}
	return r.t.Create(ctx, e)
}

func (r logTable) Entries(ctx context.Context, a theory.AttemptID, c engine.Cursor) ([]*theory.Entry, string, error) {
	return walkNumbered(ctx, r.t, string(a), c, func(e *theory.Entry) int { return e.Seq })
}

// Draws is the repository of the records of draws.
func (s *Store) Draws() theory.Draws {
	return drawTable{
		t: docs.Table[theory.Draw]{Store: s.docs, IDs: s.ids, Kind: "draw", Schema: 2, Upgrade: upgradeDraw,
			ID: func(d *theory.Draw) string { return string(d.Session) }, Revision: func(d *theory.Draw) *int64 { return &d.Revision },
			Absent: theory.ErrDraw, Exists: theory.ErrDrawn},
		custody: docs.Table[theory.Custody]{Store: s.docs, IDs: s.ids, Kind: "custody", Schema: 1,
			ID: func(c *theory.Custody) string { return c.Account }, Revision: func(c *theory.Custody) *int64 { return &c.Revision },
			Absent: theory.ErrNoCustody, Exists: engine.ErrStale}}
}

type drawTable struct {
	t       docs.Table[theory.Draw]
	custody docs.Table[theory.Custody]
}

func (r drawTable) Draw(ctx context.Context, s sitting.SessionID) (*theory.Draw, error) {
	return r.t.Get(ctx, string(s))
}
func (r drawTable) CreateDraw(ctx context.Context, d *theory.Draw) error { return r.t.Create(ctx, d) }
func (r drawTable) UpdateDraw(ctx context.Context, d *theory.Draw) error { return r.t.Update(ctx, d) }
func (r drawTable) DrawList(ctx context.Context, c engine.Cursor) ([]*theory.Draw, string, error) {
	return r.t.Every(ctx, c)
}
func (r drawTable) Custody(ctx context.Context, account string) (*theory.Custody, error) {
	return r.custody.Get(ctx, account)
}
func (r drawTable) CreateCustody(ctx context.Context, c *theory.Custody) error {
	return r.custody.Create(ctx, c)
}
func (r drawTable) UpdateCustody(ctx context.Context, c *theory.Custody) error {
	return r.custody.Update(ctx, c)
}

// upgradeDraw lifts records of schema 1: a seed and the commitment to it, no log. Nothing of them is renamed, and
// without a log they are read as they are.
func upgradeDraw(_ int, body []byte) ([]byte, error) { return body, nil }
