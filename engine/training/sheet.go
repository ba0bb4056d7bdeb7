package training

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/questionbank/exchange/table"
)

// The columns of a roll (学员名册) that are read.
const (
	colName       = "学员姓名"
	colAge        = "年龄"
	colCategory   = "人员类别"
	colOccupation = "培训职业（工种）"
	colLevel      = "培训等级"
	colProgram    = "培训类型"
	colPhone      = "联系方式"
	colEmployer   = "机构名称"
	colIDType     = "证件类型"
	colIDNumber   = "证件号码"
	colSex        = "性别"
	colBorn       = "出生日期"
	colBasis      = "培训基础"
	colProof      = "证书编号或从业单位"
	colSince      = "入班日期"
	colHours      = "实际课时"
	colResult     = "结业结果"
	colNo         = "序号"
)

// RollColumns are the columns of a roll, in the order of its template: those of 附件3《养老服务机构培训需求明细清单》 of
// 《天津市养老服务技能人才专项培训实施方案》, which 附件4 has as well but for two, and behind them what an enrolment and its end say
// besides. The annexes have no document number, so a list of needs enrols nobody.
func RollColumns() []string {
	return []string{colNo, colDistrict, colEmployer, colName, colAge, colCategory, colOccupation, colLevel, colProgram, colPlanned, colPhone,
		colIDType, colIDNumber, colSex, colBorn, colBasis, colProof, colSince, colHours, colResult}
}

const (
	maxRollFile = 4 << 20 // bytes
	example     = "示例"    // stands in 序号 of a row that only shows how to fill in
)

func rollOptions() table.Options {
	required := []string{colName, colIDNumber, colBasis}
	return table.Options{Required: required, MaxBytes: maxRollFile,
		Optional: slices.DeleteFunc(RollColumns(), func(h string) bool { return slices.Contains(required, h) }),
		Aliases: map[string][]string{colName: {"姓名"}, colIDNumber: {"身份证号", "身份证号码", "证件号"}, colOccupation: {"培训职业", "职业（工种）"},
			colLevel: {"职业等级", "等级"}, colPhone: {"联系电话", "手机号码", "手机号"}, colEmployer: {"养老服务机构名称", "从业单位"},
			colResult: {"结业考核结果"}, colHours: {"培训课时", "学时"}}}
}

// RollCells are the cells of one row of a roll, by column.
type RollCells map[string]string

// WriteRoll writes a roll that ReadRoll reads.
func WriteRoll(rows []RollCells) ([]byte, error) {
	cells := make([][]string, len(rows))
	for i, r := range rows {
		for _, column := range RollColumns() {
			cells[i] = append(cells[i], r[column])
		}
	}
	return table.WriteXLSX(RollColumns(), cells)
}

// RollRow is one trainee of a roll, as the file has it.
type RollRow struct {
	Row int // as a person counts in the file
	Entry
	Level  engine.Level // 0 where the file says none
	Age    int          // 0 where the file says none
	Result Outcome      // "" while the training goes on
	Hours  int
}

// Sheet is a roll as it was read. Every row of the file is in Rows, or at fault in Broken, once for every cell; examples and blank rows
// are in neither.
type Sheet struct {
	Rows   []RollRow
	Broken []table.Problem
	Places []string // of those cells, as a spreadsheet names them: B7
}

// ReadRoll reads a roll, xlsx or csv. Refusals of the whole file are those of package table.
func ReadRoll(name string, data []byte) (*Sheet, error) {
	rows, flaws, err := readSheet(name, data, form{rollOptions(), maxRoll, "一个班级最多%d人"}, readRollRow)
	if err != nil {
		return nil, err
	}
	return &Sheet{Rows: rows, Broken: flaws.Broken, Places: flaws.Places}, nil
}

// form is what a workbook is expected to hold: its columns, how many rows at most, and how a refusal of more says that.
type form struct {
	table.Options
	most int
	says string
}

// Flaws are the cells of a workbook that could not be read, in the order of its rows; nothing of their rows is taken over.
type Flaws struct {
	Broken []table.Problem
	Places []string // of those cells, as a spreadsheet names them: B7
}

