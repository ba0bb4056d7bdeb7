package certs

import (
	"context"
	"errors"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/result"
)

// maxTries bounds the attempts at a number. An attempt fails only when another process took the number meanwhile.
const maxTries = 64

// reserve returns the certificate of a result, recorded under its one number.
//
// The number is written into the result's claim first and then taken in the ledger. A claim's number changes only
// after another result's certificate was seen under it, and a number once taken is never free again: so however many
// processes do this at once, and wherever they are killed, at most one certificate comes to carry the result, and
// every number that was passed over belongs to somebody.
func (i *Issuer) reserve(ctx context.Context, by authz.Principal, id result.ID) (*Certificate, error) {
	claim, err := i.ports.Claims.Claim(ctx, id)
	if err == nil {
		c, err := i.ports.Ledger.Certificate(ctx, claim.Number)
		if err == nil && c.Result == id {
			return c, visible(by, c.Org)
		}
		if err != nil && !errors.Is(err, ErrCertificate) {
			return nil, err
		}
	} else if !errors.Is(err, ErrClaim) {
		return nil, err
	}
	draft, err := i.draft(ctx, by, id)
	if err != nil {
		return nil, err
	}
	i.giving.Lock()
	defer i.giving.Unlock()
	for range maxTries {
		c, err := i.take(ctx, by, *draft)
		if !errors.Is(err, ErrNumberTaken) && !errors.Is(err, ErrClaimed) && !errors.Is(err, engine.ErrStale) {
			return c, err
		}
	}
	return nil, ErrContended
}

// draft judges a result and fills everything of its certificate that does not depend on the number.
func (i *Issuer) draft(ctx context.Context, by authz.Principal, id result.ID) (*Certificate, error) {
	r, err := i.board.Final(ctx, id)
	if err != nil {
		return nil, notFinal(err)
	}
	if r.Outcome() != result.Pass {
		return nil, ErrNotPassed
	}
	session, err := i.sittings.Get(ctx, r.Session)
	if err != nil {
		return nil, err
	}
	if err := visible(by, session.Org); err != nil {
		return nil, err
	}
	body, err := i.people.Organisation(ctx, session.Org)
	if err != nil {
		return nil, err
	}
	occupation := engine.LongTermCare()
	if err := body.Filing.Covers(occupation.Code, r.Level, i.today()); err != nil {
		return nil, err
	}
	holder, err := i.people.Named(ctx, r.Candidate)
	if err != nil {
		return nil, err
	}
	marked, ok := i.press.(interface{ Demo() bool })
	c := &Certificate{Result: id, Session: r.Session, Holder: holder.ID, Name: holder.Name, IDType: holder.IDType,
		IDMasked: engine.MaskID(holder.IDNumber), Occupation: occupation, Level: r.Level, Org: body.ID, OrgName: body.Name,
		Filing: body.Filing.Number, Version: 1, State: Reserved, Demo: ok && marked.Demo()}
	if checker, ok := i.press.(Checker); ok {
		if err := checker.Check(c, holder.Photo); err != nil {
			return nil, err
		}
	}
	return c, nil
}

func (i *Issuer) today() clock.Date { return clock.DateOf(i.clock.Now(), i.ports.zone()) }

// take makes one attempt: claim, then certificate. ErrNumberTaken, ErrClaimed and engine.ErrStale ask for another.
func (i *Issuer) take(ctx context.Context, by authz.Principal, c Certificate) (*Certificate, error) {
	claim, err := i.claim(ctx, &c)
	if err != nil {
		return nil, err
	}
	now := i.clock.Now()
	c.Number, c.Filing = claim.Number, claim.Number.Filing()
	c.Issued, c.Token, c.Changed = clock.DateOf(claim.At, i.ports.zone()), i.ids.New(), now
	c.Trail.Add(now, by.Account, "certificate.reserved", "")
	err = i.ports.Ledger.CreateCertificate(ctx, &c)
	if err == nil {
		return &c, nil
	}
	if !errors.Is(err, ErrNumberTaken) {
		return nil, err
	}
	return i.takenBy(ctx, c.Result, claim)
}

// claim returns the claim of c's result and makes it when there is none.
func (i *Issuer) claim(ctx context.Context, c *Certificate) (*Claim, error) {
	claim, err := i.ports.Claims.Claim(ctx, c.Result)
	if !errors.Is(err, ErrClaim) {
		return claim, err
	}
	now := i.clock.Now()
	first, err := NewNumber(c.Filing, clock.DateOf(now, i.ports.zone()).Year, c.Level, 1)
	if err != nil {
		return nil, err
	}
	next, err := i.free(ctx, first)
	if err != nil {
		return nil, err
	}
	claim = &Claim{Result: c.Result, Number: next, At: now}
	return claim, i.ports.Claims.CreateClaim(ctx, claim)
}

// takenBy looks at who holds the claimed number: the result itself, by an earlier attempt or another process, or
// somebody else, and then the claim moves on to the next free number.
func (i *Issuer) takenBy(ctx context.Context, r result.ID, claim *Claim) (*Certificate, error) {
	held, err := i.ports.Ledger.Certificate(ctx, claim.Number)
	if err != nil {
		return nil, err
	}
	if held.Result == r {
		return held, nil
	}
	if claim.Number, err = i.free(ctx, claim.Number); err != nil {
		return nil, err
	}
	if err := i.ports.Claims.UpdateClaim(ctx, claim); err != nil {
		return nil, err
	}
	return nil, ErrNumberTaken
}

// free returns the number after the highest in use under n's prefix, n's own prefix from 1 when none is.
func (i *Issuer) free(ctx context.Context, n Number) (Number, error) {
	rows, _, err := i.ports.Ledger.Numbers(ctx, n.Prefix(), true, engine.Cursor{Limit: 1})
	switch {
	case err != nil:
		return "", err
	case len(rows) == 0:
		return NewNumber(n.Filing(), n.Year(), n.Level(), 1)
	}
	return rows[0].Number.Next()
}

// visible keeps other bodies' results unknown to by.
func visible(by authz.Principal, org engine.OrgID) error {
	if !actsFor(by, org) {
		return result.ErrResult
	}
	return nil
}

func actsFor(by authz.Principal, org engine.OrgID) bool { return by.ActsFor(string(org)) }
