package registration

import (
	"context"
	"errors"

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
	err = k.sessions.Leave(ctx, by, r.Session, a.Person)
	if errors.Is(err, ErrSeated) {
		_, back := k.desk.change(ctx, a.ID, func(a *Application) error { return a.stay(r.ID, by, now) })
		err = errors.Join(err, back)
	}
	return err
}

// change is one command on an application.
func (d *Desk) change(ctx context.Context, id ApplicationID, f func(*Application) error) (*Application, error) {
	return engine.Modify(ctx, func(ctx context.Context) (*Application, error) { return d.applications.Application(ctx, id) }, d.applications.UpdateApplication, f)
}
