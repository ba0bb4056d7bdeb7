// Package tsatest is a time stamp authority for tests. It signs with throw-away keys and can be told to misbehave.
package tsatest

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"io"
	"math/big"
	"net/http"
	"testing"
	"time"

	"github.com/digitorus/timestamp"
)

// Authority gives time stamps. Its fields may be changed between stamps, not during them.
type Authority struct {
	Root, Cert *x509.Certificate
	Now        time.Time // of the tokens
	Reject     bool      // answers with a refusal
	OtherNonce bool      // answers with another nonce
	OtherWord  bool      // stamps another message
	Bare       bool      // leaves its certificate out
	Chain      []*x509.Certificate
	Stamps     int // given so far

	key crypto.Signer
}

// New returns an authority under a root of its own whose certificate and tokens hold at now.
func New(t testing.TB, now time.Time) *Authority {
	t.Helper()
	return Made(t, now, func(*x509.Certificate) {})
}

// Made is New with an edited certificate.
func Made(t testing.TB, now time.Time, edit func(*x509.Certificate)) *Authority {
	t.Helper()
	root := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "时间戳根 TSA Root"}, NotBefore: now.AddDate(-1, 0, 0),
		NotAfter: now.AddDate(20, 0, 0), IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}
	rootKey, root := issue(t, root, nil, nil)
	purpose, err := asn1.Marshal([]asn1.ObjectIdentifier{{1, 3, 6, 1, 5, 5, 7, 3, 8}})
	check(t, err)
	own := &x509.Certificate{SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "时间戳 TSA"}, NotBefore: now.AddDate(-1, 0, 0),
		NotAfter: now.AddDate(10, 0, 0), KeyUsage: x509.KeyUsageDigitalSignature, BasicConstraintsValid: true,
		ExtraExtensions: []pkix.Extension{{Id: asn1.ObjectIdentifier{2, 5, 29, 37}, Critical: true, Value: purpose}}}
	edit(own)
	key, cert := issue(t, own, root, rootKey)
	return &Authority{Root: root, Cert: cert, Now: now, key: key}
}

func issue(t testing.TB, template, parent *x509.Certificate, by crypto.Signer) (crypto.Signer, *x509.Certificate) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	check(t, err)
	if parent == nil {
		parent, by = template, key
	}
	raw, err := x509.CreateCertificate(rand.Reader, template, parent, key.Public(), by)
	check(t, err)
	c, err := x509.ParseCertificate(raw)
	check(t, err)
	return key, c
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// Trust is the pool of the authority's root.
func (a *Authority) Trust() *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCert(a.Root)
	return pool
}

// Stamp returns a token over message without a nonce.
func (a *Authority) Stamp(_ context.Context, message []byte) ([]byte, error) {
	sum := sha256.Sum256(message)
	answer, err := a.answer(&timestamp.Request{HashAlgorithm: crypto.SHA256, HashedMessage: sum[:]})
	if err != nil {
		return nil, err
	}
	var r struct{ Status, Token asn1.RawValue }
	if _, err := asn1.Unmarshal(answer, &r); err != nil {
		return nil, err
	}
	return r.Token.FullBytes, nil
}

func (a *Authority) answer(r *timestamp.Request) ([]byte, error) {
	a.Stamps++
	if a.Reject {
		return timestamp.CreateErrorResponse(timestamp.Rejection, timestamp.SystemFailure)
	}
	s := timestamp.Timestamp{HashAlgorithm: r.HashAlgorithm, HashedMessage: r.HashedMessage, Time: a.Now.UTC(), Nonce: r.Nonce,
		Policy: asn1.ObjectIdentifier{1, 2, 3, 4, 1}, SerialNumber: big.NewInt(int64(a.Stamps)), AddTSACertificate: !a.Bare, Certificates: a.Chain}
	if a.OtherNonce {
		s.Nonce = big.NewInt(7)
	}
	if a.OtherWord {
		s.HashedMessage = make([]byte, 32)
	}
	return s.CreateResponseWithOpts(a.Cert, a.key, crypto.SHA256)
}

// ServeHTTP answers time stamp queries (RFC 3161 §3.4).
func (a *Authority) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	asked, err := io.ReadAll(io.LimitReader(r.Body, 1<<16))
	if err == nil && r.Header.Get("Content-Type") != "application/timestamp-query" {
		err = errors.New("not a time stamp query")
	}
	var answer []byte
	if err == nil {
		var q *timestamp.Request
		if q, err = timestamp.ParseRequest(asked); err == nil {
			answer, err = a.answer(q)
		}
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	w.Header().Set("Content-Type", "application/timestamp-reply")
	_, _ = w.Write(answer) // a client that went away is no matter
}
