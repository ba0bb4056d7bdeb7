package sitting

import (
	"context"
	"regexp"
	"slices"
	"strconv"
	"time"

	"github.com/skillcert/skillcert/engine/authz"
)

// What was decided about a seat and belongs on the record as well: it stands on the seat and is never a Line.
const (
	Moved      LineKind = "moved"
	Readmitted LineKind = "readmitted"
	Admitted   LineKind = "admitted"
)

// decisions are those events by their names, with the role that alone decides them.
var decisions = map[string]struct {
	kind LineKind
	role authz.Role
}{"seat.moved": {Moved, authz.Invigilator}, "seat.readmitted": {Readmitted, authz.Invigilator}, "seat.admitted_late": {Admitted, authz.ExamOffice}}

// Happening is one entry of the record of a room (考场情况记录): a line of the proceedings, or what was decided about a seat.
type Happening struct {
	At       time.Time
	No       int // of a line of the proceedings
	Kind     LineKind
	Room     RoomID // empty: the whole session
	Ticket   Ticket // empty: the whole room
	Minutes  int    // of an extension or a reopening
	Seat     int    // where the ticket's candidate sat then; 0: the whole room, or the seats were not given
	From, To int    // seats of a move
	Code     string // check code of a hand-in file
	Text     string // the reason, the message, or what happened
	By       string // name; "" where an older program wrote down the account only
	Role     authz.Role
}

// Happened is what happened in a room, "" for all of the session, oldest first. The lines and the seats are those of the
// session.
func Happened(lines []*Line, seats []*Seat, room RoomID) (all []Happening) {
	names, sat := map[string]string{}, map[Ticket]*Seat{}
	for _, t := range seats {
		sat[t.Ticket] = t
	}
	for _, l := range lines {
		names[l.Account] = l.Name
		if room == "" || l.Room == "" || l.Room == room {
			h := Happening{At: l.At, No: l.No, Kind: l.Kind, Room: l.Room, Ticket: l.Ticket, Minutes: l.Minutes, Text: l.Text, By: l.Name, Role: l.Role}
			h.readCode()
			if t := sat[l.Ticket]; t != nil {
				h.Seat = t.NoAt(l.At)
			}
			all = append(all, h)
		}
	}
	for _, t := range seats {
		if room == "" || t.Room == room {
			all = append(all, t.decided(names)...)
		}
	}
	slices.SortStableFunc(all, func(a, b Happening) int { return a.At.Compare(b.At) })
	return all
}

// decided are the events of one seat. Of one without a name it is that of whoever has given an order by the same account.
func (t *Seat) decided(names map[string]string) (all []Happening) {
	for _, e := range t.Trail {
		d, listed := decisions[e.Action]
		if !listed {
			continue
		}
		h := Happening{At: e.At, Kind: d.kind, Room: t.Room, Ticket: t.Ticket, Seat: t.NoAt(e.At), Text: e.Note, By: e.Name, Role: d.role}
		if h.By == "" {
			h.By = names[e.By]
		}
		h.readMove()
		all = append(all, h)
	}
	return all
}

// NoAt is the number of the seat at which the candidate sat at an instant: where the first move after it led away from.
func (t *Seat) NoAt(at time.Time) int {
	for _, e := range t.Trail {
		if h := (Happening{Kind: Moved, Text: e.Note}); e.Action == "seat.moved" && e.At.After(at) {
			if h.readMove(); h.From > 0 {
				return h.From
			}
		}
	}
	return t.No
}

// Happenings counts what Happened lists of a whole session.
func Happenings(lines []*Line, seats []*Seat) int {
	n := len(lines)
	for _, t := range seats {
		for _, e := range t.Trail {
			if _, listed := decisions[e.Action]; listed {
				n++
			}
		}
	}
	return n
}

// What Move and theory.Exams.HandInFile put before the reason, so that a reader of another language is told in theirs.
var (
	movedFrom = regexp.MustCompile(`^(\d+)号→(\d+)号：`)
	checkCode = regexp.MustCompile(`^核对码 ([0-9A-Z-]+)：`)
)

func (h *Happening) readMove() {
	if m := movedFrom.FindStringSubmatch(h.Text); h.Kind == Moved && m != nil {
		h.From, _ = strconv.Atoi(m[1]) // digits
		h.To, _ = strconv.Atoi(m[2])
		h.Text = h.Text[len(m[0]):]
	}
}

func (h *Happening) readCode() {
	if m := checkCode.FindStringSubmatch(h.Text); h.Kind == Filed && m != nil {
		h.Code, h.Text = m[1], h.Text[len(m[0]):]
	}
}

// Watches returns nil when by may read what happened in a room; with room "", in any of the session: the exam office and
// the supervisor of the body in all, an invigilator where they are on duty.
func (n *Session) Watches(by authz.Principal, room RoomID) error {
	if err := by.Require(authz.RoomRead); err != nil {
		return err
	}
	if by.Can(authz.PlanWrite) || by.Can(authz.SealWitness) {
		return nil
	}
	return n.onDuty(by, authz.Invigilator, room)
}

// Record returns the proceedings to whoever watches: what concerns the room, or without one what concerns all the rooms
// that they watch.
func (s *Sittings) Record(ctx context.Context, by authz.Principal, id SessionID, room RoomID) ([]*Line, error) {
	if err := by.Require(authz.RoomRead); err != nil {
		return nil, err
	}
	n, err := s.own(ctx, by, id)
	if err != nil {
		return nil, err
	}
	if room != "" {
		if _, err := n.room(room); err != nil {
			return nil, err
		}
	}
	if err := n.Watches(by, room); err != nil {
		return nil, err
	}
	b, err := s.Proceedings(ctx, id, bookAge)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(slices.Clone(b.Lines()), func(l *Line) bool {
		return l.Room != "" && (room != "" && l.Room != room || n.Watches(by, l.Room) != nil)
	}), nil
}
