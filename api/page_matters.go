package api

import (
	"context"
	"errors"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/skillcert/skillcert/api/web"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/result"
	"github.com/skillcert/skillcert/engine/sitting"
)

// matterPages are where objections, score checks and misconduct are dealt with.
func (s *Server) matterPages() []route {
	const at = "/sessions/:id/matters"
	return []route{
		page(at, authz.ResultRead, s.mattersPage("").first).also(authz.CheckTheory, authz.CheckPractice),
		form(at+"/cases", authz.CaseOpen, s.openCaseForm),
		form(at+"/exclusions/:ticket", authz.CaseOpen, s.fromRoomForm),
		form(at+"/objections/:matter", authz.ResultPublish, s.matterForm("objection-answered", s.answerObjectionForm)),
		form(at+"/checks/:matter/forwarding", authz.CheckForward, s.matterForm("check-forwarded", s.forwardForm)),
		form(at+"/checks/:matter/answer", authz.CheckTheory, s.matterForm("check-answered", s.answerCheckForm)).also(authz.CheckPractice),
		form(at+"/checks/:matter/witness", authz.SealWitness, s.matterForm("check-corrected", s.witnessCheckForm)),
		form(at+"/cases/:matter/notice", authz.CasePropose, s.matterForm("case-notified", s.noticeForm)),
		form(at+"/cases/:matter/proposal", authz.CasePropose, s.matterForm("case-proposed", s.proposalForm)),
		form(at+"/cases/:matter/decision", authz.CaseDecide, s.matterForm("case-decided", s.rulingOnCase(s.Board.DecideCase))),
		form(at+"/cases/:matter/conclusion", authz.CaseReview, s.matterForm("case-concluded", s.rulingOnCase(s.Board.ConcludeCase))),
		form("/exam/checks", authz.ResultOwn, s.askCheckForm).limited(limitShare),
		form("/exam/cases/:matter/statement", authz.ResultOwn, s.ownCaseForm("case-stated", s.Board.StateCase)).limited(limitShare),
		form("/exam/cases/:matter/statement/completion", authz.ResultOwn, s.ownCaseForm("case-completed", s.Board.CompleteStatement)).limited(limitShare),
		form("/exam/cases/:matter/appeal", authz.ResultOwn, s.ownCaseForm("case-appealed", s.Board.AppealCase)).limited(limitShare),
		form("/publicity/:id/objections", "", s.objectForm).limited(limitWords),
	}
}

func typedMatter(c *fiber.Ctx) web.MatterTyped {
	return web.MatterTyped{Ticket: field(c, "ticket"), Facts: field(c, "facts"), Evidence: field(c, "evidence"), Words: field(c, "words"),
		Standing: field(c, "standing"), Points: field(c, "points"), Severity: field(c, "severity"), Component: field(c, "component")}
}

// mattersPage shows the session's matters; do is the form that was refused.
func (s *Server) mattersPage(do string) again {
	return func(c *fiber.Ctx, p *web.Problem) error {
		v, err := s.mattersView(c.UserContext(), caller(c), sessionParam(c))
		if err != nil {
			return err
		}
		if v.Problem = p; p != nil {
			v.Do, v.Typed = do, typedMatter(c)
		}
		return s.show(c, "matters", v)
	}
}

func (s *Server) mattersView(ctx context.Context, by authz.Principal, id sitting.SessionID) (web.MattersView, error) {
	n, err := s.Sittings.Session(ctx, by, id)
	if err != nil {
		return web.MattersView{}, err
	}
	rule := s.Policy.Results.Misconduct
	v := web.MattersView{Session: string(id), SessionName: n.Name, Level: n.Level, ReadChecks: true, ReadCases: by.Can(authz.CaseRead),
		ReadObjections: by.Can(authz.ObjectionRead), MayOpen: by.Can(authz.CaseOpen) && len(rule.Severities) > 0, StatementDays: rule.StatementDays}
	for _, t := range rule.Severities {
		v.Tiers = append(v.Tiers, web.Tier{ID: t.ID, Text: t.Text, Acts: t.Acts, One: t.One, Months: t.RecordMonths})
	}
	if err := s.fillChecks(ctx, by, n, &v); err != nil {
		return v, err
	}
	if err := s.fillCases(ctx, by, id, &v); err != nil {
		return v, err
	}
	if err := s.fillUncased(ctx, by, id, &v); err != nil {
		return v, err
	}
	return v, s.fillObjections(ctx, by, id, &v)
}

