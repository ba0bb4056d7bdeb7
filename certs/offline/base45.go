package offline

import "strings"

// digits are those of RFC 9285 §4.2, all of which QR codes hold in alphanumeric mode.
const digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"

const base = len(digits)

// base45 writes two bytes as three digits and a last single byte as two, the least digit first.
func base45(data []byte) string {
	var b strings.Builder
	for ; len(data) > 1; data = data[2:] {
		n := int(data[0])<<8 | int(data[1])
		b.Write([]byte{digits[n%base], digits[n/base%base], digits[n/base/base]})
	}
	if len(data) == 1 {
		b.Write([]byte{digits[int(data[0])%base], digits[int(data[0])/base]})
	}
	return b.String()
}

// unbase45 refuses every text that base45 does not write (RFC 9285 §6).
func unbase45(text string) ([]byte, bool) {
	if len(text)%3 == 1 {
		return nil, false
	}
	out := make([]byte, 0, len(text)/3*2+1)
	for ; len(text) > 0; text = text[min(3, len(text)):] {
		n, weight := 0, 1
		for i := range min(3, len(text)) {
			d := strings.IndexByte(digits, text[i])
			if d < 0 {
				return nil, false
			}
			n += d * weight
			weight *= base
		}
		switch {
		case len(text) > 2 && n <= 0xFFFF:
			out = append(out, byte(n>>8), byte(n))
		case len(text) == 2 && n <= 0xFF:
			out = append(out, byte(n))
		default:
			return nil, false
		}
	}
	return out, true
}
