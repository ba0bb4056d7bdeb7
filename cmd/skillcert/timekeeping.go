package main

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
)

// believed is how far behind the records a clock may be for the server to go by them. What is further cannot be told from a
// clock that was ahead when it was recorded: somebody has to say which of the two is wrong.
const believed = 2 * time.Hour

// goOn looks, before anybody is served, whether the machine's clock lies behind what was recorded in the sessions that are
// not long over: somebody may have set it back while no server ran. Then the windows of those who sit stay where they are,
// for the server goes on from the newest instant that it finds.
func (h *house) goOn(ctx context.Context, log *slog.Logger) error {
	c, ok := h.clock.(*clock.Steady)
	if !ok || h.settings.TrustClock {
		return nil
	}
	recorded, err := h.recorded(ctx, c.Now(), log)
	if err != nil {
		return fmt.Errorf("compare the clock with what was recorded: %w", err)
	}
	if lag := recorded.Sub(c.Now()); lag > believed {
		return fmt.Errorf("the machine's clock is %v behind what was recorded in a session at %s: set it right, or start with --trust-clock if it is right",
			lag.Round(time.Second), recorded.Format(time.RFC3339))
	}
	if lag := c.GoOnFrom(recorded); lag > 0 {
		log.Error("the machine's clock is behind what was recorded in a session; exams go on from there. Set it right and restart the server",
			"behind", lag.String(), "recorded", recorded.Format(time.RFC3339))
	}
	return nil
}

// recorded is the newest instant in sessions that are not long over at now. By a clock that was set back they may seem not
// to have begun. A session whose records cannot be read keeps no other from being served.
func (h *house) recorded(ctx context.Context, now time.Time, log *slog.Logger) (latest time.Time, err error) {
	sessions, err := engine.All(ctx, h.store.Sessions().SessionList)
	if err != nil {
		return latest, err
	}
	for _, s := range sessions {
		if now.Sub(s.Theory.Closes) > closeWithin {
			continue
		}
		at, err := h.Exams.Recorded(ctx, authz.Worker("clock"), s.ID)
		if err != nil {
			log.Error("compare the clock with what was recorded", "session", string(s.ID), "error", err.Error())
		}
		if at.After(latest) {
			latest = at
		}
	}
	return latest, nil
}

// watchClock tells when somebody sets the machine's clock: exams go on by the old time, so it wants setting right.
func (h *house) watchClock(ctx context.Context, log *slog.Logger) {
	told := h.away() != 0 // by goOn
	every(ctx, closeEvery, func() error {
		away := h.away()
		if away != 0 && !told {
			log.Error("the machine's clock was set; exams go on by the time it had", "away", away.String())
		}
		told = away != 0
		return nil
	}, func(error) {})
}

// away is how far the machine's clock is from the time that the house goes by.
func (h *house) away() time.Duration {
	if c, ok := h.clock.(*clock.Steady); ok {
		return c.Away()
	}
	return 0
}
