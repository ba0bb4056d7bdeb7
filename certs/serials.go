package certs

import (
	"context"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
)

// Serials is what became of the numbers of one prefix: body, year and level.
type Serials struct {
	Prefix  string
	Last    int // highest serial in use
	Valid   int
	Revoked int
	Waiting int           // reserved, not sealed
	Void    []VoidSerial  // with their reasons
	Gaps    []SerialRange // that nobody holds: given out elsewhere, or lost; each wants an explanation
}

// VoidSerial is a number that will never be used.
type VoidSerial struct {
	Number Number
	Reason string
}

// SerialRange is serials From to To, both in it.
type SerialRange struct{ From, To int }

// Serials accounts for every number of a body in a year at a level, so that none is missing without a reason: once for each number
// that the body was ever filed under, oldest first.
func (i *Issuer) Serials(ctx context.Context, by authz.Principal, org engine.OrgID, year int, level engine.Level) (all []*Serials, err error) {
	if err := by.Require(authz.CertRead); err != nil {
		return nil, err
	}
	if !actsFor(by, org) {
		return nil, engine.ErrOrg
	}
	body, err := i.people.Organisation(ctx, org)
	if err != nil {
		return nil, err
	}
	if len(body.Filings) == 0 {
		return nil, engine.ErrNotFiled
	}
	for _, number := range body.FilingNumbers() {
		s, err := i.serials(ctx, number, year, level)
		if err != nil {
			return nil, err
		}
		all = append(all, s)
	}
	return all, nil
}

func (i *Issuer) serials(ctx context.Context, number string, year int, level engine.Level) (*Serials, error) {
	first, err := NewNumber(number, year, level, 1)
	if err != nil {
		return nil, err
	}
	s := &Serials{Prefix: first.Prefix()}
	for c := (engine.Cursor{}); ; {
		rows, next, err := i.ports.Ledger.Numbers(ctx, s.Prefix, false, c)
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			s.count(r)
		}
		if c.After = next; next == "" {
			return s, nil
		}
	}
}

// count takes in the next number in their order.
func (s *Serials) count(c *Certificate) {
	serial := c.Number.Serial()
	if serial > s.Last+1 {
		s.Gaps = append(s.Gaps, SerialRange{s.Last + 1, serial - 1})
	}
	s.Last = serial
	switch c.State {
	case Valid:
		s.Valid++
	case Revoked:
		s.Revoked++
	case Reserved:
		s.Waiting++
	case Void:
		s.Void = append(s.Void, VoidSerial{c.Number, c.Reason})
	}
}
