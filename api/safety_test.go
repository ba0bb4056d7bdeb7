package api_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/skillcert/skillcert/api"
	"github.com/skillcert/skillcert/certs/keys"
	"github.com/skillcert/skillcert/engine/ids"
	"github.com/skillcert/skillcert/engine/sitting"
)

// checkHeaders expects what every answer carries.
func checkHeaders(t testing.TB, where string, h http.Header) {
	t.Helper()
	for name, want := range map[string]string{"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY"} {
		if h.Get(name) != want {
			t.Errorf("%s: %s is %q", where, name, h.Get(name))
		}
	}
	if p := h.Get("Referrer-Policy"); p != "same-origin" && p != "no-referrer" {
		t.Errorf("%s: the address is passed on: %q", where, p)
	}
	csp := h.Get("Content-Security-Policy")
	for _, want := range []string{"default-src 'none'", "script-src 'self';", "style-src 'self';", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"} {
		if !strings.Contains(csp, want) {
			t.Errorf("%s: the policy lacks %s: %q", where, want, csp)
		}
	}
	if strings.Contains(csp, "unsafe") || strings.Contains(csp, "http") {
		t.Errorf("%s: the policy is %q", where, csp)
	}
}

// TestEveryPageCarriesTheHeaders asks for every page as somebody who may see it, and for some that nobody may.
func TestEveryPageCarriesTheHeaders(t *testing.T) {
	w := newWorld(t)
	w.openRoom()
	people := everybody(w)
	for _, r := range w.server.Routes(false) {
		path := strings.Replace(r.Path, ":id", string(w.session.ID), 1)
		for role, c := range people {
			if r.Method != http.MethodGet || strings.HasPrefix(r.Path, "/assessments/") || len(r.Actions) > 0 && !mayAny(role, r.Actions) {
				continue
			}
			got := c.send("GET", address(path), nil)
			checkHeaders(t, path, got.header)
			if got.status >= 500 {
				t.Errorf("%s as %s: %d %s", path, role, got.status, text(got.body))
			}
			if cache := got.header.Get("Cache-Control"); !strings.Contains(cache, "no-store") {
				t.Errorf("%s may be kept: %q", path, cache)
			}
		}
	}
	for _, path := range []string{"/nothing", "/api/v1/nothing", "/static/x", "/healthz"} {
		checkHeaders(t, path, w.program("").send("GET", path, nil).header)
	}
}

// TestAnswersForEverybodyCarryNoCookie: what a cache may keep and give to others takes no cookie along, neither a new one for
// a sign-in to be renewed nor the end of one that is over. Only the refresh cookie is sent, as some time after signing in.
func TestAnswersForEverybodyCarryNoCookie(t *testing.T) {
	w := newWorld(t)
	w.issued()
	_, err := w.Translog.Publish(t.Context())
	check(t, err)
	w.Published = func() ([]byte, error) { return w.Root, nil }
	w.server, err = api.New(w.Services, generous, w.ring, w.clock, ids.Random(), slog.New(slog.DiscardHandler))
	check(t, err)
	address, err := url.Parse(w.base)
	check(t, err)
	alive := ""
	for _, cookie := range w.desk("kaowu").http.Jar.Cookies(address) {
		if cookie.Name == "sc_refresh" {
			alive = cookie.Value
		}
	}
	public := 0
	for _, path := range []string{"/status/1", "/keys.pem", "/root.pem", "/log/checkpoint", "/log/key", "/log/proof/0", "/log/tile/0/000.p/2",
		"/log/tile/entries/000.p/2", "/offline-keys.json", "/offline-check"} {
		for what, secret := range map[string]string{"a login": alive, "one that is over": "x.y"} {
			req := httptest.NewRequest(http.MethodGet, path, nil)
			req.Header.Set("Cookie", "sc_refresh="+secret)
			resp, err := w.server.App().Test(req, -1)
			check(t, err)
			check(t, resp.Body.Close())
			if got := resp.Header.Values("Set-Cookie"); resp.StatusCode != http.StatusOK || len(got) > 0 {
				t.Errorf("%s with %s: %d, Set-Cookie %q", path, what, resp.StatusCode, got)
			}
			if strings.Contains(resp.Header.Get("Cache-Control"), "public") {
				public++
			}
		}
	}
	resp, err := w.server.App().Test(httptest.NewRequest(http.MethodGet, "/verify", nil), -1)
	check(t, err)
	page, err := io.ReadAll(resp.Body)
	check(t, err)
	check(t, resp.Body.Close())
	if !strings.Contains(string(page), `href="/keys.pem"`) {
		t.Error("the page of checks does not link the keys")
	}
	if public != 8 {
		t.Errorf("caches may keep %d answers", public)
	}
}

