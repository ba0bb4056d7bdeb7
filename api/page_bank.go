package api

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/skillcert/skillcert/api/web"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/questionbank"
)

func (s *Server) bankPage(c *fiber.Ctx) error {
	ctx, by := c.UserContext(), caller(c)
	sum, err := s.Bank.Overview(ctx, by)
	if err != nil {
		return err
	}
	var v web.BankView
	for _, n := range sum.Counts {
		v.Counts = append(v.Counts, web.BankCount{Level: n.Level, Type: string(n.Type), State: string(n.State), Count: n.Items})
	}
	releases, err := s.Bank.Releases(ctx, by)
	if err != nil {
		return err
	}
	v.Releases = each(releases, releaseRow)
	tables, err := s.elementTables(ctx)
	if err != nil {
		return err
	}
	for _, t := range tables {
		v.Sample = v.Sample || t.Sample
		v.Gaps = append(v.Gaps, gap(t, sum.Coverage[t.Level]))
	}
	return s.show(c, "bank", v)
}

// elementTables are the working tables of the levels that have one, lowest level first.
func (s *Server) elementTables(ctx context.Context) ([]*questionbank.ElementTable, error) {
	var all []*questionbank.ElementTable
	for _, l := range engine.Levels() {
		t, err := s.Bank.Table(ctx, l)
		if errors.Is(err, questionbank.ErrTable) {
			continue
		}
		if err != nil {
			return nil, err
		}
		all = append(all, t)
	}
	return all, nil
}

func gap(t *questionbank.ElementTable, items map[string]int) web.TableGap {
	v := web.TableGap{Level: t.Level, Points: len(t.Points)}
	for _, p := range t.Points {
		v.Items += items[p.Code]
		if items[p.Code] == 0 {
			v.Bare++
		}
	}
	return v
}

func releaseRow(r *questionbank.Release) web.ReleaseRow {
	return web.ReleaseRow{ID: r.ID, Base: r.Base, Province: engine.Province(r.Province), Digest: r.Digest, State: string(r.State), Items: r.Count,
		Published: r.Published, Sample: r.Sample}
}

func (s *Server) itemsPage(c *fiber.Ctx) error {
	by, f := caller(c), filterOf(c)
	if _, err := levelAsked(c); err != nil {
		return err
	}
	items, next, err := s.Bank.Items(c.UserContext(), by, f, cursorOf(c))
	if err != nil {
		return err
	}
	v := web.ItemsView{ItemFilter: web.ItemFilter{Query: f.Query, Type: string(f.Type), State: string(f.State), Province: f.Province, Level: f.Level,
		Point: f.Point, Difficulty: f.Difficulty}, Provinces: provinces()}
	v.Rows = each(items, func(i *questionbank.Item) web.ItemRow { return itemRow(i, by) })
	v.Sample = slices.ContainsFunc(items, func(i *questionbank.Item) bool { return i.Current().Sample })
	q := filterQuery(f)
	if mayExport(by) {
		v.Export = "/bank/items.xlsx?" + q.Encode()
	}
	if next != "" {
		q.Set("cursor", next)
		v.More = "/bank/items?" + q.Encode()
	}
	return s.show(c, "items", v)
}

// levelAsked is the level that a page is asked for, 0 for none; what is no level is refused.
func levelAsked(c *fiber.Ctx) (engine.Level, error) {
	s := asked(c, "level")
	if s == "" {
		return 0, nil
	}
	l, err := engine.ParseLevel(s)
	if err != nil {
		return 0, errBody.WithFields(errs.Field{Name: "level", Code: "unknown", Msg: "等级只能是五级、四级或三级"})
	}
	return l, nil
}

// confirmed asks that a step that nothing takes back is confirmed by typing what it is about.
func confirmed(c *fiber.Ctx, what string) error {
	if strings.TrimSpace(field(c, "confirm")) == what {
		return nil
	}
	return errBody.WithFields(errs.Field{Name: "confirm", Code: "confirm", Msg: "请照样再输入一次 " + what})
}

