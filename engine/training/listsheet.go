package training

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/questionbank/exchange/table"
)

// Annex is the annex of 天津市养老服务技能人才专项培训实施方案（2025） whose columns a workbook has.
type Annex int

// The annexes that are read and written.
const (
	InstitutionNeeds Annex = 3 // 养老服务机构培训需求明细清单
	GroupNeeds       Annex = 4 // 就业重点群体培训需求明细清单
	ProjectList      Annex = 5 // 养老服务技能人才专项培训项目目录
	BodyList         Annex = 6 // 养老服务技能人才专项培训机构目录
)

// Columns of the lists.
const (
	colDistrict  = "行政区"
	colBody      = "培训机构名称"
	colSort      = "机构类型"
	colCode      = "统一信用代码"
	colLevels    = "培训职业等级"
	colBodyPlace = "机构地址"
	colContact   = "联系人及联系方式"
	colClass     = "班期名称"
	colMode      = "培训方式"
	colJobLevel  = "职业等级"
	colLength    = "培训时长"
	colPlanned   = "培训计划时间"
	colPlace     = "培训机构地址"
)

// ListColumns are the columns of 附件5 or 附件6, in their order.
func ListColumns(a Annex) []string {
	if a == BodyList {
		return []string{colNo, colDistrict, colBody, colSort, colCode, colOccupation, colLevels, colBodyPlace, colContact}
	}
	return []string{colNo, colDistrict, colClass, colMode, colOccupation, colJobLevel, colLength, colProgram, colPlanned, colBody, colPlace, colContact}
}

// ListExample is the row that a sample workbook of the annex begins with; a reader passes it over.
func ListExample(a Annex) []string {
	if a == BodyList {
		return []string{example, "河西区", "某某职业培训学校", "民办培训机构", "18位代码", "长期照护师", "初级、中级", "河西区某路1号", "某某、022-00000000"}
	}
	return []string{example, "河西区", "长期照护师初级2026年第一期", "线下", "长期照护师", "初级", "120", "其他培训", "2026年9月", "某某职业培训学校", "河西区某路1号", "某某、022-00000000"}
}

// fieldColumns tell in which column of a list a field of ListedBody or Project stands.
func fieldColumns(a Annex) map[string]string {
	if a == BodyList {
		return map[string]string{"district": colDistrict, "name": colBody, "sort": colSort, "credit_code": colCode, "occupations": colOccupation, "levels": colLevels,
			"address": colBodyPlace, "contact": colContact}
	}
	return map[string]string{"district": colDistrict, "name": colClass, "mode": colMode, "occupation": colOccupation, "level": colJobLevel, "hours": colLength,
		"program": colProgram, "planned": colPlanned, "address": colPlace, "contact": colContact}
}

func listForm(a Annex) form {
	required := slices.DeleteFunc(ListColumns(a), func(h string) bool { return h == colNo })
	return form{table.Options{Required: required, Optional: []string{colNo}, MaxBytes: maxRollFile,
		Aliases: map[string][]string{colCode: {"统一社会信用代码"}, colOccupation: {"培训职业", "职业（工种）"}, colLevels: {"培训等级", "职业等级"},
			colJobLevel: {"培训等级"}, colLength: {"培训时长（课时）", "培训课时"}, colContact: {"联系方式"}, colPlace: {"培训地址"}}}, maxListed, "一份名单最多%d行"}
}

// ListRow is a row of a list: Body of 附件6; Project and Holder, the body that is named, of 附件5.
type ListRow struct {
	Row     int // as a person counts in the file
	Body    ListedBody
	Project Project
	Holder  string
}

// Subject is what the row is about, for a person.
func (r ListRow) Subject() string {
	if r.Holder != "" {
		return r.Holder + " " + r.Project.Name
	}
	return r.Body.Name
}

