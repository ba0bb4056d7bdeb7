package training_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/training"
	"github.com/skillcert/skillcert/fixtures/demo"
	"github.com/skillcert/skillcert/questionbank/exchange/table"
)

// needs is a workbook with exactly the columns of an annex, or with those of a document behind them.
func needs(t *testing.T, a training.Annex, documents bool, rows ...string) training.File {
	t.Helper()
	columns := training.NeedColumns(a)
	if documents {
		columns = append(columns, "证件类型", "证件号码", "性别", "出生日期", "培训基础", "证书编号或从业单位")
	}
	cells := [][]string{training.NeedExample(a)}
	for _, r := range rows {
		cells = append(cells, strings.Split(r, "|"))
	}
	data, err := table.WriteXLSX(columns, cells)
	must(t, err)
	return training.File{Name: "需求清单.xlsx", Data: data}
}

func needSteps(p *training.NeedPlan) (all []training.NeedStep) {
	for _, l := range p.Lines {
		all = append(all, l.Step)
	}
	return all
}

func rollSteps(p *training.RollPlan) (all []training.Step) {
	for _, l := range p.Lines {
		all = append(all, l.Step)
	}
	return all
}

func numberOf(serial int) string {
	return demo.IDNumber(clock.Date{Year: 1980, Month: 1, Day: 1}, serial, engine.Female)
}

// 附件3清单的列和文件完全一样，没有证件号码：全部作为培训需求保留，能再导出；补登证件的一人从清单入班，没有证件的、别的职业的说明原因，仍然保留。
func TestPeopleOfAListEnterAClass(t *testing.T) {
	w := open(t)
	class := w.class(engine.Level5, "HL01").ID
	file := needs(t, training.InstitutionNeeds, false, "1|河西区|某养老院|甲员工|46|企业职工|长期照护师|初级|其他培训|2026年3月|13800000001",
		"2|河西区|某养老院|乙员工|46|企业职工|长期照护师|初级|其他培训|2026年3月|13800000002", "3|河西区|某养老院|丙员工|46|企业职工|养老护理员|初级|其他培训|2026年3月|13800000003")
	preview, err := w.desk.TakeNeeds(ctx, trainer, training.InstitutionNeeds, "河西区民政局", "", file, false)
	must(t, err)
	if preview.List != nil || !slices.Equal(needSteps(preview), []training.NeedStep{training.NeedOnly, training.NeedOnly, training.NeedOnly}) ||
		preview.Lines[0].Code != training.ErrNoDoc.Code || preview.Lines[2].Code != training.ErrOtherJob.Code {
		t.Fatalf("%+v", preview)
	}
	done, err := w.desk.TakeNeeds(ctx, trainer, training.InstitutionNeeds, "河西区民政局", "", file, true)
	must(t, err)
	again, err := w.desk.TakeNeeds(ctx, trainer, training.InstitutionNeeds, "河西区民政局", "", file, true)
	must(t, err)
	if !slices.Equal(needSteps(preview), needSteps(done)) || done.Known || !again.Known || again.List.ID != done.List.ID {
		t.Fatalf("%+v %+v", done, again)
	}
	id := done.List.ID
	_, err = w.desk.Identify(ctx, trainer, id, 1, engine.Person{IDType: engine.ResidentCard, IDNumber: numberOf(901)})
	must(t, err)
	_, err = w.desk.Identify(ctx, trainer, id, 2, engine.Person{IDType: engine.ResidentCard, IDNumber: numberOf(901)})
	wantError(t, "the same document twice", err, training.ErrNeed)
	_, err = w.desk.Identify(ctx, trainer, id, 2, engine.Person{IDType: engine.ResidentCard, IDNumber: "120101198001010010"})
	wantError(t, "no document", err, engine.ErrIDNumber)
	plan, err := w.desk.EnrolNeeds(ctx, trainer, class, id, training.Newcomer, false)
	must(t, err)
	if want := []training.Step{training.RollEnrol, training.RollRefuse, training.RollRefuse}; !slices.Equal(rollSteps(plan), want) {
		t.Fatalf("%+v", plan.Lines)
	}
	if l, err := w.desk.Needs(ctx, trainer, id); err != nil || l.Enrolled() != 0 || l.Documented() != 1 {
		t.Errorf("after a preview: %+v, %v", l, err)
	}
	for _, want := range []training.Step{training.RollEnrol, training.RollKnown} {
		plan, err = w.desk.EnrolNeeds(ctx, trainer, class, id, training.Newcomer, true)
		must(t, err)
		if plan.Lines[0].Step != want {
			t.Errorf("%s, want %s", plan.Lines[0].Step, want)
		}
	}
	l, err := w.desk.Needs(ctx, trainer, id)
	must(t, err)
	_, rows, err := w.desk.Class(ctx, trainer, class)
	must(t, err)
	if l.Enrolled() != 1 || l.Needs[0].Class != class || len(l.Needs) != 3 || len(rows) != 1 || rows[0].Name != "甲员工" || rows[0].Category != "企业职工" {
		t.Errorf("%+v", l.Needs)
	}
	data, err := training.WriteNeeds(l)
	must(t, err)
	back, flaws, err := training.ReadNeeds(training.InstitutionNeeds, "x", data)
	must(t, err)
	if len(flaws.Broken) != 0 || len(back) != 3 || back[1].Name != "乙员工" || back[1].Phone != "13800000002" || back[0].IDNumber != "" {
		t.Errorf("exported: %+v %+v", back, flaws)
	}
}

