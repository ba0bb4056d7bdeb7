package api_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/skillcert/skillcert/api"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/ids"
	"github.com/skillcert/skillcert/engine/sitting"
	"github.com/skillcert/skillcert/engine/store"
)

// planned is a session of the world's plan, a week after the world's, with two theory rooms and a station.
func (w *world) planned() *sitting.Session {
	w.Helper()
	week := 7 * 24 * time.Hour
	later := func(c clock.Window) clock.Window {
		return clock.Window{Opens: c.Opens.Add(week), Closes: c.Closes.Add(week)}
	}
	n, err := w.Sittings.CreateSession(w.Context(), w.principal("kaowu"), sitting.Session{Plan: w.session.Plan, Name: "改期场", Level: w.session.Level,
		Blueprint: w.session.Blueprint, Theory: later(w.session.Theory), Practical: later(w.session.Practical),
		Rooms: []sitting.Room{{ID: "t1", Name: "机房一", Component: engine.Theory, Capacity: 12, Columns: 4, Machines: []string{"", "A02"}},
			{ID: "t2", Name: "机房二", Component: engine.Theory, Capacity: 8}, {ID: "p1", Name: "考位一", Component: engine.Practical, Capacity: 12}}})
	check(w, err)
	return n
}

// amending is the form of planned as it is shown.
func (w *world) amending(n *sitting.Session) map[string]string {
	at := func(t time.Time) string { return t.In(w.Policy.Location()).Format("2006-01-02T15:04") }
	return map[string]string{"do": "plan", "seen": "0", "rooms": "3", "spread": "0", "reason": "机房停电",
		"theory-opens": at(n.Theory.Opens), "theory-closes": at(n.Theory.Closes),
		"practical-opens": at(n.Practical.Opens), "practical-closes": at(n.Practical.Closes),
		"room.1.id": "t1", "room.1.component": "theory", "room.1.name": "机房一", "room.1.capacity": "12",
		"room.1.columns": "4", "room.1.machines": "\nA02",
		"room.2.id": "t2", "room.2.component": "theory", "room.2.name": "机房二", "room.2.capacity": "8",
		"room.3.id": "p1", "room.3.component": "practical", "room.3.name": "考位一", "room.3.capacity": "12"}
}

