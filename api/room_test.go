package api_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/skillcert/skillcert/api"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/ids"
	"github.com/skillcert/skillcert/engine/sitting"
	"github.com/skillcert/skillcert/engine/store"
)

// admitting is what admits the candidate of a seat: ticket, end of the identity number, code of the session.
func (w *world) admitting(seat int) []string {
	t := w.ticket(seat)
	return []string{t.Ticket[:4] + "\u00a0" + t.Ticket[4:8] + "\u00a0" + t.Ticket[8:], `value="` + t.Ticket + `"`, "证件尾号 " + t.IDTail + "<", ">" + t.Code + "<"}
}

// TestWhatAdmitsACandidateIsShownToWhoAdmits: the room's own invigilators, and nobody else. The exam office, which prints
// the tickets, sees them beside what it may order, and neither the end of the identity number nor the code.
func TestWhatAdmitsACandidateIsShownToWhoAdmits(t *testing.T) {
	w := newWorld(t)
	w.at(-30 * time.Minute)
	page := w.href("/rooms/t1")
	w.desk("jiankao1").sees(page, append(w.admitting(0), rareName, "放行已签到考生")...)
	for login, tickets := range map[string]int{"dudao": 0, "kaowu": 2} {
		c := w.desk(login)
		c.sees(page, rareName, "座位图", "待签到")
		for _, secret := range append(w.admitting(0)[tickets:], w.ticket(0).IDTail, "放行已签到考生", "/check-in", "/misconduct", "/readmission") {
			if strings.Contains(c.last, secret) {
				t.Errorf("%s sees %s", login, secret)
			}
		}
	}
	w.desk("kaowu").sees(w.href(""), w.session.Code)
	for _, path := range []string{"/api/v1/sessions", "/api/v1/sessions/" + string(w.session.ID), "/api/v1/sessions/" + string(w.session.ID) + "/seats"} {
		if r := w.as("dudao").send("GET", path, nil); r.status != http.StatusOK || strings.Contains(string(r.body), `"`+w.session.Code+`"`) {
			t.Errorf("%s: %d %s", path, r.status, r.body)
		}
	}
	for _, login := range []string{"dudao", "yibao", "renshe"} {
		if c := w.desk(login); c.visit(w.href("")).status != http.StatusOK || strings.Contains(c.last, w.session.Code) {
			t.Errorf("%s on the session's page: the code is shown, or nothing is", login)
		}
	}
}

// TestAnotherRoomIsOnlyLookedAt takes the first invigilator's duty away from the room.
func TestAnotherRoomIsOnlyLookedAt(t *testing.T) {
	w := newWorld(t)
	w.at(-30 * time.Minute)
	w.moveInvigilators("jiankao1")
	c, page := w.desk("jiankao1"), w.href("/rooms/t1")
	c.sees(page, rareName, "座位图")
	for _, secret := range w.admitting(0) {
		if strings.Contains(c.last, secret) {
			t.Errorf("an invigilator of another room sees %s", secret)
		}
	}
	if r := c.post(page+"/check-in", "ticket", string(w.seats[0].Ticket)); r.status != http.StatusForbidden {
		t.Errorf("check-in in another room: %d", r.status)
	}
	if r := c.post(page+"/misconduct", "ticket", string(w.seats[0].Ticket), "reason", "作弊"); r.status != http.StatusForbidden {
		t.Errorf("void in another room: %d", r.status)
	}
}

// moveInvigilators puts the invigilator into a room of their own.
func (w *world) moveInvigilators(login string) {
	w.Helper()
	sessions := store.New(w.db, ids.Random()).Sessions()
	n, err := sessions.Session(w.Context(), w.session.ID)
	check(w, err)
	n.Rooms = append(n.Rooms, sitting.Room{ID: "t2", Name: "第二考场", Component: engine.Theory, Capacity: 10})
	for i, d := range n.Duties {
		if string(d.Person) == w.principal(login).Person {
			n.Duties[i].Room = "t2"
		}
	}
	check(w, sessions.UpdateSession(w.Context(), n))
}

func TestMisconductIsVoidedOnTheRoomPage(t *testing.T) {
	w := newWorld(t)
	w.openRoom()
	c, page, ticket := w.desk("jiankao1"), w.href("/rooms/t1"), string(w.seats[0].Ticket)
	c.sees(page+"?do=misconduct&seat="+ticket, rareName+"</strong>", "将取消考试资格：理论知识和操作技能的成绩都作废，不能恢复。", `data-order="misconduct" open>`)
	if r := c.post(page+"/misconduct", "ticket", ticket, "reason", "  "); r.status != http.StatusUnprocessableEntity {
		t.Errorf("without a reason: %d", r.status)
	}
	c.says(`id="te-misconduct">须写明违纪情形`, "第一考场", `data-order="misconduct" open>`)
	long := strings.Repeat("长", 301)
	c.post(page+"/misconduct", "ticket", ticket, "reason", long)
	c.says("不超过300字", `value="`+long+`"`)
	if r := c.post(w.href("/rooms/p1")+"/misconduct", "ticket", ticket, "reason", "作弊"); r.status < 400 {
		t.Errorf("at another room's address: %d", r.status)
	}
	c.redirected(c.post(page+"/misconduct", "ticket", ticket, "reason", "传递纸条"), page)
	c.sees(page, "已取消 "+rareName+" 的考试资格。", "传递纸条", "违纪取消")
	w.desk("zuzhang").sees(w.href("/seals/practical"), "违纪取消")

	var seat api.Seat
	program := w.as("jiankao1")
	path := "/api/v1/sessions/" + string(w.session.ID) + "/rooms/t1/misconduct"
	if r := program.send("POST", path, api.Misconduct{Ticket: w.seats[1].Ticket}); r.problem().Code != "seat.reason" {
		t.Errorf("by JSON without a reason: %d %s", r.status, r.body)
	}
	program.json("POST", path, api.Misconduct{Ticket: w.seats[1].Ticket, Reason: "替考"}, &seat)
	if time.Time(seat.Voided).IsZero() || seat.Ticket != w.seats[1].Ticket {
		t.Errorf("%+v", seat)
	}
}

// TestATicketIsCheckedInWhereItSits: the room of the address counts, not the ticket alone.
func TestATicketIsCheckedInWhereItSits(t *testing.T) {
	w := newWorld(t)
	w.at(-30 * time.Minute)
	w.moveInvigilators("jiankao1")
	c := w.as("jiankao1")
	body := api.CheckIn{Ticket: w.seats[0].Ticket}
	at := func(session, room string) reply {
		return c.send("POST", "/api/v1/sessions/"+session+"/rooms/"+room+"/check-in", body)
	}
	if r := at(string(w.session.ID), "t2"); r.status != http.StatusNotFound || r.problem().Code != "ticket.not_found" {
		t.Errorf("in one's own room, of another's ticket: %d %s", r.status, r.body)
	}
	if r := at("nobody", "t1"); r.status != http.StatusNotFound {
		t.Errorf("at another session's address: %d %s", r.status, r.body)
	}
	c = w.as("jiankao2")
	if r := at(string(w.session.ID), "t1"); r.status != http.StatusOK {
		t.Errorf("where it sits: %d %s", r.status, r.body)
	}
}
