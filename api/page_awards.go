package api

import (
	"context"
	"regexp"
	"slices"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"github.com/skillcert/skillcert/api/web"
	"github.com/skillcert/skillcert/certs"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
)

// awardPages are where prizes in contests are written down, decided on and certified.
func (s *Server) awardPages() []route {
	return []route{
		page("/awards", authz.CertRead, s.awardsPage("", web.AwardTyped{}).first),
		form("/awards", authz.CertChange, s.enterAwardForm),
		page("/awards/numbers", authz.CertChange, again(s.awardNumbers().page).first),
		form("/awards/numbers/preview", authz.CertChange, s.awardNumbers().preview).limited(limitUpload),
		form("/awards/numbers", authz.CertChange, s.awardNumbers().commit).limited(limitUpload),
		form("/awards/:id/confirmation", authz.CertConfirm, s.decideAward("award-granted", s.confirmAwardForm)),
		form("/awards/:id/refusal", authz.CertConfirm, s.decideAward("award-refused", s.refuseAwardForm)),
		form("/awards/:id/ruling", authz.CertConfirm, s.decideAward("award-ruled", s.rulingAwardForm)),
		form("/awards/:id/certificate", authz.CertIssue, s.issueAwardForm),
	}
}

// maxAwards is how many the page lists of what is decided; JSON has all.
const maxAwards = 50

// awardsPage lists the awards of a body; do and typed are of the form that was refused.
func (s *Server) awardsPage(do string, typed web.AwardTyped) again {
	return func(c *fiber.Ctx, p *web.Problem) error {
		v := web.AwardsView{Org: string(askedOrg(c)), MayEnter: caller(c).Can(authz.CertChange), Do: do, Typed: typed, Problem: p}
		var err error
		if v.Orgs, err = s.bodies(c); err != nil {
			return err
		}
		if v.Org != "" {
			err = s.fillAwards(c.UserContext(), caller(c), &v)
		}
		if err != nil {
			return err
		}
		return s.show(c, "awards", v)
	}
}

func (s *Server) fillAwards(ctx context.Context, by authz.Principal, v *web.AwardsView) error {
	org := engine.OrgID(v.Org)
	body, err := s.Registry.Organisation(ctx, org)
	if err != nil {
		return err
	}
	v.OrgName = body.Name
	if v.Given, err = s.Issuer.TakesAwardNumbers(ctx, by, org); err != nil {
		return err
	}
	v.Given = v.Given && v.MayEnter && by.Org == v.Org
	rules, err := s.contestRules(ctx, org)
	if err != nil {
		return err
	}
	v.Rules = each(rules, awardRule)
	if len(rules) > 0 {
		from := s.Policy.Sources[rules[0].SourceKey]
		v.Source = web.AwardSource{Document: from.Document, Note: from.Note, Verified: from.Verified}
	}
	year := clock.DateOf(s.clock.Now(), s.zone).Year
	v.Years = []int{year, year - 1}
	all, err := engine.All(ctx, func(ctx context.Context, at engine.Cursor) ([]*certs.Award, string, error) {
		return s.Issuer.AwardsOf(ctx, by, org, at)
	})
	if err != nil {
		return err
	}
	return s.groupAwards(ctx, by, all, v)
}

// groupAwards puts the awards by state, the newest first. What waits is listed whole, what is done up to a bound.
func (s *Server) groupAwards(ctx context.Context, by authz.Principal, all []*certs.Award, v *web.AwardsView) error {
	slices.SortStableFunc(all, func(a, b *certs.Award) int { return b.At.Compare(a.At) })
	groups, who := map[string]*web.AwardGroup{}, &naming{s: s, ctx: ctx, known: map[string]string{}}
	for _, state := range web.AwardStates() {
		groups[state] = &web.AwardGroup{State: state}
	}
	for _, a := range all {
		known, err := s.knowAward(ctx, by, a)
		if err != nil {
			return err
		}
		g := groups[string(a.State)]
		if known.issued() {
			g = groups["issued"]
		}
		if done := known.issued() || a.State == certs.AwardRefused; done && len(g.Rows) == maxAwards {
			g.More++
			continue
		}
		g.Rows = append(g.Rows, s.awardRow(by, known, who))
	}
	for _, state := range web.AwardStates() {
		if g := groups[state]; len(g.Rows) > 0 {
			v.Groups = append(v.Groups, *g)
		}
	}
	return who.err
}

func awardRule(r engine.ContestRule) web.AwardRule {
	return web.AwardRule{Class: r.Class, Group: r.Group, Places: r.Places, Percent: r.Percent, Holds: r.Holds, To: r.To}
}

func (s *Server) awardRow(by authz.Principal, k knownAward, who *naming) web.AwardRow {
	a := k.award
	row := web.AwardRow{ID: a.ID, Name: k.person.Name, IDMasked: engine.MaskID(k.person.IDNumber), Year: a.Year, Place: a.Place, Of: a.Of,
		Contest: a.Contest, Class: a.Class, Group: a.Group, Holds: a.Holds, HoldsNo: a.HoldsNo, Evidence: a.Evidence, To: a.To,
		By: who.of(a.By), At: a.At, Number: string(k.number())}
	row.Own, row.Mine, row.Mark = a.Who == by.Person || a.By == by.Account, a.IsOf(by), a.Seen().Mark
	for _, r := range s.Policy.Certificates.Contests {
		if r.ID == a.Rule {
			rule := awardRule(r)
			row.Rule = &rule
		}
	}
	if d := a.Decision(); d != nil {
		row.Decided, row.DecidedBy, row.Reason = d.At, who.of(d.By), d.Note
	}
	row.Exports = awardExports(a)
	decides := k.decides && by.Can(authz.CertConfirm) && !row.Own && !row.Mine
	row.Confirm = decides && a.State == certs.AwardEntered
	row.Ruling = decides && a.State == certs.AwardHeld && by.Has(authz.Labour)
	row.Issuing = by.Can(authz.CertIssue) && a.State == certs.AwardGranted && !k.issued() && !row.Mine
	row.NoPhoto = row.Issuing && k.cert == nil && k.person.Photo.None()
	for _, l := range engine.Levels() {
		if row.Ruling && (a.Holds == 0 || l.Above(a.Holds)) {
			row.Levels = append(row.Levels, l)
		}
	}
	return row
}

