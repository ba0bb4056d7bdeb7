package api

import (
	"context"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/skillcert/skillcert/api/web"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/engine/practical"
	"github.com/skillcert/skillcert/engine/sitting"
	"github.com/skillcert/skillcert/questionbank"
)

func (s *Server) sheetsPage(c *fiber.Ctx) error {
	own, err := s.Practical.Own(c.UserContext(), caller(c), "")
	if err != nil {
		return err
	}
	sessions := map[sitting.SessionID]*sitting.Session{}
	at := map[sitting.SessionID]int{}
	var groups []web.SheetGroup
	for _, w := range own {
		session, err := s.sessionOnce(c.UserContext(), sessions, w.Assessment.Session)
		if err != nil {
			return err
		}
		i, known := at[session.ID]
		if !known {
			i = len(groups)
			at[session.ID] = i
			groups = append(groups, web.SheetGroup{ID: string(session.ID), Name: session.Name, Level: session.Level})
		}
		row := sheetRow(&w, session)
		if groups[i].Sheets = append(groups[i].Sheets, row); row.State.Due() {
			groups[i].Due++
		}
	}
	for _, g := range groups {
		slices.SortStableFunc(g.Sheets, dueFirst)
	}
	slices.SortStableFunc(groups, func(a, b web.SheetGroup) int { return dueFirst(a.Sheets[0], b.Sheets[0]) })
	return s.show(c, "sheets", web.SheetListView{Sessions: groups})
}

// dueFirst puts what is still to be done on top, in the order of its time, and what was done last below it.
func dueFirst(a, b web.SheetRow) int {
	switch due, other := a.State.Due(), b.State.Due(); {
	case due && !other:
		return -1
	case other && !due:
		return 1
	case due:
		return a.At.Compare(b.At)
	}
	return b.At.Compare(a.At)
}

func (s *Server) sessionOnce(ctx context.Context, known map[sitting.SessionID]*sitting.Session, id sitting.SessionID) (*sitting.Session, error) {
	if known[id] == nil {
		session, err := s.Sittings.Get(ctx, id)
		if err != nil {
			return nil, err
		}
		known[id] = session
	}
	return known[id], nil
}

func sheetRow(w *practical.Work, session *sitting.Session) web.SheetRow {
	a := w.Assessment
	row := web.SheetRow{Assessment: string(a.ID), Candidate: w.Name, Ticket: string(a.Ticket), Station: roomName(session, a.Station), At: a.At}
	for _, t := range w.Tasks {
		row.Criteria += len(t.Criteria)
	}
	switch {
	case w.Sheet != nil:
		row.Scored = row.Criteria - practical.Missing(w.Tasks, w.Sheet.Scores)
	case w.Corrects != nil: // opens with what stands
		row.Scored = row.Criteria - practical.Missing(w.Tasks, w.Corrects.Scores)
	}
	row.State = sheetState(w, row.Scored == row.Criteria)
	return row
}

func sheetState(w *practical.Work, whole bool) web.SheetState {
	begun := w.Sheet != nil
	switch standing := w.Assessment.Standing; {
	case standing == engine.Absent:
		return web.SheetAbsent
	case standing == engine.Voided:
		return web.SheetVoided
	case begun && !w.Sheet.Signed.IsZero():
		return web.SheetSigned
	case w.Sealed:
		return web.SheetClosed
	case w.Corrects != nil:
		return web.SheetCorrect
	case begun && whole:
		return web.SheetReady
	case begun && (practical.Missing(w.Tasks, w.Sheet.Scores) < practical.Missing(w.Tasks, nil) || len(w.Sheet.Vetoes) > 0):
		return web.SheetStarted
	}
	return web.SheetOpen
}

// entered is what stands on a sheet: as it was saved, or as it was typed where saving was refused.
type entered struct {
	revision int64
	scores   map[string]map[string]engine.Points
	vetoes   []practical.VetoMark
}

// saved is what was saved; a correction that was not begun starts with what stands on the sheet that it corrects.
func saved(w *practical.Work) entered {
	switch {
	case w.Sheet != nil:
		return entered{w.Seen, w.Sheet.Scores, w.Sheet.Vetoes}
	case w.Corrects != nil:
		return entered{w.Seen, w.Corrects.Scores, w.Corrects.Vetoes}
	}
	return entered{}
}

func (s *Server) sheetView(c *fiber.Ctx) (web.SheetView, *practical.Work, error) {
	w, err := s.Practical.Work(c.UserContext(), caller(c), assessmentParam(c))
	if err != nil {
		return web.SheetView{}, nil, err
	}
	session, err := s.Sittings.Get(c.UserContext(), w.Assessment.Session)
	if err != nil {
		return web.SheetView{}, nil, err
	}
	a := w.Assessment
	v := web.SheetView{Assessment: string(a.ID), Candidate: w.Name, Ticket: string(a.Ticket), Station: roomName(session, a.Station),
		Session: session.Name, Level: session.Level, Sample: session.Sample}
	if w.Sheet != nil {
		v.Signed, v.Saved = w.Sheet.Signed, w.Sheet.Saved
	}
	v.State = sheetRow(w, session).State
	v.Examiner, v.Fresh = caller(c).Person, w.Sheet == nil && w.Corrects != nil
	if w.Corrects != nil {
		v.Corrects, v.CorrectReason = w.Corrects.Signed, w.Reason
	}
	fillSheet(&v, w.Tasks, saved(w))
	return v, w, nil
}

