package api

import (
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/skillcert/skillcert/engine/accounts"
)

func (s *Server) signIn(c *fiber.Ctx) error {
	var in SignIn
	if err := decode(c, &in); err != nil {
		return err
	}
	l, secret, err := s.Gate.SignIn(c.UserContext(), in.Login, in.Password)
	return s.letIn(c, l, secret, err)
}

func (s *Server) examSignIn(c *fiber.Ctx) error {
	var in ExamSignIn
	if err := decode(c, &in); err != nil {
		return err
	}
	l, secret, err := s.Gate.Admit(c.UserContext(), in.Ticket, in.IDTail, in.Code)
	return s.letIn(c, l, secret, err)
}

func (s *Server) refresh(c *fiber.Ctx) error {
	var in Refresh
	if err := decode(c, &in); err != nil {
		return err
	}
	id, secret, _ := strings.Cut(in.RefreshToken, ".")
	l, fresh, err := s.Gate.Refresh(c.UserContext(), id, secret)
	return s.letIn(c, l, fresh, err)
}

// letIn answers the tokens of a login; a program gets no cookies.
func (s *Server) letIn(c *fiber.Ctx, l *accounts.Login, secret string, err error) error {
	if err != nil {
		return err
	}
	access, expires, err := s.tokens.Issue(l.Access())
	if err != nil {
		return err
	}
	return c.JSON(Tokens{AccessToken: access, Expires: Instant(expires), RefreshToken: l.ID + "." + secret})
}

func (s *Server) signOut(c *fiber.Ctx) error {
	if login := loginOf(c); login != "" {
		if err := s.Gate.SignOut(c.UserContext(), caller(c), login); err != nil {
			return err
		}
	}
	s.forget(c)
	return c.SendStatus(fiber.StatusNoContent)
}

func (s *Server) me(c *fiber.Ctx) error { return c.JSON(viewMe(caller(c))) }
