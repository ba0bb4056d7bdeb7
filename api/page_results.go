package api

import (
	"context"
	"errors"
	"slices"

	"github.com/gofiber/fiber/v2"

	"github.com/skillcert/skillcert/api/web"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/result"
	"github.com/skillcert/skillcert/engine/sitting"
)

// publicStep is one of the board's steps: join, publish, finalize.
type publicStep func(ctx context.Context, by authz.Principal, id sitting.SessionID) (*result.Publication, error)

func (s *Server) resultsPage(c *fiber.Ctx, p *web.Problem) error {
	v, err := s.resultsView(c.UserContext(), caller(c), sessionParam(c))
	if err != nil {
		return err
	}
	if v.Problem = p; p != nil {
		v.Holds.Ticket, v.Holds.Reason = field(c, "ticket"), field(c, "reason")
	}
	return s.show(c, "results", v)
}

func (s *Server) resultsView(ctx context.Context, by authz.Principal, id sitting.SessionID) (web.ResultsView, error) {
	session, err := s.Sittings.Session(ctx, by, id)
	if err != nil {
		return web.ResultsView{}, err
	}
	v := web.ResultsView{Session: string(id), SessionName: session.Name, Level: session.Level}
	if v.TheorySealed, err = s.witnessed(ctx, by, engine.Theory, id); err != nil {
		return v, err
	}
	if v.PracticalSealed, err = s.witnessed(ctx, by, engine.Practical, id); err != nil {
		return v, err
	}
	ready, err := s.allSealed(ctx, id, v)
	if err != nil {
		return v, err
	}
	p, err := s.Board.Publication(ctx, id)
	if p, err = absent(p, err, result.ErrPublication); err != nil {
		return v, err
	}
	s.resultSteps(&v, by, p, ready)
	all, err := s.Board.Results(ctx, by, id)
	if err != nil {
		return v, err
	}
	if v.Rows, err = s.resultRows(ctx, by, all); err != nil {
		return v, err
	}
	waiting, err := s.Board.UncasedTickets(ctx, by, id, "")
	if v.Uncased = len(waiting); err != nil {
		return v, err
	}
	return v, s.holdsPart(ctx, by, session, &v, all)
}

// allSealed reports whether the components are sealed that somebody takes: of retakes for one only there is one seal.
func (s *Server) allSealed(ctx context.Context, id sitting.SessionID, v web.ResultsView) (bool, error) {
	seats, err := s.Sittings.SeatsOf(ctx, id)
	if err != nil && !errors.Is(err, sitting.ErrSeating) {
		return false, err
	}
	for c, sealed := range map[engine.Component]bool{engine.Theory: v.TheorySealed, engine.Practical: v.PracticalSealed} {
		taken := len(seats) == 0 || slices.ContainsFunc(seats, func(t *sitting.Seat) bool { return t.Takes(c) })
		if taken && !sealed {
			return false, nil
		}
	}
	return true, nil
}

// resultSteps says which step may be taken now.
func (s *Server) resultSteps(v *web.ResultsView, by authz.Principal, p *result.Publication, ready bool) {
	v.MayJoin = p == nil && ready && by.Can(authz.ResultJoin)
	if p == nil {
		return
	}
	v.PublicUntil = s.day(p.Until)
	today := clock.DateOf(s.clock.Now(), s.zone)
	if p.Open(today) {
		v.PublicHref = "/publicity/" + v.Session
	}
	v.MayPublish = p.Stage == result.Joined && by.Can(authz.ResultPublish)
	v.MayFinal = p.Stage == result.Public && p.Until.Before(today) && by.Can(authz.ResultPublish)
}

// resultRows shows names in full to the office only.
func (s *Server) resultRows(ctx context.Context, by authz.Principal, all []*result.Result) ([]web.ResultRow, error) {
	var rows []web.ResultRow
	for _, r := range all {
		person, err := s.Registry.Named(ctx, r.Candidate)
		if err != nil {
			return nil, err
		}
		row := web.ResultRow{Ticket: string(r.Ticket), Name: person.Name, Theory: componentOnPage(r.Theory, r.Unruled(engine.Theory)),
			Practical: componentOnPage(r.Practical, r.Unruled(engine.Practical)),
			Verdict:   verdict(r), Waiting: r.Waiting()}
		if !by.Can(authz.PersonRead) {
			row.Name = engine.MaskName(row.Name)
		}
		rows = append(rows, row)
	}
	return rows, nil
}

func (s *Server) stepForm(step publicStep, key string) fiber.Handler {
	return func(c *fiber.Ctx) error {
		p, err := step(c.UserContext(), caller(c), sessionParam(c))
		if err != nil {
			return s.refuse(c, err, s.resultsPage)
		}
		to := "/sessions/" + c.Params("id") + "/results"
		if key == "joined" {
			return s.done(c, to, key, p.Count)
		}
		return s.done(c, to, key)
	}
}
