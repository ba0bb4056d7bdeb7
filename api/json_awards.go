package api

import (
	"context"
	"errors"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/skillcert/skillcert/certs"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/errs"
)

func (s *Server) awardRoutes() []route {
	return []route{
		get("/awards", authz.CertRead, s.listAwards, "Prizes in skills contests of one's own body, or of the one that org names", AwardPage{}),
		get("/awards/rules", authz.CertRead, s.listContestRules, "By which rules a prize becomes a level, of the body's province", []ContestRule{}),
		post("/awards", authz.CertChange, s.postAward, "Write a prize down; another person confirms it. Twice is harmless", AwardEntry{}, Award{}),
		post("/awards/numbers/preview", authz.CertChange, s.awardNumbers().answer(false),
			"What taking in the authority's list of numbers for granted prizes of one's own body would do", nil, GivenNumbers{}).
			upload().limited(limitUpload),
		post("/awards/numbers", authz.CertChange, s.awardNumbers().answer(true),
			"Take in the authority's list of numbers for granted prizes; twice is harmless", nil, GivenNumbers{}).
			upload().limited(limitUpload),
		post("/awards/:id/confirmation", authz.CertConfirm, s.confirmAward, "Confirm a prize that another person wrote down", AwardConfirmation{},
			Award{}),
		post("/awards/:id/refusal", authz.CertConfirm, s.refuseAward, "Refuse a prize that another person wrote down", AwardRefusal{}, Award{}),
		post("/awards/:id/ruling", authz.CertConfirm, s.ruleOnAward,
			"The labour authority's word on a prize that the rules give no level to", AwardRuling{}, Award{}),
		post("/awards/:id/certificate", authz.CertIssue, s.issueAward,
			"Issue the certificate of a granted prize; twice is harmless", nil, CertificateRecord{}),
	}
}

func awardParam(c *fiber.Ctx) string { return c.Params("id") }

// seenAward is the award of the address, as whoever decides on it saw it.
func seenAward(c *fiber.Ctx, mark string) engine.Seen {
	return engine.Seen{ID: awardParam(c), Mark: mark}
}

// knownAward is an award with its person and its certificate, nil before it is issued.
type knownAward struct {
	award   *certs.Award
	person  *engine.Person
	cert    *certs.Certificate
	decides bool // as far as the province of its body goes
}

func (k knownAward) number() certs.Number {
	if k.cert == nil {
		return ""
	}
	return k.cert.Number
}

// issued reports whether the certificate of the award is done.
func (k knownAward) issued() bool { return k.cert != nil && k.cert.State != certs.Reserved }

func (s *Server) knowAward(ctx context.Context, by authz.Principal, a *certs.Award) (k knownAward, err error) {
	k.award = a
	if k.decides, err = s.Issuer.Decides(ctx, by, a.Org); err != nil {
		return k, err
	}
	if k.person, err = s.Registry.Named(ctx, a.Person); err != nil || a.State != certs.AwardGranted {
		return k, err
	}
	k.cert, err = s.Issuer.AwardCertificate(ctx, by, a)
	return k, err
}

func (s *Server) listAwards(c *fiber.Ctx) error {
	ctx, by := c.UserContext(), caller(c)
	all, next, err := s.Issuer.AwardsOf(ctx, by, askedOrg(c), cursorOf(c))
	if err != nil {
		return err
	}
	p := AwardPage{Awards: []Award{}, Next: next}
	for _, a := range all {
		known, err := s.knowAward(ctx, by, a)
		if err != nil {
			return err
		}
		p.Awards = append(p.Awards, viewAward(known))
	}
	return c.JSON(p)
}

// contestRules are those of a body's province.
func (s *Server) contestRules(ctx context.Context, org engine.OrgID) (rules []engine.ContestRule, err error) {
	body, err := s.Registry.Organisation(ctx, org)
	if err != nil {
		return nil, err
	}
	for _, r := range s.Policy.Certificates.Contests {
		if r.Province == body.Province {
			rules = append(rules, r)
		}
	}
	return rules, nil
}

func (s *Server) listContestRules(c *fiber.Ctx) error {
	rules, err := s.contestRules(c.UserContext(), askedOrg(c))
	return giveAll(c, rules, err, s.viewContestRule)
}

// fieldNobody refuses a document number that no registered person has.
var fieldNobody = errs.Field{Name: "id_number", Code: "unknown", Msg: "没有登记此证件号码的人员，请考务人员先登记"}

// enterAward writes an award down for the person of a document number.
func (s *Server) enterAward(ctx context.Context, by authz.Principal, t engine.IDType, number string, a certs.Award) (knownAward, error) {
	if t == "" {
		t = engine.ResidentCard
	}
	person, err := s.Registry.Find(ctx, t, number)
	if err != nil {
		return knownAward{}, notFound(t, number, err)
	}
	a.Person = person.ID
	got, err := s.Issuer.EnterAward(ctx, by, a)
	return knownAward{award: got, person: person}, err
}

// notFound says why nobody was found: a number that no card has was mistyped.
func notFound(t engine.IDType, number string, err error) error {
	if errors.Is(err, engine.ErrPerson) && t == engine.ResidentCard {
		if _, mistyped := engine.ParseResident(strings.TrimSpace(number)); mistyped != nil {
			err = mistyped
		}
	}
	switch {
	case errors.Is(err, engine.ErrPerson):
		return certs.ErrAwardInput.WithFields(fieldNobody)
	case errors.Is(err, engine.ErrIDNumber):
		return certs.ErrAwardInput.WithFields(errs.Field{Name: "id_number", Code: "form", Msg: problem(err).Title})
	}
	return err
}

func (s *Server) postAward(c *fiber.Ctx) error {
	var in AwardEntry
	if err := decode(c, &in); err != nil {
		return err
	}
	got, err := s.enterAward(c.UserContext(), caller(c), in.IDType, in.IDNumber, in.award())
	return give(c, got, err, viewAward)
}

// giveAward answers what became of an award.
func (s *Server) giveAward(c *fiber.Ctx, a *certs.Award, err error) error {
	if err != nil {
		return err
	}
	known, err := s.knowAward(c.UserContext(), caller(c), a)
	return give(c, known, err, viewAward)
}

func (s *Server) confirmAward(c *fiber.Ctx) error {
	var in AwardConfirmation
	if err := decode(c, &in); err != nil {
		return err
	}
	got, err := s.Issuer.Grant(c.UserContext(), caller(c), seenAward(c, in.Seen))
	return s.giveAward(c, got, err)
}

func (s *Server) refuseAward(c *fiber.Ctx) error {
	var in AwardRefusal
	if err := decode(c, &in); err != nil {
		return err
	}
	got, err := s.Issuer.RefuseAward(c.UserContext(), caller(c), seenAward(c, in.Seen), in.Reason)
	return s.giveAward(c, got, err)
}

func (s *Server) ruleOnAward(c *fiber.Ctx) error {
	var in AwardRuling
	if err := decode(c, &in); err != nil {
		return err
	}
	got, err := s.Issuer.RuleOnAward(c.UserContext(), caller(c), seenAward(c, in.Seen), levelOrNone(in.To), in.Reason)
	return s.giveAward(c, got, err)
}

func (s *Server) issueAward(c *fiber.Ctx) error {
	cert, err := s.Issuer.IssueAward(c.UserContext(), caller(c), awardParam(c))
	return give(c, cert, err, viewCertificateRecord)
}
