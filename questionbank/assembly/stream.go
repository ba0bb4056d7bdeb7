package assembly

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"hash"
	"math/rand/v2"
)

// Stream is the randomness of a draw: ChaCha8 (C2SP chacha8rand), keyed anew for every label. SPEC.md defines it.
type Stream struct {
	chacha *rand.ChaCha8
	mac    hash.Hash // HMAC-SHA256 under the seed
	label  []byte
	sum    []byte
}

// NewStream is the stream under a seed, before it is given a label.
func NewStream(seed [32]byte) *Stream {
	return &Stream{chacha: rand.NewChaCha8(seed), mac: hmac.New(sha256.New, seed[:])}
}

// Restart turns s into the stream of a label: its key is HKDF-SHA256-Expand(seed, label, 32), which is one HMAC.
func (s *Stream) Restart(label []byte) {
	s.mac.Reset()
	s.mac.Write(label)
	s.mac.Write([]byte{1})
	s.sum = s.mac.Sum(s.sum[:0])
	s.chacha.Seed([32]byte(s.sum))
}

// about writes a label of a word and a number into the stream's own buffer.
func (s *Stream) about(word string, n int) []byte {
	s.label = appendWord(s.label[:0], word, n)
	return s.label
}

func appendWord(label []byte, word string, n int) []byte {
	return binary.BigEndian.AppendUint64(append(label, word...), uint64(n))
}

// Below returns a number in [0, n), each equally likely: the upper half of the product of n and the upper 32 bits of a
// draw, where draws whose lower half is below 2³² mod n are rejected. n is from 1 to 2³¹; for n = 1 nothing is drawn.
func (s *Stream) Below(n int) int {
	if n <= 1 {
		return 0
	}
	bound := uint32(n)
	product := uint64(uint32(s.chacha.Uint64()>>32)) * uint64(bound)
	if uint32(product) < bound {
		for reject := -bound % bound; uint32(product) < reject; {
			product = uint64(uint32(s.chacha.Uint64()>>32)) * uint64(bound)
		}
	}
	return int(product >> 32)
}

// phase returns a number of phaseBits bits.
func (s *Stream) phase() int32 { return int32(s.chacha.Uint64() >> (64 - phaseBits)) }

// Shuffle puts list into an order in which each is equally likely: i walks from the last place down to the second and
// swaps with one of the places up to its own.
func Shuffle[T any](s *Stream, list []T) {
	for i := len(list) - 1; i > 0; i-- {
		j := s.Below(i + 1)
		list[i], list[j] = list[j], list[i]
	}
}
