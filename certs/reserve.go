package certs

import (
	"context"
	"encoding/hex"
	"errors"

	"github.com/skillcert/skillcert/certs/translog"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/result"
	"github.com/skillcert/skillcert/engine/sitting"
)

// maxTries bounds the attempts at a number. An attempt fails only when another process took the number meanwhile.
const maxTries = 64

// reserve returns the certificate of a result, recorded under its one number. What came up against it keeps one that has its
// number from being made as well: it stays reserved.
//
// The number is written into the result's claim first and then taken in the ledger. A claim's number changes only
// after another result's certificate, or a void one of its own, was seen under it, or before a certificate was begun
// under it, and a number once taken is never free again: so however many processes do this at once, and wherever they are
// killed, at most one certificate comes to carry the result, and every number that was passed over belongs to somebody or
// says why it is void.
func (i *Issuer) reserve(ctx context.Context, by authz.Principal, w *window, g grounds) (*Certificate, error) {
	c, err := i.reserved(ctx, g.id)
	if err != nil || c != nil && c.State != Reserved {
		return c, err
	}
	if err := w.permits(g.holder, g.level); err != nil {
		return nil, err
	}
	if c != nil {
		return c, nil
	}
	draft, err := i.draft(ctx, w, g)
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

// grounds is what a certificate rests on: a result, a prize in a contest, or a direct recognition.
type grounds struct {
	id      result.ID
	session sitting.SessionID // empty where there was no sitting
	holder  engine.PersonID
	level   engine.Level
	route   Route // empty for a sitting
}

func groundsOf(r *result.Result) grounds { return grounds{r.ID, r.Session, r.Candidate, r.Level, ""} }

// reserved returns the certificate that a result has already, nil when it has none.
func (i *Issuer) reserved(ctx context.Context, id result.ID) (*Certificate, error) {
	claim, err := i.ports.Claims.Claim(ctx, id)
	if errors.Is(err, ErrClaim) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	c, err := i.ports.Ledger.Certificate(ctx, claim.Number)
	switch {
	case errors.Is(err, ErrCertificate), err == nil && !c.carries(id):
		return nil, nil
	case err != nil:
		return nil, err
	}
	return c, nil
}

// carries reports whether c is the certificate of a result. A void number is nobody's any more.
func (c *Certificate) carries(id result.ID) bool { return c.Result == id && c.State != Void }

// draft fills everything of the certificate that does not depend on the number.
func (i *Issuer) draft(ctx context.Context, w *window, g grounds) (*Certificate, error) {
	holder, photo, err := i.portrayed(ctx, g.holder)
	if err != nil {
		return nil, err
	}
	filed, err := w.filing(g.level, i.today())
	if err != nil {
		return nil, err
	}
	marked, ok := i.press.(interface{ Demo() bool })
	c := &Certificate{Result: g.id, Session: g.session, Holder: holder.ID, Org: w.body.ID, Filing: filed.Number, State: Reserved,
		Demo: ok && marked.Demo(), Way: g.route, Edition: Edition{Version: 1, Kind: translog.Issued, Name: holder.Name, IDType: holder.IDType,
			IDMasked: engine.MaskID(holder.IDNumber), Occupation: engine.LongTermCare(), Level: g.level, OrgName: w.body.Name,
			Photo: PhotoDigest(photo), Route: g.route.sealed()}}
	return c, i.printable(c, &c.Edition, photo)
}

// printable asks the press, where it can tell, before a number is given.
func (i *Issuer) printable(c *Certificate, e *Edition, photo []byte) error {
	checker, ok := i.press.(Checker)
	if !ok {
		return nil
	}
	return checker.Check(Draft{Certificate: c, Edition: e, Kind: KindCertificate, Photo: photo, At: i.clock.Now()})
}

func (i *Issuer) today() clock.Date { return clock.DateOf(i.clock.Now(), i.ports.zone()) }

// take makes one attempt: claim, slot, certificate. ErrNumberTaken, ErrClaimed and engine.ErrStale ask for another.
func (i *Issuer) take(ctx context.Context, by authz.Principal, c Certificate) (*Certificate, error) {
	claim, err := i.claim(ctx, &c)
	if err != nil {
		return nil, err
	}
	if err := i.begin(ctx, claim); err != nil {
		return nil, err
	}
	if c.Slot, c.List, err = i.slot(ctx); err != nil {
		return nil, err
	}
	now := i.clock.Now()
	c.Number, c.Filing, c.Issued = claim.Number, claim.Number.Filing(), claim.issued(i.ports.zone())
	c.Token, c.Salt, c.Changed, c.Made, c.By = i.ids.New(), i.salt(), now, now, by.Account
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

// salt is 128 random bits, as hexadecimal digits.
func (i *Issuer) salt() string { return hex.EncodeToString(i.ids.Bytes(16)) }

// claim returns the claim of c's result, and makes it when there is none and this house gives its own numbers.
func (i *Issuer) claim(ctx context.Context, c *Certificate) (*Claim, error) {
	claim, err := i.ports.Claims.Claim(ctx, c.Result)
	if !errors.Is(err, ErrClaim) {
		return claim, err
	}
	if i.policy.Imports(c.Filing) {
		return nil, ErrNoNumber
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

// begin notes that a certificate is about to be written under a given number: from here on no list replaces it.
func (i *Issuer) begin(ctx context.Context, c *Claim) error {
	if c.Given.IsZero() || c.Begun {
		return nil
	}
	c.Begun = true
	return i.ports.Claims.UpdateClaim(ctx, c)
}

// takenBy looks at who holds the claimed number: the result itself, by an earlier attempt or another process, or
// somebody else, and then the claim moves on to the next free number. A number that was given from outside never moves.
func (i *Issuer) takenBy(ctx context.Context, r result.ID, claim *Claim) (*Certificate, error) {
	held, err := i.ports.Ledger.Certificate(ctx, claim.Number)
	switch {
	case err != nil:
		return nil, err
	case held.carries(r):
		return held, nil
	case !claim.Given.IsZero() && held.Result == r:
		return nil, ErrNoNumber.With("原编号%s已作废", claim.Number)
	case !claim.Given.IsZero():
		return nil, ErrGivenTaken.With("%s", claim.Number)
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
