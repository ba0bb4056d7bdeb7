package training_test

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/training"
	"github.com/skillcert/skillcert/fixtures/demo"
	"github.com/skillcert/skillcert/questionbank/exchange/table"
)

// filled is a row of a roll as the template has it: 某学员, 初次从事, whatever else cells say by column.
func filled(name string, serial int, cells map[string]string) []string {
	row := make([]string, len(training.RollColumns()))
	all := map[string]string{"学员姓名": name, "证件号码": person(name, serial).IDNumber, "培训基础": "初次从事"}
	for k, v := range cells {
		all[k] = v
	}
	for k, v := range all {
		row[slices.Index(training.RollColumns(), k)] = v
	}
	return row
}

func roll(t *testing.T, rows ...[]string) training.File {
	t.Helper()
	data, err := table.WriteXLSX(training.RollColumns(), rows)
	must(t, err)
	return training.File{Name: "学员名册.xlsx", Data: data}
}

func steps(p *training.RollPlan) (all []string) {
	for _, l := range p.Lines {
		all = append(all, fmt.Sprintf("%d %s %s", l.Row, l.Step, l.Code))
	}
	return all
}

// 培训机构导入学员名册：先预览，预览什么也不登记；确认后逐行登记，编号按名册顺序；同一份名册再导入一次，什么也不变。
func TestARollIsPreviewedAndTakenOnce(t *testing.T) {
	w := open(t)
	c := w.class(engine.Level5, "HL01")
	file := roll(t, filled("示例人", 90, map[string]string{"序号": "示例"}),
		filled("甲学员", 1, map[string]string{"人员类别": "农村转移劳动力", "培训类型": "定向就业培训", "培训等级": "初级", "培训职业（工种）": "长期照护师", "年龄": "46", "联系方式": "15600000001"}),
		filled("乙学员", 2, map[string]string{"培训基础": "正在从业", "机构名称": "安怡护理院", "入班日期": "2026/3/9"}),
		filled("丙学员", 1, nil), filled("丁学员", 4, map[string]string{"培训基础": "已结业"}), filled("戊学员", 5, map[string]string{"培训等级": "中级"}),
		filled("己学员", 6, map[string]string{"年龄": "30"}))
	want := []string{"3 enrol ", "4 enrol ", "5 refuse training.twice", "6 refuse training.order", "7 refuse training.invalid", "8 refuse training.invalid"}
	plan, err := w.desk.TakeRoll(ctx, trainer, c.ID, file, false)
	must(t, err)
	if got := steps(plan); !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	if _, rows, _ := w.desk.Class(ctx, trainer, c.ID); len(rows) != 0 {
		t.Fatalf("a preview enrolled %v", rows)
	}
	_, err = w.people.Find(ctx, engine.ResidentCard, person("", 1).IDNumber)
	wantError(t, "a preview registers nobody", err, engine.ErrPerson)
	plan, err = w.desk.TakeRoll(ctx, trainer, c.ID, file, true)
	if got := steps(plan); err != nil || !slices.Equal(got, want) {
		t.Fatalf("%v %v", got, err)
	}
	_, before, err := w.desk.Class(ctx, trainer, c.ID)
	if err != nil || len(before) != 2 || before[0].Name != "甲学员" || before[0].Category != "农村转移劳动力" || before[0].Program != "定向就业培训" ||
		before[1].Proof != "安怡护理院" || before[1].Since != (clock.Date{Year: 2026, Month: 3, Day: 9}) {
		t.Fatalf("%+v %v", before, err)
	}
	plan, err = w.desk.TakeRoll(ctx, trainer, c.ID, file, true)
	if err != nil || plan.New() != 0 || plan.Lines[0].Step != training.RollKnown {
		t.Errorf("again: %v %v", steps(plan), err)
	}
	_, after, _ := w.desk.Class(ctx, trainer, c.ID)
	for i := range before {
		if before[i].Revision != after[i].Revision {
			t.Errorf("%s was written again", before[i].Name)
		}
	}
	_, err = w.desk.TakeRoll(ctx, foreign, c.ID, file, true)
	wantError(t, "another body", err, training.ErrClass)
}

