package pades

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/asn1"
	"hash"
	"math/big"

	"github.com/emmansun/gmsm/sm2"
	"github.com/emmansun/gmsm/sm3"
	"github.com/emmansun/gmsm/smx509"
	"golang.org/x/crypto/cryptobyte"
	tag "golang.org/x/crypto/cryptobyte/asn1"
)

// suite is one way to digest and sign.
type suite struct {
	name      string
	digest    asn1.ObjectIdentifier
	signature asn1.ObjectIdentifier
	null      bool // the signature algorithm has NULL parameters
	named     bool // signing-certificate-v2 names the digest algorithm; SHA-256 is its default and is left out
	sum       func([]byte) []byte
	hash      func() hash.Hash
	longest   int // of a signature, in bytes
	// canonical returns the one form of a signature that is accepted, false when it is none.
	canonical func(signature []byte) ([]byte, bool)
	// holds checks a signature in its canonical form over message.
	holds func(key any, message, signature []byte) bool
}

// maxECDSA is the longest DER form of a signature on a curve of 256 bits: two integers of 33 bytes.
const maxECDSA = 2 + 2*(2+33)

// rsaBits is the one size of RSA keys that is offered.
const rsaBits = 3072

func sum256(b []byte) []byte {
	sum := sha256.Sum256(b)
	return sum[:]
}

func sumSM3(b []byte) []byte {
	sum := sm3.Sum(b)
	return sum[:]
}

func p256() *suite {
	return &suite{name: "ECDSA P-256", digest: oidSHA256(), signature: asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 3, 2}, sum: sum256, hash: sha256.New,
		longest: maxECDSA - 1, canonical: lowS,
		holds: func(key any, message, signature []byte) bool {
			k, ok := key.(*ecdsa.PublicKey)
			return ok && ecdsa.VerifyASN1(k, sum256(message), signature)
		}}
}

func rsa3072() *suite {
	return &suite{name: "RSA-3072", digest: oidSHA256(), signature: asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 1}, null: true,
		sum: sum256, hash: sha256.New,
		longest: rsaBits / 8, canonical: func(signature []byte) ([]byte, bool) { return signature, len(signature) == rsaBits/8 },
		holds: func(key any, message, signature []byte) bool {
			k, ok := key.(*rsa.PublicKey)
			return ok && rsa.VerifyPKCS1v15(k, crypto.SHA256, sum256(message), signature) == nil
		}}
}

// gmSM2 signs with SM2 and SM3 (GB/T 32918, GB/T 32905). The object identifier is that of signing with SM2; the one of
// "SM2 with SM3" is for certificates.
func gmSM2() *suite {
	return &suite{name: "SM2", digest: asn1.ObjectIdentifier{1, 2, 156, 10197, 1, 401}, signature: asn1.ObjectIdentifier{1, 2, 156, 10197, 1, 301, 1},
		named: true, sum: sumSM3, hash: sm3.New, longest: maxECDSA, canonical: twoIntegers,
		holds: func(key any, message, signature []byte) bool {
			k, ok := key.(*ecdsa.PublicKey)
			return ok && sm2.VerifyASN1WithSM2(k, nil, message, signature)
		}}
}

// suiteOf returns the suite of a public key, nil when none is offered for it.
func suiteOf(key any) *suite {
	switch k := key.(type) {
	case *ecdsa.PublicKey:
		switch {
		case k.Curve == elliptic.P256():
			return p256()
		case sm2.IsSM2PublicKey(k):
			return gmSM2()
		}
	case *rsa.PublicKey:
		if k.N.BitLen() == rsaBits {
			return rsa3072()
		}
	}
	return nil
}

// sign returns the canonical signature of message.
func (s *suite) sign(key crypto.Signer, random randomness, message []byte) ([]byte, error) {
	signed, opts := s.sum(message), crypto.SignerOpts(crypto.SHA256)
	if s.name == "SM2" { // hashes the message itself, behind the signer's identity
		signed, opts = message, sm2.NewSM2SignerOption(true, nil)
	}
	signature, err := key.Sign(random, signed, opts)
	if err != nil {
		return nil, err
	}
	canonical, ok := s.canonical(signature)
	if !ok {
		return nil, ErrKey.With("签名值的形式不正确")
	}
	return canonical, nil
}

// check checks a signature in its one canonical form.
func (s *suite) check(key any, message, signature []byte) bool {
	canonical, ok := s.canonical(signature)
	return ok && bytes.Equal(canonical, signature) && s.holds(key, message, signature)
}

// parseCertificate reads a certificate of any suite. The standard library does not know SM2.
func parseCertificate(raw []byte) (*x509.Certificate, error) {
	c, err := x509.ParseCertificate(raw)
	if err == nil {
		return c, nil
	}
	other, err := smx509.ParseCertificate(raw)
	if err != nil {
		return nil, err
	}
	return other.ToX509(), nil
}

// lowS returns the signature (r, min(s, n-s)): one message then has one signature of a given r, so that nobody can
// make a second file with the same valid seal.
func lowS(signature []byte) ([]byte, bool) {
	r, s, ok := integers(signature)
	if !ok {
		return nil, false
	}
	order := elliptic.P256().Params().N
	if other := new(big.Int).Sub(order, s); other.Cmp(s) < 0 {
		s = other
	}
	return pairOf(r, s)
}

// twoIntegers returns a signature in DER.
func twoIntegers(signature []byte) ([]byte, bool) {
	r, s, ok := integers(signature)
	if !ok {
		return nil, false
	}
	return pairOf(r, s)
}

func pairOf(r, s *big.Int) ([]byte, bool) {
	b, err := der(func(b *cryptobyte.Builder) {
		b.AddASN1(tag.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddASN1BigInt(r)
			b.AddASN1BigInt(s)
		})
	})
	return b, err == nil
}

// integers reads two positive numbers of at most 33 bytes each.
func integers(signature []byte) (r, s *big.Int, ok bool) {
	var seq cryptobyte.String
	in := cryptobyte.String(signature)
	r, s = new(big.Int), new(big.Int)
	ok = len(signature) <= maxECDSA && in.ReadASN1(&seq, tag.SEQUENCE) && in.Empty() && seq.ReadASN1Integer(r) && seq.ReadASN1Integer(s) && seq.Empty()
	return r, s, ok && r.Sign() > 0 && s.Sign() > 0
}
