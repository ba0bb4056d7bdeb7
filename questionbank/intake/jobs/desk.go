package jobs

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/engine/ids"
	"github.com/skillcert/skillcert/questionbank/exchange"
	"github.com/skillcert/skillcert/questionbank/exchange/record"
	"github.com/skillcert/skillcert/questionbank/intake"
)

// Desk takes files in and has them imported. Safe for concurrent use.
type Desk struct {
	ports   Ports
	imports *intake.Imports
	clock   clock.Clock
	ids     *ids.Source
	wake    chan struct{}
	renew   time.Duration // how often a worker says that it is still at it
}

// NewDesk returns a Desk. Somebody must call Work, in this process or another.
func NewDesk(p Ports, i *intake.Imports, c clock.Clock, source *ids.Source) *Desk {
	return &Desk{ports: p, imports: i, clock: c, ids: source, wake: make(chan struct{}, 1), renew: lease / 4}
}

// Start keeps a file and lets a worker look at it. The job is there before its file, so that Clean knows of every file,
// also of one whose keeping was broken off; workers pass it by until the file is there.
func (d *Desk) Start(ctx context.Context, by authz.Principal, name string, data []byte, o record.Options) (*Job, error) {
	if err := by.Require(authz.BankImport); err != nil {
		return nil, err
	}
	if by.Person == "" {
		return nil, authz.ErrForbidden.With("账号未登记人员")
	}
	if len(data) == 0 || len(data) > MaxFile {
		return nil, ErrFile
	}
	now := d.clock.Now()
	j := &Job{ID: fmt.Sprintf("%011d-%s", now.Unix(), d.ids.New()[:8]), Name: record.Found(name), Size: len(data), Options: o, By: by, State: Receiving, Started: now}
	j.Trail.Add(now, by.Account, "import.started", "")
	if err := d.ports.CreateJob(ctx, j); err != nil {
		return nil, err
	}
	if err := d.ports.PutFile(ctx, j.ID, data); err != nil {
		return nil, err
	}
	j, err := d.change(ctx, j.ID, (*Job).received)
	if err == nil {
		d.nudge()
	}
	return j, err
}

// nudge wakes this process's worker; the others look by themselves.
func (d *Desk) nudge() {
	select {
	case d.wake <- struct{}{}:
	default: // it is awake
	}
}

// Job returns one job.
func (d *Desk) Job(ctx context.Context, by authz.Principal, id string) (*Job, error) {
	if err := by.Require(authz.BankImport); err != nil {
		return nil, err
	}
	return d.ports.Job(ctx, id)
}

// Jobs lists the newest jobs, newest first.
func (d *Desk) Jobs(ctx context.Context, by authz.Principal, most int) ([]*Job, error) {
	if err := by.Require(authz.BankImport); err != nil {
		return nil, err
	}
	return d.ports.Newest(ctx, most)
}

// Decide takes other decisions; a worker then says what they lead to.
func (d *Desk) Decide(ctx context.Context, by authz.Principal, id string, decisions intake.Decisions) (*Job, error) {
	return d.step(ctx, by, id, func(j *Job) error { return j.decide(decisions, d.clock.Now()) })
}

// Commit lets a worker write what the plan says. Twice is harmless.
func (d *Desk) Commit(ctx context.Context, by authz.Principal, id string) (*Job, error) {
	return d.step(ctx, by, id, func(j *Job) error { return j.commit(d.clock.Now()) })
}

// Discard ends a job that waits for a person. Twice is harmless.
func (d *Desk) Discard(ctx context.Context, by authz.Principal, id string) (*Job, error) {
	return d.step(ctx, by, id, func(j *Job) error { return j.discard(d.clock.Now()) })
}

// step is what a person does with their own job.
func (d *Desk) step(ctx context.Context, by authz.Principal, id string, change func(*Job) error) (*Job, error) {
	if err := by.Require(authz.BankImport); err != nil {
		return nil, err
	}
	j, err := d.change(ctx, id, func(j *Job) error {
		if err := j.owned(by); err != nil {
			return err
		}
		return change(j)
	})
	if err == nil {
		d.nudge()
	}
	return j, err
}

func (d *Desk) change(ctx context.Context, id string, change func(*Job) error) (*Job, error) {
	return engine.Modify(ctx, func(ctx context.Context) (*Job, error) { return d.ports.Job(ctx, id) }, d.ports.UpdateJob, change)
}

// look is how often a worker looks for jobs that another process took in, or left; clean is how often for files to clear.
const (
	look  = 3 * time.Second
	clean = time.Hour
)

// Work does jobs and clears files until ctx ends. Any number of processes may work at once.
func (d *Desk) Work(ctx context.Context, failed func(error)) {
	ticker, cleaner := time.NewTicker(look), time.NewTicker(clean)
	defer ticker.Stop()
	defer cleaner.Stop()
	step := func(do func(context.Context) (int, error)) {
		if _, err := do(ctx); err != nil && ctx.Err() == nil {
			failed(err)
		}
	}
	step(d.Clean)
	for {
		step(d.Once)
		select {
		case <-ctx.Done():
			return
		case <-d.wake:
		case <-ticker.C:
		case <-cleaner.C:
			step(d.Clean)
		}
	}
}

// atOnce is how many jobs are read together to find those whose file can go: their documents are large.
const atOnce = 20

