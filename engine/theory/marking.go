package theory

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/sitting"
	"github.com/skillcert/skillcert/questionbank"
)

// Mark marks every attempt that has ended and returns how many it marked; nothing is ever marked twice. It may begin
// when the time is over, which it then closes the rest for, or earlier when everybody has handed in. Attempts of
// voided seats become Voided, those never opened stay as they are.
func (e *Exams) Mark(ctx context.Context, by authz.Principal, id sitting.SessionID) (int, error) {
	if err := e.marker(ctx, by, id, authz.TheoryMark); err != nil {
		return 0, err
	}
	switch _, err := e.ports.Seals.Seal(ctx, string(id), engine.Theory); {
	case err == nil:
		return 0, engine.ErrSealed
	case !errors.Is(err, engine.ErrNoSeal):
		return 0, err
	}
	k, err := e.key(ctx, id)
	if err != nil {
		return 0, err
	}
	now := e.clock.Now()
	rows, err := e.ended(ctx, id, now)
	if err != nil {
		return 0, err
	}
	var marked atomic.Int64
	err = each(ctx, rows, func(ctx context.Context, a *Attempt) error {
		did, err := e.mark(ctx, by, k, a, now)
		if did {
			marked.Add(1)
		}
		return err
	})
	return int(marked.Load()), err
}

// key is what a session is marked by.
type key struct {
	release *questionbank.Snapshot
	worth   func(questionbank.ItemType) engine.Points
}

// key reads the release and the blueprint that the session was drawn from.
func (e *Exams) key(ctx context.Context, id sitting.SessionID) (key, error) {
	d, err := e.ports.Draws.Draw(ctx, id)
	if err != nil {
		return key{}, err
	}
	release, err := e.bank.Snapshot(ctx, d.Release)
	if err != nil {
		return key{}, err
	}
	if release.Release.Digest != d.Digest {
		return key{}, questionbank.ErrReleaseBroken
	}
	bp, err := e.bank.Blueprint(ctx, d.Blueprint)
	if err != nil {
		return key{}, err
	}
	return key{release, bp.PointsOf}, nil
}

// ended lists the attempts of a session that has ended, each brought to its end; those never opened are left out.
// While somebody may still answer it is ErrMarkEarly.
func (e *Exams) ended(ctx context.Context, id sitting.SessionID, now time.Time) ([]*Attempt, error) {
	rows, err := e.attemptsOf(ctx, id)
	if err != nil {
		return nil, err
	}
	void, err := e.voidedSeats(ctx, id)
	if err != nil {
		return nil, err
	}
	var open atomic.Bool
	err = each(ctx, rows, func(ctx context.Context, a *Attempt) error {
		switch {
		case void[a.Ticket]:
			return e.void(ctx, a, now)
		case a.State == InProgress:
			settled, _, err := e.settle(ctx, a, now)
			if err != nil {
				return err
			}
			*a = *settled
		}
		if a.State == InProgress || a.State == Scheduled && now.Before(a.Window.Closes) {
			open.Store(true)
		}
		return nil
	})
	if err == nil && open.Load() {
		err = ErrMarkEarly
	}
	return slices.DeleteFunc(rows, func(a *Attempt) bool { return a.State != Submitted || void[a.Ticket] }), err
}

func (e *Exams) voidedSeats(ctx context.Context, id sitting.SessionID) (map[sitting.Ticket]bool, error) {
	seats, err := e.sittings.SeatsOf(ctx, id)
	void := map[sitting.Ticket]bool{}
	for _, s := range seats {
		void[s.Ticket] = !s.Voided.IsZero()
	}
	return void, err
}

func (e *Exams) void(ctx context.Context, a *Attempt, now time.Time) error {
	_, err := e.change(ctx, a.ID, func(a *Attempt) error {
		if a.State == Voided {
			return engine.ErrUnchanged
		}
		a.State = Voided
		a.Trail.Add(now, "engine:theory", "attempt.voided", "seat voided")
		return nil
	})
	return err
}

// mark marks one attempt that was handed in. The receipt that the candidate holds must be that of the log.
func (e *Exams) mark(ctx context.Context, by authz.Principal, k key, a *Attempt, now time.Time) (did bool, err error) {
	log, err := e.log(ctx, a.ID, 0)
	if err != nil {
		return false, err
	}
	if Receipt(a.ID, log) != a.Receipt {
		return false, fmt.Errorf("mark attempt %s: %w", a.ID, ErrLogBroken)
	}
	points, err := Score(a.Form, k.release, Fold(log).Chosen, k.worth)
	if err != nil {
		return false, err
	}
	_, err = e.change(ctx, a.ID, func(a *Attempt) error {
		if did = a.State == Submitted; !did {
			return engine.ErrUnchanged
		}
		a.State, a.Points = Marked, points
		a.Trail.Add(now, by.Account, "attempt.marked", "")
		return nil
	})
	return did && err == nil, err
}
