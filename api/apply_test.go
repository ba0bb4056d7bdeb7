package api_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/skillcert/skillcert/api"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/registration"
	"github.com/skillcert/skillcert/fixtures/demo"
)

var recoveryCode = regexp.MustCompile(`[0-9A-Z]{4}(-[0-9A-Z]{4}){3}`)

// openToCandidates adds a session that candidates may apply for, from a minute ago until it begins.
func (w *world) openToCandidates() string {
	w.Helper()
	more := *w.session
	more.Name = "五级加场"
	next, err := w.Sittings.CreateSession(w.Context(), w.principal("kaowu"), more)
	check(w, err)
	terms := registration.OpeningTerms{Window: clock.Window{Opens: w.clock.Now().Add(-time.Minute), Closes: next.Until()}, Place: "某路1号", Contact: "022-00000000"}
	_, err = w.Intake.Open(w.Context(), w.principal("kaowu"), string(next.ID), terms)
	check(w, err)
	return string(next.ID)
}

// 考生在手机上报名，回执给出编号和恢复码；考务员退回，考生凭两项进来改正再交；考务员核对原件受理。
func TestACandidateAppliesOnThePages(t *testing.T) {
	w := newWorld(t)
	id := w.openToCandidates()
	c := w.browser()
	c.sees("/apply", "五级加场", "某路1号")
	c.visit("/apply/sessions/" + id)
	key := regexp.MustCompile(`name="key" value="([^"]+)"`).FindStringSubmatch(c.last)[1]
	number := demo.IDNumber(clock.Date{Year: 1970, Month: 5, Day: 1}, 77, engine.Female)
	form := func(phone string) []string {
		return []string{"key", key, "name", "王秀兰", "id_type", "201", "id_number", number, "phone", phone, "condition", "5-2", "evidence", "从业承诺书", "stands", "yes", "do", "submit"}
	}
	c.post("/apply/sessions/"+id, form("")...)
	c.says("请填写能联系到您的手机号码", "王秀兰")
	c.post("/apply/sessions/"+id, "key", key, "name", "王秀兰", "id_type", "201", "id_number", number[:17], "phone", "1380000", "years", "五年", "born", "去年", "do", "submit")
	c.says("从业年限请只写数字，不要写汉字、单位和符号", "请填写能联系到您的手机号码", "请选择一条申报条件", "请确认所填内容属实", "请填写日期", `value="五年"`)
	c.post("/apply/sessions/"+id, append(form("19900000077"), "retake", "practical")...)
	c.says("没有查到可以保留的单科成绩", `value="practical" checked`)
	c.post("/apply/sessions/"+id, form("19900000077")...)
	c.says("报名表已提交", "只显示这一次")
	code := recoveryCode.FindString(c.last)
	queue, _, err := w.Intake.Queue(t.Context(), w.principal("kaowu"), id, engine.Cursor{})
	check(t, err)
	if len(queue) != 1 || code == "" {
		t.Fatalf("%d handed in, code %q", len(queue), code)
	}
	mine := string(queue[0].ID)
	office := w.desk("kaowu")
	office.sees("/sessions/"+id+"/requests", "王秀兰")
	office.sees("/requests/"+mine, "王秀兰", engine.MaskID(number), "正考（两科都考）")
	if strings.Contains(office.last, number) || strings.Contains(office.last, "19900000077") {
		t.Error("the office reads numbers in clear")
	}
	w.cutOff(t, registration.RequestID(mine))
	office.sees("/requests/"+mine, "还没有完成")
	if strings.Contains(office.last, "/return") || strings.Contains(office.last, "/rejection") || strings.Contains(office.last, "/abandonment") {
		t.Error("what is refused while an acceptance is under way is offered")
	}
	w.clock.Advance(5 * time.Minute)
	office.sees("/requests/"+mine, "/abandonment")
	office.redirected(office.post("/requests/"+mine+"/abandonment"), "/requests/"+mine)
	office.redirected(office.post("/requests/"+mine+"/return", "fault.phone", "打不通"), "/sessions/"+id+"/requests")
	again := w.browser()
	again.visit("/apply/login")
	again.post("/apply/login", "number", mine, "code", "0000-0000-0000-0000")
	again.says("报名编号或恢复码不正确")
	again.redirected(again.post("/apply/login", "number", mine, "code", code), "/apply/mine")
	again.sees("/apply/mine", "退回改正", "打不通")
	again.visit("/apply/mine/form")
	again.says("仍用原来的报名编号和恢复码")
	again.redirected(again.post("/apply/mine/form", form("19900000078")[2:]...), "/apply/mine")
	office.visit("/requests/" + mine)
	office.post("/requests/"+mine+"/acceptance", "original", number[:17]+"0")
	office.says("与报名表上的证件号码不一致", `id="e-number"`, "缺少从业承诺书", `id="e-evidence"`)
	office.redirected(office.post("/requests/"+mine+"/acceptance", "original", number, "evidence", "从业承诺书"), "/sessions/"+id+"/requests")
	again.sees("/apply/mine", "已受理")
	if r := again.visit("/office"); r.status == http.StatusOK {
		t.Error("an applicant reads the office's page")
	}
}

// cutOff leaves an acceptance begun, as a power cut does.
func (w *world) cutOff(t *testing.T, id registration.RequestID) {
	t.Helper()
	r, err := w.store.Requests().Request(t.Context(), id)
	check(t, err)
	r.Accepting = &registration.Acceptance{By: "account:kaowu", At: w.clock.Now()}
	check(t, w.store.Requests().UpdateRequest(t.Context(), r))
}

// 程序接口：登录只认编号和恢复码两项都对的，别的机构看不到。
func TestRequestsOverJSON(t *testing.T) {
	w := newWorld(t)
	var offers []api.Offer
	w.as("kaowu").json("GET", "/api/v1/offers", nil, &offers)
	if len(offers) != 0 {
		t.Errorf("%+v", offers)
	}
	for path, status := range map[string]int{"/api/v1/requests/123456789012": 404, "/api/v1/me/request": 403} {
		if r := w.as("kaowu").send("GET", path, nil); r.status != status {
			t.Errorf("%s: %d, want %d", path, r.status, status)
		}
	}
	if r := w.as("kaowu").send("POST", "/api/v1/requests/sign-in", api.RequestSignIn{Number: "1", Code: "2"}); r.status != 401 {
		t.Errorf("signed in with nothing: %d", r.status)
	}
}
