package api_test

import (
	"context"
	"fmt"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/accounts"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/registration"
	"github.com/skillcert/skillcert/engine/sitting"
	"github.com/skillcert/skillcert/fixtures/demo"
	"github.com/skillcert/skillcert/questionbank"
)

const (
	releaseID   = "2026.1"
	blueprintID = "2026.1-L5"
	questions   = 5 // of a form
	candidates  = 3
	rareName    = "𠮷永安" // its first character lies beyond the common fonts
)

// loginOf is one account of each role that staff hold.
var loginOf = map[authz.Role]string{
	authz.Invigilator: "jiankao1", authz.Examiner: "kaoping1", authz.Leader: "zuzhang", authz.Marker: "yuejuan", authz.ExamOffice: "kaowu",
	authz.Supervisor: "dudao", authz.Author: "mingti", authz.Reviewer: "shenti", authz.BankKeeper: "tiku", authz.Medical: "yibao",
	authz.Labour: "renshe", authz.Registrar: "zhengshu", authz.Operator: "guanli",
}

func operator() authz.Principal {
	return authz.Principal{Account: "setup", Roles: []authz.Role{authz.Operator}}
}

// principal signs in without a network.
func (w *world) principal(login string) authz.Principal {
	l, _, err := w.Gate.SignIn(context.Background(), login, demo.Password)
	if err != nil {
		panic(fmt.Sprintf("sign in %s: %v", login, err))
	}
	return l.Principal
}

// steps runs until one fails.
func steps(all ...func() error) error {
	for i, step := range all {
		if err := step(); err != nil {
			return fmt.Errorf("step %d: %w", i, err)
		}
	}
	return nil
}

// prepare fills the house: people, a small bank, one session with everybody on duty, seated and drawn.
func (w *world) prepare(ctx context.Context) error {
	return steps(
		func() error { return w.employ(ctx) },
		func() error { return w.fillBank(ctx) },
		func() error { return w.plan(ctx) },
		func() error { return w.register(ctx) },
		func() error { return w.staff(ctx) },
		func() error { return w.draw(ctx) },
	)
}

func (w *world) employ(ctx context.Context) error {
	body := demo.EvaluationBody(sittingDay)
	if _, err := w.Registry.FileOrganisation(ctx, operator(), body); err != nil {
		return err
	}
	for i, s := range demo.Team(2) {
		person, err := w.Registry.Register(ctx, operator(), s.Person(i))
		if err != nil {
			return err
		}
		if _, err = w.Gate.Create(ctx, operator(), accounts.New{Login: s.Login, Password: demo.Password, Name: s.Name, Person: person.ID,
			Roles: s.Roles, Org: s.Of(body.ID), Province: demo.Province}); err != nil {
			return err
		}
	}
	return nil
}

// items are six single, two multiple and two judgement items, each of a point of its own.
func items(level engine.Level, province, prefix string) []questionbank.ItemVersion {
	var all []questionbank.ItemVersion
	for i := range 10 {
		v := questionbank.ItemVersion{Code: fmt.Sprintf("%s-%04d", prefix, i+1), Level: level, Type: questionbank.Single, Province: province,
			Stem: fmt.Sprintf("样题 %s 第%d题", prefix, i+1), Options: []string{"甲", "乙", "丙", "丁"}, Key: []int{1}, Point: fmt.Sprintf("A-A-%03d", i+1),
			Difficulty: 3, Seconds: 40, Sample: true}
		switch {
		case i >= 8:
			v.Type, v.Options = questionbank.Judgement, questionbank.Judged()
		case i >= 6:
			v.Type, v.Key = questionbank.Multiple, []int{0, 2}
		}
		all = append(all, v)
	}
	return all
}

func table(level engine.Level) questionbank.ElementTable {
	t := questionbank.ElementTable{Occupation: engine.LongTermCare().Code, Level: level, Edition: "样本", Sample: true,
		Ranges: []questionbank.Range{{Code: "A", Name: "理论知识", Weight: engine.Pt(100)}, {Code: "A-A", Name: "生活照护", Weight: engine.Pt(100)}}}
	for i := range 10 {
		t.Points = append(t.Points, questionbank.Point{Code: fmt.Sprintf("A-A-%03d", i+1), Name: fmt.Sprintf("鉴定点%d", i+1), Importance: "X"})
	}
	return t
}

func tasks() []questionbank.Task {
	var all []questionbank.Task
	for i := range 2 {
		all = append(all, questionbank.Task{Code: fmt.Sprintf("L5-P%02d", i+1), Level: engine.Level5, Name: fmt.Sprintf("任务%d", i+1), Range: "A-A", Minutes: 15,
			Points: engine.Pt(100), Scenario: "为卧床老人更换床单。", Sample: true, Criteria: []questionbank.Criterion{
				{No: "1", Section: "准备", Text: "核对并说明", Points: engine.Pt(40)}, {No: "2", Section: "操作", Text: "动作轻柔", Points: engine.Pt(60)}},
			Vetoes: []questionbank.Veto{{Code: "V1", Text: "坠床"}}})
	}
	return all
}

