package registration

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/questionbank/exchange/table"
)

// RosterRow is one applicant, in an intake sheet or by themselves.
type RosterRow struct {
	Name     string        `json:"name"`
	IDType   engine.IDType `json:"id_type"`
	IDNumber string        `json:"id_number"`
	Sex      engine.Sex    `json:"sex"`
	Born     clock.Date    `json:"born"`
	Phone    string        `json:"phone"`
	Address  string        `json:"address,omitempty"`
	Level    engine.Level  `json:"level"`
	Claims   Claims        `json:"claims"`
	Employer string        `json:"employer,omitempty"`
	Class    string        `json:"class,omitempty"`
}

// equal reports whether two rows say the same.
func (r RosterRow) equal(o RosterRow) bool {
	same := r.Claims.equal(o.Claims)
	r.Claims, o.Claims = Claims{}, Claims{}
	return same && reflect.DeepEqual(r, o)
}

func (r RosterRow) person() engine.Person {
	return engine.Person{Name: r.Name, IDType: r.IDType, IDNumber: r.IDNumber, Born: r.Born, Sex: r.Sex, Phone: r.Phone, Address: r.Address}
}

// The columns of the intake sheet that are read.
const (
	colLevel     = "认定等级"
	colCondition = "申报条件"
	colIDType    = "证件类型"
	colIDNumber  = "证件号码"
	colName      = "姓名"
	colSex       = "性别"
	colBorn      = "出生日期"
	colPhone     = "手机号码"
	colAddress   = "通讯地址"
	colPrior     = "证书等级"
	colPriorNo   = "证书编号"
	colEducation = "文化程度"
	colEmployer  = "所在单位"
	colYears     = "专业年限"
	colPriorDate = "证书日期"
	colTitle     = "职称"
	colClass     = "培训班级"
	colEvidence  = "申报材料"
	colWork      = "职业工种名称" // read of retakes only
	colExam      = "考试类型"
	colRetake    = "补考科目"
)

// header is the intake sheet of a filed body with its 33 columns (domain facts §3), and behind them the four that
// eligibility and separation need besides, and the component that is retaken (补考科目).
var header = []string{"序号", colWork, colLevel, colCondition, colIDType, colIDNumber, colName, colSex, colBorn, colPhone,
	"是否有职业资格证书", colPrior, colPriorNo, colEducation, "所在省（市）区", "考生来源", colEmployer, "报名单位", "认定分类", "专业", colExam,
	"民族", "参加工作时间", "电子邮箱", colYears, "户籍所在地", "政治面貌", "学历证书编号", "简要经历", colAddress, "证书领取方式", "邮政编码", "邮寄地址",
	colPriorDate, colTitle, colClass, colEvidence, colRetake}

func rosterColumns() table.Options {
	required := []string{colName, colIDNumber, colLevel, colCondition}
	return table.Options{
		Required: required,
		Optional: slices.DeleteFunc(slices.Clone(header), func(h string) bool { return slices.Contains(required, h) }),
		Aliases: map[string][]string{colIDNumber: {"身份证号", "身份证号码", "证件号"}, colPhone: {"手机号", "手机", "联系电话"}, colAddress: {"联系地址", "住址", "家庭住址"},
			colLevel: {"申报等级", "职业技能等级"}, colYears: {"工作年限", "从业年限"}, colPriorDate: {"发证日期", "证书发证日期"},
			colEvidence: {"证明材料"}, colEmployer: {"工作单位"}, colClass: {"班级"}},
	}
}

// readRow reads a row, or says of every cell at fault what it should be.
func readRow(r table.Row) (RosterRow, []table.Problem) {
	problems := r.Missing(colName, colIDNumber, colLevel, colCondition)
	bad := func(column, want string) {
		problems = append(problems, r.Problem(column, "roster."+column, want))
	}
	row := RosterRow{Name: r.Get(colName), IDType: engine.IDTypeNamed(r.Get(colIDType)), IDNumber: r.Get(colIDNumber), Phone: r.Get(colPhone),
		Address: r.Get(colAddress), Sex: engine.Sex(r.Get(colSex)), Employer: r.Get(colEmployer), Class: r.Get(colClass)}
	row.Claims = Claims{Condition: r.Get(colCondition), PriorNumber: r.Get(colPriorNo), Education: r.Get(colEducation),
		Title: r.Get(colTitle), Evidence: strings.FieldsFunc(r.Get(colEvidence), func(c rune) bool { return strings.ContainsRune("、，,；; \r\n", c) })}
	var ok bool
	if row.Level, _ = anyLevel(r.Get(colLevel)); r.Get(colLevel) != "" && !row.Level.Valid() {
		bad(colLevel, "五级、四级或三级")
	}
	if row.Claims.PriorLevel, ok = anyLevel(r.Get(colPrior)); !ok {
		bad(colPrior, "一级至五级，没有证书的留空")
	}
	if row.Claims.Years, ok = years(r.Get(colYears)); !ok {
		bad(colYears, "整年数")
	}
	if row.Born, ok = table.Day(r.Get(colBorn)); !ok {
		bad(colBorn, "2006-01-02 形式的日期")
	}
	if row.Claims.PriorDate, ok = table.Day(r.Get(colPriorDate)); !ok {
		bad(colPriorDate, "2006-01-02 形式的日期")
	}
	if row.Sex != "" && row.Sex != engine.Male && row.Sex != engine.Female {
		bad(colSex, "男或女")
	}
	if row.Claims.Retake, ok = retakes(r.Get(colExam), r.Get(colRetake)); !ok {
		bad(colExam, "正考或补考；补考的可在“补考科目”写明理论知识或操作技能，正考的留空")
	}
	if row.Claims.Retake != BothTaken && !ours(r.Get(colWork)) {
		bad(colWork, "与本场次相同的职业（"+engine.LongTermCare().Title()+"）：其他职业的合格成绩不能保留到本职业，请按正考报名")
	}
	for i := range problems {
		problems[i].Who = row.Name
	}
	return row, problems
}

