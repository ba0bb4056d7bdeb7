package api

import (
	"context"

	"github.com/gofiber/fiber/v2"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/practical"
	"github.com/skillcert/skillcert/engine/sitting"
)

func sessionParam(c *fiber.Ctx) sitting.SessionID { return sitting.SessionID(c.Params("id")) }

func roomParam(c *fiber.Ctx) sitting.RoomID { return sitting.RoomID(c.Params("room")) }

func assessmentParam(c *fiber.Ctx) practical.AssessmentID {
	return practical.AssessmentID(c.Params("id"))
}

func (s *Server) listSessions(c *fiber.Ctx) error {
	all, err := s.Sittings.Sessions(c.UserContext(), caller(c))
	if err != nil {
		return err
	}
	return c.JSON(each(all, viewSession))
}

func (s *Server) getSession(c *fiber.Ctx) error {
	got, err := s.Sittings.Session(c.UserContext(), caller(c), sessionParam(c))
	if err != nil {
		return err
	}
	return c.JSON(viewSession(got))
}

func (s *Server) listSeats(c *fiber.Ctx) error {
	seats, err := s.Sittings.Seats(c.UserContext(), caller(c), sessionParam(c))
	if err != nil {
		return err
	}
	return c.JSON(each(seats, viewSeat))
}

func (s *Server) checkIn(c *fiber.Ctx) error {
	var in CheckIn
	if err := decode(c, &in); err != nil {
		return err
	}
	seat, err := s.Sittings.CheckIn(c.UserContext(), caller(c), sessionParam(c), roomParam(c), in.Ticket)
	if err != nil {
		return err
	}
	return c.JSON(viewSeat(seat))
}

func (s *Server) voidSeat(c *fiber.Ctx) error {
	var in Misconduct
	if err := decode(c, &in); err != nil {
		return err
	}
	seat, err := s.Sittings.Void(c.UserContext(), caller(c), sessionParam(c), sitting.Place{Room: roomParam(c), Ticket: in.Ticket}, in.Reason)
	if err != nil {
		return err
	}
	return c.JSON(viewSeat(seat))
}

func (s *Server) release(c *fiber.Ctx) error {
	n, err := s.Sittings.Release(c.UserContext(), caller(c), sessionParam(c), roomParam(c))
	if err != nil {
		return err
	}
	return c.JSON(Count{n})
}

func (s *Server) listAssessments(c *fiber.Ctx) error {
	own, err := s.Practical.Own(c.UserContext(), caller(c), "")
	if err != nil {
		return err
	}
	return c.JSON(each(own, func(w practical.Work) Assessment { return viewAssessment(&w) }))
}

func (s *Server) getSheet(c *fiber.Ctx) error {
	w, err := s.Practical.Work(c.UserContext(), caller(c), assessmentParam(c))
	if err != nil {
		return err
	}
	return c.JSON(viewWork(w))
}

func (s *Server) putSheet(c *fiber.Ctx) error {
	var in SheetEdit
	if err := decode(c, &in); err != nil {
		return err
	}
	got, err := s.Practical.Save(c.UserContext(), caller(c), assessmentParam(c), in.Revision, in.Scores, in.vetoes())
	if err != nil {
		return err
	}
	return c.JSON(viewSheet(got.Assessment, got))
}

func (s *Server) signSheet(c *fiber.Ctx) error {
	var in Signature
	if err := decode(c, &in); err != nil {
		return err
	}
	got, err := s.Practical.Sign(c.UserContext(), caller(c), assessmentParam(c), in.Revision)
	if err != nil {
		return err
	}
	return c.JSON(viewSheet(got.Assessment, got))
}

// sealer is what both components' rooms do alike.
type sealer interface {
	Seal(ctx context.Context, by authz.Principal, id sitting.SessionID) (*engine.Seal, error)
	Countersign(ctx context.Context, by authz.Principal, id sitting.SessionID, digest string) (*engine.Seal, error)
	SealState(ctx context.Context, by authz.Principal, id sitting.SessionID) (*engine.Seal, error)
}

func (s *Server) component(k engine.Component) sealer {
	if k == engine.Practical {
		return s.Practical
	}
	return s.Exams
}

func (s *Server) getSeal(k engine.Component) fiber.Handler {
	return func(c *fiber.Ctx) error {
		seal, err := s.component(k).SealState(c.UserContext(), caller(c), sessionParam(c))
		if err != nil {
			return err
		}
		return c.JSON(viewSeal(seal))
	}
}

func (s *Server) seal(k engine.Component) fiber.Handler {
	return func(c *fiber.Ctx) error {
		seal, err := s.component(k).Seal(c.UserContext(), caller(c), sessionParam(c))
		if err != nil {
			return err
		}
		return c.JSON(viewSeal(seal))
	}
}

func (s *Server) witness(k engine.Component) fiber.Handler {
	return func(c *fiber.Ctx) error {
		var in Witness
		if err := decode(c, &in); err != nil {
			return err
		}
		seal, err := s.component(k).Countersign(c.UserContext(), caller(c), sessionParam(c), in.Digest)
		if err != nil {
			return err
		}
		return c.JSON(viewSeal(seal))
	}
}

func (s *Server) listResults(c *fiber.Ctx) error {
	all, err := s.Board.Results(c.UserContext(), caller(c), sessionParam(c))
	if err != nil {
		return err
	}
	return c.JSON(each(all, viewResult))
}

// publish runs one of the board's three steps.
func (s *Server) publish(step publicStep) fiber.Handler {
	return func(c *fiber.Ctx) error {
		p, err := step(c.UserContext(), caller(c), sessionParam(c))
		if err != nil {
			return err
		}
		return c.JSON(viewPublication(p))
	}
}
