package engine

import "fmt"

// ResultPolicy rules what may follow a result. The zero value is an old policy file's: no score is checked, no misconduct
// is ruled on, nothing is kept for a retake.
type ResultPolicy struct {
	Checks     CheckPolicy      `json:"checks,omitzero"`
	Misconduct MisconductPolicy `json:"misconduct,omitzero"`
	Retained   RetainedPolicy   `json:"retained,omitzero"`
}

// The scores of machine-marked theory papers at which a check may be asked for.
const (
	CheckAny  = "any"            // whatever the score
	CheckZero = "zero-or-absent" // only a score of zero, or an absence
	CheckNone = "none"
)

// CheckPolicy rules score checks (查分). Days are working days; the day on which something happens does not count.
type CheckPolicy struct {
	WindowDays  int    `json:"window_days"`  // from the first day of publicity; 0: none are taken
	ForwardDays int    `json:"forward_days"` // for the exam office
	AnswerDays  int    `json:"answer_days"`  // for the component's own people
	Theory      string `json:"theory"`       // CheckAny, CheckZero or CheckNone: theory papers are marked by machine
	SourceKey   string `json:"source"`
}

// MisconductPolicy rules misconduct (违纪). Days are working days. Without severities nothing can be ruled on.
type MisconductPolicy struct {
	StatementDays int        `json:"statement_days"` // from the notice, for the candidate's own statement (陈述申辩)
	AppealDays    int        `json:"appeal_days"`    // from the ruling, for an appeal (复核申请)
	Severities    []Severity `json:"severities"`     // the lightest first
	SourceKey     string     `json:"source"`
}

// Severity is one tier of misconduct and what follows from it.
type Severity struct {
	ID           string `json:"id"`                      // general, serious, grave
	Text         string `json:"text"`                    // 严重违纪
	Acts         string `json:"acts"`                    // what belongs here, in words
	One          bool   `json:"one,omitempty"`           // voids the component concerned only; otherwise every one of the sitting
	RecordMonths int    `json:"record_months,omitempty"` // how long it stays on record; 0: not at all, for those that void one only
	Blocks       bool   `json:"blocks,omitempty"`        // no new application is taken while it does
}

// Severity returns the tier called id.
func (p MisconductPolicy) Severity(id string) (Severity, bool) {
	for _, s := range p.Severities {
		if s.ID == id {
			return s, true
		}
	}
	return Severity{}, false
}

// RetainedPolicy rules how long a passed component is kept (单科成绩保留). Zero months keep nothing.
type RetainedPolicy struct {
	Months      int    `json:"months"`   // from the day of the result
	Attempts    int    `json:"attempts"` // sessions in which it may stand for the component
	SamePolicy  bool   `json:"same_policy,omitempty"`
	SameRelease bool   `json:"same_release,omitempty"` // of the question bank
	SourceKey   string `json:"source"`
}

func (c *policyCheck) results(name string, p ResultPolicy) {
	if k := p.Checks; k != (CheckPolicy{}) {
		c.atLeast(name+".checks.window_days", k.WindowDays, 1)
		c.atLeast(name+".checks.forward_days", k.ForwardDays, 1)
		c.atLeast(name+".checks.answer_days", k.AnswerDays, 1)
		c.word(name+".checks.theory", k.Theory, []string{CheckAny, CheckZero, CheckNone})
		c.source(name+".checks.source", k.SourceKey)
	}
	c.misconduct(name+".misconduct", p.Misconduct)
	if k := p.Retained; k != (RetainedPolicy{}) {
		c.atLeast(name+".retained.months", k.Months, 1)
		c.atLeast(name+".retained.attempts", k.Attempts, 1)
		c.source(name+".retained.source", k.SourceKey)
	}
}

// misconduct asks for a hearing and an appeal wherever something can be ruled on.
func (c *policyCheck) misconduct(name string, p MisconductPolicy) {
	if len(p.Severities) == 0 {
		c.That(p.StatementDays == 0 && p.AppealDays == 0, name+".severities", "missing", "缺少违纪等次")
		return
	}
	c.atLeast(name+".statement_days", p.StatementDays, 1)
	c.atLeast(name+".appeal_days", p.AppealDays, 1)
	c.source(name+".source", p.SourceKey)
	seen := map[string]bool{}
	for n, s := range p.Severities {
		at := fmt.Sprintf("%s.severities.%s", name, label(s.ID, n))
		c.That(s.ID != "" && !seen[s.ID], at+".id", "repeated", "编号缺失或重复")
		seen[s.ID] = true
		c.text(at+".text", s.Text)
		c.text(at+".acts", s.Acts)
		c.atLeast(at+".record_months", s.RecordMonths, 0)
		c.That(s.One || s.RecordMonths > 0, at+".record_months", "range", "取消全部科目的等次应有记录期限")
		c.That(!s.Blocks || s.RecordMonths > 0, at+".blocks", "empty", "没有记录期限，不能限制报名")
	}
}
