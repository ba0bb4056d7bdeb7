package certs

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
)

// lookEvery is how often a worker looks for what another process left undone; settleAfter is how old an unfinished
// certificate must be before somebody other than its maker takes it on.
const (
	lookEvery   = 5 * time.Second
	settleAfter = 30 * time.Second
)

// nudge wakes this process's worker; the others look by themselves.
func (i *Issuer) nudge() {
	select {
	case i.wake <- struct{}{}:
	default: // it is awake
	}
}

// Work issues batches and carries out what was decided and not finished, until ctx ends. Any number of processes may
// work at once.
func (i *Issuer) Work(ctx context.Context, failed func(error)) {
	ticker := time.NewTicker(lookEvery)
	defer ticker.Stop()
	for {
		if err := errors.Join(i.runBatches(ctx), i.Settle(ctx)); err != nil && ctx.Err() == nil {
			failed(err)
		}
		select {
		case <-ctx.Done():
			return
		case <-i.wake:
		case <-ticker.C:
		}
	}
}

func (i *Issuer) runBatches(ctx context.Context) (failed error) {
	open, err := engine.All(ctx, i.ports.Batches.OpenBatches)
	for _, b := range open {
		if err := i.run(ctx, b.Session); err != nil {
			failed = errors.Join(failed, fmt.Errorf("issue for session %s: %w", b.Session, err))
		}
	}
	return errors.Join(err, failed)
}

// Settle carries out what was decided a while ago and is not finished: somebody was stopped in between. What fails is
// told and tried again the next time; it keeps nothing else back.
func (i *Issuer) Settle(ctx context.Context) (failed error) {
	by := authz.Worker("certificates")
	for c := (engine.Cursor{Limit: batchRows}); ; {
		open, next, err := i.ports.Ledger.Unfinished(ctx, c)
		if err != nil {
			return errors.Join(failed, err)
		}
		failed = errors.Join(failed, i.settleAll(ctx, by, i.stale(open)))
		if c.After = next; next == "" || ctx.Err() != nil {
			return failed
		}
	}
}

// stale drops the certificates that somebody may well be at.
func (i *Issuer) stale(open []*Certificate) (old []*Certificate) {
	before := i.clock.Now().Add(-settleAfter)
	for _, c := range open {
		if n := len(c.Trail); n == 0 || !c.Trail[n-1].At.After(before) {
			old = append(old, c)
		}
	}
	return old
}

func (i *Issuer) settleAll(ctx context.Context, by authz.Principal, all []*Certificate) (failed error) {
	done, each := i.finish(ctx, by, all)
	for n, c := range done {
		if each[n] != nil {
			failed = errors.Join(failed, each[n])
			continue
		}
		if _, err := i.settle(ctx, c); err != nil {
			failed = errors.Join(failed, err)
		}
	}
	return failed
}
