package protocol

import (
	"crypto/hkdf"
	"crypto/sha256"
	"slices"

	"github.com/skillcert/skillcert/engine"
)

// seedSalt separates the seed of a draw from every other use of the same secrets.
const seedSalt = "skillcert draw seed v1"

// seedOf mixes the shares of all custodians and the public random value, bound to the roots and to the attempt. None of
// its inputs alone decides it.
func seedOf(shares []Hash, value Hash, r Roots, attempt int) (Hash, error) {
	var secret []byte
	for _, s := range shares {
		secret = append(secret, s[:]...)
	}
	secret = append(secret, value[:]...)
	info := slices.Concat(r.Bank[:], r.Plan[:], r.Roster[:], r.Usage[:], r.Engine[:], record(nil).number(attempt))
	b, err := hkdf.Key(sha256.New, secret, []byte(seedSalt), string(info), sha256.Size)
	if err != nil {
		return Hash{}, err
	}
	return Hash(b), nil
}

// levelSeed is the seed of one level: levels share no items and no randomness.
func levelSeed(seed Hash, l engine.Level) (Hash, error) { return expand(seed, label("level", int(l))) }
