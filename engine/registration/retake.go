package registration

import (
	"context"
	"errors"
	"strings"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/errs"
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
