package api

import (
	"encoding/base64"
	"fmt"
	"regexp"

	"github.com/gofiber/fiber/v2"

	"github.com/skillcert/skillcert/api/web"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/engine/people"
	"github.com/skillcert/skillcert/engine/training"
	"github.com/skillcert/skillcert/questionbank/exchange/table"
)

// needPages are the lists of people to be trained.
func (s *Server) needPages() []route {
	at := "/training/needs/:id"
	return []route{
		page("/training/needs", authz.NeedWrite, again(s.needsPage(listForms{})).first),
		page("/training/needs/sample-:annex.xlsx", authz.NeedWrite, s.sendNeedSample),
		form("/training/needs/preview", authz.NeedWrite, s.previewNeeds).limited(limitUpload),
		form("/training/needs/import", authz.NeedWrite, s.commitNeeds).limited(limitUpload),
		page(at, authz.NeedWrite, again(s.needPage("", web.Typed{}, nil)).first),
		form(at+"/export", authz.NeedWrite, s.exportNeeds),
		form(at+"/people/:no/document", authz.NeedWrite, s.needDocumentForm),
		form(at+"/enrolment/preview", authz.TrainWrite, s.enrolNeedsForm(false)),
		form(at+"/enrolment", authz.TrainWrite, s.enrolNeedsForm(true)),
	}
}

// needsPage is all lists of the reader, with the import.
func (s *Server) needsPage(forms listForms) again {
	return func(c *fiber.Ctx, p *web.Problem) error {
		ctx, by := c.UserContext(), caller(c)
		all, err := s.Training.NeedLists(ctx, by)
		if err != nil {
			return err
		}
		v := web.NeedsView{MayHand: !by.Can(authz.TrainWrite), Do: forms.do, Typed: forms.typed, Plan: forms.plan, Problem: p}
		if v.Typed == nil {
			v.Typed = web.Typed{}
		}
		bodies, err := s.Registry.Directory(ctx, engine.TrainingBody, clock.DateOf(s.clock.Now(), s.zone))
		if err != nil {
			return err
		}
		named := map[engine.OrgID]string{}
		for _, e := range bodies {
			if named[e.Body.ID] = e.Body.Name; e.Body.Province == by.Province {
				v.Bodies = append(v.Bodies, web.Choice{Value: string(e.Body.ID), Label: e.Body.Name})
			}
		}
		v.Rows = each(all, func(l *training.NeedList) web.NeedListRow { return s.needListRow(l, named[l.Org]) })
		return s.show(c, "needs", v)
	}
}

func (s *Server) needListRow(l *training.NeedList, body string) web.NeedListRow {
	return web.NeedListRow{ID: l.ID, Annex: int(l.Annex), Filler: l.Filler, Body: body, On: s.day(l.On), People: len(l.Needs), Documented: l.Documented(), Enrolled: l.Enrolled()}
}

func (s *Server) sendNeedSample(c *fiber.Ctx) error {
	for _, a := range []training.Annex{training.InstitutionNeeds, training.GroupNeeds} {
		if c.Params("annex") == fmt.Sprint(int(a)) {
			return workbook(c, fmt.Sprintf("sample-%d.xlsx", a), training.NeedColumns(a), [][]string{training.NeedExample(a)})
		}
	}
	return training.ErrNeeds.With("没有这份附件")
}

var errNeedFile = errs.New(errs.TooLarge, "training.needs_too_large", "清单超过 1 MB，未接收；请去掉图片和多余的工作表，或分成几份")

func needTyped(c *fiber.Ctx) web.Typed {
	return web.Typed{"annex": field(c, "annex"), "filler": field(c, "filler"), "org": field(c, "org")}
}

func (s *Server) previewNeeds(c *fiber.Ctx) error {
	name, data, err := uploadUpTo(c, maxRollFile, errNeedFile)
	if err != nil {
		return s.refuse(c, err, s.needsPage(listForms{do: "import", typed: needTyped(c)}))
	}
	return s.showNeedPlan(c, training.File{Name: name, Data: data}, false)
}

func (s *Server) commitNeeds(c *fiber.Ctx) error {
	data, err := returned(c, errNeedFile)
	if err != nil {
		return s.refuse(c, err, s.needsPage(listForms{do: "import", typed: needTyped(c)}))
	}
	return s.showNeedPlan(c, training.File{Name: field(c, "name"), Data: data}, true)
}

