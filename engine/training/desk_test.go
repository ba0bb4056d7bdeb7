package training_test

import (
	"context"
	"errors"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/ids"
	"github.com/skillcert/skillcert/engine/people"
	"github.com/skillcert/skillcert/engine/separation"
	"github.com/skillcert/skillcert/engine/store"
	"github.com/skillcert/skillcert/engine/store/sqlite"
	"github.com/skillcert/skillcert/engine/training"
	"github.com/skillcert/skillcert/fixtures/demo"
	"github.com/skillcert/skillcert/fixtures/policy"
)

var (
	ctx     = context.Background()
	trainer = authz.Principal{Account: "peixun", Name: "管培训", Roles: []authz.Role{authz.Trainer}, Org: "school"}
	foreign = authz.Principal{Account: "bieren", Roles: []authz.Role{authz.Trainer}, Org: "other"}
	labour  = authz.Principal{Account: "renshe", Roles: []authz.Role{authz.Labour}, Province: "12"}
	first   = clock.Date{Year: 2026, Month: 3, Day: 2}
	last    = clock.Date{Year: 2026, Month: 4, Day: 30}
)

type world struct {
	t      *testing.T
	clock  *clock.Manual
	people *people.Registry
	judge  *separation.Judge
	desk   *training.Desk
}

// open has two training bodies and one that examines; it is the first day of the classes.
func open(t *testing.T) *world {
	t.Helper()
	db, err := sqlite.Open(filepath.Join(t.TempDir(), "x.db"))
	must(t, err)
	t.Cleanup(func() { _ = db.Close() })
	pol, err := policy.Sample()
	must(t, err)
	s := store.New(db, ids.Seeded("training"))
	w := &world{t: t, clock: clock.NewManual(time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC))}
	w.people = people.NewRegistry(s.People(), s.Organisations(), []byte("key"), w.clock)
	w.judge = separation.NewJudge(s.Ties(), w.people, pol.Ties, w.clock)
	w.desk = training.NewDesk(training.Ports{Courses: s.Courses(), Classes: s.Classes(), Enrolments: s.Enrolments(), Needs: s.NeedLists()}, w.people, w.judge, pol, w.clock)
	for id, code := range map[engine.OrgID]string{"school": "91120000MYYYYYY28C", "other": "91350100M000100Y43"} {
		_, err := w.people.FileOrganisation(ctx, labour, engine.Organisation{ID: id, Kind: engine.TrainingBody, Name: "学校" + string(id), CreditCode: code, Province: "12"})
		must(t, err)
	}
	return w
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wantError(t *testing.T, what string, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("%s: %v, want %v", what, err, want)
	}
}

// class opens a class of a level; 五级 with 职业基本素质.
func (w *world) class(level engine.Level, code string) *training.Class {
	w.t.Helper()
	course, _, err := w.desk.AddCourse(ctx, trainer, training.Course{Name: level.String() + "课程", Level: level, Basic: level == engine.Level5, Theory: 60, Practical: 60})
	must(w.t, err)
	c, err := w.desk.OpenClass(ctx, trainer, training.Class{Code: code, Name: "护理" + code + "班", Course: course.ID, From: first, To: last})
	must(w.t, err)
	return c
}

func person(name string, serial int) engine.Person {
	return engine.Person{Name: name, IDType: engine.ResidentCard, IDNumber: demo.IDNumber(clock.Date{Year: 1980, Month: 1, Day: 1}, serial, engine.Female)}
}

func (w *world) enrol(c *training.Class, name string, serial int, basis training.Basis, proof string) (*training.Enrolment, error) {
	return w.desk.Enrol(ctx, trainer, c.ID, training.Entry{Person: person(name, serial), Basis: basis, Proof: proof})
}

// 考培分离：培训机构登记了教师和学员，这位教师就不能当这位学员的考评员，理由写明是哪个班。不需要任何人另外申报。
func TestATeacherOfTheClassMayNotExamineItsTrainees(t *testing.T) {
	w := open(t)
	c := w.class(engine.Level5, "HL01")
	for range 2 { // twice is harmless
		_, err := w.desk.AddTeacher(ctx, trainer, c.ID, person("苏念慈", 1))
		must(t, err)
	}
	e, err := w.enrol(c, "钟离雪", 2, training.Newcomer, "")
	must(t, err)
	c, rows, err := w.desk.Class(ctx, trainer, c.ID)
	if err != nil || len(c.Teachers) != 1 || len(rows) != 1 || rows[0].No != 1 {
		t.Fatalf("%+v %v %v", c, rows, err)
	}
	found, err := w.judge.On(clock.Date{Year: 2026, Month: 5, Day: 20}).Findings(ctx, []separation.Subject{{Person: c.Teachers[0].Person, Role: authz.Examiner}}, []engine.PersonID{e.Person})
	must(t, err)
	if len(found) == 0 || !strings.Contains(found[0].String(), "护理HL01班") {
		t.Errorf("%v", found)
	}
	ties, _, err := w.judge.TiesOf(ctx, labour, separation.ClassNode(c.ID), engine.Cursor{})
	must(t, err)
	kinds := map[separation.Kind]int{}
	for _, tie := range ties {
		kinds[tie.Kind]++
		if tie.Org != "school" || tie.Until != last || !strings.Contains(tie.Source, "HL01") {
			t.Errorf("%+v", tie)
		}
	}
	if kinds[separation.Trains] != 1 || kinds[separation.Teaches] != 1 || kinds[separation.Attends] != 1 {
		t.Errorf("%v", kinds)
	}
}