// 结业结果随名册导入：班级结束以后才能登记；合格的有培训合格证书编号；已登记的结果不能用名册改成别的。
func TestARollBringsResults(t *testing.T) {
	w := open(t)
	c := w.class(engine.Level5, "HL01")
	passed := map[string]string{"结业结果": "合格", "实际课时": "120"}
	file := roll(t, filled("甲学员", 1, passed), filled("乙学员", 2, map[string]string{"结业结果": "不合格", "实际课时": "30"}))
	plan, err := w.desk.TakeRoll(ctx, trainer, c.ID, file, true)
	if err != nil || plan.Lines[0].Code != "training.too_early" || plan.New() != 0 {
		t.Errorf("before the end: %v %v", steps(plan), err)
	}
	_, err = w.desk.TakeRoll(ctx, trainer, c.ID, roll(t, filled("甲学员", 1, nil)), true)
	must(t, err)
	w.clock.Set(last.In(time.UTC))
	plan, err = w.desk.TakeRoll(ctx, trainer, c.ID, file, true)
	if got := steps(plan); err != nil || !slices.Equal(got, []string{"2 finish ", "3 both "}) {
		t.Errorf("%v %v", got, err)
	}
	_, rows, _ := w.desk.Class(ctx, trainer, c.ID)
	if rows[0].Number != "PXHG-MYYYYYY28-HL01-001" || rows[1].Number != "" || rows[1].Result != training.Fail {
		t.Errorf("%+v %+v", rows[0], rows[1])
	}
	plan, err = w.desk.TakeRoll(ctx, trainer, c.ID, roll(t, filled("乙学员", 2, passed)), true)
	if err != nil || plan.Lines[0].Code != "training.over" {
		t.Errorf("another result: %v %v", steps(plan), err)
	}
	plan, err = w.desk.TakeRoll(ctx, trainer, c.ID, roll(t, filled("甲学员", 1, map[string]string{"培训基础": "持有证书", "证书编号或从业单位": "S000012000001215000001"})), true)
	if err != nil || plan.Lines[0].Code != "training.differs" {
		t.Errorf("another basis: %v %v", steps(plan), err)
	}
}

// 附件3、附件4的培训需求清单没有证件号码，不能当作学员名册；说明缺哪几列。
func TestAListOfNeedsEnrolsNobody(t *testing.T) {
	w := open(t)
	c := w.class(engine.Level5, "HL01")
	data, err := table.WriteXLSX(training.RollColumns()[:11], [][]string{{"1", "河西区", "安怡护理院", "张三", "38", "企业职工", "长期照护师", "初级", "其他培训", "2025年9月", "15600000000"}})
	must(t, err)
	_, err = w.desk.TakeRoll(ctx, trainer, c.ID, training.File{Name: "附件3.xlsx", Data: data}, true)
	wantError(t, "annex 3", err, table.ErrColumns)
	if err == nil || !strings.Contains(err.Error(), "证件号码") {
		t.Errorf("%v", err)
	}
}

// 培训合格证书与职业技能等级证书不混用：拿培训合格证书的编号当职业技能等级证书来报的，不接受，怎么写都不接受。
func TestACompletionCertificateIsNoSkillCertificate(t *testing.T) {
	w := open(t)
	four := w.class(engine.Level4, "HL04")
	for _, number := range []string{"PXHG-MYYYYYY28-HL01-001", " pxhg-myyyyyy28-hl01-001", "ＰＸＨＧ－MYYYYYY28", "P X H G-1"} {
		_, err := w.enrol(four, "甲学员", 1, training.Certified, number)
		wantError(t, number, err, training.ErrInput)
		plan, err := w.desk.TakeRoll(ctx, trainer, four.ID, roll(t, filled("甲学员", 1, map[string]string{"培训基础": "持有证书", "证书编号或从业单位": number})), true)
		if err != nil || plan.New() != 0 || !strings.Contains(plan.Lines[0].Msg, "不是职业技能等级证书") {
			t.Errorf("%s: %+v %v", number, plan, err)
		}
	}
	_, err := w.enrol(four, "甲学员", 1, training.Certified, "S000012000001215000001")
	wantError(t, "a skill certificate", err, nil)
}

