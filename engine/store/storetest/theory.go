package storetest

import (
	"context"
	"fmt"
	"strconv"
	"testing"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/sitting"
	"github.com/skillcert/skillcert/engine/store"
	"github.com/skillcert/skillcert/engine/theory"
	"github.com/skillcert/skillcert/questionbank"
	"github.com/skillcert/skillcert/questionbank/assembly"
	"github.com/skillcert/skillcert/questionbank/assembly/protocol"
)

func makeAttempt(id string) *theory.Attempt {
	return &theory.Attempt{ID: theory.AttemptID(id), Session: "s", Candidate: "c", Ticket: "26120000010001",
		Form: assembly.Form{Slot: 3, Items: []assembly.FormItem{
			{Code: "L4-1", Version: 2, Type: questionbank.Single, Options: []int{2, 0, 1}},
			{Code: "L4-2", Version: 1, Type: questionbank.Judgement, Options: []int{0, 1}}}},
		Window: clock.Window{Opens: morning, Closes: morning.Add(90 * time.Minute)}, State: theory.Marked, Started: morning,
		Submitted: morning.Add(time.Hour), ByClock: true, Receipt: "7K4M1-Q2XPA", Answered: 2, Points: 6050, Trail: trail()}
}

// Attempts is the contract of theory.Attempts.
func Attempts(t *testing.T, open func(t *testing.T) *store.Store) {
	Aggregates(t, open, func(s *store.Store) Repository[theory.Attempt] {
		r := s.Attempts()
		return Repository[theory.Attempt]{Make: makeAttempt, Create: r.CreateAttempt, Update: r.UpdateAttempt,
			Get: func(ctx context.Context, id string) (*theory.Attempt, error) {
				return r.Attempt(ctx, theory.AttemptID(id))
			},
			Absent: theory.ErrAttempt, Exists: theory.ErrAttemptExists,
			Revision: func(a *theory.Attempt) *int64 { return &a.Revision },
			Change:   func(a *theory.Attempt) { a.Points++ }}
	})
	t.Run("of a session", func(t *testing.T) {
		r := open(t).Attempts()
		for _, id := range []string{"b", "a10", "a", "a2"} { // listed in byte order
			mustDo(t, r.CreateAttempt(context.Background(), makeAttempt(id)))
		}
		other := makeAttempt("a1")
		other.Session = "s2"
		mustDo(t, r.CreateAttempt(context.Background(), other))
		WantList(t, []string{"a", "a10", "a2", "b"}, func(a *theory.Attempt) string { return string(a.ID) },
			func(ctx context.Context, c engine.Cursor) ([]*theory.Attempt, string, error) {
				return r.AttemptsOf(ctx, "s", c)
			})
	})
	t.Run("one creates", func(t *testing.T) {
		r := open(t).Attempts()
		OneCreates(t, theory.ErrAttemptExists, func(int) error { return r.CreateAttempt(context.Background(), makeAttempt("a")) })
	})
}

func makeEntry(a theory.AttemptID, seq int) *theory.Entry {
	return &theory.Entry{Attempt: a, Seq: seq, Kind: theory.Response, Question: seq, Chosen: []int{0, 2}, Flagged: true,
		ClientAt: morning.Add(time.Millisecond), At: morning.Add(time.Second), ByClock: true}
}

// Log is the contract of theory.Log.
func Log(t *testing.T, open func(t *testing.T) *store.Store) {
	t.Run("appended once", func(t *testing.T) { logAppended(t, open(t).Log()) })
	t.Run("in order", func(t *testing.T) { logOrdered(t, open(t).Log()) })
	t.Run("logs apart", func(t *testing.T) { logsApart(t, open(t).Log()) })
	t.Run("one takes the place", func(t *testing.T) {
		r := open(t).Log()
		OneCreates(t, theory.ErrEntryTaken, func(n int) error {
			e := makeEntry("a", 1)
			e.Question = n
			return r.Append(context.Background(), e)
		})
		WantList(t, []string{"1"}, seqOf, entriesOf(r, "a"))
	})
}

func seqOf(e *theory.Entry) string { return strconv.Itoa(e.Seq) }

func entriesOf(r theory.Log, a theory.AttemptID) func(context.Context, engine.Cursor) ([]*theory.Entry, string, error) {
	return func(ctx context.Context, c engine.Cursor) ([]*theory.Entry, string, error) {
		return r.Entries(ctx, a, c)
	}
}

func logAppended(t *testing.T, r theory.Log) {
	ctx := context.Background()
	WantList(t, nil, seqOf, entriesOf(r, "a"))
	mustDo(t, r.Append(ctx, makeEntry("a", 1)))
	other := makeEntry("a", 1)
	other.Chosen = []int{1}
	wantError(t, r.Append(ctx, other), theory.ErrEntryTaken)
	wantError(t, r.Append(ctx, makeEntry("a", 1)), theory.ErrEntryTaken)
	rows, next, err := r.Entries(ctx, "a", engine.Cursor{})
	mustDo(t, err)
	if g, w := asJSON(t, rows), asJSON(t, []*theory.Entry{makeEntry("a", 1)}); g != w || next != "" {
		t.Fatalf("log %s, next %q, want %s", g, next, w)
	}
}

