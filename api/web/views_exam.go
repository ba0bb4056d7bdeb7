package web

import (
	"time"

	"github.com/skillcert/skillcert/engine"
)

// Sitter is the candidate as the head of their pages shows them.
type Sitter struct {
	Name, Ticket, Seat, Room string
	Photo                    string // address of the small photo or data:image/jpeg;base64,…; "" for none
	Session                  string // name of the session
	Level                    engine.Level
	Sample                   bool // the paper is of the sample bank: 样题
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
	Problem       *Problem
}

// TypeCount is how many questions of one type a form holds: Type is questionbank.ItemType.
type TypeCount struct {
	Type  string
	Count int
}

// ExamView is the frame of the exam page; its scripts fetch the paper.
type ExamView struct {
	Sitter
	Attempt string
}

// ReceiptView is what a candidate sees after hand-in or closing.
type ReceiptView struct {
	Sitter
	Code                 string // receipt code (回执码)
	Answered, Unanswered int
	At                   time.Time
	ByClock              bool // closed by the end of the time, not by hand
}

// OwnResultView is a candidate's own result. Theory and Practical are nil before publication.
type OwnResultView struct {
	Sitter
	Verdict           Verdict
	Theory, Practical *ComponentResult
	PublicUntil       time.Time // zero before publicity
	Certificate       string    // number, "" before issue
	Download          string    // address of the PDF, "" before issue
	FormReceipt       string    // address of the proof that the form is the one drawn, "" before the reveal
	DrawLog           string    // address of the public log that it is checked with
}

// Verdict is the joined result of both components.
type Verdict string

// The verdicts.
const (
	Pending Verdict = "pending"
	Passed  Verdict = "passed"
	Failed  Verdict = "failed"
)

// ComponentResult is one component, judged alone: the two are never added.
type ComponentResult struct {
	Standing engine.Standing
	Points   engine.Points
	PassMark engine.Points
	Passed   bool
}

// SeatState is what an invigilator sees of one seat.
type SeatState string

// The states of a seat, worst first.
const (
	SeatTrouble   SeatState = "trouble"   // silent too long while sitting
	SeatAbsent    SeatState = "absent"    // not checked in after the start
	SeatVoided    SeatState = "voided"    // 违纪取消
	SeatExpected  SeatState = "expected"  // before check-in
	SeatCheckedIn SeatState = "checked"   // checked in, waiting for release
	SeatReleased  SeatState = "released"  // may start
	SeatSitting   SeatState = "sitting"   // answering
	SeatSubmitted SeatState = "submitted" // handed in
	SeatEmpty     SeatState = "empty"     // nobody assigned
)

// SeatStates lists the states in the order of the legend and of the table, worst first.
func SeatStates() []SeatState {
	return []SeatState{SeatTrouble, SeatAbsent, SeatVoided, SeatExpected, SeatCheckedIn, SeatReleased, SeatSitting,
		SeatSubmitted, SeatEmpty}
}

// RoomView is an invigilator's room. Give the page an ETag of ETag(view): the page polls itself with it.
type RoomView struct {
	Session, Room       string // ids, as in the address
	SessionName, Name   string
	Level               engine.Level
	Opens, Closes       time.Time
	Code                string // session code to read out, "" for those who only look
	Seats               []SeatView
	Columns             int  // seats side by side in the room; 0 picks eight
	MayRun              bool // shows check-in, release and void; the supervisor only looks
	MayRelease          bool // the release of everybody checked in is open now
	Candidates, Checked int
	Sitting, Submitted  int
	Problem             *Problem // of the last check-in, release or void
	At, Reason          string   // ticket and reason of a void that was refused, kept
}

// SeatView is one seat of a room.
type SeatView struct {
	No           int
	Ticket, Name string // Ticket "" for those who only look
	IDTail       string // last characters of the identity number, to compare with the card; "" for those who only look
	Photo        string
	State        SeatState
	Answered     int
	Total        int
	Heard        time.Time // last request from this seat, zero for never
	Note         string    // in words of the person who wrote it
}
