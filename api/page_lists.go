package api

import (
	"encoding/base64"
	"fmt"
	"regexp"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/skillcert/skillcert/api/web"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/engine/training"
	"github.com/skillcert/skillcert/questionbank/exchange/table"
)

// listPages are the public list of training bodies, open to everybody, and the forms by which the labour authority keeps it.
func (s *Server) listPages() []route {
	return []route{
		page("/training-list", "", again(s.listPage(listForms{})).first),
		page("/training-list/annex-:annex.xlsx", "", s.sendList),
		page("/training-list/sample-:annex.xlsx", authz.TrainList, s.sendListSample),
		form("/training-list/preview", authz.TrainList, s.previewList).limited(limitUpload),
		form("/training-list/import", authz.TrainList, s.commitList).limited(limitUpload),
		form("/training-list/bodies", authz.TrainList, s.listedBodyForm),
		form("/training-list/bodies/:id/projects", authz.TrainList, s.listedProjectForm),
		form("/training-list/bodies/:id/withdrawal", authz.TrainList, s.delistForm),
	}
}

// listForms is what the page shows beside the list: the form that was refused and what it held, or what a workbook does.
type listForms struct {
	do    string
	typed web.Typed
	plan  *web.ListPlanView
}

// listPage is the list of the province in the address, or of the reader's own.
func (s *Server) listPage(forms listForms) again {
	return func(c *fiber.Ctx, p *web.Problem) error {
		by := caller(c)
		province := c.Query("province")
		if province == "" {
			province = by.Province
		}
		v := web.TrainingListView{Province: province, ProvinceName: engine.Province(province), Provinces: provinces(), Sorts: training.BodySorts(), Modes: training.Modes(),
			Genres: training.Programs(), MayKeep: by.Can(authz.TrainList) && by.Province == province, Do: forms.do, Typed: forms.typed, Plan: forms.plan, Problem: p}
		if v.Typed == nil {
			v.Typed = web.Typed{}
		}
		if province == "" {
			return s.show(c, "training-list", v) // to choose one
		}
		all, err := s.TrainingLists.Public(c.UserContext(), province)
		if err != nil {
			return err
		}
		v.Query = strings.TrimSpace(c.Query("q"))
		for _, l := range all {
			if row := s.listedRow(l); v.Query == "" || row.Says(v.Query) {
				v.Rows = append(v.Rows, row)
			}
		}
		return s.show(c, "training-list", v)
	}
}

func (s *Server) listedRow(l *training.Listing) web.ListedRow {
	b := l.Body
	row := web.ListedRow{ID: l.ID, District: b.District, Name: b.Name, Sort: b.Sort, CreditCode: b.CreditCode, Fits: engine.CreditCodeMatches(b.CreditCode),
		Occupations: strings.Join(b.Occupations, "、"), Levels: b.Levels, Address: b.Address, Contact: b.Contact, Source: l.Published.Source, Published: s.day(l.Published.On)}
	if w := l.Withdrawn(); w != nil {
		row.Gone, row.Why = s.day(w.On), w.Reason
	}
	for _, level := range engine.Levels() {
		if least, most := l.HoursOf(level); most > 0 {
			row.Hours = append(row.Hours, web.LevelHours{Level: level, Least: least, Most: most})
		}
	}
	row.Projects = each(l.Projects, func(p training.Project) web.ProjectRow {
		r := web.ProjectRow{No: p.No, District: p.District, Name: p.Name, Mode: p.Mode, Occupation: p.Occupation, Level: p.Level, Hours: p.Hours, Genre: p.Program,
			Planned: p.Planned, Address: p.Address, Contact: p.Contact, Source: p.Published.Source, Published: s.day(p.Published.On)}
		if w := p.Withdrawn; w != nil {
			r.Gone, r.Why = s.day(w.On), w.Reason
		}
		return r
	})
	return row
}

func annexParam(c *fiber.Ctx) (training.Annex, error) {
	switch c.Params("annex") {
	case "5":
		return training.ProjectList, nil
	case "6":
		return training.BodyList, nil
	}
	return 0, training.ErrListing.With("没有这份附件")
}

func (s *Server) sendList(c *fiber.Ctx) error {
	a, err := annexParam(c)
	if err != nil {
		return err
	}
	all, err := s.TrainingLists.Public(c.UserContext(), c.Query("province"))
	if err != nil {
		return err
	}
	data, err := training.WriteList(a, all)
	if err != nil {
		return err
	}
	return sendWorkbook(c, fmt.Sprintf("annex-%d.xlsx", a), data)
}

func (s *Server) sendListSample(c *fiber.Ctx) error {
	a, err := annexParam(c)
	if err != nil {
		return err
	}
	return workbook(c, fmt.Sprintf("sample-%d.xlsx", a), training.ListColumns(a), [][]string{training.ListExample(a)})
}

// listTyped are the fields of an import that are shown again.
func listTyped(c *fiber.Ctx) web.Typed {
	return web.Typed{"annex": field(c, "annex"), "source": field(c, "source"), "published": field(c, "published")}
}

func (s *Server) previewList(c *fiber.Ctx) error {
	name, data, err := uploadUpTo(c, maxRollFile, errListFile)
	if err != nil {
		return s.refuse(c, err, s.listPage(listForms{do: "import", typed: listTyped(c)}))
	}
	return s.showListPlan(c, training.File{Name: name, Data: data}, false)
}

