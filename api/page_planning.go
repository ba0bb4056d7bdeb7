package api

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/skillcert/skillcert/api/web"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/sitting"
)

// planningPages are where the exam office makes plans and sessions.
func (s *Server) planningPages() []route {
	return []route{
		page("/office/plan", authz.PlanWrite, s.newPlan),
		form("/plans", authz.PlanWrite, s.planForm).on("/office/plan"),
		form("/plans/:id/publication", authz.PlanWrite, s.publicationForm).on("/office"),
		page("/plans/:id/session", authz.PlanWrite, s.newSession),
		form("/plans/:id/sessions", authz.PlanWrite, s.sessionForm).on("/plans/:id/session"),
		page("/sessions/:id/plan", authz.PlanWrite, s.amendPage),
		form("/sessions/:id/plan", authz.PlanWrite, s.amendForm),
	}
}

func (s *Server) newPlan(c *fiber.Ctx) error {
	return s.showPlanForm(c, web.PlanFormView{Year: strconv.Itoa(clock.DateOf(s.clock.Now(), s.zone).Year)})
}

// showPlanForm shows the form with what the body is filed for.
func (s *Server) showPlanForm(c *fiber.Ctx, v web.PlanFormView) error {
	org, err := s.Registry.Organisation(c.UserContext(), engine.OrgID(caller(c).Org))
	if err != nil {
		return err
	}
	v.Org = org.Name
	for _, row := range s.filingRows(org, clock.DateOf(s.clock.Now(), s.zone)) {
		if !row.Over {
			v.Filings = append(v.Filings, row)
		}
	}
	return s.show(c, "plan-form", v)
}

func (s *Server) planForm(c *fiber.Ctx) error {
	f, err := readForm(c, planFields)
	if err != nil {
		return err
	}
	v := web.PlanFormView{Name: f.text("name"), Year: f.text("year"), Levels: f.levels("level")}
	plan := sitting.Plan{Org: engine.OrgID(caller(c).Org), Name: v.Name, Year: f.number("year", "year", "年度"), Levels: v.Levels}
	if err = f.wrongly(sitting.ErrPlanInput); err == nil {
		_, err = s.Sittings.CreatePlan(c.UserContext(), caller(c), plan)
	}
	if err != nil {
		return s.refuse(c, err, func(c *fiber.Ctx, p *web.Problem) error {
			v.Problem = p
			return s.showPlanForm(c, v)
		})
	}
	return s.done(c, "/office#h-plans", "plan-drafted", plan.Name)
}

func (s *Server) publicationForm(c *fiber.Ctx) error {
	p, err := s.Sittings.PublishPlan(c.UserContext(), caller(c), planParam(c))
	if err != nil {
		return err
	}
	return s.done(c, "/office#h-plans", "plan-published", p.Name)
}

// maxRooms bounds the rooms of one form; JSON takes more.
const maxRooms = 30

// newSession begins with one room of either component.
func (s *Server) newSession(c *fiber.Ctx) error {
	rooms := []web.RoomTyped{{Component: string(engine.Theory)}, {Component: string(engine.Practical)}}
	return s.showSessionForm(c, planParam(c), web.SessionFormView{Typed: web.SessionTyped{Spread: "0", Rooms: rooms}})
}

// planParam is the plan of the address.
func planParam(c *fiber.Ctx) sitting.PlanID { return sitting.PlanID(c.Params("id")) }

// planNamed is a plan that the caller may see.
func (s *Server) planNamed(c *fiber.Ctx, id sitting.PlanID) (*sitting.Plan, error) {
	plans, err := s.Sittings.Plans(c.UserContext(), caller(c))
	if err != nil {
		return nil, err
	}
	at := slices.IndexFunc(plans, func(p *sitting.Plan) bool { return p.ID == id })
	if at < 0 {
		return nil, sitting.ErrPlan
	}
	return plans[at], nil
}

