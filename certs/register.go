package certs

import (
	"context"
	"errors"
	"regexp"
	"strings"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/result"
)

var numberStart = regexp.MustCompile(`^[YS][0-9]{0,21}$`)

// List shows certificates, the highest numbers first: those whose number begins with q or whose holder's name
// contains q, all of them when q is empty, in state s, or in any when s is empty.
func (i *Issuer) List(ctx context.Context, by authz.Principal, q string, s State, at engine.Cursor) ([]*Certificate, string, error) {
	if err := by.Require(authz.CertRead); err != nil {
		return nil, "", err
	}
	prefix, name := plain(q), strings.TrimSpace(q)
	if numberStart.MatchString(prefix) {
		name = ""
	} else {
		prefix = ""
	}
	wanted := func(c *Certificate) bool {
		return reads(by, c) && (s == "" || c.State == s) && strings.Contains(c.Name, name)
	}
	return i.collect(ctx, prefix, at, wanted)
}

// collect follows the ledger until it has as many rows as asked for. It never reads more rows at once than are still
// missing, so that the cursor it ends at is the ledger's own.
func (i *Issuer) collect(ctx context.Context, prefix string, at engine.Cursor, wanted func(*Certificate) bool) (found []*Certificate, next string, err error) {
	limit := at.Rows()
	for {
		at.Limit = limit - len(found)
		rows, next, err := i.ports.Ledger.Numbers(ctx, prefix, true, at)
		if err != nil {
			return nil, "", err
		}
		for _, c := range rows {
			if wanted(c) {
				found = append(found, c)
			}
		}
		if next == "" || len(found) == limit {
			return found, next, nil
		}
		at.After = next
	}
}

// File returns the sealed document that holds, to those who may read certificates and to its holder.
func (i *Issuer) File(ctx context.Context, by authz.Principal, n Number) (*File, error) {
	c, err := i.Certificate(ctx, by, n)
	if err != nil {
		return nil, err
	}
	return i.file(ctx, c, c.Version)
}

// EditionFile returns the sealed document of one edition, also of a superseded one, to those who may read certificates.
func (i *Issuer) EditionFile(ctx context.Context, by authz.Principal, n Number, version int) (*File, error) {
	if err := by.Require(authz.CertRead); err != nil {
		return nil, err
	}
	c, err := i.Certificate(ctx, by, n)
	if err != nil {
		return nil, err
	}
	return i.file(ctx, c, version)
}

func (i *Issuer) file(ctx context.Context, c *Certificate, version int) (*File, error) {
	if c.EditionOf(version) == nil {
		return nil, ErrFile
	}
	return i.ports.Files.File(ctx, c.Number, version)
}

// Certificate returns one certificate to those who may read it and to its holder.
func (i *Issuer) Certificate(ctx context.Context, by authz.Principal, n Number) (*Certificate, error) {
	if err := by.Require(authz.CertRead); err != nil {
		if err = by.Require(authz.ResultOwn); err != nil {
			return nil, err
		}
	}
	if _, err := ParseNumber(string(n)); err != nil {
		return nil, ErrCertificate
	}
	c, err := i.ports.Ledger.Certificate(ctx, n)
	if err != nil {
		return nil, err
	}
	if !reads(by, c) && !c.HeldBy(by) {
		return nil, ErrCertificate // what somebody may not see does not exist for them
	}
	return c, nil
}

// reads reports whether somebody may see c as staff.
func reads(by authz.Principal, c *Certificate) bool {
	return by.Can(authz.CertRead) && actsFor(by, c.Org)
}

// HeldBy reports whether c is by's own, on which others rule.
func (c *Certificate) HeldBy(by authz.Principal) bool { return isOf(c.Holder, by) }

// OfCandidate returns the issued certificate of the candidate's own result, nil when there is none.
func (i *Issuer) OfCandidate(ctx context.Context, by authz.Principal, r result.ID) (*Certificate, error) {
	if err := by.Require(authz.ResultOwn); err != nil {
		return nil, err
	}
	claim, err := i.ports.Claims.Claim(ctx, r)
	if errors.Is(err, ErrClaim) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	c, err := i.ports.Ledger.Certificate(ctx, claim.Number)
	switch {
	case errors.Is(err, ErrCertificate):
		return nil, nil
	case err != nil:
		return nil, err
	case c.Result != r, !c.HeldBy(by), c.State == Reserved, c.State == Void:
		return nil, nil
	}
	return c, nil
}
