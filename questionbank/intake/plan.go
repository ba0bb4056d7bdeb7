package intake

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/questionbank"
	"github.com/skillcert/skillcert/questionbank/exchange/record"
	"github.com/skillcert/skillcert/questionbank/exchange/similar"
)

// stored is the bank as it was before this very import began, which may have been broken off: what it brought in is not
// seen, so that the rows settle everything between themselves as they did the first time.
type stored struct {
	items   map[string]*questionbank.Item
	compare []questionbank.ItemVersion    // newest versions of what is not retired, in the order of codes
	begun   map[string]*questionbank.Item // items as they are that this import made or changed
}

// read goes through the bank. Versions of this import carry its mark at the end of their reason.
func (i *Imports) read(ctx context.Context, by authz.Principal, mark string) (stored, error) {
	s := stored{items: map[string]*questionbank.Item{}, begun: map[string]*questionbank.Item{}}
	for c := (engine.Cursor{}); ; {
		rows, next, err := i.bank.Items(ctx, by, questionbank.Filter{}, c)
		if err != nil {
			return s, fmt.Errorf("read the bank: %w", err)
		}
		for _, r := range rows {
			s.add(r, mark)
		}
		if c.After = next; next == "" {
			return s, nil
		}
	}
}

func (s *stored) add(i *questionbank.Item, mark string) {
	i.Trail = nil
	first := slices.IndexFunc(i.Versions, func(v questionbank.ItemVersion) bool { return strings.HasSuffix(v.Reason, mark) })
	if first >= 0 {
		whole := *i
		s.begun[i.Code] = &whole
		i.Versions = i.Versions[:first]
	}
	if first == 0 {
		return
	}
	s.items[i.Code] = i
	if i.State != questionbank.Retired {
		s.compare = append(s.compare, i.Current())
	}
}

// plan decides on every draft of a batch.
type plan struct {
	decisions Decisions
	have      stored
	drafts    []record.Draft
	rows      []Row
	problems  []record.Problem
	number    map[string]int // rows by the code in the file
	clash     []int          // of each row, the row that it contradicts or that contradicts it, or -1
	targets   map[string]int // items that get a next version, by the row that makes it

	tables map[engine.Level]*questionbank.ElementTable
	images map[string]bool // digest to whether the bank has it
}

func newPlan(b record.Batch, d Decisions, have stored) *plan {
	p := &plan{decisions: d, have: have, drafts: slices.Clone(b.Drafts), rows: make([]Row, len(b.Drafts)), clash: make([]int, len(b.Drafts)),
		number: map[string]int{}, targets: map[string]int{}, tables: map[engine.Level]*questionbank.ElementTable{}, images: map[string]bool{}}
	for n := range p.drafts {
		v := &p.drafts[n]
		if point := d.Points[v.Code]; point != "" {
			v.Point = point
		}
		p.rows[n] = Row{Item: v.Code, At: v.At}
		p.number[v.Code], p.clash[n] = n, -1
	}
	return p
}

// make decides row by row. Rows that contradict each other are known before, because neither may go in.
func (p *plan) make(ctx context.Context, bank *questionbank.Bank) error {
	p.relate()
	for n := range p.drafts {
		if p.decisions.Rows[p.rows[n].Item] == Skip {
			p.rows[n].Outcome = Skipped
			continue
		}
		ok, err := p.acceptable(ctx, bank, n)
		if err != nil {
			return err
		}
		if ok {
			p.decide(n)
		}
	}
	for n := range p.rows {
		p.settle(n)
	}
	return nil
}

// settle passes over what this import has done already.
func (p *plan) settle(n int) {
	row, v := &p.rows[n], p.drafts[n].ItemVersion
	if row.Outcome != Added && row.Outcome != Replaced {
		return
	}
	if i := p.have.begun[v.Code]; i != nil && holds(i, v) {
		row.Outcome, row.Target = Unchanged, v.Code
	}
}

// relate finds what asks the same or nearly the same.
func (p *plan) relate() {
	versions := make([]questionbank.ItemVersion, len(p.drafts))
	for n, d := range p.drafts {
		versions[n] = d.ItemVersion
	}
	for n, f := range similar.Find(p.have.compare, versions) {
		p.rows[n].Cut = f.Cut
		for _, m := range f.Matches {
			if m.InBank {
				if code := p.have.compare[m.Other].Code; code != p.rows[n].Item {
					p.rows[n].Matches = append(p.rows[n].Matches, Match{Kind: m.Kind, Item: code, InBank: true, Score: m.Score})
				}
				continue
			}
			p.rows[n].Matches = append(p.rows[n].Matches, Match{Kind: m.Kind, Item: p.rows[m.Other].Item, Score: m.Score})
			if m.Kind == similar.Conflict && p.decisions.Rows[p.rows[n].Item] != Skip && p.decisions.Rows[p.rows[m.Other].Item] != Skip {
				p.clash[n], p.clash[m.Other] = m.Other, n
			}
		}
	}
}

