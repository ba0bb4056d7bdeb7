package api

import (
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/result"
	"github.com/skillcert/skillcert/engine/sitting"
	"github.com/skillcert/skillcert/engine/theory"
)

func attemptParam(c *fiber.Ctx) theory.AttemptID { return theory.AttemptID(c.Params("id")) }

// ticketOf is the ticket that a candidate signed in with, "" for others; the gate names accounts of candidates so.
func ticketOf(by authz.Principal) sitting.Ticket {
	number, ok := strings.CutPrefix(by.Account, "ticket:")
	if !ok {
		return ""
	}
	return sitting.Ticket(number)
}

// openPaper is for programs, which have one window without a name.
func (s *Server) openPaper(c *fiber.Ctx) error { return s.givePaper(c, theory.Window{}) }

// takePaper is for a page, which names its window.
func (s *Server) takePaper(c *fiber.Ctx) error {
	var in TakePaper
	if err := decode(c, &in); err != nil {
		return err
	}
	return s.givePaper(c, theory.Window{Name: in.Window, TakeOver: in.TakeOver})
}

func (s *Server) givePaper(c *fiber.Ctx, w theory.Window) error {
	p, err := s.Exams.Open(c.UserContext(), caller(c), attemptParam(c), w)
	if err != nil {
		return err
	}
	return c.JSON(viewPaper(p, p.Session))
}

// pulse answers when there is news for the page, or after a while.
func (s *Server) pulse(c *fiber.Ctx) error {
	var in Pulse
	if err := decode(c, &in); err != nil {
		return err
	}
	wait, done := s.hold(theory.PulseHold)
	defer done()
	got, err := s.Exams.Pulse(c.UserContext(), wait, caller(c), attemptParam(c), in.beat())
	if err != nil {
		return err
	}
	return c.JSON(viewClock(got))
}

func (s *Server) respond(c *fiber.Ctx) error {
	var in Response
	if err := decodeResponse(c, &in); err != nil {
		return err
	}
	got, err := s.Exams.Respond(c.UserContext(), caller(c), attemptParam(c), in.entry())
	if err != nil {
		return err
	}
	return sendSaved(c, viewSaved(got))
}

func (s *Server) submit(c *fiber.Ctx) error {
	var in Submission
	if err := decode(c, &in); err != nil {
		return err
	}
	a, err := s.Exams.Submit(c.UserContext(), caller(c), attemptParam(c), in.Window)
	if err != nil {
		return err
	}
	return c.JSON(viewReceipt(a))
}

func (s *Server) examClock(c *fiber.Ctx) error {
	got, err := s.Exams.Clock(c.UserContext(), caller(c), attemptParam(c))
	if err != nil {
		return err
	}
	return c.JSON(viewClock(got))
}

func (s *Server) receipt(c *fiber.Ctx) error {
	a, err := s.Exams.Attempt(c.UserContext(), caller(c), attemptParam(c))
	if err != nil {
		return err
	}
	return c.JSON(viewReceipt(a))
}

func (s *Server) ownResult(c *fiber.Ctx) error {
	r, p, err := s.Board.Own(c.UserContext(), caller(c), ticketOf(caller(c)))
	if err != nil {
		return err
	}
	return c.JSON(viewOwnResult(r, p))
}

// ownCertificate answers the candidate's own document, for the page and for programs.
func (s *Server) ownCertificate(c *fiber.Ctx) error {
	cert, err := s.Issuer.OfCandidate(c.UserContext(), caller(c), result.Of(ticketOf(caller(c))))
	if err != nil {
		return err
	}
	if cert == nil {
		return errWrongParam
	}
	return s.sendFile(c, cert.Number)
}