func (s *Server) sheetPage(c *fiber.Ctx) error {
	v, _, err := s.sheetView(c)
	if err != nil {
		return err
	}
	return s.show(c, "sheet", v)
}

// sheetForm saves all that stands on the sheet. What is refused is shown as it was typed.
func (s *Server) sheetForm(c *fiber.Ctx) error {
	typed, err := readSheet(c)
	if err == nil {
		var sheet *practical.Sheet
		if sheet, err = s.Practical.Save(c.UserContext(), caller(c), assessmentParam(c), typed.revision, typed.scores, typed.vetoes); err == nil {
			return s.sheetSaved(c, sheet)
		}
	}
	return s.refuse(c, err, func(c *fiber.Ctx, p *web.Problem) error {
		v, w, err := s.sheetView(c)
		if err != nil {
			return err
		}
		fillSheet(&v, w.Tasks, typed)
		v.Problem = p
		return s.show(c, "sheet", v)
	})
}

func (s *Server) sheetSaved(c *fiber.Ctx, sheet *practical.Sheet) error {
	to := "/assessments/" + string(sheet.Assessment) + "/sheet"
	if field(c, "then") == "sign" {
		return c.Redirect("/assessments/"+string(sheet.Assessment)+"/signature", fiber.StatusSeeOther)
	}
	return s.done(c, to, "saved", sheet.Saved.In(s.zone).Format("15:04"))
}

// readSheet reads score.{task}.{no}, veto.{task}.{code} and note.{task}.{code}. A criterion left empty has no points.
func readSheet(c *fiber.Ctx) (entered, error) {
	e := entered{revision: formInt(c, "revision"), scores: map[string]map[string]engine.Points{}}
	var check errs.Check
	form := c.Request().PostArgs()
	form.VisitAll(func(key, value []byte) {
		kind, rest, _ := strings.Cut(string(key), ".")
		task, no, ok := strings.Cut(rest, ".")
		if !ok {
			return
		}
		switch text := strings.TrimSpace(string(value)); {
		case kind == "score" && text != "":
			p, err := engine.ParsePoints(text)
			check.That(err == nil, string(key), engine.ErrPoints.Code, engine.ErrPoints.Msg)
			if err == nil {
				e.score(task, no, p)
			}
		case kind == "veto" && text == "on":
			e.vetoes = append(e.vetoes, practical.VetoMark{Task: task, Code: no, Note: field(c, "note."+rest)})
		}
	})
	return e, check.Err(practical.ErrScore)
}

func (e *entered) score(task, no string, p engine.Points) {
	if e.scores[task] == nil {
		e.scores[task] = map[string]engine.Points{}
	}
	e.scores[task][no] = p
}

// fillSheet puts what was entered onto the sheet.
func fillSheet(v *web.SheetView, tasks []*questionbank.Task, e entered) {
	v.Revision, v.Tasks = e.revision, nil
	for _, t := range tasks {
		v.Tasks = append(v.Tasks, taskSheet(t, e))
	}
}

func taskSheet(t *questionbank.Task, e entered) web.TaskSheet {
	v := web.TaskSheet{Code: t.Code, Name: t.Name, Scenario: t.Scenario, Minutes: t.Minutes, Preparation: t.Preparation,
		Requirements: t.Requirements, Max: t.Points}
	for _, k := range t.Criteria {
		row := web.CriterionRow{No: k.No, Section: k.Section, Text: k.Text, Max: k.Points}
		for _, l := range k.Levels {
			row.Levels = append(row.Levels, web.LevelRow(l))
		}
		if p, ok := e.scores[t.Code][k.No]; ok {
			row.Points = &p
			v.Total += p
			v.Scored++
		}
		v.Criteria = append(v.Criteria, row)
	}
	for _, veto := range t.Vetoes {
		row := web.VetoRow{Code: veto.Code, Text: veto.Text}
		for _, m := range e.vetoes {
			if m.Task == t.Code && m.Code == veto.Code {
				row.On, row.Note = true, m.Note
			}
		}
		v.Vetoes = append(v.Vetoes, row)
	}
	return v
}

func (s *Server) signPage(c *fiber.Ctx, p *web.Problem) error {
	v, w, err := s.sheetView(c)
	if err != nil {
		return err
	}
	v.Problem = p
	return s.show(c, "sign", web.SignView{SheetView: v, Missing: practical.Missing(w.Tasks, saved(w).scores)})
}

func (s *Server) signForm(c *fiber.Ctx) error {
	if _, err := s.Practical.Sign(c.UserContext(), caller(c), assessmentParam(c), formInt(c, "revision")); err != nil {
		return s.refuse(c, err, s.signPage)
	}
	return s.done(c, "/assessments", "signed")
}
