package separation

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/engine/people"
)

const (
	maxOwners   = 20
	maxBodyName = 100 // characters
)

var codeForm = regexp.MustCompile(`^[0-9A-HJ-NPQRTUWXY]{18}$`) // the alphabet of GB 32100

// Checked is the statement as it is kept, with everything that is wrong with it: ErrControl of the fields head_name, head_number and
// owners and, for the first owner, owner1_name, owner1_number and owner1_percent. code is the credit code of the body.
func (c Control) Checked(code string) (Control, error) {
	var k errs.Check
	c = c.checked(&k, code)
	return c, k.Err(ErrControl)
}

func (c Control) checked(k *errs.Check, code string) Control {
	c.Representative = holder(k, "head", c.Representative)
	k.That(len(c.Owners) <= maxOwners, "owners", "range", fmt.Sprintf("出资人不超过%d个", maxOwners))
	c.Owners = slices.Clone(c.Owners[:min(len(c.Owners), maxOwners)])
	total := 0
	for i := range c.Owners {
		o, at := &c.Owners[i], fmt.Sprintf("owner%d", i+1)
		o.check(k, at, code)
		twice := slices.ContainsFunc(c.Owners[:i], func(p Owner) bool { return p.number() != "" && p.number() == o.number() })
		k.That(!twice, at+"_number", "twice", "同一出资人填了两次，请合并为一行")
		total += max(0, o.Percent)
	}
	k.That(total <= 100, "owners", "total", "出资比例合计超过100%")
	return c
}

func (o *Owner) check(k *errs.Check, at, code string) {
	k.That(o.Percent >= 0 && o.Percent <= 100, at+"_percent", "range", "出资比例应在1至100之间，不知道的留空")
	if o.Person != nil {
		p := holder(k, at, *o.Person)
		o.Person, o.Name, o.CreditCode = &p, "", ""
		return
	}
	o.Name, o.CreditCode = strings.TrimSpace(o.Name), strings.ToUpper(strings.TrimSpace(o.CreditCode))
	k.That(o.Name != "" && utf8.ValidString(o.Name) && utf8.RuneCountInString(o.Name) <= maxBodyName, at+"_name", "form", "请填写出资机构的全称，不超过100个字")
	k.That(codeForm.MatchString(o.CreditCode), at+"_number", "form", "请填写18位的居民身份证号码或统一社会信用代码")
	k.That(!mistyped(o.CreditCode), at+"_number", "card", "这不是正确的统一社会信用代码，像是居民身份证号码有一位填错了，请对照证件核对")
	k.That(o.CreditCode == "" || o.CreditCode != code, at+"_number", "same", "机构不能是自己的出资人")
}

var cardForm = regexp.MustCompile(`^\d{17}[\dX]$`) // GB 11643

// mistyped reports whether a code is likelier the number of a resident card with a slip in it, whose holder would be kept apart from
// nothing: it has the form of one, begins with a division or has a year of birth in its place, and is no body's code by its check
// character (GB 32100) or by the division of the registration in its third and fourth places, 10 for a national one.
func mistyped(code string) bool {
	if !cardForm.MatchString(code) || engine.Province(code[:2]) == "" && code[6:8] != "19" && code[6:8] != "20" {
		return false
	}
	return !engine.CreditCodeMatches(code) || engine.Province(code[2:4]) == "" && code[2:4] != "10"
}

// number is the document or the code by which an owner is known.
func (o *Owner) number() string {
	if o.Person != nil {
		return string(o.Person.IDType) + o.Person.IDNumber
	}
	return o.CreditCode
}

// holder is a person by name and document, as registering will keep them; what is wrong is noted.
func holder(k *errs.Check, at string, p engine.Person) engine.Person {
	name, err := engine.CleanName(p.Name)
	k.That(err == nil, at+"_name", "form", said(err))
	d, err := engine.ParseDocument(p.IDType, p.IDNumber)
	if p.IDType == engine.ResidentCard && err != nil {
		err = errResident
	}
	if err == nil && d.Born.IsZero() {
		d.Born, d.Sex = p.Born, p.Sex
		known := !p.Born.IsZero() && (p.Sex == engine.Male || p.Sex == engine.Female)
		k.That(known, at+"_number", "born", "这种证件还要写明出生日期和性别")
	}
	k.That(err == nil, at+"_number", "form", said(err))
	return engine.Person{Name: name, IDType: p.IDType, IDNumber: d.Number, Born: d.Born, Sex: d.Sex}
}

var errResident = errs.New(errs.Invalid, "separation.resident", "请填写正确的18位居民身份证号码；持其他证件的，请由系统管理员登记")

