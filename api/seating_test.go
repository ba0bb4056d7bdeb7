package api_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/skillcert/skillcert/api"
	"github.com/skillcert/skillcert/certs/archive"
	"github.com/skillcert/skillcert/engine/accounts"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/sitting"
	"github.com/skillcert/skillcert/fixtures/demo"
)

// plainSheets prints what it is told as text: how sheets look is tested with package hall.
type plainSheets struct{}

func (plainSheets) Print(s *sitting.Sheet) ([]byte, error) {
	var b strings.Builder
	fmt.Fprintf(&b, "%s|%s|%s|", s.Kind, s.Room.ID, s.Body)
	for _, t := range s.Seats {
		fmt.Fprintf(&b, "%d %s %s photo:%v;", t.No, t.Name, t.Ticket, len(t.Photo) > 0)
	}
	return []byte(b.String()), nil
}

func (w *world) seatsHref(more string) string { return w.href("/rooms/t1" + more) }

func TestSheetsOfARoom(t *testing.T) {
	w := newWorld(t)
	office := w.desk("kaowu")
	for _, kind := range sitting.SheetKinds() {
		path := w.seatsHref("/sheets/" + string(kind))
		office.sees(w.seatsHref("/seats"), path+".pdf")
		r := office.raw("GET", path+".pdf", "", nil)
		if r.status != 200 || r.header.Get("Content-Type") != "application/pdf" || r.header.Get("Cache-Control") != "private, no-store" ||
			!strings.HasPrefix(string(r.body), string(kind)+"|t1|") || !strings.Contains(string(r.body), string(w.seats[0].Ticket)) {
			t.Errorf("%s: %d %v %.80s", kind, r.status, r.header, r.body)
		}
		if again := w.as("jiankao1").send("GET", v1+path, nil); string(again.body) != string(r.body) {
			t.Errorf("%s for the invigilator: %d %.80s", kind, again.status, again.body)
		}
	}
}

func TestSheetsAreKeptFrom(t *testing.T) {
	w := newWorld(t)
	path := v1 + w.seatsHref("/sheets/door")
	_, err := w.Gate.Create(t.Context(), operator(), accounts.New{Login: "kaowu-other", Password: demo.Password, Name: "别处考务", Roles: []authz.Role{authz.ExamOffice}, Org: "other"})
	check(t, err)
	w.as("kaowu-other").refused("GET", path, nil, 404, "session.not_found")
	w.as("kaowu").refused("GET", v1+w.seatsHref("/sheets/poster"), nil, 422, "sheet.kind")
	w.as("kaowu").refused("GET", v1+w.href("/rooms/p1/sheets/door"), nil, 404, "room.not_found")
	w.moveInvigilators("jiankao1")
	w.as("jiankao1").refused("GET", path, nil, 403, "duty.not_assigned")
	w.as("yuejuan").refused("GET", path, nil, 403, "authz.forbidden")
	if r := w.candidate(0).send("GET", path, nil); r.status != http.StatusForbidden {
		t.Errorf("a candidate: %d", r.status)
	}
}

func TestMovingACandidate(t *testing.T) {
	w := newWorld(t)
	w.at(-30 * time.Minute)
	page := w.seatsHref("/seats")
	c, ticket := w.desk("jiankao1"), string(w.seats[0].Ticket)
	c.sees(page, "换座")
	if r := c.post(w.seatsHref("/moves"), "ticket", ticket, "no", "999", "reason", "机器故障"); r.status != http.StatusUnprocessableEntity || !strings.Contains(string(r.body), "没有这个座位") {
		t.Errorf("to no seat: %d", r.status)
	}
	c.redirected(c.post(w.seatsHref("/moves"), "ticket", ticket, "no", fmt.Sprint(w.free()), "reason", "机器故障"), page)
	c.sees(page, fmt.Sprintf("已换到 %d 号座位", w.free()), "不再使用")
	var seat api.Seat
	w.as("jiankao1").json("POST", v1+w.seatsHref("/moves"), api.SeatMove{Ticket: w.seats[0].Ticket, No: w.seats[0].No, Reason: "修好了"}, &seat)
	if seat.No != w.seats[0].No {
		t.Errorf("%+v", seat)
	}
	w.as("kaowu").refused("POST", v1+w.seatsHref("/moves"), api.SeatMove{Ticket: w.seats[0].Ticket, No: 1, Reason: "x"}, 403, "authz.forbidden")
}

// free is the last seat of the first room, which nobody has.
func (w *world) free() int { return w.session.Rooms[0].Capacity }

func TestAdmittingALatecomer(t *testing.T) {
	w := newWorld(t)
	w.at(31 * time.Minute)
	page, ticket := w.seatsHref("/seats"), string(w.seats[0].Ticket)
	room, office := w.as("jiankao1"), w.desk("kaowu")
	in := v1 + w.seatsHref("/check-in")
	room.refused("POST", in, api.CheckIn{Ticket: w.seats[0].Ticket}, 409, "seat.late")
	office.sees(page, "缺考", "批准迟到入场")
	office.sees(w.href(""), "缺考", "座位与考场用表")
	if r := office.post(w.seatsHref("/late-admissions"), "ticket", ticket, "reason", " "); r.status != http.StatusUnprocessableEntity || !strings.Contains(string(r.body), "须写明原因") {
		t.Errorf("without a reason: %d", r.status)
	}
	office.redirected(office.post(w.seatsHref("/late-admissions"), "ticket", ticket, "reason", "公交改道"), page)
	office.sees(page, "已批准")
	room.refused("POST", v1+w.href("/late-admissions"), api.LateAdmission{Ticket: w.seats[1].Ticket, Reason: "x"}, 403, "authz.forbidden")
	var seat api.Seat
	room.json("POST", in, api.CheckIn{Ticket: w.seats[0].Ticket}, &seat)
	w.as("kaowu").json("POST", v1+w.href("/late-admissions"), api.LateAdmission{Ticket: w.seats[1].Ticket, Reason: "公交改道"}, &seat)
	room.json("POST", in, api.CheckIn{Ticket: w.seats[1].Ticket}, &seat)
}

// Report prints the report on a session likewise.
func (plainSheets) Report(r *archive.Report, _ *time.Location) ([]byte, error) {
	return fmt.Appendf(nil, "report|%s|%d", r.Session.Name, r.Applied.All), nil
}
