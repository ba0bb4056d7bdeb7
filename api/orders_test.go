package api_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/skillcert/skillcert/api"
	"github.com/skillcert/skillcert/api/web"
	"github.com/skillcert/skillcert/engine/accounts"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/sitting"
	"github.com/skillcert/skillcert/engine/theory"
	"github.com/skillcert/skillcert/fixtures/demo"
)

// room is an address of the first theory room in the API.
func (w *world) room(rest string) string { return v1 + w.href("/rooms/t1/"+rest) }

// record is what the proceedings say, as their reader sees them.
func (w *world) record() (lines []api.OrderLine) {
	w.Helper()
	w.as("kaowu").json("GET", v1+w.href("/proceedings"), nil, &lines)
	return lines
}

// console is a look at the room, and the seat of a candidate in it.
func (w *world) console(c *client, seat int) (web.RoomProgress, web.SeatProgress) {
	w.Helper()
	w.clock.Advance(time.Second) // what was read serves for as long
	var p web.RoomProgress
	c.json("GET", w.room("progress"), nil, &p)
	i := slices.IndexFunc(p.Seats, func(s web.SeatProgress) bool { return s.Key == string(w.seats[seat].Ticket) })
	if i < 0 {
		w.Fatalf("the seat is not in the console: %+v", p)
	}
	return p, p.Seats[i]
}

// begun opens the room and the paper of the first candidate.
func (w *world) begun() *client {
	w.Helper()
	w.openRoom()
	w.at(10 * time.Minute)
	c := w.candidate(0)
	c.json("POST", w.attempt(0)+"/paper", api.TakePaper{Window: "w1"}, nil)
	return c
}

func TestOrdersAreLinesOfTheProceedings(t *testing.T) {
	w := newWorld(t)
	w.begun()
	room, office, ticket := w.as("jiankao1"), w.as("kaowu"), w.seats[0].Ticket
	for i, o := range []struct {
		by   *client
		path string
		in   api.OrderEntry
		want api.OrderLine
	}{
		{room, w.room("announcement"), api.OrderEntry{Text: "请保持安静", Key: "a"}, api.OrderLine{Kind: sitting.Announced, Room: "t1", Role: authz.Invigilator}},
		{room, w.room("pause"), api.OrderEntry{Ticket: ticket, Text: "不适", Key: "b"}, api.OrderLine{Kind: sitting.Paused, Room: "t1", Ticket: ticket, Role: authz.Invigilator}},
		{room, w.room("resumption"), api.OrderEntry{Ticket: ticket, Text: "好转", Key: "c"}, api.OrderLine{Kind: sitting.Resumed, Room: "t1", Ticket: ticket, Role: authz.Invigilator}},
		{room, w.room("incident"), api.OrderEntry{Text: "空调漏水", Key: "d"}, api.OrderLine{Kind: sitting.Incident, Room: "t1", Role: authz.Invigilator}},
		{room, w.room("extension"), api.OrderEntry{Minutes: 10, Text: "断电", Key: "e"}, api.OrderLine{Kind: sitting.Extended, Room: "t1", Minutes: 10, Role: authz.Invigilator}},
		{office, v1 + w.href("/pause"), api.OrderEntry{Text: "火警", Key: "f"}, api.OrderLine{Kind: sitting.Paused, Role: authz.ExamOffice}},
		{office, v1 + w.href("/resumption"), api.OrderEntry{Text: "解除", Key: "g"}, api.OrderLine{Kind: sitting.Resumed, Role: authz.ExamOffice}},
		{office, v1 + w.href("/announcement"), api.OrderEntry{Text: "请继续", Key: "h"}, api.OrderLine{Kind: sitting.Announced, Role: authz.ExamOffice}},
		{office, v1 + w.href("/incident"), api.OrderEntry{Text: "疏散", Key: "i"}, api.OrderLine{Kind: sitting.Incident, Role: authz.ExamOffice}},
		{office, v1 + w.href("/extension"), api.OrderEntry{Minutes: 45, Text: "疏散", Key: "j"}, api.OrderLine{Kind: sitting.Extended, Minutes: 45, Role: authz.ExamOffice}},
		{office, w.room("extension"), api.OrderEntry{Ticket: ticket, Minutes: 5, Text: "补时", Key: "k"}, api.OrderLine{Kind: sitting.Extended, Room: "t1", Ticket: ticket, Minutes: 5, Role: authz.ExamOffice}},
	} {
		var got, again api.OrderLine
		o.by.json("POST", o.path, o.in, &got)
		o.by.json("POST", o.path, o.in, &again) // pressed twice
		o.want.No, o.want.Text, o.want.At, o.want.By = i+1, o.in.Text, got.At, got.By
		if got != o.want || again != got || got.By == "" {
			t.Errorf("%s: %+v, then %+v, want %+v", o.path, got, again, o.want)
		}
	}
	if lines := w.record(); len(lines) != 11 {
		t.Errorf("%d lines", len(lines))
	}
	var own []api.OrderLine
	if room.json("GET", w.room("proceedings"), nil, &own); len(own) != 11 {
		t.Errorf("the room sees %d lines", len(own))
	}
}

