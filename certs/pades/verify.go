package pades

import (
	"bytes"
	"crypto/sha256"
	"crypto/x509"
	"encoding/asn1"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"time"
)

// Options adjust Verify. The zero value is usable.
type Options struct {
	Now time.Time // when not zero, a seal that claims a later time than this, five minutes allowed, is refused
}

// clockSkew is how far two machines' clocks may differ.
const clockSkew = 5 * time.Minute

// Report is what a whole and trusted seal says. It says nothing about later revocation.
type Report struct {
	Signer  *x509.Certificate   // who sealed
	Chain   []*x509.Certificate // from the signer to the trusted root
	Claimed time.Time           // when, by the signer's own clock
	Reason  string
	Claims  []byte
	Digest  string // hex SHA-256 of the whole file
}

// Serial is the serial number of the sealing certificate, in hexadecimal digits.
func (r *Report) Serial() string { return r.Signer.SerialNumber.Text(16) }

// Verify accepts a file that is, in every byte, a document sealed by this package under trust, and says who sealed
// it. Otherwise it answers one of the refusals of this package. The chain is judged at the claimed time: without a
// time stamp of a third party the signer's word is all there is.
func Verify(pdf []byte, trust *x509.CertPool, o Options) (*Report, error) {
	f, err := findSeal(pdf)
	if err != nil {
		return nil, err
	}
	cms, err := f.contents()
	if err != nil {
		return nil, err
	}
	e, err := readEnvelope(cms)
	if err != nil {
		return nil, err
	}
	before, behind := f.covered()
	if err := e.verify(before, behind); err != nil {
		return nil, err
	}
	u, err := f.conforms()
	if err != nil {
		return nil, err
	}
	if !o.Now.IsZero() && u.at.After(o.Now.Add(clockSkew)) {
		return nil, ErrFuture
	}
	chain, err := e.trusted(trust, u.at)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(pdf)
	return &Report{Signer: e.signer, Chain: chain, Claimed: u.at, Reason: u.reason, Claims: u.claims,
		Digest: hex.EncodeToString(sum[:])}, nil
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

// contents returns the CMS in the hole: lower-case digits between angle brackets, zeros behind its end.
func (s *sealed) contents() ([]byte, error) {
	hole := s.out[s.from:s.to]
	if hole[0] != '<' || hole[len(hole)-1] != '>' {
		return nil, ErrHole
	}
	digits := hole[1 : len(hole)-1]
	b := make([]byte, hex.DecodedLen(len(digits)))
	if _, err := hex.Decode(b, digits); err != nil || !bytes.Equal(hex.AppendEncode(nil, b), digits) {
		return nil, ErrHole
	}
	return trimmed(b)
}

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

// conforms writes the file again from the values it claims and asks for the same bytes outside the hole: so the
// update holds no object but those of a seal, and nothing stands between or behind them.
func (s *sealed) conforms() (update, error) {
	end := endOfDocument(s.out)
	d, err := readDocument(s.out[:end])
	if err != nil {
		return update{}, ErrForm
	}
	u := readUpdate(s.out[end:])
	u.reserve = (s.to - s.from - 2) / 2
	if u.mapObject != 0 && !bytes.Contains(d.pdf, fmt.Appendf(nil, "/ToUnicode %d 0 R", u.mapObject)) {
		return update{}, ErrForm
	}
	again, err := d.compose(u)
	if err != nil || again.from != s.from || again.to != s.to || len(again.out) != len(s.out) {
		return update{}, ErrForm
	}
	wantBefore, wantBehind := again.covered()
	before, behind := s.covered()
	if !bytes.Equal(wantBefore, before) || !bytes.Equal(wantBehind, behind) {
		return update{}, ErrForm
	}
	return u, nil
}

// endOfDocument returns where the first revision ends, 0 when it has no end mark.
func endOfDocument(pdf []byte) int {
	start := max(bytes.Index(pdf, []byte(startMark)), 0)
	end := bytes.Index(pdf[start:], []byte(endMark))
	if end < 0 {
		return 0
	}
	return start + end + len(endMark)
}

// readUpdate takes the free values out of an update. It is lenient: compose decides whether they account for
// everything.
func readUpdate(b []byte) update {
	var u update
	if n := leadingInt(b); n != 0 {
		rest, ok := bytes.CutPrefix(b, fmt.Appendf(nil, "%d 0 obj\n<</Length ", n))
		length := leadingInt(rest)
		_, stream, started := bytes.Cut(rest, []byte(">>\nstream\n"))
		if ok && started && length <= len(stream) {
			u.mapObject, u.characters, b = n, stream[:length], stream[length:]
		}
	}
	_, dictionary, _ := bytes.Cut(b, []byte("/SubFilter /ETSI.CAdES.detached "))
	if at, err := time.Parse(timeForm, string(between(dictionary, "/M (D:", "+00'00')"))); err == nil {
		u.at = at
	}
	u.reason = parseTextString(between(dictionary, "/Reason <", ">"))
	u.claims = hexBytes(between(dictionary, claimsKey+"<", ">"))
	return u
}

// Peek returns the claims a file carries whether or not its seal holds. Nobody vouches for them.
func Peek(pdf []byte) []byte {
	if len(pdf) > MaxFile {
		return nil
	}
	digits := between(pdf, claimsKey+"<", ">")
	if len(digits) > 2*MaxClaims {
		return nil
	}
	return hexBytes(digits)
}

func hexBytes(digits []byte) []byte {
	b := make([]byte, hex.DecodedLen(len(digits)))
	if _, err := hex.Decode(b, digits); err != nil || len(b) == 0 {
		return nil
	}
	return b
}

// between returns what stands between the first open and the next closing mark, nil when either is missing.
func between(b []byte, open, closing string) []byte {
	_, after, found := bytes.Cut(b, []byte(open))
	inner, _, closed := bytes.Cut(after, []byte(closing))
	if !found || !closed {
		return nil
	}
	return inner
}

// trusted builds the chain at the claimed time and asks that it uses every certificate of the seal.
func (e *envelope) trusted(trust *x509.CertPool, at time.Time) ([]*x509.Certificate, error) {
	if err := usable(e.signer); err != nil {
		return nil, err
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
	if err != nil || e.signed() != nil {
		return false
	}
	_, err = e.trusted(trust, e.signer.NotBefore)
	return err == nil
}
