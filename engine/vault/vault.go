// Package vault seals what is kept of people, so that whoever has the database or its backup and not the keys learns
// nothing, and finds people by what they are sealed with: blind indexes.
//
// A sealed body is
//
//	"SKV" 0x01 | 8 bytes key id | 12 bytes nonce | AES-256-GCM of the body and its tag of 16
//
// with kind and id of the document and the bytes before the nonce as associated data, so that nothing sealed passes for
// another document. The data key is HKDF-SHA-256 of key material that lies outside the database. Nonces are random:
// at most 2^32 writes a key (NIST SP 800-38D §8.3), which is a rotation in centuries.
package vault

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"fmt"

	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/engine/ids"
)

// MinMaterial is how many bytes of key material are asked for.
const MinMaterial = 32

const (
	magic     = "SKV\x01"
	keyLength = 8
	headEnd   = len(magic) + keyLength
	nonceSize = 12
)

// Refusals of this package. None of them says what was sealed.
var (
	ErrMaterial = errs.New(errs.Internal, "vault.material", "加密密钥材料过短")
	ErrKey      = errs.New(errs.Internal, "vault.key", "个人信息由本机没有的密钥加密：请从原来的主机复制完整的 keys 目录")
	ErrSealed   = errs.New(errs.Internal, "vault.sealed", "加密的个人信息已被改动或损坏")
)

type keyID [keyLength]byte

// Vault seals under the newest of its keys and opens under any. Safe for concurrent use.
type Vault struct {
	keys    map[keyID]cipher.AEAD
	newest  keyID
	marks   []string
	indexes []byte
	nonces  *ids.Source
}

// New returns a Vault. indexes is what blind indexes are derived from, which stays the same for ever; materials are those
// of the data keys, the oldest first. Each is at least MinMaterial random bytes.
func New(nonces *ids.Source, indexes []byte, materials ...[]byte) (*Vault, error) {
	v := &Vault{keys: map[keyID]cipher.AEAD{}, indexes: indexes, nonces: nonces}
	if len(indexes) < MinMaterial || len(materials) == 0 {
		return nil, ErrMaterial
	}
	for _, m := range materials {
		if err := v.add(m); err != nil {
			return nil, fmt.Errorf("vault: %w", err)
		}
	}
	return v, nil
}

// Unguarded returns a Vault whose keys anybody can derive, for tests and for tools that keep nothing of
// real people. What it sealed no other Vault opens, so that a program that forgot its keys is found out.
func Unguarded(nonces *ids.Source) *Vault {
	key := sha256.Sum256([]byte("skillcert vault that keeps no secret"))
	v, _ := New(nonces, key[:], key[:]) // long enough
	return v
}

func (v *Vault) add(material []byte) error {
	if len(material) < MinMaterial {
		return ErrMaterial
	}
	key, err := hkdf.Key(sha256.New, material, nil, "skillcert vault data key 1", 32)
	if err != nil {
		return err
	}
	name, err := hkdf.Key(sha256.New, material, nil, "skillcert vault key id 1", keyLength)
	if err != nil {
		return err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return err
	}
	v.newest = keyID(name)
	v.marks = append(v.marks, ids.Encode(name))
	v.keys[v.newest], err = cipher.NewGCM(block)
	return err
}

// Marks name the data keys, the oldest first, and tell nothing of them.
func (v *Vault) Marks() []string { return v.marks }

// Sealed reports whether a body has the form of a sealed one.
func Sealed(body []byte) bool { return bytes.HasPrefix(body, []byte(magic)) }

// Current reports whether a body is sealed under the newest key.
func (v *Vault) Current(body []byte) bool {
	return Sealed(body) && len(body) >= headEnd && keyID(body[len(magic):headEnd]) == v.newest
}

// Seal returns body sealed as the document of that kind and id.
func (v *Vault) Seal(kind, id string, body []byte) []byte {
	gcm := v.keys[v.newest]
	out := append(make([]byte, 0, headEnd+nonceSize+len(body)+gcm.Overhead()), magic...)
	out = append(out, v.newest[:]...)
	about := about(out, kind, id)
	nonce := v.nonces.Bytes(nonceSize)
	return gcm.Seal(append(out, nonce...), nonce, body, about)
}

// Open returns what Seal was given. ErrKey: it was sealed under a key that v does not have; ErrSealed: it is damaged, or
// was sealed as another document.
func (v *Vault) Open(kind, id string, sealed []byte) ([]byte, error) {
	if !Sealed(sealed) || len(sealed) < headEnd+nonceSize {
		return nil, ErrSealed
	}
	gcm, known := v.keys[keyID(sealed[len(magic):headEnd])]
	if !known {
		return nil, ErrKey
	}
	head, rest := sealed[:headEnd], sealed[headEnd:]
	body, err := gcm.Open(nil, rest[:nonceSize], rest[nonceSize:], about(head, kind, id))
	if err != nil {
		return nil, ErrSealed
	}
	return body, nil
}

// about is the associated data of a document. No kind and no id holds a zero byte.
func about(head []byte, kind, id string) []byte {
	b := append(make([]byte, 0, len(head)+len(kind)+1+len(id)), head...)
	return append(append(append(b, kind...), 0), id...)
}

// Blind is the index value of what stands in a field, 26 characters: equal for equal parts in the same field, and of no
// use to whoever has not the key. Every field has a key of its own.
func (v *Vault) Blind(field string, parts ...string) string {
	key, err := hkdf.Key(sha256.New, v.indexes, nil, "skillcert blind index 1 "+field, sha256.Size)
	if err != nil {
		return "" // for lengths beyond HKDF's only, and this is none
	}
	m := hmac.New(sha256.New, key)
	for _, p := range parts {
		_, _ = m.Write(binary.BigEndian.AppendUint32(nil, uint32(len(p)))) // never fails
		_, _ = m.Write([]byte(p))
	}
	return ids.Encode(m.Sum(nil)[:16])
}
