package vcjwt_test

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/skillcert/skillcert/certs/vcjwt"
	"github.com/skillcert/skillcert/certs/vcjwt/vctest"
)

// noon is any instant: nothing here reads a clock.
func noon() time.Time { return time.Date(2026, 11, 26, 4, 0, 0, 0, time.UTC) }

type world struct {
	key   vctest.Key
	chain []*x509.Certificate
	trust vcjwt.Trust
}

func newWorld(t testing.TB) world {
	a := vctest.New(t, "甲", noon())
	key, chain := a.Leaf(t, "状态", vctest.Purpose(1))
	return world{key, chain, vcjwt.Trust{Roots: a.Roots, At: noon(), Usage: vctest.Only(vctest.Purpose(1))}}
}

func TestWhatIsSignedIsRead(t *testing.T) {
	w := newWorld(t)
	payload := []byte(`{"name":"张三<&>"}`)
	text, err := vcjwt.Sign(payload, w.key, w.chain)
	if err != nil {
		t.Fatal(err)
	}
	got, err := vcjwt.Open(text, w.trust)
	if err != nil || !bytes.Equal(got.Payload, payload) || !got.Signer.Equal(w.chain[0]) || got.KeyID != vcjwt.KeyID(w.chain[0]) {
		t.Fatalf("%+v, %v", got, err)
	}
}

func TestTheHeaderIsByTheBook(t *testing.T) {
	w := newWorld(t)
	text, err := vcjwt.Sign([]byte("{}"), w.key, w.chain)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := base64.RawURLEncoding.DecodeString(strings.Split(string(text), ".")[0])
	if err != nil {
		t.Fatal(err)
	}
	var h map[string]any
	if err = json.Unmarshal(raw, &h); err != nil || h["typ"] != "vc+jwt" || h["cty"] != "vc" || h["alg"] != "ES256" || len(h) != 5 {
		t.Fatalf("%s: %v", raw, err)
	}
	x5c, ok := h["x5c"].([]any)
	if !ok || len(x5c) != 2 || x5c[0] != base64.StdEncoding.EncodeToString(w.chain[0].Raw) {
		t.Fatalf("x5c %v", h["x5c"])
	}
}

// Base64url has bits that a lenient reader passes over; the last character of the signature has four.
func TestEveryFlippedBitIsRefused(t *testing.T) {
	w := newWorld(t)
	text, err := vcjwt.Sign([]byte(`{"a":1}`), w.key, w.chain)
	if err != nil {
		t.Fatal(err)
	}
	for i := range text {
		for bit := range 8 {
			bad := bytes.Clone(text)
			bad[i] ^= 1 << bit
			if _, err = vcjwt.Open(bad, w.trust); err == nil {
				t.Fatalf("bit %d of byte %d may be anything", bit, i)
			}
		}
	}
}

// The decoder of base64 passes over line breaks.
func TestNothingIsPassedOver(t *testing.T) {
	w := newWorld(t)
	text, err := vcjwt.Sign([]byte(`{"a":1}`), w.key, w.chain)
	if err != nil {
		t.Fatal(err)
	}
	for i := range len(text) + 1 {
		for _, extra := range []string{"\n", "\r", " ", "=", "."} {
			bad := string(text[:i]) + extra + string(text[i:])
			if _, err = vcjwt.Open([]byte(bad), w.trust); !errors.Is(err, vcjwt.ErrForm) {
				t.Fatalf("%q at %d: %v", extra, i, err)
			}
		}
	}
}

// forge signs any header with the leaf's key.
func forge(t *testing.T, k crypto.Signer, header, payload string) []byte {
	t.Helper()
	input := base64.RawURLEncoding.EncodeToString([]byte(header)) + "." + base64.RawURLEncoding.EncodeToString([]byte(payload))
	digest := crypto.SHA256.New()
	digest.Write([]byte(input))
	der, err := k.Sign(rand.Reader, digest.Sum(nil), crypto.SHA256)
	if err != nil {
		t.Fatal(err)
	}
	return []byte(input + "." + base64.RawURLEncoding.EncodeToString(fixed(t, der)))
}

