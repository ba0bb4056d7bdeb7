package api

import (
	"context"

	"github.com/gofiber/fiber/v2"

	"github.com/skillcert/skillcert/api/web"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/result"
	"github.com/skillcert/skillcert/engine/sitting"
)

func (s *Server) retakePages() []route {
	return []route{
		page("/sessions/:id/retakes", authz.PlanWrite, again(s.retakesPage).first),
		form("/sessions/:id/retakes", authz.PlanWrite, s.retakeForm),
	}
}

// retakesPage shows who takes one component of the session only, and of one ticket, asked for or in the form that was
// refused, the passes that are kept.
func (s *Server) retakesPage(c *fiber.Ctx, p *web.Problem) error {
	ctx, by := c.UserContext(), caller(c)
	n, err := s.Sittings.Session(ctx, by, sessionParam(c))
	if err != nil {
		return err
	}
	v := web.RetakesView{Session: string(n.ID), SessionName: n.Name, Level: n.Level, Open: n.Open(s.clock.Now()) == nil, Problem: p,
		Ticket: field(c, "ticket"), Only: engine.Component(field(c, "component"))}
	if v.Ticket == "" {
		v.Ticket = c.Query("ticket")
	}
	seats, err := s.Sittings.Seats(ctx, by, n.ID)
	if err != nil {
		return err
	}
	for _, t := range seats {
		asked := v.Ticket == string(t.Ticket)
		if t.Only == "" && !asked {
			continue
		}
		row, err := s.retakeRow(ctx, by, n, t)
		if err != nil {
			return err
		}
		if t.Only != "" {
			v.Rows = append(v.Rows, row)
		}
		if asked {
			v.Asked = &row
		}
	}
	if v.Ticket != "" && v.Asked == nil && p == nil {
		return s.refuse(c, sitting.ErrTicket, s.retakesPage)
	}
	return s.show(c, "retakes", v)
}

func (s *Server) retakeRow(ctx context.Context, by authz.Principal, n *sitting.Session, t *sitting.Seat) (web.RetakeRow, error) {
	person, err := s.Registry.Named(ctx, t.Candidate)
	if err != nil {
		return web.RetakeRow{}, err
	}
	day := n.DayOf(engine.Theory, s.zone)
	if t.Only != "" {
		day = n.DayOf(t.Only, s.zone)
	}
	row := web.RetakeRow{Ticket: string(t.Ticket), Name: person.Name, Only: t.Only}
	row.Passes, err = s.passesOnPage(ctx, by, t.Candidate, day)
	return row, err
}

// passesOnPage are the kept passes of a person, without points.
func (s *Server) passesOnPage(ctx context.Context, by authz.Principal, id engine.PersonID, day clock.Date) ([]web.PassRow, error) {
	all, err := s.Board.PassesOf(ctx, by, id, day)
	return each(all, func(k result.Kept) web.PassRow {
		return web.PassRow{Level: k.Level, Component: k.Component, Session: k.Score.Origin.Name, On: k.Score.Origin.On, Until: k.Until, Left: k.Left, Lapse: string(k.Lapse)}
	}), err
}

func (s *Server) retakeForm(c *fiber.Ctx) error {
	seat, err := s.Sittings.TakeOnly(c.UserContext(), caller(c), sessionParam(c), sitting.Ticket(field(c, "ticket")), engine.Component(field(c, "component")))
	if err != nil {
		return s.refuse(c, err, s.retakesPage)
	}
	key := "retake-set"
	if seat.Only == "" {
		key = "retake-back"
	}
	return s.done(c, sessionHref(c)+"/retakes", key, string(seat.Ticket))
}
