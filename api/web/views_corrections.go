package web

import (
	"slices"
	"time"

	"github.com/skillcert/skillcert/engine"
)

// Partial reports whether incomplete answers to multiple items earn a share.
func (v WaitingView) Partial() bool {
	return slices.ContainsFunc(v.Counts, func(c TypeCount) bool { return c.Partial })
}

// CorrectionRow is one correction of a key (答案更正) on the page of its item.
type CorrectionRow struct {
	ID, State, Remedy   string // State and Remedy under "correction-state" and "remedy" in the locales
	Version, To         int    // To is 0 where everybody gets the points
	Reason, Refusal     string
	Proposer, Decider   string // names
	ProposedAt          time.Time
	DecidedAt           time.Time
	Releases            []string
	MayConfirm, MayDrop bool // the other half may decide; who proposed may take it back
}

// CorrectionsView lists the corrections of all items.
type CorrectionsView struct{ Rows []CorrectionItem }

// CorrectionItem is one of them with its item. MayConfirm says that it waits for the reader.
type CorrectionItem struct {
	Code string
	CorrectionRow
}

// CorrectionForm is the form that proposes a correction, and what was typed into it.
type CorrectionForm struct {
	Versions []KeyChoice // that a release has taken in
	Keys     []KeyChoice // versions whose key may be put in the place of theirs; none: only full credit is left
	Version  int
	To       int
	Remedy   string
	Reason   string
}

// KeyChoice is a version and its key.
type KeyChoice struct {
	Version int
	Key     []int
}

// RemarksView is what corrections of keys do to one session, for the marker on duty.
type RemarksView struct {
	Session, SessionName string
	Level                engine.Level
	Sealed               bool
	Pass                 engine.Points // pass mark of the component
	Rows                 []RemarkRow
	Shown                *RemarkEffect // of the correction asked for
	Problem              *Problem
}

// RemarkRow is one correction that forms of the session have to do with.
type RemarkRow struct {
	ID, Code, Remedy       string
	Version                int
	Was, Now               []int // keys, in the order of the bank; nil while the sitting goes on
	Reason                 string
	At                     time.Time // of the decision
	Superseded             bool
	Holding, Marked, Due   int
	Begun, Done            time.Time // of the round, zero while there is none
	Affected, Changed      int
	Outlook, May, Finished bool // an outlook can be asked for; the round may be run; a list is there
}

// RemarkEffect is what a round would do, or has done.
type RemarkEffect struct {
	ID                 string
	Done               bool // has done
	Affected, Up, Down int
	ToPass, ToFail     int
	Rows               []RemarkChange
}

// Same is how many stay as they are.
func (e RemarkEffect) Same() int { return e.Affected - e.Up - e.Down }

// RemarkChange is one candidate before and after. Flip is pass or fail where the pass mark is crossed.
type RemarkChange struct {
	Ticket, Name, Flip string
	Before, After      engine.Points
}

// Late reports whether a correction was decided after the seal that somebody would have to be marked anew by.
func (v RemarksView) Late() bool {
	return v.Sealed && slices.ContainsFunc(v.Rows, func(r RemarkRow) bool { return r.Due > 0 })
}
