package api

import (
	"strconv"

	"github.com/gofiber/fiber/v2"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/training"
)

// Published says where and when something of a list was made public.
type Published struct {
	Source    string `json:"source" jsonschema:"description=Number of the document or where it was published"`
	Published Day    `json:"published"`
}

func (p Published) publication() training.Publication {
	return training.Publication{Source: p.Source, On: clock.Date(p.Published)}
}

func viewPublished(p training.Publication) Published {
	return Published{Source: p.Source, Published: Day(p.On)}
}

// ListedBodyEntry is a training body as annex 6 of Tianjin's plan of 2025 writes it.
type ListedBodyEntry struct {
	District    string   `json:"district"`
	Name        string   `json:"name"`
	Sort        string   `json:"sort" jsonschema:"enum=民办培训机构,enum=职业院校,enum=企业培训中心,enum=公共实训基地"`
	CreditCode  string   `json:"credit_code"`
	Occupations []string `json:"occupations"`
	Levels      []int    `json:"levels"`
	Address     string   `json:"address"`
	Contact     string   `json:"contact"`
	Published
}

// ListedProjectEntry is a course of a listed body as annex 5 writes it.
type ListedProjectEntry struct {
	District   string `json:"district"`
	Name       string `json:"name"`
	Mode       string `json:"mode" jsonschema:"enum=线下,enum=线上+线下"`
	Occupation string `json:"occupation"`
	Level      int    `json:"level"`
	Hours      int    `json:"hours" jsonschema:"description=Class hours"`
	Program    string `json:"program" jsonschema:"enum=紧缺职业目录培训,enum=定向就业培训,enum=定向岗前培训,enum=其他培训"`
	Planned    string `json:"planned"`
	Address    string `json:"address"`
	Contact    string `json:"contact"`
	Published
}

// ListedBody is a body on the public list of a province, or one that left it.
type ListedBody struct {
	ID       string `json:"id"`
	Province string `json:"province"`
	ListedBodyEntry
	CreditCodeFits bool            `json:"credit_code_fits" jsonschema:"description=Whether the check character of GB 32100 fits"`
	Projects       []ListedProject `json:"projects"`
	Withdrawn      *Withdrawn      `json:"withdrawn,omitempty"`
}

// ListedProject is a course of a listed body, or one that was withdrawn.
type ListedProject struct {
	No int `json:"no"`
	ListedProjectEntry
	Withdrawn *Withdrawn `json:"withdrawn,omitempty"`
}

// Withdrawn says since when and why something is not on the list.
type Withdrawn struct {
	On     Day    `json:"on" jsonschema:"description=The first day on which it is not on the list"`
	Reason string `json:"reason"`
}

// WithdrawalEntry takes a body off the list, or one of its projects.
type WithdrawalEntry struct {
	Project int `json:"project,omitempty" jsonschema:"description=Number of the project; 0 for the body itself"`
	Withdrawn
}

// ListImport is what an import of a list does.
type ListImport struct {
	Rows   []ListImportRow `json:"rows"`
	Broken []BrokenCell    `json:"broken" jsonschema:"description=Cells that could not be read; nothing of their rows is taken over"`
}

// ListImportRow is a row of a list. Code and Message say why it is refused.
type ListImportRow struct {
	Row     int               `json:"row"`
	Subject string            `json:"subject"`
	Step    training.ListStep `json:"step" jsonschema:"enum=add,enum=change,enum=known,enum=refuse"`
	Code    string            `json:"code,omitempty"`
	Message string            `json:"message,omitempty"`
}

// trainingListRoutes are the public list of training bodies: everybody reads it, the labour authority of the province keeps it.
func (s *Server) trainingListRoutes() []route {
	return []route{
		get("/training/list/:province", "", s.getTrainingList, "The public list of training bodies of a province, by its two digits; those that left it are last", []ListedBody{}),
		post("/training/list/bodies", authz.TrainList, s.postListedBody, "Put a training body on the list of one's province, restate it, or bring it back; twice is harmless",
			ListedBodyEntry{}, ListedBody{}),
		post("/training/list/bodies/:id/projects", authz.TrainList, s.postListedProject, "Add a project to a listed body, or restate it; twice is harmless",
			ListedProjectEntry{}, ListedBody{}),
		post("/training/list/bodies/:id/withdrawal", authz.TrainList, s.postWithdrawal, "Take a body or a project off the list; it stays to be seen with the reason",
			WithdrawalEntry{}, ListedBody{}),
		post("/training/list/preview", authz.TrainList, s.answerList(false), "What taking in a list with the columns of annex 5 or 6 would do", nil, ListImport{}).
			upload("annex", "source", "published").limited(limitUpload),
		post("/training/list/import", authz.TrainList, s.answerList(true), "Take in a list with the columns of annex 5 or 6; twice is harmless", nil, ListImport{}).
			upload("annex", "source", "published").limited(limitUpload),
	}
}

