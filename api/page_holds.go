package api

import (
	"context"

	"github.com/gofiber/fiber/v2"

	"github.com/skillcert/skillcert/api/web"
	"github.com/skillcert/skillcert/certs"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/result"
	"github.com/skillcert/skillcert/engine/sitting"
)

// holder puts a hold on, or lifts it: Issuer.Keep or Issuer.Lift.
type holder func(ctx context.Context, by authz.Principal, r result.ID, reason string) (*certs.Hold, error)

// holdResult does it to the result of a ticket of the session in the address.
func (s *Server) holdResult(c *fiber.Ctx, do holder, ticket, reason string) (*certs.Hold, sitting.Ticket, error) {
	r, t, err := s.resultOf(c, ticket)
	if err != nil {
		return nil, "", err
	}
	h, err := do(c.UserContext(), caller(c), r, reason)
	return h, t, err
}

func (s *Server) holdForm(do holder, key string) fiber.Handler {
	return func(c *fiber.Ctx) error {
		_, t, err := s.holdResult(c, do, field(c, "ticket"), field(c, "reason"))
		if err != nil {
			return s.refuse(c, err, s.resultsPage)
		}
		return s.done(c, sessionHref(c)+"/results", key, string(t))
	}
}

// holdsPart is what the results page says of issue: who is held back, and where the issue for the session is.
func (s *Server) holdsPart(ctx context.Context, by authz.Principal, n *sitting.Session, v *web.ResultsView, results []*result.Result) error {
	if !by.Can(authz.CertRead) || len(results) == 0 {
		return nil
	}
	open, err := s.Issuer.OpenHolds(ctx, by, n.ID, results)
	if err != nil {
		return err
	}
	decides, err := s.Issuer.Decides(ctx, by, n.Org)
	if err != nil {
		return err
	}
	v.Holds.MayHold, v.Holds.Issue = decides && by.Can(authz.CertHold), issueHref(n.ID)
	names := map[string]string{}
	for _, row := range v.Rows {
		names[row.Ticket] = row.Name
	}
	for _, r := range results {
		h := open[r.ID]
		if h == nil {
			continue
		}
		row := web.HoldRow{Ticket: string(r.Ticket), Name: names[string(r.Ticket)], Reason: h.Reason, Since: h.Since}
		if n := len(h.Trail); n > 0 {
			row.By = h.Trail[n-1].Name
		}
		v.Holds.Rows = append(v.Holds.Rows, row)
	}
	return nil
}
