package pades_test

import (
	"bytes"
	"crypto/x509"
	"encoding/asn1"
	"encoding/hex"
	"errors"
	"testing"
	"time"

	"github.com/emmansun/gmsm/pkcs7"
	"github.com/emmansun/gmsm/smx509"

	"github.com/skillcert/skillcert/certs/keys"
	"github.com/skillcert/skillcert/certs/pades"
	"github.com/skillcert/skillcert/certs/pades/tsp/tsatest"
)

// secondOID is the attribute of the second seal, as it lies in the file.
const secondOID = "060a2a811ccf550601040202"

// secondOf finds the CMS of the second seal in that of the first.
func secondOf(t testing.TB, cms []byte) []byte {
	t.Helper()
	marker, err := hex.DecodeString(secondOID)
	if err != nil {
		t.Fatal(err)
	}
	at := bytes.Index(cms, marker)
	if at < 0 {
		t.Fatal("no second seal")
	}
	var set, inner asn1.RawValue
	if _, err := asn1.Unmarshal(cms[at+len(marker):], &set); err != nil {
		t.Fatal(err)
	}
	if _, err := asn1.Unmarshal(set.Bytes, &inner); err != nil {
		t.Fatal(err)
	}
	return inner.FullBytes
}

// TestSecondSeal: SM2 over the same bytes, which another implementation of SM2 and SM3 confirms.
func TestSecondSeal(t *testing.T) {
	a := tsatest.New(t, noon())
	b, other := benchWith(t, noon(), keys.Options{SM2: true}, a), benchWith(t, noon(), keys.Options{SM2: true}, nil)
	pdf := b.seal(t, "page.pdf", noon())
	for name, c := range map[string]struct {
		roots  []*x509.Certificate
		want   error
		judged bool
	}{"not judged": {nil, nil, false}, "trusted": {b.ring.SM2Roots(), nil, true}, "another root": {other.ring.SM2Roots(), pades.ErrSecond, false},
		"root of the first": {[]*x509.Certificate{rootOf(t, b)}, pades.ErrSecond, false}} {
		r, err := pades.Verify(pdf, b.ring.Trust(), pades.Options{SM2: c.roots, Stampers: a.Trust()})
		if !errors.Is(err, c.want) || err == nil && (r.Second != nil) != c.judged {
			t.Errorf("%s: %v, %+v", name, err, r)
		}
	}
	cms, covered := cmsOf(t, pdf)
	p7, err := pkcs7.Parse(secondOf(t, cms))
	if err != nil {
		t.Fatal(err)
	}
	roots := smx509.NewCertPool()
	roots.AddCert((*smx509.Certificate)(b.ring.SM2Roots()[0]))
	p7.Content = covered
	at := noon()
	if err := p7.VerifyWithChainAtTime(roots, &at); err != nil {
		t.Errorf("gmsm: %v", err)
	}
	p7.Content = append(covered, 'x')
	if err := p7.VerifyWithChainAtTime(roots, &at); err == nil {
		t.Error("gmsm accepts other content")
	}
}

