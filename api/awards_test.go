package api_test

import (
	"bytes"
	"net/http"
	"strings"
	"testing"

	"github.com/skillcert/skillcert/api"
	"github.com/skillcert/skillcert/certs"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/accounts"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/fixtures/demo"
)

// prizeOf is the form of a prize of the candidate at a seat, with what is given put over it.
func (w *world) prizeOf(seat int, other ...string) []string {
	w.Helper()
	p, err := w.Registry.Named(w.Context(), w.seats[seat].Candidate)
	check(w, err)
	return append([]string{"id_type", string(p.IDType), "id_number", p.IDNumber, "contest", "照护技能大赛", "class", "city-2", "year", "2026", "place", "6", "of", "40",
		"group", "student", "holds", "0", "holds_no", "", "evidence", "获奖通报第3号"}, other...)
}

// bureau makes a sign-in of the labour authority, which acts for no body.
func (w *world) bureau() string { return w.bureauOf(demo.Province, "renshe-shi") }

func (w *world) bureauOf(province, login string) string {
	w.Helper()
	person, err := w.Registry.Register(w.Context(), operator(), engine.Person{Name: "任时", IDType: engine.OtherDoc, IDNumber: "RS00001",
		Born: clock.Date{Year: 1980, Month: 1, Day: 2}, Sex: engine.Female})
	check(w, err)
	_, err = w.Gate.Create(w.Context(), operator(), accounts.New{Login: login, Password: demo.Password, Name: "任时", Person: person.ID,
		Roles: []authz.Role{authz.Labour}, Province: province})
	check(w, err)
	return login
}

// registrarWho makes a sign-in of a registrar of the body who is the person.
func (w *world) registrarWho(p engine.PersonID) string {
	w.Helper()
	of, login := w.principal("zhengshu"), "zhengshu-"+string(p)[:6]
	_, err := w.Gate.Create(w.Context(), operator(), accounts.New{Login: login, Password: demo.Password, Name: "本人", Person: p,
		Roles: of.Roles, Org: engine.OrgID(of.Org), OrgKind: engine.EvaluationBody})
	check(w, err)
	return login
}

// awardOf is the one award of the body whose contest's name is given.
func (w *world) awardOf(contest string) *certs.Award {
	w.Helper()
	by := w.principal("zhengshu")
	all, _, err := w.Issuer.AwardsOf(w.Context(), by, engine.OrgID(by.Org), cursor)
	check(w, err)
	for _, a := range all {
		if a.Contest == contest {
			return a
		}
	}
	w.Fatalf("no award %s among %d", contest, len(all))
	return nil
}

