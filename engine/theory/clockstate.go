package theory

import (
	"context"
	"errors"
	"time"

	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/sitting"
)

func isVoid(err error) bool { return errors.Is(err, ErrVoided) }

// ClockState is what a waiting or sitting candidate's page asks for.
type ClockState struct {
	Now, Opens, Closes time.Time
	Grace              time.Duration // after Closes, for what is on its way
	Paused             bool
	State              string // scheduled, ready when the paper may be opened, in-progress; anything else: over
	Elsewhere          Elsewhere
	Seq                int // of the proceedings: what the page has heard of
	Messages           []*sitting.Line
}

// Elsewhere is where the paper went that this page had, "" while it has it or nobody does.
type Elsewhere string

// The places.
const (
	OtherWindow  Elsewhere = "window"
	OtherMachine Elsewhere = "machine"
)

// page is a candidate's page that asks.
type page struct {
	writer     // it is, or was; without the name of a window only the computer is known
	heard  int // of the proceedings
}

// elsewhere compares the page with the window that writes.
func (k *known) elsewhere(p page) Elsewhere {
	h := k.head.Load()
	switch {
	case h == nil || h.writer == writer{}:
		return ""
	case h.writer.login != p.login:
		return OtherMachine
	case p.window != "" && h.writer.window != p.window:
		return OtherWindow
	}
	return ""
}

// Clock tells the server's time and whether the paper may be opened or the exam is over.
func (e *Exams) Clock(ctx context.Context, by authz.Principal, id AttemptID) (ClockState, error) {
	k, err := e.own(ctx, by, id)
	if err != nil {
		return ClockState{}, err
	}
	now := e.clock.Now()
	k.hear(by.Login, now)
	return e.told(ctx, k, page{writer: writerOf(by, "")}, now)
}

// sure reads the log before a page is told that it is closed or went elsewhere: here that may be known of a log to which
// another process has added since.
func (e *Exams) sure(ctx context.Context, k *known, w writer) error {
	if h := k.head.Load(); h == nil || !h.closed && k.elsewhere(page{writer: w}) == "" {
		return nil
	}
	more, err := e.log(ctx, k.id, k.head.Load().seq)
	if err != nil || len(more) == 0 {
		return err
	}
	log, err := e.log(ctx, k.id, 0)
	if err == nil {
		k.saw(headOf(Fold(log)))
	}
	return err
}

// told is what a candidate's page is told at now, with the messages after the line that it heard of.
func (e *Exams) told(ctx context.Context, k *known, p page, now time.Time) (ClockState, error) {
	seat, err := e.seat(ctx, k, now)
	if err != nil && !isVoid(err) {
		return ClockState{}, err
	}
	void := err != nil
	t, err := e.timesSoon(ctx, k, now)
	if err != nil {
		return ClockState{}, err
	}
	book, err := e.sittings.Proceedings(ctx, k.session, bookPatience)
	if err != nil {
		return ClockState{}, err
	}
	c := ClockState{Now: now, Opens: t.Opens, Closes: t.Closes, Grace: t.Grace, Paused: t.Paused, State: string(Voided), Seq: book.Seq(),
		Messages: book.Messages(k.at().Room, k.ticket, p.heard)}
	if err = e.sure(ctx, k, p.writer); err != nil {
		return ClockState{}, err
	}
	c.Elsewhere = k.elsewhere(p)
	if !void {
		c.State, err = e.clockState(ctx, k, t, seat, now)
	}
	return c, err
}

// clockState reads the attempt only where another process may have moved it: nobody opens a paper before its time.
func (e *Exams) clockState(ctx context.Context, k *known, t sitting.Times, seat *sitting.Seat, now time.Time) (string, error) {
	if now.Before(t.Opens) {
		return string(Scheduled), nil
	}
	a, err := e.ports.Attempts.Attempt(ctx, k.id)
	if err != nil {
		return "", err
	}
	k.learn(a)
	switch {
	case a.State == Scheduled && t.Over(now):
		return "over", nil
	case a.State == Scheduled && !seat.Released.IsZero():
		return "ready", nil
	case a.State == InProgress && (t.Shut(now) || k.closed()), a.State == Marked:
		return string(Submitted), nil
	}
	return string(a.State), nil
}
