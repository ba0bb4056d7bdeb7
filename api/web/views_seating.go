package web

import (
	"time"

	"github.com/skillcert/skillcert/engine"
)

// SeatingView is the seat plan of one theory room with the papers that it is run with, for the exam office and for the
// invigilators on duty there.
type SeatingView struct {
	Session, SessionName string
	Room, Name           string
	Level                engine.Level
	Opens                time.Time
	Closes               time.Time // with what was added to it; zero while the room is paused
	Late                 time.Time // from when whoever comes is late; zero: nobody is before the end
	Plan                 HallPlan
	Counts               RoomRow
	Papers               []SheetLink
	Missing              []MissingRow // who is not checked in, from the opening on
	Pairs                []PairRow    // neighbours that have something in common
	Movable              []Choice     // tickets by seat and name, for those who may move them
	Free                 []Choice     // seats to move to
	MayMove, MayAdmit    bool
	Console              string // address of the invigilator's page, "" for those who may not look
	Typed                SeatingTyped
	Problem              *Problem
}

// SeatingTyped is what was typed into a form that was refused.
type SeatingTyped struct{ Ticket, No, Reason string }

// HallPlan is a room drawn row by row as it stands, the front row first.
type HallPlan struct {
	Name, Href string
	Rows       [][]HallCell
	Names      bool // the cells name who sits there
}

// HallCell is one seat: State is a SeatState, or one of the HallState. The zero value is where no seat is.
type HallCell struct {
	No            int
	State         SeatState
	Name, Machine string
	Tied          bool // sits next to somebody with whom they have something in common
}

// What a plan says of a seat that nobody of the session has.
const (
	HallKept  SeatState = "kept"  // in reserve
	HallOut   SeatState = "out"   // given up: somebody was moved away
	HallOther SeatState = "other" // another session's, in a shared hall
)

// MapStates lists the states of the console's map in the order of its legend.
func MapStates() []SeatState { return append(SeatStates(), HallKept, HallOut, HallOther) }

// HallStates lists the states of a plan in the order of its legend.
func HallStates() []SeatState {
	return []SeatState{SeatExpected, SeatCheckedIn, SeatReleased, SeatSitting, SeatSubmitted, SeatAbsent, SeatVoided, SeatExempt, SeatEmpty, HallKept, HallOut, HallOther}
}

// SheetLink is a paper of the room that may be printed: Key under "sheet-kind.", From and To seats where it comes in parts.
type SheetLink struct {
	Key, Href string
	From, To  int
}

// MissingRow is a candidate who has not come: absent or, before the limit, still expected.
type MissingRow struct {
	No           int
	Name, Ticket string
	State        SeatState
	Admitted     time.Time // to come late; zero: not
}

// PairRow is two neighbours: Tie is a word under "seat-tie.".
type PairRow struct {
	No, Next int
	Tie      string
}
