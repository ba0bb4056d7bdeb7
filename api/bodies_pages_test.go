package api_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/skillcert/skillcert/engine/clock"
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
	if r := office.post(at + "/submission"); r.status != http.StatusConflict || !strings.Contains(string(r.body), "申请报告、诚信承诺书") {
		t.Errorf("%d", r.status)
	}
	for _, key := range []string{"report", "promise"} {
		office.visit(at)
		office.redirected(office.upload(at+"/materials/"+key, key+".pdf", []byte("%PDF-1.7")), at)
	}
	office.redirected(office.post(at+"/submission"), at)
	body := string(demo.EvaluationBody(sittingDay).ID)
	labour.sees(at, "已提交", "记录评审意见", "promise.pdf")
	if got := labour.visit(at + "/" + body + "/promise"); string(got.body) != "%PDF-1.7" || !strings.HasPrefix(got.header.Get("Content-Disposition"), "attachment") {
		t.Errorf("%q %v", got.body, got.header)
	}
	if r := labour.post(at+"/"+body+"/review", "reason", "符合"); r.status != http.StatusUnprocessableEntity || !strings.Contains(string(r.body), "请选择意见") {
		t.Errorf("%d", r.status)
	}
	labour.redirected(labour.post(at+"/"+body+"/review", "for", "yes", "reason", "符合"), at)
	if r := labour.post(at+"/"+body+"/decision", "for", "yes", "reason", "符合"); r.status != http.StatusForbidden {
		t.Errorf("who reviewed decides: %d", r.status)
	}
}