// TestAPrizeBecomesACertificate: one person enters, another confirms, the certificate is issued and says its ground.
func TestAPrizeBecomesACertificate(t *testing.T) {
	w := newWorld(t)
	c := w.desk("zhengshu")
	c.sees("/awards", "还没有登记的竞赛获奖", "市级二类或区级竞赛", "前 6 名", "样例，未核对原文", "须裁定", "公共服务网知识库")
	c.press("/awards", w.prizeOf(0, "place", "41", "holds", "5", "evidence", "")...)
	c.says("名次应在1至参赛人数之间", "请填写已持有证书的编号", "依据1至", `value="照护技能大赛"`, `value="41"`)
	c.post("/awards", w.prizeOf(0, "id_number", "120101199001010017")...)
	c.says("没有登记此证件号码的人员", `id="e-id_number"`)
	c.post("/awards", w.prizeOf(0, "id_number", "1201011990")...)
	c.says("身份证号码不正确", `id="e-id_number"`)
	c.post("/awards", w.prizeOf(0, "place", "six")...)
	c.says("名次请只写数字，不要写汉字、单位和符号")
	c.post("/awards", w.prizeOf(0, "holds", "256")...)
	c.says(`id="e-holds"`)
	c.post("/awards", w.prizeOf(0, "place", "7")...)
	c.says("没有适用的竞赛晋升规定")
	if r := c.post("/awards", w.prizeOf(0, "state", "granted")...); r.status == http.StatusSeeOther {
		t.Error("a form chose the state of its award")
	}
	c.sees("/awards", "还没有登记的竞赛获奖")

	r := c.press("/awards", w.prizeOf(0)...)
	a := w.awardOf("照护技能大赛")
	at := "/awards/" + a.ID
	c.redirected(r, "/awards#"+a.ID)
	c.sees("/awards", "待确认（1）", "𠮷永安", "四级", "由您录入", "获奖通报第3号", "等待另一人确认")
	c.lacks(`action="`+at, "获奖通报第3号 ")
	if r := c.post(at+"/confirmation", "seen", a.Seen().Mark); r.status != http.StatusForbidden {
		t.Errorf("one person enters and confirms: %d", r.status)
	}
	c.says("竞赛获奖须由录入人以外的另一人决定")
	c.lacks("撤销须由")
	if r := c.post(at + "/certificate"); r.status != http.StatusConflict {
		t.Errorf("issued before it is confirmed: %d", r.status)
	}
	c.post("/awards", w.prizeOf(0, "contest", "另一个竞赛")...)
	c.says("每人每年只能通过竞赛晋升一次")

	c.visit("/preferences?lang=en&back=/awards")
	c.post("/awards", w.prizeOf(0, "holds", "4", "holds_no", "4", "evidence", "")...)
	c.says("The number of a certificate of the level held", "in 1 to 300 characters", `maxlength="300"`)
	c.lacks(`<span lang="zh-CN">`, "已持有证书的编号")
	c.visit("/preferences?lang=zh&back=/awards")

	supervisor := w.desk("dudao")
	supervisor.visit("/awards")
	if r := supervisor.press(at+"/refusal", "seen", a.Seen().Mark, "reason", " "); r.status != http.StatusUnprocessableEntity {
		t.Errorf("refused without a reason: %d", r.status)
	}
	if r := supervisor.press(at + "/confirmation"); r.status != http.StatusConflict {
		t.Errorf("confirmed without having been seen: %d", r.status)
	}
	supervisor.sees("/awards", `name="seen" value="`+a.Seen().Mark+`"`)
	supervisor.redirected(supervisor.press(at+"/confirmation", "seen", a.Seen().Mark), "/awards#"+a.ID)
	supervisor.sees("/awards", "可以发证（1）", "（dudao）", "已确认 𠮷永安 的获奖")
	supervisor.lacks(`action="` + at)

	own := w.desk(w.registrarWho(w.seats[0].Candidate))
	own.sees("/awards", "可以发证（1）", "获奖人是您本人")
	own.lacks(`action="` + at)
	if r := own.post(at + "/certificate"); r.status != http.StatusForbidden {
		t.Errorf("issued by who won it: %d", r.status)
	}
	c.sees("/awards", "此人没有登记照片")
	r = c.press(at + "/certificate")
	cert := w.certificateOf("𠮷永安")
	page := "/certificates/" + string(cert.Number)
	c.redirected(r, page)
	c.redirected(c.post(at+"/certificate"), page) // twice is harmless
	if cert.Level != engine.Level4 || cert.Session != "" {
		t.Errorf("certificate %+v", cert)
	}
	c.sees(page, "竞赛晋升", `href="/awards#`+a.ID+`"`, "证书有效", page+"/card.pdf")
	c.lacks("/sessions//")
	own.sees(page, "这是您本人的证书", "证书有效")
	own.lacks(`action="` + page)
	if r := own.post(page+"/motion", "grounds", "遗失", "evidence", "单"); r.status != http.StatusForbidden {
		t.Errorf("moved against by its holder: %d", r.status)
	}
	own.says("您本人的证书、成绩和获奖，须由其他人办理")
	c.sees("/awards", "已发证（1）", `href="`+page+`"`)
	c.lacks("此人没有登记照片")
	c.lacks(`action="` + at)
	c.sees("/certificates", page, `href="/awards"`, `href="/layouts"`)
	if rows := c.rows(c.raw("GET", "/certificates.xlsx", "", nil), "证书编号"); len(rows) != 1 {
		t.Errorf("%d rows in the export", len(rows))
	}
	if r := c.raw("GET", page+"/card.pdf", "", nil); r.status != http.StatusOK || !bytes.HasPrefix(r.body, []byte("%PDF")) {
		t.Errorf("card: %d", r.status)
	}
	person, err := w.Registry.Named(t.Context(), w.seats[0].Candidate)
	check(t, err)
	c.visit("/certificates")
	r = c.press("/certificates/national-upload", "from", "2026-11-01", "to", "2026-11-30")
	if rows := c.rows(r, "姓名", "证件号码", "证书编号", "所在单位"); len(rows) != 1 || rows[0].Get("证书编号") != string(cert.Number) ||
		rows[0].Get("证件号码") != person.IDNumber || rows[0].Get("所在单位") != "其他" {
		t.Errorf("upload of the month %v", rows)
	}
	c.sees("/awards", "上报表的导出记录", "（dudao）")
	c.visit(page)
	c.redirected(c.press(page+"/editions", "kind", "reissued", "version", "1", "grounds", "遗失", "evidence", "申请表"), page)
}

