package certs

import (
	"bytes"
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
	asked := v.clock.Now()
	a, err := v.byFile(ctx, pdf)
	switch {
	case err != nil:
		return Answer{}, err
	case a.Standing == StandingUnknown:
		return v.paused(ctx, a, asked)
	case a.Standing == StandingAltered && a.Certificate != nil:
		a.Readout, err = v.readout(ctx, pdf, a.Certificate, a.Edition)
	}
	return a, err
}

func (v *Verifier) byFile(ctx context.Context, pdf []byte) (Answer, error) {
	f, err := v.find(ctx, pdf)
	if err != nil {
		return Answer{}, err
	}
	now := v.clock.Now()
	options, err := v.trust.options(now, f.sealed)
	if err != nil {
		return Answer{}, err
	}
	report, err := pades.Verify(pdf, v.trust.Roots, options)
	switch {
	case errors.Is(err, pades.ErrTooLarge), errors.Is(err, pades.ErrNotPDF):
		return Answer{}, err
	case err != nil:
		cause := err
		if f.cert == nil {
			if f, err = v.claimed(ctx, pdf); err != nil {
				return Answer{}, err
			}
		}
		return v.refused(pdf, f, cause), nil
	}
	a := Answer{Standing: StandingUnknown, By: ByFile, Checks: sealHolds(report), Checked: now}
	if f.cert == nil || !bytes.Equal(report.Attachment, f.text) { // the seal speaks for what is listed, not for what was found
		a.Checks = append(a.Checks, Check{Key: Body}, Check{Key: Record})
		return a, nil
	}
	return v.compare(a, report, f), nil
}

// found is what the register knows of a file by what the file claims.
type found struct {
	text   []byte       // the credential that it claims
	cert   *Certificate // that the credential speaks of; nil when it is none of ours
	says   Credential
	ours   bool      // the file is, byte for byte, a document of the edition
	sealed time.Time // when ours was recorded; zero when that is not known
}

// find looks a file up. What is recorded in every byte existed when it was recorded: so a key that is compromised later does
// not take its documents along, and what somebody seals with it now is not covered.
func (v *Verifier) find(ctx context.Context, pdf []byte) (f found, err error) {
	f.text = pades.Peek(pdf)
	if f.cert, f.says, err = v.recorded(ctx, f.text); err != nil || f.cert == nil {
		return f, err
	}
	e, digest := f.cert.EditionOf(f.says.Edition), digestOf(pdf)
	switch {
	case e == nil:
		return f, nil
	case e.Digest == digest:
		f.ours, f.sealed = true, e.Sealed
		return f, nil
	case v.ports.Cards == nil:
		return f, nil
	}
	card, err := v.ports.Cards.File(ctx, f.cert.Number, e.Version)
	switch {
	case errors.Is(err, ErrFile):
		return f, nil
	case err == nil && digestOf(card.PDF) == digest:
		f.ours, f.sealed = true, card.Sealed
	}
	return f, err
}

// compare holds a whole and trusted file against its record.
func (v *Verifier) compare(a Answer, r *pades.Report, f found) Answer {
	c, s := f.cert, f.says
	e := c.EditionOf(s.Edition)
	if e == nil { // sealed, and never recorded as handed out
		a.Checks = append(a.Checks, Check{Key: Body, OK: sealedFor(r.Signer, c.Filing), Detail: s.Org}, Check{Key: Record})
		return a
	}
	a.Differences = s.differences(c, e)
	body := Check{Key: Body, OK: sealedFor(r.Signer, c.Filing), Detail: e.OrgName}
	record := Check{Key: Record, OK: f.ours && len(a.Differences) == 0 && c.given(), Detail: string(c.Number)}
	logged := v.logged(s)
	a.Checks = append(a.Checks, body, logged, record)
	switch {
	case !c.given():
		return a
	case !f.ours:
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

// refused answers for a file whose seal is not accepted: Altered when it was ours, which either its claims show, by the
// digest of a token that nobody guesses, or a signature of ours over other content; otherwise Unknown. A file that is the
// recorded one in every byte, and one that was not changed but is sealed at a time or with a key that is in doubt, is not
// altered: a list that is too old or a clock that is wrong must not make genuine files look forged.
func (v *Verifier) refused(pdf []byte, f found, cause error) Answer {
	a := Answer{Standing: StandingUnknown, By: ByFile, Checks: sealFails(cause), Checked: v.clock.Now()}
	switch {
	case f.ours:
	case f.cert != nil && f.cert.given():
		a.Standing, a.Certificate, a.Edition = StandingAltered, f.cert, f.cert.EditionOf(f.says.Edition)
		if a.Edition == nil {
			a.Edition = &f.cert.Edition
		}
		a.Differences = f.says.differences(f.cert, a.Edition)
	case !among(cause, doubts()...) && pades.SealedUnder(pdf, v.trust.Roots):
		a.Standing = StandingAltered
	}
	return a
}

// doubts are refusals of a seal that is right over a file that is whole, for when it was set or what became of its key.
func doubts() []error {
	return []error{pades.ErrExpired, pades.ErrFuture, pades.ErrRevoked, pades.ErrStale}
}

func among(cause error, these ...error) bool {
	return slices.ContainsFunc(these, func(e error) bool { return errors.Is(cause, e) })
}

func sealHolds(r *pades.Report) []Check {
	return []Check{{Key: Integrity, OK: true, Detail: r.Digest}, {Key: Seal, OK: true, Detail: r.Signer.Subject.CommonName},
		{Key: Trust, OK: true, Detail: r.Chain[len(r.Chain)-1].Subject.CommonName}}
}

// sealFails names the check that cause failed, behind those that passed before it; the rest were not made.
func sealFails(cause error) []Check {
	failed := func(key string) Check { return Check{Key: key} }
	var e *errs.Error
	if errors.As(cause, &e) {
		failed = func(key string) Check { return Check{Key: key, Detail: e.Msg, Code: e.Code} }
	}
	whole, right := Check{Key: Integrity, OK: true}, Check{Key: Seal, OK: true}
	switch {
	case among(cause, append(doubts(), pades.ErrUntrusted, pades.ErrBody)...):
		return []Check{whole, right, failed(Trust)}
	case among(cause, pades.ErrSignature, pades.ErrStamp, pades.ErrSecond):
		return []Check{whole, failed(Seal)}
	case among(cause, pades.ErrNotSealed, pades.ErrSeveral, pades.ErrHole, pades.ErrCMS, pades.ErrUsage):
		return []Check{failed(Seal)}
	}
	return []Check{failed(Integrity)}
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
