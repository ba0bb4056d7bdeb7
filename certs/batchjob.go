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

// Batch is the issue for a whole session as a worker does it: how far it has come stands in its document, so that
// every server shows it and every server's worker goes on where another one was stopped.
type Batch struct {
	Session  sitting.SessionID `json:"session"`
	Org      engine.OrgID      `json:"org"`
	By       authz.Principal   `json:"by"` // who asked; the worker acts for them, as they then were
	Of       int               `json:"of"` // results of the session, passed or not
	Progress Progress          `json:"progress"`
	After    string            `json:"after,omitempty"`    // cursor of the results looked at
	Failures []Failure         `json:"failures,omitempty"` // the first of those that failed
	Started  time.Time         `json:"started"`            // zero while nobody has: it then only keeps who took what is issued already
	Ended    time.Time         `json:"ended,omitzero"`
	Held     time.Time         `json:"held,omitzero"`   // until when a worker has it
	Claim    string            `json:"claim,omitempty"` // of that worker; another one's word no longer counts

	Trail    engine.Trail `json:"trail"`
	Revision int64        `json:"-"`
}

// Waits reports whether a worker has something to do with the batch.
func (b *Batch) Waits() bool { return !b.Started.IsZero() && b.Ended.IsZero() }

// batchStarted is the event of a batch's trail when somebody starts it.
const batchStarted = "batch.started"

// began reports whether anybody ever started the batch. Its times do not tell: exports wrote some of their own once.
func (b *Batch) began() bool {
	return slices.ContainsFunc(b.Trail, func(e engine.Event) bool { return e.Action == batchStarted })
}

// Batches keeps one batch a session. Absent: ErrBatch; taken: ErrBatchExists. UpdateBatch writes only at its Revision,
// otherwise engine.ErrStale. OpenBatches lists those that Wait, in the byte order of sessions. Safe for concurrent
// use; must pass storetest.Batches.
type Batches interface {
	Batch(ctx context.Context, id sitting.SessionID) (*Batch, error)
	CreateBatch(ctx context.Context, b *Batch) error
	UpdateBatch(ctx context.Context, b *Batch) error
	OpenBatches(ctx context.Context, c engine.Cursor) (rows []*Batch, next string, err error)
}

// Bounds of a batch.
const (
	maxFailures = 200              // that a batch keeps
	maxCauses   = 20               // of its internal failures that are told to whoever runs the worker
	batchLease  = 30 * time.Second // for how long a worker that fell silent keeps the others from it
)

// Start lets a worker issue for a session. Starting what runs changes nothing; a batch that has ended is begun again,
// for what failed in it.
func (i *Issuer) Start(ctx context.Context, by authz.Principal, id sitting.SessionID) (*Batch, error) {
	if err := by.Require(authz.CertIssue); err != nil {
		return nil, err
	}
	w, err := i.window(ctx, by, id)
	if err != nil {
		return nil, err
	}
	first, _, err := i.board.FinalPage(ctx, by, id, engine.Cursor{Limit: 1})
	if err != nil {
		return nil, notFinal(err)
	}
	if len(first) == 0 {
		return nil, ErrNotPassed
	}
	now := i.clock.Now()
	b := &Batch{Session: id, Org: w.session.Org, By: by, Of: len(w.session.Allotted), Started: now}
	b.Trail.AddBy(now, by, batchStarted, "")
	err = i.ports.Batches.CreateBatch(ctx, b)
	if errors.Is(err, ErrBatchExists) {
		b, err = i.changeBatch(ctx, id, func(b *Batch) error {
			if b.Waits() {
				return engine.ErrUnchanged
			}
			b.By, b.Of, b.Progress, b.After, b.Failures, b.Started, b.Ended = by, len(w.session.Allotted), Progress{}, "", nil, now, time.Time{}
			b.Trail.AddBy(now, by, batchStarted, "")
			return nil
		})
	}
	if err == nil {
		i.nudge()
	}
	return b, err
}

// Batch returns how far the issue for a session has come; ErrBatch when nobody has started it.
func (i *Issuer) Batch(ctx context.Context, by authz.Principal, id sitting.SessionID) (*Batch, error) {
	b, err := i.batch(ctx, by, id)
	if err == nil && !b.began() {
		return nil, ErrBatch
	}
	return b, err
}

// batch is Batch, also for one that nobody has started.
func (i *Issuer) batch(ctx context.Context, by authz.Principal, id sitting.SessionID) (*Batch, error) {
	if err := by.Require(authz.CertRead); err != nil {
		return nil, err
	}
	b, err := i.ports.Batches.Batch(ctx, id)
	if err != nil {
		return nil, err
	}
	if !actsFor(by, b.Org) {
		return nil, ErrBatch
	}
	return b, nil
}

func (i *Issuer) changeBatch(ctx context.Context, id sitting.SessionID, change func(*Batch) error) (*Batch, error) {
	return engine.Modify(ctx, func(ctx context.Context) (*Batch, error) { return i.ports.Batches.Batch(ctx, id) }, i.ports.Batches.UpdateBatch, change)
}