// TestAPrizeBeyondTheLevelsIsRuledOn: nobody but the authority says which level stands in for one that there is not.
func TestAPrizeBeyondTheLevelsIsRuledOn(t *testing.T) {
	w := newWorld(t)
	c, labour := w.desk("zhengshu"), w.desk(w.bureau())
	c.visit("/awards")
	c.press("/awards", w.prizeOf(0, "contest", "一类大赛", "class", "city-1", "place", "1", "group", "worker", "holds", "4", "holds_no", "S000012009999244000001")...)
	a := w.awardOf("一类大赛")
	at, org := "/awards/"+a.ID, string(a.Org)
	c.sees("/awards", "待裁定（1）", "没有对应的等级", "人力资源和社会保障局裁定", "等待主管部门裁定")
	supervisor := w.desk("dudao")
	supervisor.sees("/awards", "待裁定（1）")
	supervisor.lacks(`action="` + at)
	if r := supervisor.post(at+"/ruling", "seen", a.Seen().Mark, "to", "3", "reason", "按高级颁发"); r.status != http.StatusForbidden {
		t.Errorf("the supervisor rules: %d", r.status)
	}
	if r := c.post(at + "/certificate"); r.status != http.StatusConflict {
		t.Errorf("issued while it is held: %d", r.status)
	}
	labour.sees("/awards", "请选择", `value="`+org+`"`)
	labour.sees("/awards?org="+org, "待裁定（1）", `<option value="3">`)
	labour.lacks(`<option value="5">`, `<option value="4">`)
	form := at + "/ruling?org=" + org
	foreign := w.desk(w.bureauOf("50", "renshe-yu"))
	foreign.sees("/awards?org="+org, "待裁定（1）")
	foreign.lacks(`action="` + at)
	if r := foreign.post(form, "seen", a.Seen().Mark, "to", "3", "reason", "裁定"); r.status != http.StatusForbidden {
		t.Errorf("an authority of another province rules: %d", r.status)
	}
	foreign.says("主管部门只能对本省机构的事项作出决定")
	for _, to := range []string{"", "4", "256", "1"} {
		if r := labour.press(form, "seen", a.Seen().Mark, "to", to, "reason", "裁定"); r.status == http.StatusSeeOther {
			t.Errorf("ruled for level %q", to)
		}
		labour.says("裁定的等级应高于")
	}
	labour.redirected(labour.press(form, "seen", a.Seen().Mark, "to", "3", "reason", "按高级颁发"), "/awards?org="+org+"#"+a.ID)
	labour.sees("/awards?org="+org, "可以发证（1）", "按高级颁发")
	c.visit("/awards")
	c.press(at + "/certificate")
	if got := w.certificateOf("𠮷永安"); got.Level != engine.Level3 {
		t.Errorf("certified for %v", got.Level)
	}
}

