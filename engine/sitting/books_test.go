package sitting_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/ids"
	"github.com/skillcert/skillcert/engine/people"
	"github.com/skillcert/skillcert/engine/sitting"
	"github.com/skillcert/skillcert/fixtures/policy"
)

// stalled are proceedings whose reads hang until somebody lets them go on.
type stalled struct {
	sitting.Proceedings
	on chan struct{}
}

func (s stalled) Lines(ctx context.Context, _ sitting.SessionID, _ engine.Cursor) ([]*sitting.Line, string, error) {
	select {
	case <-s.on:
		return nil, "", nil
	case <-ctx.Done():
		return nil, "", ctx.Err()
	}
}

// Whoever reads the proceedings while a read stalls waits as long as they are willing to, not as long as the other is.
func TestAStalledReadHoldsUpNobodyForGood(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		pol, err := policy.Sample()
		must(t, err)
		on, c := make(chan struct{}), clock.NewManual(opens)
		s := sitting.NewSittings(sitting.Ports{Proceedings: stalled{on: on}}, &people.Registry{}, nil, nil, nil, pol, c, ids.Seeded("stalled"))
		read := func(wait time.Duration) error {
			ctx, cancel := context.WithTimeout(t.Context(), wait)
			defer cancel()
			_, err := s.Proceedings(ctx, "s", time.Second)
			return err
		}
		first := make(chan error)
		go func() { first <- read(time.Hour) }()
		synctest.Wait()
		start := time.Now()
		if err := read(3 * time.Second); !errors.Is(err, context.DeadlineExceeded) || time.Since(start) != 3*time.Second {
			t.Errorf("the second one waited %v: %v", time.Since(start), err)
		}
		close(on)
		must(t, <-first)
		must(t, read(time.Second))
	})
}
