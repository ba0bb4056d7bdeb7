package api

import (
	"context"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/accreditation"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
)

// selectionRoutes are the selection of evaluation bodies, as the pages at /selections do it.
func (s *Server) selectionRoutes() []route {
	at, one := "/selections", "/selections/:id/applications/:org"
	return []route{
		get(at, authz.AccreditRead, s.listSelections, "Calls of one's province, the newest deadline first; a body sees its own application only", []Selection{}),
		post(at, authz.AccreditCall, s.announceSelection, "Publish a call for evaluation bodies; twice is harmless", SelectionEntry{}, Selection{}),
		get(at+"/:id", authz.AccreditRead, s.getSelection, "One call with the applications that one may see", Selection{}),
		post(at+"/:id/application", authz.AccreditApply, s.onSelection(s.Accreditation.Apply), "Begin one's body's application; twice is harmless", nil, Selection{}),
		{Method: fiber.MethodPut, Path: at + "/:id/application/premises", Action: authz.AccreditApply, Handle: s.putPremises,
			Summary: "Say where the body would examine", Request: PremisesEntry{}, Response: Selection{}},
		{Method: fiber.MethodPut, Path: at + "/:id/application/control", Action: authz.AccreditApply, Handle: s.putApplicationControl,
			Summary: "Say who represents and who owns the body, all of it", Request: BehindEntry{}, Response: Selection{}},
		post(at+"/:id/application/materials/:material", authz.AccreditApply, s.postMaterial, "Hand in a material: PDF, JPG or PNG of at most 5 MB, in the place of what was there",
			nil, Selection{}).upload().limited(limitUpload),
		post(at+"/:id/application/submission", authz.AccreditApply, s.onSelection(s.Accreditation.Submit), "Hand the application in; twice is harmless", nil, Selection{}),
		post(at+"/:id/application/withdrawal", authz.AccreditApply, s.onSelection(s.Accreditation.Withdraw), "Take the application back; twice is harmless", nil, Selection{}),
		get(one+"/materials/:material", authz.AccreditRead, s.sendMaterial, "A material as it was handed in", nil).produces(fiber.MIMEOctetStream),
		post(one+"/review", authz.AccreditReview, s.judgeSelection(s.Accreditation.Review), "Write down what the review showed", OpinionEntry{}, Selection{}),
		post(one+"/decision", authz.AccreditDecide, s.judgeSelection(s.Accreditation.Decide), "Choose the body or not, as another person than who reviewed", OpinionEntry{}, Selection{}),
		post(at+"/:id/notice", authz.AccreditCall, s.onSelection(s.Accreditation.Publish), "Begin the public notice today; twice is harmless", nil, Selection{}),
		post(one+"/objections", authz.AccreditCall, s.postApplicationObjection, "Write down an objection that came in", ApplicationObjectionEntry{}, Selection{}),
		post(one+"/objections/:no/answer", authz.AccreditCall, s.answerApplicationObjection, "Answer an objection; one that is upheld strikes the application",
			ApplicationAnswerEntry{}, Selection{}),
		post(one+"/filing", authz.AccreditCall, s.postSelectionFiling, "File the body after the notice, with who is behind it; again completes it", SelectionFilingEntry{}, Selection{}),
	}
}

// onSelection is a step without a body of its own.
func (s *Server) onSelection(do func(context.Context, authz.Principal, accreditation.CallID) (*accreditation.Call, error)) fiber.Handler {
	return func(c *fiber.Ctx) error {
		got, err := do(c.UserContext(), caller(c), callParam(c))
		return give(c, got, err, s.viewSelection)
	}
}

func (s *Server) listSelections(c *fiber.Ctx) error {
	all, err := s.Accreditation.Calls(c.UserContext(), caller(c))
	return giveAll(c, all, err, s.viewSelection)
}

func (s *Server) getSelection(c *fiber.Ctx) error {
	got, err := s.Accreditation.Call(c.UserContext(), caller(c), callParam(c))
	return give(c, got, err, s.viewSelection)
}

func (s *Server) announceSelection(c *fiber.Ctx) error {
	var in SelectionEntry
	if err := decode(c, &in); err != nil {
		return err
	}
	got, err := s.Accreditation.Announce(c.UserContext(), caller(c), in.call())
	return give(c, got, err, s.viewSelection)
}

func (s *Server) putPremises(c *fiber.Ctx) error {
	var in PremisesEntry
	if err := decode(c, &in); err != nil {
		return err
	}
	p := accreditation.Premises{Address: in.Address, Leased: in.Leased, From: orNoDay(in.From), To: orNoDay(in.To)}
	got, err := s.Accreditation.SetPremises(c.UserContext(), caller(c), callParam(c), p)
	return give(c, got, err, s.viewSelection)
}

func (s *Server) putApplicationControl(c *fiber.Ctx) error {
	var in BehindEntry
	if err := decode(c, &in); err != nil {
		return err
	}
	got, err := s.Accreditation.SetControl(c.UserContext(), caller(c), callParam(c), in.control())
	return give(c, got, err, s.viewSelection)
}

func (s *Server) postMaterial(c *fiber.Ctx) error {
	name, data, err := upload(c)
	if err != nil {
		return err
	}
	got, err := s.Accreditation.Attach(c.UserContext(), caller(c), callParam(c), c.Params("material"), name, data)
	return give(c, got, err, s.viewSelection)
}

func (s *Server) judgeSelection(judge func(context.Context, authz.Principal, accreditation.CallID, engine.OrgID, accreditation.Opinion) (*accreditation.Call, error)) fiber.Handler {
	return func(c *fiber.Ctx) error {
		var in OpinionEntry
		if err := decode(c, &in); err != nil {
			return err
		}
		got, err := judge(c.UserContext(), caller(c), callParam(c), applicantParam(c), accreditation.Opinion{For: in.For, Reason: in.Reason})
		return give(c, got, err, s.viewSelection)
	}
}

func (s *Server) postApplicationObjection(c *fiber.Ctx) error {
	var in ApplicationObjectionEntry
	if err := decode(c, &in); err != nil {
		return err
	}
	got, err := s.Accreditation.Object(c.UserContext(), caller(c), callParam(c), applicantParam(c), accreditation.Objection{From: in.From, Text: in.Text})
	return give(c, got, err, s.viewSelection)
}

func (s *Server) answerApplicationObjection(c *fiber.Ctx) error {
	var in ApplicationAnswerEntry
	if err := decode(c, &in); err != nil {
		return err
	}
	no, _ := strconv.Atoi(c.Params("no")) // what is no number is no objection
	got, err := s.Accreditation.Answer(c.UserContext(), caller(c), callParam(c), applicantParam(c), no, accreditation.Answer{Upheld: in.Upheld, Text: in.Text})
	return give(c, got, err, s.viewSelection)
}

func (s *Server) postSelectionFiling(c *fiber.Ctx) error {
	var in SelectionFilingEntry
	if err := decode(c, &in); err != nil {
		return err
	}
	papers := accreditation.Papers{Filing: engine.Filing{Number: in.Number, Capacity: in.Capacity, From: clock.Date(in.From), To: clock.Date(in.To), Region: in.Region}}
	if in.Control != nil {
		state := in.Control.control()
		papers.Control = &state
	}
	got, err := s.Accreditation.File(c.UserContext(), caller(c), callParam(c), applicantParam(c), papers)
	return give(c, got, err, s.viewSelection)
}
