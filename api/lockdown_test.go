package api_test

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/skillcert/skillcert/api"
	"github.com/skillcert/skillcert/api/seb"
	"github.com/skillcert/skillcert/api/web"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/sitting"
)

const publicBase = "https://kao.example.cn"

// behindProxy is reached by another address than the one it listens at.
func behindProxy() api.Config {
	cfg := generous
	cfg.Base = publicBase + "/"
	return cfg
}

// lockedWorld is a session whose paper is open to candidate 0, and which asks for the lockdown browser.
func lockedWorld(t *testing.T, keys ...string) (*world, seb.Key) {
	t.Helper()
	w := newWorldWith(t, behindProxy())
	w.openRoom()
	w.at(0)
	w.lock(sitting.Lockdown{Required: true, BrowserKeys: keys})
	return w, w.sessionKey()
}

func (w *world) lock(l sitting.Lockdown) {
	w.Helper()
	_, err := w.Sittings.SetLockdown(w.Context(), w.principal("kaowu"), w.session.ID, l, "电脑换了")
	check(w, err)
	w.clock.Advance(3 * time.Second)
}

func (w *world) sessionFile() string { return "/sessions/" + string(w.session.ID) + "/exam.seb" }

// sessionKey is computed from the file as a browser downloads it.
func (w *world) sessionKey() seb.Key {
	w.Helper()
	r := w.program("").send("GET", w.sessionFile(), nil)
	d, err := seb.ReadFile(r.body)
	check(w, err)
	return d.ConfigKey()
}

// header is what a browser with the classic engine adds to a request.
func header(path string, config seb.Key) []string {
	return []string{"X-SafeExamBrowser-ConfigKeyHash", seb.Hash(publicBase+path, config)}
}

// page is what our script adds in a browser with the modern one.
func page(at string, config seb.Key) []string {
	return []string{"X-Exam-Seb-Config-Key", seb.Hash(publicBase+at, config), "X-Exam-Seb-Config-Url", publicBase + at}
}

func TestLockdownFile(t *testing.T) {
	w := newWorldWith(t, behindProxy())
	nobody := w.program("")
	if r := nobody.send("GET", w.sessionFile(), nil); r.status != http.StatusNotFound {
		t.Errorf("before it is asked for: %d", r.status)
	}
	if r := nobody.send("GET", "/sessions/nobody/exam.seb", nil); r.status != http.StatusNotFound {
		t.Errorf("of no session: %d", r.status)
	}
	w.lock(sitting.Lockdown{Required: true})
	r := nobody.send("GET", w.sessionFile(), nil)
	if r.status != http.StatusOK || r.header.Get("Content-Type") != "application/seb" ||
		!strings.Contains(r.header.Get("Content-Disposition"), "exam.seb") {
		t.Fatalf("%d %v", r.status, r.header)
	}
	d, err := seb.ReadFile(r.body)
	check(t, err)
	if d["startURL"] != seb.String(publicBase+"/exam/login?session="+string(w.session.ID)) || d["quitURL"] != seb.String(publicBase+"/exam/quit") {
		t.Errorf("starts at %v, ends at %v", d["startURL"], d["quitURL"])
	}
	if r := nobody.send("GET", "/exam/quit", nil); r.status != http.StatusSeeOther || r.header.Get("Location") != "/" {
		t.Errorf("quit in another browser: %d", r.status)
	}
}

