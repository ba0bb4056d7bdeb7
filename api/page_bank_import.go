package api

import (
	"slices"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/skillcert/skillcert/api/web"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/questionbank"
	"github.com/skillcert/skillcert/questionbank/exchange/record"
	"github.com/skillcert/skillcert/questionbank/exchange/similar"
	"github.com/skillcert/skillcert/questionbank/intake"
	"github.com/skillcert/skillcert/questionbank/intake/jobs"
)

// importsShown is how many imports the list names.
const importsShown = 30

func (s *Server) importsPage(c *fiber.Ctx, p *web.Problem) error {
	all, err := s.Imports.Jobs(c.UserContext(), caller(c), importsShown)
	if err != nil {
		return err
	}
	tables, err := s.elementTables(c.UserContext())
	if err != nil {
		return err
	}
	o := importOptions(c)
	v := web.ImportsView{Jobs: each(all, importRow), Provinces: provinces(), Problem: p,
		Typed: web.ImportTyped{Level: o.Level, Province: o.Province, Point: o.Point, Difficulty: o.Difficulty}}
	for _, t := range tables {
		v.Levels = append(v.Levels, t.Level)
	}
	return s.show(c, "imports", v)
}

func importRow(j *jobs.Job) web.ImportRow {
	return web.ImportRow{ID: j.ID, Name: j.Name, State: string(j.State), By: j.By.Name, Started: j.Started, Added: j.Found.Added, Refused: j.Found.Refused}
}

// importOptions is what the form says of every item that does not say it itself.
func importOptions(c *fiber.Ctx) record.Options {
	if c.Method() != fiber.MethodPost {
		return record.Options{}
	}
	o := record.Options{Level: levelOf(field(c, "level")), Province: field(c, "province"), Point: strings.TrimSpace(field(c, "point"))}
	if n := formInt(c, "difficulty"); n >= 1 && n <= 5 {
		o.Difficulty = int(n)
	}
	return o
}

func (s *Server) startImport(c *fiber.Ctx) error {
	name, data, err := uploadUpTo(c, jobs.MaxFile, errImport)
	if err != nil {
		return s.refuse(c, err, s.importsPage)
	}
	j, err := s.Imports.Start(c.UserContext(), caller(c), name, data, importOptions(c))
	if err != nil {
		return s.refuse(c, err, s.importsPage)
	}
	return c.Redirect("/bank/import/"+j.ID, fiber.StatusSeeOther)
}

// importPage is polled while a worker is at it: it costs little when nothing has changed.
func (s *Server) importPage(c *fiber.Ctx, p *web.Problem) error {
	by := caller(c)
	j, err := s.Imports.Job(c.UserContext(), by, c.Params("id"))
	if err != nil {
		return err
	}
	v := importView(j)
	v.Problem, v.MayReplace = p, by.Can(authz.BankEdit)
	if c.Method() == fiber.MethodGet && c.Cookies(cookieSaid) == "" {
		tag := web.ETag(s.page(c, v))
		c.Set(fiber.HeaderETag, tag)
		if c.Get(fiber.HeaderIfNoneMatch) == tag {
			return c.SendStatus(fiber.StatusNotModified)
		}
	}
	return s.show(c, "import", v)
}

func importView(j *jobs.Job) web.ImportView {
	f, d := j.Found, j.Decisions
	v := web.ImportView{ImportRow: importRow(j), Format: f.Format, Encoding: f.Encoding, Replaced: f.Replaced, Unchanged: f.Unchanged, Skipped: f.Skipped,
		Done: j.Done, Total: j.Total, Blocked: f.Blocked, Running: j.Waits(), Whole: d.Whole, Exact: or(d.Exact, intake.Skip), Near: or(d.Near, intake.Add),
		Taken: string(d.Taken), MoreRows: j.Cut.Rows, MoreProblems: j.Cut.Problems, MoreDropped: j.Cut.Dropped}
	v.Decidable, v.Expired, v.KeepDays = j.Decidable(), j.Expired(), int(jobs.Keep/(24*time.Hour))
	v.Shown = each(j.Shown, importItem)
	v.Rows = each(f.Rows, func(r intake.Row) web.ImportMatch {
		return web.ImportMatch{Item: r.Item, At: web.ImportPlace(r.At), Outcome: string(r.Outcome), Target: r.Target, Decision: string(d.Rows[r.Item]),
			Matches: each(r.Matches, importLike)}
	})
	v.Problems = each(f.Problems, func(p record.Problem) web.ImportProblem {
		return web.ImportProblem{At: web.ImportPlace(p.Place), Field: p.Field, Found: p.Found, Want: p.Want, Code: p.Code}
	})
	v.Dropped = each(f.Dropped, func(d record.Dropped) web.ImportDropped {
		return web.ImportDropped{At: web.ImportPlace(d.Place), What: d.What, Why: d.Why}
	})
	if j.Refusal != nil {
		v.Refusal = &web.Problem{Code: j.Refusal.Code, Detail: j.Refusal.Msg}
	}
	return v
}

func importItem(s jobs.Shown) web.ImportItem {
	i := web.ImportItem{Item: s.Item, Stem: s.Stem, Options: s.Options, Key: questionbank.Letters(s.Key), Point: s.Point}
	if slices.Equal(s.Options, questionbank.Judged()) {
		i.Judgement = map[string]string{"A": "true", "B": "false"}[i.Key]
	}
	return i
}

func or(d, otherwise intake.Decision) string {
	if d == "" {
		return string(otherwise)
	}
	return string(d)
}

func importLike(m intake.Match) web.ImportLike {
	l := web.ImportLike{Kind: string(m.Kind), Item: m.Item, InBank: m.InBank}
	if m.Kind == similar.Near {
		l.Percent = m.Score / 10
	}
	return l
}

// decisionsForm takes other decisions, or that the import is not wanted. Exceptions of rows that the page did not list stay as they were.
func (s *Server) decisionsForm(c *fiber.Ctx) error {
	ctx, by := c.UserContext(), caller(c)
	j, err := s.Imports.Job(ctx, by, c.Params("id"))
	switch {
	case err != nil:
	case field(c, "discard") != "":
		_, err = s.Imports.Discard(ctx, by, j.ID)
	default:
		_, err = s.Imports.Decide(ctx, by, j.ID, decided(c, j))
	}
	if err != nil {
		return s.refuse(c, err, s.importPage)
	}
	return c.Redirect("/bank/import/"+c.Params("id"), fiber.StatusSeeOther)
}

func decided(c *fiber.Ctx, j *jobs.Job) intake.Decisions {
	d := j.Decisions
	d.Whole, d.Exact, d.Near, d.Taken = field(c, "whole") != "", intake.Decision(field(c, "exact")), intake.Decision(field(c, "near")), intake.Decision(field(c, "taken"))
	rows := map[string]intake.Decision{}
	for code, own := range d.Rows {
		rows[code] = own
	}
	for _, r := range j.Found.Rows {
		if own := field(c, "row."+r.Item); own != "" {
			rows[r.Item] = intake.Decision(own)
		} else {
			delete(rows, r.Item)
		}
	}
	d.Rows = rows
	return d
}

func (s *Server) commitImport(c *fiber.Ctx) error {
	if _, err := s.Imports.Commit(c.UserContext(), caller(c), c.Params("id")); err != nil {
		return s.refuse(c, err, s.importPage)
	}
	return c.Redirect("/bank/import/"+c.Params("id"), fiber.StatusSeeOther)
}
