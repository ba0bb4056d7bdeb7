package certs

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/skillcert/skillcert/certs/pades"
	"github.com/skillcert/skillcert/certs/status"
	"github.com/skillcert/skillcert/engine/errs"
)

// ByFile answers for a file. Valid is only the very file that was issued, in every byte. What is no PDF, or too large
// to look at, is refused with the reason of pades; a PDF that nothing connects with this register is Unknown.
func (v *Verifier) ByFile(ctx context.Context, pdf []byte) (Answer, error) {
	options, err := v.judgement(ctx, pdf)
	if err != nil {
		return Answer{}, err
	}
	report, err := pades.Verify(pdf, v.trust.Roots, options)
	switch {
	case errors.Is(err, pades.ErrTooLarge), errors.Is(err, pades.ErrNotPDF):
		return Answer{}, err
	case err != nil:
		return v.refused(ctx, pdf, err)
	}
	a := Answer{Standing: StandingUnknown, By: ByFile, Checks: sealHolds(report), Checked: v.clock.Now()}
	c, s, err := v.recorded(ctx, report.Attachment)
	if err != nil {
		return Answer{}, err
	}
	if c == nil {
		a.Checks = append(a.Checks, Check{Key: Body}, Check{Key: Record})
		return a, nil
	}
	ours, err := v.recordedFile(ctx, report, c, s)
	if err != nil {
		return Answer{}, err
	}
	return v.compare(a, report, c, s, ours), nil
}

// judgement is what the seal of a file is judged by. A file that was recorded in every byte when it was sealed existed
// then: so a key that was compromised later does not take its documents along, and what somebody seals with it now is not
// covered.
func (v *Verifier) judgement(ctx context.Context, pdf []byte) (pades.Options, error) {
	now := v.clock.Now()
	c, s, err := v.recorded(ctx, pades.Peek(pdf))
	if err != nil {
		return pades.Options{}, err
	}
	var proven time.Time
	if c != nil {
		if e := c.EditionOf(s.Edition); e != nil && e.Digest == digestOf(pdf) {
			proven = e.Sealed
		}
	}
	return v.trust.options(now, proven)
}

// recordedFile reports whether a file is, byte for byte, the certificate of the edition that it names, or its card.
func (v *Verifier) recordedFile(ctx context.Context, r *pades.Report, c *Certificate, s Credential) (bool, error) {
	e := c.EditionOf(s.Edition)
	if e == nil || e.Digest == r.Digest || v.ports.Cards == nil {
		return e != nil && e.Digest == r.Digest, nil
	}
	f, err := v.ports.Cards.File(ctx, c.Number, e.Version)
	if errors.Is(err, ErrFile) {
		return false, nil
	}
	return err == nil && digestOf(f.PDF) == r.Digest, err
}

// compare holds a whole and trusted file against its record.
func (v *Verifier) compare(a Answer, r *pades.Report, c *Certificate, s Credential, ours bool) Answer {
	e := c.EditionOf(s.Edition)
	if e == nil { // sealed, and never recorded as handed out
		a.Checks = append(a.Checks, Check{Key: Body, OK: sealedFor(r.Signer, c.Filing), Detail: s.Org}, Check{Key: Record})
		return a
	}
	a.Differences = s.differences(c, e)
	body := Check{Key: Body, OK: sealedFor(r.Signer, c.Filing), Detail: e.OrgName}
	record := Check{Key: Record, OK: ours && len(a.Differences) == 0 && c.given(), Detail: string(c.Number)}
	logged := v.logged(s)
	a.Checks = append(a.Checks, body, logged, record)
	switch {
	case !c.given():
		return a
	case !ours:
		a.Standing = StandingAltered
	case !body.OK, !record.OK, !logged.OK: // the file is the one recorded, so record or log is what changed: nothing can be said
		return a
	default:
		a.Standing = c.standingOf(e)
	}
	a.Certificate, a.Edition = c, e
	return a
}

// logged checks the proof that a credential carries.
func (v *Verifier) logged(s Credential) Check {
	at, err := s.CheckLog(v.trust.Log)
	if err != nil {
		return Check{Key: Logged}
	}
	return Check{Key: Logged, OK: true, Detail: fmt.Sprintf("%d / %d", s.Log.Index, at.Size)}
}