// TestLockdownOfEveryRoute: of everything that a candidate may ask for, only what is listed here is open in another
// browser.
func TestLockdownOfEveryRoute(t *testing.T) {
	w, _ := lockedWorld(t)
	c := w.candidate(0)
	open := []string{"GET /exam", "GET /exam/receipt", "GET /exam/draw-receipt.json", "GET /api/v1/attempts/:id", "GET /api/v1/attempts/:id/clock",
		"GET /api/v1/attempts/:id/draw-receipt"}
	seen := 0
	for _, json := range []bool{true, false} {
		for _, r := range w.server.Routes(json) {
			if len(r.Actions) == 0 || r.Actions[0] != authz.AttemptSit {
				continue
			}
			got := c.send(r.Method, strings.ReplaceAll(address(r.Path), "/nobody", strings.TrimPrefix(w.attempt(0), "/api/v1/attempts")), "{}")
			locked := got.problem().Code == "exam.lockdown" || got.status == http.StatusForbidden && strings.Contains(string(got.body), "exam.lockdown")
			if want := !slices.Contains(open, r.Method+" "+r.Path); locked != want {
				t.Errorf("%s %s: %d, locked %t, want %t", r.Method, r.Path, got.status, locked, want)
			}
			seen++
		}
	}
	if seen < len(open)+5 {
		t.Fatalf("%d routes", seen)
	}
}

func TestLockdownProofs(t *testing.T) {
	w, key := lockedWorld(t)
	c, path := w.candidate(0), w.attempt(0)+"/paper"
	other := seb.Dict{"a": seb.Bool(true)}.ConfigKey()
	for name, s := range map[string]struct {
		headers []string
		status  int
	}{
		"nothing":               {nil, 403},
		"header":                {header(path, key), 200},
		"header of elsewhere":   {header("/exam/paper", key), 403},
		"header of another key": {header(path, other), 403},
		"the key itself":        {[]string{"X-SafeExamBrowser-ConfigKeyHash", string(key)}, 403},
		"exam page":             {page("/exam/paper", key), 200},
		"waiting room":          {page("/exam", key), 200},
		"exam page, other key":  {page("/exam/paper", other), 403},
		"another page":          {page("/verify", key), 403},
		"page without address":  {page("/exam/paper", key)[:2], 403},
		"as it listens":         {[]string{"X-SafeExamBrowser-ConfigKeyHash", seb.Hash(w.base+path, key)}, 403},
		"user agent":            {[]string{"User-Agent", "SEB/3.9"}, 403},
	} {
		r := c.raw("GET", path, "", nil, s.headers...)
		if r.status != s.status || s.status == 403 && r.problem().Code != "exam.lockdown" {
			t.Errorf("%s: %d %s", name, r.status, r.problem().Code)
		}
	}
	body := func() io.Reader {
		return newBody(`{"seq":1,"item":0,"chosen":[1],"flag":false,"kind":"response","client_at":"2026-11-24T01:00:00Z"}`)
	}
	if r := c.raw("POST", w.attempt(0)+"/responses", "application/json", body()); r.status != 403 {
		t.Errorf("a response without a proof: %d", r.status)
	}
	w.lockedNothingChanged(c, key, 0)
	if r := c.raw("POST", w.attempt(0)+"/responses", "application/json", body(), page("/exam/paper", key)...); r.status != 200 {
		t.Errorf("a response with a proof: %d %s", r.status, r.body)
	}
	w.lockedNothingChanged(c, key, 1)
}

func (w *world) lockedNothingChanged(c *client, key seb.Key, seq int) {
	w.Helper()
	r := c.raw("GET", w.attempt(0)+"/paper", "", nil, page("/exam/paper", key)...)
	if r.status != 200 || !strings.Contains(string(r.body), fmt.Sprintf(`"seq":%d,"questions"`, seq)) {
		w.Errorf("the log does not end at %d: %d %.300s", seq, r.status, r.body)
	}
}

func TestLockdownBuilds(t *testing.T) {
	build := strings.Repeat("ab", 32)
	w, key := lockedWorld(t, strings.Repeat("cd", 32), build)
	c, path := w.candidate(0), w.attempt(0)+"/paper"
	request := []string{"X-SafeExamBrowser-RequestHash", seb.Hash(publicBase+path, seb.Key(build))}
	fromPage := []string{"X-Exam-Seb-Browser-Key", seb.Hash(publicBase+"/exam/paper", seb.Key(build))}
	for name, s := range map[string]struct {
		headers []string
		status  int
	}{
		"settings alone": {header(path, key), 403},
		"build alone":    {request, 403},
		"both":           {append(header(path, key), request...), 200},
		"both by page":   {append(page("/exam/paper", key), fromPage...), 200},
		"another build":  {append(header(path, key), "X-SafeExamBrowser-RequestHash", seb.Hash(publicBase+path, seb.Key(strings.Repeat("ef", 32)))), 403},
	} {
		if r := c.raw("GET", path, "", nil, s.headers...); r.status != s.status {
			t.Errorf("%s: %d", name, r.status)
		}
	}
}

