package theory

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/sitting"
	"github.com/skillcert/skillcert/questionbank"
	"github.com/skillcert/skillcert/questionbank/assembly/protocol"
)

// Late seats a candidate who is not in the roster and gives them a form: by rule the unused reserve of the site that the
// seed picks for their ticket, else a new one. Tickets are given in the order of seating, so whoever seats latecomers sets
// which ticket is whose, but nobody is shown what it draws before. It may be done until the window
// closes, and done again without harm.
func (e *Exams) Late(ctx context.Context, by authz.Principal, id sitting.SessionID, p engine.PersonID) (*Attempt, error) {
	if err := by.Require(authz.FormsDraw); err != nil {
		return nil, err
	}
	s, err := e.toRun(ctx, by, id)
	if err != nil {
		return nil, err
	}
	d, err := e.ports.Draws.Draw(ctx, id)
	if err != nil {
		return nil, err
	}
	now := e.clock.Now()
	switch {
	case d.Root == "":
		return nil, ErrDrawStep.With("还没有组卷")
	case !now.Before(s.Theory.Closes):
		return nil, ErrDrawLate
	}
	seat, err := e.sittings.SeatLate(ctx, by, id, p)
	if err != nil {
		return nil, err
	}
	late := DrawnSeat{Ticket: seat.Ticket, Candidate: p, Room: seat.Room, No: seat.No, Late: true}
	if late.Excluded, err = e.metBy(ctx, s, d, p); err != nil {
		return nil, err
	}
	return e.enter(ctx, by, s, late, now)
}

// metBy are the items that a latecomer must not meet again.
func (e *Exams) metBy(ctx context.Context, s *sitting.Session, d *Draw, p engine.PersonID) ([]string, error) {
	alone := &Draw{Blueprint: d.Blueprint, Seats: []DrawnSeat{{Candidate: p}}}
	err := e.history(ctx, s, alone, 0)
	return alone.Seats[0].Excluded, err
}

// enter takes a latecomer into the record and makes the attempt.
func (e *Exams) enter(ctx context.Context, by authz.Principal, s *sitting.Session, seat DrawnSeat, now time.Time) (*Attempt, error) {
	var last *rerun
	_, err := e.advance(ctx, s, func(r *rerun) error {
		if last = r; r.d.slotOf(seat.Ticket) >= 0 {
			return engine.ErrUnchanged
		}
		key := protocol.Key(r.d.Held.Key)
		err := r.step(now, protocol.Late{Level: s.Level, Province: s.Province, Site: r.d.Site, Candidate: pseudonym(key, seat.Ticket),
			Excluded: r.handles(seat.Excluded)})
		if err != nil {
			return err
		}
		v, _ := r.d.Log[len(r.d.Log)-1].Event.(protocol.Late)
		r.d.Seats = append(r.d.Seats, seat)
		if v.Slot < len(r.d.Tickets) {
			r.d.Tickets[v.Slot] = seat.Ticket
		} else {
			r.d.Tickets = append(r.d.Tickets, seat.Ticket)
		}
		r.d.Trail.Add(now, by.Account, "draw.late", string(seat.Ticket))
		return nil
	})
	if err != nil {
		return nil, err
	}
	a, err := e.ports.Attempts.Attempt(ctx, AttemptOf(seat.Ticket))
	if errors.Is(err, ErrAttempt) {
		if err = e.giveForm(ctx, by, last, seat, false); err == nil {
			a, err = e.ports.Attempts.Attempt(ctx, AttemptOf(seat.Ticket))
		}
	}
	if err != nil {
		return nil, err
	}
	return a.shown(), nil
}

// Replaced says what became of a withdrawn item in a session's forms.
type Replaced struct {
	Forms   int   `json:"forms"`   // that had it and got another
	Started []int `json:"started"` // slots of papers that were open already: they keep it
}

// Replace takes an item that the bank has suspended or retired out of every form of the session that nobody has opened,
// reserves included, by rule. Papers that are open keep it, and the event in the log says so: the others cannot be opened
// from before that is counted until they have their new form. Doing it again completes what was cut off.
func (e *Exams) Replace(ctx context.Context, by authz.Principal, id sitting.SessionID, code, reason string) (Replaced, error) {
	var done Replaced
	var last *rerun
	s, _, err := e.running(ctx, by, id, func(r *rerun, now time.Time) error {
		switch last = r; {
		case !now.Before(r.s.Theory.Closes):
			return ErrDrawLate
		case r.d.Root == "":
			return ErrDrawStep.With("还没有组卷")
		}
		handles := r.handles([]string{code})
		if len(handles) == 0 {
			return protocol.ErrItem.With("%s", code)
		}
		if r.withdrawn(handles[0]) {
			return engine.ErrUnchanged
		}
		if reason = strings.TrimSpace(reason); reason == "" {
			return ErrDrawReason
		}
		if err := e.outOfUse(ctx, code); err != nil {
			return err
		}
		if err := e.hold(ctx, by, r, code); err != nil {
			return err
		}
		said, err := e.keepers(ctx, r, code)
		if err != nil {
			return err
		}
		r.d.Trail.Add(now, by.Account, "draw.replaced", code+"："+reason+said)
		return r.step(now, protocol.Withdrawal{Level: r.s.Level, Handle: handles[0], Reason: reason + said})
	})
	if err != nil {
		return done, errors.Join(err, e.letGo(ctx, by, last, code))
	}
	var mu sync.Mutex
	err = each(ctx, last.d.Seats, func(ctx context.Context, seat DrawnSeat) error {
		changed, kept, err := e.replaceIn(ctx, by, last, seat, code)
		mu.Lock()
		defer mu.Unlock()
		if changed {
			done.Forms++
		}
		if kept {
			done.Started = append(done.Started, last.d.slotOf(seat.Ticket))
		}
		return err
	})
	slices.Sort(done.Started)
	if err != nil {
		return done, fmt.Errorf("replace item %s in session %s: %w", code, s.ID, err)
	}
	return done, nil
}

