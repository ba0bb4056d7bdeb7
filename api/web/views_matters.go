package web

import (
	"time"

	"github.com/skillcert/skillcert/engine"
)

// MattersView is what follows the results of one session: objections, score checks and misconduct, each with what the
// reader may do about it.
type MattersView struct {
	Session, SessionName string
	Level                engine.Level
	ReadChecks           bool
	Checks               []CheckRow
	ReadCases            bool
	Cases                []CaseRow
	Uncased              []UncasedRow // 待立案, for those who read cases
	MayOpen              bool
	Tiers                []Tier
	StatementDays        int
	ReadObjections       bool
	Objections           []ObjectionRow
	Do                   string // ID of what was refused, MatterCase for the form of a new case
	Typed                MatterTyped
	Problem              *Problem
}

// MatterCase is the form that opens a case.
const MatterCase = "case"

// MatterTyped is what was typed into the form that was refused.
type MatterTyped struct{ Ticket, Facts, Evidence, Words, Standing, Points, Severity, Component string }

// Tier is a tier of misconduct to choose from.
type Tier struct {
	ID, Text, Acts string
	One            bool
	Months         int
}

// CheckRow is one score check. Due is zero when nobody has to act within a time.
type CheckRow struct {
	ID, Ticket, Name, State string
	Component               engine.Component
	Words                   string
	Asked, Due              time.Time
	Overdue                 bool
	Answer                  string
	Found                   *ComponentResult
	Digest                  string // of the correction that waits for a signature, "" for none
	Forward, Reply, Witness bool   // what the reader may do now
}

// UncasedRow is a candidate who was excluded while no case is opened over it.
type UncasedRow struct {
	Ticket, Name string
	Components   []engine.Component
	Said         []SaidRow // empty where only a corrected seal voids them
	Other        bool      // another case is to be decided first
}

// SaidRow is what an invigilator, or the leader of practice, wrote who excluded them.
type SaidRow struct {
	ByLeader         bool
	Place, By, Words string
	At               time.Time
}

// CaseRow is one case of misconduct.
type CaseRow struct {
	ID, Ticket, Name, State         string
	FromRoom                        bool
	Facts                           string
	Evidence                        []string
	Opened, StateBy                 time.Time
	Statement                       string
	Completed                       time.Time // the candidate has nothing to add
	Proposal, Decision, Last        *CaseRulingRow
	AppealBy                        time.Time
	Appeal                          string
	Notify, Propose, Decide, Review bool // what the reader may do now
	Oneself                         bool // it waits for a decision that the reader may not make: they had a part in it
	Waits                           bool // the hearing lasts
	Say, May                        bool // on the candidate's page: a statement, an appeal
}

// CaseRulingRow is what was proposed or decided; Text is empty when no misconduct was found.
type CaseRulingRow struct {
	Text, Reason, By string
	All              bool
	Component        engine.Component
	Until, At        time.Time
	Months           int // on record, once decided; Until says till when after it was
}

// ObjectionRow is one objection to the public list.
type ObjectionRow struct {
	ID, Name, Contact, Words, Answer string
	At, Answered                     time.Time
	Reply                            bool
}

// FollowView is what a candidate may do after the result: ask for a check, answer a case.
type FollowView struct {
	Awaits  []string // words of what a pending result waits for
	Unruled bool     // somebody excluded them, and nobody has ruled on it
	Ask     []engine.Component
	AskBy   time.Time // last day
	Refused string    // why nothing may be asked, in words; "" when something may
	Checks  []CheckRow
	Cases   []CaseRow
	Do      string
	Typed   MatterTyped
	Problem *Problem
}

// FollowAsk is the form that asks for a check.
const FollowAsk = "ask"