// TestLockdownIsLifted: what the office changes in the middle of an exam holds within three seconds.
func TestLockdownIsLifted(t *testing.T) {
	w, _ := lockedWorld(t)
	c, path := w.candidate(0), w.attempt(0)+"/paper"
	if r := c.send("GET", path, nil); r.status != 403 {
		t.Fatalf("%d", r.status)
	}
	at := "/api/v1/sessions/" + string(w.session.ID) + "/lockdown"
	if r := w.as("jiankao1").send("PUT", at, api.LockdownEntry{}); r.status != http.StatusForbidden {
		t.Errorf("an invigilator: %d", r.status)
	}
	if r := w.as("kaowu").send("PUT", at, api.LockdownEntry{Required: true, BrowserKeys: []string{"x"}}); r.problem().Code != "session.lockdown" {
		t.Errorf("no key: %d %s", r.status, r.body)
	}
	var told api.LockdownEntry
	w.as("kaowu").refused("PUT", at, api.LockdownEntry{}, 422, "session.lockdown") // without a reason
	w.as("kaowu").json("PUT", at, api.LockdownEntry{Reason: "打不开"}, &told)
	if told.Required {
		t.Error("still required")
	}
	if r := c.send("GET", path, nil); r.status != 200 {
		t.Errorf("after it: %d %s", r.status, r.body)
	}
	_, err := w.Sittings.SetLockdown(t.Context(), w.principal("kaowu"), w.session.ID, sitting.Lockdown{Required: true}, "电脑换了") // by another process
	check(t, err)
	w.clock.Advance(2 * time.Second)
	if r := c.send("GET", path, nil); r.status != 403 {
		t.Errorf("two seconds after another process required it: %d", r.status)
	}
}

func TestLockdownPages(t *testing.T) {
	w, key := lockedWorld(t)
	b := w.browser()
	b.visit("/exam/login?session=" + string(w.session.ID))
	link := `href="` + w.sessionFile() + `"`
	if !strings.Contains(b.last, link) || !strings.Contains(b.last, "sebs://kao.example.cn"+w.sessionFile()) {
		t.Error("the sign-in does not lead to the file")
	}
	in := w.ticket(0)
	b.post("/exam/login", "ticket", in.Ticket, "id_tail", in.IDTail, "code", in.Code)
	if b.visit("/exam"); !strings.Contains(b.last, link) {
		t.Error("the waiting room does not lead to the file")
	}
	if r := b.post("/exam/start"); r.status != http.StatusForbidden || !strings.Contains(string(r.body), link) ||
		!strings.Contains(string(r.body), "exam.lockdown") {
		t.Errorf("start without a proof: %d", r.status)
	}
	other := seb.Dict{"a": seb.Bool(true)}.ConfigKey()
	wrong := b.raw("GET", "/exam/paper", "", nil, append(header("/exam/paper", other), "User-Agent", "SEB")...)
	if wrong.status != http.StatusForbidden || !strings.Contains(string(wrong.body), link) {
		t.Errorf("a lockdown browser with other settings: %d", wrong.status)
	}
	if inside := b.raw("GET", "/exam", "", nil, "User-Agent", "SEB"); strings.Contains(string(inside.body), link) {
		t.Error("who is in the lockdown browser is told to open it")
	}
	r := b.post("/exam/start", "seb_config", seb.Hash(publicBase+"/exam", key), "seb_page", publicBase+"/exam")
	if r.status != http.StatusSeeOther || r.header.Get("Location") != "/exam/paper" {
		t.Errorf("start with a proof: %d", r.status)
	}
	for name, s := range map[string]struct {
		headers []string
		status  int
	}{"nothing": {nil, 403}, "header": {header("/exam/paper", key), 200}, "modern engine": {[]string{"User-Agent", "Mozilla/5.0 SEB/3.3"}, 200},
		"wrong header": {append(header("/exam", key), "User-Agent", "SEB"), 403}} {
		if r := b.raw("GET", "/exam/paper", "", nil, s.headers...); r.status != s.status {
			t.Errorf("the frame with %s: %d", name, r.status)
		}
	}
}

