package api

import (
	"context"
	"slices"

	"github.com/gofiber/fiber/v2"

	"github.com/skillcert/skillcert/api/web"
	"github.com/skillcert/skillcert/certs"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/result"
	"github.com/skillcert/skillcert/engine/sitting"
)

func issueHref(id sitting.SessionID) string { return "/sessions/" + string(id) + "/certificates" }

// issuePage shows the issue for a session. It is polled while a worker is at it: it costs little when nothing has changed.
func (s *Server) issuePage(c *fiber.Ctx, p *web.Problem) error {
	v, err := s.issueView(c.UserContext(), caller(c), sessionParam(c))
	if err != nil {
		return err
	}
	v.Problem = p
	if c.Method() == fiber.MethodGet && c.Cookies(cookieSaid) == "" {
		tag := web.ETag(s.page(c, v))
		c.Set(fiber.HeaderETag, tag)
		if c.Get(fiber.HeaderIfNoneMatch) == tag {
			return c.SendStatus(fiber.StatusNotModified)
		}
	}
	return s.show(c, "issue", v)
}

func (s *Server) issueView(ctx context.Context, by authz.Principal, id sitting.SessionID) (web.IssueView, error) {
	session, err := s.Sittings.Session(ctx, by, id)
	if err != nil {
		return web.IssueView{}, err
	}
	v := web.IssueView{Session: string(id), SessionName: session.Name, Level: session.Level, Final: true, MayIssue: by.Can(authz.CertIssue),
		MayGive: by.Can(authz.CertChange), MayExport: by.Can(authz.CertExport)}
	b, err := s.Issuer.Batch(ctx, by, id)
	if b, err = absent(b, err, certs.ErrBatch); err != nil {
		return v, err
	}
	if b != nil {
		row := batchRow(b, session)
		v.Batch = &row
		if b.Waits() {
			return v, nil
		}
	}
	return v, s.issueStands(ctx, by, b, &v)
}

func batchRow(b *certs.Batch, n *sitting.Session) web.BatchRow {
	return web.BatchRow{Session: string(b.Session), Name: n.Name, Level: n.Level, Of: b.Of, Seen: b.Progress.Seen, Issued: b.Progress.Issued,
		Failed: b.Progress.Failed, Running: b.Waits(), Started: b.Started, Ended: b.Ended, By: b.By.Name}
}

// issueStands tells how the results stand with certificates; b may be nil.
func (s *Server) issueStands(ctx context.Context, by authz.Principal, b *certs.Batch, v *web.IssueView) error {
	id := sitting.SessionID(v.Session)
	stands, err := s.Issuer.Stands(ctx, by, id)
	if problem(err).Code == certs.ErrNotFinal.Code {
		v.Final = false
		return nil
	}
	if err != nil {
		return err
	}
	held, err := s.Issuer.OpenHolds(ctx, by, id, each(stands, func(t certs.Stand) *result.Result { return t.Result }))
	if err != nil {
		return err
	}
	for _, t := range stands {
		countStand(v, t, held[t.Result.ID] != nil)
	}
	taken, err := s.Issuer.Handovers(ctx, by, id)
	if err != nil {
		return err
	}
	v.Handovers = each(taken, func(e engine.Event) web.HandoverRow { return web.HandoverRow{At: e.At, By: e.Name, Count: e.Note} })
	if v.Given, err = s.Issuer.TakesNumbers(ctx, by, id); err != nil || b == nil {
		return err
	}
	v.MoreFailures = b.Progress.Failed - len(b.Failures)
	v.Failures, err = s.issueFailures(ctx, b, stands)
	return err
}

func countStand(v *web.IssueView, t certs.Stand, held bool) {
	v.Passed++
	switch {
	case t.Sealed():
		v.Sealed++
	case t.Certificate != nil:
		v.Waiting++
	case held:
		v.Held++
	}
}

// issueFailures are the failures of a batch that is over, with whom they are about.
func (s *Server) issueFailures(ctx context.Context, b *certs.Batch, stands []certs.Stand) ([]web.IssueFailure, error) {
	var rows []web.IssueFailure
	for _, f := range b.Failures {
		row := web.IssueFailure{Ticket: string(f.Ticket), Code: f.Code, Detail: f.Msg}
		at := slices.IndexFunc(stands, func(t certs.Stand) bool { return t.Result.Ticket == f.Ticket })
		if at >= 0 {
			person, err := s.Registry.Named(ctx, stands[at].Result.Candidate)
			if err != nil {
				return nil, err
			}
			row.Name = person.Name
			if c := stands[at].Certificate; c != nil {
				row.Number = string(c.Number)
			}
		}
		rows = append(rows, row)
	}
	return rows, nil
}

func (s *Server) startIssueForm(c *fiber.Ctx) error {
	if _, err := s.Issuer.Start(c.UserContext(), caller(c), sessionParam(c)); err != nil {
		return s.refuse(c, err, s.issuePage)
	}
	return c.Redirect(issueHref(sessionParam(c)), fiber.StatusSeeOther)
}
