package api

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/skillcert/skillcert/api/web"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/accounts"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/separation"
	"github.com/skillcert/skillcert/engine/sitting"
)

// pool is the body's staff, who may be proposed for duties.
func (s *Server) pool(ctx context.Context, by authz.Principal) ([]sitting.Colleague, error) {
	staff, err := s.Gate.Staff(ctx, by)
	if err != nil {
		return nil, err
	}
	all := each(staff, func(c accounts.Colleague) sitting.Colleague {
		return sitting.Colleague{Person: c.Person, Name: c.Name, Roles: c.Roles}
	})
	slices.SortFunc(all, func(a, b sitting.Colleague) int { return strings.Compare(string(a.Person), string(b.Person)) })
	return all, nil
}

// proposeStaff is the JSON of a proposal; nothing is assigned by it.
func (s *Server) proposeStaff(c *fiber.Ctx) error {
	var in StaffProposalEntry
	if err := decode(c, &in); err != nil {
		return err
	}
	pool, err := s.pool(c.UserContext(), caller(c))
	if err != nil {
		return err
	}
	ids := append([]sitting.SessionID{sessionParam(c)}, in.With...)
	got, err := s.Sittings.ProposeStaff(c.UserContext(), caller(c), ids, pool)
	return give(c, got, err, viewProposal)
}

func (s *Server) staffingForm(c *fiber.Ctx) error {
	pool, err := s.pool(c.UserContext(), caller(c))
	if err != nil {
		return err
	}
	got, err := s.Sittings.ProposeStaff(c.UserContext(), caller(c), []sitting.SessionID{sessionParam(c)}, pool)
	if err != nil {
		return s.refuse(c, err, s.sessionPage)
	}
	return s.showProposal(c, got)
}

// showProposal shows the session with the proposal beside its staff.
func (s *Server) showProposal(c *fiber.Ctx, got *sitting.StaffProposal) error {
	v, err := s.sessionView(c.UserContext(), caller(c), sessionParam(c))
	if err != nil {
		return err
	}
	n, err := s.Sittings.Session(c.UserContext(), caller(c), sessionParam(c))
	if err != nil {
		return err
	}
	v.Proposal = &web.StaffProposal{}
	for _, d := range got.Duties {
		v.Proposal.Duties = append(v.Proposal.Duties, web.ProposedRow{Name: d.Name, Role: d.Role, Room: roomName(n, d.Room),
			Value: dutyValue(d.Duty)})
	}
	for _, m := range got.Short {
		v.Proposal.Short = append(v.Proposal.Short, web.ShortRow{Role: string(m.Role), Room: roomName(n, m.Room), Need: m.Need, Missing: m.Missing,
			Holders: m.Holders, Busy: m.Busy, Served: m.Served, Tied: m.Tied, Uncalibrated: m.Uncalibrated})
	}
	return s.show(c, "session", v)
}

// staffOffer shows what the office may still do about who is on duty.
func (s *Server) staffOffer(ctx context.Context, by authz.Principal, n *sitting.Session, v *web.SessionView) error {
	offer, err := s.Sittings.StaffOffer(ctx, by, n.ID)
	if err != nil {
		return err
	}
	v.Relievable, v.MayAskWaiver, v.WaiversOver = dutyRows(n, offer.Duties), offer.Waivers, !offer.Waivers
	for _, role := range dutyRoles() {
		if slices.Contains(offer.Roles, role) {
			v.Assignable = append(v.Assignable, role)
		}
	}
	v.People, err = s.colleagues(ctx, by)
	return err
}

// recheck is the JSON of recheckForm.
func (s *Server) recheck(c *fiber.Ctx) error {
	got, err := s.Sittings.Recheck(c.UserContext(), caller(c), sessionParam(c))
	return give(c, got, err, viewRecheck)
}

// recheckForm asks separation anew and shows the session with what is found.
func (s *Server) recheckForm(c *fiber.Ctx) error {
	got, err := s.Sittings.Recheck(c.UserContext(), caller(c), sessionParam(c))
	if err != nil {
		return s.refuse(c, err, s.sessionPage)
	}
	if len(got.Standing) == 0 {
		return s.done(c, sessionHref(c), "rechecked-clear")
	}
	return s.done(c, sessionHref(c)+"#findings", "rechecked", got.New, len(got.Standing))
}

