package theory

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/sitting"
	"github.com/skillcert/skillcert/questionbank"
	"github.com/skillcert/skillcert/questionbank/assembly"
	"github.com/skillcert/skillcert/questionbank/assembly/protocol"
)

// running is one step of those who run the session.
func (e *Exams) running(ctx context.Context, by authz.Principal, id sitting.SessionID, step func(r *rerun, now time.Time) error) (*sitting.Session, *Draw, error) {
	if err := by.Require(authz.FormsDraw); err != nil {
		return nil, nil, err
	}
	s, err := e.toRun(ctx, by, id)
	if err != nil {
		return nil, nil, err
	}
	now := e.clock.Now()
	d, err := e.advance(ctx, s, func(r *rerun) error { return step(r, now) })
	return s, d, err
}

// Freeze closes the session once every custodian has committed, and binds bank, blueprint, roster and uses to their
// roots: from here on nothing that the forms follow from changes, and the public random value is not known yet. A
// candidate for whom no form exists, because of what they have met, is found here: *assembly.Shortage.
func (e *Exams) Freeze(ctx context.Context, by authz.Principal, id sitting.SessionID) (*Draw, error) {
	s, d, err := e.running(ctx, by, id, func(r *rerun, now time.Time) error {
		switch {
		case r.d.Stage() == DrawAppointed || r.d.Stage() == DrawEnrolled:
			return ErrDrawStep.With("还有保管人没有提交承诺")
		case logged[protocol.Roots](r.d) > 0:
			return engine.ErrUnchanged
		case !now.Before(r.s.Theory.Opens):
			return ErrDrawLate
		}
		if _, err := e.bank.Drawable(ctx, r.d.Release); err != nil {
			return err
		}
		if err := e.roster(ctx, by, r.s, r.d); err != nil {
			return err
		}
		if err := r.feasible(); err != nil {
			return err
		}
		r.d.Trail.Add(now, by.Account, "draw.frozen", "")
		return r.step(now, protocol.Roots{})
	})
	if err != nil {
		return nil, err
	}
	return d.shown(s, e.clock.Now()), nil
}

// feasible proves that there is a form for every candidate with exclusions.
func (r *rerun) feasible() error {
	var plan *assembly.Plan
	for _, seat := range r.d.Seats {
		if len(seat.Excluded) == 0 {
			continue
		}
		if plan == nil {
			var err error
			if plan, err = planOf(r.release, *r.bp, r.s.Province, len(r.d.Seats)); err != nil {
				return err
			}
		}
		if err := assembly.Prove(plan, r.s.Province, versions(r.release, seat.Excluded)); err != nil {
			return err
		}
	}
	return nil
}

func planOf(release *questionbank.Snapshot, bp questionbank.Blueprint, province string, forms int) (*assembly.Plan, error) {
	ix, err := assembly.NewIndex(bp.Level, release.Tables[bp.Level], assembly.CardsOf(release, bp.Level))
	if err != nil {
		return nil, err
	}
	return assembly.NewPlan(ix, bp, map[string]int{province: forms})
}

// versions are the handles that assembly.CardsOf gives to items by code.
func versions(release *questionbank.Snapshot, codes []string) (handles []string) {
	for _, code := range codes {
		if v, ok := release.Item(code); ok {
			handles = append(handles, fmt.Sprintf("%s@%d", v.Code, v.Version))
		}
	}
	return handles
}

// Observe records the public random value with its source, after the freeze and before the window opens.
func (e *Exams) Observe(ctx context.Context, by authz.Principal, id sitting.SessionID, b protocol.Beacon) (*Draw, error) {
	s, d, err := e.running(ctx, by, id, func(r *rerun, now time.Time) error {
		switch {
		case logged[protocol.Roots](r.d) == 0:
			return ErrDrawStep.With("场次尚未冻结")
		case logged[protocol.Beacon](r.d) > 0 && r.observed(b):
			return engine.ErrUnchanged
		case !now.Before(r.s.Theory.Opens):
			return ErrDrawLate
		}
		r.d.Trail.Add(now, by.Account, "draw.observed", b.Text)
		return r.step(now, b)
	})
	if err != nil {
		return nil, err
	}
	return d.shown(s, e.clock.Now()), nil
}

// observed reports whether b is what the log has.
func (r *rerun) observed(b protocol.Beacon) bool {
	return slices.ContainsFunc(r.d.Log, func(e protocol.Entry) bool {
		v, ok := e.Event.(protocol.Beacon)
		return ok && v.Text == b.Text && slices.Equal(v.Signature, b.Signature) && slices.Equal(v.Witnesses, b.Witnesses)
	})
}

// Withhold records that a custodian, by number, does not open the secret, and why the others are asked for their parts.
func (e *Exams) Withhold(ctx context.Context, by authz.Principal, id sitting.SessionID, custodian int, reason string) (*Draw, error) {
	s, d, err := e.running(ctx, by, id, func(r *rerun, now time.Time) error {
		if err := r.opening(now); err != nil {
			return err
		}
		if custodian < 1 || custodian > len(r.d.Custodians) || strings.TrimSpace(reason) == "" {
			return ErrCustodians.With("应写明第几号保管人和理由")
		}
		c := &r.d.Custodians[custodian-1]
		switch {
		case r.d.Threshold == 0:
			return ErrDrawStep.With("约定不可由他人恢复份额")
		case c.Secret != nil || c.Withheld != "":
			return engine.ErrUnchanged
		}
		c.Withheld = strings.TrimSpace(reason)
		r.d.Trail.Add(now, by.Account, "draw.withheld", c.Name+"："+c.Withheld)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return d.shown(s, e.clock.Now()), nil
}
