package main

import (
	"context"
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/skillcert/skillcert/api/web"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/theory"
)

// offlineFor is how long the one long outage lasts.
const offlineFor = 30 * time.Second

// TestSittingInBrowsers sits the exam in real browsers while things go wrong, and asks the log what it holds in the end.
func TestSittingInBrowsers(t *testing.T) {
	h := builtHall(t, 8)
	here := h.serveHere(t, clock.System{})
	b := browsingIn(t, h, here)
	for i, sub := range []struct {
		name string
		test func(*testing.T, *browsing, entrant)
	}{
		{"offline", offlineInTheMiddle}, {"reload", reloadedOffline}, {"windows", twoWindows}, {"machine", anotherMachine},
		{"orders", ordersAreHeard}, {"keyboard", keyboardOnly}, {"locked", lockedInTheMiddle}, {"reopened", reopenedAtTheReceipt},
	} {
		t.Run(sub.name, func(t *testing.T) { sub.test(t, b, h.entrants[i]) })
	}
}

// browsing is a hall whose candidates sit in browsers.
type browsing struct {
	*examHall
	house       *house
	address     string
	base        string
	invigilator *client
}

func browsingIn(t *testing.T, h *examHall, here *server) *browsing {
	t.Helper()
	return &browsing{examHall: h, house: here.house, address: here.address, base: "http://" + here.address,
		invigilator: staffIn(t, here.address, "jiankao1")}
}

// candidate is one of them.
type candidate struct {
	*visitor
	entrant
	b *browsing
}

// signInAs opens a browser of its own, in which the candidate signs in.
func (b *browsing) signInAs(t *testing.T, e entrant) *candidate {
	t.Helper()
	c := &candidate{visitor: visit(t, b.base, "candidate "+e.ticket), entrant: e, b: b}
	c.do(chromedp.EmulateViewport(1280, 900), chromedp.Navigate(b.base+"/exam/login"), chromedp.WaitVisible(chromedp.CSS("[name=ticket]")))
	c.send(map[string]string{"ticket": e.ticket, "id_tail": e.tail, "code": e.code})
	c.within(patient, "location.pathname === '/exam'")
	return c
}

// sitDown signs in and starts; the paper is asked for.
func (b *browsing) sitDown(t *testing.T, e entrant) *candidate {
	t.Helper()
	c := b.signInAs(t, e)
	c.within(patient, "[...document.querySelectorAll('form[action=\"/exam/start\"] button')].some(b => !b.disabled)")
	c.eval("document.querySelector('form[action=\"/exam/start\"]').requestSubmit(), ''")
	c.within(patient, "location.pathname === '/exam/paper'")
	return c
}

// sitting does that and waits for the first question.
func (b *browsing) sitting(t *testing.T, e entrant) *candidate {
	t.Helper()
	c := b.sitDown(t, e)
	c.within(patient, question)
	return c
}

const (
	patient   = 40 * time.Second // for what a page does by itself, however busy the machine is
	heardGoal = 3 * time.Second  // after the answer to an order its change is on running pages

	question = "document.querySelector('.q-stem')"
	saved    = "document.querySelector('[data-save]').textContent.includes('已保存')"
)

// unsaved is true of a page that says that so many questions are not saved.
func unsaved(n int) string {
	return fmt.Sprintf("document.querySelector('[data-save]').textContent.includes('未保存（%d）')", n)
}

// shows is true of a page whose part says something.
func shows(part, text string) string {
	return fmt.Sprintf("(e => e && !e.hidden && e.textContent.includes(%q))(document.querySelector('[data-%s]'))", text, part)
}

// within waits for a condition of the page, and returns how long that took.
func (v *visitor) within(most time.Duration, js string) time.Duration {
	v.t.Helper()
	for watch := clock.Start(); ; time.Sleep(50 * time.Millisecond) {
		if v.holds(js) {
			return watch.Elapsed()
		}
		if watch.Elapsed() > most {
			v.t.Fatalf("%s: not true within %v: %s\n%s", v.who, most, js, v.text())
		}
	}
}

// tab is another window of the same browser.
func (c *candidate) tab() *candidate {
	c.t.Helper()
	ctx, cancel := chromedp.NewContext(c.ctx)
	c.t.Cleanup(cancel)
	if err := chromedp.Do(ctx, chromedp.Navigate(c.base+"/exam/paper")); err != nil {
		c.t.Fatal(err)
	}
	v := *c.visitor
	v.ctx, v.who = ctx, c.who+", second window"
	return &candidate{visitor: &v, entrant: c.entrant, b: c.b}
}

