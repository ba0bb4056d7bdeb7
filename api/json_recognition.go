package api

import (
	"context"
	"errors"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"github.com/skillcert/skillcert/certs"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/engine/recognition"
)

func (s *Server) recognitionRoutes() []route {
	return []route{
		get("/recognitions", authz.RecogniseRead, s.listRecognitions, "Direct recognitions of one's own body, or of the one that org names", RecognitionPage{}),
		get("/recognitions/due", authz.RecogniseRead, s.dueRecognitions, "Direct recognitions that wait for the reader, of whichever body", []DueRecognition{}),
		get("/recognitions/terms", authz.RecogniseRead, s.recognitionTerms, "Whether direct recognition is open to a body, and what it asks for", RecognitionTerms{}),
		get("/recognitions/public", "", s.publicRecognitions, "Direct recognitions in publicity; names are masked", []PublicRecognition{}),
		post("/recognitions", authz.RecogniseApply, s.postRecognition, "Apply for a member of one's own body's staff", RecognitionEntry{}, Recognition{}),
		post("/recognitions/:id/review", authz.RecogniseReview, s.judgeRecognition(s.Recognition.Review), "The word of a second person of the body", RecognitionWord{}, Recognition{}),
		post("/recognitions/:id/decision", authz.RecogniseDecide, s.judgeRecognition(s.Recognition.Decide),
			"The word of the labour authority or a quality supervisor tied to neither body nor person", RecognitionWord{}, Recognition{}),
		post("/recognitions/:id/withdrawal", authz.RecogniseApply, s.withdrawRecognition, "Withdraw an application that nobody decided on", RecognitionReason{}, Recognition{}),
		post("/recognitions/:id/objections", "", s.objectRecognition, "Object to a direct recognition in publicity", ObjectionEntry{}, ObjectionTaken{}).limited(limitWords),
		post("/recognitions/:id/objections/:no/answer", authz.RecogniseDecide, s.answerRecognition, "Answer an objection; one that is upheld strikes the case",
			RecognitionAnswer{}, Recognition{}),
		post("/recognitions/:id/final", authz.RecogniseApply, s.concludeRecognition, "End the publicity; twice is harmless", nil, Recognition{}),
		post("/recognitions/:id/certificate", authz.CertIssue, s.issueRecognition, "Issue the certificate; twice is harmless", nil, CertificateRecord{}),
	}
}

func caseOfParam(c *fiber.Ctx) recognition.ID { return recognition.ID(c.Params("id")) }

// knownCase is a case with its people and its certificate, nil before it is issued.
type knownCase struct {
	*recognition.Case
	person, superior *engine.Person
	applicant        string // name
	cert             *certs.Certificate
}

func (k knownCase) number() certs.Number {
	if k.cert == nil {
		return ""
	}
	return k.cert.Number
}

func (s *Server) knowCase(ctx context.Context, by authz.Principal, c *recognition.Case) (k knownCase, err error) {
	k.Case = c
	if k.person, err = s.Registry.Named(ctx, c.Person); err != nil {
		return k, err
	}
	if k.applicant, err = s.applicantOf(ctx, c); err != nil {
		return k, err
	}
	if k.superior, err = s.Registry.Named(ctx, c.Superior.Person); err != nil || c.State != recognition.Final || !by.Can(authz.CertRead) {
		return k, err
	}
	k.cert, err = s.Issuer.RecognitionCertificate(ctx, by, c)
	return k, err
}

// applicantOf names who applied. A case of somebody who is not registered any more shows the account.
func (s *Server) applicantOf(ctx context.Context, c *recognition.Case) (string, error) {
	p, err := s.Registry.Named(ctx, engine.PersonID(c.Who))
	switch {
	case errors.Is(err, engine.ErrPerson):
		return c.By, nil
	case err != nil:
		return "", err
	}
	return p.Name, nil
}

func (s *Server) giveCase(c *fiber.Ctx, got *recognition.Case, err error) error {
	if err != nil {
		return err
	}
	known, err := s.knowCase(c.UserContext(), caller(c), got)
	return give(c, known, err, viewRecognition)
}

func (s *Server) listRecognitions(c *fiber.Ctx) error {
	ctx, by := c.UserContext(), caller(c)
	all, next, err := s.Recognition.CasesOf(ctx, by, askedOrg(c), cursorOf(c))
	if err != nil {
		return err
	}
	p := RecognitionPage{Recognitions: []Recognition{}, Next: next}
	for _, one := range all {
		known, err := s.knowCase(ctx, by, one)
		if err != nil {
			return err
		}
		p.Recognitions = append(p.Recognitions, viewRecognition(known))
	}
	return c.JSON(p)
}

func (s *Server) dueRecognitions(c *fiber.Ctx) error {
	ctx, by := c.UserContext(), caller(c)
	due, err := s.Recognition.Due(ctx, by)
	if err != nil {
		return err
	}
	all := []DueRecognition{}
	for _, d := range due {
		known, err := s.knowCase(ctx, by, d.Case)
		if err != nil {
			return err
		}
		all = append(all, DueRecognition{Step: d.Step, Recognition: viewRecognition(known)})
	}
	return c.JSON(all)
}

