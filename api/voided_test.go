package api_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/skillcert/skillcert/api"
	"github.com/skillcert/skillcert/engine/result"
)

// Who is voided reads it wherever they come from: the receipt, the waiting room, the sign-in. The sign-in tells it only to who
// proves the ticket; to everybody else its answer is the same as for any wrong data.
func TestAVoidedCandidateIsTold(t *testing.T) {
	const told, receipt = "您的本场考试资格已被取消", "以这个回执码为准"
	w := newWorld(t)
	w.openRoom()
	w.at(10 * time.Minute)
	done, sits := w.chair(0), w.chair(1)
	for i, c := range []*client{done, sits} {
		c.sees("/exam", "开始答题", "已签到")
		c.redirected(c.press("/exam/start"), "/exam/paper")
		c.script("GET", w.attempt(i)+"/paper", nil, &api.Paper{})
	}
	var kept api.Receipt
	done.script("POST", w.attempt(0)+"/submission", api.Submission{}, &kept)
	done.sees("/exam/receipt", kept.Code)
	sits.sees("/exam", "请继续作答", "练习题")
	for i := range 2 {
		w.as("jiankao1").json("POST", w.room("misconduct"), api.Misconduct{Ticket: w.seats[i].Ticket, Reason: "传递纸条"}, nil)
	}
	for i, c := range []*client{done, sits} {
		c.sees("/exam", told, "对处理有异议，可向评价机构申诉")
		for _, more := range []string{kept.Code, receipt, "练习题", "data-start", "自动收卷"} {
			if strings.Contains(c.last, more) {
				t.Errorf("candidate %d still reads %q", i, more)
			}
		}
		c.redirected(c.send("GET", "/exam/receipt", nil), "/exam")
		var clock api.Clock
		if c.script("GET", w.attempt(i)+"/clock", nil, &clock); clock.State != "voided" || clock.Seat != 0 {
			t.Errorf("clock %+v", clock)
		}
	}
	w.wantSignIn(told)
}

// TestWhoWasTakenOutIsHeardAndSitsNoMore: a candidate who was taken out of the room is notified of the case, signs in again with the
// same ticket, reads the notice and makes their statement; the paper stays shut to them.
// 被带离考场的考生，在告知之后可以登录陈述申辩，但不能再答题。
func TestWhoWasTakenOutIsHeardAndSitsNoMore(t *testing.T) {
	w := newWorld(t)
	w.openRoom()
	w.at(10 * time.Minute)
	w.as("jiankao1").json("POST", w.room("misconduct"), api.Misconduct{Ticket: w.seats[0].Ticket, Reason: "传递纸条"}, nil)
	w.wantSignIn("您的本场考试资格已被取消")
	office, page, id := w.desk("kaowu"), w.href("/matters"), string(result.CaseOf(w.seats[0].Ticket, 1))
	office.visit(page)
	office.redirected(office.press(page+"/cases", "ticket", string(w.seats[0].Ticket), "facts", "传递纸条", "evidence", "监控录像"), page+"#"+id)
	w.wantSignIn("您的本场考试资格已被取消")
	office.visit(page)
	office.redirected(office.press(page+"/cases/"+id+"/notice"), page+"#"+id)
	c := w.chair(0)
	c.sees("/exam", "您的本场考试资格已被取消", "/exam/result")
	c.sees("/exam/result", "传递纸条", "监控录像", "您的陈述申辩")
	c.redirected(c.press("/exam/cases/"+id+"/statement/completion", "words", "纸条不是我的"), "/exam/result#"+id)
	office.sees(page, "纸条不是我的", "考生已表示说完")
	if r := c.raw("POST", w.attempt(0)+"/paper", "application/json", strings.NewReader(`{"window":"w1"}`), "X-CSRF-Token", c.csrf); r.status < 400 {
		t.Errorf("the paper opens again: %d %s", r.status, r.body)
	}
	if r := c.raw("GET", w.attempt(0)+"/paper", "", nil); r.status < 400 {
		t.Errorf("the paper is read again: %d", r.status)
	}
}

// wantSignIn tries the voided candidate's ticket with right and wrong proofs.
func (w *world) wantSignIn(told string) {
	w.Helper()
	in, other := w.ticket(0), w.browser()
	other.visit("/exam/login")
	sign := func(number, tail, code string) reply {
		return other.post("/exam/login", "ticket", number, "id_tail", tail, "code", code)
	}
	if r := sign(in.Ticket, in.IDTail, in.Code); r.status != http.StatusForbidden || !strings.Contains(string(r.body), told) {
		w.Errorf("with everything right: %d", r.status)
	}
	for name, r := range map[string]reply{"tail": sign(in.Ticket, "000000", in.Code), "code": sign(in.Ticket, in.IDTail, "000000"),
		"ticket": sign("26129999999999", in.IDTail, in.Code)} {
		if body := string(r.body); r.status != http.StatusUnauthorized || strings.Contains(body, told) || !strings.Contains(body, "login.refused") {
			w.Errorf("with a wrong %s: %d", name, r.status)
		}
	}
}
