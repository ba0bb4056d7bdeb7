package people

import (
	"crypto/hmac"
	"crypto/sha256"

	"github.com/skillcert/skillcert/engine/ids"
)

// Mark stands for a value that is personal data, such as an address: whoever has the value and the registry's key finds
// the same mark again, and nobody finds the value from the mark. Marks of different fields never meet.
func (r *Registry) Mark(field, value string) string {
	return ids.Encode(r.mac("mark " + field + "|" + value))
}

func (r *Registry) mac(text string) []byte {
	mac := hmac.New(sha256.New, r.key)
	_, _ = mac.Write([]byte(text)) // never fails
	return mac.Sum(nil)[:16]
}
