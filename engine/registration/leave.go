package registration

import (
	"context"
	"errors"
	"slices"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
)

// leave takes the application back that was made of the request, if it still is of it. The application is written first and the
// session second: a seating that read the application before has to write the same session and either comes first, then the
// application is put back and it is ErrSeated, or reads it anew. Cut off in between it is done again by the same call.
func (k *Intake) leave(ctx context.Context, r *Request, by authz.Principal, why string) error {
	a, err := k.desk.applications.Application(ctx, r.Application)
	if err != nil {
		return err
	}
	if a.Request != r.ID {
		return nil
	}
	seated, err := k.sessions.HasSeat(ctx, r.Session, a.Person)
	switch {
	case err != nil:
		return err
	case seated && a.Accepted():
		return ErrSeated
	}
	now := k.clock.Now()
	a, err = k.desk.change(ctx, a.ID, func(a *Application) error { return a.withdraw(r.ID, by, why, now) })
	if err != nil || !a.withdrawnBy(r.ID) {
		return err
	}
	return k.vacate(ctx, by, a)
}

// vacate tells the session of an application that was taken back, and puts it back for somebody who was given a place meanwhile:
// ErrSeated. Where that fails, the failure is all that is told: doing it again completes it.
func (k *Intake) vacate(ctx context.Context, by authz.Principal, a *Application) error {
	err := k.sessions.Leave(ctx, by, a.ID)
	if !errors.Is(err, ErrSeated) {
		return err
	}
	now := k.clock.Now()
	if _, back := k.desk.change(ctx, a.ID, func(o *Application) error { return o.stay(a.Request, by, now) }); back != nil {
		return back
	}
	return err
}

// undo takes back what a slow acceptance made of a request that was decided otherwise meanwhile.
func (k *Intake) undo(ctx context.Context, by authz.Principal, r *Request, id ApplicationID) error {
	now := k.clock.Now()
	a, err := k.desk.change(ctx, id, func(a *Application) error { return a.undone(r.ID, by, now) })
	if err != nil || !a.withdrawnBy(r.ID) {
		return err
	}
	return k.vacate(ctx, by, a)
}

// TakenBack is an application that was taken back, by its applicant or by the office of its session; ErrSeated where it was put back
// since. What is neither by's own nor of by's body looks as if there were none. It is for the sitting.
func (d *Desk) TakenBack(ctx context.Context, by authz.Principal, id ApplicationID) (*Application, error) {
	if err := by.Require(authz.Register); err != nil {
		if err = by.Require(authz.RequestOwn); err != nil {
			return nil, err
		}
	}
	a, err := d.applications.Application(ctx, id)
	if err != nil {
		return nil, err
	}
	of, err := own(by)
	applicant := err == nil && of == a.Request
	switch {
	case a.Request == "", !applicant && !(by.Can(authz.Register) && by.ActsFor(string(a.Org))):
		return nil, ErrApplication
	case a.Accepted():
		return nil, ErrSeated
	case !a.withdrawnBy(a.Request):
		return nil, ErrApplication
	}
	return a, nil
}

// Stay puts back the applications of the seated that were taken back: a withdrawal that was cut off before the session heard of it.
// It asks for no role: it is for the sitting.
func (d *Desk) Stay(ctx context.Context, by authz.Principal, session string, seated []engine.PersonID) error {
	if len(seated) == 0 {
		return nil
	}
	all, err := d.all(ctx, session)
	if err != nil {
		return err
	}
	now := d.clock.Now()
	for _, a := range all {
		if a.Request == "" || !a.withdrawnBy(a.Request) || !slices.Contains(seated, a.Person) {
			continue
		}
		if _, err := d.change(ctx, a.ID, func(o *Application) error { return o.stay(a.Request, by, now) }); err != nil {
			return err
		}
	}
	return nil
}

// RefuseDouble refuses an accepted application of somebody who has a place in the session under another document, as other. It asks
// for no role: it is for the sitting.
func (d *Desk) RefuseDouble(ctx context.Context, by authz.Principal, id ApplicationID, other engine.PersonID) error {
	o, err := d.people.Named(ctx, other)
	if err != nil {
		return err
	}
	now := d.clock.Now()
	_, err = d.change(ctx, id, func(a *Application) error {
		if !a.Accepted() {
			return engine.ErrUnchanged
		}
		a.Refusals = []Refusal{doubled(o)}
		a.Trail.Add(now, by.Account, "application.double", a.Refusals[0].Reason)
		return nil
	})
	return err
}

// change is one command on an application.
func (d *Desk) change(ctx context.Context, id ApplicationID, f func(*Application) error) (*Application, error) {
	return engine.Modify(ctx, func(ctx context.Context) (*Application, error) { return d.applications.Application(ctx, id) }, d.applications.UpdateApplication, f)
}
