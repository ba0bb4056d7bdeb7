package web

import (
	"time"

	"github.com/skillcert/skillcert/engine"
)

// ImportsView is where files of items are brought in: the form, and the imports so far.
type ImportsView struct {
	Jobs      []ImportRow
	Levels    []engine.Level
	Provinces []Choice
	Typed     ImportTyped
	Problem   *Problem
}

// ImportTyped is what the form says of every item of a file that does not say it itself.
type ImportTyped struct {
	Level           engine.Level
	Province, Point string
	Difficulty      int
}

// ImportRow is one import; State is planning, ready, importing, done or failed.
type ImportRow struct {
	ID, Name, State, By string
	Started             time.Time
	Added, Refused      int
}

// ImportView is one import: what it would do, is doing or did.
type ImportView struct {
	ImportRow
	Format, Encoding   string
	Replaced           int
	Unchanged, Skipped int
	Done, Total        int  // rows written, while importing
	Blocked            bool // all or nothing, and not all can
	Running            bool // a worker has something to do
	Whole              bool
	Exact, Near, Taken string       // decisions: add, replace, skip; Taken may be ""
	Decidable          bool         // other decisions can be taken
	KeepDays           int          // for which it waits for somebody to decide
	Expired            bool         // nobody did
	Shown              []ImportItem // the first of what goes in
	Rows               []ImportMatch
	Problems           []ImportProblem
	Dropped            []ImportDropped
	MoreRows           int // that are not listed
	MoreProblems       int
	MoreDropped        int
	Refusal            *Problem // why a file was refused whole
	Problem            *Problem
	MayReplace         bool
}

// Changes is how many items an import adds or gives a next version.
func (v ImportView) Changes() int { return v.Added + v.Replaced }

// ImportItem is an item that goes in, as text.
type ImportItem struct {
	Item, Stem, Key, Point string
	Options                []string
	Judgement              string // whose key is "true" or "false"; "" for the other types
}

// ImportMatch is a row that the bank, or an earlier row, has already.
type ImportMatch struct {
	Item, Outcome, Target string
	At                    ImportPlace
	Matches               []ImportLike
	Decision              string // exception of this row, "" for the rule
}

// ImportLike is what a row is like: Kind is conflict, exact or near.
type ImportLike struct {
	Kind, Item string
	InBank     bool
	Percent    int
}

// ImportProblem is one row that was put aside.
type ImportProblem struct {
	At                       ImportPlace
	Field, Found, Want, Code string
}

// ImportPlace is where something stands in a file: Row is 0 for the file as a whole.
type ImportPlace struct {
	File    string
	Row     int
	Element string
	Item    string
}

// ImportDropped is something that was left out of an item.
type ImportDropped struct {
	At        ImportPlace
	What, Why string
}
