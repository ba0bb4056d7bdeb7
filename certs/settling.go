package certs

import (
	"context"
	"errors"

	"github.com/skillcert/skillcert/engine/result"
	"github.com/skillcert/skillcert/engine/sitting"
)

// Settling says whether a session is settled; it is what sitting.Settling asks for.
type Settling struct {
	Board  *result.Board
	Issuer *Issuer
}

// Settled reports whether publicity of the session's results is over, none of them waits for anything, and every pass has its
// sealed certificate, whatever became of that since. It asks for no role: it is for other rooms.
func (s Settling) Settled(ctx context.Context, id sitting.SessionID) (bool, error) {
	all, err := s.Board.Concluded(ctx, id)
	if errors.Is(err, result.ErrStage) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	for _, r := range all {
		switch r.Outcome() {
		case result.Pending:
			return false, nil
		case result.Pass:
			c, err := s.Issuer.reserved(ctx, r.ID)
			if err != nil || !(Stand{Certificate: c}).Sealed() {
				return false, err
			}
		}
	}
	return true, nil
}
