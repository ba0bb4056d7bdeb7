package web

import (
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
)

// OfficeView is the exam office's overview.
type OfficeView struct {
	Org      string
	Measures []MeasureRow // against the body, in force or to come
	Plans    []PlanRow
	Sessions []SessionRow
}

// PlanRow is one plan: State is sitting's word, draft or published.
type PlanRow struct {
	ID, Name, State string
	Year            int
	Levels          []engine.Level
	Sessions        int
	Beyond          *YearBeyond // of the plan's year; nil while its places are within the filing
}

// SessionRow is one session with its progress.
type SessionRow struct {
	ID, Name, Plan           string
	Level                    engine.Level
	Theory, Practical        time.Time // openings
	Step                     Step
	Seats, Capacity, Refused int
	Staff                    int
	Findings                 int // separation findings at assignment
	TheoryDone, PractDone    int // candidates through with the component
	Checked, Released        int
	Absent                   int // by the late limit
}

// Step is how far a session is; the overview draws them as a row of steps.
type Step string

// The steps of a session, in order.
const (
	StepSeats     Step = "seats"     // 编排
	StepDrawn     Step = "drawn"     // 组卷
	StepTheory    Step = "theory"    // 理论考试
	StepPractical Step = "practical" // 操作考核
	StepSealed    Step = "sealed"    // 封存
	StepPublic    Step = "public"    // 公示
	StepFinal     Step = "final"     // 发证
)

// Steps lists the steps in order.
func Steps() []Step {
	return []Step{StepSeats, StepDrawn, StepTheory, StepPractical, StepSealed, StepPublic, StepFinal}
}

// SessionView is one session for the exam office.
type SessionView struct {
	SessionRow
	MayFile   bool // sees the report and the archives
	Uncased   int  // excluded while no case is opened over it; for those who read cases
	Rooms     []RoomRow
	Duties    []DutyRow
	Relieved  []ReliefRow
	Relieving *ReliefTyped // after a refusal: what was chosen and written
	People    []Choice     // who may be assigned, for the select
	RoleNames []authz.Role // for those who assign staff

	Assignable  []authz.Role // of them, those in which there still is something to do
	Relievable  []DutyRow    // of Duties, those that somebody may still be taken off
	WaiversOver bool         // everything is settled: none may be asked for any more

	Refusals []RefusalRow    // of applications that no roster in Imports tells of: who, rule, reason
	Imports  []RosterImport  // rosters that left rows, the newest first
	Broken   []QuarantineRow // rows of a roster that was just read, with what their cells say
	LeftOut  bool            // a roster was just read, and left rows
	Findings []FindingRow    // refused assignments
	Unsure   []UnsureRow     // stated employers that may be several bodies; for those who record ties

	MayAskWaiver, MayDecideWaiver bool
	Wanted                        *Wanted        // after a refused assignment
	Proposal                      *StaffProposal // when one was asked for

	Tasks     *TaskDraw       // of the practical component; nil for those who plan no session
	Next      []SessionAction // what may be done now, the first is the primary one
	Undecided Undecided       // applications that the draw of the forms would leave behind
	Release   string
	Blueprint string
	Code      string // "" for those who neither plan nor run the session
	Plans     []HallPlan
	ClockAway int // minutes, rounded up, of the machine's clock from the server's time, when somebody set it

	Registering bool        // shows the roster form: applications are still taken, and the reader may take them
	MayRegister bool        // decides on applications
	Halted      *MeasureRow // for which nobody is taken now; nil for none
	Conditions  []Choice    // that the level knows, for the roster's column 申报条件
	Problem     *Problem

	Ends   time.Time // when the last of the session's candidates ends, with what was added; zero while somebody is paused
	Paused bool

	Lockdown *LockdownForm   // nil for those who may not change it
	Planned  *SessionPlanned // nil for those who plan no session
	Beyond   *YearBeyond     // for those who plan it; nil while the year's places are within the filing
}

// YearBeyond warns that more places are planned for a year than the body's filing allows.
type YearBeyond struct{ Year, Filed, Sessions, Places, Beyond int }

// Unassigned is what was refused about an assignment, nil for what was refused elsewhere on the page.
func (v SessionView) Unassigned() *Problem {
	if v.Wanted == nil {
		return nil
	}
	return v.Problem
}

// Undecided counts applications that nobody has decided on when forms are about to be drawn. The form of the draw takes undecided, the
// number of all, from who ticks that they know.
type Undecided struct {
	Session                string
	Waiting, Returned, All int
}

// SessionPlanned leads to the form that changes times and rooms, and says what was changed so far.
type SessionPlanned struct {
	Refused    *Problem // why they cannot be changed any more; nil while they can
	Amendments []AmendmentRow
}

