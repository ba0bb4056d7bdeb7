package api

import (
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/skillcert/skillcert/api/web"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/sitting"
)

// roomTimes are the times of the rooms that are looked at, with what was added to them.
func (l *looking) roomTimes() (all []sitting.Times) {
	book := sitting.NewBook(l.hall.lines)
	for _, r := range l.session.Rooms {
		if r.Component == engine.Theory && (l.room == "" || r.ID == l.room) {
			all = append(all, book.Times(l.session.WindowOf(""), r.ID, "", l.now))
		}
	}
	return all
}

// stopped reports whether every room that is looked at is paused, by whatever order.
func stopped(rooms []sitting.Times) bool {
	return len(rooms) > 0 && !slices.ContainsFunc(rooms, func(t sitting.Times) bool { return !t.Paused })
}

// pauses are those of all rooms and of single rooms that are on, each with the address where the reader may end it.
// Candidates who are paused alone are rows of the console.
func (l *looking) pauses() (all []web.PauseRow) {
	for _, line := range sitting.NewBook(l.hall.lines).Standing(sitting.Place{Room: l.room}) {
		row := web.PauseRow{At: line.At, Room: roomName(l.session, line.Room)}
		switch {
		case line.Ticket != "":
			continue
		case line.Room == "" && l.by.Can(authz.PlanWrite):
			row.Href = "/sessions/" + string(l.session.ID) + "/rooms?do=resumption"
		case line.Room != "" && l.orders:
			row.Href = roomAddress(l.session.ID, line.Room) + "?do=resumption"
		}
		all = append(all, row)
	}
	return all
}

func (s *Server) resumeForm(c *fiber.Ctx) error {
	ctx, by := c.UserContext(), caller(c)
	line, err := s.Sittings.Resume(ctx, by, orderOf(c))
	if err != nil {
		return s.refuseOrder(c, err, "resumption")
	}
	book, err := s.Sittings.Proceedings(ctx, line.Session, 0)
	if err != nil {
		return err
	}
	n, err := s.Sittings.Session(ctx, by, line.Session)
	if err != nil {
		return err
	}
	key, more := resumedBut(n, line, book.Standing(sitting.Place{Room: line.Room, Ticket: line.Ticket}))
	return s.done(c, consoleHref(c), key, more...)
}

// resumedBut says that somebody was resumed, and what other pauses still stop their clocks.
func resumedBut(n *sitting.Session, line *sitting.Line, standing []*sitting.Line) (key string, more []any) {
	seats, names, wider := 0, []string{}, false
	for _, l := range standing {
		switch {
		case l.Room == "":
			return "order-resumption-office-standing", nil
		case l.Ticket != "":
			seats++
		case line.Ticket != "":
			wider = true
		default:
			names = append(names, roomName(n, l.Room))
		}
	}
	switch {
	case wider:
		return "order-resumption-room-standing", nil
	case len(names) > 0:
		return "order-resumption-rooms-standing", []any{strings.Join(names, "、")}
	case seats > 0:
		return "order-resumption-seats-standing", []any{seats}
	}
	return "order-resumption", nil
}
