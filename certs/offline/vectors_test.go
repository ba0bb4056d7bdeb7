package offline_test

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/asn1"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"math/big"
	"os"
	"strings"
	"testing"

	"github.com/skillcert/skillcert/certs/offline"
	"github.com/skillcert/skillcert/certs/vcjwt/vctest"
)

var update = flag.Bool("update", false, "write testdata anew")

// The vectors are what a second implementation must agree with. Claims stand under the keys of the map on the wire.
type vectors struct {
	Note string            `json:"note"`
	Keys map[string]string `json:"keys"` // key id in hex: SubjectPublicKeyInfo in base64
	Good []vector          `json:"good"`
	Bad  []vector          `json:"bad"`
}

type vector struct {
	Name   string         `json:"name"`
	Text   string         `json:"text"`
	Key    string         `json:"key,omitempty"`
	Claims map[string]any `json:"claims,omitempty"`
	Why    string         `json:"why,omitempty"` // code, key or signature: the first that is wrong
}

const digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"

// base45 is written apart from the package's own.
func base45(data []byte) string {
	var out []byte
	for i := 0; i < len(data); i += 2 {
		n, places := int(data[i]), 2
		if i+1 < len(data) {
			n, places = n*256+int(data[i+1]), 3
		}
		for range places {
			out = append(out, digits[n%45])
			n /= 45
		}
	}
	return string(out)
}

func byteString(b []byte) []byte {
	switch {
	case len(b) < 24:
		return append([]byte{0x40 | byte(len(b))}, b...)
	case len(b) < 256:
		return append([]byte{0x58, byte(len(b))}, b...)
	}
	return append([]byte{0x59, byte(len(b) >> 8), byte(len(b))}, b...)
}

// craft signs any headers and payload and puts them together by hand.
func craft(t *testing.T, head, protected, unprotected, payload []byte) []byte {
	t.Helper()
	input := append([]byte{0x84, 0x6a}, "Signature1"...)
	input = append(input, byteString(protected)...)
	input = append(input, 0x40)
	input = append(input, byteString(payload)...)
	sum := sha256.Sum256(input)
	der, err := vctest.NewKey(t, "离线").Sign(rand.Reader, sum[:], crypto.SHA256)
	if err != nil {
		t.Fatal(err)
	}
	var pair struct{ R, S *big.Int }
	if _, err = asn1.Unmarshal(der, &pair); err != nil {
		t.Fatal(err)
	}
	signature := append(pair.R.FillBytes(make([]byte, 32)), pair.S.FillBytes(make([]byte, 32))...)
	return bytes.Join([][]byte{head, byteString(protected), unprotected, byteString(payload), byteString(signature)}, nil)
}

