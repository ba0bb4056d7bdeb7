package api

import (
	"github.com/gofiber/fiber/v2"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/accounts"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/practical/control"
)

// controlRoutes are control performances for leaders, calibration for examiners, and the overview of both.
func (s *Server) controlRoutes() []route {
	at, taken := "/control-performances", "/calibrations"
	return []route{
		get(at, authz.ControlWrite, s.listControls, "Control performances of one's body and province", []ControlRow{}),
		post(at, authz.ControlWrite, s.writeControl, "Write a control performance of a task as it stands now", ControlDraft{}, ControlPerformance{}),
		get(at+"/choices", authz.ControlWrite, s.controlChoices, "What a control performance may be made of", ControlChoices{}),
		get(at+"/:id", authz.ControlWrite, s.getControl, "One control performance; nobody else's rating before one's own is signed", ControlView{}),
		{Method: fiber.MethodPut, Path: at + "/:id", Action: authz.ControlWrite, Handle: s.amendControl, Summary: "Replace the text of one's own draft",
			Request: ControlEdit{}, Response: ControlPerformance{}},
		post(at+"/:id/submission", authz.ControlWrite, s.submitControl, "Give one's own draft to the experts; twice is harmless", nil, ControlPerformance{}),
		{Method: fiber.MethodPut, Path: at + "/:id/rating", Action: authz.ControlWrite, Handle: s.putRating, Summary: "Replace one's own rating",
			Request: SheetEdit{}, Response: ControlSheet{}},
		post(at+"/:id/rating/signature", authz.ControlWrite, s.signRating, "Sign one's own rating; twice is harmless", Signature{}, ControlSheet{}),
		post(at+"/:id/reference", authz.ControlWrite, s.agreeControl, "Set down the reference that the raters agreed on", ReferenceEdit{}, ControlPerformance{}),
		post(at+"/:id/confirmation", authz.ControlWrite, s.confirmControl, "Confirm the reference as another of the raters", Signature{}, ControlPerformance{}),
		post(at+"/:id/retirement", authz.ControlWrite, s.retireControl, "End the use of a control performance", ControlReason{}, ControlPerformance{}),
		post(at+"/:id/renewal", authz.ControlWrite, s.renewControl, "Make the draft of the next edition; twice gives the same one", nil, ControlPerformance{}),
		get(taken, authz.ControlTake, s.listCalibrations, "What one may be calibrated by, and was", []Calibration{}),
		get(taken+"/:id", authz.ControlTake, s.getCalibration, "One of them; the reference once one's own sheet is signed", Calibration{}),
		{Method: fiber.MethodPut, Path: taken + "/:id/sheet", Action: authz.ControlTake, Handle: s.putCalibration, Summary: "Replace one's own sheet",
			Request: SheetEdit{}, Response: ControlSheet{}},
		post(taken+"/:id/signature", authz.ControlTake, s.signCalibration, "Sign one's own sheet and see the reference; twice is harmless", Signature{}, Calibration{}),
		get("/calibration-overview", authz.CalibrationRead, s.getCalibrated, "Until when one's body's examiners are calibrated", []CalibrationStanding{}),
	}
}

func controlParam(c *fiber.Ctx) control.ID { return control.ID(c.Params("id")) }

func (s *Server) listControls(c *fiber.Ctx) error {
	rows, err := s.Control.Controls(c.UserContext(), caller(c))
	return giveAll(c, rows, err, viewControlRow)
}

func (s *Server) controlChoices(c *fiber.Ctx) error {
	got, err := s.Control.Choices(c.UserContext(), caller(c))
	return give(c, got, err, viewControlChoices)
}

func (s *Server) writeControl(c *fiber.Ctx) error {
	var in ControlDraft
	if err := decode(c, &in); err != nil {
		return err
	}
	got, err := s.Control.Write(c.UserContext(), caller(c), control.New{Task: in.Task, Release: in.Release, Provincial: in.Provincial,
		Text: control.Text(in.ControlText)})
	return give(c, got, err, viewControl)
}

func (s *Server) getControl(c *fiber.Ctx) error {
	got, err := s.Control.Show(c.UserContext(), caller(c), controlParam(c))
	return give(c, got, err, viewControlView)
}

func (s *Server) amendControl(c *fiber.Ctx) error {
	var in ControlEdit
	if err := decode(c, &in); err != nil {
		return err
	}
	got, err := s.Control.Amend(c.UserContext(), caller(c), controlParam(c), in.Revision, control.Text(in.ControlText))
	return give(c, got, err, viewControl)
}

func (s *Server) submitControl(c *fiber.Ctx) error {
	got, err := s.Control.Submit(c.UserContext(), caller(c), controlParam(c))
	return give(c, got, err, viewControl)
}

func (s *Server) putRating(c *fiber.Ctx) error {
	var in SheetEdit
	if err := decode(c, &in); err != nil {
		return err
	}
	got, err := s.Control.Rate(c.UserContext(), caller(c), controlParam(c), in.Revision, control.Entry{Scores: in.Scores, Vetoes: in.vetoes()})
	return give(c, got, err, viewMarking)
}

func (s *Server) signRating(c *fiber.Ctx) error {
	var in Signature
	if err := decode(c, &in); err != nil {
		return err
	}
	got, err := s.Control.SignRating(c.UserContext(), caller(c), controlParam(c), in.Revision)
	return give(c, got, err, viewMarking)
}

