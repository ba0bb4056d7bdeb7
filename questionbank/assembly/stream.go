package assembly

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"hash"
	"math/rand/v2"
)

// stream is the randomness of one slot; SPEC.md defines it.
type stream struct {
	chacha *rand.ChaCha8
	mac    hash.Hash // HMAC-SHA256 under the seed
	label  []byte
	sum    []byte
}

func newStream(seed [32]byte) *stream {
	return &stream{chacha: rand.NewChaCha8(seed), mac: hmac.New(sha256.New, seed[:])}
}

// restart turns s into the stream of a label: its key is HKDF-SHA256-Expand(seed, label, 32), which is one HMAC.
func (s *stream) restart(label []byte) {
	s.mac.Reset()
	s.mac.Write(label)
	s.mac.Write([]byte{1})
	s.sum = s.mac.Sum(s.sum[:0])
	s.chacha.Seed([32]byte(s.sum))
}

// about writes a label of a word and a number into the stream's own buffer.
func (s *stream) about(word string, n int) []byte {
	s.label = appendWord(s.label[:0], word, n)
	return s.label
}

func appendWord(label []byte, word string, n int) []byte {
	return binary.BigEndian.AppendUint64(append(label, word...), uint64(n))
}

// below returns a number in [0, n), each equally likely; n is from 1 to 2³¹. For n = 1 nothing is drawn.
func (s *stream) below(n int) int {
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
func (s *stream) phase() int32 { return int32(s.chacha.Uint64() >> (64 - phaseBits)) }

// shuffle puts list into an order in which each is equally likely.
func shuffle[T any](s *stream, list []T) {
	for i := len(list) - 1; i > 0; i-- {
		j := s.below(i + 1)
		list[i], list[j] = list[j], list[i]
	}
}
