package sitting

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/errs"
)

// SheetKind is one of the papers that a room is run with.
type SheetKind string

// The kinds. Where a session was not yet held, its record has empty lines to be filled in.
const (
	SheetTickets  SheetKind = "tickets"  // admission tickets (准考证), one a candidate
	SheetDoor     SheetKind = "door"     // door list (门贴), names masked
	SheetRegister SheetKind = "register" // sign-in register (签到表)
	SheetRecord   SheetKind = "record"   // room record (考场情况记录单)
	SheetLabels   SheetKind = "labels"   // seat labels (桌贴)
)

// SheetKinds lists the kinds.
func SheetKinds() []SheetKind {
	return []SheetKind{SheetTickets, SheetDoor, SheetRegister, SheetRecord, SheetLabels}
}

// MostTickets bounds the admission tickets, which carry photos, that are printed at a time.
const MostTickets = 60

// Refusals of sheets.
var (
	ErrSheetKind = errs.New(errs.Invalid, "sheet.kind", "没有这种考场用表")
	ErrNoSheet   = errs.New(errs.NotFound, "sheet.none", "这个考场没有要打印的考生")
)

// Sheet is what the papers of one theory room say.
type Sheet struct {
	Kind    SheetKind
	Session *Session
	Body    string // who examines
	Room    Room
	Seats   []SheetSeat // by number
	Lines   []Happening // of the room record only: what happened in the room, oldest first
	Times   Times       // of the room, with what was added to it
	Late    time.Time   // from when whoever comes is late
	Zone    *time.Location
	Held    bool      // the late limit has passed, so that it is known who is absent
	Made    time.Time // of the last change that the sheet shows
	Now     time.Time // when it was gathered
}

// SheetSeat is one candidate on a sheet.
type SheetSeat struct {
	*Seat
	Name    string
	IDType  engine.IDType
	ID      string // masked: together with the session's code its end would admit
	Photo   []byte // of tickets only; JPEG, may be empty
	Machine string
	Absent  bool
}

// Tickets are the parts in which the admission tickets of a room are printed, by the first number of each.
func (r Room) Tickets() (from []int) {
	for no := 1; no <= r.Capacity; no += MostTickets {
		from = append(from, no)
	}
	return from
}

// Sheet gathers what a paper of a room says, for the exam office of the session's body and for invigilators on duty in
// the room. Admission tickets come in parts of MostTickets seat numbers, the first of them from; of the other kinds it is
// the whole room whatever from is.
func (s *Sittings) Sheet(ctx context.Context, by authz.Principal, id SessionID, room RoomID, want SheetWanted) (*Sheet, error) {
	sheet, err := s.roomSheet(ctx, by, id, room)
	if err != nil {
		return nil, err
	}
	if !slices.Contains(SheetKinds(), want.Kind) {
		return nil, ErrSheetKind
	}
	sheet.Kind = want.Kind
	if err := s.fillSheet(ctx, sheet, want.From); err != nil {
		return nil, err
	}
	if len(sheet.Seats) == 0 {
		return nil, ErrNoSheet
	}
	return sheet, nil
}

// Seated is who sits in a room, for those who may have its papers; nobody may sit there yet.
func (s *Sittings) Seated(ctx context.Context, by authz.Principal, id SessionID, room RoomID) (*Sheet, error) {
	sheet, err := s.roomSheet(ctx, by, id, room)
	if err != nil {
		return nil, err
	}
	return sheet, s.fillSheet(ctx, sheet, 0)
}

// roomSheet is a sheet without seats.
func (s *Sittings) roomSheet(ctx context.Context, by authz.Principal, id SessionID, room RoomID) (*Sheet, error) {
	n, err := s.toPrint(ctx, by, id, room)
	if err != nil {
		return nil, err
	}
	r, err := n.room(room)
	if err != nil || r.Component != engine.Theory {
		return nil, ErrRoom
	}
	body, err := s.people.Organisation(ctx, n.Org)
	if err != nil {
		return nil, err
	}
	b, err := s.Proceedings(ctx, id, bookAge)
	if err != nil {
		return nil, err
	}
	limit, now := n.LateFrom(s.policy.Rooms), s.clock.Now()
	return &Sheet{Session: n, Body: body.Name, Room: r, Late: limit, Zone: s.policy.Location(), Now: now, Held: !now.Before(limit),
		Times: s.Times(b, n.WindowOf(""), Place{Room: room}, now)}, nil
}

// SheetWanted is which paper of a room is asked for, and for tickets from which seat number.
type SheetWanted struct {
	Kind SheetKind
	From int
}

// toPrint is the session for those who may have the papers of a room.
func (s *Sittings) toPrint(ctx context.Context, by authz.Principal, id SessionID, room RoomID) (*Session, error) {
	if by.Can(authz.PlanWrite) {
		n, err := s.own(ctx, by, id)
		if err == nil || !errors.Is(err, ErrSession) || !by.Can(authz.RoomRun) {
			return n, err
		}
	}
	return s.roomRun(ctx, by, id, room)
}

func (s *Sittings) fillSheet(ctx context.Context, sheet *Sheet, from int) error {
	seats, err := s.seats(ctx, sheet.Session.ID)
	if err != nil {
		return err
	}
	sheet.Made = last(sheet.Session.Trail, time.Time{})
	for _, t := range seats {
		if t.Room != sheet.Room.ID || sheet.Kind == SheetTickets && (t.No < from || t.No >= from+MostTickets) {
			continue
		}
		p, err := s.people.Named(ctx, t.Candidate)
		if err != nil {
			return err
		}
		one := SheetSeat{Seat: t, Name: p.Name, IDType: p.IDType, ID: engine.MaskID(p.IDNumber), Machine: sheet.Room.Machine(t.No),
			Absent: t.AbsentAt(sheet.Session, s.policy.Rooms, sheet.Now)}
		if sheet.Kind == SheetTickets {
			if one.Photo, err = s.people.Photo(ctx, p); err != nil {
				return err
			}
		}
		sheet.Seats, sheet.Made = append(sheet.Seats, one), last(t.Trail, sheet.Made)
	}
	slices.SortFunc(sheet.Seats, func(a, b SheetSeat) int { return a.No - b.No })
	if sheet.Kind != SheetRecord {
		return nil
	}
	b, err := s.Proceedings(ctx, sheet.Session.ID, 0)
	if err != nil {
		return err
	}
	if sheet.Lines = Happened(b.Lines(), seats, sheet.Room.ID); len(sheet.Lines) > 0 {
		sheet.Made = latest(sheet.Made, sheet.Lines[len(sheet.Lines)-1].At)
	}
	return nil
}

func latest(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// last is when the latest entry of a trail was made, at least after.
func last(t engine.Trail, after time.Time) time.Time {
	for _, e := range t {
		if e.At.After(after) {
			after = e.At
		}
	}
	return after
}