// said is what a refusal says, "" of none.
func said(err error) string {
	var e *errs.Error
	if errors.As(err, &e) {
		return e.Msg
	}
	return ""
}

// holders are the persons of a statement by the fields that they stand in.
func (c Control) holders() map[string]engine.Person {
	all := map[string]engine.Person{"head": c.Representative}
	for i, o := range c.Owners {
		if o.Person != nil {
			all[fmt.Sprintf("owner%d", i+1)] = *o.Person
		}
	}
	return all
}

// foreseen is Checked by whoever is about to record the statement: a document that is registered under another name is one of
// the faults.
func (j *Judge) foreseen(ctx context.Context, by authz.Principal, code string, c Control) (Control, error) {
	var k errs.Check
	c = c.checked(&k, code)
	holders := c.holders()
	for _, at := range slices.Sorted(maps.Keys(holders)) {
		switch _, err := j.people.Foresee(ctx, by, holders[at]); {
		case errors.Is(err, engine.ErrSameID):
			k.That(false, at+"_number", "taken", said(err)+"，请核对姓名和证件")
		case err != nil && errs.KindOf(err) != errs.Invalid: // what is invalid is noted
			return c, err
		}
	}
	return c, k.Err(ErrControl)
}

// CheckControl tells everything that StateControl would refuse of a statement, and writes nothing.
func (j *Judge) CheckControl(ctx context.Context, by authz.Principal, org engine.OrgID, c Control) error {
	_, _, err := j.mayState(ctx, by, org, c)
	return err
}

// CheckFiling tells everything that FileBody would refuse of a body's papers, its filing and who is behind it, and writes nothing.
func (j *Judge) CheckFiling(ctx context.Context, by authz.Principal, o engine.Organisation, c *Control) error {
	_, err := j.filing(ctx, by, &o, c)
	return err
}

// FileBody files a body, or what changed of it, with who is behind it. Ties are recorded first, so that what is cut off errs on the
// side of keeping people apart; filing it again completes it. c is nil where a former statement goes on; of who evaluates or trains
// there has to be one, for nobody could be kept apart from the trainees of a body of unknown owners.
func (j *Judge) FileBody(ctx context.Context, by authz.Principal, o engine.Organisation, today clock.Date, c *Control) (*engine.Organisation, error) {
	c, err := j.filing(ctx, by, &o, c)
	if err != nil {
		return nil, err
	}
	if c != nil {
		if err := j.state(ctx, by, &o, today, *c); err != nil {
			return nil, err
		}
	}
	return j.people.FileOrganisation(ctx, by, o)
}

// filing brings a body's papers to the form that is kept, or says all that is wrong with them.
func (j *Judge) filing(ctx context.Context, by authz.Principal, o *engine.Organisation, c *Control) (*Control, error) {
	if err := by.Require(authz.OrgFile); err != nil {
		return nil, err
	}
	cleaned, err := people.CheckOrganisation(*o)
	*o = cleaned
	faults := fieldsOf(err)
	if c != nil {
		said, err := j.foreseen(ctx, by, o.CreditCode, *c)
		if err != nil && !errors.Is(err, ErrControl) {
			return nil, err
		}
		c, faults = &said, append(faults, fieldsOf(err)...)
	} else if known, err := j.known(ctx, o); err != nil {
		return nil, err
	} else if !known {
		faults = append(faults, errs.Field{Name: "head_name", Code: "missing", Msg: "请填写法定代表人姓名"},
			errs.Field{Name: "head_number", Code: "missing", Msg: "请填写法定代表人的证件号码"})
	}
	switch {
	case len(faults) > 0:
		return nil, engine.ErrOrgInput.WithFields(faults...)
	case !by.ActsIn(o.Province):
		return nil, authz.ErrForbidden.With("只能办理本省的机构")
	}
	return c, j.people.MayFile(ctx, by, *o)
}

// known reports whether there is a statement of who is behind the body, or none is asked for.
func (j *Judge) known(ctx context.Context, o *engine.Organisation) (bool, error) {
	if o.Kind != engine.EvaluationBody && o.Kind != engine.TrainingBody {
		return true, nil
	}
	had, err := j.stated(ctx, OrgNode(o.ID))
	return slices.ContainsFunc(had, func(t *Tie) bool { return t.Kind == Represents && t.goesOn() }), err
}

// fieldsOf are the fields that a refusal names.
func fieldsOf(err error) []errs.Field {
	var e *errs.Error
	if errors.As(err, &e) {
		return e.Fields
	}
	return nil
}
