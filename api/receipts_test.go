package api_test

import (
	"bytes"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/skillcert/skillcert/api"
	"github.com/skillcert/skillcert/engine/theory"
)

// A candidate who comes back goes on: in the waiting room before the hand-in, and from the receipt after a reopening. The
// receipts that were shown are worth what the log says.
func TestGoingOnAndWhichReceiptCounts(t *testing.T) {
	w := newWorld(t)
	w.openRoom()
	w.at(10 * time.Minute)
	c := w.chair(0)
	c.sees("/exam", "可以开始答题", "开始答题")
	c.redirected(c.press("/exam/start"), "/exam/paper")
	c.sees("/exam", "试卷已打开过，请继续作答", "已答 0 题", "继续作答")
	var p api.Paper
	c.script("GET", w.attempt(0)+"/paper", nil, &p)
	var saved api.Saved
	c.script("POST", w.attempt(0)+"/responses", api.Response{Seq: p.Seq + 1, Chosen: []int{0}, Kind: "response", ClientAt: nine.Add(10 * time.Minute)}, &saved)
	c.sees("/exam", "已答 1 题")
	c.script("GET", w.attempt(0)+"/paper", nil, &p)
	if got := p.Questions[0].Answered; got == nil || got.Seq != saved.Seq || p.Questions[0].Flagged != nil || p.Questions[1].Answered != nil {
		t.Errorf("the paper tells the last changes %+v", p.Questions[:2])
	}
	var first, second api.Receipt
	c.script("POST", w.attempt(0)+"/submission", api.Submission{}, &first)
	c.sees("/exam/receipt", first.Code, "data-until=")
	room := w.as("jiankao1")
	room.json("POST", w.room("reopening"), api.OrderEntry{Ticket: w.seats[0].Ticket, Minutes: 5, Text: "误交"}, nil)
	c.sees("/exam/receipt", "请继续作答", "已答 1 题")
	c.script("POST", w.attempt(0)+"/submission", api.Submission{}, &second)
	c.sees("/exam/receipt", second.Code, "以这个回执码为准")
	c.redirected(c.press("/logout"), "/exam/login")
	c.sees("/exam/login", "已退出")
	w.wantReceipts(first, second)
}

// wantReceipts asks what the codes are worth: the program's way and the page's.
func (w *world) wantReceipts(first, second api.Receipt) {
	w.Helper()
	room, path := w.as("jiankao1"), "/api/v1"+w.href("/receipt-check")
	in := func(code string) api.ReceiptCode { return api.ReceiptCode{Ticket: w.seats[0].Ticket, Code: code} }
	for code, want := range map[string]theory.Verdict{first.Code: theory.ReceiptFormer, second.Code: theory.ReceiptCounts, "AAAAA-AAAAA": theory.ReceiptWrong} {
		var got api.ReceiptCheck
		room.json("POST", path, in(code), &got)
		valid := second.Code
		if want == theory.ReceiptWrong {
			valid = "" // is not told to who holds none
		}
		if got.Verdict != want || got.Counts == nil || got.Counts.Code != valid {
			w.Errorf("%s: %+v", code, got)
		}
	}
	for who, status := range map[string]int{"jiankao1": http.StatusUnprocessableEntity, "dudao": http.StatusUnprocessableEntity, "yuejuan": http.StatusForbidden} {
		if r := w.as(who).send("POST", path, in("AAAA")); r.status != status {
			w.Errorf("%s: %d %s", who, r.status, r.body)
		}
	}
	desk, page := w.desk("jiankao1"), w.href("/receipts")
	desk.sees(w.href("/rooms/t1"), "核对回执码")
	desk.sees(page, "核对回执码")
	for code, want := range map[string]string{strings.ToLower(second.Code): "回执码有效", first.Code: "不再有效", "AAAAA-AAAAA": "回执码不符", "AAAA": "回执码应为10位"} {
		r := desk.press(page, "ticket", string(w.seats[0].Ticket), "code", code)
		if text := string(r.body); !strings.Contains(text, want) || !strings.Contains(text, `value="`+code+`"`) {
			w.Errorf("%s: %d, the page lacks %q", code, r.status, want)
		}
	}
}

// The service worker of the exam pages may answer below /exam, and the page that it keeps is the same for everybody.
func TestThePageWithoutANetwork(t *testing.T) {
	w := newWorld(t)
	w.openRoom()
	w.at(10 * time.Minute)
	c := w.chair(0)
	c.sees("/exam", "开始答题")
	c.redirected(c.press("/exam/start"), "/exam/paper")
	page := string(c.visit("/exam/paper").body)
	base := regexp.MustCompile(`/static/[0-9a-f]+/`).FindString(page)
	for name, allowed := range map[string]string{"exam/worker.js": "/exam", "exam/main.js": ""} {
		r := c.send("GET", base+name, nil)
		if got := r.header.Get("Service-Worker-Allowed"); r.status != http.StatusOK || got != allowed {
			t.Errorf("%s: %d, allowed %q", name, r.status, got)
		}
	}
	mine, anyone := c.visit("/exam/offline"), w.browser().visit("/exam/offline")
	main := func(b []byte) string { return string(b[bytes.Index(b, []byte("<body>")):]) }
	if main(mine.body) != main(anyone.body) || !strings.Contains(main(anyone.body), "举手") {
		t.Errorf("the page is not the same for everybody:\n%s\n%s", mine.body, anyone.body)
	}
	if csp := mine.header.Get("Content-Security-Policy"); !strings.Contains(csp, "worker-src 'self'") {
		t.Errorf("policy %q", csp)
	}
}