// awardExports are the times that the certificate of an award was given out with its holder's whole document number.
func awardExports(a *certs.Award) (rows []web.HandoverRow) {
	for _, e := range a.Trail {
		if e.Action == certs.AwardHandedOver {
			rows = append(rows, web.HandoverRow{At: e.At, By: e.Name})
		}
	}
	return rows
}

// awardFields are the fields of the form that writes an award down.
var awardFields = regexp.MustCompile(`^(id_type|id_number|contest|class|year|place|of|group|holds|holds_no|evidence)$`)

func (s *Server) enterAwardForm(c *fiber.Ctx) error {
	f, err := readForm(c, awardFields)
	if err != nil {
		return err
	}
	t := web.AwardTyped{IDType: f.text("id_type"), IDNumber: f.text("id_number"), Contest: f.text("contest"), Class: f.text("class"),
		Year: f.text("year"), Place: f.text("place"), Of: f.text("of"), Group: f.text("group"), Holds: f.text("holds"),
		HoldsNo: f.text("holds_no"), Evidence: f.text("evidence")}
	a := certs.Award{Contest: t.Contest, Class: t.Class, Year: f.number("year", "year", "年份"), Place: f.number("place", "place", "名次"),
		Of: f.number("of", "of", "参赛人数"), Group: t.Group,
		Holds: levelOrNone(f.number("holds", "holds", "等级")), HoldsNo: t.HoldsNo, Evidence: t.Evidence}
	var got knownAward
	if err = f.wrongly(certs.ErrAwardInput); err == nil {
		got, err = s.enterAward(c.UserContext(), caller(c), engine.IDType(t.IDType), t.IDNumber, a)
	}
	if err != nil {
		return s.refuse(c, err, s.awardsPage(web.AwardEntry, t))
	}
	return s.done(c, "/awards#"+got.award.ID, "award-"+string(got.award.State), got.person.Name)
}

// awardDecision is what a form of the page has decided about an award.
type awardDecision func(c *fiber.Ctx, seen engine.Seen) (*certs.Award, error)

func (s *Server) decideAward(key string, decide awardDecision) fiber.Handler {
	return func(c *fiber.Ctx) error {
		got, err := decide(c, seenAward(c, field(c, "seen")))
		if err != nil {
			return s.refuse(c, err, s.awardsPage(awardParam(c), web.AwardTyped{}))
		}
		person, err := s.Registry.Named(c.UserContext(), got.Person)
		if err != nil {
			return err
		}
		return s.done(c, awardHref(caller(c), got.Org, got.ID), key, person.Name)
	}
}

func (s *Server) confirmAwardForm(c *fiber.Ctx, seen engine.Seen) (*certs.Award, error) {
	return s.Issuer.Grant(c.UserContext(), caller(c), seen)
}

func (s *Server) refuseAwardForm(c *fiber.Ctx, seen engine.Seen) (*certs.Award, error) {
	return s.Issuer.RefuseAward(c.UserContext(), caller(c), seen, field(c, "reason"))
}

// rulingAwardForm reads the level of a ruling; nothing chosen is no level, which "0" says.
func (s *Server) rulingAwardForm(c *fiber.Ctx, seen engine.Seen) (*certs.Award, error) {
	to, err := strconv.Atoi(field(c, "to"))
	if err != nil {
		return nil, certs.ErrAwardLevel
	}
	return s.Issuer.RuleOnAward(c.UserContext(), caller(c), seen, levelOrNone(to), field(c, "reason"))
}

func (s *Server) issueAwardForm(c *fiber.Ctx) error {
	cert, err := s.Issuer.IssueAward(c.UserContext(), caller(c), awardParam(c))
	if err != nil {
		return s.refuse(c, err, s.awardsPage(awardParam(c), web.AwardTyped{}))
	}
	return s.done(c, certificateHref(cert.Number), "award-issued", string(cert.Number), cert.Name)
}

// awardHref is where an award stands on the page of its body. Who acts for one body is asked for none.
func awardHref(by authz.Principal, org engine.OrgID, id string) string {
	if by.Org == string(org) {
		return "/awards#" + id
	}
	return "/awards?org=" + string(org) + "#" + id
}

// groundOf says what a certificate rests on: the session that it was passed in, a prize, or a direct recognition.
func (s *Server) groundOf(ctx context.Context, by authz.Principal, c *certs.Certificate, v *web.CertificateView) error {
	if award := c.AwardID(); award != "" {
		v.Award = awardHref(by, c.Org, award)
		return nil
	}
	if id := c.RecognitionID(); id != "" {
		v.Award, v.Direct = recognitionHref(by, c.Org, id), true
		return nil
	}
	session, err := s.Sittings.Session(ctx, by, c.Session)
	if err != nil {
		return err
	}
	v.SessionName = session.Name
	return nil
}
