package api

import (
	"github.com/skillcert/skillcert/certs"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/result"
	"github.com/skillcert/skillcert/engine/sitting"
)

// CheckAsk asks for a check of one component of one's own score.
type CheckAsk struct {
	Component engine.Component `json:"component" jsonschema:"enum=theory,enum=practical"`
	Words     string           `json:"words"`
}

// CheckAnswer answers a score check: the score stands, or what it should have been.
type CheckAnswer struct {
	Error  bool          `json:"error" jsonschema:"description=An error was found; found then says what the score should have been"`
	Found  *result.Found `json:"found,omitempty"`
	Answer string        `json:"answer"`
}

// DigestShown is the digest of the seal that a supervisor was shown.
type DigestShown struct {
	Digest string `json:"digest"`
}

// ScoreCheck is a candidate's question whether a component was scored right.
type ScoreCheck struct {
	ID        result.CheckID    `json:"id"`
	Ticket    sitting.Ticket    `json:"ticket"`
	Component engine.Component  `json:"component" jsonschema:"enum=theory,enum=practical"`
	State     result.CheckState `json:"state" jsonschema:"enum=asked,enum=forwarded,enum=unchanged,enum=error,enum=corrected"`
	Words     string            `json:"words"`
	Asked     Instant           `json:"asked"`
	ForwardBy Day               `json:"forward_by"`
	AnswerBy  Day               `json:"answer_by,omitzero"`
	Answer    string            `json:"answer,omitempty"`
	Found     *result.Found     `json:"found,omitempty"`
}

func viewCheck(k *result.ScoreCheck) ScoreCheck {
	return ScoreCheck{ID: k.ID, Ticket: k.Ticket, Component: k.Component, State: k.State, Words: k.Words, Asked: Instant(k.Asked),
		ForwardBy: Day(k.ForwardBy), AnswerBy: Day(k.AnswerBy), Answer: k.Answer, Found: k.Found}
}

// CaseReport opens a case of misconduct.
type CaseReport struct {
	Ticket   sitting.Ticket `json:"ticket"`
	Facts    string         `json:"facts"`
	Evidence []string       `json:"evidence"`
}

// ExclusionNamed names a candidate who was excluded.
type ExclusionNamed struct {
	Ticket sitting.Ticket `json:"ticket"`
}

// Exclusion is a candidate who was excluded by one person's word while no case is opened over it.
type Exclusion struct {
	Ticket     sitting.Ticket     `json:"ticket"`
	Components []engine.Component `json:"components"`
	Said       []ExclusionSaid    `json:"said"`
	Other      bool               `json:"other,omitempty" jsonschema:"description=A case about something else is to be decided first"`
}

// ExclusionSaid is what an invigilator wrote or, where a component is named, a practical leader.
type ExclusionSaid struct {
	Component engine.Component `json:"component,omitempty" jsonschema:"enum=practical"`
	Place     string           `json:"place"`
	At        Instant          `json:"at"`
	By        string           `json:"by"`
	Words     string           `json:"words"`
}

func viewExclusion(u result.Uncased) Exclusion {
	return Exclusion{Ticket: u.Ticket, Components: u.Components, Other: u.Other, Said: each(u.Said, func(e sitting.Exclusion) ExclusionSaid {
		return ExclusionSaid{Component: e.Component, Place: e.Place, At: Instant(e.At), By: e.Name, Words: e.Words}
	})}
}

// CaseProposal is what the office proposes.
type CaseProposal struct {
	Severity  string           `json:"severity" jsonschema:"description=A tier of the policy"`
	Component engine.Component `json:"component,omitempty" jsonschema:"description=For tiers that void one component"`
	Reason    string           `json:"reason"`
}

// CaseDecision agrees with what was proposed or decided before, or says that there was no misconduct.
type CaseDecision struct {
	Upheld bool   `json:"upheld"`
	Reason string `json:"reason"`
}

// Words are a candidate's own: a statement, or an appeal.
type Words struct {
	Words string `json:"words"`
}

