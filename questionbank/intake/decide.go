package intake

import (
	"slices"
	"time"

	"github.com/skillcert/skillcert/questionbank"
	"github.com/skillcert/skillcert/questionbank/exchange/record"
	"github.com/skillcert/skillcert/questionbank/exchange/similar"
)

// decision is what is decided on a match: the exception of the row, else the default of the kind. Two keys for one
// question are never taken by default.
func (p *plan) decision(m Match, own Decision) Decision {
	switch {
	case own != "":
		return own
	case m.Kind == similar.Exact && p.decisions.Exact != "":
		return p.decisions.Exact
	case m.Kind == similar.Exact:
		return Skip
	case m.Kind == similar.Near && p.decisions.Near != "":
		return p.decisions.Near
	}
	return Add
}

// goesIn reports whether an earlier row is going in, so that a later one can be its duplicate.
func (p *plan) goesIn(code string) bool {
	o := p.rows[p.number[code]].Outcome
	return o != Refused && o != Skipped
}

// holds reports whether some version of the item has the content of v.
func holds(i *questionbank.Item, v questionbank.ItemVersion) bool {
	want := content(v)
	return slices.ContainsFunc(i.Versions, func(have questionbank.ItemVersion) bool { return content(have) == want })
}

// decideTaken is about a row whose code the bank has.
func (p *plan) decideTaken(n int, i *questionbank.Item, own Decision) {
	row := &p.rows[n]
	if holds(i, p.drafts[n].ItemVersion) {
		row.Outcome, row.Target = Unchanged, i.Code
		return
	}
	decision := p.decisions.Taken
	if own != "" {
		decision = own
	}
	switch decision {
	case Skip:
		row.Outcome, row.Target = Skipped, i.Code
	case Replace:
		p.nextVersion(n, i)
	default:
		p.refuse(n, "code", CodeTaken, "未用过的编号，题库中 "+i.Code+" 是另一道试题或另一个版本")
	}
}

// replace puts a row in the place of what it matches.
func (p *plan) replace(n int, m Match) {
	if m.InBank {
		p.nextVersion(n, p.have.items[m.Item])
		return
	}
	switch earlier := &p.rows[p.number[m.Item]]; earlier.Outcome {
	case Added:
		earlier.Outcome, earlier.Target = Skipped, p.rows[n].Item
		p.rows[n].Outcome = Added
	case Unchanged:
		p.nextVersion(n, p.have.items[earlier.Target])
	default:
		p.refuse(n, "code", CodeTarget, "可以替换的试题，"+m.Item+" 已另作处理")
	}
}

// nextVersion makes a row the next version of an item, which keeps its code, level, province and sample mark.
func (p *plan) nextVersion(n int, i *questionbank.Item) {
	v, row := &p.drafts[n].ItemVersion, &p.rows[n]
	current := i.Current()
	switch other, again := p.targets[i.Code]; {
	case v.Level != current.Level || v.Province != current.Province:
		p.refuse(n, "level", CodeTarget, "与 "+i.Code+" 相同的等级和省份，才能成为它的新版本")
		return
	case i.State == questionbank.Retired:
		p.refuse(n, "code", CodeTarget, "未废止的试题，"+i.Code+" 已废止")
		return
	case again:
		p.refuse(n, "code", CodeTarget, "未被替换的试题，"+p.rows[other].Item+" 已替换 "+i.Code)
		return
	}
	v.Code, v.Sample, v.Version = current.Code, current.Sample, 0
	if row.Target = i.Code; content(*v) == content(current) {
		row.Outcome = Unchanged
		return
	}
	row.Outcome, p.targets[i.Code] = Replaced, n
}

// content names what a version says, whoever wrote it and when.
func content(v questionbank.ItemVersion) string {
	v.Version, v.Author, v.Reason, v.At = 0, "", "", time.Time{}
	return v.Digest()
}

// preview counts.
func (p *plan) preview(b record.Batch) Preview {
	out := Preview{Name: b.Name, Format: b.Format, Encoding: b.Encoding, Rows: p.rows, Dropped: b.Dropped,
		Problems: slices.Concat(b.Problems, p.problems)}
	count := map[Outcome]*int{Added: &out.Added, Replaced: &out.Replaced, Unchanged: &out.Unchanged, Skipped: &out.Skipped, Refused: &out.Refused}
	for _, r := range p.rows {
		*count[r.Outcome]++
	}
	broken := map[record.Place]bool{}
	for _, f := range b.Problems {
		at := f.Place
		at.Element = ""
		if at.Item != "" {
			at.Row = 0 // problems of one item stand in several lines of its markup
		}
		broken[at] = true
	}
	out.Refused += len(broken)
	out.Blocked = p.decisions.Whole && out.Refused > 0
	return out
}
