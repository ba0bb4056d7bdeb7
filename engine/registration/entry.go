package registration

import (
	"errors"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/engine/people"
)

// fieldOf is the field of the form that a rule is about.
var fieldOf = map[string]string{RuleAge: "born", RuleCondition: "condition", RulePrior: "prior_level", RuleYears: "years", RuleEvidence: "materials",
	RuleEducation: "education", RuleTitle: "title"}

// Fields lists what the office can send back by name, in the order of the form.
func Fields() []string {
	return []string{"name", "id_number", "born", "phone", "condition", "years", "prior_level", "education", "title", "employer", "class", "materials"}
}

// Entry is what an applicant sends: the row, and that they stand by it.
type Entry struct {
	Row    RosterRow
	Stands bool // the applicant declares that everything is true
}

// tidy brings a row to the form that is kept and bounds it; what it says is not judged yet.
func tidy(row RosterRow, t Target) (RosterRow, error) {
	row.Level, row.Claims = t.Level, cleanClaims(row.Claims)
	var c errs.Check
	for name, text := range map[string]*string{"name": &row.Name, "id_number": &row.IDNumber, "phone": &row.Phone, "employer": &row.Employer, "class": &row.Class,
		"condition": &row.Claims.Condition, "prior_number": &row.Claims.PriorNumber, "education": &row.Claims.Education, "title": &row.Claims.Title} {
		*text = strings.TrimSpace(*text)
		c.That(utf8.ValidString(*text) && utf8.RuneCountInString(*text) <= maxText, name, "long", "内容过长或有无法识别的字符，最多100个字")
	}
	c.That(len(row.Claims.Evidence) <= maxEvidence && !slices.ContainsFunc(row.Claims.Evidence, func(e string) bool { return utf8.RuneCountInString(e) > maxText }),
		"materials", "many", "申报材料过多或名称过长")
	c.That(row.Claims.Years >= 0 && row.Claims.Years < maxYears, "years", "range", "从业年限应为0至79的整数")
	c.That(row.Sex == "" || row.Sex == engine.Male || row.Sex == engine.Female, "sex", "unknown", "性别应为男或女")
	return row, c.Err(ErrRequestInput)
}

// Bounds of a form: years as in the intake sheet, and more materials than any condition asks for.
const (
	maxYears    = 80
	maxEvidence = 20
)

// judgeEntry names everything that keeps an entry from being handed in, each under its field: what the registry would refuse,
// and every rule of the claimed condition that is missed, by the same table as for rosters. It returns the row as it is kept.
func judgeEntry(p engine.Policy, t Target, e Entry) (RosterRow, error) {
	row, err := tidy(e.Row, t)
	if err != nil {
		return row, err
	}
	var c errs.Check
	if row.Name, err = engine.CleanName(row.Name); err != nil {
		c.That(false, "name", "form", reason(err))
	}
	row = checkDocument(&c, row)
	c.That(people.ValidPhone(row.Phone), "phone", "form", "请填写能联系到您的手机号码")
	for _, r := range Judge(p.Levels[t.Level], row.Born, row.Claims, t.Day) {
		if r.Rule != RuleAge || !row.Born.IsZero() { // a birth date that is missing is said once
			c.That(false, fieldOf[r.Rule], r.Rule, r.Reason)
		}
	}
	c.That(e.Stands, "stands", "missing", "请确认所填内容属实")
	return row, c.Err(ErrRequestInput)
}

// checkDocument takes birth date and sex from the number where it has them, and says where they contradict it.
func checkDocument(c *errs.Check, row RosterRow) RosterRow {
	d, err := engine.ParseDocument(row.IDType, row.IDNumber)
	if err != nil {
		var refused *errs.Error
		if errors.As(err, &refused) {
			c.That(false, "id_number", "form", refused.Msg)
		}
	} else {
		row.IDNumber = d.Number
	}
	if d.Born.IsZero() {
		c.That(err != nil || !row.Born.IsZero(), "born", "missing", "请填写出生日期")
		c.That(err != nil || row.Sex != "", "sex", "missing", "请选择性别")
		return row
	}
	c.That(row.Born.IsZero() || row.Born == d.Born, "born", "differs", "出生日期与证件号码不符")
	c.That(row.Sex == "" || row.Sex == d.Sex, "sex", "differs", "性别与证件号码不符")
	row.Born, row.Sex = d.Born, d.Sex
	return row
}
