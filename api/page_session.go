package api

import (
	"context"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/skillcert/skillcert/api/web"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/separation"
	"github.com/skillcert/skillcert/engine/sitting"
	"github.com/skillcert/skillcert/engine/theory"
)

func (s *Server) sessionPage(c *fiber.Ctx, p *web.Problem) error { return s.showSession(c, p, nil) }

// showSession shows the session, with what was typed into the form of the lockdown where that was refused.
func (s *Server) showSession(c *fiber.Ctx, p *web.Problem, typed *web.LockdownTyped) error {
	v, err := s.sessionView(c.UserContext(), caller(c), sessionParam(c))
	if err != nil {
		return err
	}
	if v.Problem = p; v.Lockdown != nil {
		v.Lockdown.Refused = typed
	}
	return s.show(c, "session", v)
}

func (s *Server) sessionView(ctx context.Context, by authz.Principal, id sitting.SessionID) (web.SessionView, error) {
	session, err := s.Sittings.Session(ctx, by, id)
	if err != nil {
		return web.SessionView{}, err
	}
	plans, err := s.Sittings.Plans(ctx, by)
	if err != nil {
		return web.SessionView{}, err
	}
	l, err := s.look(ctx, by, session)
	if err != nil {
		return web.SessionView{}, err
	}
	v := web.SessionView{SessionRow: l.row(planName(plans, session.Plan)), Release: session.Release, Blueprint: session.Blueprint,
		Rooms: l.rooms(), Duties: duties(session), Findings: each(session.Findings, func(f separation.Finding) web.FindingRow { return finding(session, f) }),
		Relieved: each(session.Relieved, func(r sitting.Relief) web.ReliefRow {
			return web.ReliefRow{Name: r.Name, Role: r.Role, Reason: r.Reason, At: r.At}
		}),
		MayDecideWaiver: by.Can(authz.WaiverDecide)}
	if by.Can(authz.CaseRead) {
		waiting, err := s.Board.UncasedTickets(ctx, by, id, "")
		if v.Uncased = len(waiting); err != nil {
			return web.SessionView{}, err
		}
	}
	if v.Code, err = s.codeFor(ctx, by, session); err != nil {
		return web.SessionView{}, err
	}
	if by.Can(authz.StaffAssign) {
		v.RoleNames = dutyRoles()
		if err = s.staffOffer(ctx, by, session, &v); err != nil {
			return web.SessionView{}, err
		}
	}
	if by.Can(authz.TieRecord) {
		if v.Unsure, err = s.unsure(ctx, session); err != nil {
			return web.SessionView{}, err
		}
	}
	if by.Can(authz.PlanWrite) {
		if l.tasks, err = s.taskDraw(ctx, by, session); err != nil {
			return web.SessionView{}, err
		}
		v.Next, v.Plans, v.Tasks = l.next(), l.plans(), &l.tasks
		if v.Undecided, err = s.undecided(ctx, by, id); err != nil {
			return web.SessionView{}, err
		}
		if v.Planned, err = s.sessionPlanned(ctx, session); err != nil {
			return web.SessionView{}, err
		}
		if v.Beyond, err = s.beyond(ctx, by, session.Org, clock.DateOf(session.Theory.Opens, s.zone).Year); err != nil {
			return web.SessionView{}, err
		}
	}
	v.MayFile = by.Can(authz.ReportRead)
	v.ClockAway = int(math.Ceil(s.clockAway().Abs().Minutes()))
	if v.Lockdown, err = s.lockdownOffice(ctx, by, l); err != nil {
		return web.SessionView{}, err
	}
	if err = s.ends(ctx, l, &v); err != nil {
		return web.SessionView{}, err
	}
	halted, err := s.Sittings.Target(session).Halting(ctx)
	if err != nil {
		return web.SessionView{}, err
	}
	v.Halted, v.MayRegister = s.haltedRow(halted), by.Can(authz.Register)
	v.Registering = v.MayRegister && halted == nil && session.Open(l.now) == nil
	v.Conditions = each(s.Policy.Levels[session.Level].Conditions, func(c engine.Condition) web.Choice { return web.Choice{Value: c.ID, Label: c.Text} })
	return v, s.refusals(ctx, by, l, &v)
}

