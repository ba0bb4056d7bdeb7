package theory

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/sitting"
)

// Progress is how far one candidate is.
type Progress struct {
	State           State
	Answered, Total int
	Heard           time.Time // last sign of life: an entry, or a request that came to this process
	Beat            Beat      // of the page, when it came to this process
	Times           sitting.Times
	Windows         int       // how often another window took over
	Barred          time.Time // when this process last refused another machine that waits still, zero for none
}

// barredFor is how long another machine that was refused counts as waiting: its page asks every few seconds, or once a
// minute where the browser has it in the background. One that was closed, or went to another page, asks no more.
const barredFor = 90 * time.Second

// watch follows the attempts of one session. Every refresh reads only what was added to the logs since the one before.
type watch struct {
	mu    sync.Mutex
	at    time.Time
	whole bool // every attempt of the draw is in rows
	rows  map[AttemptID]*watched
}

type watched struct {
	attempt *Attempt
	sheet   Sheet
}

// watches are the sessions that somebody looks at.
type watches struct {
	mu sync.Mutex
	m  map[sitting.SessionID]*watch
}

// forgetAfter is how long a session that nobody looks at any more is kept in memory.
const forgetAfter = time.Hour

func (w *watches) of(id sitting.SessionID, now time.Time) *watch {
	w.mu.Lock()
	defer w.mu.Unlock()
	for other, x := range w.m {
		if x.mu.TryLock() {
			if now.Sub(x.at) > forgetAfter {
				delete(w.m, other)
			}
			x.mu.Unlock()
		}
	}
	if w.m[id] == nil {
		w.m[id] = &watch{rows: map[AttemptID]*watched{}, at: now.Add(-forgetAfter)}
	}
	return w.m[id]
}

// Progress tells how far every candidate of a session is. In a large session the answer may be some seconds old, see
// patience.
func (e *Exams) Progress(ctx context.Context, by authz.Principal, id sitting.SessionID) (map[sitting.Ticket]Progress, error) {
	if err := by.Require(authz.RoomRead); err != nil {
		return nil, err
	}
	if _, err := e.sittings.Session(ctx, by, id); err != nil {
		return nil, err
	}
	now := e.clock.Now()
	w := e.watches.of(id, now)
	w.mu.Lock()
	defer w.mu.Unlock()
	if age := now.Sub(w.at); age < 0 || age >= patience(len(w.rows)) {
		if err := e.refresh(ctx, w, id, now); err != nil {
			return nil, err
		}
		w.at = now
	}
	all := make(map[sitting.Ticket]Progress, len(w.rows))
	for _, r := range w.rows {
		p, err := e.progress(ctx, r, now)
		if err != nil {
			return nil, err
		}
		all[r.attempt.Ticket] = p
	}
	return all, nil
}

func (e *Exams) progress(ctx context.Context, r *watched, now time.Time) (p Progress, err error) {
	p = Progress{State: r.attempt.State, Answered: r.sheet.Answered(), Total: len(r.attempt.Form.Items),
		Heard: newer(r.attempt.Started, r.sheet.Heard), Windows: max(0, r.sheet.Windows-1)}
	switch {
	case p.State == InProgress && r.sheet.End != nil:
		p.State = Submitted
	case p.State == Submitted && r.sheet.End == nil: // reopened since the attempt was read
		p.State = InProgress
	}
	k := e.memory.keep(r.attempt)
	if b := k.beat.Load(); b != nil {
		p.Beat, p.Heard = *b, newer(p.Heard, b.At)
	}
	if at := time.UnixMilli(k.barred.Load()).UTC(); at.After(r.sheet.Taken) && now.Sub(at) < barredFor {
		p.Barred = at
	}
	p.Times, err = e.times(ctx, k, now, bookPatience)
	return p, err
}

func (e *Exams) refresh(ctx context.Context, w *watch, id sitting.SessionID, now time.Time) error {
	if !w.whole {
		if err := e.enrol(ctx, w, id); err != nil {
			return err
		}
	}
	var moving []*watched
	for _, r := range w.rows {
		if r.attempt.State != Voided && r.attempt.State != Marked && !now.Before(r.attempt.Window.Opens) {
			moving = append(moving, r)
		}
	}
	return each(ctx, moving, e.follow)
}

// enrol takes in the attempts of the session. It is done again until the draw is complete.
func (e *Exams) enrol(ctx context.Context, w *watch, id sitting.SessionID) error {
	d, err := e.ports.Draws.Draw(ctx, id)
	if errors.Is(err, ErrDraw) {
		return nil
	}
	if err != nil {
		return err
	}
	rows, err := e.attemptsOf(ctx, id)
	if err != nil {
		return err
	}
	for _, a := range rows {
		if w.rows[a.ID] == nil {
			w.rows[a.ID] = &watched{attempt: a, sheet: Fold(nil)}
		}
	}
	w.whole = d.Root != ""
	return nil
}

// follow reads on in one candidate's log. The attempt itself, which is large, is read once: when it is open here, or the log
// begins, as it does when a window takes the paper in another process.
func (e *Exams) follow(ctx context.Context, r *watched) error {
	added, err := e.log(ctx, r.attempt.ID, r.sheet.Seq)
	if err != nil {
		return err
	}
	if r.attempt.State == Scheduled {
		if len(added) == 0 && !e.memory.keep(r.attempt).opened() {
			return nil
		}
		if r.attempt, err = e.ports.Attempts.Attempt(ctx, r.attempt.ID); err != nil {
			return err
		}
	}
	for _, en := range added {
		r.sheet.add(en)
	}
	return nil
}
