package api_test

import (
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"github.com/skillcert/skillcert/api"
	"github.com/skillcert/skillcert/engine"
)

var cursor = engine.Cursor{Limit: 10}

// json sends a request that must be done, and reads its answer.
func (c *client) json(method, path string, body, into any) {
	c.Helper()
	r := c.send(method, path, body)
	if r.status != http.StatusOK {
		c.Fatalf("%s %s: %d %s", method, path, r.status, r.body)
	}
	if into != nil {
		check(c, json.Unmarshal(r.body, into))
	}
}

// scenario is one request and its answer.
type scenario struct {
	name   string
	body   any
	status int
	code   string
	seq    int // highest sequence told, 0 for none
}

func entry(seq, item int, chosen ...int) map[string]any {
	if chosen == nil {
		chosen = []int{}
	}
	return map[string]any{"seq": seq, "item": item, "chosen": chosen, "flag": false, "kind": "response", "client_at": nine}
}

func TestResponses(t *testing.T) {
	w := newWorld(t)
	w.openRoom()
	c, path := w.candidate(0), w.attempt(0)
	if r := c.send("POST", path+"/responses", entry(1, 0, 1)); r.problem().Code != "attempt.not_open" {
		t.Errorf("before the paper was opened: %d %s", r.status, r.body)
	}
	if r := c.send("GET", path+"/paper", nil); r.problem().Code != "attempt.not_open" {
		t.Errorf("before nine: %d %s", r.status, r.body)
	}
	w.at(0)
	c = w.candidate(0)
	var p api.Paper
	c.json("GET", path+"/paper", nil, &p)
	if len(p.Questions) != questions || p.Title != "五级上午场" || !p.Sample || p.Level != 5 || p.Name != "𠮷永安" || p.Seq != 0 {
		t.Errorf("paper %+v", p)
	}
	other := entry(2, 1, 1)
	other["kind"] = "close"
	for _, s := range []scenario{
		{"the first", entry(1, 0, 1), 200, "", 0},
		{"the same again", entry(1, 0, 1), 200, "", 0},
		{"something else in its place", entry(1, 0, 2), 409, "attempt.sequence", 1},
		{"one left out", entry(3, 0, 2), 409, "attempt.gap", 1},
		{"no such question", entry(2, questions, 0), 422, "response.invalid", 0},
		{"before the first question", entry(2, -1, 0), 422, "response.invalid", 0},
		{"no such option", entry(2, 0, 9), 422, "response.invalid", 0},
		{"two of a single choice", entry(2, 0, 0, 1), 422, "response.invalid", 0},
		{"an end that is none", other, 422, "response.invalid", 0},
		{"the next", entry(2, 0, 2), 200, "", 0},
	} {
		r := c.send("POST", path+"/responses", s.body)
		got := r.problem()
		if r.status != s.status || got.Code != s.code || s.seq != 0 && (got.Highest == nil || *got.Highest != s.seq) {
			t.Errorf("%s: %d %s", s.name, r.status, r.body)
		}
	}
	w.nothingChanged(c, path, 2)
	w.at(90*time.Minute - time.Millisecond)
	c = w.candidate(0)
	c.json("POST", path+"/responses", entry(3, 1, 0), nil)
	grace := w.Sittings.Grace()
	w.at(90*time.Minute + grace - time.Millisecond)
	c.json("POST", path+"/responses", entry(4, 1, 1), nil)
	w.at(90*time.Minute + grace)
	if r := c.send("POST", path+"/responses", entry(5, 1, 0)); r.status != 409 || r.problem().Code != "attempt.closed" {
		t.Errorf("at the end: %d %s", r.status, r.body)
	}
	var told api.Receipt
	c.json("POST", path+"/submission", "{}", &told)
	var again api.Receipt
	c.json("POST", path+"/submission", "{}", &again)
	if told != again || told.Answered != 2 || told.Unanswered != questions-2 || !told.ByClock || told.Code == "" {
		t.Errorf("receipts %+v, %+v", told, again)
	}
}

// nothingChanged expects the log to end at seq.
func (w *world) nothingChanged(c *client, path string, seq int) {
	w.Helper()
	var p api.Paper
	c.json("GET", path+"/paper", nil, &p)
	if p.Seq != seq {
		w.Errorf("the log ends at %d, want %d", p.Seq, seq)
	}
}