func unhex(t *testing.T, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// text is a CBOR text string of less than 24 bytes.
func text(s string) string { return hex.EncodeToString(append([]byte{0x60 | byte(len(s))}, s...)) }

// plainPayload is a claims map written by hand, in the order of its keys, each of which may be changed.
func plainPayload(changes map[int]string) string {
	members := []string{"", "01" + text("S00003500104426400001"), "02" + text("李四"), "0304", "04" + text("4-04-05-05"), "",
		"061a 01352906", "0701", "08" + text("123X"), "0948 0102030405060708", "0a07", "0b1a 00017167", "0c" + text("中心")}
	for k, v := range changes {
		members[k] = v
	}
	n := 0
	for _, m := range members {
		if m != "" {
			n++
		}
	}
	return hex.EncodeToString([]byte{0xa0 | byte(n)}) + strings.Join(members, "")
}

// bad is a message that was made by hand, and why it is refused.
type bad struct {
	name string
	raw  []byte
	why  string
}

// smith makes messages with the test key.
type smith struct {
	*testing.T
	protected string
}

// good has the right headers and claims with changes.
func (s smith) good(changes map[int]string) []byte {
	return s.wrap("d284", s.protected, "a0", plainPayload(changes))
}

func (s smith) wrap(head, protected, unprotected, payload string) []byte {
	return craft(s.T, unhex(s.T, head), unhex(s.T, protected), unhex(s.T, unprotected), unhex(s.T, payload))
}

func (s smith) edited(old, new []byte) []byte { return bytes.Replace(s.good(nil), old, new, 1) }

func badMessages(s smith, kid offline.KeyID) []bad {
	all, good, wrap, protected := plainPayload(nil), s.good, s.wrap, s.protected
	flipped := good(nil)
	flipped[len(flipped)-1] ^= 1
	return []bad{
		{"last bit of the signature", flipped, "signature"},
		{"another name", s.edited([]byte("李四"), []byte("李五")), "signature"},
		{"a higher level", s.edited([]byte{0x03, 0x04, 0x04}, []byte{0x03, 0x03, 0x04}), "signature"},
		{"another key", s.edited(kid[:], []byte{1, 2, 3, 4, 5, 6, 7, 8}), "key"},
		{"a byte behind the end", append(good(nil), 0), "code"},
		{"one byte short", good(nil)[:len(good(nil))-1], "code"},
		{"no tag", wrap("84", protected, "a0", all), "code"},
		{"tag 98", wrap("d862 84", protected, "a0", all), "code"},
		{"five elements", append(wrap("d2 85", protected, "a0", all), 0), "code"},
		{"indefinite array", append(wrap("d2 9f", protected, "a0", all), 0xff), "code"},
		{"ES384", wrap("d284", "a2 013822 0448"+kid.String(), "a0", all), "code"},
		{"no key id", wrap("d284", "a1 0126", "a0", all), "code"},
		{"key id of seven bytes", wrap("d284", "a2 0126 0447"+kid.String()[:14], "a0", all), "code"},
		{"a third header", wrap("d284", "a3 0126 0300 0448"+kid.String(), "a0", all), "code"},
		{"headers in another order", wrap("d284", "a2 0448"+kid.String()+"0126", "a0", all), "code"},
		{"doubled algorithm", wrap("d284", "a3 0126 0126 0448"+kid.String(), "a0", all), "code"},
		{"an unprotected header", wrap("d284", protected, "a1 0300", all), "code"},
	}
}

func badClaims(s smith) []bad {
	good := s.good
	return []bad{
		{"claims in another order", s.wrap("d284", s.protected, "a0", "ab"+plainPayload(map[int]string{1: "", 2: ""})[2:]+
			"02"+text("李四")+"01"+text("S00003500104426400001")), "code"},
		{"a claim twice", good(map[int]string{5: "0304"}), "code"},
		{"a claim too many", good(map[int]string{5: "0d00"}), "code"},
		{"a claim too few", good(map[int]string{2: ""}), "code"},
		{"an empty work type", good(map[int]string{5: "0560"}), "code"},
		{"level as a long number", good(map[int]string{3: "031804"}), "code"},
		{"level as text", good(map[int]string{3: "036134"}), "code"},
		{"level as a float", good(map[int]string{3: "03f94400"}), "code"},
		{"level 0", good(map[int]string{3: "0300"}), "code"},
		{"level 6", good(map[int]string{3: "0306"}), "code"},
		{"negative level", good(map[int]string{3: "0323"}), "code"},
		{"30 February", good(map[int]string{6: "061a 01352586"}), "code"},
		{"month 13", good(map[int]string{6: "061a 013529b5"}), "code"},
		{"edition 0", good(map[int]string{7: "0700"}), "code"},
		{"edition 1000", good(map[int]string{7: "071903e8"}), "code"},
		{"name of broken UTF-8", good(map[int]string{2: "0262c328"}), "code"},
		{"name as bytes", good(map[int]string{2: "0242c3a9"}), "code"},
		{"name in two chunks", good(map[int]string{2: "027f" + text("李") + text("四") + "ff"}), "code"},
		{"bidi character in the name", good(map[int]string{2: "02" + text("李\u202e四")}), "code"},
		{"private use character in the name", good(map[int]string{2: "02" + text("李\ue000")}), "code"},
		{"empty name", good(map[int]string{2: "0260"}), "code"},
		{"photo digest of seven bytes", good(map[int]string{9: "0947 01020304050607"}), "code"},
		{"place behind the list", good(map[int]string{11: "0b1a 00020000"}), "code"},
		{"place of 64 bits", good(map[int]string{11: "0b1b 0000000100000000"}), "code"},
		{"null name", good(map[int]string{2: "02f6"}), "code"},
		{"tagged name", good(map[int]string{2: "02c6" + text("李四")}), "code"},
	}
}

// badTexts are other texts for a good message.
func badTexts(raw []byte) []vector {
	digits := base45(raw)
	whole := offline.Prefix + digits
	return []vector{{Name: "no prefix", Text: digits}, {Name: "another version", Text: "SKC2:" + digits},
		{Name: "small letters", Text: strings.ToLower(whole)}, {Name: "a line break", Text: whole + "\n"},
		{Name: "a digit too many", Text: whole + "0"}, {Name: "a triple above 65535", Text: whole + ":::"},
		{Name: "a pair above 255", Text: offline.Prefix + "::"}, {Name: "nothing", Text: offline.Prefix},
		{Name: "a triple that means the same modulo 65536", Text: offline.Prefix + overflow(digits, 3, 1<<16)},
		{Name: "a pair that means the same modulo 256", Text: offline.Prefix + overflow(digits, 2, 1<<8)}}
}

// overflow adds a multiple of what the digits of a group hold to a group that has room: to the first triple, or to the
// pair at the end.
func overflow(text string, size, add int) string {
	for at := 0; at < len(text); at += 3 {
		group := text[at:min(at+3, len(text))]
		n, room := add, 1
		for i, weight := 0, 1; i < len(group); i, weight = i+1, weight*45 {
			n += strings.IndexByte(digits, group[i]) * weight
			room *= 45
		}
		if len(group) != size || n >= room {
			continue
		}
		var out []byte
		for range size {
			out = append(out, digits[n%45])
			n /= 45
		}
		return text[:at] + string(out) + text[at+size:]
	}
	return ""
}

func badVectors(t *testing.T, kid offline.KeyID) []vector {
	s := smith{t, "a2 0126 0448" + kid.String()}
	if _, _, err := offline.Verify(offline.Prefix+base45(s.good(nil)), keys(t)); err != nil {
		t.Fatalf("the smith's own message is wrong: %v", err)
	}
	var out []vector
	for _, c := range append(badMessages(s, kid), badClaims(s)...) {
		out = append(out, vector{Name: c.name, Text: offline.Prefix + base45(c.raw), Why: c.why})
	}
	odd := s.good(nil)
	if len(odd)%2 == 0 {
		odd = s.good(map[int]string{8: "08" + text("23X")})
	}
	for _, v := range badTexts(odd) {
		v.Why = "code"
		out = append(out, v)
	}
	return out
}

func goodVectors(t *testing.T) []vector {
	bare := sample()
	bare.WorkType, bare.Name, bare.Level, bare.Edition = "", "阿卜杜拉·买买提", 1, 300
	rare := sample()
	rare.Name, rare.IDTail, rare.StatusList, rare.StatusIndex = "𠮷\U0002EBF0", "7", 0, 0
	first := sample()
	first.StatusList, first.StatusIndex, first.Photo = 999_999_999, 131_071, make([]byte, 8)
	hidden := sample()
	hidden.IDTail = ""
	var out []vector
	for _, c := range []struct {
		name   string
		claims offline.Claims
	}{{"four characters", sample()}, {"no work type", bare}, {"characters beyond the BMP", rare}, {"the largest numbers", first},
		{"a document number of which nothing is shown", hidden}} {
		code, err := offline.Decode(encode(t, c.claims))
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, vector{Name: c.name, Text: encode(t, c.claims), Key: code.Key.String(), Claims: byKey(code.Claims)})
	}
	return out
}

