package api

import (
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/skillcert/skillcert/api/web"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/practical"
	"github.com/skillcert/skillcert/engine/practical/control"
	"github.com/skillcert/skillcert/questionbank"
)

// controlPages are where leaders keep control performances (校准样例).
func (s *Server) controlPages() []route {
	at := "/controls/:id"
	return append([]route{
		page("/controls", authz.ControlWrite, again(s.controlsPage).first),
		form("/controls", authz.ControlWrite, s.writeControlForm),
		page(at, authz.ControlWrite, again(s.controlPage).first),
		form(at, authz.ControlWrite, s.amendControlForm),
		form(at+"/submission", authz.ControlWrite, s.submitControlForm),
		form(at+"/rating", authz.ControlWrite, s.ratingForm),
		form(at+"/signature", authz.ControlWrite, s.ratingSignatureForm),
		form(at+"/reference", authz.ControlWrite, s.referenceForm),
		form(at+"/confirmation", authz.ControlWrite, s.confirmControlForm),
		form(at+"/retirement", authz.ControlWrite, s.retireControlForm),
		form(at+"/renewal", authz.ControlWrite, s.renewControlForm),
	}, s.calibrationPages()...)
}

func controlHref(id control.ID) string { return "/controls/" + string(id) }

func (s *Server) controlsPage(c *fiber.Ctx, p *web.Problem) error {
	ctx, by := c.UserContext(), caller(c)
	rows, err := s.Control.Controls(ctx, by)
	if err != nil {
		return err
	}
	can, err := s.Control.Choices(ctx, by)
	if err != nil {
		return err
	}
	v := web.ControlsView{Rows: each(rows, controlRow), Releases: viewControlChoices(can).Releases, Provincial: can.Province != "", Typed: typedControl(c), Problem: p,
		Tasks: each(can.Tasks, func(t *questionbank.Task) web.TaskChoice {
			return web.TaskChoice{Code: t.Code, Name: t.Name, Level: t.Level}
		})}
	return s.show(c, "controls", v)
}

func controlRow(r control.Row) web.ControlRow {
	v := web.ControlRow{ID: string(r.ID), Title: r.Title, Task: r.Task.Name, Level: r.Task.Level, Edition: r.Edition, Raters: r.Raters, State: string(r.State),
		Provincial: r.Province != ""}
	if r.Own != nil && r.Own.Purpose == control.ForReference {
		v.Own = "begun"
		if !r.Own.Signed().IsZero() {
			v.Own = "signed"
		}
	}
	return v
}

// typedControl is what stood in a form about the text of a control performance.
func typedControl(c *fiber.Ctx) map[string]string {
	typed := map[string]string{}
	if c.Method() == fiber.MethodPost {
		for _, name := range []string{"task", "release", "title", "steps", "recording", "provincial", "reason"} {
			typed[name] = field(c, name)
		}
	}
	return typed
}

func controlText(c *fiber.Ctx) control.Text {
	return control.Text{Title: field(c, "title"), Steps: strings.Split(field(c, "steps"), "\n"), Recording: field(c, "recording")}
}

func (s *Server) writeControlForm(c *fiber.Ctx) error {
	got, err := s.Control.Write(c.UserContext(), caller(c), control.New{Task: field(c, "task"), Release: field(c, "release"), Provincial: field(c, "provincial") == "on",
		Text: controlText(c)})
	if err != nil {
		return s.refuse(c, err, s.controlsPage)
	}
	return s.done(c, controlHref(got.ID), "control-written", got.Title)
}

// controlPage shows one; what was typed into a form that was refused stands there again.
func (s *Server) controlPage(c *fiber.Ctx, p *web.Problem) error {
	v, _, err := s.controlView(c)
	if err != nil {
		return err
	}
	if v.Problem = p; p != nil {
		v.Do = formName(c)
	}
	if v.Do == v.ID || v.Do == "retirement" {
		v.Typed = typedControl(c)
	}
	return s.show(c, "control", v)
}

