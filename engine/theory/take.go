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

// Window is a candidate's window that asks for the paper. Programs that have only one leave the name empty.
type Window struct {
	Name     string // chosen by the window, 1 to 40 printable characters
	TakeOver bool   // the candidate has said that this window goes on and the other ends
}

// ErrWindow refuses a name of a window.
var ErrWindow = errs.New(errs.Invalid, "attempt.window", "窗口编号不正确")

const maxWindow = 40

// takeTries bounds how often a takeover loses the place in the log to saves of the old window that come to another
// process; those of this process wait for it.
const takeTries = 64

func (w Window) check() error {
	if len(w.Name) > maxWindow {
		return ErrWindow
	}
	for _, r := range w.Name {
		if r <= ' ' || r > '~' {
			return ErrWindow
		}
	}
	return nil
}

// take makes w the window that writes. The one that does goes on; the first of all begins; another one takes over when the
// candidate says so, and from another sign-in only when an invigilator has readmitted the candidate since. Taking over
// is an entry of the log: what the old window sends at the same moment is before it, or is refused. It returns the log.
func (e *Exams) take(ctx context.Context, k *known, w Window, on taking) ([]*Entry, error) {
	if err := k.turn.Acquire(ctx, 1); err != nil {
		return nil, err
	}
	defer k.turn.Release(1)
	var log []*Entry
	sheet := Fold(nil)
	for range takeTries {
		added, err := e.log(ctx, k.id, len(log)) // not all of it again: whoever is slow loses to a queue that is being sent
		if err != nil {
			return nil, err
		}
		for _, en := range added {
			sheet.add(en)
		}
		log = append(log, added...)
		k.saw(headOf(sheet))
		if sheet.End != nil || sheet.writer().admits(writerOf(on.by, w.Name)) {
			return log, nil
		}
		if err = sheet.yields(w, on); err != nil {
			if errors.Is(err, ErrMachine) {
				k.barred.Store(on.now.UnixMilli())
			}
			return nil, err
		}
		en := &Entry{Attempt: k.id, Seq: sheet.Seq + 1, Kind: Take, Window: w.Name, Login: on.by.Login, ClientAt: on.now, At: on.now}
		switch err = e.ports.Log.Append(ctx, en); {
		case err == nil:
			sheet.add(en)
			k.saw(headOf(sheet))
			return append(log, en), nil
		case !errors.Is(err, ErrEntryTaken):
			return nil, fmt.Errorf("take over attempt %s: %w", k.id, err)
		}
	}
	return nil, ErrUnsettled
}

// taking is who takes over, and from where.
type taking struct {
	by   authz.Principal
	seat *sitting.Seat
	now  time.Time
}

// yields returns nil when w may write from here on.
func (s Sheet) yields(w Window, on taking) error {
	switch {
	case s.Seq == 0: // nobody was here before
		return nil
	case !s.Taken.IsZero() && s.Login != on.by.Login && !on.seat.Readmitted.After(s.Taken):
		return ErrMachine
	case !w.TakeOver:
		return ErrElsewhere
	}
	return nil
}
