package main

import (
	"testing"

	"github.com/chromedp/chromedp"
)

// lockedInTheMiddle asks for the lockdown browser while the candidate works in another one: the page says so wherever it says
// how things are, takes nothing that it cannot send, and goes on when the office takes it back.
func lockedInTheMiddle(t *testing.T, b *browsing, e entrant) {
	c := b.sitting(t, e)
	before := c.answerFrom(1, "a")
	c.within(patient, saved)
	b.lockdown(t, true)
	c.within(patient, shows("alert", "锁定浏览器"))
	c.within(patient, shows("link", "不能在这个浏览器作答"))
	c.within(patient, shows("save", "现在不能保存"))
	c.within(patient, "[...document.querySelectorAll('[data-question] input')].every(i => i.disabled)")
	c.do(chromedp.KeyEvent("b"))
	if got := c.eval("String(document.querySelectorAll('[data-question] input:checked').length)"); got != "0" {
		t.Errorf("%s options are chosen while nothing can be saved", got)
	}
	b.lockdown(t, false)
	c.within(patient, shows("link", "已连接"))
	c.within(patient, "document.querySelector('[data-alert]').hidden")
	c.within(patient, shows("save", "已保存 1 题的答案（"))
	after := c.answerFrom(2, "b")
	c.within(patient, saved)
	c.wantLog(2, before, after)
}

// reopenedAtTheReceipt hands in by mistake: the receipt notices by itself that the paper was reopened, and the waiting room
// leads on to where the candidate was.
func reopenedAtTheReceipt(t *testing.T, b *browsing, e entrant) {
	c := b.sitting(t, e)
	before := c.answerFrom(1, "ab")
	c.within(patient, saved)
	c.handInNow()
	first := c.eval("document.querySelector('dd.big').textContent")
	b.order(t, e, "reopening", "误交", 5)
	t.Logf("the receipt knows %v after the reopening", c.within(patient, shows("reopened", "请继续作答")))
	c.eval("document.querySelector('[data-reopened] a').click(), ''")
	c.within(patient, "location.pathname === '/exam' && document.querySelector('[data-start]')?.textContent.includes('继续作答')")
	if !c.page("已答 2 题") {
		t.Errorf("the waiting room does not say how far one is: %s", c.text())
	}
	c.eval("document.querySelector('form[action=\"/exam/start\"]').requestSubmit(), ''")
	c.within(patient, "location.pathname === '/exam/paper' && "+question)
	after := c.answerFrom(3, "a")
	c.within(patient, saved)
	c.wantLog(3, before, after)
	c.handInNow()
	if second := c.eval("document.querySelector('dd.big').textContent"); second == first || !c.page("以这个回执码为准") {
		t.Errorf("receipts %s and %s: %s", first, second, c.text())
	}
}

// handInNow goes through the review to the receipt.
func (c *candidate) handInNow() {
	c.t.Helper()
	c.eval("location.hash = '#/review', ''")
	c.within(patient, "document.querySelector('#review-head')")
	c.eval("document.querySelector('[data-submit]').click(), document.querySelector('[data-confirm-yes]').click(), ''")
	c.within(patient, "location.pathname === '/exam/receipt' && document.querySelector('dd.big')")
}
