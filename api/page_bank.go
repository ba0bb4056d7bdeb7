package api

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/skillcert/skillcert/api/web"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/questionbank"
	"github.com/skillcert/skillcert/questionbank/exchange/table"
)

func (s *Server) bankPage(c *fiber.Ctx, p *web.Problem) error {
	v, err := s.bankView(c.UserContext(), caller(c))
	if err != nil {
		return err
	}
	v.Problem = p
	return s.show(c, "bank", v)
}

func (s *Server) bankView(ctx context.Context, by authz.Principal) (web.BankView, error) {
	v := web.BankView{MayWrite: by.Can(authz.BankImport)}
	sum, err := s.Bank.Overview(ctx, by)
	if err != nil {
		return v, err
	}
	for _, n := range sum.Counts {
		v.Counts = append(v.Counts, web.BankCount{Level: n.Level, Type: string(n.Type), State: string(n.State), Count: n.Items})
	}
	releases, err := s.Bank.Releases(ctx, by)
	if err != nil {
		return v, err
	}
	v.Releases = each(releases, releaseRow)
	for _, l := range engine.Levels() {
		t, err := s.Bank.Table(ctx, l)
		if errors.Is(err, questionbank.ErrTable) {
			continue
		}
		if err != nil {
			return v, err
		}
		v.Sample = v.Sample || t.Sample
		v.Tables = append(v.Tables, coverage(t, sum.Coverage[l]))
	}
	return v, nil
}

func releaseRow(r *questionbank.Release) web.ReleaseRow {
	return web.ReleaseRow{ID: r.ID, Base: r.Base, Province: engine.Province(r.Province), Digest: r.Digest, State: string(r.State), Items: len(r.Items),
		Published: r.Published, Sample: r.Sample}
}

// coverage lists the ranges of the second level with the items of each of their points.
func coverage(t *questionbank.ElementTable, items map[string]int) web.TableCoverage {
	v := web.TableCoverage{Level: t.Level}
	for _, r := range t.Ranges {
		if strings.Count(r.Code, "-") != 1 {
			continue
		}
		area := web.RangeCoverage{Code: r.Code, Name: r.Name, Weight: r.Weight}
		for _, p := range t.Points {
			if questionbank.Within(p.Code, r.Code) {
				area.Points = append(area.Points, web.PointCoverage{Code: p.Code, Name: p.Name, Importance: p.Importance, Items: items[p.Code]})
			}
		}
		v.Ranges = append(v.Ranges, area)
	}
	return v
}

// importForm shows the bank with the rows that could not be read: they are kept nowhere else.
func (s *Server) importForm(c *fiber.Ctx) error {
	items, broken, err := s.readItems(c)
	switch {
	case err != nil:
		return s.refuse(c, err, s.bankPage)
	case len(broken) > 0:
		return s.importProblems(c, len(items), broken)
	}
	return s.done(c, "/bank", "imported", len(items), 0)
}

func (s *Server) importProblems(c *fiber.Ctx, items int, broken []table.Problem) error {
	v, err := s.bankView(c.UserContext(), caller(c))
	if err != nil {
		return err
	}
	v.Broken = quarantine(broken)
	p := s.page(c, v)
	p.Said = &web.Notice{Key: "imported", Args: []any{items, rowsOf(broken)}}
	return s.render(c, "bank", p)
}

func (s *Server) itemsPage(c *fiber.Ctx) error {
	f := filterOf(c)
	items, next, err := s.Bank.Items(c.UserContext(), caller(c), f, cursorOf(c))
	if err != nil {
		return err
	}
	v := web.ItemsView{Query: f.Query, Type: string(f.Type), State: string(f.State), Province: f.Province, Level: f.Level, Next: next,
		Rows: each(items, itemRow)}
	v.Sample = slices.ContainsFunc(items, func(i *questionbank.Item) bool { return i.Current().Sample })
	return s.show(c, "items", v)
}