// filterQuery is the address that asks for f again.
func filterQuery(f questionbank.Filter) url.Values {
	q := url.Values{}
	for name, value := range map[string]string{"q": f.Query, "type": string(f.Type), "state": string(f.State), "province": f.Province, "point": f.Point} {
		if value != "" {
			q.Set(name, value)
		}
	}
	if f.Level != 0 {
		q.Set("level", strconv.Itoa(int(f.Level)))
	}
	if f.Difficulty != 0 {
		q.Set("difficulty", strconv.Itoa(f.Difficulty))
	}
	return q
}

func itemRow(i *questionbank.Item, by authz.Principal) web.ItemRow {
	v := i.Current()
	reason, _ := i.Returned()
	return web.ItemRow{Returned: reason, Code: i.Code, Version: v.Version, Level: v.Level, Type: string(v.Type), State: string(i.State), Province: engine.Province(v.Province),
		Stem: reading(v.Stem), Point: v.Point, Difficulty: v.Difficulty, Own: wrote(i, by)}
}

// provinces are those of GB/T 2260 in the order of their codes.
func provinces() []web.Choice {
	var all []web.Choice
	for n := 11; n < 66; n++ {
		if name := engine.Province(strconv.Itoa(n)); name != "" {
			all = append(all, web.Choice{Value: strconv.Itoa(n), Label: name})
		}
	}
	return all
}

// tablesPage draws one level's element table with the usable items of each of its points.
func (s *Server) tablesPage(c *fiber.Ctx) error {
	ctx, by := c.UserContext(), caller(c)
	level, err := levelAsked(c)
	if err != nil {
		return err
	}
	tables, err := s.elementTables(ctx)
	if err != nil || len(tables) == 0 {
		return firstOf(err, func() error { return s.show(c, "tables", web.TableView{}) })
	}
	t := tables[0]
	for _, one := range tables {
		if one.Level == level {
			t = one
		}
	}
	kind := questionbank.ItemType(c.Query("type"))
	sum, err := s.Bank.Overview(ctx, by)
	if err != nil {
		return err
	}
	v := treeOf(t, coverageOf(sum, t.Level, kind))
	v.Type = string(kind)
	v.Levels = each(tables, func(t *questionbank.ElementTable) engine.Level { return t.Level })
	return s.show(c, "tables", v)
}

// coverageOf counts the usable items of each point, of one type or of all.
func coverageOf(sum questionbank.Overview, l engine.Level, kind questionbank.ItemType) map[string]int {
	if kind == "" {
		return sum.Coverage[l]
	}
	return sum.ByType[l][kind]
}

// firstOf is err unless it is nil, and otherwise what next says.
func firstOf(err error, next func() error) error {
	if err != nil {
		return err
	}
	return next()
}

// treeOf lays the table out as it is read: parents before their children, the points with the range that holds them.
func treeOf(t *questionbank.ElementTable, items map[string]int) web.TableView {
	sum := gap(t, items)
	v := web.TableView{Level: t.Level, Edition: t.Edition, Sample: t.Sample, Points: sum.Points, Bare: sum.Bare, Items: sum.Items}
	for _, r := range t.Ranges {
		n := web.TableNode{Code: r.Code, Name: r.Name, Depth: depth(r.Code), Weight: r.Weight}
		n.X, n.Y, n.Z = t.Ratio(r.Code)
		for _, p := range t.Points {
			if !questionbank.Within(p.Code, r.Code) {
				continue
			}
			n.Points, n.Items = n.Points+1, n.Items+items[p.Code]
			if items[p.Code] == 0 {
				n.Bare++
			}
			if questionbank.Parent(p.Code) == r.Code {
				n.Cells = append(n.Cells, web.PointCoverage{Code: p.Code, Name: p.Name, Importance: p.Importance, Items: items[p.Code]})
			}
		}
		v.Nodes = append(v.Nodes, n)
	}
	return v
}

// depth is how far below a root a range lies.
func depth(code string) (n int) {
	for up := questionbank.Parent(code); up != ""; up = questionbank.Parent(up) {
		n++
	}
	return n
}
