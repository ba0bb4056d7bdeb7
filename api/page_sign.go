package api

import (
	"strings"

	"github.com/gofiber/fiber/v2"
	"golang.org/x/text/width"

	"github.com/skillcert/skillcert/api/web"
	"github.com/skillcert/skillcert/engine/accounts"
)

func (s *Server) loginPage(c *fiber.Ctx, p *web.Problem) error {
	view := web.LoginView{Account: field(c, "account"), Next: field(c, "next"), Problem: p, Demo: s.demo().Accounts}
	if c.Method() == fiber.MethodGet {
		view.Next = c.Query("next")
	}
	return s.show(c, "login", view)
}

func (s *Server) login(c *fiber.Ctx) error {
	l, secret, err := s.Gate.SignIn(c.UserContext(), field(c, "account"), field(c, "password"))
	if err != nil {
		return s.refuse(c, err, s.loginPage)
	}
	to := "/desk"
	if next := field(c, "next"); next != "" {
		to = web.LocalPath(next)
	}
	return s.enter(c, l, secret, to)
}

func (s *Server) candidateLoginPage(c *fiber.Ctx, p *web.Problem) error {
	view := web.CandidateLoginView{Ticket: field(c, "ticket"), Problem: p, Demo: s.demo().Tickets, Lockdown: s.entryLockdown(c)}
	return s.show(c, "candidate-login", view)
}

func (s *Server) candidateLogin(c *fiber.Ctx) error {
	l, secret, err := s.Gate.Admit(c.UserContext(), plainTicket(field(c, "ticket")), plainTicket(field(c, "id_tail")),
		plainTicket(field(c, "code")))
	if err != nil {
		return s.refuse(c, err, s.candidateLoginPage)
	}
	return s.enter(c, l, secret, "/exam")
}

// enter gives the browser its two cookies and leads on. Whoever was signed in on this computer before is signed out.
func (s *Server) enter(c *fiber.Ctx, l *accounts.Login, secret, to string) error {
	if old := loginOf(c); old != "" {
		if err := s.Gate.SignOut(c.UserContext(), caller(c), old); err != nil {
			return err
		}
	}
	s.setRefresh(c, l, secret)
	if _, err := s.setAccess(c, l); err != nil {
		return err
	}
	return c.Redirect(to, fiber.StatusSeeOther)
}

func (s *Server) logout(c *fiber.Ctx) error {
	home := "/"
	if ticketOf(caller(c)) != "" {
		home = "/exam/login"
	}
	if login := loginOf(c); login != "" {
		if err := s.Gate.SignOut(c.UserContext(), caller(c), login); err != nil {
			return err
		}
	}
	s.forget(c)
	s.remember(c, &accounts.Login{}) // the notice belongs to nobody any more
	return s.done(c, home, "signed-out")
}

// plainTicket brings what people copy from a ticket to its digits: blanks between groups, and the wide digits that a
// Chinese input method leaves behind.
func plainTicket(s string) string {
	return strings.Join(strings.Fields(width.Narrow.String(s)), "")
}