// readSheet reads the rows of a workbook. Every row is among rows, or at fault, once for every cell; examples and blank rows are in
// neither.
func readSheet[T any](name string, data []byte, f form, read func(table.Row) (T, []table.Problem)) (rows []T, flaws Flaws, err error) {
	t, err := table.Read(name, data, f.Options)
	if err != nil {
		return nil, flaws, err
	}
	seen := map[int]bool{}
	for r, problems := range t.Each {
		if seen[r.Number] = true; r.Get(colNo) == example {
			continue
		}
		row, more := read(r)
		if problems = append(problems, more...); len(problems) == 0 {
			rows = append(rows, row)
		}
		if flaws.Broken = append(flaws.Broken, problems...); len(seen) > f.most+1 { // one example
			break
		}
	}
	for _, p := range t.Problems { // of rows whose cells could not be told apart
		if !seen[p.Row] {
			flaws.Broken = append(flaws.Broken, p)
		}
	}
	if len(rows) > f.most || len(seen) > f.most+1 || len(flaws.Broken) > f.most*(len(f.Required)+len(f.Optional)) {
		return nil, Flaws{}, table.ErrTooLarge.With(f.says, f.most)
	}
	slices.SortStableFunc(flaws.Broken, func(a, b table.Problem) int { return a.Row - b.Row })
	for _, p := range flaws.Broken {
		flaws.Places = append(flaws.Places, t.Place(p))
	}
	return rows, flaws, nil
}

// readRollRow reads a row, or says of every cell at fault what it should be.
func readRollRow(r table.Row) (RollRow, []table.Problem) {
	c := cells{Row: r, problems: r.Missing(colName, colIDNumber, colBasis)}
	row := RollRow{Row: r.Number}
	row.Person = c.person()
	row.Category, row.Proof, row.Basis = r.Get(colCategory), r.Get(colProof), c.basis()
	if row.Proof == "" && row.Basis == Practising {
		row.Proof = r.Get(colEmployer)
	}
	row.Level, row.Program, row.Age = c.level(colLevel), c.program(), c.number(colAge, 150)
	row.Since = c.day(colSince)
	row.Hours, row.Result = c.number(colHours, maxHours), c.result()
	c.that(row.Result == "" || row.Hours > 0, colHours, "实际课时，登记结业结果时须填写")
	c.that(row.Result != "" || row.Hours == 0, colResult, "合格或不合格；尚未结业的，实际课时留空")
	c.occupation()
	return row, c.problems
}

// cells is a row that is being read, with what is wrong with it so far.
type cells struct {
	table.Row
	problems []table.Problem
}

func (c *cells) that(ok bool, column, want string) {
	if !ok {
		c.problems = append(c.problems, c.Problem(column, "roll."+column, want))
	}
}

// person is the trainee; a number or a name that is wrong says so itself.
func (c *cells) person() engine.Person {
	p := engine.Person{Name: c.Get(colName), IDType: engine.IDTypeNamed(c.Get(colIDType)), IDNumber: c.Get(colIDNumber), Sex: engine.Sex(c.Get(colSex)),
		Born: c.day(colBorn), Phone: c.Get(colPhone)}
	if p.Name != "" {
		_, err := engine.CleanName(p.Name)
		c.that(err == nil, colName, "证件上的姓名")
	}
	if p.IDNumber != "" {
		_, err := engine.ParseDocument(p.IDType, p.IDNumber)
		c.that(err == nil, colIDNumber, "有效的"+p.IDType.Name()+"号码")
	}
	c.that(p.Sex == "" || p.Sex == engine.Male || p.Sex == engine.Female, colSex, "男或女")
	return p
}

func (c *cells) basis() Basis {
	text := c.Get(colBasis)
	var names []string
	for _, b := range Bases() {
		if text == b.String() {
			return b
		}
		names = append(names, b.String())
	}
	c.that(text == "", colBasis, strings.Join(names, "、"))
	return ""
}

// level reads 初级 as well, as the annexes write it.
func (c *cells) level(column string) engine.Level {
	text := c.Get(column)
	if text == "" {
		return 0
	}
	if l, ok := levelNamed(text); ok {
		return l
	}
	c.that(false, column, "初级、中级或高级")
	return 0
}

func (c *cells) program() string {
	text := c.Get(colProgram)
	c.that(text == "" || slices.Contains(Programs(), text), colProgram, strings.Join(Programs(), "、"))
	return text
}

func (c *cells) number(column string, most int) int {
	text := c.Get(column)
	if text == "" {
		return 0
	}
	n, err := strconv.ParseUint(text, 10, 16)
	ok := err == nil && n > 0 && n <= uint64(most)
	c.that(ok, column, fmt.Sprintf("1至%d的整数", most))
	if !ok {
		return 0
	}
	return int(n)
}

func (c *cells) day(column string) clock.Date {
	d, ok := table.Day(c.Get(column))
	c.that(ok, column, "2006-01-02 形式的日期")
	return d
}

func (c *cells) result() Outcome {
	switch c.Get(colResult) {
	case "":
		return ""
	case "合格":
		return Pass
	case "不合格":
		return Fail
	}
	c.that(false, colResult, "合格、不合格，尚未结业的留空")
	return ""
}

// occupation refuses a list of another occupation, such as 养老护理员, for which the annexes were made.
func (c *cells) occupation() {
	o, text := engine.LongTermCare(), c.Get(colOccupation)
	c.that(text == "" || text == o.WorkType || text == o.Name || PlainName(text) == PlainName(o.Title()), colOccupation, o.WorkType)
}