// ends says when the rooms and the last of the candidates end, with what was added to their time. While somebody is paused
// their end moves on with the clock, and is not told.
func (s *Server) ends(ctx context.Context, l *look, v *web.SessionView) error {
	book, err := s.Sittings.Proceedings(ctx, l.session.ID, hallAge)
	if err != nil {
		return err
	}
	for i, r := range v.Rooms {
		if r.Component != engine.Theory {
			continue
		}
		t := s.Sittings.Times(book, l.session.WindowOf(""), sitting.Place{Room: sitting.RoomID(r.ID)}, l.now)
		if v.Rooms[i].Ends, v.Paused = t.Closes, v.Paused || t.Paused; t.Paused {
			v.Rooms[i].Ends = time.Time{}
		}
	}
	for _, p := range l.progress {
		v.Paused = v.Paused || p.State == theory.InProgress && p.Times.Paused
	}
	if ends := s.Sittings.Ends(l.session, book, l.now); len(ends) > 0 && !v.Paused {
		v.Ends = ends[len(ends)-1].Add(-s.Sittings.Grace())
	}
	return nil
}

// codeFor is the session's code for those who plan it or run a room of it, "" for everybody else.
func (s *Server) codeFor(ctx context.Context, by authz.Principal, n *sitting.Session) (string, error) {
	if by.Can(authz.PlanWrite) {
		return n.Code, nil
	}
	runs, err := s.watches(ctx, by, n.ID, "")
	if err != nil || !runs {
		return "", err
	}
	return n.Code, nil
}

// dutyRoles are the roles that a session has duties for.
func dutyRoles() []authz.Role {
	return []authz.Role{authz.Invigilator, authz.Examiner, authz.Leader, authz.Marker, authz.Supervisor}
}

func (l *look) rooms() []web.RoomRow {
	var rows []web.RoomRow
	for _, r := range l.session.Rooms {
		row := l.arrived(r.ID)
		row.ID, row.Name, row.Component, row.Capacity = string(r.ID), r.Name, r.Component, r.Places()
		if r.Component == engine.Theory {
			row.Href = "/sessions/" + string(l.session.ID) + "/rooms/" + string(r.ID)
			row.Submitted = l.handedIn(r.ID)
		}
		rows = append(rows, row)
	}
	return rows
}

func duties(s *sitting.Session) []web.DutyRow { return dutyRows(s, s.Duties) }

func dutyRows(s *sitting.Session, all []sitting.Duty) []web.DutyRow {
	return each(all, func(d sitting.Duty) web.DutyRow {
		return web.DutyRow{Name: d.Name, Role: d.Role, Room: roomName(s, d.Room), Value: dutyValue(d)}
	})
}

// colleagues are the body's staff who hold a role that a session has duties for.
func (s *Server) colleagues(ctx context.Context, by authz.Principal) ([]web.Choice, error) {
	staff, err := s.Gate.Staff(ctx, by)
	if err != nil {
		return nil, err
	}
	var all []web.Choice
	for _, c := range staff {
		if slices.ContainsFunc(c.Roles, func(r authz.Role) bool { return slices.Contains(dutyRoles(), r) }) {
			all = append(all, web.Choice{Value: string(c.Person), Label: c.Name})
		}
	}
	slices.SortFunc(all, func(a, b web.Choice) int { return strings.Compare(a.Label, b.Label) })
	return all, nil
}

// unsure names the applicants whose stated employer may be several bodies, with these.
func (s *Server) unsure(ctx context.Context, n *sitting.Session) (rows []web.UnsureRow, err error) {
	for _, u := range n.Unsure {
		person, err := s.Registry.Named(ctx, u.Person)
		if err != nil {
			return nil, err
		}
		row := web.UnsureRow{Who: person.Name, Stated: u.Stated}
		for _, id := range u.Bodies {
			o, err := s.Registry.Organisation(ctx, id)
			if err != nil {
				return nil, err
			}
			row.Bodies = append(row.Bodies, web.Choice{Value: "/bodies/" + string(id) + "/ties", Label: o.Name + " " + o.CreditCode})
		}
		rows = append(rows, row)
	}
	return rows, nil
}

func finding(n *sitting.Session, f separation.Finding) web.FindingRow {
	row := web.FindingRow{Rule: f.Rule, Role: string(f.Role), Path: f.Path, Text: f.Text, At: f.At, Key: f.Key(), Soft: f.Soft, Contested: f.Contested}
	if at := slices.IndexFunc(n.Duties, func(d sitting.Duty) bool { return d.Person == f.Staff && d.Role == f.Role }); at >= 0 && f.Staff != "" {
		row.Person, row.Room = string(f.Staff), string(n.Duties[at].Room)
	}
	for _, w := range n.Waivers {
		if w.Finding.Key() == row.Key {
			row.Waiver, row.Reason, row.AskedBy, row.DecidedBy = string(n.WaiverState(f)), w.Reason, w.Asked.Name, w.Decided.Name
		}
	}
	if len(f.Path) > 0 {
		row.Staff, row.Candidate = f.Path[0], f.Path[len(f.Path)-1]
	}
	return row
}