func byKey(c offline.Claims) map[string]any {
	m := map[string]any{"1": c.Number, "2": c.Name, "3": c.Level, "4": c.OccupationCode,
		"6": c.Issued.Year*10000 + int(c.Issued.Month)*100 + c.Issued.Day, "7": c.Edition, "8": c.IDTail,
		"9": hex.EncodeToString(c.Photo), "10": c.StatusList, "11": c.StatusIndex, "12": c.Org}
	if c.WorkType != "" {
		m["5"] = c.WorkType
	}
	return m
}

func TestVectors(t *testing.T) {
	public := vctest.NewKey(t, "离线").Public()
	kid, err := offline.KeyIDOf(public)
	if err != nil {
		t.Fatal(err)
	}
	spki, err := x509.MarshalPKIXPublicKey(public)
	if err != nil {
		t.Fatal(err)
	}
	v := vectors{Note: "Offline codes, format 1. Every key is a test key.",
		Keys: map[string]string{kid.String(): base64.StdEncoding.EncodeToString(spki)}, Good: goodVectors(t), Bad: badVectors(t, kid)}
	for _, b := range v.Bad {
		want := map[string]error{"code": offline.ErrCode, "key": offline.ErrKey, "signature": offline.ErrSignature}[b.Why]
		if _, _, err = offline.Verify(b.Text, keys(t)); !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", b.Name, err, want)
		}
	}
	golden(t, "testdata/vectors.json", v)
}

func golden(t *testing.T, name string, v any) {
	t.Helper()
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(v); err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(name, out.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil || !bytes.Equal(want, out.Bytes()) {
		t.Fatalf("%s is not what the package writes (-update writes it anew): %v", name, err)
	}
}

// The examples of RFC 9285 §4.3 and §4.4, against the writer of these tests, which the vectors hold the package to.
func TestBase45(t *testing.T) {
	for in, want := range map[string]string{"AB": "BB8", "Hello!!": "%69 VD92EX0", "base-45": "UJCLQE7W581", "ietf!": "QED8WEX0"} {
		if got := base45([]byte(in)); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}
