package training_test

import (
	"strings"
	"testing"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/separation"
	"github.com/skillcert/skillcert/engine/training"
)

func (w *world) tiesOf(p engine.PersonID) []*separation.Tie {
	w.t.Helper()
	ties, _, err := w.judge.TiesOf(ctx, labour, separation.PersonNode(p), engine.Cursor{})
	must(w.t, err)
	return ties
}

// 更正入班日期和培训基础：原来的登记连同原因留着，新的日期另成一条培训关系，原来的关系仍有效、注明有争议，不会悄悄删掉。
func TestACorrectedEnrolmentKeepsWhatItSaid(t *testing.T) {
	w := open(t)
	c := w.class(engine.Level5, "HL01")
	e, err := w.enrol(c, "甲", 1, training.Newcomer, "")
	must(t, err)
	st := training.Statement{Basis: training.Practising, Proof: "安怡护理院", Since: first.AddDays(7), Reason: "入班日期登记早了一周"}
	for range 2 { // twice is harmless
		got, err := w.desk.Restate(ctx, trainer, c.ID, e.Person, st)
		must(t, err)
		now := got.Enrolment
		if now.Since != st.Since || now.Proof != st.Proof || len(now.Earlier) != 1 || now.Earlier[0].Since != first || now.Earlier[0].Reason != st.Reason || now.Tie == e.Tie ||
			!strings.Contains(got.TieKept, "有争议") {
			t.Errorf("%+v %s", now, got.TieKept)
		}
	}
	held := map[string]bool{}
	for _, tie := range w.tiesOf(e.Person) {
		if tie.Until != last || tie.Contested != (tie.ID == e.Tie) {
			t.Errorf("%+v", tie)
		}
		held[tie.ID] = true
	}
	if len(held) != 2 || !held[e.Tie] {
		t.Errorf("ties %v", held)
	}
	for name, bad := range map[string]training.Statement{"no reason": {Basis: training.Newcomer, Since: first}, "before the class": {Basis: training.Newcomer, Since: first.AddDays(-1), Reason: "x"},
		"no basis": {Since: first, Reason: "x"}, "a long reason": {Basis: training.Newcomer, Since: first, Reason: strings.Repeat("长", 81)}} {
		_, err := w.desk.Restate(ctx, trainer, c.ID, e.Person, bad)
		wantError(t, name, err, training.ErrInput)
	}
	_, err = w.desk.Restate(ctx, foreign, c.ID, e.Person, st)
	wantError(t, "another body", err, training.ErrClass)
	_, err = w.desk.Restate(ctx, trainer, c.ID, "nobody", st)
	wantError(t, "nobody", err, engine.ErrPerson)
}

// 登记错了人：更正为登记有误，培训合格证书编号随之作废，也不给别人用；培训关系仍有效、注明有争议；不能再登记结业，也不能重新报名。
func TestAnEnrolmentInErrorIsStruck(t *testing.T) {
	w := open(t)
	c := w.class(engine.Level5, "HL01")
	e, err := w.enrol(c, "甲", 1, training.Newcomer, "")
	must(t, err)
	w.clock.Set(last.In(time.UTC))
	_, err = w.desk.Finish(ctx, trainer, c.ID, e.Person, training.Pass, 120)
	must(t, err)
	got, err := w.desk.Strike(ctx, trainer, c.ID, e.Person, "同名的另一人")
	must(t, err)
	if got.Enrolment.Result != training.Struck || got.Enrolment.Earlier[0].Result != training.Pass || got.TieKept == "" {
		t.Errorf("%+v", got)
	}
	if ties := w.tiesOf(e.Person); len(ties) != 1 || !ties[0].Contested || ties[0].Until != last {
		t.Errorf("%+v", ties)
	}
	_, err = w.desk.Finish(ctx, trainer, c.ID, e.Person, training.Pass, 100)
	wantError(t, "finishes", err, training.ErrStruck)
	_, err = w.enrol(c, "甲", 1, training.Newcomer, "")
	wantError(t, "enrols again", err, training.ErrStruck)
	four := w.class(engine.Level4, "HL04")
	_, err = w.enrol(four, "甲", 1, training.Completed, "")
	wantError(t, "what was struck is nothing completed", err, training.ErrOrder)
	next, err := w.enrol(c, "乙", 2, training.Newcomer, "")
	if err != nil || next.No != 2 {
		t.Errorf("the next one has %v, %v", next, err)
	}
}

