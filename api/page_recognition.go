package api

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/skillcert/skillcert/api/web"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/recognition"
)

// recognitionPages are where an employer applies for its staff, where it is decided, and where the public objects.
func (s *Server) recognitionPages() []route {
	return []route{
		page("/recognitions", authz.RecogniseRead, s.recognitionsPage("").first),
		form("/recognitions", authz.RecogniseApply, s.applyRecognitionForm),
		page("/recognitions/public", "", again(s.recognitionsPublic).first),
		form("/recognitions/:id/review", authz.RecogniseReview, s.recognitionForm("recognition-reviewed", s.judged(s.Recognition.Review))),
		form("/recognitions/:id/decision", authz.RecogniseDecide, s.recognitionForm("recognition-decided", s.judged(s.Recognition.Decide))),
		form("/recognitions/:id/withdrawal", authz.RecogniseApply, s.recognitionForm("recognition-withdrawn", func(c *fiber.Ctx) (*recognition.Case, error) {
			return s.Recognition.Withdraw(c.UserContext(), caller(c), caseOfParam(c), field(c, "reason"))
		})),
		form("/recognitions/:id/final", authz.RecogniseApply, s.recognitionForm("recognition-final", func(c *fiber.Ctx) (*recognition.Case, error) {
			return s.Recognition.Conclude(c.UserContext(), caller(c), caseOfParam(c))
		})),
		form("/recognitions/:id/objections/:no/answer", authz.RecogniseDecide, s.recognitionForm("recognition-answered", func(c *fiber.Ctx) (*recognition.Case, error) {
			return s.Recognition.Answer(c.UserContext(), caller(c), caseOfParam(c), objectionParam(c), field(c, "upheld") == "yes", field(c, "words"))
		})),
		form("/recognitions/:id/objections", "", s.objectRecognitionForm).limited(limitWords),
		form("/recognitions/:id/certificate", authz.CertIssue, s.issueRecognitionForm),
	}
}

// recognitionsPage lists what waits for the reader and the cases of a body; do is the form that was refused.
func (s *Server) recognitionsPage(do string) again {
	return func(c *fiber.Ctx, p *web.Problem) error {
		ctx, by := c.UserContext(), caller(c)
		v := web.RecognitionsView{Org: string(askedOrg(c)), Do: do, Problem: p, Typed: map[string]string{}}
		var err error
		if v.Orgs, err = s.bodies(c); err != nil {
			return err
		}
		if p != nil {
			c.Request().PostArgs().VisitAll(func(k, text []byte) { v.Typed[string(k)] = string(text) })
			v.Org = s.bodyOfCase(ctx, by, do, v.Org)
		}
		if err = s.fillDue(ctx, by, &v); err == nil && v.Org != "" {
			err = s.fillRecognitions(ctx, by, &v)
		}
		if err != nil {
			return err
		}
		return s.show(c, "recognitions", v)
	}
}

// bodyOfCase is the body of a case that was not dealt with, for those who watch over several; to others it is always theirs.
func (s *Server) bodyOfCase(ctx context.Context, by authz.Principal, id, asked string) string {
	if got, err := s.Recognition.Case(ctx, by, recognition.ID(id)); err == nil && by.ActsFor(string(got.Org)) {
		return string(got.Org)
	}
	return asked
}

// fillDue is what waits for the reader, of whichever body.
func (s *Server) fillDue(ctx context.Context, by authz.Principal, v *web.RecognitionsView) error {
	due, err := s.Recognition.Due(ctx, by)
	if err != nil {
		return err
	}
	for _, d := range due {
		known, err := s.knowCase(ctx, by, d.Case)
		if err != nil {
			return err
		}
		row := s.recognitionRow(by, known)
		row.Step = string(d.Step)
		v.Due = append(v.Due, row)
	}
	return nil
}

// recognitionTasks are the steps of cases that wait for by, a task for each kind.
func (s *Server) recognitionTasks(ctx context.Context, by authz.Principal) (all []web.DeskTask, err error) {
	due, err := s.Recognition.Due(ctx, by)
	counts := map[recognition.Step]int{}
	for _, d := range due {
		counts[d.Step]++
	}
	for _, step := range []recognition.Step{recognition.Reviewing, recognition.Deciding, recognition.Answering, recognition.Concluding} {
		if counts[step] > 0 {
			all = append(all, web.DeskTask{Key: string(step), Href: "/recognitions#h-due", Count: counts[step]})
		}
	}
	return all, err
}

