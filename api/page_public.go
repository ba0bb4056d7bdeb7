package api

import (
	"encoding/base64"
	"slices"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/skillcert/skillcert/api/web"
	"github.com/skillcert/skillcert/certs"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/errs"
)

func (s *Server) home(c *fiber.Ctx) error {
	open, err := s.Board.Open(c.UserContext())
	if err != nil {
		return err
	}
	slices.Reverse(open)
	var view web.HomeView
	for _, p := range open {
		view.Publicity = append(view.Publicity, web.PublicityLink{Session: string(p.Session), Name: p.Name, Until: s.day(p.Until)})
	}
	return s.show(c, "home", view)
}

// day is the instant that pages show as the date d; the zero time for none.
func (s *Server) day(d clock.Date) time.Time {
	if d.IsZero() {
		return time.Time{}
	}
	return d.In(s.zone)
}

func (s *Server) publicity(c *fiber.Ctx) error {
	rows, p, err := s.Board.PublicList(c.UserContext(), sessionParam(c))
	if err != nil {
		return err
	}
	org, err := s.orgOf(c, p.Session)
	if err != nil {
		return err
	}
	view := web.PublicityView{Session: string(p.Session), Name: p.Name, Org: org.Name, Level: p.Level, From: s.day(p.From), Until: s.day(p.Until),
		Contact: org.Name}
	for _, r := range rows {
		view.Rows = append(view.Rows, web.PublicityRow(r))
	}
	return s.show(c, "publicity", view)
}

func (s *Server) verifyPage(c *fiber.Ctx) error { return s.show(c, "verify", web.VerifyView{}) }

// verified shows an answer, or why nothing could be checked, over what was typed.
func (s *Server) verified(c *fiber.Ctx, a certs.Answer, err error) error {
	view := web.VerifyView{Number: field(c, "number"), Name: field(c, "name")}
	if err != nil {
		return s.refuse(c, err, func(c *fiber.Ctx, p *web.Problem) error {
			view.Problem = p
			return s.show(c, "verify", view)
		})
	}
	view.Answer = s.answerOnPage(a)
	return s.show(c, "verify", view)
}

func (s *Server) verifyForm(c *fiber.Ctx) error {
	number, name := field(c, "number"), field(c, "name")
	var check errs.Check
	check.That(number != "", "number", "missing", "请填写证书编号")
	check.That(name != "", "name", "missing", "请填写姓名")
	if err := check.Err(errBody); err != nil {
		return s.verified(c, certs.Answer{}, err)
	}
	a, err := s.Verifier.ByNumber(c.UserContext(), number, name)
	return s.verified(c, a, err)
}

func (s *Server) verifyLink(c *fiber.Ctx) error {
	a, err := s.Verifier.ByToken(c.UserContext(), c.Params("token"))
	return s.verified(c, a, err)
}

func (s *Server) verifyUpload(c *fiber.Ctx) error {
	_, pdf, err := upload(c)
	if err != nil {
		return s.verified(c, certs.Answer{}, err)
	}
	a, err := s.Verifier.ByFile(c.UserContext(), pdf)
	return s.verified(c, a, err)
}

// answerOnPage puts an answer into the order in which a clerk compares it with the paper.
func (s *Server) answerOnPage(a certs.Answer) *web.Answer {
	v := &web.Answer{Standing: web.Standing(a.Standing), By: a.By, Checked: a.Checked}
	if a.Standing != certs.StandingUnknown || a.By == "file" { // what a file itself shows tells nothing of the register
		v.Proof = each(a.Checks, func(k certs.Check) web.Proof { return web.Proof(k) })
	}
	c := a.Certificate
	if c == nil {
		return v
	}
	v.Number, v.Since, v.Demo, v.Photo, v.History = string(c.Number), c.Changed, c.Demo, photo(a.Photo), history(c)
	for _, f := range [][2]string{{"number", string(c.Number)}, {"name", c.Name}, {"id_type", idTypeName(c.IDType)}, {"id_number", c.IDMasked},
		{"occupation", c.Occupation.Name}, {"work_type", c.Occupation.WorkType}, {"level", c.Level.String() + "／" + c.Level.Grade()},
		{"org", c.OrgName}, {"filing", c.Filing}, {"issued_on", c.Issued.String()}} {
		v.Fields = append(v.Fields, web.Printed{Key: f[0], Value: f[1], Found: a.Differences[f[0]]})
	}
	return v
}

// history is what became of a certificate since it was issued.
func history(c *certs.Certificate) []web.StateEvent {
	events := []web.StateEvent{{At: c.Sealed, State: "issued"}}
	if c.State == certs.Revoked || c.State == certs.Superseded {
		events = append(events, web.StateEvent{At: c.Changed, State: string(c.State), Reason: c.Reason})
	}
	return events
}

// photo stands in the page itself: no address leads to somebody's picture.
func photo(jpeg []byte) string {
	if len(jpeg) == 0 {
		return ""
	}
	return "data:image/jpeg;base64," + base64.StdEncoding.EncodeToString(jpeg)
}