func (s *Server) showNeedPlan(c *fiber.Ctx, file training.File, commit bool) error {
	plan, err := s.Training.TakeNeeds(c.UserContext(), caller(c), annexField(c), field(c, "filler"), engine.OrgID(field(c, "org")), file, commit)
	if err != nil {
		return s.refuse(c, err, s.needsPage(listForms{do: "import", typed: needTyped(c)}))
	}
	v := &web.ListPlanView{File: table.Quote(file.Name), Done: commit, New: plan.Count(training.NeedReady) + plan.Count(training.NeedOnly),
		Refused: plan.Count(training.NeedRefuse), Broken: brokenRows(plan.Flaws)}
	if plan.Known {
		v.New, v.Known = 0, v.New
	}
	if !commit {
		v.Data = base64.StdEncoding.EncodeToString(file.Data)
	}
	v.Rows = each(plan.Lines, func(l training.NeedLine) web.ListLineRow {
		return web.ListLineRow{Row: l.Row, Subject: l.Name, Step: string(l.Step), Code: l.Code, Detail: l.Msg}
	})
	return s.needsPage(listForms{typed: needTyped(c), plan: v})(c, nil)
}

// needPage is one list; do and typed are of the form that was refused, plan who of it enters a class.
func (s *Server) needPage(do string, typed web.Typed, plan *web.RollView) again {
	return func(c *fiber.Ctx, p *web.Problem) error {
		ctx, by := c.UserContext(), caller(c)
		l, err := s.Training.Needs(ctx, by, c.Params("id"))
		if err != nil {
			return err
		}
		v := web.NeedView{NeedListRow: s.needListRow(l, ""), MayEnrol: by.Can(authz.TrainWrite), Do: do, Typed: typed, Plan: plan, Problem: p}
		v.Bases = each(training.Bases(), func(b training.Basis) string { return string(b) })
		v.Needs = each(l.Needs, func(n training.Need) web.NeedRow {
			return web.NeedRow{No: n.No, Name: n.Name, District: n.District, Employer: n.Employer, Age: n.Age, Category: n.Category, Occupation: n.Occupation, Level: n.Level,
				Genre: n.Program, Planned: n.Planned, Phone: engine.MaskPhone(n.Phone), IDMasked: engine.MaskID(n.IDNumber), Class: n.Class}
		})
		if v.MayEnrol {
			classes, err := s.Training.Classes(ctx, by, engine.OrgID(by.Org))
			if err != nil {
				return err
			}
			v.Classes = each(classes, s.classRow)
		}
		return s.show(c, "need", v)
	}
}

// needsPurpose is what an exported list is for, as the record of readings says.
const needsPurpose = "导出培训需求清单，组织培训报名"

// exportNeeds hands a list out with telephones in clear. That it was handed out is on record first.
func (s *Server) exportNeeds(c *fiber.Ctx) error {
	l, err := s.Training.Needs(c.UserContext(), caller(c), c.Params("id"))
	if err != nil {
		return err
	}
	data, err := training.WriteNeeds(l)
	if err != nil {
		return err
	}
	name := fmt.Sprintf("annex-%d.xlsx", l.Annex)
	if err := s.Counter.Export(c.UserContext(), caller(c), "needs/"+l.ID, needsPurpose, len(l.Needs), people.DetailPhone); err != nil {
		return err
	}
	return sendWorkbook(c, name, data)
}

var (
	needDocumentFields  = regexp.MustCompile(`^(id_type|id_number|sex|born)$`)
	needEnrolmentFields = regexp.MustCompile(`^(class|basis)$`)
)

func (s *Server) needDocumentForm(c *fiber.Ctx) error {
	f, err := readForm(c, needDocumentFields)
	if err != nil {
		return err
	}
	who := f.trained()
	if err = f.wrongly(training.ErrNeed); err == nil {
		_, err = s.Training.Identify(c.UserContext(), caller(c), c.Params("id"), needNo(c), who)
	}
	if err != nil {
		return s.refuse(c, err, s.needPage(c.Params("no"), f.typed(), nil))
	}
	return s.done(c, "/training/needs/"+c.Params("id")+"#n-"+c.Params("no"), "training-saved")
}

func (s *Server) enrolNeedsForm(commit bool) fiber.Handler {
	return func(c *fiber.Ctx) error {
		f, err := readForm(c, needEnrolmentFields)
		if err != nil {
			return err
		}
		plan, err := s.Training.EnrolNeeds(c.UserContext(), caller(c), f.text("class"), c.Params("id"), training.Basis(f.text("basis")), commit)
		if err != nil {
			return s.refuse(c, err, s.needPage("enrolment", f.typed(), nil))
		}
		v := rollView(plan)
		v.Done = commit
		return s.needPage("", f.typed(), v)(c, nil)
	}
}
