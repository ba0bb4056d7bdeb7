package theory

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/engine/sitting"
)

// Saved acknowledges one entry: it is in the log, durably.
type Saved struct {
	Seq    int
	Now    time.Time // the server's clock when the entry was stored: repeating it tells the same time
	Closes time.Time
	Closed bool // told to a repetition: the attempt has ended in the meantime, nothing more is taken
}

// OutOfSequence is ErrSequence or ErrGap with the place from which the candidate goes on.
type OutOfSequence struct {
	refusal *errs.Error
	highest int
}

func (o *OutOfSequence) Error() string { return fmt.Sprintf("%v, highest %d", o.refusal, o.highest) }
func (o *OutOfSequence) Unwrap() error { return o.refusal }

// HighestSeq is the sequence number of the last entry that is stored.
func (o *OutOfSequence) HighestSeq() int { return o.highest }

// ErrUnsettled says that the store could not show what it holds; sending the same again is harmless.
var ErrUnsettled = errs.New(errs.Unavailable, "attempt.unsettled", "暂时无法确认是否已保存，请重试")

// Respond appends one response or flag to the attempt's log; when it returns without an error the entry is durable.
// r.Window is the candidate's window that writes it, as Take named it. The server's clock decides whether it came in
// time: until the end of the candidate's time and the grace after it.
//   - An entry that is stored already is acknowledged again with the same answer, after the end too.
//   - ErrSequence: something else has its number. ErrGap: one before it is missing. Both tell HighestSeq.
//   - ErrAttemptClosed: handed in, closed, voided or out of time. ErrNotOpen: the paper was not opened yet.
//   - ErrPaused: the clock stands; the same may be sent again later. ErrTakenOver: another window writes now.
func (e *Exams) Respond(ctx context.Context, by authz.Principal, id AttemptID, r Entry) (Saved, error) {
	k, err := e.own(ctx, by, id)
	if err != nil {
		return Saved{}, err
	}
	now := e.clock.Now()
	k.hear(by.Login, now)
	if err = e.stillSeated(ctx, k, now); err != nil {
		return Saved{}, err
	}
	t, err := e.accepting(ctx, k, now)
	if err != nil {
		return Saved{}, err
	}
	if err = e.begun(ctx, k, t, now); err != nil {
		return Saved{}, err
	}
	en, err := entry(id, k.form.Load().places, r, now)
	if err != nil {
		return Saved{}, err
	}
	return e.save(ctx, k, saving{en, writerOf(by, r.Window), t})
}

// begun returns nil when the paper was opened, here or by another process.
func (e *Exams) begun(ctx context.Context, k *known, t sitting.Times, now time.Time) error {
	if k.opened() {
		return nil
	}
	a, err := e.ports.Attempts.Attempt(ctx, k.id)
	if err != nil {
		return err
	}
	k.learn(a)
	if k.opened() {
		return nil
	}
	return unopened(t, now)
}

// unopened is what a candidate hears who never opened the paper.
func unopened(t sitting.Times, now time.Time) error {
	if !t.Over(now) {
		return ErrNotOpen
	}
	return ErrAttemptClosed
}

// saving is an entry on its way into the log.
type saving struct {
	*Entry
	writer writer
	times  sitting.Times
}

func writerOf(by authz.Principal, window string) writer { return writer{window, by.Login} }

// saveTries bounds how often an entry meets a taken place whose entry cannot be read: once is a race, more is a fault.
const saveTries = 3

// save appends at once where the entry follows what is known of the log; otherwise, and when that turns out to be out
// of date, the log itself decides.
func (e *Exams) save(ctx context.Context, k *known, s saving) (Saved, error) {
	if err := k.turn.Acquire(ctx, 1); err != nil {
		return Saved{}, err
	}
	defer k.turn.Release(1)
	for range saveTries {
		if s.times.Takes(s.At) && k.follows(s.Seq, s.writer) {
			switch err := e.ports.Log.Append(ctx, s.Entry); {
			case err == nil:
				k.saw(head{seq: s.Seq, writer: k.head.Load().writer})
				return s.saved(s.Entry, false), nil
			case !errors.Is(err, ErrEntryTaken):
				return Saved{}, fmt.Errorf("save response: %w", err)
			}
		}
		log, err := e.log(ctx, k.id, 0)
		if err != nil {
			return Saved{}, err
		}
		sheet := Fold(log)
		k.saw(headOf(sheet))
		if s.Seq != sheet.Seq+1 || sheet.End != nil || !sheet.writer().admits(s.writer) || !s.times.Takes(s.At) {
			return s.judge(log, sheet)
		}
	}
	return Saved{}, ErrUnsettled
}

// judge answers an entry that does not go to the end of the log.
func (s saving) judge(log []*Entry, sheet Sheet) (Saved, error) {
	closed := sheet.End != nil || !s.times.Paused && s.times.Shut(s.At)
	switch highest := len(log); {
	case s.Seq <= highest && log[s.Seq-1].same(s.Entry):
		return s.saved(log[s.Seq-1], closed), nil
	case closed:
		return Saved{}, ErrAttemptClosed
	case !sheet.writer().admits(s.writer):
		return Saved{}, ErrTakenOver
	case s.times.Paused:
		return Saved{}, ErrPaused
	case s.At.Before(s.times.Opens): // by the clock of this server, which is behind that of the one that opened it
		return Saved{}, ErrNotOpen
	case s.Seq <= highest:
		return Saved{}, &OutOfSequence{ErrSequence, highest}
	default:
		return Saved{}, &OutOfSequence{ErrGap, highest}
	}
}

func (s saving) saved(stored *Entry, closed bool) Saved {
	return Saved{Seq: stored.Seq, Now: stored.At, Closes: s.times.Closes, Closed: closed}
}