func (s *Server) today() clock.Date { return clock.DateOf(s.clock.Now(), s.zone) }

func (s *Server) fillChecks(ctx context.Context, by authz.Principal, n *sitting.Session, v *web.MattersView) error {
	all, err := s.Board.Checks(ctx, by, n.ID)
	if err != nil {
		return err
	}
	for _, k := range all {
		name, err := s.nameFor(ctx, by, k.Candidate)
		if err != nil {
			return err
		}
		row := s.checkRow(k)
		row.Name, row.Forward = name, by.Can(authz.CheckForward) && k.State == result.CheckAsked
		charge, role := authz.CheckTheory, authz.Marker
		if k.Component == engine.Practical {
			charge, role = authz.CheckPractice, authz.Leader
		}
		answers := by.Can(charge) && s.Sittings.OnDuty(ctx, n.ID, by, role, "") == nil
		row.Reply = answers && (k.State == result.CheckForwarded || k.State == result.CheckError)
		if err := s.correctionPart(ctx, by, k, &row); err != nil {
			return err
		}
		v.Checks = append(v.Checks, row)
	}
	return nil
}

// correctionPart shows the correction that waits for the supervisor on duty.
func (s *Server) correctionPart(ctx context.Context, by authz.Principal, k *result.ScoreCheck, row *web.CheckRow) error {
	if k.State != result.CheckError {
		return nil
	}
	seal, err := s.Board.Correction(ctx, by, k)
	if seal, err = absent(seal, err, engine.ErrNoSeal); err != nil || seal == nil {
		return err
	}
	row.Digest = seal.Digest
	row.Witness = by.Can(authz.SealWitness) && s.Sittings.OnDuty(ctx, k.Session, by, authz.Supervisor, "") == nil
	row.Reply = row.Reply && seal.Witness == ""
	return nil
}

// nameFor is a person's name, in full to those who read persons.
func (s *Server) nameFor(ctx context.Context, by authz.Principal, id engine.PersonID) (string, error) {
	p, err := s.Registry.Named(ctx, id)
	if err != nil {
		return "", err
	}
	if by.Can(authz.PersonRead) {
		return p.Name, nil
	}
	return engine.MaskName(p.Name), nil
}

func (s *Server) checkRow(k *result.ScoreCheck) web.CheckRow {
	row := web.CheckRow{ID: string(k.ID), Ticket: string(k.Ticket), State: string(k.State), Component: k.Component, Words: k.Words, Asked: k.Asked,
		Due: s.day(k.Due()), Overdue: k.Overdue(s.today()), Answer: k.Answer}
	if k.Found != nil {
		row.Found = &web.ComponentResult{Standing: k.Found.Standing, Points: k.Found.Points}
	}
	return row
}

