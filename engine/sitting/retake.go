package sitting

import (
	"context"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/errs"
)

// ErrRetakeLate refuses to change what a candidate takes once the session has begun.
var ErrRetakeLate = errs.New(errs.Conflict, "retake.late", "考试已开始，不能再改为只考一科")

// Takes reports whether the candidate takes the component in this session.
func (t *Seat) Takes(c engine.Component) bool { return t.Only == "" || t.Only == c }

// TakeOnly says that a candidate takes one component only (补考), because a pass of the other is kept; the empty component
// takes it back. It is for the exam office, before either component opens. Whether a pass is kept is for the join to find.
func (s *Sittings) TakeOnly(ctx context.Context, by authz.Principal, id SessionID, t Ticket, c engine.Component) (*Seat, error) {
	if err := by.Require(authz.PlanWrite); err != nil {
		return nil, err
	}
	n, err := s.Session(ctx, by, id)
	if err != nil {
		return nil, err
	}
	var wrong errs.Check
	wrong.That(c == "" || c == engine.Theory || c == engine.Practical, "component", "unknown", "请选择补考的科目")
	if err := wrong.Err(ErrSessionInput); err != nil {
		return nil, err
	}
	now := s.clock.Now()
	return engine.Modify(ctx, func(ctx context.Context) (*Seat, error) {
		seat, err := s.ports.Seats.Seat(ctx, t)
		if err == nil && seat.Session != id {
			return nil, ErrTicket
		}
		return seat, err
	}, s.ports.Seats.UpdateSeat, func(seat *Seat) error {
		switch {
		case seat.Only == c:
			return engine.ErrUnchanged
		case !now.Before(n.Theory.Opens), !now.Before(n.Practical.Opens):
			return ErrRetakeLate
		}
		seat.Only = c
		seat.Trail.AddBy(now, by, "seat.retake", string(c))
		return nil
	})
}
