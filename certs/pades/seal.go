package pades

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"time"

	"github.com/skillcert/skillcert/certs/pades/tsp"
)

// Bounds of what the caller puts beside the document.
const (
	MaxReason   = 200       // bytes
	maxEvidence = 256 << 10 // bytes of certificates and lists
)

// Input is one document to seal.
type Input struct {
	PDF    []byte // one revision with a classic cross-reference table, as package pdf writes it
	Reason string // shown by readers; may be empty
}

// Stamper gives time stamps. tsp.Client is one.
type Stamper interface {
	// Stamp returns an RFC 3161 token in DER over the SHA-256 digest of message.
	Stamp(ctx context.Context, message []byte) ([]byte, error)
}

// Evidence is what lets a reader judge the chain later without a network. It goes into the security store (DSS), which
// the seal covers.
type Evidence struct {
	Certs []*x509.Certificate
	CRLs  [][]byte // DER
}

// Extras are what a sealer adds beside the signature. The zero value adds nothing: baseline B-B.
type Extras struct {
	Evidence func(at time.Time) (Evidence, error)
	Stamper  Stamper // makes baseline B-T
	Second   *Second
}

// Second is a further seal in SM2, kept in an attribute that other readers pass over.
type Second struct {
	key crypto.Signer
	*frame
}

// NewSecond returns a second seal for an SM2 key, its certificate and the authorities between it and the root.
func NewSecond(key crypto.Signer, signer *x509.Certificate, chain ...*x509.Certificate) (*Second, error) {
	f, err := fit(key, signer, chain)
	if err != nil {
		return nil, err
	}
	if f.name != gmSM2().name {
		return nil, ErrKey.With("第二签章只支持SM2")
	}
	return &Second{key, f}, nil
}

// Sealer signs documents with one key. Safe for concurrent use when the key is.
type Sealer struct {
	key crypto.Signer
	*frame
	extras Extras
	room   atomic.Pointer[[]byte] // a token of the usual length, from a dry run
}

// NewSealer returns a sealer for a key, ECDSA P-256 or RSA-3072, its certificate and the authorities between it and the
// root, which is left out. The key may live in a device: only crypto.Signer is asked of it.
func NewSealer(key crypto.Signer, signer *x509.Certificate, chain ...*x509.Certificate) (*Sealer, error) {
	f, err := fit(key, signer, chain)
	if err != nil {
		return nil, err
	}
	if f.name == gmSM2().name {
		return nil, ErrKey.With("SM2只能作第二签章")
	}
	return &Sealer{key: key, frame: f}, nil
}

// With returns the sealer with extras in the place of those it had.
func (s *Sealer) With(e Extras) *Sealer { return &Sealer{key: s.key, frame: s.frame, extras: e} }

// fit checks that key, certificate and chain belong together and may seal.
func fit(key crypto.Signer, signer *x509.Certificate, chain []*x509.Certificate) (*frame, error) {
	public, ok := key.Public().(interface{ Equal(crypto.PublicKey) bool })
	switch {
	case suiteOf(key.Public()) == nil:
		return nil, ErrKey.With("只支持P-256、RSA-3072和SM2")
	case !ok, !public.Equal(signer.PublicKey):
		return nil, ErrKey.With("密钥与证书不对应")
	case signer.IsCA, usable(signer) != nil:
		return nil, ErrKey.With("证书不能用于签署文件")
	case len(chain) >= maxCerts:
		return nil, ErrKey.With("证书链过长")
	}
	return newFrame(signer, chain)
}

// Certificate is the certificate of the seal.
func (s *Sealer) Certificate() *x509.Certificate { return s.signer }

// Holds reports whether the certificate of the seal is in force at an instant: what is sealed at another is refused by
// Verify.
func (s *Sealer) Holds(at time.Time) bool {
	at = at.Truncate(time.Second) // as it will stand in the file
	return !at.Before(s.signer.NotBefore) && !at.After(s.signer.NotAfter)
}

// Seal is SealWithin without a limit on how long a time stamp may take beyond the stamper's own.
func (s *Sealer) Seal(in Input, at time.Time) ([]byte, error) {
	return s.SealWithin(context.Background(), in, at)
}

// SealWithin returns in.PDF with the seal in it, still one revision; at is the claimed time, whole seconds count. What a
// time stamp takes is measured by a dry run before the first seal, so that an authority that is away or whose tokens
// do not fit is found out before anything is signed. A token that outgrew the room later is measured and sealed again.
func (s *Sealer) SealWithin(ctx context.Context, in Input, at time.Time) ([]byte, error) {
	a, d, err := s.plan(in, at)
	if err != nil {
		return nil, err
	}
	out, err := s.attempt(ctx, d, a)
	if errors.Is(err, errReserve) && s.extras.Stamper != nil {
		s.room.Store(nil)
		out, err = s.attempt(ctx, d, a)
	}
	return out, err
}

