package api

import (
	"github.com/gofiber/fiber/v2"

	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/engine/sitting"
	"github.com/skillcert/skillcert/engine/theory"
)

// publicLog answers everybody with what of the log is public while the papers are sealed. Of a session that has none
// nobody learns whether it exists.
func (s *Server) publicLog(c *fiber.Ctx) error {
	d, err := s.Exams.Drawn(c.UserContext(), authz.Worker("draw-log"), sitting.SessionID(c.Params("session")))
	if errs.KindOf(err) == errs.NotFound || err == nil && len(d.Log) == 0 {
		return theory.ErrDraw
	}
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderCacheControl, "no-store")
	return c.JSON(viewDrawLog(d))
}

// publicTranscript answers everybody with the file from which the draw can be derived again, once the seed is revealed.
func (s *Server) publicTranscript(c *fiber.Ctx) error {
	id := sitting.SessionID(c.Params("session"))
	file, err := s.Exams.Published(c.UserContext(), id)
	if err != nil {
		return err
	}
	return sendTranscript(c, file, id)
}
