package pades

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"crypto/x509"
	"encoding/asn1"
	"math/big"
	"slices"

	"golang.org/x/crypto/cryptobyte"
	tag "golang.org/x/crypto/cryptobyte/asn1"
)

func oidData() asn1.ObjectIdentifier        { return asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 1} }
func oidSignedData() asn1.ObjectIdentifier  { return asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 2} }
func oidContentType() asn1.ObjectIdentifier { return asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 3} }
func oidMessageDigest() asn1.ObjectIdentifier {
	return asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 4}
}
func oidSigningCert() asn1.ObjectIdentifier {
	return asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 2, 47}
}
func oidSHA256() asn1.ObjectIdentifier { return asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 1} }
func oidECDSA() asn1.ObjectIdentifier  { return asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 3, 2} }

// maxSignature is the longest DER form of a P-256 signature whose s is low: two integers of 33 and 32 bytes.
const maxSignature = 2 + (2 + 33) + (2 + 32)

// der runs f on a builder and returns what it wrote.
func der(f func(b *cryptobyte.Builder)) ([]byte, error) {
	b := cryptobyte.NewBuilder(nil)
	f(b)
	return b.Bytes()
}

// attribute is one CMS attribute with one value.
func attribute(id asn1.ObjectIdentifier, value cryptobyte.BuilderContinuation) ([]byte, error) {
	return der(func(b *cryptobyte.Builder) {
		b.AddASN1(tag.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddASN1ObjectIdentifier(id)
			b.AddASN1(tag.SET, value)
		})
	})
}

// signedAttributes returns the content of the SET of signed attributes in DER order: content-type, message-digest and
// signing-certificate-v2. PAdES forbids signing-time; the claimed time stands in the dictionary's /M.
func signedAttributes(signer *x509.Certificate, digest []byte) ([]byte, error) {
	contentType, err := attribute(oidContentType(), func(b *cryptobyte.Builder) { b.AddASN1ObjectIdentifier(oidData()) })
	if err != nil {
		return nil, err
	}
	messageDigest, err := attribute(oidMessageDigest(), func(b *cryptobyte.Builder) { b.AddASN1OctetString(digest) })
	if err != nil {
		return nil, err
	}
	signingCert, err := attribute(oidSigningCert(), func(b *cryptobyte.Builder) { addSigningCertificate(b, signer) })
	if err != nil {
		return nil, err
	}
	return inOrder(contentType, messageDigest, signingCert), nil
}

// addSigningCertificate writes SigningCertificateV2 (RFC 5035) naming one certificate. The hash algorithm is left out:
// SHA-256 is its default, and DER writes no defaults.
func addSigningCertificate(b *cryptobyte.Builder, c *x509.Certificate) {
	sum := sha256.Sum256(c.Raw)
	b.AddASN1(tag.SEQUENCE, func(b *cryptobyte.Builder) { // SigningCertificateV2
		b.AddASN1(tag.SEQUENCE, func(b *cryptobyte.Builder) { // certs
			b.AddASN1(tag.SEQUENCE, func(b *cryptobyte.Builder) { // ESSCertIDv2
				b.AddASN1OctetString(sum[:])
				b.AddASN1(tag.SEQUENCE, func(b *cryptobyte.Builder) { // IssuerSerial
					b.AddASN1(tag.SEQUENCE, func(b *cryptobyte.Builder) {
						b.AddASN1(tag.Tag(4).ContextSpecific().Constructed(), func(b *cryptobyte.Builder) { b.AddBytes(c.RawIssuer) })
					})
					b.AddASN1BigInt(c.SerialNumber)
				})
			})
		})
	})
}

// inOrder concatenates elements in the order DER asks of a SET OF.
func inOrder(elements ...[]byte) []byte {
	slices.SortFunc(elements, bytes.Compare)
	return bytes.Join(elements, nil)
}

