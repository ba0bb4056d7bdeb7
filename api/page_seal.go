package api

import (
	"context"
	"fmt"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/skillcert/skillcert/api/web"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/practical"
	"github.com/skillcert/skillcert/engine/sitting"
	"github.com/skillcert/skillcert/engine/theory"
)

func (s *Server) sealPage(k engine.Component) again {
	return func(c *fiber.Ctx, p *web.Problem) error { return s.showSeal(c, k, sessionParam(c), p) }
}

func (s *Server) showSeal(c *fiber.Ctx, k engine.Component, id sitting.SessionID, p *web.Problem) error {
	v, err := s.sealView(c.UserContext(), caller(c), k, id)
	if err != nil {
		return err
	}
	v.Problem, v.Early = p, p != nil && field(c, "early") != ""
	return s.show(c, "seal", v)
}

func (s *Server) sealView(ctx context.Context, by authz.Principal, k engine.Component, id sitting.SessionID) (web.SealView, error) {
	session, err := s.Sittings.Session(ctx, by, id)
	if err != nil {
		return web.SealView{}, err
	}
	v := web.SealView{Session: string(id), SessionName: session.Name, Level: session.Level, Component: k}
	if err = s.sealRows(ctx, by, &v); err != nil {
		return v, err
	}
	seal, err := s.component(k).SealState(ctx, by, id)
	if seal, err = absent(seal, err, engine.ErrNoSeal); err != nil {
		return v, err
	}
	v.Stage = sealStage(seal, v.Counts)
	if seal != nil {
		v.Digest, v.SealedAt, v.Witnessed = seal.Digest, seal.SealedAt, seal.Witnessed
		err = s.sealNames(ctx, seal, &v)
	}
	may := map[engine.Component]authz.Action{engine.Theory: authz.TheorySeal, engine.Practical: authz.PracticalSeal}[k]
	v.MayMark = k == engine.Theory && seal == nil && by.Can(authz.TheoryMark)
	if until := s.Exams.BackUntil(session); v.MayMark && v.Counts.Waiting > 0 && s.clock.Now().Before(until) {
		v.BackUntil = until
	}
	if v.MayMark {
		if err := s.sealOpen(ctx, session, &v); err != nil {
			return v, err
		}
	}
	if k == engine.Theory && by.Can(authz.FormsKey) {
		over, err := s.Sittings.Over(ctx, session, s.clock.Now())
		if err != nil {
			return v, err
		}
		if over {
			v.Keys = s.paperParts(session)
		}
	}
	v.Concordance = k == engine.Practical && v.Stage == web.SealWitnessed && by.Can(authz.ConcordanceRead)
	v.MaySeal = v.Stage == web.SealOpen && by.Can(may)
	if k == engine.Theory && by.Can(authz.TheoryRead) {
		all, err := s.Exams.Corrections(ctx, by, id)
		if err != nil {
			return v, err
		}
		v.Corrections, v.RemarksDue = len(all), dueOf(all)
		v.MaySeal = v.MaySeal && v.RemarksDue == 0
	}
	if by.Can(authz.ResultRead) || by.Can(may) {
		if v.Uncased, err = s.uncasedOf(ctx, by, id, k); err != nil {
			return v, err
		}
	}
	v.MayWitness = v.Stage == web.SealSealed && by.Can(authz.SealWitness)
	v.MayLead = k == engine.Practical && seal == nil && by.Can(authz.PracticalRun)
	if err == nil && v.MayLead {
		err = s.cases(ctx, by, session, &v)
	}
	return v, err
}

// uncasedOf are the tickets of those who are voided in the component while no case is opened over it.
func (s *Server) uncasedOf(ctx context.Context, by authz.Principal, id sitting.SessionID, k engine.Component) ([]string, error) {
	all, err := s.Board.UncasedTickets(ctx, by, id, k)
	return each(all, func(t sitting.Ticket) string { return string(t) }), err
}

