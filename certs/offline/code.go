package offline

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"fmt"
	"io"
	"strings"

	"github.com/veraison/go-cose"
)

// KeyID names a public key: the first 8 bytes of the SHA-256 of its SubjectPublicKeyInfo.
type KeyID [8]byte

func (k KeyID) String() string { return hex.EncodeToString(k[:]) }

// KeyIDOf is the id of a P-256 key, or ErrSigner.
func KeyIDOf(public crypto.PublicKey) (KeyID, error) {
	p, ok := public.(*ecdsa.PublicKey)
	if !ok || p.Curve != elliptic.P256() {
		return KeyID{}, ErrSigner.With("不是 P-256 密钥")
	}
	spki, err := x509.MarshalPKIXPublicKey(p)
	if err != nil {
		return KeyID{}, fmt.Errorf("name key: %w", err)
	}
	sum := sha256.Sum256(spki)
	return KeyID(sum[:8]), nil
}

// Encode writes and signs a code. ErrClaims names a claim that it cannot hold, ErrSigner a key that is not P-256.
func Encode(c Claims, signer crypto.Signer) (string, error) {
	payload, err := encodeClaims(c)
	if err != nil {
		return "", err
	}
	id, err := KeyIDOf(signer.Public())
	if err != nil {
		return "", err
	}
	s, err := cose.NewSigner(cose.AlgorithmES256, hashed{signer})
	if err != nil {
		return "", ErrSigner
	}
	m := message(id, payload)
	if err = m.Sign(rand.Reader, nil, s); err != nil {
		return "", fmt.Errorf("sign offline code: %w", err)
	}
	raw, err := m.MarshalCBOR()
	if err != nil {
		return "", fmt.Errorf("encode offline code: %w", err)
	}
	return Prefix + base45(raw), nil
}

// hashed tells a key what it signs, which go-cose does not and keys in devices may ask for.
type hashed struct{ crypto.Signer }

// Sign implements crypto.Signer.
func (h hashed) Sign(rand io.Reader, digest []byte, _ crypto.SignerOpts) ([]byte, error) {
	return h.Signer.Sign(rand, digest, crypto.SHA256)
}

func message(id KeyID, payload []byte) *cose.Sign1Message {
	m := cose.NewSign1Message()
	m.Headers.Protected = cose.ProtectedHeader{
		cose.HeaderLabelAlgorithm: cose.AlgorithmES256,
		cose.HeaderLabelKeyID:     id[:],
	}
	m.Payload = payload
	return m
}

// signatureBytes are r and s of P-256 (RFC 9053 §2.1).
const signatureBytes = 64

// Code is a text that was read. Nothing in it may be believed before Verify.
type Code struct {
	Claims Claims
	Key    KeyID

	message *cose.Sign1Message
}

// Decode reads a text, or ErrCode. It accepts exactly what Encode writes.
func Decode(text string) (*Code, error) {
	encoded, ok := strings.CutPrefix(text, Prefix)
	if !ok || len(text) > maxText {
		return nil, ErrCode
	}
	raw, ok := unbase45(encoded)
	if !ok {
		return nil, ErrCode
	}
	var read cose.Sign1Message
	if read.UnmarshalCBOR(raw) != nil {
		return nil, ErrCode
	}
	id, ok := read.Headers.Protected[cose.HeaderLabelKeyID].([]byte)
	if !ok || len(id) != len(KeyID{}) || len(read.Signature) != signatureBytes {
		return nil, ErrCode
	}
	c := &Code{Key: KeyID(id)}
	var err error
	if c.Claims, err = decodeClaims(read.Payload); err != nil {
		return nil, err
	}
	if c.message, ok = rebuild(c, read.Signature, raw); !ok {
		return nil, ErrCode
	}
	return c, nil
}

// rebuild writes again what was read: only if that gives the same bytes was there nothing else in them.
func rebuild(c *Code, signature, raw []byte) (*cose.Sign1Message, bool) {
	payload, err := encodeClaims(c.Claims)
	if err != nil {
		return nil, false
	}
	m := message(c.Key, payload)
	m.Signature = signature
	again, err := m.MarshalCBOR()
	return m, err == nil && bytes.Equal(again, raw)
}

// Verify reports whether the holder of a key signed the code: ErrKey for another key than the code names, ErrSignature
// for a signature that does not hold.
func (c *Code) Verify(public crypto.PublicKey) error {
	id, err := KeyIDOf(public)
	if err != nil || id != c.Key {
		return ErrKey
	}
	v, err := cose.NewVerifier(cose.AlgorithmES256, public)
	if err != nil {
		return ErrKey
	}
	if c.message.Verify(nil, v) != nil {
		return ErrSignature
	}
	return nil
}

// Verify reads a text and checks it against the keys that are trusted, and gives the certificate of the key that
// signed. Whether that certificate may sign such codes is decided by whoever fills keys; it may have expired since,
// for the codes do not. ErrCode, ErrKey or ErrSignature otherwise.
func Verify(text string, keys map[KeyID]*x509.Certificate) (*Code, *x509.Certificate, error) {
	c, err := Decode(text)
	if err != nil {
		return nil, nil, err
	}
	cert, ok := keys[c.Key]
	if !ok || cert == nil {
		return nil, nil, ErrKey
	}
	if err = c.Verify(cert.PublicKey); err != nil {
		return nil, nil, err
	}
	return c, cert, nil
}
