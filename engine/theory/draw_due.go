package theory

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/skillcert/skillcert/engine/sitting"
	"github.com/skillcert/skillcert/questionbank/assembly/protocol"
)

// DrawsOf tells the sittings what the draws have agreed on: a sitting knows of no draw.
func DrawsOf(d Draws) sitting.Draws { return drawsOf{d} }

type drawsOf struct{ draws Draws }

// RandomDue is that of sitting.Draws. What a draw had agreed on that was put aside binds nobody until keys come in again.
func (o drawsOf) RandomDue(ctx context.Context, id sitting.SessionID) (time.Time, error) {
	d, err := o.draws.Draw(ctx, id)
	if errors.Is(err, ErrDraw) {
		return time.Time{}, nil
	}
	if err != nil || d.Beacon.Kind != protocol.Drand {
		return time.Time{}, err
	}
	if len(d.Aside) > 0 && !slices.ContainsFunc(d.Custodians, func(c Custodian) bool { return len(c.Sign) > 0 }) {
		return time.Time{}, nil
	}
	return protocol.RoundDue(d.Beacon.Round), nil
}
