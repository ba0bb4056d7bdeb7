// Package handin is the hand-in file (应急文件): what an exam page writes down, encrypted, when it cannot reach the server
// and something is not acknowledged. It is pure: keys come from a secret of the house, randomness from the caller.
//
// A file is, one after the other:
//
//	"skillcert hand-in 1\n"
//	session, attempt      each a length byte and as many bytes
//	ephemeral public key  32 bytes, X25519
//	nonce                 24 bytes
//	box                   XSalsa20-Poly1305 to the session's key (NaCl crypto_box)
//
// In the box lie 32 bytes of HMAC-SHA-512-256 (NaCl crypto_auth) over everything before the box and the content, with
// the token that came with the paper, and then the content as JSON. The box keeps answers from whoever carries the file;
// the token proves that the page was given this candidate's paper; and what the box does not cover, the HMAC does.
//
// The primitives are those that a page has on plain http, where browsers offer no WebCrypto: see
// api/web/static/exam/rescue.js.
package handin

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"golang.org/x/crypto/curve25519"
	"golang.org/x/crypto/nacl/auth"
	"golang.org/x/crypto/nacl/box"

	"github.com/skillcert/skillcert/engine/errs"
)

const (
	magic    = "skillcert hand-in 1\n"
	keySize  = 32
	nonceLen = 24
	maxName  = 255 // bytes: what a length byte counts
)

// MaxSize bounds a file. An answer takes some hundred bytes, and the page drops what is superseded long before.
const MaxSize = 256 << 10

// Refusals of this package.
var (
	ErrUnreadable = errs.New(errs.Invalid, "handin.unreadable", "这个文件打不开：不是本系统答题页生成的应急文件，或者已经损坏")
	ErrTooLarge   = errs.New(errs.TooLarge, "handin.too_large", "应急文件不超过256 KB")
)

// Content is what a file says.
type Content struct {
	Session   string    `json:"session"`
	Attempt   string    `json:"attempt"`
	Window    string    `json:"window"`    // of the candidate's, that wrote it
	Base      int       `json:"base"`      // highest sequence that the page knew to be stored
	Questions int       `json:"questions"` // on the paper
	MadeAt    time.Time `json:"made_at"`   // the server's clock as the page knew it
	Answers   []Answer  `json:"answers"`   // that are not acknowledged, oldest first
}

// Answer is one change, as the page would have sent it.
type Answer struct {
	Item     int       `json:"item"` // from 0
	Kind     string    `json:"kind"`
	Chosen   []int     `json:"chosen"`
	Flag     bool      `json:"flag"`
	ClientAt time.Time `json:"client_at"` // the server's clock as the page knew it
}

// Pass is what travels with a paper: who has it can make this attempt's file and read none.
type Pass struct {
	Session string
	Attempt string
	Key     []byte // X25519, public, of the session
	Token   []byte // of the attempt
}

// Seal makes a file. It reads the ephemeral private key and the nonce from random.
func Seal(p Pass, c Content, random io.Reader) ([]byte, error) {
	var private, key, token [keySize]byte
	var nonce [nonceLen]byte
	if len(p.Key) != keySize || len(p.Token) != keySize || len(p.Session) > maxName || len(p.Attempt) > maxName {
		return nil, fmt.Errorf("hand-in file: a pass that is none")
	}
	copy(key[:], p.Key)
	copy(token[:], p.Token)
	for _, b := range [][]byte{private[:], nonce[:]} {
		if _, err := io.ReadFull(random, b); err != nil {
			return nil, fmt.Errorf("hand-in file: %w", err)
		}
	}
	public, err := curve25519.X25519(private[:], curve25519.Basepoint)
	if err != nil {
		return nil, err
	}
	content, err := json.Marshal(c)
	if err != nil {
		return nil, err
	}
	head := header(p.Session, p.Attempt, public, nonce[:])
	mac := auth.Sum(append(bytes.Clone(head), content...), &token)
	return box.Seal(head, append(mac[:], content...), &nonce, &key, &private), nil
}

func header(session, attempt string, public, nonce []byte) []byte {
	h := []byte(magic)
	for _, name := range []string{session, attempt} {
		h = append(append(h, byte(len(name))), name...)
	}
	return append(append(h, public...), nonce...)
}

// envelope is the part of a file that anybody can read.
type envelope struct {
	head             []byte // all of it
	session, attempt string
	public           [keySize]byte
	nonce            [nonceLen]byte
	box              []byte
}

func parse(file []byte) (e envelope, err error) {
	if len(file) > MaxSize {
		return e, ErrTooLarge
	}
	rest, ok := bytes.CutPrefix(file, []byte(magic))
	if !ok {
		return e, ErrUnreadable
	}
	take := func(n int) []byte {
		if ok = ok && n <= len(rest); !ok {
			return nil
		}
		got := rest[:n]
		rest = rest[n:]
		return got
	}
	name := func() string {
		n := take(1)
		if !ok {
			return ""
		}
		return string(take(int(n[0])))
	}
	e.session, e.attempt = name(), name()
	copy(e.public[:], take(keySize))
	copy(e.nonce[:], take(nonceLen))
	if !ok {
		return e, ErrUnreadable
	}
	e.head, e.box = file[:len(file)-len(rest)], rest
	return e, nil
}

// open decrypts with the session's private key and checks with the attempt's token.
func (e envelope) open(private, token *[keySize]byte) (c Content, err error) {
	plain, ok := box.Open(nil, e.box, &e.nonce, &e.public, private)
	if !ok || len(plain) < auth.Size {
		return c, ErrUnreadable
	}
	mac, content := plain[:auth.Size], plain[auth.Size:]
	if !auth.Verify(mac, append(bytes.Clone(e.head), content...), token) {
		return c, ErrUnreadable
	}
	d := json.NewDecoder(bytes.NewReader(content))
	d.DisallowUnknownFields()
	if err := d.Decode(&c); err != nil {
		return Content{}, ErrUnreadable
	}
	if _, err := d.Token(); err != io.EOF {
		return Content{}, ErrUnreadable
	}
	if c.Session != e.session || c.Attempt != e.attempt {
		return Content{}, ErrUnreadable
	}
	return c, nil
}
