package api_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/skillcert/skillcert/api"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/accounts"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/fixtures/demo"
)

// 培训机构的账号登记课程、班级、学员；别的账号动不了；课时不足的提醒差多少。
func TestATrainingBodyKeepsItsClasses(t *testing.T) {
	w := newWorld(t)
	ctx, op := w.Context(), w.principal("guanli")
	body := demo.TrainingBody()
	_, err := w.Registry.FileOrganisation(ctx, op, body)
	check(t, err)
	born := clock.Date{Year: 1979, Month: 5, Day: 1}
	who, err := w.Registry.Register(ctx, op, engine.Person{Name: "管培训", IDType: engine.ResidentCard, IDNumber: demo.IDNumber(born, 900, engine.Female)})
	check(t, err)
	n := accounts.New{Login: "peixun", Password: demo.Password, Person: who.ID, Name: who.Name, Roles: []authz.Role{authz.Trainer}, Org: body.ID, OrgKind: body.Kind}
	_, err = w.Gate.Create(ctx, op, n)
	check(t, err)
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
	for login, want := range map[string]int{"kaowu": http.StatusForbidden, "renshe": http.StatusOK} {
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