func TestOrdersAreRefused(t *testing.T) {
	w := newWorld(t)
	w.begun()
	_, err := w.Gate.Create(t.Context(), operator(), accounts.New{Login: "kaowu-other", Password: demo.Password, Name: "别处考务", Roles: []authz.Role{authz.ExamOffice}, Org: "other"})
	check(t, err)
	room, looks, office, stranger := w.as("jiankao1"), w.as("dudao"), w.as("kaowu"), w.as("kaowu-other")
	say := api.OrderEntry{Text: "安静", Key: "k"}
	room.json("POST", w.room("announcement"), say, nil)
	before := w.record()
	for name, r := range map[string]struct {
		by     *client
		path   string
		in     any
		status int
		code   string
	}{
		"who only looks":               {looks, w.room("pause"), say, 403, "authz.forbidden"},
		"an invigilator, all rooms":    {room, v1 + w.href("/pause"), say, 403, "authz.forbidden"},
		"another body's office":        {stranger, v1 + w.href("/pause"), say, 404, "session.not_found"},
		"no such session":              {office, v1 + "/sessions/nobody/pause", say, 404, "session.not_found"},
		"no such room":                 {office, v1 + w.href("/rooms/none/pause"), say, 404, "room.not_found"},
		"no such ticket":               {room, w.room("pause"), api.OrderEntry{Ticket: "26120000010007", Text: "x"}, 404, "ticket.not_found"},
		"without a reason":             {room, w.room("pause"), api.OrderEntry{Text: " "}, 422, "proceedings.invalid"},
		"a message too long":           {room, w.room("announcement"), api.OrderEntry{Text: strings.Repeat("长", 301)}, 422, "proceedings.invalid"},
		"no minutes":                   {room, w.room("extension"), api.OrderEntry{Text: "断电"}, 422, "proceedings.invalid"},
		"more minutes than the room":   {room, w.room("extension"), api.OrderEntry{Text: "断电", Minutes: 31}, 422, "proceedings.invalid"},
		"more than the office":         {office, w.room("extension"), api.OrderEntry{Text: "断电", Minutes: 601}, 422, "proceedings.invalid"},
		"minutes of a pause":           {room, w.room("pause"), api.OrderEntry{Text: "断电", Minutes: 3}, 422, "proceedings.invalid"},
		"nothing is paused":            {room, w.room("resumption"), api.OrderEntry{Text: "好"}, 409, "proceedings.not_paused"},
		"the key of another order":     {room, w.room("pause"), say, 409, "proceedings.key"},
		"a paper that is not in":       {room, w.room("reopening"), api.OrderEntry{Ticket: w.seats[0].Ticket, Minutes: 5, Text: "误交"}, 409, "attempt.not_closed"},
		"no reason for a change":       {room, w.room("readmission"), api.Readmission{Ticket: w.seats[0].Ticket}, 422, "seat.why"},
		"who was not let in":           {room, w.room("readmission"), api.Readmission{Ticket: w.seats[2].Ticket, Text: "断电"}, 409, "seat.state"},
		"the office and a readmission": {office, w.room("readmission"), api.Readmission{Ticket: w.seats[0].Ticket, Text: "断电"}, 403, "authz.forbidden"},
		"an unknown field":             {room, w.room("pause"), `{"text":"x","who":"y"}`, 422, "request.body"},
	} {
		if got := r.by.send("POST", r.path, r.in); got.status != r.status || got.problem().Code != r.code {
			t.Errorf("%s: %d %s, want %d %s", name, got.status, got.body, r.status, r.code)
		}
	}
	w.moveInvigilators("jiankao1")
	room.refused("POST", w.room("announcement"), api.OrderEntry{Text: "安静"}, 403, "duty.not_assigned")
	if after := w.record(); !slices.Equal(before, after) {
		t.Errorf("refusals are on record: %+v", after)
	}
}