func (s *Server) agreeControl(c *fiber.Ctx) error {
	var in ReferenceEdit
	if err := decode(c, &in); err != nil {
		return err
	}
	e := control.Agreed{Entry: control.Entry{Scores: in.Scores, Vetoes: SheetEdit{Vetoes: in.Vetoes}.vetoes()}, Reasons: in.Reasons}
	got, err := s.Control.Agree(c.UserContext(), caller(c), controlParam(c), in.Revision, e)
	return give(c, got, err, viewControl)
}

func (s *Server) confirmControl(c *fiber.Ctx) error {
	var in Signature
	if err := decode(c, &in); err != nil {
		return err
	}
	got, err := s.Control.Confirm(c.UserContext(), caller(c), controlParam(c), in.Revision)
	return give(c, got, err, viewControl)
}

func (s *Server) retireControl(c *fiber.Ctx) error {
	var in ControlReason
	if err := decode(c, &in); err != nil {
		return err
	}
	got, err := s.Control.Retire(c.UserContext(), caller(c), controlParam(c), in.Reason)
	return give(c, got, err, viewControl)
}

func (s *Server) renewControl(c *fiber.Ctx) error {
	got, err := s.Control.Renew(c.UserContext(), caller(c), controlParam(c))
	return give(c, got, err, viewControl)
}

func (s *Server) listCalibrations(c *fiber.Ctx) error {
	all, err := s.Control.Calibrations(c.UserContext(), caller(c))
	return giveAll(c, all, err, func(w control.Work) Calibration { return viewCalibration(&w) })
}

func (s *Server) getCalibration(c *fiber.Ctx) error {
	got, err := s.Control.Calibration(c.UserContext(), caller(c), controlParam(c))
	return give(c, got, err, viewCalibration)
}

func (s *Server) putCalibration(c *fiber.Ctx) error {
	var in SheetEdit
	if err := decode(c, &in); err != nil {
		return err
	}
	got, err := s.Control.Save(c.UserContext(), caller(c), controlParam(c), in.Revision, control.Entry{Scores: in.Scores, Vetoes: in.vetoes()})
	return give(c, got, err, viewMarking)
}

func (s *Server) signCalibration(c *fiber.Ctx) error {
	var in Signature
	if err := decode(c, &in); err != nil {
		return err
	}
	got, err := s.Control.Sign(c.UserContext(), caller(c), controlParam(c), in.Revision)
	return give(c, got, err, viewCalibration)
}

func (s *Server) getCalibrated(c *fiber.Ctx) error {
	all, err := s.calibrated(c)
	return giveAll(c, all, err, viewStandingOf)
}

// calibrated is the overview of the acting person's body, over its examiners and whoever was calibrated for it.
func (s *Server) calibrated(c *fiber.Ctx) ([]control.Standing, error) {
	staff, err := s.Gate.Examiners(c.UserContext(), caller(c))
	if err != nil {
		return nil, err
	}
	return s.Control.Overview(c.UserContext(), caller(c), each(staff, func(m accounts.Colleague) control.Member {
		return control.Member{Person: m.Person, Name: m.Name}
	}))
}

// ControlChoices are tasks and published releases.
type ControlChoices struct {
	Releases []string  `json:"releases"`
	Tasks    []TaskRow `json:"tasks"`
	Province string    `json:"province,omitempty" jsonschema:"description=For whose examiners the reader may write besides those of the own body"`
}

func viewControlChoices(c *control.Choices) ControlChoices {
	v := ControlChoices{Releases: []string{}, Tasks: each(c.Tasks, viewTaskRow), Province: c.Province}
	for _, r := range c.Releases {
		v.Releases = append(v.Releases, r.ID)
	}
	return v
}

// CalibrationStanding is one examiner of the overview. Points are those of criteria.
type CalibrationStanding struct {
	Examiner     engine.PersonID `json:"examiner"`
	Name         string          `json:"name"`
	Performances int             `json:"performances" jsonschema:"description=Signed calibrations"`
	Passed       int             `json:"passed"`
	Until        string          `json:"until,omitempty" jsonschema:"description=The last day on which the calibration holds; none where the last one was not passed"`
	Holds        bool            `json:"holds"`
	Criteria     int             `json:"criteria"`
	Bias         float64         `json:"bias" jsonschema:"description=Mean of the mark less the reference; above zero is lenient"`
	Error        *float64        `json:"error" jsonschema:"description=Standard error of the bias; null for fewer than two criteria"`
	Apart        float64         `json:"apart" jsonschema:"description=Mean distance"`
	Exact        int             `json:"exact" jsonschema:"description=Criteria with the very points of the reference"`
	Adjacent     int             `json:"adjacent" jsonschema:"description=Those, and those next to them"`
	Vetoes       int             `json:"vetoes"`
	Missed       int             `json:"missed"`
	False        int             `json:"false"`
}

func viewStandingOf(s control.Standing) CalibrationStanding {
	return CalibrationStanding{Examiner: s.Person, Name: s.Name, Performances: s.Performances, Passed: s.Passed, Until: dayOr(s.Until), Holds: s.Holds,
		Criteria: s.Criteria, Bias: s.Bias, Error: s.Error, Apart: s.Apart, Exact: s.Exact, Adjacent: s.Adjacent, Vetoes: s.Vetoes, Missed: s.Missed, False: s.False}
}