// CaseRuling is what was proposed or decided.
type CaseRuling struct {
	Severity  string           `json:"severity,omitempty"`
	All       bool             `json:"all"`
	Component engine.Component `json:"component,omitempty"`
	Until     Day              `json:"until,omitzero"`
	Reason    string           `json:"reason"`
	By        string           `json:"by"`
	At        Instant          `json:"at"`
}

func viewRuling(r *result.Ruling) *CaseRuling {
	if r == nil {
		return nil
	}
	return &CaseRuling{Severity: r.Severity, All: r.All, Component: r.Component, Until: Day(r.Until), Reason: r.Reason, By: r.By.Name, At: Instant(r.At)}
}

// MisconductCase is what came of one report of misconduct.
type MisconductCase struct {
	ID        result.CaseID    `json:"id"`
	Ticket    sitting.Ticket   `json:"ticket"`
	State     result.CaseState `json:"state" jsonschema:"enum=opened,enum=notified,enum=proposed,enum=decided,enum=appealed,enum=final"`
	Facts     string           `json:"facts"`
	Evidence  []string         `json:"evidence"`
	StateBy   Day              `json:"state_by,omitzero"`
	Statement string           `json:"statement,omitempty"`
	Completed Instant          `json:"completed,omitzero"`
	Proposal  *CaseRuling      `json:"proposal,omitempty"`
	Decision  *CaseRuling      `json:"decision,omitempty"`
	AppealBy  Day              `json:"appeal_by,omitzero"`
	Appeal    string           `json:"appeal,omitempty"`
	Last      *CaseRuling      `json:"last,omitempty"`
}

func viewCase(k *result.Case) MisconductCase {
	return MisconductCase{ID: k.ID, Ticket: k.Ticket, State: k.State, Facts: k.Facts, Evidence: k.Evidence, StateBy: Day(k.StateBy),
		Statement: k.Statement, Completed: Instant(k.Completed), Proposal: viewRuling(k.Proposal), Decision: viewRuling(k.Decision), AppealBy: Day(k.AppealBy), Appeal: k.Appeal,
		Last: viewRuling(k.Last)}
}

// viewOwnCase is a case as its candidate reads it: what was only proposed, and who reported, is not theirs to read.
func viewOwnCase(k *result.Case) MisconductCase {
	v := viewCase(k)
	v.Proposal = nil
	return v
}

// ObjectionEntry is what anybody has against a public list.
type ObjectionEntry struct {
	Name    string `json:"name"`
	Contact string `json:"contact"`
	Words   string `json:"words"`
}

// ObjectionAnswer answers one.
type ObjectionAnswer struct {
	Answer string `json:"answer"`
}

// Objection is one, for the office.
type Objection struct {
	ID       result.ObjectionID `json:"id"`
	Name     string             `json:"name"`
	Contact  string             `json:"contact"`
	Words    string             `json:"words"`
	At       Instant            `json:"at"`
	Answer   string             `json:"answer,omitempty"`
	Answered Instant            `json:"answered,omitzero"`
}

func viewObjection(o *result.Objection) Objection {
	return Objection{ID: o.ID, Name: o.Name, Contact: o.Contact, Words: o.Words, At: Instant(o.At), Answer: o.Answer, Answered: Instant(o.Answered)}
}

// ObjectionTaken says to whoever objected that it was received.
type ObjectionTaken struct {
	At Instant `json:"at"`
}

// Retake says that a candidate takes one component only; empty takes it back.
type Retake struct {
	Ticket    sitting.Ticket   `json:"ticket"`
	Component engine.Component `json:"component"`
}

// RevocationDue is a certificate that stands although its result is no pass any more.
type RevocationDue struct {
	Number certs.Number `json:"number"`
	Name   string       `json:"name"`
}

func viewDue(c *certs.Certificate) RevocationDue {
	return RevocationDue{Number: c.Number, Name: c.Name}
}
