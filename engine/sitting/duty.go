package sitting

import (
	"context"
	"fmt"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/separation"
)

// dutyRooms says for each duty which component its room is of; "" is a duty of the whole session.
var dutyRooms = map[authz.Role]engine.Component{authz.Invigilator: engine.Theory, authz.Examiner: engine.Practical,
	authz.Leader: "", authz.Marker: "", authz.Supervisor: ""}

var dutyNames = map[authz.Role]string{authz.Invigilator: "监考员", authz.Examiner: "考评员", authz.Leader: "考评组长",
	authz.Marker: "阅卷负责人", authz.Supervisor: "质量督导员"}

// Assign puts a person on duty: an invigilator in one theory room, an examiner in a practical room or several, a
// leader, marker or supervisor for the whole session (room ""). A person has one kind of duty in a session, so that
// nobody examines and supervises. Nobody serves more turns in a row at one site than the policy's rotation lets them:
// ErrServedEnough. Where the policy requires it, an examiner's calibration holds on the day: ErrUncalibrated. Separation is judged toward every accepted applicant, seated or not, and toward the paper: what it
// forbids is a *separation.Separated, and the session keeps the findings. Assigning twice is harmless.
func (s *Sittings) Assign(ctx context.Context, by authz.Principal, id SessionID, person engine.PersonID, role authz.Role, room RoomID) (*Session, error) {
	if err := by.Require(authz.StaffAssign); err != nil {
		return nil, err
	}
	p, err := s.people.Named(ctx, person)
	if err != nil {
		return nil, err
	}
	if err := s.tiePhone(ctx, by, p.ID, sourceStaffPhone, serving(id)); err != nil {
		return nil, err
	}
	d, now := Duty{Person: p.ID, Name: p.Name, Role: role, Room: room}, s.clock.Now()
	var refused []separation.Finding
	n, err := s.change(ctx, by, id, func(n *Session) error {
		refused = nil
		if err := n.admits(d); err != nil {
			return err
		}
		if err := s.calibrated(ctx, n, d); err != nil {
			return err
		}
		if err := s.rotates(ctx, n, d); err != nil {
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

// String is the duty for the trail.
func (d Duty) String() string { return fmt.Sprintf("%s %s %s", dutyNames[d.Role], d.Name, d.Room) }

// admits returns nil when the duty fits into the session, engine.ErrUnchanged when it is there already.
func (n *Session) admits(d Duty) error {
	component, known := dutyRooms[d.Role]
	switch {
	case !known:
		return ErrDuty.With("考场上没有“%s”这一岗位", d.Role)
	case component == "" && d.Room != "":
		return ErrDuty.With("%s负责整个场次，不分考场", dutyNames[d.Role])
	}
	if component != "" {
		room, err := n.room(d.Room)
		if err != nil {
			return err
		}
		if room.Component != component {
			return ErrDuty.With("%s须在%s考场", dutyNames[d.Role], component)
		}
	}
	for _, o := range n.Duties {
		switch {
		case o.Person != d.Person:
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
