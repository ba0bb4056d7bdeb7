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

// Serials accounts for every number of a body in a year at a level, so that none is missing without a reason.
func (i *Issuer) Serials(ctx context.Context, by authz.Principal, org engine.OrgID, year int, level engine.Level) (*Serials, error) {
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
	if body.Filing == nil {
		return nil, engine.ErrNotFiled
	}
	first, err := NewNumber(body.Filing.Number, year, level, 1)
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
