package api

import (
	"bytes"
	"encoding/csv"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"github.com/skillcert/skillcert/api/web"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/practical"
	"github.com/skillcert/skillcert/engine/practical/control"
	"github.com/skillcert/skillcert/questionbank"
)

// calibrationPages are where examiners are calibrated (考评员校准), and who is.
func (s *Server) calibrationPages() []route {
	at := "/calibrations/:id"
	return []route{
		page("/calibrations", authz.ControlTake, s.calibrationsPage),
		page(at, authz.ControlTake, again(s.calibrationPage).first),
		form(at+"/sheet", authz.ControlTake, s.calibrationForm),
		form(at+"/signature", authz.ControlTake, s.calibrationSignatureForm),
		page("/calibrated", authz.CalibrationRead, s.calibratedPage),
		page("/calibrated.csv", authz.CalibrationRead, s.calibratedFile),
	}
}

func calibrationHref(id control.ID) string { return "/calibrations/" + string(id) }

func (s *Server) calibrationsPage(c *fiber.Ctx) error {
	all, err := s.Control.Calibrations(c.UserContext(), caller(c))
	if err != nil {
		return err
	}
	return s.show(c, "calibrations", web.CalibrationsView{Rows: each(all, calibrationRow)})
}

func calibrationRow(w control.Work) web.CalibrationRow {
	n := w.Control
	row := web.CalibrationRow{ID: string(n.ID), Title: n.Title, Task: n.Task.Name, Level: n.Task.Level, Edition: n.Edition, State: web.SheetOpen, Criteria: len(n.Task.Criteria)}
	if w.Marking == nil {
		return row
	}
	row.Scored = row.Criteria - missing(n, w.Marking)
	row.Signed = w.Marking.Signed()
	row.Result, row.Until = resultOf(w.Marking)
	switch {
	case !row.Signed.IsZero():
		row.State = web.SheetSigned
	case row.Scored == row.Criteria:
		row.State = web.SheetReady
	default:
		row.State = web.SheetStarted
	}
	return row
}

func missing(n *control.Control, m *control.Marking) int {
	return practical.Missing([]*questionbank.Task{&n.Task}, m.Sheet.Scores)
}

// resultOf is what came of a calibration: "passed", "failed" or nothing, and the last day on which it holds.
func resultOf(m *control.Marking) (result, until string) {
	switch {
	case m.Outcome == nil:
		return "", ""
	case m.Outcome.Passed:
		return "passed", dayOr(m.Outcome.Until)
	}
	return "failed", ""
}

func (s *Server) calibrationView(c *fiber.Ctx) (web.CalibrationView, *control.Work, error) {
	w, err := s.Control.Calibration(c.UserContext(), caller(c), controlParam(c))
	if err != nil {
		return web.CalibrationView{}, nil, err
	}
	n, e := w.Control, entered{revision: w.Seen()}
	v := web.CalibrationView{ControlText: pageText(n), Begun: w.Marking != nil, Missing: len(n.Task.Criteria), Revision: e.revision}
	if m := w.Marking; m != nil {
		e.scores, e.vetoes = m.Sheet.Scores, m.Sheet.Vetoes
		v.Saved, v.Signed, v.Missing = m.Sheet.Saved, m.Signed(), missing(n, m)
		v.Result, v.Until = resultOf(m)
	}
	v.Sheet = taskSheet(&n.Task, e)
	if w.Comparison != nil {
		v.Lines, v.Vetoes = comparedLines(w), comparedVetoes(w.Comparison)
	}
	return v, w, nil
}

// comparedLines set the own sheet beside the reference; wide by the rule under which the sheet was judged.
func comparedLines(w *control.Work) []web.ControlLine {
	return each(w.Comparison.Lines, func(l control.Line) web.ControlLine {
		return web.ControlLine{No: l.Criterion.No, Text: l.Criterion.Text, Reason: l.Reason, Max: l.Criterion.Points, Reference: l.Reference, Mark: l.Mark,
			Off: float64(l.Off()) / 100, Wide: w.Marking.Outcome != nil && !l.Within(w.Marking.Outcome.Rule)}
	})
}

func comparedVetoes(x *control.Comparison) (all []web.ControlVeto) {
	for _, kind := range []struct {
		name   string
		vetoes []control.Veto
	}{{"missed", x.Missed}, {"false", x.False}, {"found", x.Found}} {
		for _, v := range kind.vetoes {
			all = append(all, web.ControlVeto{Text: v.Text, Note: v.Note, Kind: kind.name})
		}
	}
	return all
}

