package api

import (
	"github.com/gofiber/fiber/v2"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/training"
)

// CourseEntry makes a course.
type CourseEntry struct {
	Name      string `json:"name"`
	Level     int    `json:"level"`
	Basic     bool   `json:"basic,omitempty" jsonschema:"description=Teaches the basics of the occupation as well; level 5 only"`
	Theory    int    `json:"theory" jsonschema:"description=Class hours"`
	Practical int    `json:"practical" jsonschema:"description=Class hours"`
}

// Course is a course. Below says by how many class hours it falls short of the reference.
type Course struct {
	ID string `json:"id"`
	CourseEntry
	Below int `json:"below,omitempty"`
}

// ClassEntry opens a class of a course.
type ClassEntry struct {
	Course string `json:"course"`
	Code   string `json:"code" jsonschema:"description=2 to 12 capital letters or digits"`
	Name   string `json:"name"`
	From   Day    `json:"from"`
	To     Day    `json:"to" jsonschema:"description=The last day"`
}

// Class is a class with its trainees, where one class was asked for.
type Class struct {
	ID string `json:"id"`
	ClassEntry
	Level      int         `json:"level"`
	Teachers   []string    `json:"teachers,omitempty"`
	Teaching   []Teacher   `json:"teaching,omitempty" jsonschema:"description=The teachers again, those written down in error too"`
	Trainees   int         `json:"trainees"`
	Enrolments []Enrolment `json:"enrolments,omitempty"`
}

// Teacher is a teacher of a class.
type Teacher struct {
	Person engine.PersonID `json:"person"`
	Name   string          `json:"name"`
	Struck bool            `json:"struck,omitempty"`
	Reason string          `json:"reason,omitempty"`
}

// TrainedPerson is a teacher or a trainee by name and document number.
type TrainedPerson struct {
	Name     string        `json:"name"`
	IDType   engine.IDType `json:"id_type,omitempty"`
	IDNumber string        `json:"id_number"`
	Born     *Day          `json:"born,omitempty" jsonschema:"description=Where the number does not say"`
	Sex      engine.Sex    `json:"sex,omitempty"`
}

func (p TrainedPerson) person() engine.Person {
	if p.IDType == "" {
		p.IDType = engine.ResidentCard
	}
	return engine.Person{Name: p.Name, IDType: p.IDType, IDNumber: p.IDNumber, Born: orNoDay(p.Born), Sex: p.Sex}
}

// EnrolmentEntry puts a trainee into a class.
type EnrolmentEntry struct {
	TrainedPerson
	Basis training.Basis `json:"basis" jsonschema:"enum=newcomer,enum=completed,enum=certified,enum=practising"`
	Proof string         `json:"proof,omitempty" jsonschema:"description=Number of the certificate, or where the work is done"`
	Since *Day           `json:"since,omitempty"`

	Category string `json:"category,omitempty"`
	Program  string `json:"program,omitempty"`
}

// CorrectionOfEnrolment is what an enrolment should have said.
type CorrectionOfEnrolment struct {
	Basis  training.Basis `json:"basis" jsonschema:"enum=newcomer,enum=completed,enum=certified,enum=practising"`
	Proof  string         `json:"proof,omitempty"`
	Since  Day            `json:"since"`
	Reason string         `json:"reason"`
}

// Striking says why something was written down in error.
type Striking struct {
	Reason string `json:"reason"`
}

// Roll is what becomes of the rows of a roll.
type Roll struct {
	Rows   []RollRow    `json:"rows"`
	Broken []BrokenCell `json:"broken" jsonschema:"description=Cells that could not be read; nothing of their rows is taken over"`
}

// RollRow is a row of a roll. Code and Message say why it is refused.
type RollRow struct {
	Row     int           `json:"row"`
	Name    string        `json:"name"`
	Step    training.Step `json:"step" jsonschema:"enum=enrol,enum=finish,enum=both,enum=known,enum=refuse"`
	Code    string        `json:"code,omitempty"`
	Message string        `json:"message,omitempty"`
}

// Enrolment is a trainee of a class. Number is that of the completion certificate, which is no skill certificate.
type Enrolment struct {
	Person  engine.PersonID  `json:"person"`
	Name    string           `json:"name"`
	No      int              `json:"no"`
	Basis   training.Basis   `json:"basis"`
	Since   Day              `json:"since"`
	Until   *Day             `json:"until,omitempty"`
	Result  training.Outcome `json:"result"`
	Hours   int              `json:"hours,omitempty"`
	Number  string           `json:"completion_number,omitempty"`
	On      *Day             `json:"completed_on,omitempty"`
	TieKept string           `json:"tie_kept,omitempty" jsonschema:"description=Why the tie of the attendance goes on although the enrolment ended"`

	Proof    string              `json:"proof,omitempty"`
	Category string              `json:"category,omitempty"`
	Program  string              `json:"program,omitempty"`
	Earlier  []training.Declared `json:"earlier,omitempty" jsonschema:"description=What it said before it was corrected"`
}

