package auth_test

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/skillcert/skillcert/api/auth"
	"github.com/skillcert/skillcert/engine/clock"
)

var noon = time.Date(2026, 11, 24, 4, 0, 0, 0, time.UTC)

func tokens(t *testing.T) (*auth.Tokens, *clock.Manual, string) {
	t.Helper()
	dir := t.TempDir()
	c := clock.NewManual(noon)
	return auth.NewTokens(openRing(t, dir, c), c), c, dir
}

func openRing(t *testing.T, dir string, c clock.Clock) *auth.Ring {
	t.Helper()
	ring, err := auth.OpenRing(dir, c)
	if err != nil {
		t.Fatal(err)
	}
	return ring
}

func issue(t *testing.T, tk *auth.Tokens) string {
	t.Helper()
	s, _, err := tk.Issue("login-1")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestTokenNamesItsLogin(t *testing.T) {
	tk, c, _ := tokens(t)
	s := issue(t, tk)
	if got, err := tk.Login(s); err != nil || got != "login-1" {
		t.Fatalf("Login = %q, %v", got, err)
	}
	c.Advance(auth.Life + leeway - time.Millisecond)
	if got, err := tk.Login(s); err != nil || got != "login-1" {
		t.Fatalf("a moment before its end: %q, %v", got, err)
	}
	c.Advance(time.Millisecond)
	if got, err := tk.Login(s); !errors.Is(err, auth.ErrExpired) || got != "login-1" {
		t.Fatalf("after its end: %q, %v", got, err)
	}
}

// leeway is how far the clocks of two servers may be apart.
const leeway = 30 * time.Second

// A token of a server whose clock is ahead is good here, if it is not further ahead than the leeway.
func TestClocksApart(t *testing.T) {
	tk, _, dir := tokens(t)
	s := issue(t, tk)
	for behind, want := range map[time.Duration]error{0: nil, leeway: nil, leeway + time.Millisecond: auth.ErrToken, time.Hour: auth.ErrToken} {
		c := clock.NewManual(noon.Add(-behind))
		if _, err := auth.NewTokens(openRing(t, dir, c), c).Login(s); !errors.Is(err, want) {
			t.Errorf("%s behind: %v", behind, err)
		}
	}
}

// forged signs claims as an attacker would.
func forged(t *testing.T, header map[string]any, claims jwt.MapClaims, key ed25519.PrivateKey) string {
	t.Helper()
	part := func(v any) string {
		b, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		return base64.RawURLEncoding.EncodeToString(b)
	}
	body := part(header) + "." + part(claims)
	if key == nil {
		return body + "."
	}
	return body + "." + base64.RawURLEncoding.EncodeToString(ed25519.Sign(key, []byte(body)))
}

func TestForgedTokensAreRefused(t *testing.T) {
	tk, _, _ := tokens(t)
	real := issue(t, tk)
	header := map[string]any{}
	raw, err := base64.RawURLEncoding.DecodeString(strings.Split(real, ".")[0])
	if err != nil || json.Unmarshal(raw, &header) != nil {
		t.Fatal(err)
	}
	claims := jwt.MapClaims{"iss": "skillcert", "aud": "skillcert-api", "sub": "login-1", "iat": noon.Unix(), "exp": noon.Add(time.Minute).Unix()}
	_, other, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	with := func(k string, v any) map[string]any {
		h := map[string]any{"alg": "EdDSA", "typ": "JWT", "kid": header["kid"]}
		h[k] = v
		return h
	}
	cases := map[string]string{
		"empty":         "",
		"no parts":      "abc",
		"another key":   forged(t, with("typ", "JWT"), claims, other),
		"unknown kid":   forged(t, with("kid", "0000000000000000"), claims, other),
		"alg none":      forged(t, with("alg", "none"), claims, nil),
		"alg HS256":     forged(t, with("alg", "HS256"), claims, other),
		"cut":           real[:len(real)-4],
		"trailing":      real + "A",
		"payload moved": strings.Replace(real, ".", ".A", 1),
	}
	for name, s := range cases {
		if got, err := tk.Login(s); !errors.Is(err, auth.ErrToken) || got != "" {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}

func TestAnExpiredForgeryNamesNobody(t *testing.T) {
	tk, c, _ := tokens(t)
	s := issue(t, tk)
	c.Advance(time.Hour)
	parts := strings.Split(s, ".")
	if got, err := tk.Login(parts[0] + "." + parts[1] + "." + base64.RawURLEncoding.EncodeToString(make([]byte, 64))); !errors.Is(err, auth.ErrToken) || got != "" {
		t.Fatalf("%q, %v", got, err)
	}
}

// kid is the key that a token says it was signed with.
func kid(t *testing.T, token string) string {
	t.Helper()
	var header struct{ Kid string }
	raw, err := base64.RawURLEncoding.DecodeString(strings.Split(token, ".")[0])
	if err != nil || json.Unmarshal(raw, &header) != nil {
		t.Fatal(err)
	}
	return header.Kid
}