// toSign returns the digest that the key signs: of the signed attributes as a SET.
func toSign(attributes []byte) ([]byte, error) {
	set, err := der(func(b *cryptobyte.Builder) {
		b.AddASN1(tag.SET, func(b *cryptobyte.Builder) { b.AddBytes(attributes) })
	})
	sum := sha256.Sum256(set)
	return sum[:], err
}

// signedData returns the one CMS that is right for these values: detached, one signer, its chain without the root.
func signedData(signer *x509.Certificate, chain []*x509.Certificate, attributes, signature []byte) ([]byte, error) {
	certs := [][]byte{signer.Raw}
	for _, c := range chain {
		certs = append(certs, c.Raw)
	}
	return der(func(b *cryptobyte.Builder) {
		b.AddASN1(tag.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddASN1ObjectIdentifier(oidSignedData())
			b.AddASN1(explicit(0), func(b *cryptobyte.Builder) {
				b.AddASN1(tag.SEQUENCE, func(b *cryptobyte.Builder) {
					b.AddASN1Int64(1)
					b.AddASN1(tag.SET, addAlgorithm(oidSHA256()))
					b.AddASN1(tag.SEQUENCE, func(b *cryptobyte.Builder) { b.AddASN1ObjectIdentifier(oidData()) })
					b.AddASN1(explicit(0), func(b *cryptobyte.Builder) { b.AddBytes(inOrder(certs...)) })
					b.AddASN1(tag.SET, func(b *cryptobyte.Builder) { addSignerInfo(b, signer, attributes, signature) })
				})
			})
		})
	})
}

func addSignerInfo(b *cryptobyte.Builder, signer *x509.Certificate, attributes, signature []byte) {
	b.AddASN1(tag.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1Int64(1)
		b.AddASN1(tag.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddBytes(signer.RawIssuer)
			b.AddASN1BigInt(signer.SerialNumber)
		})
		addAlgorithm(oidSHA256())(b)
		b.AddASN1(explicit(0), func(b *cryptobyte.Builder) { b.AddBytes(attributes) })
		addAlgorithm(oidECDSA())(b)
		b.AddASN1OctetString(signature)
	})
}

func addAlgorithm(id asn1.ObjectIdentifier) cryptobyte.BuilderContinuation {
	return func(b *cryptobyte.Builder) {
		b.AddASN1(tag.SEQUENCE, func(b *cryptobyte.Builder) { b.AddASN1ObjectIdentifier(id) })
	}
}

func explicit(n uint8) tag.Tag { return tag.Tag(n).ContextSpecific().Constructed() }

// lowS returns the signature (r, min(s, n-s)): one message then has one signature of a given r, so that nobody can
// make a second file with the same valid seal.
func lowS(signature []byte) ([]byte, error) {
	r, s, ok := integers(signature)
	if !ok {
		return nil, ErrKey.With("签名值的形式不正确")
	}
	order := elliptic.P256().Params().N
	if other := new(big.Int).Sub(order, s); other.Cmp(s) < 0 {
		s = other
	}
	return der(func(b *cryptobyte.Builder) {
		b.AddASN1(tag.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddASN1BigInt(r)
			b.AddASN1BigInt(s)
		})
	})
}

func integers(signature []byte) (r, s *big.Int, ok bool) {
	var seq cryptobyte.String
	in := cryptobyte.String(signature)
	r, s = new(big.Int), new(big.Int)
	ok = in.ReadASN1(&seq, tag.SEQUENCE) && in.Empty() && seq.ReadASN1Integer(r) && seq.ReadASN1Integer(s) && seq.Empty()
	return r, s, ok
}

// signatureHolds checks a signature in its one canonical form.
func signatureHolds(key *ecdsa.PublicKey, digest, signature []byte) bool {
	canonical, err := lowS(signature)
	return err == nil && bytes.Equal(canonical, signature) && ecdsa.VerifyASN1(key, digest, signature)
}
