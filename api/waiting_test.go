package api_test

import (
	"strings"
	"testing"
	"time"
)

// The waiting room says whom it waits for: until the opening nobody, then the invigilator, who checks in first.
func TestTheWaitingRoomSaysWhatIsWaitedFor(t *testing.T) {
	w := newWorld(t)
	w.at(-10 * time.Minute)
	c := w.chair(0)
	c.sees("/exam", "距离开考", "还没有签到：请举手")
	w.at(time.Minute)
	c.sees("/exam", "等待监考员放行", "时间已到", "还没有签到：请举手")
	if strings.Contains(c.last, ">距离开考<") {
		t.Error("it is still counting down")
	}
}

// Who has to open another browser is offered nothing to press in this one.
func TestTheWaitingRoomOfAnotherBrowser(t *testing.T) {
	const start = `action="/exam/start"`
	w, _ := lockedWorld(t)
	b, in := w.browser(), w.ticket(0)
	b.visit("/exam/login")
	b.post("/exam/login", "ticket", in.Ticket, "id_tail", in.IDTail, "code", in.Code)
	if b.visit("/exam"); !strings.Contains(b.last, start+" hidden") || !strings.Contains(b.last, "请在锁定浏览器中作答") {
		t.Error("the start button stands below the steps for the lockdown browser")
	}
	inside := string(b.raw("GET", "/exam", "", nil, "User-Agent", "SEB").body)
	if !strings.Contains(inside, start+">") || strings.Contains(inside, "请在锁定浏览器中作答") {
		t.Error("there is no start button in the lockdown browser")
	}
}