// 教师登记错了：更正后不再是本班教师，但任教关系仍有效、注明有争议，培训机构不能靠更正让自己的教师去考自己的学员；人社局核实后可以终止。
func TestATeacherInErrorStaysKeptApart(t *testing.T) {
	w := open(t)
	c := w.class(engine.Level5, "HL01")
	_, err := w.desk.AddTeacher(ctx, trainer, c.ID, person("师", 1))
	must(t, err)
	e, err := w.enrol(c, "员", 2, training.Newcomer, "")
	must(t, err)
	c, _, _ = w.desk.Class(ctx, trainer, c.ID)
	teacher := c.Teachers[0].Person
	c, err = w.desk.StrikeTeacher(ctx, trainer, c.ID, teacher, "只是来听课")
	if err != nil || !c.Teachers[0].Struck || c.Teachers[0].Reason != "只是来听课" {
		t.Fatalf("%+v %v", c, err)
	}
	subject := []separation.Subject{{Person: teacher, Role: authz.Examiner}}
	found, err := w.judge.On(last.AddDays(20)).Findings(ctx, subject, []engine.PersonID{e.Person})
	if err != nil || len(found) == 0 || !found[0].Contested {
		t.Fatalf("%v %v", found, err)
	}
	tie := w.tiesOf(teacher)[0]
	_, err = w.judge.Void(ctx, labour, tie.ID, "经核实未任教")
	must(t, err)
	if found, err = w.judge.On(last.AddDays(20)).Findings(ctx, subject, []engine.PersonID{e.Person}); err != nil || len(found) != 0 {
		t.Errorf("%v %v", found, err)
	}
	_, err = w.desk.StrikeTeacher(ctx, trainer, c.ID, e.Person, "x")
	wantError(t, "a trainee", err, training.ErrNoTeacher)
	c, err = w.desk.AddTeacher(ctx, trainer, c.ID, person("师", 1))
	if err != nil || len(c.Teachers) != 1 || c.Teachers[0].Struck {
		t.Errorf("%+v %v", c, err)
	}
	if found, err = w.judge.On(last.AddDays(20)).Findings(ctx, subject, []engine.PersonID{e.Person}); err != nil || len(found) == 0 {
		t.Errorf("written in again, the teacher may examine the class: %v", err)
	}
}

// 人社局已认定任教关系不成立，之后培训机构才在班级里更正：不会因为更正又生出一条任教关系；再次写成本班教师的，任教关系重新成立，不能考本班学员。
func TestATeacherWrittenInAgainIsTiedAgain(t *testing.T) {
	w := open(t)
	c := w.class(engine.Level5, "HL01")
	_, err := w.desk.AddTeacher(ctx, trainer, c.ID, person("师", 1))
	must(t, err)
	e, err := w.enrol(c, "员", 2, training.Newcomer, "")
	must(t, err)
	c, _, _ = w.desk.Class(ctx, trainer, c.ID)
	teacher := c.Teachers[0].Person
	_, err = w.judge.Void(ctx, labour, w.tiesOf(teacher)[0].ID, "经核实未任教")
	must(t, err)
	for range 2 {
		_, err = w.desk.StrikeTeacher(ctx, trainer, c.ID, teacher, "登记错人")
		must(t, err)
	}
	subject := []separation.Subject{{Person: teacher, Role: authz.Examiner}}
	found, err := w.judge.On(last.AddDays(20)).Findings(ctx, subject, []engine.PersonID{e.Person})
	if err != nil || len(found) != 0 || len(w.tiesOf(teacher)) != 1 {
		t.Errorf("struck after it was voided: %v %v", found, err)
	}
	for range 2 {
		_, err = w.desk.AddTeacher(ctx, trainer, c.ID, person("师", 1))
		must(t, err)
	}
	found, err = w.judge.On(last.AddDays(20)).Findings(ctx, subject, []engine.PersonID{e.Person})
	if err != nil || len(found) == 0 || len(w.tiesOf(teacher)) != 2 {
		t.Errorf("written in again: %v %v, %d ties", found, err, len(w.tiesOf(teacher)))
	}
}

// 班级结束以后才补登记的学员，标明是补登记；当天登记的不算。
func TestLateRecordsAreSaid(t *testing.T) {
	w := open(t)
	c := w.class(engine.Level5, "HL01")
	for at, want := range map[time.Time]bool{time.Date(2026, 4, 30, 15, 59, 0, 0, time.UTC): false, time.Date(2026, 4, 30, 16, 0, 0, 0, time.UTC): true} {
		w.clock.Set(at)
		e, err := w.enrol(c, "甲"+at.Format("1504"), at.Hour(), training.Newcomer, "")
		must(t, err)
		if got := c.Late(e, time.FixedZone("CST", 8*3600)); got != want {
			t.Errorf("%s: %v", at, got)
		}
	}
}
