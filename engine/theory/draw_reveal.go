package theory

import (
	"context"
	"errors"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/sitting"
	"github.com/skillcert/skillcert/questionbank/assembly/protocol"
)

// Transcript is the file from which everybody can derive the draw again. It is there once the session's theory window
// has closed: then the absent are noted and all secrets are revealed, once.
func (e *Exams) Transcript(ctx context.Context, by authz.Principal, id sitting.SessionID) ([]byte, error) {
	s, d, err := e.watched(ctx, by, id)
	if err != nil {
		return nil, err
	}
	over, err := e.sittings.Over(ctx, s, e.clock.Now())
	switch {
	case err != nil:
		return nil, err
	case d.Old():
		return nil, ErrDrawOld
	case !over:
		return nil, ErrDrawSealed
	case d.Root == "":
		return nil, ErrDraw
	}
	return e.published(ctx, by, s)
}

// Reveal makes what the draw of a session followed from public, once its theory window has closed. It is the server's
// own work, so that candidates' receipts wait for nobody. Nothing happens where no forms were drawn.
func (e *Exams) Reveal(ctx context.Context, by authz.Principal, id sitting.SessionID) error {
	if !by.Has(authz.Engine) {
		return authz.ErrForbidden
	}
	s, err := e.sittings.Get(ctx, id)
	if err != nil {
		return err
	}
	d, err := e.ports.Draws.Draw(ctx, id)
	switch {
	case errors.Is(err, ErrDraw):
		return nil
	case err != nil:
		return err
	case d.Old() || d.Root == "" || d.Stage() == DrawRevealed:
		return nil
	}
	switch over, err := e.sittings.Over(ctx, s, e.clock.Now()); {
	case err != nil:
		return err
	case !over:
		return ErrDrawSealed
	}
	_, err = e.published(ctx, by, s)
	return err
}

// Published is the transcript of a draw that is revealed, for everybody: names in it are hidden under salts, and items
// under handles. ErrDraw where there is none yet, whatever the reason.
func (e *Exams) Published(ctx context.Context, id sitting.SessionID) ([]byte, error) {
	d, err := e.ports.Draws.Draw(ctx, id)
	if err != nil {
		return nil, err
	}
	if d.Old() || d.Stage() != DrawRevealed {
		return nil, ErrDraw
	}
	r, err := e.toTheEnd(ctx, d)
	if err != nil {
		return nil, err
	}
	return r.sit.Transcript()
}

// published reveals the draw if that was not done, and returns its transcript.
func (e *Exams) published(ctx context.Context, by authz.Principal, s *sitting.Session) (file []byte, err error) {
	now := e.clock.Now()
	_, err = e.advance(ctx, s, func(r *rerun) error {
		done := r.d.Stage() == DrawRevealed
		if !done {
			if err := e.reveal(ctx, by, r, now); err != nil {
				return err
			}
		}
		var err error
		if file, err = r.sit.Transcript(); err == nil && done {
			err = engine.ErrUnchanged
		}
		return err
	})
	return file, err
}

// reveal notes who did not come and makes the secrets public.
func (e *Exams) reveal(ctx context.Context, by authz.Principal, r *rerun, now time.Time) error {
	attempts, err := e.attemptsOf(ctx, r.s.ID)
	if err != nil {
		return err
	}
	started := map[sitting.Ticket]bool{}
	for _, a := range attempts {
		started[a.Ticket] = !a.Started.IsZero()
	}
	for slot, t := range r.d.Tickets {
		if t == "" || started[t] || logged[protocol.Reveal](r.d) > 0 {
			continue
		}
		came, err := e.came(ctx, r.d, t)
		if err != nil {
			return err
		}
		if came {
			continue
		}
		if err := r.step(now, protocol.Absence{Level: r.s.Level, Slot: slot}); err != nil {
			return err
		}
	}
	for i := logged[protocol.Reveal](r.d); i < len(r.d.Custodians); i++ {
		c := r.d.Custodians[i]
		if err := r.step(now, protocol.Reveal{Custodian: i + 1, Secret: *c.Secret, Shares: c.recovered()}); err != nil {
			return err
		}
	}
	r.d.Trail.Add(now, by.Account, "draw.revealed", "")
	return nil
}

// came reports whether a candidate who opened no paper here may have sat one all the same: they were checked in, or the
// papers of their room were printed. The log says of nobody that they were absent who may have been there.
func (e *Exams) came(ctx context.Context, d *Draw, t sitting.Ticket) (bool, error) {
	seat, err := e.sittings.SeatOf(ctx, t)
	if errors.Is(err, sitting.ErrTicket) {
		return false, nil
	}
	return err == nil && (!seat.CheckedIn.IsZero() || d.printed(seat.Room)), err
}

// recovered are the parts that the secret was put together from; none when its custodian opened it after all.
func (c Custodian) recovered() []protocol.Share {
	if !c.Recovered {
		return nil
	}
	return c.Shares
}