// ReadList reads a workbook or a text table with the columns of 附件5 or 附件6. Refusals of the whole file are those of package table.
func ReadList(a Annex, name string, data []byte) ([]ListRow, Flaws, error) {
	return readSheet(name, data, listForm(a), func(r table.Row) (ListRow, []table.Problem) {
		c := cells{Row: r}
		row := ListRow{Row: r.Number}
		var err error
		if a == BodyList {
			row.Body, err = c.listed().clean()
		} else {
			row.Project, err = c.project().clean()
			row.Holder = r.Get(colBody)
			c.that(short(row.Holder, maxName), colBody, "公示名单中培训机构的全称")
		}
		c.wrong(fieldColumns(a), err)
		return row, c.problems
	})
}

// wrong addresses the fields of a refusal to their cells.
func (c *cells) wrong(columns map[string]string, err error) {
	var refusal *errs.Error
	if !errors.As(err, &refusal) {
		return
	}
	for _, f := range refusal.Fields {
		c.that(false, columns[f.Name], f.Msg)
	}
}

func (c *cells) listed() ListedBody {
	return ListedBody{District: c.Get(colDistrict), Name: c.Get(colBody), Sort: c.Get(colSort), CreditCode: c.Get(colCode), Occupations: parts(c.Get(colOccupation)),
		Levels: levelsIn(c.Get(colLevels)), Address: c.Get(colBodyPlace), Contact: c.Get(colContact)}
}

func (c *cells) project() Project {
	p := Project{District: c.Get(colDistrict), Name: c.Get(colClass), Mode: c.Get(colMode), Occupation: c.Get(colOccupation), Program: c.Get(colProgram),
		Planned: c.Get(colPlanned), Address: c.Get(colPlace), Contact: c.Get(colContact)}
	if levels := levelsIn(c.Get(colJobLevel)); len(levels) == 1 {
		p.Level = levels[0]
	}
	if n, err := strconv.Atoi(c.Get(colLength)); err == nil {
		p.Hours = n
	}
	return p
}

// parts are the words of a cell that holds several; 五级/初级工 is one.
func parts(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune("、，,；;\n", r) })
}

// levelsIn are the levels that a cell names, 初级/中级 as the annexes write them too; one that is none is 0.
func levelsIn(text string) (all []engine.Level) {
	for _, part := range parts(text) {
		if l, ok := levelNamed(part); ok {
			all = append(all, l)
			continue
		}
		for _, piece := range strings.Split(part, "/") {
			l, _ := levelNamed(piece)
			all = append(all, l)
		}
	}
	return all
}

func levelNamed(text string) (engine.Level, bool) {
	text = strings.TrimSpace(text)
	for _, form := range []string{text, text + "工"} {
		if l, err := engine.ParseLevel(form); err == nil {
			return l, true
		}
	}
	return 0, false
}

// ListLine is a row with what becomes of it.
type ListLine struct {
	ListRow
	Step ListStep
	Code string
	Msg  string
}

// ListPlan is what an import of a list does. The preview and the commit are made by the same code.
type ListPlan struct {
	Lines []ListLine
	Flaws
}

// Count counts the lines of a step.
func (p *ListPlan) Count(step ListStep) (n int) {
	for _, l := range p.Lines {
		if l.Step == step {
			n++
		}
	}
	return n
}

// New counts the lines that change something.
func (p *ListPlan) New() int { return p.Count(ListAdd) + p.Count(ListChange) }

// TakeList reads a list of 附件5 or 附件6 for by's province and says of every row what becomes of it; with commit it also does it, row by
// row. Committing twice is harmless, and so is committing again after a failure in the middle. A row of 附件5 goes to the body on the
// list that has its name: the annex tells no credit code.
func (l *Lists) TakeList(ctx context.Context, by authz.Principal, a Annex, pub Publication, file File, commit bool) (*ListPlan, error) {
	if err := keepsList(by); err != nil {
		return nil, err
	}
	if a != BodyList && a != ProjectList {
		return nil, ErrList.WithFields(errs.Field{Name: "annex", Code: "unknown", Msg: "附件5（项目目录）或附件6（机构目录）"})
	}
	pub, err := pub.clean(l.today())
	if err != nil {
		return nil, err
	}
	rows, flaws, err := ReadList(a, file.Name, file.Data)
	if err != nil {
		return nil, err
	}
	known, err := l.of(ctx, by.Province)
	if err != nil {
		return nil, err
	}
	plan, first := &ListPlan{Flaws: flaws}, map[string]int{}
	for _, row := range rows {
		line := ListLine{ListRow: row}
		if at, twice := first[row.key()]; twice {
			err = errTwiceListed.With("与第 %d 行重复", at)
		} else {
			first[row.key()] = row.Row
			line.Step, err = l.take(ctx, by, a, known, row, pub, commit)
		}
		if err = line.note(err); err != nil {
			return nil, err
		}
		plan.Lines = append(plan.Lines, line)
	}
	return plan, nil
}

