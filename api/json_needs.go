package api

import (
	"strconv"

	"github.com/gofiber/fiber/v2"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/training"
)

// NeedList is a list of people to be trained, with them where one list was asked for.
type NeedList struct {
	ID         string       `json:"id"`
	Annex      int          `json:"annex" jsonschema:"description=3 for care institutions and 4 for key employment groups"`
	Filler     string       `json:"filler" jsonschema:"description=Who made the list"`
	Org        engine.OrgID `json:"org,omitempty" jsonschema:"description=The training body that may enrol from it"`
	On         Day          `json:"on"`
	People     int          `json:"people"`
	Documented int          `json:"documented" jsonschema:"description=How many have a document and can enter a class"`
	Enrolled   int          `json:"enrolled"`
	Needs      []Need       `json:"needs,omitempty"`
}

// Need is a person of a list. Telephone, document and address are masked.
type Need struct {
	No         int            `json:"no"`
	Name       string         `json:"name"`
	District   string         `json:"district,omitempty"`
	Employer   string         `json:"employer,omitempty"`
	Age        int            `json:"age,omitempty"`
	Category   string         `json:"category,omitempty"`
	Occupation string         `json:"occupation,omitempty"`
	Level      int            `json:"level,omitempty"`
	Program    string         `json:"program,omitempty"`
	Planned    string         `json:"planned,omitempty"`
	Phone      string         `json:"phone_masked,omitempty"`
	IDType     engine.IDType  `json:"id_type,omitempty"`
	IDNumber   string         `json:"id_number_masked,omitempty"`
	Basis      training.Basis `json:"basis,omitempty"`
	Class      string         `json:"class,omitempty" jsonschema:"description=That the person entered from this list"`
}

// NeedDocument is the document of a person of a list.
type NeedDocument struct {
	IDType   engine.IDType `json:"id_type,omitempty" jsonschema:"description=201 (default) for a resident card"`
	IDNumber string        `json:"id_number"`
	Born     *Day          `json:"born,omitempty" jsonschema:"description=Where the number does not say"`
	Sex      engine.Sex    `json:"sex,omitempty"`
}

// NeedEnrolment proposes a list for a class.
type NeedEnrolment struct {
	List  string         `json:"list"`
	Basis training.Basis `json:"basis,omitempty" jsonschema:"description=Of rows that tell none: newcomer completed certified or practising"`
}

// NeedImport is what an import of a list of needs does.
type NeedImport struct {
	Rows   []NeedImportRow `json:"rows"`
	Broken []BrokenCell    `json:"broken" jsonschema:"description=Cells that could not be read; nothing of their rows is kept"`
	List   string          `json:"list,omitempty" jsonschema:"description=The list that was made, or that says the same already"`
	Known  bool            `json:"known,omitempty" jsonschema:"description=A list that says the same was there before"`
}

// NeedImportRow is a row of a list of needs. Code and Message say what is lacking, or why it is refused.
type NeedImportRow struct {
	Row     int               `json:"row"`
	Name    string            `json:"name"`
	Step    training.NeedStep `json:"step" jsonschema:"enum=ready,enum=only,enum=refuse"`
	Code    string            `json:"code,omitempty"`
	Message string            `json:"message,omitempty"`
}

// needRoutes are the lists of people to be trained, of a training body or of the authority of a province.
func (s *Server) needRoutes() []route {
	return []route{
		get("/training/needs", authz.NeedWrite, s.listNeeds, "Lists of people to be trained: those of one's own body or of one's province", []NeedList{}),
		get("/training/needs/:id", authz.NeedWrite, s.getNeeds, "A list with its people, masked", NeedList{}),
		post("/training/needs/preview", authz.NeedWrite, s.answerNeeds(false), "What taking in a list with the columns of annex 3 or 4 would do; an authority names the training body by org",
			nil, NeedImport{}).upload("annex", "filler").limited(limitUpload),
		post("/training/needs/import", authz.NeedWrite, s.answerNeeds(true), "Take in a list with the columns of annex 3 or 4; twice is harmless", nil, NeedImport{}).
			upload("annex", "filler").limited(limitUpload),
		post("/training/needs/:id/people/:no/document", authz.NeedWrite, s.postNeedDocument, "Write down the document of a person of a list", NeedDocument{}, NeedList{}),
		post("/training/classes/:id/needs/preview", authz.TrainWrite, s.answerNeedEnrolment(false), "Who of a list can enter a class, and why the others cannot", NeedEnrolment{}, Roll{}),
		post("/training/classes/:id/needs", authz.TrainWrite, s.answerNeedEnrolment(true), "Enrol who of a list can enter a class; twice is harmless", NeedEnrolment{}, Roll{}),
	}
}