func (s *Server) calibrationPage(c *fiber.Ctx, p *web.Problem) error {
	v, _, err := s.calibrationView(c)
	if err != nil {
		return err
	}
	v.Problem = p
	return s.show(c, "calibration", v)
}

// calibrationForm saves all that stands on the sheet. What is refused is shown as it was typed.
func (s *Server) calibrationForm(c *fiber.Ctx) error {
	typed, err := readSheet(c)
	if err == nil {
		_, err = s.Control.Save(c.UserContext(), caller(c), controlParam(c), typed.revision, control.Entry{Scores: typed.scores, Vetoes: typed.vetoes})
	}
	if err == nil {
		return s.done(c, calibrationHref(controlParam(c)), "control-saved")
	}
	return s.refuse(c, err, func(c *fiber.Ctx, p *web.Problem) error {
		v, w, err := s.calibrationView(c)
		if err != nil {
			return err
		}
		v.Sheet, v.Revision, v.Problem = taskSheet(&w.Control.Task, typed), typed.revision, p
		v.Begun = false // what is typed is not what would be signed
		return s.show(c, "calibration", v)
	})
}

func (s *Server) calibrationSignatureForm(c *fiber.Ctx) error {
	if _, err := s.Control.Sign(c.UserContext(), caller(c), controlParam(c), formInt(c, "revision")); err != nil {
		return s.refuse(c, err, s.calibrationPage)
	}
	return s.done(c, calibrationHref(controlParam(c)), "calibration-signed")
}

func (s *Server) calibratedPage(c *fiber.Ctx) error {
	all, err := s.calibrated(c)
	if err != nil {
		return err
	}
	return s.show(c, "calibrated", web.CalibratedView{Leads: caller(c).Can(authz.ControlWrite), Rows: each(all, func(l control.Standing) web.CalibratedRow {
		return web.CalibratedRow{Name: l.Name, Performances: l.Performances, Passed: l.Passed, Until: dayOr(l.Until), Holds: l.Holds, Criteria: l.Criteria,
			Exact: l.Exact, Adjacent: l.Adjacent, Bias: l.Bias, Apart: l.Apart, Error: l.Error, Vetoes: l.Vetoes, MissedVetoes: l.Missed, FalseVetoes: l.False}
	})})
}

// calibratedHead names the columns of the file, in the words of the field.
var calibratedHead = []string{"考评员", "校准有效期至", "今天是否有效", "已校准样例", "其中合格", "评分项数", "宽严（分）", "宽严标准误", "平均绝对偏差（分）", "完全一致", "相邻一致",
	"应登记的一票否决", "漏登", "误登"}

// calibratedFile is the overview as a table in UTF-8 that spreadsheets recognise.
func (s *Server) calibratedFile(c *fiber.Ctx) error {
	all, err := s.calibrated(c)
	if err != nil {
		return err
	}
	b := bytes.NewBufferString("\uFEFF")
	w := csv.NewWriter(b)
	w.UseCRLF = true
	if err := w.WriteAll(append([][]string{calibratedHead}, each(all, calibratedCells)...)); err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, "text/csv; charset=utf-8")
	c.Set(fiber.HeaderContentDisposition, `attachment; filename="calibrated.csv"`)
	c.Set(fiber.HeaderCacheControl, "private, no-store")
	return c.Send(b.Bytes())
}

// calibratedCells leaves empty what is not known.
func calibratedCells(l control.Standing) []string {
	number := func(f float64) string { return strconv.FormatFloat(f, 'f', 4, 64) }
	bias, off, apart := "", "", ""
	if l.Criteria > 0 {
		bias, apart = number(l.Bias), number(l.Apart)
	}
	if l.Error != nil {
		off = number(*l.Error)
	}
	cells := []string{plainCell(l.Name), dayOr(l.Until), map[bool]string{true: "是", false: "否"}[l.Holds], strconv.Itoa(l.Performances), strconv.Itoa(l.Passed),
		strconv.Itoa(l.Criteria), bias, off, apart}
	for _, n := range []int{l.Exact, l.Adjacent, l.Vetoes, l.Missed, l.False} {
		cells = append(cells, strconv.Itoa(n))
	}
	return cells
}