// TestKeysAreReadOnceAMinute: anybody may ask for them, and reading them all takes long.
func TestKeysAreReadOnceAMinute(t *testing.T) {
	w := newWorld(t)
	read, ring := 0, &countedKeys{SealKeys: w.Keys}
	w.Keys = ring
	w.Published = func() ([]byte, error) { read++; return w.Root, nil }
	server, err := api.New(w.Services, api.Config{Limits: api.Limits{Verify: 6}}, w.ring, w.clock, ids.Random(), slog.New(slog.DiscardHandler))
	check(t, err)
	ask := func(path string, want int) {
		t.Helper()
		resp, err := server.App().Test(httptest.NewRequest(http.MethodGet, path, nil), -1)
		check(t, err)
		check(t, resp.Body.Close())
		if resp.StatusCode != want {
			t.Errorf("%s: %d, want %d", path, resp.StatusCode, want)
		}
	}
	paths := []string{"/keys.pem", "/offline-keys.json", "/offline-check"}
	for minute := 1; minute <= 2; minute++ {
		for _, path := range append(paths, paths...) {
			ask(path, http.StatusOK)
		}
		if read != minute || ring.read != minute {
			t.Errorf("in %d minutes: read %d and %d times", minute, read, ring.read)
		}
		for _, path := range paths {
			ask(path, http.StatusTooManyRequests)
		}
		w.clock.Advance(time.Minute)
	}
}

// countedKeys counts how often the keys are listed.
type countedKeys struct {
	api.SealKeys
	read int
}

func (k *countedKeys) List(now time.Time) ([]keys.Listed, error) {
	k.read++
	return k.SealKeys.List(now)
}

func TestFormsNeedTheirToken(t *testing.T) {
	w := newWorld(t)
	c := w.browser()
	c.visit("/login")
	good := c.csrf
	for name, token := range map[string]string{"missing": "", "wrong": "x", "of another browser": otherToken(w)} {
		c.csrf = token
		if r := c.post("/login", "account", "kaowu", "password", "demo-照护-2026"); r.status != http.StatusForbidden || !strings.Contains(string(r.body), "request.csrf") {
			t.Errorf("%s: %d", name, r.status)
		}
	}
	c.csrf = good
	r := c.raw("POST", "/login", "application/x-www-form-urlencoded", newBody("csrf="+good), "Sec-Fetch-Site", "cross-site")
	if r.status != http.StatusForbidden {
		t.Errorf("from another site: %d", r.status)
	}
	chair := w.chair(0)
	if r := chair.send("POST", w.attempt(0)+"/submission", "{}"); r.status != http.StatusForbidden || r.problem().Code != "request.csrf" {
		t.Errorf("the API by cookie without the header: %d %s", r.status, r.body)
	}
	chair.visit("/exam")
	if r := chair.raw("POST", w.attempt(0)+"/submission", "application/json", newBody("{}"), "X-CSRF-Token", chair.csrf); r.problem().Code == "request.csrf" {
		t.Errorf("with the header: %d %s", r.status, r.body)
	}
}

func otherToken(w *world) string {
	w.Helper()
	c := w.browser()
	c.visit("/login")
	return c.csrf
}

func TestRateLimits(t *testing.T) {
	w := newWorldWith(t, api.Config{Limits: api.Limits{SignIn: 1000, Name: 2, Verify: 3, Upload: 2}})
	c := w.program("")
	tooMany := func(what string, r reply) {
		t.Helper()
		if after, err := strconv.Atoi(r.header.Get("Retry-After")); r.status != http.StatusTooManyRequests || err != nil || after < 1 {
			t.Errorf("%s: %d, Retry-After %q", what, r.status, r.header.Get("Retry-After"))
		}
	}
	ask := func() reply {
		return c.send("POST", "/api/v1/sign-in", api.SignIn{Login: "Kaowu ", Password: "wrong wrong wrong"})
	}
	for range 2 {
		if r := ask(); r.status != http.StatusUnauthorized {
			t.Fatalf("within the limit: %d", r.status)
		}
	}
	tooMany("a third password for one name", ask())
	if r := c.send("POST", "/api/v1/sign-in", api.SignIn{Login: "tiku", Password: "wrong wrong wrong"}); r.status != http.StatusUnauthorized {
		t.Errorf("another name: %d", r.status)
	}
	page := w.browser()
	page.visit("/login")
	tooMany("the same name by the page", page.post("/login", "account", "kaowu", "password", "wrong"))
	for range 3 {
		c.send("POST", "/api/v1/verification", api.Verification{Number: "S000012009999265000001", Name: "某人"})
	}
	tooMany("a fourth check", c.send("GET", "/api/v1/verification/x", nil))
	page.visit("/verify")
	for range 2 {
		page.upload("/verify/file", "a.pdf", []byte("%PDF"))
	}
	tooMany("a third upload", page.upload("/verify/file", "a.pdf", []byte("%PDF")))
}

