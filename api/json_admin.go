package api

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/accounts"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/engine/practical"
	"github.com/skillcert/skillcert/engine/registration"
	"github.com/skillcert/skillcert/engine/separation"
	"github.com/skillcert/skillcert/engine/sitting"
)

// give answers what a service did, or its refusal.
func give[T, V any](c *fiber.Ctx, got T, err error, view func(T) V) error {
	if err != nil {
		return err
	}
	return c.JSON(view(got))
}

// giveAll answers a whole list.
func giveAll[T, V any](c *fiber.Ctx, got []T, err error, view func(T) V) error {
	return give(c, got, err, func(rows []T) []V { return each(rows, view) })
}

func (s *Server) fileOrganisation(c *fiber.Ctx) error {
	var in OrganisationEntry
	if err := decode(c, &in); err != nil {
		return err
	}
	if in.ID != "" && !plainParam(string(in.ID)) {
		return engine.ErrOrgInput.WithFields(wrongID("id"))
	}
	got, err := s.Judge.FileBody(c.UserContext(), caller(c), in.organisation(), clock.DateOf(s.clock.Now(), s.zone), in.behind())
	return give(c, got, err, viewOrganisation)
}

// wrongID refuses an id that could not stand in an address.
func wrongID(field string) errs.Field {
	return errs.Field{Name: field, Code: "address", Msg: "编号为1至80个字母、数字或 . _ + -"}
}

func (s *Server) listOrganisations(c *fiber.Ctx) error {
	rows, next, err := s.Registry.Organisations(c.UserContext(), caller(c), cursorOf(c))
	if err != nil {
		return err
	}
	return c.JSON(OrganisationPage{Organisations: each(rows, viewOrganisation), Next: next})
}

func (s *Server) getOrganisation(c *fiber.Ctx) error {
	got, err := s.Registry.Organisation(c.UserContext(), engine.OrgID(c.Params("id")))
	return give(c, got, err, viewOrganisation)
}

func (s *Server) registerPerson(c *fiber.Ctx) error {
	var in PersonEntry
	if err := decodeContent(c, &in); err != nil {
		return err
	}
	got, err := s.Registry.RegisterWith(c.UserContext(), caller(c), in.person(), in.Photo)
	return give(c, got, err, viewPerson)
}

func (s *Server) getPerson(c *fiber.Ctx) error {
	got, err := s.Registry.Dossier(c.UserContext(), caller(c), engine.PersonID(c.Params("id")))
	return give(c, got, err, viewPerson)
}

func (s *Server) createAccount(c *fiber.Ctx) error {
	var in AccountEntry
	if err := decode(c, &in); err != nil {
		return err
	}
	n, err := s.newAccount(c.UserContext(), in)
	if err != nil {
		return err
	}
	got, err := s.Gate.Create(c.UserContext(), caller(c), n)
	return give(c, got, err, viewAccount)
}

// newAccount finds the person and the body of an account: a misspelt one would leave it able to do nothing.
func (s *Server) newAccount(ctx context.Context, in AccountEntry) (accounts.New, error) {
	n := accounts.New{Login: in.Login, Password: in.Password, Person: in.Person, Roles: in.Roles, Org: in.Org, Province: in.Province}
	person, err := s.Registry.Named(ctx, in.Person)
	if err != nil {
		return n, err
	}
	if n.Name = person.Name; n.Org == "" {
		return n, nil
	}
	org, err := s.Registry.Organisation(ctx, n.Org)
	if err != nil {
		return n, err
	}
	n.OrgKind = org.Kind
	return n, nil
}

// ofAccount does one thing to the account that the body names: a login name may have characters that no address has.
func ofAccount(do func(ctx context.Context, by authz.Principal, login string) error) fiber.Handler {
	return func(c *fiber.Ctx) error {
		var in AccountName
		if err := decode(c, &in); err != nil {
			return err
		}
		if err := do(c.UserContext(), caller(c), in.Login); err != nil {
			return err
		}
		return c.SendStatus(fiber.StatusNoContent)
	}
}

func (s *Server) attachAccount(c *fiber.Ctx) error {
	var in AccountPerson
	if err := decode(c, &in); err != nil {
		return err
	}
	person, err := s.Registry.Named(c.UserContext(), in.Person)
	if err != nil {
		return err
	}
	if err := s.Gate.Attach(c.UserContext(), caller(c), in.Login, person); err != nil {
		return err
	}
	return c.SendStatus(fiber.StatusNoContent)
}