// 未满十六周岁的不能参加培训：入班当天满十六周岁的可以，差一天的不行。
func TestTraineesAreSixteen(t *testing.T) {
	w := open(t)
	c := w.class(engine.Level5, "HL01")
	for born, want := range map[clock.Date]error{{Year: 2010, Month: 3, Day: 2}: nil, {Year: 2010, Month: 3, Day: 3}: training.ErrInput} {
		p := engine.Person{Name: "少年", IDType: engine.ResidentCard, IDNumber: demo.IDNumber(born, 7, engine.Female)}
		_, err := w.desk.Enrol(ctx, trainer, c.ID, training.Entry{Person: p, Basis: training.Newcomer})
		wantError(t, born.String(), err, want)
	}
}

// 名册里的每一处错误一次说全，写明行号和列名；有错的行整行不登记，别的行照常。
func TestCellsAtFaultAreAllTold(t *testing.T) {
	for name, c := range map[string]struct {
		cells map[string]string
		want  []string
	}{
		"a date that is a count of days": {map[string]string{"入班日期": "46083"}, []string{"2 入班日期"}},
		"a date in two-digit years":      {map[string]string{"出生日期": "80-01-01"}, []string{"2 出生日期"}},
		"no day of any month":            {map[string]string{"入班日期": "2026-02-30"}, []string{"2 入班日期"}},
		"a wrong check digit":            {map[string]string{"证件号码": "120101198001010010"}, []string{"2 证件号码"}},
		"no number, no name, no basis":   {map[string]string{"证件号码": "", "学员姓名": "", "培训基础": "", "年龄": "40"}, []string{"2 培训基础", "2 学员姓名", "2 证件号码"}},
		"words that are no choice":       {map[string]string{"培训类型": "免费", "培训等级": "技师", "培训基础": "听说", "性别": "无", "结业结果": "优"}, []string{"2 培训基础", "2 培训等级", "2 培训类型", "2 性别", "2 结业结果"}},
		"another occupation":             {map[string]string{"培训职业（工种）": "养老护理员"}, []string{"2 培训职业（工种）"}},
		"hours without a result":         {map[string]string{"实际课时": "120"}, []string{"2 结业结果"}},
		"a result without hours":         {map[string]string{"结业结果": "合格"}, []string{"2 实际课时"}},
		"hours and age out of range":     {map[string]string{"结业结果": "合格", "实际课时": "2001", "年龄": "-3"}, []string{"2 实际课时", "2 实际课时", "2 年龄"}},
		"a formula gone wrong":           {map[string]string{"机构名称": "#REF!"}, []string{"2 机构名称"}},
		"digits lost":                    {map[string]string{"证件号码": "1.20101E+17"}, []string{"2 证件号码", "2 证件号码"}},
	} {
		s, err := training.ReadRoll("x.xlsx", roll(t, filled("甲学员", 1, c.cells), filled("乙学员", 2, nil)).Data)
		must(t, err)
		var got []string
		for _, p := range s.Broken {
			got = append(got, fmt.Sprintf("%d %s", p.Row, p.Column))
		}
		slices.Sort(got)
		slices.Sort(c.want)
		if !slices.Equal(got, c.want) || len(s.Rows) != 1 || s.Rows[0].Person.Name != "乙学员" || len(s.Places) != len(s.Broken) {
			t.Errorf("%s: %v, want %v; %d rows", name, got, c.want, len(s.Rows))
		}
	}
}

