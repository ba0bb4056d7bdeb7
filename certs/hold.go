package certs

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/result"
)

// Hold (暂停发证) keeps a result from being issued for while a check of the score, a ruling on misconduct or another
// decision is open.
type Hold struct {
	Result result.ID    `json:"result"`
	Org    engine.OrgID `json:"org"`
	Reason string       `json:"reason"`
	Since  time.Time    `json:"since"`
	Lifted time.Time    `json:"lifted,omitzero"`

	Trail    engine.Trail `json:"trail"`
	Revision int64        `json:"-"`
}

// Open reports whether the hold stands.
func (h *Hold) Open() bool { return h.Lifted.IsZero() }

// Holds keeps one hold a result. Absent: ErrNoHold; taken: ErrHeld. UpdateHold writes only at its Revision, otherwise
// engine.ErrStale. Safe for concurrent use; must pass storetest.Holds.
type Holds interface {
	Hold(ctx context.Context, r result.ID) (*Hold, error)
	CreateHold(ctx context.Context, h *Hold) error
	UpdateHold(ctx context.Context, h *Hold) error
}

// Keep holds a result back. What is issued already is not touched: that is for Revoke. Holding again for the same
// reason is harmless; one that was lifted can be put on anew.
func (i *Issuer) Keep(ctx context.Context, by authz.Principal, r result.ID, reason string) (*Hold, error) {
	reason = strings.TrimSpace(reason)
	if err := i.mayHold(ctx, by, r, reason); err != nil {
		return nil, err
	}
	now := i.clock.Now()
	h := &Hold{Result: r, Org: engine.OrgID(by.Org), Reason: reason, Since: now}
	h.Trail.AddBy(now, by, "hold.put", reason)
	err := i.ports.Holds.CreateHold(ctx, h)
	if !errors.Is(err, ErrHeld) {
		return h, err
	}
	return i.changeHold(ctx, r, func(h *Hold) error {
		switch {
		case h.Open() && h.Reason == reason:
			return engine.ErrUnchanged
		case h.Open():
			return ErrHeld.With("%s", h.Reason)
		}
		h.Reason, h.Since, h.Lifted = reason, now, time.Time{}
		h.Trail.AddBy(now, by, "hold.put", reason)
		return nil
	})
}

// Lift ends a hold. Lifting twice is harmless.
func (i *Issuer) Lift(ctx context.Context, by authz.Principal, r result.ID, reason string) (*Hold, error) {
	reason = strings.TrimSpace(reason)
	if err := i.mayHold(ctx, by, r, reason); err != nil {
		return nil, err
	}
	now := i.clock.Now()
	return i.changeHold(ctx, r, func(h *Hold) error {
		if !h.Open() {
			return engine.ErrUnchanged
		}
		h.Lifted = now
		h.Trail.AddBy(now, by, "hold.lifted", reason)
		return nil
	})
}

// mayHold asks for the action, a reason, and that the result is somebody else's, of a session that by may decide on.
func (i *Issuer) mayHold(ctx context.Context, by authz.Principal, r result.ID, reason string) error {
	if err := by.Require(authz.CertHold); err != nil {
		return err
	}
	if err := reasoned("reason", reason); err != nil {
		return err
	}
	final, err := i.board.Final(ctx, r)
	if err != nil && !errors.Is(err, result.ErrStage) {
		return err
	}
	if final == nil {
		return result.ErrResult
	}
	session, err := i.sittings.Get(ctx, final.Session)
	if err != nil {
		return err
	}
	return i.mayDecide(ctx, by, session.Org, final.Candidate, result.ErrResult)
}

func (i *Issuer) changeHold(ctx context.Context, r result.ID, change func(*Hold) error) (*Hold, error) {
	return engine.Modify(ctx, func(ctx context.Context) (*Hold, error) { return i.ports.Holds.Hold(ctx, r) }, i.ports.Holds.UpdateHold, change)
}
