package api

import (
	"regexp"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"github.com/skillcert/skillcert/api/web"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/people"
)

var filedFields = regexp.MustCompile(`^(number|occupation|level|capacity|from|to|region|document|succeeds|on|reason)$`)

// filingsPage lists the filings of a body for anybody, with those that are over; do and typed are of the form that was refused.
func (s *Server) filingsPage(do string, f *typedForm) again {
	return func(c *fiber.Ctx, p *web.Problem) error {
		o, err := s.Registry.Organisation(c.UserContext(), orgParam(c))
		if err != nil {
			return err
		}
		if o.Kind != engine.EvaluationBody {
			return engine.ErrFiling
		}
		by, today := caller(c), clock.DateOf(s.clock.Now(), s.zone)
		v := web.FilingsView{ID: string(o.ID), Name: o.Name, Province: engine.Province(o.Province), Day: s.day(today), Filings: s.filingRows(o, today),
			MayFile: by.Can(authz.OrgFile) && by.ActsIn(o.Province), Do: do, Typed: web.Typed{"occupation": engine.LongTermCare().Code}, Problem: p}
		if last := o.LastFiling(); last != nil {
			v.Typed["number"] = last.Number
		}
		if f != nil {
			v.Typed, v.Levels = f.typed(), f.levels("level")
		}
		return s.show(c, "filings", v)
	}
}

func (s *Server) filingRows(o *engine.Organisation, today clock.Date) []web.FiledRow {
	return each(o.Filings, func(f engine.Filing) web.FiledRow {
		row := web.FiledRow{No: f.No, Number: f.Number, Occupation: f.Occupation, Region: f.Region, Levels: f.Levels, Capacity: f.Capacity, From: s.day(f.From),
			Until: s.day(f.Until()), Document: f.Document, Holds: f.InForce(today), Over: !today.Before(f.Until()), Succeeds: f.Succeeds}
		if e := f.Ended; e != nil {
			row.Ended, row.EndReason, row.EndDocument = s.day(e.On), e.Reason, e.Document
		}
		row.MayEnd = f.Ended == nil && !row.Over
		return row
	})
}

func (s *Server) addFilingForm(c *fiber.Ctx) error {
	f, err := readForm(c, filedFields)
	if err != nil {
		return err
	}
	filing := f.filing()
	var got *engine.Organisation
	if err = f.whole(engine.ErrFilingInput, s.Registry.FilingFaults(c.UserContext(), orgParam(c), filing)); err == nil {
		got, err = s.Registry.AddFiling(c.UserContext(), caller(c), orgParam(c), filing)
	}
	if err != nil {
		return s.refuse(c, err, s.filingsPage("add", f))
	}
	return s.done(c, "/bodies/"+c.Params("id")+"/filings", "filing-added", filing.Number, got.Name)
}

func (s *Server) endFilingForm(c *fiber.Ctx) error {
	f, err := readForm(c, filedFields)
	if err != nil {
		return err
	}
	no, err := filedParam(c)
	if err != nil {
		return err
	}
	e := engine.Ending{On: f.date("on"), Reason: f.text("reason"), Document: f.text("document")}
	if err = f.whole(engine.ErrFilingInput, people.EndingFaults(e)); err == nil {
		_, err = s.Registry.EndFiling(c.UserContext(), caller(c), orgParam(c), no, e)
	}
	if err != nil {
		return s.refuse(c, err, s.filingsPage(strconv.Itoa(no), f))
	}
	return s.done(c, "/bodies/"+c.Params("id")+"/filings", "filing-ended", no, e.On.String())
}

// filedParam is the number of a filing in the address.
func filedParam(c *fiber.Ctx) (int, error) {
	no, err := strconv.Atoi(c.Params("no"))
	if err != nil {
		return 0, engine.ErrFiling
	}
	return no, nil
}