// Clean removes the files that nobody will read any more, and says how many. Broken off, it goes on the next time; one
// that cannot go does not keep the others.
func (d *Desk) Clean(ctx context.Context) (n int, failed error) {
	for c := (engine.Cursor{Limit: atOnce}); ; {
		kept, next, err := d.ports.Kept(ctx, c)
		if err != nil {
			return n, errors.Join(failed, err)
		}
		for _, j := range kept {
			gone, err := d.clear(ctx, j)
			if err != nil {
				failed = errors.Join(failed, fmt.Errorf("clear import %s: %w", j.ID, err))
			}
			if gone {
				n++
			}
		}
		if c.After = next; next == "" || ctx.Err() != nil {
			return n, failed
		}
	}
}

func (d *Desk) clear(ctx context.Context, j *Job) (bool, error) {
	now := d.clock.Now()
	if !j.spent(now) {
		return false, nil
	}
	_, err := d.change(ctx, j.ID, func(j *Job) error { return j.expire(now) })
	if errors.Is(err, ErrState) {
		return false, nil // somebody has just decided on it
	}
	if err == nil {
		err = d.ports.DropFile(ctx, j.ID, j.Size)
	}
	if err == nil {
		_, err = d.change(ctx, j.ID, func(j *Job) error { return j.clear(now) })
	}
	return err == nil, err
}

// Once does every job that waits, one after the other, and says how many it did.
func (d *Desk) Once(ctx context.Context) (n int, err error) {
	open, err := engine.All(ctx, d.ports.Open)
	if err != nil {
		return 0, err
	}
	for _, j := range open {
		j, err := d.change(ctx, j.ID, func(j *Job) error { return j.claim(d.ids.New(), d.clock.Now()) })
		if errors.Is(err, ErrState) || errors.Is(err, engine.ErrStale) {
			continue // somebody else has it
		}
		if err == nil {
			err = d.do(ctx, j)
		}
		if errors.Is(err, errLost) {
			continue // it was held for too long without a word
		}
		if err != nil {
			return n, fmt.Errorf("import %s: %w", j.ID, err)
		}
		n++
	}
	return n, nil
}

// do takes one step of a job that was claimed. What the file is to blame for ends the job; what the house is to blame
// for leaves it to be tried again, once nobody holds it any more.
func (d *Desk) do(ctx context.Context, j *Job) error {
	at, stop := context.WithCancelCause(ctx)
	var wait sync.WaitGroup
	wait.Go(func() { d.hold(at, stop, j) })
	p, drafts, err := d.run(at, j)
	lost := errors.Is(context.Cause(at), errLost)
	stop(nil)
	wait.Wait()
	if lost {
		return errLost
	}
	if err != nil && !refusal(err) {
		return err
	}
	j.show(p.Rows, drafts)
	return d.end(ctx, j, p, err)
}

// hold renews the lease of a job while its worker is at it, and stops the work when another one has it.
func (d *Desk) hold(ctx context.Context, stop context.CancelCauseFunc, j *Job) {
	ticker := time.NewTicker(d.renew)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		_, err := d.change(ctx, j.ID, func(now *Job) error {
			if err := now.held(j.Claim); err != nil {
				return err
			}
			now.Held = d.clock.Now().Add(lease)
			return nil
		})
		if errors.Is(err, errLost) {
			stop(errLost)
			return
		}
	}
}

func (d *Desk) run(ctx context.Context, j *Job) (p intake.Preview, drafts []record.Draft, err error) {
	data, err := d.ports.File(ctx, j.ID, j.Size)
	if err != nil {
		return p, nil, err
	}
	batch, err := exchange.Read(j.Name, data, j.Options)
	if err != nil {
		return p, nil, err
	}
	if j.State == Planning {
		p, err = d.imports.Plan(ctx, j.By, batch, j.Decisions)
	} else {
		p, err = d.imports.Commit(ctx, j.By, batch, j.Decisions, d.progress(ctx, j))
	}
	return p, batch.Drafts, err
}

// refusal tells what the file or the person is to blame for.
func refusal(err error) bool {
	kind := errs.KindOf(err)
	return kind != errs.Internal && kind != errs.Unavailable
}

// tell is how often a job's document follows its work.
const tell = time.Second

// progress writes down how far the job is, now and then. A failure to do so is not the job's.
func (d *Desk) progress(ctx context.Context, mine *Job) func(done, total int) {
	var last time.Time
	return func(done, total int) {
		now := d.clock.Now()
		if now.Sub(last) < tell {
			return
		}
		last = now
		_, _ = d.change(ctx, mine.ID, func(j *Job) error { // the next word comes soon, and the end is not lost
			if err := j.held(mine.Claim); err != nil {
				return err
			}
			j.Done, j.Total, j.Held = done, total, now.Add(lease)
			return nil
		})
	}
}

func (d *Desk) end(ctx context.Context, mine *Job, p intake.Preview, failed error) error {
	now := d.clock.Now()
	_, err := d.change(ctx, mine.ID, func(j *Job) error {
		if err := j.held(mine.Claim); err != nil {
			return err
		}
		j.Held, j.Claim, j.Ended = time.Time{}, "", now
		var e *errs.Error
		switch {
		case errors.As(failed, &e):
			j.fail(e, j.By.Account, now)
		case j.State == Planning:
			j.State, j.Shown = Ready, mine.Shown
			j.found(p)
		case j.State == Importing:
			j.State, j.Done, j.Total = Done, p.Added+p.Replaced, p.Added+p.Replaced
			j.found(p)
			j.Trail.Add(now, j.By.Account, "import.done", "")
		}
		return nil
	})
	return err
}
