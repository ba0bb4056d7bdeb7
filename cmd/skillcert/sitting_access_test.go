package main

import (
	"fmt"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/skillcert/skillcert/api/web"
	"github.com/skillcert/skillcert/engine/clock"
	fixtures "github.com/skillcert/skillcert/fixtures/demo"
)

// axeFinds is everything axe finds on the page, in one line each, however small.
const axeFinds = `axe.run(document).then(r => r.passes.length < 10 ? "axe looked at nothing" : r.violations
  .map(v => v.impact + " " + v.id + ": " + v.nodes.slice(0, 3)
    .map(n => n.target.join(" ") + " " + (n.any[0] ?? n.all[0] ?? n.none[0])?.message).join(" | ")).join("\n"))`

// axe fetches axe-core.
func axe(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	out, err := exec.CommandContext(t.Context(), "npm", "install", "--prefix", dir, "--no-save", "--ignore-scripts", "--no-audit", "--no-fund",
		"--prefer-offline", "axe-core@4.14.1").CombinedOutput()
	if err != nil {
		t.Fatalf("npm is needed, with axe-core@4.14.1 in reach (apt-get install nodejs npm): %v\n%s", err, out)
	}
	script, err := os.ReadFile(filepath.Join(dir, "node_modules", "axe-core", "axe.min.js"))
	noError(t, err)
	return string(script)
}

// accessible looks at a page in both languages and both modes, the usual ones last: there it is brought to the state to look
// at.
func (v *visitor) accessible(script, name, path, state string, further ...func()) {
	v.t.Helper()
	for _, lang := range []string{"en", "zh"} {
		for _, elder := range []string{"on", "off"} {
			v.do(chromedp.Navigate(v.base + "/preferences?lang=" + lang + "&elder=" + elder + "&back=" + url.QueryEscape(path)))
			v.within(patient, state)
			for _, f := range further {
				f()
			}
			v.eval(script + ";''")
			found, err := chromedp.Run(v.ctx, chromedp.Evaluate[string](axeFinds, chromedp.EvalAwaitPromise))
			noError(v.t, err)
			if found != "" {
				v.t.Errorf("%s, %s, elder %s:\n%s", name, lang, elder, found)
			}
			v.shoot("sitting-" + name + "-" + lang + "-" + elder)
		}
	}
}

// TestSittingPagesAreAccessible looks with axe-core at every page of candidates and invigilators, in every state.
func TestSittingPagesAreAccessible(t *testing.T) {
	h := builtHall(t, 4)
	here := h.serveHere(t, clock.System{})
	b := browsingIn(t, h, here)
	script := axe(t)
	t.Run("candidate", func(t *testing.T) { candidatePages(t, b, script) })
	t.Run("invigilator", func(t *testing.T) { invigilatorPages(t, b, script) })
}

