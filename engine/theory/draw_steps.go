package theory

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/sitting"
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
// roots: from here on nothing that the forms follow from changes, and the public random value is not known yet. Forms
// that do not exist, because of what candidates have met or of the limits over all, are found in a trial before the
// session is closed: *assembly.Shortage, assembly.ErrUndecided.
func (e *Exams) Freeze(ctx context.Context, by authz.Principal, id sitting.SessionID) (*Draw, error) {
	_, d, err := e.running(ctx, by, id, func(r *rerun, now time.Time) error {
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
		if err := e.roster(ctx, by, r.s, r.d, now); err != nil {
			return err
		}
		r.d.Trail.Add(now, by.Account, "draw.frozen", "")
		return r.step(now, protocol.Roots{})
	})
	if err != nil {
		return nil, err
	}
	return d.shown(false), nil
}

// Observe records the public random value with its source, after the freeze and before the window opens.
func (e *Exams) Observe(ctx context.Context, by authz.Principal, id sitting.SessionID, b protocol.Beacon) (*Draw, error) {
	_, d, err := e.running(ctx, by, id, func(r *rerun, now time.Time) error {
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
	return d.shown(false), nil
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
	_, d, err := e.running(ctx, by, id, func(r *rerun, now time.Time) error {
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
	return d.shown(false), nil
}
