package certs

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/engine/sitting"
)

// lookEvery is how often a worker looks for what another process left undone; settleAfter is how old an unfinished
// certificate must be before somebody other than its maker takes it on.
const (
	lookEvery   = 5 * time.Second
	settleAfter = 30 * time.Second
)

// nudge wakes this process's worker; the others look by themselves.
func (i *Issuer) nudge() {
	for _, wake := range []chan struct{}{i.wakeBatches, i.wakeSettling} {
		select {
		case wake <- struct{}{}:
		default: // it is awake
		}
	}
}

// Work issues batches and carries out what was decided and not finished, until ctx ends. Neither waits for the other: a
// revocation is told of while a batch of thousands is under way. Any number of processes may work at once. failed is
// called by one at a time.
func (i *Issuer) Work(ctx context.Context, failed func(error)) {
	var telling sync.Mutex
	tell := func(err error) {
		telling.Lock()
		defer telling.Unlock()
		failed(err)
	}
	var both sync.WaitGroup
	both.Go(func() { again(ctx, i.wakeBatches, i.runBatches, tell) })
	both.Go(func() { again(ctx, i.wakeSettling, i.Settle, tell) })
	both.Wait()
}

// again works now, whenever it is woken, and every so often. What failed is told at the end too, but for what failed because
// of the end.
func again(ctx context.Context, wake <-chan struct{}, work func(context.Context) error, failed func(error)) {
	ticker := time.NewTicker(lookEvery)
	defer ticker.Stop()
	for {
		if err := work(ctx); err != nil && (ctx.Err() == nil || !errors.Is(err, context.Canceled)) {
			failed(err)
		}
		select {
		case <-ctx.Done():
			return
		case <-wake:
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

// Settle carries out what was decided a while ago and is not finished: somebody was stopped in between. What ended goes
// before what is still to be sealed, for a seal may take long. What fails is told and tried again later, each time after a
// longer while; it keeps nothing else back.
func (i *Issuer) Settle(ctx context.Context) error {
	i.patience.forget(i.clock.Now())
	ended := func(c *Certificate) bool { return c.making() == nil }
	made := func(c *Certificate) bool { return c.making() != nil }
	return errors.Join(i.settleOpen(ctx, ended), i.settleOpen(ctx, made))
}

// settleOpen settles what is open among the certificates that are meant.
func (i *Issuer) settleOpen(ctx context.Context, meant func(*Certificate) bool) (failed error) {
	by := authz.Worker("certificates")
	for c := (engine.Cursor{Limit: batchRows}); ; {
		open, next, err := i.ports.Ledger.Unfinished(ctx, c)
		if err != nil {
			return errors.Join(failed, err)
		}
		due, err := i.unattended(ctx, slices.DeleteFunc(i.stale(open), func(c *Certificate) bool { return !meant(c) }))
		due, refused := i.permitted(ctx, due)
		failed = errors.Join(failed, err, refused, i.settleAll(ctx, by, due))
		if c.After = next; next == "" || ctx.Err() != nil {
			return failed
		}
	}
}

// stale drops the certificates that somebody may well be at, and those at which this process fails.
func (i *Issuer) stale(open []*Certificate) (old []*Certificate) {
	now := i.clock.Now()
	before := now.Add(-settleAfter)
	for _, c := range open {
		if n := len(c.Trail); (n == 0 || !c.Trail[n-1].At.After(before)) && i.patience.over(c, now) {
			old = append(old, c)
		}
	}
	return old
}

// unattended drops what is reserved in sessions that a worker issues for just now: sealing takes it long, and it comes to
// each of them.
func (i *Issuer) unattended(ctx context.Context, all []*Certificate) (rest []*Certificate, failed error) {
	attended := map[sitting.SessionID]bool{}
	for _, c := range all {
		if _, known := attended[c.Session]; !known && c.State == Reserved && c.Session != "" {
			b, err := i.ports.Batches.Batch(ctx, c.Session)
			if err != nil && !errors.Is(err, ErrBatch) {
				failed = errors.Join(failed, err)
				continue
			}
			attended[c.Session] = err == nil && b.Waits() && i.clock.Now().Before(b.Held)
		}
		if c.State != Reserved || !attended[c.Session] {
			rest = append(rest, c)
		}
	}
	return rest, failed
}

// permitted drops what is reserved and may not be made now. That a person has to see to it first is no failure of the
// worker; it asks again after a while.
func (i *Issuer) permitted(ctx context.Context, all []*Certificate) (rest []*Certificate, failed error) {
	for _, c := range all {
		err := i.stillPermitted(ctx, c)
		if err == nil {
			rest = append(rest, c)
			continue
		}
		i.patience.fail(c, i.clock.Now())
		if errs.KindOf(err) == errs.Internal || errs.KindOf(err) == errs.Unavailable {
			failed = errors.Join(failed, fmt.Errorf("ask about certificate %s: %w", c.Number, err))
		}
	}
	return rest, failed
}

func (i *Issuer) stillPermitted(ctx context.Context, c *Certificate) error {
	if c.State != Reserved {
		return nil
	}
	w, err := i.windowOf(ctx, c)
	if err != nil {
		return err
	}
	return w.permits(c.Holder, c.Level)
}

func (i *Issuer) settleAll(ctx context.Context, by authz.Principal, all []*Certificate) error {
	done, each := i.finish(ctx, by, all)
	for n, c := range done {
		if each[n] != nil {
			c = all[n] // what ended of it waits for nothing
		}
		_, err := i.settle(ctx, c)
		if each[n] = errors.Join(each[n], err); each[n] != nil {
			i.patience.fail(all[n], i.clock.Now())
		}
	}
	return errors.Join(each...)
}
