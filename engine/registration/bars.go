package registration

import (
	"context"
	"errors"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/errs"
)

// RuleBarred refuses who may not apply because of misconduct on record.
const RuleBarred = "misconduct"

// Bars tells what keeps somebody from applying for a sitting on the day, whatever they claim: a refusal of the kind
// errs.Conflict, nil when nothing does. Other errors end the application.
type Bars interface {
	Barred(ctx context.Context, p engine.PersonID, day clock.Date) error
}

// Minding returns a Desk that asks b about everybody who applies.
func (d *Desk) Minding(b Bars) *Desk {
	other := *d
	other.bars = b
	return &other
}

// bar adds to the refusals what keeps the person from applying at all.
func (d *Desk) bar(ctx context.Context, a *Application, day clock.Date) error {
	if d.bars == nil {
		return nil
	}
	err := d.bars.Barred(ctx, a.Person, day)
	var refused *errs.Error
	if !errors.As(err, &refused) || refused.Kind != errs.Conflict {
		return err
	}
	a.Refusals = append(a.Refusals, Refusal{Rule: RuleBarred, Reason: refused.Msg})
	return nil
}