func (s *Server) fillRecognitions(ctx context.Context, by authz.Principal, v *web.RecognitionsView) error {
	org := engine.OrgID(v.Org)
	terms, err := s.termsOf(ctx, by, org)
	if err != nil {
		return err
	}
	body, err := s.Registry.Organisation(ctx, org)
	if err != nil {
		return err
	}
	v.OrgName, v.Open, v.Code, v.Why, v.Terms, v.Days = body.Name, terms.Open, terms.Code, terms.Why, terms.Terms, terms.Days
	v.Taken, v.Places, v.Document, v.Verified = terms.Taken, terms.Places, terms.Document, terms.Verified
	v.Staff, v.Percent = terms.Staff, terms.Percent
	v.MayApply = terms.Open && by.Can(authz.RecogniseApply) && by.Org == v.Org
	for _, l := range terms.levels {
		v.Levels = append(v.Levels, web.RecognitionLevel{Level: l, Years: terms.Years[l]})
	}
	v.Materials = each(terms.Materials, func(m RecognitionMaterial) web.Choice { return web.Choice{Value: m.ID, Label: m.Name} })
	all, err := engine.All(ctx, func(ctx context.Context, at engine.Cursor) ([]*recognition.Case, string, error) {
		return s.Recognition.CasesOf(ctx, by, org, at)
	})
	if err != nil {
		return err
	}
	slices.SortStableFunc(all, func(a, b *recognition.Case) int { return b.At.Compare(a.At) })
	for _, one := range all {
		known, err := s.knowCase(ctx, by, one)
		if err != nil {
			return err
		}
		if row := s.recognitionRow(by, known); !v.IsDue(row.ID) {
			v.Rows = append(v.Rows, row)
		}
	}
	return nil
}

func (s *Server) recognitionRow(by authz.Principal, k knownCase) web.RecognitionRow {
	c, own := k.Case, by.Org == string(k.Case.Org)
	row := web.RecognitionRow{ID: string(c.ID), Org: string(c.Org), Body: c.Body, Name: k.person.Name, IDMasked: engine.MaskID(k.person.IDNumber), Level: c.Level, State: string(c.State),
		Terms: c.Terms, Since: s.day(c.Since), Superior: k.superior.Name, Post: c.Superior.Post, Words: c.Superior.Words, On: s.day(c.Superior.On),
		By: k.applicant, At: c.At, Review: opinionOnPage(c.Review), Decision: opinionOnPage(c.Decision), From: s.day(c.Notice.From), Until: s.day(c.Notice.Until),
		Number: string(k.number()), Mark: c.Seen().Mark, Mine: c.IsOf(by)}
	for _, e := range c.Evidence {
		row.Evidence = append(row.Evidence, web.Choice{Value: e.Document, Label: s.materialName(e.Material)})
	}
	free := !c.Has(by) && !c.IsOf(by)
	row.MayReview = own && free && c.State == recognition.Applied && by.Can(authz.RecogniseReview)
	row.MayDecide = free && c.State == recognition.Reviewed && by.Can(authz.RecogniseDecide)
	row.MayAnswer = free && by.Can(authz.RecogniseDecide) && !c.DecidedBy(by)
	row.Decider = free && by.Can(authz.RecogniseDecide) && c.DecidedBy(by) && c.Waits() > 0
	row.MayWithdraw = own && !row.Mine && by.Can(authz.RecogniseApply) && (c.State == recognition.Applied || c.State == recognition.Reviewed)
	row.MayEnd = own && !row.Mine && by.Can(authz.RecogniseApply) && c.State == recognition.Public && c.Notice.Over(clock.DateOf(s.clock.Now(), s.zone)) && c.Waits() == 0
	row.MayIssue = own && !row.Mine && by.Can(authz.CertIssue) && c.State == recognition.Final && row.Number == ""
	for _, o := range c.Objections {
		row.Objections = append(row.Objections, protestOnPage(o, row.MayAnswer))
	}
	return row
}

func (s *Server) materialName(key string) string {
	all := s.Policy.Recognition.Materials
	if i := slices.IndexFunc(all, func(m engine.Material) bool { return m.Key == key }); i >= 0 {
		return all[i].Name
	}
	return key
}

func opinionOnPage(o *recognition.Opinion) *web.RecognitionOpinion {
	if o == nil {
		return nil
	}
	return &web.RecognitionOpinion{For: o.For, Reason: o.Reason, By: o.Name, At: o.At}
}

