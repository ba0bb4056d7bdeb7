package registration

import (
	"context"
	"errors"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/engine/people"
)

// fieldOf is the field of the form that a rule is about.
var fieldOf = map[string]string{RuleAge: "born", RuleCondition: "condition", RulePrior: "prior_level", RuleYears: "years", RuleEvidence: "materials",
	RuleEducation: "education", RuleTitle: "title", RuleRetake: "retake"}

// Fields lists what the office can send back by name, in the order of the form.
func Fields() []string {
	return []string{"retake", "name", "id_number", "born", "phone", "address", "condition", "years", "prior_level", "education", "title", "employer", "class", "materials"}
}

// Entry is what an applicant sends: the row, and that they stand by it.
type Entry struct {
	Row    RosterRow
	Stands bool // the applicant declares that everything is true

	Unread []errs.Field // what was typed and is no date or number; the row has its zero
}

// unread notes what could not be read, and returns whether a field is of that: nothing else is said of it.
func (e Entry) unread(c *errs.Check) func(name string) bool {
	for _, f := range e.Unread {
		c.That(false, f.Name, f.Code, f.Msg)
	}
	return func(name string) bool {
		return slices.ContainsFunc(e.Unread, func(f errs.Field) bool { return f.Name == name })
	}
}

// draft is the row of a draft: tidied, and nothing of it judged.
func (e Entry) draft(t Target) (RosterRow, error) {
	var c errs.Check
	e.unread(&c)
	row := tidy(&c, e.Row, t)
	return row, c.Err(ErrRequestInput)
}

// tidy brings a row to the form that is kept and bounds it; what it says is not judged yet.
func tidy(c *errs.Check, row RosterRow, t Target) RosterRow {
	row.Level, row.Claims = t.Level, cleanClaims(row.Claims)
	for name, text := range map[string]*string{"name": &row.Name, "id_number": &row.IDNumber, "phone": &row.Phone, "employer": &row.Employer, "class": &row.Class,
		"condition": &row.Claims.Condition, "prior_number": &row.Claims.PriorNumber, "education": &row.Claims.Education, "title": &row.Claims.Title} {
		*text = strings.TrimSpace(*text)
		c.That(utf8.ValidString(*text) && utf8.RuneCountInString(*text) <= maxText, name, "long", "内容过长或有无法识别的字符，最多100个字")
	}
	var err error
	if row.Address, err = engine.CleanAddress(row.Address); err != nil {
		c.That(false, "address", "form", reason(err))
	}
	c.That(len(row.Claims.Evidence) <= maxEvidence && !slices.ContainsFunc(row.Claims.Evidence, func(e string) bool { return utf8.RuneCountInString(e) > maxText }),
		"materials", "many", "申报材料过多或名称过长")
	c.That(row.Claims.Years >= 0 && row.Claims.Years < maxYears, "years", "range", "从业年限应为0至79的整数")
	c.That(row.Claims.Retake.named(), "retake", "unknown", "请选择正考，或补考的那一科")
	c.That(row.Sex == "" || row.Sex == engine.Male || row.Sex == engine.Female, "sex", "unknown", "性别应为男或女")
	return row
}

// Telephones in mainland China: a mobile, or a landline with its area code (with the country's code before it, the 0 may be left out).
// Others are written with a plus sign and their own code, and have 8 to 15 digits (ITU-T E.164).
var (
	mainland = regexp.MustCompile(`^(?:(?:\+?86)?1[3-9]\d{9}|(?:0|\+86)(?:10|[2-9]\d)\d{7,9})$`)
	abroad   = regexp.MustCompile(`^\+[1-9]\d{7,14}$`)
)

// callable reports whether s may be a telephone that the office reaches, with blanks and hyphens as people write them.
func callable(s string) bool {
	s = strings.NewReplacer(" ", "", "-", "").Replace(s)
	return mainland.MatchString(s) || abroad.MatchString(s) && !strings.HasPrefix(s, "+86")
}

// Bounds of a form: years as in the intake sheet, and more materials than any condition asks for.
const (
	maxYears    = 80
	maxEvidence = 20
)

// judge names everything that keeps an entry from being handed in, each under its field: what the registry would refuse,
// every rule of the claimed condition that is missed, by the same table as for rosters, and that one component cannot be taken
// alone. It returns the row as it is kept, with the refusals too.
func (k *Intake) judge(ctx context.Context, t Target, e Entry) (RosterRow, error) {
	var c errs.Check
	unread := e.unread(&c)
	row := tidy(&c, e.Row, t)
	var err error
	if row.Name, err = engine.CleanName(row.Name); err != nil {
		c.That(false, "name", "form", reason(err))
	}
	row = checkDocument(&c, row, unread("born"))
	c.That(people.ValidPhone(row.Phone) && callable(row.Phone), "phone", "form",
		"请填写能联系到您的手机号码：11位数字。固定电话要带区号，境外号码前面加+和国家或地区代码")
	for _, r := range Judge(k.policy.Levels[t.Level], row.Born, row.Claims, t.Day) {
		told := unread(fieldOf[r.Rule]) || r.Rule == RuleAge && row.Born.IsZero() // a birth date that is missing is said once
		c.That(told, fieldOf[r.Rule], r.Rule, r.Reason)
	}
	why, err := k.foresee(ctx, t, row)
	if err != nil {
		return row, err
	}
	c.That(why == "", "retake", RuleRetake, why)
	c.That(e.Stands, "stands", "missing", "请确认所填内容属实")
	return row, c.Err(ErrRequestInput)
}

// checkDocument takes birth date and sex from the number where it has them, and says where they contradict it.
func checkDocument(c *errs.Check, row RosterRow, unread bool) RosterRow {
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
		c.That(err != nil || unread || !row.Born.IsZero(), "born", "missing", "请填写出生日期")
		c.That(err != nil || row.Sex != "", "sex", "missing", "请选择性别")
		return row
	}
	c.That(row.Born.IsZero() || row.Born == d.Born, "born", "differs", "出生日期与证件号码不符")
	c.That(row.Sex == "" || row.Sex == d.Sex, "sex", "differs", "性别与证件号码不符")
	row.Born, row.Sex = d.Born, d.Sex
	return row
}