func (s *Server) fillCases(ctx context.Context, by authz.Principal, id sitting.SessionID, v *web.MattersView) error {
	if !v.ReadCases {
		return nil
	}
	all, err := s.Board.Cases(ctx, by, id)
	if err != nil {
		return err
	}
	if by, err = s.Registry.Whole(ctx, by); err != nil {
		return err
	}
	for _, k := range all {
		row := s.caseRow(k)
		if row.Name, err = s.nameFor(ctx, by, k.Candidate); err != nil {
			return err
		}
		row.Notify = by.Can(authz.CasePropose) && k.State == result.CaseOpened
		row.Propose = by.Can(authz.CasePropose) && k.State == result.CaseNotified && k.Heard(s.today())
		row.Waits = k.State == result.CaseNotified && !k.Heard(s.today())
		decides := by.Can(authz.CaseDecide) && k.State == result.CaseProposed || by.Can(authz.CaseReview) && k.State == result.CaseAppealed
		row.Oneself = decides && k.Took(by)
		row.Decide = decides && !row.Oneself && k.State == result.CaseProposed
		row.Review = decides && !row.Oneself && k.State == result.CaseAppealed
		v.Cases = append(v.Cases, row)
	}
	return nil
}

// fillUncased shows who was excluded while no case is opened over it (待立案).
func (s *Server) fillUncased(ctx context.Context, by authz.Principal, id sitting.SessionID, v *web.MattersView) error {
	if !v.ReadCases {
		return nil
	}
	all, err := s.Board.Uncased(ctx, by, id)
	if err != nil {
		return err
	}
	for _, u := range all {
		name, err := s.nameFor(ctx, by, u.Candidate)
		if err != nil {
			return err
		}
		v.Uncased = append(v.Uncased, web.UncasedRow{Ticket: string(u.Ticket), Name: name, Components: u.Components, Other: u.Other,
			Said: each(u.Said, func(e sitting.Exclusion) web.SaidRow {
				return web.SaidRow{ByLeader: e.Component == engine.Practical, Place: e.Place, By: e.Name, Words: e.Words, At: e.At}
			})})
	}
	return nil
}

func (s *Server) caseRow(k *result.Case) web.CaseRow {
	return web.CaseRow{ID: string(k.ID), Ticket: string(k.Ticket), State: string(k.State), FromRoom: k.FromRoom, Facts: k.Facts, Evidence: k.Evidence,
		Opened: k.Opened, StateBy: s.day(k.StateBy), Statement: k.Statement, Completed: k.Completed, Proposal: s.rulingRow(k.Proposal), Decision: s.rulingRow(k.Decision),
		Last: s.rulingRow(k.Last), AppealBy: s.day(k.AppealBy), Appeal: k.Appeal}
}

func (s *Server) rulingRow(r *result.Ruling) *web.CaseRulingRow {
	if r == nil {
		return nil
	}
	return &web.CaseRulingRow{Text: r.Text, Reason: r.Reason, By: r.By.Name, All: r.All, Component: r.Component, Until: s.day(r.Until), Months: r.Months, At: r.At}
}

func (s *Server) fillObjections(ctx context.Context, by authz.Principal, id sitting.SessionID, v *web.MattersView) error {
	if !v.ReadObjections {
		return nil
	}
	all, err := s.Board.Objections(ctx, by, id)
	for _, o := range all {
		v.Objections = append(v.Objections, web.ObjectionRow{ID: string(o.ID), Name: o.Name, Contact: o.Contact, Words: o.Words, Answer: o.Answer, At: o.At,
			Answered: o.Answered, Reply: o.Open() && by.Can(authz.ResultPublish)})
	}
	return err
}

// matterStep is one form of the page.
type matterStep func(c *fiber.Ctx, id string) error

func (s *Server) matterForm(key string, do matterStep) fiber.Handler {
	return func(c *fiber.Ctx) error {
		id := c.Params("matter")
		if err := do(c, id); err != nil {
			return s.refuse(c, err, s.mattersPage(id))
		}
		return s.done(c, sessionHref(c)+"/matters#"+id, key)
	}
}

func (s *Server) answerObjectionForm(c *fiber.Ctx, id string) error {
	_, err := s.Board.AnswerObjection(c.UserContext(), caller(c), result.ObjectionID(id), field(c, "words"))
	return err
}

func (s *Server) forwardForm(c *fiber.Ctx, id string) error {
	_, err := s.Board.ForwardCheck(c.UserContext(), caller(c), result.CheckID(id))
	return err
}