func protestOnPage(o recognition.Objection, answers bool) web.RecognitionProtest {
	p := web.RecognitionProtest{No: o.No, Words: o.Words, At: o.At, Open: o.Answer == nil}
	if answers {
		p.Name, p.Contact = o.Name, o.Contact
	}
	if o.Answer != nil {
		p.Upheld, p.Answer = o.Answer.Upheld, o.Answer.Words
	}
	return p
}

func (s *Server) applyRecognitionForm(c *fiber.Ctx) error {
	level, _ := strconv.Atoi(field(c, "level")) // what is none is refused as a level
	in := RecognitionEntry{IDNumber: field(c, "id_number"), Level: level, Terms: field(c, "terms"), Superior: field(c, "superior"), Post: field(c, "post"),
		Words: field(c, "words")}
	if on, err := clock.ParseDate(field(c, "on")); err == nil {
		in.On = Day(on)
	}
	c.Request().PostArgs().VisitAll(func(k, text []byte) {
		if key, is := strings.CutPrefix(string(k), "evidence-"); is && len(text) > 0 {
			in.Evidence = append(in.Evidence, RecognitionEvidence{Material: key, Document: string(text)})
		}
	})
	got, err := s.applyRecognition(c.UserContext(), caller(c), in)
	if err != nil {
		return s.refuse(c, err, s.recognitionsPage(web.RecognitionApply))
	}
	return s.done(c, "/recognitions#"+string(got.ID), "recognition-applied")
}

// judged reads a word for or against a case, as it was seen.
func (s *Server) judged(say judge) func(c *fiber.Ctx) (*recognition.Case, error) {
	return func(c *fiber.Ctx) (*recognition.Case, error) {
		return say(c.UserContext(), caller(c), engine.Seen{ID: c.Params("id"), Mark: field(c, "seen")}, field(c, "for") == "yes", field(c, "reason"))
	}
}

func (s *Server) recognitionForm(said string, do func(*fiber.Ctx) (*recognition.Case, error)) fiber.Handler {
	return func(c *fiber.Ctx) error {
		got, err := do(c)
		if err != nil {
			return s.refuse(c, err, s.recognitionsPage(c.Params("id")))
		}
		return s.done(c, recognitionHref(caller(c), got.Org, got.ID), said)
	}
}

// recognitionHref is where a case stands on the page of its body. Who acts for one body is asked for none; who decides from
// outside has no page of the body's.
func recognitionHref(by authz.Principal, org engine.OrgID, id recognition.ID) string {
	if by.Org == string(org) || !by.ActsFor(string(org)) {
		return "/recognitions#" + string(id)
	}
	return "/recognitions?org=" + string(org) + "#" + string(id)
}

func (s *Server) issueRecognitionForm(c *fiber.Ctx) error {
	cert, err := s.Issuer.IssueRecognition(c.UserContext(), caller(c), caseOfParam(c))
	if err != nil {
		return s.refuse(c, err, s.recognitionsPage(c.Params("id")))
	}
	return s.done(c, certificateHref(cert.Number), "award-issued", string(cert.Number), cert.Name)
}

func (s *Server) recognitionsPublic(c *fiber.Ctx, p *web.Problem) error {
	rows, err := s.Recognition.PublicList(c.UserContext())
	if err != nil {
		return err
	}
	v := web.RecognitionPublicView{Problem: p, Rows: each(rows, func(r recognition.PublicRow) web.RecognitionPublicRow {
		return web.RecognitionPublicRow{ID: string(r.ID), Name: r.Name, Body: r.Body, Level: r.Level, From: s.day(r.Notice.From), Until: s.day(r.Notice.Until)}
	})}
	if p != nil {
		v.Do, v.By, v.Reach, v.Words = c.Params("id"), field(c, "name"), field(c, "contact"), field(c, "words")
	}
	return s.show(c, "recognitions-public", v)
}

func (s *Server) objectRecognitionForm(c *fiber.Ctx) error {
	_, err := s.Recognition.Object(c.UserContext(), caseOfParam(c), engine.Protest{Name: field(c, "name"), Contact: field(c, "contact"), Words: field(c, "words")})
	if err != nil {
		return s.refuse(c, err, s.recognitionsPublic)
	}
	return s.done(c, "/recognitions/public", "objected")
}