// 学员提前退出：培训机构不能自己终止培训关系，系统说明关系仍保留。
func TestLeavingDoesNotEndTheTie(t *testing.T) {
	w := open(t)
	c := w.class(engine.Level5, "HL01")
	e, err := w.enrol(c, "钟离雪", 2, training.Newcomer, "")
	must(t, err)
	for until, want := range map[clock.Date]error{first.AddDays(-1): training.ErrInput, last.AddDays(1): training.ErrInput, {}: training.ErrInput} {
		_, err := w.desk.Leave(ctx, trainer, c.ID, e.Person, until, "家中有事")
		wantError(t, until.String(), err, want)
	}
	got, err := w.desk.Leave(ctx, trainer, c.ID, e.Person, first.AddDays(9), "家中有事")
	must(t, err)
	if got.Enrolment.Result != training.Ended || !strings.Contains(got.TieKept, "人力资源和社会保障局") {
		t.Errorf("%+v", got)
	}
	ties, _, err := w.judge.TiesOf(ctx, labour, separation.PersonNode(e.Person), engine.Cursor{})
	if err != nil || len(ties) != 1 || ties[0].Until != last {
		t.Errorf("%v %v", ties, err)
	}
}

// 培训依次进行：初次从事的先学职业基本素质和五级；四级须有五级结业、证书或从业经历；五级没有结业的不能同时学四级。
func TestTrainingGoesUpInOrder(t *testing.T) {
	w := open(t)
	five, four := w.class(engine.Level5, "HL05"), w.class(engine.Level4, "HL04")
	_, err := w.enrol(four, "初学", 3, training.Newcomer, "")
	wantError(t, "a newcomer in 四级", err, training.ErrOrder)
	_, err = w.enrol(four, "初学", 3, training.Completed, "")
	wantError(t, "nothing completed", err, training.ErrOrder)
	_, err = w.enrol(four, "初学", 3, training.Certified, " ")
	wantError(t, "no number of the certificate", err, training.ErrInput)
	_, err = w.enrol(four, "从业", 4, training.Practising, "某护理院")
	wantError(t, "does the work", err, nil)
	e, err := w.enrol(five, "初学", 3, training.Newcomer, "")
	must(t, err)
	_, err = w.enrol(four, "初学", 3, training.Practising, "某护理院")
	wantError(t, "五级 goes on", err, training.ErrOrder)
	w.clock.Set(last.In(time.UTC))
	_, err = w.desk.Finish(ctx, trainer, five.ID, e.Person, training.Pass, 118)
	must(t, err)
	again := training.Entry{Person: person("初学", 3), Basis: training.Completed}
	_, err = w.desk.Enrol(ctx, trainer, four.ID, again)
	wantError(t, "after 五级", err, nil)
	bare, _, err := w.desk.AddCourse(ctx, trainer, training.Course{Name: "五级提高", Level: engine.Level5, Theory: 60, Practical: 60})
	must(t, err)
	c, err := w.desk.OpenClass(ctx, trainer, training.Class{Code: "HL06", Name: "提高班", Course: bare.ID, From: first, To: last})
	must(t, err)
	_, err = w.enrol(c, "另一初学", 5, training.Newcomer, "")
	wantError(t, "五级 without 职业基本素质", err, training.ErrOrder)
}

