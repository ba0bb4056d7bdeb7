package theory

import (
	"context"
	"sync"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/sitting"
)

// recordedOf is how many papers of a session are looked at for the newest instant. Candidates save every few seconds: among so
// many somebody did a moment ago.
const recordedOf = 32

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
	rows, _, err := e.ports.Attempts.AttemptsOf(ctx, id, engine.Cursor{Limit: recordedOf})
	if err != nil {
		return time.Time{}, err
	}
	var mu sync.Mutex
	err = each(ctx, rows, func(ctx context.Context, a *Attempt) error {
		at, err := e.recordedIn(ctx, a)
		mu.Lock()
		defer mu.Unlock()
		latest = newer(latest, at)
		return err
	})
	return latest, err
}

func (e *Exams) recordedIn(ctx context.Context, a *Attempt) (time.Time, error) {
	if a.Started.IsZero() {
		return a.Started, nil
	}
	log, err := e.log(ctx, a.ID, 0)
	if err != nil || len(log) == 0 {
		return a.Started, err
	}
	return newer(a.Started, log[len(log)-1].At), nil
}