func TestAnotherCandidatesAttemptDoesNotExist(t *testing.T) {
	w := newWorld(t)
	w.openRoom()
	w.at(time.Minute)
	c := w.candidate(1)
	for _, ask := range []struct{ method, path, body string }{{"GET", "", ""}, {"GET", "/paper", ""}, {"GET", "/clock", ""}, {"POST", "/submission", "{}"}} {
		var body any
		if ask.body != "" {
			body = ask.body
		}
		theirs, nobodys := c.send(ask.method, w.attempt(0)+ask.path, body), c.send(ask.method, "/api/v1/attempts/nobody"+ask.path, body)
		if theirs.status != http.StatusNotFound || theirs.problem().Code != nobodys.problem().Code || nobodys.status != http.StatusNotFound {
			t.Errorf("%s: %d %s, nobody's %d %s", ask.path, theirs.status, theirs.body, nobodys.status, nobodys.body)
		}
	}
	if r := c.send("POST", w.attempt(0)+"/responses", entry(1, 0, 0)); r.status != http.StatusNotFound {
		t.Errorf("responses: %d %s", r.status, r.body)
	}
	w.nothingChanged(w.candidate(0), w.attempt(0), 0)
}

func TestStrictJSON(t *testing.T) {
	w := newWorld(t)
	w.openRoom()
	w.at(time.Minute)
	c, path := w.candidate(0), w.attempt(0)
	c.json("GET", path+"/paper", nil, nil)
	good, err := json.Marshal(entry(1, 0, 0))
	check(t, err)
	for name, body := range map[string]string{"an unknown field": `{"seq":1,"answer":2}`, "text after it": string(good) + "{}", "no JSON": "seq=1",
		"another shape": `[1]`, "nothing": "", "a word for a number": `{"seq":"1"}`} {
		if r := c.send("POST", path+"/responses", body); r.status != http.StatusUnprocessableEntity || r.problem().Code != "request.body" {
			t.Errorf("%s: %d %s", name, r.status, r.body)
		}
	}
	for _, media := range []string{"", "text/plain", "application/x-www-form-urlencoded", "application/jsonp"} {
		r := c.raw("POST", path+"/responses", media, newBody(string(good)))
		if r.status != http.StatusUnprocessableEntity || r.problem().Code != "request.media_type" {
			t.Errorf("as %q: %d %s", media, r.status, r.body)
		}
	}
	big := `{"seq":1,"kind":"` + string(make([]byte, 65<<10)) + `"}`
	if r := c.send("POST", path+"/responses", big); r.status != http.StatusRequestEntityTooLarge {
		t.Errorf("65 KiB of JSON: %d %s", r.status, r.body)
	}
	w.nothingChanged(c, path, 0)
	if r := c.raw("POST", path+"/responses", "application/json; charset=utf-8", newBody(string(good))); r.status != http.StatusOK {
		t.Errorf("with a charset: %d %s", r.status, r.body)
	}
}

func TestScores(t *testing.T) {
	w := newWorld(t)
	w.at(5 * time.Hour)
	c := w.as("kaoping1")
	var own []api.Assessment
	c.json("GET", "/api/v1/assessments", nil, &own)
	if len(own) != candidates {
		t.Fatalf("%d assessments", len(own))
	}
	path := "/api/v1/assessments/" + string(own[0].ID) + "/sheet"
	put := func(revision int64, points engine.Points) reply {
		return c.send("PUT", path, api.SheetEdit{Revision: revision, Scores: map[string]map[string]engine.Points{"L5-P01": {"1": points}}})
	}
	if r := put(0, engine.Pt(40)+1); r.status != 422 || len(r.problem().Fields) != 1 || r.problem().Fields[0].Name != "score.L5-P01.1" {
		t.Errorf("a hundredth above the maximum: %d %s", r.status, r.body)
	}
	if r := put(0, -1); r.status != 422 {
		t.Errorf("below zero: %d %s", r.status, r.body)
	}
	var sheet api.Sheet
	c.json("GET", path, nil, &sheet)
	if sheet.Revision != 0 || len(sheet.Scores) != 0 {
		t.Errorf("what was refused is there: %+v", sheet)
	}
	if r := put(0, engine.Pt(40)); r.status != 200 {
		t.Errorf("the maximum: %d %s", r.status, r.body)
	}
	if r := put(0, engine.Pt(39)); r.status != 409 || r.problem().Code != "store.stale" {
		t.Errorf("over a sheet not seen: %d %s", r.status, r.body)
	}
	if r := c.send("POST", "/api/v1/assessments/"+string(own[0].ID)+"/signature", api.Signature{Revision: 1}); r.problem().Code != "sheet.unscored" {
		t.Errorf("signed with points missing: %d %s", r.status, r.body)
	}
	if r := w.as("kaoping4").send("GET", path, nil); r.status != http.StatusNotFound {
		t.Errorf("another examiner: %d %s", r.status, r.body)
	}
}
