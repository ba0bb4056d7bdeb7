package web

import (
	"slices"
	"time"

	"github.com/skillcert/skillcert/engine"
)

// CertificatesView is the register of certificates: what waits for somebody first, then the list.
type CertificatesView struct {
	Query, State string         // as filtered
	Motions      []MotionRow    // revocations that were asked for
	Running      []BatchRow     // issues that are going on
	Ready        []ReadySession // sessions whose publicity is over
	Ended        []BatchRow     // the newest first, at most EndedBatches
	Rows         []CertificateRow
	Next         string // cursor of the next page, "" at the end
	MayIssue     bool
	MayConfirm   bool // decides on revocations
	MayExport    bool
	From, To     string // of the upload by date, as typed
	Problem      *Problem
}

// EndedBatches is how many issues that are over the register's page names.
const EndedBatches = 12

// MotionRow is a revocation that waits for a second person. Own: the reader asked for it, and cannot confirm it. Mark is what
// the forms that decide on it send as seen.
type MotionRow struct {
	Number, Name, By, Grounds, Mark string
	At                              time.Time
	Own                             bool
}

// ReadySession can be issued with one press.
type ReadySession struct {
	ID, Name string
	Level    engine.Level
	Count    int
}

// BatchRow is the issue for a session: looked at, issued and failed of how many results.
type BatchRow struct {
	Session, Name            string
	Level                    engine.Level
	Of, Seen, Issued, Failed int
	Running                  bool
	Started, Ended           time.Time
	By                       string
}

// CertificateRow is one certificate: State is reserved, valid, revoked or void.
type CertificateRow struct {
	Number, Name, State, Reason string
	Level                       engine.Level
	Issued                      time.Time
	Version                     int
	Moved                       bool   // a revocation was asked for
	Download                    string // address of the PDF, "" while there is none
}

// IssueView is the issue for one session, polled while it runs. What is told of its results stands only while nothing
// runs: then the numbers do not change by themselves.
type IssueView struct {
	Session, SessionName string
	Level                engine.Level
	Batch                *BatchRow // nil before the first
	Final                bool      // publicity is over
	Passed, Sealed       int
	Waiting              int // numbers that are given and not sealed
	Held                 int // passed and kept from issue
	Failures             []IssueFailure
	MoreFailures         int // that are not listed
	Handovers            []HandoverRow
	Given                bool // the authority gives the numbers
	MayIssue, MayGive    bool
	MayExport            bool
	Problem              *Problem
}

// Left is how many results passed and have no certificate.
func (v IssueView) Left() int { return v.Passed - v.Sealed }

// IssueFailure is a result that was not issued for: Ticket is "" where the whole batch failed, Number "" where none is
// given yet.
type IssueFailure struct {
	Ticket, Name, Number string
	Code, Detail         string
}

// Advice is the key under "issue-do." of what to do about the failure.
func (f IssueFailure) Advice() string {
	if slices.Contains(IssueAdvice(), f.Code) {
		return f.Code
	}
	return "other"
}

// IssueAdvice lists the codes for which there is advice of their own.
func IssueAdvice() []string {
	return []string{"other", "internal", "certificate.held", "certificate.separated", "certificate.no_number", "certificate.given_taken",
		"certificate.glyph", "certificate.document",
		"certificate.photo", "certificate.photo_changed", "certificate.serials", "certificate.contended", "certificate.not_final", "org.not_filed",
		"certificate.number"}
}

// HandoverRow is one time that certificates were given out for the national register.
type HandoverRow struct {
	At    time.Time
	By    string
	Count string
}

// CertificateView is one certificate for staff: what is printed, what became of it, and what may be done.
type CertificateView struct {
	Number, State, Reason string
	Changed               time.Time // since when State
	Session, SessionName  string
	Award                 string // address of the prize or the direct recognition it rests on, "" where it rests on a session
	Direct                bool   // it is a direct recognition
	Demo                  bool
	Fields                []Printed // of the edition that holds, as printed
	Photo                 string    // registered now
	PhotoState            string    // same, other or none: beside the one that is printed
	Register              []RegisterField
	Editions              []EditionRow // oldest first, the one being made last
	Rulings               []RulingRow
	Motion                *MotionRow
	Evidence              string // of the motion
	Trail                 []TrailRow
	Version               int    // of the edition that holds
	Mine                  bool   // the reader's own: others rule on it
	Unsettled             string // what is open on the result and keeps the certificate from being revoked; as the services say it
	Rights                CertificateRights
	Do                    string // action whose form was refused and is shown again; "" when its form is not offered any more
	Typed                 CauseTyped
	Problem               *Problem
}

// RegisterField is a printed field beside what the register of persons says now; Key under "cert.".
type RegisterField struct{ Key, Printed, Now string }

