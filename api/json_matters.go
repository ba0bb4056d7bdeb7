package api

import (
	"context"

	"github.com/gofiber/fiber/v2"

	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/result"
)

// matterRoutes are what may follow a result: score checks, misconduct, objections, and certificates that are to be taken back.
func (s *Server) matterRoutes() []route {
	return []route{
		get("/sessions/:id/score-checks", authz.ResultRead, s.listChecks, "Score checks of a session; those who answer see their component's", []ScoreCheck{}).
			also(authz.CheckTheory, authz.CheckPractice),
		get("/me/score-checks", authz.ResultOwn, s.listOwnChecks, "One's own score checks", []ScoreCheck{}),
		post("/me/score-checks", authz.ResultOwn, s.askCheck, "Ask for a check of one component", CheckAsk{}, ScoreCheck{}).limited(limitShare),
		post("/score-checks/:id/forwarding", authz.CheckForward, s.forwardCheck, "Hand a check to the component's own people", nil, ScoreCheck{}),
		post("/score-checks/:id/answer", authz.CheckTheory, s.answerCheck, "Answer a check: the score stands, or an error was found", CheckAnswer{}, ScoreCheck{}).
			also(authz.CheckPractice),
		post("/score-checks/:id/witness", authz.SealWitness, s.witnessCheck, "Sign the correction of a seal as the second person", DigestShown{}, ScoreCheck{}),
		get("/sessions/:id/misconduct", authz.CaseRead, s.listCases, "Cases of misconduct of a session", []MisconductCase{}),
		post("/sessions/:id/misconduct", authz.CaseOpen, s.openCase, "Open a case", CaseReport{}, MisconductCase{}),
		get("/sessions/:id/exclusions", authz.CaseRead, s.listExclusions, "Candidates who were excluded while no case is opened over it", []Exclusion{}),
		post("/sessions/:id/exclusions", authz.CaseOpen, s.openFromRoom, "Open the case over an exclusion; again: the same case", ExclusionNamed{}, MisconductCase{}),
		get("/appeals", authz.CaseReview, s.listAppeals, "Cases that wait for the authority", []MisconductCase{}),
		post("/misconduct/:id/notice", authz.CasePropose, s.notifyCase, "Notify the candidate, who may then be heard", nil, MisconductCase{}),
		post("/misconduct/:id/proposal", authz.CasePropose, s.proposeCase, "Propose a ruling", CaseProposal{}, MisconductCase{}),
		post("/misconduct/:id/decision", authz.CaseDecide, s.ruleOnCase(s.Board.DecideCase), "Decide, as the second person", CaseDecision{}, MisconductCase{}),
		post("/misconduct/:id/conclusion", authz.CaseReview, s.ruleOnCase(s.Board.ConcludeCase), "Decide on an appeal", CaseDecision{}, MisconductCase{}),
		get("/me/misconduct", authz.ResultOwn, s.listOwnCases, "Cases about oneself that one was notified of", []MisconductCase{}),
		post("/me/misconduct/:id/statement", authz.ResultOwn, s.answerCase(s.Board.StateCase), "Make one's statement", Words{}, MisconductCase{}).limited(limitShare),
		post("/me/misconduct/:id/statement/completion", authz.ResultOwn, s.answerCase(s.Board.CompleteStatement), "Have nothing to add, after the words if any; again is harmless", Words{}, MisconductCase{}).limited(limitShare),
		post("/me/misconduct/:id/appeal", authz.ResultOwn, s.answerCase(s.Board.AppealCase), "Appeal against a ruling", Words{}, MisconductCase{}).limited(limitShare),
		get("/sessions/:id/objections", authz.ObjectionRead, s.listObjections, "Objections to a session's public list", []Objection{}),
		post("/publicity/:id/objections", "", s.object, "Object to a list in publicity", ObjectionEntry{}, ObjectionTaken{}).limited(limitWords),
		post("/objections/:id/answer", authz.ResultPublish, s.answerObjection, "Answer an objection", ObjectionAnswer{}, Objection{}),
		post("/sessions/:id/retakes", authz.PlanWrite, s.takeOnly, "Say that a candidate takes one component only", Retake{}, Seat{}),
		get("/revocations-due", authz.CertRead, s.listDue, "Certificates that stand although their results are no pass any more", []RevocationDue{}),
	}
}

func checkParam(c *fiber.Ctx) result.CheckID { return result.CheckID(c.Params("id")) }

func caseParam(c *fiber.Ctx) result.CaseID { return result.CaseID(c.Params("id")) }

func (s *Server) listChecks(c *fiber.Ctx) error {
	all, err := s.Board.Checks(c.UserContext(), caller(c), sessionParam(c))
	return giveAll(c, all, err, viewCheck)
}

func (s *Server) listOwnChecks(c *fiber.Ctx) error {
	all, err := s.Board.OwnChecks(c.UserContext(), caller(c), ticketOf(caller(c)))
	return giveAll(c, all, err, viewCheck)
}

func (s *Server) askCheck(c *fiber.Ctx) error {
	var in CheckAsk
	if err := decode(c, &in); err != nil {
		return err
	}
	k, err := s.Board.AskCheck(c.UserContext(), caller(c), ticketOf(caller(c)), in.Component, in.Words)
	return give(c, k, err, viewCheck)
}

func (s *Server) forwardCheck(c *fiber.Ctx) error {
	k, err := s.Board.ForwardCheck(c.UserContext(), caller(c), checkParam(c))
	return give(c, k, err, viewCheck)
}