func (s *Sealer) plan(in Input, at time.Time) (a addition, d *document, err error) {
	if len(in.PDF) > MaxFile || len(in.Reason) > MaxReason {
		return a, nil, ErrTooLarge
	}
	if d, err = readDocument(in.PDF); err != nil {
		return a, nil, err
	}
	a = addition{at: at, reason: in.Reason}
	return a, d, s.addEvidence(&a)
}

func (s *Sealer) addEvidence(a *addition) error {
	if s.extras.Evidence == nil {
		return nil
	}
	e, err := s.extras.Evidence(a.at)
	if err != nil {
		return fmt.Errorf("evidence for the seal: %w", err)
	}
	for _, c := range e.Certs {
		a.certs = append(a.certs, c.Raw)
	}
	a.crls = e.CRLs
	if a.storeLength() > maxEvidence {
		return ErrKey.With("证书与作废清单过大")
	}
	return nil
}

// attempt composes, signs and fills.
func (s *Sealer) attempt(ctx context.Context, d *document, a addition) ([]byte, error) {
	var err error
	if a.reserve, err = s.reserve(ctx); err != nil {
		return nil, err
	}
	f, err := d.compose(a)
	if err != nil {
		return nil, err
	}
	if len(f.out) > MaxFile {
		return nil, ErrTooLarge
	}
	before, behind := f.covered()
	cms, err := s.cms(ctx, before, behind)
	if err != nil {
		return nil, err
	}
	return f.out, f.fill(cms)
}

// tokenMargin is how much longer or shorter than in the dry run a token may be, in bytes.
const tokenMargin = 128

// reserve returns the bytes to keep free for the CMS.
func (s *Sealer) reserve(ctx context.Context) (int, error) {
	unsigned, margin := [][]byte(nil), 0
	if s.extras.Stamper != nil {
		token, err := s.dryRun(ctx)
		if err != nil {
			return 0, err
		}
		unsigned, margin = append(unsigned, token), tokenMargin
	}
	if two := s.extras.Second; two != nil {
		cms, err := two.envelope(make([]byte, 32), make([]byte, two.longest))
		if err != nil {
			return 0, fmt.Errorf("measure second seal: %w", err)
		}
		attribute, err := unsignedAttribute(secondID(), cms)
		if err != nil {
			return 0, fmt.Errorf("measure second seal: %w", err)
		}
		unsigned = append(unsigned, attribute)
	}
	n, err := s.measure(unsigned...)
	return n + margin, err
}

// dryRun returns the attribute of a token over nothing of importance, asked for once.
func (s *Sealer) dryRun(ctx context.Context) ([]byte, error) {
	if known := s.room.Load(); known != nil {
		return *known, nil
	}
	attribute, err := s.stamped(ctx, make([]byte, s.longest))
	if err != nil {
		return nil, err
	}
	s.room.Store(&attribute)
	return attribute, nil
}

// stamped returns the attribute of a time stamp over a signature. The token is judged here already: what the sealer's
// own verifier would refuse must not leave the house.
func (s *Sealer) stamped(ctx context.Context, signature []byte) ([]byte, error) {
	token, err := s.extras.Stamper.Stamp(ctx, signature)
	if err != nil {
		return nil, fmt.Errorf("time stamp of the seal: %w", err)
	}
	t, err := tsp.Parse(token)
	if err == nil {
		err = t.Check(signature)
	}
	if err != nil {
		return nil, fmt.Errorf("time stamp of the seal: %w: %w", tsp.ErrAnswer, err)
	}
	return unsignedAttribute(stampID(), token)
}

// cms signs the covered bytes and adds what the extras ask for.
func (s *Sealer) cms(ctx context.Context, covered ...[]byte) ([]byte, error) {
	digest := s.sumOf(covered)
	signature, err := s.sign(s.key, rand.Reader, digest)
	if err != nil {
		return nil, fmt.Errorf("seal: %w", err)
	}
	var unsigned [][]byte
	if s.extras.Second != nil {
		attribute, err := s.extras.Second.attribute(covered)
		if err != nil {
			return nil, err
		}
		unsigned = append(unsigned, attribute)
	}
	if s.extras.Stamper != nil {
		attribute, err := s.stamped(ctx, signature)
		if err != nil {
			return nil, err
		}
		unsigned = append(unsigned, attribute)
	}
	return s.envelope(digest, signature, slices.Clip(unsigned)...)
}

// attribute returns the second seal over the covered bytes.
func (two *Second) attribute(covered [][]byte) ([]byte, error) {
	digest := two.sumOf(covered)
	signature, err := two.sign(two.key, rand.Reader, digest)
	if err != nil {
		return nil, fmt.Errorf("second seal: %w", err)
	}
	cms, err := two.envelope(digest, signature)
	if err != nil {
		return nil, fmt.Errorf("second seal: %w", err)
	}
	return unsignedAttribute(secondID(), cms)
}

// sumOf is the digest of the covered bytes.
func (s *suite) sumOf(covered [][]byte) []byte {
	h := s.hash()
	for _, part := range covered {
		_, _ = h.Write(part) // a hash never fails
	}
	return h.Sum(make([]byte, 0, sha256.Size))
}
