package api_test

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/skillcert/skillcert/api"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/training"
	sheet "github.com/skillcert/skillcert/questionbank/exchange/table"
)

func annexFile(t *testing.T, a training.Annex, rows ...string) []byte {
	t.Helper()
	cells := [][]string{training.ListExample(a)}
	for _, r := range rows {
		cells = append(cells, strings.Split(r, "|"))
	}
	data, err := sheet.WriteXLSX(training.ListColumns(a), cells)
	check(t, err)
	return data
}

const (
	listedSchool = "1|河西区|津慈职业培训学校|民办培训机构|91120000MYYYYYY28C|长期照护师|初级、中级|某路1号|某某、022-00000000"
	listedCourse = "1|河西区|照护师初级第一期|线下|长期照护师|初级|120|其他培训|2026年9月|津慈职业培训学校|某路1号|某某、022-00000000"
)

// 人社局在网页上导入机构目录和项目目录（先预览，再登记），单个登记一家、退出一家；没有账号的人在公示名单上都看得到，改不了。
func TestTheAuthorityKeepsThePublicListOnThePages(t *testing.T) {
	w := newWorld(t)
	c := w.desk("renshe")
	c.sees("/training-list", "导入名单", "没有符合的机构")
	upload := func(annex, name string, data []byte) reply {
		c.visit("/training-list")
		return c.uploadWith("/training-list/preview", name, data, []string{"annex", annex, "source", "津人社公示〔2026〕1号", "published", "2026-03-01"})
	}
	bodies := annexFile(t, training.BodyList, listedSchool, "2|河西区|某学校|培训公司|123|长期照护师|初级|某路|某某")
	r := upload("6", "机构.xlsx", bodies)
	for _, want := range []string{"登记这 1 行", "D4", "民办培训机构、职业院校", "E4"} {
		if !strings.Contains(string(r.body), want) {
			t.Errorf("the preview does not say %s: %d", want, r.status)
		}
	}
	c.sees("/training-list", "没有符合的机构")
	commit := func(annex string, data []byte) {
		r := c.post("/training-list/import", "annex", annex, "source", "津人社公示〔2026〕1号", "published", "2026-03-01", "name", "x.xlsx", "data",
			base64.StdEncoding.EncodeToString(data))
		if r.status != http.StatusOK || !strings.Contains(string(r.body), "已登记 1 行") {
			t.Fatalf("%d %s", r.status, r.body)
		}
	}
	commit("6", bodies)
	commit("5", annexFile(t, training.ProjectList, listedCourse))
	at := "/training-list/bodies/" + training.ListingID("12", "91120000MYYYYYY28C")
	c.visit("/training-list")
	r = c.post(at+"/withdrawal", "project", "0", "on", "2026-03-02", "reason", "")
	if r.status != http.StatusUnprocessableEntity || !strings.Contains(string(r.body), `value="2026-03-02"`) {
		t.Errorf("without a reason: %d", r.status)
	}
	c.visit("/training-list")
	c.redirected(c.post("/training-list/bodies", "name", "津护职业学院", "credit_code", "91350100M000100Y43", "district", "南开区", "sort", "职业院校", "occupations",
		"长期照护师", "level", "5", "level", "3", "address", "某路2号", "contact", "某某", "source", "津人社公示〔2026〕2号", "published", "2026-03-01"),
		"/training-list#"+training.ListingID("12", "91350100M000100Y43"))
	public := w.browser()
	public.sees("/training-list?province=12", "津慈职业培训学校", "照护师初级第一期", "五级／初级工 <span class=\"num\">120课时", "津护职业学院", "津人社公示〔2026〕1号")
	c.visit("/training-list")
	c.redirected(c.post(at+"/withdrawal", "project", "0", "on", "2026-03-02", "reason", "停止办学"), "/training-list#"+strings.TrimPrefix(at, "/training-list/bodies/"))
	public.sees("/training-list?province=12", "自 2026-03-02 起退出名单", "停止办学")
	if page := string(public.visit("/training-list?province=12&q=南开").body); strings.Contains(page, "津慈") || !strings.Contains(page, "津护") || strings.Contains(page, "导入名单") {
		t.Error("searching shows another body, or the public is offered the import")
	}
	if r := public.post(at+"/withdrawal", "project", "0", "on", "2026-03-02", "reason", "x"); r.status == http.StatusSeeOther && r.header.Get("Location") == at {
		t.Errorf("anybody withdraws: %d", r.status)
	}
}

// 接口：公示名单人人可读；登记、导入、退出只限人社局；错误一次说全。
func TestThePublicListByJSON(t *testing.T) {
	w := newWorld(t)
	c := w.as("renshe")
	day := api.Day(clock.Date{Year: 2026, Month: 3, Day: 1})
	pub := api.Published{Source: "津人社公示〔2026〕1号", Published: day}
	entry := api.ListedBodyEntry{District: "河西区", Name: "津慈职业培训学校", Sort: "民办培训机构", CreditCode: "91120000MYYYYYY28C", Occupations: []string{"长期照护师"},
		Levels: []int{5, 4}, Address: "某路1号", Contact: "某某", Published: pub}
	var got api.ListedBody
	c.script("POST", "/api/v1/training/list/bodies", entry, &got)
	c.script("POST", "/api/v1/training/list/bodies/"+got.ID+"/projects", api.ListedProjectEntry{District: "河西区", Name: "第一期", Mode: "线下", Occupation: "长期照护师", Level: 5,
		Hours: 120, Program: "其他培训", Planned: "2026年9月", Address: "某路1号", Contact: "某某", Published: pub}, &got)
	var all []api.ListedBody
	w.browser().script("GET", "/api/v1/training/list/12", nil, &all)
	if len(all) != 1 || len(all[0].Projects) != 1 || all[0].Projects[0].Hours != 120 || !all[0].CreditCodeFits || all[0].Withdrawn != nil {
		t.Fatalf("%+v", all)
	}
	if p := c.send("POST", "/api/v1/training/list/bodies", api.ListedBodyEntry{CreditCode: "1"}).problem(); p.Code != training.ErrList.Code || len(p.Fields) != 10 {
		t.Errorf("%+v", p)
	}
	var plan api.ListImport
	check(t, json.Unmarshal(c.uploadWith("/api/v1/training/list/preview", "x.xlsx", annexFile(t, training.BodyList, listedSchool),
		[]string{"annex", "6", "source", "津人社公示〔2026〕2号", "published", "2026-03-02"}).body, &plan))
	if len(plan.Rows) != 1 || plan.Rows[0].Step != training.ListChange || len(plan.Broken) != 0 {
		t.Errorf("%+v", plan)
	}
	c.script("POST", "/api/v1/training/list/bodies/"+got.ID+"/withdrawal", api.WithdrawalEntry{Project: 1, Withdrawn: api.Withdrawn{On: day, Reason: "停开"}}, &got)
	if got.Withdrawn != nil || got.Projects[0].Withdrawn == nil || got.Projects[0].Withdrawn.Reason != "停开" {
		t.Errorf("%+v", got)
	}
	for _, login := range []string{"kaowu", "guanli"} {
		if r := w.as(login).send("POST", "/api/v1/training/list/bodies", entry); r.status != http.StatusForbidden {
			t.Errorf("%s lists a body: %d", login, r.status)
		}
	}
}
