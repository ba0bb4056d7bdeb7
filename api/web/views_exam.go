package web

import (
	"slices"
	"strings"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/clock"
)

// Sitter is the candidate as the head of their pages shows them.
type Sitter struct {
	Name, Ticket, Seat, Room string
	Photo                    string // address of the small photo or data:image/jpeg;base64,…; "" for none
	Session                  string // name of the session
	Level                    engine.Level
	Sample                   bool // the paper is of the sample bank: 样题
	CheckedIn, Voided        bool // 签到；取消资格
}

// WaitingView is the waiting room. The clock runs to Opens by the server's time; Ready says that the paper may be
// opened now (the server decides, the page asks /clock).
type WaitingView struct {
	Sitter
	Attempt       string
	Opens, Closes time.Time
	Minutes       int
	Counts        []TypeCount
	Ready         bool
	Resume        *Resumption // where the candidate has begun already
	Lockdown      *Lockdown   // how to open the exam in the lockdown browser; nil where that is not asked for or done
	Quit          string      // address at which the lockdown browser ends, for who is voided in it; "" elsewhere
	Problem       *Problem
}

// Resumption is how far a candidate is who goes on: after a reload, at another computer, or when the paper was reopened.
type Resumption struct {
	Answered, Total int
	Elsewhere       bool // another computer has the paper: it takes an invigilator to go on at this one
}

// Multiple reports whether the paper has questions with several right options.
func (v WaitingView) Multiple() bool {
	return slices.ContainsFunc(v.Counts, func(c TypeCount) bool { return c.Type == "multiple" })
}

// TypeCount is how many questions of one type a form holds: Type is questionbank.ItemType.
type TypeCount struct {
	Type    string
	Count   int
	Partial bool // an incomplete answer earns a share; multiple only
}

// ExamView is the frame of the exam page; its scripts fetch the paper.
type ExamView struct {
	Sitter
	Attempt  string
	Lockdown bool // the session asks for the lockdown browser
}

// OfflineView is the page, the same for everybody, that a browser shows when it finds no network.
type OfflineView struct{}

// ReceiptView is what a candidate sees after hand-in or closing.
type ReceiptView struct {
	Sitter
	Code                 string // receipt code (回执码)
	Answered, Unanswered int
	At                   time.Time
	ByClock              bool // closed by the end of the time, not by hand
	Attempt              string
	Again                bool      // handed in before, and reopened: that receipt counts no more
	Until                time.Time // how long the paper may be reopened
	Quit                 string    // address at which the lockdown browser ends; "" elsewhere
}

// OwnResultView is a candidate's own result. Theory and Practical are nil before publication.
type OwnResultView struct {
	Sitter
	Verdict           Verdict
	Theory, Practical *ComponentResult
	PublicUntil       time.Time // zero before publicity
	PublicOver        bool      // that day is past
	Certificate       string    // number, "" before issue
	Download          string    // address of the PDF, "" before issue and when it is revoked
	Revoked           time.Time // zero while it holds
	RevokedFor        string    // the grounds
	FormReceipt       string    // address of the proof that the form is the one drawn, "" before the reveal
	DrawLog           string    // address of the public log that it is checked with
	Shares            []ShareRow
	Exports           []string // profiles in which the certificate can be taken along
	Days, Note        string   // as typed for a new link, kept
	Problem           *Problem
	Follow            FollowView
}

// Line is what is said under the verdict: its own words, or that misconduct voided the result, after which nobody is sent to a
// resit before they know what was ruled.
func (v OwnResultView) Line() string {
	voided := func(r *ComponentResult) bool { return r != nil && r.Standing == engine.Voided }
	if v.Verdict == Failed && (voided(v.Theory) || voided(v.Practical)) {
		return "voided"
	}
	return string(v.Verdict)
}

// ShareRow is a link that shows the certificate to whoever has it, until it ends.
type ShareRow struct {
	Token string
	Link  string
	Code  string // data:image/png;base64,… of the link as a QR code
	Until time.Time
	Note  string
}

// Bare is the link without its scheme, as people read it.
func (r ShareRow) Bare() string {
	_, rest, _ := strings.Cut(r.Link, "//")
	return rest
}

// Verdict is the joined result of both components.
type Verdict string

// The verdicts.
const (
	Pending Verdict = "pending" // not published yet
	Open    Verdict = "open"    // 待定: published, and somebody is still to decide
	Passed  Verdict = "passed"
	Failed  Verdict = "failed"
)

// ComponentResult is one component, judged alone: the two are never added.
type ComponentResult struct {
	Standing engine.Standing
	Points   engine.Points
	PassMark engine.Points
	Passed   bool
	Unruled  bool     // voided by one person's word: nobody has ruled on it yet
	Kept     KeptFrom // zero: taken in this session
}

// KeptFrom is the session that a kept pass comes from (保留成绩).
type KeptFrom struct {
	Name string
	On   clock.Date // day of the result
}
