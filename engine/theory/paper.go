package theory

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/sitting"
	"github.com/skillcert/skillcert/engine/theory/handin"
	"github.com/skillcert/skillcert/questionbank"
)

// Paper is what the exam page shows: the questions in the order of the form with what was answered so far.
type Paper struct {
	Attempt          *Attempt
	Name, Seat, Room string
	Seq              int // of the last entry that is stored
	Questions        []Question
	Now              time.Time
	Times            sitting.Times
	Session          *sitting.Session
	HandIn           *handin.Pass // nil where no hand-in file is taken
}

// Question is one item as shown. It never holds a key.
type Question struct {
	No      int // place in the form, from 1
	Type    questionbank.ItemType
	Stem    string
	Options []string
	Chosen  []int // places in Options, never nil
	Flagged bool

	Answer, Flag Latest // changes that made them so
}

// Begin starts the attempt when the window is open and the candidate is released; when it has started, it only says
// whether it goes on.
func (e *Exams) Begin(ctx context.Context, by authz.Principal, id AttemptID) error {
	_, err := e.opening(ctx, by, id)
	return err
}

// Open gives out the paper to a candidate's window, which writes from then on: see Window. The first time starts the
// attempt; after that it is how a page that was reloaded, or another computer, goes on.
//   - ErrElsewhere: another window has the paper, and w does not say that it takes over.
//   - ErrMachine: the other window came by another sign-in, and no invigilator has readmitted the candidate since.
func (e *Exams) Open(ctx context.Context, by authz.Principal, id AttemptID, w Window) (*Paper, error) {
	if err := w.check(); err != nil {
		return nil, err
	}
	o, err := e.opening(ctx, by, id)
	if err != nil {
		return nil, err
	}
	log, err := e.take(ctx, o.known, w, taking{by, o.seat, o.now})
	if err != nil {
		return nil, err
	}
	sheet := Fold(log)
	if sheet.End != nil {
		return nil, e.brought(ctx, id)
	}
	t, err := e.timesSoon(ctx, o.known, o.now)
	if err != nil {
		return nil, err
	}
	p := &Paper{Attempt: o.attempt.shown(), Name: by.Name, Seat: strconv.Itoa(o.seat.No), Seq: sheet.Seq, Now: o.now, Times: t}
	if p.HandIn, err = e.pass(o.attempt); err != nil {
		return nil, err
	}
	return p, e.print(ctx, p, o.seat, log)
}

// opening is an attempt that has started.
type opening struct {
	*known
	attempt *Attempt // nil, or what was read, until it is started
	seat    *sitting.Seat
	now     time.Time
}

func (e *Exams) opening(ctx context.Context, by authz.Principal, id AttemptID) (o opening, err error) {
	if o.known, o.attempt, err = e.ownRead(ctx, by, id); err != nil {
		return o, err
	}
	o.now = e.clock.Now()
	o.hear(by.Login, o.now)
	if o.seat, err = e.seat(ctx, o.known, o.now); err != nil {
		return o, err
	}
	o.attempt, err = e.start(ctx, o)
	return o, err
}

// start moves the attempt to InProgress, once.
func (e *Exams) start(ctx context.Context, o opening) (*Attempt, error) {
	t, err := e.timesSoon(ctx, o.known, o.now)
	if err == nil && t.Over(o.now) { // refused only by the latest proceedings
		t, err = e.times(ctx, o.known, o.now, 0)
	}
	if err != nil {
		return nil, err
	}
	a, err := e.changeRead(ctx, o.id, o.attempt, func(a *Attempt) error {
		if err := e.mayBegin(ctx, a, o.now); err != nil {
			return err
		}
		return a.open(o.seat, t, o.now)
	})
	if err == nil {
		o.learn(a)
	}
	return a, err
}

// open starts the attempt at now; when it has started, it only says whether it goes on.
func (a *Attempt) open(seat *sitting.Seat, t sitting.Times, now time.Time) error {
	switch {
	case a.State == Voided:
		return ErrVoided
	case a.State != Scheduled && a.State != InProgress, t.Over(now):
		return ErrAttemptClosed
	case now.Before(t.Opens), a.Recalled && a.State == Scheduled:
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

// brought brings an attempt whose log is closed to its end, and says so.
func (e *Exams) brought(ctx context.Context, id AttemptID) error {
	log, err := e.log(ctx, id, 0)
	if err != nil {
		return err
	}
	if _, err = e.mirror(ctx, id, log); err != nil {
		return err
	}
	return ErrAttemptClosed
}

// print fills in the questions from the release that the session is held with.
func (e *Exams) print(ctx context.Context, p *Paper, seat *sitting.Seat, log []*Entry) error {
	sheet, last := Fold(log), latest(log)
	s, err := e.sittings.Get(ctx, p.Attempt.Session)
	if err != nil {
		return err
	}
	p.Session = s
	for _, r := range s.Rooms {
		if r.ID == seat.Room {
			p.Room = r.Name
		}
	}
	release, err := e.bank.Snapshot(ctx, s.Release)
	if err != nil {
		return fmt.Errorf("print the paper of attempt %s: %w", p.Attempt.ID, err)
	}
	if k := e.memory.get(p.Attempt.ID); k != nil {
		pictures := picturesOf(p.Attempt.Form, release)
		k.pictures.Store(&pictures)
	}
	p.Questions = make([]Question, len(p.Attempt.Form.Items))
	for i, it := range p.Attempt.Form.Items {
		v, ok := release.Item(it.Code)
		if !ok || v.Version != it.Version {
			return fmt.Errorf("print the paper of attempt %s: release %s lacks item %s version %d", p.Attempt.ID, s.Release, it.Code, it.Version)
		}
		q := Question{No: i + 1, Type: it.Type, Stem: v.Stem, Chosen: []int{}, Flagged: sheet.Flagged[i+1],
			Answer: last[subject{Response, i + 1}], Flag: last[subject{Flag, i + 1}]}
		for _, o := range it.Options {
			q.Options = append(q.Options, v.Options[o])
		}
		q.Chosen = append(q.Chosen, sheet.Chosen[i+1]...)
		p.Questions[i] = q
	}
	return nil
}
