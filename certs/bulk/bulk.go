// Package bulk checks a whole roster of certificates at once, for an employer with an account: a workbook with names and
// numbers goes in, the same rows with what each certificate is worth come out. Nothing of it is kept but how many rows
// were checked.
package bulk

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/skillcert/skillcert/certs"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/questionbank/exchange/table"
)

// MaxRows bounds one roster, MaxNames the names that it asks about one number with: an employer knows whose certificate it
// has before it, and more names than a slip or two explains are guesses at the holder's. With the rosters of a day that are
// far fewer than the guesses that anybody has by checking one number after another.
const (
	MaxRows  = 5000
	MaxNames = 3
)

// Refusals.
var (
	ErrTooMany = errs.New(errs.TooLarge, "bulk.too_many", "一次最多查验5000行，请分批上传")
	ErrNoRows  = errs.New(errs.Invalid, "bulk.no_rows", "表中没有要查验的行")
)

// Verifier answers for a number and a name; *certs.Verifier without a pause: every answer of a roster leaves at once, so
// that its time tells nothing of a single one.
type Verifier interface {
	ByNumber(ctx context.Context, number, name string) (certs.Answer, error)
}

// Trail notes in the acting account how many rows were checked, and refuses when it was too often today. *accounts.Gate.
type Trail interface {
	NoteBulk(ctx context.Context, by authz.Principal, rows int) error
}

// Desk checks rosters. Safe for concurrent use.
type Desk struct {
	verifier Verifier
	trail    Trail
	zone     *time.Location
}

// NewDesk returns a Desk; zone is where the time of the check is told.
func NewDesk(v Verifier, t Trail, zone *time.Location) *Desk { return &Desk{v, t, zone} }

// The columns of a roster and of its answer.
const (
	colName   = "姓名"
	colNumber = "证书编号"
)

// Columns are those of a roster.
func Columns() []string { return []string{colName, colNumber} }

func answerColumns() []string {
	return append(Columns(), "查验结果", "技能等级", "发证日期", "评价机构", "查验时间", "说明")
}

// Template is an empty roster.
func Template() ([]byte, error) { return table.WriteXLSX(Columns(), nil) }

// Result is a roster that was checked: the workbook, and how many of its rows came to which standing. Bad are rows that were
// not checked, with the reason beside them in the workbook.
type Result struct {
	XLSX      []byte
	Rows, Bad int
	Standings map[certs.Standing]int
}

// Check checks every row of a roster (xlsx or csv with 姓名 and 证书编号), in its order. A row that cannot be read does not keep
// the others from being checked. Refusals of the whole file are those of package table, ErrTooMany and ErrNoRows.
func (d *Desk) Check(ctx context.Context, by authz.Principal, name string, data []byte) (*Result, error) {
	if err := by.Require(authz.CertBulk); err != nil {
		return nil, err
	}
	sheet, err := table.Read(name, data, table.Options{Required: Columns(), Aliases: map[string][]string{colNumber: {"编号", "证书号"}}})
	if err != nil {
		return nil, err
	}
	lines := read(sheet)
	switch {
	case len(lines) == 0:
		return nil, ErrNoRows
	case len(lines) > MaxRows:
		return nil, ErrTooMany
	}
	if err := d.trail.NoteBulk(ctx, by, len(lines)); err != nil {
		return nil, err
	}
	return d.checkAll(ctx, lines)
}

// line is one row, or why it cannot be checked.
type line struct {
	name, number string
	fault        string
}

func read(t *table.Table) (lines []line) {
	for row, problems := range t.Each {
		l := line{name: row.Get(colName), number: row.Get(colNumber)}
		if len(problems) == 0 {
			problems = row.Missing(colName, colNumber)
		}
		var told []string
		for _, p := range problems {
			told = append(told, p.String())
		}
		l.fault = strings.Join(told, "；")
		lines = append(lines, l)
	}
	return lines
}

func (d *Desk) checkAll(ctx context.Context, lines []line) (*Result, error) {
	r := &Result{Rows: len(lines), Standings: map[certs.Standing]int{}}
	cells, asked := make([][]string, len(lines)), names{}
	for i, l := range lines {
		if l.fault == "" && !asked.admits(l) {
			l.fault = tooManyNames
		}
		if l.fault != "" {
			r.Bad++
			cells[i] = []string{l.name, l.number, "未查验", "", "", "", "", l.fault}
			continue
		}
		a, err := d.verifier.ByNumber(ctx, l.number, l.name)
		if err != nil {
			return nil, fmt.Errorf("check row %d of a roster: %w", i+1, err)
		}
		r.Standings[a.Standing]++
		cells[i] = append([]string{l.name, l.number}, d.told(a)...)
	}
	var err error
	r.XLSX, err = table.WriteXLSX(answerColumns(), cells)
	return r, err
}

var tooManyNames = fmt.Sprintf("同一编号在一张表中最多用%d个不同的姓名查验，此行未查验；请按证书核对姓名", MaxNames)

// names are those that a roster has asked about each number with.
type names map[string][]string

// admits reports whether the row asks with a name of before, or with one more that is within the bound.
func (n names) admits(l line) bool {
	number, name := l.number, l.name
	if parsed, err := certs.ParseNumber(number); err == nil {
		number = string(parsed)
	}
	if cleaned, err := engine.CleanName(name); err == nil {
		name = cleaned
	}
	if slices.Contains(n[number], name) {
		return true
	}
	if len(n[number]) == MaxNames {
		return false
	}
	n[number] = append(n[number], name)
	return true
}

// words of the standings; every case in which nothing can be said is alike.
var words = map[certs.Standing]string{certs.StandingValid: "有效", certs.StandingSuperseded: "已被替代", certs.StandingRevoked: "已撤销"}

func (d *Desk) told(a certs.Answer) []string {
	at := a.Checked.In(d.zone).Format("2006-01-02 15:04")
	word, known := words[a.Standing]
	if c, e := a.Certificate, a.Edition; known && c != nil {
		return []string{word, e.Level.String(), e.Issued.String(), e.OrgName, at, c.Reason}
	}
	return []string{"无法核实", "", "", "", at, "请核对编号和姓名；仍查不到，请联系证书上的评价机构"}
}