// network plugs the browser's cable in or out.
func (c *candidate) network(on bool) {
	c.t.Helper()
	c.do(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		how := map[string]any{"offline": !on, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
		return t.Call(ctx, "Network.emulateNetworkConditions", how, nil)
	}))
}

// answerFrom presses the letters one after the other, each at the next question, beginning at number at. It returns what is
// then chosen at each.
func (c *candidate) answerFrom(at int, letters string) map[int][]int {
	c.t.Helper()
	c.eval(fmt.Sprintf("location.hash = '#/%d', ''", at))
	c.within(patient, fmt.Sprintf("document.querySelector('#q-head-%d')", at-1))
	chosen := map[int][]int{}
	for i, l := range letters {
		c.do(chromedp.KeyEvent(string(l)), chromedp.KeyEvent(kb.ArrowRight))
		chosen[at+i] = []int{int(l - 'a')}
	}
	return chosen
}

// log is what the server holds of the candidate: the entries, and what they come to.
func (c *candidate) log() ([]*theory.Entry, theory.Sheet) {
	c.t.Helper()
	log, err := entriesOf(c.t.Context(), c.b.house, theory.AttemptID(c.attempt))
	noError(c.t, err)
	return log, theory.Fold(log)
}

// wantLog asks that the log holds these answers, and no response that was not given.
func (c *candidate) wantLog(responses int, answers ...map[int][]int) {
	c.t.Helper()
	want := map[int][]int{}
	for _, a := range answers {
		for q, chosen := range a {
			want[q] = chosen
		}
	}
	log, sheet := c.log()
	given := 0
	for i, e := range log {
		if e.Seq != i+1 {
			c.t.Errorf("%s: entry %d has the number %d", c.who, i+1, e.Seq)
		}
		if e.Kind == theory.Response {
			given++
		}
	}
	if given != responses || !reflect.DeepEqual(sheet.Chosen, want) {
		c.t.Errorf("%s: %d responses, not %d; the log holds %v, not %v", c.who, given, responses, sheet.Chosen, want)
	}
}

// offlineInTheMiddle pulls the cable out for half a minute. The page says so, and goes on.
func offlineInTheMiddle(t *testing.T, b *browsing, e entrant) {
	c := b.sitting(t, e)
	before := c.answerFrom(1, "ab")
	c.within(patient, saved)
	c.network(false)
	watch := clock.Start()
	during := c.answerFrom(3, "baba")
	c.within(patient, unsaved(4))
	c.within(patient, "document.querySelector('[data-link]').classList.contains('off')")
	time.Sleep(offlineFor - watch.Elapsed())
	c.wantLog(2, before)
	if c.eval("String("+unsaved(4)+")") != "true" {
		t.Errorf("after %v offline the page says %q", offlineFor, c.eval("document.querySelector('[data-save]').textContent"))
	}
	c.network(true)
	t.Logf("saved %v after the network was back", c.within(patient, saved))
	c.within(patient, "!document.querySelector('[data-link]').classList.contains('off')")
	c.wantLog(6, before, during)
}