func TestReopeningAPaperThatWasHandedIn(t *testing.T) {
	w := newWorld(t)
	c, room := w.begun(), w.as("jiankao1")
	c.json("POST", w.attempt(0)+"/submission", api.Submission{Window: "w1"}, nil)
	_, seat := w.console(room, 0)
	if seat.State != web.SeatSubmitted || !slices.Equal(seat.Groups, []string{"in"}) {
		t.Errorf("handed in: %+v", seat)
	}
	var given api.ExtensionGiven
	if room.json("POST", w.room("extension"), api.OrderEntry{Minutes: 5, Text: "断电", Key: "x"}, &given); given.Closed != 1 || given.No != 1 {
		t.Errorf("an extension that one paper does not feel: %+v", given)
	}
	order := api.OrderEntry{Ticket: w.seats[0].Ticket, Minutes: 20, Text: "误交卷", Key: "r"}
	var got, again api.PaperReopened
	room.json("POST", w.room("reopening"), order, &got)
	room.json("POST", w.room("reopening"), order, &again)
	if want := (api.PaperReopened{Attempt: theory.AttemptOf(order.Ticket), State: theory.InProgress, Line: 2}); got != want || again != want {
		t.Errorf("%+v, then %+v, want %+v", got, again, want)
	}
	if _, seat = w.console(room, 0); seat.State != web.SeatSitting || seat.Closes.IsZero() {
		t.Errorf("reopened: %+v", seat)
	}
	if lines := w.record(); len(lines) != 2 || lines[1].Kind != sitting.Reopened {
		t.Errorf("%+v", lines)
	}
}

// TestTheConsoleTellsWhoNeedsSomebody follows one candidate through what can go wrong.
func TestTheConsoleTellsWhoNeedsSomebody(t *testing.T) {
	w := newWorld(t)
	c, room := w.begun(), w.as("jiankao1")
	room.json("POST", w.room("announcement"), api.OrderEntry{Text: "有话在先，页面不必等待"}, nil)
	is := func(what string, want web.SeatState, more func(web.SeatProgress) bool) web.SeatProgress {
		t.Helper()
		_, seat := w.console(room, 0)
		if seat.State != want || more != nil && !more(seat) {
			t.Errorf("%s: %+v, want %s", what, seat, want)
		}
		return seat
	}
	pulse := func(p api.Pulse) {
		t.Helper()
		p.Window = "w1"
		c.json("POST", w.attempt(0)+"/pulse", p, nil)
	}
	pulse(api.Pulse{Question: 3})
	is("at the paper", web.SeatSitting, func(s web.SeatProgress) bool { return s.Question == 3 && s.Total == questions && len(s.Groups) == 0 })
	pulse(api.Pulse{Question: 4, Unsaved: 2, Away: true})
	is("cannot save", web.SeatUnsaved, func(s web.SeatProgress) bool {
		return s.Unsaved == 2 && s.Away && slices.Contains(s.Groups, "attention")
	})
	w.clock.Advance(silence - 2*time.Second)
	is("silent for a while", web.SeatUnsaved, nil)
	w.clock.Advance(time.Second)
	is("silent too long", web.SeatLost, nil)
	pulse(api.Pulse{Question: 4})
	w.clock.Advance(silence)
	is("silent with nothing to lose", web.SeatTrouble, nil)
	room.json("POST", w.room("pause"), api.OrderEntry{Ticket: w.seats[0].Ticket, Text: "不适"}, nil)
	pulse(api.Pulse{Question: 4})
	first := is("paused", web.SeatPaused, func(s web.SeatProgress) bool { return s.Paused && s.OwnPause && s.Left > 0 && s.Closes.IsZero() })
	w.clock.Advance(10 * time.Second)
	if again := is("still", web.SeatPaused, nil); again.Left != first.Left {
		t.Errorf("the time of who is paused runs: %d, then %d", first.Left, again.Left)
	}
	room.json("POST", w.room("resumption"), api.OrderEntry{Ticket: w.seats[0].Ticket, Text: "好转"}, nil)
	other := w.candidate(0)
	other.refused("POST", w.attempt(0)+"/paper", api.TakePaper{Window: "w2", TakeOver: true}, 409, "attempt.machine")
	is("at another machine", web.SeatMachine, func(s web.SeatProgress) bool { return s.Machine })
	var seat api.Seat
	room.json("POST", w.room("readmission"), api.Readmission{Ticket: w.seats[0].Ticket, Text: "断电"}, &seat)
	is("let go on there", web.SeatSitting, func(s web.SeatProgress) bool { return !s.Machine })
	other.json("POST", w.attempt(0)+"/paper", api.TakePaper{Window: "w2", TakeOver: true}, nil)
	is("goes on there", web.SeatSitting, func(s web.SeatProgress) bool { return s.Windows == 1 })
	if _, out := w.console(room, 2); out.State != web.SeatExpected || slices.Contains(out.Groups, "attention") {
		t.Errorf("who may still come: %+v", out)
	}
	w.at(30 * time.Minute)
	p, absent := w.console(w.as("jiankao1"), 2)
	if absent.State != web.SeatAbsent || p.Out != 1 || p.Candidates != 3 || p.Checked != 2 || p.Sitting != 1 || p.Lines != 4 || len(p.Seats) != 3 || !slices.Contains(absent.Groups, "attention") {
		t.Errorf("the room: %+v", p)
	}
}

