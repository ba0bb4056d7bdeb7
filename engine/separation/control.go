package separation

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/engine/ids"
)

// Control is who is behind a body, all of it, as the papers of its filing state: the legal representative (法定代表人) and the
// owners (出资人).
type Control struct {
	Representative engine.Person `json:"representative"` // name and document
	Owners         []Owner       `json:"owners,omitempty"`
}

// Owner has a share of a body: a person by name and document, or a body by name and credit code.
type Owner struct {
	Person     *engine.Person `json:"person,omitempty"`
	Name       string         `json:"name,omitempty"` // of a body
	CreditCode string         `json:"credit_code,omitempty"`
	Percent    int            `json:"percent,omitempty"` // 1 to 100; 0 where the papers do not say
}

// ErrControl refuses a statement of who is behind a body.
var ErrControl = errs.New(errs.Invalid, "separation.control", "法定代表人或出资人填写不正确，请按提示改正")

// Sources of the ties that follow from a statement.
const (
	sourceRepresentative = "机构备案材料中的法定代表人"
	sourceOwner          = "机构备案材料中的出资人"
)

// StateControl records who is behind a body, by whoever files bodies in its province. Persons are registered by their document.
// Ties that a former statement left and this one does not repeat end today; those that it repeats go on. New ties are recorded
// before old ones end, so that what is cut off errs on the side of keeping people apart; stating the same again completes it.
func (j *Judge) StateControl(ctx context.Context, by authz.Principal, org engine.OrgID, today clock.Date, c Control) error {
	body, c, err := j.mayState(ctx, by, org, c)
	if err != nil {
		return err
	}
	return j.state(ctx, by, body, today, c)
}

// mayState returns the body and the statement about it as it is kept, or why by may not record it.
func (j *Judge) mayState(ctx context.Context, by authz.Principal, org engine.OrgID, c Control) (*engine.Organisation, Control, error) {
	if err := by.Require(authz.OrgFile); err != nil {
		return nil, c, err
	}
	body, err := j.people.Organisation(ctx, org)
	if err != nil {
		return nil, c, err
	}
	if !by.ActsIn(body.Province) {
		return nil, c, authz.ErrForbidden.With("只能办理本省的机构")
	}
	c, err = j.foreseen(ctx, by, body.CreditCode, c)
	return body, c, err
}

// state is StateControl of what was checked; the body need not be filed yet.
func (j *Judge) state(ctx context.Context, by authz.Principal, body *engine.Organisation, today clock.Date, c Control) error {
	wanted, err := j.behind(ctx, by, body, c)
	if err != nil {
		return err
	}
	return j.restate(ctx, worker(by, "filing", body.ID), OrgNode(body.ID), today, wanted)
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
	had, err := j.stated(ctx, body)
	if err != nil {
		return err
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
		t.Origin = fmt.Sprintf("%s%d", statedOrigin(body), over+1)
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

// stated lists the ties that statements about a body left, ended ones too.
func (j *Judge) stated(ctx context.Context, body Node) (had []*Tie, err error) {
	for _, k := range []Kind{Represents, Owns} {
		rows, err := engine.All(ctx, func(ctx context.Context, c engine.Cursor) ([]*Tie, string, error) {
			return j.ties.TiesTo(ctx, body, k, c)
		})
		if err != nil {
			return nil, err
		}
		for _, t := range rows {
			if strings.HasPrefix(t.Origin, statedOrigin(body)) && t.Org == body.name() {
				had = append(had, t)
			}
		}
	}
	return had, nil
}

// statedOrigin begins the origins of the ties that statements about a body left.
func statedOrigin(body Node) string { return "control:" + body.name() + "#" }

// goesOn reports whether nobody ended the tie.
func (t *Tie) goesOn() bool { return !t.Voided && t.Until.IsZero() }
