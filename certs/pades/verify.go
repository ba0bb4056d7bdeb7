package pades

import (
	"bytes"
	"crypto/sha256"
	"crypto/x509"
	"encoding/asn1"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"slices"
	"time"
)

// Options adjust Verify. The zero value is usable.
type Options struct {
	Now      time.Time              // when not zero, what claims a later time than this, five minutes allowed, is refused
	Body     string                 // when not empty, the filing number (备案号) that the seal must be made for
	Stampers *x509.CertPool         // roots of time stamp authorities; without them no stamp is believed
	Proven   time.Time              // when something else, as a log entry, proves that the file existed
	CRLs     []*x509.RevocationList // current lists; those of authorities outside the chain are passed over
	SM2      []*x509.Certificate    // roots of second seals; without them their chain is not judged
}

// clockSkew is how far two machines' clocks may differ.
const clockSkew = 5 * time.Minute

// Report is what a whole and trusted seal says.
type Report struct {
	Signer     *x509.Certificate   // who sealed
	Chain      []*x509.Certificate // from the signer to the trusted root
	Claimed    time.Time           // when, by the signer's own clock
	Stamped    time.Time           // when at the latest, by a trusted time stamp; zero when there is none
	Proven     time.Time           // the earlier of Stamped and Options.Proven; zero when nothing proves a time
	Listed     time.Time           // how old the oldest list is that cleared a certificate of the chain; zero when one was not looked up
	Second     *x509.Certificate   // who set the second seal; nil when there is none or it was not judged
	Reason     string
	Attachment []byte // the embedded file credential.json, nil when there is none
	Digest     string // hex SHA-256 of the whole file
}

// Serial is the serial number of the sealing certificate, in hexadecimal digits.
func (r *Report) Serial() string { return r.Signer.SerialNumber.Text(16) }

// KeyID names the sealing key: the first eight bytes of the SHA-256 digest of its SubjectPublicKeyInfo, hexadecimal.
func (r *Report) KeyID() string {
	sum := sha256.Sum256(r.Signer.RawSubjectPublicKeyInfo)
	return hex.EncodeToString(sum[:8])
}

// Verify accepts a file that is, in every byte, a document sealed by this package under trust, and says who sealed it.
// Otherwise it answers one of the refusals of this package. The chain is judged at the claimed time, and at the time of
// the stamp where there is a trusted one: without it the signer's word is all there is. Revocation is judged by the
// lists inside the file and those in o; Report.Listed tells whether the latter covered the chain.
func Verify(pdf []byte, trust *x509.CertPool, o Options) (*Report, error) {
	f, err := findSeal(pdf)
	if err != nil {
		return nil, err
	}
	e, err := f.envelope()
	if err != nil {
		return nil, err
	}
	covered, whole := f.digests()
	if err := e.verify(covered); err != nil {
		return nil, err
	}
	d, a, err := f.conforms()
	if err != nil {
		return nil, err
	}
	r := &Report{Signer: e.signer, Claimed: a.at, Reason: a.reason, Digest: hex.EncodeToString(whole)}
	if r.Attachment, err = d.attachment(); err != nil {
		return nil, err
	}
	if err := e.judge(r, trust, o); err != nil {
		return nil, err
	}
	before, behind := f.covered()
	if err := e.judgeSecond(r, o.SM2, before, behind); err != nil {
		return nil, err
	}
	return r, r.notRevoked(a.crls, o)
}

// judge asks who signed and when. Who comes first: a wrong clock is no reason to doubt a seal, and a stranger who claims a
// later time is to be called a stranger.
func (e *envelope) judge(r *Report, trust *x509.CertPool, o Options) (err error) {
	if r.Chain, err = e.trusted(trust, r.Claimed); err != nil {
		return err
	}
	if !o.Now.IsZero() && r.Claimed.After(o.Now.Add(clockSkew)) {
		return ErrFuture
	}
	if o.Body != "" && !slices.Contains(e.signer.Subject.OrganizationalUnit, o.Body) {
		return ErrBody
	}
	if err := e.judgeStamp(r, o); err != nil {
		return err
	}
	r.Proven = r.Stamped
	if !o.Proven.IsZero() && (r.Proven.IsZero() || o.Proven.Before(r.Proven)) {
		r.Proven = o.Proven
	}
	return nil
}

// findSeal finds the one signature of a file and asks that it covers the file up to its last byte.
func findSeal(pdf []byte) (*sealed, error) {
	switch {
	case len(pdf) > MaxFile:
		return nil, ErrTooLarge
	case !bytes.HasPrefix(pdf, []byte("%PDF-1.")):
		return nil, ErrNotPDF
	}
	_, after, found := bytes.Cut(pdf, []byte(rangeMark))
	switch {
	case !found:
		return nil, ErrNotSealed
	case bytes.Contains(after, []byte("/ByteRange")):
		return nil, ErrSeveral
	}
	var zero, from, to, rest int
	if n, err := fmt.Sscanf(string(after[:min(len(after), rangeWidth)]), "[%d %d %d %d]", &zero, &from, &to, &rest); n != 4 || err != nil {
		return nil, ErrForm
	}
	switch {
	case zero != 0, from < 0, to < from+2, rest < 0, rest > MaxFile, to > MaxFile:
		return nil, ErrForm
	case to+rest < len(pdf):
		return nil, ErrAppended
	case to+rest > len(pdf):
		return nil, ErrTruncated
	}
	return &sealed{out: pdf, from: from, to: to}, nil
}

