package theory

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/errs"
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
// The server's clock decides whether it came in time.
//   - An entry that is stored already is acknowledged again with the same answer, after the end too.
//   - ErrSequence: something else has its number. ErrGap: one before it is missing. Both tell HighestSeq.
//   - ErrAttemptClosed: handed in, closed, voided or out of time. ErrNotOpen: the paper was not opened yet.
func (e *Exams) Respond(ctx context.Context, by authz.Principal, id AttemptID, r Entry) (Saved, error) {
	k, err := e.own(ctx, by, id)
	if err != nil {
		return Saved{}, err
	}
	now := e.clock.Now()
	k.heard.Store(now.UnixMilli())
	if err = e.stillSeated(ctx, k, now); err != nil {
		return Saved{}, err
	}
	if err = e.begun(ctx, k, now); err != nil {
		return Saved{}, err
	}
	en, err := entry(id, *k.places.Load(), r, now)
	if err != nil {
		return Saved{}, err
	}
	return e.save(ctx, k, en)
}

// begun returns nil when the paper was opened, here or by another process.
func (e *Exams) begun(ctx context.Context, k *known, now time.Time) error {
	if k.opened.Load() {
		return nil
	}
	a, err := e.ports.Attempts.Attempt(ctx, k.id)
	if err != nil {
		return err
	}
	k.learn(a)
	if k.opened.Load() {
		return nil
	}
	return unopened(k.window, now)
}

// unopened is what a candidate hears who never opened the paper.
func unopened(w clock.Window, now time.Time) error {
	if now.Before(w.Closes) {
		return ErrNotOpen
	}
	return ErrAttemptClosed
}

// saveTries bounds how often an entry meets a taken place whose entry cannot be read: once is a race, more is a fault.
const saveTries = 3

// save appends at once where the entry follows what is known of the log; otherwise, and when that turns out to be out
// of date, the log itself decides.
func (e *Exams) save(ctx context.Context, k *known, en *Entry) (Saved, error) {
	for range saveTries {
		if k.window.Contains(en.At) && k.next(en.Seq) {
			switch err := e.ports.Log.Append(ctx, en); {
			case err == nil:
				k.saw(en.Seq, false)
				return k.saved(en, false), nil
			case !errors.Is(err, ErrEntryTaken):
				return Saved{}, fmt.Errorf("save response: %w", err)
			}
		}
		log, err := e.log(ctx, k.id, 0)
		if err != nil {
			return Saved{}, err
		}
		sheet := Fold(log)
		k.saw(sheet.Seq, sheet.End != nil)
		if en.Seq != sheet.Seq+1 || k.over.Load() || !k.window.Contains(en.At) {
			return k.judge(en, log)
		}
	}
	return Saved{}, ErrUnsettled
}

// judge answers an entry that does not go to the end of the log.
func (k *known) judge(en *Entry, log []*Entry) (Saved, error) {
	closed := k.over.Load() || !k.window.Contains(en.At)
	switch highest := len(log); {
	case en.Seq <= highest && log[en.Seq-1].same(en):
		return k.saved(log[en.Seq-1], closed), nil
	case closed:
		return Saved{}, ErrAttemptClosed
	case en.Seq <= highest:
		return Saved{}, &OutOfSequence{ErrSequence, highest}
	default:
		return Saved{}, &OutOfSequence{ErrGap, highest}
	}
}

func (k *known) saved(stored *Entry, closed bool) Saved {
	return Saved{Seq: stored.Seq, Now: stored.At, Closes: k.window.Closes, Closed: closed}
}
