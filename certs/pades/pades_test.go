package pades_test

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/asn1"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/skillcert/skillcert/certs/pades"
)

func TestSealedFileVerifies(t *testing.T) {
	b := newBench(t, noon())
	for _, file := range []string{"page.pdf", "plain.pdf"} {
		pdf := b.seal(t, file, noon())
		r, err := pades.Verify(pdf, b.ring.Trust(), pades.Options{Now: noon()})
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		for _, mark := range []string{"startxref", "xref\n0 ", "trailer\n", "%%EOF", "/ByteRange"} {
			if bytes.Count(pdf, []byte(mark)) != 1 {
				t.Errorf("%s: %q stands %d times: more than one revision", file, mark, bytes.Count(pdf, []byte(mark)))
			}
		}
		if !r.Claimed.Equal(noon()) || r.Reason != "颁发职业技能等级证书" || len(r.Chain) != 3 {
			t.Errorf("%s: report %+v", file, r)
		}
		if s := r.Signer.Subject; s.Organization[0] != "演示 DEMO 津门照护技能评价中心" || s.OrganizationalUnit[0] != "S000012009999" || r.Serial() == "" {
			t.Errorf("%s: sealed by %s", file, s)
		}
	}
}

// TestNoFlipVerifies changes every byte of a sealed file in turn.
func TestNoFlipVerifies(t *testing.T) {
	b := newBench(t, noon())
	pdf := padded(t, b)
	trust := b.ring.Trust()
	masks := []byte{0x01, 0x20, 0x80, 0x04}
	for n := range pdf {
		if _, err := pades.Verify(flipped(pdf, n, masks[n%len(masks)]), trust, pades.Options{}); err == nil {
			t.Fatalf("byte %d of %d: changed and still called whole", n, len(pdf))
		}
	}
}

// padded seals until the hole has room left behind the CMS.
func padded(t testing.TB, b bench) []byte {
	t.Helper()
	for range 200 {
		if pdf := b.seal(t, "page.pdf", noon()); strings.Contains(string(pdf), "00>>>\nendobj\nxref") {
			return pdf
		}
	}
	t.Fatal("no seal left room in its hole")
	return nil
}

func TestRefusals(t *testing.T) {
	b := newBench(t, noon())
	pdf := padded(t, b)
	appendUpdate := []byte("3 0 obj\n<<>>\nendobj\nxref\n3 1\n0000000000 00000 n \ntrailer\n<</Size 16 /Root 13 0 R /Prev 1>>\nstartxref\n1\n%%EOF\n")
	hole := bytes.Index(pdf, []byte("/Contents <")) + len("/Contents <")
	padding := hole + bytes.IndexByte(pdf[hole:], '>') - 1
	cases := map[string]struct {
		pdf  []byte
		want error
	}{
		"zero bytes":           {nil, pades.ErrNotPDF},
		"text":                 {[]byte("hello"), pades.ErrNotPDF},
		"header only":          {[]byte("%PDF-1.7"), pades.ErrNotSealed},
		"never sealed":         {read(t, "page.pdf"), pades.ErrNotSealed},
		"one byte appended":    {concat(pdf, []byte("\n")), pades.ErrAppended},
		"update appended":      {concat(pdf, appendUpdate), pades.ErrAppended},
		"one byte prepended":   {concat([]byte("\n"), pdf), pades.ErrNotPDF},
		"inserted in the page": {concat(pdf[:900], []byte(" "), pdf[900:]), pades.ErrAppended},
		"cut short":            {pdf[:len(pdf)-1], pades.ErrTruncated},
		"cut in the hole":      {pdf[:hole+100], pades.ErrTruncated},
		"two seals":            {concat(pdf, pdf), pades.ErrSeveral},
		"too large":            {make([]byte, pades.MaxFile+1), pades.ErrTooLarge},
		"page changed":         {bytes.Replace(pdf, []byte("example.org"), []byte("example.net"), 1), pades.ErrAltered},
		"padding not zero":     {flipped(pdf, padding, 1), pades.ErrHole},
		"digits in capitals":   {capitals(pdf, hole), pades.ErrHole},
		"hole not hexadecimal": {put(pdf, hole+20, 'z'), pades.ErrHole},
		"hole of zeros":        {put(pdf, hole, bytes.Repeat([]byte("0"), padding-hole)...), pades.ErrCMS},
		"byte range of text":   {bytes.Replace(pdf, []byte("/ByteRange [0 "), []byte("/ByteRange [x "), 1), pades.ErrForm},
		"byte range off start": {bytes.Replace(pdf, []byte("/ByteRange [0 "), []byte("/ByteRange [1 "), 1), pades.ErrForm},
	}
	if bytes.Equal(cases["page changed"].pdf, pdf) {
		t.Fatal("nothing was changed")
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			if _, err := pades.Verify(c.pdf, b.ring.Trust(), pades.Options{Now: noon()}); !errors.Is(err, c.want) {
				t.Errorf("got %v, want %v", err, c.want)
			}
		})
	}
}

