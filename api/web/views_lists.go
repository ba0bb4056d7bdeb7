package web

import (
	"strings"
	"time"

	"github.com/skillcert/skillcert/engine"
)

// TrainingListView is the public list of training bodies of a province, and for its labour authority the desk where it is kept. Forms:
// POST /training-list/preview with file, annex, source, published; POST /training-list/import with name, data and the same; POST
// /training-list/bodies with district, name, sort, credit_code, occupations, level, address, contact, source, published; POST
// /training-list/bodies/{id}/projects with district, name, mode, occupation, grade, hours, program, planned, address, contact, source,
// published; POST /training-list/bodies/{id}/withdrawal with project, on, reason.
type TrainingListView struct {
	Province, ProvinceName string
	Provinces              []Choice
	Query                  string // what the rows were chosen by
	Rows                   []ListedRow
	Sorts, Modes, Genres   []string
	MayKeep                bool
	Plan                   *ListPlanView // of a workbook that was previewed or taken
	Do                     string        // the form that was refused: import, body, id/project, id/withdrawal
	Typed                  Typed
	Problem                *Problem
}

// ListedRow is one body; Gone is zero while it is on the list.
type ListedRow struct {
	ID, District, Name, Sort, CreditCode  string
	Fits                                  bool // the check character of the credit code
	Occupations, Address, Contact, Source string
	Levels                                []engine.Level
	Hours                                 []LevelHours
	Published, Gone                       time.Time
	Why                                   string
	Projects                              []ProjectRow
}

// Says reports whether words are in what the row says.
func (r ListedRow) Says(words string) bool {
	return strings.Contains(strings.Join([]string{r.District, r.Name, r.Sort, r.CreditCode, r.Occupations, r.Address}, "\n"), words)
}

// LevelHours are the hours of the shortest and the longest project of a level.
type LevelHours struct {
	Level       engine.Level
	Least, Most int
}

// ProjectRow is one project of a listed body.
type ProjectRow struct {
	No                               int
	District, Name, Mode, Occupation string
	Level                            engine.Level
	Hours                            int
	Genre, Planned, Address, Contact string
	Source                           string
	Published, Gone                  time.Time
	Why                              string
}

// ListPlanView is what a workbook does, or did. Data is the file, which goes back with the commit.
type ListPlanView struct {
	File, Data          string
	Done                bool
	New, Known, Refused int
	Rows                []ListLineRow
	Broken              []BrokenCell
}

// ListLineRow is a row of a list.
type ListLineRow struct {
	Row                         int
	Subject, Step, Code, Detail string
}

// NeedsView is the lists of people to be trained. Forms: POST /training/needs/preview with file, annex, filler, org; POST
// /training/needs/import with name, data and the same.
type NeedsView struct {
	Rows    []NeedListRow
	Bodies  []Choice // to hand a list to
	MayHand bool     // the reader is an authority
	Plan    *ListPlanView
	Do      string // the form that was refused: import
	Typed   Typed
	Problem *Problem
}

// NeedListRow is one list.
type NeedListRow struct {
	ID, Filler, Body             string
	Annex                        int
	On                           time.Time
	People, Documented, Enrolled int
}

// NeedView is one list with its people. Forms: POST /training/needs/{id}/export; POST /training/needs/{id}/people/{no}/document with
// id_type, id_number, sex, born; POST /training/needs/{id}/enrolment/preview and /enrolment with class, basis.
type NeedView struct {
	NeedListRow
	Needs    []NeedRow
	Classes  []ClassRow
	Bases    []string
	MayEnrol bool
	Plan     *RollView
	Do       string // the form that was refused: enrolment, or the number of a person
	Typed    Typed
	Problem  *Problem
}

// NeedRow is one person; telephone and document are masked.
type NeedRow struct {
	No, Age                                        int
	Name, District, Employer, Category, Occupation string
	Level                                          engine.Level
	Genre, Planned, Phone, IDMasked, Class         string
}
