package protocol

import (
	"crypto/ecdh"
	"crypto/ed25519"
	"encoding/hex"
	"io"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/skillcert/skillcert/engine/errs"
)

// ErrCode refuses what is no custodian's code.
var ErrCode = errs.New(errs.Invalid, "draw.code", "保管码应为64位十六进制数字")

// Code (保管码) is all that a custodian needs to keep of one sitting: both private keys, the secret and the chance that
// hides its parts follow from it, so that committing twice gives the same commitment. Nothing else depends on it: a
// custodian with keys and secrets of another kind takes part just as well.
type Code Hash

// NewCode makes a code from chance, the custodian's own source of randomness.
func NewCode(chance io.Reader) (c Code, err error) {
	_, err = io.ReadFull(chance, c[:])
	return c, err
}

// ParseCode reads a code as Text writes it; blanks between the digits do not matter, nor does their case.
func ParseCode(s string) (c Code, err error) {
	digits := strings.ToLower(strings.Join(strings.Fields(s), ""))
	if err := (*Hash)(&c).UnmarshalText([]byte(digits)); err != nil || Hash(c).IsZero() {
		return Code{}, ErrCode
	}
	return c, nil
}

// String keeps the code out of logs.
func (Code) String() string { return "***" }

// Text is the code in groups of eight digits.
func (c Code) Text() string {
	digits, groups := hex.EncodeToString(c[:]), []string{}
	for ; digits != ""; digits = digits[8:] {
		groups = append(groups, digits[:8])
	}
	return strings.Join(groups, " ")
}

func (c Code) part(use record) (Hash, error) { return expand(Hash(c), string(use)) }

// Signer is the custodian's key for redraws of the sitting.
func (c Code) Signer(sitting string) (ed25519.PrivateKey, error) {
	seed, err := c.part(newRecord("code sign").text(sitting))
	if err != nil {
		return nil, err
	}
	return ed25519.NewKeyFromSeed(seed[:]), nil
}

// Box is the custodian's key for the shares that others seal to them.
func (c Code) Box(sitting string) (*ecdh.PrivateKey, error) {
	raw, err := c.part(newRecord("code box").text(sitting))
	if err != nil {
		return nil, err
	}
	return ecdh.X25519().NewPrivateKey(raw[:])
}

// Custodian is the public side of the code.
func (c Code) Custodian(sitting, name string) (Custodian, error) {
	signer, err := c.Signer(sitting)
	if err != nil {
		return Custodian{}, err
	}
	box, err := c.Box(sitting)
	if err != nil {
		return Custodian{}, err
	}
	return Custodian{Name: name, Sign: Hex(signer.Public().(ed25519.PublicKey)), Box: box.PublicKey().Bytes()}, nil
}

// Secret is what the custodian contributes to the seed.
func (c Code) Secret(sitting string) (s Secret, err error) {
	if s.Share, err = c.part(newRecord("code secret").text(sitting)); err == nil {
		s.Nonce, err = c.part(newRecord("code nonce").text(sitting))
	}
	return s, err
}

// Of reports whether the code is the one that custodian n registered the public keys of: nil or ErrCode.
func (c Code) Of(t Terms, n int) error {
	have, err := t.custodian(n)
	if err != nil {
		return err
	}
	own, err := c.Custodian(t.Sitting, have.Name)
	if err != nil {
		return err
	}
	if !slices.Equal(own.Sign, have.Sign) || !slices.Equal(own.Box, have.Box) {
		return errOtherCode
	}
	return nil
}

// errOtherCode is a code with a digit wrong, or of another custodian or sitting.
var errOtherCode = func() *errs.Error {
	e := *ErrCode
	e.Msg = "保管码与登记的公钥不符，请核对是否输错，或误用了他人或其他场次的保管码"
	return &e
}()

// Commit binds custodian n to the secret under these terms. A code that is not the one registered is ErrCode: what it
// binds to could never be opened.
func (c Code) Commit(t Terms, n int) (Commitment, error) {
	if err := c.Of(t, n); err != nil {
		return Commitment{}, err
	}
	s, err := c.Secret(t.Sitting)
	if err != nil {
		return Commitment{}, err
	}
	agreed, err := canonical(t)
	if err != nil {
		return Commitment{}, err
	}
	key, err := c.part(newRecord("code shares").bytes(agreed))
	if err != nil {
		return Commitment{}, err
	}
	return t.Commit(n, s, rand.NewChaCha8(key))
}

// Check reports whether k can take part: a name and two keys that have the form of one.
func (k Custodian) Check() error {
	if _, err := ecdh.X25519().NewPublicKey(k.Box); err != nil || len(k.Sign) != ed25519.PublicKeySize || !validName(k.Name) {
		return ErrTerms.With("保管人的名称或公钥不正确")
	}
	return nil
}

// Accepts reports whether c has the form that the terms ask for.
func (t Terms) Accepts(c Commitment) error { return t.check(c) }

// SignedRedraw reports whether custodian n has signed this redraw of the forms under the root before.
func (t Terms) SignedRedraw(n int, r Redraw, before Hash, signature Hex) error {
	k, err := t.custodian(n)
	if err != nil || !signedBy(k.Sign, r.Statement(t.Sitting, before), signature) {
		return ErrQuorum.With("第 %d 号保管人的签名不正确", n)
	}
	return nil
}
