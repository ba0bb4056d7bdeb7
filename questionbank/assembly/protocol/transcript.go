package protocol

import (
	"bytes"
	"crypto"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/json"
	"fmt"
)

// MaxTranscript bounds a transcript file: a million items and a hundred thousand forms fit.
const MaxTranscript = 512 << 20

// Format names the form of a transcript file.
const Format = "skillcert draw transcript 1"

// Transcript is everything that a third party needs to derive a sitting again. It is one JSON file in canonical form:
// a change of one byte anywhere makes it another transcript, which its seal tells.
type Transcript struct {
	Format   string        `json:"format"`
	Engine   Engine        `json:"engine"`
	Key      Hash          `json:"key"`   // commitment to the key of handles, pseudonyms and contents
	Salts    Hash          `json:"salts"` // key of the salts of all leaves
	Releases list[Release] `json:"releases"`
	Parts    list[Part]    `json:"parts"` // by level, lowest first
	Log      Log           `json:"log"`
	Seal     Seal          `json:"seal"`

	digest Hash // of the file that it was read from, as the seal covers it
}

// Seal is the operator's word for the whole file.
type Seal struct {
	Digest    Hash `json:"digest"` // SHA-256 of the file up to the comma before the seal
	Signature Hex  `json:"signature"`
}

func (s Seal) signed() []byte { return newRecord("seal").hash(s.Digest) }

// sealMark is where the part ends that a seal covers: its last occurrence in the file.
const sealMark = `,"seal":{`

func (r Release) check() error {
	if !validName(r.ID) || len(r.Digest) != 2*sha256.Size || !validText(r.Province, maxName) {
		return fmt.Errorf("release %q has not the form", r.ID)
	}
	return nil
}

func (p Part) check() error {
	if !p.Level.Valid() || len(p.Joint) > maxRows {
		return fmt.Errorf("level %d", p.Level)
	}
	return nil
}

const maxRows = 16

// encode writes a transcript with its seal as it stands.
func (t *Transcript) encode() ([]byte, error) {
	b, err := canonical(t)
	return append(b, '\n'), err
}

// seal signs t and writes it.
func (t *Transcript) seal(signer crypto.Signer) ([]byte, error) {
	t.Seal = Seal{}
	b, err := t.encode()
	if err != nil {
		return nil, err
	}
	t.Seal.Digest = covered(b)
	if t.Seal.Signature, err = sign(signer, t.Seal.signed()); err != nil {
		return nil, err
	}
	return t.encode()
}

func covered(file []byte) Hash {
	return sha256.Sum256(file[:max(0, bytes.LastIndex(file, []byte(sealMark)))])
}

func sign(signer crypto.Signer, statement []byte) (Hex, error) {
	return signer.Sign(nil, statement, crypto.Hash(0))
}

func signedBy(public Hex, statement, signature []byte) bool {
	return len(public) == ed25519.PublicKeySize && ed25519.Verify(ed25519.PublicKey(public), statement, signature)
}

// Decode reads a transcript file: ErrTooLarge, or ErrTranscript with the place that is not as it must be. It refuses what is
// not in canonical form, so that there is one file for one transcript.
func Decode(file []byte) (*Transcript, error) {
	if len(file) > MaxTranscript {
		return nil, ErrTooLarge.With("%d MB", MaxTranscript>>20)
	}
	var t Transcript
	if err := strict(file, &t); err != nil {
		return nil, unreadable("%s", err)
	}
	if t.Format != Format {
		return nil, unreadable("格式 %.40q，应为 %q", t.Format, Format)
	}
	if err := t.Engine.check(); err != nil {
		return nil, unreadable("%s", err)
	}
	whole := &comparer{want: file}
	e := json.NewEncoder(whole)
	e.SetEscapeHTML(false)
	if err := e.Encode(&t); err != nil || len(whole.want) > 0 {
		return nil, unreadable("第 %d 个字节不是规范的写法", len(file)-len(whole.want)+1)
	}
	if at := escaped(file); at >= 0 {
		return nil, unreadable("第 %d 个字节是多余的转义", at+1)
	}
	t.digest = covered(file)
	return &t, nil
}

func unreadable(format string, args ...any) error { return ErrTranscript.With(format, args...) }

// comparer takes what it wants and refuses anything else.
type comparer struct{ want []byte }

func (c *comparer) Write(b []byte) (int, error) {
	if !bytes.HasPrefix(c.want, b) {
		n := 0
		for n < len(b) && n < len(c.want) && b[n] == c.want[n] {
			n++
		}
		c.want = c.want[n:]
		return n, ErrTranscript
	}
	c.want = c.want[len(b):]
	return len(b), nil
}

// escaped is the place of the first escape that is not \" or \\, -1 for none.
func escaped(file []byte) int {
	for i := 0; i < len(file); i++ {
		if file[i] != '\\' {
			continue
		}
		if i++; i >= len(file) || file[i] != '"' && file[i] != '\\' {
			return i - 1
		}
	}
	return -1
}
