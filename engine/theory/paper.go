package theory

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/sitting"
	"github.com/skillcert/skillcert/questionbank"
)

// Paper is what the exam page shows: the questions in the order of the form with what was answered so far.
type Paper struct {
	Attempt          *Attempt
	Name, Seat, Room string
	Seq              int // of the last entry that is stored
	Questions        []Question
	Now              time.Time
}

// Question is one item as shown. It never holds a key.
type Question struct {
	No      int // place in the form, from 1
	Type    questionbank.ItemType
	Stem    string
	Options []string
	Chosen  []int // places in Options, never nil
	Flagged bool
}

// Open gives out the paper while the window is open and the candidate is released. The first time starts the attempt;
// after that it is how a page that was reloaded, or another computer, goes on.
func (e *Exams) Open(ctx context.Context, by authz.Principal, id AttemptID) (*Paper, error) {
	k, err := e.own(ctx, by, id)
	if err != nil {
		return nil, err
	}
	now := e.clock.Now()
	k.heard.Store(now.UnixMilli())
	seat, err := e.seat(ctx, k, now)
	if err != nil {
		return nil, err
	}
	a, err := e.start(ctx, k, seat, now)
	if err != nil {
		return nil, err
	}
	sheet, err := e.sheet(ctx, k, a)
	if err != nil {
		return nil, err
	}
	p := &Paper{Attempt: a.shown(), Name: by.Name, Seat: strconv.Itoa(seat.No), Seq: sheet.Seq, Now: now}
	return p, e.print(ctx, p, seat, sheet)
}

// start moves the attempt to InProgress, once.
func (e *Exams) start(ctx context.Context, k *known, seat *sitting.Seat, now time.Time) (*Attempt, error) {
	a, err := e.change(ctx, k.id, func(a *Attempt) error {
		if err := e.mayBegin(ctx, a, now); err != nil {
			return err
		}
		return a.open(seat, now)
	})
	if err == nil {
		k.learn(a)
	}
	return a, err
}

// open starts the attempt at now; when it has started, it only says whether it goes on.
func (a *Attempt) open(seat *sitting.Seat, now time.Time) error {
	switch {
	case a.State == Voided:
		return ErrVoided
	case a.State != Scheduled && a.State != InProgress, !now.Before(a.Window.Closes):
		return ErrAttemptClosed
	case now.Before(a.Window.Opens), a.Recalled && a.State == Scheduled:
		return ErrNotOpen
	case seat.Released.IsZero():
		return ErrNotReleased
	case a.State == InProgress:
		return engine.ErrUnchanged
	}
	a.State, a.Started = InProgress, now
	a.Trail.Add(now, "ticket:"+string(a.Ticket), "attempt.opened", "")
	return nil
}

// sheet reads the answers so far. A log that is closed while the document lags behind is brought to its end.
func (e *Exams) sheet(ctx context.Context, k *known, a *Attempt) (Sheet, error) {
	log, err := e.log(ctx, a.ID, 0)
	if err != nil {
		return Sheet{}, err
	}
	sheet := Fold(log)
	k.saw(sheet.Seq, sheet.End != nil)
	if sheet.End == nil {
		return sheet, nil
	}
	if _, err = e.mirror(ctx, a.ID, log); err != nil {
		return Sheet{}, err
	}
	return Sheet{}, ErrAttemptClosed
}

// print fills in the questions from the release that the session is held with.
func (e *Exams) print(ctx context.Context, p *Paper, seat *sitting.Seat, sheet Sheet) error {
	s, err := e.sittings.Get(ctx, p.Attempt.Session)
	if err != nil {
		return err
	}
	for _, r := range s.Rooms {
		if r.ID == seat.Room {
			p.Room = r.Name
		}
	}
	release, err := e.bank.Snapshot(ctx, s.Release)
	if err != nil {
		return fmt.Errorf("print the paper of attempt %s: %w", p.Attempt.ID, err)
	}
	p.Questions = make([]Question, len(p.Attempt.Form.Items))
	for i, it := range p.Attempt.Form.Items {
		v, ok := release.Item(it.Code)
		if !ok || v.Version != it.Version {
			return fmt.Errorf("print the paper of attempt %s: release %s lacks item %s version %d", p.Attempt.ID, s.Release, it.Code, it.Version)
		}
		q := Question{No: i + 1, Type: it.Type, Stem: v.Stem, Chosen: []int{}, Flagged: sheet.Flagged[i+1]}
		for _, o := range it.Options {
			q.Options = append(q.Options, v.Options[o])
		}
		q.Chosen = append(q.Chosen, sheet.Chosen[i+1]...)
		p.Questions[i] = q
	}
	return nil
}