// 人社局导入附件4交给一家培训机构：清单带了证件的可以直接入班；有错的单元格全部指出；同一人写两次的只保留一次。
func TestAnAuthorityHandsAListToATrainingBody(t *testing.T) {
	w := open(t)
	class := w.class(engine.Level5, "HL01").ID
	row := "1|河西区|丁失业|46|城镇失业人员|长期照护师|初级|定向就业培训|某路|13800000004|居民身份证|" + numberOf(904) + "|||初次从事|"
	file := needs(t, training.GroupNeeds, true, row, "2|河西区||人|城镇失业人员|长期照护师|技师|补贴培训|某路|1||12|||初次|", row)
	plan, err := w.desk.TakeNeeds(ctx, labour, training.GroupNeeds, "河西区人社局", "school", file, true)
	must(t, err)
	if want := []string{"C4", "L4", "D4", "G4", "H4", "O4"}; !slices.Equal(plan.Places, want) {
		t.Errorf("faults at %v, want %v", plan.Places, want)
	}
	if !slices.Equal(needSteps(plan), []training.NeedStep{training.NeedReady, training.NeedRefuse}) || len(plan.List.Needs) != 1 {
		t.Fatalf("%+v", plan)
	}
	_, err = w.desk.TakeNeeds(ctx, labour, training.GroupNeeds, "河西区人社局", "nobody", file, false)
	wantError(t, "to nobody", err, training.ErrNeed)
	got, err := w.desk.EnrolNeeds(ctx, trainer, class, plan.List.ID, "", true)
	must(t, err)
	if got.Lines[0].Step != training.RollEnrol {
		t.Errorf("%+v", got.Lines)
	}
	for who, by := range map[string]authz.Principal{"another body": foreign, "another province": jilin} {
		_, err := w.desk.Needs(ctx, by, plan.List.ID)
		wantError(t, who, err, training.ErrNeeds)
		_, err = w.desk.Identify(ctx, by, plan.List.ID, 1, engine.Person{IDType: engine.ResidentCard, IDNumber: numberOf(905)})
		wantError(t, who+" identifies", err, training.ErrNeeds)
		if all, err := w.desk.NeedLists(ctx, by); err != nil || len(all) != 0 {
			t.Errorf("%s lists %d, %v", who, len(all), err)
		}
	}
	for _, by := range []authz.Principal{trainer, labour} {
		if all, err := w.desk.NeedLists(ctx, by); err != nil || len(all) != 1 {
			t.Errorf("%s lists %d, %v", by.Account, len(all), err)
		}
	}
	_, err = w.desk.NeedLists(ctx, authz.Principal{Account: "kaowu", Roles: []authz.Role{authz.ExamOffice}, Org: "school"})
	wantError(t, "an exam office", err, authz.ErrForbidden)
}