func itemRow(i *questionbank.Item) web.ItemRow {
	v := i.Current()
	return web.ItemRow{Code: i.Code, Version: v.Version, Level: v.Level, Type: string(v.Type), State: string(i.State), Province: engine.Province(v.Province),
		Stem: v.Stem, Point: v.Point, Difficulty: v.Difficulty}
}

// queuePage shows what waits for the reader's authority, with the problem beside the item that it belongs to.
func (s *Server) queuePage(c *fiber.Ctx, p *web.Problem) error {
	ctx, by := c.UserContext(), caller(c)
	at := queueCursor(c)
	items, next, err := s.Bank.Queue(ctx, by, engine.Cursor{After: at, Limit: pageRows})
	if err != nil {
		return err
	}
	v := web.QueueView{Authority: authority(by), Province: engine.Province(by.Province), Cursor: at, Next: next, Problem: p}
	for _, i := range items {
		q, err := s.queueItem(ctx, by, i)
		if err != nil {
			return err
		}
		if p != nil && i.Code == c.Params("code") {
			v.At, q.Reason = i.Code, field(c, "reason")
		}
		v.Items = append(v.Items, q)
	}
	return s.show(c, "queue", v)
}

// queueCursor is the page of the queue that is asked for, or that a form on it was sent from.
func queueCursor(c *fiber.Ctx) string {
	if c.Method() == fiber.MethodPost {
		return field(c, "cursor")
	}
	return c.Query("cursor")
}

// queueHref is that page's address.
func queueHref(c *fiber.Ctx) string {
	if at := queueCursor(c); at != "" {
		return "/bank/queue?cursor=" + url.QueryEscape(at)
	}
	return "/bank/queue"
}

// authority is the bureau that by speaks for.
func authority(by authz.Principal) authz.Role {
	if by.Can(authz.BankMedical) {
		return authz.Medical
	}
	return authz.Labour
}

func (s *Server) queueItem(ctx context.Context, by authz.Principal, i *questionbank.Item) (web.QueueItem, error) {
	v := i.Current()
	author, err := s.Registry.Named(ctx, v.Author)
	if author, err = absent(author, err, engine.ErrPerson); err != nil {
		return web.QueueItem{}, err
	}
	q := web.QueueItem{Code: i.Code, Version: v.Version, Level: v.Level, Type: string(v.Type), Stem: v.Stem, Options: v.Options, Key: v.Key,
		Point: v.Point, Explanation: v.Explanation, Source: v.Source, Own: by.Person == string(v.Author), Other: "waiting"}
	if author != nil {
		q.Author = author.Name
	}
	if len(i.Consents) > 0 { // one's own consent takes the item out of one's queue, so this is the other's
		q.Other = "consented"
	}
	q.PointName, err = s.pointName(ctx, v.Level, v.Point)
	return q, err
}

func (s *Server) pointName(ctx context.Context, l engine.Level, code string) (string, error) {
	t, err := s.Bank.Table(ctx, l)
	if t, err = absent(t, err, questionbank.ErrTable); err != nil || t == nil {
		return "", err
	}
	p, _ := t.Point(code)
	return p.Name, nil
}

func (s *Server) consentForm(c *fiber.Ctx) error {
	i, err := s.Bank.Consent(c.UserContext(), caller(c), c.Params("code"), int(formInt(c, "version")))
	if err != nil {
		return s.refuse(c, err, s.queuePage)
	}
	return s.done(c, queueHref(c), "consented", i.Code)
}

func (s *Server) refusalForm(c *fiber.Ctx) error {
	i, err := s.Bank.Refuse(c.UserContext(), caller(c), c.Params("code"), int(formInt(c, "version")), field(c, "reason"))
	if err != nil {
		return s.refuse(c, err, s.queuePage)
	}
	return s.done(c, queueHref(c), "refused", i.Code)
}
