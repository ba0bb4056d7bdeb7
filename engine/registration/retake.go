package registration

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/engine/people"
)

// RuleRetake refuses a retake (补考) for which no pass of the other component is kept.
const RuleRetake = "retake"

// ErrNotKept refuses a retake of one component while nothing is kept of the other.
var ErrNotKept = errs.New(errs.Conflict, "retake.not_kept", "没有可用的保留成绩，不能只考一科，请按正考报名两科")

// Retake is what an applicant says of taking one component only (补考).
type Retake string

// What is said. The components themselves name the one that is taken.
const (
	BothTaken     Retake = ""     // 正考
	WhatIsMissing Retake = "kept" // 补考: the component of which no pass is kept
)

// known reports whether r is one of those above or a component.
func (r Retake) known() bool {
	return r == BothTaken || r == WhatIsMissing || r == Retake(engine.Theory) || r == Retake(engine.Practical)
}

// named reports whether r says which components are taken: 正考, or the one of a retake. An applicant says that, for the fee goes by it.
func (r Retake) named() bool { return r.known() && r != WhatIsMissing }

// takes reports whether who says r takes the component. One that is not named may be either.
func (r Retake) takes(c engine.Component) bool {
	return r == BothTaken || r == WhatIsMissing || r == Retake(c)
}

// Days are the days on which the components of a sitting are taken.
type Days map[engine.Component]clock.Date

// Passes knows which components somebody passed before and may keep (单科成绩保留).
type Passes interface {
	// MayRetake returns nil when the person may take the component alone at the target, because a pass of the other one at
	// its level is kept on the day; else ErrNotKept with the reason. Other errors end the application.
	MayRetake(ctx context.Context, p engine.PersonID, t Target, c engine.Component) error
}

// Keeping returns a Desk that asks k whether a component may be retaken alone. Without it nobody may.
func (d *Desk) Keeping(k Passes) *Desk {
	other := *d
	other.passes = k
	return &other
}

// MayRetake returns nil when the person may take the component alone at the target, else ErrNotKept with the reason. It
// asks for no role: the room has.
func (d *Desk) MayRetake(ctx context.Context, p engine.PersonID, t Target, c engine.Component) error {
	if d.passes == nil {
		return ErrNotKept
	}
	return d.passes.MayRetake(ctx, p, t, c)
}

// DayOf is the day on which the component is taken.
func (t Target) DayOf(c engine.Component) clock.Date {
	if day, said := t.Days[c]; said {
		return day
	}
	return t.Day
}

// noPassKnown is said to an applicant of whom no kept pass is known, or who is not known at all.
const noPassKnown = "按所填的姓名、证件号码和手机号码，没有查到可以保留的单科成绩。手机号码换过的，请填上次报名时的号码，或带证件到报名点办理；没有单科合格成绩的，请选正考"

// foresee says in words why the applicant of the row may not take the one component alone, "" where they may or take both. Who is not
// named as they were registered, with the telephone of then, is told the same as somebody whom nobody knows: a form tells no
// stranger what others passed.
func (k *Intake) foresee(ctx context.Context, t Target, row RosterRow) (string, error) {
	if _, err := engine.ParseDocument(row.IDType, row.IDNumber); err != nil || row.Claims.Retake == BothTaken || !row.Claims.Retake.named() {
		return "", nil // what is wrong there is said at its own field
	}
	p, err := k.desk.people.Find(ctx, row.IDType, row.IDNumber)
	switch {
	case errors.Is(err, engine.ErrPerson):
		return noPassKnown, nil
	case err != nil:
		return "", err
	case !row.isOf(p):
		return noPassKnown, nil
	}
	asked := engine.Component(row.Claims.Retake)
	refused := k.desk.MayRetake(ctx, p.ID, t, asked)
	if !errors.Is(refused, ErrNotKept) {
		return "", refused
	}
	other, choose := engine.Practical, "补考（只补实操）" // as the form calls it
	if asked == engine.Practical {
		other, choose = engine.Theory, "补考（只补理论）"
	}
	switch err := k.desk.MayRetake(ctx, p.ID, t, other); {
	case err == nil:
		return fmt.Sprintf("您保留的是%s的合格成绩，这一科不用再考。请改选“%s”", asked, choose), nil
	case !errors.Is(err, ErrNotKept):
		return "", err
	}
	return reason(refused), nil
}

// isOf reports whether the row has the name and the telephone under which p is registered.
func (r RosterRow) isOf(p *engine.Person) bool {
	stated := r.person()
	said, known := people.TraitsOf(&stated), people.TraitsOf(p)
	for _, t := range []people.Trait{people.ByName, people.ByPhone} {
		if known[t] == nil || !slices.Equal(said[t], known[t]) {
			return false
		}
	}
	return true
}

// retake finds the one component that the applicant takes, or adds a refusal in words.
func (d *Desk) retake(ctx context.Context, a *Application, t Target) error {
	a.Only = ""
	var asked []engine.Component
	switch a.Claims.Retake {
	case BothTaken:
		return nil
	case WhatIsMissing:
		asked = []engine.Component{engine.Theory, engine.Practical}
	default:
		asked = []engine.Component{engine.Component(a.Claims.Retake)}
	}
	var free []engine.Component
	var why []string
	for _, c := range asked {
		switch err := d.MayRetake(ctx, a.Person, t, c); {
		case errors.Is(err, ErrNotKept):
			why = append(why, "只考"+c.String()+"："+reason(err))
		case err != nil:
			return err
		default:
			free = append(free, c)
		}
	}
	switch len(free) {
	case 1:
		a.Only = free[0]
	case 0:
		a.Refusals = append(a.Refusals, Refusal{RuleRetake, strings.Join(why, "；")})
	default:
		a.Refusals = append(a.Refusals, Refusal{RuleRetake, "两科都有保留成绩，请写明补考哪一科"})
	}
	return nil
}
