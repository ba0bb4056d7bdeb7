package web

import (
	"slices"
	"time"

	"github.com/skillcert/skillcert/engine"
)

// RecognitionsView is a body's direct recognitions: why the route is closed or what it asks for, the form, and the cases.
type RecognitionsView struct {
	Org, OrgName  string
	Orgs          []Choice // nil for those who act for one body
	Open          bool
	Code, Why     string // why it is closed
	Levels        []RecognitionLevel
	Terms         []string
	Materials     []Choice
	Days          int
	Taken, Places int
	Staff         int // people whose employment is on record
	Percent       int // of them, that the places come to; zero where the number is fixed
	Document      string
	Verified      bool
	MayApply      bool
	Due           []RecognitionRow // what waits for the reader, of whichever body
	Rows          []RecognitionRow // of Org, what is due left out
	Typed         map[string]string
	Do            string // what was refused: RecognitionApply, or the ID of a case
	Problem       *Problem
}

// RecognitionApply is the form of an application.
const RecognitionApply = "apply"

// Applying is what was refused of the form, nil where something else was.
func (v RecognitionsView) Applying() *Problem {
	if v.Do != RecognitionApply {
		return nil
	}
	return v.Problem
}

// Least is how many people on record give one place.
func (v RecognitionsView) Least() int {
	if v.Percent <= 0 {
		return 0
	}
	return (100 + v.Percent - 1) / v.Percent
}

// IsDue reports whether the case waits for the reader.
func (v RecognitionsView) IsDue(id string) bool {
	return slices.ContainsFunc(v.Due, func(r RecognitionRow) bool { return r.ID == id })
}

// Query keeps the chosen body in the addresses of forms.
func (v RecognitionsView) Query() string {
	if v.Orgs == nil || v.Org == "" {
		return ""
	}
	return "?org=" + v.Org
}

// RecognitionLevel is a level with the years of service that it asks for.
type RecognitionLevel struct {
	Level engine.Level
	Years int
}

// RecognitionRow is one case, with what the reader may do.
type RecognitionRow struct {
	ID, Name, IDMasked        string
	Org, Body                 string // the body's name
	Step                      string // what the case waits for from the reader
	Level                     engine.Level
	State, Terms              string
	Since                     time.Time
	Evidence                  []Choice // name and document
	Superior, Post, Words     string
	On                        time.Time
	By                        string
	At                        time.Time
	Review, Decision          *RecognitionOpinion
	From, Until               time.Time
	Objections                []RecognitionProtest
	Number, Mark              string
	MayReview, MayDecide      bool
	MayWithdraw, MayEnd       bool
	MayIssue, MayAnswer, Mine bool
	Decider                   bool // of what is objected to: another answers
}

// RecognitionOpinion is what a reviewer or decider said.
type RecognitionOpinion struct {
	For        bool
	Reason, By string
	At         time.Time
}

// RecognitionProtest is an objection and its answer. Name and contact are there for those who answer only.
type RecognitionProtest struct {
	No                   int
	Name, Contact, Words string
	At                   time.Time
	Open, Upheld         bool
	Answer               string
}

// RecognitionPublicView is the public list.
type RecognitionPublicView struct {
	Rows             []RecognitionPublicRow
	Do               string // the case whose objection was refused
	By, Reach, Words string
	Problem          *Problem
}

// RecognitionPublicRow is a line of it.
type RecognitionPublicRow struct {
	ID, Name, Body string // masked
	Level          engine.Level
	From, Until    time.Time
}