func (s *Server) staffForm(c *fiber.Ctx) error {
	person := engine.PersonID(field(c, "person"))
	_, err := s.Sittings.Assign(c.UserContext(), caller(c), sessionParam(c), person, authz.Role(field(c, "role")), sitting.RoomID(field(c, "room")))
	if err != nil {
		return s.refuse(c, err, s.unassigned(err))
	}
	named, err := s.Registry.Named(c.UserContext(), person)
	if err != nil {
		return err
	}
	return s.done(c, sessionHref(c), "assigned", named.Name)
}

// unassigned shows the session after an assignment was refused with err: what was typed, whether a waiver may be asked for, and
// who may take the duty instead.
func (s *Server) unassigned(err error) again {
	return func(c *fiber.Ctx, p *web.Problem) error {
		v, fault := s.sessionView(c.UserContext(), caller(c), sessionParam(c))
		if fault != nil {
			return fault
		}
		v.Problem, v.Wanted = p, &web.Wanted{Person: field(c, "person"), Role: field(c, "role"), Room: field(c, "room"), Waivable: v.MayAskWaiver && waivable(err)}
		typed := dutyValue(sitting.Duty{Person: engine.PersonID(v.Wanted.Person), Role: authz.Role(v.Wanted.Role), Room: sitting.RoomID(v.Wanted.Room)})
		v.Wanted.Stays = slices.ContainsFunc(v.Duties, func(d web.DutyRow) bool { return d.Value == typed })
		if v.Wanted.Asked = ofThePerson(err); v.Wanted.Asked {
			if fault := s.free(c, &v); fault != nil {
				return fault
			}
		}
		return s.show(c, "session", v)
	}
}

// ofThePerson reports whether an assignment was refused for who it names, so that somebody else may take the duty: they are tied,
// served too often in a row, or are not calibrated.
func ofThePerson(err error) bool {
	var tied *separation.Separated
	return errors.As(err, &tied) || errors.Is(err, sitting.ErrServedEnough) || errors.Is(err, sitting.ErrUncalibrated)
}

// waivable reports whether an assignment was refused by soft rules only, each of which two persons may waive.
func waivable(err error) bool {
	var tied *separation.Separated
	return errors.As(err, &tied) && !slices.ContainsFunc(tied.Findings, func(f separation.Finding) bool { return !f.Soft })
}

// free adds who may take the duty that was refused.
func (s *Server) free(c *fiber.Ctx, v *web.SessionView) error {
	staff, err := s.pool(c.UserContext(), caller(c))
	if err != nil {
		return err
	}
	free, err := s.Sittings.Proposals(c.UserContext(), caller(c), sessionParam(c), authz.Role(v.Wanted.Role), sitting.RoomID(v.Wanted.Room), staff)
	v.Wanted.Free = each(free, func(p sitting.Colleague) web.Choice { return web.Choice{Value: string(p.Person), Label: p.Name} })
	return err
}

// adoptForm assigns what was proposed, one duty after the other; each is judged anew, and the first that is refused ends it.
func (s *Server) adoptForm(c *fiber.Ctx) error {
	duties, err := proposed(c)
	if err != nil {
		return err
	}
	for _, d := range duties {
		if _, err := s.Sittings.Assign(c.UserContext(), caller(c), sessionParam(c), d.Person, d.Role, d.Room); err != nil {
			return s.refuse(c, err, s.sessionPage)
		}
	}
	return s.done(c, sessionHref(c), "adopted", len(duties))
}

// maxProposed bounds the duties of one form: more than the rooms of a session can use.
const maxProposed = 1000

// proposed reads the duties of the form: each a person, a role and a room or nothing.
func proposed(c *fiber.Ctx) (all []sitting.Duty, err error) {
	for _, v := range c.Request().PostArgs().PeekMulti("duty") {
		d, err := dutyOf(string(v))
		if err != nil || len(all) == maxProposed {
			return nil, errWrongParam
		}
		all = append(all, d)
	}
	return all, nil
}

// dutyValue is a duty in one field of a form, dutyOf reads it.
func dutyValue(d sitting.Duty) string {
	return strings.Join([]string{string(d.Person), string(d.Role), string(d.Room)}, " ")
}

func dutyOf(value string) (sitting.Duty, error) {
	parts := strings.Split(value, " ")
	if len(parts) != 3 {
		return sitting.Duty{}, errWrongParam
	}
	return sitting.Duty{Person: engine.PersonID(parts[0]), Role: authz.Role(parts[1]), Room: sitting.RoomID(parts[2])}, nil
}
