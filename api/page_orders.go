package api

import (
	"context"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"github.com/skillcert/skillcert/api/web"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/sitting"
	"github.com/skillcert/skillcert/engine/theory"
)

// giveOrder is one of the orders of package sitting.
type giveOrder func(ctx context.Context, by authz.Principal, o sitting.Order) (*sitting.Line, error)

// orders are those that the room gives and the exam office, by the last part of their addresses.
func (s *Server) orders() []struct {
	name, summary string
	give          giveOrder
} {
	return []struct {
		name, summary string
		give          giveOrder
	}{
		{"pause", "Stop the clock of a room or of one candidate", s.Sittings.Pause},
		{"resumption", "Let the clock run on that was stopped for the same people", s.Sittings.Resume},
		{"announcement", "Send a message to the exam pages", s.Sittings.Announce},
		{"incident", "Write down what happened", s.Sittings.NoteIncident},
	}
}

// orderPages are the console of all rooms, and the forms of every console.
func (s *Server) orderPages() []route {
	const room, all = "/sessions/:id/rooms/:room/", "/sessions/:id/"
	list := []route{
		page("/sessions/:id/rooms", authz.RoomRead, again(s.roomPage).first),
		form(room+"extension", authz.RoomRun, s.extensionOrder).also(authz.PlanWrite),
		form(all+"extension", authz.PlanWrite, s.extensionOrder),
		form(room+"reopening", authz.RoomRun, s.reopeningForm).also(authz.PlanWrite),
		form(room+"readmission", authz.RoomRun, s.readmissionForm),
	}
	for _, o := range s.orders() {
		give := s.orderForm(o.name, o.give)
		if o.name == "resumption" {
			give = s.resumeForm
		}
		list = append(list, form(room+o.name, authz.RoomRun, give).also(authz.PlanWrite), form(all+o.name, authz.PlanWrite, give))
	}
	return list
}

// orderOf reads the form of an order. What is no number of minutes is none.
func orderOf(c *fiber.Ctx) sitting.Order {
	minutes, _ := strconv.Atoi(field(c, "minutes"))
	return sitting.Order{Session: sessionParam(c), Room: roomParam(c), Ticket: ticketField(c), Minutes: minutes,
		Text: field(c, "text"), Key: field(c, "key")}
}

// refuseOrder shows the dialog of the order again.
func (s *Server) refuseOrder(c *fiber.Ctx, err error, name string) error {
	return s.refuseRoom(c, err, web.RoomDialog{Name: name, Minutes: field(c, "minutes"), Text: field(c, "text")})
}

func (s *Server) orderForm(name string, give giveOrder) fiber.Handler {
	return func(c *fiber.Ctx) error {
		if _, err := give(c.UserContext(), caller(c), orderOf(c)); err != nil {
			return s.refuseOrder(c, err, name)
		}
		return s.done(c, consoleHref(c), "order-"+name)
	}
}

func (s *Server) extensionOrder(c *fiber.Ctx) error {
	line, shut, err := s.extended(c, orderOf(c))
	switch {
	case err != nil:
		return s.refuseOrder(c, err, "extension")
	case shut > 0:
		return s.done(c, consoleHref(c), "order-extension-shut", line.Minutes, shut)
	}
	return s.done(c, consoleHref(c), "order-extension", line.Minutes)
}

// extended gives an extension and counts the papers that it comes too late for.
func (s *Server) extended(c *fiber.Ctx, o sitting.Order) (line *sitting.Line, shut int, err error) {
	ctx, by := c.UserContext(), caller(c)
	if line, err = s.Sittings.Extend(ctx, by, o); err != nil {
		return nil, 0, err
	}
	h, err := s.hallOf(ctx, by, o.Session, 0)
	if err != nil {
		return nil, 0, err
	}
	return line, h.shut(line), nil
}

// shut counts the papers of those whom a line concerns that are closed.
func (h *hall) shut(line *sitting.Line) (n int) {
	for _, t := range h.seats {
		if p := h.progress[t.Ticket]; line.Concerns(t.Room, t.Ticket) && (p.State == theory.Submitted || p.State == theory.Marked) {
			n++
		}
	}
	return n
}

func (s *Server) reopeningForm(c *fiber.Ctx) error {
	if _, err := s.Exams.Reopen(c.UserContext(), caller(c), orderOf(c)); err != nil {
		return s.refuseOrder(c, err, "reopening")
	}
	return s.done(c, consoleHref(c), "order-reopening")
}

func (s *Server) readmissionForm(c *fiber.Ctx) error {
	seat, err := s.Sittings.Readmit(c.UserContext(), caller(c), sessionParam(c), sitting.Place{Room: roomParam(c), Ticket: ticketField(c)}, field(c, "text"))
	if err != nil {
		return s.refuseOrder(c, err, "readmission")
	}
	return s.seatDone(c, seat, "readmitted")
}
