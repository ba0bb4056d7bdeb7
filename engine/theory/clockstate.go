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
	Seat               int  // number within the room, which a move changes; 0 for who is voided
	CheckedIn          bool // 签到
	Seq                int  // of the proceedings: what the page has heard of
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

// sure reads on in the log of a paper that is open, for another process may have added to it: only then is a page told that
// the paper is closed, or went elsewhere. Mostly nothing was added, which costs far less than reading the attempt.
func (e *Exams) sure(ctx context.Context, k *known) error {
	if !k.opened() {
		return nil
	}
	h := k.head.Load()
	if h != nil {
		if more, err := e.log(ctx, k.id, h.seq); err != nil || len(more) == 0 {
			return err
		}
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
	if err = e.sure(ctx, k); err != nil {
		return ClockState{}, err
	}
	c.Elsewhere = k.elsewhere(p)
	if !void {
		var state State
		state, err = e.clockState(ctx, k, t, seat, now)
		c.State, c.Seat, c.CheckedIn = string(state), seat.No, !seat.CheckedIn.IsZero()
	}
	return c, err
}

// clockState is asked once the log is sure. The attempt is read only until it is open here: from then on the log says
// whether it goes on.
func (e *Exams) clockState(ctx context.Context, k *known, t sitting.Times, seat *sitting.Seat, now time.Time) (State, error) {
	switch {
	case k.opened() && (t.Shut(now) || k.closed()):
		return Submitted, nil
	case k.opened(): // though it be too early yet by this server's clock: another one opened it
		return InProgress, nil
	case now.Before(t.Opens):
		return Scheduled, nil
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
	case a.State == Scheduled:
		return Scheduled, nil
	}
	if err := e.sure(ctx, k); err != nil {
		return "", err
	}
	return e.clockState(ctx, k, t, seat, now)
}
