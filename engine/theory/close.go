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
// closed. A response on its way at the same moment is either before the Close in the log or refused.
func (e *Exams) Submit(ctx context.Context, by authz.Principal, id AttemptID) (*Attempt, error) {
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
		err = unopened(k.window, now)
	case InProgress:
		a, _, err = e.close(ctx, a, now)
	case Voided:
		err = ErrVoided
	}
	if err != nil {
		return nil, err
	}
	return a.shown(), nil
}

// CloseDue closes every attempt of the session whose time is over and returns how many it closed: each is closed
// exactly once, whoever else submits or closes at the same time.
func (e *Exams) CloseDue(ctx context.Context, by authz.Principal, id sitting.SessionID) (int, error) {
	if err := e.marker(ctx, by, id, authz.TheoryMark); err != nil {
		return 0, err
	}
	rows, err := e.attemptsOf(ctx, id)
	if err != nil {
		return 0, err
	}
	now := e.clock.Now()
	var due []*Attempt
	for _, a := range rows {
		if a.State == InProgress && !now.Before(a.Window.Closes) {
			due = append(due, a)
		}
	}
	var closed atomic.Int64
	err = each(ctx, due, func(ctx context.Context, a *Attempt) error {
		_, first, err := e.close(ctx, a, now)
		if first {
			closed.Add(1)
		}
		return err
	})
	return int(closed.Load()), err
}

// settle brings an attempt in progress to where its log and the clock say it is: a process may have been killed
// between the two halves of closing, and the time may be over without anybody having looked. first is true when this
// call closed it.
func (e *Exams) settle(ctx context.Context, a *Attempt, now time.Time) (settled *Attempt, first bool, err error) {
	if !now.Before(a.Window.Closes) {
		return e.close(ctx, a, now)
	}
	log, err := e.log(ctx, a.ID, 0)
	if err != nil || Fold(log).End == nil {
		return a, false, err
	}
	a, err = e.mirror(ctx, a.ID, log)
	return a, false, err
}

// close ends the attempt: a Close in the log first, then the attempt's document after it. Whenever a response won the
// place, it goes to the next one; it gives up only when ctx ends, and candidates stop long before.
func (e *Exams) close(ctx context.Context, a *Attempt, now time.Time) (closed *Attempt, first bool, err error) {
	log, err := e.log(ctx, a.ID, 0)
	for err == nil && Fold(log).End == nil {
		end := &Entry{Attempt: a.ID, Seq: len(log) + 1, Kind: Close, At: now, ByClock: !now.Before(a.Window.Closes)}
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
		k.saw(len(log), true)
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
	if a.State != InProgress {
		return engine.ErrUnchanged
	}
	sheet := Fold(log)
	a.State, a.Submitted, a.ByClock = Submitted, sheet.End.At, sheet.End.ByClock
	a.Receipt, a.Answered = Receipt(a.ID, log), sheet.Answered()
	by, action := "ticket:"+string(a.Ticket), "attempt.submitted"
	if a.ByClock {
		a.Submitted = a.Window.Closes // the time was over then, whenever it was noticed
		by, action = "engine:clock", "attempt.closed"
	}
	a.Trail.Add(sheet.End.At, by, action, a.Receipt)
	return nil
}
