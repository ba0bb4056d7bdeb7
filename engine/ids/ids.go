// Package ids makes the names of new things: 128 random bits, unguessable, in lower-case letters and digits.
package ids

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"sync"
)

// Length is the number of characters of an id.
const Length = 26

// Lower-case Crockford alphabet: no i, l, o or u, so that an id read aloud is not mistaken.
var encoding = base32.NewEncoding("0123456789abcdefghjkmnpqrstvwxyz").WithPadding(base32.NoPadding)

// Source makes ids. Safe for concurrent use.
type Source struct {
	mu   sync.Mutex
	fill func(p []byte)
}

// Random draws from the operating system, whose generator never fails (crypto/rand.Read).
func Random() *Source { return &Source{fill: func(p []byte) { _, _ = rand.Read(p) }} }

// Seeded makes the same ids for the same seed, for tests and demos; never for tokens.
func Seeded(seed string) *Source { return &Source{fill: (&counter{seed: seed}).fill} }

// New returns an id of Length characters.
func (s *Source) New() string { return Encode(s.Bytes(16)) }

// Bytes returns n random bytes.
func (s *Source) Bytes(n int) []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	b := make([]byte, n)
	s.fill(b)
	return b
}

// Encode writes b in the alphabet of ids.
func Encode(b []byte) string { return encoding.EncodeToString(b) }

// Valid reports whether s has the form of an id; what comes from outside is checked before it reaches a store.
func Valid(s string) bool {
	if len(s) != Length {
		return false
	}
	_, err := encoding.DecodeString(s)
	return err == nil
}

// counter is SHA-256 in counter mode.
type counter struct {
	seed string
	n    uint64
	rest []byte
}

func (c *counter) fill(p []byte) {
	for len(p) > 0 {
		if len(c.rest) == 0 {
			h := sha256.Sum256(binary.BigEndian.AppendUint64([]byte(c.seed), c.n))
			c.n, c.rest = c.n+1, h[:]
		}
		n := copy(p, c.rest)
		p, c.rest = p[n:], c.rest[n:]
	}
}

// Derive names a thing after what makes it unique: the same parts always give the same id. Parts are
// length-prefixed, so no two lists of parts collide by concatenation.
func Derive(parts ...string) string {
	h := sha256.New()
	for _, p := range parts {
		_ = binary.Write(h, binary.BigEndian, uint32(len(p)))
		_, _ = h.Write([]byte(p))
	}
	return Encode(h.Sum(nil)[:16])
}