// next is what the office may do now; the first is what the session waits for.
func (l *look) next() []web.SessionAction {
	var all []web.SessionAction
	add := func(now bool, key string) {
		if now {
			all = append(all, web.SessionAction{Key: key, Path: key})
		}
	}
	accepted := len(l.applications) - len(l.refused())
	unseated := l.session.Open(l.now) == nil && accepted > len(l.seats) || len(l.session.Allotted) > len(l.seats)
	add(unseated, "seats")
	add(len(l.seats) > 0 && !l.drawn() && l.now.Before(l.session.Theory.Opens), "forms")
	add(l.tasks.MayDraw, "practical-draw")
	add(l.sealed == 2 && l.publication == nil, "results")
	return all
}

func sessionHref(c *fiber.Ctx) string { return "/sessions/" + c.Params("id") }

func (s *Server) seatsForm(c *fiber.Ctx) error {
	seats, err := s.Sittings.SeatCandidates(c.UserContext(), caller(c), sessionParam(c))
	if err != nil {
		return s.refuse(c, err, s.sessionPage)
	}
	return s.done(c, sessionHref(c), "seated", len(seats))
}

// undecided counts the applications that a draw of the forms would leave behind, none for who does not draw.
func (s *Server) undecided(ctx context.Context, by authz.Principal, id sitting.SessionID) (web.Undecided, error) {
	if !by.Can(authz.FormsDraw) {
		return web.Undecided{}, nil
	}
	u, err := s.Sittings.Undecided(ctx, by, id)
	return web.Undecided{Session: string(id), Waiting: u.Waiting, Returned: u.Returned, All: u.All()}, err
}

// leave notes, from the tick beside a draw, how many applications the office knows that it leaves behind; without the tick none.
func (s *Server) leave(c *fiber.Ctx) error {
	count := 0
	if typed := field(c, "undecided"); typed != "" {
		n, err := strconv.ParseUint(typed, 10, 31)
		if err != nil {
			return errBody
		}
		count = int(n)
	}
	return s.Sittings.LeaveUndecided(c.UserContext(), caller(c), sessionParam(c), count)
}

func (s *Server) formsForm(c *fiber.Ctx) error {
	if err := s.leave(c); err != nil {
		return s.refuse(c, err, s.sessionPage)
	}
	d, err := s.Exams.Draw(c.UserContext(), caller(c), sessionParam(c))
	if err != nil {
		return s.refuse(c, err, s.sessionPage)
	}
	return s.done(c, sessionHref(c), "drawn", len(d.Seated()))
}

func (s *Server) practicalDrawForm(c *fiber.Ctx) error {
	n, err := s.Practical.Draw(c.UserContext(), caller(c), sessionParam(c))
	if err != nil {
		return s.refuse(c, err, s.sessionPage)
	}
	return s.done(c, sessionHref(c), "tasks-drawn", n)
}

func (s *Server) reliefForm(c *fiber.Ctx) error {
	typed := web.ReliefTyped{Duty: field(c, "duty"), Reason: field(c, "reason")}
	off, err := dutyOf(typed.Duty)
	if err != nil {
		return err
	}
	n, err := s.Sittings.Relieve(c.UserContext(), caller(c), sessionParam(c), off, typed.Reason)
	if err != nil {
		return s.refuse(c, err, func(c *fiber.Ctx, p *web.Problem) error {
			v, err := s.sessionView(c.UserContext(), caller(c), sessionParam(c))
			if err != nil {
				return err
			}
			v.Problem, v.Relieving = p, &typed
			return s.show(c, "session", v)
		})
	}
	return s.done(c, sessionHref(c), "relieved", n.Relieved[len(n.Relieved)-1].Name)
}

func (s *Server) waiverForm(c *fiber.Ctx) error {
	_, err := s.Sittings.AskWaiver(c.UserContext(), caller(c), sessionParam(c), field(c, "finding"), field(c, "reason"))
	if err != nil {
		return s.refuse(c, err, s.sessionPage)
	}
	return s.done(c, sessionHref(c)+"#findings", "waiver-asked")
}

func (s *Server) waiverDecisionForm(c *fiber.Ctx) error {
	grant, known := map[string]bool{"grant": true, "refuse": false}[field(c, "decision")]
	if !known {
		return errWrongParam
	}
	if _, err := s.Sittings.DecideWaiver(c.UserContext(), caller(c), sessionParam(c), field(c, "finding"), grant); err != nil {
		return s.refuse(c, err, s.sessionPage)
	}
	return s.done(c, sessionHref(c)+"#findings", "waiver-decided")
}