func (p *plan) refuse(n int, field, code, want string) {
	p.rows[n].Outcome = Refused
	p.problems = append(p.problems, record.Problem{Place: p.rows[n].At, Field: field, Code: code, Want: want})
}

// Codes of the problems that a plan finds; package record has those of files.
const (
	CodePoint    = "intake.point"    // no point of the element table
	CodeImage    = "intake.image"    // an image that neither the file nor the bank has
	CodeTaken    = "intake.taken"    // the code of another item
	CodeConflict = "intake.conflict" // two keys for one question
	CodeTarget   = "intake.target"   // what should be replaced cannot be
)

// acceptable applies the rules of the bank to one row.
func (p *plan) acceptable(ctx context.Context, bank *questionbank.Bank, n int) (bool, error) {
	v := p.drafts[n].ItemVersion
	var e *errs.Error
	if errors.As(v.Validate(), &e) {
		for _, f := range e.Fields {
			if f.Name == "point" && questionbank.IsRange(v.Point) {
				f.Msg = "鉴定范围 " + v.Point + " 之内的一个鉴定点，由人选定"
			}
			p.refuse(n, f.Name, record.CodeContent, f.Msg)
		}
		return false, nil
	}
	if err := p.checkPoint(ctx, bank, n); err != nil {
		return false, err
	}
	if err := p.checkImages(ctx, bank, n); err != nil {
		return false, err
	}
	return p.rows[n].Outcome != Refused, nil
}

func (p *plan) checkPoint(ctx context.Context, bank *questionbank.Bank, n int) error {
	v := p.drafts[n].ItemVersion
	t, asked := p.tables[v.Level]
	if !asked {
		var err error
		if t, err = bank.Table(ctx, v.Level); err != nil && !errors.Is(err, questionbank.ErrTable) {
			return fmt.Errorf("element table of %s: %w", v.Level, err)
		}
		p.tables[v.Level] = t
	}
	if t == nil {
		p.refuse(n, "level", CodePoint, "已有要素细目表的等级，"+v.Level.String()+"没有")
		return nil
	}
	if _, known := t.Point(v.Point); !known {
		p.refuse(n, "point", CodePoint, v.Level.String()+"要素细目表中的鉴定点，其中没有 "+v.Point)
	}
	return nil
}

func (p *plan) checkImages(ctx context.Context, bank *questionbank.Bank, n int) error {
	for _, digest := range record.ImagesOf(p.drafts[n].ItemVersion) {
		carried := func(i questionbank.Image) bool { return i.Digest == digest }
		if slices.ContainsFunc(p.drafts[n].Images, carried) {
			continue
		}
		there, asked := p.images[digest]
		if !asked {
			_, err := bank.Image(ctx, digest)
			if err != nil && !errors.Is(err, questionbank.ErrImage) {
				return fmt.Errorf("image %s: %w", digest, err)
			}
			there = err == nil
			p.images[digest] = there
		}
		if !there {
			p.refuse(n, "images", CodeImage, "文件或题库中有的图片，没有 "+digest[:12])
		}
	}
	return nil
}

// decide says what becomes of a row that the rules accept.
func (p *plan) decide(n int) {
	row, v := &p.rows[n], p.drafts[n].ItemVersion
	own := p.decisions.Rows[row.Item]
	if i := p.have.items[v.Code]; i != nil {
		p.decideTaken(n, i, own)
		return
	}
	for _, m := range row.Matches {
		decision := p.decision(m, own)
		switch {
		case !m.InBank && !p.goesIn(m.Item):
		case m.Kind == similar.Conflict && (decision == Add || !m.InBank):
			p.contradicts(n, m.Item)
			return
		case decision == Skip:
			row.Outcome, row.Target = Skipped, m.Item
			return
		case decision == Replace:
			p.replace(n, m)
			return
		}
	}
	if p.clash[n] >= 0 {
		p.contradicts(n, p.rows[p.clash[n]].Item)
		return
	}
	row.Outcome = Added
}

func (p *plan) contradicts(n int, other string) {
	p.refuse(n, "key", CodeConflict, "与 "+other+" 相同的答案：题干和选项相同")
}