// recorded returns the certificate that a credential speaks of, nil when it is none of ours.
func (v *Verifier) recorded(ctx context.Context, credential []byte) (*Certificate, Credential, error) {
	s, ok := ParseCredential(credential)
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
		a.Standing, a.Certificate, a.Edition = StandingAltered, c, c.EditionOf(s.Edition)
		if a.Edition == nil {
			a.Edition = &c.Edition
		}
		a.Differences = s.differences(c, a.Edition)
	case pades.SealedUnder(pdf, v.trust.Roots):
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
	case among(pades.ErrUntrusted, pades.ErrExpired, pades.ErrFuture, pades.ErrRevoked, pades.ErrStale, pades.ErrBody):
		return []Check{whole, right, {Key: Trust, Detail: detail}}
	case among(pades.ErrSignature, pades.ErrStamp, pades.ErrSecond):
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

// Offline is what a file tells without the register.
type Offline struct {
	Standing   Standing // StandingUnknown unless a status list that may be relied on tells of the edition
	Credential Credential
	Signer     string    // name of the seal's certificate
	Serial     string    // its serial number, in hexadecimal digits
	Root       string    // the name that trust was put in
	Sealed     time.Time // by the signer's own clock
	Stamped    time.Time // by a time stamping authority, zero for none
	Digest     string    // hex SHA-256 of the file
	Checks     []Check
}

// Lists are status lists at hand. Code is what they say of the place, or the refusal why they say nothing.
type Lists interface {
	Code(list string, index int) (status.Code, error)
}

// ErrStatement refuses a file that is sealed and whole but states no certificate, or another body's.
var ErrStatement = errs.New(errs.Invalid, "certificate.statement", "文件有电子签章，但不是签章机构的证书")

// The checks of a file alone: revocation lists clear the key of its seal; a status list tells of the edition.
const (
	SealKey    = "seal-key"
	StatusList = "status"
)

// VerifyOffline checks a file without the register: seal, trust, that the body that sealed is the body stated, that the
// leaf is in the log when keys of a log are trusted, and what the lists say, which may be nil. A file that fails is answered with
// its checks and the reason as error. The proof of the log is about what the credential says, not about the page it is
// attached to, so it does not speak for a seal whose key was compromised; a time stamp does.
func VerifyOffline(pdf []byte, trust Trusted, o pades.Options, lists Lists) (Offline, error) {
	r, err := pades.Verify(pdf, trust.Roots, o)
	if err != nil {
		return Offline{Standing: StandingUnknown, Checks: sealFails(err)}, err
	}
	out := Offline{Standing: StandingUnknown, Signer: r.Signer.Subject.CommonName, Serial: r.Serial(), Root: r.Chain[len(r.Chain)-1].Subject.CommonName,
		Sealed: r.Claimed, Stamped: r.Stamped, Digest: r.Digest, Checks: sealHolds(r)}
	s, ok := ParseCredential(r.Attachment)
	ok = ok && sealedFor(r.Signer, s.Filing) && strings.HasPrefix(string(s.Number), s.Filing)
	out.Credential, out.Checks = s, append(out.Checks, Check{Key: Body, OK: ok, Detail: s.Org})
	if !ok {
		return out, ErrStatement
	}
	if len(trust.Log.Log) > 0 {
		at, err := s.CheckLog(trust.Log)
		out.Checks = append(out.Checks, Check{Key: Logged, OK: err == nil, Detail: fmt.Sprint(at.Size)})
		if err != nil {
			return out, err
		}
	}
	out.Checks = append(out.Checks, Check{Key: SealKey, OK: !r.Listed.IsZero()})
	if r.Listed.IsZero() { // whether the key was in other hands by then nobody at hand can say
		return out, nil
	}
	return out.listed(lists), nil
}

// listed asks the status lists. Whatever they do not tell is unknown.
func (o Offline) listed(lists Lists) Offline {
	if lists == nil || o.Credential.Status == nil {
		return o
	}
	code, err := lists.Code(o.Credential.Status.List, o.Credential.Status.Index)
	o.Checks = append(o.Checks, Check{Key: StatusList, OK: err == nil, Detail: code.String()})
	if err != nil {
		o.Checks[len(o.Checks)-1].Detail = err.Error()
		return o
	}
	o.Standing = map[status.Code]Standing{status.Valid: StandingValid, status.Superseded: StandingSuperseded, status.Revoked: StandingRevoked,
		status.Void: StandingRevoked}[code]
	return o
}
