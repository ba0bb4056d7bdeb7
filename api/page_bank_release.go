package api

import (
	"cmp"
	"slices"

	"github.com/gofiber/fiber/v2"

	"github.com/skillcert/skillcert/api/web"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/questionbank"
)

// releasesPage lists the releases; with an id in the address it shows the keeper what publishing would freeze now.
func (s *Server) releasesPage(c *fiber.Ctx, p *web.Problem) error {
	ctx, by := c.UserContext(), caller(c)
	all, err := s.Bank.Releases(ctx, by)
	if err != nil {
		return err
	}
	v := web.ReleasesView{Rows: each(all, releaseRow), MayBuild: by.Can(authz.BankPublish), Provinces: provinces(), Problem: p, Build: askedRelease(c)}
	for _, r := range all {
		if r.Base == "" && r.State == questionbank.Published {
			v.Bases = append(v.Bases, r.ID)
		}
	}
	if v.MayBuild && v.Build.ID != "" {
		preview, err := s.Bank.PreviewRelease(ctx, by, v.Build.ID, v.Build.Base, v.Build.Province)
		switch {
		case err == nil:
			v.Preview, v.Build.Sample = previewOf(preview), preview.Release.Sample
		case p == nil && onPage(err):
			v.Problem = problem(err).onPage()
		case p == nil:
			return err
		}
	}
	return s.show(c, "releases", v)
}

// onPage reports whether a refusal belongs on the page it was met on.
func onPage(err error) bool {
	return !slices.Contains([]errs.Kind{errs.Internal, errs.Unavailable, errs.TooMany}, errs.KindOf(err))
}

// askedRelease is what the builder's form says.
func askedRelease(c *fiber.Ctx) web.ReleaseTyped {
	return web.ReleaseTyped{ID: asked(c, "id"), Base: asked(c, "base"), Province: asked(c, "province"), Sample: asked(c, "sample") != ""}
}

func (s *Server) publishForm(c *fiber.Ctx) error {
	in := askedRelease(c)
	if err := confirmed(c, in.ID); err != nil {
		return s.refuse(c, err, s.releasesPage)
	}
	r, err := s.Bank.PublishRelease(c.UserContext(), caller(c), in.ID, in.Base, in.Province, in.Sample)
	if err != nil {
		return s.refuse(c, err, s.releasesPage)
	}
	return s.done(c, "/bank/releases/"+r.ID, "release-published", r.ID)
}

func (s *Server) withdrawalForm(c *fiber.Ctx) error {
	r, err := s.Bank.WithdrawRelease(c.UserContext(), caller(c), c.Params("id"), field(c, "reason"))
	if err != nil {
		return s.refuse(c, err, s.releasePage)
	}
	return s.done(c, "/bank/releases/"+r.ID, "release-withdrawn", r.ID)
}

// releasePage shows one release and what it changed.
func (s *Server) releasePage(c *fiber.Ctx, p *web.Problem) error {
	ctx, by := c.UserContext(), caller(c)
	all, err := s.Bank.Releases(ctx, by)
	if err != nil {
		return err
	}
	at := slices.IndexFunc(all, func(r *questionbank.Release) bool { return r.ID == c.Params("id") })
	if at < 0 {
		return questionbank.ErrRelease
	}
	r := all[at]
	trail, err := s.reader(ctx).trail(r.Trail)
	if err != nil {
		return err
	}
	v := web.ReleaseView{ReleaseRow: releaseRow(r), Trail: trail, Problem: p, Reason: field(c, "reason"),
		MayWithdraw: by.Can(authz.BankPublish) && r.State == questionbank.Published}
	for _, l := range engine.Levels() {
		if t, ok := r.Tables[l]; ok {
			v.Levels = append(v.Levels, web.LevelCount{Level: l, Count: len(t.Points)})
		}
	}
	others, older := olderFirst(all, r)
	v.Others = each(others, func(r *questionbank.Release) string { return r.ID })
	if other := chosenOf(others, older, c.Query("with")); other != nil {
		d, err := s.Bank.CompareReleases(ctx, by, r.ID, other.ID)
		if err != nil {
			return err
		}
		shown := difference(d)
		v.Against, v.Difference = other.ID, &shown
	}
	return s.show(c, "release", v)
}

// olderFirst are the releases that r can be compared with: published ones of its own line before it, newest first, its
// base, and then all others, which did not lead to it. Older counts the first two.
func olderFirst(all []*questionbank.Release, r *questionbank.Release) (others []*questionbank.Release, older int) {
	others = slices.DeleteFunc(slices.Clone(all), func(o *questionbank.Release) bool { return o.ID == r.ID || o.State == questionbank.Preparing })
	rank := func(o *questionbank.Release) int {
		switch {
		case o.Province == r.Province && o.Published.Before(r.Published):
			return 0
		case o.ID == r.Base:
			return 1
		}
		return 2
	}
	slices.SortStableFunc(others, func(a, b *questionbank.Release) int {
		return cmp.Or(rank(a)-rank(b), b.Published.Compare(a.Published))
	})
	if older = slices.IndexFunc(others, func(o *questionbank.Release) bool { return rank(o) == 2 }); older < 0 {
		older = len(others)
	}
	return others, older
}

// chosenOf is the release that was asked for, or the first of the older ones; nil when there is none.
func chosenOf(all []*questionbank.Release, older int, id string) *questionbank.Release {
	for _, r := range all {
		if r.ID == id {
			return r
		}
	}
	if older == 0 {
		return nil
	}
	return all[0]
}

func difference(d questionbank.Difference) web.ReleaseDifference {
	code := func(r questionbank.ItemRef) string { return r.Code }
	return web.ReleaseDifference{Added: each(d.Added, code), Removed: each(d.Removed, code), Tables: d.Tables,
		Changed: each(d.Changed, func(c questionbank.VersionChange) web.VersionChange { return web.VersionChange(c) })}
}

func previewOf(p questionbank.Preview) *web.ReleasePreview {
	r := p.Release
	v := &web.ReleasePreview{Items: len(r.Items), Against: p.Against, Difference: difference(p.Change), ProvinceName: engine.Province(r.Province), Sample: r.Sample}
	v.Refusals = each(p.Problems, func(f errs.Field) string { return f.Msg })
	for _, f := range p.Feasible {
		v.Feasible = append(v.Feasible, web.FeasibilityRow{Blueprint: f.Blueprint, Province: engine.Province(f.Province), OK: f.OK, Report: f.Report})
		if !f.OK {
			v.Short++
		}
	}
	return v
}
