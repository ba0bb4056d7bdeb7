package web

import (
	"time"

	"github.com/skillcert/skillcert/engine"
)

// PersonsView looks for persons: by the number of a document, a telephone number or a name, each whole.
type PersonsView struct {
	Typed PersonTyped
	Asked bool // somebody was looked for
	Rows  []PersonRow
	More  bool // others have the name, too

	MayRegister bool
	Entry       PersonEntryTyped
	Do          string // PersonEntry where its form was refused
	Problem     *Problem
}

// PersonEntry is the form that registers a person.
const PersonEntry = "entry"

// PersonEntryTyped is what that form held.
type PersonEntryTyped struct{ IDType, IDNumber, Name, Born, Sex, Phone string }

// Sexes are what the form that registers offers.
func (PersonsView) Sexes() []string { return []string{string(engine.Female), string(engine.Male)} }

// Entering is what was refused of the form that registers.
func (v PersonsView) Entering() *Problem {
	if v.Do != PersonEntry {
		return nil
	}
	return v.Problem
}

// Searching is what was refused of the search.
func (v PersonsView) Searching() *Problem {
	if v.Do == PersonEntry {
		return nil
	}
	return v.Problem
}

// PersonTyped is what the form of a search held.
type PersonTyped struct{ IDType, IDNumber, Phone, Name string }

// PersonRow is a person as everybody sees them who works on them.
type PersonRow struct {
	ID, Name, IDType        string
	NumberMask, PhoneMasked string // PhoneMasked "" for none
	AddressMasked           string // "" for none
}

// PersonView is one person with what they have to do with the reader's body.
type PersonView struct {
	PersonRow
	Photo        string // "" for none
	Applications []PersonApplication
	MayApply     bool // the reader sees applications
	Trail        []TrailRow
	MayClear     bool
	Shown        *PersonShown // what was just read in clear
	Typed        ClearTyped
	Readings     []ReadingRow
	MayWatch     bool // the reader sees who read in clear
	Passes       []PassRow
	MaySeePasses bool      // the reader sees what is kept for a retake
	MayTies      bool      // the reader sees ties
	Pairs        []TwinRow // who may be the same under another document
	Problem      *Problem
}

// PersonApplication is one application of a person for a session of the reader's body.
type PersonApplication struct {
	Session, Name string
	Level         engine.Level
	Day           time.Time
	Accepted      bool
	Reasons       []string // why not
}

// PersonShown is what a reading shows; "" for what was not asked for.
type PersonShown struct{ Number, Phone, Address string }

// ClearTyped is what the form of a reading held.
type ClearTyped struct {
	Number, Phone, Address bool
	Purpose                string
}

// ReadingsView lists readings in clear, of a person or by an account.
type ReadingsView struct {
	Typed   ReadingsTyped
	Asked   bool
	Whose   string // masked name of the person, or the account
	Rows    []ReadingRow
	More    bool // older ones are in JSON
	Problem *Problem
}

// ReadingsTyped is what its form held.
type ReadingsTyped struct{ Account, IDType, IDNumber string }

// ReadingRow is one reading. A file of many persons has Export and Count.
type ReadingRow struct {
	At      time.Time
	By, Org string
	Whom    string // masked name; "" for an export
	Export  string
	Count   int
	Fields  []string // keys of Detail
	Purpose string
}

// PairsView is one pair of persons who look like one human, or those that wait.
type PairsView struct {
	Rows           []TwinRow
	One            bool   // a page of one pair, with its form
	Next           string // cursor
	Ground, Reason string // what the form held
	Problem        *Problem
}

// TwinRow is a pair; both are masked.
type TwinRow struct {
	ID, State string
	Persons   []TwinPerson
	Shared    []string
	Trail     []TrailRow
	Theirs    bool // the reader's body has to do with one of them only

	MayAsk, MayDecide, MayTakeBack bool
}

// TwinPerson is one of the two, masked.
type TwinPerson struct{ Name, IDType, Number string }