// envelope reads the CMS in the hole: lower-case digits between angle brackets, zeros behind its end. There must be no
// more room than the sealer leaves, so that nobody takes a time stamp or second seal away unseen.
func (s *sealed) envelope() (*envelope, error) {
	hole := s.out[s.from:s.to]
	if hole[0] != '<' || hole[len(hole)-1] != '>' {
		return nil, ErrHole
	}
	digits := hole[1 : len(hole)-1]
	b := make([]byte, hex.DecodedLen(len(digits)))
	if _, err := hex.Decode(b, digits); err != nil || !lowerCase(digits) {
		return nil, ErrHole
	}
	cms, err := trimmed(b)
	if err != nil {
		return nil, err
	}
	e, err := readEnvelope(cms)
	if err != nil {
		return nil, err
	}
	if room := len(b) - e.longest; room < 0 || room > e.slack() {
		return nil, ErrHole
	}
	return e, nil
}

// digests returns the SHA-256 digests of what the seal covers and of the whole file. Nearly all of both is the same.
func (s *sealed) digests() (covered, whole []byte) {
	before, behind := s.covered()
	h := sha256.New()
	_, _ = h.Write(before) // a hash never fails
	if c, ok := h.(hash.Cloner); ok {
		if all, err := c.Clone(); err == nil {
			_, _ = h.Write(behind)
			_, _ = all.Write(s.out[s.from:])
			return h.Sum(nil), all.Sum(nil)
		}
	}
	_, _ = h.Write(behind)
	return h.Sum(nil), sum256(s.out)
}

func lowerCase(digits []byte) bool {
	for _, d := range digits {
		if d >= 'A' && d <= 'F' {
			return false
		}
	}
	return true
}

// slack is how much room may be left beyond the longest signature.
func (e *envelope) slack() int {
	room := 0
	if e.token != nil {
		room = 2*tokenMargin + lengthGrowth
	}
	if e.second != nil {
		room += maxECDSA + lengthGrowth
	}
	return room
}

// lengthGrowth is how many bytes more the nested lengths of DER may take when the content grows.
const lengthGrowth = 8

// trimmed cuts the zeros behind a CMS.
func trimmed(b []byte) ([]byte, error) {
	var outer asn1.RawValue
	padding, err := asn1.Unmarshal(b, &outer)
	if err != nil {
		return nil, ErrCMS
	}
	if slices.ContainsFunc(padding, func(p byte) bool { return p != 0 }) {
		return nil, ErrHole
	}
	return outer.FullBytes, nil
}

// conforms takes the file apart, writes it again from the parts and asks for the same bytes outside the hole: so the
// file holds no object but those of a document and of its seal, and nothing stands between or behind them.
func (s *sealed) conforms() (*document, addition, error) {
	d, a, err := take(s.out)
	if err != nil {
		return nil, a, err
	}
	a.reserve = (s.to - s.from - 2) / 2
	again, err := d.compose(a)
	if err != nil || again.from != s.from || again.to != s.to || len(again.out) != len(s.out) {
		return nil, a, ErrForm
	}
	wantBefore, wantBehind := again.covered()
	before, behind := s.covered()
	if !bytes.Equal(wantBefore, before) || !bytes.Equal(wantBehind, behind) {
		return nil, a, ErrForm
	}
	return d, a, nil
}

// trusted builds the chain at the claimed time and asks that it uses every certificate of the seal.
func (e *envelope) trusted(trust *x509.CertPool, at time.Time) ([]*x509.Certificate, error) {
	if err := usable(e.signer); err != nil {
		return nil, err
	}
	if e.name == gmSM2().name { // as the one signature; readers of PDF know it no more than the chain check below
		return nil, ErrUsage
	}
	between := x509.NewCertPool()
	for _, c := range e.chain {
		between.AddCert(c)
	}
	chains, err := e.signer.Verify(x509.VerifyOptions{Roots: trust, Intermediates: between, CurrentTime: at,
		KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageEmailProtection}})
	if err != nil {
		var invalid x509.CertificateInvalidError
		if errors.As(err, &invalid) && invalid.Reason == x509.Expired {
			return nil, ErrExpired
		}
		return nil, ErrUntrusted
	}
	for _, chain := range chains {
		if len(chain) == len(e.chain)+2 {
			return chain, nil
		}
	}
	return nil, ErrUntrusted
}

// usable asks for the purposes of a document seal: it signs, for documentSigning (RFC 9336); emailProtection stands
// beside it because common readers know no other purpose.
func usable(c *x509.Certificate) error {
	documentSigning := asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 3, 36}
	signs := c.KeyUsage&(x509.KeyUsageDigitalSignature|x509.KeyUsageContentCommitment) != 0
	named := slices.ContainsFunc(c.UnknownExtKeyUsage, documentSigning.Equal)
	if !signs || !named || !slices.Contains(c.ExtKeyUsage, x509.ExtKeyUsageEmailProtection) {
		return ErrUsage
	}
	return nil
}

// SealedUnder reports whether a file carries the signature of somebody trusted, whatever became of the content it was
// made for. It tells an altered document of ours from a stranger's, and nothing more.
func SealedUnder(pdf []byte, trust *x509.CertPool) bool {
	digits := between(pdf, "/Contents <", ">")
	if len(pdf) > MaxFile {
		return false
	}
	cms, err := trimmed(hexBytes(digits))
	if err != nil {
		return false
	}
	e, err := readEnvelope(cms)
	if err != nil || !e.signed(e.digest, e.signature) {
		return false
	}
	_, err = e.trusted(trust, e.signer.NotBefore)
	return err == nil
}
