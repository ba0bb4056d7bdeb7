package api_test

import (
	"encoding/base64"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/skillcert/skillcert/api"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/accounts"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/fixtures/demo"
	sheet "github.com/skillcert/skillcert/questionbank/exchange/table"
)

// 培训机构的账号登记课程、班级、学员；别的账号动不了；课时不足的提醒差多少。
func TestATrainingBodyKeepsItsClasses(t *testing.T) {
	w := newWorld(t)
	w.openSchool()
	born := clock.Date{Year: 1979, Month: 5, Day: 1}
	c := w.as("peixun")
	var course api.Course
	c.script("POST", "/api/v1/training/courses", api.CourseEntry{Name: "五级课程", Level: 5, Basic: true, Theory: 50, Practical: 50}, &course)
	if course.Below != 20 {
		t.Errorf("%d hours below", course.Below)
	}
	var class api.Class
	day := api.Day(clock.Date{Year: 2026, Month: 3, Day: 2})
	c.script("POST", "/api/v1/training/classes", api.ClassEntry{Course: course.ID, Code: "HL01", Name: "护理一班", From: day, To: day}, &class)
	at := "/api/v1/training/classes/" + class.ID
	trainee := api.TrainedPerson{Name: "学员甲", IDNumber: demo.IDNumber(born, 901, engine.Male)}
	var got api.Enrolment
	c.script("POST", at+"/enrolments", api.EnrolmentEntry{TrainedPerson: trainee, Basis: "newcomer"}, &got)
	c.script("POST", at+"/enrolments/"+string(got.Person)+"/completion", api.CompletionEntry{Result: "passed", Hours: 100}, &got)
	if !strings.HasPrefix(got.Number, "PXHG-") {
		t.Errorf("%+v", got)
	}
	for login, want := range map[string]int{"kaowu": http.StatusOK, "jiankao1": http.StatusForbidden, "renshe": http.StatusOK} {
		if r := w.as(login).send("GET", at, nil); r.status != want {
			t.Errorf("%s: %d", login, r.status)
		}
	}
	if r := w.as("kaowu").send("POST", "/api/v1/training/courses", api.CourseEntry{}); r.status != http.StatusForbidden {
		t.Errorf("an exam office adds a course: %d", r.status)
	}
	if r := c.send("POST", "/api/v1/ties", map[string]string{}); r.status != http.StatusForbidden {
		t.Errorf("a trainer records a tie: %d", r.status)
	}
}

// openSchool files the training body of the demo, and makes the account peixun of its staff.
func (w *world) openSchool() {
	w.Helper()
	ctx, op := w.Context(), w.principal("guanli")
	body := demo.TrainingBody()
	_, err := w.Registry.FileOrganisation(ctx, op, body)
	check(w, err)
	number := demo.IDNumber(clock.Date{Year: 1979, Month: 5, Day: 1}, 900, engine.Female)
	who, err := w.Registry.Register(ctx, op, engine.Person{Name: "管培训", IDType: engine.ResidentCard, IDNumber: number})
	check(w, err)
	_, err = w.Gate.Create(ctx, op, accounts.New{Login: "peixun", Password: demo.Password, Person: who.ID, Name: who.Name, Roles: []authz.Role{authz.Trainer}, Org: body.ID,
		OrgKind: body.Kind})
	check(w, err)
}

