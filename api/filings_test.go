package api_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/skillcert/skillcert/api"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/fixtures/demo"
)

// TestAFurtherFilingOverHTTP: what overlaps is refused in words, what succeeds is kept beside the old one, and both stay readable.
// 人社局通过接口续备案：重叠的拒绝并说明怎么办；写明代替的，两项都在记录里；终止一项，外省和考务员不能办。
func TestAFurtherFilingOverHTTP(t *testing.T) {
	w := newWorld(t)
	labour, at := w.as("renshe"), v1+"/organisations/tj-jinheng"
	next := doc{"number": "S000012009998", "occupation": "4-14-01-03", "levels": []int{5, 4, 3}, "capacity": 500, "from": "2028-01-01", "to": "2031-01-01", "document": "津人社〔2027〕8号"}
	labour.refused("POST", at+"/filings", next, http.StatusConflict, "org.filing_overlap")
	labour.refused("POST", at+"/filings", next.with(doc{"document": "", "capacity": 0}), http.StatusUnprocessableEntity, "org.filing_invalid")
	w.as("kaowu").refused("POST", at+"/filings", next, http.StatusForbidden, "authz.forbidden")
	var o api.Organisation
	for range 2 {
		labour.json("POST", at+"/filings", next.with(doc{"succeeds": true}), &o)
	}
	if len(o.Filings) != 2 || o.Filing.Number != "S000012009998" || o.Filings[0].Ended == nil || o.Filings[0].Ended.On != api.Day(clock.Date{Year: 2028, Month: 1, Day: 1}) ||
		o.Filings[1].No != 2 || !o.Filings[1].Succeeds || !slices.Equal(o.Filings[1].Levels, []int{5, 4, 3}) {
		t.Fatalf("%+v", o)
	}
	end := doc{"on": "2029-06-01", "reason": "机构申请注销", "document": "津人社〔2029〕3号"}
	labour.refused("POST", at+"/filings/1/ending", end, http.StatusConflict, "org.filing_over")
	labour.refused("POST", at+"/filings/x/ending", end, http.StatusNotFound, "org.filing_not_found")
	labour.refused("POST", at+"/filings/2/ending", end.with(doc{"reason": ""}), http.StatusUnprocessableEntity, "org.filing_invalid")
	w.as("kaowu").refused("POST", at+"/filings/2/ending", end, http.StatusForbidden, "authz.forbidden")
	labour.json("POST", at+"/filings/2/ending", end, &o)
	if e := o.Filings[1].Ended; e == nil || e.Document != "津人社〔2029〕3号" {
		t.Errorf("%+v", o.Filings[1])
	}
}

// 人社局在网页上给机构再备案一项、终止一项：填错的逐项说明，所填内容还在；重叠的说明与第几项重叠；公众看得到全部备案，没有表格；
// 名录只列有效的。
func TestTheAuthorityKeepsFilingsOnThePage(t *testing.T) {
	w := newWorld(t)
	c, at := w.desk("renshe"), "/bodies/tj-jinheng/filings"
	c.sees("/bodies", at, "全部备案（1 项")
	c.sees(at, "S000012009999", "添加一项备案", "终止此项备案")
	r := c.post(at, "number", "S1", "occupation", "4-14-01-03", "capacity", "很多", "from", "2028年", "to", "2031-01-01", "document", "")
	for _, said := range []string{"年度评价人数请只写数字", "请填写日期", "备案号应为Y或S和12位数字", "备案等级不正确", "请填写决定的文号", `value="S1"`} {
		if r.status != http.StatusUnprocessableEntity || !strings.Contains(string(r.body), said) {
			t.Errorf("%d without %s", r.status, said)
		}
	}
	right := []string{"number", "S000012009998", "occupation", "4-14-01-03", "level", "5", "level", "4", "capacity", "500", "from", "2028-01-01", "to", "2031-01-01", "document", "津人社〔2027〕8号"}
	if r = c.post(at, right...); r.status != http.StatusConflict || !strings.Contains(string(r.body), "与第1项备案（S000012009999") || !strings.Contains(string(r.body), `value="津人社〔2027〕8号"`) {
		t.Errorf("%d %s", r.status, text(r.body))
	}
	c.redirected(c.post(at, append(right, "succeeds", "on")...), at)
	c.sees(at, "S000012009998", "自 2028-01-01 起生效", "由第2项备案代替", "津人社〔2027〕8号")
	if r = c.post(at+"/2/ending", "on", "2027-01-01", "reason", "注销", "document", "文"); r.status != http.StatusUnprocessableEntity || !strings.Contains(string(r.body), "不能早于备案开始的 2028-01-01") {
		t.Errorf("%d %s", r.status, text(r.body))
	}
	c.redirected(c.post(at+"/2/ending", "on", "2029-06-01", "reason", "机构申请注销", "document", "津人社〔2029〕3号"), at)
	public := w.browser()
	public.sees(at, "机构申请注销", "2029-06-01")
	if r = public.visit(at); strings.Contains(string(r.body), "<form method=\"post\" action=\"/bodies") {
		t.Error("the public has a form")
	}
	public.sees("/bodies", "S000012009999", "全部备案（2 项")
	if r = public.visit("/bodies"); strings.Contains(string(r.body), "S000012009998") {
		t.Error("a filing that does not hold yet is in the directory")
	}
	if r = w.desk("kaowu").post(at, right...); r.status != http.StatusForbidden {
		t.Errorf("an exam office: %d", r.status)
	}
	if r = public.visit("/bodies/" + string(demo.TrainingBody().ID) + "/filings"); r.status != http.StatusNotFound {
		t.Errorf("of a training body: %d", r.status)
	}
}