func TestLockdownForm(t *testing.T) {
	w := newWorldWith(t, behindProxy())
	b := w.desk("kaowu")
	path := "/sessions/" + string(w.session.ID)
	if b.visit(path); !strings.Contains(b.last, `action="`+path+`/lockdown"`) || strings.Contains(b.last, "exam.seb") {
		t.Error("no form, or a file too early")
	}
	if r := b.post(path+"/lockdown", "required", "on", "browser_keys", "x"); r.status != http.StatusUnprocessableEntity {
		t.Errorf("a wrong key: %d", r.status)
	}
	upper := strings.Repeat("AB", 32)
	if r := b.post(path+"/lockdown", "required", "on", "browser_keys", upper+"\r\n"); r.status != http.StatusSeeOther {
		t.Errorf("a right one: %d %s", r.status, r.body)
	}
	if b.visit(path); !strings.Contains(b.last, publicBase+w.sessionFile()) || !strings.Contains(b.last, strings.ToLower(upper)) {
		t.Error("the setting is not shown")
	}
	if b.visit("/exam/login"); strings.Contains(b.last, "exam.seb") {
		t.Error("the sign-in of nobody's session leads to a file")
	}
	w.at(90*time.Minute + w.Sittings.Grace())
	b = w.desk("kaowu")
	if b.visit(path); strings.Contains(b.last, `action="`+path+`/lockdown"`) {
		t.Error("a form after the end")
	}
	if r := b.post(path + "/lockdown"); r.status != http.StatusConflict {
		t.Errorf("changed after the end: %d", r.status)
	}
}

// TestLockdownWhilePeopleSit: the form says how many it cuts off, takes a reason, comes back open with what was typed, and
// what was done is seen at the console of each room.
func TestLockdownWhilePeopleSit(t *testing.T) {
	w := newWorldWith(t, behindProxy())
	w.openRoom()
	w.at(5 * time.Minute)
	w.candidate(0).send("GET", w.attempt(0)+"/paper", nil)
	b, room := w.desk("kaowu"), w.desk("jiankao1")
	path := w.href("")
	b.sees(path, "正在答题 1 人", `name="reason"`)
	if r := b.post(path+"/lockdown", "required", "on", "browser_keys", "xyz", "reason", " "); r.status != http.StatusUnprocessableEntity {
		t.Errorf("%d", r.status)
	}
	b.says("<details open>", "不是64位十六进制数", "须写明原因", ">xyz</textarea>", `name="required" checked`)
	if strings.Count(b.last, "不是64位十六进制数") != 1 {
		t.Error("a field's problem is told twice")
	}
	room.sees(w.href("/rooms/t1"), "座位图")
	if strings.Contains(room.last, "须用锁定浏览器") {
		t.Error("a refusal changed something")
	}
	b.redirected(b.post(path+"/lockdown", "required", "on", "reason", "省里统一要求"), path)
	b.sees(path, "已改为须用锁定浏览器答题。", "改为不要求后")
	if strings.Contains(b.last, "改为须用锁定浏览器后") {
		t.Error("who may switch it off is warned of switching it on")
	}
	room.sees(w.href("/rooms/t1"), "· 须用锁定浏览器", "改为须用锁定浏览器", "省里统一要求", "秦若兰")
}