func (s *Server) recognitionTerms(c *fiber.Ctx) error {
	terms, err := s.termsOf(c.UserContext(), caller(c), askedOrg(c))
	return give(c, terms, err, func(t RecognitionTerms) RecognitionTerms { return t })
}

// termsOf says whether the route is open to the body and, where it is not, why.
func (s *Server) termsOf(ctx context.Context, by authz.Principal, org engine.OrgID) (RecognitionTerms, error) {
	places, err := s.Recognition.Places(ctx, by, org)
	if err != nil {
		return RecognitionTerms{}, err
	}
	t := viewTerms(s.Policy)
	t.Taken, t.Places, t.Staff = places.Taken, places.Most, places.Staff
	err = s.Recognition.Route(ctx, org)
	switch k := errs.KindOf(err); {
	case err == nil:
		t.Open = true
	case k == errs.Internal, k == errs.Unavailable:
		return t, err
	default:
		p := problem(err)
		t.Code, t.Why = p.Code, p.Title
	}
	return t, nil
}

func (s *Server) publicRecognitions(c *fiber.Ctx) error {
	rows, err := s.Recognition.PublicList(c.UserContext())
	return giveAll(c, rows, err, viewPublicRecognition)
}

func (s *Server) postRecognition(c *fiber.Ctx) error {
	var in RecognitionEntry
	if err := decode(c, &in); err != nil {
		return err
	}
	got, err := s.applyRecognition(c.UserContext(), caller(c), in)
	return s.giveCase(c, got, err)
}

// applyRecognition finds both people by their document numbers. Resident cards are meant where no kind is named.
func (s *Server) applyRecognition(ctx context.Context, by authz.Principal, in RecognitionEntry) (*recognition.Case, error) {
	a := in.application()
	for name, one := range map[string]struct {
		number string
		into   *engine.PersonID
	}{"id_number": {in.IDNumber, &a.Person}, "superior": {in.Superior, &a.Superior.Person}} {
		p, err := s.Registry.Find(ctx, engine.ResidentCard, one.number)
		switch k := errs.KindOf(err); {
		case err == nil:
			*one.into = p.ID
		case k == errs.Internal, k == errs.Unavailable:
			return nil, err
		default:
			return nil, recognition.ErrInput.WithFields(errs.Field{Name: name, Code: "unknown", Msg: "没有登记此居民身份证号码的人员，请核对号码，或先登记人员"})
		}
	}
	return s.Recognition.Apply(ctx, by, a)
}

// judge is Desk.Review or Desk.Decide.
type judge func(ctx context.Context, by authz.Principal, seen engine.Seen, pro bool, reason string) (*recognition.Case, error)

func (s *Server) judgeRecognition(say judge) fiber.Handler {
	return func(c *fiber.Ctx) error {
		var in RecognitionWord
		if err := decode(c, &in); err != nil {
			return err
		}
		got, err := say(c.UserContext(), caller(c), engine.Seen{ID: c.Params("id"), Mark: in.Seen}, in.For, in.Reason)
		return s.giveCase(c, got, err)
	}
}

func (s *Server) withdrawRecognition(c *fiber.Ctx) error {
	var in RecognitionReason
	if err := decode(c, &in); err != nil {
		return err
	}
	got, err := s.Recognition.Withdraw(c.UserContext(), caller(c), caseOfParam(c), in.Reason)
	return s.giveCase(c, got, err)
}

func (s *Server) objectRecognition(c *fiber.Ctx) error {
	var in ObjectionEntry
	if err := decode(c, &in); err != nil {
		return err
	}
	_, err := s.Recognition.Object(c.UserContext(), caseOfParam(c), engine.Protest{Name: in.Name, Contact: in.Contact, Words: in.Words})
	return give(c, ObjectionTaken{Instant(s.clock.Now())}, err, func(t ObjectionTaken) ObjectionTaken { return t })
}

func (s *Server) answerRecognition(c *fiber.Ctx) error {
	var in RecognitionAnswer
	if err := decode(c, &in); err != nil {
		return err
	}
	got, err := s.Recognition.Answer(c.UserContext(), caller(c), caseOfParam(c), objectionParam(c), in.Upheld, in.Words)
	return s.giveCase(c, got, err)
}

// objectionParam is the number of the address; what is none names no objection.
func objectionParam(c *fiber.Ctx) int {
	no, err := strconv.Atoi(c.Params("no"))
	if err != nil {
		return 0
	}
	return no
}

func (s *Server) concludeRecognition(c *fiber.Ctx) error {
	got, err := s.Recognition.Conclude(c.UserContext(), caller(c), caseOfParam(c))
	return s.giveCase(c, got, err)
}

func (s *Server) issueRecognition(c *fiber.Ctx) error {
	cert, err := s.Issuer.IssueRecognition(c.UserContext(), caller(c), caseOfParam(c))
	return give(c, cert, err, viewCertificateRecord)
}

// application is the entry, its people left out.
func (e RecognitionEntry) application() recognition.Case {
	a := recognition.Case{Level: levelOrNone(e.Level), Terms: e.Terms, Superior: recognition.Superior{Post: e.Post, Words: e.Words, On: clock.Date(e.On)}}
	for _, m := range e.Evidence {
		a.Evidence = append(a.Evidence, recognition.Evidence{Material: m.Material, Document: m.Document})
	}
	return a
}
