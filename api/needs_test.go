package api_test

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/skillcert/skillcert/api"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/training"
	"github.com/skillcert/skillcert/fixtures/demo"
	sheet "github.com/skillcert/skillcert/questionbank/exchange/table"
)

func needFile(t *testing.T) []byte {
	t.Helper()
	data, err := sheet.WriteXLSX(training.NeedColumns(training.InstitutionNeeds), [][]string{training.NeedExample(training.InstitutionNeeds),
		{"1", "河西区", "某养老院", "甲员工", "46", "企业职工", "长期照护师", "初级", "其他培训", "2026年3月", "13800000001"},
		{"2", "河西区", "某养老院", "乙员工", "46", "企业职工", "长期照护师", "初级", "其他培训", "2026年3月", "13800000002"}})
	check(t, err)
	return data
}

// 培训机构在网页上导入附件3（先预览），给一人补登证件，从清单办理入班，没有证件的一人保留为需求并写明；电话、证件号码遮住；导出留下记录；考务员看不到。
func TestATrainerEnrolsFromAListOnThePages(t *testing.T) {
	w := newWorld(t)
	w.openSchool()
	c := w.desk("peixun")
	class := strings.TrimPrefix(classOnThePage(c), "/training/classes/")
	c.sees("/training", "培训需求清单")
	c.visit("/training/needs")
	r := c.uploadWith("/training/needs/preview", "附件3.xlsx", needFile(t), []string{"annex", "3", "filler", "河西区民政局"})
	if r.status != http.StatusOK || !strings.Contains(string(r.body), "登记这 2 行") || !strings.Contains(string(r.body), "没有证件号码，只作为培训需求保留") {
		t.Fatalf("%d %s", r.status, r.body)
	}
	c.sees("/training/needs", "还没有需求清单")
	r = c.post("/training/needs/import", "annex", "3", "filler", "河西区民政局", "name", "附件3.xlsx", "data", base64.StdEncoding.EncodeToString(needFile(t)))
	if r.status != http.StatusOK || !strings.Contains(string(r.body), "已登记 2 行") {
		t.Fatalf("%d %s", r.status, r.body)
	}
	at := regexp.MustCompile(`/training/needs/[0-9a-z]{20,}`).FindString(string(c.visit("/training/needs").body))
	c.sees(at, "甲员工", "138******01", "没有证件号码，只作需求保留")
	if r := c.post(at+"/people/1/document", "id_type", "201", "id_number", "120101198001010010"); r.status != http.StatusUnprocessableEntity || !strings.Contains(string(r.body), "120101198001010010") {
		t.Errorf("a wrong number: %d", r.status)
	}
	c.visit(at)
	number := demo.IDNumber(clock.Date{Year: 1980, Month: 1, Day: 1}, 931, engine.Female)
	c.redirected(c.post(at+"/people/1/document", "id_type", "201", "id_number", number), at+"#n-1")
	if page := string(c.visit(at).body); strings.Contains(page, number) || strings.Contains(page, "13800000001") {
		t.Error("the page shows a number in clear")
	}
	for step, want := range map[string]string{"/enrolment/preview": "登记这 1 人入班"} {
		if r := c.post(at+step, "class", class, "basis", "newcomer"); r.status != http.StatusOK || !strings.Contains(string(r.body), want) {
			t.Fatalf("%s: %d %s", step, r.status, r.body)
		}
	}
	if r := c.post(at+"/enrolment", "class", class, "basis", "newcomer"); r.status != http.StatusOK || !strings.Contains(string(r.body), "共2人，有证件1人，已入班1人") {
		t.Fatalf("%d %s", r.status, r.body)
	}
	c.sees("/training/classes/"+class, "甲员工")
	c.visit(at)
	r = c.post(at + "/export")
	rows, flaws, err := training.ReadNeeds(training.InstitutionNeeds, "x", r.body)
	check(t, err)
	if len(rows) != 2 || len(flaws.Broken) != 0 || rows[0].Phone != "13800000001" {
		t.Errorf("%+v %+v", rows, flaws)
	}
	readings, _, err := w.Counter.ReadingsBy(t.Context(), w.principal("renshe"), w.principal("peixun").Account, engine.Cursor{Limit: 10})
	check(t, err)
	if len(readings) != 1 || readings[0].Count != 2 {
		t.Errorf("on record: %+v", readings)
	}
	if r := w.desk("kaowu").visit("/training/needs"); r.status != http.StatusForbidden {
		t.Errorf("an exam office: %d", r.status)
	}
}

// 接口：人社局导入清单交给培训机构，培训机构从清单入班；没有证件的说明原因。
func TestNeedsByJSON(t *testing.T) {
	w := newWorld(t)
	w.openSchool()
	labour, school := w.as("renshe"), w.as("peixun")
	var got api.NeedImport
	fields := []string{"annex", "3", "filler", "河西区民政局", "org", string(demo.TrainingBody().ID)}
	check(t, json.Unmarshal(labour.uploadWith("/api/v1/training/needs/import", "x.xlsx", needFile(t), fields).body, &got))
	if got.List == "" || len(got.Rows) != 2 || got.Rows[0].Step != training.NeedOnly || got.Rows[0].Code != training.ErrNoDoc.Code {
		t.Fatalf("%+v", got)
	}
	var course api.Course
	school.script("POST", "/api/v1/training/courses", api.CourseEntry{Name: "五级课程", Level: 5, Basic: true, Theory: 60, Practical: 60}, &course)
	var class api.Class
	day := api.Day(clock.Date{Year: 2026, Month: 3, Day: 2})
	school.script("POST", "/api/v1/training/classes", api.ClassEntry{Course: course.ID, Code: "HL01", Name: "护理一班", From: day, To: day}, &class)
	var list api.NeedList
	number := demo.IDNumber(clock.Date{Year: 1980, Month: 1, Day: 1}, 932, engine.Male)
	school.script("POST", "/api/v1/training/needs/"+got.List+"/people/2/document", api.NeedDocument{IDNumber: number}, &list)
	var roll api.Roll
	school.script("POST", "/api/v1/training/classes/"+class.ID+"/needs", api.NeedEnrolment{List: got.List, Basis: training.Newcomer}, &roll)
	if roll.Rows[0].Code != training.ErrNoDoc.Code || roll.Rows[1].Step != training.RollEnrol {
		t.Errorf("%+v", roll)
	}
	labour.script("GET", "/api/v1/training/needs/"+got.List, nil, &list)
	if list.Enrolled != 1 || list.Needs[1].IDNumber == number || list.Needs[1].Class != class.ID || list.Needs[0].Phone != "138******01" {
		t.Errorf("%+v", list)
	}
	var all []api.NeedList
	labour.script("GET", "/api/v1/training/needs", nil, &all)
	if len(all) != 1 || all[0].Needs != nil {
		t.Errorf("%+v", all)
	}
	if r := w.as("kaowu").send("GET", "/api/v1/training/needs/"+got.List, nil); r.status != http.StatusForbidden {
		t.Errorf("an exam office reads it: %d", r.status)
	}
}