func (s *Server) answerCheck(c *fiber.Ctx) error {
	var in CheckAnswer
	if err := decode(c, &in); err != nil {
		return err
	}
	k, err := s.answered(c.UserContext(), caller(c), checkParam(c), in)
	return give(c, k, err, viewCheck)
}

// answered answers a check in one of the two ways.
func (s *Server) answered(ctx context.Context, by authz.Principal, id result.CheckID, in CheckAnswer) (*result.ScoreCheck, error) {
	if !in.Error {
		return s.Board.LeaveScore(ctx, by, id, in.Answer)
	}
	var f result.Found
	if in.Found != nil {
		f = *in.Found
	}
	return s.Board.CorrectScore(ctx, by, id, f, in.Answer)
}

func (s *Server) witnessCheck(c *fiber.Ctx) error {
	var in DigestShown
	if err := decode(c, &in); err != nil {
		return err
	}
	k, err := s.Board.WitnessCorrection(c.UserContext(), caller(c), checkParam(c), in.Digest)
	return give(c, k, err, viewCheck)
}

func (s *Server) listCases(c *fiber.Ctx) error {
	all, err := s.Board.Cases(c.UserContext(), caller(c), sessionParam(c))
	return giveAll(c, all, err, viewCase)
}

func (s *Server) listExclusions(c *fiber.Ctx) error {
	all, err := s.Board.Uncased(c.UserContext(), caller(c), sessionParam(c))
	return giveAll(c, all, err, viewExclusion)
}

func (s *Server) openFromRoom(c *fiber.Ctx) error {
	var in ExclusionNamed
	if err := decode(c, &in); err != nil {
		return err
	}
	k, err := s.Board.OpenFromRoom(c.UserContext(), caller(c), sessionParam(c), in.Ticket)
	return give(c, k, err, viewCase)
}

func (s *Server) listAppeals(c *fiber.Ctx) error {
	all, err := s.Board.Appeals(c.UserContext(), caller(c))
	return giveAll(c, all, err, viewCase)
}

func (s *Server) listOwnCases(c *fiber.Ctx) error {
	all, err := s.Board.OwnCases(c.UserContext(), caller(c), ticketOf(caller(c)))
	return giveAll(c, all, err, viewOwnCase)
}

func (s *Server) openCase(c *fiber.Ctx) error {
	var in CaseReport
	if err := decode(c, &in); err != nil {
		return err
	}
	k, err := s.Board.OpenCase(c.UserContext(), caller(c), sessionParam(c), in.Ticket, result.Report{Facts: in.Facts, Evidence: in.Evidence})
	return give(c, k, err, viewCase)
}

func (s *Server) notifyCase(c *fiber.Ctx) error {
	k, err := s.Board.NotifyCase(c.UserContext(), caller(c), caseParam(c))
	return give(c, k, err, viewCase)
}

func (s *Server) proposeCase(c *fiber.Ctx) error {
	var in CaseProposal
	if err := decode(c, &in); err != nil {
		return err
	}
	k, err := s.Board.ProposeCase(c.UserContext(), caller(c), caseParam(c), in.Severity, in.Component, in.Reason)
	return give(c, k, err, viewCase)
}

// caseRuling is Board.DecideCase or Board.ConcludeCase.
type caseRuling func(ctx context.Context, by authz.Principal, id result.CaseID, upheld bool, reason string) (*result.Case, error)

func (s *Server) ruleOnCase(rule caseRuling) fiber.Handler {
	return func(c *fiber.Ctx) error {
		var in CaseDecision
		if err := decode(c, &in); err != nil {
			return err
		}
		k, err := rule(c.UserContext(), caller(c), caseParam(c), in.Upheld, in.Reason)
		return give(c, k, err, viewCase)
	}
}

// caseWords is Board.StateCase, Board.CompleteStatement or Board.AppealCase.
type caseWords func(ctx context.Context, by authz.Principal, id result.CaseID, words string) (*result.Case, error)

func (s *Server) answerCase(say caseWords) fiber.Handler {
	return func(c *fiber.Ctx) error {
		var in Words
		if err := decode(c, &in); err != nil {
			return err
		}
		k, err := say(c.UserContext(), caller(c), caseParam(c), in.Words)
		return give(c, k, err, viewOwnCase)
	}
}

func (s *Server) listObjections(c *fiber.Ctx) error {
	all, err := s.Board.Objections(c.UserContext(), caller(c), sessionParam(c))
	return giveAll(c, all, err, viewObjection)
}

func (s *Server) object(c *fiber.Ctx) error {
	var in ObjectionEntry
	if err := decode(c, &in); err != nil {
		return err
	}
	o, err := s.Board.Object(c.UserContext(), sessionParam(c), in.Name, in.Contact, in.Words)
	return give(c, o, err, func(o *result.Objection) ObjectionTaken { return ObjectionTaken{Instant(o.At)} })
}

func (s *Server) answerObjection(c *fiber.Ctx) error {
	var in ObjectionAnswer
	if err := decode(c, &in); err != nil {
		return err
	}
	o, err := s.Board.AnswerObjection(c.UserContext(), caller(c), result.ObjectionID(c.Params("id")), in.Answer)
	return give(c, o, err, viewObjection)
}

func (s *Server) takeOnly(c *fiber.Ctx) error {
	var in Retake
	if err := decode(c, &in); err != nil {
		return err
	}
	seat, err := s.Sittings.TakeOnly(c.UserContext(), caller(c), sessionParam(c), in.Ticket, in.Component)
	return give(c, seat, err, viewSeat)
}

func (s *Server) listDue(c *fiber.Ctx) error {
	all, err := s.Issuer.RevocationsDue(c.UserContext(), caller(c))
	return giveAll(c, all, err, viewDue)
}
