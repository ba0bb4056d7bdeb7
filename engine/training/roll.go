package training

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/questionbank/exchange/table"
)

// Step is what becomes of a row of a roll.
type Step string

// The steps.
const (
	RollEnrol  Step = "enrol"  // enters the class
	RollFinish Step = "finish" // is in the class; the result is new
	RollBoth   Step = "both"   // enters the class, with the result
	RollKnown  Step = "known"  // nothing is new
	RollRefuse Step = "refuse" // Code and Msg say why
)

// RollLine is a row with what becomes of it.
type RollLine struct {
	RollRow
	Step Step
	Code string
	Msg  string

	said bool // the row says since when
}

// RollPlan is what an import of a roll does. The preview and the commit are made by the same code.
type RollPlan struct {
	Lines  []RollLine
	Broken []table.Problem // cells that could not be read; nothing of their rows is taken over
	Places []string        // of those cells
}

// New counts the lines that change something.
func (p *RollPlan) New() (n int) {
	for _, l := range p.Lines {
		if l.Step != RollKnown && l.Step != RollRefuse {
			n++
		}
	}
	return n
}

// File is a file from outside.
type File struct {
	Name string
	Data []byte
}

// TakeRoll reads a roll for a class of by's body and says of every row what becomes of it; with commit it also does it, row by row in
// the order of the file, and the steps then say what was done. Rows are independent. Committing twice is harmless, and so is
// committing again after a failure in the middle.
func (d *Desk) TakeRoll(ctx context.Context, by authz.Principal, class string, file File, commit bool) (*RollPlan, error) {
	c, err := d.own(ctx, by, class)
	if err != nil {
		return nil, err
	}
	sheet, err := ReadRoll(file.Name, file.Data)
	if err != nil {
		return nil, err
	}
	plan := &RollPlan{Broken: sheet.Broken, Places: sheet.Places}
	plan.Lines, err = d.takeRows(ctx, by, c, sheet.Rows, commit, func(int) error { return nil })
	return plan, err
}

// takeRows says of rows what becomes of them in a class; with commit it also does it. ready refuses a row before it is looked at.
func (d *Desk) takeRows(ctx context.Context, by authz.Principal, c *Class, rows []RollRow, commit bool, ready func(i int) error) (lines []RollLine, err error) {
	first := map[string]int{}
	free := maxRoll - len(c.Roll)
	for i, row := range rows {
		l := RollLine{RollRow: row}
		number := string(row.Person.IDType) + strings.ToUpper(row.Person.IDNumber)
		at, twice := first[number]
		if err = ready(i); err == nil && twice {
			err = errTwice.With("与第 %d 行重复", at)
		} else if err == nil {
			first[number] = row.Row
			err = d.judgeLine(ctx, by, c, &l, &free)
		}
		if err == nil && commit && l.Step != RollKnown {
			err = d.takeLine(ctx, by, c, l)
		}
		if err = l.note(err); err != nil {
			return nil, err
		}
		lines = append(lines, l)
	}
	return lines, nil
}

var (
	errTwice   = errs.New(errs.Invalid, "training.twice", "同一证件号码只能出现一次")
	errDiffers = errs.New(errs.Conflict, "training.differs", "已在班级中，登记的内容与本行不同，要改的请在班级页面更正")
)

// judgeLine says what the row would do, changing nothing. free counts the places that the rows before it left.
func (d *Desk) judgeLine(ctx context.Context, by authz.Principal, c *Class, l *RollLine, free *int) error {
	if l.said = !l.Since.IsZero(); !l.said {
		l.Since = c.From
	}
	if l.Level != 0 && l.Level != c.Level {
		return ErrInput.With("本班为%s，名册写的是%s", c.Level, l.Level)
	}
	if err := l.Entry.check(); err != nil {
		return err
	}
	others, err := d.foresee(ctx, by, &l.Entry)
	if err != nil {
		return err
	}
	if diff := l.Person.Born.YearsUntil(c.From) - l.Age; l.Age != 0 && (diff > 1 || diff < -1) {
		return ErrInput.With("年龄与出生日期 %s 不符", l.Person.Born)
	}
	e := &Enrolment{Result: Going}
	if i := slices.IndexFunc(others, func(o *Enrolment) bool { return o.Class == c.ID }); i >= 0 {
		if err := others[i].stands(); err != nil {
			return err
		}
		if e, l.Step = others[i], RollKnown; e.Basis != l.Basis || l.said && e.Since != l.Since {
			return errDiffers.With("%s，%s", e.Basis, e.Since)
		}
	} else {
		l.Step = RollEnrol
		if err := c.admits(l.Entry, others, d.policy.Training.MinAge); err != nil {
			return err
		}
		if *free--; *free < 0 {
			return ErrInput.With("一个班级最多%d人", maxRoll)
		}
	}
	return d.judgeResult(c, *e, l)
}

// judgeResult adds the result to the line's step; e is a copy.
func (d *Desk) judgeResult(c *Class, e Enrolment, l *RollLine) error {
	if l.Result == "" {
		return nil
	}
	if err := c.over(d.today()); err != nil {
		return err
	}
	switch err := e.finish(l.Result, l.Hours, "", d.today()); {
	case errors.Is(err, engine.ErrUnchanged):
		return nil
	case err != nil:
		return err
	}
	l.Step = map[Step]Step{RollEnrol: RollBoth, RollKnown: RollFinish}[l.Step]
	return nil
}

func (d *Desk) takeLine(ctx context.Context, by authz.Principal, c *Class, l RollLine) error {
	e, err := d.Enrol(ctx, by, c.ID, l.Entry)
	if err == nil && l.Result != "" {
		_, err = d.Finish(ctx, by, c.ID, e.Person, l.Result, l.Hours)
	}
	return err
}

// note keeps a refusal with its line; other failures end the import.
func (l *RollLine) note(err error) error {
	code, msg, err := refused(err)
	if err != nil {
		return fmt.Errorf("row %d: %w", l.Row, err)
	}
	if code != "" {
		l.Step, l.Code, l.Msg = RollRefuse, code, msg
	}
	return nil
}