// TestALostFocusIsNoMarkForGood: the seat needs a look while the page is without the focus and for two minutes after it lost
// it; how often it did is told as long as the session lasts.
func TestALostFocusIsNoMarkForGood(t *testing.T) {
	w := newWorld(t)
	c, room := w.begun(), w.as("jiankao1")
	c.json("POST", w.attempt(0)+"/activities", api.Activities{Activities: []api.Activity{{Window: "w1", No: 1, Kind: theory.FocusLost, ClientAt: w.clock.Now()}}}, nil)
	lost := w.clock.Now()
	for _, s := range []struct {
		after time.Duration
		away  bool
		want  bool
	}{{time.Second, true, true}, {2 * time.Second, false, true}, {2*time.Minute - time.Millisecond, false, true}, {2 * time.Minute, false, false},
		{2*time.Minute + time.Second, true, true}, {3 * time.Minute, false, false}} {
		w.clock.Set(lost.Add(s.after - time.Second))
		c.json("POST", w.attempt(0)+"/pulse", api.Pulse{Question: 1, Window: "w1", Away: s.away}, nil)
		_, seat := w.console(room, 0)
		if got := slices.Contains(seat.Groups, "attention"); got != s.want || seat.FocusLost != 1 || seat.State != web.SeatSitting {
			t.Errorf("after %s, away %t: %+v", s.after, s.away, seat)
		}
	}
}

// silence is how long a computer may be unheard of.
const silence = 30 * time.Second

// TestAConsoleIsCheapToFollow: nothing new is 304, with the time, and somebody who only looks is told no ticket.
func TestAConsoleIsCheapToFollow(t *testing.T) {
	w := newWorld(t)
	w.begun()
	room := w.as("jiankao1")
	first := room.send("GET", w.room("progress"), nil)
	w.clock.Advance(5 * time.Second)
	again := room.raw("GET", w.room("progress"), "", nil, "If-None-Match", first.header.Get("ETag"))
	if again.status != http.StatusNotModified || len(again.body) != 0 || again.header.Get("Server-Time") == "" || again.header.Get("Server-Time") == first.header.Get("Server-Time") {
		t.Errorf("nothing new: %d %v", again.status, again.header)
	}
	room.json("POST", w.room("incident"), api.OrderEntry{Text: "空调漏水"}, nil)
	w.clock.Advance(time.Second)
	if r := room.raw("GET", w.room("progress"), "", nil, "If-None-Match", first.header.Get("ETag")); r.status != http.StatusOK {
		t.Errorf("a line more: %d", r.status)
	}
	looks := w.as("dudao").send("GET", w.room("progress"), nil)
	if looks.status != http.StatusOK || strings.Contains(string(looks.body), string(w.seats[0].Ticket)) {
		t.Errorf("who only looks: %d %s", looks.status, looks.body)
	}
	for _, login := range []string{"yuejuan", "yibao", "tiku"} {
		w.as(login).refused("GET", w.room("progress"), nil, 403, "authz.forbidden")
		w.as(login).refused("GET", w.room("proceedings"), nil, 403, "authz.forbidden")
	}
	w.as("kaowu").refused("GET", v1+w.href("/rooms/none/progress"), nil, 404, "room.not_found")
	var all web.RoomProgress
	if w.as("kaowu").json("GET", v1+w.href("/progress"), nil, &all); len(all.Seats) != candidates {
		t.Errorf("all rooms: %+v", all)
	}
}

