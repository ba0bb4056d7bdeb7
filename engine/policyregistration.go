package engine

import (
	"fmt"
	"slices"
)

// RegistrationPolicy rules what candidates apply for themselves (报名). The zero value is an old policy file's: nothing can be
// opened for them, and rosters go on as they were.
type RegistrationPolicy struct {
	Rounds       int       `json:"rounds"`        // how often the office may send an application back to be corrected; 0: nothing can be opened
	AnswerDays   int       `json:"answer_days"`   // working days to correct it and hand it in again; the day of the return does not count
	WithdrawDays int       `json:"withdraw_days"` // days before the sitting's day up to which candidates withdraw by themselves
	Fees         []FeeItem `json:"fees"`          // none: nothing is due
	SourceKey    string    `json:"source"`        // of rounds and days

	Drafts DraftPolicy `json:"drafts,omitzero"`
}

// DraftPolicy rules how long an application is kept that nobody handed in (草稿): personal data without a purpose. The zero value
// keeps it.
type DraftPolicy struct {
	Days      int    `json:"days"` // after the day on which registration ended; then what it says is taken out
	SourceKey string `json:"source"`
}

// FeeItem (收费项目) is what one component of one level costs.
type FeeItem struct {
	ID        string    `json:"id"` // theory-5
	Text      string    `json:"text"`
	Level     Level     `json:"level"`
	Component Component `json:"component"`
	Fen       int       `json:"fen"` // hundredths of a yuan
	SourceKey string    `json:"source"`
}

// Takes reports whether applications of candidates themselves are provided for at all.
func (p RegistrationPolicy) Takes() bool { return p.Rounds > 0 }

// FeesOf lists what a level costs.
func (p RegistrationPolicy) FeesOf(l Level) []FeeItem {
	return slices.DeleteFunc(slices.Clone(p.Fees), func(f FeeItem) bool { return f.Level != l })
}

func (c *policyCheck) registration(name string, p RegistrationPolicy) {
	if p.Rounds == 0 && p.AnswerDays == 0 && p.WithdrawDays == 0 && len(p.Fees) == 0 && p.SourceKey == "" && p.Drafts == (DraftPolicy{}) {
		return
	}
	c.atLeast(name+".rounds", p.Rounds, 1)
	c.atLeast(name+".answer_days", p.AnswerDays, 1)
	c.atLeast(name+".withdraw_days", p.WithdrawDays, 0)
	c.source(name+".source", p.SourceKey)
	if p.Drafts != (DraftPolicy{}) {
		c.atLeast(name+".drafts.days", p.Drafts.Days, 1)
		c.source(name+".drafts.source", p.Drafts.SourceKey)
	}
	seen := map[string]bool{}
	for n, f := range p.Fees {
		at := fmt.Sprintf("%s.fees.%s", name, label(f.ID, n))
		c.That(f.ID != "" && !seen[f.ID], at+".id", "repeated", "编号缺失或重复")
		seen[f.ID] = true
		c.text(at+".text", f.Text)
		c.That(f.Level.Valid(), at+".level", "unknown", "没有这个等级")
		c.That(f.Component == Theory || f.Component == Practical, at+".component", "unknown", "没有这个科目")
		c.atLeast(at+".fen", f.Fen, 1)
		c.source(at+".source", f.SourceKey)
	}
}
