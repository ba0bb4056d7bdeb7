package protocol

import (
	"crypto/hkdf"
	"crypto/sha256"
	"fmt"

	"github.com/skillcert/skillcert/questionbank/assembly"
)

// expand is HKDF-SHA256-Expand of a key under a label, 32 bytes long.
func expand(key Hash, label string) (Hash, error) {
	b, err := hkdf.Expand(sha256.New, key[:], label, sha256.Size)
	if err != nil {
		return Hash{}, fmt.Errorf("protocol: derive %q: %w", label, err)
	}
	return Hash(b), nil
}

// newStream is the randomness of one event.
func newStream(key Hash, label string) *assembly.Stream {
	s := assembly.NewStream(key)
	s.Restart([]byte(label))
	return s
}

// order is the numbers below n, shuffled.
func order(s *assembly.Stream, n int) []uint8 {
	list := make([]uint8, n)
	for i := range list {
		list[i] = uint8(i)
	}
	assembly.Shuffle(s, list)
	return list
}