// TestOrdersByForm goes the way of a reader without scripts.
func TestOrdersByForm(t *testing.T) {
	w := newWorld(t)
	w.begun()
	room, office, page, ticket := w.desk("jiankao1"), w.desk("kaowu"), w.href("/rooms/t1"), string(w.seats[0].Ticket)
	room.sees(page+"?seat="+ticket+"&filter=attention", `id="d-seat"`, `do=extension&amp;filter=attention&amp;seat=`+ticket, `aria-current="true"`)
	room.sees(page+"?do=extension&seat="+ticket, `data-order="extension" open>`, rareName+"</strong>", "断电")
	if r := room.press(page+"/extension", "ticket", ticket, "minutes", "90", "text", "断电", "key", "k1"); r.status != http.StatusUnprocessableEntity {
		t.Errorf("90 minutes: %d", r.status)
	}
	room.says(`data-order="extension" open>`, "应为1至30分钟", `value="90"`, `value="断电"`)
	for range 2 {
		room.redirected(room.press(page+"/extension", "ticket", ticket, "minutes", "10", "text", "断电", "key", "k2", "shown", "filter=in&q=%E6%B0%B8&sort=seat"), page+"?filter=in&q=%E6%B0%B8&sort=seat")
		room.sees(page, "已延长 10 分钟。", "考场情况记录", "断电")
	}
	room.redirected(room.press(page+"/pause", "text", "停电"), page)
	room.sees(page, "已暂停。", "do=resumption")
	room.redirected(room.press(page+"/resumption", "text", "来电"), page)
	room.sees(page, "已恢复。")
	room.redirected(room.press(page+"/incident", "text", "空调<b>"), page)
	room.sees(page, "空调&lt;b&gt;")
	room.redirected(room.press(page+"/readmission", "ticket", ticket, "text", "死机"), page)
	room.sees(page, rareName+" 可以在另一台电脑继续作答。")
	room.redirected(room.press(page+"/moves", "from", "console", "ticket", ticket, "no", "10", "reason", "死机"), page)
	room.sees(page, rareName+" 已换到 10 号座位。")
	if r := room.press(page+"/moves", "from", "console", "ticket", ticket, "no", "999", "reason", "死机"); r.status != http.StatusUnprocessableEntity {
		t.Errorf("to no seat: %d", r.status)
	}
	room.says(`data-order="moves" open>`, `value="999"`)
	all := w.href("/rooms")
	office.sees(all, "全部考场", rareName, "第一考场")
	office.redirected(office.press(w.href("/announcement"), "all", "1", "text", "请继续"), all)
	office.sees(all, "通知已发出。", "请继续")
	room.visit(page)
	if r := room.post(w.href("/announcement"), "text", "越权"); r.status != http.StatusForbidden {
		t.Errorf("an invigilator to all rooms: %d", r.status)
	}
	room.visit(page)
	room.redirected(room.press(page+"/misconduct", "ticket", string(w.seats[1].Ticket), "reason", "传递纸条"), page)
	w.desk("dudao").sees(page, "考场情况记录", "空调&lt;b&gt;", "放行换机", "换座", "违纪取消", "传递纸条", "监考员")
	if lines := w.record(); len(lines) != 6 {
		t.Errorf("%+v", lines)
	}
}
