package theory

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/sitting"
)

// recordedOf is how many papers of a session are looked at for the newest instant, from all of its rooms. Candidates save every
// few seconds: among so many somebody did a moment ago.
const recordedOf = 64

// Recorded is the newest instant of the server's clock that the records of a session hold, in its proceedings and in some of
// its papers and their logs; zero where there is none. A server that starts looks whether its clock lies behind.
func (e *Exams) Recorded(ctx context.Context, by authz.Principal, id sitting.SessionID) (time.Time, error) {
	if err := e.marker(ctx, by, id, authz.TheoryMark); err != nil {
		return time.Time{}, err
	}
	b, err := e.sittings.Proceedings(ctx, id, 0)
	if err != nil {
		return time.Time{}, err
	}
	var latest time.Time
	if n := b.Seq(); n > 0 {
		latest = b.Lines()[n-1].At
	}
	seats, err := e.sittings.SeatsOf(ctx, id)
	if err != nil {
		return time.Time{}, err
	}
	var mu sync.Mutex
	err = each(ctx, spread(seats, recordedOf), func(ctx context.Context, s *sitting.Seat) error {
		at, err := e.recordedIn(ctx, AttemptOf(s.Ticket))
		mu.Lock()
		defer mu.Unlock()
		latest = newer(latest, at)
		return err
	})
	return latest, err
}

// spread picks at most n, evenly over all: seats are listed room by room.
func spread[T any](all []T, n int) (some []T) {
	for i := range min(n, len(all)) {
		some = append(some, all[i*len(all)/min(n, len(all))])
	}
	return some
}

func (e *Exams) recordedIn(ctx context.Context, id AttemptID) (time.Time, error) {
	a, err := e.ports.Attempts.Attempt(ctx, id)
	if errors.Is(err, ErrAttempt) { // nothing is drawn yet
		return time.Time{}, nil
	}
	if err != nil || a.Started.IsZero() {
		return time.Time{}, err
	}
	log, err := e.log(ctx, a.ID, 0)
	if err != nil || len(log) == 0 {
		return a.Started, err
	}
	return newer(a.Started, log[len(log)-1].At), nil
}
