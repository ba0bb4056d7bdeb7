package web

import (
	"time"

	"github.com/skillcert/skillcert/engine"
)

// DrawView is the draw of one session (组卷公证), for the exam office, custodians and supervision. It holds no secret but
// Code, which is shown once to the custodian it was made for.
type DrawView struct {
	Session, SessionName string
	Level                engine.Level
	Begun, Old, Alone    bool
	Stage                string   // one of Stages, "" before anything
	Stages               []string // in their order
	Release, Blueprint   string
	BlueprintHref        string // for those who may read it
	Threshold, Quorum    int
	Source, SourceText   string // of the public random value
	Round                int    // of drand, and when it is out
	RoundDue             time.Time
	Value, Witnesses     string // what was observed
	Forms, Reserves      int
	Root                 string
	Roots                []DrawRoot
	Custodians           []DrawKeeper
	Proposed             *DrawProposed
	Seconded             bool // a redraw is decided by another account of the office, not by custodians
	Aside                []DrawAside
	Log                  []DrawLine
	Frozen               string // hash of the entry that fixes the roots

	Own        int    // number of the reader among the custodians, 0 for none
	OwnStep    string // enrol, commit, open, part, sign; "" when there is nothing to do
	Code       string // made a moment ago
	MayRun     bool   // the exam office
	MayAppoint bool
	Typed      DrawTyped
	Undecided  Undecided
	MayFreeze  bool
	MayObserve bool
	MayDraw    bool
	MayRedraw  bool
	MayMend    bool // late candidates, withdrawn items
	Stopped    []DrawStopped
	Withhold   []Choice // custodians whose secret is missing
	Latecomers []Choice
	Transcript bool        // it may be had
	Papers     []PaperPart // that may be printed
	Problem    *Problem
}

// DrawTyped is what stands in the form that names custodians.
type DrawTyped struct{ Logins, Threshold, Source, Text string }

// PaperPart is a part of a room whose forms are printed at once: seats From to To.
type PaperPart struct {
	Room, Name string
	From, To   int
}

// DrawRoot is one of the values that bind the inputs: Key is operator, bank, plan, roster, usage, engine.
type DrawRoot struct{ Key, Value string }

// DrawKeeper is a custodian's row.
type DrawKeeper struct {
	Number                      int
	Name, Org                   string
	Enrolled, Committed, Opened bool
	Commitment                  string // hex
	Withheld                    string // why
	Recovered                   bool
	Seen                        bool // the code was made or entered on this page
}

// DrawProposed is a redraw that waits for signatures, or for the word of another account of the office.
type DrawProposed struct {
	Reason     string
	Signed     int
	By         string
	Mine       bool // the reader asked for it
	MayConfirm bool
}

// DrawAside is a draw that was put aside before it came to forms. Last is the hash of its log's last entry, "" for none.
type DrawAside struct {
	At                 time.Time
	Reason, By, Second string
	Last               string
}

// DrawStopped is an item that the bank took out of use and that forms of the session hold. Started of the Forms were
// opened already.
type DrawStopped struct {
	Code, State, Reason      string
	Forms, Started, Reserves int
}

// DrawLine is an entry of the public log.
type DrawLine struct {
	No   int
	At   time.Time
	Kind string
	Hash string

	Who    string // whose commitment or share it is
	Unused bool   // there is no public random value
}
