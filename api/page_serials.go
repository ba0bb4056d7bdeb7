package api

import (
	"fmt"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"github.com/skillcert/skillcert/api/web"
	"github.com/skillcert/skillcert/certs"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
)

// serialAccount is what became of the numbers of one level.
type serialAccount struct {
	level engine.Level
	*certs.Serials
}

// askedOrg is the body that the address names, the reader's own where it names none. An authority has none of its own.
func askedOrg(c *fiber.Ctx) engine.OrgID {
	if org := c.Query("org"); org != "" || caller(c).IsAuthority() {
		return engine.OrgID(org)
	}
	return engine.OrgID(caller(c).Org)
}

// askedYear is the year of the address; without one it is this year.
func (s *Server) askedYear(c *fiber.Ctx) (int, error) {
	text := c.Query("year")
	if text == "" {
		return clock.DateOf(s.clock.Now(), s.zone).Year, nil
	}
	year, err := strconv.Atoi(text)
	if err != nil || year < 2000 || year > 2099 {
		return 0, errBody.WithFields(fieldYear)
	}
	return year, nil
}

// serialsOf accounts for the levels of the body and year that the address names.
func (s *Server) serialsOf(c *fiber.Ctx) ([]serialAccount, error) {
	year, err := s.askedYear(c)
	if err != nil {
		return nil, err
	}
	var all []serialAccount
	for _, l := range engine.Levels() {
		n, err := s.Issuer.Serials(c.UserContext(), caller(c), askedOrg(c), year, l)
		if err != nil {
			return nil, err
		}
		for _, of := range n {
			all = append(all, serialAccount{l, of})
		}
	}
	return all, nil
}

// serialsPage accounts for the numbers of a body; those who watch over several choose one first.
func (s *Server) serialsPage(c *fiber.Ctx) error {
	v := web.SerialsView{Org: string(askedOrg(c))}
	var err error
	if v.Year, err = s.askedYear(c); err != nil {
		return err
	}
	if v.Orgs, err = s.bodies(c); err != nil {
		return err
	}
	if v.Org == "" && len(v.Orgs) > 0 {
		return s.show(c, "serials", v)
	}
	body, err := s.Registry.Organisation(c.UserContext(), engine.OrgID(v.Org))
	if err != nil {
		return err
	}
	all, err := s.serialsOf(c)
	if err != nil {
		return err
	}
	v.OrgName, v.Levels = body.Name, each(all, serialLevel)
	return s.show(c, "serials", v)
}

// bodies are the bodies with a filing, to choose from; nil for somebody who acts for one. An authority watches over all of them,
// also where its account belongs to a body.
func (s *Server) bodies(c *fiber.Ctx) (rows []web.Choice, err error) {
	by := caller(c)
	if by.Org != "" && !by.IsAuthority() || !by.Can(authz.OrgRead) {
		return nil, nil
	}
	all, err := engine.All(c.UserContext(), s.organisationsAs(by))
	for _, o := range all {
		if len(o.Filings) > 0 {
			rows = append(rows, web.Choice{Value: string(o.ID), Label: o.Name})
		}
	}
	return rows, err
}

func serialLevel(a serialAccount) web.SerialLevel {
	v := web.SerialLevel{Level: a.level, Prefix: a.Prefix, Last: a.Last, Valid: a.Valid, Revoked: a.Revoked, Waiting: a.Waiting}
	for _, n := range a.Void {
		v.Void = append(v.Void, web.VoidRow{Number: string(n.Number), Reason: n.Reason})
	}
	for _, g := range a.Gaps {
		v.Gaps = append(v.Gaps, serialGap(g))
	}
	return v
}

func serialGap(g certs.SerialRange) string {
	if g.From == g.To {
		return fmt.Sprintf("%06d", g.From)
	}
	return fmt.Sprintf("%06d–%06d", g.From, g.To)
}

// exportSerials is the account as a workbook: a line for each level, then one for each number that wants a word.
func (s *Server) exportSerials(c *fiber.Ctx) error {
	all, err := s.serialsOf(c)
	if err != nil {
		return err
	}
	year, err := s.askedYear(c)
	if err != nil {
		return err
	}
	var rows [][]string
	for _, a := range all {
		rows = append(rows, []string{a.level.String(), a.Prefix, fmt.Sprintf("已用至 %06d", a.Last),
			fmt.Sprintf("有效 %d，已撤销 %d，待签章 %d，作废 %d，缺号 %d 段", a.Valid, a.Revoked, a.Waiting, len(a.Void), len(a.Gaps))})
		for _, n := range a.Void {
			rows = append(rows, []string{a.level.String(), string(n.Number), "作废", n.Reason})
		}
		for _, g := range a.Gaps {
			rows = append(rows, []string{a.level.String(), a.Prefix + " " + serialGap(g), "缺号", ""})
		}
	}
	return workbook(c, fmt.Sprintf("serials-%d.xlsx", year), []string{"等级", "编号", "情况", "说明"}, rows)
}
