package api_test

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/skillcert/skillcert/api"
	"github.com/skillcert/skillcert/api/auth"
)

// reworked takes a good token apart and changes its header or its claims.
func reworked(t *testing.T, token string, change func(header, claims map[string]any)) string {
	t.Helper()
	parts := strings.Split(token, ".")
	var fields [2]map[string]any
	for i := range fields {
		b, err := base64.RawURLEncoding.DecodeString(parts[i])
		check(t, err)
		check(t, json.Unmarshal(b, &fields[i]))
	}
	change(fields[0], fields[1])
	for i := range fields {
		b, err := json.Marshal(fields[i])
		check(t, err)
		parts[i] = base64.RawURLEncoding.EncodeToString(b)
	}
	return strings.Join(parts, ".")
}

func signed(token string, key ed25519.PrivateKey) string {
	text := token[:strings.LastIndexByte(token, '.')]
	return text + "." + base64.RawURLEncoding.EncodeToString(ed25519.Sign(key, []byte(text)))
}

func TestBadTokensChangeNothing(t *testing.T) {
	w := newWorld(t)
	w.openRoom()
	w.at(time.Minute)
	good := w.candidate(0)
	path := w.attempt(0)
	good.json("GET", path+"/paper", nil, nil)
	_, other, err := ed25519.GenerateKey(rand.Reader)
	check(t, err)
	stranger, err := auth.OpenRing(t.TempDir(), w.clock)
	check(t, err)
	theirs, _, err := auth.NewTokens(stranger, w.clock).Issue("nobody")
	check(t, err)
	ended := w.candidate(0)
	if r := ended.send("POST", "/api/v1/sign-out", nil); r.status != http.StatusNoContent {
		t.Fatalf("sign out: %d %s", r.status, r.body)
	}
	same := func(map[string]any, map[string]any) {}
	for name, token := range map[string]string{
		"signed by another key": signed(good.token, other),
		"of another house":      theirs,
		"alg none":              strings.TrimRight(reworked(t, good.token, func(h, _ map[string]any) { h["alg"] = "none" }), "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"),
		"alg HS256":             reworked(t, good.token, func(h, _ map[string]any) { h["alg"] = "HS256" }),
		"another audience":      reworked(t, good.token, func(_, c map[string]any) { c["aud"] = "elsewhere" }),
		"a later end":           reworked(t, good.token, func(_, c map[string]any) { c["exp"] = w.clock.Now().Add(time.Hour).Unix() }),
		"another key's name":    reworked(t, good.token, func(h, _ map[string]any) { h["kid"] = "0" }),
		"no signature":          reworked(t, good.token, same)[:strings.LastIndexByte(good.token, '.')+1],
		"no token":              "x",
		"a login that ended":    ended.token,
	} {
		r := w.program(token).send("POST", path+"/responses", entry(1, 0, 1))
		if r.status != http.StatusUnauthorized || r.problem().Code == "" || !strings.HasPrefix(r.header.Get("Content-Type"), "application/problem+json") {
			t.Errorf("%s: %d %s %s", name, r.status, r.header.Get("Content-Type"), r.body)
		}
	}
	w.nothingChanged(good, path, 0)
	w.clock.Advance(auth.Life + 30*time.Second - time.Millisecond) // with the leeway for another server's clock
	w.nothingChanged(good, path, 0)
	w.clock.Advance(time.Millisecond)
	if r := good.send("GET", path+"/paper", nil); r.status != http.StatusUnauthorized || r.problem().Code != "token.expired" {
		t.Errorf("expired: %d %s", r.status, r.body)
	}
}

func TestRefresh(t *testing.T) {
	w := newWorld(t)
	sign := func(path string, body any) (got api.Tokens, status int) {
		r := w.program("").send("POST", path, body)
		_ = json.Unmarshal(r.body, &got) // a refusal holds no tokens
		return got, r.status
	}
	first, _ := sign("/api/v1/sign-in", api.SignIn{Login: "kaowu", Password: "demo-照护-2026"})
	w.clock.Advance(auth.Life)
	second, status := sign("/api/v1/refresh", api.Refresh{RefreshToken: first.RefreshToken})
	if status != http.StatusOK || second.RefreshToken == "" || second.RefreshToken == first.RefreshToken {
		t.Fatalf("refreshed: %d %+v", status, second)
	}
	w.clock.Advance(30 * time.Minute) // the answer was lost: the same again
	again, status := sign("/api/v1/refresh", api.Refresh{RefreshToken: first.RefreshToken})
	if status != http.StatusOK || again.RefreshToken != second.RefreshToken {
		t.Fatalf("refreshed again: %d %+v, want %+v", status, again, second)
	}
	if second = again; second.AccessToken == "" {
		t.Fatal("no access token")
	}
	if r := w.program(second.AccessToken).send("GET", "/api/v1/me", nil); r.status != http.StatusOK || !strings.Contains(string(r.body), "exam-office") {
		t.Errorf("me: %d %s", r.status, r.body)
	}
	w.clock.Advance(2 * time.Minute)
	if _, status := sign("/api/v1/refresh", api.Refresh{RefreshToken: first.RefreshToken}); status != http.StatusUnauthorized {
		t.Errorf("a secret used twice: %d", status)
	}
	if r := w.program(second.AccessToken).send("GET", "/api/v1/me", nil); r.status != http.StatusUnauthorized {
		t.Errorf("after the theft: %d %s", r.status, r.body)
	}
	for name, body := range map[string]api.SignIn{"a wrong password": {Login: "kaowu", Password: "demo-照护-2027"}, "nobody": {Login: "nobody", Password: "demo-照护-2026"}} {
		r := w.program("").send("POST", "/api/v1/sign-in", body)
		if r.status != http.StatusUnauthorized || r.problem().Code != "login.refused" {
			t.Errorf("%s: %d %s", name, r.status, r.body)
		}
	}
	for name, change := range map[string]func(*api.ExamSignIn){"a wrong code": func(s *api.ExamSignIn) { s.Code = "000000x" }, "a wrong tail": func(s *api.ExamSignIn) { s.IDTail = "000000" },
		"no ticket": func(s *api.ExamSignIn) { s.Ticket = "26120000010007" }} {
		s := w.ticket(0)
		change(&s)
		if r := w.program("").send("POST", "/api/v1/exam/sign-in", s); r.status != http.StatusUnauthorized || r.problem().Code != "login.refused" {
			t.Errorf("%s: %d %s", name, r.status, r.body)
		}
	}
}
