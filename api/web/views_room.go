package web

import (
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
)

// SeatState is what an invigilator sees of one seat.
type SeatState string

// The states of a seat, worst first. See Urgency for how seats are put in order.
const (
	SeatLost      SeatState = "lost"      // silent too long, with answers that are not saved
	SeatTrouble   SeatState = "trouble"   // silent too long while sitting
	SeatPaused    SeatState = "paused"    // the clock stands
	SeatMachine   SeatState = "machine"   // another machine waits to be let in
	SeatAbsent    SeatState = "absent"    // not checked in after the start
	SeatUnsaved   SeatState = "unsaved"   // in contact, with answers that are not saved
	SeatCheckedIn SeatState = "checked"   // checked in, waiting for release
	SeatReleased  SeatState = "released"  // may start
	SeatSitting   SeatState = "sitting"   // answering
	SeatExpected  SeatState = "expected"  // before check-in
	SeatVoided    SeatState = "voided"    // 违纪取消
	SeatSubmitted SeatState = "submitted" // handed in
	SeatExempt    SeatState = "exempt"    // 不考本科: takes the other part only, the pass of this one is kept
	SeatEmpty     SeatState = "empty"     // nobody assigned
)

// SeatStates lists the states in the order of the legend, worst first.
func SeatStates() []SeatState {
	return []SeatState{SeatLost, SeatTrouble, SeatPaused, SeatMachine, SeatAbsent, SeatUnsaved, SeatCheckedIn, SeatReleased, SeatSitting,
		SeatExpected, SeatVoided, SeatSubmitted, SeatExempt, SeatEmpty}
}

// RoomView is an invigilator's console: one theory room, or all of a session. Its scripts ask for RoomProgress.
type RoomView struct {
	Session, Room     string // ids, as in the address; Room "" for all
	SessionName, Name string // Name "" for all
	Level             engine.Level
	Opens             time.Time
	Closes            time.Time  // with what was added to it; zero while everybody is paused
	Lockdown          bool       // only in the lockdown browser
	Code              string     // session code to read out, "" for those who only look
	Rooms             []RoomLink // theory rooms to go to; none where there is only one
	Seats             []SeatView // of candidates, worst first
	Maps              []RoomMap
	Lines             []LineRow // proceedings, newest first
	Last              int       // how many lines there are of the session
	Roomwide          bool      // the whole of what is shown is paused by an order of its own
	Stopped           bool      // nobody shown can answer: every room is paused, by whatever order
	Pauses            []PauseRow
	CheckInFrom       time.Time // the first check-in, where that lies ahead
	MayRun            bool      // shows check-in, release and void: on duty here
	MayOrder          bool      // shows orders: on duty here, or the exam office
	MayRelease        bool      // the release of everybody checked in is open now
	RoomCounts

	Most   int // minutes of one extension or reopening
	Shown  RoomShown
	Key    string // of the next order, see sitting.Order
	Dialog RoomDialog
}

// RoomCounts are the numbers of a console.
type RoomCounts struct {
	Candidates int `json:"candidates"`
	Checked    int `json:"checked"`
	Sitting    int `json:"sitting"`
	Submitted  int `json:"submitted"`
	Attention  int `json:"attention"`
	Out        int `json:"out"`
}

// PauseRow is a pause of all rooms or of one that is on.
type PauseRow struct {
	Room string // name, "" for all
	At   time.Time
	Href string // where the reader may end it, "" for who may not
}

// RoomLink leads to the console of a room.
type RoomLink struct {
	Name, Href string // Name "" for all rooms
	Current    bool
}

// RoomMap draws one room, empty seats too.
type RoomMap struct {
	Room, Name string
	Columns    int // seats side by side; 0 picks eight
	Seats      []SeatView
}

// RoomShown is what of the console is shown, as the address says.
type RoomShown struct {
	Filter string // "" for all, or one of SeatGroups
	Query  string // part of a seat, ticket or name
	Sort   string // "" for worst first, or "seat"
}

// RoomDialog is the dialog that stands open on a page made by the server: asked for without scripts, or refused.
type RoomDialog struct {
	Name    string // "seat" or an action of RoomActions; "" for none
	At      *SeatView
	Minutes string // as typed
	Text    string
	No      string
	Problem *Problem // of the dialog's form; of no dialog where Name is ""
}

// SeatView is one seat of a room.
type SeatView struct {
	Key          string // names the seat in the console: the ticket, or for those who only look the room and number; "" for an empty one
	Room         string // id
	RoomName     string // "" where only one room is shown
	No           int
	Ticket, Name string // Ticket "" for those who only look
	IDTail       string // last characters of the identity number, to compare with the card; "" for those who only look
	State        SeatState
	Question     int // that is shown, 0 for none
	Answered     int
	Total        int
	Heard        time.Time     // last request from this seat, zero for never
	Unsaved      int           // questions with something that is not acknowledged
	Closes       time.Time     // end of the candidate's time; zero while it is paused, and where nobody sits
	Left         time.Duration // what is left of it while it is paused
	Paused       bool
	OwnPause     bool // by an order for this candidate alone
	Away         bool // the page does not have the focus now
	Lately       bool // it lost it a short while ago
	FocusLost    int  // how often it lost it
	Came         bool // was checked in
	Machine      bool // another machine waits to be let in
	Locked       bool // silent since the lockdown browser was asked for, or other builds of it
	Windows      int  // how often another window took over
	Note         string
}

// LineRow is one line of the proceedings (考场情况记录).
type LineRow struct {
	At      time.Time
	Kind    string // sitting.LineKind, or what was decided about a seat: moved, readmitted, admitted
	Room    string // name, "" for all rooms
	Seat    int    // 0: the whole room
	Who     string // candidate's name, "" for the whole room
	Minutes int
	From    int // seats of a move
	To      int
	Code    string // check code of a hand-in file
	Text    string
	By      string     // "" where it is not known
	Role    authz.Role // "" where it is not known
}
