package training

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/questionbank/exchange/table"
)

const (
	colHome  = "家庭住址"
	maxNeeds = 1000 // rows of one workbook
)

// NeedColumns are the columns of 附件3 or 附件4, in their order.
func NeedColumns(a Annex) []string {
	if a == InstitutionNeeds {
		return []string{colNo, colDistrict, colEmployer, colName, colAge, colCategory, colOccupation, colLevel, colProgram, colPlanned, colPhone}
	}
	return []string{colNo, colDistrict, colName, colAge, colCategory, colOccupation, colLevel, colProgram, colHome, colPhone}
}

// documentColumns may stand behind the columns of the annex: who has them can enter a class at once.
func documentColumns() []string {
	return []string{colIDType, colIDNumber, colSex, colBorn, colBasis, colProof}
}

// NeedExample is the row that a sample workbook of the annex begins with; a reader passes it over.
func NeedExample(a Annex) []string {
	if a == InstitutionNeeds {
		return []string{example, "河西区", "某某养老院", "某某", "38", "企业职工", "长期照护师", "初级", "其他培训", "2026年9月", "13800000000"}
	}
	return []string{example, "河西区", "某某", "38", "城镇失业人员", "长期照护师", "初级", "定向就业培训", "河西区某路1号", "13800000000"}
}

func needForm(a Annex) form {
	required := slices.DeleteFunc(NeedColumns(a), func(h string) bool { return h == colNo })
	return form{table.Options{Required: required, Optional: append([]string{colNo}, documentColumns()...), MaxBytes: maxRollFile,
		Aliases: map[string][]string{colName: {"姓名"}, colOccupation: {"培训职业", "职业（工种）"}, colLevel: {"职业等级", "等级"}, colPhone: {"联系电话"},
			colIDNumber: {"身份证号", "身份证号码"}, colEmployer: {"养老服务机构名称"}}}, maxNeeds, "一份清单最多%d人"}
}

// NeedRow is a person of a workbook.
type NeedRow struct {
	Row int // as a person counts in the file
	Need
}

// ReadNeeds reads a workbook or a text table with the columns of 附件3 or 附件4. Refusals of the whole file are those of package table.
func ReadNeeds(a Annex, name string, data []byte) ([]NeedRow, Flaws, error) {
	return readSheet(name, data, needForm(a), func(r table.Row) (NeedRow, []table.Problem) {
		c := cells{Row: r, problems: r.Missing(colName)}
		p := c.person()
		n := Need{District: c.words(colDistrict), Employer: c.words(colEmployer), Name: p.Name, Age: c.number(colAge, 150), Category: c.words(colCategory),
			Occupation: c.words(colOccupation), Level: c.level(colLevel), Program: c.program(), Planned: c.words(colPlanned), Address: c.words(colHome),
			Phone: c.words(colPhone), Sex: p.Sex, Born: p.Born, Basis: c.basis(), Proof: c.words(colProof)}
		if p.IDNumber != "" {
			n.IDType, n.IDNumber = p.IDType, p.IDNumber
		}
		return NeedRow{Row: r.Number, Need: n}, c.problems
	})
}

// words is a cell of words, which may be empty.
func (c *cells) words(column string) string {
	text := c.Get(column)
	c.that(fits(text, maxPlace), column, "不超过200个字")
	return text
}

// NeedStep is what becomes of a row of a list of needs.
type NeedStep string

// The steps.
const (
	NeedReady  NeedStep = "ready"  // is kept, and can enter a class
	NeedOnly   NeedStep = "only"   // is kept as demand; Code and Msg say what is lacking
	NeedRefuse NeedStep = "refuse" // is not kept; Code and Msg say why
)

// NeedLine is a row with what becomes of it.
type NeedLine struct {
	NeedRow
	Step NeedStep
	Code string
	Msg  string
}

// NeedPlan is what an import of needs does. List is nil before it was done. Known: a list that says the same was taken in before.
type NeedPlan struct {
	Lines []NeedLine
	Flaws
	List  *NeedList
	Known bool
}

// Count counts the lines of a step.
func (p *NeedPlan) Count(step NeedStep) (n int) {
	for _, l := range p.Lines {
		if l.Step == step {
			n++
		}
	}
	return n
}