func candidatePages(t *testing.T, b *browsing, script string) {
	e := b.entrants[0]
	stranger := visit(t, b.base, "stranger")
	stranger.accessible(script, "candidate-login", "/exam/login", "document.querySelector('[name=ticket]')")
	stranger.accessible(script, "offline-page", "/exam/offline", "location.pathname === '/exam/offline' && document.querySelector('main')")
	c := b.signInAs(t, e)
	c.accessible(script, "waiting", "/exam", "document.querySelector('[data-start]:not([disabled])')")
	b.lockdown(t, true)
	c.accessible(script, "lockdown", "/exam", "document.querySelector('#h-lockdown')")
	b.lockdown(t, false)
	c.do(chromedp.Navigate(c.base + "/exam"))
	c.within(patient, "document.querySelector('[data-start]:not([disabled])') && !document.querySelector('#h-lockdown')")
	c.eval("document.querySelector('form[action=\"/exam/start\"]').requestSubmit(), ''")
	c.within(patient, "location.pathname === '/exam/paper' && "+question)
	c.answerFrom(1, "aba")
	const paper = "/exam/paper"
	c.accessible(script, "paper", paper, question)
	c.accessible(script, "all-questions", paper, question, func() {
		c.eval("document.querySelector('[data-view=all]').click(), ''")
		c.within(patient, fmt.Sprintf("document.querySelectorAll('[data-question] .q-stem').length === %d", hallQuestions))
	})
	c.eval("document.querySelector('[data-view=one]').click(), ''")
	cutOff(c, script)
	toReview := func() {
		c.eval("location.hash = '#/review', ''")
		c.within(patient, "document.querySelector('#review-head')")
	}
	c.accessible(script, "review", paper, question, toReview)
	c.accessible(script, "confirm", paper, question, toReview, func() { c.eval("document.querySelector('[data-submit]').click(), ''") })
	two := c.tab()
	two.accessible(script, "elsewhere", paper, shows("loading", "")+" && document.querySelector('[data-loading] button')")
	other := b.sitDown(t, e)
	other.accessible(script, "machine", paper, "document.querySelector('[data-loading]').textContent.trim().length > 25")
	b.order(t, e, "announcement", "请安静", 0)
	c.accessible(script, "message", paper, question+" && document.querySelector('[data-messages] p')")
	b.order(t, e, "pause", "停电", 0)
	c.accessible(script, "paused", paper, "!document.querySelector('[data-paused]').hidden")
	b.order(t, e, "resumption", "来电", 0)
	two.eval("document.querySelector('[data-loading] button').click(), ''")
	two.within(patient, question)
	c.within(patient, shows("loading", "已在另一个窗口继续作答"))
	takenOver(t, c, script)
	two.within(patient, "document.querySelector('[data-paused]').hidden")
	two.eval("location.hash = '#/review', ''")
	two.do(chromedp.Click(chromedp.CSS("[data-submit]:not([disabled])")), chromedp.Click(chromedp.CSS("[data-confirm-yes]")))
	two.within(patient, "location.pathname === '/exam/receipt'")
	two.accessible(script, "receipt", "/exam/receipt", "location.pathname === '/exam/receipt'")
	two.accessible(script, "own-result", "/exam/result", "location.pathname === '/exam/result'")
}

// takenOver looks at the window that was told that it writes no more, as it stands: loaded again it would be another page.
func takenOver(t *testing.T, c *candidate, script string) {
	t.Helper()
	c.eval(script + ";''")
	c.asItStands("taken-over", axeFinds)
}

// cutOff looks at the paper while its computer is cut off, with an answer that is not saved.
func cutOff(c *candidate, script string) {
	c.t.Helper()
	c.eval(script + ";''")
	c.network(false)
	c.answerFrom(4, "a")
	c.within(patient, unsaved(1))
	c.asItStands("offline", axeFinds)
	c.network(true)
	c.within(patient, saved)
}

// asItStands is what axe, which is on the page, finds there.
func (v *visitor) asItStands(name, look string) {
	v.t.Helper()
	found, err := chromedp.Run(v.ctx, chromedp.Evaluate[string](look, chromedp.EvalAwaitPromise))
	noError(v.t, err)
	if found != "" {
		v.t.Errorf("%s:\n%s", name, found)
	}
	v.shoot("sitting-" + name)
}

// lockdown asks for the lockdown browser, or no longer does.
func (b *browsing) lockdown(t *testing.T, on bool) {
	t.Helper()
	body := map[string]any{"required": on, "browser_keys": []string{}, "reason": "看一看页面"}
	noError(t, staffIn(t, b.address, "kaowu").call(t.Context(), http.MethodPut, "/api/v1/sessions/"+string(b.session.ID)+"/lockdown", body, nil))
}