// Differs reports whether a correction would print something else.
func (f RegisterField) Differs() bool { return f.Printed != f.Now }

// Differs reports whether a correction would change anything.
func (v CertificateView) Differs() bool {
	return v.PhotoState == "other" || slices.ContainsFunc(v.Register, RegisterField.Differs)
}

// Repeats reports whether a reissue can say what the edition that holds says: it prints the photo that is registered now.
func (v CertificateView) Repeats() bool { return v.PhotoState != "other" }

// Offers reports whether the page shows the form of an action.
func (v CertificateView) Offers(do string) bool {
	r := v.Rights
	return map[string]bool{"reissued": r.Renew && v.Repeats(), "corrected": r.Renew && v.Differs(), "withdrawal": r.Withdraw, "void": r.Void, "motion": r.Move,
		"revocation": r.Confirm, "dismissal": r.Dismiss, "holder": r.Amend}[do]
}

// Form is the id of the form that was refused, "" where none was or it is not offered any more.
func (v CertificateView) Form() string {
	switch v.Do {
	case "":
		return ""
	case "revocation", "dismissal":
		return "motion"
	}
	return "do-" + v.Do
}

// Bad is what was wrong with one input of the form do, nil for nothing.
func (v CertificateView) Bad(do, name string) *FieldProblem {
	if v.Do != do {
		return nil
	}
	return v.Problem.Of(name)
}

// CauseTyped is what a form of the page held.
type CauseTyped struct{ Grounds, Evidence, Name, Reason string }

// CertificateRights are the forms that the page offers.
type CertificateRights struct {
	Renew, Withdraw, Void, Move, Confirm, Dismiss, Amend bool
}

// Acts reports whether there is a form beside those of a motion and of the register of persons.
func (r CertificateRights) Acts() bool { return r.Renew || r.Withdraw || r.Void || r.Move }

// ByEngine stands for the server's own work where a record says who did something.
const ByEngine = "engine"

// EditionRow is one document of a certificate: Standing is making, holds, superseded, revoked or void.
type EditionRow struct {
	Version                    int
	Kind, Standing             string
	Name                       string // as printed
	Made, Sealed               time.Time
	By, Grounds, Evidence      string
	Leaf, Slot, Digest, Remark string // Leaf and Slot "" before there is one
	Download                   string
}

// RulingRow is what ended a certificate, or an edition before it was sealed.
type RulingRow struct {
	Event             string
	Edition           int // 0 for the whole certificate
	At                time.Time
	By                []string
	Grounds, Evidence string
	Leaf              string // "" until it is in the log
	Salt              string // for whoever makes the log's entry anew
}

// HoldRow is a result that is kept from issue.
type HoldRow struct {
	Ticket, Name, Reason, By string
	Since                    time.Time
}

// HoldsPart is the part of the results page about issue: Issue leads to the issue for the session, "" while there is none.
type HoldsPart struct {
	Rows    []HoldRow
	MayHold bool
	Ticket  string // as typed
	Reason  string
	Issue   string
}

// NumbersView takes in the numbers that the authority gave for a session, or for prizes in contests.
type NumbersView struct {
	Base                 string // address that those of the forms begin with: /sessions/s1 or /awards
	Session, SessionName string // empty for prizes
	Level                engine.Level
	Plan                 *NumbersPlan // nil before a file was chosen
	Problem              *Problem
}

// NumbersPlan is what the list does, or did when Done.
type NumbersPlan struct {
	File, Data          string // name, and the file itself in base64, to be sent back with the commit
	Rows                []NumberRow
	Broken              []BrokenCell
	New, Known, Refused int
	Left                int // of those whose certificates it is for, how many have no number afterwards
	Done                bool
}

// NumberRow is one row of the list: Outcome is new, replaced, known or refused.
type NumberRow struct {
	Row                                  int
	Name, IDMasked, Ticket, Number, Code string
	Issued                               time.Time
	Outcome, Detail                      string
}

// BrokenCell is a cell that could not be read: At is its place, B7.
type BrokenCell struct{ At, Column, Found, Allowed string }

// SerialsView accounts for the numbers of a body in a year.
type SerialsView struct {
	Org     string
	Orgs    []Choice // nil for those who act for one body
	OrgName string
	Year    int
	Levels  []SerialLevel
	Problem *Problem
}

// SerialLevel is one level: Last is the highest serial in use.
type SerialLevel struct {
	Level                         engine.Level
	Prefix                        string
	Last, Valid, Revoked, Waiting int
	Void                          []VoidRow
	Gaps                          []string // 000012 or 000012–000020
}

// VoidRow is a number that will never be used.
type VoidRow struct{ Number, Reason string }
