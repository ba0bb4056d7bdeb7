package api_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/skillcert/skillcert/api"
	"github.com/skillcert/skillcert/certs"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/ids"
	"github.com/skillcert/skillcert/engine/store"
	"github.com/skillcert/skillcert/engine/store/docs"
	"github.com/skillcert/skillcert/engine/vault"
)

// absentNumber has the right shape and was never given out.
const absentNumber = "S000012009999265000777"

// TestOneNumberHasOneCounter: one address asks about a number so often in a minute and no more, in whichever way it is
// written, and whether there is such a certificate or not.
func TestOneNumberHasOneCounter(t *testing.T) {
	w := newWorldWith(t, api.Config{Limits: api.Limits{Number: 3, Verify: 1000, SignIn: 1000, Name: 1000}, Patience: 10 * time.Minute})
	existing := string(w.issued().Number)
	var refused []reply
	for _, number := range []string{existing, absentNumber} {
		c, page := w.program(""), w.browser()
		page.visit("/verify")
		for i, try := range []func() reply{
			func() reply {
				return c.send("POST", "/api/v1/verification", api.Verification{Number: number, Name: "某人"})
			},
			func() reply { return page.post("/verify", "number", " "+number[:4]+" "+number[4:], "name", "某人") },
			func() reply {
				return c.send("POST", "/api/v1/verification", api.Verification{Number: strings.ToLower(number), Name: "别人"})
			},
			func() reply { return page.post("/verify?number=1", "number", number, "name", rareName) },
			func() reply {
				return c.send("POST", "/api/v1/verification", api.Verification{Number: number, Name: "某人"})
			},
		} {
			if r := try(); (r.status == http.StatusTooManyRequests) != (i >= 3) {
				t.Errorf("%s, request %d: %d", number, i+1, r.status)
			} else if i == 4 {
				refused = append(refused, r)
			}
		}
		if r := c.send("POST", "/api/v1/verification", api.Verification{Number: number[:21] + "8", Name: "某人"}); r.status != http.StatusOK {
			t.Errorf("another number: %d", r.status)
		}
	}
	if a, b := untraced(refused[0]), untraced(refused[1]); a != b || !strings.Contains(a, "二维码") || !strings.Contains(a, "文件") {
		t.Errorf("refusals tell numbers apart, or do not say what else there is:\n%s\n%s", a, b)
	}
}

// asker is a client of the public behind a proxy.
func (w *world) asker(address string) func(number, name string) reply {
	return func(number, name string) reply {
		w.Helper()
		b, err := json.Marshal(api.Verification{Number: number, Name: name})
		check(w, err)
		return w.program("").raw("POST", "/api/v1/verification", "application/json", bytes.NewReader(b), forwarded, address)
	}
}

// TestNobodyBlocksANumberForOthers: one address that asks too often is refused alone, the right name counts for nothing, and
// wrong ones from many addresses end the checks of a number for the rest of a minute, of one given out as of any other.
func TestNobodyBlocksANumberForOthers(t *testing.T) {
	w := newWorldWith(t, api.Config{ProxyHeader: forwarded, Proxies: []string{"127.0.0.0/8"}, Limits: api.Limits{Number: 3, Misses: 5}})
	cert := w.issued()
	var refused []string
	for _, number := range []string{string(cert.Number), absentNumber} {
		mallory := w.asker("5.5.5.5")
		for i := range 5 {
			if r := mallory(number, "某人"); (r.status == http.StatusTooManyRequests) != (i >= 3) {
				t.Errorf("%s, one address, request %d: %d", number, i+1, r.status)
			}
		}
		for n := range 10 {
			if r := w.asker(fmt.Sprintf("6.6.6.%d", n))(string(cert.Number), cert.Name); r.status != http.StatusOK || !strings.Contains(string(r.body), `"valid"`) {
				t.Errorf("%s, the right name from address %d: %d %s", number, n, r.status, r.body)
			}
		}
		for n := range 4 {
			r := w.asker(fmt.Sprintf("7.7.7.%d", n))(number, "某人")
			if (r.status == http.StatusTooManyRequests) != (n >= 2) {
				t.Errorf("%s, a wrong name from address %d: %d", number, n, r.status)
			}
			if n == 3 {
				refused = append(refused, untraced(r))
			}
		}
		if r := w.asker("8.8.8.8")(number, cert.Name); r.status != http.StatusTooManyRequests || untraced(r) != refused[0] {
			t.Errorf("%s, the right name when too many were wrong: %d %s", number, r.status, r.body)
		}
		w.clock.Advance(time.Minute)
		if r := w.asker("8.8.8.8")(number, cert.Name); r.status != http.StatusOK {
			t.Errorf("%s, a minute later: %d", number, r.status)
		}
	}
	if refused[0] != refused[1] {
		t.Errorf("refusals tell numbers apart:\n%s\n%s", refused[0], refused[1])
	}
}

