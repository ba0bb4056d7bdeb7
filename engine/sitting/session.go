// Package sitting plans and runs sittings: plans (认定计划), sessions (场次) with rooms and staff, and seats with their
// admission tickets (准考证).
package sitting

import (
	"context"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/engine/separation"
)

// Ids of this package. A ticket number is 14 digits: year 2, province 2, session 6, serial 4.
type (
	PlanID    string
	SessionID string
	RoomID    string
	Ticket    string
)

// PlanState is whether the plan binds.
type PlanState string

// The states of a plan, forward only.
const (
	PlanDraft     PlanState = "draft"
	PlanPublished PlanState = "published"
)

// Plan (认定计划) is a body's announced work for a year.
type Plan struct {
	ID     PlanID         `json:"id"`
	Org    engine.OrgID   `json:"org"`
	Name   string         `json:"name"`
	Year   int            `json:"year"`
	Levels []engine.Level `json:"levels"`
	State  PlanState      `json:"state"`

	Trail    engine.Trail `json:"trail"`
	Revision int64        `json:"-"`
}

// Session (场次) is one sitting of one level: one theory window, one practical window, rooms and staff.
type Session struct {
	ID        SessionID            `json:"id"`
	Plan      PlanID               `json:"plan"`
	Org       engine.OrgID         `json:"org"`
	Name      string               `json:"name"`
	Level     engine.Level         `json:"level"`
	Province  string               `json:"province"`       // two digits of GB/T 2260
	Site      string               `json:"site,omitempty"` // 考点, as the body calls it; empty where it has but one
	Release   string               `json:"release"`
	Blueprint string               `json:"blueprint"`
	Policy    string               `json:"policy"`
	Theory    clock.Window         `json:"theory"`
	Spread    int                  `json:"spread,omitempty"` // seconds over which the starts are spread, see WindowOf
	Practical clock.Window         `json:"practical"`
	Rooms     []Room               `json:"rooms"`
	Duties    []Duty               `json:"duties,omitempty"`
	Relieved  []Relief             `json:"relieved,omitempty"` // who was taken off duty, oldest first
	Allotted  []engine.PersonID    `json:"allotted,omitempty"` // who has a seat: the n-th has serial n and the n-th place
	Closed    time.Time            `json:"closed"`             // since when nobody is added to Allotted; zero before, see Close
	Leaving   int                  `json:"leaving,omitempty"`  // applications that the office knows are not decided when it closes, see LeaveUndecided
	Only      OnlyTaken            `json:"only,omitempty"`     // who takes one component (补考): set at the seating or by TakeOnly
	Findings  []separation.Finding `json:"findings,omitempty"` // of assignments and seats that were refused
	Waivers   []Waiver             `json:"waivers,omitempty"`  // asked for and decided, oldest first
	Digits    string               `json:"digits"`             // six digits, the session's part of its ticket numbers
	Code      string               `json:"code"`               // six digits, shown in the room at sign-in
	Seating   map[RoomID][]int     `json:"seating,omitempty"`  // of theory rooms, by seat number from 1, see Whose; none where seats follow spread
	Beside    []Neighbours         `json:"beside,omitempty"`   // tied candidates whom the plan could not keep apart, at most maxBeside
	Lockdown  Lockdown             `json:"lockdown,omitzero"`  // which browsers the theory paper may be sat in
	Relocked  Relock               `json:"relocked,omitzero"`  // the last change of it while people sat
	Sample    bool                 `json:"sample,omitempty"`   // papers are of the sample bank
	Unsure    []Unsure             `json:"unsure,omitempty"`   // stated employers that may be several bodies, at most maxUnsure

	Trail    engine.Trail `json:"trail"`
	Revision int64        `json:"-"`
}

// Room (考场) holds one component.
type Room struct {
	ID        RoomID           `json:"id"`
	Name      string           `json:"name"`
	Component engine.Component `json:"component"`
	Capacity  int              `json:"capacity"`
	Columns   int              `json:"columns,omitempty"` // seats side by side

	Reserve  int      `json:"reserve,omitempty"`  // of the seats, the last so many that no plan gives
	Machines []string `json:"machines,omitempty"` // names of the computers by seat number from 1
	Hall     string   `json:"hall,omitempty"`     // the physical room, where several sessions share it at the same time
	Parts    int      `json:"parts,omitempty"`    // sessions that share the hall
	Part     int      `json:"part,omitempty"`     // which of them this one is, from 1: see Has
}

// Duty is one person on duty; Room is empty for duties of the whole session (marker, leader, supervisor).
type Duty struct {
	Person engine.PersonID `json:"person"`
	Name   string          `json:"name"`
	Role   authz.Role      `json:"role"`
	Room   RoomID          `json:"room,omitempty"`
}

