package certs

import (
	"context"
	"errors"
	"fmt"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/engine/result"
	"github.com/skillcert/skillcert/engine/sitting"
	"github.com/skillcert/skillcert/questionbank/exchange/table"
)

// GivenNumber is one row of the list in which the authority gives out numbers.
type GivenNumber struct {
	Row      int // as a person counts in the file
	Name     string
	IDNumber string
	Number   Number
	Issued   clock.Date // as it must be printed
}

// Outcome is what becomes of a row.
type Outcome string

// The outcomes.
const (
	GivenNew      Outcome = "new"      // will be taken over, or just was
	GivenReplaced Outcome = "replaced" // the same, in place of a number that no certificate was begun under
	GivenKnown    Outcome = "known"    // was taken over before
	GivenRefused  Outcome = "refused"  // Code and Msg say why
)

// GivenRow is a row with its outcome.
type GivenRow struct {
	GivenNumber
	Ticket  sitting.Ticket
	Outcome Outcome
	Code    string
	Msg     string

	result result.ID
	owner  result.ID // who has the number now, and would have to be given another one by the same list
}

// changes reports whether the row gives somebody a number.
func (r *GivenRow) changes() bool { return r.Outcome == GivenNew || r.Outcome == GivenReplaced }

// GivenPlan is what an import of numbers does. The preview and the commit are made by the same code.
type GivenPlan struct {
	Rows   []GivenRow
	Broken []table.Problem // cells that could not be read; nothing of their rows was taken over
	Places []string        // of those cells, as a spreadsheet names them: B7
	Left   int             // of those whose certificates the list is for, how many have no number afterwards
}

// Columns of the list.
const (
	colName   = "姓名"
	colIDNo   = "证件号码"
	colNumber = "证书编号"
	colIssued = "发证日期"
)

// GivenColumns are the columns of the list, in the order of its template.
func GivenColumns() []string { return []string{colName, colIDNo, colNumber, colIssued} }

// maxGiven bounds the rows of one list.
const maxGiven = 20_000

// GiveNumbers reads the authority's list (xlsx or csv with 姓名, 证件号码, 证书编号, 发证日期) for a session and says of every row
// what becomes of it; with commit it also does it. A row belongs to the passed candidate whose name and document
// number both are the row's. A number that no certificate was begun under, or whose certificate is void, is replaced.
// Committing twice is harmless.
func (i *Issuer) GiveNumbers(ctx context.Context, by authz.Principal, id sitting.SessionID, file Upload, commit bool) (*GivenPlan, error) {
	if err := by.Require(authz.CertChange); err != nil {
		return nil, err
	}
	w, err := i.window(ctx, by, id)
	if err != nil {
		return nil, err
	}
	return i.giveTo(ctx, by, w, file, commit)
}

// GiveAwardNumbers is GiveNumbers for the granted prizes of the acting person's body.
func (i *Issuer) GiveAwardNumbers(ctx context.Context, by authz.Principal, file Upload, commit bool) (*GivenPlan, error) {
	if err := by.Require(authz.CertChange); err != nil {
		return nil, err
	}
	body, err := i.people.Organisation(ctx, engine.OrgID(by.Org))
	if err != nil {
		return nil, err
	}
	return i.giveTo(ctx, by, &window{issuer: i, body: body}, file, commit)
}

func (i *Issuer) giveTo(ctx context.Context, by authz.Principal, w *window, file Upload, commit bool) (*GivenPlan, error) {
	if !w.takesNumbers() {
		return nil, ErrOwnNumbers
	}
	plan, err := readList(file)
	if err != nil {
		return nil, err
	}
	all, err := w.waiting(ctx, by)
	if err != nil {
		return nil, err
	}
	if err := w.judge(ctx, all, plan); err != nil || !commit {
		return plan, err
	}
	return plan, i.assignAll(ctx, by, plan)
}

// readList reads the rows of a list, and where cells are at fault.
func readList(file Upload) (*GivenPlan, error) {
	sheet, err := table.Read(file.Name, file.Data, givenColumns())
	if err != nil {
		return nil, err
	}
	if len(sheet.Rows) > maxGiven {
		return nil, table.ErrTooLarge
	}
	plan := &GivenPlan{Broken: sheet.Problems}
	for _, r := range sheet.Rows {
		row, problems := readGiven(r)
		if plan.Broken = append(plan.Broken, problems...); len(problems) == 0 {
			plan.Rows = append(plan.Rows, GivenRow{GivenNumber: row})
		}
	}
	for _, p := range plan.Broken {
		plan.Places = append(plan.Places, sheet.Place(p))
	}
	return plan, nil
}

// Upload is a file from outside.
type Upload struct {
	Name string
	Data []byte
}

func givenColumns() table.Options {
	return table.Options{Required: GivenColumns(),
		Aliases: map[string][]string{colIDNo: {"身份证号", "身份证号码", "证件号"}, colNumber: {"编号"}, colIssued: {"证书日期"}}}
}

// readGiven reads a row, or says of every cell at fault what it should be.
func readGiven(r table.Row) (GivenNumber, []table.Problem) {
	problems := r.Missing(colName, colIDNo, colNumber, colIssued)
	row := GivenNumber{Row: r.Number, Name: r.Get(colName), IDNumber: r.Get(colIDNo)}
	var err error
	if row.Number, err = ParseNumber(r.Get(colNumber)); err != nil && r.Get(colNumber) != "" {
		problems = append(problems, r.Problem(colNumber, "certificate.number", "22位证书编号"))
	}
	if row.Issued, err = clock.ParseDate(r.Get(colIssued)); err != nil && r.Get(colIssued) != "" {
		problems = append(problems, r.Problem(colIssued, "certificate.date", "2006-01-02 形式的日期"))
	}
	return row, problems
}

// note keeps a refusal with its row; other failures end the import.
func (r *GivenRow) note(err error) error {
	var refusal *errs.Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &refusal) && refusal.Kind != errs.Internal && refusal.Kind != errs.Unavailable:
		r.Outcome, r.Code, r.Msg = GivenRefused, refusal.Code, refusal.Msg
		return nil
	}
	return fmt.Errorf("row %d: %w", r.Row, err)
}
