package pades

import (
	"bytes"
	"crypto/x509"
	"encoding/asn1"

	"golang.org/x/crypto/cryptobyte"
	tag "golang.org/x/crypto/cryptobyte/asn1"
)

// Bounds of what a seal carries.
const (
	maxCerts    = 8
	maxUnsigned = 2
)

// envelope is what a CMS claims; nothing of it is proven yet.
type envelope struct {
	*frame
	digest, signature []byte
	token             []byte // time stamp, nil when there is none
	second            []byte // SM2 seal, nil when there is none
	length            int    // of the CMS
	longest           int    // that it could have with another signature by the same key
}

// readEnvelope takes a CMS apart and accepts it only when putting the parts together again gives the same bytes. That
// one comparison stands for every rule of form: DER, one signer, the three attributes and no other, the certificate
// named by signing-certificate-v2, no unsigned attribute but the two that are known, nothing behind the end.
func readEnvelope(cms []byte) (*envelope, error) {
	e, certs, unsigned, ok := splitEnvelope(cms)
	if !ok {
		return nil, ErrCMS
	}
	signer, chain, err := readCertificates(certs)
	if err != nil {
		return nil, err
	}
	if e.frame, err = newFrame(signer, chain); err != nil {
		return nil, err
	}
	kept, err := e.takeUnsigned(unsigned)
	if err != nil {
		return nil, err
	}
	again, err := e.envelope(e.digest, e.signature, kept...)
	if err != nil || !bytes.Equal(again, cms) {
		return nil, ErrCMS
	}
	e.length = len(cms)
	e.longest, err = e.measure(kept...)
	return e, err
}

func splitEnvelope(cms []byte) (e *envelope, certs, unsigned cryptobyte.String, ok bool) {
	in := cryptobyte.String(cms)
	var content, signed, infos, info, attributes, signature cryptobyte.String
	var present bool
	ok = in.ReadASN1(&content, tag.SEQUENCE) && content.SkipASN1(tag.OBJECT_IDENTIFIER) &&
		content.ReadASN1(&signed, explicit(0)) && signed.ReadASN1(&signed, tag.SEQUENCE) &&
		signed.SkipASN1(tag.INTEGER) && signed.SkipASN1(tag.SET) && signed.SkipASN1(tag.SEQUENCE) &&
		signed.ReadASN1(&certs, explicit(0)) && signed.ReadASN1(&infos, tag.SET) && infos.ReadASN1(&info, tag.SEQUENCE) &&
		info.SkipASN1(tag.INTEGER) && info.SkipASN1(tag.SEQUENCE) && info.SkipASN1(tag.SEQUENCE) &&
		info.ReadASN1(&attributes, explicit(0)) && info.SkipASN1(tag.SEQUENCE) &&
		info.ReadASN1(&signature, tag.OCTET_STRING) && info.ReadOptionalASN1(&unsigned, &present, explicit(1))
	if !ok {
		return nil, nil, nil, false
	}
	e = &envelope{digest: messageDigest(attributes), signature: signature}
	return e, certs, unsigned, len(e.digest) == 32
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

// takeUnsigned reads the unsigned attributes, each at most once, and returns them whole.
func (e *envelope) takeUnsigned(in cryptobyte.String) (kept [][]byte, err error) {
	for !in.Empty() {
		var whole, one, id, values, value cryptobyte.String
		if len(kept) == maxUnsigned || !in.ReadASN1Element(&whole, tag.SEQUENCE) {
			return nil, ErrCMS
		}
		kept, one = append(kept, whole), whole
		if !one.ReadASN1(&one, tag.SEQUENCE) || !one.ReadASN1Element(&id, tag.OBJECT_IDENTIFIER) || !one.ReadASN1(&values, tag.SET) ||
			!values.ReadASN1Element(&value, tag.SEQUENCE) || !values.Empty() || !one.Empty() {
			return nil, ErrCMS
		}
		switch {
		case bytes.Equal(id, stampID()) && e.token == nil:
			e.token = value
		case bytes.Equal(id, secondID()) && e.second == nil:
			e.second = value
		default:
			return nil, ErrCMS
		}
	}
	return kept, nil
}

// readCertificates reads the certificates: exactly one of them is no authority, and that is the signer's.
func readCertificates(in cryptobyte.String) (signer *x509.Certificate, chain []*x509.Certificate, err error) {
	for n := 0; !in.Empty(); n++ {
		var raw cryptobyte.String
		if n == maxCerts || !in.ReadASN1Element(&raw, tag.SEQUENCE) {
			return nil, nil, ErrCMS
		}
		c, err := parseCertificate(raw)
		switch {
		case err != nil, !c.IsCA && signer != nil:
			return nil, nil, ErrCMS
		case c.IsCA:
			chain = append(chain, c)
		default:
			signer = c
		}
	}
	if signer == nil {
		return nil, nil, ErrCMS
	}
	return signer, chain, nil
}

// verify checks digest and signature over what the seal covers, by its digest.
func (e *envelope) verify(covered []byte) error {
	if !bytes.Equal(covered, e.digest) {
		return ErrAltered
	}
	if !e.signed(e.digest, e.signature) {
		return ErrSignature
	}
	return nil
}
