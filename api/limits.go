package api

import (
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/middleware/limiter"
)

// limit names a rate class of routes.
type limit string

const (
	noLimit     limit = ""
	limitSignIn limit = "sign-in"
	limitVerify limit = "verify"
	limitUpload limit = "upload"
)

// limiters makes one counter for each class, shared by its pages and its JSON routes. They are counted per process;
// behind several processes an address gets that many times more, which a proxy in front can bound.
func (s *Server) limiters() map[limit][]fiber.Handler {
	l := s.cfg.Limits
	return map[limit][]fiber.Handler{
		limitSignIn: {perMinute(l.SignIn, address), perMinute(l.Name, signInName)},
		limitVerify: {perMinute(l.Verify, address)},
		limitUpload: {perMinute(l.Upload, address)},
	}
}

func perMinute(most int, key func(*fiber.Ctx) string) fiber.Handler {
	return limiter.New(limiter.Config{Max: most, Expiration: time.Minute, KeyGenerator: key,
		LimitReached: func(*fiber.Ctx) error { return errRateLimit }})
}

func address(c *fiber.Ctx) string { return c.IP() }

// signInName is the account or ticket that a sign-in is tried for, whatever the form of the body.
func signInName(c *fiber.Ctx) string {
	var body struct{ Login, Ticket string }
	if strings.HasPrefix(c.Get(fiber.HeaderContentType), fiber.MIMEApplicationJSON) {
		if c.App().Config().JSONDecoder(c.Body(), &body) != nil {
			return ""
		}
	} else {
		body.Login, body.Ticket = c.FormValue("account"), c.FormValue("ticket")
	}
	return strings.ToLower(strings.TrimSpace(body.Login)) + "|" + plainTicket(body.Ticket)
}
