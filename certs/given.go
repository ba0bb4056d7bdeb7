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
	GivenNew     Outcome = "new"     // will be taken over, or just was
	GivenKnown   Outcome = "known"   // was taken over before
	GivenRefused Outcome = "refused" // Code and Msg say why
)

// GivenRow is a row with its outcome.
type GivenRow struct {
	GivenNumber
	Ticket  sitting.Ticket
	Outcome Outcome
	Code    string
	Msg     string
	result  result.ID
}

// GivenPlan is what an import of numbers does. The preview and the commit are made by the same code.
type GivenPlan struct {
	Rows   []GivenRow
	Broken []table.Problem // cells that could not be read; nothing of their rows was taken over
	Places []string        // of those cells, as a spreadsheet names them: B7
	Left   int             // passed candidates of the session that have no number afterwards
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
// number both are the row's. Rows are independent; committing twice is harmless.
func (i *Issuer) GiveNumbers(ctx context.Context, by authz.Principal, id sitting.SessionID, file Upload, commit bool) (*GivenPlan, error) {
	if err := by.Require(authz.CertChange); err != nil {
		return nil, err
	}
	w, err := i.window(ctx, by, id)
	if err != nil {
		return nil, err
	}
	if w.body.Filing == nil || !i.policy.Imports(w.body.Filing.Number) {
		return nil, ErrOwnNumbers
	}
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
	return plan, i.give(ctx, by, w, plan, commit)
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

// give decides on every row, and takes the good ones over when it may.
func (i *Issuer) give(ctx context.Context, by authz.Principal, w *window, plan *GivenPlan, commit bool) error {
	waiting, err := i.waiting(ctx, by, w)
	if err != nil {
		return err
	}
	plan.Left = waiting.without
	seen := map[Number]int{}
	for n := range plan.Rows {
		r := &plan.Rows[n]
		err := i.judgeGiven(ctx, w, waiting, r)
		if first, twice := seen[r.Number]; twice && err == nil {
			err = ErrGivenTwice.With("第%d行也是这个编号", first)
		}
		if seen[r.Number] == 0 {
			seen[r.Number] = r.Row
		}
		if err == nil && r.Outcome == GivenNew && commit {
			err = i.ports.Claims.CreateClaim(ctx, &Claim{Result: r.result, Number: r.Number, At: i.clock.Now(), Given: r.Issued})
		}
		if err := r.note(err); err != nil {
			return err
		}
		if r.Outcome == GivenNew {
			plan.Left--
		}
	}
	return nil
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

// waiting are the passed candidates of a session by document number.
type waiting struct {
	byID    map[string]waitingOne
	taken   map[result.ID]bool // rows of this file
	without int                // of them, how many have no number yet
}

type waitingOne struct {
	name   string
	level  engine.Level
	ticket sitting.Ticket
	result result.ID
}

func (i *Issuer) waiting(ctx context.Context, by authz.Principal, w *window) (*waiting, error) {
	out := &waiting{byID: map[string]waitingOne{}, taken: map[result.ID]bool{}}
	all, err := engine.All(ctx, func(ctx context.Context, c engine.Cursor) ([]*result.Result, string, error) {
		return i.board.FinalPage(ctx, by, w.session.ID, c)
	})
	if err != nil {
		return nil, notFinal(err)
	}
	for _, r := range passed(all) {
		p, err := i.people.Named(ctx, r.Candidate)
		if err != nil {
			return nil, err
		}
		out.byID[p.IDNumber] = waitingOne{p.Name, r.Level, r.Ticket, r.ID}
		switch _, err := i.ports.Claims.Claim(ctx, r.ID); {
		case errors.Is(err, ErrClaim):
			out.without++
		case err != nil:
			return nil, err
		}
	}
	return out, nil
}

// judgeGiven finds whose number a row is and whether it may be theirs.
func (i *Issuer) judgeGiven(ctx context.Context, w *window, all *waiting, r *GivenRow) error {
	one, known := all.byID[plain(r.IDNumber)]
	name, err := engine.CleanName(r.Name)
	if !known || err != nil || name != one.name {
		return ErrGivenWho
	}
	r.Ticket, r.result = one.ticket, one.result
	switch {
	case r.Number.Filing() != w.body.Filing.Number:
		return ErrNumber.With("编号不属于本机构")
	case r.Number.Level() != one.level:
		return ErrNumber.With("编号的等级与认定等级不同")
	case r.Number.Year() != r.Issued.Year:
		return ErrNumber.With("编号的年份与发证日期不同")
	case i.today().Before(r.Issued):
		return ErrNumber.With("发证日期晚于今天")
	case all.taken[one.result]:
		return ErrGivenTwice.With("此人在表中出现两次")
	}
	all.taken[one.result] = true
	return i.freeFor(ctx, r)
}

// freeFor answers whether the number is free for the row's result, or its already.
func (i *Issuer) freeFor(ctx context.Context, r *GivenRow) error {
	claim, err := i.ports.Claims.Claim(ctx, r.result)
	switch {
	case err == nil && claim.Number == r.Number && claim.Given == r.Issued:
		r.Outcome = GivenKnown
		return nil
	case err == nil:
		return ErrClaimed.With("%s", claim.Number)
	case !errors.Is(err, ErrClaim):
		return err
	}
	c, err := i.ports.Ledger.Certificate(ctx, r.Number)
	switch {
	case errors.Is(err, ErrCertificate):
		r.Outcome = GivenNew
		return nil
	case err != nil:
		return err
	}
	return ErrGivenTaken.With("%s", c.Number)
}
