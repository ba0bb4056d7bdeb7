package keys

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"fmt"
	"math/big"
	"strings"
	"time"
)

// How long certificates hold. The root outlives everything that hangs under it.
const (
	rootYears    = 20
	issuingYears = 10
	backdate     = 24 * time.Hour // for machines whose clocks are behind
	maxName      = 64             // characters, ub-common-name and ub-organization-name of X.520
)

// chinaTime counts the calendar year that a seal certificate serves: China keeps one zone without summer time.
func chinaTime() *time.Location { return time.FixedZone("CST", 8*60*60) }

// Year is the calendar year whose seal holds at an instant.
func Year(at time.Time) int { return at.In(chinaTime()).Year() }

// documentSigning is the key purpose of RFC 9336.
func documentSigning() asn1.ObjectIdentifier {
	return asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 3, 36}
}

func makeRoot(label string, now time.Time) (*pair, error) {
	return issue(nil, &x509.Certificate{
		Subject:               subject(label, label+" 根证书 Root CA"),
		NotBefore:             now.Add(-backdate),
		NotAfter:              now.AddDate(rootYears, 0, 0),
		KeyUsage:              x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
		BasicConstraintsValid: true, IsCA: true, MaxPathLen: 1,
	})
}

func makeIssuing(root *pair, label string, now time.Time) (*pair, error) {
	return issue(root, &x509.Certificate{
		Subject:               subject(label, label+" 签发机构 Issuing CA"),
		NotBefore:             now.Add(-backdate),
		NotAfter:              earlier(now.AddDate(issuingYears, 0, 0), root.cert.NotAfter),
		KeyUsage:              x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
		BasicConstraintsValid: true, IsCA: true, MaxPathLenZero: true,
	})
}

// makeSeal certifies a key for the body's documents of one year. It may begin before now, so that the first seal of
// a year never waits, but never before its issuer.
func makeSeal(issuing *pair, b Body, demo bool, year int, now time.Time) (*pair, error) {
	opens := time.Date(year, 1, 1, 0, 0, 0, 0, chinaTime())
	closes := opens.AddDate(1, 0, 0)
	if !opens.Before(issuing.cert.NotAfter) || !closes.After(issuing.cert.NotBefore) || now.After(issuing.cert.NotAfter) {
		return nil, ErrPeriod
	}
	name := b.Name
	if demo {
		name = marked(name)
	}
	s := subject(name, fmt.Sprintf("%s 证书专用章 %d", name, year))
	s.OrganizationalUnit = []string{b.Filing}
	s.SerialNumber = fmt.Sprintf("%s-%d", b.Filing, year)
	return issue(issuing, &x509.Certificate{
		Subject:               s,
		NotBefore:             later(opens, issuing.cert.NotBefore),
		NotAfter:              earlier(closes.Add(-time.Second), issuing.cert.NotAfter),
		KeyUsage:              x509.KeyUsageDigitalSignature | x509.KeyUsageContentCommitment,
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageEmailProtection},
		UnknownExtKeyUsage:    []asn1.ObjectIdentifier{documentSigning()},
		BasicConstraintsValid: true,
	})
}

// issue makes a P-256 key and a certificate for it, signed by parent, or by itself when there is none.
func issue(parent *pair, template *x509.Certificate) (*pair, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("make key: %w", err)
	}
	if template.SerialNumber, err = serial(); err != nil {
		return nil, fmt.Errorf("make serial number: %w", err)
	}
	signer := &pair{key: key, cert: template}
	if parent != nil {
		signer = parent
	}
	raw, err := x509.CreateCertificate(rand.Reader, template, signer.cert, key.Public(), signer.key)
	if err != nil {
		return nil, fmt.Errorf("make certificate: %w", err)
	}
	cert, err := x509.ParseCertificate(raw)
	if err != nil {
		return nil, fmt.Errorf("make certificate: %w", err)
	}
	return &pair{key: key, cert: cert}, nil
}

// serial returns a random positive number of at most 127 bits (RFC 5280 §4.1.2.2 allows 20 bytes).
func serial() (*big.Int, error) { return rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127)) }

func subject(organisation, name string) pkix.Name {
	return pkix.Name{Country: []string{"CN"}, Organization: []string{clip(organisation)}, CommonName: clip(name)}
}

func marked(name string) string {
	if strings.HasPrefix(name, Mark) {
		return name
	}
	return Mark + " " + name
}

func clip(s string) string {
	if r := []rune(s); len(r) > maxName {
		return string(r[:maxName])
	}
	return s
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