var errNeedTwice = errs.New(errs.Invalid, "training.need_twice", "同一人在一份清单中只能出现一次")

// TakeNeeds reads a list of 附件3 or 附件4 and says of every row what becomes of it; with commit the rows that can be kept are kept as
// one list. org is the training body that an authority hands the list to; a trainer's list is that of the own body. The same workbook
// twice is one list.
func (d *Desk) TakeNeeds(ctx context.Context, by authz.Principal, a Annex, filler string, org engine.OrgID, file File, commit bool) (*NeedPlan, error) {
	province, org, err := d.needsOf(ctx, by, org)
	if err != nil {
		return nil, err
	}
	filler = strings.TrimSpace(filler)
	var k errs.Check
	k.That(a == InstitutionNeeds || a == GroupNeeds, "annex", "unknown", "附件3（养老服务机构）或附件4（就业重点群体）")
	k.That(short(filler, maxName), "filler", "form", "填报单位，不超过100个字")
	if err := k.Err(ErrNeed); err != nil {
		return nil, err
	}
	rows, flaws, err := ReadNeeds(a, file.Name, file.Data)
	if err != nil {
		return nil, err
	}
	plan := &NeedPlan{Flaws: flaws, Lines: needLines(rows)}
	list := &NeedList{Province: province, Org: org, Annex: a, Filler: filler, On: d.today()}
	for _, l := range plan.Lines {
		if l.Step != NeedRefuse {
			l.No = len(list.Needs) + 1
			list.Needs = append(list.Needs, l.Need)
		}
	}
	return plan, d.keepNeeds(ctx, by, plan, list, commit)
}

func needLines(rows []NeedRow) (lines []NeedLine) {
	first := map[string]int{}
	for _, row := range rows {
		l := NeedLine{NeedRow: row, Step: NeedReady}
		err := row.ready()
		if at, twice := first[row.key()]; twice {
			l.Step, err = NeedRefuse, errNeedTwice.With("与第 %d 行重复", at)
		} else if first[row.key()] = row.Row; err != nil {
			l.Step = NeedOnly
		}
		l.Code, l.Msg, _ = refused(err)
		lines = append(lines, l)
	}
	return lines
}

// keepNeeds looks whether the list is kept already, and with commit keeps it.
func (d *Desk) keepNeeds(ctx context.Context, by authz.Principal, plan *NeedPlan, list *NeedList, commit bool) (err error) {
	if len(list.Needs) == 0 {
		return nil
	}
	if list.ID, err = needsID(list); err != nil {
		return err
	}
	old, err := d.ports.Needs.Needs(ctx, list.ID)
	if err == nil {
		plan.List, plan.Known = old, true
	}
	if !errors.Is(err, ErrNeeds) || !commit {
		return absentNeeds(err)
	}
	list.Trail.AddBy(d.clock.Now(), by, "needs.taken", list.Filler)
	if err := d.ports.Needs.CreateNeeds(ctx, list); err != nil && !errors.Is(err, ErrNeedsKept) {
		return err
	}
	plan.List = list
	return nil
}

func absentNeeds(err error) error {
	if errors.Is(err, ErrNeeds) {
		return nil
	}
	return err
}

// WriteNeeds writes a list with exactly the columns of its annex, which ReadNeeds reads. Documents are in no annex and are not written.
func WriteNeeds(l *NeedList) ([]byte, error) {
	var rows [][]string
	for _, n := range l.Needs {
		age := ""
		if n.Age > 0 {
			age = strconv.Itoa(n.Age)
		}
		said := map[string]string{colNo: strconv.Itoa(n.No), colDistrict: n.District, colEmployer: n.Employer, colName: n.Name, colAge: age, colCategory: n.Category,
			colOccupation: n.Occupation, colLevel: levelWords([]engine.Level{n.Level}), colProgram: n.Program, colPlanned: n.Planned, colHome: n.Address, colPhone: n.Phone}
		var row []string
		for _, column := range NeedColumns(l.Annex) {
			row = append(row, said[column])
		}
		rows = append(rows, row)
	}
	return table.WriteXLSX(NeedColumns(l.Annex), rows)
}
