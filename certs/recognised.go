package certs

import (
	"context"
	"fmt"
	"strings"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/recognition"
	"github.com/skillcert/skillcert/engine/result"
)

// Route (取得方式) is the way on which a certificate was earned. Whoever checks it is told.
type Route string

// The routes.
const (
	RouteExam    Route = "exam"    // 考试: both components of a sitting
	RouteContest Route = "contest" // 竞赛晋升
	RouteDirect  Route = "direct"  // 直接认定: there was no examination
)

// sealed is what the credential says of r: nothing of an examination, as it always was.
func (r Route) sealed() Route {
	if r == RouteExam {
		return ""
	}
	return r
}

// Chinese names the route.
func (r Route) Chinese() string {
	return map[Route]string{"": "考试", RouteExam: "考试", RouteContest: "竞赛晋升", RouteDirect: "直接认定（未经考试）"}[r]
}

// Route is how the certificate was earned. Records from before there were routes say it by what they rest on.
func (c *Certificate) Route() Route {
	switch {
	case c.Way != "":
		return c.Way
	case c.AwardID() != "":
		return RouteContest
	}
	return RouteExam
}

// Recognitions is what issuing asks of direct recognition; *recognition.Desk.
type Recognitions interface {
	Granted(ctx context.Context, id recognition.ID) (*recognition.Case, error)
	FinalOf(ctx context.Context, org engine.OrgID) ([]*recognition.Case, error)
	Case(ctx context.Context, by authz.Principal, id recognition.ID) (*recognition.Case, error)
	HandedOver(ctx context.Context, by authz.Principal, id recognition.ID) error
}

// ofRecognition begins the name of what a certificate of a direct recognition is issued for.
const ofRecognition = "recognition-"

func groundsOfCase(c *recognition.Case) grounds {
	return grounds{id: result.ID(ofRecognition + string(c.ID)), holder: c.Person, level: c.Level, route: RouteDirect}
}

// rests is the rest of the name of what c was issued for, "" where it does not begin so, or was a sitting.
func (c *Certificate) rests(prefix string) string {
	id, ok := strings.CutPrefix(string(c.Result), prefix)
	if !ok || c.Session != "" {
		return ""
	}
	return id
}

// RecognitionID is the direct recognition that c was issued for, "" when it was issued for something else.
func (c *Certificate) RecognitionID() recognition.ID { return recognition.ID(c.rests(ofRecognition)) }

// IssueRecognition gives the certificate of a direct recognition whose publicity is over, by the same way as for a result. What may keep
// the person from it is looked at again.
func (i *Issuer) IssueRecognition(ctx context.Context, by authz.Principal, id recognition.ID) (*Certificate, error) {
	if err := by.Require(authz.CertIssue); err != nil {
		return nil, err
	}
	if i.recognised == nil {
		return nil, recognition.ErrCase
	}
	c, err := i.recognised.Case(ctx, by, id)
	if err != nil {
		return nil, err
	}
	if c.IsOf(by) {
		return nil, ErrOwnMatter
	}
	if had, err := i.reserved(ctx, groundsOfCase(c).id); err != nil || had != nil && had.State != Reserved {
		return had, err // it was issued: what came to light since takes nothing back by itself
	}
	if c, err = i.recognised.Granted(ctx, id); err != nil {
		return nil, err
	}
	return i.issueFor(ctx, by, c.Org, groundsOfCase(c))
}

// issueFor issues on grounds that lie in no session.
func (i *Issuer) issueFor(ctx context.Context, by authz.Principal, org engine.OrgID, g grounds) (*Certificate, error) {
	body, err := i.people.Organisation(ctx, org)
	if err != nil {
		return nil, err
	}
	c, err := i.reserve(ctx, by, &window{issuer: i, body: body}, g)
	if err != nil {
		return nil, fmt.Errorf("issue for %s: %w", g.id, err)
	}
	all, failed := i.finish(ctx, by, []*Certificate{c})
	return all[0], failed[0]
}

// RecognitionCertificate is the certificate that was given for a direct recognition, nil before.
func (i *Issuer) RecognitionCertificate(ctx context.Context, by authz.Principal, c *recognition.Case) (*Certificate, error) {
	if err := by.Require(authz.CertRead); err != nil {
		return nil, err
	}
	if !actsFor(by, c.Org) {
		return nil, recognition.ErrCase
	}
	return i.reserved(ctx, groundsOfCase(c).id)
}

// unsat are the grounds of a body's certificates without a session: granted prizes, and direct recognitions.
func (i *Issuer) unsat(ctx context.Context, org engine.OrgID) ([]grounds, error) {
	awards, err := engine.All(ctx, func(ctx context.Context, c engine.Cursor) ([]*Award, string, error) {
		return i.ports.Awards.AwardsOf(ctx, org, c)
	})
	if err != nil {
		return nil, err
	}
	var all []grounds
	for _, a := range awards {
		if a.State == AwardGranted {
			all = append(all, a.grounds())
		}
	}
	if i.recognised == nil {
		return all, nil
	}
	cases, err := i.recognised.FinalOf(ctx, org)
	for _, c := range cases {
		all = append(all, groundsOfCase(c))
	}
	return all, err
}