func (s *Server) showSessionForm(c *fiber.Ctx, plan sitting.PlanID, v web.SessionFormView) error {
	p, err := s.planNamed(c, plan)
	if err != nil {
		return err
	}
	blueprints, err := s.Bank.Blueprints(c.UserContext(), caller(c))
	if err != nil {
		return err
	}
	for _, b := range blueprints {
		if slices.Contains(p.Levels, b.Level) {
			v.Blueprints = append(v.Blueprints, web.BlueprintChoice{ID: b.ID, Release: b.Release, Level: b.Level})
		}
	}
	for _, l := range p.Levels {
		if v.Amends != nil && l != v.Amends.Level {
			continue
		}
		v.Minutes = append(v.Minutes, web.LevelMinutes{Level: l, Minutes: s.Policy.Levels[l].TheoryMinutes})
	}
	if v.Beyond, err = s.beyond(c.UserContext(), caller(c), p.Org, p.Year); err != nil {
		return err
	}
	v.Plan, v.PlanName, v.Year = string(p.ID), p.Name, p.Year
	v.Spread, v.Late, v.MostRooms = sitting.MaxSpread, s.Policy.Rooms.LateMinutes, maxRooms
	return s.show(c, "session-form", v)
}

func (s *Server) sessionForm(c *fiber.Ctx) error {
	f, err := readForm(c, sessionFields)
	if err != nil {
		return err
	}
	v := web.SessionFormView{Typed: f.session()}
	if changeRooms(&v.Typed, f.text("do")) {
		return s.showSessionForm(c, planParam(c), v)
	}
	n, err := s.planSession(c, f, v.Typed)
	if err != nil {
		return s.refuse(c, err, func(c *fiber.Ctx, p *web.Problem) error {
			v.Problem = p
			return s.showSessionForm(c, planParam(c), v)
		})
	}
	return s.done(c, "/sessions/"+string(n.ID), "session-planned", n.Name)
}

// changeRooms does what a button says that is not the one that plans.
func changeRooms(t *web.SessionTyped, do string) bool {
	switch what, which, _ := strings.Cut(do, "-"); {
	case what == "add" && len(t.Rooms) < maxRooms:
		t.Rooms = append(t.Rooms, web.RoomTyped{Component: which})
	case what == "drop":
		if at, err := strconv.Atoi(which); err == nil && at >= 1 && at <= len(t.Rooms) {
			t.Rooms = slices.Delete(t.Rooms, at-1, at)
		}
	default:
		return what == "add"
	}
	return true
}

// planSession makes the session that was typed. Its level is that of the blueprint.
func (s *Server) planSession(c *fiber.Ctx, f *typedForm, t web.SessionTyped) (*sitting.Session, error) {
	ctx, by := c.UserContext(), caller(c)
	n := sitting.Session{Plan: planParam(c), Name: t.Name, Site: t.Site, Blueprint: t.Blueprint,
		Theory: f.window("theory", s.zone), Practical: f.window("practical", s.zone),
		Spread: f.number("spread", "spread", "开考错峰秒数"), Rooms: f.rooms(t.Rooms, nil)}
	blueprints, err := s.Bank.Blueprints(ctx, by)
	if err != nil {
		return nil, err
	}
	for _, b := range blueprints {
		if b.ID == t.Blueprint {
			n.Level = b.Level
		}
	}
	f.must(n.Level != 0, "blueprint", "missing", "请选择组卷方案")
	if len(f.wrong) > 0 { // with what can be said of the rest, so that it comes in one round
		return nil, s.Sittings.Faults(n, f.wrong)
	}
	return s.Sittings.CreateSession(ctx, by, n)
}

// roomIDs are what the rooms are called in addresses: those that have an id keep it, and the others are t1, t2 … for
// theory, p1, p2 … for practice, as far as these are free. What a room of the session was called that goes is not: the
// duties in it would pass to another.
func roomIDs(rooms []web.RoomTyped, there []sitting.Room) (all []sitting.RoomID) {
	taken := map[sitting.RoomID]bool{"": true}
	for _, r := range there {
		taken[r.ID] = true
	}
	for _, r := range rooms {
		id := sitting.RoomID(r.ID)
		for no := 1; r.ID == "" && taken[id]; no++ {
			id = sitting.RoomID(cmp.Or(r.Component, "x")[:1] + strconv.Itoa(no))
		}
		taken[id] = true
		all = append(all, id)
	}
	return all
}
