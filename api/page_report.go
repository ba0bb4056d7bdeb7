package api

import (
	"github.com/gofiber/fiber/v2"

	"github.com/skillcert/skillcert/api/web"
	"github.com/skillcert/skillcert/certs/archive"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/result"
)

func (s *Server) reportPage(c *fiber.Ctx) error {
	r, err := s.Archive.Report(c.UserContext(), caller(c), sessionParam(c))
	if err != nil {
		return err
	}
	v := reportView(r)
	v.MayPrint = s.Sheets != nil
	return s.show(c, "report", v)
}

func counts(all []archive.Count) []web.KeyCount {
	return each(all, func(c archive.Count) web.KeyCount { return web.KeyCount{Key: c.Key, Count: c.Count} })
}

func reportView(r *archive.Report) web.ReportView {
	v := web.ReportView{Session: string(r.Session.ID), Name: r.Session.Name, Level: r.Session.Level, Body: r.Body.Name, Policy: r.Policy, Sample: r.Sample, At: r.At,
		Applied: r.Applied.All, Accepted: r.Applied.Accepted, Refused: counts(r.Applied.Refused), Seats: r.Seated.Seats, Present: r.Seated.Present,
		Absent: r.Seated.Absent, Voided: r.Seated.Voided, Late: r.Seated.Late, Incidents: counts(r.Incidents)}
	v.Staff = each(r.Staff, func(s archive.StaffLine) web.ReportStaff {
		return web.ReportStaff{Role: s.Role, Room: s.Room, Names: s.Names, Need: s.Need, Short: s.Short()}
	})
	v.Findings = each(r.Findings, func(f archive.FindingLine) web.ReportFinding { return web.ReportFinding{Path: f.Path, Done: f.Done} })
	v.Lines = each(r.Lines, func(l archive.Incident) web.ReportLine {
		return web.ReportLine{At: l.At, Kind: string(l.Kind), Room: l.Room, Seat: l.Seat, Minutes: l.Min, Text: l.Text, By: l.By}
	})
	v.Seals = each(r.Seals, func(s archive.SealLine) web.ReportSeal {
		return web.ReportSeal{Component: s.Component, No: s.No, Digest: s.Digest, Leader: s.Leader, Witness: s.Witness, SealedAt: s.SealedAt, Witnessed: s.Witnessed, Whole: s.Whole}
	})
	v.Deviations = each(r.Deviation, reportDeviation)
	reportEnds(r, &v)
	return v
}

func reportDeviation(d archive.Deviation) web.ReportDeviation {
	if d.Kind == archive.DeviatesSeal || d.Kind == archive.DeviatesCorrection {
		return web.ReportDeviation{Kind: d.Kind, Component: engine.Component(d.Detail), Count: d.Count}
	}
	return web.ReportDeviation{Kind: d.Kind, Detail: d.Detail, Count: d.Count}
}

// reportEnds are the parts that a session has only later on.
func reportEnds(r *archive.Report, v *web.ReportView) {
	if o := r.Outcome; o != nil {
		part := func(c engine.Component, p archive.PartOutcome) web.ReportPart {
			return web.ReportPart{Component: c, Passed: p.Passed, Scored: p.Scored, Absent: p.Absent, Voided: p.Voided, Kept: p.Kept}
		}
		v.Outcome = &web.ReportOutcome{Parts: []web.ReportPart{part(engine.Theory, o.Theory), part(engine.Practical, o.Practical)}, Passed: o.Passed, Undecided: o.Undecided, Of: o.Of}
	}
	if d := r.Draw; d != nil {
		v.Draw = &web.ReportDraw{Release: d.Release, Digest: d.Digest, Blueprint: d.Blueprint, Commitment: d.Commitment, Root: d.Root, Stage: string(d.Stage),
			Custodians: d.Custodians}
	}
	if p := r.Publicity; p != nil {
		v.Publicity = &web.ReportPublicity{Public: p.Stage != result.Joined, From: p.From, Until: p.Until, Count: p.Count}
	}
	if i := r.Issued; i != nil {
		issued := web.ReportIssued(*i)
		v.Issued = &issued
	}
}