// TestNothingToVerifyLooksAlike: whatever is wrong, the answer is unknown, with the same fields.
func TestNothingToVerifyLooksAlike(t *testing.T) {
	w := newWorld(t)
	c := w.program("")
	first := c.send("POST", "/api/v1/verification", api.Verification{Number: "S000012009999265000001", Name: "某人"})
	if first.status != http.StatusOK || !strings.Contains(string(first.body), `"standing":"unknown"`) {
		t.Fatalf("%d %s", first.status, first.body)
	}
	for _, v := range []api.Verification{{Number: "Y0012", Name: "某人"}, {Number: "S000012009999265000001", Name: ""}, {}, {Number: strings.Repeat("9", 500), Name: rareName}} {
		if r := c.send("POST", "/api/v1/verification", v); string(r.body) != string(first.body) {
			t.Errorf("%.40v: %s, want %s", v, r.body, first.body)
		}
	}
	for _, token := range []string{"x", strings.Repeat("0", 26), "%20", strings.Repeat("a", 300)} {
		if r := c.send("GET", "/api/v1/verification/"+token, nil); r.status != http.StatusOK || !strings.Contains(string(r.body), `"standing":"unknown"`) {
			t.Errorf("token %.30q: %d %s", token, r.status, r.body)
		}
	}
	page := w.browser()
	page.visit("/verify")
	for name, f := range map[string]struct {
		pdf    []byte
		status int
		says   string
	}{"no bytes": {nil, 422, "文件是空的"}, "one byte": {[]byte{'%'}, 422, "不是PDF文件"}, "no PDF": {[]byte("hello"), 422, "不是PDF文件"},
		"a head only": {[]byte("%PDF-1.7\n%%EOF\n"), 200, "无法核实"}} {
		if r := page.upload("/verify/file", "a.pdf", f.pdf); r.status != f.status || !strings.Contains(page.last, f.says) || strings.Contains(page.last, "answer-valid") {
			t.Errorf("%s: %d\n%s", name, r.status, text(r.body))
		}
	}
	page.post("/verify", "number", "", "name", "<b>")
	page.says("请填写证书编号", "&lt;b&gt;")
}

func TestLargeUploads(t *testing.T) {
	w := newWorld(t)
	page := w.browser()
	page.visit("/verify")
	r := page.upload("/verify/file", "a.pdf", make([]byte, 20<<20+1))
	if r.status != http.StatusRequestEntityTooLarge {
		t.Errorf("a byte above 20 MB: %d", r.status)
	}
	page.says("文件超过 20 MB", "查验文件")
	r = page.upload("/verify/file", "a.pdf", make([]byte, 22<<20))
	if r.status != http.StatusRequestEntityTooLarge || !strings.Contains(string(r.body), "文件过大") {
		t.Errorf("22 MB: %d", r.status)
	}
	checkHeaders(t, "22 MB", r.header)
	if status, sent := w.stream("/verify/file", 200<<20); status != http.StatusRequestEntityTooLarge || sent > 16<<20 {
		t.Errorf("200 MB: %d after %d bytes", status, sent)
	}
}

// stream announces size bytes and sends them until the answer is there; it tells how many were taken.
func (w *world) stream(path string, size int) (status, sent int) {
	w.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(w.base, "http://"))
	check(w, err)
	defer conn.Close()
	answer := make(chan int, 1)
	go func() {
		resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil {
			answer <- 0
			return
		}
		_, _ = io.Copy(io.Discard, resp.Body) // only the status counts
		answer <- resp.StatusCode
	}()
	_, err = fmt.Fprintf(conn, "POST %s HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=x\r\nContent-Length: %d\r\n\r\n", path, size)
	check(w, err)
	for block := make([]byte, 64<<10); sent < size; sent += len(block) {
		if _, err := conn.Write(block); err != nil {
			break
		}
	}
	return <-answer, sent
}