func TestAwardsOverHTTP(t *testing.T) {
	w := newWorld(t)
	c, supervisor, labour := w.as("zhengshu"), w.as("dudao"), w.as(w.bureau())
	person, err := w.Registry.Named(t.Context(), w.seats[0].Candidate)
	check(t, err)
	var rules []api.ContestRule
	if c.json("GET", v1+"/awards/rules", nil, &rules); len(rules) != 8 || rules[0].To != 0 || rules[0].Verified || rules[0].Document == "" {
		t.Errorf("rules %+v", rules)
	}
	in := api.AwardEntry{IDNumber: person.IDNumber, Year: 2026, Contest: "照护技能大赛", Class: "city-2", Place: 6, Of: 40, Group: "student", Evidence: "通报"}
	for name, edit := range map[string]func(*api.AwardEntry){
		"nobody": func(e *api.AwardEntry) { e.IDNumber = "120101199001010017" },
		"place":  func(e *api.AwardEntry) { e.Place = -1 },
		"level":  func(e *api.AwardEntry) { e.Holds = -5 },
		"wraps":  func(e *api.AwardEntry) { e.Holds = 261 },
		"year":   func(e *api.AwardEntry) { e.Year = 2024 },
	} {
		bad := in
		edit(&bad)
		if r := c.send("POST", v1+"/awards", bad); r.status != http.StatusUnprocessableEntity || len(r.problem().Fields) == 0 {
			t.Errorf("%s: %d %s", name, r.status, r.body)
		}
	}
	var a, again api.Award
	c.json("POST", v1+"/awards", in, &a)
	c.json("POST", v1+"/awards", in, &again)
	if a != again || a.To != engine.Level4 || a.State != certs.AwardEntered || a.Name != person.Name || strings.Contains(a.IDMasked, person.IDNumber[6:14]) {
		t.Errorf("entered %+v, again %+v", a, again)
	}
	at := v1 + "/awards/" + a.ID
	for _, s := range []struct {
		by     *client
		path   string
		body   any
		status int
		code   string
	}{
		{c, "/confirmation", api.AwardConfirmation{Seen: a.Mark}, http.StatusForbidden, "award.oneself"},
		{c, "/certificate", nil, http.StatusConflict, "award.state"},
		{labour, "/ruling", api.AwardRuling{Seen: a.Mark, To: 3, Reason: "裁定"}, http.StatusConflict, "award.state"},
		{supervisor, "/refusal", api.AwardRefusal{Seen: a.Mark}, http.StatusUnprocessableEntity, "certificate.reason"},
		{supervisor, "/confirmation", api.AwardConfirmation{Seen: "x"}, http.StatusConflict, "store.stale"},
		{supervisor, "/refusal", api.AwardRefusal{Seen: "x", Reason: "不实"}, http.StatusConflict, "store.stale"},
		{supervisor, "/confirmation", api.AwardConfirmation{Seen: a.Mark}, http.StatusOK, ""},
		{supervisor, "/refusal", api.AwardRefusal{Seen: a.Mark, Reason: "不实"}, http.StatusConflict, "award.state"},
		{supervisor, "/certificate", nil, http.StatusForbidden, "authz.forbidden"},
	} {
		r := s.by.send("POST", at+s.path, s.body)
		if r.status != s.status || s.code != "" && r.problem().Code != s.code {
			t.Errorf("%s: %d %s", s.path, r.status, r.body)
		}
	}
	var rec api.CertificateRecord
	c.json("POST", at+"/certificate", nil, &rec)
	var list api.AwardPage
	if c.json("GET", v1+"/awards", nil, &list); len(list.Awards) != 1 || list.Awards[0].Certificate != rec.Number || rec.State != certs.Valid {
		t.Errorf("list %+v of %+v", list, rec)
	}
	if r := c.send("GET", v1+"/certificates/"+string(rec.Number)+"/card", nil); r.status != http.StatusOK || r.header.Get("Content-Type") != "application/pdf" {
		t.Errorf("card: %d", r.status)
	}
	if labour.json("GET", v1+"/awards", nil, &list); len(list.Awards) != 0 {
		t.Errorf("awards of no body: %+v", list)
	}
	if r := c.send("POST", v1+"/awards/nobody/confirmation", api.AwardConfirmation{Seen: a.Mark}); r.status != http.StatusNotFound {
		t.Errorf("an award that there is not: %d", r.status)
	}
}