// 整份文件的错误：表头不对、列名重复、不是工作簿、太大、人数太多，什么也不登记。
func TestFilesThatAreNoRoll(t *testing.T) {
	many := make([][]string, 501)
	for i := range many {
		many[i] = filled("甲", i+1, nil)
	}
	for name, c := range map[string]struct {
		data []byte
		want error
	}{
		"wrong header":   {[]byte("甲,乙,丙\n1,2,3\n"), table.ErrColumns},
		"a column twice": {[]byte("姓名,学员姓名,证件号码,培训基础\n甲,甲,1,初次从事\n"), table.ErrHeader},
		"nothing":        {[]byte(" \n"), table.ErrEmpty},
		"a pdf":          {[]byte("%PDF-1.7"), table.ErrKind},
		"half a book":    {roll(t, filled("甲", 1, nil)).Data[:300], table.ErrBroken},
		"5 MB":           {bytes.Repeat([]byte("姓名,"), 1<<20), table.ErrTooLarge},
		"501 trainees":   {roll(t, many...).Data, table.ErrTooLarge},
	} {
		_, err := training.ReadRoll("名册.xlsx", c.data)
		if name == "wrong header" || name == "a column twice" {
			_, err = training.ReadRoll("名册.csv", c.data)
		}
		wantError(t, name, err, c.want)
	}
	if s, err := training.ReadRoll("x.xlsx", roll(t, many[:500]...).Data); err != nil || len(s.Rows) != 500 {
		t.Errorf("500 trainees: %v", err)
	}
}

// 用表格软件做的名册：标题行合并单元格、空行、日期单元格、公式算出来的姓名都能读；数据行里合并的单元格只有第一行有内容，其余按空白处理。
func TestARollMadeBySpreadsheets(t *testing.T) {
	f := excelize.NewFile()
	set := func(cell string, v any) { t.Helper(); must(t, f.SetCellValue("Sheet1", cell, v)) }
	set("A1", "学员名册（2026年）")
	must(t, f.MergeCell("Sheet1", "A1", "D1"))
	for i, h := range []string{"学员姓名", "证件号码", "培训基础", "入班日期", "年龄"} {
		set(fmt.Sprintf("%c3", 'A'+i), h)
	}
	for i, row := range []int{5, 6, 8} {
		if row != 6 {
			set(fmt.Sprintf("A%d", row), "学员")
		}
		set(fmt.Sprintf("B%d", row), person("", i+1).IDNumber)
		set(fmt.Sprintf("C%d", row), "初次从事")
	}
	set("D5", time.Date(2026, 3, 9, 0, 0, 0, 0, time.UTC)) // a date cell
	set("E5", 46)
	must(t, f.SetCellFormula("Sheet1", "A6", `="张"&"三"`)) // never calculated: it has no value
	must(t, f.MergeCell("Sheet1", "C8", "C9"))
	set("A9", "学员")
	set("B9", person("", 4).IDNumber)
	var b bytes.Buffer
	_, err := f.WriteTo(&b)
	must(t, err)
	s, err := training.ReadRoll("x.xlsx", b.Bytes())
	must(t, err)
	if len(s.Rows) != 2 || s.Rows[0].Row != 5 || s.Rows[0].Since != (clock.Date{Year: 2026, Month: 3, Day: 9}) || s.Rows[0].Age != 46 || s.Rows[1].Row != 8 {
		t.Errorf("%+v", s.Rows)
	}
	if !slices.Equal(s.Places, []string{"A6", "C9"}) {
		t.Errorf("%v", s.Broken)
	}
}

// FuzzReadRoll: whatever the bytes are, reading does not fail but by a refusal, and what is read keeps to its limits.
func FuzzReadRoll(f *testing.F) {
	f.Add([]byte("学员姓名,证件号码,培训基础,实际课时,结业结果\n甲,120101198001010010,初次从事,120,合格\n"))
	f.Add([]byte("姓名,证件号码,培训基础,年龄\n\"甲,1,2\n"))
	data, err := table.WriteXLSX(training.RollColumns(), [][]string{filled("甲", 1, nil)})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := training.ReadRoll("x.csv", data)
		if err != nil {
			if s != nil {
				t.Error("both")
			}
			return
		}
		broken := map[int]bool{}
		for _, p := range s.Broken {
			broken[p.Row] = true
		}
		for _, r := range s.Rows {
			if broken[r.Row] || r.Hours < 0 || r.Hours > 2000 || (r.Result == "") != (r.Hours == 0) || r.Person.Name == "" || r.Basis == "" {
				t.Errorf("%+v", r)
			}
			if _, err := engine.ParseDocument(r.Person.IDType, r.Person.IDNumber); err != nil {
				t.Error(errors.Join(errors.New("row "+fmt.Sprint(r.Row)), err))
			}
		}
	})
}