// Seat is one candidate's place in a session, under the ticket number that names it.
//
// State only moves forward: expected → checked in → released; misconduct (Voided) ends it at any point. Who is not
// checked in by the late limit is absent (缺考), which is derived and not stored: see AbsentAt.
type Seat struct {
	Ticket     Ticket          `json:"ticket"`
	Session    SessionID       `json:"session"`
	Candidate  engine.PersonID `json:"candidate"`
	Room       RoomID          `json:"room"`              // theory room
	No         int             `json:"no"`                // within the room, from 1; changed by Move only
	Station    RoomID          `json:"station,omitempty"` // practical room; empty for who takes no practice
	Admitted   time.Time       `json:"admitted,omitzero"` // to come late, by the exam office: see AdmitLate
	CheckedIn  time.Time       `json:"checked_in"`
	Released   time.Time       `json:"released"`
	Readmitted time.Time       `json:"readmitted,omitzero"` // to go on at another machine: see Readmit
	Voided     time.Time       `json:"voided"`
	Note       string          `json:"note,omitempty"`

	Only engine.Component `json:"only,omitempty"` // the one component taken here (补考), as the session has it; empty: both

	Trail    engine.Trail `json:"trail"`
	Revision int64        `json:"-"`
}

// Refusals of this package.
var (
	ErrPlan          = errs.New(errs.NotFound, "plan.not_found", "查无此认定计划")
	ErrPlanExists    = errs.New(errs.Conflict, "plan.exists", "认定计划已存在")
	ErrPlanInput     = errs.New(errs.Invalid, "plan.invalid", "认定计划不正确")
	ErrPlanState     = errs.New(errs.Conflict, "plan.state", "认定计划尚未公布或已公布")
	ErrSession       = errs.New(errs.NotFound, "session.not_found", "查无此场次")
	ErrSessionExists = errs.New(errs.Conflict, "session.exists", "场次已存在")
	ErrSessionInput  = errs.New(errs.Invalid, "session.invalid", "场次信息不正确")
	ErrDuty          = errs.New(errs.Invalid, "duty.invalid", "人员安排不正确")
	ErrRoom          = errs.New(errs.NotFound, "room.not_found", "查无此考场")
	ErrNotOnDuty     = errs.New(errs.Forbidden, "duty.not_assigned", "没有被安排到这个考场或场次")
	ErrTicket        = errs.New(errs.NotFound, "ticket.not_found", "查无此准考证号")
	ErrTicketTaken   = errs.New(errs.Conflict, "ticket.taken", "准考证号已被使用")
	ErrFull          = errs.New(errs.Conflict, "session.full", "考场座位不足")
	ErrSeatState     = errs.New(errs.Conflict, "seat.state", "该考生当前的状态不允许此项操作")
	ErrStaffing      = errs.New(errs.Conflict, "session.staffing", "监考员或考评员人数不足")
)

// Plans keeps plans, listed in the byte order of IDs. Safe for concurrent use; must pass storetest.Plans. Absent:
// ErrPlan; taken: ErrPlanExists. UpdatePlan writes only at the plan's Revision, otherwise engine.ErrStale.
type Plans interface {
	Plan(ctx context.Context, id PlanID) (*Plan, error)
	CreatePlan(ctx context.Context, p *Plan) error
	UpdatePlan(ctx context.Context, p *Plan) error
	PlanList(ctx context.Context, c engine.Cursor) (rows []*Plan, next string, err error)
}

// Sessions keeps sessions, listed in the byte order of IDs. Safe for concurrent use; must pass storetest.Sessions.
// Absent: ErrSession; taken: ErrSessionExists. UpdateSession writes only at the session's Revision, otherwise
// engine.ErrStale. LookAtSession is Session for who only looks: it may give everybody the same one, so nobody changes it.
type Sessions interface {
	Session(ctx context.Context, id SessionID) (*Session, error)
	LookAtSession(ctx context.Context, id SessionID) (*Session, error)
	CreateSession(ctx context.Context, s *Session) error
	UpdateSession(ctx context.Context, s *Session) error
	SessionList(ctx context.Context, c engine.Cursor) (rows []*Session, next string, err error)
}

// Seats keeps seats. Safe for concurrent use; must pass storetest.Seats. Absent: ErrTicket; taken: ErrTicketTaken.
// UpdateSeat writes only at the seat's Revision, otherwise engine.ErrStale. SeatsOf lists one session's in the order
// of ticket numbers.
type Seats interface {
	Seat(ctx context.Context, t Ticket) (*Seat, error)
	CreateSeat(ctx context.Context, s *Seat) error
	UpdateSeat(ctx context.Context, s *Seat) error
	SeatsOf(ctx context.Context, id SessionID, c engine.Cursor) (rows []*Seat, next string, err error)
}
