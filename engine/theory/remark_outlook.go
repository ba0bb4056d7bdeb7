package theory

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"sync"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/sitting"
	"github.com/skillcert/skillcert/questionbank"
)

// SessionCorrection is a decided correction that forms of a session have to do with.
type SessionCorrection struct {
	questionbank.Ruling
	Was, Now   []int        // keys, in the order of the bank; nil before the sitting is over
	Superseded bool         // another one of the same item came after it
	Holding    int          // attempts whose form holds the item version
	Marked     int          // of them those that are marked
	Resting    int          // of them those whose points rest on the correction
	Round      *RemarkRound // nil while nobody has begun
}

// Due is how many attempts are still to be marked anew.
func (c SessionCorrection) Due() int {
	if c.Superseded {
		return 0
	}
	return c.Marked - c.Resting
}

// Corrections lists the corrections that the session has to do with, by item, for the marker on duty.
func (e *Exams) Corrections(ctx context.Context, by authz.Principal, id sitting.SessionID) ([]SessionCorrection, error) {
	if err := e.marker(ctx, by, id, authz.TheoryRead); err != nil {
		return nil, err
	}
	rule, rulings, err := e.rule(ctx, id)
	if errors.Is(err, ErrDraw) || err == nil && len(rulings) == 0 {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	s, err := e.sittings.Get(ctx, id)
	if err != nil {
		return nil, err
	}
	rows, err := e.attemptsOf(ctx, id)
	if err != nil {
		return nil, err
	}
	b, err := e.book(ctx, id)
	if err != nil {
		return nil, err
	}
	over, err := e.sittings.Over(ctx, s, e.clock.Now())
	if err != nil {
		return nil, err
	}
	var all []SessionCorrection
	for _, r := range rulings {
		c := SessionCorrection{Ruling: r, Round: b.round(r.Correction)}
		last, _ := rule.Rulings.Of(r.Code)
		c.Superseded = last.Correction != r.Correction
		if held, _ := rule.Release.Item(r.Code); over {
			c.Was, c.Now = held.Key, r.Key.Key
		}
		if c.count(rows); c.Holding > 0 {
			all = append(all, c)
		}
	}
	return all, nil
}

func (c *SessionCorrection) count(rows []*Attempt) {
	for _, a := range rows {
		if !a.holds(c.Ruling) {
			continue
		}
		if c.Holding++; a.State != Marked {
			continue
		}
		if c.Marked++; slices.Contains(a.rests(), c.Correction) {
			c.Resting++
		}
	}
}

// Effect is what marking anew would do, or has done, to the points of a session.
type Effect struct {
	Affected, Up, Down int
	ToPass, ToFail     int // across the pass mark
	Rows               []Change
}

// Outlook tells what Remark would do to those who are still to be marked anew, and changes nothing. pass is the pass
// mark of the component.
func (e *Exams) Outlook(ctx context.Context, by authz.Principal, id sitting.SessionID, c questionbank.CorrectionID,
	pass engine.Points) (Effect, error) {
	if err := e.marker(ctx, by, id, authz.TheoryRead); err != nil {
		return Effect{}, err
	}
	rows, n, err := e.affected(ctx, id, c)
	if err != nil {
		return Effect{}, err
	}
	rows = slices.DeleteFunc(marked(rows), func(a *Attempt) bool { return slices.Contains(a.rests(), c) })
	var mu sync.Mutex
	var list []Change
	err = each(ctx, rows, func(ctx context.Context, a *Attempt) error {
		chosen, err := e.chosen(ctx, a)
		if err != nil {
			return err
		}
		_, points, err := n.points(a, chosen)
		mu.Lock()
		defer mu.Unlock()
		list = append(list, Change{Ticket: a.Ticket, Attempt: a.ID, Before: a.Points, After: points})
		return err
	})
	slices.SortFunc(list, func(x, y Change) int { return cmp.Compare(x.Ticket, y.Ticket) })
	return effectOf(list, len(rows), pass), err
}

// Effected tells what a finished round did, for the marker on duty; ErrNoRemarks while there is none.
func (e *Exams) Effected(ctx context.Context, by authz.Principal, id sitting.SessionID, c questionbank.CorrectionID,
	pass engine.Points) (Effect, error) {
	if err := e.marker(ctx, by, id, authz.TheoryRead); err != nil {
		return Effect{}, err
	}
	list, err := e.ports.Remarks.Changes(ctx, id, c)
	if err != nil {
		return Effect{}, err
	}
	return effectOf(list.Rows, list.Affected, pass), nil
}

func effectOf(list []Change, affected int, pass engine.Points) Effect {
	f := Effect{Affected: affected}
	for _, c := range list {
		switch {
		case c.After > c.Before:
			f.Up++
		case c.After < c.Before:
			f.Down++
		default:
			continue
		}
		f.Rows = append(f.Rows, c)
		switch before, after := c.Before >= pass, c.After >= pass; {
		case after && !before:
			f.ToPass++
		case before && !after:
			f.ToFail++
		}
	}
	return f
}
