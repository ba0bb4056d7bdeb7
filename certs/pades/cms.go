package pades

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"encoding/asn1"
	"io"
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

// randomness is where signatures take their random numbers from.
type randomness = io.Reader

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

// frame is what all seals of one certificate have in common, made once.
type frame struct {
	*suite
	signer     *x509.Certificate
	chain      []*x509.Certificate
	attributes []byte // the SET of signed attributes in DER, with zeros for the digest
	digestAt   int    // where the digest belongs in attributes
	certs      []byte // the certificates in DER order
}

// newFrame fits signer and chain to the suite of the signer's key.
func newFrame(signer *x509.Certificate, chain []*x509.Certificate) (*frame, error) {
	f := &frame{suite: suiteOf(signer.PublicKey), signer: signer, chain: slices.Clone(chain)}
	if f.suite == nil {
		return nil, ErrUsage
	}
	certs := [][]byte{signer.Raw}
	for _, c := range chain {
		certs = append(certs, c.Raw)
	}
	f.certs = inOrder(certs...)
	return f, f.makeAttributes()
}

// makeAttributes lays out content-type, message-digest and signing-certificate-v2 in the order of DER, which does not
// depend on the digest: no two begin alike. PAdES forbids signing-time; the claimed time stands in the dictionary's /M.
func (f *frame) makeAttributes() error {
	contentType, err := attribute(oidContentType(), func(b *cryptobyte.Builder) { b.AddASN1ObjectIdentifier(oidData()) })
	if err != nil {
		return err
	}
	messageDigest, err := attribute(oidMessageDigest(), func(b *cryptobyte.Builder) { b.AddASN1OctetString(make([]byte, 32)) })
	if err != nil {
		return err
	}
	signingCert, err := attribute(oidSigningCert(), f.addSigningCertificate)
	if err != nil {
		return err
	}
	content := inOrder(contentType, messageDigest, signingCert)
	f.attributes, err = der(func(b *cryptobyte.Builder) { b.AddASN1(tag.SET, func(b *cryptobyte.Builder) { b.AddBytes(content) }) })
	f.digestAt = bytes.Index(f.attributes, messageDigest) + len(messageDigest) - 32
	return err
}

// addSigningCertificate writes SigningCertificateV2 (RFC 5035) naming the signer.
func (f *frame) addSigningCertificate(b *cryptobyte.Builder) {
	c := f.signer
	b.AddASN1(tag.SEQUENCE, func(b *cryptobyte.Builder) { // SigningCertificateV2
		b.AddASN1(tag.SEQUENCE, func(b *cryptobyte.Builder) { // certs
			b.AddASN1(tag.SEQUENCE, func(b *cryptobyte.Builder) { // ESSCertIDv2
				if f.named {
					addAlgorithm(f.digest, false)(b)
				}
				b.AddASN1OctetString(f.sum(c.Raw))
				b.AddASN1(tag.SEQUENCE, func(b *cryptobyte.Builder) { // IssuerSerial
					b.AddASN1(tag.SEQUENCE, func(b *cryptobyte.Builder) {
						b.AddASN1(explicit(4), func(b *cryptobyte.Builder) { b.AddBytes(c.RawIssuer) })
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

// toSign returns what the key signs: the signed attributes, as a SET, around a digest of 32 bytes.
func (f *frame) toSign(digest []byte) []byte {
	b := bytes.Clone(f.attributes)
	copy(b[f.digestAt:f.digestAt+32], digest)
	return b
}

// sign returns the signature for a digest of the covered bytes.
func (f *frame) sign(key crypto.Signer, random randomness, digest []byte) ([]byte, error) {
	return f.suite.sign(key, random, f.toSign(digest))
}

// signed checks the signature over a digest.
func (f *frame) signed(digest, signature []byte) bool {
	return len(digest) == 32 && f.check(f.signer.PublicKey, f.toSign(digest), signature)
}

// envelope returns the one CMS that is right for these values: detached, one signer, its chain without the root.
// unsigned are whole attributes.
func (f *frame) envelope(digest, signature []byte, unsigned ...[]byte) ([]byte, error) {
	return der(func(b *cryptobyte.Builder) {
		b.AddASN1(tag.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddASN1ObjectIdentifier(oidSignedData())
			b.AddASN1(explicit(0), func(b *cryptobyte.Builder) {
				b.AddASN1(tag.SEQUENCE, func(b *cryptobyte.Builder) {
					b.AddASN1Int64(1)
					b.AddASN1(tag.SET, addAlgorithm(f.digest, false))
					b.AddASN1(tag.SEQUENCE, func(b *cryptobyte.Builder) { b.AddASN1ObjectIdentifier(oidData()) })
					b.AddASN1(explicit(0), func(b *cryptobyte.Builder) { b.AddBytes(f.certs) })
					b.AddASN1(tag.SET, func(b *cryptobyte.Builder) { f.addSignerInfo(b, digest, signature, unsigned) })
				})
			})
		})
	})
}

func (f *frame) addSignerInfo(b *cryptobyte.Builder, digest, signature []byte, unsigned [][]byte) {
	b.AddASN1(tag.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1Int64(1)
		b.AddASN1(tag.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddBytes(f.signer.RawIssuer)
			b.AddASN1BigInt(f.signer.SerialNumber)
		})
		addAlgorithm(f.digest, false)(b)
		attributes := f.toSign(digest)
		attributes[0] = byte(explicit(0)) // IMPLICIT in the SignerInfo, a SET where it is signed (RFC 5652 §5.4)
		b.AddBytes(attributes)
		addAlgorithm(f.signature, f.null)(b)
		b.AddASN1OctetString(signature)
		if len(unsigned) > 0 {
			b.AddASN1(explicit(1), func(b *cryptobyte.Builder) { b.AddBytes(inOrder(unsigned...)) })
		}
	})
}

// measure returns the bytes of the longest CMS with these unsigned attributes: only the signature's length varies.
func (f *frame) measure(unsigned ...[]byte) (int, error) {
	cms, err := f.envelope(make([]byte, 32), make([]byte, f.longest), unsigned...)
	return len(cms), err
}

func addAlgorithm(id asn1.ObjectIdentifier, null bool) cryptobyte.BuilderContinuation {
	return func(b *cryptobyte.Builder) {
		b.AddASN1(tag.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddASN1ObjectIdentifier(id)
			if null {
				b.AddASN1NULL()
			}
		})
	}
}

func explicit(n uint8) tag.Tag { return tag.Tag(n).ContextSpecific().Constructed() }
