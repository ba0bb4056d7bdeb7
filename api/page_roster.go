package api

import (
	"context"
	"slices"

	"github.com/gofiber/fiber/v2"

	"github.com/skillcert/skillcert/api/web"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/registration"
	"github.com/skillcert/skillcert/questionbank/exchange/table"
)

// refusals fills in who was refused: the rows that rosters left, and the applications that none of them tells of.
func (s *Server) refusals(ctx context.Context, by authz.Principal, l *look, v *web.SessionView) error {
	told := map[engine.PersonID]bool{}
	if by.Can(authz.RegisterRead) {
		imports, err := s.Desk.Imports(ctx, by, string(l.session.ID))
		if err != nil {
			return err
		}
		for _, i := range imports {
			for _, r := range i.Left {
				told[r.Person] = true
			}
		}
		v.Imports = each(slices.DeleteFunc(imports, func(i *registration.Import) bool { return len(i.Left) == 0 }), rosterImport)
	}
	for _, a := range l.refused() {
		if told[a.Person] {
			continue
		}
		person, err := s.Registry.Named(ctx, a.Person)
		if err != nil {
			return err
		}
		for _, r := range a.Refusals {
			v.Refusals = append(v.Refusals, web.RefusalRow{Who: engine.MaskName(person.Name), Rule: r.Rule, Reason: r.Reason})
		}
	}
	return nil
}

func rosterImport(i *registration.Import) web.RosterImport {
	return web.RosterImport{File: i.File, By: i.By, At: i.At, Taken: i.Taken, More: i.More, Left: each(i.Left, func(r registration.LeftRow) web.LeftRow {
		return web.LeftRow{Row: r.Row, Who: r.Who, Rule: r.Rule, Column: r.Column, Reason: r.Reason}
	})}
}

func (s *Server) rosterForm(c *fiber.Ctx) error {
	roster, err := s.readRoster(c)
	switch {
	case err != nil:
		return s.refuse(c, err, s.sessionPage)
	case len(roster.Refused)+len(roster.Broken) > 0:
		return s.rosterProblems(c, roster)
	}
	return s.done(c, sessionHref(c), "imported", len(roster.Accepted), 0)
}

func (s *Server) readRoster(c *fiber.Ctx) (*registration.Roster, error) {
	name, data, err := upload(c)
	if err != nil {
		return nil, err
	}
	session, err := s.Sittings.Session(c.UserContext(), caller(c), sessionParam(c))
	if err != nil {
		return nil, err
	}
	return s.Desk.ImportRoster(c.UserContext(), caller(c), []registration.Target{s.Sittings.Target(session)}, name, data)
}

// rosterProblems shows the session with the rows that were not taken; those that could not be read with what their cells say, which is
// kept nowhere.
func (s *Server) rosterProblems(c *fiber.Ctx, roster *registration.Roster) error {
	v, err := s.sessionView(c.UserContext(), caller(c), sessionParam(c))
	if err != nil {
		return err
	}
	v.Broken, v.LeftOut = quarantine(roster.Broken), true
	p := s.page(c, v)
	said := "imported-standing"
	if len(roster.Accepted) == 0 {
		said = "imported-none"
	}
	p.Said = &web.Notice{Key: said, Args: []any{len(roster.Accepted), len(roster.Refused) + rowsOf(roster.Broken)}}
	return s.render(c, "session", p)
}

func quarantine(broken []table.Problem) []web.QuarantineRow {
	return each(broken, func(p table.Problem) web.QuarantineRow {
		return web.QuarantineRow{Sheet: p.Sheet, Row: p.Row, Column: p.Column, Found: p.Found, Allowed: p.Want, Who: p.Who}
	})
}

// rowsOf counts the rows that problems speak of; one row may have several.
func rowsOf(broken []table.Problem) int {
	rows := map[table.Problem]bool{}
	for _, p := range broken {
		rows[table.Problem{Sheet: p.Sheet, Row: p.Row}] = true
	}
	return len(rows)
}