// AmendmentRow is one change of times and rooms.
type AmendmentRow struct {
	At       time.Time
	By, Text string
}

// RoomRow is one room of a session; Href is the invigilator's page.
type RoomRow struct {
	ID, Name, Href            string
	Component                 engine.Component
	Capacity, Seated, Checked int // Capacity: what a plan gives
	Released, Absent          int
	Sitting                   int
	Ends                      time.Time // of a theory room, with what was added to it; zero while it is paused
	Submitted                 int
}

// DutyRow is one person on duty.
type DutyRow struct {
	Name string
	Role authz.Role
	Room string

	Value string // of a form that names the duty
}

// ReliefTyped is the form that takes somebody off duty, as it was filled in.
type ReliefTyped struct{ Duty, Reason string }

// ReliefRow is one person who was taken off a duty.
type ReliefRow struct {
	Name   string
	Role   authz.Role
	Reason string
	At     time.Time
}

// Choice is one option of a select.
type Choice struct{ Value, Label string }

// RefusalRow is one refused application; Who is masked.
type RefusalRow struct{ Who, Rule, Reason string }

// RosterImport is a roster that left rows. More are not listed.
type RosterImport struct {
	File, By    string
	At          time.Time
	Taken, More int
	Left        []LeftRow
}

// LeftRow is a row of a roster that was not taken; Who is masked. Column is that of a cell that could not be read, and Reason then
// what it should say.
type LeftRow struct {
	Row                       int
	Who, Rule, Column, Reason string
}

// QuarantineRow is one unreadable row of a workbook: where it is, what was found, what is allowed.
type QuarantineRow struct {
	Sheet         string
	Row           int
	Column, Found string
	Allowed       string
	Who           string // whose row it is; "" where that is not known
}

// Wanted is a duty that somebody was refused, with those of the body's staff who may take it.
type Wanted struct {
	Person, Role, Room string // as typed
	Waivable           bool   // by two persons: soft rules only stand against it
	Stays              bool   // the person has the duty already
	Asked              bool   // Free was looked for
	Free               []Choice
}

// StaffProposal is who might do what the session still needs. Adopting it posts every Value as duty.
type StaffProposal struct {
	Duties []ProposedRow
	Short  []ShortRow
}

// ProposedRow is one proposed duty.
type ProposedRow struct {
	Name, Room, Value string
	Role              authz.Role
}

// ShortRow is a duty that lacks people, with how many of those who have the role cannot take it, and why.
type ShortRow struct {
	Role, Room                  string
	Need, Missing               int
	Holders, Busy, Served, Tied int
	Uncalibrated                int
}

// UnsureRow is an employer that an applicant stated and that may be one of several bodies: Value is the address of its
// ties, Label its name and credit code.
type UnsureRow struct {
	Who, Stated string
	Bodies      []Choice
}

// FindingRow is one separation finding (考培分离) in words.
type FindingRow struct {
	Rule, Role, Staff, Candidate string
	Path                         []string // 考评员甲, 任教, 班级乙, 学员丙
	Text                         string
	At                           time.Time
	Person, Room                 string // of who is on duty in Role all the same, "" for who is not; fields of the form that looks for somebody else
	Key                          string // names it in the forms of its waiver: fields finding, reason; finding, decision=grant or refuse
	Soft, Contested              bool
	Waiver                       string // asked, granted, refused; "" when nobody asked
	Reason, AskedBy, DecidedBy   string
}

// MayAsk reports whether a waiver of it may be asked for now.
func (f FindingRow) MayAsk() bool { return f.Soft && (f.Waiver == "" || f.Waiver == "refused") }

// Stays reports whether somebody is on duty whom it forbids that.
func (f FindingRow) Stays() bool { return f.Person != "" && f.Waiver != "granted" }

// SessionAction is one thing the office may do: a POST form to Path under /sessions/{id}/; Key under "action.".
type SessionAction struct{ Key, Path string }

// ResultsView is the joined result list of one session, for those who may read it.
type ResultsView struct {
	Session, SessionName string
	Level                engine.Level
	TheorySealed         bool
	PracticalSealed      bool
	Rows                 []ResultRow // empty before both seals are complete
	PublicUntil          time.Time   // zero before publicity
	PublicHref           string      // "" while the list is not open to the public
	MayJoin, MayPublish  bool
	MayFinal             bool
	Problem              *Problem
	Holds                HoldsPart
	Uncased              int // excluded while no case is opened over it
}

// ResultRow is one candidate: two components side by side, never a sum.
type ResultRow struct {
	Ticket, Name      string // masked for everybody but the office
	Theory, Practical ComponentResult
	Verdict           Verdict
	Waiting           string // what a pending result waits for
}
