package theory

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/sitting"
	"github.com/skillcert/skillcert/questionbank"
)

// Mark marks every attempt that has ended and returns how many it marked; nothing is ever marked twice. It may begin
// when the time is over, which it then closes the rest for, or earlier when everybody has handed in. Until BackUntil
// candidates may come back to papers, which marking ends for good: it takes a marker who knows, else it is ErrMarkBack.
// Attempts of voided seats become Voided, those never opened stay as they are.
func (e *Exams) Mark(ctx context.Context, by authz.Principal, id sitting.SessionID, knows bool) (int, error) {
	if err := e.marker(ctx, by, id, authz.TheoryMark); err != nil {
		return 0, err
	}
	if err := e.unsealed(ctx, id, engine.ErrSealed); err != nil {
		return 0, err
	}
	r, _, err := e.rule(ctx, id)
	if err != nil {
		return 0, err
	}
	now := e.clock.Now()
	rows, err := e.ended(ctx, id, now)
	if err != nil {
		return 0, err
	}
	if s, err := e.sittings.Get(ctx, id); err != nil || len(rows) > 0 && !knows && now.Before(e.BackUntil(s)) {
		return 0, cmp.Or(err, error(ErrMarkBack))
	}
	var marked atomic.Int64
	err = each(ctx, rows, func(ctx context.Context, a *Attempt) error {
		did, err := e.mark(ctx, by, r, a, now)
		if did {
			marked.Add(1)
		}
		return err
	})
	return int(marked.Load()), err
}

// rule reads the release and the blueprint that the session was drawn from, and the corrections that are in force for
// it; all are those that ever were.
func (e *Exams) rule(ctx context.Context, id sitting.SessionID) (r Rule, all questionbank.Rulings, err error) {
	d, err := e.ports.Draws.Draw(ctx, id)
	if err != nil {
		return Rule{}, nil, err
	}
	if r.Release, r.Blueprint, err = e.drawnFrom(ctx, d); err != nil {
		return Rule{}, nil, err
	}
	all, err = e.bank.Rulings(ctx, r.Release)
	r.Rulings = all.InForce()
	return r, all, err
}

// under is the rule with the corrections that ids name out of all that ever were.
func (r Rule) under(all questionbank.Rulings, ids []questionbank.CorrectionID) Rule {
	r.Rulings = nil
	for _, ruling := range all {
		if slices.Contains(ids, ruling.Correction) {
			r.Rulings = append(r.Rulings, ruling)
		}
	}
	return r
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
	var mu sync.Mutex
	var open []sitting.Place
	err = each(ctx, rows, func(ctx context.Context, a *Attempt) error {
		switch {
		case void[a.Ticket]:
			return e.void(ctx, a, now)
		case a.State == InProgress:
			settled, err := e.settle(ctx, a, now)
			if err != nil {
				return err
			}
			*a = *settled
		}
		may, err := e.mayStill(ctx, a, now)
		if may {
			mu.Lock()
			defer mu.Unlock()
			open = append(open, e.memory.keep(a).at())
		}
		return err
	})
	if err == nil && len(open) > 0 {
		err = e.early(ctx, id, open)
	}
	return slices.DeleteFunc(rows, func(a *Attempt) bool { return a.State != Submitted || void[a.Ticket] }), err
}

// early says why nothing is marked yet, while papers are open in these places. A pause has no end of its own: who is
// paused is not closed before it is resumed and the rest of the time has gone by, and no order ends it otherwise.
func (e *Exams) early(ctx context.Context, id sitting.SessionID, open []sitting.Place) error {
	b, err := e.sittings.Proceedings(ctx, id, bookPatience)
	if err != nil {
		return err
	}
	n := 0
	for p := range b.Pauses() {
		if slices.ContainsFunc(open, p.Holds) {
			n++
		}
	}
	if n > 0 {
		return ErrMarkPaused.With("%d处", n)
	}
	return ErrMarkEarly
}

// mayStill reports whether the candidate goes on or may yet begin.
func (e *Exams) mayStill(ctx context.Context, a *Attempt, now time.Time) (bool, error) {
	if a.State != Scheduled {
		return a.State == InProgress, nil
	}
	t, err := e.times(ctx, e.memory.keep(a), now, bookPatience)
	return !t.Over(now), err
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

// chosen is what an attempt answered by its log. The receipt that the candidate holds must be that of the log.
func (e *Exams) chosen(ctx context.Context, a *Attempt) (map[int][]int, error) {
	log, err := e.log(ctx, a.ID, 0)
	if err != nil {
		return nil, err
	}
	if Receipt(a.ID, log) != a.Receipt {
		return nil, ErrLogBroken
	}
	return Fold(log).Chosen, nil
}

// mark marks one attempt that was handed in.
func (e *Exams) mark(ctx context.Context, by authz.Principal, r Rule, a *Attempt, now time.Time) (did bool, err error) {
	chosen, err := e.chosen(ctx, a)
	if err != nil {
		return false, fmt.Errorf("mark attempt %s: %w", a.ID, err)
	}
	points, err := r.Score(a.Form, chosen)
	if err != nil {
		return false, err
	}
	receipt := a.Receipt
	_, err = e.change(ctx, a.ID, func(a *Attempt) error {
		if did = a.State == Submitted && a.Receipt == receipt; !did { // marked already, or more came in
			return engine.ErrUnchanged
		}
		a.State, a.Points = Marked, points
		a.Markings = append(a.Markings, Marking{At: now, By: by.Account, Corrections: a.touching(r.Rulings), After: points})
		a.Trail.Add(now, by.Account, "attempt.marked", "")
		return nil
	})
	return did && err == nil, err
}