// outOfUse asks that the bank has taken the item out of use, so that no one here decides over its worth.
func (e *Exams) outOfUse(ctx context.Context, code string) error {
	state, err := e.bank.StateOf(ctx, code)
	if err != nil {
		return err
	}
	if state != questionbank.Suspended && state != questionbank.Retired {
		return ErrDrawStep.With("试题 %s 尚未在题库中停用", code)
	}
	return nil
}

// hold keeps the forms with the item that nobody has opened from being opened.
func (e *Exams) hold(ctx context.Context, by authz.Principal, r *rerun, code string) error {
	return each(ctx, r.d.Seats, func(ctx context.Context, seat DrawnSeat) error {
		_, err := e.change(ctx, AttemptOf(seat.Ticket), func(a *Attempt) error {
			if a.Recalled || a.State != Scheduled || !holds(a.Form, code) {
				return engine.ErrUnchanged
			}
			a.Recalled = true
			a.Trail.Add(e.clock.Now(), by.Account, "attempt.recalled", code)
			return nil
		})
		return err
	})
}

// letGo gives back what hold took, when the item is not replaced after all.
func (e *Exams) letGo(ctx context.Context, by authz.Principal, r *rerun, code string) error {
	if r == nil {
		return nil
	}
	d, err := e.ports.Draws.Draw(ctx, r.s.ID)
	handles := r.handles([]string{code})
	if err != nil || d.Root == "" || len(handles) == 0 || (&rerun{d: d}).withdrawn(handles[0]) {
		return err
	}
	return each(ctx, d.Seats, func(ctx context.Context, seat DrawnSeat) error {
		_, err := e.change(ctx, AttemptOf(seat.Ticket), func(a *Attempt) error {
			if !a.Recalled || a.State != Scheduled || !holds(a.Form, code) {
				return engine.ErrUnchanged
			}
			a.Recalled = false
			a.Trail.Add(e.clock.Now(), by.Account, "attempt.kept", code)
			return nil
		})
		if errors.Is(err, ErrAttempt) {
			return nil
		}
		return err
	})
}

func (r *rerun) withdrawn(handle string) bool {
	return slices.ContainsFunc(r.d.Log, func(e protocol.Entry) bool {
		v, ok := e.Event.(protocol.Withdrawal)
		return ok && v.Handle == handle
	})
}

// keepers says which papers are open already and keep the item.
func (e *Exams) keepers(ctx context.Context, r *rerun, code string) (string, error) {
	attempts, err := e.attemptsOf(ctx, r.s.ID)
	if err != nil {
		return "", err
	}
	var slots []int
	for _, a := range attempts {
		if a.State != Scheduled && holds(a.Form, code) {
			slots = append(slots, r.d.slotOf(a.Ticket))
		}
	}
	if len(slots) == 0 {
		return "", nil
	}
	slices.Sort(slots)
	list := make([]string, len(slots))
	for i, n := range slots {
		list[i] = strconv.Itoa(n)
	}
	return "（已开考、保留原题的试卷：" + strings.Join(list, "、") + "）", nil
}

// replaceIn brings the attempt of a seat to its form as it now stands, unless the paper is open.
func (e *Exams) replaceIn(ctx context.Context, by authz.Principal, r *rerun, seat DrawnSeat, code string) (changed, kept bool, err error) {
	f, err := r.form(r.d.slotOf(seat.Ticket))
	if err != nil {
		return false, false, err
	}
	_, err = e.change(ctx, AttemptOf(seat.Ticket), func(a *Attempt) error {
		changed, kept = false, a.State != Scheduled && holds(a.Form, code)
		if a.State != Scheduled || a.Form.Digest() == f.Digest() && !a.Recalled {
			return engine.ErrUnchanged
		}
		changed = holds(a.Form, code)
		a.Form, a.Recalled = f, false
		a.Trail.Add(e.clock.Now(), by.Account, "attempt.item-replaced", code)
		return nil
	})
	return changed, kept, err
}
