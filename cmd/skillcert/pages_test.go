package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/practical"
	fixtures "github.com/skillcert/skillcert/fixtures/demo"
	"github.com/skillcert/skillcert/questionbank"
)

var shots = flag.String("shots", "", "write a picture of every page into this directory")

// tell plays the demo and leaves it serving until the test ends.
func tell(t *testing.T) *demo {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	o := demoOptions{settings: settings{Data: t.TempDir(), Listen: l.Addr().String(), Label: "测试", Demo: true}, candidates: 30}
	if _, err := o.prepare(); err != nil {
		t.Fatal(err)
	}
	var said bytes.Buffer
	d, err := openDemo(t.Context(), console{out: &said, err: io.Discard}, o)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- d.house.serve(ctx, l, slog.New(slog.DiscardHandler)) }()
	t.Cleanup(func() {
		stop()
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
	if err := d.story(t.Context()); err != nil {
		t.Fatalf("%v\n%s", err, said.String())
	}
	return d
}

// visitor is one browser of its own, so that nobody shares cookies.
type visitor struct {
	t    *testing.T
	ctx  context.Context
	base string
	who  string
}

func visit(t *testing.T, base, who string) *visitor {
	t.Helper()
	opts := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.NoSandbox, chromedp.DisableGPU, chromedp.UserDataDir(t.TempDir()),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true))
	alloc, cancel := chromedp.NewExecAllocator(context.Background(), opts...)
	t.Cleanup(cancel)
	ctx, cancel := chromedp.NewContext(alloc)
	t.Cleanup(cancel)
	// The first action starts the browser, which lives as long as the context of that action.
	if err := chromedp.Do(ctx, chromedp.Navigate("about:blank")); err != nil {
		t.Fatalf("chromium is needed (apt-get install chromium fonts-noto-cjk): %v", err)
	}
	return &visitor{t: t, ctx: ctx, base: base, who: who}
}

func (v *visitor) do(actions ...chromedp.Action[chromedp.Void]) {
	v.t.Helper()
	ctx, cancel := context.WithTimeout(v.ctx, time.Minute)
	defer cancel()
	if err := chromedp.Do(ctx, actions...); err != nil {
		v.t.Fatalf("%s: %v\n%s", v.who, err, v.text())
	}
}

func (v *visitor) eval(js string) string {
	s, err := chromedp.Run(v.ctx, chromedp.Evaluate[string](js))
	if err != nil {
		v.t.Fatalf("%s: %s: %v", v.who, js, err)
	}
	return s
}

func (v *visitor) text() string {
	s, err := chromedp.Run(v.ctx, chromedp.Evaluate[string]("location.pathname + '\\n' + document.body.innerText"))
	if err != nil {
		return err.Error()
	}
	return s
}

// holds reports whether a condition of the page is true now; while the browser goes to another page it is not.
func (v *visitor) holds(js string) bool {
	v.t.Helper()
	s, err := chromedp.Run(v.ctx, chromedp.Evaluate[string]("String(Boolean("+js+"))"))
	if err != nil && !strings.Contains(err.Error(), "navigated") {
		v.t.Fatalf("%s: %s: %v", v.who, js, err)
	}
	return err == nil && s == "true"
}

