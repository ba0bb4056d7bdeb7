package protocol

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
)

// Hash is a SHA-256 value or 32 bytes of key material. In JSON it is 64 lower-case hexadecimal digits.
type Hash [sha256.Size]byte

var errHex = errors.New("not lower-case hexadecimal digits of the right number")

// IsZero reports whether h is all zero bytes, which stands for "none".
func (h Hash) IsZero() bool { return h == Hash{} }

// String is h in hexadecimal digits.
func (h Hash) String() string { return hex.EncodeToString(h[:]) }

// MarshalText is String.
func (h Hash) MarshalText() ([]byte, error) { return []byte(h.String()), nil }

// UnmarshalText reads what MarshalText wrote and nothing else.
func (h *Hash) UnmarshalText(b []byte) error {
	var x Hex
	if err := x.UnmarshalText(b); err != nil {
		return err
	}
	if len(x) != len(h) {
		return errHex
	}
	copy(h[:], x)
	return nil
}

// Hex is bytes that are lower-case hexadecimal digits in JSON.
type Hex []byte

// MarshalText is x in hexadecimal digits.
func (x Hex) MarshalText() ([]byte, error) { return hex.AppendEncode(nil, x), nil }

// UnmarshalText reads what MarshalText wrote and nothing else.
func (x *Hex) UnmarshalText(b []byte) error {
	for _, c := range b {
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return errHex
		}
	}
	raw, err := hex.DecodeString(string(b))
	if err != nil {
		return errHex
	}
	*x = raw
	return nil
}

// record is the one way in which values become bytes to be hashed: a domain first, then field after field. A number is
// eight bytes, big-endian; bytes and text follow their length; a hash has its 32 bytes and no length.
type record []byte

func newRecord(domain string) record { return record(nil).text("skillcert draw " + domain + " v1") }

func (r record) number(n int) record  { return binary.BigEndian.AppendUint64(r, uint64(n)) }
func (r record) text(s string) record { return append(r.number(len(s)), s...) }
func (r record) bytes(b []byte) record {
	return append(r.number(len(b)), b...)
}
func (r record) hash(h Hash) record { return append(r, h[:]...) }

func (r record) flag(b bool) record {
	if b {
		return r.number(1)
	}
	return r.number(0)
}

func (r record) sum() Hash { return sha256.Sum256(r) }

// label names a stream or a derived key: a word, then numbers of eight bytes each.
func label(word string, numbers ...int) string {
	b := []byte(word)
	for _, n := range numbers {
		b = binary.BigEndian.AppendUint64(b, uint64(n))
	}
	return string(b)
}