// TestASessionIsAmendedInTheBrowser corrects a session by its page, seats it there and prints for the room that it has now.
func TestASessionIsAmendedInTheBrowser(t *testing.T) {
	w := newWorld(t)
	n := w.planned()
	_, err := w.Sittings.Assign(w.Context(), w.principal("kaowu"), n.ID, engine.PersonID(w.principal("jiankao1").Person), authz.Invigilator, "t2")
	check(t, err)
	c := w.desk("kaowu")
	href := "/sessions/" + string(n.ID)
	form, good := href+"/plan", w.amending(n)
	c.sees(href, "修改场次", `href="`+form+`"`)
	c.sees(form, "改期场", `value="`+good["theory-opens"]+`"`, `value="`+good["practical-closes"]+`"`, `name="room.2.id" value="t2"`,
		`value="机房二"`, "\n\nA02</textarea>", `name="seen" value="0"`,
		"在这里有安排，考场不能移除：", "不能改", w.session.Blueprint)
	c.fill(form, with(good, "do", "add-theory", "reason", "加一间"))
	c.says("第 4 个考场：理论考场", `value="加一间"`, `name="room.1.id" value="t1"`, `name="rooms" value="4"`, `action="`+form+`"`)
	withoutT2 := with(good, "rooms", "2", "room.2.id", "p1", "room.2.component", "practical", "room.2.name", "考位一", "room.2.capacity", "12")
	for name, s := range map[string]struct {
		fields map[string]string
		said   []string
	}{
		"no reason": {with(good, "spread", "61", "reason", " "), []string{"须写明修改的原因", "开考错峰应为0至60秒", `name="spread" value="61"`}},
		"short":     {with(good, "theory-closes", good["theory-opens"]), []string{"理论知识考试不少于90分钟"}},
		"no number, short": {with(good, "room.1.capacity", "十二", "theory-closes", good["theory-opens"]),
			[]string{"座位数请只写数字，不要写汉字、单位和符号", "理论知识考试不少于90分钟"}},
		"no number":          {with(good, "room.1.capacity", "十二"), []string{"座位数请只写数字，不要写汉字、单位和符号", `value="十二"`}},
		"in the past":        {with(good, "theory-opens", "2026-01-05T09:00", "theory-closes", "2026-01-05T10:30"), []string{"开始时间已过"}},
		"a room with a duty": {withoutT2, []string{"已安排工作人员", "机房二"}},
		"a new room in the place of one with a duty": {with(good, "room.2.id", "", "room.2.name", "机房三"), []string{"已安排工作人员", `value="机房三"`}},
		"nobody's room": {with(good, "room.1.id", "x9"), []string{"本场次没有这个考场"}},
		"no rooms":      {with(good, "rooms", "0"), []string{"至少一个理论考场"}},
		"written over":  {with(good, "spread", "5", "seen", "1"), []string{"内容已被他人修改"}},
	} {
		if r := c.fill(form, s.fields); r.status < 400 || r.status >= 500 {
			t.Errorf("%s: %d", name, r.status)
		}
		c.says(append(s.said, `action="`+form+`"`)...)
	}
	for _, extra := range []string{"name", "blueprint", "code"} {
		c.knowsNot(c.fill(form, with(good, extra, "x")))
	}
	next := with(good, "theory-opens", "2026-12-08T09:30", "theory-closes", "2026-12-08T11:00",
		"practical-opens", "2026-12-08T13:00", "practical-closes", "2026-12-08T17:00",
		"rooms", "3", "room.1.id", "t2", "room.1.name", "教学楼301", "room.1.capacity", "10", "room.1.columns", "5", "room.1.machines", "",
		"room.2.id", "p1", "room.2.component", "practical", "room.2.name", "考位一", "room.2.capacity", "12",
		"room.3.id", "", "room.3.component", "theory", "room.3.name", "教学楼302", "room.3.capacity", "6")
	c.redirected(c.fill(form, next), href)
	c.sees(href, "已修改场次：改期场。", "教学楼301", "时间和考场的修改记录", "教学楼301 座位数 8 → 10", "；原因：机房停电", "2026-12-08 09:30–11:00")
	got, err := w.Sittings.Get(t.Context(), n.ID)
	check(t, err)
	if len(got.Rooms) != 3 || got.Rooms[0].ID != "t2" || got.Rooms[0].Columns != 5 || got.Rooms[2].ID != "t3" || got.Amended() != 1 {
		t.Fatalf("%+v", got)
	}
	c.redirected(c.fill(form, with(next, "room.3.id", "t3")), href) // sent twice: what is so already is no second amendment
	c.sees(form, `name="seen" value="1"`, `name="room.3.id" value="t3"`)
	w.seatedAfterwards(c, n, with(next, "room.3.id", "t3", "seen", "1", "spread", "9"))
}

// seatedAfterwards seats one candidate in the amended session and finds the papers with the new room; the form is gone then.
func (w *world) seatedAfterwards(c *client, n *sitting.Session, again map[string]string) {
	w.Helper()
	href := "/sessions/" + string(n.ID)
	office := w.as("kaowu")
	var a api.Application
	office.json("POST", v1+href+"/applications", doc{"person": office.person("钟离雪", 60), "condition": "5-2", "evidence": []string{"从业承诺书"}}, &a)
	c.visit(href)
	c.redirected(c.press(href+"/seats"), href)
	var seats []api.Seat
	office.json("GET", v1+href+"/seats", nil, &seats)
	if len(seats) != 1 || seats[0].Room != "t2" {
		w.Fatalf("%+v", seats)
	}
	if r := c.raw("GET", href+"/rooms/t2/sheets/tickets.pdf", "", nil); r.status != http.StatusOK || !strings.Contains(string(r.body), "钟离雪") {
		w.Errorf("tickets: %d %.80s", r.status, r.body)
	}
	if r := c.visit(href + "/rooms/t1"); r.status != http.StatusNotFound {
		w.Errorf("the room that went: %d", r.status)
	}
	c.sees(href, "已有考生排座，时间和考场不能再改")
	c.lacks(`href="` + href + `/plan"`)
	c.sees(href+"/plan", "已有考生排座，时间和考场不能再改")
	c.lacks(`name="theory-opens"`)
	if r := c.fill(href+"/plan", again); r.status != http.StatusConflict {
		w.Errorf("amended after the seating: %d", r.status)
	}
	c.says("已有考生排座，时间和考场不能再改")
}

