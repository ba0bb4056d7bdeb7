package web

import (
	"time"

	"github.com/skillcert/skillcert/engine"
)

// TrainingView is the desk of a training body: its courses and classes. Others choose a body first. Forms: POST /training/courses with
// name, level, basic, theory, practical; POST /training/classes with course, code, name, from, to.
type TrainingView struct {
	Org, Name string
	Bodies    []BodyRow // to choose from; none for a training body
	Courses   []CourseRow
	Classes   []ClassRow
	MayWrite  bool
	MayNeeds  bool   // the reader keeps lists of people to be trained
	Do        string // the form that was refused: course or class
	Typed     Typed
	Problem   *Problem
}

// CourseRow is one course; Below says by how many class hours it falls short of the reference.
type CourseRow struct {
	ID, Name          string
	Level             engine.Level
	Basic             bool
	Theory, Practical int
	Below             int
}

// ClassRow is one class in a list.
type ClassRow struct {
	ID, Code, Name, Teachers string
	Level                    engine.Level
	From, To                 time.Time // To is the last day
	Trainees                 int
}

// ClassView is one class with its teachers and trainees. Forms, below /training/classes/{id}: teachers, enrolments with name, id_type,
// id_number, sex, born, basis, proof, since; roll/preview with file, roll with name and data; teachers/{person}/striking with reason;
// enrolments/{person}/completion with result and hours, /departure with until and reason, /correction with basis, proof, since and
// reason, /striking with reason.
type ClassView struct {
	ClassRow
	Org, OrgName  string
	MayWrite      bool
	Over          bool // results may be written down
	Staff         []TeacherRow
	Rows          []TraineeRow
	Plan          *RollView // of a roll that was previewed or taken
	Bases, Genres []string  // to choose from
	Do            string    // the form that was refused: teacher, enrol, roll, or that of a person
	Typed         Typed
	Problem       *Problem
}

// TeacherRow is a teacher; Reason says why one was struck.
type TeacherRow struct {
	Person, Name, Reason string
	Struck               bool
}

// TraineeRow is a trainee.
type TraineeRow struct {
	Person, Name, Basis, Proof string
	No, Hours                  int
	Since, Until, On           time.Time
	Result, Number             string
	Category, Genre            string
	Late                       bool // recorded after the class was over
	Earlier                    []EarlierRow
}

// EarlierRow is what an enrolment said before it was corrected.
type EarlierRow struct {
	Basis, Proof, Reason string
	Since, At            time.Time
}

// RollView is what a roll does, or did. Data is the file, which goes back with the commit.
type RollView struct {
	File, Data          string
	Done                bool
	New, Known, Refused int
	Rows                []RollLine
	Broken              []BrokenCell
}

// RollLine is a row of a roll.
type RollLine struct {
	Row                int
	Name, IDMasked     string
	Step, Code, Detail string
}