func sealStage(seal *engine.Seal, n web.SealCounts) web.SealStage {
	switch {
	case seal != nil && !seal.Witnessed.IsZero():
		return web.SealWitnessed
	case seal != nil:
		return web.SealSealed
	case n.Waiting > 0 || n.Candidates == 0:
		return web.SealMarking
	}
	return web.SealOpen
}

func (s *Server) sealNames(ctx context.Context, seal *engine.Seal, v *web.SealView) error {
	known, err := s.namesOf(ctx, []engine.PersonID{seal.Leader, seal.Witness})
	if err != nil {
		return err
	}
	if p := known[seal.Leader]; p != nil {
		v.Leader = p.Name
	}
	if p := known[seal.Witness]; p != nil {
		v.Witness = p.Name
	}
	return nil
}

// sealRows counts for everybody who may look, and lists points only for those of the component.
func (s *Server) sealRows(ctx context.Context, by authz.Principal, v *web.SealView) error {
	id := sitting.SessionID(v.Session)
	if v.Component == engine.Practical {
		return s.practicalRows(ctx, by, id, v)
	}
	n, err := s.Exams.Counts(ctx, by, id)
	if v.Counts = web.SealCounts(n); err != nil || !by.Can(authz.TheoryRead) {
		return err
	}
	all, err := s.Exams.Standings(ctx, by, id)
	if err != nil {
		return err
	}
	for _, row := range all {
		name, err := s.Registry.Named(ctx, row.Candidate)
		if err != nil {
			return err
		}
		v.Rows = append(v.Rows, web.SealRow{Ticket: string(row.Ticket), Name: name.Name, Standing: row.Standing, Points: row.Points, State: string(row.State)})
	}
	return nil
}

// sealOpen says why nothing can be marked yet: who is at the paper or may yet begin, until when, and which pauses stand.
func (s *Server) sealOpen(ctx context.Context, n *sitting.Session, v *web.SealView) error {
	for _, row := range v.Rows {
		if row.State == string(theory.Scheduled) || row.State == string(theory.InProgress) {
			v.Open++
		}
	}
	book, err := s.Sittings.Proceedings(ctx, n.ID, 0)
	if err != nil {
		return err
	}
	now := s.clock.Now()
	ends := s.Sittings.Ends(n, book, now)
	if v.Open == 0 || len(ends) == 0 || !now.Before(ends[len(ends)-1]) {
		v.Open = 0 // the server is about to close what is still open
		return nil
	}
	v.Ends = ends[len(ends)-1]
	for _, line := range book.Standing(sitting.Place{}) {
		v.Ends = time.Time{}
		whom, err := s.pausedWhom(ctx, n, line)
		if err != nil {
			return err
		}
		v.Pauses = append(v.Pauses, whom)
	}
	return nil
}

// pausedWhom names whom a pause is for, "" for all rooms.
func (s *Server) pausedWhom(ctx context.Context, n *sitting.Session, line *sitting.Line) (string, error) {
	if line.Ticket == "" {
		return roomName(n, line.Room), nil
	}
	seat, err := s.Sittings.SeatOf(ctx, line.Ticket)
	if err != nil {
		return "", err
	}
	person, err := s.Registry.Named(ctx, seat.Candidate)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%s %d %s", roomName(n, seat.Room), seat.No, person.Name), nil
}

func (s *Server) practicalRows(ctx context.Context, by authz.Principal, id sitting.SessionID, v *web.SealView) error {
	n, err := s.Practical.Counts(ctx, by, id)
	if v.Counts = web.SealCounts(n); err != nil || !by.Can(authz.PracticalRead) {
		return err
	}
	all, err := s.Practical.Standings(ctx, by, id)
	if err != nil {
		return err
	}
	for _, row := range all {
		name, err := s.Registry.Named(ctx, row.Candidate)
		if err != nil {
			return err
		}
		corrections, err := s.correctionRows(ctx, row)
		if err != nil {
			return err
		}
		v.Rows = append(v.Rows, web.SealRow{Ticket: string(row.Ticket), Name: name.Name, Standing: row.Standing, Points: row.Points, Examiners: row.Totals,
			Assessment: string(row.Assessment), Corrections: corrections})
		if row.Disputed {
			d, err := s.dispute(ctx, row, name.Name)
			if err != nil {
				return err
			}
			v.Disputes = append(v.Disputes, d)
		}
	}
	return nil
}

