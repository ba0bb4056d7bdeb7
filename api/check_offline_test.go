package api_test

import (
	"bufio"
	"context"
	"crypto"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"rsc.io/qr"

	"github.com/skillcert/skillcert/api"
	"github.com/skillcert/skillcert/certs"
	"github.com/skillcert/skillcert/certs/keys"
	"github.com/skillcert/skillcert/certs/offline"
	"github.com/skillcert/skillcert/certs/status"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/ids"
)

// cable is a listener that can be pulled out: what was connected breaks off and nothing gets through any more. Or somebody else
// answers at its end.
type cable struct {
	net.Listener
	mu     sync.Mutex
	out    bool
	answer string // of somebody else to every request; empty: the server answers
	conns  []net.Conn
}

func (k *cable) Accept() (net.Conn, error) {
	for {
		c, err := k.Listener.Accept()
		if err != nil {
			return nil, err
		}
		k.mu.Lock()
		out, answer := k.out, k.answer
		k.conns = append(k.conns, c)
		k.mu.Unlock()
		switch {
		case out:
			_ = c.Close()
		case answer != "":
			go instead(c, answer)
		default:
			return c, nil
		}
	}
}

// instead answers the first request of a connection.
func instead(c net.Conn, answer string) {
	if _, err := http.ReadRequest(bufio.NewReader(c)); err == nil {
		_, _ = io.WriteString(c, answer)
	}
	_ = c.Close()
}

// answers breaks off what was connected and lets somebody else answer from now on: the head of it, and a page.
func (k *cable) answers(head string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.answer = "HTTP/1.1 " + head + "\r\nContent-Type: text/html\r\nContent-Length: 10\r\nConnection: close\r\n\r\n<h1>No</h1"
	for _, c := range k.conns {
		_ = c.Close()
	}
}

func (k *cable) pull() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.out = true
	for _, c := range k.conns {
		_ = c.Close()
	}
}

// wired is a server of the house whose cable can be pulled.
func (w *world) wired() (base string, k *cable) {
	w.Helper()
	server, err := api.New(w.Services, generous, w.ring, w.clock, ids.Random(), slog.New(slog.DiscardHandler))
	check(w, err)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	check(w, err)
	k = &cable{Listener: l}
	done := make(chan error, 1)
	go func() { done <- server.Serve(k) }()
	w.Cleanup(func() {
		k.pull()
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		check(w, server.Shutdown(ctx))
		check(w, <-done)
	})
	return "http://" + l.Addr().String(), k
}

// reader is a browser at one page.
type reader struct {
	*testing.T
	ctx context.Context
}

func newReader(t *testing.T) *reader {
	t.Helper()
	opts := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.NoSandbox, chromedp.DisableGPU, chromedp.UserDataDir(t.TempDir()),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true))
	alloc, cancel := chromedp.NewExecAllocator(context.Background(), opts...)
	t.Cleanup(cancel)
	ctx, cancel := chromedp.NewContext(alloc)
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx, chromedp.Navigate("about:blank")); err != nil {
		t.Fatalf("chromium is needed (apt-get install chromium fonts-noto-cjk): %v", err)
	}
	ctx, cancel = context.WithTimeout(ctx, 2*time.Minute)
	t.Cleanup(cancel)
	return &reader{t, ctx}
}

func (r *reader) opens(address string) {
	r.Helper()
	check(r, chromedp.Do(r.ctx, chromedp.Navigate(address)))
}

func (r *reader) eval(js string) string {
	r.Helper()
	got, err := chromedp.Run(r.ctx, chromedp.Evaluate[string](js, chromedp.EvalAwaitPromise))
	check(r, err)
	return got
}

// waits until a condition of the page holds.
func (r *reader) waits(what, js string) {
	r.Helper()
	for deadline := clock.Start(); deadline.Elapsed() < 20*time.Second; time.Sleep(50 * time.Millisecond) {
		if r.eval("String(Boolean("+js+"))") == "true" {
			return
		}
	}
	r.Fatalf("%s: the page says %s", what, r.eval("document.body?.innerText ?? ''"))
}

// pastes a text into the page and reads the answer.
func (r *reader) pastes(text string) string {
	r.Helper()
	r.eval(fmt.Sprintf(`(document.querySelector('[data-answer]').hidden = true, document.querySelector('[data-text]').value = %q, document.querySelector('[data-form]').requestSubmit(), '')`, text))
	return r.answer()
}