func concat(parts ...[]byte) []byte { return bytes.Join(parts, nil) }

func put(b []byte, at int, with ...byte) []byte {
	c := bytes.Clone(b)
	copy(c[at:], with)
	return c
}

// capitals writes the first letter among the hole's digits as a capital.
func capitals(b []byte, hole int) []byte {
	n := hole + bytes.IndexAny(b[hole:], "abcdef")
	return put(b, n, b[n]-'a'+'A')
}

// TestOtherSignatureOfSameKey replaces s by n-s: mathematically right, but not the one form we accept.
func TestOtherSignatureOfSameKey(t *testing.T) {
	b := newBench(t, noon())
	for range 50 {
		pdf := b.seal(t, "plain.pdf", noon())
		if other, ok := mirrored(t, pdf); ok {
			if _, err := pades.Verify(other, b.ring.Trust(), pades.Options{}); !errors.Is(err, pades.ErrSignature) {
				t.Fatalf("got %v, want %v", err, pades.ErrSignature)
			}
			return
		}
	}
	t.Fatal("no signature could be mirrored in place")
}

// mirrored returns the file with (r, n-s), when that fits the hole.
func mirrored(t *testing.T, pdf []byte) ([]byte, bool) {
	t.Helper()
	hole := bytes.Index(pdf, []byte("/Contents <")) + len("/Contents <")
	length := bytes.IndexByte(pdf[hole:], '>')
	cms, err := hex.DecodeString(string(pdf[hole : hole+length]))
	if err != nil {
		t.Fatal(err)
	}
	at := bytes.LastIndex(cms, []byte{0x04, 70, 0x30, 68})
	if at < 0 {
		return nil, false
	}
	var rs struct{ R, S *big.Int }
	if _, err := asn1.Unmarshal(cms[at+2:], &rs); err != nil {
		t.Fatal(err)
	}
	rs.S.Sub(elliptic.P256().Params().N, rs.S)
	again, err := asn1.Marshal(rs)
	if err != nil || len(again) != 71 || cms[len(cms)-1] != 0 {
		return nil, false // a high s takes one byte more; the lengths above it must be raised by hand
	}
	grown := concat(cms[:at], []byte{0x04, 71}, again)
	for _, outer := range outerLengths(grown, at) {
		grown[outer+1]++
		if grown[outer+1] == 0 {
			grown[outer]++
		}
	}
	return put(pdf, hole, []byte(hex.EncodeToString(grown))...), true
}

// outerLengths returns the offsets of the two-byte lengths of the elements around the signature.
func outerLengths(cms []byte, at int) []int {
	var found []int
	for i := 0; i+4 < at; i++ {
		if (cms[i] == 0x30 || cms[i] == 0xA0 || cms[i] == 0x31) && cms[i+1] == 0x82 {
			if n := int(cms[i+2])<<8 | int(cms[i+3]); i+4+n == len(cms)-1 {
				found = append(found, i+2)
			}
		}
	}
	return found
}

func TestChainIsJudgedAtTheClaimedTime(t *testing.T) {
	b := newBench(t, noon())
	stranger := newBench(t, noon())
	pdf := b.seal(t, "plain.pdf", noon())
	cases := map[string]struct {
		pdf   []byte
		trust *x509.CertPool
		now   time.Time
		want  error
	}{
		"other root":               {pdf, stranger.ring.Trust(), noon(), pades.ErrUntrusted},
		"nobody trusted":           {pdf, x509.NewCertPool(), noon(), pades.ErrUntrusted},
		"years later":              {pdf, b.ring.Trust(), noon().AddDate(30, 0, 0), nil},
		"sealed after its year":    {b.seal(t, "plain.pdf", noon().AddDate(1, 0, 0)), b.ring.Trust(), time.Time{}, pades.ErrExpired},
		"sealed before its issuer": {b.seal(t, "plain.pdf", noon().AddDate(0, 0, -2)), b.ring.Trust(), time.Time{}, pades.ErrExpired},
		"from the future":          {pdf, b.ring.Trust(), noon().Add(-6 * time.Minute), pades.ErrFuture},
		"clocks apart":             {pdf, b.ring.Trust(), noon().Add(-4 * time.Minute), nil},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			if _, err := pades.Verify(c.pdf, c.trust, pades.Options{Now: c.now}); !errors.Is(err, c.want) {
				t.Errorf("got %v, want %v", err, c.want)
			}
		})
	}
}

