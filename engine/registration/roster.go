package registration

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/engine/people"
	"github.com/skillcert/skillcert/questionbank/exchange/table"
)

// Roster is what became of the rows of a roster: each is in exactly one list, a broken one once for every cell.
type Roster struct {
	Accepted []*Application
	Refused  []RefusedRow
	Broken   []table.Problem // rows that could not be read, nothing of which was taken over
}

// RefusedRow is a row that was read and refused. Rule is one of Judge's, the first when there are several, or one of
// those below; Reason has them all.
type RefusedRow struct {
	Row       int // as a person counts in the file
	Who, Rule string
	Reason    string
}

// The rules of a roster beside those of Judge.
const (
	RuleIDNumber = "id-number"
	RuleName     = "name"
	RulePerson   = "person"   // telephone and the like
	RuleRepeated = "repeated" // in this file, or in the session with other claims
	RuleLevel    = "level"    // no sitting of that level is open
)

// importers bounds the rows that are written at a time: enough for the store to make many durable in one go.
const importers = 16

// entry is a row on its way.
type entry struct {
	RosterRow
	row     int
	target  Target
	refused *RefusedRow
	made    *Application
}

func (e *entry) refuse(rule, reason string) {
	e.refused = &RefusedRow{Row: e.row, Who: e.Name, Rule: rule, Reason: reason}
}

// ImportRoster registers the persons of an intake sheet and applies for each of them to the target of their level.
// Rows are independent: broken and refused ones are reported and the others go on. Importing a file twice is
// harmless, and so is importing it again after a failure in the middle. What was left is kept: see Imports. When one target is not by's or takes no more
// applications, nothing of the file is taken: ErrTarget, ErrClosed. An import that has begun in time is finished.
func (d *Desk) ImportRoster(ctx context.Context, by authz.Principal, targets []Target, name string, data []byte) (*Roster, error) {
	if err := by.Require(authz.Register); err != nil {
		return nil, err
	}
	targets = shared(targets)
	byLevel, err := levels(targets)
	if err != nil {
		return nil, err
	}
	now := d.clock.Now()
	for _, t := range targets {
		if err := t.admits(ctx, by, now); err != nil {
			return nil, err
		}
	}
	sheet, err := table.Read(name, data, rosterColumns())
	if err != nil {
		return nil, err
	}
	entries, broken := readRows(sheet)
	sift(entries, byLevel)
	work, inner := errgroup.WithContext(ctx)
	work.SetLimit(importers)
	for _, e := range entries {
		if e.refused == nil {
			work.Go(func() error { return d.take(inner, by, e, now) })
		}
	}
	if err := work.Wait(); err != nil {
		return nil, err
	}
	r := sorted(entries, append(sheet.Problems, broken...))
	return r, d.record(ctx, by, targets, name, data, entries, r, now)
}

func levels(targets []Target) (map[engine.Level]Target, error) {
	out := map[engine.Level]Target{}
	for _, t := range targets {
		if _, twice := out[t.Level]; twice {
			return nil, ErrInput.With("%s有两个场次，无法确定名册报考哪一个", t.Level)
		}
		out[t.Level] = t
	}
	if len(out) == 0 {
		return nil, ErrInput.With("没有可报考的场次")
	}
	return out, nil
}

func readRows(sheet *table.Table) (entries []*entry, broken []table.Problem) {
	for _, r := range sheet.Rows {
		row, problems := readRow(r)
		if len(problems) > 0 {
			broken = append(broken, problems...)
			continue
		}
		entries = append(entries, &entry{RosterRow: row, row: r.Number})
	}
	return entries, broken
}

// sift refuses what can be seen in the file itself, and finds the targets of the others.
func sift(entries []*entry, byLevel map[engine.Level]Target) {
	seen, twins := map[string]int{}, map[string]int{}
	for _, e := range entries {
		number := string(e.IDType) + strings.ToUpper(e.IDNumber)
		if first, twice := seen[number]; twice {
			e.refuse(RuleRepeated, fmt.Sprintf("证件号码与第 %d 行重复", first))
			continue
		}
		seen[number] = e.row
		if twin := e.twin(); twin != "" {
			if first, twice := twins[twin]; twice {
				e.refuse(RuleDouble, fmt.Sprintf("疑似与第 %d 行是同一人：姓名、出生日期、性别、手机号码都相同，证件不同。是同一人的，请只留一行；不是的，请核对手机号码", first))
				continue
			}
			twins[twin] = e.row
		}
		target, open := byLevel[e.Level]
		if !open {
			e.refuse(RuleLevel, fmt.Sprintf("没有可报考的%s场次", e.Level))
		}
		e.target = target
	}
}

// twin is what two rows of one person under two documents have in common, "" where a row says too little. A number that is
// wrong says nothing.
func (e *entry) twin() string {
	d, err := engine.ParseDocument(e.IDType, e.IDNumber)
	if err != nil {
		return ""
	}
	born, sex := e.Born, e.Sex
	if !d.Born.IsZero() {
		born, sex = d.Born, d.Sex
	}
	traits := people.TraitsOf(&engine.Person{Name: e.Name, Born: born, Sex: sex, Phone: e.Phone})
	if traits[people.ByTwin] == nil || traits[people.ByPhone] == nil {
		return ""
	}
	return strings.Join(append(traits[people.ByTwin], traits[people.ByPhone]...), "|")
}

// enter registers who is in the row and judges the application a for them, which is filled in from the row.
func (d *Desk) enter(ctx context.Context, by authz.Principal, t Target, row RosterRow, a *Application) (*Application, error) {
	p, err := d.people.Register(ctx, by, row.person())
	if err != nil {
		return nil, err
	}
	a.Claims, a.Employer, a.Class = row.Claims, row.Employer, row.Class
	return d.judge(ctx, by, t, p, a)
}

// take enters a row. Only what no row can help, such as a store that fails, is an error.
func (d *Desk) take(ctx context.Context, by authz.Principal, e *entry, now time.Time) error {
	made, err := d.enter(ctx, by, e.target, e.RosterRow, &Application{At: now})
	e.made = made
	if err == nil {
		if !e.made.Accepted() {
			e.refuse(e.made.refusal())
		}
		return nil
	}
	for _, r := range []struct {
		sentinel error
		rule     string
	}{{engine.ErrIDNumber, RuleIDNumber}, {engine.ErrSameID, RuleIDNumber}, {engine.ErrName, RuleName},
		{people.ErrPersonInput, RulePerson}, {ErrInput, RulePerson}, {ErrRepeated, RuleRepeated}} {
		if errors.Is(err, r.sentinel) {
			e.refuse(r.rule, reason(err))
			return nil
		}
	}
	return fmt.Errorf("roster row %d: %w", e.row, err)
}

// reason is what an error says to a person, with the fields it is about.
func reason(err error) string {
	var e *errs.Error
	if !errors.As(err, &e) {
		return ""
	}
	parts := []string{e.Msg}
	for _, f := range e.Fields {
		parts = append(parts, f.Msg)
	}
	return strings.Join(parts, "；")
}

func sorted(entries []*entry, broken []table.Problem) *Roster {
	r := &Roster{Broken: broken}
	for _, e := range entries {
		if e.refused != nil {
			r.Refused = append(r.Refused, *e.refused)
		} else {
			r.Accepted = append(r.Accepted, e.made)
		}
	}
	slices.SortStableFunc(r.Broken, func(a, b table.Problem) int { return cmp.Compare(a.Row, b.Row) })
	return r
}