// reloadedOffline reloads the page while there is no network: what was answered waits in the browser, which shows a page of
// ours meanwhile, and goes back by itself. The cable is pulled out besides, for the page that says that there is no network
// is not held to what is emulated, and nor is the worker that shows the other.
func reloadedOffline(t *testing.T, b *browsing, e entrant) {
	cable := newRelay(t)
	cable.lead(b.address)
	over := *b
	over.base = "http://" + cable.Addr().String()
	c := over.sitting(t, e)
	before := c.answerFrom(1, "a")
	c.within(patient, saved)
	c.within(patient, "(navigator.serviceWorker.getRegistration('/exam/paper').then(r => window.up = r?.active?.state === 'activated'), window.up)")
	c.network(false)
	cable.lead("")
	during := c.answerFrom(1, "bab")
	c.within(patient, unsaved(3))
	if text := c.eval("document.querySelector('[data-link-said]').textContent"); strings.Contains(text, "不要刷新") {
		t.Errorf("the page says %q", text)
	}
	c.do(chromedp.Reload())
	c.within(patient, "document.querySelector('.offline')")
	for _, text := range []string{"现在连不上服务器", "不要关闭浏览器", "The server cannot be reached", "raise your hand"} {
		if !c.page(text) {
			t.Errorf("the page without a network lacks %q: %s", text, c.text())
		}
	}
	if font := c.eval("getComputedStyle(document.body).fontFamily"); !strings.Contains(font, "Noto Sans") {
		t.Errorf("the page without a network has no style: %s", font)
	}
	c.eval("(async () => { const all = []; for (const n of await caches.keys()) all.push(...await (await caches.open(n)).keys()); " +
		"window.kept = all.map(r => new URL(r.url).pathname.replace(/static.[0-9a-f]+./, '')).sort().join() })(), ''")
	c.within(patient, "window.kept === '/components.css,/exam/offline,/exam/offline.js,/tokens.css'")
	c.wantLog(1, before)
	c.network(true)
	cable.lead(b.address)
	t.Logf("back at the paper %v after the network was back", c.within(patient, question))
	c.within(patient, saved)
	c.wantLog(4, during)
	c.eval("location.hash = '#/1', ''")
	c.within(patient, "document.querySelector('[data-option=\"1\"]').checked")
}

// twoWindows opens the paper in a second window: it goes on there when the candidate says so, and not before. The first
// window says that, and what is pressed in it reaches the log no more, not even by way of what the browser keeps.
func twoWindows(t *testing.T, b *browsing, e entrant) {
	one := b.sitting(t, e)
	before := one.answerFrom(1, "aa")
	one.within(patient, saved)
	two := one.tab()
	two.within(patient, shows("loading", "另一个窗口打开"))
	one.answerFrom(2, "b") // it still writes
	one.within(patient, saved)
	before[2] = []int{1}
	one.wantLog(3, before)
	two.eval("document.querySelector('[data-loading] button').click(), ''")
	two.within(patient, question)
	if here, there := two.eval("location.hash"), one.eval("location.hash"); here != there {
		t.Errorf("the new window is at %s, the old one at %s", here, there)
	}
	if got := two.eval("String(document.querySelector('[data-go=\"1\"]').className)"); got != "cell cell-answered" {
		t.Errorf("question 2 is shown as %s in the new window", got)
	}
	one.do(chromedp.KeyEvent("a")) // perhaps before it was told
	one.within(patient, shows("loading", "已在另一个窗口继续作答"))
	one.within(patient, "document.querySelector('[data-question]').hidden")
	one.do(chromedp.KeyEvent("b"))
	after := two.answerFrom(3, "bb")
	two.within(patient, saved)
	two.wantLog(5, before, after)
	two.do(chromedp.Reload())
	two.within(patient, question)
	more := two.answerFrom(5, "a")
	two.within(patient, saved)
	two.wantLog(6, before, after, more)
	_, sheet := two.log()
	if sheet.Windows != 2 {
		t.Errorf("%d windows", sheet.Windows)
	}
}

// anotherMachine goes on at a second computer: not before an invigilator let it. The first one writes no more.
func anotherMachine(t *testing.T, b *browsing, e entrant) {
	one := b.sitting(t, e)
	before := one.answerFrom(1, "ab")
	one.within(patient, saved)
	one.network(false)
	one.answerFrom(2, "aa") // this waits at the first computer
	one.within(patient, unsaved(2))
	two := b.sitDown(t, e)
	two.within(patient, shows("loading", "请举手"))
	b.console(t, b.invigilator, e.ticket, func(s web.SeatProgress) bool { return s.Machine })
	one.wantLog(2, before)
	b.readmit(t, e)
	t.Logf("open at the other machine %v after the release", two.within(patient, question))
	after := two.answerFrom(4, "ab")
	two.within(patient, saved)
	after[2] = two.answerFrom(2, "a")[2]
	after[2] = two.answerFrom(2, "b")[2]
	two.within(patient, saved)
	one.network(true)
	one.within(patient, shows("loading", "已换到另一台电脑继续作答"))
	one.within(patient, "!document.querySelector('[data-loading] button') && document.querySelector('[data-question]').hidden")
	two.wantLog(6, before, after)
	b.console(t, b.invigilator, e.ticket, func(s web.SeatProgress) bool { return !s.Machine && s.Answered == 4 && s.Windows == 1 })
	backAtTheFirst(t, b, one, before, after)
}

