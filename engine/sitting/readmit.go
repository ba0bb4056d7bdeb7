package sitting

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/skillcert/skillcert/engine/authz"
)

// Readmit lets a candidate who has begun go on at another machine (换机续考), after a power cut or the like; an
// invigilator on duty in the room looks at them first. Whoever sits at the old machine can no longer write once the
// candidate has gone on. Each release serves for one change of machine.
func (s *Sittings) Readmit(ctx context.Context, by authz.Principal, id SessionID, at Place, reason string) (*Seat, error) {
	reason = strings.TrimSpace(reason)
	return s.inRoom(ctx, by, spot{id, at.Room, at.Ticket}, func(_ *Session, seat *Seat, now time.Time) error {
		switch {
		case !seat.Voided.IsZero():
			return ErrSeatState.With("已按违纪取消考试资格")
		case seat.Released.IsZero():
			return ErrSeatState.With("该考生还没有放行")
		case reason == "" || utf8.RuneCountInString(reason) > maxReason:
			return ErrWhy.With("不超过%d字", maxReason)
		}
		seat.Readmitted = now
		seat.Trail.AddBy(now, by, "seat.readmitted", reason)
		return nil
	})
}