func (r *reader) answer() string {
	r.Helper()
	r.waits("an answer", "!document.querySelector('[data-answer]').hidden")
	return r.eval("document.querySelector('[data-answer]').innerText")
}

// expects the word of an answer, and that nothing less than that is said.
func (r *reader) expects(what, got, word string, more ...string) {
	r.Helper()
	if first, _, _ := strings.Cut(got, "\n"); first != word {
		r.Errorf("%s: %q, want %q", what, got, word)
	}
	for _, m := range more {
		if !strings.Contains(got, m) {
			r.Errorf("%s: the answer does not say %q: %q", what, m, got)
		}
	}
}

// codeOf is the second code of a certificate.
func (w *world) codeOf(c *certs.Certificate, by *keys.Ring) string {
	w.Helper()
	key, _, err := by.Offline(w.clock.Now())
	check(w, err)
	text, err := offline.Encode(offline.Claims{Number: string(c.Number), Name: c.Name, Level: int(c.Level), OccupationCode: c.Occupation.Code,
		WorkType: c.Occupation.WorkType, Issued: c.Issued, Edition: c.Version, IDTail: "1234", Photo: make([]byte, offline.PhotoDigest),
		StatusList: c.Slot.List, StatusIndex: c.Slot.Index, Org: c.OrgName}, key)
	check(w, err)
	return text
}

// staleList is a status list of the house that ended long ago.
func (w *world) staleList(now time.Time) string {
	w.Helper()
	key, chain, err := w.seals.Status(now)
	check(w, err)
	jws, err := status.Build(status.List{ID: "https://example.org/status/1", Number: 1, Issuer: "https://example.org", From: now.Add(-47 * time.Hour),
		Until: now.Add(-11 * time.Hour)}, key, chain)
	check(w, err)
	return string(jws)
}

// onDisplay issues two certificates, revokes one, and sets the clock to the browser's.
func (w *world) onDisplay() (good, revoked *certs.Certificate, now time.Time) {
	w.Helper()
	good = w.issued()
	all, _, err := w.Issuer.List(w.Context(), w.principal("zhengshu"), "", "", cursor)
	check(w, err)
	for _, c := range all {
		if c.Number != good.Number {
			revoked = c
		}
	}
	moved, err := w.Issuer.MoveToRevoke(w.Context(), w.principal("zhengshu"), revoked.Number, certs.Cause{Grounds: "核实后撤销", Evidence: "调查1号"})
	check(w, err)
	_, err = w.Issuer.Revoke(w.Context(), w.principal("dudao"), revoked.Number, moved.Motion.Mark())
	check(w, err)
	now = clock.System{}.Now()
	w.clock.Set(now.Add(-48 * time.Hour)) // so that the keys of the lists are older than the lists
	_, _, err = w.seals.Status(w.clock.Now())
	check(w, err)
	w.clock.Set(now)
	return good, revoked, now
}

