package sitting

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/engine/people"
	"github.com/skillcert/skillcert/engine/separation"
)

// dutyRooms says for each duty which component its room is of; "" is a duty of the whole session.
var dutyRooms = map[authz.Role]engine.Component{authz.Invigilator: engine.Theory, authz.Examiner: engine.Practical,
	authz.Leader: "", authz.Marker: "", authz.Supervisor: ""}

var dutyNames = map[authz.Role]string{authz.Invigilator: "监考员", authz.Examiner: "考评员", authz.Leader: "考评组长",
	authz.Marker: "阅卷负责人", authz.Supervisor: "质量督导员"}

// Assign puts a person on duty: an invigilator in one theory room, an examiner in a practical room or several, a
// leader, marker or supervisor for the whole session (room ""). A human has one kind of duty in a session, so that
// nobody examines and supervises, and serves under one document, so that no two of a group are one. Nobody serves more turns in a row at one site than the policy's rotation lets them:
// ErrServedEnough. Where the policy requires it, an examiner's calibration holds on the day: ErrUncalibrated. Separation is judged toward every accepted applicant, seated or not, and toward the paper: what it
// forbids is a *separation.Separated, and the session keeps the findings. Assigning twice is harmless; whoever is on duty and
// tied by now is told of as if they were assigned anew. Where the work is done nobody is assigned any more: ErrDutyOver.
func (s *Sittings) Assign(ctx context.Context, by authz.Principal, id SessionID, person engine.PersonID, role authz.Role, room RoomID) (*Session, error) {
	if err := by.Require(authz.StaffAssign); err != nil {
		return nil, err
	}
	if err := dutyInput(person, role, room); err != nil {
		return nil, err
	}
	p, err := s.people.Named(ctx, person)
	if err != nil {
		return nil, err
	}
	if err := s.tieStaff(ctx, by, p.ID, id); err != nil {
		return nil, err
	}
	same, err := s.people.Sameness(ctx)
	if err != nil {
		return nil, err
	}
	d, now := Duty{Person: p.ID, Name: p.Name, Role: role, Room: room}, s.clock.Now()
	var refused []separation.Finding
	n, err := s.change(ctx, by, id, func(n *Session) error {
		refused = nil
		there := n.admits(d, same)
		if errors.Is(there, engine.ErrUnchanged) {
			if refused, err = s.toward(ctx, n, d); err != nil || len(refused) == 0 || !n.note(refused) {
				return cmp.Or(err, there)
			}
			n.Trail.Add(now, by.Account, "duty.tied", d.String())
			return nil
		}
		if there != nil {
			return there
		}
		if err := s.assignable(ctx, n, d, now); err != nil {
			return err
		}
		findings, err := s.toward(ctx, n, d)
		switch {
		case err != nil:
			return err
		case len(findings) == 0:
			n.Duties = append(n.Duties, d)
			n.Trail.Add(now, by.Account, "duty.assigned", d.String())
			return nil
		}
		if refused = findings; !n.note(findings) {
			return engine.ErrUnchanged
		}
		n.Trail.Add(now, by.Account, "duty.refused", d.String())
		return nil
	})
	if err != nil {
		return nil, err
	}
	if len(refused) > 0 {
		return nil, &separation.Separated{Findings: refused}
	}
	return n, nil
}

// assignable returns nil when what the duty is for still goes on, the person may do it on the day, and it is their turn.
func (s *Sittings) assignable(ctx context.Context, n *Session, d Duty, now time.Time) error {
	over, err := s.finished(ctx, n, now)
	if err != nil {
		return err
	}
	if err := over.duty(d.Role); err != nil {
		return err
	}
	if err := s.calibrated(ctx, n, d); err != nil {
		return err
	}
	return s.rotates(ctx, n, d)
}

// dutyInput refuses, field by field, what no session could take.
func dutyInput(person engine.PersonID, role authz.Role, room RoomID) error {
	component, known := dutyRooms[role]
	var c errs.Check
	c.That(person != "", "person", "missing", "请选择人员")
	if c.That(role != "", "role", "missing", "请选择岗位"); role != "" {
		c.That(known, "role", "unknown", fmt.Sprintf("考场上没有“%s”这一岗位", role))
	}
	if known && component != "" {
		c.That(room != "", "room", "missing", fmt.Sprintf("%s须安排到%s考场，请选择考场", dutyNames[role], component))
	}
	if known && component == "" {
		c.That(room == "", "room", "whole", dutyNames[role]+"负责整个场次，不分考场")
	}
	return c.Err(ErrDuty)
}

// String is the duty for the trail.
func (d Duty) String() string { return fmt.Sprintf("%s %s %s", dutyNames[d.Role], d.Name, d.Room) }

// admits returns nil when the duty fits into the session, engine.ErrUnchanged when it is there already.
func (n *Session) admits(d Duty, same people.Sameness) error {
	if err := dutyInput(d.Person, d.Role, d.Room); err != nil {
		return err
	}
	if component := dutyRooms[d.Role]; component != "" {
		room, err := n.room(d.Room)
		if err != nil {
			return err
		}
		var c errs.Check
		c.That(room.Component == component, "room", "component", fmt.Sprintf("%s须在%s考场，请另选考场", dutyNames[d.Role], component))
		if err := c.Err(ErrDuty); err != nil {
			return err
		}
	}
	for _, o := range n.Duties {
		switch {
		case !same.Are(o.Person, d.Person):
		case o.Person != d.Person:
			return ErrDuty.With("%s与已担任%s的%s推定为同一人（证件不同），一人在一场中只能以一个证件任职；确是两人的，请先在人员页面办理核定", d.Name, dutyNames[o.Role], o.Name)
		case o.Role != d.Role:
			return ErrDuty.With("%s已担任%s，不能再担任%s", d.Name, dutyNames[o.Role], dutyNames[d.Role])
		case o.Room == d.Room:
			return engine.ErrUnchanged
		case d.Role == authz.Invigilator:
			return ErrDuty.With("%s已在另一考场监考", d.Name)
		}
	}
	return nil
}

// OnDuty returns nil when by has the duty in the room; with room "" anywhere in the session. A duty of the whole
// session covers every room.
func (s *Sittings) OnDuty(ctx context.Context, id SessionID, by authz.Principal, role authz.Role, room RoomID) error {
	n, err := s.Get(ctx, id)
	if err != nil {
		return err
	}
	return n.onDuty(by, role, room)
}

func (n *Session) onDuty(by authz.Principal, role authz.Role, room RoomID) error {
	for _, d := range n.Duties {
		if by.Person != "" && string(d.Person) == by.Person && d.Role == role && (room == "" || d.Room == "" || d.Room == room) {
			return nil
		}
	}
	return ErrNotOnDuty
}

// invigilators counts who is on duty in a theory room.
func (n *Session) invigilators(room RoomID) (count int) {
	for _, d := range n.Duties {
		if d.Role == authz.Invigilator && d.Room == room {
			count++
		}
	}
	return count
}

// staffed returns nil when a room with so many candidates has as many invigilators as the policy asks for.
func (n *Session) staffed(room RoomID, candidates int, p engine.RoomPolicy) error {
	need := p.Needed(candidates)
	if have := n.invigilators(room); have < need {
		return ErrStaffing.With("%d名考生须有%d名监考员，现有%d名", candidates, need, have)
	}
	return nil
}
