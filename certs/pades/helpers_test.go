package pades_test

import (
	"bytes"
	"crypto"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/hex"
	"fmt"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/emmansun/gmsm/sm2"
	"github.com/emmansun/gmsm/smx509"

	"github.com/skillcert/skillcert/certs/keys"
	"github.com/skillcert/skillcert/certs/pades"
	"github.com/skillcert/skillcert/engine/clock"
)

// The documents in testdata were written by gofpdf v1.16.2: page.pdf has a Type0 font and a link, plain.pdf neither.

func noon() time.Time { return time.Date(2026, 3, 2, 4, 0, 0, 0, time.UTC) }

// body is in whose name the tests seal.
func body() keys.Body {
	return keys.Body{Name: "津门照护技能评价中心", Filing: "S000012009999"}
}

// bench is a key ring with a sealer for one body.
type bench struct {
	ring   *keys.Ring
	sealer *pades.Sealer
}

func newBench(t testing.TB, now time.Time) bench {
	t.Helper()
	return benchWith(t, now, keys.Options{}, nil)
}

// benchWith makes a ring with options; stamper may be nil.
func benchWith(t testing.TB, now time.Time, o keys.Options, stamper pades.Stamper) bench {
	t.Helper()
	o.Label, o.Demo = "技能等级认定", true
	ring, err := keys.Make(t.TempDir(), o, now)
	if err != nil {
		t.Fatal(err)
	}
	if stamper != nil {
		ring.UseStamper(stamper, pades.Evidence{})
	}
	sealer, err := ring.Sealer(body(), keys.Year(now), now)
	if err != nil {
		t.Fatal(err)
	}
	return bench{ring, sealer}
}

// bare is the bench without security store: baseline B-B as small as it gets.
func (b bench) bare() bench { return bench{b.ring, b.sealer.With(pades.Extras{})} }

func (b bench) seal(t testing.TB, file string, at time.Time) []byte {
	t.Helper()
	out, err := b.sealer.Seal(pades.Input{PDF: read(t, file), Reason: "颁发职业技能等级证书"}, at)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// credential is what documents with an attachment carry.
const credential = `{"number":"S000012009999265000001","name":"张𠮷","note":"endstream endobj %%EOF"}`

// withAttachment is a document of our form, of objects 1 to 8, that carries content under a name.
func withAttachment(name, content string) []byte {
	spec := fmt.Sprintf("<</Type /Filespec /F (%s) /UF (%s) /AFRelationship /Data /EF <</F 8 0 R /UF 8 0 R>>>>\n", name, name)
	return document("/AF [7 0 R]\n/Names <</EmbeddedFiles <</Names [(c) 7 0 R]>>>>\n", spec,
		fmt.Sprintf("<</Type /EmbeddedFile /Subtype /application#2Fjson /Length %d>>\nstream\n%s\nendstream\n", len(content), content))
}

// document writes a page by hand, with further entries of the catalog and further objects from number 7.
func document(catalog string, more ...string) []byte {
	objects := append([]string{
		"<</Type /Pages\n/Kids [3 0 R ]\n/Count 1\n/MediaBox [0 0 200 100]\n>>\n", "<<\n/ProcSet [/PDF]\n>>\n",
		"<</Type /Page\n/Parent 1 0 R\n/Resources 2 0 R\n/Contents 4 0 R>>\n", "<</Length 4>>\nstream\nq Q \nendstream\n",
		"<<\n/Title (x)\n>>\n", "<<\n/Type /Catalog\n/Pages 1 0 R\n" + catalog + ">>\n"}, more...)
	b := bytes.NewBufferString("%PDF-1.7\n%\xE2\xE3\xCF\xD3\n")
	table := fmt.Sprintf("xref\n0 %d\n0000000000 65535 f \n", len(objects)+1)
	for n, o := range objects {
		table += fmt.Sprintf("%010d 00000 n \n", b.Len())
		fmt.Fprintf(b, "%d 0 obj\n%sendobj\n", n+1, o)
	}
	at := b.Len()
	fmt.Fprintf(b, "%strailer\n<<\n/Size %d\n/Root 6 0 R\n/Info 5 0 R\n/ID [<00> <00>]\n>>\nstartxref\n%d\n%%%%EOF\n", table, len(objects)+1, at)
	return b.Bytes()
}

// cmsOf returns the CMS in the hole of a sealed file and the bytes that it covers.
func cmsOf(t testing.TB, pdf []byte) (cms, covered []byte) {
	t.Helper()
	from := bytes.Index(pdf, []byte("/Contents <")) + len("/Contents ")
	to := from + bytes.IndexByte(pdf[from:], '>') + 1
	raw, err := hex.DecodeString(string(pdf[from+1 : to-1]))
	if err != nil {
		t.Fatal(err)
	}
	var outer asn1.RawValue
	if _, err := asn1.Unmarshal(raw, &outer); err != nil {
		t.Fatal(err)
	}
	return outer.FullBytes, concat(pdf[:from], pdf[to:])
}

func read(t testing.TB, file string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", file))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func write(t testing.TB, dir, name string, b []byte) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// tool runs a program that the tests need; a machine without it fails the test.
func tool(t testing.TB, name string, args ...string) (out string, err error) {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Fatalf("%s is missing: install poppler-utils, libnss3-tools, openssl and qpdf", name)
	}
	b, err := exec.Command(path, args...).CombinedOutput()
	return strings.ToValidUTF8(string(b), "?"), err
}

func must(t testing.TB, name string, args ...string) string {
	t.Helper()
	out, err := tool(t, name, args...)
	if err != nil {
		t.Fatalf("%s %v: %v\n%s", name, args, err, out)
	}
	return out
}

// flipped returns b with the n-th byte changed.
func flipped(b []byte, n int, mask byte) []byte {
	c := bytes.Clone(b)
	c[n] ^= mask
	return c
}

func systemNow() time.Time { return clock.System{}.Now() }

// signer is any key.
type signer = crypto.Signer

func p256Curve() elliptic.Curve { return elliptic.P256() }

// selfMadeSM2 is an SM2 key with a certificate of the right purposes that nobody vouches for.
func selfMadeSM2(t *testing.T) (crypto.Signer, *x509.Certificate) {
	t.Helper()
	key, err := sm2.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := sealTemplate()
	raw, err := smx509.CreateCertificate(rand.Reader, c, c, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	made, err := smx509.ParseCertificate(raw)
	if err != nil {
		t.Fatal(err)
	}
	return key, made.ToX509()
}

// sealTemplate is a certificate of the right purposes.
func sealTemplate() *x509.Certificate {
	return &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "x"}, NotBefore: noon(), NotAfter: noon().AddDate(1, 0, 0),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageEmailProtection},
		UnknownExtKeyUsage: []asn1.ObjectIdentifier{{1, 3, 6, 1, 5, 5, 7, 3, 36}}, BasicConstraintsValid: true}
}
