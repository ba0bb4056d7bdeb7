package pades

import (
	"crypto/x509"
	"encoding/asn1"
	"fmt"
	"slices"
	"time"

	"github.com/emmansun/gmsm/smx509"

	"github.com/skillcert/skillcert/certs/pades/tsp"
)

// judgeStamp checks the time stamp over the signature. One that does not hold is a refusal even when no authority is
// trusted; one that holds is believed only under a trusted root.
func (e *envelope) judgeStamp(r *Report, o Options) error {
	if e.token == nil {
		return nil
	}
	t, err := tsp.Parse(e.token)
	if err == nil {
		err = t.Check(e.signature)
	}
	if err == nil && o.Stampers != nil {
		err = t.Trusted(o.Stampers)
	}
	if err != nil {
		return fmt.Errorf("%w: %w", ErrStamp, err)
	}
	if r.Claimed.After(t.Time.Add(clockSkew)) || !o.Now.IsZero() && t.Time.After(o.Now.Add(clockSkew)) {
		return ErrStamp.With("时间戳早于签章时间或晚于当前时间")
	}
	if o.Stampers == nil {
		return nil
	}
	for _, c := range r.Chain {
		if t.Time.Before(c.NotBefore) || t.Time.After(c.NotAfter) {
			return ErrExpired
		}
	}
	r.Stamped = t.Time
	return nil
}

// judgeSecond checks the second seal over the same bytes, by the same body.
func (e *envelope) judgeSecond(r *Report, roots []*x509.Certificate, covered ...[]byte) error {
	if e.second == nil {
		return nil
	}
	two, err := readEnvelope(e.second)
	if err != nil || two.name != gmSM2().name || two.token != nil || two.second != nil {
		return ErrSecond.With("结构不正确")
	}
	if two.verify(two.sumOf(covered)) != nil {
		return ErrSecond.With("签名值不正确")
	}
	if usable(two.signer) != nil || !slices.Equal(two.signer.Subject.OrganizationalUnit, e.signer.Subject.OrganizationalUnit) {
		return ErrSecond.With("不是同一机构的签章证书")
	}
	if len(roots) == 0 {
		return nil
	}
	if err := two.trustedSM2(roots, r.Claimed); err != nil {
		return ErrSecond.With("证书不受信任")
	}
	r.Second = two.signer
	return nil
}

func (e *envelope) trustedSM2(roots []*x509.Certificate, at time.Time) error {
	trust, between := smx509.NewCertPool(), smx509.NewCertPool()
	for _, c := range roots {
		trust.AddCert((*smx509.Certificate)(c))
	}
	for _, c := range e.chain {
		between.AddCert((*smx509.Certificate)(c))
	}
	_, err := (*smx509.Certificate)(e.signer).Verify(smx509.VerifyOptions{Roots: trust, Intermediates: between, CurrentTime: at,
		KeyUsages: []smx509.ExtKeyUsage{smx509.ExtKeyUsageEmailProtection}})
	return err
}

// notRevoked judges the chain by the lists in the file, which can only speak against it, and by those of the caller,
// which must be signed within the chain. One that is past its end speaks against it too, but only a current one clears.
func (r *Report) notRevoked(inside [][]byte, o Options) error {
	for _, raw := range inside {
		list, err := x509.ParseRevocationList(raw)
		if err != nil {
			continue // of an authority whose algorithm is not known here, as SM2
		}
		if err := r.standsAgainst(list); err != nil {
			return err
		}
	}
	cleared, stale := make([]time.Time, len(r.Chain)-1), false
	for _, list := range o.CRLs {
		for i, issuer := range r.Chain[1:] {
			if !signedBy(list, issuer) {
				continue
			}
			if err := r.standsAgainst(list); err != nil {
				return err
			}
			if !o.Now.IsZero() && o.Now.After(list.NextUpdate) {
				stale = true
				continue
			}
			cleared[i] = latest(cleared[i], list.ThisUpdate)
		}
	}
	r.Listed = slices.MinFunc(cleared, time.Time.Compare)
	if stale && r.Listed.IsZero() {
		return ErrStale
	}
	return nil
}

// Cleared judges a certificate that signs what does not tell when it was signed, as status lists and offline codes: it
// is ErrRevoked when any list names a certificate of its chain, since whenever. It is cleared when every authority of the
// chain, which ends at the root, has a list that is current at now; without, nobody can say whether its key is in other hands.
func Cleared(chain []*x509.Certificate, lists []*x509.RevocationList, now time.Time) (bool, error) {
	cleared := make([]bool, len(chain)-1)
	for _, list := range lists {
		for i, issuer := range chain[1:] {
			if !signedBy(list, issuer) {
				continue
			}
			if entryOf(list, chain[i]) != nil {
				return false, ErrRevoked
			}
			cleared[i] = cleared[i] || !now.After(list.NextUpdate)
		}
	}
	return !slices.Contains(cleared, false), nil
}

func signedBy(list *x509.RevocationList, issuer *x509.Certificate) bool {
	return string(list.RawIssuer) == string(issuer.RawSubject) && list.CheckSignatureFrom(issuer) == nil
}

// entryOf is what a list of its issuer says of a certificate, nil for nothing.
func entryOf(list *x509.RevocationList, c *x509.Certificate) *x509.RevocationListEntry {
	at := slices.IndexFunc(list.RevokedCertificateEntries, func(e x509.RevocationListEntry) bool { return e.SerialNumber.Cmp(c.SerialNumber) == 0 })
	if at < 0 {
		return nil
	}
	return &list.RevokedCertificateEntries[at]
}

func latest(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// standsAgainst asks whether the seal stands although a list may name a certificate of its chain.
func (r *Report) standsAgainst(list *x509.RevocationList) error {
	for _, c := range r.Chain[:len(r.Chain)-1] {
		if string(list.RawIssuer) != string(c.RawIssuer) {
			continue
		}
		if entry := entryOf(list, c); entry != nil && !r.before(*entry) {
			return ErrRevoked
		}
	}
	return nil
}

// Reasons that leave the key itself beyond doubt (RFC 5280 §5.3.1).
const (
	affiliationChanged   = 3
	superseded           = 4
	cessationOfOperation = 5
)

// before reports whether the seal was set before its key stopped being good. A key that may be in other hands can claim
// any time, so only a proof counts; one that was merely given up is believed.
func (r *Report) before(entry x509.RevocationListEntry) bool {
	since := invalidSince(entry)
	if !r.Proven.IsZero() && r.Proven.Before(since) {
		return true
	}
	switch entry.ReasonCode {
	case affiliationChanged, superseded, cessationOfOperation:
		return r.Claimed.Before(since)
	}
	return false
}

// invalidSince is the invalidity date (RFC 5280 §5.3.2), otherwise the date of revocation.
func invalidSince(entry x509.RevocationListEntry) time.Time {
	for _, e := range entry.Extensions {
		var at time.Time
		if !e.Id.Equal(asn1.ObjectIdentifier{2, 5, 29, 24}) {
			continue
		}
		if rest, err := asn1.UnmarshalWithParams(e.Value, &at, "generalized"); err == nil && len(rest) == 0 && at.Before(entry.RevocationTime) {
			return at
		}
	}
	return entry.RevocationTime
}
