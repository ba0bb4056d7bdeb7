package theory

import (
	"context"
	"fmt"
	"strconv"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/ids"
	"github.com/skillcert/skillcert/engine/sitting"
	"github.com/skillcert/skillcert/engine/theory/handin"
	"github.com/skillcert/skillcert/questionbank"
)

// Ports are what the theory component keeps its records in.
type Ports struct {
	Attempts Attempts
	Log      Log
	Draws    Draws
	Seals    engine.Seals
	Remarks  Remarks
	Build    string // names the program in the records of draws; empty for the product's name

	Activities Activities
	HandIn     *handin.Keys // nil: neither makes a page hand-in files, nor is one taken
}

// Exams runs theory exams. Safe for concurrent use, and any number of processes may run over one store: whatever two
// of them race for is decided by a unique key or a revision there.
type Exams struct {
	ports    Ports
	sittings *sitting.Sittings
	bank     *questionbank.Bank
	clock    clock.Clock
	ids      *ids.Source
	memory   memory
	watches  watches
	whole    sync.Map // sessions whose forms were seen to be all there, once their window had opened
	revealed revealed
	observed observedAll
}

// NewExams returns Exams. What the policy says of the theory component lies in the blueprint and in the window of the
// session.
func NewExams(p Ports, s *sitting.Sittings, b *questionbank.Bank, c clock.Clock, src *ids.Source) *Exams {
	return &Exams{ports: p, sittings: s, bank: b, clock: c, ids: src, memory: memory{m: map[AttemptID]*known{}},
		watches: watches{m: map[sitting.SessionID]*watch{}}}
}

// atOnce bounds the writes under way for one command over a whole session; the store commits them in groups.
const atOnce = 64

// each calls do for every row, some at once, and returns the first error; after one, no further row is begun.
func each[T any](ctx context.Context, rows []T, do func(context.Context, T) error) error {
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(atOnce)
	for _, row := range rows {
		if ctx.Err() != nil {
			break
		}
		g.Go(func() error { return do(ctx, row) })
	}
	return g.Wait()
}

func (e *Exams) log(ctx context.Context, id AttemptID, after int) ([]*Entry, error) {
	c := engine.Cursor{}
	if after > 0 {
		c.After = strconv.Itoa(after)
	}
	var all []*Entry
	for {
		rows, next, err := e.ports.Log.Entries(ctx, id, c)
		if err != nil {
			return nil, fmt.Errorf("read the log of attempt %s: %w", id, err)
		}
		if all = append(all, rows...); next == "" {
			return all, nil
		}
		c.After = next
	}
}

func (e *Exams) attemptsOf(ctx context.Context, id sitting.SessionID) ([]*Attempt, error) {
	return engine.All(ctx, func(ctx context.Context, c engine.Cursor) ([]*Attempt, string, error) {
		return e.ports.Attempts.AttemptsOf(ctx, id, c)
	})
}

// change edits one attempt. edit may run more than once.
func (e *Exams) change(ctx context.Context, id AttemptID, edit func(*Attempt) error) (*Attempt, error) {
	return e.changeRead(ctx, id, nil, edit)
}

// changeRead is change for who has read the attempt just now, or not: then read is nil. An attempt holds its whole form.
func (e *Exams) changeRead(ctx context.Context, id AttemptID, read *Attempt, edit func(*Attempt) error) (*Attempt, error) {
	load := func(ctx context.Context) (*Attempt, error) {
		if a := read; a != nil {
			read = nil
			return a, nil
		}
		return e.ports.Attempts.Attempt(ctx, id)
	}
	return engine.Modify(ctx, load, e.ports.Attempts.UpdateAttempt, edit)
}

// marker returns nil when by may do a as the marker of the session; the server's own workers need no duty.
func (e *Exams) marker(ctx context.Context, by authz.Principal, id sitting.SessionID, a authz.Action) error {
	if err := by.Require(a); err != nil || by.Has(authz.Engine) {
		return err
	}
	return e.sittings.OnDuty(ctx, id, by, authz.Marker, "")
}