// TestALostStoreAcknowledgesNothing closes the store under the server.
func TestALostStoreAcknowledgesNothing(t *testing.T) {
	w := newWorld(t)
	w.openRoom()
	w.at(time.Minute)
	c, path, page := w.candidate(0), w.attempt(0), w.chair(1)
	c.json("GET", path+"/paper", nil, nil)
	c.json("POST", path+"/responses", entry(1, 0, 1), nil)
	if r := c.send("GET", "/healthz", nil); r.status != http.StatusOK {
		t.Errorf("healthz: %d", r.status)
	}
	w.end()
	r := c.send("POST", path+"/responses", entry(2, 1, 1))
	if r.status != http.StatusServiceUnavailable || !strings.Contains(r.problem().Title, "未保存") || r.header.Get("Retry-After") == "" {
		t.Errorf("a response: %d %s", r.status, r.body)
	}
	if r := page.visit("/exam"); r.status != http.StatusServiceUnavailable || !strings.Contains(string(r.body), "未保存") {
		t.Errorf("a page: %d %s", r.status, text(r.body))
	}
	if r := c.send("GET", "/healthz", nil); r.status != http.StatusServiceUnavailable {
		t.Errorf("healthz: %d", r.status)
	}
	if r := w.program("").send("POST", "/api/v1/verification", api.Verification{Number: "S000012009999265000001", Name: "某人"}); r.status != http.StatusServiceUnavailable {
		t.Errorf("a check: %d %s", r.status, r.body)
	}
}

// TestStoppingFinishesWhatIsUnderWay stops the server while a request has only half arrived.
func TestStoppingFinishesWhatIsUnderWay(t *testing.T) {
	w := newWorld(t)
	w.openRoom()
	w.at(time.Minute)
	c, path := w.candidate(0), w.attempt(0)
	c.json("GET", path+"/paper", nil, nil)
	conn, err := net.Dial("tcp", strings.TrimPrefix(w.base, "http://"))
	check(t, err)
	defer conn.Close()
	body := `{"seq":1,"item":0,"chosen":[1],"flag":false,"kind":"response","client_at":"2026-11-24T01:01:00Z"}`
	_, err = fmt.Fprintf(conn, "POST %s/responses HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s",
		path, c.token, len(body), body[:10])
	check(t, err)
	c.json("GET", "/api/v1/me", nil, nil) // by now the half has arrived
	stopped := make(chan error, 1)
	go func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		stopped <- w.server.Shutdown(ctx)
	}()
	for { // the listener closes first
		probe, err := net.Dial("tcp", strings.TrimPrefix(w.base, "http://"))
		if err != nil {
			break
		}
		check(t, probe.Close())
	}
	_, err = io.WriteString(conn, body[10:])
	check(t, err)
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	check(t, err)
	if resp.StatusCode != http.StatusOK {
		t.Errorf("the request under way: %d", resp.StatusCode)
	}
	check(t, <-stopped)
}

func TestMetricsAreForThisMachine(t *testing.T) {
	w := newWorld(t)
	c := w.program("")
	c.send("GET", "/healthz", nil)
	if r := c.send("GET", "/metrics", nil); r.status != http.StatusOK || !strings.Contains(string(r.body), "skillcert_http_request_seconds") {
		t.Errorf("from this machine: %d", r.status)
	}
	if r := c.raw("GET", "/metrics", "", nil, "X-Forwarded-For", "192.0.2.1"); r.status != http.StatusNotFound {
		t.Errorf("through a proxy: %d", r.status)
	}
	for name, cfg := range map[string]api.Config{"a header": {ProxyHeader: "X-Real-Ip"}, "a proxy": {Proxies: []string{"10.0.0.1"}}} {
		if r := newWorldWith(t, cfg).program("").send("GET", "/metrics", nil); r.status != http.StatusNotFound {
			t.Errorf("where %s is set, without a token: %d", name, r.status)
		}
	}
	guarded := newWorldWith(t, api.Config{MetricsToken: "secret", ProxyHeader: "X-Forwarded-For", Proxies: []string{"127.0.0.1"}})
	for token, want := range map[string]int{"": http.StatusNotFound, "wrong": http.StatusNotFound, "secret": http.StatusOK} {
		if r := guarded.program(token).send("GET", "/metrics", nil); r.status != want {
			t.Errorf("with %q: %d", token, r.status)
		}
	}
}

