package theory

import (
	"context"
	"crypto"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/sitting"
	"github.com/skillcert/skillcert/questionbank/assembly/protocol"
)

// Redraw proposes to draw again, with the reason, before the window opens. The custodians sign, and with the quorum the
// forms are recalled; where the server is the only one, another account of the office asks for the same, which is
// possible once. The next Draw is the next attempt. Where there are no forms yet, what is proposed is to put aside what
// was begun; see aside. Asking again for what is decided finishes a recall that was cut off.
func (e *Exams) Redraw(ctx context.Context, by authz.Principal, id sitting.SessionID, reason string) (*Draw, error) {
	s, d, err := e.running(ctx, by, id, func(r *rerun, now time.Time) error {
		reason = strings.TrimSpace(reason)
		switch {
		case r.redrawing():
			return engine.ErrUnchanged
		case r.d.Proposed != nil && r.d.Proposed.Reason == reason && r.d.Stands():
			return r.second(by, now)
		case reason == "":
			return ErrDrawReason
		case r.d.Old(), len(r.d.Log) == 0 && r.d.Alone():
			return ErrDrawStep.With("还没有组卷")
		case !now.Before(r.s.Theory.Opens):
			return ErrDrawLate
		case r.d.Alone() && logged[protocol.Redraw](r.d) > 0:
			return ErrDrawStep.With("没有种子保管人的场次只能重新组卷一次")
		}
		head, drawn := r.head()
		p := &Proposal{Redraw: protocol.Redraw{Reason: reason}, By: by.Account}
		switch {
		case drawn && r.d.Root != "":
			p.Attempt, p.Before = head.Attempt+1, head.Root
		case r.d.fresh():
			return ErrDrawStep.With("还没有组卷")
		default:
			p.Before = r.d.last()
		}
		r.d.Proposed = p
		r.d.Trail.Add(now, by.Account, "draw.redraw-proposed", reason)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return d.shown(false), e.recall(ctx, by, s, d)
}

// redrawing reports whether a redraw is decided and not drawn yet.
func (r *rerun) redrawing() bool {
	n := len(r.d.Log)
	if n == 0 || r.d.Root != "" {
		return false
	}
	_, ok := r.d.Log[n-1].Event.(protocol.Redraw)
	return ok
}

// Stands reports whether what is proposed still speaks of the draw as it is.
func (d *Draw) Stands() bool {
	return d.Proposed.Attempt > 0 || d.Root == "" && d.Proposed.Before == d.last()
}

// Seconded reports whether what is proposed is decided by another account of the office that asks for the same; else the
// custodians sign.
func (d *Draw) Seconded() bool { return d.Alone() || d.Terms() == nil }

// second takes the word of another account of the office for what is proposed, where nobody signs.
func (r *rerun) second(by authz.Principal, now time.Time) error {
	switch {
	case !r.d.Seconded():
		return engine.ErrUnchanged // the custodians sign
	case by.Account == r.d.Proposed.By || by.Has(authz.Engine):
		return engine.ErrUnchanged // nobody is their own second
	case !now.Before(r.s.Theory.Opens):
		return ErrDrawLate
	case r.d.Proposed.Attempt == 0:
		return r.aside(by, now)
	}
	signer, err := protocol.Code(r.d.Held.Code).Signer(string(r.s.ID))
	if err != nil {
		return err
	}
	signature, err := signer.Sign(nil, r.d.Proposed.statement(r.s.ID), crypto.Hash(0))
	if err != nil {
		return err
	}
	return r.signed(1, signature, by, now)
}

func (p *Proposal) statement(id sitting.SessionID) []byte {
	return p.Redraw.Statement(string(id), p.Before)
}

// Statement is what a custodian signs to allow the redraw that is proposed; nil when none is.
func (d *Draw) Statement() []byte {
	if d.Proposed == nil {
		return nil
	}
	return d.Proposed.statement(d.Session)
}

// SignRedraw takes a custodian's signature for the redraw that is proposed.
func (e *Exams) SignRedraw(ctx context.Context, by authz.Principal, id sitting.SessionID, signature protocol.Hex) (*Draw, error) {
	d, err := e.keeping(ctx, by, id, func(r *rerun, n int, now time.Time) error {
		switch {
		case r.redrawing():
			return engine.ErrUnchanged
		case r.d.Proposed == nil || r.d.Terms() == nil || !r.d.Stands():
			return ErrDrawStep.With("没有提出重新组卷")
		case !now.Before(r.s.Theory.Opens):
			return ErrDrawLate
		case slices.ContainsFunc(r.d.Proposed.Signatures, func(s protocol.RedrawSignature) bool { return s.Custodian == n }):
			return engine.ErrUnchanged
		}
		return r.signed(n, signature, by, now)
	})
	if err != nil {
		return nil, err
	}
	s, err := e.sittings.Get(ctx, id)
	if err != nil {
		return nil, err
	}
	return d, e.recall(ctx, by, s, d)
}

// signed adds a signature; with the quorum the redraw is decided.
func (r *rerun) signed(n int, signature protocol.Hex, by authz.Principal, now time.Time) error {
	p := r.d.Proposed
	if err := r.d.Terms().SignedRedraw(n, p.Redraw, p.Before, signature); err != nil {
		return err
	}
	p.Signatures = append(p.Signatures, protocol.RedrawSignature{Custodian: n, Signature: signature})
	slices.SortFunc(p.Signatures, func(a, b protocol.RedrawSignature) int { return a.Custodian - b.Custodian })
	r.d.Trail.Add(now, by.Account, "draw.redraw-signed", "")
	if len(p.Signatures) < r.d.Quorum {
		return nil
	}
	if p.Attempt == 0 {
		return r.aside(by, now)
	}
	r.d.Root, r.d.Proposed = "", nil
	r.d.Trail.Add(now, by.Account, "draw.redraw-decided", p.Reason)
	return r.step(now, p.Redraw)
}

// mayBegin keeps a form from being opened while the draw that it belongs to has no root: a redraw may be decided whose
// recall was cut off. From the opening of the window on a root that is there stays.
func (e *Exams) mayBegin(ctx context.Context, a *Attempt, now time.Time) error {
	if a.State != Scheduled || now.Before(a.Window.Opens) {
		return nil // open tells
	}
	if _, seen := e.whole.Load(a.Session); seen {
		return nil
	}
	switch d, err := e.ports.Draws.Draw(ctx, a.Session); {
	case errors.Is(err, ErrDraw), err == nil && d.Root == "":
		return ErrNotOpen
	case err != nil:
		return err
	}
	e.whole.Store(a.Session, true)
	return nil
}

// recall keeps forms that a redraw gave up from being opened. Draw takes it back with the new form.
func (e *Exams) recall(ctx context.Context, by authz.Principal, s *sitting.Session, d *Draw) error {
	if d.Root != "" || logged[protocol.Redraw](d) == 0 {
		return nil
	}
	return each(ctx, d.Seats, func(ctx context.Context, seat DrawnSeat) error {
		_, err := e.change(ctx, AttemptOf(seat.Ticket), func(a *Attempt) error {
			if a.Recalled || a.State != Scheduled {
				return engine.ErrUnchanged
			}
			a.Recalled = true
			a.Trail.Add(e.clock.Now(), by.Account, "attempt.recalled", "")
			return nil
		})
		return err
	})
}