// 培训合格证书自成编号，不是职业技能等级证书的编号；不合格的没有证书；班级结束前不能登记；登记后不能改。
func TestCompletionCertificates(t *testing.T) {
	w := open(t)
	c := w.class(engine.Level5, "HL01")
	pass, err := w.enrol(c, "甲", 1, training.Newcomer, "")
	must(t, err)
	fail, err := w.enrol(c, "乙", 2, training.Newcomer, "")
	must(t, err)
	w.clock.Set(time.Date(2026, 4, 29, 15, 59, 0, 0, time.UTC)) // a minute before the last day begins in China
	_, err = w.desk.Finish(ctx, trainer, c.ID, pass.Person, training.Pass, 120)
	wantError(t, "before the last day", err, training.ErrTooEarly)
	w.clock.Set(time.Date(2026, 4, 29, 16, 0, 0, 0, time.UTC))
	for range 2 {
		pass, err = w.desk.Finish(ctx, trainer, c.ID, pass.Person, training.Pass, 120)
		must(t, err)
	}
	fail, err = w.desk.Finish(ctx, trainer, c.ID, fail.Person, training.Fail, 30)
	must(t, err)
	if pass.Number != "PXHG-MYYYYYY28-HL01-001" || pass.On != last || fail.Number != "" || len(pass.Trail) != 2 {
		t.Errorf("%+v %+v", pass, fail)
	}
	if regexp.MustCompile(`^[YS]?\d+$`).MatchString(pass.Number) {
		t.Errorf("%s could be taken for a skill certificate's", pass.Number)
	}
	_, err = w.desk.Finish(ctx, trainer, c.ID, fail.Person, training.Pass, 120)
	wantError(t, "another result", err, training.ErrOver)
	_, err = w.desk.Leave(ctx, trainer, c.ID, pass.Person, last, "x")
	wantError(t, "leaves afterwards", err, training.ErrOver)
}

// 课时低于培训参考时长的，提醒而不拒绝（原文：原则上不得低于）。
func TestHoursBelowTheReferenceAreTold(t *testing.T) {
	w := open(t)
	for hours, want := range map[int]int{119: 1, 120: 0, 121: 0} {
		_, below, err := w.desk.AddCourse(ctx, trainer, training.Course{Name: "课程" + time.Duration(hours).String(), Level: engine.Level5, Theory: hours})
		if err != nil || below != want {
			t.Errorf("%d hours: %d below, %v", hours, below, err)
		}
	}
	for name, c := range map[string]training.Course{"no hours": {Name: "x", Level: engine.Level5}, "no level": {Name: "x", Theory: 1}, "no name": {Level: engine.Level5, Theory: 1},
		"basics in 四级": {Name: "x", Level: engine.Level4, Theory: 1, Basic: true}} {
		_, _, err := w.desk.AddCourse(ctx, trainer, c)
		wantError(t, name, err, training.ErrInput)
	}
}

// 培训机构只能动自己的班级，别家的班级看不到；人社局看得到，不能代办。
func TestATrainingBodyTouchesItsOwnClassesOnly(t *testing.T) {
	w := open(t)
	c := w.class(engine.Level5, "HL01")
	_, _, err := w.desk.Class(ctx, foreign, c.ID)
	wantError(t, "another body looks", err, training.ErrClass)
	_, err = w.desk.Enrol(ctx, foreign, c.ID, training.Entry{Person: person("甲", 1), Basis: training.Newcomer})
	wantError(t, "another body enrols", err, training.ErrClass)
	_, err = w.desk.AddTeacher(ctx, foreign, c.ID, person("甲", 1))
	wantError(t, "another body's teacher", err, training.ErrClass)
	_, err = w.desk.OpenClass(ctx, foreign, training.Class{Code: "HL02", Name: "x", Course: c.Course, From: first, To: last})
	wantError(t, "another body's course", err, training.ErrCourse)
	_, err = w.desk.Classes(ctx, foreign, "school")
	wantError(t, "another body lists", err, engine.ErrOrg)
	_, err = w.desk.Enrol(ctx, labour, c.ID, training.Entry{})
	wantError(t, "the authority enrols", err, authz.ErrForbidden)
	if all, err := w.desk.Classes(ctx, labour, "school"); err != nil || len(all) != 1 {
		t.Errorf("the authority sees %v, %v", all, err)
	}
	_, err = w.judge.Record(ctx, trainer, separation.Tie{})
	wantError(t, "a trainer records a tie by itself", err, authz.ErrForbidden)
	_, err = w.people.Person(ctx, trainer, "x")
	wantError(t, "a trainer reads personal data", err, authz.ErrForbidden)
	examines := trainer
	examines.Org = "nobody"
	_, _, err = w.desk.AddCourse(ctx, examines, training.Course{Name: "x", Level: engine.Level5, Theory: 1})
	wantError(t, "no training body", err, training.ErrNotBody)
}

// 本班教师不能同时是本班学员。
func TestATeacherIsNoTrainee(t *testing.T) {
	w := open(t)
	c := w.class(engine.Level5, "HL01")
	_, err := w.desk.AddTeacher(ctx, trainer, c.ID, person("甲", 1))
	must(t, err)
	_, err = w.enrol(c, "甲", 1, training.Newcomer, "")
	wantError(t, "a teacher enrols", err, training.ErrInput)
	_, err = w.enrol(c, "乙", 2, training.Newcomer, "")
	must(t, err)
	_, err = w.desk.AddTeacher(ctx, trainer, c.ID, person("乙", 2))
	wantError(t, "a trainee teaches", err, training.ErrInput)
}