func TestOtherHeadersAreRefusedThoughSigned(t *testing.T) {
	w := newWorld(t)
	x5c := fmt.Sprintf(`["%s","%s"]`, base64.StdEncoding.EncodeToString(w.chain[0].Raw), base64.StdEncoding.EncodeToString(w.chain[1].Raw))
	kid := vcjwt.KeyID(w.chain[0])
	good := fmt.Sprintf(`{"alg":"ES256","cty":"vc","kid":"%s","typ":"vc+jwt","x5c":%s}`, kid, x5c)
	if _, err := vcjwt.Open(forge(t, w.key, good, "{}"), w.trust); err != nil {
		t.Fatalf("the forge itself is wrong: %v", err)
	}
	for name, change := range map[string]string{
		"alg none":        strings.Replace(good, "ES256", "none", 1),
		"alg HS256":       strings.Replace(good, "ES256", "HS256", 1),
		"typ JWT":         strings.Replace(good, "vc+jwt", "JWT", 1),
		"other kid":       strings.Replace(good, kid, strings.Repeat("0", 16), 1),
		"doubled alg":     strings.Replace(good, `{"alg"`, `{"alg":"ES256","alg"`, 1),
		"own key":         strings.Replace(good, `"kid"`, `"jwk":{"kty":"EC"},"kid"`, 1),
		"crit":            strings.Replace(good, `"cty"`, `"crit":["b64"],"cty"`, 1),
		"white space":     strings.Replace(good, `{"alg"`, `{ "alg"`, 1),
		"no chain":        strings.Replace(good, x5c, `[]`, 1),
		"leaf alone":      strings.Replace(good, x5c, x5c[:strings.Index(x5c, ",")]+"]", 1),
		"doubled issuer":  strings.Replace(good, x5c, strings.Replace(x5c, "]", x5c[strings.Index(x5c, ","):len(x5c)-1]+"]", 1), 1),
		"no certificates": strings.Replace(good, x5c, `["AAAA"]`, 1),
	} {
		if change == good {
			t.Fatalf("%s changes nothing", name)
		}
		if _, err := vcjwt.Open(forge(t, w.key, change, "{}"), w.trust); err == nil {
			t.Errorf("%s is accepted", name)
		}
	}
}

func TestWhoMaySign(t *testing.T) {
	w := newWorld(t)
	text, err := vcjwt.Sign([]byte("{}"), w.key, w.chain)
	if err != nil {
		t.Fatal(err)
	}
	other := vctest.New(t, "乙", noon())
	leaf := w.chain[0]
	for name, c := range map[string]struct {
		change func(*vcjwt.Trust)
		want   error
	}{
		"another root":     {func(tr *vcjwt.Trust) { tr.Roots = other.Roots }, vcjwt.ErrChain},
		"no roots":         {func(tr *vcjwt.Trust) { tr.Roots = nil }, vcjwt.ErrChain},
		"no usage":         {func(tr *vcjwt.Trust) { tr.Usage = nil }, vcjwt.ErrChain},
		"another usage":    {func(tr *vcjwt.Trust) { tr.Usage = vctest.Only(vctest.Purpose(2)) }, vcjwt.ErrUsage},
		"a second early":   {func(tr *vcjwt.Trust) { tr.At = leaf.NotBefore.Add(-time.Second) }, vcjwt.ErrChain},
		"the first second": {func(tr *vcjwt.Trust) { tr.At = leaf.NotBefore }, nil},
		"the last second":  {func(tr *vcjwt.Trust) { tr.At = leaf.NotAfter }, nil},
		"a second late":    {func(tr *vcjwt.Trust) { tr.At = leaf.NotAfter.Add(time.Second) }, vcjwt.ErrChain},
	} {
		trust := w.trust
		c.change(&trust)
		if _, err := vcjwt.Open(text, trust); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}

func TestKeysThatCannotSign(t *testing.T) {
	w := newWorld(t)
	a := vctest.New(t, "甲", noon())
	wide, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		signer crypto.Signer
		chain  []*x509.Certificate
	}{
		"no chain":      {w.key, nil},
		"another key":   {vctest.NewKey(t, "别人"), w.chain},
		"another curve": {wide, w.chain},
		"with the root": {w.key, append(w.chain[:2:2], a.Root)},
		"wrong order":   {w.key, []*x509.Certificate{w.chain[0], w.chain[0]}},
	} {
		if _, err := vcjwt.Sign([]byte("{}"), c.signer, c.chain); !errors.Is(err, vcjwt.ErrSigner) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestSizeIsBounded(t *testing.T) {
	w := newWorld(t)
	if _, err := vcjwt.Sign(make([]byte, vcjwt.MaxSize), w.key, w.chain); !errors.Is(err, vcjwt.ErrSigner) {
		t.Fatal(err)
	}
	if _, err := vcjwt.Open(make([]byte, vcjwt.MaxSize+1), w.trust); !errors.Is(err, vcjwt.ErrForm) {
		t.Fatal(err)
	}
}

func FuzzOpen(f *testing.F) {
	w := newWorld(f)
	text, err := vcjwt.Sign([]byte(`{"a":1}`), w.key, w.chain)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Add([]byte("e30.e30.AA"))
	f.Fuzz(func(t *testing.T, in []byte) {
		got, err := vcjwt.Open(in, w.trust)
		if err == nil && !bytes.Equal(got.Payload, []byte(`{"a":1}`)) {
			t.Fatalf("a credential that nobody signed: %q", got.Payload)
		}
	})
}