// logOrdered: sequences are numbers, whatever their width; a list goes on after any of them.
func logOrdered(t *testing.T, r theory.Log) {
	ctx := context.Background()
	var want []string
	for seq := 1; seq <= 12; seq++ {
		want = append(want, strconv.Itoa(seq))
	}
	for seq := 12; seq >= 1; seq-- {
		mustDo(t, r.Append(ctx, makeEntry("a", seq)))
	}
	WantList(t, want, seqOf, entriesOf(r, "a"))
	for after := range 14 {
		rows, next, err := r.Entries(ctx, "a", engine.Cursor{After: strconv.Itoa(after)})
		mustDo(t, err)
		if len(rows) != max(0, 12-after) || next != "" || len(rows) > 0 && rows[0].Seq != after+1 {
			t.Fatalf("after %d: %d rows, next %q", after, len(rows), next)
		}
	}
}

// logsApart: an attempt's log holds nothing of another whose id begins like its own.
func logsApart(t *testing.T, r theory.Log) {
	for n, a := range []theory.AttemptID{"a", "a0", "aa", "b"} {
		for seq := 1; seq <= n+1; seq++ {
			mustDo(t, r.Append(context.Background(), makeEntry(a, seq)))
		}
	}
	for n, a := range []theory.AttemptID{"a", "a0", "aa", "b"} {
		rows, err := engine.All(context.Background(), entriesOf(r, a))
		mustDo(t, err)
		for _, e := range rows {
			if e.Attempt != a {
				t.Fatalf("an entry of %s in the log of %s", e.Attempt, a)
			}
		}
		if len(rows) != n+1 {
			t.Fatalf("%d entries of %s, want %d", len(rows), a, n+1)
		}
	}
}

func makeDraw(id string) *theory.Draw {
	return &theory.Draw{Session: sitting.SessionID(id), Release: "2026.1", Digest: "d", Blueprint: "b", Site: "body",
		Engine:     protocol.Engine{Algorithm: protocol.Algorithm, Build: "b"},
		Custodians: []theory.Custodian{{Account: "a", Name: "n", Org: "o", Sign: protocol.Hex{1}, Box: protocol.Hex{2}, Secret: &protocol.Secret{}}},
		Threshold:  2, Quorum: 2, Beacon: protocol.Announcement{Kind: protocol.Witnessed, Text: "<w>"}, Held: theory.Held{Key: protocol.Hash{1}},
		Seats:    []theory.DrawnSeat{{Ticket: "26120000010002", Candidate: "p", Room: "r", No: 1, Excluded: []string{"L5-1"}, Late: true}},
		Openings: map[string]int{"L5-1": 2}, Log: protocol.Log{{No: 0, At: 1, Event: protocol.Beacon{Text: "<1> & 2", Witnesses: []string{"a", "b"}}}},
		Proposed: &theory.Proposal{Redraw: protocol.Redraw{Attempt: 1, Reason: "r", Signatures: []protocol.RedrawSignature{}}},
		Tickets:  []sitting.Ticket{"26120000010002", ""}, Commitment: "c", Root: "r", At: morning, Trail: trail()}
}

// Draws is the contract of theory.Draws.
func Draws(t *testing.T, open func(t *testing.T) *store.Store) {
	Aggregates(t, open, func(s *store.Store) Repository[theory.Draw] {
		r := s.Draws()
		return Repository[theory.Draw]{Make: makeDraw, Create: r.CreateDraw, Update: r.UpdateDraw,
			Get:    func(ctx context.Context, id string) (*theory.Draw, error) { return r.Draw(ctx, sitting.SessionID(id)) },
			Absent: theory.ErrDraw, Exists: theory.ErrDrawn, Revision: func(d *theory.Draw) *int64 { return &d.Revision },
			Change: func(d *theory.Draw) { d.Root += "x" }}
	})
	t.Run("listed", func(t *testing.T) {
		r := open(t).Draws()
		for _, id := range []string{"b", "a10", "a", "a2"} {
			mustDo(t, r.CreateDraw(context.Background(), makeDraw(id)))
		}
		WantList(t, []string{"a", "a10", "a2", "b"}, func(d *theory.Draw) string { return string(d.Session) }, r.DrawList)
	})
	t.Run("one creates", func(t *testing.T) {
		r := open(t).Draws()
		OneCreates(t, theory.ErrDrawn, func(n int) error {
			d := makeDraw("s")
			d.Digest = fmt.Sprint(n)
			return r.CreateDraw(context.Background(), d)
		})
	})
	t.Run("custody", func(t *testing.T) { custodies(t, open) })
}

// custodies: the lists of those who keep a share lie beside the draws.
func custodies(t *testing.T, open func(t *testing.T) *store.Store) {
	Aggregates(t, open, func(s *store.Store) Repository[theory.Custody] {
		r := s.Draws()
		return Repository[theory.Custody]{Create: r.CreateCustody, Update: r.UpdateCustody, Get: r.Custody,
			Make: func(id string) *theory.Custody {
				return &theory.Custody{Account: id, Sessions: []sitting.SessionID{"a", "b"}}
			},
			Absent: theory.ErrNoCustody, Exists: engine.ErrStale, Revision: func(c *theory.Custody) *int64 { return &c.Revision },
			Change: func(c *theory.Custody) { c.Sessions = append(c.Sessions, "c") }}
	})
}