func (s *Server) controlView(c *fiber.Ctx) (web.ControlView, *control.View, error) {
	by, r := caller(c), s.reader(c.UserContext())
	got, err := s.Control.Show(c.UserContext(), by, controlParam(c))
	if err != nil {
		return web.ControlView{}, nil, err
	}
	n := got.Control
	v := web.ControlView{ControlText: pageText(n), State: string(n.State), Involved: got.Involved, Revision: n.Revision,
		Raters: each(got.Raters, func(r control.Rater) web.ControlRater { return web.ControlRater{Name: r.Name, Signed: r.Signed} })}
	if v.Author, err = r.name(n.Author); err != nil {
		return v, nil, err
	}
	v.Typed = map[string]string{"title": n.Title, "steps": strings.Join(n.Steps, "\n"), "recording": n.Recording}
	ownRating(&v, got)
	allowControl(&v, got, engine.PersonID(by.Person))
	if v.Reference, err = r.reference(n); err != nil {
		return v, nil, err
	}
	if v.MayAgree {
		v.Agreeing = agreeing(got, agreed(got), reasonsOf(n))
	}
	return v, got, nil
}

func pageText(n *control.Control) web.ControlText {
	return web.ControlText{ID: string(n.ID), Title: n.Title, Release: n.Release, Recording: n.Recording, Level: n.Task.Level, Edition: n.Edition, Steps: n.Steps,
		Sample: n.Task.Sample}
}

// ownRating puts the reader's rating on the page, while experts rate and after.
func ownRating(v *web.ControlView, got *control.View) {
	e := entered{}
	if m := got.Own; m != nil {
		e = entered{m.Seen(), m.Sheet.Scores, m.Sheet.Vetoes}
		v.Signed = m.Signed()
	}
	v.Seen, v.Missing = e.revision, practical.Missing([]*questionbank.Task{&got.Control.Task}, e.scores)
	sheet := taskSheet(&got.Control.Task, e)
	v.Sheet = &sheet
}

// allowControl says what the reader may do next; the rules themselves are in package control.
func allowControl(v *web.ControlView, got *control.View, who engine.PersonID) {
	n, signed := got.Control, !v.Signed.IsZero()
	v.MayAmend = n.State == control.Draft && n.Author == who
	v.MayRate = n.State == control.Rating && !signed
	v.MaySign = v.MayRate && got.Own != nil && v.Missing == 0
	enough := len(got.Raters) >= control.LeastRaters && signed
	v.MayAgree = enough && (n.State == control.Rating || n.State == control.Rated)
	v.MayConfirm = enough && n.State == control.Rated && n.Reference != nil && n.Reference.By != who
	v.MayRetire = n.State != control.Retired
	v.MayRenew = n.State == control.Confirmed || n.State == control.Retired
}

// agreed is what stands in the form of the reference before anything is typed: what was agreed, else the reader's own rating.
func agreed(got *control.View) entered {
	if r := got.Control.Reference; r != nil {
		return entered{scores: r.Scores, vetoes: r.Vetoes}
	}
	return entered{scores: got.Own.Sheet.Scores, vetoes: got.Own.Sheet.Vetoes}
}

func reasonsOf(n *control.Control) map[string]string {
	if n.Reference == nil {
		return nil
	}
	return n.Reference.Reasons
}

// agreeing is the form of the reference, with what each expert gave and a reason for each criterion.
func agreeing(got *control.View, e entered, reasons map[string]string) *web.TaskSheet {
	t := &got.Control.Task
	sheet := taskSheet(t, e)
	for i := range sheet.Criteria {
		k := &sheet.Criteria[i]
		k.Reasoned, k.Reason = true, reasons[k.No]
		for _, r := range got.Raters {
			if r.Sheet != nil {
				k.Marks = append(k.Marks, r.Name+" "+r.Sheet.Scores[t.Code][k.No].String())
			}
		}
	}
	return &sheet
}

// reference is what was agreed on, nil where there is nothing or the reader may not see it.
func (r *reader) reference(n *control.Control) (*web.ControlReference, error) {
	if n.Reference == nil {
		return nil, nil
	}
	v := &web.ControlReference{At: n.Reference.At, On: n.Reference.On}
	for _, k := range n.Task.Criteria {
		v.Lines = append(v.Lines, web.ControlLine{No: k.No, Text: k.Text, Max: k.Points, Reference: n.Reference.Scores[n.Task.Code][k.No], Reason: n.Reference.Reasons[k.No]})
	}
	for _, x := range n.Task.Vetoes {
		if i := slices.IndexFunc(n.Reference.Vetoes, func(m practical.VetoMark) bool { return m.Code == x.Code }); i >= 0 {
			v.Vetoes = append(v.Vetoes, web.ControlVeto{Text: x.Text, Note: n.Reference.Vetoes[i].Note})
		}
	}
	var err error
	if v.By, err = r.name(n.Reference.By); err == nil {
		v.Confirmed, err = r.name(n.Reference.Confirmed)
	}
	return v, err
}