// classOnThePage has the trainer record a course and a class, and returns the class's address.
func classOnThePage(c *client) string {
	c.Helper()
	c.sees("/training", "登记课程", "还没有班级")
	c.post("/training/courses", "name", "", "level", "4", "basic", "on", "theory", "x", "practical", "3000")
	c.says("请填写课程名称", "职业基本素质课程与五级课程一并开设", "理论课时请只写数字", "请填写课时")
	c.redirected(c.post("/training/courses", "name", "五级课程", "level", "5", "basic", "on", "theory", "50", "practical", "50"), "/training")
	c.sees("/training", "比参考时长少20课时", "含职业基本素质")
	course := regexp.MustCompile(`<option value="([0-9a-z]{10,})"`).FindStringSubmatch(string(c.visit("/training").body))[1]
	if r := c.post("/training/classes", "course", course, "name", "护理一班", "code", "h-1", "from", "2026-03-02", "to", "2026-03-02"); r.status != http.StatusUnprocessableEntity ||
		!strings.Contains(string(r.body), "班级编号为2至12位") || !strings.Contains(string(r.body), `value="护理一班"`) {
		c.Errorf("%d %s", r.status, r.body)
	}
	c.visit("/training")
	r := c.post("/training/classes", "course", course, "name", "护理一班", "code", "HL01", "from", "2026-03-02", "to", "2026-03-02")
	if r.status != http.StatusSeeOther {
		c.Fatalf("%d %s", r.status, r.body)
	}
	return r.header.Get("Location")
}

// 培训机构在网页上办一期班：登记课程、班级、教师，导入名册（先预览后登记），更正登记错的学员和教师。考务员看得到，改不了；监考员看不到。
func TestATrainerKeepsAClassOnThePages(t *testing.T) {
	w := newWorld(t)
	w.openSchool()
	c := w.desk("peixun")
	c.sees("/desk", "培训班级")
	at := classOnThePage(c)
	born := clock.Date{Year: 1980, Month: 1, Day: 1}
	c.visit(at)
	c.redirected(c.post(at+"/teachers", "name", "苏教师", "id_number", demo.IDNumber(born, 910, engine.Female)), at)
	columns := []string{"序号", "学员姓名", "证件号码", "培训基础", "实际课时", "结业结果"}
	list, err := sheet.WriteXLSX(columns, [][]string{{"示例", "某某", "1", "初次从事"}, {"1", "甲学员", demo.IDNumber(born, 911, engine.Female), "初次从事", "100", "合格"},
		{"2", "乙学员", demo.IDNumber(born, 912, engine.Female), "初次从事"}, {"3", "丙学员", "120101198001010010", "初次从事"}})
	check(t, err)
	c.visit(at)
	r := c.upload(at+"/roll/preview", "名册.xlsx", list)
	if r.status != http.StatusOK || !strings.Contains(string(r.body), "登记这 2 行") || !strings.Contains(string(r.body), "120101198001010010") {
		t.Fatalf("%d %s", r.status, r.body)
	}
	if !strings.Contains(string(r.body), `不能登记</dt><dd class="num bad">1</dd>`) {
		t.Error("the row with a bad cell is not counted among those that cannot be taken")
	}
	c.sees(at, "还没有学员")
	data := base64.StdEncoding.EncodeToString(list)
	if r = c.post(at+"/roll", "name", "名册.xlsx", "data", data); r.status != http.StatusOK || !strings.Contains(string(r.body), "已登记 2 行") {
		t.Fatalf("%d %s", r.status, r.body)
	}
	c.visit(at)
	if r = c.post(at+"/roll", "name", "名册.xlsx", "data", data); !strings.Contains(string(r.body), "已登记 0 行") {
		t.Errorf("the same file again: %s", r.body)
	}
	c.sees(at, "学员（2人）", "PXHG-MYYYYYY28-HL01-001", "补登记")
	person := regexp.MustCompile(`id="p-([^"]+)"`).FindAllStringSubmatch(string(c.visit(at).body), -1)[1][1]
	if r = c.post(at+"/enrolments/"+person+"/striking", "reason", ""); r.status != http.StatusUnprocessableEntity || !strings.Contains(string(r.body), "请写明原因") {
		t.Errorf("%d", r.status)
	}
	c.visit(at)
	c.redirected(c.post(at+"/enrolments/"+person+"/striking", "reason", "同名的另一人"), at)
	c.sees(at, "登记有误", "同名的另一人")
	office := w.desk("kaowu")
	office.sees("/training", "选择培训机构", "津慈")
	office.sees("/training?org="+string(demo.TrainingBody().ID), "护理一班")
	office.sees(at, "甲学员", "苏教师")
	if strings.Contains(string(office.visit(at).body), "登记一名学员") {
		t.Error("the exam office is offered to enrol")
	}
	if r = office.post(at+"/enrolments/"+person+"/striking", "reason", "x"); r.status != http.StatusForbidden {
		t.Errorf("the exam office corrects: %d", r.status)
	}
	if r = w.desk("jiankao1").visit(at); r.status != http.StatusForbidden {
		t.Errorf("an invigilator reads: %d", r.status)
	}
	for _, path := range []string{"/office", "/certificates", "/bank", "/persons", "/sessions/x"} {
		if r = c.visit(path); r.status != http.StatusForbidden {
			t.Errorf("a trainer sees %s: %d", path, r.status)
		}
	}
	if r = c.upload(at+"/roll/preview", "需求.csv", []byte("行政区,学员姓名,年龄\n河西区,张三,38\n")); r.status != http.StatusUnprocessableEntity || !strings.Contains(string(r.body), "证件号码") {
		t.Errorf("a list of needs: %d", r.status)
	}
}

