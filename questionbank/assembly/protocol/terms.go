package protocol

import (
	"crypto/ecdh"
	"crypto/ed25519"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/skillcert/skillcert/engine/errs"
)

// Limits of what a transcript may say.
const (
	MaxCustodians = 32
	maxName       = 200  // bytes of a name: of a sitting, a custodian, a room
	maxText       = 4000 // bytes of a reason or of what witnesses saw
)

// Terms is what is agreed before anything else is fixed: the first entry of the log.
//
// A Threshold of zero means that nobody can stand in for a custodian; else so many of the others together can. Quorum
// is how many custodians must sign for a redraw.
type Terms struct {
	Sitting    string       `json:"sitting"`
	Threshold  int          `json:"threshold"`
	Quorum     int          `json:"quorum"`
	Custodians []Custodian  `json:"custodians"` // numbered from 1
	Beacon     Announcement `json:"beacon"`
	Operator   Hex          `json:"operator"` // Ed25519 public key that signs form roots and the seal
}

// Custodian (份额保管人) holds one share of the seed.
type Custodian struct {
	Name string `json:"name"`
	Sign Hex    `json:"sign"` // Ed25519 public key
	Box  Hex    `json:"box"`  // X25519 public key that shares are sealed to
}

// Validate reports every problem of t at once.
func (t Terms) Validate() error {
	var c errs.Check
	m := len(t.Custodians)
	c.That(validName(t.Sitting), "sitting", "form", "缺少场次名称或名称中有不允许的字符")
	c.That(m >= 1 && m <= MaxCustodians, "custodians", "count", fmt.Sprintf("份额保管人为1至%d方", MaxCustodians))
	c.That(t.Threshold == 0 || t.Threshold >= 2 && t.Threshold < m, "threshold", "range", "恢复份额所需人数为0（不可恢复），或2至其余保管人数")
	c.That(t.Quorum >= 1 && t.Quorum <= m && t.Quorum*2 > m, "quorum", "range", "重新组卷须过半数保管人签名")
	c.That(len(t.Operator) == ed25519.PublicKeySize, "operator", "key", "组卷方公钥不正确")
	names := map[string]bool{}
	for i, k := range t.Custodians {
		at := fmt.Sprintf("custodians.%d.", i+1)
		_, err := ecdh.X25519().NewPublicKey(k.Box)
		c.That(validName(k.Name) && !names[k.Name], at+"name", "form", "名称缺少、重复或有不允许的字符")
		c.That(len(k.Sign) == ed25519.PublicKeySize, at+"sign", "key", "签名公钥不正确")
		c.That(err == nil, at+"box", "key", "加密公钥不正确")
		names[k.Name] = true
	}
	t.Beacon.Check(&c)
	return c.Err(ErrTerms)
}

// custodian returns the keys of custodian n, from 1.
func (t Terms) custodian(n int) (Custodian, error) {
	if n < 1 || n > len(t.Custodians) {
		return Custodian{}, ErrCommitment.With("没有第 %d 号保管人", n)
	}
	return t.Custodians[n-1], nil
}

func validName(s string) bool { return s != "" && validText(s, maxName) }

// validText holds back what two programs could write in different ways: control characters and line separators.
func validText(s string, most int) bool {
	bad := func(r rune) bool {
		return unicode.IsControl(r) || r == '\u2028' || r == '\u2029' || r == utf8.RuneError
	}
	return len(s) <= most && utf8.ValidString(s) && !strings.ContainsFunc(s, bad)
}