// What the browser's control cannot say stays as it was planned.
func TestAnAmendmentKeepsTheSeconds(t *testing.T) {
	w := newWorld(t)
	n := w.planned()
	at := n.Theory.Opens.Add(30*time.Second + 5*time.Millisecond)
	w.as("kaowu").json("PATCH", v1+"/sessions/"+string(n.ID), doc{"theory": doc{"opens": at, "closes": at.Add(2 * time.Hour)}, "reason": "试"}, nil)
	c := w.desk("kaowu")
	form := "/sessions/" + string(n.ID) + "/plan"
	c.visit(form)
	closes := at.Add(2 * time.Hour).In(w.Policy.Location()).Format("2006-01-02T15:04")
	c.redirected(c.fill(form, with(w.amending(n), "seen", "1", "theory-closes", closes, "spread", "7")), "/sessions/"+string(n.ID))
	got, err := w.Sittings.Get(t.Context(), n.ID)
	check(t, err)
	if !got.Theory.Opens.Equal(at) || !got.Theory.Closes.Equal(at.Add(2*time.Hour)) || got.Spread != 7 {
		t.Errorf("%+v", got)
	}
}

func TestAmendOverHTTP(t *testing.T) {
	w := newWorld(t)
	n := w.planned()
	w.stranger()
	path := "/sessions/" + string(n.ID)
	w.refuseAll([]wrong{
		{"nobody", "", "PATCH", path, doc{"spread": 1, "reason": "试"}, 401, "authz.unauthenticated"},
		{"an invigilator", "jiankao1", "PATCH", path, doc{"spread": 1, "reason": "试"}, 403, "authz.forbidden"},
		{"no session", "kaowu", "PATCH", "/sessions/none", doc{"spread": 1, "reason": "试"}, 404, "session.not_found"},
		{"what stays", "kaowu", "PATCH", path, doc{"name": "另一名", "reason": "试"}, 422, "request.body"},
		{"the blueprint", "kaowu", "PATCH", path, doc{"blueprint": "x", "reason": "试"}, 422, "request.body"},
		{"no reason", "kaowu", "PATCH", path, doc{"spread": 1}, 422, "session.invalid"},
		{"no rooms", "kaowu", "PATCH", path, doc{"rooms": []doc{}, "reason": "试"}, 422, "session.invalid"},
		{"no address", "kaowu", "PATCH", path,
			doc{"rooms": []doc{{"id": "a/b", "name": "甲", "component": "theory", "capacity": 3}}, "reason": "试"}, 422, "session.invalid"},
		{"seated", "kaowu", "PATCH", "/sessions/" + string(w.session.ID), doc{"spread": 1, "reason": "试"}, 409, "session.amend_seated"},
	})
	var before, got api.Session
	office := w.as("kaowu")
	office.json("GET", v1+path, nil, &before)
	before.Rooms[1].Capacity = 20
	office.json("PATCH", v1+path, doc{"rooms": before.Rooms, "spread": 10, "reason": "换机房"}, &got)
	if fmt.Sprint(got.Rooms) != fmt.Sprint(before.Rooms) || got.Rooms[0].Columns != 4 || len(got.Rooms[0].Machines) != 2 || got.Spread != 10 ||
		got.Theory != before.Theory {
		t.Errorf("%+v", got)
	}
}

// TestAnAmendmentAndTheRandomValue: custodians agreed on a round of drand, and the exam may not come before it. What they
// agreed on binds nothing once the draw is put aside.
func TestAnAmendmentAndTheRandomValue(t *testing.T) {
	w := newWorld(t)
	_, logins := w.undrawn()
	n := w.planned()
	path := v1 + "/sessions/" + string(n.ID)
	office := w.as("kaowu")
	hours := func(by time.Duration) doc {
		return doc{"theory": doc{"opens": n.Theory.Opens.Add(by), "closes": n.Theory.Closes.Add(by)}, "reason": "改时间"}
	}
	office.json("PATCH", path, hours(-4*time.Hour), nil)
	office.json("PATCH", path, hours(0), nil)
	c := w.desk("kaowu")
	at := "/sessions/" + string(n.ID) + "/draw"
	c.visit(at)
	c.redirected(c.post(at+"/custodians", "logins", strings.Join(logins, "\n"), "threshold", "0", "source", "drand"), at)
	office.refused("PATCH", path, hours(-2*time.Hour), 409, "session.amend_draw")
	office.json("PATCH", path, hours(-time.Hour), nil)
	office.json("PATCH", path, hours(2*time.Hour), nil)
	st := store.New(w.db, ids.Random())
	d, err := st.Draws().Draw(t.Context(), n.ID)
	check(t, err)
	if d.Blueprint != n.Blueprint || d.Root != "" {
		t.Errorf("%+v", d)
	}
	deputy := w.deputy()
	c.redirected(c.post(at+"/redraw", "reason", "改期"), at)
	deputy.visit(at)
	deputy.redirected(deputy.post(at+"/redraw", "confirms", "1", "reason", "改期"), at)
	office.json("PATCH", path, hours(-4*time.Hour), nil)
}
