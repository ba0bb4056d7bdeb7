package handin

import (
	"crypto/hkdf"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base32"
	"encoding/hex"
	"fmt"
	"strings"

	"golang.org/x/crypto/curve25519"
)

// Keys are the key pairs of all sessions and the tokens of all attempts. They are derived from one secret of the house,
// so that nothing of them is stored, every server process has the same, and a copy of the data without the house's
// keys opens no file.
type Keys struct{ secret []byte }

// NewKeys derives from a secret of at least 32 random bytes.
func NewKeys(secret []byte) *Keys { return &Keys{secret} }

func (k *Keys) derive(use string) (out [keySize]byte, err error) {
	b, err := hkdf.Key(sha256.New, k.secret, nil, "skillcert hand-in 1 "+use, keySize)
	if err != nil {
		return out, fmt.Errorf("derive a key of hand-in files: %w", err)
	}
	copy(out[:], b)
	return out, nil
}

func (k *Keys) private(session string) ([keySize]byte, error) { return k.derive("key " + session) }

func (k *Keys) token(session, attempt string) ([keySize]byte, error) {
	return k.derive(fmt.Sprintf("token %q %q", session, attempt))
}

// Pass is what the paper of an attempt carries.
func (k *Keys) Pass(session, attempt string) (Pass, error) {
	private, err := k.private(session)
	if err != nil {
		return Pass{}, err
	}
	public, err := curve25519.X25519(private[:], curve25519.Basepoint)
	if err != nil {
		return Pass{}, err
	}
	token, err := k.token(session, attempt)
	return Pass{Session: session, Attempt: attempt, Key: public, Token: token[:]}, err
}

// Open reads a file. ErrUnreadable when it is not one that a page of ours made with the pass of the attempt it names.
func (k *Keys) Open(file []byte) (Content, error) {
	e, err := parse(file)
	if err != nil {
		return Content{}, err
	}
	private, err := k.private(e.session)
	if err != nil {
		return Content{}, err
	}
	token, err := k.token(e.session, e.attempt)
	if err != nil {
		return Content{}, err
	}
	return e.open(&private, &token)
}

// Digest names a file.
func Digest(file []byte) string {
	sum := sha512.Sum512(file)
	return hex.EncodeToString(sum[:32])
}

// readable leaves out what is mistaken for something else when it is copied by hand.
var readable = base32.NewEncoding("ABCDEFGHJKLMNPQRSTUVWXYZ23456789").WithPadding(base32.NoPadding)

// Fingerprint is the check code (核对码) of a file, which the page shows and the invigilator writes down: what is handed in
// later is the file that was made in the room.
func Fingerprint(file []byte) string {
	sum := sha512.Sum512(file)
	code := readable.EncodeToString(sum[:5])
	return code[:4] + "-" + code[4:]
}

// Matches reports whether typed is the file's fingerprint; case, blanks and the hyphen do not count.
func Matches(typed string, file []byte) bool {
	plain := func(s string) string {
		return strings.Map(func(r rune) rune {
			if r == '-' || r == ' ' || r == '\t' {
				return -1
			}
			return r
		}, strings.ToUpper(s))
	}
	return plain(typed) == plain(Fingerprint(file))
}
