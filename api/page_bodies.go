package api

import (
	"fmt"
	"regexp"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/skillcert/skillcert/api/web"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/accreditation"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/engine/people"
)

// bodyPages are the public directory of bodies, measures against them, and their selection.
func (s *Server) bodyPages() []route {
	return append([]route{
		page("/bodies", "", again(s.bodiesPage("", nil)).first),
		page("/bodies/filing", authz.OrgFile, s.filingPage),
		form("/bodies/filing", authz.OrgFile, s.filingBodyForm),
		page("/bodies/:id/filings", "", again(s.filingsPage("", nil)).first),
		form("/bodies/:id/filings", authz.OrgFile, s.addFilingForm),
		form("/bodies/:id/filings/:no/ending", authz.OrgFile, s.endFilingForm),
		form("/bodies/:id/measures", authz.OrgMeasure, s.measureForm),
		form("/bodies/:id/measures/:no/lifting", authz.OrgMeasure, s.liftForm),
	}, s.selectionPages()...)
}

// bodiesPage is the directory; do and typed are of the form that was refused.
func (s *Server) bodiesPage(do string, typed web.Typed) again {
	return func(c *fiber.Ctx, p *web.Problem) error {
		ctx, by := c.UserContext(), caller(c)
		today := clock.DateOf(s.clock.Now(), s.zone)
		v := web.BodiesView{Day: s.day(today), MayMeasure: by.Can(authz.OrgMeasure), MayFile: by.Can(authz.OrgFile), MayTies: by.Can(authz.TieRead), Do: do, Typed: typed, Problem: p}
		for kind, into := range map[engine.OrgKind]*[]web.BodyRow{engine.EvaluationBody: &v.Evaluation, engine.TrainingBody: &v.Training} {
			all, err := s.Registry.Directory(ctx, kind, today)
			if err != nil {
				return err
			}
			*into = each(all, func(e people.Entry) web.BodyRow { return s.bodyRow(by, e, today) })
		}
		calls, err := s.Accreditation.Public(ctx)
		if err != nil {
			return err
		}
		v.Calls = each(calls, s.publicCall)
		return s.show(c, "bodies", v)
	}
}

func (s *Server) bodyRow(by authz.Principal, e people.Entry, today clock.Date) web.BodyRow {
	o := e.Body
	row := web.BodyRow{ID: string(o.ID), Name: o.Name, CreditCode: o.CreditCode, Fits: engine.CreditCodeMatches(o.CreditCode),
		Province: engine.Province(o.Province), Category: string(o.Category), InForce: e.InForce, Own: by.ActsIn(o.Province)}
	row.Filings = s.filingRows(o, today)
	if e.Measure != nil {
		m := s.measureRow(*e.Measure, today)
		row.Measure = &m
	}
	if row.Own && by.Can(authz.OrgMeasure) {
		row.Measures = each(o.Suspensions, func(m engine.Suspension) web.MeasureRow { return s.measureRow(m, today) })
	}
	return row
}

func (s *Server) measureRow(m engine.Suspension, today clock.Date) web.MeasureRow {
	row := web.MeasureRow{No: m.No, Measure: string(m.Measure), Reason: m.Reason, Document: m.Document, By: m.Name, From: s.day(m.From),
		To: s.dayOrZero(m.To), Ended: !m.To.IsZero() && !today.Before(m.To)}
	if l := m.Lifted; l != nil {
		row.Lifted, row.LiftReason, row.LiftDocument = s.day(l.On), l.Reason, l.Document
	}
	return row
}

// haltedRow is the measure m as it is shown to those whom it concerns; nil for none.
func (s *Server) haltedRow(m *engine.Suspension) *web.MeasureRow {
	if m == nil {
		return nil
	}
	row := s.measureRow(*m, clock.DateOf(s.clock.Now(), s.zone))
	return &row
}

// pending are the measures against the body that are not over yet, those that begin later too.
func (s *Server) pending(o *engine.Organisation) (rows []web.MeasureRow) {
	today := clock.DateOf(s.clock.Now(), s.zone)
	for _, m := range o.Suspensions {
		if end := m.End(); end.IsZero() || today.Before(end) {
			rows = append(rows, s.measureRow(m, today))
		}
	}
	return rows
}

// dayOrZero is dayOf a day, and no time where there is none.
func (s *Server) dayOrZero(d clock.Date) time.Time {
	if d.IsZero() {
		return time.Time{}
	}
	return s.day(d)
}

func (s *Server) publicCall(k *accreditation.Call) web.SelectionRow {
	row := s.selectionRow(k)
	for _, a := range k.Applications {
		row.Noticed = append(row.Noticed, a.Name)
	}
	return row
}

var measureFields = regexp.MustCompile(`^(measure|from|to|on|reason|document)$`)

// typed is everything that a form held, to be shown again.
func (f *typedForm) typed() web.Typed {
	t := web.Typed{}
	for name := range f.values {
		t[name] = f.text(name)
	}
	return t
}

// date reads a day; nothing typed is none, what is no day is noted.
func (f *typedForm) date(name string) clock.Date {
	text := f.text(name)
	if text == "" {
		return clock.Date{}
	}
	d, err := clock.ParseDate(text)
	f.must(err == nil, name, "form", "请填写日期，如2026-01-02")
	return d
}

func (s *Server) measureForm(c *fiber.Ctx) error {
	f, err := readForm(c, measureFields)
	if err != nil {
		return err
	}
	m := engine.Suspension{Measure: engine.Measure(f.text("measure")), From: f.date("from"), To: f.date("to"), Reason: f.text("reason"), Document: f.text("document")}
	var got *engine.Organisation
	if err = f.wrongly(people.ErrMeasureInput); err == nil {
		got, err = s.Registry.Measure(c.UserContext(), caller(c), orgParam(c), m)
	}
	if err != nil {
		return s.refuse(c, err, s.bodiesPage(string(orgParam(c)), f.typed()))
	}
	return s.done(c, "/bodies#"+string(got.ID), "body-measured", got.Name)
}

func (s *Server) liftForm(c *fiber.Ctx) error {
	f, err := readForm(c, measureFields)
	if err != nil {
		return err
	}
	no, err := measureParam(c)
	if err != nil {
		return err
	}
	l := engine.Lifting{On: f.date("on"), Reason: f.text("reason"), Document: f.text("document")}
	var got *engine.Organisation
	if err = f.wrongly(people.ErrMeasureInput); err == nil {
		got, err = s.Registry.Lift(c.UserContext(), caller(c), orgParam(c), no, l)
	}
	if err != nil {
		return s.refuse(c, err, s.bodiesPage(fmt.Sprintf("%s/%d", orgParam(c), no), f.typed()))
	}
	return s.done(c, "/bodies#"+string(got.ID), "body-lifted", got.Name)
}

// errMaterialLine refuses a list of materials that has more than a name and a clause a line.
var errMaterialLine = errs.Field{Name: "materials", Code: "form", Msg: "每行一项：名称｜依据条款"}