var traces = regexp.MustCompile(`"trace":"[^"]*"|name="csrf" value="[^"]*"|content="[^"]*"|value="[^"]*"`)

func untraced(r reply) string { return traces.ReplaceAllString(string(r.body), "") }

// TestMissAndHitLookAlike: the page about a number that was given out to somebody else is, byte for byte, the page about a
// number that never was, but for what was typed.
func TestMissAndHitLookAlike(t *testing.T) {
	w := newWorld(t)
	cert := w.issued()
	page, c := w.browser(), w.program("")
	page.visit("/verify")
	hit, miss := page.post("/verify", "number", string(cert.Number), "name", "钟离𠮷安"), page.post("/verify", "number", absentNumber, "name", "钟离𠮷安")
	if len(hit.body) != len(miss.body) || untraced(hit) != untraced(miss) || fmt.Sprint(names(hit.header)) != fmt.Sprint(names(miss.header)) {
		t.Errorf("the pages differ: %d and %d bytes, %v and %v", len(hit.body), len(miss.body), names(hit.header), names(miss.header))
	}
	a := c.send("POST", "/api/v1/verification", api.Verification{Number: string(cert.Number), Name: "别人"})
	b := c.send("POST", "/api/v1/verification", api.Verification{Number: absentNumber, Name: "别人"})
	if string(a.body) != string(b.body) || a.status != http.StatusOK {
		t.Errorf("the answers differ: %s, %s", a.body, b.body)
	}
	for _, token := range []string{strings.Repeat("0", 26), "x", cert.Token[1:] + cert.Token[:1]} {
		for _, way := range []string{"/v/", "/s/"} {
			r := page.visit(way + token)
			if r.status != http.StatusOK || !strings.Contains(page.last, "answer-unknown") || strings.Contains(page.last, string(cert.Number)) {
				t.Errorf("%s%s: %d", way, token, r.status)
			}
			if r.header.Get("Cache-Control") != "no-store" || r.header.Get("Referrer-Policy") != "no-referrer" {
				t.Errorf("%s: %q %q", way, r.header.Get("Cache-Control"), r.header.Get("Referrer-Policy"))
			}
		}
	}
}

func names(h http.Header) (all []string) {
	for k := range h {
		all = append(all, k)
	}
	slices.Sort(all)
	return all
}

// TestMissAndHitTakeAsLong: the time to say that nothing is known does not tell why. The factor is wide, for machines are
// busy; what it must catch is an answer without the pause.
func TestMissAndHitTakeAsLong(t *testing.T) {
	const pause, rounds = 50 * time.Millisecond, 15
	w := newWorld(t)
	cert := w.issued()
	sv := w.Services
	sv.Verifier = certs.NewVerifier(w.certs, certs.Trusted{Log: w.Translog.Trust()}, clock.System{}, pause)
	server, err := api.New(sv, generous, w.ring, w.clock, ids.Random(), slog.New(slog.DiscardHandler))
	check(t, err)
	ask := func(number, name string) time.Duration {
		body, err := json.Marshal(api.Verification{Number: number, Name: name})
		check(t, err)
		req := httptest.NewRequest("POST", "/api/v1/verification", bytes.NewReader(body))
		req.Header.Set("Content-Type", "application/json")
		watch := clock.Start()
		resp, err := server.App().Test(req, -1)
		took := watch.Elapsed()
		check(t, err)
		check(t, resp.Body.Close())
		return took
	}
	took := map[string][]time.Duration{}
	for range rounds {
		took["wrong name"] = append(took["wrong name"], ask(string(cert.Number), "别人"))
		took["no such number"] = append(took["no such number"], ask(absentNumber, "别人"))
		took["malformed"] = append(took["malformed"], ask("S0000", "别人"))
	}
	var medians []time.Duration
	for what, all := range took {
		slices.Sort(all)
		t.Logf("%s: %v to %v, median %v", what, all[0], all[rounds-1], all[rounds/2])
		medians = append(medians, all[rounds/2])
		if all[0] < pause {
			t.Errorf("%s: answered after %v", what, all[0])
		}
	}
	if least, most := slices.Min(medians), slices.Max(medians); most > 2*least {
		t.Errorf("medians from %v to %v", least, most)
	}
}