func (s *Server) moveAccount(c *fiber.Ctx) error {
	var in AccountBody
	if err := decode(c, &in); err != nil {
		return err
	}
	body, err := s.Registry.Organisation(c.UserContext(), in.Org)
	if err != nil {
		return err
	}
	if err := s.Gate.Move(c.UserContext(), caller(c), in.Login, body); err != nil {
		return err
	}
	return c.SendStatus(fiber.StatusNoContent)
}

func (s *Server) setPassword(c *fiber.Ctx) error {
	var in SignIn
	if err := decode(c, &in); err != nil {
		return err
	}
	if err := s.Gate.SetPassword(c.UserContext(), caller(c), in.Login, in.Password); err != nil {
		return err
	}
	return c.SendStatus(fiber.StatusNoContent)
}

func (s *Server) listStaff(c *fiber.Ctx) error {
	got, err := s.Gate.Staff(c.UserContext(), caller(c))
	return giveAll(c, got, err, viewColleague)
}

func (s *Server) listPlans(c *fiber.Ctx) error {
	got, err := s.Sittings.Plans(c.UserContext(), caller(c))
	return giveAll(c, got, err, viewPlan)
}

func (s *Server) planOutlook(c *fiber.Ctx) error {
	p, err := s.planNamed(c, planParam(c))
	if err != nil {
		return err
	}
	got, err := s.Sittings.Outlook(c.UserContext(), caller(c), p.Org, p.Year)
	return give(c, got, err, viewOutlook)
}

func (s *Server) createPlan(c *fiber.Ctx) error {
	var in PlanEntry
	if err := decode(c, &in); err != nil {
		return err
	}
	got, err := s.Sittings.CreatePlan(c.UserContext(), caller(c),
		sitting.Plan{Org: in.Org, Name: in.Name, Year: in.Year, Levels: each(in.Levels, levelOfNumber)})
	return give(c, got, err, viewPlan)
}

func (s *Server) publishPlan(c *fiber.Ctx) error {
	got, err := s.Sittings.PublishPlan(c.UserContext(), caller(c), sitting.PlanID(c.Params("id")))
	return give(c, got, err, viewPlan)
}

func (s *Server) createSession(c *fiber.Ctx) error {
	var in SessionEntry
	if err := decode(c, &in); err != nil {
		return err
	}
	if err := addresses(in.Rooms); err != nil {
		return err
	}
	got, err := s.Sittings.CreateSession(c.UserContext(), caller(c), in.session())
	return give(c, got, err, viewSession)
}

func (s *Server) amendSession(c *fiber.Ctx) error {
	var in AmendmentEntry
	if err := decode(c, &in); err != nil {
		return err
	}
	if err := addresses(in.Rooms); err != nil {
		return err
	}
	got, err := s.Sittings.Amend(c.UserContext(), caller(c), sessionParam(c), in.amendment())
	return give(c, got, err, viewSession)
}

// addresses refuses rooms that no address could lead to.
func addresses(rooms []RoomEntry) error {
	var wrong []errs.Field
	for i, r := range rooms {
		if !plainParam(string(r.ID)) {
			wrong = append(wrong, wrongID(fmt.Sprintf("rooms.%d", i+1)))
		}
	}
	if len(wrong) > 0 {
		return sitting.ErrSessionInput.WithFields(wrong...)
	}
	return nil
}

func (w Window) window() clock.Window {
	return clock.Window{Opens: time.Time(w.Opens), Closes: time.Time(w.Closes)}
}

func (s *Server) assignDuty(c *fiber.Ctx) error {
	var in DutyEntry
	if err := decode(c, &in); err != nil {
		return err
	}
	got, err := s.Sittings.Assign(c.UserContext(), caller(c), sessionParam(c), in.Person, in.Role, in.Room)
	return give(c, got, err, viewSession)
}

func (s *Server) relieveDuty(c *fiber.Ctx) error {
	var in ReliefEntry
	if err := decode(c, &in); err != nil {
		return err
	}
	got, err := s.Sittings.Relieve(c.UserContext(), caller(c), sessionParam(c), sitting.Duty{Person: in.Person, Role: in.Role, Room: in.Room}, in.Reason)
	return give(c, got, err, viewSession)
}

func (s *Server) askWaiver(c *fiber.Ctx) error {
	var in WaiverEntry
	if err := decode(c, &in); err != nil {
		return err
	}
	got, err := s.Sittings.AskWaiver(c.UserContext(), caller(c), sessionParam(c), in.Finding, in.Reason)
	return give(c, got, err, viewSession)
}

func (s *Server) decideWaiver(c *fiber.Ctx) error {
	var in WaiverDecision
	if err := decode(c, &in); err != nil {
		return err
	}
	got, err := s.Sittings.DecideWaiver(c.UserContext(), caller(c), sessionParam(c), in.Finding, in.Grant)
	return give(c, got, err, viewSession)
}

