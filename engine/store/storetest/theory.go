package storetest

import (
	"context"
	"fmt"
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
		ClientAt: morning.Add(time.Millisecond), At: morning.Add(time.Second), ByClock: true,
		Closes: morning.Add(time.Hour), Window: "w", Login: "l", Line: 3, Filing: 1,
		Brought: &theory.Brought{File: "f", Account: "a", Order: 1, MadeAt: morning, Taken: []theory.Answer{{Kind: theory.Flag, Question: 1, ClientAt: morning}},
			Refused: []theory.Refused{{Answer: theory.Answer{Kind: theory.Response, Chosen: []int{1}, ClientAt: morning}, Why: theory.Overtaken}}}}
}

// Log is the contract of theory.Log.
func Log(t *testing.T, open func(t *testing.T) *store.Store) {
	numbered(t, func(t *testing.T) numberedLog[theory.Entry] {
		r := open(t).Log()
		return numberedLog[theory.Entry]{append: r.Append, taken: theory.ErrEntryTaken, number: func(e *theory.Entry) int { return e.Seq },
			make: func(owner string, n int) *theory.Entry { return makeEntry(theory.AttemptID(owner), n) },
			list: func(ctx context.Context, owner string, c engine.Cursor) ([]*theory.Entry, string, error) {
				return r.Entries(ctx, theory.AttemptID(owner), c)
			}}
	})
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
