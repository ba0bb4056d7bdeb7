package vcjwt

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"fmt"

	"github.com/go-jose/go-jose/v4"
	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

const (
	typ        = "vc+jwt"
	cty        = "vc"
	fieldBytes = 32 // of a coordinate of P-256
)

// KeyID names a public key: the first 8 bytes of the SHA-256 of its SubjectPublicKeyInfo, in hex. The offline codes
// name keys by the same bytes.
func KeyID(cert *x509.Certificate) string {
	sum := sha256.Sum256(cert.RawSubjectPublicKeyInfo)
	return hex.EncodeToString(sum[:8])
}

// Sign secures payload. chain begins with the signer's certificate, ends before the root, and has at most four members;
// the key is P-256. The result is ASCII.
func Sign(payload []byte, signer crypto.Signer, chain []*x509.Certificate) ([]byte, error) {
	if err := matches(signer, chain); err != nil {
		return nil, err
	}
	options := (&jose.SignerOptions{}).WithType(typ).WithContentType(cty).WithHeader("kid", KeyID(chain[0])).WithHeader("x5c", encodeChain(chain))
	s, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: opaque{signer}}, options)
	if err != nil {
		return nil, fmt.Errorf("sign credential: %w", err)
	}
	signed, err := s.Sign(payload)
	if err != nil {
		return nil, fmt.Errorf("sign credential: %w", err)
	}
	text, err := signed.CompactSerialize()
	if err != nil {
		return nil, fmt.Errorf("sign credential: %w", err)
	}
	if len(text) > MaxSize {
		return nil, ErrSigner.With("凭证过大：%d 字节", len(text))
	}
	return []byte(text), nil
}

// matches reports whether what signer signs can be read by Open.
func matches(signer crypto.Signer, chain []*x509.Certificate) error {
	if len(chain) == 0 || len(chain) > maxChain {
		return ErrSigner.With("证书链有 %d 份证书", len(chain))
	}
	public, ok := signer.Public().(*ecdsa.PublicKey)
	if !ok || public.Curve != elliptic.P256() || !public.Equal(chain[0].PublicKey) {
		return ErrSigner.With("首份证书不是签名密钥的证书")
	}
	for i, c := range chain {
		if bytes.Equal(c.RawIssuer, c.RawSubject) {
			return ErrSigner.With("证书链中不应有根证书")
		}
		if i > 0 && chain[i-1].CheckSignatureFrom(c) != nil {
			return ErrSigner.With("证书链第 %d 份证书不是前一份的签发者", i+1)
		}
	}
	return nil
}

func encodeChain(chain []*x509.Certificate) []string {
	out := make([]string, len(chain))
	for i, c := range chain {
		out[i] = base64.StdEncoding.EncodeToString(c.Raw)
	}
	return out
}

// opaque lets a key sign that may lie in a device.
type opaque struct{ signer crypto.Signer }

func (o opaque) Public() *jose.JSONWebKey { return &jose.JSONWebKey{Key: o.signer.Public()} }

func (o opaque) Algs() []jose.SignatureAlgorithm { return []jose.SignatureAlgorithm{jose.ES256} }

// SignPayload turns the DER form of crypto.Signer into the fixed one of RFC 7518 §3.4.
func (o opaque) SignPayload(payload []byte, _ jose.SignatureAlgorithm) ([]byte, error) {
	sum := sha256.Sum256(payload)
	der, err := o.signer.Sign(rand.Reader, sum[:], crypto.SHA256)
	if err != nil {
		return nil, err
	}
	var inner cryptobyte.String
	input := cryptobyte.String(der)
	var r, s []byte
	if !input.ReadASN1(&inner, asn1.SEQUENCE) || !input.Empty() ||
		!inner.ReadASN1Integer(&r) || !inner.ReadASN1Integer(&s) || !inner.Empty() || len(r) > fieldBytes || len(s) > fieldBytes {
		return nil, ErrSigner.With("密钥给出的签名不是 ECDSA P-256 签名")
	}
	out := make([]byte, 2*fieldBytes)
	copy(out[fieldBytes-len(r):], r)
	copy(out[2*fieldBytes-len(s):], s)
	return out, nil
}
