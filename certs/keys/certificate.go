package keys

import (
	"crypto"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/hex"
	"fmt"
	"math/big"
	"strings"
	"time"

	"github.com/emmansun/gmsm/smx509"
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

// jwtSigning is the key purpose id-kp-jwt of RFC 9509.
func jwtSigning() asn1.ObjectIdentifier {
	return asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 3, 37}
}

// KeyID names a key in every artefact it signs: the first eight bytes of the SHA-256 digest of its
// SubjectPublicKeyInfo, as hexadecimal digits. A certificate's SubjectKeyId begins with the same bytes.
func KeyID(c *x509.Certificate) string {
	sum := sha256.Sum256(c.RawSubjectPublicKeyInfo)
	return hex.EncodeToString(sum[:8])
}

func rootTemplate(label string, now time.Time) *x509.Certificate {
	return &x509.Certificate{
		Subject:               subject(label, label+" 根证书 Root CA"),
		NotBefore:             now.Add(-backdate),
		NotAfter:              now.AddDate(rootYears, 0, 0),
		KeyUsage:              x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
		BasicConstraintsValid: true, IsCA: true, MaxPathLen: 1,
	}
}

func issuingTemplate(root *x509.Certificate, label string, now time.Time) *x509.Certificate {
	return &x509.Certificate{
		Subject:               subject(label, label+" 签发机构 Issuing CA"),
		NotBefore:             now.Add(-backdate),
		NotAfter:              earlier(now.AddDate(issuingYears, 0, 0), root.NotAfter),
		KeyUsage:              x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
		BasicConstraintsValid: true, IsCA: true, MaxPathLenZero: true,
	}
}

// term is when a certificate of a year may sign: from its first day, or a later one, to its last second.
type term struct {
	year int
	from time.Time // not before this; zero for the whole year
}

// yearTemplate begins a certificate for one year. It may begin before now, so that the first seal of a year never
// waits, but never before its issuer.
func yearTemplate(issuing *x509.Certificate, t term, now time.Time) (*x509.Certificate, error) {
	opens := time.Date(t.year, 1, 1, 0, 0, 0, 0, chinaTime())
	closes := opens.AddDate(1, 0, 0)
	if !opens.Before(issuing.NotAfter) || !closes.After(issuing.NotBefore) || now.After(issuing.NotAfter) || !closes.After(t.from) {
		return nil, ErrPeriod
	}
	return &x509.Certificate{
		NotBefore:             later(later(opens, issuing.NotBefore), t.from.Truncate(time.Second)),
		NotAfter:              earlier(closes.Add(-time.Second), issuing.NotAfter),
		KeyUsage:              x509.KeyUsageDigitalSignature,
		BasicConstraintsValid: true,
	}, nil
}

// sealTemplate is the certificate of a body's documents of one year.
func sealTemplate(issuing *x509.Certificate, b Body, t term, now time.Time) (*x509.Certificate, error) {
	c, err := yearTemplate(issuing, t, now)
	if err != nil {
		return nil, err
	}
	c.Subject = subject(b.Name, fmt.Sprintf("%s 证书专用章 %d", b.Name, t.year))
	c.Subject.OrganizationalUnit = []string{b.Filing}
	c.Subject.SerialNumber = fmt.Sprintf("%s-%d", b.Filing, t.year)
	c.KeyUsage |= x509.KeyUsageContentCommitment
	c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageEmailProtection}
	c.UnknownExtKeyUsage = []asn1.ObjectIdentifier{documentSigning()}
	return c, nil
}

// useTemplate is the certificate that signs status lists or offline codes of one year.
func useTemplate(issuing *x509.Certificate, u Use, t term, now time.Time) (*x509.Certificate, error) {
	c, err := yearTemplate(issuing, t, now)
	if err != nil {
		return nil, err
	}
	policy, err := u.policy()
	if err != nil {
		return nil, err
	}
	organisation := strings.Join(issuing.Subject.Organization, " ")
	c.Subject = subject(organisation, fmt.Sprintf("%s %s %d", organisation, u.title(), t.year))
	c.UnknownExtKeyUsage = []asn1.ObjectIdentifier{jwtSigning()}
	c.Policies = []x509.OID{policy}
	return c, nil
}

// certify signs template for the key, by parent or by itself when there is none.
func certify(parent *pair, template *x509.Certificate, key crypto.Signer) (*pair, error) {
	var err error
	if template.SerialNumber, err = serial(); err != nil {
		return nil, fmt.Errorf("make serial number: %w", err)
	}
	spki, err := smx509.MarshalPKIXPublicKey(key.Public())
	if err != nil {
		return nil, fmt.Errorf("make certificate: %w", err)
	}
	sum := sha256.Sum256(spki)
	template.SubjectKeyId = sum[:20]
	signer := &pair{key: key, cert: template}
	if parent != nil {
		signer = parent
	}
	raw, err := createCertificate(template, signer, key.Public())
	if err != nil {
		return nil, fmt.Errorf("make certificate: %w", err)
	}
	cert, err := parseCertificate(raw)
	if err != nil {
		return nil, fmt.Errorf("make certificate: %w", err)
	}
	return &pair{key: key, cert: cert}, nil
}

func createCertificate(template *x509.Certificate, by *pair, public crypto.PublicKey) ([]byte, error) {
	if algorithmOf(by.key.Public()) == SM2 {
		return smx509.CreateCertificate(rand.Reader, template, by.cert, public, by.key)
	}
	return x509.CreateCertificate(rand.Reader, template, by.cert, public, by.key)
}

// serial returns a random positive number of at most 127 bits (RFC 5280 §4.1.2.2 allows 20 bytes).
func serial() (*big.Int, error) { return rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127)) }

func subject(organisation, name string) pkix.Name {
	return pkix.Name{Country: []string{"CN"}, Organization: []string{clip(organisation)}, CommonName: clip(name)}
}

// Marked reports whether the name in a certificate says that it is a demonstration's: under a root that says so nothing has
// effect.
func Marked(name string) bool { return strings.HasPrefix(name, Mark) }

func marked(name string) string {
	if Marked(name) {
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