// CompletionEntry is the result of a trainee.
type CompletionEntry struct {
	Result training.Outcome `json:"result" jsonschema:"enum=passed,enum=failed"`
	Hours  int              `json:"hours" jsonschema:"description=Class hours attended"`
}

// DepartureEntry ends an enrolment early.
type DepartureEntry struct {
	Until  Day    `json:"until" jsonschema:"description=The last day"`
	Reason string `json:"reason"`
}

// trainingRoutes are what training bodies keep. An authority names the body by org.
func (s *Server) trainingRoutes() []route {
	return []route{
		get("/training/courses", authz.TrainRead, s.listCourses, "Courses of one's own body, or of the one that org names", []Course{}),
		post("/training/courses", authz.TrainWrite, s.postCourse, "Add a course; twice is harmless", CourseEntry{}, Course{}),
		get("/training/classes", authz.TrainRead, s.listClasses, "Classes of one's own body, or of the one that org names", []Class{}),
		post("/training/classes", authz.TrainWrite, s.postClass, "Open a class of a course; twice is harmless", ClassEntry{}, Class{}),
		get("/training/classes/:id", authz.TrainRead, s.getClass, "A class with its trainees and their completion certificates", Class{}),
		post("/training/classes/:id/teachers", authz.TrainWrite, s.postTeacher, "Write a teacher into a class; who teaches it does not examine its trainees",
			TrainedPerson{}, Class{}),
		post("/training/classes/:id/enrolments", authz.TrainWrite, s.postEnrolment, "Enrol a trainee; twice is harmless", EnrolmentEntry{}, Enrolment{}),
		post("/training/classes/:id/enrolments/:person/completion", authz.TrainWrite, s.postCompletion,
			"The result of a trainee once the class is over; a pass has a completion certificate's number", CompletionEntry{}, Enrolment{}),
		post("/training/classes/:id/enrolments/:person/departure", authz.TrainWrite, s.postDeparture, "End an enrolment before the class does", DepartureEntry{},
			Enrolment{}),
		post("/training/classes/:id/enrolments/:person/correction", authz.TrainWrite, s.postRestatement,
			"What an enrolment should have said; what it said is kept, and its tie goes on contested", CorrectionOfEnrolment{}, Enrolment{}),
		post("/training/classes/:id/enrolments/:person/striking", authz.TrainWrite, s.postStriking,
			"Say that an enrolment was written down in error; its tie goes on contested", Striking{}, Enrolment{}),
		post("/training/classes/:id/teachers/:person/striking", authz.TrainWrite, s.postTeacherStriking,
			"Say that a teacher was written down in error; the tie goes on contested", Striking{}, Class{}),
		post("/training/classes/:id/roll/preview", authz.TrainWrite, s.answerRoll(false), "What taking in a roll would do", nil, Roll{}).upload().limited(limitUpload),
		post("/training/classes/:id/roll", authz.TrainWrite, s.answerRoll(true), "Take in a roll; twice is harmless", nil, Roll{}).upload().limited(limitUpload),
	}
}

func (s *Server) viewCourse(c *training.Course) Course {
	return Course{ID: c.ID, CourseEntry: CourseEntry{Name: c.Name, Level: levelNumber(c.Level), Basic: c.Basic, Theory: c.Theory, Practical: c.Practical},
		Below: c.Below(s.Training.Policy())}
}

func viewClass(c *training.Class) Class {
	return Class{ID: c.ID, ClassEntry: ClassEntry{Course: c.Course, Code: c.Code, Name: c.Name, From: Day(c.From), To: Day(c.To)}, Level: levelNumber(c.Level),
		Teachers: teacherNames(c), Trainees: len(c.Roll), Teaching: each(c.Teachers, func(t training.Teaching) Teacher { return Teacher(t) })}
}

// teacherNames are those of the teachers that were not written down in error.
func teacherNames(c *training.Class) (names []string) {
	for _, t := range c.Teachers {
		if !t.Struck {
			names = append(names, t.Name)
		}
	}
	return names
}

func viewRoll(p *training.RollPlan) Roll {
	return Roll{Broken: brokenCells(training.Flaws{Broken: p.Broken, Places: p.Places}), Rows: each(p.Lines, func(l training.RollLine) RollRow {
		return RollRow{Row: l.Row, Name: l.Person.Name, Step: l.Step, Code: l.Code, Message: l.Msg}
	})}
}

func viewEnrolment(e *training.Enrolment) Enrolment {
	return Enrolment{Person: e.Person, Name: e.Name, No: e.No, Basis: e.Basis, Since: Day(e.Since), Until: dayOrNone(e.Until), Result: e.Result, Hours: e.Hours,
		Number: e.Number, On: dayOrNone(e.On), Proof: e.Proof, Category: e.Category, Program: e.Program, Earlier: e.Earlier}
}