// Whoever is turned away since the lockdown browser was asked for is silent, and the console says why; one who was silent
// long before is not heard since either, and one who comes back in it is.
func TestConsoleSaysThatTheLockdownBrowserIsAskedFor(t *testing.T) {
	w := newWorldWith(t, behindProxy())
	w.openRoom()
	w.at(5 * time.Minute)
	sitter := w.candidate(0)
	sitter.json("POST", w.attempt(0)+"/paper", api.TakePaper{Window: "w1"}, nil)
	room, at := w.as("jiankao1"), "/api/v1/sessions/"+string(w.session.ID)+"/lockdown"
	w.clock.Advance(40 * time.Second)
	if _, seat := w.console(room, 0); seat.State != web.SeatTrouble || seat.Locked {
		t.Errorf("silent without a lockdown: %+v", seat)
	}
	sitter.json("POST", w.attempt(0)+"/paper", api.TakePaper{Window: "w1"}, nil)
	w.as("kaowu").json("PUT", at, api.LockdownEntry{Required: true, Reason: "省里统一要求"}, nil)
	if _, seat := w.console(room, 0); seat.Locked {
		t.Errorf("heard a second ago: %+v", seat)
	}
	w.clock.Advance(40 * time.Second)
	if _, seat := w.console(room, 0); seat.State != web.SeatTrouble || !seat.Locked {
		t.Errorf("silent since: %+v", seat)
	}
	b := w.desk("jiankao1")
	b.sees(w.href("/rooms/t1?seat="+string(w.seats[0].Ticket)), "已要求用锁定浏览器，此后没有联系")
	if strings.Count(b.last, "已要求用锁定浏览器，此后没有联系") < 4 { // row, map, dialog, and the words of the scripts
		t.Error("it is not said in the row, in the map and in the dialog")
	}
	w.as("kaowu").json("PUT", at, api.LockdownEntry{Reason: "机房装不上"}, nil)
	if _, seat := w.console(room, 0); seat.State != web.SeatTrouble || seat.Locked {
		t.Errorf("asked for no more: %+v", seat)
	}
}

func TestActivities(t *testing.T) {
	w := newWorld(t)
	w.openRoom()
	w.at(time.Minute)
	c := w.candidate(0)
	send := func(c *client, seat int, notes ...api.Activity) reply {
		return c.send("POST", w.attempt(seat)+"/activities", api.Activities{Activities: notes})
	}
	note := api.Activity{Window: "w", No: 1, Kind: "focus-lost", ClientAt: nine}
	for range 2 {
		if r := send(c, 0, note); r.status != 200 || string(r.body) != `{"count":1}` {
			t.Errorf("%d %s", r.status, r.body)
		}
	}
	if r := send(c, 0, api.Activity{Window: "w", No: 2, Kind: "cheated", ClientAt: nine}); r.problem().Code != "activity.invalid" {
		t.Errorf("unknown: %d %s", r.status, r.body)
	}
	if r := send(c, 1, note); r.status != http.StatusNotFound {
		t.Errorf("of another: %d", r.status)
	}
	session := "/api/v1/sessions/" + string(w.session.ID)
	counts, one := session+"/activities", session+"/seats/"+string(w.seats[0].Ticket)+"/activities"
	var all []api.ActivityCount
	w.as("jiankao1").json("GET", counts, nil, &all)
	if len(all) != 1 || all[0].Ticket != w.seats[0].Ticket || all[0].Total != 1 || all[0].FocusLost != 1 {
		t.Errorf("%+v", all)
	}
	var seen []api.SeenActivity
	w.as("jiankao1").json("GET", one, nil, &seen)
	if len(seen) != 1 || seen[0].Kind != "focus-lost" || !time.Time(seen[0].At).Equal(nine.Add(time.Minute)) {
		t.Errorf("%+v", seen)
	}
	w.moveInvigilators("jiankao1")
	w.as("jiankao1").refused("GET", one, nil, 403, "duty.not_assigned")
	if w.as("jiankao1").json("GET", counts, nil, &all); len(all) != 0 {
		t.Errorf("an invigilator of another room reads %+v", all)
	}
	if r := c.send("GET", one, nil); r.status != http.StatusForbidden {
		t.Errorf("a candidate reads: %d", r.status)
	}
}
