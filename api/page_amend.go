package api

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/skillcert/skillcert/api/web"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/engine/sitting"
)

// amendPage shows the times and rooms of a session as they are, to be changed.
func (s *Server) amendPage(c *fiber.Ctx) error {
	n, err := s.Sittings.Session(c.UserContext(), caller(c), sessionParam(c))
	if err != nil {
		return err
	}
	v := web.SessionFormView{Typed: s.typedOf(n), Amends: &web.SessionAmended{Seen: strconv.Itoa(n.Amended())}}
	return s.showAmendForm(c, n, v)
}

// showAmendForm shows the form, or why there is none.
func (s *Server) showAmendForm(c *fiber.Ctx, n *sitting.Session, v web.SessionFormView) error {
	v.Amends.ID, v.Amends.Name, v.Amends.Level, v.Amends.Blueprint, v.Amends.Release = string(n.ID), n.Name, n.Level, n.Blueprint, n.Release
	v.Amends.Refused = s.notAmendable(n)
	v.Amends.Duties = each(n.Duties, func(d sitting.Duty) web.DutyRow { return web.DutyRow{Name: d.Name, Role: d.Role, Room: string(d.Room)} })
	accepted, err := s.Desk.Accepted(c.UserContext(), string(n.ID))
	if err != nil {
		return err
	}
	v.Amends.Accepted = len(accepted)
	return s.showSessionForm(c, n.Plan, v)
}

// errManyRooms keeps a session from the form that has more rooms than the form shows.
var errManyRooms = errs.New(errs.Conflict, "session.amend_rooms", fmt.Sprintf("考场超过%d个，这张表放不下，请用接口修改", maxRooms))

// notAmendable is why times and rooms cannot be changed by the page, nil while they can.
func (s *Server) notAmendable(n *sitting.Session) *web.Problem {
	err := n.Amendable(s.clock.Now())
	if err == nil && len(n.Rooms) > maxRooms {
		err = errManyRooms
	}
	if err == nil {
		return nil
	}
	p := problem(err)
	return p.onPage()
}

// sessionPlanned is what a session's page says of changes of its times and rooms.
func (s *Server) sessionPlanned(ctx context.Context, n *sitting.Session) (*web.SessionPlanned, error) {
	v := &web.SessionPlanned{Refused: s.notAmendable(n)}
	for _, e := range n.Amendments() {
		name, err := s.accountName(ctx, e.By)
		if err != nil {
			return nil, err
		}
		v.Amendments = append(v.Amendments, web.AmendmentRow{At: e.At, By: name, Text: e.Note})
	}
	return v, nil
}

func (s *Server) amendForm(c *fiber.Ctx) error {
	f, err := readForm(c, amendFields)
	if err != nil {
		return err
	}
	n, err := s.Sittings.Session(c.UserContext(), caller(c), sessionParam(c))
	if err != nil {
		return err
	}
	v := web.SessionFormView{Typed: f.session(), Amends: &web.SessionAmended{Seen: f.text("seen")}}
	if changeRooms(&v.Typed, f.text("do")) {
		return s.showAmendForm(c, n, v)
	}
	if err := s.amend(c.UserContext(), caller(c), n, f, v.Typed); err != nil {
		return s.refuse(c, err, func(c *fiber.Ctx, p *web.Problem) error {
			v.Problem = p
			return s.showAmendForm(c, n, v)
		})
	}
	return s.done(c, sessionHref(c), "session-amended", n.Name)
}

// amend changes n into what was typed.
func (s *Server) amend(ctx context.Context, by authz.Principal, n *sitting.Session, f *typedForm, t web.SessionTyped) error {
	theory := s.kept(n.Theory, f.window("theory", s.zone))
	practical := s.kept(n.Practical, f.window("practical", s.zone))
	spread := f.number("spread", "spread", "开考错峰秒数")
	seen := f.number("seen", "seen", "修改次数")
	a := sitting.Amendment{Theory: &theory, Practical: &practical, Spread: &spread, Site: &t.Site, Rooms: f.rooms(t.Rooms, n.Rooms), Reason: t.Reason, Seen: &seen}
	if a.Rooms == nil {
		a.Rooms = []sitting.Room{} // none is not as they are
	}
	if len(f.wrong) > 0 { // with what can be said of the rest, so that it comes in one round
		to := *n
		to.Theory, to.Practical, to.Spread, to.Site, to.Rooms = theory, practical, spread, t.Site, a.Rooms
		return s.Sittings.Faults(to, f.wrong)
	}
	_, err := s.Sittings.Amend(ctx, by, n.ID, a)
	return err
}

// asTyped is how the browser's own control writes an instant: it has no seconds.
const asTyped = "2006-01-02T15:04"

// kept is the window that was typed, with the seconds of the old one where it is the same to the minute.
func (s *Server) kept(old, typed clock.Window) clock.Window {
	same := func(a, b time.Time) bool { return a.In(s.zone).Format(asTyped) == b.In(s.zone).Format(asTyped) }
	if same(old.Opens, typed.Opens) {
		typed.Opens = old.Opens
	}
	if same(old.Closes, typed.Closes) {
		typed.Closes = old.Closes
	}
	return typed
}

// typedOf is a session as it would have been typed.
func (s *Server) typedOf(n *sitting.Session) web.SessionTyped {
	at := func(t time.Time) string { return t.In(s.zone).Format(asTyped) }
	return web.SessionTyped{Site: n.Site, Spread: strconv.Itoa(n.Spread), TheoryOpens: at(n.Theory.Opens), TheoryCloses: at(n.Theory.Closes),
		PracticalOpens: at(n.Practical.Opens), PracticalCloses: at(n.Practical.Closes), Rooms: each(n.Rooms, typedRoom)}
}

func typedRoom(r sitting.Room) web.RoomTyped {
	number := func(n int) string {
		if n == 0 {
			return ""
		}
		return strconv.Itoa(n)
	}
	return web.RoomTyped{ID: string(r.ID), Name: r.Name, Component: string(r.Component), Capacity: number(r.Capacity), Columns: number(r.Columns),
		Reserve: number(r.Reserve), Machines: strings.Join(r.Machines, "\n"), Hall: r.Hall, Parts: number(r.Parts), Part: number(r.Part)}
}
