package status_test

import (
	"bytes"
	"crypto/rand"
	"crypto/x509"
	"errors"
	"math/big"
	"testing"
	"time"

	"github.com/skillcert/skillcert/certs/status"
	"github.com/skillcert/skillcert/certs/vcjwt"
)

// crl is a revocation list of somebody's.
func crl(t testing.TB) []byte {
	t.Helper()
	w := newWorld(t)
	issuer := *w.chain[0]
	issuer.KeyUsage, issuer.SubjectKeyId = x509.KeyUsageCRLSign, []byte{1}
	der, err := x509.CreateRevocationList(rand.Reader, &x509.RevocationList{Number: big.NewInt(1), ThisUpdate: noon(), NextUpdate: noon().Add(time.Hour)}, &issuer, w.key)
	if err != nil {
		t.Fatal(err)
	}
	return der
}

// TestRevocationListsTravelAlong: what is put into a list comes out of it, and nothing else is taken for one.
func TestRevocationListsTravelAlong(t *testing.T) {
	w, der := newWorld(t), crl(t)
	build := func(crls ...[]byte) []byte {
		t.Helper()
		l := list(map[int]status.Code{5: status.Revoked})
		l.CRLs = crls
		text, err := status.Build(l, w.key, w.chain)
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	got, err := w.open(build(der, der))
	if err != nil || len(got.CRLs) != 2 || string(got.CRLs[1].Raw) != string(der) {
		t.Fatalf("%+v, %v", got, err)
	}
	if code, err := got.Code(5); err != nil || code != status.Revoked {
		t.Errorf("%v, %v", code, err)
	}
	if got, err = w.open(build()); err != nil || len(got.CRLs) != 0 {
		t.Errorf("without: %+v, %v", got, err)
	}
	if _, err = w.open(build([]byte("no list"))); !errors.Is(err, status.ErrList) {
		t.Errorf("garbage: %v", err)
	}
	nine := list(nil)
	nine.CRLs = make([][]byte, 9)
	if _, err = status.Build(nine, w.key, w.chain); !errors.Is(err, status.ErrBuild) {
		t.Errorf("nine: %v", err)
	}
	// the member without its context, which the one text of a list never has
	bare := payload(t, build(der))
	text, err := vcjwt.Sign(bytes.Replace(bare, []byte(`,"https://www.w3.org/ns/credentials/undefined-terms/v2"`), nil, 1), w.key, w.chain)
	if err != nil {
		t.Fatal(err)
	}
	if _, err = w.open(text); !errors.Is(err, status.ErrList) {
		t.Errorf("without its context: %v", err)
	}
}
