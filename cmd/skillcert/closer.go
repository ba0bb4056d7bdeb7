package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/sitting"
	"github.com/skillcert/skillcert/engine/theory"
)

// closeWithin is how far back the closer looks: marking closes what is older, since a server may have been down for long.
const closeWithin = 24 * time.Hour

// closer ends attempts whose time is over and makes their draws public. It remembers up to which end everything is
// closed in a session, and the sessions whose draw is public.
type closer struct {
	clock         clock.Clock
	sessions      func(context.Context) ([]*sitting.Session, error)
	ends          func(context.Context, *sitting.Session, time.Time) ([]time.Time, error) // of people's time, ascending
	close, reveal func(context.Context, sitting.SessionID) error
	closed        map[sitting.SessionID]time.Time
	revealed      map[sitting.SessionID]bool
}

func newCloser(h *house) *closer {
	by := authz.Worker("closer")
	return &closer{clock: h.clock, closed: map[sitting.SessionID]time.Time{}, revealed: map[sitting.SessionID]bool{},
		sessions: func(ctx context.Context) ([]*sitting.Session, error) {
			return engine.All(ctx, h.store.Sessions().SessionList)
		},
		ends: func(ctx context.Context, s *sitting.Session, now time.Time) ([]time.Time, error) {
			b, err := h.Sittings.Proceedings(ctx, s.ID, 0)
			if err != nil {
				return nil, err
			}
			return h.Sittings.Ends(s, b, now), nil
		},
		close: func(ctx context.Context, id sitting.SessionID) error {
			_, err := h.Exams.CloseDue(ctx, by, id)
			return err
		},
		reveal: func(ctx context.Context, id sitting.SessionID) error { return h.Exams.Reveal(ctx, by, id) }}
}

// once looks at every session in which somebody's time ended lately: all papers are closed first, draws are made public
// after that, once nobody of the session writes any more. A session that fails keeps no other back, and is tried again.
func (c *closer) once(ctx context.Context) error {
	late, err := c.late(ctx)
	if err != nil {
		return err
	}
	var failed []error
	var over []sitting.SessionID
	now := c.clock.Now()
	for _, s := range late {
		all, err := c.closeDue(ctx, s, now)
		if err != nil {
			failed = append(failed, fmt.Errorf("session %s: %w", s.ID, err))
		} else if all && !c.revealed[s.ID] {
			over = append(over, s.ID)
		}
	}
	for _, id := range over {
		err := c.reveal(ctx, id)
		if err != nil {
			failed = append(failed, fmt.Errorf("reveal the draw of session %s: %w", id, err))
		}
		c.revealed[id] = err == nil || errors.Is(err, theory.ErrDrawBroken) // which no second try mends
	}
	return errors.Join(failed...)
}

// closeDue closes what is due in a session when somebody's time ended since it last did, and reports whether everybody's
// has.
func (c *closer) closeDue(ctx context.Context, s *sitting.Session, now time.Time) (all bool, err error) {
	ends, err := c.ends(ctx, s, now)
	if err != nil {
		return false, err
	}
	var last time.Time
	for _, end := range ends {
		if !end.After(now) {
			last = end
		}
	}
	if last.After(c.closed[s.ID]) {
		if err := c.close(ctx, s.ID); err != nil {
			return false, err
		}
		c.closed[s.ID] = last
	}
	return len(ends) == 0 || last.Equal(ends[len(ends)-1]), nil
}

// late lists the sessions whose planned time ended lately.
func (c *closer) late(ctx context.Context) (list []*sitting.Session, err error) {
	sessions, err := c.sessions(ctx)
	now := c.clock.Now()
	for _, s := range sessions {
		if since := now.Sub(s.Theory.Closes); since >= 0 && since <= closeWithin {
			list = append(list, s)
		}
	}
	slices.SortFunc(list, func(a, b *sitting.Session) int { return strings.Compare(string(a.ID), string(b.ID)) })
	return list, err
}