// watcher returns nil when by may look at a session without points: anybody who works on it, of its body.
func (e *Exams) watcher(ctx context.Context, by authz.Principal, id sitting.SessionID) (err error) {
	for _, a := range []authz.Action{authz.TheoryRead, authz.SealWitness, authz.PlanRead} {
		if err = by.Require(a); err == nil {
			_, err = e.sittings.Session(ctx, by, id)
			return err
		}
	}
	return err
}

// own returns what is known of an attempt that is by's own. Of another's, nobody learns whether it exists.
func (e *Exams) own(ctx context.Context, by authz.Principal, id AttemptID) (*known, error) {
	k, _, err := e.ownRead(ctx, by, id)
	return k, err
}

// ownRead also returns the attempt where it had to be read.
func (e *Exams) ownRead(ctx context.Context, by authz.Principal, id AttemptID) (k *known, read *Attempt, err error) {
	if err := by.Require(authz.AttemptSit); err != nil {
		return nil, nil, err
	}
	if id == "" || by.Attempt != string(id) {
		return nil, nil, ErrAttempt
	}
	if k = e.memory.get(id); k == nil {
		if read, err = e.ports.Attempts.Attempt(ctx, id); err != nil {
			return nil, nil, err
		}
		k = e.memory.keep(read)
	}
	if by.Person != string(k.candidate) {
		return nil, nil, ErrAttempt
	}
	return k, read, nil
}

// seat reads the candidate's seat. A voided one is ErrVoided.
func (e *Exams) seat(ctx context.Context, k *known, now time.Time) (*sitting.Seat, error) {
	seat, err := e.sittings.SeatOf(ctx, k.ticket)
	if err != nil {
		return nil, err
	}
	if !seat.Voided.IsZero() {
		k.room.Store(&seat.Room)
		k.seated.Store(0)
		return nil, ErrVoided
	}
	k.room.Store(&seat.Room)
	k.seated.Store(now.UnixMilli())
	return seat, nil
}

// seatedFor is how long a seat that was read may serve again in a full hall. Who is voided stands in the proceedings,
// which are read every second; the seat itself is asked for what its command could not write there.
const seatedFor = 30 * time.Second

// stillSeated is seat for those who come often: a full hall goes by the proceedings. What a voided candidate saves in the
// moment before they are read is worth nothing all the same, for marking asks the seat again.
func (e *Exams) stillSeated(ctx context.Context, k *known, now time.Time) error {
	soon := min(patience(e.memory.size()), bookPatience)
	b, err := e.sittings.Proceedings(ctx, k.session, soon)
	if err != nil {
		return err
	}
	if b.Excluded(k.ticket) {
		return ErrVoided
	}
	age := now.Sub(time.UnixMilli(k.seated.Load()))
	if soon > 0 && age >= 0 && age < seatedFor {
		return nil
	}
	_, err = e.seat(ctx, k, now)
	return err
}

// Attempt returns the candidate's own attempt without its points. When the time is over it is closed first, so that
// a receipt is there for whoever asks.
func (e *Exams) Attempt(ctx context.Context, by authz.Principal, id AttemptID) (*Attempt, error) {
	if _, err := e.own(ctx, by, id); err != nil {
		return nil, err
	}
	a, err := e.ports.Attempts.Attempt(ctx, id)
	if err == nil && a.State == InProgress {
		a, err = e.settle(ctx, a, e.clock.Now())
	}
	if err != nil {
		return nil, err
	}
	return a.shown(), nil
}

// shown is the attempt as its candidate may see it: points are told by the published result only.
func (a *Attempt) shown() *Attempt {
	c := *a
	c.Points, c.Markings, c.Trail = 0, nil, nil
	if c.State == Marked {
		c.State = Submitted
	}
	return &c
}