// TestOfflineCheckWithoutANetwork loads the page once, pulls the cable, and checks codes: the page says "valid" only while it
// has a fresh list that says so.
func TestOfflineCheckWithoutANetwork(t *testing.T) {
	w := newWorld(t)
	good, revoked, now := w.onDisplay()
	stranger, err := keys.Init(t.TempDir(), "他处", true, now.Add(-time.Hour))
	check(t, err)
	right, wrong := w.codeOf(good, w.seals), w.codeOf(good, stranger) // its first code makes the key
	base, k := w.wired()
	r, page := newReader(t), base+"/offline-check"
	r.opens(page)
	r.waits("kept", "!document.querySelector('[data-ready]').hidden && document.querySelector('[data-refreshed]').textContent.includes('已更新')")
	r.expects("with a network", r.pastes(right), "有效", rareName, string(good.Number), "五级／初级工", "没有效力")

	for _, head := range []string{"502 Bad Gateway", "404 Not Found", "302 Found\r\nLocation: http://127.0.0.1:1/"} {
		k.answers(head)
		r.opens(page)
		r.waits("the page while something else answers "+head, "document.querySelector('[data-refreshed]')?.textContent.includes('连不上服务器')")
		r.expects(head, r.pastes(right), "有效", rareName, string(good.Number))
	}
	k.answers("200 OK") // such as the sign-in page of a network
	r.expects("no keys over the network", r.pastes(right), "有效", rareName)

	k.pull()
	r.opens(page + "?lang=en")
	r.waits("the page in English without a network", "document.querySelector('h1')?.textContent === 'Offline check'")
	r.opens(page)
	r.waits("the page without a network", "document.querySelector('[data-refreshed]')?.textContent.includes('连不上服务器')")
	r.expects("right", r.pastes(right+"\n"), "有效", rareName, string(good.Number))
	r.expects("revoked", r.pastes(w.codeOf(revoked, w.seals)), "已撤销", string(revoked.Number))
	r.expects("another issuer's", r.pastes(wrong), "无法核实", "密钥")
	none := r.pastes("https://example.org/v/abc")
	r.expects("no code", none, "无法核实")
	if strings.Contains(none, "没有效力") {
		r.Errorf("no code: it says of nothing %q", none)
	}
	last := right[len(right)-3:]
	r.expects("changed", r.pastes(strings.TrimSuffix(right, last)+"000"), "不可采信")
	r.expects("in a picture", r.shows(right), "有效", string(good.Number))

	r.eval(fmt.Sprintf(`caches.open('status-lists').then(c => c.put('/status/1', new Response(%q))).then(() => '')`, w.staleList(now)))
	r.opens(page)
	r.waits("a list past its end", "document.querySelector('[data-lists]')?.textContent.includes('已过有效期')")
	r.expects("a list past its end", r.pastes(right), "签发属实，当前状态未知")
	r.expects("revoked, by a list past its end", r.pastes(w.codeOf(revoked, w.seals)), "签发属实，当前状态未知")
	r.eval("caches.delete('status-lists').then(() => '')")
	r.opens(page)
	r.waits("no list", "document.querySelector('[data-lists]')?.textContent.includes('还没有第 1 号列表')")
	r.expects("no list", r.pastes(right), "签发属实，当前状态未知")
	r.eval(`(async () => { for (const n of await caches.keys()) { const c = await caches.open(n); if (await c.match('/offline-keys.json')) await c.put('/offline-keys.json', new Response('[]')); } return ''; })()`)
	r.expects("other keys", r.pastes(right), "无法核实", "密钥名单")
}

// TestOfflineCheckKnowsRevokedKeys: a list by a revoked key says nothing, and a code by one is refused, whenever it was signed.
func TestOfflineCheckKnowsRevokedKeys(t *testing.T) {
	w := newWorld(t)
	good, _, _ := w.onDisplay()
	right := w.codeOf(good, w.seals)
	base, _ := w.wired()
	r, page := newReader(t), base+"/offline-check"
	r.opens(page)
	r.waits("the lists", "document.querySelector('[data-refreshed]')?.textContent.includes('已更新')")
	r.expects("before", r.pastes(right), "有效", string(good.Number))
	w.revokesKeys(w.seals.Status)
	r.opens(page)
	r.waits("a list by a revoked key", "document.querySelector('[data-lists]')?.textContent.includes('第 1 号列表的签名或内容不正确')")
	r.expects("a list by a revoked key", r.pastes(right), "签发属实，当前状态未知", string(good.Number))
	w.revokesKeys(w.seals.Offline)
	r.opens(page)
	r.waits("the page after that", "document.querySelector('[data-refreshed]')?.textContent")
	r.expects("a code by a revoked key", r.pastes(right), "不可采信", "已作废")
}

// revokesKeys revokes what signs for a use, and waits until the page has heard of it.
func (w *world) revokesKeys(use func(time.Time) (crypto.Signer, []*x509.Certificate, error)) {
	w.Helper()
	_, chain, err := use(w.clock.Now())
	check(w, err)
	_, err = w.seals.Revoke(chain[0].SerialNumber.Text(16), "key-compromise", time.Time{}, w.clock.Now())
	check(w, err)
	w.clock.Advance(time.Minute)
}

// shows hands the page a picture of a code.
func (r *reader) shows(text string) string {
	r.Helper()
	code, err := qr.Encode(text, qr.M)
	check(r, err)
	r.eval(fmt.Sprintf(`(async () => { document.querySelector('[data-answer]').hidden = true; const b = Uint8Array.from(atob(%q), c => c.charCodeAt(0)); const d = new DataTransfer();
		d.items.add(new File([b], 'a.png', {type: 'image/png'})); const i = document.querySelector('[data-picture]'); i.files = d.files; i.dispatchEvent(new Event('change')); return ''; })()`,
		base64.StdEncoding.EncodeToString(code.PNG())))
	return r.answer()
}
