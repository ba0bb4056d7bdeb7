package certs

import (
	"context"
	"crypto/x509"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/skillcert/skillcert/certs/pades"
	"github.com/skillcert/skillcert/engine/errs"
)

// ByFile answers for a file. Valid is only the very file that was issued, in every byte. What is no PDF, or too large
// to look at, is refused with the reason of pades; a PDF that nothing connects with this register is Unknown.
func (v *Verifier) ByFile(ctx context.Context, pdf []byte) (Answer, error) {
	report, err := pades.Verify(pdf, v.trust, pades.Options{Now: v.clock.Now()})
	switch {
	case errors.Is(err, pades.ErrTooLarge), errors.Is(err, pades.ErrNotPDF):
		return Answer{}, err
	case err != nil:
		return v.refused(ctx, pdf, err)
	}
	a := Answer{Standing: StandingUnknown, By: ByFile, Checks: sealHolds(report), Checked: v.clock.Now()}
	c, s, err := v.recorded(ctx, report.Claims)
	if err != nil {
		return Answer{}, err
	}
	if c == nil {
		a.Checks = append(a.Checks, Check{Key: Body}, Check{Key: Record})
		return a, nil
	}
	return v.compare(ctx, a, report, c, s)
}

// compare holds a whole and trusted file against its record.
func (v *Verifier) compare(ctx context.Context, a Answer, r *pades.Report, c *Certificate, s Statement) (Answer, error) {
	digest, err := v.digest(ctx, c, s.Version)
	if err != nil {
		return Answer{}, err
	}
	a.Differences = s.differences(c)
	body := Check{Key: Body, OK: sealedFor(r.Signer, c.Filing), Detail: c.OrgName}
	record := Check{Key: Record, OK: digest == r.Digest && len(a.Differences) == 0 && c.given(), Detail: string(c.Number)}
	a.Checks = append(a.Checks, body, record)
	switch {
	case !c.given():
		return a, nil
	case digest != r.Digest:
		a.Standing = StandingAltered
	case !body.OK, !record.OK: // the file is the one recorded, so the record is what changed: nothing can be said
		return a, nil
	case s.Version != c.Version && c.State == Valid:
		a.Standing = StandingSuperseded
	default:
		a.Standing = c.standing()
	}
	return v.show(ctx, a, c)
}

// digest returns the digest of one version of c's document, "" when there is no such version.
func (v *Verifier) digest(ctx context.Context, c *Certificate, version int) (string, error) {
	switch {
	case version == c.Version:
		return c.Digest, nil
	case version < 1 || version > c.Version:
		return "", nil
	}
	f, err := v.ports.Files.File(ctx, c.Number, version)
	switch {
	case errors.Is(err, ErrFile):
		return "", nil
	case err != nil:
		return "", err
	}
	return digestOf(f.PDF), nil
}

// recorded returns the certificate that claims speak of, nil when they speak of none of ours.
func (v *Verifier) recorded(ctx context.Context, claims []byte) (*Certificate, Statement, error) {
	s, ok := ParseStatement(claims)
	if !ok {
		return nil, s, nil
	}
	n, err := ParseNumber(string(s.Number))
	if err != nil || n != s.Number {
		return nil, s, nil
	}
	c, err := v.ports.Ledger.Certificate(ctx, n)
	switch {
	case errors.Is(err, ErrCertificate):
		return nil, s, nil
	case err != nil:
		return nil, s, err
	case !s.speaksOf(c):
		return nil, s, nil
	}
	return c, s, nil
}

// refused answers for a file whose seal does not hold: Altered when it was ours, which either its claims show, by the
// digest of a token that nobody guesses, or a signature of ours over other content; otherwise Unknown.
func (v *Verifier) refused(ctx context.Context, pdf []byte, cause error) (Answer, error) {
	a := Answer{Standing: StandingUnknown, By: ByFile, Checks: sealFails(cause), Checked: v.clock.Now()}
	c, s, err := v.recorded(ctx, pades.Peek(pdf))
	switch {
	case err != nil:
		return Answer{}, err
	case c != nil && c.given():
		a.Standing, a.Differences = StandingAltered, s.differences(c)
		return v.show(ctx, a, c)
	case pades.SealedUnder(pdf, v.trust):
		a.Standing = StandingAltered
	}
	return a, nil
}

func sealHolds(r *pades.Report) []Check {
	return []Check{{Key: Integrity, OK: true, Detail: r.Digest}, {Key: Seal, OK: true, Detail: r.Signer.Subject.CommonName},
		{Key: Trust, OK: true, Detail: r.Chain[len(r.Chain)-1].Subject.CommonName}}
}

// sealFails names the check that cause failed, behind those that passed before it; the rest were not made.
func sealFails(cause error) []Check {
	among := func(these ...error) bool {
		return slices.ContainsFunc(these, func(e error) bool { return errors.Is(cause, e) })
	}
	detail := ""
	var e *errs.Error
	if errors.As(cause, &e) {
		detail = e.Msg
	}
	whole, right := Check{Key: Integrity, OK: true}, Check{Key: Seal, OK: true}
	switch {
	case among(pades.ErrUntrusted, pades.ErrExpired, pades.ErrFuture):
		return []Check{whole, right, {Key: Trust, Detail: detail}}
	case among(pades.ErrSignature):
		return []Check{whole, {Key: Seal, Detail: detail}}
	case among(pades.ErrNotSealed, pades.ErrSeveral, pades.ErrHole, pades.ErrCMS, pades.ErrUsage):
		return []Check{{Key: Seal, Detail: detail}}
	}
	return []Check{{Key: Integrity, Detail: detail}}
}

// sealedFor reports whether a seal certificate was made for the body with this filing number.
func sealedFor(signer *x509.Certificate, filing string) bool {
	return slices.Contains(signer.Subject.OrganizationalUnit, filing)
}

// Offline is what a file alone tells. Whether the certificate still stands it cannot tell.
type Offline struct {
	Standing  Standing // always StandingUnknown: a later revocation does not show in the file
	Statement Statement
	Signer    string    // name of the seal's certificate
	Serial    string    // its serial number, in hexadecimal digits
	Root      string    // the name that trust was put in
	Sealed    time.Time // by the signer's own clock
	Digest    string    // hex SHA-256 of the file
	Checks    []Check
}

// ErrStatement refuses a file that is sealed and whole but states no certificate, or another body's.
var ErrStatement = errs.New(errs.Invalid, "certificate.statement", "文件有电子签章，但不是签章机构的证书")

// VerifyOffline checks a file without the register: seal, trust, and that the body that sealed is the body stated. A
// file that fails is answered with its checks and the reason as error.
func VerifyOffline(pdf []byte, trust *x509.CertPool, now time.Time) (Offline, error) {
	r, err := pades.Verify(pdf, trust, pades.Options{Now: now})
	if err != nil {
		return Offline{Standing: StandingUnknown, Checks: sealFails(err)}, err
	}
	o := Offline{Standing: StandingUnknown, Signer: r.Signer.Subject.CommonName, Serial: r.Serial(), Root: r.Chain[len(r.Chain)-1].Subject.CommonName,
		Sealed: r.Claimed, Digest: r.Digest, Checks: sealHolds(r)}
	s, ok := ParseStatement(r.Claims)
	ok = ok && sealedFor(r.Signer, s.Filing) && strings.HasPrefix(string(s.Number), s.Filing)
	o.Statement, o.Checks = s, append(o.Checks, Check{Key: Body, OK: ok, Detail: s.Org})
	if !ok {
		return o, ErrStatement
	}
	return o, nil
}