func rootOf(t testing.TB, b bench) *x509.Certificate {
	t.Helper()
	r, err := pades.Verify(b.seal(t, "plain.pdf", noon()), b.ring.Trust(), pades.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return r.Chain[len(r.Chain)-1]
}

// TestSecondSealsThatAreRefused changes every tenth byte of the second seal, and puts that of another file and of another
// body in its place: each a refusal, although the first seal holds.
func TestSecondSealsThatAreRefused(t *testing.T) {
	b := benchWith(t, noon(), keys.Options{SM2: true}, nil)
	pdf := b.seal(t, "plain.pdf", noon())
	cms, _ := cmsOf(t, pdf)
	two := secondOf(t, cms)
	start := bytes.Index(pdf, []byte(hex.EncodeToString(two[:40])))
	for n := 0; n < len(two); n += 10 {
		edited := put(pdf, start+2*n, []byte(hex.EncodeToString([]byte{two[n] ^ 1}))...)
		if _, err := pades.Verify(edited, b.ring.Trust(), pades.Options{SM2: b.ring.SM2Roots()}); err == nil {
			t.Errorf("byte %d of the second seal: changed and still called whole", n)
		}
	}
	stranger, err := b.ring.Sealer(keys.Body{Name: "另一机构", Filing: "S000012009998"}, 2026, noon())
	if err != nil {
		t.Fatal(err)
	}
	foreign, err := stranger.Seal(pades.Input{PDF: document("")}, noon())
	if err != nil {
		t.Fatal(err)
	}
	for name, from := range map[string][]byte{"another file's": b.sealBytes(t, document("")), "another body's": foreign} {
		if edited, ok := transplanted(t, pdf, from); ok {
			if _, err := pades.Verify(edited, b.ring.Trust(), pades.Options{}); !errors.Is(err, pades.ErrSecond) {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}

// transplanted puts the second seal of one file into another, when it is of the same length.
func transplanted(t *testing.T, pdf, from []byte) ([]byte, bool) {
	t.Helper()
	own, _ := cmsOf(t, pdf)
	foreign, _ := cmsOf(t, from)
	mine, theirs := secondOf(t, own), secondOf(t, foreign)
	start := bytes.Index(pdf, []byte(hex.EncodeToString(mine)))
	return put(pdf, start, []byte(hex.EncodeToString(theirs))...), len(mine) == len(theirs)
}

// TestSM2DoesNotSealAlone: readers of PDF know no SM2, so it is never the one signature.
func TestSM2DoesNotSealAlone(t *testing.T) {
	key, cert := selfMadeSM2(t)
	if _, err := pades.NewSealer(key, cert); !errors.Is(err, pades.ErrKey) {
		t.Errorf("SM2 seals alone: %v", err)
	}
	if _, err := pades.NewSecond(key, cert); err != nil {
		t.Errorf("SM2 cannot seal second: %v", err)
	}
	other, plain := selfMade(t, p256Curve(), func(*x509.Certificate) {})
	if _, err := pades.NewSecond(other, plain); !errors.Is(err, pades.ErrKey) {
		t.Errorf("P-256 seals second: %v", err)
	}
}

// TestRSA: the other algorithm that is offered, through the same laws.
func TestRSA(t *testing.T) {
	b := benchWith(t, noon(), keys.Options{Algorithm: keys.RSA3072}, nil)
	pdf := b.seal(t, "plain.pdf", noon())
	r, err := pades.Verify(pdf, b.ring.Trust(), pades.Options{Now: noon()})
	if err != nil || r.Signer.PublicKeyAlgorithm != x509.RSA {
		t.Fatalf("%v, %+v", err, r)
	}
	for n := 0; n < len(pdf); n += 7 {
		if _, err := pades.Verify(flipped(pdf, n, 4), b.ring.Trust(), pades.Options{}); err == nil {
			t.Fatalf("byte %d of %d: changed and still called whole", n, len(pdf))
		}
	}
}

// TestNoBitOfAFullSealFlips changes every byte of the signature of a file with everything: stamp, store and second seal.
func TestNoBitOfAFullSealFlips(t *testing.T) {
	a := tsatest.New(t, noon().Add(time.Second))
	b := benchWith(t, noon(), keys.Options{SM2: true}, a)
	pdf := b.sealBytes(t, document(""))
	o := pades.Options{Stampers: a.Trust(), SM2: b.ring.SM2Roots()}
	if _, err := pades.Verify(pdf, b.ring.Trust(), o); err != nil {
		t.Fatal(err)
	}
	from := bytes.Index(pdf, []byte("/Contents <"))
	masks := []byte{0x01, 0x02, 0x04, 0x08}
	for n := from; n < len(pdf); n++ {
		if _, err := pades.Verify(flipped(pdf, n, masks[n%len(masks)]), b.ring.Trust(), o); err == nil {
			t.Fatalf("byte %d of %d: changed and still called whole", n, len(pdf))
		}
	}
}