// retakes reads what is taken: nothing said is 正考, and 补考 without a component leaves it to what is kept.
func retakes(exam, component string) (Retake, bool) {
	named, known := map[string]Retake{"": WhatIsMissing, "理论": Retake(engine.Theory), "理论知识": Retake(engine.Theory),
		"技能": Retake(engine.Practical), "实操": Retake(engine.Practical), "操作技能": Retake(engine.Practical)}[component]
	switch exam {
	case "补考":
		return named, known
	case "", "正考":
		return BothTaken, component == ""
	}
	return BothTaken, false
}

// ours reports whether the occupation or the work type as a sheet calls it is the one examined here, or not said.
func ours(name string) bool {
	o := engine.LongTermCare()
	return name == "" || name == o.Name || name == o.WorkType || strings.NewReplacer("(", "（", ")", "）").Replace(name) == o.Title()
}

// anyLevel reads a level, 二级 and 一级 too: holders of those exist, though nobody is examined for them here.
func anyLevel(s string) (engine.Level, bool) {
	switch s {
	case "", "无":
		return 0, true
	case "2", "二级", "技师", "二级/技师":
		return 2, true
	case "1", "一级", "高级技师", "一级/高级技师":
		return 1, true
	}
	l, err := engine.ParseLevel(s)
	return l, err == nil
}

func years(s string) (int, bool) {
	if s == "" {
		return 0, true
	}
	n, err := strconv.Atoi(strings.TrimSuffix(s, "年"))
	return n, err == nil && n >= 0 && n < 80
}

// WriteRoster writes an intake sheet that ImportRoster reads.
func WriteRoster(rows []RosterRow) ([]byte, error) {
	cells := make([][]string, len(rows))
	for i, r := range rows {
		values := r.values()
		values["序号"] = fmt.Sprint(i + 1)
		cells[i] = make([]string, len(header))
		for j, h := range header {
			cells[i][j] = values[h]
		}
	}
	return table.WriteXLSX(header, cells)
}

func (r RosterRow) values() map[string]string {
	v := map[string]string{colWork: engine.LongTermCare().Title(), colLevel: r.Level.String(), colCondition: r.Claims.Condition,
		colIDType: "居民身份证", colIDNumber: r.IDNumber, colName: r.Name, colSex: string(r.Sex), colBorn: r.Born.String(), colPhone: r.Phone, colAddress: r.Address,
		"是否有职业资格证书": "否", colEducation: r.Claims.Education, colEmployer: r.Employer, "认定分类": "初次认定", colExam: "正考",
		colYears: fmt.Sprint(r.Claims.Years), colTitle: r.Claims.Title, colClass: r.Class, colEvidence: strings.Join(r.Claims.Evidence, "、")}
	if r.Claims.Retake != BothTaken {
		v[colExam] = "补考"
	}
	if c := engine.Component(r.Claims.Retake); c == engine.Theory || c == engine.Practical {
		v[colRetake] = c.String()
	}
	if r.IDType != "" {
		v[colIDType] = r.IDType.Name()
	}
	if r.Claims.PriorLevel != 0 {
		v["是否有职业资格证书"], v["认定分类"] = "是", "晋级认定"
		v[colPrior], v[colPriorNo], v[colPriorDate] = priorName(r.Claims.PriorLevel), r.Claims.PriorNumber, r.Claims.PriorDate.String()
	}
	return v
}

func priorName(l engine.Level) string {
	if l.Valid() {
		return l.String()
	}
	return map[engine.Level]string{2: "二级", 1: "一级"}[l]
}
