package api

import (
	"fmt"

	"github.com/gofiber/fiber/v2"

	"github.com/skillcert/skillcert/engine/theory"
)

// drawReceipt is for programs of candidates and of the exam office, ownDrawReceipt for the candidate's page.
func (s *Server) drawReceipt(c *fiber.Ctx) error { return s.sendDrawReceipt(c, attemptParam(c)) }
func (s *Server) ownDrawReceipt(c *fiber.Ctx) error {
	return s.sendDrawReceipt(c, ownAttempt(caller(c)))
}

func (s *Server) sendDrawReceipt(c *fiber.Ctx, id theory.AttemptID) error {
	r, err := s.Exams.FormReceipt(c.UserContext(), caller(c), id)
	if err != nil {
		return err
	}
	file, err := r.File()
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, fiber.MIMEApplicationJSON)
	c.Set(fiber.HeaderContentDisposition, fmt.Sprintf("attachment; filename=%q", "form-receipt-"+r.Candidate+".json"))
	c.Set(fiber.HeaderCacheControl, "private, no-store, no-transform")
	return c.Send(file)
}