func (w *world) fillBank(ctx context.Context) error {
	keeper, author := w.principal("tiku"), w.principal("mingti")
	national := items(engine.Level5, "", "L5a")
	return steps(
		func() error { return w.Bank.ImportTable(ctx, keeper, table(engine.Level5)) },
		func() error { return w.Bank.ImportTasks(ctx, keeper, tasks()) },
		func() error { _, err := w.Bank.ImportItems(ctx, author, national); return err },
		func() error { return w.review(ctx, national) },
		func() error { _, err := w.Bank.PublishRelease(ctx, keeper, releaseID, "", "", true); return err },
		func() error {
			_, err := w.Bank.PublishBlueprint(ctx, keeper, questionbank.Blueprint{ID: blueprintID, Level: engine.Level5, Release: releaseID, MaxPerPoint: 1,
				Counts: map[questionbank.ItemType]int{questionbank.Single: 3, questionbank.Multiple: 1, questionbank.Judgement: 1},
				Ranges: map[string]int{"A-A": questions}, ItemPoints: engine.Pt(100 / questions), Sample: true})
			return err
		},
		func() error { // two items of the province wait for its authorities
			supplement := items(engine.Level5, demo.Province, "TJ")[:2]
			if _, err := w.Bank.ImportItems(ctx, author, supplement); err != nil {
				return err
			}
			return w.review(ctx, supplement)
		},
	)
}

func (w *world) review(ctx context.Context, all []questionbank.ItemVersion) error {
	by := w.principal("shenti")
	for _, v := range all {
		if _, err := w.Bank.Review(ctx, by, v.Code, 1); err != nil {
			return err
		}
	}
	return nil
}

func (w *world) plan(ctx context.Context) error {
	by := w.principal("kaowu")
	plan, err := w.Sittings.CreatePlan(ctx, by, sitting.Plan{Org: demo.EvaluationBody(sittingDay).ID, Name: "年度计划", Year: sittingDay.Year,
		Levels: []engine.Level{engine.Level5}})
	if err != nil {
		return err
	}
	if _, err = w.Sittings.PublishPlan(ctx, by, plan.ID); err != nil {
		return err
	}
	w.session, err = w.Sittings.CreateSession(ctx, by, sitting.Session{Plan: plan.ID, Org: plan.Org, Name: "五级上午场", Level: engine.Level5,
		Province: demo.Province, Release: releaseID, Blueprint: blueprintID,
		Theory:    clock.Window{Opens: nine, Closes: nine.Add(90 * time.Minute)},
		Practical: clock.Window{Opens: nine.Add(4 * time.Hour), Closes: nine.Add(9 * time.Hour)},
		Rooms: []sitting.Room{{ID: "t1", Name: "第一考场", Component: engine.Theory, Capacity: 10, Columns: 5},
			{ID: "p1", Name: "一号考位", Component: engine.Practical, Capacity: 10}}})
	return err
}

func (w *world) register(ctx context.Context) error {
	by := w.principal("kaowu")
	target := w.Sittings.Target(w.session)
	for i, g := range demo.Guests(candidates, sittingDay) {
		person := engine.Person{Name: g.Name, IDType: engine.ResidentCard, IDNumber: g.IDNumber, Born: g.Born, Sex: g.Sex}
		if i == 0 {
			person.Name = rareName
		}
		p, err := w.Registry.Register(ctx, by, person)
		if err != nil {
			return err
		}
		if _, err = w.Desk.Apply(ctx, by, target, p.ID, registration.Claims{Condition: "5-2", Evidence: []string{"从业承诺书"}}, "其他", ""); err != nil {
			return err
		}
	}
	_, err := w.Sittings.SeatCandidates(ctx, by, w.session.ID)
	return err
}

func (w *world) staff(ctx context.Context) error {
	by := w.principal("kaowu")
	for _, d := range []struct {
		login string
		role  authz.Role
		room  sitting.RoomID
	}{{"jiankao1", authz.Invigilator, "t1"}, {"jiankao2", authz.Invigilator, "t1"}, {"kaoping1", authz.Examiner, "p1"}, {"kaoping2", authz.Examiner, "p1"},
		{"kaoping3", authz.Examiner, "p1"}, {"zuzhang", authz.Leader, ""}, {"yuejuan", authz.Marker, ""}, {"dudao", authz.Supervisor, ""}} {
		if _, err := w.Sittings.Assign(ctx, by, w.session.ID, engine.PersonID(w.principal(d.login).Person), d.role, d.room); err != nil {
			return fmt.Errorf("assign %s: %w", d.login, err)
		}
	}
	return nil
}

func (w *world) draw(ctx context.Context) error {
	by := w.principal("kaowu")
	if _, err := w.Exams.Draw(ctx, by, w.session.ID); err != nil {
		return err
	}
	if _, err := w.Practical.Commit(ctx, by, w.session.ID); err != nil {
		return err
	}
	_, err := w.Practical.Draw(ctx, by, w.session.ID)
	return err
}
