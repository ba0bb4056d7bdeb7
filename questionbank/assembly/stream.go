package assembly

import (
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
)

// stream is the randomness of one slot; the package comment defines it.
type stream struct{ chacha *rand.ChaCha8 }

func newStream(seed [32]byte, label string) (*stream, error) {
	s := &stream{chacha: rand.NewChaCha8([32]byte{})}
	return s, s.restart(seed, label)
}

// restart turns s into the stream of label.
func (s *stream) restart(seed [32]byte, label string) error {
	key, err := hkdf.Expand(sha256.New, seed[:], label, 32)
	if err != nil {
		return fmt.Errorf("assembly: derive %q: %w", label, err)
	}
	s.chacha.Seed([32]byte(key))
	return nil
}

func slotLabel(slot int) string {
	return string(binary.BigEndian.AppendUint64([]byte("slot"), uint64(slot)))
}

// below returns a number in [0, n), each equally likely; n is from 1 to 2³¹.
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

// phaseBits is the width of a phase.
const phaseBits = 20

// phase returns a number of phaseBits bits.
func (s *stream) phase() int32 { return int32(s.chacha.Uint64() >> (64 - phaseBits)) }

// shuffle puts list into an order in which each is equally likely.
func shuffle[T any](s *stream, list []T) {
	for i := len(list) - 1; i > 0; i-- {
		j := s.below(i + 1)
		list[i], list[j] = list[j], list[i]
	}
}