func (s *Server) amendControlForm(c *fiber.Ctx) error {
	if _, err := s.Control.Amend(c.UserContext(), caller(c), controlParam(c), formInt(c, "revision"), controlText(c)); err != nil {
		return s.refuse(c, err, s.controlPage)
	}
	return s.done(c, controlHref(controlParam(c)), "control-amended")
}

// controlStep answers a command on one control performance: back to its page, or the page with the refusal.
func (s *Server) controlStep(c *fiber.Ctx, err error, said string) error {
	if err != nil {
		return s.refuse(c, err, s.controlPage)
	}
	return s.done(c, controlHref(controlParam(c)), said)
}

func (s *Server) submitControlForm(c *fiber.Ctx) error {
	_, err := s.Control.Submit(c.UserContext(), caller(c), controlParam(c))
	return s.controlStep(c, err, "control-submitted")
}

// ratingForm saves all of the own rating. What is refused is shown as it was typed.
func (s *Server) ratingForm(c *fiber.Ctx) error {
	typed, err := readSheet(c)
	if err == nil {
		_, err = s.Control.Rate(c.UserContext(), caller(c), controlParam(c), typed.revision, control.Entry{Scores: typed.scores, Vetoes: typed.vetoes})
	}
	if err == nil {
		return s.done(c, controlHref(controlParam(c)), "control-saved")
	}
	return s.refuse(c, err, func(c *fiber.Ctx, p *web.Problem) error {
		v, got, err := s.controlView(c)
		if err != nil {
			return err
		}
		sheet := taskSheet(&got.Control.Task, typed)
		v.Sheet, v.Seen, v.Problem, v.Do, v.MaySign = &sheet, typed.revision, p, "rating", false
		return s.show(c, "control", v)
	})
}

func (s *Server) ratingSignatureForm(c *fiber.Ctx) error {
	_, err := s.Control.SignRating(c.UserContext(), caller(c), controlParam(c), formInt(c, "revision"))
	return s.controlStep(c, err, "control-signed")
}

// referenceForm sets down what was agreed on. What is refused is shown as it was typed.
func (s *Server) referenceForm(c *fiber.Ctx) error {
	typed, err := readSheet(c)
	reasons := readReasons(c)
	if err == nil {
		_, err = s.Control.Agree(c.UserContext(), caller(c), controlParam(c), typed.revision,
			control.Agreed{Entry: control.Entry{Scores: typed.scores, Vetoes: typed.vetoes}, Reasons: reasons})
	}
	if err == nil {
		return s.done(c, controlHref(controlParam(c)), "control-agreed")
	}
	return s.refuse(c, err, func(c *fiber.Ctx, p *web.Problem) error {
		v, got, err := s.controlView(c)
		if err != nil {
			return err
		}
		if v.MayAgree {
			v.Agreeing = agreeing(got, typed, reasons)
		}
		v.Problem, v.Do = p, "reference"
		return s.show(c, "control", v)
	})
}

// readReasons reads reason.{task}.{no}; which criteria there are, the rule knows.
func readReasons(c *fiber.Ctx) map[string]string {
	reasons := map[string]string{}
	c.Request().PostArgs().VisitAll(func(key, value []byte) {
		if rest, ok := strings.CutPrefix(string(key), "reason."); ok {
			if _, no, ok := strings.Cut(rest, "."); ok {
				reasons[no] = string(value)
			}
		}
	})
	return reasons
}

func (s *Server) confirmControlForm(c *fiber.Ctx) error {
	_, err := s.Control.Confirm(c.UserContext(), caller(c), controlParam(c), formInt(c, "revision"))
	return s.controlStep(c, err, "control-confirmed")
}

func (s *Server) retireControlForm(c *fiber.Ctx) error {
	_, err := s.Control.Retire(c.UserContext(), caller(c), controlParam(c), field(c, "reason"))
	return s.controlStep(c, err, "control-retired")
}

func (s *Server) renewControlForm(c *fiber.Ctx) error {
	got, err := s.Control.Renew(c.UserContext(), caller(c), controlParam(c))
	if err != nil {
		return s.refuse(c, err, s.controlPage)
	}
	return s.done(c, controlHref(got.ID), "control-renewed", got.Edition)
}
