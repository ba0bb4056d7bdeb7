package store

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/accounts"
	"github.com/skillcert/skillcert/engine/result"
	"github.com/skillcert/skillcert/engine/sitting"
	"github.com/skillcert/skillcert/engine/theory"
)

// Tickets joins what an admission ticket stands for from the seat, the session and the person.
func (s *Store) Tickets() accounts.Tickets { return ticketJoin{s} }

type ticketJoin struct{ s *Store }

// ticketDigits is the length of a ticket number.
const ticketDigits = 14

func (j ticketJoin) Ticket(ctx context.Context, number string) (accounts.Ticket, error) {
	if len(number) != ticketDigits || strings.Trim(number, "0123456789") != "" {
		return accounts.Ticket{}, accounts.ErrCredentials
	}
	seat, err := j.s.Seats().Seat(ctx, sitting.Ticket(number))
	switch {
	case errors.Is(err, sitting.ErrTicket):
		return accounts.Ticket{}, accounts.ErrCredentials
	case err != nil:
		return accounts.Ticket{}, err
	}
	session, err := j.s.Sessions().LookAtSession(ctx, seat.Session)
	if err != nil {
		return accounts.Ticket{}, err
	}
	person, err := j.s.People().Person(ctx, seat.Candidate)
	if err != nil {
		return accounts.Ticket{}, err
	}
	t := ticketOf(seat, session, person)
	if t.Voided {
		t.Noticed, err = j.noticed(ctx, seat)
	}
	return t, err
}

// noticed reports whether the candidate was notified of a case about the ticket.
func (j ticketJoin) noticed(ctx context.Context, seat *sitting.Seat) (bool, error) {
	cases, err := engine.All(ctx, func(ctx context.Context, c engine.Cursor) ([]*result.Case, string, error) {
		return j.s.Cases().CasesOfPerson(ctx, seat.Candidate, c)
	})
	return slices.ContainsFunc(cases, func(k *result.Case) bool { return k.Ticket == seat.Ticket && k.State != result.CaseOpened }), err
}

func ticketOf(seat *sitting.Seat, session *sitting.Session, p *engine.Person) accounts.Ticket {
	return accounts.Ticket{Number: string(seat.Ticket), Session: string(seat.Session), Attempt: string(theory.AttemptOf(seat.Ticket)),
		Code: session.Code, Person: p.ID, Name: p.Name, IDNumber: p.IDNumber, Org: session.Org,
		Voided: !seat.Voided.IsZero(), Ends: lastEnd(session)}
}

func lastEnd(n *sitting.Session) time.Time {
	if n.Practical.Closes.After(n.Theory.Closes) {
		return n.Practical.Closes
	}
	return n.Theory.Closes
}