// TestKeyMustFit walks through keys and certificates that must not seal.
func TestKeyMustFit(t *testing.T) {
	cases := map[string]struct {
		curve elliptic.Curve
		edit  func(*x509.Certificate)
	}{
		"other curve":      {elliptic.P384(), func(*x509.Certificate) {}},
		"authority":        {elliptic.P256(), func(c *x509.Certificate) { c.IsCA = true }},
		"no purpose":       {elliptic.P256(), func(c *x509.Certificate) { c.ExtKeyUsage, c.UnknownExtKeyUsage = nil, nil }},
		"mail only":        {elliptic.P256(), func(c *x509.Certificate) { c.UnknownExtKeyUsage = nil }},
		"document only":    {elliptic.P256(), func(c *x509.Certificate) { c.ExtKeyUsage = nil }},
		"may not sign":     {elliptic.P256(), func(c *x509.Certificate) { c.KeyUsage = x509.KeyUsageKeyAgreement }},
		"somebody else's ": {elliptic.P256(), nil},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			key, cert := selfMade(t, c.curve, c.edit)
			if _, err := pades.NewSealer(key, cert); !errors.Is(err, pades.ErrKey) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func selfMade(t *testing.T, curve elliptic.Curve, edit func(*x509.Certificate)) (crypto.Signer, *x509.Certificate) {
	t.Helper()
	key, err := ecdsa.GenerateKey(curve, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := sealTemplate()
	if edit != nil {
		edit(c)
	}
	raw, err := x509.CreateCertificate(rand.Reader, c, c, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	if c, err = x509.ParseCertificate(raw); err != nil {
		t.Fatal(err)
	}
	if edit == nil {
		if key, err = ecdsa.GenerateKey(curve, rand.Reader); err != nil {
			t.Fatal(err)
		}
	}
	return key, c
}

// TestSelfSignedSealIsUntrusted: a seal by a certificate of the right purposes that nobody vouches for.
func TestSelfSignedSealIsUntrusted(t *testing.T) {
	key, cert := selfMade(t, elliptic.P256(), func(*x509.Certificate) {})
	s, err := pades.NewSealer(key, cert)
	if err != nil {
		t.Fatal(err)
	}
	pdf, err := s.Seal(pades.Input{PDF: read(t, "plain.pdf")}, noon())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := pades.Verify(pdf, newBench(t, noon()).ring.Trust(), pades.Options{}); !errors.Is(err, pades.ErrUntrusted) {
		t.Errorf("got %v", err)
	}
}

// silent is a device that does not sign.
type silent struct{ crypto.Signer }

var errSilent = errors.New("no answer from the device")

func (silent) Sign(io.Reader, []byte, crypto.SignerOpts) ([]byte, error) { return nil, errSilent }

func TestDeviceThatDoesNotSign(t *testing.T) {
	key, cert := selfMade(t, elliptic.P256(), func(*x509.Certificate) {})
	s, err := pades.NewSealer(silent{key}, cert)
	if err != nil {
		t.Fatal(err)
	}
	if out, err := s.Seal(pades.Input{PDF: read(t, "plain.pdf")}, noon()); !errors.Is(err, errSilent) || out != nil {
		t.Errorf("%d bytes, %v", len(out), err)
	}
}

func TestDocumentsThatCannotBeSealed(t *testing.T) {
	b := newBench(t, noon())
	sealed := b.seal(t, "plain.pdf", noon())
	page := read(t, "page.pdf")
	cases := map[string]struct {
		in   pades.Input
		want error
	}{
		"nothing":         {pades.Input{}, pades.ErrDocument},
		"already sealed":  {pades.Input{PDF: sealed}, pades.ErrDocument},
		"trailing byte":   {pades.Input{PDF: concat(page, []byte("x"))}, pades.ErrDocument},
		"no table":        {pades.Input{PDF: bytes.Replace(page, []byte("xref\n0 "), []byte("xrex\n0 "), 1)}, pades.ErrDocument},
		"empty object":    {pades.Input{PDF: document("", "")}, pades.ErrDocument},
		"reason too long": {pades.Input{PDF: page, Reason: strings.Repeat("x", pades.MaxReason+1)}, pades.ErrTooLarge},
		"file too large":  {pades.Input{PDF: make([]byte, pades.MaxFile+1)}, pades.ErrTooLarge},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			if _, err := b.sealer.Seal(c.in, noon()); !errors.Is(err, c.want) {
				t.Errorf("got %v, want %v", err, c.want)
			}
		})
	}
}

// FuzzVerify: whatever bytes come, Verify and Peek answer; and what it accepts is the file the seed was.
func FuzzVerify(f *testing.F) {
	b := newBench(f, noon())
	pdf := b.seal(f, "page.pdf", noon())
	trust := b.ring.Trust()
	f.Add(pdf)
	f.Add(pdf[:len(pdf)/2])
	f.Add([]byte("%PDF-1.3\n/ByteRange [0 20 22 1]<>"))
	f.Add([]byte("%PDF-1.3\nstartxref\n0\n%%EOF\n/ByteRange [0 60 64 1]<3000>"))
	f.Add([]byte(fmt.Sprintf("%%PDF-1.3\nxref\n0 9999999999\ntrailer\nstartxref\n9\n%%%%EOF\n/ByteRange [0 %d %d 0]", 1<<62, 1<<62)))
	f.Fuzz(func(t *testing.T, in []byte) {
		_ = pades.Peek(in)
		if _, err := pades.Verify(in, trust, pades.Options{Now: noon()}); err == nil && !bytes.Equal(in, pdf) {
			t.Error("accepted a file that nobody sealed")
		}
	})
}
