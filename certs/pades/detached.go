package pades

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"time"
)

// Statement is what a detached signature is asked about: the bytes that were signed by their SHA-256 digest, and when the
// signer says that it was.
type Statement struct {
	Digest  [sha256.Size]byte
	Claimed time.Time
}

// SignDetached returns a CMS in DER (RFC 5652, application/pkcs7-signature) over a digest of something that is kept beside
// it, by the key of the seal: the same attributes as a sealed document, without a time stamp and without a second seal. Any
// CMS program checks it by the root, for example openssl cms -verify -binary -inform DER -content FILE.
func (s *Sealer) SignDetached(st Statement) ([]byte, error) {
	if s.name != p256().name && s.name != rsa3072().name {
		return nil, ErrKey.With("只支持P-256、RSA-3072")
	}
	if !s.Holds(st.Claimed) {
		return nil, ErrExpired
	}
	signature, err := s.sign(s.key, rand.Reader, st.Digest[:])
	if err != nil {
		return nil, err
	}
	return s.envelope(st.Digest[:], signature)
}

// VerifyDetached accepts a CMS that is, in every byte, what SignDetached makes over the digest, under trust, and says who
// signed. The chain is judged at the claimed time, which is the signer's word: without a proof in o a key that was revoked
// since for a compromise speaks against every statement. Report.Digest is that of the statement.
func VerifyDetached(st Statement, cms []byte, trust *x509.CertPool, o Options) (*Report, error) {
	e, err := readEnvelope(cms)
	if err != nil {
		return nil, err
	}
	if e.token != nil || e.second != nil || e.name == gmSM2().name {
		return nil, ErrCMS
	}
	if err := e.verify(st.Digest[:]); err != nil {
		return nil, err
	}
	r := &Report{Signer: e.signer, Claimed: st.Claimed, Digest: hex.EncodeToString(st.Digest[:])}
	if err := e.judge(r, trust, o); err != nil {
		return nil, err
	}
	return r, r.notRevoked(nil, o)
}