// until waits for a condition of the page.
func (v *visitor) until(js string) {
	v.t.Helper()
	for range 200 {
		if v.holds(js) {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	v.t.Fatalf("%s: never true: %s\n%s", v.who, js, v.text())
}

// send fills the fields of the form that has the first of them, and submits it.
func (v *visitor) send(fields map[string]string) {
	v.t.Helper()
	for name, value := range fields {
		v.do(chromedp.SendKeys(chromedp.CSS(fmt.Sprintf("form [name=%q]", name)), value))
	}
	for name := range fields {
		v.eval(fmt.Sprintf("document.querySelector('form [name=%q]').form.requestSubmit(), ''", name))
		return
	}
}

// look goes to a page, asks that it is whole, and takes its picture, wide and narrow, in both languages and for elders.
func (v *visitor) look(name, path string) {
	v.t.Helper()
	for _, l := range []struct {
		name, lang, elder string
		width             int64
	}{{"wide-zh", "zh", "off", 1280}, {"narrow-zh", "zh", "off", 360}, {"wide-en", "en", "off", 1280}, {"narrow-elder", "zh", "on", 360}} {
		v.do(chromedp.EmulateViewport(l.width, 900), chromedp.Navigate(v.base+"/preferences?lang="+l.lang+"&elder="+l.elder+"&back="+url.QueryEscape(path)), chromedp.WaitReady(chromedp.CSS("main")))
		v.until("!document.querySelector('[data-exam]') || document.querySelector('.q-stem')")
		v.whole(name+"-"+l.name, path)
		v.shoot(name + "-" + l.name)
	}
	v.do(chromedp.Navigate(v.base + "/preferences?lang=zh&elder=off&back=/"))
}

// whole asks that this is the page and no error, that nothing is wider than the screen, and that no word is missing.
func (v *visitor) whole(name, path string) {
	v.t.Helper()
	if got := v.eval("location.pathname"); got != strings.Split(path, "?")[0] {
		v.t.Errorf("%s: %s led to %s", name, path, got)
	}
	if v.eval("String(document.scrollingElement.scrollWidth > document.scrollingElement.clientWidth)") == "true" {
		v.t.Errorf("%s is wider than the screen", name)
	}
	text := v.eval("document.body.innerText")
	for _, bad := range []string{"%!", "{{", "ZgotmplZ", "<nil>", "0001-01-01", "系统内部错误"} {
		if strings.Contains(text, bad) {
			v.t.Errorf("%s says %q:\n%s", name, bad, text)
		}
	}
}

func (v *visitor) shoot(name string) {
	if *shots == "" {
		return
	}
	png, err := chromedp.Run(v.ctx, chromedp.FullScreenshot(100))
	if err == nil {
		err = os.MkdirAll(*shots, 0o755)
	}
	if err == nil {
		err = os.WriteFile(filepath.Join(*shots, name+".png"), png, 0o644)
	}
	if err != nil {
		v.t.Fatal(err)
	}
}

// signIn is the staff's own way in.
func signIn(t *testing.T, d *demo, login string) *visitor {
	t.Helper()
	v := visit(t, d.http.base, login)
	v.do(chromedp.Navigate(d.http.base+"/login"), chromedp.WaitVisible(chromedp.CSS("[name=password]")))
	v.send(map[string]string{"account": login, "password": fixtures.Password})
	v.until("location.pathname === '/desk'")
	return v
}

// TestPages looks at every page of the running product as its own reader.
func TestPages(t *testing.T) {
	d := tell(t)
	story, open := d.levels[0], d.guests.Load()
	old, now := "/sessions/"+string(story.ID), "/sessions/"+string(open.ID)
	public := visit(t, d.http.base, "public")
	for name, path := range map[string]string{"home": "/", "verify": "/verify", "token": "/v/" + d.report.Certificates[0].Token,
		"token-unknown": "/v/00000000000000000000000000", "login": "/login", "candidate-login": "/exam/login"} {
		public.look(name, path)
	}
	assessment := "/assessments/" + string(practical.AssessmentOf(d.practice.seats[0].Ticket))
	item := d.someItem(t)
	for login, pages := range map[string]map[string]string{
		"kaowu":    {"desk": "/desk", "office": "/office", "session-done": old, "session-open": now, "results": old + "/results"},
		"jiankao1": {"desk-invigilator": "/desk", "room": now + "/rooms/t1"},
		"kaoping1": {"sheets": "/assessments", "sheet": assessment + "/sheet", "sign": assessment + "/signature"},
		"yuejuan":  {"seal-theory": old + "/seals/theory", "seal-theory-open": now + "/seals/theory"},
		"zuzhang": {"seal-practical": old + "/seals/practical", "concordance": old + "/practice/concordance", "concordance-all": "/concordance",
			"seal-practical-open": "/sessions/" + string(d.practice.ID) + "/seals/practical"},
		"dudao": {"seal-witness": old + "/seals/theory", "desk-supervisor": "/desk"},
		"zhengshu": {"certificates": "/certificates", "certificate": "/certificates/" + d.report.Certificates[0].Number, "issue": old + "/certificates",
			"serials": "/certificates/serials", "holds": old + "/results"},
		"tiku": {"bank": "/bank", "items": "/bank/items?level=5&type=single", "tables": "/bank/tables?level=5", "releases": "/bank/releases?id=2026.9",
			"release": "/bank/releases/" + d.levels[0].Release, "import": "/bank/import", "blueprints": "/bank/blueprints",
			"blueprint": "/bank/blueprints/" + blueprintOf(5) + "?release=" + url.QueryEscape(provincialRelease), "statistics": "/bank/statistics"},
		"mingti": {"item": "/bank/items/" + item, "editor-new": "/bank/editor?level=5", "editor": "/bank/editor?code=" + item},
		"shenti": {"review": "/bank/review"},
		"yibao":  {"queue": "/bank/queue"},
	} {
		v := signIn(t, d, login)
		for name, path := range pages {
			v.look(name, path)
		}
	}
}

// someItem is the code of an item of the demo's bank.
func (d *demo) someItem(t *testing.T) string {
	t.Helper()
	all, _, err := d.Bank.Items(t.Context(), d.staff["tiku"], questionbank.Filter{State: questionbank.Admitted}, engine.Cursor{Limit: 4})
	if err != nil || len(all) == 0 {
		t.Fatalf("the demo's bank has no items: %v", err)
	}
	return all[0].Code
}

// TestAnAuthorWritesAnItem goes an author's way by hand: the toolbar writes markup, the preview follows by itself, and
// what was written is what a reviewer reads.
func TestAnAuthorWritesAnItem(t *testing.T) {
	d := tell(t)
	v := signIn(t, d, "mingti")
	v.do(chromedp.Navigate(d.http.base+"/bank/editor?level=5"), chromedp.WaitVisible(chromedp.CSS("#f-stem")))
	v.do(chromedp.SendKeys(chromedp.CSS("#f-item_code"), "Z-0001"), chromedp.SendKeys(chromedp.CSS("#f-stem"), "体温<38时"))
	v.until("document.querySelector('[data-preview]')?.textContent.includes('38')") // the preview moves what lies below it: click when it has come
	v.eval("document.querySelector('#f-stem').setSelectionRange(0, 2), document.querySelector('#f-stem').focus(), ''")
	v.do(chromedp.Click(chromedp.CSS(".rich-bar .tool-strong")))
	v.until("document.querySelector('#f-stem').value === '<strong>体温</strong><38时'")
	v.eval("document.querySelector('#f-stem').value = '<strong>体温</strong>&lt;38时应当（　　）。', ''")
	v.do(chromedp.SendKeys(chromedp.CSS("#f-option-0"), "物理降温"), chromedp.SendKeys(chromedp.CSS("#f-option-1"), "立即送医"))
	v.until("document.querySelector('[data-preview] .q-stem strong')?.textContent === '体温' && document.querySelectorAll('[data-preview] .option').length === 2")
	v.do(chromedp.Click(chromedp.CSS("[name='key.0']")))
	v.until("document.querySelector(\"[name='key.0']\").checked")
	v.shoot("editor-typed")
	v.eval("document.querySelector('#f-point').selectedIndex = 1, ''")
	v.do(chromedp.Click(chromedp.CSS("button[value=save]")))
	v.shoot("editor-sent")
	v.until("location.pathname === '/bank/items/Z-0001'")
	v.whole("item-new", "/bank/items/Z-0001")
	r := signIn(t, d, "shenti")
	r.do(chromedp.Navigate(d.http.base+"/bank/items/Z-0001"), chromedp.WaitVisible(chromedp.CSS("form[action$='/review'] button")))
	r.do(chromedp.Click(chromedp.CSS("form[action$='/review'] button")))
	r.until("document.querySelector('[role=status]')?.textContent.includes('审题通过')")
}

// TestCandidateSitsInABrowser goes the candidate's whole way by hand, and what it answered is what the log holds.
func TestCandidateSitsInABrowser(t *testing.T) {
	d := tell(t)
	l := d.guests.Load()
	seat := l.seats[1]
	number := l.names[seat.Candidate].IDNumber
	v := visit(t, d.http.base, "candidate")
	v.do(chromedp.Navigate(d.http.base+"/exam/login"), chromedp.WaitVisible(chromedp.CSS("[name=ticket]")))
	v.send(map[string]string{"ticket": string(seat.Ticket), "id_tail": "000000", "code": l.Code})
	v.until("document.querySelector('[role=alert], .problem') !== null")
	v.eval("document.querySelector('[name=id_tail]').value = '', document.querySelector('[name=code]').value = '', document.querySelector('[name=ticket]').value = '', ''")
	v.send(map[string]string{"ticket": string(seat.Ticket), "id_tail": number[len(number)-6:], "code": l.Code})
	v.until("location.pathname === '/exam'")
	v.look("waiting", "/exam")
	v.do(chromedp.Navigate(d.http.base + "/exam"))
	v.until("[...document.querySelectorAll('form[action=\"/exam/start\"] button')].some(b => !b.disabled)")
	v.eval("document.querySelector('form[action=\"/exam/start\"]').requestSubmit(), ''")
	v.until("location.pathname === '/exam/paper' && document.querySelector('.q-stem')")
	for range 5 {
		v.do(chromedp.KeyEvent("a"), chromedp.KeyEvent("f"), chromedp.Click(chromedp.CSS("[data-next]")))
	}
	v.until("document.querySelector('[data-save]').textContent.includes('已保存')")
	v.look("exam", "/exam/paper")
	v.do(chromedp.EmulateViewport(1280, 900), chromedp.Navigate(d.http.base+"/exam/paper#/review"))
	v.until("document.querySelector('#review-head')")
	v.shoot("exam-review")
	v.do(chromedp.Click(chromedp.CSS("[data-submit]")), chromedp.WaitVisible(chromedp.CSS("[data-confirm-yes]")), chromedp.Click(chromedp.CSS("[data-confirm-yes]")))
	v.until("location.pathname === '/exam/receipt'")
	v.look("receipt", "/exam/receipt")
	v.look("own-result", "/exam/result")
	progress, err := d.Exams.Progress(t.Context(), d.staff["jiankao1"], l.ID)
	if err != nil {
		t.Fatal(err)
	}
	if p := progress[seat.Ticket]; p.Answered != 5 {
		t.Errorf("the log holds %d answers, not 5", p.Answered)
	}
}
