package theory

import (
	"context"
	"errors"
	"slices"
	"sync"

	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/engine/sitting"
	"github.com/skillcert/skillcert/questionbank/assembly/protocol"
)

// ErrNoReceipt refuses the receipt of a form that was made after the draw, because the reserves were used up.
var ErrNoReceipt = errs.New(errs.Conflict, "draw.no_receipt", "这份试卷没有凭据")

// FormReceipt proves to a candidate that the form of their own attempt is the one that was drawn for their seat; the exam
// office of the session's body may have it too. It is there from the reveal on, ErrDrawSealed before; see Transcript. Of
// draws from before there was a log there is none, ErrDrawOld. A latecomer's says that theirs is a reserve form, and the
// log to whom that was given; a form that no draw made is ErrNoReceipt. ErrDrawBroken: the attempt holds another form
// than the draw gave it.
func (e *Exams) FormReceipt(ctx context.Context, by authz.Principal, id AttemptID) (protocol.Receipt, error) {
	a, d, err := e.receiptable(ctx, by, id)
	if err != nil {
		return protocol.Receipt{}, err
	}
	r, err := e.toTheEnd(ctx, d)
	if err != nil {
		return protocol.Receipt{}, err
	}
	key, name := protocol.Key(d.Held.Key), string(a.Ticket)
	proof, err := r.sit.Receipt(r.s.Level, d.slotOf(a.Ticket), name, key.PseudonymSalt(name))
	if err != nil {
		return protocol.Receipt{}, err
	}
	told, err := proof.Check(d.Log, d.Log[len(d.Log)-1].At)
	if err != nil {
		return protocol.Receipt{}, err
	}
	if !proof.Sat(key, a.Form, told.Replaced) {
		return protocol.Receipt{}, ErrDrawBroken.With("准考证号 %s 的试卷不是组卷得出的", name)
	}
	return proof, nil
}

// HasReceipt reports whether FormReceipt has something to give, without deriving anything.
func (e *Exams) HasReceipt(ctx context.Context, by authz.Principal, id AttemptID) (bool, error) {
	_, _, err := e.receiptable(ctx, by, id)
	if k := errs.KindOf(err); k == errs.NotFound || k == errs.Conflict {
		return false, nil
	}
	return err == nil, err
}

// receiptable is the attempt and its draw, if by may have the receipt and there is one.
func (e *Exams) receiptable(ctx context.Context, by authz.Principal, id AttemptID) (*Attempt, *Draw, error) {
	a, err := e.ownOrRun(ctx, by, id)
	if err != nil {
		return nil, nil, err
	}
	d, err := e.ports.Draws.Draw(ctx, a.Session)
	switch {
	case err != nil:
		return nil, nil, err
	case d.Old():
		return nil, nil, ErrDrawOld
	case d.Stage() != DrawRevealed:
		return nil, nil, ErrDrawSealed
	}
	slot := d.slotOf(a.Ticket)
	for _, entry := range d.Log {
		if v, ok := entry.Event.(protocol.Late); ok && v.Extra && v.Slot == slot {
			return nil, nil, ErrNoReceipt.With("备用试卷已用完，它是组卷之后为迟到考生另出的，全部题目写在组卷记录的日志第 %d 条", entry.No)
		}
	}
	return a, d, nil
}

// ownOrRun is an attempt for its candidate, or for the exam office of its session. To everybody else it does not exist.
func (e *Exams) ownOrRun(ctx context.Context, by authz.Principal, id AttemptID) (*Attempt, error) {
	if !by.Can(authz.FormsDraw) {
		if _, err := e.own(ctx, by, id); err != nil {
			return nil, err
		}
	}
	a, err := e.ports.Attempts.Attempt(ctx, id)
	if err != nil || !by.Can(authz.FormsDraw) {
		return a, err
	}
	if _, err = e.toRun(ctx, by, a.Session); errors.Is(err, sitting.ErrSession) {
		err = ErrAttempt
	}
	return a, err
}

// revealed keeps the draws that receipts were asked of last, the newest first, so that a whole session asking at once
// has its draw derived once. Nothing changes in them any more.
type revealed struct {
	mu  sync.Mutex
	all []*rerun
}

// mostRevealed bounds what is kept: each holds the cards of a release and the forms of a session.
const mostRevealed = 4

// toTheEnd derives a draw that is revealed, one at a time.
func (e *Exams) toTheEnd(ctx context.Context, d *Draw) (*rerun, error) {
	e.revealed.mu.Lock()
	defer e.revealed.mu.Unlock()
	all := e.revealed.all
	at := slices.IndexFunc(all, func(r *rerun) bool { return r.d.Session == d.Session && r.d.last() == d.last() })
	if at >= 0 {
		r := all[at]
		e.revealed.all = slices.Insert(slices.Delete(all, at, at+1), 0, r)
		return r, nil
	}
	s, err := e.sittings.Get(ctx, d.Session)
	if err != nil {
		return nil, err
	}
	r, err := e.rerun(ctx, s, d)
	if err != nil {
		return nil, err
	}
	e.revealed.all = slices.Insert(all[:min(len(all), mostRevealed-1)], 0, r)
	return r, nil
}