// order gives one to a candidate as the invigilator.
func (b *browsing) order(t *testing.T, e entrant, name, text string, minutes int) {
	t.Helper()
	body := map[string]any{"ticket": e.ticket, "text": text, "minutes": minutes, "key": name + e.ticket}
	noError(t, b.invigilator.call(t.Context(), http.MethodPost, b.room()+name, body, nil))
}

// invigilatorPages looks at the consoles of a room in which somebody has handed in, somebody sits and somebody is paused.
func invigilatorPages(t *testing.T, b *browsing, script string) {
	c := b.sitting(t, b.entrants[1])
	c.answerFrom(1, "ab")
	c.within(patient, saved)
	b.order(t, b.entrants[2], "pause", "停电", 0)
	room := "/sessions/" + string(b.session.ID) + "/rooms/t1"
	v := b.staffAt(t, "jiankao1")
	v.accessible(script, "login", "/login", "document.querySelector('main')")
	v.accessible(script, "desk", "/desk", "location.pathname === '/desk'")
	v.accessible(script, "room", room, "document.querySelector('[data-room] tbody tr')")
	v.dialogs(script, room+"?seat="+b.entrants[1].ticket)
	v.accessible(script, "seats", room+"/seats", "document.querySelector('.hall')")
	v.accessible(script, "hand-in-file", room+"/hand-in-file", "document.querySelector('#hi-file')")
	v.eval("(f => { f.noValidate = true; f.requestSubmit(); return ''; })(document.querySelector('#hi-code').form)")
	v.within(patient, "document.querySelector('[role=alert]')")
	v.eval(script + ";''")
	v.asItStands("hand-in-file-refused", axeFinds)
	receipts := "/sessions/" + string(b.session.ID) + "/receipts"
	v.accessible(script, "receipts", receipts, "document.querySelector('[name=code]')")
	v.send(map[string]string{"ticket": b.entrants[0].ticket, "code": "AAAAA-AAAAA"})
	v.within(patient, "document.querySelector('#h-result')")
	v.eval(script + ";''")
	v.asItStands("receipts-wrong", axeFinds)
	office := b.staffAt(t, "kaowu")
	office.accessible(script, "rooms", "/sessions/"+string(b.session.ID)+"/rooms", "document.querySelector('[data-room] tbody tr')")
}

// axeDialog is axeFinds of the dialog that stands open alone.
const axeDialog = `(d => axe.run(d).then(r => r.passes.length < 10 ? "axe looked at nothing" : r.violations
  .map(v => d.id + " " + v.impact + " " + v.id + ": " + v.nodes.slice(0, 3).map(n => n.target.join(" ")).join(" | ")).join("\n")))(document.querySelector("dialog[open]"))`

// dialogs looks at every dialog of a console, in both languages and both modes; the page is loaded once for each.
func (v *visitor) dialogs(script, path string) {
	v.t.Helper()
	for _, lang := range []string{"en", "zh"} {
		for _, elder := range []string{"on", "off"} {
			v.do(chromedp.Navigate(v.base + "/preferences?lang=" + lang + "&elder=" + elder + "&back=" + url.QueryEscape(path)))
			v.within(patient, "document.querySelector('dialog[open]')")
			v.eval(script + ";''")
			for _, d := range append([]string{"seat"}, web.RoomActions()...) {
				v.eval("document.querySelector('dialog[open]').close(), document.getElementById('d-" + d + "').showModal(), ''")
				v.asItStands("room-"+d+"-"+lang+"-"+elder, axeDialog)
			}
		}
	}
}

// staffAt signs one of the staff in, in a browser of its own.
func (b *browsing) staffAt(t *testing.T, login string) *visitor {
	t.Helper()
	v := visit(t, b.base, login)
	v.do(chromedp.EmulateViewport(1280, 900), chromedp.Navigate(b.base+"/login"), chromedp.WaitVisible(chromedp.CSS("[name=password]")))
	v.send(map[string]string{"account": login, "password": fixtures.Password})
	v.within(patient, "location.pathname === '/desk'")
	return v
}