func (s *Server) answerCheckForm(c *fiber.Ctx, id string) error {
	in := CheckAnswer{Answer: field(c, "words"), Error: field(c, "standing") != "unchanged"}
	if in.Error {
		f := result.Found{Standing: engine.Standing(field(c, "standing"))}
		if f.Standing == engine.Scored {
			var err error
			if f.Points, err = engine.ParsePoints(strings.TrimSpace(field(c, "points"))); err != nil {
				f.Points = -1 // said beside the field, with what else is wrong
			}
		}
		in.Found = &f
	}
	_, err := s.answered(c.UserContext(), caller(c), result.CheckID(id), in)
	return err
}

func (s *Server) witnessCheckForm(c *fiber.Ctx, id string) error {
	_, err := s.Board.WitnessCorrection(c.UserContext(), caller(c), result.CheckID(id), field(c, "digest"))
	return err
}

func (s *Server) openCaseForm(c *fiber.Ctx) error {
	k, err := s.Board.OpenCase(c.UserContext(), caller(c), sessionParam(c), sitting.Ticket(plainTicket(field(c, "ticket"))),
		result.Report{Facts: field(c, "facts"), Evidence: strings.Split(strings.ReplaceAll(field(c, "evidence"), "\r", ""), "\n")})
	if err != nil {
		return s.refuse(c, err, s.mattersPage(web.MatterCase))
	}
	return s.done(c, sessionHref(c)+"/matters#"+string(k.ID), "case-opened")
}

func (s *Server) fromRoomForm(c *fiber.Ctx) error {
	k, err := s.Board.OpenFromRoom(c.UserContext(), caller(c), sessionParam(c), sitting.Ticket(c.Params("ticket")))
	if err != nil {
		return s.refuse(c, err, s.mattersPage(c.Params("ticket")))
	}
	return s.done(c, sessionHref(c)+"/matters#"+string(k.ID), "case-opened")
}

func (s *Server) noticeForm(c *fiber.Ctx, id string) error {
	_, err := s.Board.NotifyCase(c.UserContext(), caller(c), result.CaseID(id))
	return err
}

func (s *Server) proposalForm(c *fiber.Ctx, id string) error {
	_, err := s.Board.ProposeCase(c.UserContext(), caller(c), result.CaseID(id), field(c, "severity"), engine.Component(field(c, "component")), field(c, "words"))
	return err
}

func (s *Server) rulingOnCase(rule caseRuling) matterStep {
	return func(c *fiber.Ctx, id string) error {
		upheld := field(c, "upheld")
		if upheld != "yes" && upheld != "no" {
			return result.ErrCaseInput
		}
		_, err := rule(c.UserContext(), caller(c), result.CaseID(id), upheld == "yes", field(c, "words"))
		return err
	}
}

// askCheckForm, ownCaseForm and objectForm are the candidate's and the public's.
func (s *Server) askCheckForm(c *fiber.Ctx) error {
	_, err := s.Board.AskCheck(c.UserContext(), caller(c), ticketOf(caller(c)), engine.Component(field(c, "component")), field(c, "words"))
	if err != nil {
		return s.refuse(c, err, s.ownFollow(web.FollowAsk))
	}
	return s.done(c, "/exam/result#follow", "check-asked")
}

func (s *Server) ownCaseForm(key string, say caseWords) fiber.Handler {
	return func(c *fiber.Ctx) error {
		id := c.Params("matter")
		if _, err := say(c.UserContext(), caller(c), result.CaseID(id), field(c, "words")); err != nil {
			return s.refuse(c, err, s.ownFollow(id))
		}
		return s.done(c, "/exam/result#"+id, key)
	}
}

