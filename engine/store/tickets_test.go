package store_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/accounts"
	"github.com/skillcert/skillcert/engine/ids"
	"github.com/skillcert/skillcert/engine/sitting"
	"github.com/skillcert/skillcert/engine/store"
	"github.com/skillcert/skillcert/engine/store/storetest"
	"github.com/skillcert/skillcert/engine/theory"
)

func TestTickets(t *testing.T) {
	ctx, s := context.Background(), store.New(storetest.OpenSQLite(t), ids.Random())
	noon := time.Date(2026, 11, 24, 4, 0, 0, 0, time.UTC)
	for _, err := range []error{
		s.People().CreatePerson(ctx, &engine.Person{ID: "p", Name: "钟离雪", IDNumber: "11010519491231002X"}),
		s.Sessions().CreateSession(ctx, &sitting.Session{ID: "s", Org: "o", Code: "480213"}),
		s.Seats().CreateSeat(ctx, &sitting.Seat{Ticket: "26120000010007", Session: "s", Candidate: "p"}),
		s.Seats().CreateSeat(ctx, &sitting.Seat{Ticket: "26120000010008", Session: "s", Candidate: "p", Voided: noon}),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	got, err := s.Tickets().Ticket(ctx, "26120000010007")
	want := accounts.Ticket{Number: "26120000010007", Session: "s", Attempt: string(theory.AttemptOf("26120000010007")), Code: "480213",
		Person: "p", Name: "钟离雪", IDNumber: "11010519491231002X", Org: "o"}
	if err != nil || got != want {
		t.Fatalf("ticket %+v, %v, want %+v", got, err, want)
	}
	want.Number, want.Attempt, want.Voided = "26120000010008", string(theory.AttemptOf("26120000010008")), true
	if got, err = s.Tickets().Ticket(ctx, "26120000010008"); err != nil || got != want {
		t.Fatalf("voided ticket %+v, %v, want %+v", got, err, want)
	}
	for name, number := range map[string]string{"unknown": "26120000010006", "short": "2612000001000",
		"long": "261200000100070", "none": "", "letters": "2612000001000x", "full width": "２６１２００００", "a path": "../26120000010"} {
		if _, err := s.Tickets().Ticket(ctx, number); !errors.Is(err, accounts.ErrCredentials) {
			t.Errorf("%s: %v, want %v", name, err, accounts.ErrCredentials)
		}
	}
}
