package api

import (
	"context"

	"github.com/gofiber/fiber/v2"

	"github.com/skillcert/skillcert/api/web"
	"github.com/skillcert/skillcert/certs"
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
	v.Problem = p
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
	p, err := s.Board.Publication(ctx, id)
	if p, err = absent(p, err, result.ErrPublication); err != nil {
		return v, err
	}
	s.resultSteps(&v, by, p)
	v.Rows, err = s.resultRows(ctx, by, id)
	return v, err
}

// resultSteps says which step may be taken now.
func (s *Server) resultSteps(v *web.ResultsView, by authz.Principal, p *result.Publication) {
	v.MayJoin = p == nil && v.TheorySealed && v.PracticalSealed && by.Can(authz.ResultJoin)
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
func (s *Server) resultRows(ctx context.Context, by authz.Principal, id sitting.SessionID) ([]web.ResultRow, error) {
	all, err := s.Board.Results(ctx, by, id)
	if err != nil {
		return nil, err
	}
	var rows []web.ResultRow
	for _, r := range all {
		person, err := s.Registry.Named(ctx, r.Candidate)
		if err != nil {
			return nil, err
		}
		row := web.ResultRow{Ticket: string(r.Ticket), Name: person.Name, Theory: componentOnPage(r.Theory), Practical: componentOnPage(r.Practical),
			Verdict: verdict(r)}
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

func (s *Server) certificatesPage(c *fiber.Ctx, p *web.Problem) error {
	ctx, by := c.UserContext(), caller(c)
	v := web.CertificatesView{Query: c.Query("q"), State: c.Query("state"), MayIssue: by.Can(authz.CertIssue), MayRevoke: by.Can(authz.CertRevoke), Problem: p}
	rows, next, err := s.Issuer.List(ctx, by, v.Query, certs.State(v.State), cursorOf(c))
	if err != nil {
		return err
	}
	v.Rows, v.Next = each(rows, s.certificateRow), next
	if v.MayIssue {
		if v.Ready, err = s.ready(ctx, by); err != nil {
			return err
		}
	}
	return s.show(c, "certificates", v)
}

func (s *Server) certificateRow(c *certs.Certificate) web.CertificateRow {
	row := web.CertificateRow{Number: string(c.Number), Name: c.Name, State: string(c.State), Reason: c.Reason, Level: c.Level, Issued: s.day(c.Issued)}
	if c.Digest != "" {
		row.Download = "/certificates/" + row.Number + ".pdf"
	}
	return row
}

// ready lists the sessions whose publicity is over and that have passes without a certificate.
func (s *Server) ready(ctx context.Context, by authz.Principal) ([]web.ReadySession, error) {
	sessions, err := s.finalSessions(ctx, by)
	if err != nil || len(sessions) == 0 {
		return nil, err
	}
	issued, err := s.issuedBySession(ctx, by)
	if err != nil {
		return nil, err
	}
	var all []web.ReadySession
	for _, session := range sessions {
		results, err := s.Board.FinalOf(ctx, by, session.ID)
		if err != nil {
			return nil, err
		}
		n := -issued[session.ID]
		for _, r := range results {
			if r.Outcome() == result.Pass {
				n++
			}
		}
		if n > 0 {
			all = append(all, web.ReadySession{ID: string(session.ID), Name: session.Name, Level: session.Level, Count: n})
		}
	}
	return all, nil
}

func (s *Server) finalSessions(ctx context.Context, by authz.Principal) (final []*sitting.Session, err error) {
	sessions, err := s.Sittings.Sessions(ctx, by)
	if err != nil {
		return nil, err
	}
	for _, session := range sessions {
		p, err := s.Board.Publication(ctx, session.ID)
		if p, err = absent(p, err, result.ErrPublication); err != nil {
			return nil, err
		}
		if p != nil && p.Stage == result.Final {
			final = append(final, session)
		}
	}
	return final, nil
}

// issuedBySession counts the certificates of each session that were sealed, whatever became of them.
func (s *Server) issuedBySession(ctx context.Context, by authz.Principal) (map[sitting.SessionID]int, error) {
	all, err := engine.All(ctx, func(ctx context.Context, at engine.Cursor) ([]*certs.Certificate, string, error) {
		return s.Issuer.List(ctx, by, "", "", at)
	})
	n := map[sitting.SessionID]int{}
	for _, c := range all {
		if c.Digest != "" {
			n[c.Session]++
		}
	}
	return n, err
}

func (s *Server) issueForm(c *fiber.Ctx) error {
	all, err := s.Issuer.IssueSession(c.UserContext(), caller(c), sitting.SessionID(field(c, "session")), nil)
	if err != nil {
		return s.refuse(c, err, s.certificatesPage)
	}
	return s.done(c, "/certificates", "issued", len(all))
}

func (s *Server) revokeForm(c *fiber.Ctx) error {
	cert, err := s.Issuer.Revoke(c.UserContext(), caller(c), numberParam(c), field(c, "reason"))
	if err != nil {
		return s.refuse(c, err, s.certificatesPage)
	}
	return s.done(c, "/certificates", "revoked", string(cert.Number))
}
