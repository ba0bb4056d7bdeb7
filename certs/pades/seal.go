package pades

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"fmt"
	"slices"
	"time"
)

// Bounds of what the caller puts beside the document.
const (
	MaxClaims = 8 << 10   // bytes
	MaxReason = 200       // bytes
	MaxMap    = 512 << 10 // bytes
)

// Input is one document to seal.
type Input struct {
	PDF       []byte // one revision with a classic cross-reference table, as gofpdf writes it
	ToUnicode []byte // replaces the character map of FontName, so that copied text is right; empty keeps gofpdf's
	FontName  string // base font, with or without gofpdf's prefix "utf8"
	Reason    string // shown by readers; may be empty
	Claims    []byte // opaque here, covered by the seal; may be empty
}

// Sealer signs documents with one key. Safe for concurrent use when the key is.
type Sealer struct {
	key    crypto.Signer
	signer *x509.Certificate
	chain  []*x509.Certificate
}

// NewSealer returns a sealer for a P-256 key, its certificate and the authorities between it and the root, which is
// left out. The key may live in a device: only crypto.Signer is asked of it.
func NewSealer(key crypto.Signer, signer *x509.Certificate, chain ...*x509.Certificate) (*Sealer, error) {
	public, ok := key.Public().(*ecdsa.PublicKey)
	switch {
	case !ok, public.Curve != elliptic.P256():
		return nil, ErrKey.With("只支持P-256")
	case !public.Equal(signer.PublicKey):
		return nil, ErrKey.With("密钥与证书不对应")
	case signer.IsCA, usable(signer) != nil:
		return nil, ErrKey.With("证书不能用于签署文件")
	case len(chain) >= maxCerts:
		return nil, ErrKey.With("证书链过长")
	}
	return &Sealer{key: key, signer: signer, chain: slices.Clone(chain)}, nil
}

// Holds reports whether the certificate of the seal is in force at an instant: what is sealed at another is refused by
// Verify.
func (s *Sealer) Holds(at time.Time) bool {
	at = at.Truncate(time.Second) // as it will stand in the file
	return !at.Before(s.signer.NotBefore) && !at.After(s.signer.NotAfter)
}

// Seal returns d.PDF with one update behind it that holds the signature; at is the claimed time, whole seconds count.
func (s *Sealer) Seal(d Input, at time.Time) ([]byte, error) {
	u, doc, err := s.plan(d, at)
	if err != nil {
		return nil, err
	}
	if u.reserve, err = s.measure(); err != nil {
		return nil, err
	}
	f, err := doc.compose(u)
	if err != nil {
		return nil, err
	}
	before, behind := f.covered()
	h := sha256.New()
	h.Write(before)
	h.Write(behind)
	cms, err := s.sign(h.Sum(nil))
	if err != nil {
		return nil, err
	}
	if err := f.fill(cms); err != nil {
		return nil, err
	}
	if len(f.out) > MaxFile {
		return nil, ErrTooLarge
	}
	return f.out, nil
}

func (s *Sealer) plan(d Input, at time.Time) (u update, doc *document, err error) {
	if len(d.PDF) > MaxFile || len(d.Claims) > MaxClaims || len(d.Reason) > MaxReason || len(d.ToUnicode) > MaxMap {
		return u, nil, ErrTooLarge
	}
	if doc, err = readDocument(d.PDF); err != nil {
		return u, nil, err
	}
	u = update{at: at, reason: d.Reason, claims: d.Claims}
	if len(d.ToUnicode) > 0 {
		u.characters = d.ToUnicode
		u.mapObject, err = doc.characterMap(d.FontName)
	}
	return u, doc, err
}

// measure returns the bytes of the longest CMS this sealer writes: only the signature's length varies.
func (s *Sealer) measure() (int, error) {
	attributes, err := signedAttributes(s.signer, make([]byte, sha256.Size))
	if err != nil {
		return 0, fmt.Errorf("measure seal: %w", err)
	}
	cms, err := signedData(s.signer, s.chain, attributes, make([]byte, maxSignature))
	return len(cms), err
}

// sign returns the CMS over a digest of the covered bytes.
func (s *Sealer) sign(digest []byte) ([]byte, error) {
	attributes, err := signedAttributes(s.signer, digest)
	if err != nil {
		return nil, fmt.Errorf("seal: %w", err)
	}
	sum, err := toSign(attributes)
	if err != nil {
		return nil, fmt.Errorf("seal: %w", err)
	}
	signature, err := s.key.Sign(rand.Reader, sum, crypto.SHA256)
	if err != nil {
		return nil, fmt.Errorf("seal: %w", err)
	}
	if signature, err = lowS(signature); err != nil {
		return nil, err
	}
	return signedData(s.signer, s.chain, attributes, signature)
}