// ownFollow is the candidate's page with a refusal at one of the forms below the result.
func (s *Server) ownFollow(do string) again {
	return func(c *fiber.Ctx, p *web.Problem) error {
		v, err := s.ownResultView(c)
		if err != nil {
			return err
		}
		v.Days = ""
		v.Follow.Do, v.Follow.Typed, v.Follow.Problem = do, typedMatter(c), p
		return s.show(c, "own-result", v)
	}
}

func (s *Server) objectForm(c *fiber.Ctx) error {
	_, err := s.Board.Object(c.UserContext(), sessionParam(c), field(c, "name"), field(c, "contact"), field(c, "words"))
	if err != nil {
		return s.refuse(c, err, s.publicityAgain)
	}
	return s.done(c, "/publicity/"+c.Params("id"), "objected")
}

// follow fills in what the candidate may do after the result.
func (s *Server) follow(ctx context.Context, by authz.Principal, r *result.Result, p *result.Publication) (v web.FollowView, err error) {
	if r == nil {
		v.Cases, err = s.ownCases(ctx, by)
		return v, err
	}
	for _, a := range r.Awaits {
		v.Awaits = append(v.Awaits, string(a.Kind))
	}
	v.Unruled = r.Unruled(engine.Theory) || r.Unruled(engine.Practical)
	checks, err := s.Board.OwnChecks(ctx, by, r.Ticket)
	if err != nil {
		return v, err
	}
	asked := map[engine.Component]bool{}
	for _, k := range checks {
		asked[k.Component] = true
		v.Checks = append(v.Checks, s.checkRow(k))
	}
	for _, part := range []engine.Component{engine.Theory, engine.Practical} {
		switch err := s.Board.MayCheck(r, p, part); {
		case err == nil && !asked[part]:
			v.Ask = append(v.Ask, part)
		case errors.Is(err, result.ErrCheckMachine):
			v.Refused = "machine"
		case errors.Is(err, result.ErrCheckClosed) && v.Refused == "":
			v.Refused = "closed"
		}
	}
	if days := s.Policy.Results.Checks.WindowDays; days > 0 {
		v.AskBy = s.day(s.Policy.Calendar.AddWorkingDays(p.From, days))
	}
	v.Cases, err = s.ownCases(ctx, by)
	return v, err
}

func (s *Server) ownCases(ctx context.Context, by authz.Principal) (rows []web.CaseRow, err error) {
	all, err := s.Board.OwnCases(ctx, by, ticketOf(by))
	if errors.Is(err, result.ErrCase) {
		return nil, nil
	}
	for _, k := range all {
		row := s.caseRow(k)
		row.Proposal = nil // what is only proposed is not the candidate's to read
		row.Say = k.State == result.CaseNotified && !k.Heard(s.today())
		row.May = k.State == result.CaseDecided && k.Upheld() && !k.AppealBy.Before(s.today())
		rows = append(rows, row)
	}
	return rows, err
}

// matterTasks are the appeals that wait for the authority, and certificates that are to be taken back.
func (s *Server) matterTasks(ctx context.Context, by authz.Principal) (all []web.DeskTask, err error) {
	if by.Can(authz.CaseReview) {
		waiting, err := s.Board.Appeals(ctx, by)
		if err != nil {
			return nil, err
		}
		for _, k := range waiting {
			all = append(all, web.DeskTask{Key: "appeal", Href: "/sessions/" + string(k.Session) + "/matters#" + string(k.ID), Note: string(k.Ticket), Count: uncounted})
		}
	}
	if by.Can(authz.CertRevoke) {
		due, err := s.Issuer.RevocationsDue(ctx, by)
		if err != nil {
			return nil, err
		}
		for _, d := range due {
			all = append(all, web.DeskTask{Key: "revocation-due", Href: certificateHref(d.Number), Note: string(d.Number), Count: uncounted})
		}
	}
	return all, nil
}

// matterHref leads to the matters of a session.
func matterHref(id sitting.SessionID) string { return "/sessions/" + string(id) + "/matters" }
