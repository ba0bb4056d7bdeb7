package separation

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/engine/ids"
)

// Control is who is behind a body, all of it, as the papers of its filing state: the legal representative (法定代表人) and the
// owners (出资人).
type Control struct {
	Representative engine.Person // name and document
	Owners         []Owner
}

// Owner has a share of a body: a person by name and document, or a body by name and credit code.
type Owner struct {
	Person     *engine.Person
	Name       string // of a body
	CreditCode string
	Percent    int // 1 to 100; 0 where the papers do not say
}

// ErrControl refuses a statement of who is behind a body.
var ErrControl = errs.New(errs.Invalid, "separation.control", "法定代表人或出资人填写不正确，请按提示改正")

const (
	maxOwners   = 20
	maxBodyName = 100 // characters
)

var codeForm = regexp.MustCompile(`^[0-9A-HJ-NPQRTUWXY]{18}$`) // the alphabet of GB 32100

// Sources of the ties that follow from a statement.
const (
	sourceRepresentative = "机构备案材料中的法定代表人"
	sourceOwner          = "机构备案材料中的出资人"
)

// StateControl records who is behind a body, by whoever files bodies in its province. Persons are registered by their document.
// Ties that a former statement left and this one does not repeat end today; those that it repeats go on. New ties are recorded
// before old ones end, so that what is cut off errs on the side of keeping people apart; stating the same again completes it.
func (j *Judge) StateControl(ctx context.Context, by authz.Principal, org engine.OrgID, today clock.Date, c Control) error {
	if err := by.Require(authz.OrgFile); err != nil {
		return err
	}
	body, err := j.people.Organisation(ctx, org)
	if err != nil {
		return err
	}
	if !by.ActsIn(body.Province) {
		return authz.ErrForbidden.With("只能办理本省的机构")
	}
	c = c.clean()
	if err := c.check(body); err != nil {
		return err
	}
	wanted, err := j.behind(ctx, by, body, c)
	if err != nil {
		return err
	}
	return j.restate(ctx, worker(by, "filing", org), OrgNode(org), today, wanted)
}

func (c Control) clean() Control {
	c.Owners = slices.Clone(c.Owners)
	for i := range c.Owners {
		o := &c.Owners[i]
		o.Name, o.CreditCode = strings.TrimSpace(o.Name), strings.ToUpper(strings.TrimSpace(o.CreditCode))
	}
	return c
}

func (c Control) check(body *engine.Organisation) error {
	var k errs.Check
	k.That(len(c.Owners) <= maxOwners, "owners", "range", fmt.Sprintf("出资人不超过%d个", maxOwners))
	total := 0
	for i, o := range c.Owners[:min(len(c.Owners), maxOwners)] {
		at := fmt.Sprintf("owner%d", i+1)
		k.That(o.Percent >= 0 && o.Percent <= 100, at+"_percent", "range", "出资比例应在1至100之间，不知道的留空")
		total += max(0, o.Percent)
		if o.Person != nil {
			continue
		}
		k.That(o.Name != "" && utf8.ValidString(o.Name) && utf8.RuneCountInString(o.Name) <= maxBodyName, at+"_name", "form", "请填写出资机构的全称，不超过100个字")
		k.That(codeForm.MatchString(o.CreditCode), at+"_number", "form", "请填写18位的居民身份证号码或统一社会信用代码")
		k.That(o.CreditCode != body.CreditCode, at+"_number", "same", "机构不能是自己的出资人")
	}
	k.That(total <= 100, "owners", "total", "出资比例合计超过100%")
	return k.Err(ErrControl)
}

// behind registers the persons of a statement and returns the ties that follow from it.
func (j *Judge) behind(ctx context.Context, by authz.Principal, body *engine.Organisation, c Control) ([]Tie, error) {
	who, err := j.people.Register(ctx, by, c.Representative)
	if err != nil {
		return nil, err
	}
	to := OrgNode(body.ID)
	wanted := []Tie{{Kind: Represents, From: PersonNode(who.ID), To: to, Label: body.Name, Source: sourceRepresentative}}
	for _, o := range c.Owners {
		t := Tie{Kind: Owns, To: to, Label: body.Name, Source: sourceOwner, Percent: o.Percent}
		if o.Person != nil {
			who, err := j.people.Register(ctx, by, *o.Person)
			if err != nil {
				return nil, err
			}
			t.From = PersonNode(who.ID)
		} else if t.From, err = j.ofCode(ctx, o.CreditCode); err != nil {
			return nil, err
		}
		if o.Person == nil {
			t.Source += "：" + o.Name // the only name there is of one that nobody filed
		}
		wanted = append(wanted, t)
	}
	return wanted, nil
}

// ofCode is the node of the body of a credit code; one that nobody filed yet has the id that filing it will give it.
func (j *Judge) ofCode(ctx context.Context, code string) (Node, error) {
	all, err := j.people.Bodies(ctx)
	if err != nil {
		return "", err
	}
	for _, o := range all {
		if o.CreditCode == code {
			return OrgNode(o.ID), nil
		}
	}
	return OrgNode(engine.OrgID(ids.Derive("org", code))), nil
}

// restate brings the ties that statements about a body left to those that are wanted.
func (j *Judge) restate(ctx context.Context, by authz.Principal, body Node, today clock.Date, wanted []Tie) error {
	origin := "control:" + body.name()
	var had []*Tie
	for _, k := range []Kind{Represents, Owns} {
		rows, err := engine.All(ctx, func(ctx context.Context, c engine.Cursor) ([]*Tie, string, error) {
			return j.ties.TiesTo(ctx, body, k, c)
		})
		if err != nil {
			return err
		}
		for _, t := range rows {
			if strings.HasPrefix(t.Origin, origin+"#") && t.Org == by.Org {
				had = append(had, t)
			}
		}
	}
	kept := map[string]bool{}
	for _, t := range wanted {
		over := 0
		open := slices.IndexFunc(had, func(o *Tie) bool {
			same := o.Kind == t.Kind && o.From == t.From && o.Percent == t.Percent
			if same && !o.goesOn() {
				over++
			}
			return same && o.goesOn()
		})
		if open >= 0 {
			kept[had[open].ID] = true
			continue
		}
		t.Origin = fmt.Sprintf("%s#%d", origin, over+1)
		if _, err := j.Record(ctx, by, t); err != nil {
			return err
		}
	}
	for _, t := range had {
		if t.goesOn() && !kept[t.ID] {
			if err := j.lapse(ctx, by, t.ID, today, "备案材料已变更"); err != nil {
				return err
			}
		}
	}
	return nil
}

// goesOn reports whether nobody ended the tie.
func (t *Tie) goesOn() bool { return !t.Voided && t.Until.IsZero() }
