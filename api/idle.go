package api

import "github.com/gofiber/fiber/v2"

// idleAnswer looks like the answer to a saved response.
const idleAnswer = `{"seq":1,"now":"2026-01-01T00:00:00.000Z","closes":"2026-01-01T00:00:00.000Z","closed":false}`

// serveIdle adds the route against which the others are measured: a request to it takes the way of every request, with
// its name, its headers and its place in the metrics, and then nothing is done. It asks for no account, so that what an
// account costs counts as cost of the work. Only skillcert bench asks for it.
func (s *Server) serveIdle() {
	if s.cfg.Idle == "" {
		return
	}
	s.app.Post(s.cfg.Idle, func(c *fiber.Ctx) error {
		c.Set(fiber.HeaderContentType, fiber.MIMEApplicationJSON)
		return c.SendString(idleAnswer)
	})
}
