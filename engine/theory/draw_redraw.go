package theory

import (
	"context"
	"crypto"
	"slices"
	"strings"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/sitting"
	"github.com/skillcert/skillcert/questionbank/assembly/protocol"
)

// Redraw proposes to draw again, with the reason, before the window opens. The custodians sign; where the server is the
// only one, it does so at once. With the quorum the forms are recalled, and the next Draw is the next attempt.
func (e *Exams) Redraw(ctx context.Context, by authz.Principal, id sitting.SessionID, reason string) (*Draw, error) {
	s, d, err := e.running(ctx, by, id, func(r *rerun, now time.Time) error {
		head, drawn := r.head()
		switch {
		case strings.TrimSpace(reason) == "":
			return protocol.ErrQuorum.With("缺少重新组卷的理由")
		case !drawn || r.d.Root == "":
			return ErrDrawStep.With("还没有组卷")
		case !now.Before(r.s.Theory.Opens):
			return ErrDrawLate
		case r.d.Proposed != nil && r.d.Proposed.Reason == strings.TrimSpace(reason):
			return engine.ErrUnchanged
		}
		r.d.Proposed = &Proposal{Redraw: protocol.Redraw{Attempt: head.Attempt + 1, Reason: strings.TrimSpace(reason)}, Before: head.Root}
		r.d.Trail.Add(now, by.Account, "draw.redraw-proposed", r.d.Proposed.Reason)
		if !r.d.Alone() {
			return nil
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
	})
	if err != nil {
		return nil, err
	}
	return d.shown(s, e.clock.Now()), e.recall(ctx, by, s, d)
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
		case r.d.Proposed == nil:
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
	r.d.Root, r.d.Proposed = "", nil
	r.d.Trail.Add(now, by.Account, "draw.redraw-decided", p.Reason)
	return r.step(now, p.Redraw)
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
