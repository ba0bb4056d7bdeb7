package api_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/ids"
	"github.com/skillcert/skillcert/fixtures/demo"
)

func (w *world) today() clock.Date {
	return clock.DateOf(w.clock.Now(), time.FixedZone("CST", 8*60*60))
}

// 人社局在机构名录上暂停一家评价机构，公众随即看到；漏填文号的，所填内容还在；解除后公众看到备案有效。
func TestTheAuthoritySuspendsABodyOnThePage(t *testing.T) {
	w := newWorld(t)
	body := string(demo.EvaluationBody(sittingDay).ID)
	c, public := w.desk("renshe"), w.browser()
	public.sees("/bodies", "备案有效", "社会培训评价组织")
	c.sees("/bodies", "暂停或责令整改")
	r := c.post("/bodies/"+body+"/measures", "measure", "suspended", "from", w.today().String(), "reason", "场地消防不合格")
	if r.status != http.StatusUnprocessableEntity || !strings.Contains(string(r.body), "请填写决定的文号") || !strings.Contains(string(r.body), `value="场地消防不合格"`) {
		t.Errorf("%d %s", r.status, r.body)
	}
	c.redirected(c.post("/bodies/"+body+"/measures", "measure", "suspended", "from", w.today().String(), "reason", "场地消防不合格", "document", "津人社监〔2026〕3号"), "/bodies#"+body)
	public.sees("/bodies", "暂停评价业务", "津人社监〔2026〕3号", "场地消防不合格")
	office := w.desk("kaowu")
	office.visit("/office/plan")
	if r := office.post("/plans", "name", "新计划", "year", "2026", "level", "5"); r.status != http.StatusConflict || !strings.Contains(string(r.body), "不能制定或公布计划") {
		t.Errorf("%d", r.status)
	}
	if r := office.post("/bodies/"+body+"/measures", "measure", "suspended"); r.status != http.StatusForbidden {
		t.Errorf("the body orders measures: %d", r.status)
	}
	c.redirected(c.post("/bodies/"+body+"/measures/1/lifting", "on", w.today().String(), "reason", "验收合格", "document", "津人社监〔2026〕9号"), "/bodies#"+body)
	public.sees("/bodies", "备案有效")
}

// 从公告到提交：人社局发布公告，机构在网页上填报、上传、提交；缺材料的不能提交，说明缺什么；人社局看到申报并评审。
func TestASelectionOnThePages(t *testing.T) {
	w := newWorld(t)
	labour, office := w.desk("renshe"), w.desk("kaowu")
	labour.sees("/selections", "发布遴选公告", "诚信承诺书｜四（一）8")
	closes := w.today().AddDays(3).String()
	r := labour.post("/selections", "title", "征集遴选", "document", "津人社〔2026〕1号", "level", "5", "bodies", "1", "closes", closes, "materials", "申请报告｜四（一）1\n诚信承诺书｜四（一）8")
	if r.status != http.StatusSeeOther {
		t.Fatalf("%d %s", r.status, r.body)
	}
	at := r.header.Get("Location")
	office.sees(at, "开始申报")
	office.redirected(office.post(at+"/application"), at)
	office.sees(at, "填报中", "尚未提交")
	office.redirected(office.post(at+"/premises", "address", "某路1号", "leased", ""), at)
	for _, lacks := range []string{"申请报告、诚信承诺书", "请填写法定代表人和出资人"} {
		if r := office.post(at + "/submission"); r.status != http.StatusConflict || !strings.Contains(string(r.body), lacks) || !strings.Contains(string(r.body), `value="某路1号"`) {
			t.Errorf("%d without %s", r.status, lacks)
		}
	}
	r = office.post(at+"/control", "head_name", "", "head_number", "12", "owner2_name", "津康健康集团", "owner2_number", "9112", "owner2_percent", "一半")
	for _, said := range []string{"未填写", "请填写正确的18位居民身份证号码", "出资比例为1至100的整数", "请填写18位的居民身份证号码或统一社会信用代码", `value="津康健康集团"`, `value="某路1号"`} {
		if !strings.Contains(string(r.body), said) {
			t.Errorf("%d without %s", r.status, said)
		}
	}
	number := demo.IDNumber(clock.Date{Year: 1980, Month: 2, Day: 1}, 311, engine.Male)
	office.redirected(office.post(at+"/control", "head_name", "司马明", "head_number", number, "owner2_name", "津康健康集团", "owner2_number", "91120000ma0600060a", "owner2_percent", "60"), at)
	office.sees(at, `value="`+engine.MaskID(number)+`"`, `name="owner1_percent" type="text" value="60"`, "由申报机构填写场地、法定代表人和出资人")
	if strings.Contains(office.last, number) {
		t.Error("the number is shown in clear to the body that said it")
	}
	// 号码遮盖着原样保存的，仍是原来的号码；遮盖的号码配上别的姓名，不算。
	office.redirected(office.post(at+"/control", "head_name", "司马明", "head_number", engine.MaskID(number), "owner2_name", "津康健康集团", "owner2_number", "91120000MA0600060A", "owner2_percent", "70"), at)
	if r := office.post(at+"/control", "head_name", "闻人澄", "head_number", engine.MaskID(number)); r.status != http.StatusUnprocessableEntity {
		t.Errorf("a masked number of somebody else: %d", r.status)
	}
	for _, key := range []string{"report", "promise"} {
		office.visit(at)
		office.redirected(office.upload(at+"/materials/"+key, key+".pdf", []byte("%PDF-1.7")), at)
	}
	office.redirected(office.post(at+"/submission"), at)
	body := string(demo.EvaluationBody(sittingDay).ID)
	labour.sees(at, "已提交", "记录评审意见", "promise.pdf", "司马明", "津康健康集团", engine.MaskID(number), "由医疗保障部门或人力资源和社会保障部门的一人评审")
	if strings.Contains(string(labour.visit(at).body), number) {
		t.Error("the number is shown in clear")
	}
	labour.sees("/selections", "由医疗保障部门或人力资源和社会保障部门的一人评审")
	if got := labour.visit(at + "/" + body + "/promise"); string(got.body) != "%PDF-1.7" || !strings.HasPrefix(got.header.Get("Content-Disposition"), "attachment") {
		t.Errorf("%q %v", got.body, got.header)
	}
	if r := labour.post(at+"/"+body+"/review", "reason", ""); r.status != http.StatusUnprocessableEntity || !strings.Contains(string(r.body), "请选择意见") ||
		!strings.Contains(string(r.body), "请填写，不超过500个字") {
		t.Errorf("%d", r.status)
	}
	labour.redirected(labour.post(at+"/"+body+"/review", "for", "yes", "reason", "符合"), at)
	if r := labour.post(at+"/"+body+"/decision", "for", "yes", "reason", "符合"); r.status != http.StatusConflict || !strings.Contains(string(r.body), "请在截止后再作决定") {
		t.Errorf("decided while others may apply: %d", r.status)
	}
	w.clock.Advance(4 * 24 * time.Hour)
	labour = w.desk("renshe")
	labour.visit(at)
	if r := labour.post(at+"/"+body+"/decision", "for", "yes", "reason", "符合"); r.status != http.StatusForbidden {
		t.Errorf("who reviewed decides: %d", r.status)
	}
}

