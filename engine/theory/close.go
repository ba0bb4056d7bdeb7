package theory

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/sitting"
)

// Submit hands the attempt in. Handing in twice is harmless, and after the end of the time it finds what the clock
// closed. A response on its way at the same moment is either before the Close in the log or refused. window is the
// candidate's that hands in: of one that the paper was taken from it is ErrTakenOver.
func (e *Exams) Submit(ctx context.Context, by authz.Principal, id AttemptID, window string) (*Attempt, error) {
	k, err := e.own(ctx, by, id)
	if err != nil {
		return nil, err
	}
	now := e.clock.Now()
	if _, err = e.seat(ctx, k, now); err != nil {
		return nil, err
	}
	a, err := e.ports.Attempts.Attempt(ctx, id)
	if err != nil {
		return nil, err
	}
	switch a.State {
	case Scheduled:
		err = e.neverOpened(ctx, k, now)
	case InProgress:
		a, err = e.handIn(ctx, a, writerOf(by, window), now)
	case Voided:
		err = ErrVoided
	}
	if err != nil {
		return nil, err
	}
	return a.shown(), nil
}

func (e *Exams) neverOpened(ctx context.Context, k *known, now time.Time) error {
	t, err := e.times(ctx, k, now, 0)
	if err != nil {
		return err
	}
	return unopened(t, now)
}

// handIn closes an attempt whose candidate asks for it. Nothing is handed in while the clock stands: what was answered
// just before could not have been saved.
func (e *Exams) handIn(ctx context.Context, a *Attempt, w writer, now time.Time) (*Attempt, error) {
	t, err := e.timesNow(ctx, a, now)
	if err != nil {
		return nil, err
	}
	if t.Paused {
		return nil, ErrPaused
	}
	a, _, err = e.close(ctx, a, closing{t, now, &w})
	return a, err
}

// CloseDue closes every attempt of the session whose time and grace are over and returns how many it closed: each is
// closed exactly once, whoever else submits or closes at the same time.
func (e *Exams) CloseDue(ctx context.Context, by authz.Principal, id sitting.SessionID) (int, error) {
	if err := e.marker(ctx, by, id, authz.TheoryMark); err != nil {
		return 0, err
	}
	rows, err := e.attemptsOf(ctx, id)
	if err != nil {
		return 0, err
	}
	if _, err = e.sittings.Proceedings(ctx, id, 0); err != nil { // what was added a moment ago counts
		return 0, err
	}
	now := e.clock.Now()
	var closed atomic.Int64
	err = each(ctx, rows, func(ctx context.Context, a *Attempt) error {
		if a.State != InProgress {
			return nil
		}
		first, err := e.closeShut(ctx, a, now)
		if first {
			closed.Add(1)
		}
		return err
	})
	return int(closed.Load()), err
}

// closeShut closes an attempt in progress whose time and grace are over.
func (e *Exams) closeShut(ctx context.Context, a *Attempt, now time.Time) (first bool, err error) {
	t, err := e.times(ctx, e.memory.keep(a), now, bookPatience)
	if err != nil || !t.Shut(now) {
		return false, err
	}
	_, first, err = e.close(ctx, a, closing{t, now, nil})
	return first, err
}

// settle brings an attempt in progress to where its log and the clock say it is: a process may have been killed
// between the two halves of closing, and the time may be over without anybody having looked. One that goes on comes back
// with what is answered so far.
func (e *Exams) settle(ctx context.Context, a *Attempt, now time.Time) (*Attempt, error) {
	t, err := e.timesNow(ctx, a, now)
	if err != nil {
		return nil, err
	}
	if t.Shut(now) {
		a, _, err = e.close(ctx, a, closing{t, now, nil})
		return a, err
	}
	log, err := e.log(ctx, a.ID, 0)
	if err != nil {
		return nil, err
	}
	sheet := Fold(log)
	if a.Answered = sheet.Answered(); sheet.End == nil {
		return a, nil
	}
	return e.mirror(ctx, a.ID, log)
}

// closing is how an attempt ends: by its candidate's window, or by the clock when by is nil.
type closing struct {
	times sitting.Times
	now   time.Time
	by    *writer
}

// close ends the attempt: a Close in the log first, then the attempt's document after it. Whenever a response won the
// place, it goes to the next one; it gives up only when ctx ends, and candidates stop long before. Where the document was
// taken back to work and the log does not know of it yet, a Close says that nothing comes: what was cut off there can
// begin again, and nobody waits for it.
func (e *Exams) close(ctx context.Context, a *Attempt, c closing) (closed *Attempt, first bool, err error) {
	log, err := e.log(ctx, a.ID, 0)
	for err == nil && (Fold(log).End == nil || a.awaits(Fold(log))) {
		sheet := Fold(log)
		if c.by != nil && sheet.End == nil && !sheet.writer().admits(*c.by) {
			return nil, false, ErrTakenOver
		}
		end := &Entry{Attempt: a.ID, Seq: len(log) + 1, Kind: Close, At: c.now, ByClock: c.times.Over(c.now), Closes: c.times.Closes}
		if a.awaits(sheet) {
			end.Line, end.Filing = a.Reopened, a.Filings
		}
		switch err = e.ports.Log.Append(ctx, end); {
		case err == nil:
			log, first = append(log, end), true
		case errors.Is(err, ErrEntryTaken):
			log, err = e.log(ctx, a.ID, 0)
		default:
			err = fmt.Errorf("close attempt %s: %w", a.ID, err)
		}
	}
	if err != nil {
		return nil, first, err
	}
	if k := e.memory.get(a.ID); k != nil {
		k.saw(headOf(Fold(log)))
	}
	closed, err = e.mirror(ctx, a.ID, log)
	return closed, first, err
}

// mirror brings the attempt's document up to its closed log. Doing it again changes nothing.
func (e *Exams) mirror(ctx context.Context, id AttemptID, log []*Entry) (*Attempt, error) {
	return e.change(ctx, id, func(a *Attempt) error { return a.end(log) })
}

// end takes over what the closed log says.
func (a *Attempt) end(log []*Entry) error {
	sheet := Fold(log)
	if a.State != InProgress || a.awaits(sheet) { // a log that was read before the attempt was taken back to work
		return engine.ErrUnchanged
	}
	a.State, a.Submitted, a.ByClock = Submitted, sheet.End.At, sheet.End.ByClock
	a.Receipt, a.Answered = Receipt(a.ID, log), sheet.Answered()
	by, action := "ticket:"+string(a.Ticket), "attempt.submitted"
	if a.ByClock {
		if a.Submitted = sheet.End.Closes; a.Submitted.IsZero() { // an older log, of a time without extensions
			a.Submitted = a.Window.Closes
		} // the time was over then, whenever it was noticed
		by, action = "engine:clock", "attempt.closed"
	}
	at := sheet.End.At
	if last := log[len(log)-1]; last.Kind == Filed {
		at, by, action = last.At, last.Brought.Account, "attempt.filed"
	}
	a.Trail.Add(at, by, action, a.Receipt)
	return nil
}