func (b ListedBodyEntry) body() training.ListedBody {
	return training.ListedBody{District: b.District, Name: b.Name, Sort: b.Sort, CreditCode: b.CreditCode, Occupations: b.Occupations, Levels: each(b.Levels, levelOfNumber),
		Address: b.Address, Contact: b.Contact}
}

func (p ListedProjectEntry) project() training.Project {
	return training.Project{District: p.District, Name: p.Name, Mode: p.Mode, Occupation: p.Occupation, Level: levelOfNumber(p.Level), Hours: p.Hours, Program: p.Program,
		Planned: p.Planned, Address: p.Address, Contact: p.Contact}
}

func viewListed(l *training.Listing) ListedBody {
	b := l.Body
	return ListedBody{ID: l.ID, Province: l.Province, CreditCodeFits: engine.CreditCodeMatches(b.CreditCode), Withdrawn: viewWithdrawn(l.Withdrawn()),
		ListedBodyEntry: ListedBodyEntry{District: b.District, Name: b.Name, Sort: b.Sort, CreditCode: b.CreditCode, Occupations: b.Occupations,
			Levels: each(b.Levels, levelNumber), Address: b.Address, Contact: b.Contact, Published: viewPublished(l.Published)},
		Projects: each(l.Projects, func(p training.Project) ListedProject {
			return ListedProject{No: p.No, Withdrawn: viewWithdrawn(p.Withdrawn), ListedProjectEntry: ListedProjectEntry{District: p.District, Name: p.Name, Mode: p.Mode,
				Occupation: p.Occupation, Level: levelNumber(p.Level), Hours: p.Hours, Program: p.Program, Planned: p.Planned, Address: p.Address, Contact: p.Contact,
				Published: viewPublished(p.Published)}}
		})}
}

func viewWithdrawn(w *training.Withdrawal) *Withdrawn {
	if w == nil {
		return nil
	}
	return &Withdrawn{On: Day(w.On), Reason: w.Reason}
}

func viewListPlan(p *training.ListPlan) ListImport {
	return ListImport{Broken: brokenCells(p.Flaws), Rows: each(p.Lines, func(l training.ListLine) ListImportRow {
		return ListImportRow{Row: l.Row, Subject: l.Subject(), Step: l.Step, Code: l.Code, Message: l.Msg}
	})}
}

// brokenCells are the cells of a workbook that could not be read.
func brokenCells(f training.Flaws) []BrokenCell {
	all := []BrokenCell{}
	for n, b := range f.Broken {
		all = append(all, BrokenCell{At: f.Places[n], Problem: b})
	}
	return all
}

func (s *Server) getTrainingList(c *fiber.Ctx) error {
	all, err := s.TrainingLists.Public(c.UserContext(), c.Params("province"))
	return giveAll(c, all, err, viewListed)
}

func (s *Server) postListedBody(c *fiber.Ctx) error {
	var in ListedBodyEntry
	if err := decode(c, &in); err != nil {
		return err
	}
	got, err := s.TrainingLists.List(c.UserContext(), caller(c), in.body(), in.publication())
	return give(c, got, err, viewListed)
}

func (s *Server) postListedProject(c *fiber.Ctx) error {
	var in ListedProjectEntry
	if err := decode(c, &in); err != nil {
		return err
	}
	got, err := s.TrainingLists.Offer(c.UserContext(), caller(c), c.Params("id"), in.project(), in.publication())
	return give(c, got, err, viewListed)
}

func (s *Server) postWithdrawal(c *fiber.Ctx) error {
	var in WithdrawalEntry
	if err := decode(c, &in); err != nil {
		return err
	}
	got, err := s.TrainingLists.Withdraw(c.UserContext(), caller(c), c.Params("id"), in.Project, clock.Date(in.On), in.Reason)
	return give(c, got, err, viewListed)
}

// annexField is the annex that a form names; what is none is 0, which no list accepts.
func annexField(c *fiber.Ctx) training.Annex {
	n, _ := strconv.Atoi(field(c, "annex"))
	return training.Annex(n)
}

// publicationFields are source and published of a form; a day that is none is no day, which no list accepts.
func publicationFields(c *fiber.Ctx) training.Publication {
	on, _ := clock.ParseDate(field(c, "published"))
	return training.Publication{Source: field(c, "source"), On: on}
}

func (s *Server) answerList(commit bool) fiber.Handler {
	return func(c *fiber.Ctx) error {
		name, data, err := upload(c)
		if err != nil {
			return err
		}
		got, err := s.TrainingLists.TakeList(c.UserContext(), caller(c), annexField(c), publicationFields(c), training.File{Name: name, Data: data}, commit)
		return give(c, got, err, viewListPlan)
	}
}