// 人社局在网页上备案机构：信用代码校验位不符的，先提醒核对，勾选已核对后才收；填错的逐项说明，所填内容还在；备案后名录里就有；
// 续备案带出原来的内容。外省的机构不归本局办，考务员不能办。
func TestTheAuthorityFilesABodyOnThePage(t *testing.T) {
	w := newWorld(t)
	c := w.desk("renshe")
	c.sees("/bodies", "/bodies/filing")
	c.sees("/bodies/filing", "评价机构", "4-14-01-03")
	fields := []string{"kind", "evaluation", "name", "滨海技能评价中心", "credit_code", "91120000MYYYYYY1XX", "category", "social", "number", "S000012008888", "occupation", "4-14-01-03",
		"level", "5", "level", "4", "capacity", "500", "from", "2026-01-01", "to", "2029-01-01", "region", "120116"}
	r := c.post("/bodies/filing", append(fields, "checked", "on")...)
	if r.status != http.StatusUnprocessableEntity || !strings.Contains(string(r.body), "请填写法定代表人的证件号码") {
		t.Errorf("without a representative: %d %s", r.status, text(r.body))
	}
	head := demo.IDNumber(clock.Date{Year: 1980, Month: 2, Day: 1}, 311, engine.Male)
	behind := []string{"head_name", "司马明", "head_number", head, "owner1_name", "津康健康集团", "owner1_number", "91120000MA0600060A", "owner1_percent", "60"}
	fields = append(fields, behind...)
	r = c.post("/bodies/filing", fields...)
	if r.status != http.StatusUnprocessableEntity || !strings.Contains(string(r.body), "已核对证照") || !strings.Contains(string(r.body), `value="滨海技能评价中心"`) {
		t.Errorf("%d %s", r.status, text(r.body))
	}
	if r = c.post("/bodies/filing", append(fields, "checked", "on")...); r.status != http.StatusSeeOther {
		t.Fatalf("%d %s", r.status, text(r.body))
	}
	at := strings.TrimPrefix(r.header.Get("Location"), "/bodies#")
	w.browser().sees("/bodies", "滨海技能评价中心", "S000012008888", "校验位不符")
	c.sees("/bodies/"+at+"/ties", "司马明", "机构备案材料中的出资人：津康健康集团", "60%")
	c.sees("/bodies/filing?org="+at, `value="S000012008888"`, `value="500"`, "更新备案")
	r = c.post("/bodies/filing", "kind", "evaluation", "name", "", "credit_code", "123", "capacity", "很多", "from", "2026年", "org", at, "head_name", "司马明", "owner1_percent", "101")
	for _, said := range []string{"年度评价人数请只写数字", "请填写日期", "缺少名称或名称过长", "统一社会信用代码应为18位", "备案号应为Y或S和12位数字", "备案等级不正确", "请填写正确的18位居民身份证号码", "出资比例为1至100的整数"} {
		if r.status != http.StatusUnprocessableEntity || !strings.Contains(string(r.body), said) {
			t.Errorf("%d without %s", r.status, said)
		}
	}
	again := append([]string{"org", at}, fields[:len(fields)-len(behind)]...)
	c.redirected(c.post("/bodies/filing", append(again, "checked", "on")...), "/bodies#"+at)
	c.sees("/bodies/"+at+"/ties", "60%")
	c.redirected(c.post("/bodies/filing", "kind", "training", "name", "滨海培训学校", "credit_code", "91350100M000100Y43", "head_name", "司马明", "head_number", head), "/bodies#"+string(engine.OrgID(ids.Derive("org", "91350100M000100Y43"))))
	w.browser().sees("/bodies", "滨海培训学校")
	if r = w.desk("kaowu").post("/bodies/filing", fields...); r.status != http.StatusForbidden {
		t.Errorf("an exam office files: %d", r.status)
	}
}