func viewNeedList(l *training.NeedList) NeedList {
	return NeedList{ID: l.ID, Annex: int(l.Annex), Filler: l.Filler, Org: l.Org, On: Day(l.On), People: len(l.Needs), Documented: l.Documented(), Enrolled: l.Enrolled()}
}

func viewNeeds(l *training.NeedList) NeedList {
	v := viewNeedList(l)
	v.Needs = each(l.Needs, func(n training.Need) Need {
		return Need{No: n.No, Name: n.Name, District: n.District, Employer: n.Employer, Age: n.Age, Category: n.Category, Occupation: n.Occupation, Level: levelNumber(n.Level),
			Program: n.Program, Planned: n.Planned, Phone: engine.MaskPhone(n.Phone), IDType: n.IDType, IDNumber: engine.MaskID(n.IDNumber), Basis: n.Basis, Class: n.Class}
	})
	return v
}

func viewNeedPlan(p *training.NeedPlan) NeedImport {
	v := NeedImport{Broken: brokenCells(p.Flaws), Known: p.Known, Rows: each(p.Lines, func(l training.NeedLine) NeedImportRow {
		return NeedImportRow{Row: l.Row, Name: l.Name, Step: l.Step, Code: l.Code, Message: l.Msg}
	})}
	if p.List != nil {
		v.List = p.List.ID
	}
	return v
}

func (s *Server) listNeeds(c *fiber.Ctx) error {
	all, err := s.Training.NeedLists(c.UserContext(), caller(c))
	return giveAll(c, all, err, viewNeedList)
}

func (s *Server) getNeeds(c *fiber.Ctx) error {
	got, err := s.Training.Needs(c.UserContext(), caller(c), c.Params("id"))
	return give(c, got, err, viewNeeds)
}

func (s *Server) answerNeeds(commit bool) fiber.Handler {
	return func(c *fiber.Ctx) error {
		name, data, err := upload(c)
		if err != nil {
			return err
		}
		got, err := s.Training.TakeNeeds(c.UserContext(), caller(c), annexField(c), field(c, "filler"), engine.OrgID(field(c, "org")), training.File{Name: name, Data: data}, commit)
		return give(c, got, err, viewNeedPlan)
	}
}

// needNo is the number of a person in a list; what is none is 0, which no list has.
func needNo(c *fiber.Ctx) int {
	n, _ := strconv.Atoi(c.Params("no"))
	return n
}

func (s *Server) postNeedDocument(c *fiber.Ctx) error {
	var in NeedDocument
	if err := decode(c, &in); err != nil {
		return err
	}
	p := TrainedPerson{IDType: in.IDType, IDNumber: in.IDNumber, Born: in.Born, Sex: in.Sex}.person()
	got, err := s.Training.Identify(c.UserContext(), caller(c), c.Params("id"), needNo(c), p)
	return give(c, got, err, viewNeeds)
}

func (s *Server) answerNeedEnrolment(commit bool) fiber.Handler {
	return func(c *fiber.Ctx) error {
		var in NeedEnrolment
		if err := decode(c, &in); err != nil {
			return err
		}
		got, err := s.Training.EnrolNeeds(c.UserContext(), caller(c), c.Params("id"), in.List, in.Basis, commit)
		return give(c, got, err, viewRoll)
	}
}
