package api_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/skillcert/skillcert/api"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/ids"
	"github.com/skillcert/skillcert/engine/registration"
	"github.com/skillcert/skillcert/engine/sitting"
	"github.com/skillcert/skillcert/fixtures/demo"
)

// opened opens a session to candidates until it takes nobody any more.
func (w *world) opened(n *sitting.Session) {
	w.Helper()
	now := w.clock.Now()
	terms := registration.OpeningTerms{Window: clock.Window{Opens: now.Add(-time.Minute), Closes: n.Until()}, Place: "某路1号", Contact: "022-00000000"}
	_, err := w.Intake.Open(w.Context(), w.principal("kaowu"), string(n.ID), terms)
	check(w, err)
}

// applied is the n-th applicant for a session with the recovery code.
func (w *world) applied(session sitting.SessionID, n int) (*registration.Request, string) {
	w.Helper()
	number := demo.IDNumber(clock.Date{Year: 1970, Month: 5, Day: 1}, n, engine.Female)
	e := registration.Entry{Stands: true, Row: registration.RosterRow{Name: "王秀兰", IDType: engine.ResidentCard, IDNumber: number, Phone: fmt.Sprintf("199000000%02d", n),
		Claims: registration.Claims{Condition: "5-2", Evidence: []string{"从业承诺书"}}}}
	r, code, err := w.Intake.Apply(w.Context(), authz.Anonymous(), string(session), ids.Random().New(), e, true)
	check(w, err)
	return r, code
}

// 还有报名没审核就组卷：页面写明份数，不勾选“我知道”的不能组卷；勾选以后组卷，报名随即截止。审核页和考生的页面都照实说，只能写明理由不予受理，
// 已缴的费用办理退费。
func TestADrawOverApplicationsThatWait(t *testing.T) {
	w := newWorld(t)
	n := w.planned()
	w.opened(n)
	by, id, href := w.principal("kaowu"), string(n.ID), "/sessions/"+string(n.ID)
	in, _ := w.applied(n.ID, 71)
	_, err := w.Intake.Accept(t.Context(), by, in.ID, in.Row.IDNumber, []string{"从业承诺书"})
	check(t, err)
	_, err = w.Sittings.SeatCandidates(t.Context(), by, n.ID)
	check(t, err)
	left, code := w.applied(n.ID, 72)
	_, err = w.Intake.Record(t.Context(), by, left.ID, "theory-5", registration.FeePaid, "票1")
	check(t, err)
	office, mine := w.desk("kaowu"), w.browser()
	mine.visit("/apply/login")
	mine.post("/apply/login", "number", string(left.ID), "code", code)
	mine.sees("/apply/mine", "已提交，等待审核")
	office.sees(href, "还有 1 份报名待审核", `name="undecided" value="1"`, href+"/requests")
	if r := office.press(href + "/forms"); r.status != 409 {
		t.Fatalf("drawn without the tick: %d", r.status)
	}
	office.says("还有报名没有办完", "1 份待审核")
	w.as("kaowu").refused("POST", v1+href+"/forms", nil, 409, "session.undecided")
	var u api.UndecidedCount
	w.as("kaowu").json("GET", v1+href+"/undecided", nil, &u)
	if u != (api.UndecidedCount{Waiting: 1}) {
		t.Errorf("%+v", u)
	}
	w.as("kaowu").refused("PUT", v1+href+"/undecided", api.Count{Count: 2}, 409, "session.undecided")
	office.redirected(office.press(href+"/forms", "undecided", "1"), href)
	office.sees(href+"/requests", "报名已于", "不能再受理", "已失效")
	office.sees("/requests", "改期场", "报名已截止")
	office.sees("/requests/"+string(left.ID), "本场次的报名已经截止", "不予受理", "登记退费")
	if strings.Contains(office.last, "受理报名") || strings.Contains(office.last, "/return") {
		t.Error("it is still offered to accept it or to send it back")
	}
	mine.sees("/apply/mine", "报名已经截止", "没有来得及审核", "改报其他场次", "办理退费", "某路1号")
	if strings.Contains(mine.last, "等待审核") || strings.Contains(mine.last, "还应缴") {
		t.Error("the applicant is still told to wait or to pay")
	}
	if r := office.post("/requests/"+string(left.ID)+"/acceptance", "original", left.Row.IDNumber, "evidence", "从业承诺书"); r.status != 409 {
		t.Errorf("accepted after the draw: %d", r.status)
	}
	office.says("请写明理由不予受理")
	office.redirected(office.post("/requests/"+string(left.ID)+"/rejection", "reason", "报名已截止，请改报下一场"), "/sessions/"+id+"/requests")
	mine.sees("/apply/mine", "不予受理", "请改报下一场", "办理退费")
	office.visit("/requests")
	if strings.Contains(office.last, "改期场") {
		t.Error("a session with nobody left waits on")
	}
}

// 退回改正页面写明最迟哪一天可以改；报名先截止的写明那一刻。
func TestTheOfficeReadsUntilWhenACorrectionIsTaken(t *testing.T) {
	w := newWorld(t)
	n := w.planned()
	w.opened(n)
	r, _ := w.applied(n.ID, 73)
	office := w.desk("kaowu")
	office.sees("/requests/"+string(r.ID), "申请人最迟")
	offer, err := w.Intake.Offer(t.Context(), string(n.ID))
	check(t, err)
	until, err := registration.AnswerUntil(w.Policy, offer, w.clock.Now())
	check(t, err)
	office.redirected(office.post("/requests/"+string(r.ID)+"/return", "fault.phone", "打不通"), "/sessions/"+string(n.ID)+"/requests")
	got, _, err := w.Intake.Look(t.Context(), w.principal("kaowu"), r.ID)
	check(t, err)
	if got.AnswerBy != until.By || !got.AnswerBy.Before(offer.Target.Day) {
		t.Errorf("until %s, the page said %s, the sitting is on %s", got.AnswerBy, until.By, offer.Target.Day)
	}
}
