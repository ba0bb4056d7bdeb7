// Package intake brings files of items into the bank: what a preview says is what the commit then does, because both are
// one plan, and only the commit has a writer.
package intake

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/questionbank"
	"github.com/skillcert/skillcert/questionbank/exchange/record"
	"github.com/skillcert/skillcert/questionbank/exchange/similar"
)

// Refusals of an import.
var (
	ErrBlocked  = errs.New(errs.Invalid, "intake.blocked", "文件中有问题，选择了全部导入或全部不导入，因此没有导入")
	ErrDecision = errs.New(errs.Invalid, "intake.decision", "对重复试题的处理方式只能是 add、replace 或 skip")
)

// Decision is what becomes of an item that the bank, or the same file, has already.
type Decision string

// The decisions.
const (
	Add     Decision = "add"     // as an item of its own
	Replace Decision = "replace" // as the next version of the other item; of an earlier row of the file, in its stead
	Skip    Decision = "skip"
)

// Decisions are what a person decided on an import.
type Decisions struct {
	Whole  bool                `json:"whole"`            // all or nothing; else the good rows
	Exact  Decision            `json:"exact,omitempty"`  // for the same question; empty is Skip
	Near   Decision            `json:"near,omitempty"`   // for nearly the same question; empty is Add
	Taken  Decision            `json:"taken,omitempty"`  // for a code that another wording has: Replace or Skip; empty refuses the row
	Rows   map[string]Decision `json:"rows,omitempty"`   // exceptions, by the code in the file
	Points map[string]string   `json:"points,omitempty"` // points that a person chose, by the code in the file
	Reason string              `json:"reason,omitempty"` // of the versions that the import makes; empty is a standard one
}

// Outcome is what becomes of one row.
type Outcome string

// The outcomes.
const (
	Added     Outcome = "added"
	Replaced  Outcome = "replaced"  // the item called Target gets a next version
	Unchanged Outcome = "unchanged" // the bank has it as it is
	Skipped   Outcome = "skipped"   // because of the item called Target, or the row called so
	Refused   Outcome = "refused"
)

// Match is an item, or an earlier row, that asks the same or nearly the same.
type Match struct {
	Kind   similar.Kind `json:"kind"`
	Item   string       `json:"item"`
	InBank bool         `json:"in_bank"`
	Score  int          `json:"score"` // overlap in thousandths
}

// Row is what becomes of one item of the file.
type Row struct {
	Item    string       `json:"item"` // its code in the file
	At      record.Place `json:"at"`
	Outcome Outcome      `json:"outcome"`
	Target  string       `json:"target,omitempty"`
	Matches []Match      `json:"matches,omitempty"`
	Cut     bool         `json:"cut,omitempty"` // there may be more near ones than were looked at
}

// Preview is what an import does. Problems are those of the file and those of rows that the bank refuses.
type Preview struct {
	Name      string           `json:"name"`
	Format    string           `json:"format"`
	Encoding  string           `json:"encoding,omitempty"`
	Added     int              `json:"added"`
	Replaced  int              `json:"replaced"`
	Unchanged int              `json:"unchanged"`
	Skipped   int              `json:"skipped"`
	Refused   int              `json:"refused"` // rows with a problem, of the file and of the plan
	Blocked   bool             `json:"blocked"` // nothing is imported, because not everything can be
	Rows      []Row            `json:"rows"`
	Problems  []record.Problem `json:"problems"`
	Dropped   []record.Dropped `json:"dropped"`
}

// Imports brings batches in. Safe for concurrent use.
type Imports struct{ bank *questionbank.Bank }

// New returns the imports of a bank.
func New(b *questionbank.Bank) *Imports { return &Imports{bank: b} }

// Plan says what Commit would do with the batch as the bank stands.
func (i *Imports) Plan(ctx context.Context, by authz.Principal, b record.Batch, d Decisions) (Preview, error) {
	return i.run(ctx, by, b, d, nil)
}

// Commit does what Plan says. progress, which may be nil, is told how many of the rows that change something are
// written, one call at a time. When it is broken off, the same batch with the same decisions completes it: rows that are in are left alone.
func (i *Imports) Commit(ctx context.Context, by authz.Principal, b record.Batch, d Decisions, progress func(done, total int)) (Preview, error) {
	if progress == nil {
		progress = func(int, int) {}
	}
	return i.run(ctx, by, b, d, &writer{bank: i.bank, by: by, reason: d.reason(), progress: progress})
}

func (i *Imports) run(ctx context.Context, by authz.Principal, b record.Batch, d Decisions, w *writer) (Preview, error) {
	if err := by.Require(authz.BankImport); err != nil {
		return Preview{}, err
	}
	if by.Person == "" {
		return Preview{}, authz.ErrForbidden.With("账号未登记人员")
	}
	if err := d.check(); err != nil {
		return Preview{}, err
	}
	mark, err := markOf(b, d)
	if err != nil {
		return Preview{}, err
	}
	have, err := i.read(ctx, by, mark)
	if err != nil {
		return Preview{}, err
	}
	p := newPlan(b, d, have)
	if err := p.make(ctx, i.bank); err != nil {
		return Preview{}, err
	}
	preview := p.preview(b)
	if preview.Replaced > 0 {
		if err := by.Require(authz.BankEdit); err != nil {
			return Preview{}, err
		}
	}
	switch {
	case w == nil:
		return preview, nil
	case preview.Blocked:
		return preview, ErrBlocked.With("%d 处", preview.Refused)
	}
	w.reason += mark
	return preview, w.write(ctx, p)
}

// markOf names an import by what it brings and what was decided, so that one that broke off is known again.
func markOf(b record.Batch, d Decisions) (string, error) {
	decisions, err := json.Marshal(d)
	if err != nil {
		return "", fmt.Errorf("encode decisions: %w", err)
	}
	h := sha256.New()
	h.Write(decisions)
	for _, v := range b.Drafts {
		h.Write([]byte(v.Digest()))
	}
	return "〔导入 " + hex.EncodeToString(h.Sum(nil)[:6]) + "〕", nil
}

// maxReason leaves room for the mark of the import.
const maxReason = questionbank.MaxReason - 20

// reason is that of the versions that the import makes, first ones too.
func (d Decisions) reason() string {
	if s := strings.TrimSpace(d.Reason); s != "" {
		return s
	}
	return "从文件导入"
}

func (d Decisions) check() error {
	all := []Decision{d.Exact, d.Near, d.Taken}
	for _, one := range d.Rows {
		all = append(all, one)
	}
	for _, one := range all {
		if one != "" && one != Add && one != Replace && one != Skip {
			return ErrDecision.With("“%s”", record.Found(string(one)))
		}
	}
	if utf8.RuneCountInString(d.Reason) > maxReason {
		return questionbank.ErrItemInput.WithFields(errs.Field{Name: "reason", Code: "form", Msg: fmt.Sprintf("理由最多%d个字", maxReason)})
	}
	return nil
}
