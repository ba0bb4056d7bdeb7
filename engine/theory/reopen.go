package theory

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/engine/sitting"
)

// Refusals of Reopen.
var (
	ErrNotClosed  = errs.New(errs.Conflict, "attempt.not_closed", "该考生还没有交卷，不需要重新开考；需要加时请使用延长")
	ErrReopenLate = errs.New(errs.Conflict, "attempt.reopen_late", "已超过可以重新开考的时间")
	ErrReopenDone = errs.New(errs.Conflict, "attempt.reopen_marked", "该考生的试卷已评阅，不能重新开考")
)

// Reopen lets a paper go on that was handed in or closed, for at least so many minutes from now: an invigilator on duty
// in the room, or the exam office, says why. It may within the policy's time after the session's end, and not once the
// paper is marked. The order stands in the proceedings first; the log goes on by it, and the attempt's document follows.
// The same order again, by its key, completes what was cut off.
func (e *Exams) Reopen(ctx context.Context, by authz.Principal, o sitting.Order) (*Attempt, error) {
	id := AttemptOf(o.Ticket)
	if err := e.sittings.MayOrder(ctx, by, o.Session, o.Room); err != nil {
		return nil, err
	}
	if seat, err := e.sittings.SeatOf(ctx, o.Ticket); err != nil || o.Room != "" && seat.Room != o.Room {
		return nil, cmp.Or(err, error(sitting.ErrTicket)) // of another room nobody learns here how far anybody is
	}
	if err := e.reopenable(ctx, id, o); err != nil {
		return nil, err
	}
	line, err := e.sittings.RecordReopening(ctx, by, o)
	if err != nil {
		return nil, err
	}
	now := e.clock.Now()
	for range saveTries {
		if _, err = e.change(ctx, id, func(a *Attempt) error { return a.reopen(line, now) }); err != nil {
			return nil, err
		}
		log, err := e.goOn(ctx, id, line, now)
		if err != nil {
			return nil, err
		}
		a, err := e.ports.Attempts.Attempt(ctx, id)
		if err != nil {
			return nil, err
		}
		if a.State == InProgress || Fold(log).End != nil { // or handed in again already
			return a.shown(), nil
		}
	}
	return nil, ErrUnsettled
}

// reopenable refuses before anything is written down.
func (e *Exams) reopenable(ctx context.Context, id AttemptID, o sitting.Order) error {
	a, err := e.ports.Attempts.Attempt(ctx, id)
	if err != nil {
		return err
	}
	if a.Session != o.Session {
		return ErrAttempt
	}
	if err = e.unsealed(ctx, o.Session, engine.ErrSealed); err != nil {
		return err
	}
	s, err := e.sittings.Get(ctx, o.Session)
	if err != nil {
		return err
	}
	if e.clock.Now().After(e.sittings.ReopenUntil(s)) {
		return ErrReopenLate
	}
	if a.State == InProgress {
		log, err := e.log(ctx, id, 0)
		if err != nil {
			return err
		}
		b, err := e.sittings.Proceedings(ctx, o.Session, 0)
		if err != nil {
			return err
		}
		if sheet := Fold(log); sheet.End == nil && !b.Ordered(o.Key, sheet.Line) {
			return ErrNotClosed
		}
	}
	return a.mayReopen()
}

// BackUntil is until when candidates may come back to a paper of the session that has ended: it may be reopened, or a
// hand-in file taken for it. Whoever marks before ends that.
func (e *Exams) BackUntil(s *sitting.Session) time.Time {
	until := e.sittings.ReopenUntil(s)
	if files := e.sittings.FilesUntil(s); e.takesFiles() && files.After(until) {
		return files
	}
	return until
}

func (a *Attempt) mayReopen() error {
	switch a.State {
	case Submitted, InProgress:
		return nil
	case Scheduled:
		return ErrNotClosed
	case Voided:
		return ErrVoided
	}
	return ErrReopenDone
}

// reopen takes the attempt back to where answers are given.
func (a *Attempt) reopen(line *sitting.Line, now time.Time) error {
	switch {
	case a.Reopened >= line.No: // done already, and perhaps handed in again since
		return engine.ErrUnchanged
	case a.State == InProgress: // a hand-in was cut off: what still comes of the old end is late
		a.Reopened = line.No
		return nil
	}
	if err := a.mayReopen(); err != nil {
		return err
	}
	a.Trail.Add(now, line.Account, "attempt.reopened", fmt.Sprintf("%s %d分钟：%s", a.Receipt, line.Minutes, line.Text))
	a.State, a.Submitted, a.ByClock, a.Receipt, a.Answered = InProgress, time.Time{}, false, "", 0
	a.Reopened = line.No
	return nil
}

// goOn adds the Reopen of the line to the log, once.
func (e *Exams) goOn(ctx context.Context, id AttemptID, line *sitting.Line, now time.Time) ([]*Entry, error) {
	for range saveTries {
		log, err := e.log(ctx, id, 0)
		if err != nil {
			return nil, err
		}
		sheet := Fold(log)
		if sheet.End == nil || sheet.Line >= line.No {
			return log, nil
		}
		en := &Entry{Attempt: id, Seq: sheet.Seq + 1, Kind: Reopen, Line: line.No, ClientAt: now, At: now}
		switch err = e.ports.Log.Append(ctx, en); {
		case err == nil:
			log = append(log, en)
			if k := e.memory.get(id); k != nil {
				k.saw(headOf(Fold(log)))
			}
			return log, nil
		case !errors.Is(err, ErrEntryTaken):
			return nil, fmt.Errorf("reopen attempt %s: %w", id, err)
		}
	}
	return nil, ErrUnsettled
}
