package theory

import (
	"context"
	"time"

	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/errs"
)

// Beat is a sign of life of a candidate's page. It is not evidence: it stays in the memory of the process that it came
// to, and the next one takes its place.
type Beat struct {
	At       time.Time // server's clock
	Window   string
	Question int  // that is shown, 0 for none
	Unsaved  int  // questions with something that is not acknowledged
	Away     bool // the page does not have the focus
	Heard    int  // of the proceedings: the Seq of the last ClockState that the page was told
}

// ErrBeat refuses a beat that no page of ours sends.
var ErrBeat = errs.New(errs.Invalid, "attempt.beat", "页面状态不正确")

func (b Beat) check() error {
	var c errs.Check
	c.That((Window{Name: b.Window}).check() == nil, "window", "form", "窗口编号不正确")
	c.That(b.Question >= 0 && b.Question <= maxCount, "question", "range", "题号不正确")
	c.That(b.Unsaved >= 0 && b.Unsaved <= maxCount, "unsaved", "range", "数目不正确")
	return c.Err(ErrBeat)
}

const maxCount = 1000

// PulseHold is how long a pulse is meant to wait for news.
const PulseHold = 10 * time.Second

// Pulse takes a beat of the window that writes, and answers every window, as soon as there is a line in the proceedings
// after the one that the page heard of, or when wait ends. A page that asks again at once hears of every change of its
// time within a second, and costs one request in that while.
func (e *Exams) Pulse(ctx, wait context.Context, by authz.Principal, id AttemptID, b Beat) (ClockState, error) {
	k, err := e.own(ctx, by, id)
	if err != nil {
		return ClockState{}, err
	}
	if err := b.check(); err != nil {
		return ClockState{}, err
	}
	w := writerOf(by, b.Window)
	if err = e.sure(ctx, k); err != nil {
		return ClockState{}, err
	}
	if b.At = e.clock.Now(); k.writes(w) {
		k.beats(func(last *Beat) { *last = b })
	}
	if _, err = e.sittings.Wait(ctx, wait, k.session, b.Heard); err != nil {
		return ClockState{}, err
	}
	return e.told(ctx, k, page{w, b.Heard}, e.clock.Now())
}
