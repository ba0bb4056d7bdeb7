package theory

import (
	"context"
	"time"

	"github.com/skillcert/skillcert/engine/sitting"
)

// bookPatience bounds what patience allows for the proceedings: a change reaches a response within a second.
const bookPatience = time.Second

// times is an attempt's time at now, by proceedings that are at most maxAge old.
func (e *Exams) times(ctx context.Context, k *known, now time.Time, maxAge time.Duration) (sitting.Times, error) {
	b, err := e.sittings.Proceedings(ctx, k.session, maxAge)
	if err != nil {
		return sitting.Times{}, err
	}
	if !b.Untimed() && k.room.Load() == nil {
		if _, err = e.seat(ctx, k, now); err != nil && !isVoid(err) {
			return sitting.Times{}, err
		}
	}
	return e.sittings.Times(b, k.window, k.at(), now), nil
}

// timesSoon is times for those who come often; timesNow is for whoever decides that something is over.
func (e *Exams) timesSoon(ctx context.Context, k *known, now time.Time) (sitting.Times, error) {
	return e.times(ctx, k, now, min(patience(e.memory.size()), bookPatience))
}

func (e *Exams) timesNow(ctx context.Context, a *Attempt, now time.Time) (sitting.Times, error) {
	return e.times(ctx, e.memory.keep(a), now, 0)
}

// accepting is nil when a response that came at now is taken. Before somebody is refused, the latest proceedings are
// read.
func (e *Exams) accepting(ctx context.Context, k *known, now time.Time) (sitting.Times, error) {
	t, err := e.timesSoon(ctx, k, now)
	if err != nil || t.Takes(now) {
		return t, err
	}
	return e.times(ctx, k, now, 0)
}