func (s *Server) correctionRows(ctx context.Context, row practical.Standing) (all []web.CorrectedRow, err error) {
	for _, k := range row.Corrections {
		p, err := s.Registry.Named(ctx, k.Examiner)
		if err != nil {
			return nil, err
		}
		r := web.CorrectedRow{Person: string(k.Examiner), Examiner: p.Name, Reason: k.Reason, At: k.At, Totals: k.Totals, Before: k.Before, After: k.After, State: "open"}
		switch {
		case !k.Withdrawn.IsZero():
			r.State = "withdrawn"
		case k.Signed:
			r.State = "signed"
		}
		all = append(all, r)
	}
	return all, nil
}

func (s *Server) dispute(ctx context.Context, row practical.Standing, name string) (web.Dispute, error) {
	d := web.Dispute{Assessment: string(row.Assessment), Ticket: string(row.Ticket), Name: name, Totals: row.Totals, Vetoes: row.Vetoes,
		Spread: row.Spread, Tolerance: s.Policy.Practical.Tolerance, Wide: row.Wide, Asked: row.Asked,
		VetoRule: s.Policy.Practical.Veto}
	for _, m := range row.Marks {
		examiner, err := s.Registry.Named(ctx, m.Examiner)
		if err != nil {
			return d, err
		}
		d.Marks = append(d.Marks, web.DisputeMark{Examiner: examiner.Name, Task: m.Task, Text: m.Text, Note: m.Note})
	}
	return d, nil
}

func sealHref(id string, k engine.Component) string { return "/sessions/" + id + "/seals/" + string(k) }

func (s *Server) markForm(c *fiber.Ctx) error {
	n, err := s.Exams.Mark(c.UserContext(), caller(c), sessionParam(c), field(c, "early") != "")
	if err != nil {
		return s.refuse(c, err, s.sealPage(engine.Theory))
	}
	return s.done(c, sealHref(c.Params("id"), engine.Theory), "marked", n)
}

func (s *Server) sealForm(k engine.Component) fiber.Handler {
	return func(c *fiber.Ctx) error {
		if _, err := s.component(k).Seal(c.UserContext(), caller(c), sessionParam(c)); err != nil {
			return s.refuse(c, err, s.sealPage(k))
		}
		return s.done(c, sealHref(c.Params("id"), k), "sealed")
	}
}

func (s *Server) witnessForm(k engine.Component) fiber.Handler {
	return func(c *fiber.Ctx) error {
		if _, err := s.component(k).Countersign(c.UserContext(), caller(c), sessionParam(c), field(c, "digest")); err != nil {
			return s.refuse(c, err, s.sealPage(k))
		}
		return s.done(c, sealHref(c.Params("id"), k), "witnessed")
	}
}

// rulingForm is found on the seal page of the session that the form names, and leads back to it.
func (s *Server) rulingForm(c *fiber.Ctx) error {
	typed := web.LeadForm{Form: "ruling", Points: field(c, "points"), Veto: field(c, "veto"), Reason: field(c, "reason")}
	d := practical.Decision{Veto: practical.VetoDecision(typed.Veto)}
	var err error
	if typed.Points != "" {
		var p engine.Points
		p, err = engine.ParsePoints(typed.Points)
		d.Points = &p
	}
	if err == nil {
		var a *practical.Assessment
		if a, err = s.Practical.Rule(c.UserContext(), caller(c), assessmentParam(c), d, typed.Reason); err == nil {
			return s.done(c, sealHref(string(a.Session), engine.Practical), "ruled")
		}
	}
	return s.refuse(c, err, s.leadAgain(typed))
}
