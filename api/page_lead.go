package api

import (
	"context"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/skillcert/skillcert/api/web"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/practical"
	"github.com/skillcert/skillcert/engine/sitting"
)

// takenBack is how forms and programs take back a standing that was recorded by mistake. The rule's own word for it is
// the empty one, which could as well be a field that somebody forgot.
const takenBack = "none"

func standingOf(word string) engine.Standing {
	switch word {
	case takenBack:
		return ""
	case "":
		return "missing" // refused by the rule
	}
	return engine.Standing(word)
}

// cases gives the rows of the leader's page what may be done about each before the seal.
func (s *Server) cases(ctx context.Context, by authz.Principal, n *sitting.Session, v *web.SealView) error {
	seats, err := s.Sittings.Seats(ctx, by, n.ID)
	if err != nil {
		return err
	}
	stations := map[string]sitting.RoomID{}
	for _, seat := range seats {
		stations[string(seat.Ticket)] = seat.Station
	}
	for i := range v.Rows {
		v.Rows[i].Station = examinersAt(n, stations[v.Rows[i].Ticket])
	}
	return nil
}

func examinersAt(n *sitting.Session, station sitting.RoomID) (all []web.Choice) {
	for _, d := range n.Duties {
		if d.Role == authz.Examiner && d.Room == station {
			all = append(all, web.Choice{Value: string(d.Person), Label: d.Name})
		}
	}
	return all
}

// leadAgain is the seal page of the session that the form names, with what was typed into the form of one assessment.
func (s *Server) leadAgain(typed web.LeadForm) again {
	return func(c *fiber.Ctx, p *web.Problem) error {
		v, err := s.sealView(c.UserContext(), caller(c), engine.Practical, sitting.SessionID(field(c, "session")))
		if err != nil {
			return err
		}
		c.Locals(localStandsOn, sealHref(field(c, "session"), engine.Practical))
		for i := range v.Rows {
			if v.Rows[i].Assessment == c.Params("id") && typed.Form != "ruling" {
				v.Rows[i].Typed = typed
			}
		}
		for i := range v.Disputes {
			if v.Disputes[i].Assessment == c.Params("id") && typed.Form == "ruling" {
				v.Disputes[i].Typed = typed
			}
		}
		v.Problem = p
		return s.show(c, "seal", v)
	}
}

// led answers a form of the leader: back to the seal page, which says whom it was about.
func (s *Server) led(c *fiber.Ctx, a *practical.Assessment, key string) error {
	person, err := s.Registry.Named(c.UserContext(), a.Candidate)
	if err != nil {
		return err
	}
	return s.done(c, sealHref(string(a.Session), engine.Practical), key, person.Name)
}

func (s *Server) standingForm(c *fiber.Ctx) error {
	typed := web.LeadForm{Form: "standing", Standing: field(c, "standing"), Reason: field(c, "reason")}
	a, err := s.Practical.Excuse(c.UserContext(), caller(c), assessmentParam(c), standingOf(typed.Standing), typed.Reason)
	if err != nil {
		return s.refuse(c, err, s.leadAgain(typed))
	}
	return s.led(c, a, "excused")
}

func (s *Server) extensionForm(c *fiber.Ctx) error {
	typed := web.LeadForm{Form: "extension", Reason: field(c, "reason")}
	a, err := s.Practical.Prolong(c.UserContext(), caller(c), assessmentParam(c), typed.Reason)
	if err != nil {
		return s.refuse(c, err, s.leadAgain(typed))
	}
	return s.led(c, a, "prolonged")
}

func (s *Server) substitutionForm(c *fiber.Ctx) error {
	typed := web.LeadForm{Form: "substitution", Out: field(c, "out"), In: field(c, "in"), Reason: field(c, "reason")}
	who := practical.Substitution{Out: engine.PersonID(typed.Out), In: engine.PersonID(typed.In)}
	a, err := s.Practical.Replace(c.UserContext(), caller(c), assessmentParam(c), who, typed.Reason)
	if err != nil {
		return s.refuse(c, err, s.leadAgain(typed))
	}
	return s.led(c, a, "replaced")
}

// sheetCorrectionForm opens a correction, or takes one back where its address says so.
func (s *Server) sheetCorrectionForm(c *fiber.Ctx) error {
	typed := web.LeadForm{Form: "correction", Out: field(c, "examiner"), Reason: field(c, "reason")}
	command, key := s.Practical.Correct, "correction-open"
	if strings.HasSuffix(c.Path(), "-withdrawal") {
		command, key, typed.Form = s.Practical.Withdraw, "correction-back", "withdrawal"
	}
	a, err := command(c.UserContext(), caller(c), assessmentParam(c), engine.PersonID(typed.Out), typed.Reason)
	if err != nil {
		return s.refuse(c, err, s.leadAgain(typed))
	}
	return s.led(c, a, key)
}
