package protocol

import (
	"crypto/hkdf"
	"crypto/sha256"
	"fmt"
	"math/rand/v2"
)

// expand is HKDF-SHA256-Expand of a key under a label, 32 bytes long.
func expand(key Hash, label string) (Hash, error) {
	b, err := hkdf.Expand(sha256.New, key[:], label, sha256.Size)
	if err != nil {
		return Hash{}, fmt.Errorf("protocol: derive %q: %w", label, err)
	}
	return Hash(b), nil
}

// stream is the randomness of one event: ChaCha8 (C2SP chacha8rand) under the expanded key.
type stream struct{ chacha *rand.ChaCha8 }

func newStream(key Hash, label string) (*stream, error) {
	k, err := expand(key, label)
	if err != nil {
		return nil, err
	}
	return &stream{rand.NewChaCha8(k)}, nil
}

// below returns a number in [0, n): the upper half of the product of n and the upper 32 bits of a draw; draws whose
// lower half is below 2³² mod n are rejected. For n = 1 it draws nothing.
func (s *stream) below(n int) int {
	if n <= 1 {
		return 0
	}
	bound := uint32(n)
	for reject := -bound % bound; ; {
		product := (s.chacha.Uint64() >> 32) * uint64(bound)
		if uint32(product) >= reject {
			return int(product >> 32)
		}
	}
}

// order is the numbers below n, shuffled: i walks from n-1 down to 1 and swaps with a number below i+1.
func (s *stream) order(n int) []uint8 {
	list := make([]uint8, n)
	for i := range list {
		list[i] = uint8(i)
	}
	for i := n - 1; i > 0; i-- {
		j := s.below(i + 1)
		list[i], list[j] = list[j], list[i]
	}
	return list
}