var errTwiceListed = errs.New(errs.Invalid, "training.listed_twice", "同一机构或同一项目在一份名单中只能出现一次")

// key tells rows about the same thing.
func (r ListRow) key() string {
	if r.Holder == "" {
		return r.Body.CreditCode
	}
	return fmt.Sprint(PlainName(r.Holder), "\x00", r.Project.Name, "\x00", r.Project.Occupation, "\x00", r.Project.Level)
}

func (l *Lists) take(ctx context.Context, by authz.Principal, a Annex, known []*Listing, row ListRow, pub Publication, commit bool) (step ListStep, err error) {
	if a == BodyList {
		step, _, err = l.list(ctx, by, row.Body, pub, false, commit)
		return step, err
	}
	var holders []*Listing
	for _, k := range known {
		if PlainName(k.Body.Name) == PlainName(row.Holder) {
			holders = append(holders, k)
		}
	}
	switch len(holders) {
	case 0:
		return ListRefuse, ErrListing.With("%s；请先登记机构（附件6），再导入它的项目", row.Holder)
	case 1:
		step, _, err = l.offer(ctx, by, holders[0].ID, row.Project, pub, commit)
		return step, err
	}
	return ListRefuse, ErrList.With("名单中有%d家同名的机构，请在机构的页面单个登记项目", len(holders))
}

// note keeps a refusal with its line; other failures end the import.
func (l *ListLine) note(err error) error {
	code, msg, err := refused(err)
	if err != nil {
		return fmt.Errorf("row %d: %w", l.Row, err)
	}
	if code != "" {
		l.Step, l.Code, l.Msg = ListRefuse, code, msg
	}
	return nil
}

// refused is what a refusal of a row says; failures that are none come back.
func refused(err error) (code, msg string, failure error) {
	var refusal *errs.Error
	switch {
	case err == nil:
		return "", "", nil
	case errors.As(err, &refusal) && refusal.Kind != errs.Internal && refusal.Kind != errs.Unavailable:
		code, msg = refusal.Code, refusal.Msg
		for _, f := range refusal.Fields {
			msg += "；" + f.Msg
		}
		return code, msg, nil
	}
	return "", "", err
}

// WriteList writes what is on a list as 附件5 or 附件6, which ReadList reads.
func WriteList(a Annex, all []*Listing) ([]byte, error) {
	var rows [][]string
	for _, l := range all {
		if l.Withdrawn() != nil {
			continue
		}
		if b := l.Body; a == BodyList {
			rows = append(rows, []string{"", b.District, b.Name, b.Sort, b.CreditCode, strings.Join(b.Occupations, "、"), levelWords(b.Levels), b.Address, b.Contact})
			continue
		}
		for _, p := range l.Offered() {
			rows = append(rows, []string{"", p.District, p.Name, p.Mode, p.Occupation, levelWords([]engine.Level{p.Level}), strconv.Itoa(p.Hours), p.Program, p.Planned,
				l.Body.Name, p.Address, p.Contact})
		}
	}
	for i := range rows {
		rows[i][0] = strconv.Itoa(i + 1)
	}
	return table.WriteXLSX(ListColumns(a), rows)
}

// levelWords are levels as the annexes write them.
func levelWords(levels []engine.Level) string {
	words := map[engine.Level]string{engine.Level5: "初级", engine.Level4: "中级", engine.Level3: "高级"}
	var all []string
	for _, l := range levels {
		all = append(all, words[l])
	}
	return strings.Join(all, "、")
}