func (s *Server) listApplications(c *fiber.Ctx) error {
	session, err := s.Sittings.Session(c.UserContext(), caller(c), sessionParam(c))
	if err != nil {
		return err
	}
	got, err := s.Desk.Applications(c.UserContext(), caller(c), string(session.ID))
	return giveAll(c, got, err, viewApplication)
}

func (s *Server) apply(c *fiber.Ctx) error {
	var in ApplicationEntry
	if err := decode(c, &in); err != nil {
		return err
	}
	session, err := s.Sittings.Session(c.UserContext(), caller(c), sessionParam(c))
	if err != nil {
		return err
	}
	got, err := s.Desk.Apply(c.UserContext(), caller(c), s.Sittings.Target(session), in.Person, in.claims(), in.Employer, in.Class)
	return give(c, got, err, viewApplication)
}

func (s *Server) importRoster(c *fiber.Ctx) error {
	got, err := s.readRoster(c)
	return give(c, got, err, viewRoster)
}

func (s *Server) listRosterImports(c *fiber.Ctx) error {
	if _, err := s.Sittings.Session(c.UserContext(), caller(c), sessionParam(c)); err != nil {
		return err
	}
	all, err := s.Desk.Imports(c.UserContext(), caller(c), string(sessionParam(c)))
	return giveAll(c, all, err, viewImport)
}

func (s *Server) seatCandidates(c *fiber.Ctx) error {
	got, err := s.Sittings.SeatCandidates(c.UserContext(), caller(c), sessionParam(c))
	return giveAll(c, got, err, viewSeat)
}

func (s *Server) getUndecided(c *fiber.Ctx) error {
	u, err := s.Sittings.Undecided(c.UserContext(), caller(c), sessionParam(c))
	return give(c, u, err, func(u registration.Undecided) UndecidedCount { return UndecidedCount(u) })
}

func (s *Server) putUndecided(c *fiber.Ctx) error {
	var in Count
	if err := decode(c, &in); err != nil {
		return err
	}
	if err := s.Sittings.LeaveUndecided(c.UserContext(), caller(c), sessionParam(c), in.Count); err != nil {
		return err
	}
	return s.getUndecided(c)
}

func (s *Server) drawForms(c *fiber.Ctx) error {
	got, err := s.Exams.Draw(c.UserContext(), caller(c), sessionParam(c))
	return give(c, got, err, viewDraw)
}

func (s *Server) commitToTasks(c *fiber.Ctx) error {
	got, err := s.Practical.Commit(c.UserContext(), caller(c), sessionParam(c))
	return give(c, got, err, func(v *practical.Commitment) practical.Commitment { return *v })
}

func (s *Server) drawTasks(c *fiber.Ctx) error {
	got, err := s.Practical.Draw(c.UserContext(), caller(c), sessionParam(c))
	return give(c, got, err, func(n int) Count { return Count{n} })
}

func (s *Server) recordTie(c *fiber.Ctx) error {
	var in TieEntry
	if err := decode(c, &in); err != nil {
		return err
	}
	got, err := s.Judge.Record(c.UserContext(), caller(c), in.tie())
	return give(c, got, err, viewTie)
}

// listTies lists the ties of one node; names of classes are no part of a path, so the node is asked for in the query.
func (s *Server) listTies(c *fiber.Ctx) error {
	node := separation.Node(c.Query("node"))
	if kind, name, _ := strings.Cut(string(node), ":"); name == "" || len(node) > 300 || kind != "person" && kind != "org" && kind != "class" {
		return errWrongParam
	}
	rows, next, err := s.Judge.TiesOf(c.UserContext(), caller(c), node, cursorOf(c))
	if err != nil {
		return err
	}
	return c.JSON(TiePage{Ties: each(rows, viewTie), Next: next})
}

func (s *Server) contestTie(c *fiber.Ctx) error {
	var in TieStatement
	if err := decode(c, &in); err != nil {
		return err
	}
	got, err := s.Judge.Contest(c.UserContext(), caller(c), c.Params("id"), in.Statement)
	return give(c, got, err, viewTie)
}

func (s *Server) endTie(c *fiber.Ctx) error {
	var in TieEnd
	if err := decode(c, &in); err != nil {
		return err
	}
	if in.Never {
		got, err := s.Judge.Void(c.UserContext(), caller(c), c.Params("id"), in.Reason)
		return give(c, got, err, viewTie)
	}
	got, err := s.Judge.End(c.UserContext(), caller(c), c.Params("id"), clock.Date(in.Until), in.Reason)
	return give(c, got, err, viewTie)
}
