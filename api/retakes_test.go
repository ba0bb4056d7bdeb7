package api_test

import (
	"testing"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/result"
)

// TestTheOfficeEntersARetake (补考): the page shows what a candidate keeps; without a kept pass it refuses in words, with one the
// candidate takes the other part only, and it is taken back there.
func TestTheOfficeEntersARetake(t *testing.T) {
	w := newWorld(t)
	path, office, ticket := w.href("/retakes"), w.desk("kaowu"), string(w.seats[1].Ticket)
	office.sees(path+"?ticket="+ticket, "考试已开始或试卷已抽取，不能再改。", "没有单科保留的成绩。")

	n, err := w.store.Sessions().Session(t.Context(), w.session.ID)
	check(t, err)
	n.Closed = time.Time{} // as it was before the forms were drawn
	check(t, w.store.Sessions().UpdateSession(t.Context(), n))
	office.sees(path+"?ticket="+ticket, "两科都考（正考）", `name="component" value="" checked`)
	office.press(path, "ticket", ticket, "component", "practical")
	office.says("没有可用的保留成绩", "没有单科合格、可以保留的成绩", `value="practical" checked`)

	passed := result.Component{Standing: engine.Scored, Points: 7000, PassMark: 6000}
	failed := result.Component{Standing: engine.Scored, Points: 5000, PassMark: 6000}
	at := w.clock.Now().AddDate(0, -1, 0)
	check(t, w.store.Results().CreateResult(t.Context(), &result.Result{ID: "earlier", Session: "earlier", Candidate: w.seats[1].Candidate, Ticket: "26120000990001",
		Level: w.session.Level, Theory: passed, Practical: failed, At: at}))
	check(t, w.store.Publications().CreatePublication(t.Context(), &result.Publication{Session: "earlier", Name: "上一场", Stage: result.Final}))
	office.sees(path+"?ticket="+ticket, "上一场", "还可补考 1 次")
	office.redirected(office.press(path, "ticket", ticket, "component", "practical"), path)
	office.sees(path, "只考操作技能", "保留至", "改为两科都考")
	office.sees("/persons/"+string(w.seats[1].Candidate), "保留成绩", "上一场")
	office.sees(w.href("/rooms/"+string(w.seats[1].Room)+"/seats"), "不考本科（成绩保留）")
	office.sees(path)
	office.redirected(office.press(path, "ticket", ticket, "component", ""), path)
	office.sees(path, "没有。")
	if seat, err := w.Sittings.SeatOf(t.Context(), w.seats[1].Ticket); err != nil || seat.Only != "" || seat.Station != w.seats[1].Station {
		t.Errorf("%+v, %v", seat, err)
	}
}
