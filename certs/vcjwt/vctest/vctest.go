// Package vctest makes certificates for the tests of credentials: a root, an issuing authority and leaves under it,
// whose keys follow from their names and whose signatures are deterministic (RFC 6979), so that texts can be golden.
package vctest

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"io"
	"math/big"
	"testing"
	"time"
)

// Key signs without randomness.
type Key struct{ private *ecdsa.PrivateKey }

// NewKey makes the P-256 key of a name.
func NewKey(t testing.TB, name string) Key {
	t.Helper()
	scalar := sha256.Sum256([]byte("vctest " + name))
	private, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), scalar[:])
	if err != nil {
		t.Fatal(err)
	}
	return Key{private}
}

// Public implements crypto.Signer.
func (k Key) Public() crypto.PublicKey { return k.private.Public() }

// Sign implements crypto.Signer.
func (k Key) Sign(_ io.Reader, digest []byte, o crypto.SignerOpts) ([]byte, error) {
	return k.private.Sign(nil, digest, o)
}

// Authority is a root with one issuing authority.
type Authority struct {
	Root, Issuing *x509.Certificate
	Roots         *x509.CertPool
	key           Key
	now           time.Time
}

// New makes an authority whose certificates hold ten years around now.
func New(t testing.TB, name string, now time.Time) *Authority {
	t.Helper()
	a := &Authority{key: NewKey(t, name+" issuing"), now: now, Roots: x509.NewCertPool()}
	rootKey := NewKey(t, name+" root")
	template := ca(name+" 根 Root", 1, now)
	a.Root = make509(t, template, template, rootKey.Public(), rootKey)
	a.Issuing = make509(t, ca(name+" 签发 Issuing", 2, now), a.Root, a.key.Public(), rootKey)
	a.Roots.AddCert(a.Root)
	return a
}

func ca(name string, serial int64, now time.Time) *x509.Certificate {
	return &x509.Certificate{SerialNumber: big.NewInt(serial), Subject: pkix.Name{CommonName: name}, NotBefore: now.AddDate(-5, 0, 0),
		NotAfter: now.AddDate(5, 0, 0), KeyUsage: x509.KeyUsageCertSign, BasicConstraintsValid: true, IsCA: true}
}

// Leaf makes a key and a certificate for one purpose that hold a year around now, and the chain without the root.
func (a *Authority) Leaf(t testing.TB, name string, purpose asn1.ObjectIdentifier) (Key, []*x509.Certificate) {
	t.Helper()
	key := NewKey(t, name)
	c := make509(t, &x509.Certificate{SerialNumber: big.NewInt(3), Subject: pkix.Name{CommonName: name},
		NotBefore: a.now.AddDate(0, -6, 0), NotAfter: a.now.AddDate(0, 6, 0), KeyUsage: x509.KeyUsageDigitalSignature,
		UnknownExtKeyUsage: []asn1.ObjectIdentifier{purpose}, BasicConstraintsValid: true}, a.Issuing, key.Public(), a.key)
	return key, []*x509.Certificate{c, a.Issuing}
}

func make509(t testing.TB, template, parent *x509.Certificate, public crypto.PublicKey, signer crypto.Signer) *x509.Certificate {
	t.Helper()
	der, err := x509.CreateCertificate(zeros{}, template, parent, public, signer)
	if err != nil {
		t.Fatal(err)
	}
	c, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// zeros is a source for signers that want none.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// Purpose is an object identifier that only tests use.
func Purpose(n int) asn1.ObjectIdentifier { return asn1.ObjectIdentifier{2, 25, 1, n} }

var errPurpose = errors.New("vctest: another purpose")

// Only accepts certificates of one purpose.
func Only(purpose asn1.ObjectIdentifier) func(*x509.Certificate) error {
	return func(c *x509.Certificate) error {
		for _, p := range c.UnknownExtKeyUsage {
			if p.Equal(purpose) {
				return nil
			}
		}
		return errPurpose
	}
}