func TestPreferencesNoticesAndTags(t *testing.T) {
	w := newWorld(t)
	c := w.browser()
	r := c.raw("GET", "/preferences?lang=en&elder=on&back=//evil", "", nil)
	c.redirected(r, "/")
	c.sees("/login", `lang="en"`, `class="elder`, "Sign in")
	c.redirected(c.raw("GET", "/preferences?lang=xx&back=/verify", "", nil), "/verify")
	c.sees("/login", `lang="en"`)

	// A refused form leads back to the page that it stands on: that is when large type is wanted.
	if r := c.post("/login", "account", "nobody", "password", "wrong"); !strings.Contains(string(r.body), "elder=off&amp;back=%2flogin") {
		t.Errorf("a refused sign-in leads back elsewhere: %s", r.body)
	}
	if r := c.raw("HEAD", "/"+strings.Repeat("a/", 1900), "", nil); r.status != http.StatusNotFound {
		t.Errorf("an address of many parts: %d", r.status)
	}

	w.at(-30 * time.Minute)
	room, page := w.desk("jiankao1"), w.href("/rooms/t1")
	first := room.visit(page)
	tag := first.header.Get("ETag")
	if r := room.raw("GET", page, "", nil, "If-None-Match", tag); tag == "" || r.status != http.StatusNotModified || len(r.body) != 0 {
		t.Errorf("the same room: %d, %d bytes", r.status, len(r.body))
	}
	room.redirected(room.post(page+"/check-in", "ticket", string(w.seats[0].Ticket)), page)
	if r := room.raw("GET", page, "", nil, "If-None-Match", tag); r.status != http.StatusOK || !strings.Contains(string(r.body), "已为 "+rareName+" 签到。") {
		t.Errorf("after the check-in: %d", r.status)
	}
	if room.visit(page); strings.Contains(room.last, "签到。") {
		t.Error("a notice is shown twice")
	}
	room.post(page+"/check-in", "ticket", string(sitting.Ticket("26120000010007")))
	room.says("查无此准考证号", "第一考场")
	if !strings.Contains(room.last, "/fonts/rare.css?u=20bb7") {
		t.Error("the page does not ask for the font of its rare name")
	}
	if r := room.raw("GET", "/fonts/rare/20bb7.ttf", "", nil); r.status != http.StatusOK || !strings.Contains(r.header.Get("Cache-Control"), "immutable") || string(r.body) != "[20BB7]" {
		t.Errorf("the font: %d %q %s", r.status, r.body, r.header.Get("Cache-Control"))
	}
}

// Every form stands on a page, and none on a file that is only sent.
func TestEveryFormHasItsPage(t *testing.T) {
	w := newWorld(t)
	stands, files := w.server.StandsOn(), regexp.MustCompile(`:material$|\.\w+$`)
	pages := map[string]bool{}
	for _, r := range w.server.Routes(false) {
		pages[r.Path] = pages[r.Path] || r.Method == http.MethodGet
	}
	for form, page := range stands {
		if !pages[page] || files.MatchString(page) || page == "/" && form != "/logout" && !strings.HasPrefix(form, "/assessments/") {
			t.Errorf("%s stands on %q", form, page)
		}
	}
	for form, page := range map[string]string{"/selections/:id/:org/review": "/selections/:id", "/bodies/:id/control": "/bodies/:id/ties", "/plans": "/office/plan",
		"/bank/blueprints/preview": "/bank/blueprints", "/training/needs/preview": "/training/needs", "/certificates/national-upload": "/certificates"} {
		if stands[form] != page {
			t.Errorf("%s stands on %q, not on %q", form, stands[form], page)
		}
	}
}

// TestLargeImports: a workbook of the bank may be larger than any other file, and nothing else may.
func TestLargeImports(t *testing.T) {
	w := newWorld(t)
	c := w.desk("tiku")
	c.visit("/bank/import")
	if r := c.upload("/bank/import", "a.bin", make([]byte, 64<<20)); r.status != http.StatusSeeOther {
		t.Errorf("64 MB: %d %s", r.status, text(r.body))
	}
	for name, size := range map[string]int{"a byte above": 64<<20 + 1, "beyond the form": 66 << 20} {
		c.visit("/bank/import")
		if r := c.upload("/bank/import", "a.bin", make([]byte, size)); r.status != http.StatusRequestEntityTooLarge || !strings.Contains(string(r.body), "文件超过 64 MB") {
			t.Errorf("%s: %d %s", name, r.status, text(r.body))
		}
	}
	program := w.as("tiku")
	if r := program.uploadJSON("/api/v1/bank/imports", "a.bin", make([]byte, 66<<20), nil); r.status != http.StatusRequestEntityTooLarge || r.problem().Code != "request.import_too_large" {
		t.Errorf("66 MB to the API: %d %s", r.status, r.body)
	}
	for _, path := range []string{"/bank/imports", "/bank/import/x/commit", "/api/v1/bank/images", "/verify/file", "/bank/import/"} {
		if status, _ := w.stream(path, 22<<20); status != http.StatusRequestEntityTooLarge {
			t.Errorf("22 MB to %s: %d", path, status)
		}
	}
}
