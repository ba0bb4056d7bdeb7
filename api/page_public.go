package api

import (
	"encoding/base64"
	"errors"
	"slices"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/skillcert/skillcert/api/web"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/result"
	"github.com/skillcert/skillcert/engine/sitting"
)

func (s *Server) home(c *fiber.Ctx) error {
	open, err := s.Board.Open(c.UserContext())
	if err != nil {
		return err
	}
	slices.Reverse(open)
	cases, err := s.Recognition.PublicList(c.UserContext())
	if err != nil {
		return err
	}
	view := web.HomeView{Recognitions: len(cases)}
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

func (s *Server) publicityAgain(c *fiber.Ctx, p *web.Problem) error {
	rows, pub, err := s.Board.PublicList(c.UserContext(), sessionParam(c))
	if errors.Is(err, result.ErrNotPublic) {
		return s.waiversAlone(c, err)
	}
	if err != nil {
		return err
	}
	org, err := s.orgOf(c, pub.Session)
	if err != nil {
		return err
	}
	view := web.PublicityView{Session: string(pub.Session), Name: pub.Name, Org: org.Name, Level: pub.Level, From: s.day(pub.From), Until: s.day(pub.Until),
		Contact: org.Name, Problem: p}
	if p != nil {
		view.By, view.Reach, view.Words = field(c, "name"), field(c, "contact"), field(c, "words")
	}
	for _, r := range rows {
		view.Rows = append(view.Rows, web.PublicityRow{Ticket: r.Ticket, Name: r.Name, Verdict: verdictOf(r.Outcome), Ruling: r.Disciplined})
	}
	if view.Waivers, err = s.waiverRows(c, pub.Session); err != nil {
		return err
	}
	return s.show(c, "publicity", view)
}

// waiversAlone shows what was waived in a session of which no list is public, before and after its publicity; otherwise none
// answers with the refusal.
func (s *Server) waiversAlone(c *fiber.Ctx, none error) error {
	id := sessionParam(c)
	rows, err := s.waiverRows(c, id)
	if errors.Is(err, sitting.ErrSession) || err == nil && len(rows) == 0 {
		return none
	}
	if err != nil {
		return err
	}
	session, err := s.Sittings.Get(c.UserContext(), id)
	if err != nil {
		return err
	}
	org, err := s.Registry.Organisation(c.UserContext(), session.Org)
	if err != nil {
		return err
	}
	return s.show(c, "publicity", web.PublicityView{Session: string(id), Name: session.Name, Org: org.Name, Level: session.Level, Contact: org.Name,
		Waivers: rows, Over: true})
}

func (s *Server) waiverRows(c *fiber.Ctx, id sitting.SessionID) ([]web.WaiverRow, error) {
	waivers, err := s.Sittings.PublicWaivers(c.UserContext(), id)
	return each(waivers, func(w sitting.PublicWaiver) web.WaiverRow {
		return web.WaiverRow{Role: string(w.Role), Staff: w.Staff, Candidate: w.Candidate, Rule: w.Rule, Reason: w.Reason, At: w.At}
	}), err
}

// photo stands in the page itself: no address leads to somebody's picture.
func photo(jpeg []byte) string {
	if len(jpeg) == 0 {
		return ""
	}
	return "data:image/jpeg;base64," + base64.StdEncoding.EncodeToString(jpeg)
}
