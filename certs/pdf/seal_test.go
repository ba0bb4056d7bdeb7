package pdf_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
	"math/big"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/skillcert/skillcert/certs/pades"
	"github.com/skillcert/skillcert/certs/pdf"
	"github.com/skillcert/skillcert/engine/clock"
)

// authority is a root, an issuing authority under it and a sealer, made for one test.
type authority struct {
	root   *x509.Certificate
	sealer *pades.Sealer
}

func newAuthority(t testing.TB) authority {
	t.Helper()
	now := clock.System{}.Now()
	root, rootKey := certified(t, now, "演示根", nil, nil)
	issuing, issuingKey := certified(t, now, "演示签发", root, rootKey)
	signer, key := certified(t, now, "", issuing, issuingKey)
	s, err := pades.NewSealer(key, signer, issuing)
	if err != nil {
		t.Fatal(err)
	}
	return authority{root, s}
}

// certified makes a key and its certificate: of an authority where it has a name, of a seal where it has none.
func certified(t testing.TB, now time.Time, name string, above *x509.Certificate, by *ecdsa.PrivateKey) (*x509.Certificate, *ecdsa.PrivateKey) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	serial, err := rand.Int(rand.Reader, big.NewInt(1<<62))
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{SerialNumber: serial, Subject: pkix.Name{CommonName: name}, NotBefore: now.Add(-time.Hour),
		NotAfter: now.Add(time.Hour), BasicConstraintsValid: true, IsCA: name != "", KeyUsage: x509.KeyUsageCertSign}
	if name == "" {
		c.Subject.CommonName, c.KeyUsage = body, x509.KeyUsageDigitalSignature|x509.KeyUsageContentCommitment
		c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageEmailProtection}
		c.UnknownExtKeyUsage = []asn1.ObjectIdentifier{{1, 3, 6, 1, 5, 5, 7, 3, 36}}
	}
	if above == nil {
		above, by = c, key
	}
	der, err := x509.CreateCertificate(rand.Reader, c, above, &key.PublicKey, by)
	if err != nil {
		t.Fatal(err)
	}
	out, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return out, key
}

// TestSealHolds: a certificate takes a seal that strangers' tools and our own verifier believe, and is still one revision of
// an archive file.
func TestSealHolds(t *testing.T) {
	a, now := newAuthority(t), clock.System{}.Now()
	trust := x509.NewCertPool()
	trust.AddCert(a.root)
	db := t.TempDir()
	root := write(t, db, "root.pem", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.root.Raw}))
	tool(t, "certutil", "-N", "-d", "sql:"+db, "--empty-password")
	tool(t, "certutil", "-A", "-d", "sql:"+db, "-n", "root", "-t", "CT,CT,CT", "-i", root)
	r := newRenderer(t)
	for _, name := range pdf.BuiltIn() {
		d := sample(t)
		d.Name = "𠮷永安"
		file, err := a.sealer.Seal(pades.Input{PDF: renderAs(t, r, name, d)}, now)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := pades.Verify(file, trust, pades.Options{}); err != nil {
			t.Errorf("%s: own verifier: %v", name, err)
		}
		p := mustParse(t, file)
		for _, rule := range rules() {
			if err := rule.holds(p); err != nil && !strings.HasPrefix(rule.clause, "6.4") { // the seal is a form field
				t.Errorf("%s: sealed: %s: %v", name, rule.clause, err)
			}
		}
		path := write(t, db, filepath.Base(name)+".pdf", file)
		out := tool(t, "pdfsig", "-nssdir", db, path)
		for _, want := range []string{"Signature is Valid", "Total document signed", "Certificate is Trusted"} {
			if !strings.Contains(out, want) {
				t.Errorf("%s: no %q in\n%s", name, want, out)
			}
		}
		if out := tool(t, "qpdf", "--check", path); strings.Contains(strings.ToLower(out), "warning") {
			t.Error(out)
		}
		if t.Logf("%s: %d bytes sealed", name, len(file)); name == pdf.A4 && len(file) > 60_000 {
			t.Errorf("%s: %d bytes", name, len(file))
		}
	}
}

// BenchmarkRenderAndSeal is one certificate from its document to the file that is kept, baseline B-B.
func BenchmarkRenderAndSeal(b *testing.B) {
	a, r, d, l := newAuthority(b), newRenderer(b), sample(b), layout(b, pdf.A4)
	at, size := clock.System{}.Now(), 0
	b.ReportAllocs()
	for b.Loop() {
		page, err := r.Render(l, d)
		if err != nil {
			b.Fatal(err)
		}
		file, err := a.sealer.Seal(pades.Input{PDF: page}, at)
		if err != nil {
			b.Fatal(err)
		}
		size = len(file)
	}
	b.ReportMetric(float64(size), "bytes")
}
