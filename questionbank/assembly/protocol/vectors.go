package protocol

import (
	_ "embed"
	"strings"
)

//go:embed vectors.sha256
var vectors string

// Vectors is the hash of the test vectors that this program passes: a test holds both together.
func Vectors() Hash {
	var h Hash
	if err := h.UnmarshalText([]byte(strings.TrimSpace(vectors))); err != nil {
		return Hash{} // no such file is built in: the test sees to it
	}
	return h
}
