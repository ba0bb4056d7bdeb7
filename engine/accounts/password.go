package accounts

import (
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"
)

// Cost is the work of one password check.
type Cost struct {
	KiB     uint32 // memory
	Passes  uint32
	Threads uint8
}

// DefaultCost is the second recommended option of RFC 9106 scaled to a two-core machine: 64 MiB, three passes.
func DefaultCost() Cost { return Cost{KiB: 64 << 10, Passes: 3, Threads: 2} }

const hashLength = 32

var b64 = base64.RawStdEncoding

// hashPassword returns $argon2id$v=19$m=…,t=…,p=…$salt$hash.
func hashPassword(password string, salt []byte, c Cost) string {
	return writtenHash(salt, argon2.IDKey([]byte(password), salt, c.Passes, c.KiB, c.Threads, hashLength), c)
}

func writtenHash(salt, h []byte, c Cost) string {
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, c.KiB, c.Passes, c.Threads,
		b64.EncodeToString(salt), b64.EncodeToString(h))
}

// passwordMatches compares in constant time. An unreadable hash matches nothing.
func passwordMatches(password, hash string) bool {
	parts := strings.Split(hash, "$")
	if len(parts) != 6 || parts[1] != "argon2id" {
		return false
	}
	var c Cost
	if n, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &c.KiB, &c.Passes, &c.Threads); n != 3 || err != nil {
		return false
	}
	salt, err := b64.DecodeString(parts[4])
	if err != nil || c.Passes == 0 || c.Threads == 0 {
		return false
	}
	return subtle.ConstantTimeCompare([]byte(hashPassword(password, salt, c)), []byte(hash)) == 1
}
