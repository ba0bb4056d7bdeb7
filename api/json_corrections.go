package api

import (
	"context"

	"github.com/gofiber/fiber/v2"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/sitting"
	"github.com/skillcert/skillcert/engine/theory"
	"github.com/skillcert/skillcert/questionbank"
)

// correctionRoutes are of wrong keys: the bank decides, the marker of each session marks anew.
func (s *Server) correctionRoutes() []route {
	return []route{
		get("/bank/items/:code/corrections", authz.BankCorrect, s.listCorrections,
			"Corrections of the keys of an item", []Correction{}).also(authz.BankEdit),
		post("/bank/items/:code/corrections", authz.BankCorrect, s.proposeCorrection,
			"Propose a correction: a keeper or a reviewer, the other decides", CorrectionEntry{}, Correction{}),
		post("/bank/corrections/:correction/confirmation", authz.BankCorrect, s.confirmCorrection,
			"Confirm a correction as the other half; marking follows it from now on", nil, Correction{}),
		post("/bank/corrections/:correction/refusal", authz.BankCorrect, s.declineCorrection,
			"Decline a correction, or take one's own proposal back", Reason{}, Correction{}),
		get("/sessions/:id/corrections", authz.TheoryRead, s.listSessionCorrections,
			"Decided corrections that forms of the session have to do with", []SessionCorrection{}),
		get("/sessions/:id/corrections/:correction/outlook", authz.TheoryRead, s.remarkEffect(s.Exams.Outlook),
			"What marking anew would change; nothing is changed", RemarkEffect{}),
		get("/sessions/:id/corrections/:correction/changes", authz.TheoryRead, s.remarkEffect(s.Exams.Effected),
			"What marking anew has changed", RemarkEffect{}),
		post("/sessions/:id/corrections/:correction/remark", authz.TheoryMark, s.remark,
			"Mark anew by the correction; twice is harmless", nil, RemarkRound{}),
	}
}

func correctionParam(c *fiber.Ctx) questionbank.CorrectionID {
	return questionbank.CorrectionID(c.Params("correction"))
}

func (s *Server) listCorrections(c *fiber.Ctx) error {
	got, err := s.Bank.Corrections(c.UserContext(), caller(c), c.Params("code"))
	return giveAll(c, got, err, viewCorrection)
}

func (s *Server) proposeCorrection(c *fiber.Ctx) error {
	var in CorrectionEntry
	if err := decode(c, &in); err != nil {
		return err
	}
	got, err := s.Bank.ProposeCorrection(c.UserContext(), caller(c), questionbank.CorrectionEntry{Code: c.Params("code"), Version: in.Version,
		Remedy: in.Remedy, To: in.To, Reason: in.Reason})
	return give(c, got, err, viewCorrection)
}

func (s *Server) confirmCorrection(c *fiber.Ctx) error {
	got, err := s.Bank.ConfirmCorrection(c.UserContext(), caller(c), correctionParam(c))
	return give(c, got, err, viewCorrection)
}

func (s *Server) declineCorrection(c *fiber.Ctx) error {
	var in Reason
	if err := decode(c, &in); err != nil {
		return err
	}
	got, err := s.Bank.DeclineCorrection(c.UserContext(), caller(c), correctionParam(c), in.Reason)
	return give(c, got, err, viewCorrection)
}

func (s *Server) listSessionCorrections(c *fiber.Ctx) error {
	got, err := s.Exams.Corrections(c.UserContext(), caller(c), sessionParam(c))
	return giveAll(c, got, err, viewSessionCorrection)
}

type effect func(context.Context, authz.Principal, sitting.SessionID, questionbank.CorrectionID, engine.Points) (theory.Effect, error)

func (s *Server) remarkEffect(ask effect) fiber.Handler {
	return func(c *fiber.Ctx) error {
		ctx, by, id := c.UserContext(), caller(c), sessionParam(c)
		session, err := s.Sittings.Session(ctx, by, id)
		if err != nil {
			return err
		}
		got, err := ask(ctx, by, id, correctionParam(c), s.Policy.Levels[session.Level].TheoryPass)
		return give(c, got, err, viewEffect)
	}
}

func (s *Server) remark(c *fiber.Ctx) error {
	got, err := s.Exams.Remark(c.UserContext(), caller(c), sessionParam(c), correctionParam(c))
	return give(c, got, err, viewRound)
}
