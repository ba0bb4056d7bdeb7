package registration

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/engine/ids"
)

// ImportID names what became of a workbook in a session; it is derived from both, so a file that is read again has one.
type ImportID string

// Import (导入记录) is a roster as it was last read for a session: how many of its rows were taken and which were left, so that the
// office finds them again after it left the page.
type Import struct {
	ID      ImportID     `json:"id"`
	Session string       `json:"session"`
	Org     engine.OrgID `json:"org"`  // whose session it is
	File    string       `json:"file"` // its name as it was sent, without folders
	By      string       `json:"by"`   // account
	At      time.Time    `json:"at"`
	Taken   int          `json:"taken"`          // rows
	Left    []LeftRow    `json:"left,omitempty"` // in the order of the file, at most maxLeft
	More    int          `json:"more,omitempty"` // entries of Left beyond maxLeft

	Revision int64 `json:"-"`
}

// LeftRow is one row of a workbook that was not taken; a row that could not be read is there once for every cell at fault. What the
// cell said is not kept: it is in the office's own file.
type LeftRow struct {
	Row    int             `json:"row"`              // as a person counts in the file
	Who    string          `json:"who,omitempty"`    // masked
	Person engine.PersonID `json:"person,omitempty"` // whom the row was judged for; empty where nobody was registered
	Rule   string          `json:"rule"`             // as in RefusedRow, or RuleCell
	Column string          `json:"column,omitempty"` // with RuleCell
	Reason string          `json:"reason"`           // with RuleCell what the cell should say
}

// RuleCell is what a row misses that could not be read.
const RuleCell = "cell"

// maxLeft bounds the rows of an import that are kept; of a file that has more at fault nobody mends them one by one.
const maxLeft = 1000

// Refusals of keeping imports.
var (
	ErrImport       = errs.New(errs.NotFound, "roster.no_import", "查无此导入记录")
	ErrImportExists = errs.New(errs.Conflict, "roster.import_exists", "导入记录已存在")
)

// Imports keeps what became of workbooks. Safe for concurrent use; must pass storetest.RosterImports.
//   - Absent: ErrImport. An ID already taken: CreateImport returns ErrImportExists.
//   - UpdateImport writes only at the import's Revision, otherwise engine.ErrStale.
//   - ImportsOf lists one session's in the byte order of IDs.
type Imports interface {
	Import(ctx context.Context, id ImportID) (*Import, error)
	CreateImport(ctx context.Context, i *Import) error
	UpdateImport(ctx context.Context, i *Import) error
	ImportsOf(ctx context.Context, session string, c engine.Cursor) (rows []*Import, next string, err error)
}

// Recording has the desk keep what becomes of workbooks; without it their refused rows are told once and kept nowhere.
func (d *Desk) Recording(i Imports) *Desk {
	d.imports = i
	return d
}

// record keeps what became of a workbook, once for every session that it was read for. Reading the same file again replaces what
// was kept of it.
func (d *Desk) record(ctx context.Context, by authz.Principal, targets []Target, name string, data []byte, entries []*entry, r *Roster, now time.Time) error {
	if d.imports == nil {
		return nil
	}
	sum := sha256.Sum256(data)
	left := leftRows(entries, r)
	for _, t := range targets {
		i := &Import{ID: ImportID(ids.Derive("roster-import", t.Session, hex.EncodeToString(sum[:]))), Session: t.Session, Org: t.Org, File: fileName(name),
			By: by.Account, At: now, Taken: taken(r, t.Session), Left: left[:min(len(left), maxLeft)], More: max(0, len(left)-maxLeft)}
		if err := d.keep(ctx, i); err != nil {
			return err
		}
	}
	return nil
}

func (d *Desk) keep(ctx context.Context, i *Import) error {
	err := d.imports.CreateImport(ctx, i)
	if !errors.Is(err, ErrImportExists) {
		return err
	}
	_, err = engine.Modify(ctx, func(ctx context.Context) (*Import, error) { return d.imports.Import(ctx, i.ID) }, d.imports.UpdateImport, func(old *Import) error {
		if old.At.After(i.At) {
			return engine.ErrUnchanged
		}
		revision := old.Revision
		*old = *i
		old.Revision = revision
		return nil
	})
	return err
}

func taken(r *Roster, session string) (n int) {
	for _, a := range r.Accepted {
		if a.Session == session {
			n++
		}
	}
	return n
}

// fileName is the last part of a file's name, as it is shown.
func fileName(name string) string {
	name = path.Base(strings.ReplaceAll(name, `\`, "/"))
	if runes := []rune(name); len(runes) > maxText {
		return string(runes[:maxText])
	}
	return name
}

// leftRows are the rows that were not taken, in the order of the file.
func leftRows(entries []*entry, r *Roster) (all []LeftRow) {
	for _, e := range entries {
		if e.refused == nil {
			continue
		}
		row := LeftRow{Row: e.row, Who: engine.MaskName(e.Name), Rule: e.refused.Rule, Reason: maskedIn(e.refused.Reason, e.Name)}
		if e.made != nil {
			row.Person = e.made.Person
		}
		all = append(all, row)
	}
	for _, p := range r.Broken {
		all = append(all, LeftRow{Row: p.Row, Who: engine.MaskName(p.Who), Rule: RuleCell, Column: p.Column, Reason: p.Want})
	}
	slices.SortStableFunc(all, func(a, b LeftRow) int { return a.Row - b.Row })
	return all
}

// maskedIn is a reason without the name of whom it is about.
func maskedIn(reason, name string) string {
	if name == "" {
		return reason
	}
	return strings.ReplaceAll(reason, name, engine.MaskName(name))
}

// Imports lists what became of the workbooks of a session, the newest first, without the rows of those who were accepted since. A
// session of another body looks like one that no file was read for.
func (d *Desk) Imports(ctx context.Context, by authz.Principal, session string) ([]*Import, error) {
	if err := by.Require(authz.RegisterRead); err != nil || d.imports == nil {
		return nil, err
	}
	all, err := engine.All(ctx, func(ctx context.Context, c engine.Cursor) ([]*Import, string, error) {
		return d.imports.ImportsOf(ctx, session, c)
	})
	if err != nil {
		return nil, err
	}
	accepted, err := d.Accepted(ctx, session)
	if err != nil {
		return nil, err
	}
	in := map[engine.PersonID]bool{}
	for _, a := range accepted {
		in[a.Person] = true
	}
	all = slices.DeleteFunc(all, func(i *Import) bool { return !by.ActsFor(string(i.Org)) })
	for _, i := range all {
		i.Left = slices.DeleteFunc(i.Left, func(r LeftRow) bool { return r.Person != "" && in[r.Person] })
	}
	slices.SortStableFunc(all, func(a, b *Import) int { return b.At.Compare(a.At) })
	return all, nil
}