// backAtTheFirst goes back to a computer that holds older answers, not sent then, to questions 2 and 3: the one that was
// answered elsewhere since is not sent, and the candidate is told; the other is.
func backAtTheFirst(t *testing.T, b *browsing, one *candidate, answers ...map[int][]int) {
	one.do(chromedp.Reload())
	one.within(patient, shows("loading", "还有 2 题的答案没有送到服务器"))
	b.readmit(t, one.entrant)
	one.within(patient, question)
	one.within(patient, shows("messages", "第 2 题后来在另一台电脑"))
	one.within(patient, saved)
	one.wantLog(7, append(answers, map[int][]int{3: {0}})...)
	one.eval("location.hash = '#/2', ''")
	one.within(patient, "document.querySelector('[data-option=\"1\"]').checked")
}

// readmit lets the candidate go on at another machine.
func (b *browsing) readmit(t *testing.T, e entrant) {
	t.Helper()
	body := map[string]string{"ticket": e.ticket, "text": "停电换机"}
	noError(t, b.invigilator.call(t.Context(), http.MethodPost, b.room()+"readmission", body, nil))
}

// ordersAreHeard pauses, resumes and extends, and asks when the page knows.
func ordersAreHeard(t *testing.T, b *browsing, e entrant) {
	c := b.sitting(t, e)
	before := c.answerFrom(1, "a")
	c.within(patient, saved)
	order := func(name, text string, minutes int) { t.Helper(); b.order(t, e, name, text, minutes) }
	heard := func(what, js string) {
		t.Helper()
		took := c.within(patient, js)
		t.Logf("%s heard %d ms after the answer to the order", what, took.Milliseconds())
		if !raceDetected && took > heardGoal {
			t.Errorf("%s heard after %v, not within %v", what, took, heardGoal)
		}
	}
	order("pause", "停电", 0)
	heard("pause", "!document.querySelector('[data-paused]').hidden && document.querySelector('[data-question]').hidden")
	stood := c.eval("document.querySelector('[data-clock]').textContent")
	c.do(chromedp.KeyEvent("b"))
	time.Sleep(2500 * time.Millisecond)
	if now := c.eval("document.querySelector('[data-clock]').textContent"); now != stood {
		t.Errorf("the clock went from %s to %s while it stood", stood, now)
	}
	c.do(chromedp.Reload())
	c.within(patient, shows("paused", "考试已暂停"))
	c.within(patient, "/^[0-9:]+$/.test(document.querySelector('[data-clock]').textContent)")
	now := c.eval("document.querySelector('[data-clock]').textContent")
	if apart := seconds(t, stood) - seconds(t, now); apart < -2 || apart > 2 { // it stood between two readings
		t.Errorf("the clock stands at %s, and at %s when the page is loaded again", stood, now)
	}
	order("resumption", "来电", 0)
	heard("resumption", "document.querySelector('[data-paused]').hidden && !document.querySelector('[data-question]').hidden")
	order("extension", "补时", 10)
	heard("extension", shows("alert", "已延长 10 分钟"))
	order("announcement", "请安静", 0)
	heard("announcement", shows("messages", "请安静"))
	after := c.answerFrom(2, "b")
	c.within(patient, saved)
	c.wantLog(2, before, after)
}

// seconds reads a clock like 5:52:40.
func seconds(t *testing.T, shown string) int {
	t.Helper()
	all := 0
	for part := range strings.SplitSeq(shown, ":") {
		n, err := strconv.Atoi(part)
		noError(t, err)
		all = all*60 + n
	}
	return all
}

// tabTo goes to a control as somebody does who has no mouse.
func (c *candidate) tabTo(selector string) {
	c.t.Helper()
	for range 250 {
		if c.eval(fmt.Sprintf("String(document.activeElement?.matches(%q) ?? false)", selector)) == "true" {
			return
		}
		c.do(chromedp.KeyEvent(kb.Tab))
	}
	c.t.Fatalf("%s: no way to %s by the Tab key\n%s", c.who, selector, c.text())
}

