package store

import (
	"context"
	"errors"
	"strings"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/accounts"
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
	return ticketOf(seat, session, person), nil
}

func ticketOf(seat *sitting.Seat, session *sitting.Session, p *engine.Person) accounts.Ticket {
	return accounts.Ticket{Number: string(seat.Ticket), Session: string(seat.Session), Attempt: string(theory.AttemptOf(seat.Ticket)),
		Code: session.Code, Person: p.ID, Name: p.Name, IDNumber: p.IDNumber, Org: session.Org,
		Voided: !seat.Voided.IsZero()}
}
