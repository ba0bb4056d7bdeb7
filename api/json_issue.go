package api

import (
	"github.com/gofiber/fiber/v2"

	"github.com/skillcert/skillcert/certs"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/people"
	"github.com/skillcert/skillcert/engine/result"
	"github.com/skillcert/skillcert/engine/sitting"
)

func (s *Server) startIssue(c *fiber.Ctx) error {
	b, err := s.Issuer.Start(c.UserContext(), caller(c), sessionParam(c))
	if err != nil {
		return err
	}
	return c.Status(fiber.StatusAccepted).JSON(viewBatch(b))
}

func (s *Server) getIssue(c *fiber.Ctx) error {
	b, err := s.Issuer.Batch(c.UserContext(), caller(c), sessionParam(c))
	return give(c, b, err, viewBatch)
}

func (s *Server) listHolds(c *fiber.Ctx) error {
	ctx, by, id := c.UserContext(), caller(c), sessionParam(c)
	results, err := s.Board.Results(ctx, by, id)
	if err != nil {
		return err
	}
	open, err := s.Issuer.OpenHolds(ctx, by, id, results)
	if err != nil {
		return err
	}
	rows := []Hold{}
	for _, r := range results {
		if h := open[r.ID]; h != nil {
			rows = append(rows, viewHold(r.Ticket, h))
		}
	}
	return c.JSON(rows)
}

// resultOf is the result of a ticket of this session; a ticket of another session has none here.
func (s *Server) resultOf(c *fiber.Ctx, ticket string) (result.ID, sitting.Ticket, error) {
	t := sitting.Ticket(plainTicket(ticket))
	all, err := s.Board.Results(c.UserContext(), caller(c), sessionParam(c))
	if err != nil {
		return "", "", err
	}
	for _, r := range all {
		if r.Ticket == t {
			return r.ID, t, nil
		}
	}
	return "", "", result.ErrResult
}

func (s *Server) postHold(c *fiber.Ctx) error {
	var in HoldEntry
	if err := decode(c, &in); err != nil {
		return err
	}
	h, t, err := s.holdResult(c, s.Issuer.Keep, string(in.Ticket), in.Reason)
	return give(c, h, err, func(h *certs.Hold) Hold { return viewHold(t, h) })
}

func (s *Server) liftHold(c *fiber.Ctx) error {
	var in HoldEntry
	if err := decode(c, &in); err != nil {
		return err
	}
	h, t, err := s.holdResult(c, s.Issuer.Lift, string(in.Ticket), in.Reason)
	return give(c, h, err, func(h *certs.Hold) Hold { return viewHold(t, h) })
}

func (s *Server) getSerials(c *fiber.Ctx) error {
	v, err := s.serialsOf(c)
	if err != nil {
		return err
	}
	return c.JSON(each(v, viewSerials))
}

func (s *Server) amendPerson(c *fiber.Ctx) error {
	var in PersonAmendment
	if err := decodeContent(c, &in); err != nil {
		return err
	}
	got, err := s.Registry.Amend(c.UserContext(), caller(c), engine.PersonID(c.Params("id")),
		people.PersonChange{Name: in.Name, Photo: in.Photo, Reason: in.Reason})
	return give(c, got, err, viewPerson)
}
