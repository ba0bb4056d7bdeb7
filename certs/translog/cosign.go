package translog

import (
	"crypto/ed25519"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"strings"

	transparency "github.com/transparency-dev/formats/note"
	"golang.org/x/mod/sumdb/note"

	"github.com/skillcert/skillcert/engine/clock"
)

// cosignatureType is that of Ed25519 cosignatures in keys (C2SP tlog-cosignature).
const cosignatureType = 4

// WitnessVerifier reads the verifier key of a witness, name+hash+base64(0x04 ‖ Ed25519 key); otherwise ErrKey. The library
// compares no hash, and a key whose hash was mistyped would silently never match a signature.
func WitnessVerifier(text string) (note.Verifier, error) {
	v, err := transparency.NewVerifierForCosignatureV1(text)
	if err != nil {
		return nil, ErrKey.With("%q", text)
	}
	_, key64, _ := strings.Cut(strings.TrimPrefix(text, v.Name()+"+"), "+")
	key, err := base64.StdEncoding.DecodeString(key64)
	if err != nil || len(key) != 1+ed25519.PublicKeySize || key[0] != cosignatureType || text != cosignatureKey(v.Name(), key[1:]) {
		return nil, ErrKey.With("%q", text)
	}
	return v, nil
}

// cosignatureKey is the text of a witness's verifier key.
func cosignatureKey(name string, key []byte) string {
	typed := append([]byte{cosignatureType}, key...)
	return fmt.Sprintf("%s+%08x+%s", name, keyHash(name, typed), base64.StdEncoding.EncodeToString(typed))
}

// keyHash is how a signature line names its key (C2SP signed-note).
func keyHash(name string, typed []byte) uint32 {
	sum := sha256.Sum256(append([]byte(name+"\n"), typed...))
	return binary.BigEndian.Uint32(sum[:4])
}

// Cosigner makes cosignatures (C2SP tlog-cosignature v1). It is a note.Signer. The library's reads the machine's clock.
type Cosigner struct {
	name  string
	key   ed25519.PrivateKey
	clock clock.Clock
}

// NewCosigner returns the cosigner of a witness by its name, which holds neither spaces nor plus signs; otherwise ErrKey.
func NewCosigner(name string, key ed25519.PrivateKey, c clock.Clock) (*Cosigner, error) {
	s := &Cosigner{name, key, c}
	if _, err := WitnessVerifier(s.VerifierKey()); err != nil {
		return nil, err
	}
	return s, nil
}

// Name is the name of the witness.
func (s *Cosigner) Name() string { return s.name }

// VerifierKey is the text of the key by which cosignatures are checked.
func (s *Cosigner) VerifierKey() string {
	return cosignatureKey(s.name, s.key.Public().(ed25519.PublicKey))
}

// KeyHash is how signature lines name the key.
func (s *Cosigner) KeyHash() uint32 {
	return keyHash(s.name, append([]byte{cosignatureType}, s.key.Public().(ed25519.PublicKey)...))
}

// Sign returns the time of the clock and a signature over it and the text of a checkpoint.
func (s *Cosigner) Sign(text []byte) ([]byte, error) {
	at := s.clock.Now().Unix()
	if at < 0 {
		return nil, ErrKey.With("时间 %d", at)
	}
	signature := ed25519.Sign(s.key, fmt.Appendf(nil, "cosignature/v1\ntime %d\n%s", at, text))
	return append(binary.BigEndian.AppendUint64(nil, uint64(at)), signature...), nil
}

// secretHead begins the text of a private key (as golang.org/x/mod/sumdb/note writes it).
const secretHead = "PRIVATE+KEY+"

// Secret is the text of the private key, PRIVATE+KEY+name+hash+base64(0x04 ‖ seed), for a file that nobody else reads.
func (s *Cosigner) Secret() string {
	typed := append([]byte{cosignatureType}, s.key.Seed()...)
	return fmt.Sprintf("%s%s+%08x+%s", secretHead, s.name, s.KeyHash(), base64.StdEncoding.EncodeToString(typed))
}

// ReadCosigner reads what Secret writes and nothing else; otherwise ErrKey, which tells nothing of it.
func ReadCosigner(secret string, c clock.Clock) (*Cosigner, error) {
	parts := strings.Split(strings.TrimPrefix(secret, secretHead), "+")
	if len(parts) < 3 { // base64 may hold plus signs
		return nil, ErrKey.With("私钥")
	}
	typed, err := base64.StdEncoding.DecodeString(strings.Join(parts[2:], "+"))
	if err != nil || len(typed) != 1+ed25519.SeedSize {
		return nil, ErrKey.With("私钥")
	}
	s, err := NewCosigner(parts[0], ed25519.NewKeyFromSeed(typed[1:]), c)
	if err != nil || subtle.ConstantTimeCompare([]byte(s.Secret()), []byte(secret)) != 1 {
		return nil, ErrKey.With("私钥")
	}
	return s, nil
}
