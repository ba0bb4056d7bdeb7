package pades

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"crypto/x509"
	"encoding/asn1"

	"golang.org/x/crypto/cryptobyte"
	tag "golang.org/x/crypto/cryptobyte/asn1"
)

// maxCerts bounds the certificates carried in a seal.
const maxCerts = 8

// envelope is what a CMS claims; nothing of it is proven yet.
type envelope struct {
	signer    *x509.Certificate
	chain     []*x509.Certificate
	digest    []byte
	signature []byte
}

// readEnvelope takes a CMS apart and accepts it only when putting the parts together again gives the same bytes. That
// one comparison stands for every rule of form: DER, one signer, the three attributes and no other, the certificate
// named by signing-certificate-v2, no unsigned attributes, nothing behind the end.
func readEnvelope(cms []byte) (*envelope, error) {
	e, certs, ok := splitEnvelope(cms)
	if !ok {
		return nil, ErrCMS
	}
	if err := e.takeCertificates(certs); err != nil {
		return nil, err
	}
	attributes, err := signedAttributes(e.signer, e.digest)
	if err != nil {
		return nil, ErrCMS
	}
	again, err := signedData(e.signer, e.chain, attributes, e.signature)
	if err != nil || !bytes.Equal(again, cms) {
		return nil, ErrCMS
	}
	return e, nil
}

func splitEnvelope(cms []byte) (e *envelope, certs cryptobyte.String, ok bool) {
	in := cryptobyte.String(cms)
	var content, signed, infos, info, attributes, signature cryptobyte.String
	ok = in.ReadASN1(&content, tag.SEQUENCE) && content.SkipASN1(tag.OBJECT_IDENTIFIER) &&
		content.ReadASN1(&signed, explicit(0)) && signed.ReadASN1(&signed, tag.SEQUENCE) &&
		signed.SkipASN1(tag.INTEGER) && signed.SkipASN1(tag.SET) && signed.SkipASN1(tag.SEQUENCE) &&
		signed.ReadASN1(&certs, explicit(0)) && signed.ReadASN1(&infos, tag.SET) && infos.ReadASN1(&info, tag.SEQUENCE) &&
		info.SkipASN1(tag.INTEGER) && info.SkipASN1(tag.SEQUENCE) && info.SkipASN1(tag.SEQUENCE) &&
		info.ReadASN1(&attributes, explicit(0)) && info.SkipASN1(tag.SEQUENCE) &&
		info.ReadASN1(&signature, tag.OCTET_STRING)
	if !ok {
		return nil, nil, false
	}
	return &envelope{digest: messageDigest(attributes), signature: signature}, certs, true
}

// messageDigest returns the value of the message-digest attribute, nil when there is none.
func messageDigest(attributes cryptobyte.String) []byte {
	for !attributes.Empty() {
		var one, values, value cryptobyte.String
		var id asn1.ObjectIdentifier
		if !attributes.ReadASN1(&one, tag.SEQUENCE) || !one.ReadASN1ObjectIdentifier(&id) || !one.ReadASN1(&values, tag.SET) {
			return nil
		}
		if id.Equal(oidMessageDigest()) && values.ReadASN1(&value, tag.OCTET_STRING) {
			return value
		}
	}
	return nil
}

// takeCertificates reads the certificates: exactly one of them is no authority, and that is the signer's.
func (e *envelope) takeCertificates(in cryptobyte.String) error {
	for n := 0; !in.Empty(); n++ {
		var raw cryptobyte.String
		if n == maxCerts || !in.ReadASN1Element(&raw, tag.SEQUENCE) {
			return ErrCMS
		}
		c, err := x509.ParseCertificate(raw)
		switch {
		case err != nil, !c.IsCA && e.signer != nil:
			return ErrCMS
		case c.IsCA:
			e.chain = append(e.chain, c)
		default:
			e.signer = c
		}
	}
	if e.signer == nil {
		return ErrCMS
	}
	return nil
}

// verify checks digest and signature over what the seal covers.
func (e *envelope) verify(covered ...[]byte) error {
	h := sha256.New()
	for _, part := range covered {
		_, _ = h.Write(part) // a hash never fails
	}
	if !bytes.Equal(h.Sum(nil), e.digest) {
		return ErrAltered
	}
	return e.signed()
}

// signed checks the signature over the digest that the seal claims.
func (e *envelope) signed() error {
	key, ok := e.signer.PublicKey.(*ecdsa.PublicKey)
	if !ok || key.Curve != elliptic.P256() {
		return ErrUsage
	}
	attributes, err := signedAttributes(e.signer, e.digest)
	if err != nil {
		return ErrCMS
	}
	digest, err := toSign(attributes)
	if err != nil || !signatureHolds(key, digest, e.signature) {
		return ErrSignature
	}
	return nil
}
