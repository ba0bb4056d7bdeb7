package api_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/fixtures/demo"
)

// 考务办公室在没有账号的考评员的关系页登记受聘机构，写明来源和起始日期；填错的，所填内容还在。考生本人提出异议，页面注明有异议，关系仍然有效；
// 考务人员不能终止，由质量督导员写明原因终止；机构的关系页看得到同一条关系。
func TestTiesOnThePages(t *testing.T) {
	w := newWorld(t)
	body := demo.EvaluationBody(sittingDay)
	hired, err := w.Registry.Register(t.Context(), operator(), engine.Person{Name: "宗政澜", IDType: engine.ResidentCard,
		IDNumber: demo.IDNumber(clock.Date{Year: 1980, Month: 2, Day: 1}, 777, engine.Female)})
	check(t, err)
	staff := string(hired.ID)
	at, bodyAt := "/persons/"+staff+"/ties", "/bodies/"+string(body.ID)+"/ties"
	office, watcher := w.desk("kaowu"), w.desk("dudao")
	office.sees(at, "没有登记关系", "登记关系", "受聘的机构")
	office.sees("/persons/"+w.principal("kaoping4").Person+"/ties", "机构人员账号") // that of an examiner with an account is there by itself
	r := office.post(at, "way", "employs-to", "other", "没有这家机构", "since", "2020-01-01", "source", "劳动合同")
	if r.status != http.StatusUnprocessableEntity || !strings.Contains(string(r.body), "请填写全称或统一社会信用代码") || !strings.Contains(string(r.body), `value="劳动合同"`) {
		t.Errorf("%d %s", r.status, r.body)
	}
	if r = office.post(at, "way", "", "other", "", "since", "昨天", "percent", "200", "source", ""); r.status != http.StatusUnprocessableEntity {
		t.Errorf("nothing filled in: %d", r.status)
	}
	for _, want := range []string{"请选择关系", "请填写日期", "出资比例为1至100的整数", "请写明来源"} {
		if !strings.Contains(string(r.body), want) {
			t.Errorf("it is not said: %s", want)
		}
	}
	office.redirected(office.post(at, "way", "employs-to", "other", strings.ToLower(body.CreditCode), "since", "2020-01-01", "source", "劳动合同"), at)
	office.sees(at, body.Name, "2020-01-01 –", "劳动合同", "提出异议", `<svg class="ties"`)
	office.sees(bodyAt, "劳动合同")
	page := string(office.visit(at).body)
	id := regexp.MustCompile(regexp.QuoteMeta(at) + `/([^"/]+)"`).FindStringSubmatch(page)
	if id == nil {
		t.Fatalf("no form on the page: %s", page)
	}
	if strings.Contains(page, `value="end"`) {
		t.Error("the office is offered to end a tie")
	}
	office.redirected(office.post(at+"/"+id[1], "do", "contest", "reason", "已于上月离职"), at)
	watcher.sees(at, "有异议", "已于上月离职", "终止原因")
	if r := office.post(at+"/"+id[1], "do", "end", "until", "2026-06-30", "reason", "离职"); r.status != http.StatusForbidden {
		t.Errorf("the office ends a tie: %d", r.status)
	}
	r = watcher.post(at+"/"+id[1], "do", "end", "until", "", "reason", "离职")
	if r.status != http.StatusUnprocessableEntity || !strings.Contains(string(r.body), `value="离职"`) {
		t.Errorf("no day: %d", r.status)
	}
	if !strings.Contains(string(r.body), "elder=on&amp;back="+strings.ReplaceAll(at, "/", "%2f")+`"`) {
		t.Error("the switch of a refused form leads away from its page")
	}
	r = watcher.post(at+"/"+id[1], "do", "end", "until", "2019-12-31", "reason", "离职")
	if r.status != http.StatusUnprocessableEntity || !strings.Contains(string(r.body), "关系自 2020-01-01 开始") {
		t.Errorf("an end before the beginning: %d", r.status)
	}
	watcher.redirected(watcher.post(at+"/"+id[1], "do", "end", "never", "on", "reason", "登记有误"), at)
	watcher.sees(at, "从未成立", "登记有误")
	if strings.Contains(string(watcher.visit(at).body), `<svg class="ties"`) {
		t.Error("what never held is drawn")
	}
	if r := w.desk("jiankao1").visit(at); r.status != http.StatusForbidden {
		t.Errorf("an invigilator: %d", r.status)
	}
}

// 登记近亲属填对方的证件号码；没有登记此人的，说明原因。
func TestATieBetweenPersonsByDocument(t *testing.T) {
	w := newWorld(t)
	staff := w.principal("kaoping4").Person
	at := "/persons/" + staff + "/ties"
	office := w.desk("kaowu")
	office.visit(at)
	if r := office.post(at, "way", "kin-from", "other", "110101199001011234", "source", "本人声明"); r.status != http.StatusUnprocessableEntity || !strings.Contains(string(r.body), "没有找到与本机构有关、持有这一证件号码的人员") {
		t.Errorf("%d", r.status)
	}
	other, err := w.Registry.Named(t.Context(), w.seats[0].Candidate)
	if err != nil {
		t.Fatal(err)
	}
	office.redirected(office.post(at, "way", "kin-from", "other", other.IDNumber, "source", "本人声明"), at)
	office.sees(at, other.Name, "近亲属")
	if strings.Contains(string(office.visit(at).body), other.IDNumber) {
		t.Error("the document number stands on the page")
	}
}

// 质量督导员在关系表单里填一个与本机构无关的人的证件号码：无论此人是否登记过，回答都一样，什么也不登记。与本机构有关的考生找得到，查找记入
// 查阅记录。
func TestTheTieFormTellsNobodyWhoIsRegistered(t *testing.T) {
	w := newWorld(t)
	elsewhere := authz.Principal{Account: "elsewhere", Roles: []authz.Role{authz.ExamOffice}, Org: "another body"}
	born := clock.Date{Year: 1983, Month: 3, Day: 3}
	number := demo.IDNumber(born, 321, engine.Female)
	_, err := w.Registry.Register(t.Context(), elsewhere, engine.Person{Name: "慕容不相干", IDType: engine.ResidentCard, IDNumber: number})
	check(t, err)
	watcher := w.desk("dudao")
	at := "/persons/" + w.principal("kaoping4").Person + "/ties"
	watcher.visit(at)
	for _, n := range []string{number, demo.IDNumber(born, 322, engine.Female)} {
		r := watcher.post(at, "way", "kin-from", "other", n, "source", "听说")
		if r.status != http.StatusUnprocessableEntity || !strings.Contains(string(r.body), "没有找到与本机构有关、持有这一证件号码的人员") || strings.Contains(string(r.body), "慕容") {
			t.Errorf("%s: %d", n, r.status)
		}
	}
	known, err := w.Registry.Named(t.Context(), w.seats[0].Candidate)
	check(t, err)
	watcher.redirected(watcher.post(at, "way", "kin-from", "other", known.IDNumber, "source", "本人声明"), at)
	rows, _, err := w.Counter.ReadingsOf(t.Context(), w.principal("dudao"), known.ID, engine.Cursor{})
	if err != nil || len(rows) != 1 || !strings.Contains(rows[0].Purpose, "登记考培分离关系") {
		t.Errorf("%+v, %v", rows, err)
	}
}