// errElsewhere ends the work on a batch that another worker has.
var errElsewhere = errors.New("certs: another worker has the batch")

// run takes a batch for this worker and carries it to its end. The error tells of internal failures too, of which the
// batch itself says no more than that.
func (i *Issuer) run(ctx context.Context, id sitting.SessionID) error {
	claim := i.ids.New()
	b, err := i.changeBatch(ctx, id, func(b *Batch) error { return b.hold(claim, i.clock.Now()) })
	if errors.Is(err, errElsewhere) {
		return nil
	}
	if err != nil {
		return err
	}
	defer i.holding(ctx, id, claim)()
	var failed causes
	err = i.eachPage(ctx, b.By, id, b.After, func(p page) error {
		failed.add(p)
		_, err := i.changeBatch(ctx, id, func(b *Batch) error { return b.advance(claim, p, i.clock.Now()) })
		return err
	})
	switch {
	case err == nil, errors.Is(err, errElsewhere):
		return failed.err()
	case ctx.Err() != nil:
		return i.release(context.WithoutCancel(ctx), id, claim)
	}
	_, ending := i.changeBatch(ctx, id, func(b *Batch) error { return b.fail(claim, err, i.clock.Now()) })
	return errors.Join(failed.err(), err, ending)
}

// holding keeps the lease on a batch from running out while its worker is at a page, which takes minutes where a time
// stamp authority is slow, until stop is called. A worker that has lost its batch learns of it when it tells of the page.
func (i *Issuer) holding(ctx context.Context, id sitting.SessionID, claim string) (stop func()) {
	ctx, end := context.WithCancel(ctx)
	var renewing sync.WaitGroup
	renewing.Go(func() {
		ticker := time.NewTicker(batchLease / 3)
		defer ticker.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-ticker.C:
				// A renewal that fails is tried again at the next tick, long before the lease ends.
				_, _ = i.changeBatch(ctx, id, func(b *Batch) error { return b.renew(claim, i.clock.Now()) })
			}
		}
	})
	return func() {
		end()
		renewing.Wait()
	}
}

// causes are the first of the internal failures of a run.
type causes struct {
	first []error
	more  int
}

func (c *causes) add(p page) {
	for _, f := range p.failed {
		switch {
		case errs.KindOf(f.err) != errs.Internal:
		case len(c.first) < maxCauses:
			c.first = append(c.first, fmt.Errorf("issue for ticket %s: %w", f.ticket, f.err))
		default:
			c.more++
		}
	}
}

func (c *causes) err() error {
	if c.more > 0 {
		return fmt.Errorf("%w\nand %d more", errors.Join(c.first...), c.more)
	}
	return errors.Join(c.first...)
}

// release lets another worker go on at once with the batch of one that is told to stop.
func (i *Issuer) release(ctx context.Context, id sitting.SessionID, claim string) error {
	_, err := i.changeBatch(ctx, id, func(b *Batch) error {
		if b.Claim != claim {
			return engine.ErrUnchanged
		}
		b.Claim, b.Held = "", time.Time{}
		return nil
	})
	return err
}

// hold gives the batch to the worker with the claim, unless it is over or another one is at it.
func (b *Batch) hold(claim string, now time.Time) error {
	if !b.Waits() || now.Before(b.Held) {
		return errElsewhere
	}
	b.Claim, b.Held = claim, now.Add(batchLease)
	return nil
}

// renew lets the worker with the claim hold the batch longer.
func (b *Batch) renew(claim string, now time.Time) error {
	if b.Claim != claim || !b.Waits() {
		return engine.ErrUnchanged
	}
	b.Held = now.Add(batchLease)
	return nil
}

// advance notes a page that is done. Only the worker that holds the batch may.
func (b *Batch) advance(claim string, p page, now time.Time) error {
	if b.Claim != claim || !b.Waits() {
		return errElsewhere
	}
	b.Progress, b.After, b.Held = b.Progress.add(p), p.next, now.Add(batchLease)
	for _, f := range p.failed {
		if len(b.Failures) < maxFailures {
			b.Failures = append(b.Failures, failureOf(f))
		}
	}
	if p.next == "" {
		b.end(now)
	}
	return nil
}

// fail ends a batch that cannot go on at all.
func (b *Batch) fail(claim string, err error, now time.Time) error {
	if b.Claim != claim || !b.Waits() {
		return engine.ErrUnchanged
	}
	b.Progress.Failed++
	b.Failures = append(b.Failures, failureOf(failure{err: err}))
	b.end(now)
	return nil
}

func (b *Batch) end(now time.Time) {
	b.Ended, b.Held, b.Claim = now, time.Time{}, ""
	b.Trail.Add(now, b.By.Account, "batch.ended", "")
}

// failureOf keeps what a person may read of an error; what has no kind is told to whoever runs the worker.
func failureOf(f failure) Failure {
	var e *errs.Error
	if errors.As(f.err, &e) && e.Kind != errs.Internal {
		return Failure{Ticket: f.ticket, Code: e.Code, Msg: e.Msg}
	}
	return Failure{Ticket: f.ticket, Code: "internal", Msg: "系统内部错误"}
}