// asked is every way to ask about a certificate, as requests of the public, and what each answered.
func (w *world) asked(cert *certs.Certificate, pdf []byte) (all []reply) {
	w.Helper()
	page, c := w.browser(), w.program("")
	page.visit("/verify")
	number := string(cert.Number)
	for _, name := range []string{cert.Name, "别人"} {
		all = append(all, page.post("/verify", "number", number, "name", name), c.send("POST", "/api/v1/verification", api.Verification{Number: number, Name: name}))
	}
	broken := append(bytes.Clone(pdf), '\n')
	for _, file := range [][]byte{pdf, broken} {
		all = append(all, page.upload("/verify/file", "a.pdf", file), c.uploadJSON("/api/v1/verification/file", "a.pdf", file, nil))
	}
	for _, path := range []string{"/v/" + cert.Token, "/v/x", "/s/x", "/api/v1/verification/" + cert.Token, "/api/v1/shares/x", "/log/", "/log/checkpoint", "/log/key", "/log/proof/0",
		"/log/tile/entries/000.p/2", "/status/1", "/root.pem", "/verify", "/offline-check", "/offline-keys.json"} {
		all = append(all, c.send("GET", path, nil))
	}
	return all
}

// TestNoIDNumberLeavesTheHouse looks for what is private in everything that the public is answered.
func TestNoIDNumberLeavesTheHouse(t *testing.T) {
	w := newWorld(t)
	cert := w.issued()
	holder, err := w.Registry.Named(t.Context(), cert.Holder)
	check(t, err)
	private := []string{holder.IDNumber, holder.IDNumber[4:16], holder.IDNumber[6:14], string(cert.Holder), string(cert.Result), string(cert.Session), cert.Salt}
	if holder.Phone != "" {
		private = append(private, holder.Phone)
	}
	for i, r := range w.asked(cert, w.pdfOf(cert.Number)) {
		if r.status >= 500 {
			t.Errorf("request %d: %d %s", i, r.status, r.body)
		}
		for _, secret := range private {
			if secret != "" && bytes.Contains(r.body, []byte(secret)) {
				t.Errorf("request %d tells %q:\n%s", i, secret, r.body)
			}
		}
	}
}

// TestACheckLeavesNoTrace: neither the store nor the log of the server nor its metrics know afterwards that somebody asked
// about a certificate, what they asked or from where.
func TestACheckLeavesNoTrace(t *testing.T) {
	w := newWorld(t)
	cert := w.issued()
	pdf := w.pdfOf(cert.Number)
	_, err := w.Translog.Publish(t.Context())
	check(t, err)
	var logged bytes.Buffer
	server, err := api.New(w.Services, generous, w.ring, w.clock, ids.Random(), slog.New(slog.NewTextHandler(&logged, &slog.HandlerOptions{Level: slog.LevelDebug})))
	check(t, err)
	before := w.contents()
	w.server = server
	w.serve()
	w.asked(cert, pdf)
	if after := w.contents(); after != before {
		t.Error("the store was written to")
	}
	if logged.Len() > 0 {
		t.Errorf("logged: %s", logged.String())
	}
	metrics := string(w.program("").send("GET", "/metrics", nil).body)
	for _, secret := range []string{string(cert.Number), cert.Token, cert.Name, "127.0.0.1"} {
		if strings.Contains(metrics, secret) {
			t.Errorf("the metrics hold %q", secret)
		}
	}
}

// contents is every document of the store with its revision, opened where it is sealed.
func (w *world) contents() string {
	w.Helper()
	var b strings.Builder
	opener := vault.Unguarded(ids.Random())
	for kind := range store.Schema() {
		var lines []string
		for at := ""; ; {
			page, err := w.db.Range(w.Context(), docs.Range{Kind: kind, After: at, Limit: 1000})
			check(w, err)
			for _, d := range page.Docs {
				body := d.Body
				if vault.Sealed(body) {
					body, err = opener.Open(d.Kind, d.ID, body)
					check(w, err)
				}
				lines = append(lines, fmt.Sprintf("%v %d %x", d.Key, d.Revision, body))
			}
			if at = page.Next; at == "" {
				break
			}
		}
		slices.Sort(lines)
		fmt.Fprintf(&b, "%s %d\n", kind, len(lines))
		for _, l := range lines {
			b.WriteString(l + "\n")
		}
	}
	text := strings.Split(b.String(), "\n")
	slices.Sort(text)
	return strings.Join(text, "\n")
}

// hexed is how contents writes a text.
func hexed(s string) string { return fmt.Sprintf("%x", s) }
