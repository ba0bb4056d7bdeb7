package theory

import (
	"context"

	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/sitting"
	"github.com/skillcert/skillcert/questionbank"
)

// StoppedItem is an item that the bank took out of use while forms of a session hold it; see Replace.
type StoppedItem struct {
	questionbank.Stopped
	Forms    int // of candidates, that have it
	Started  int // of these, those that were opened: they keep it
	Reserves int // that have it
}

// Stopped lists what Replace is still to be asked for: items of a drawn session's forms that are out of use. The forms
// are derived only when the release has such items at all.
func (e *Exams) Stopped(ctx context.Context, by authz.Principal, id sitting.SessionID) (list []StoppedItem, err error) {
	if err := by.Require(authz.FormsDraw); err != nil {
		return nil, err
	}
	s, err := e.toRun(ctx, by, id)
	if err != nil {
		return nil, err
	}
	d, err := e.ports.Draws.Draw(ctx, id)
	if err != nil || d.Root == "" || d.Old() || !e.clock.Now().Before(s.Theory.Closes) {
		return nil, err
	}
	release, err := e.bank.Snapshot(ctx, d.Release)
	if err != nil {
		return nil, err
	}
	stopped, err := e.bank.Stopped(ctx, release, s.Level)
	if err != nil || len(stopped) == 0 {
		return nil, err
	}
	return e.stillHeld(ctx, s, d, stopped)
}

func (e *Exams) stillHeld(ctx context.Context, s *sitting.Session, d *Draw, stopped []questionbank.Stopped) (list []StoppedItem, err error) {
	r, err := e.rerun(ctx, s, d)
	if err != nil {
		return nil, err
	}
	attempts, err := e.attemptsOf(ctx, s.ID)
	if err != nil {
		return nil, err
	}
	for _, item := range stopped {
		held, err := r.held(item, attempts)
		if err != nil {
			return nil, err
		}
		replaced := r.withdrawn(r.handles([]string{item.Code})[0])
		if !replaced && held.Forms+held.Reserves > 0 || held.Forms > held.Started {
			list = append(list, held)
		}
	}
	return list, nil
}

// held counts the forms that have an item. The one of a reserve follows from the draw, as it stands.
func (r *rerun) held(item questionbank.Stopped, attempts []*Attempt) (StoppedItem, error) {
	n := StoppedItem{Stopped: item}
	for _, a := range attempts {
		if !holds(a.Form, item.Code) {
			continue
		}
		if n.Forms++; a.State != Scheduled {
			n.Started++
		}
	}
	for slot, ticket := range r.d.Tickets {
		if ticket != "" {
			continue
		}
		f, err := r.form(slot)
		if err != nil {
			return n, err
		}
		if holds(f, item.Code) {
			n.Reserves++
		}
	}
	return n, nil
}