// 成绩已封存，培训机构才补登记：这位考评员教过这位考生。记录照收并标明是补登记；封存的成绩不动，但这位考生的证书签发不了，写明关联路径；
// 没有关联的考生照常发证。
func TestATrainingRecordThatArrivesAfterTheScore(t *testing.T) {
	w := newWorld(t)
	w.openSchool()
	w.openRoom()
	w.at(10 * time.Minute)
	w.sitAll()
	w.practise()
	w.seal()
	c := w.as("peixun")
	var course api.Course
	c.script("POST", "/api/v1/training/courses", api.CourseEntry{Name: "五级课程", Level: 5, Basic: true, Theory: 60, Practical: 60}, &course)
	var class api.Class
	c.script("POST", "/api/v1/training/classes", api.ClassEntry{Course: course.ID, Code: "HL01", Name: "护理一班", From: api.Day(sittingDay.AddDays(-60)), To: api.Day(sittingDay.AddDays(-30))}, &class)
	at := "/api/v1/training/classes/" + class.ID
	entry := func(id engine.PersonID) api.TrainedPerson {
		p, err := w.Registry.Named(w.Context(), id)
		check(t, err)
		return api.TrainedPerson{Name: p.Name, IDType: p.IDType, IDNumber: p.IDNumber}
	}
	candidate := w.seats[0].Candidate
	c.script("POST", at+"/teachers", entry(engine.PersonID(w.principal("kaoping1").Person)), nil)
	c.script("POST", at+"/enrolments", api.EnrolmentEntry{TrainedPerson: entry(candidate), Basis: "newcomer"}, nil)
	w.desk("peixun").sees("/training/classes/"+class.ID, "补登记")
	office := w.desk("kaowu")
	for _, step := range []string{"/results", "/publicity"} {
		office.visit(w.href("/results"))
		office.redirected(office.press(w.href(step)), w.href("/results"))
	}
	w.clock.Advance(10 * 24 * time.Hour)
	office = w.desk("kaowu")
	office.visit(w.href("/results"))
	office.redirected(office.press(w.href("/final")), w.href("/results"))
	registrar, issue := w.desk("zhengshu"), w.href("/certificates")
	registrar.visit("/certificates")
	registrar.redirected(registrar.press(issue), issue)
	w.issueAll()
	registrar.sees(issue, "护理一班")
	b, err := w.Issuer.Batch(w.Context(), w.principal("zhengshu"), w.session.ID)
	check(t, err)
	if b.Progress.Failed != 1 || b.Progress.Issued != 1 { // the third was absent
		t.Errorf("%+v", b)
	}
}
