package api_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/ids"
	"github.com/skillcert/skillcert/engine/practical"
	"github.com/skillcert/skillcert/engine/sitting"
	"github.com/skillcert/skillcert/engine/store"
)

// 考务人员看得到承诺和轮转安排；任何人不必登录就能下载承诺，考核结束后才能下载抽题记录并核对。
func TestTheDrawOfTasksIsPublic(t *testing.T) {
	w := newWorld(t)
	office := w.desk("kaowu")
	page, public := w.href("/practice"), "/draws/"+string(w.session.ID)
	office.sees(page, "操作技能考务", "抽题承诺", "轮转安排", "候考区", rareName)
	w.desk("zuzhang").sees(page, "轮转安排")
	anybody := w.program("")
	r := anybody.send("GET", public+"/tasks-commitment.json", nil)
	var c practical.Commitment
	if err := json.Unmarshal(r.body, &c); err != nil || r.status != http.StatusOK || !strings.Contains(office.last, c.Commitment) || c.Session != w.session.ID {
		t.Fatalf("%d %s, %v", r.status, r.body, err)
	}
	if r := anybody.send("GET", public+"/tasks.json", nil); r.status != http.StatusNotFound {
		t.Errorf("before the end: %d %s", r.status, r.body)
	}
	if r := anybody.send("GET", "/draws/nobody/tasks-commitment.json", nil); r.status != http.StatusNotFound {
		t.Errorf("of no session: %d %s", r.status, r.body)
	}
	w.at(w.session.Practical.Closes.Sub(w.session.Theory.Opens) + time.Minute)
	r = anybody.send("GET", public+"/tasks.json", nil)
	file, err := practical.ReadTranscript(r.body)
	if err != nil || file.Audit() != nil || len(file.Tickets) != candidates || file.Commitment != c {
		t.Fatalf("%d %s, %v", r.status, r.body, err)
	}
	for _, hidden := range []string{rareName, "步骤"} {
		if strings.Contains(string(r.body), hidden) {
			t.Errorf("%q is in the public record", hidden)
		}
	}
	w.desk("kaowu").sees(page, "下载抽题记录")
}

// 考务人员没有公布承诺就不能抽题，页面说明原因并指到公布的地方；公布之后才抽，抽完说明人数和时间，不再有抽题按钮。
func TestTheDrawOfTasksWaitsForItsCommitment(t *testing.T) {
	w := newWorld(t)
	href, _ := w.undrawn()
	st := store.New(w.db, ids.Random())
	n, err := st.Sessions().Session(t.Context(), "other")
	check(t, err)
	n.Practical = clock.Window{Opens: n.Practical.Opens.Add(24 * time.Hour), Closes: n.Practical.Closes.Add(24 * time.Hour)}
	check(t, st.Sessions().UpdateSession(t.Context(), n))
	for i, ticket := range []sitting.Ticket{"26127777770001", "26127777770002", "26127777770003"} {
		seat, err := st.Seats().Seat(t.Context(), ticket)
		check(t, err)
		person := &engine.Person{ID: seat.Candidate, Name: fmt.Sprint("考生", i)}
		check(t, st.People().CreatePerson(t.Context(), person))
		seat.Station = "p1"
		check(t, st.Seats().UpdateSeat(t.Context(), seat))
	}
	c, link := w.desk("kaowu"), `href="`+href+`/practice#h-commitment"`
	c.sees(href, "公布承诺之后再抽题", link)
	if strings.Contains(c.last, "/practical-draw") {
		t.Error("nothing is published, and the session offers the draw of tasks")
	}
	if r := c.post(href + "/practical-draw"); r.status != http.StatusConflict {
		t.Errorf("drawn before the commitment: %d", r.status)
	}
	c.says("尚未公布抽题承诺：请先在", link)
	if r := w.program("").send("GET", "/draws/other/tasks-commitment.json", nil); r.status != http.StatusNotFound {
		t.Errorf("a refused draw publishes: %d %s", r.status, r.body)
	}
	c.visit(href + "/practice")
	c.redirected(c.post(href+"/practice/commitment"), href+"/practice")
	c.sees(href+"/practice", "已公布抽题承诺", href+"/practical-draw")
	c.sees(href, href+"/practical-draw", "抽取操作任务")
	c.redirected(c.post(href+"/practical-draw"), href)
	for _, page := range []string{href, href + "/practice"} {
		c.sees(page, "操作任务已抽取：3 名考生")
		if strings.Contains(c.last, "/practical-draw") {
			t.Errorf("drawn, %s still offers the draw of tasks", page)
		}
	}
}
