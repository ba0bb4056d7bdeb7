package certs

import (
	"context"
	"errors"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/result"
	"github.com/skillcert/skillcert/engine/sitting"
)

// Stand is a passed result of a session and its certificate, nil while none is recorded.
type Stand struct {
	Result      *result.Result
	Certificate *Certificate
}

// Sealed reports whether the certificate has a document.
func (s Stand) Sealed() bool {
	return s.Certificate != nil && s.Certificate.State != Reserved && s.Certificate.State != Void
}

// Stands lists the passed results of a session whose publicity is over, in the order of tickets, each with what was
// issued for it. Before that it is ErrNotFinal.
func (i *Issuer) Stands(ctx context.Context, by authz.Principal, id sitting.SessionID) ([]Stand, error) {
	if _, err := i.seen(ctx, by, id); err != nil {
		return nil, err
	}
	all, err := engine.All(ctx, func(ctx context.Context, c engine.Cursor) ([]*result.Result, string, error) {
		return i.board.FinalPage(ctx, by, id, c)
	})
	if err != nil {
		return nil, notFinal(err)
	}
	all = passed(all)
	stands := make([]Stand, len(all))
	for n, r := range all {
		stands[n].Result = r
		if stands[n].Certificate, err = i.reserved(ctx, r.ID); err != nil {
			return nil, err
		}
	}
	return stands, nil
}

// seen is window for somebody who may read certificates.
func (i *Issuer) seen(ctx context.Context, by authz.Principal, id sitting.SessionID) (*window, error) {
	if err := by.Require(authz.CertRead); err != nil {
		return nil, err
	}
	return i.window(ctx, by, id)
}

// OpenHolds are those of the results of a session that are held back now, by result.
func (i *Issuer) OpenHolds(ctx context.Context, by authz.Principal, id sitting.SessionID, results []*result.Result) (map[result.ID]*Hold, error) {
	if _, err := i.seen(ctx, by, id); err != nil {
		return nil, err
	}
	open := map[result.ID]*Hold{}
	for _, r := range results {
		if r.Session != id {
			continue
		}
		h, err := i.ports.Holds.Hold(ctx, r.ID)
		switch {
		case errors.Is(err, ErrNoHold), err == nil && !h.Open():
		case err != nil:
			return nil, err
		default:
			open[r.ID] = h
		}
	}
	return open, nil
}

// TakesNumbers reports whether the numbers of a session's certificates are given by the authority.
func (i *Issuer) TakesNumbers(ctx context.Context, by authz.Principal, id sitting.SessionID) (bool, error) {
	w, err := i.seen(ctx, by, id)
	if err != nil {
		return false, err
	}
	return w.takesNumbers(), nil
}

// TakesAwardNumbers reports the same of the certificates of a body's prizes.
func (i *Issuer) TakesAwardNumbers(ctx context.Context, by authz.Principal, org engine.OrgID) (bool, error) {
	if err := by.Require(authz.CertRead); err != nil {
		return false, err
	}
	if !actsFor(by, org) {
		return false, engine.ErrOrg
	}
	body, err := i.people.Organisation(ctx, org)
	if err != nil {
		return false, err
	}
	return (&window{issuer: i, body: body}).takesNumbers(), nil
}
