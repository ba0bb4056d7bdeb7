package api

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/skillcert/skillcert/api/web"
	"github.com/skillcert/skillcert/certs/archive"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/result"
	"github.com/skillcert/skillcert/engine/sitting"
)

func (s *Server) archivePages() []route {
	return []route{
		page("/sessions/:id/report", authz.ReportRead, s.reportPage),
		page("/sessions/:id/report.pdf", authz.ReportRead, s.printReport),
		page("/sessions/:id/archive", authz.ArchiveRead, again(s.archivePage).first),
		form("/sessions/:id/archive", authz.ArchiveAsk, s.askArchiveForm),
		form("/sessions/:id/archive/:number/approval", authz.ArchiveGrant, s.approveArchiveForm),
		form("/sessions/:id/archive/:number/refusal", authz.ArchiveGrant, s.refuseArchiveForm),
		form("/sessions/:id/archive/:number/making", authz.ArchiveAsk, s.makeArchiveForm),
		page("/archives", authz.ArchiveRead, s.retentionPage),
	}
}

func archiveHref(id sitting.SessionID) string { return "/sessions/" + string(id) + "/archive" }

func (s *Server) archivePage(c *fiber.Ctx, p *web.Problem) error {
	v, err := s.archiveView(c.UserContext(), caller(c), sessionParam(c))
	if err != nil {
		return err
	}
	if v.Problem = p; p != nil {
		v.Reason = field(c, "reason")
	}
	return s.show(c, "archive", v)
}

func (s *Server) archiveView(ctx context.Context, by authz.Principal, id sitting.SessionID) (web.ArchiveView, error) {
	filings, err := s.Archive.Filings(ctx, by, id)
	if err != nil {
		return web.ArchiveView{}, err
	}
	n, err := s.Sittings.Session(ctx, by, id)
	if err != nil {
		return web.ArchiveView{}, err
	}
	v := web.ArchiveView{Session: string(id), Name: n.Name, Level: n.Level, MayAsk: by.Can(authz.ArchiveAsk), MayDecide: by.Can(authz.ArchiveGrant)}
	now := s.clock.Now()
	for _, f := range filings {
		v.Rows = append(v.Rows, archiveRow(f, by, now))
		if f.State == archive.Asked || f.State == archive.Approved && f.Fetchable(now) {
			v.MayAsk = false // one after the other
		}
	}
	slices.Reverse(v.Rows)
	for _, volume := range archive.Volumes() {
		k := s.Policy.Keeps(int(volume))
		v.Volumes = append(v.Volumes, web.ArchiveVolume{Volume: int(volume), Folder: volume.Folder(), Years: k.Years, LongTerm: k.LongTerm, Source: k.Source,
			Verified: k.Verified})
	}
	pub, err := s.Board.Publication(ctx, id)
	if err != nil && !errors.Is(err, result.ErrPublication) {
		return web.ArchiveView{}, err
	}
	v.Final = err == nil && pub.Stage == result.Final
	return v, nil
}

func archiveRow(f *archive.Filing, by authz.Principal, now time.Time) web.ArchiveRow {
	own := f.Asked.Person == engine.PersonID(by.Person)
	r := web.ArchiveRow{Number: f.Number, State: string(f.StateAt(now)), Reason: f.Reason, Refusal: f.Refusal, AskedBy: f.Asked.Name, By: f.Decided.Name,
		Asked: f.Asked.At, Decided: f.Decided.At, Manifest: f.Manifest, Leaf: f.Leaf, Logged: f.Logged, Files: f.Files,
		Megabytes: fmt.Sprintf("%.1f", float64(f.Size)/(1<<20)), OwnRequest: own, Waits: f.State == archive.Asked && by.Can(authz.ArchiveGrant) && !own,
		MayFetch: own && by.Can(authz.ArchiveAsk) && f.Fetchable(now)}
	if f.Fetchable(now) {
		r.Until = f.Decided.At.Add(archive.ApprovalHolds)
	}
	if f.Earlier != nil {
		r.Earlier = f.Earlier.Manifest
	}
	for _, e := range f.Fetched() {
		r.Fetched = append(r.Fetched, web.ArchiveFetch{At: e.At, By: e.Name})
	}
	return r
}

func (s *Server) askArchiveForm(c *fiber.Ctx) error {
	if _, err := s.Archive.Ask(c.UserContext(), caller(c), sessionParam(c), field(c, "reason")); err != nil {
		return s.refuse(c, err, s.archivePage)
	}
	return s.done(c, archiveHref(sessionParam(c)), "archive-asked")
}

func (s *Server) approveArchiveForm(c *fiber.Ctx) error {
	f, err := s.Archive.Approve(c.UserContext(), caller(c), filingParam(c))
	if err != nil {
		return s.refuse(c, err, s.archivePage)
	}
	return s.done(c, archiveHref(sessionParam(c)), "archive-approved", f.Asked.Name)
}

func (s *Server) refuseArchiveForm(c *fiber.Ctx) error {
	f, err := s.Archive.Refuse(c.UserContext(), caller(c), filingParam(c), field(c, "reason"))
	if err != nil {
		return s.refuse(c, err, s.archivePage)
	}
	return s.done(c, archiveHref(sessionParam(c)), "archive-refused", f.Asked.Name)
}

func (s *Server) makeArchiveForm(c *fiber.Ctx) error {
	if err := s.makeArchive(c); err != nil {
		return s.refuse(c, err, s.archivePage)
	}
	return nil
}

func (s *Server) retentionPage(c *fiber.Ctx) error {
	all, err := s.Archive.Retained(c.UserContext(), caller(c))
	if err != nil {
		return err
	}
	v := web.RetentionView{}
	for _, k := range all {
		if k.Due {
			v.Due++
		}
		v.Rows = append(v.Rows, web.RetentionRow{Session: string(k.Filing.Session), Name: k.Filing.Name, Number: k.Filing.Number, Made: k.Filing.Began,
			Folder: k.Folder, Source: k.Retention.Source, Until: k.Until, Rule: k.Retention.Rule != "", Due: k.Due})
	}
	return s.show(c, "archives", v)
}