var errListFile = errs.New(errs.TooLarge, "training.list_too_large", "名单超过 1 MB，未接收；请去掉图片和多余的工作表，或分成几份")

func (s *Server) commitList(c *fiber.Ctx) error {
	data, err := returned(c, errListFile)
	if err != nil {
		return s.refuse(c, err, s.listPage(listForms{do: "import", typed: listTyped(c)}))
	}
	return s.showListPlan(c, training.File{Name: field(c, "name"), Data: data}, true)
}

// returned is the file that a preview's page sends back with the commit.
func returned(c *fiber.Ctx, tooLarge error) ([]byte, error) {
	text := field(c, "data")
	if len(text) > base64.StdEncoding.EncodedLen(maxRollFile) {
		return nil, tooLarge
	}
	data, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return nil, errBody
	}
	return data, nil
}

func (s *Server) showListPlan(c *fiber.Ctx, file training.File, commit bool) error {
	plan, err := s.TrainingLists.TakeList(c.UserContext(), caller(c), annexField(c), publicationFields(c), file, commit)
	if err != nil {
		return s.refuse(c, err, s.listPage(listForms{do: "import", typed: listTyped(c)}))
	}
	v := &web.ListPlanView{File: table.Quote(file.Name), Done: commit, New: plan.New(), Known: plan.Count(training.ListKnown), Refused: plan.Count(training.ListRefuse),
		Broken: brokenRows(plan.Flaws)}
	if !commit {
		v.Data = base64.StdEncoding.EncodeToString(file.Data)
	}
	v.Rows = each(plan.Lines, func(l training.ListLine) web.ListLineRow {
		return web.ListLineRow{Row: l.Row, Subject: l.Subject(), Step: string(l.Step), Code: l.Code, Detail: l.Msg}
	})
	return s.listPage(listForms{typed: listTyped(c), plan: v})(c, nil)
}

// brokenRows are the cells of a workbook that could not be read.
func brokenRows(f training.Flaws) (all []web.BrokenCell) {
	for n, b := range f.Broken {
		all = append(all, web.BrokenCell{At: f.Places[n], Column: b.Column, Found: b.Found, Allowed: b.Want})
	}
	return all
}

var (
	listedBodyFields    = regexp.MustCompile(`^(district|name|sort|credit_code|occupations|level|address|contact|source|published)$`)
	listedProjectFields = regexp.MustCompile(`^(district|name|mode|occupation|grade|hours|program|planned|address|contact|source|published)$`)
	withdrawalFields    = regexp.MustCompile(`^(project|on|reason)$`)
)

func (f *typedForm) publication() training.Publication {
	return training.Publication{Source: f.text("source"), On: f.date("published")}
}

func (s *Server) listedBodyForm(c *fiber.Ctx) error {
	f, err := readForm(c, listedBodyFields)
	if err != nil {
		return err
	}
	b := training.ListedBody{District: f.text("district"), Name: f.text("name"), Sort: f.text("sort"), CreditCode: f.text("credit_code"),
		Occupations: strings.FieldsFunc(f.text("occupations"), func(r rune) bool { return strings.ContainsRune("、，,；;", r) }), Levels: f.levels("level"),
		Address: f.text("address"), Contact: f.text("contact")}
	pub := f.publication()
	var got *training.Listing
	if err = f.wrongly(training.ErrList); err == nil {
		got, err = s.TrainingLists.List(c.UserContext(), caller(c), b, pub)
	}
	if err != nil {
		typed := f.typed()
		for _, l := range b.Levels {
			typed["level-"+fmt.Sprint(levelNumber(l))] = "on"
		}
		return s.refuse(c, err, s.listPage(listForms{do: "body", typed: typed}))
	}
	return s.done(c, "/training-list#"+got.ID, "training-listed", got.Body.Name)
}

func (s *Server) listedProjectForm(c *fiber.Ctx) error {
	f, err := readForm(c, listedProjectFields)
	if err != nil {
		return err
	}
	p := training.Project{District: f.text("district"), Name: f.text("name"), Mode: f.text("mode"), Occupation: f.text("occupation"),
		Level: engine.Level(f.number("grade", "level", "等级")), Hours: f.number("hours", "hours", "培训时长"), Program: f.text("program"), Planned: f.text("planned"),
		Address: f.text("address"), Contact: f.text("contact")}
	pub := f.publication()
	if err = f.wrongly(training.ErrList); err == nil {
		_, err = s.TrainingLists.Offer(c.UserContext(), caller(c), c.Params("id"), p, pub)
	}
	if err != nil {
		return s.refuse(c, err, s.listPage(listForms{do: c.Params("id") + "/project", typed: f.typed()}))
	}
	return s.done(c, "/training-list#"+c.Params("id"), "training-listed", p.Name)
}

func (s *Server) delistForm(c *fiber.Ctx) error {
	f, err := readForm(c, withdrawalFields)
	if err != nil {
		return err
	}
	no, on := f.number("project", "project", "项目"), f.date("on")
	var got *training.Listing
	if err = f.wrongly(training.ErrList); err == nil {
		got, err = s.TrainingLists.Withdraw(c.UserContext(), caller(c), c.Params("id"), no, on, f.text("reason"))
	}
	if err != nil {
		return s.refuse(c, err, s.listPage(listForms{do: c.Params("id") + "/withdrawal", typed: f.typed()}))
	}
	return s.done(c, "/training-list#"+got.ID, "training-withdrawn", got.Body.Name)
}
