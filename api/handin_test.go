package api_test

import (
	"bytes"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/skillcert/skillcert/api"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/ids"
	"github.com/skillcert/skillcert/engine/theory/handin"
)

type randomness struct{ *ids.Source }

func (r randomness) Read(p []byte) (int, error) { return copy(p, r.Bytes(len(p))), nil }

// stranded is the hand-in file of the seat-th candidate's page, which answered two questions ten minutes after nine, and
// one after the end.
func (w *world) stranded(seat int) []byte {
	w.Helper()
	var p api.Paper
	w.candidate(seat).json("GET", w.attempt(seat)+"/paper", nil, &p)
	if p.HandIn == nil {
		w.Fatal("the paper has no pass")
	}
	made := nine.Add(10 * time.Minute)
	file, err := handin.Seal(handin.Pass{Session: p.HandIn.Session, Attempt: p.Attempt, Key: p.HandIn.Key, Token: p.HandIn.Token},
		handin.Content{Session: p.HandIn.Session, Attempt: p.Attempt, Base: p.Seq, Questions: len(p.Questions), MadeAt: made, Answers: []handin.Answer{
			{Item: 0, Kind: "response", Chosen: []int{0}, ClientAt: made}, {Item: 1, Kind: "flag", Flag: true, ClientAt: made},
			{Item: 2, Kind: "response", Chosen: []int{0}, ClientAt: nine.Add(24 * time.Hour)}}}, randomness{ids.Random()})
	check(w, err)
	return file
}

func TestHandInFileByProgram(t *testing.T) {
	w := newWorld(t)
	w.openRoom()
	w.at(time.Minute)
	file := w.stranded(0)
	path := "/api/v1" + w.href("/rooms/t1/hand-in-file")
	in := map[string]any{"file": file, "code": handin.Fingerprint(file), "reason": "交换机断电"}
	w.at(3 * time.Hour)
	_, err := w.Exams.CloseDue(w.Context(), authz.Worker("closer"), w.session.ID)
	check(t, err)
	c := w.as("jiankao1")
	var got, again api.HandedIn
	c.json("POST", path, in, &got)
	if len(got.Taken) != 2 || len(got.Refused) != 1 || got.Refused[0].Why != "time" || got.Refused[0].Item != 2 || got.Receipt == "" || got.Repeated ||
		got.Ticket != w.seats[0].Ticket {
		t.Fatalf("handed in %+v", got)
	}
	w.as("kaowu").json("POST", path, in, &again)
	if !again.Repeated || again.Receipt != got.Receipt || again.Line != got.Line {
		t.Fatalf("again %+v", again)
	}
	var told api.Receipt
	w.candidate(0).json("GET", w.attempt(0), nil, &told)
	if told.Code != got.Receipt || told.Answered != 1 {
		t.Fatalf("the candidate is told %+v", told)
	}
	for name, s := range map[string]struct {
		login string
		body  any
		code  string
	}{
		"a supervisor":     {"dudao", in, "authz.forbidden"},
		"another code":     {"jiankao1", map[string]any{"file": file, "code": "AAAA-AAAA", "reason": "断电"}, "handin.code"},
		"no reason":        {"jiankao1", map[string]any{"file": file, "code": handin.Fingerprint(file)}, "proceedings.invalid"},
		"not a file":       {"jiankao1", map[string]any{"file": []byte("abc"), "code": "x", "reason": "断电"}, "handin.unreadable"},
		"no such field":    {"jiankao1", map[string]any{"file": file, "attempt": "x"}, "request.body"},
		"more than a file": {"jiankao1", map[string]any{"file": make([]byte, handin.MaxSize+1), "code": "x", "reason": "断电"}, "handin.too_large"},
		"far more":         {"jiankao1", map[string]any{"file": make([]byte, handin.MaxSize+8<<10)}, "request.too_large"},
	} {
		if r := w.as(s.login).send("POST", path, s.body); r.problem().Code != s.code {
			t.Errorf("%s: %d %s", name, r.status, r.body)
		}
	}
}

func TestHandInFileOnThePage(t *testing.T) {
	w := newWorld(t)
	w.openRoom()
	w.at(time.Minute)
	file := w.stranded(0)
	w.at(3 * time.Hour)
	page := w.href("/rooms/t1/hand-in-file")
	c := w.desk("jiankao1")
	c.sees(page, "交入应急文件", "核对码")
	for _, s := range []struct {
		name   string
		file   []byte
		code   string
		status int
		sees   []string
	}{
		{"another code", file, "AAAA-AAAA", http.StatusUnprocessableEntity, []string{"核对码与文件不符", `value="AAAA-AAAA"`, `value="断电"`}},
		{"the file", file, strings.ToLower(handin.Fingerprint(file)), http.StatusOK, []string{rareName, "补入 2 项作答", "没有收的 1 项", "不在该考生的考试时间内", "交入过的应急文件（1）"}},
		{"the file again", file, handin.Fingerprint(file), http.StatusOK, []string{"以前已经收下", "交入过的应急文件（1）"}},
		{"too large", bytes.Repeat([]byte("x"), handin.MaxSize+1), "AAAA-AAAA", http.StatusRequestEntityTooLarge, []string{"应急文件不超过256 KB"}},
	} {
		r := c.uploadWith(page, "hand-in.skh", s.file, []string{"code", s.code, "reason", "断电"})
		if r.status != s.status {
			t.Errorf("%s: %d", s.name, r.status)
		}
		for _, text := range s.sees {
			if !strings.Contains(string(r.body), text) {
				t.Errorf("%s: the page lacks %q", s.name, text)
			}
		}
	}
	if r := w.desk("jiankao1").visit(w.href("/rooms/p1/hand-in-file")); r.status == http.StatusOK {
		t.Error("an invigilator of another room sees the page")
	}
	w.at(91*time.Minute + 24*time.Hour)
	w.desk("kaowu").sees(page, "已于")
}
