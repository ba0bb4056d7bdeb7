package seb

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Key is a Config Key or a Browser Exam Key: 64 hexadecimal digits in lower case.
type Key string

// ConfigKey is the Config Key of settings.
func (d Dict) ConfigKey() Key { return Key(digest(d.JSON())) }

func digest(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}

// JSON is what the Config Key is taken over, called SEB-JSON. It is not quite JSON: nothing in a string is escaped. The
// key originatorVersion is left out, and so are dictionaries with nothing in them.
func (d Dict) JSON() string {
	var b strings.Builder
	root := maps.Clone(d)
	delete(root, "originatorVersion")
	writeJSON(&b, root)
	return b.String()
}

func writeJSON(b *strings.Builder, v Value) {
	switch v := v.(type) {
	case Dict:
		writeDict(b, v)
	case Array:
		b.WriteByte('[')
		for i, item := range v {
			if i > 0 {
				b.WriteByte(',')
			}
			writeJSON(b, item)
		}
		b.WriteByte(']')
	case Bool:
		b.WriteString(strconv.FormatBool(bool(v)))
	case Integer:
		b.WriteString(strconv.FormatInt(int64(v), 10))
	case Real:
		b.WriteString(strconv.FormatFloat(float64(v), 'f', -1, 64))
	case String:
		quote(b, string(v))
	case Data:
		quote(b, base64.StdEncoding.EncodeToString(v))
	case Date:
		quote(b, time.Time(v).UTC().Format("2006-01-02T15:04:05+00:00"))
	}
}

func quote(b *strings.Builder, s string) { b.WriteString(`"` + s + `"`) }

func writeDict(b *strings.Builder, d Dict) {
	b.WriteByte('{')
	first := true
	for _, key := range slices.SortedFunc(maps.Keys(d), compare) {
		if inner, ok := d[key].(Dict); ok && len(inner) == 0 {
			continue
		}
		if !first {
			b.WriteByte(',')
		}
		first = false
		quote(b, key)
		b.WriteByte(':')
		writeJSON(b, d[key])
	}
	b.WriteByte('}')
}

// compare orders keys without case. Of two that differ by nothing else the one in lower case comes first, as in the
// older browsers; the format has given that rule up, so settings of ours have no such pair.
func compare(a, b string) int {
	if c := strings.Compare(strings.ToLower(a), strings.ToLower(b)); c != 0 {
		return c
	}
	return strings.Compare(b, a)
}

// Hash is what a browser tells of a key while it is at an address: neither the key itself, nor anything that serves at
// another address. The fragment of the address does not count.
func Hash(address string, k Key) string {
	address, _, _ = strings.Cut(address, "#")
	return digest(address + string(k))
}

// Matches reports whether got is the Hash of one of keys, in a time that does not depend on how much of it is right.
func Matches(got, address string, keys ...Key) bool {
	got, found := strings.ToLower(got), 0
	for _, k := range keys {
		found |= subtle.ConstantTimeCompare([]byte(got), []byte(Hash(address, k)))
	}
	return found == 1
}

// ReadKeys reads keys as people paste them: one a line, in any case. ok is false when something is no key or stands
// there twice.
func ReadKeys(text string) (keys []Key, ok bool) {
	for _, line := range strings.Fields(text) {
		k := Key(strings.ToLower(line))
		if !k.Valid() || slices.Contains(keys, k) {
			return nil, false
		}
		keys = append(keys, k)
	}
	return keys, true
}

// Valid reports whether k looks like a key.
func (k Key) Valid() bool {
	b, err := hex.DecodeString(string(k))
	return err == nil && len(b) == sha256.Size && strings.ToLower(string(k)) == string(k)
}
