package api_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/skillcert/skillcert/engine/theory"
	"github.com/skillcert/skillcert/questionbank/assembly/protocol"
)

// publicLog is the log of the session as everybody may have it.
func (w *world) publicLog() []protocol.Entry {
	w.Helper()
	var v struct{ Log []protocol.Entry }
	check(w, json.Unmarshal(w.browser().send("GET", "/draws/"+string(w.session.ID)+"/log.json", nil).body, &v))
	return v.Log
}

// TestOwnDrawReceipt: after the reveal a candidate and the office get what the public log proves, and not before.
func TestOwnDrawReceipt(t *testing.T) {
	w := newWorld(t)
	w.openRoom()
	w.sitAll()
	path, page := w.attempt(0)+"/draw-receipt", "/exam/draw-receipt.json"
	w.candidate(0).refused("GET", path, nil, http.StatusConflict, "draw.sealed")
	own := w.chair(0)
	if r := own.visit("/exam/result"); strings.Contains(string(r.body), "凭据") || r.status != http.StatusOK {
		t.Fatalf("offered before the reveal: %d", r.status)
	}
	if r := own.visit(page); r.status != http.StatusConflict {
		t.Fatalf("before the reveal: %d", r.status)
	}
	own.says("考试结束后公开", "考试结束后再打开这个网址")
	own.lacks("内容已经变化", "本次提交未保存")
	public := "/draws/" + string(w.session.ID) + "/transcript.json"
	if r := w.browser().send("GET", public, nil); r.status != http.StatusNotFound {
		t.Fatalf("the transcript before the reveal: %d", r.status)
	}
	transcript := w.as("dudao").send("GET", v1+w.href("/draw/transcript"), nil)
	if r := w.browser().send("GET", public, nil); r.status != http.StatusOK || string(r.body) != string(transcript.body) {
		t.Errorf("the transcript for everybody: %d, %d bytes", r.status, len(r.body))
	}
	own.sees("/exam/result", "我的试卷凭据", "没有试题和答案", `href="`+page+`"`, `href="/draws/`+string(w.session.ID)+`/log.json"`)

	file := own.visit(page)
	if file.status != http.StatusOK || !strings.Contains(file.header.Get("Content-Disposition"), string(w.seats[0].Ticket)) ||
		!strings.Contains(file.header.Get("Cache-Control"), "no-store") {
		t.Fatalf("receipt: %d %v", file.status, file.header)
	}
	r, err := protocol.ReadReceipt(file.body)
	check(t, err)
	if r.Candidate != string(w.seats[0].Ticket) || r.Sitting != string(w.session.ID) {
		t.Fatalf("receipt %+v", r)
	}
	_, err = r.Check(w.publicLog(), w.clock.Now().UnixMilli())
	check(t, err)
	for _, c := range []*client{w.candidate(0), w.as("kaowu")} {
		if again := c.send("GET", path, nil); string(again.body) != string(file.body) {
			t.Errorf("another receipt: %d %s", again.status, again.body)
		}
	}
	w.candidate(1).refused("GET", path, nil, http.StatusNotFound, "attempt.not_found")
	w.as("yuejuan").refused("GET", path, nil, http.StatusForbidden, "authz.forbidden")
	w.as("kaowu").refused("GET", v1+"/attempts/"+string(theory.AttemptOf("26120000000001"))+"/draw-receipt", nil, http.StatusNotFound, "attempt.not_found")
}