func (s *Server) listCourses(c *fiber.Ctx) error {
	all, err := s.Training.Courses(c.UserContext(), caller(c), askedOrg(c))
	return giveAll(c, all, err, s.viewCourse)
}

func (s *Server) postCourse(c *fiber.Ctx) error {
	var in CourseEntry
	if err := decode(c, &in); err != nil {
		return err
	}
	got, _, err := s.Training.AddCourse(c.UserContext(), caller(c), training.Course{Name: in.Name, Level: levelOfNumber(in.Level), Basic: in.Basic, Theory: in.Theory,
		Practical: in.Practical})
	return give(c, got, err, s.viewCourse)
}

func (s *Server) listClasses(c *fiber.Ctx) error {
	all, err := s.Training.Classes(c.UserContext(), caller(c), askedOrg(c))
	return giveAll(c, all, err, viewClass)
}

func (s *Server) postClass(c *fiber.Ctx) error {
	var in ClassEntry
	if err := decode(c, &in); err != nil {
		return err
	}
	got, err := s.Training.OpenClass(c.UserContext(), caller(c), training.Class{Course: in.Course, Code: in.Code, Name: in.Name, From: clock.Date(in.From), To: clock.Date(in.To)})
	return give(c, got, err, viewClass)
}

func (s *Server) getClass(c *fiber.Ctx) error {
	got, rows, err := s.Training.Class(c.UserContext(), caller(c), c.Params("id"))
	return give(c, got, err, func(k *training.Class) Class {
		v := viewClass(k)
		v.Enrolments = each(rows, viewEnrolment)
		return v
	})
}

func (s *Server) postTeacher(c *fiber.Ctx) error {
	var in TrainedPerson
	if err := decode(c, &in); err != nil {
		return err
	}
	got, err := s.Training.AddTeacher(c.UserContext(), caller(c), c.Params("id"), in.person())
	return give(c, got, err, viewClass)
}

func (s *Server) postEnrolment(c *fiber.Ctx) error {
	var in EnrolmentEntry
	if err := decode(c, &in); err != nil {
		return err
	}
	got, err := s.Training.Enrol(c.UserContext(), caller(c), c.Params("id"), training.Entry{Person: in.person(), Basis: in.Basis, Proof: in.Proof, Since: orNoDay(in.Since),
		Category: in.Category, Program: in.Program})
	return give(c, got, err, viewEnrolment)
}

func (s *Server) postCompletion(c *fiber.Ctx) error {
	var in CompletionEntry
	if err := decode(c, &in); err != nil {
		return err
	}
	got, err := s.Training.Finish(c.UserContext(), caller(c), c.Params("id"), engine.PersonID(c.Params("person")), in.Result, in.Hours)
	return give(c, got, err, viewEnrolment)
}

func (s *Server) postDeparture(c *fiber.Ctx) error {
	var in DepartureEntry
	if err := decode(c, &in); err != nil {
		return err
	}
	got, err := s.Training.Leave(c.UserContext(), caller(c), c.Params("id"), engine.PersonID(c.Params("person")), clock.Date(in.Until), in.Reason)
	return give(c, got, err, viewChange)
}

func viewChange(k *training.Change) Enrolment {
	v := viewEnrolment(k.Enrolment)
	v.TieKept = k.TieKept
	return v
}

func trainee(c *fiber.Ctx) engine.PersonID { return engine.PersonID(c.Params("person")) }

func (s *Server) postRestatement(c *fiber.Ctx) error {
	var in CorrectionOfEnrolment
	if err := decode(c, &in); err != nil {
		return err
	}
	got, err := s.Training.Restate(c.UserContext(), caller(c), c.Params("id"), trainee(c),
		training.Statement{Basis: in.Basis, Proof: in.Proof, Since: clock.Date(in.Since), Reason: in.Reason})
	return give(c, got, err, viewChange)
}

func (s *Server) postStriking(c *fiber.Ctx) error {
	var in Striking
	if err := decode(c, &in); err != nil {
		return err
	}
	got, err := s.Training.Strike(c.UserContext(), caller(c), c.Params("id"), trainee(c), in.Reason)
	return give(c, got, err, viewChange)
}

func (s *Server) postTeacherStriking(c *fiber.Ctx) error {
	var in Striking
	if err := decode(c, &in); err != nil {
		return err
	}
	got, err := s.Training.StrikeTeacher(c.UserContext(), caller(c), c.Params("id"), trainee(c), in.Reason)
	return give(c, got, err, viewClass)
}

func (s *Server) answerRoll(commit bool) fiber.Handler {
	return func(c *fiber.Ctx) error {
		name, data, err := upload(c)
		if err != nil {
			return err
		}
		got, err := s.Training.TakeRoll(c.UserContext(), caller(c), c.Params("id"), training.File{Name: name, Data: data}, commit)
		return give(c, got, err, viewRoll)
	}
}
