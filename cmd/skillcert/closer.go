package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/sitting"
	"github.com/skillcert/skillcert/engine/theory"
)

// closeWithin is how far back the closer looks: marking closes what is older, since a server may have been down for long.
const closeWithin = 24 * time.Hour

// closer ends attempts whose time is over and makes their draws public. It remembers the sessions in which nothing is
// left to close, and those whose draw is public.
type closer struct {
	clock            clock.Clock
	sessions         func(context.Context) ([]*sitting.Session, error)
	close, reveal    func(context.Context, sitting.SessionID) error
	closed, revealed map[sitting.SessionID]bool
}

func newCloser(h *house) *closer {
	by := authz.Worker("closer")
	return &closer{clock: h.clock, closed: map[sitting.SessionID]bool{}, revealed: map[sitting.SessionID]bool{},
		sessions: func(ctx context.Context) ([]*sitting.Session, error) {
			return engine.All(ctx, h.store.Sessions().SessionList)
		},
		close: func(ctx context.Context, id sitting.SessionID) error {
			_, err := h.Exams.CloseDue(ctx, by, id)
			return err
		},
		reveal: func(ctx context.Context, id sitting.SessionID) error { return h.Exams.Reveal(ctx, by, id) }}
}

// once looks at every session whose time ended lately: all papers are closed first, draws are made public after that. A
// session that fails keeps no other back, and is tried again.
func (c *closer) once(ctx context.Context) error {
	over, err := c.over(ctx)
	if err != nil {
		return err
	}
	var failed []error
	for _, id := range over {
		if c.closed[id] {
			continue
		}
		if err := c.close(ctx, id); err != nil {
			failed = append(failed, fmt.Errorf("session %s: %w", id, err))
			continue
		}
		c.closed[id] = true // nobody opens a paper once its time is over
	}
	for _, id := range over {
		if c.revealed[id] || !c.closed[id] {
			continue
		}
		err := c.reveal(ctx, id)
		if err != nil {
			failed = append(failed, fmt.Errorf("reveal the draw of session %s: %w", id, err))
		}
		c.revealed[id] = err == nil || errors.Is(err, theory.ErrDrawBroken) // which no second try mends
	}
	return errors.Join(failed...)
}

// over lists the sessions whose time ended lately.
func (c *closer) over(ctx context.Context) (list []sitting.SessionID, err error) {
	sessions, err := c.sessions(ctx)
	now := c.clock.Now()
	for _, s := range sessions {
		if since := now.Sub(s.Theory.Closes); since >= 0 && since <= closeWithin {
			list = append(list, s.ID)
		}
	}
	slices.Sort(list)
	return list, err
}
