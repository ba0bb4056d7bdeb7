package registration

import (
	"fmt"
	"slices"
	"strings"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/clock"
)

// The rules that an application can miss, in the order in which Judge reports them.
const (
	RuleAge       = "age"
	RuleCondition = "condition"
	RulePrior     = "prior-level"
	RuleYears     = "years"
	RuleEvidence  = "evidence"
	RuleEducation = "education"
	RuleTitle     = "title"
	RuleDouble    = "double"    // the same person under another document; the desk finds it, Judge cannot
	RuleWithdrawn = "withdrawn" // by the candidate, after it was accepted
)

// Judge returns every rule that the claims miss, for somebody born on born, on the day of the sitting: age counts from
// the birthday itself. It judges by the condition that is claimed, never by another that might fit: each asks for its
// own evidence, and the application states which it was. No refusal means that the person is eligible.
func Judge(p engine.LevelPolicy, born clock.Date, c Claims, on clock.Date) []Refusal {
	at := slices.IndexFunc(p.Conditions, func(cond engine.Condition) bool { return cond.ID == c.Condition })
	if c.Condition == "" {
		return []Refusal{{RuleCondition, "请选择一条申报条件"}}
	}
	if at < 0 {
		return []Refusal{{RuleCondition, fmt.Sprintf("本等级没有申报条件“%s”", c.Condition)}}
	}
	cond := p.Conditions[at]
	var out []Refusal
	for _, rule := range []struct{ name, reason string }{
		{RuleAge, missesAge(cond, born, on)},
		{RulePrior, missesPrior(cond, c, on)},
		{RuleYears, missesYears(cond, c, on)},
		{RuleEvidence, missesEvidence(cond, c)},
		{RuleEducation, missesEducation(cond, c)},
		{RuleTitle, missesTitle(cond, c)},
	} {
		if rule.reason != "" {
			out = append(out, Refusal{rule.name, rule.reason})
		}
	}
	return out
}

func missesAge(cond engine.Condition, born, on clock.Date) string {
	switch {
	case cond.MinAge == 0:
		return ""
	case born.IsZero():
		return "出生日期不明"
	case born.YearsUntil(on) < cond.MinAge:
		return fmt.Sprintf("%s 未满%d周岁（出生日期 %s）", on, cond.MinAge, born)
	}
	return ""
}

// missesPrior: a certificate of the level asked for or of one above it counts.
func missesPrior(cond engine.Condition, c Claims, on clock.Date) string {
	switch {
	case cond.PriorLevel == 0:
		return ""
	case c.PriorLevel == 0 || cond.PriorLevel.Above(c.PriorLevel):
		return fmt.Sprintf("须有%s或以上职业技能等级证书", cond.PriorLevel)
	case c.PriorNumber == "":
		return "未填写已有证书的编号"
	case on.Before(c.PriorDate):
		return fmt.Sprintf("已有证书的日期 %s 晚于考核日期", c.PriorDate)
	}
	return ""
}

// missesYears: work after a certificate is bounded by the time since it, and is part of all the years worked.
func missesYears(cond engine.Condition, c Claims, on clock.Date) string {
	switch {
	case c.Years < cond.Years:
		return fmt.Sprintf("累计从业须满%d年，填报%d年", cond.Years, c.Years)
	case cond.YearsSince == 0:
		return ""
	case c.PriorDate.IsZero():
		return "未填写已有证书的日期"
	case c.PriorDate.YearsUntil(on) < cond.YearsSince:
		return fmt.Sprintf("取得证书（%s）后须满%d年", c.PriorDate, cond.YearsSince)
	case c.Years < cond.YearsSince:
		return fmt.Sprintf("取得证书后从业须满%d年，填报累计%d年", cond.YearsSince, c.Years)
	}
	return ""
}

func missesEvidence(cond engine.Condition, c Claims) string {
	var missing []string
	for _, e := range cond.Evidence {
		if !slices.Contains(c.Evidence, e) {
			missing = append(missing, e)
		}
	}
	if len(missing) == 0 {
		return ""
	}
	return "缺少" + strings.Join(missing, "、")
}

func missesEducation(cond engine.Condition, c Claims) string {
	switch {
	case cond.Education == "", slices.Contains(diplomas[cond.Education], c.Education):
		return ""
	case c.Education == "":
		return "未填写文化程度"
	}
	return fmt.Sprintf("文化程度“%s”不符合，可为%s", c.Education, strings.Join(diplomas[cond.Education], "、"))
}

// diplomas are the answers in the intake sheet that meet what a condition asks for. Whether the major fits is read
// from the diploma itself, which is evidence. 普通高中 is none of them.
var diplomas = map[string][]string{
	"vocational": {"技校", "技工学校", "中专", "中等专业学校", "中职", "中等职业学校", "职高", "职业高中", "高级技工学校", "技师学院",
		"大专", "专科", "高职", "高等职业学校", "本科", "大学本科", "硕士研究生", "博士研究生", "研究生"},
	"senior-technical": {"高级技工学校", "技师学院"},
	"college":          {"大专", "专科", "高职", "高等职业学校", "本科", "大学本科", "硕士研究生", "博士研究生", "研究生"},
}

// missesTitle: which titles match the field is read from the certificate, which is evidence.
func missesTitle(cond engine.Condition, c Claims) string {
	if cond.Title != "" && c.Title == "" {
		return "未填写职称"
	}
	return ""
}

// Educations are the answers about education that a form offers, the lowest first.
func Educations() []string {
	return []string{"初中及以下", "普通高中", "中专", "技校", "职业高中", "高级技工学校", "技师学院", "高职", "大专", "本科", "研究生"}
}