// keyboardOnly goes the whole way, from the sign-in to the receipt, by the keys alone.
func keyboardOnly(t *testing.T, b *browsing, e entrant) {
	c := &candidate{visitor: visit(t, b.base, "keyboard"), entrant: e, b: b}
	c.do(chromedp.EmulateViewport(1280, 900), chromedp.Navigate(b.base+"/exam/login"), chromedp.WaitVisible(chromedp.CSS("[name=ticket]")))
	for _, f := range [][2]string{{"ticket", e.ticket}, {"id_tail", e.tail}, {"code", e.code}} {
		c.tabTo("[name=" + f[0] + "]")
		c.do(chromedp.KeyEvent(f[1]))
	}
	c.do(chromedp.KeyEvent(kb.Enter))
	c.within(patient, "location.pathname === '/exam' && document.querySelector('[data-start]:not([disabled])')")
	c.tabTo("[data-start]")
	c.do(chromedp.KeyEvent(kb.Enter))
	c.within(patient, "location.pathname === '/exam/paper' && "+question)
	want, flagged := c.answerByKeys()
	c.within(patient, saved)
	c.tabTo("[data-to-review]")
	c.do(chromedp.KeyEvent(kb.Enter))
	c.within(patient, "document.querySelector('#review-head')")
	c.tabTo("[data-submit]")
	c.do(chromedp.KeyEvent(kb.Enter))
	c.within(patient, "document.querySelector('[data-confirm]').open")
	c.tabTo("[data-confirm-yes]")
	c.do(chromedp.KeyEvent(kb.Enter))
	c.within(patient, "location.pathname === '/exam/receipt' && document.querySelector('dd.big')")
	log, sheet := c.log()
	if receipt := theory.Receipt(theory.AttemptID(c.attempt), log); !c.page(receipt) {
		t.Errorf("no receipt %s on\n%s", receipt, c.text())
	}
	if sheet.End == nil || sheet.End.ByClock || !reflect.DeepEqual(sheet.Chosen, want) || !reflect.DeepEqual(sheet.Flagged, flagged) {
		t.Errorf("the log ends with %+v and holds %v, flagged %v; not %v, %v", sheet.End, sheet.Chosen, sheet.Flagged, want, flagged)
	}
}

// page reports whether the page shows a text.
func (v *visitor) page(text string) bool {
	return v.eval(fmt.Sprintf("String(document.body.innerText.includes(%q))", text)) == "true"
}

// answerByKeys answers every question with 1 to 4, flags some, and returns what is then chosen and flagged.
func (c *candidate) answerByKeys() (chosen map[int][]int, flagged map[int]bool) {
	c.t.Helper()
	n, err := strconv.Atoi(c.eval("String(document.querySelectorAll('[data-go]').length)"))
	noError(c.t, err)
	if n != hallQuestions {
		c.t.Fatalf("%d questions", n)
	}
	chosen, flagged = map[int][]int{}, map[int]bool{}
	for q := 1; q <= n; q++ {
		options, err := strconv.Atoi(c.eval("String(document.querySelectorAll('[data-question] [data-option]').length)"))
		noError(c.t, err)
		pressed := []int{q % options}
		if c.eval("document.querySelector('[data-question] [data-option]').type") == "checkbox" {
			pressed = append(pressed, (q+1)%options)
		}
		for _, o := range pressed {
			c.do(chromedp.KeyEvent(strconv.Itoa(o + 1)))
		}
		slices.Sort(pressed)
		chosen[q] = pressed
		if q%40 == 0 {
			c.do(chromedp.KeyEvent("f"))
			flagged[q] = true
		}
		if q < n {
			c.do(chromedp.KeyEvent(kb.ArrowRight))
		}
	}
	return chosen, flagged
}

// TestSittingInBrowsersKilled kills the server under a browser: the page says what is not saved, and saves it when there is
// a server again.
func TestSittingInBrowsersKilled(t *testing.T) {
	h := builtHall(t, 1)
	cable, p := newRelay(t), serveIn(t, h.settings.Data)
	cable.lead(p.address)
	b := &browsing{examHall: h, base: "http://" + cable.Addr().String()}
	c := b.sitting(t, h.entrants[0])
	before := c.answerFrom(1, "ab")
	c.within(patient, saved)
	cable.lead("")
	p.kill(t)
	during := c.answerFrom(2, "aba")
	c.within(patient, unsaved(3))
	p = serveIn(t, h.settings.Data)
	cable.lead(p.address)
	t.Logf("saved %v after the server was back", c.within(patient, saved))
	p.stop(t)
	again, err := h.reopen(t.Context())
	noError(t, err)
	b.house = again
	c.wantLog(5, before, during)
	noError(t, again.Close())
}
