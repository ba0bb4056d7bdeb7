package sitting_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/engine/separation"
	"github.com/skillcert/skillcert/engine/sitting"
)

// concluded says of every session whether it is settled.
type concluded bool

func (c *concluded) Settled(context.Context, sitting.SessionID) (bool, error) { return bool(*c), nil }

// 考完、封存、发证以后：监考员不再安排，技能成绩封存以后考评员不再安排；考评组长、阅卷负责人、质量督导员还要办理查分，到证书签发为止。
func TestNobodyIsAssignedToWorkThatIsDone(t *testing.T) {
	w := open(t)
	acts, settled := &acted{}, new(concluded)
	w.ports.Acting = acts
	w.sittings = w.build(w.ports).Telling(settled)
	n := w.session()
	w.candidates(n, 2)
	w.seat(n)
	one, two := w.person("甘棠"), w.person("钟离雪")
	w.assign(n, one, authz.Examiner, "p1")
	offered := func(when string, roles ...authz.Role) {
		t.Helper()
		o, err := w.sittings.StaffOffer(ctx, office, n.ID)
		must(t, err)
		if !slices.Equal(o.Roles, roles) || o.Waivers == bool(*settled) {
			t.Errorf("%s: %v, waivers %v", when, o.Roles, o.Waivers)
		}
		for role, room := range map[authz.Role]sitting.RoomID{authz.Invigilator: "t1", authz.Examiner: "p1", authz.Leader: "", authz.Marker: "", authz.Supervisor: ""} {
			_, err := w.sittings.Assign(ctx, office, n.ID, two, role, room)
			if refused := errors.Is(err, sitting.ErrDutyOver); refused == slices.Contains(roles, role) {
				t.Errorf("%s: as %s: %v", when, role, err)
			}
			if err == nil {
				must(t, w.relieved(n, sitting.Duty{Person: two, Role: role, Room: room}))
			}
		}
		if can := slices.ContainsFunc(o.Duties, func(d sitting.Duty) bool { return d.Person == one }); can != slices.Contains(roles, authz.Examiner) {
			t.Errorf("%s: the examiner may be taken off: %v", when, can)
		}
	}
	all := []authz.Role{authz.Examiner, authz.Invigilator, authz.Leader, authz.Marker, authz.Supervisor}
	offered("before the sitting", all...)
	w.clock.Set(n.Theory.Closes.Add(time.Hour))
	acts.Signed = nil
	o, err := w.sittings.StaffOffer(ctx, office, n.ID)
	must(t, err)
	if slices.Contains(o.Roles, authz.Invigilator) || !slices.Contains(o.Roles, authz.Examiner) {
		t.Errorf("after theory: %v", o.Roles)
	}
	w.clock.Set(n.Practical.Closes.Add(time.Hour))
	acts.Signed = []separation.Subject{{Person: "leader", Role: authz.Leader}}
	_, err = w.sittings.Assign(ctx, office, n.ID, two, authz.Examiner, "p1")
	wantError(t, "an examiner after the seal", err, sitting.ErrDutyOver)
	wantError(t, "taken off after the seal", w.relieved(n, sitting.Duty{Person: one, Role: authz.Examiner, Room: "p1"}), sitting.ErrDutyOver)
	w.assign(n, two, authz.Marker, "")
	*settled = true
	for _, role := range []authz.Role{authz.Leader, authz.Supervisor} {
		_, err = w.sittings.Assign(ctx, office, n.ID, w.person("后来的人"+string(role)), role, "")
		wantError(t, "once the certificates are out", err, sitting.ErrDutyOver)
	}
	got, err := w.sittings.ProposeStaff(ctx, office, []sitting.SessionID{n.ID}, w.crew(9, all...))
	must(t, err)
	if len(got.Duties)+len(got.Short) != 0 {
		t.Errorf("proposed for a session that is settled: %+v", got)
	}
}

func (w *world) relieved(n *sitting.Session, d sitting.Duty) error {
	_, err := w.sittings.Relieve(ctx, office, n.ID, d, "误排")
	return err
}

// 豁免在考试以后还可以申请（关联可能后来才查明），到成绩全部确定、证书签发为止；已经申请的再提交一次不受影响。
func TestWaiversAreTakenUntilTheCertificatesAreOut(t *testing.T) {
	w := open(t)
	settled := new(concluded)
	w.sittings = w.build(w.ports).Telling(settled)
	n := w.session()
	keys := w.soft(n, 2)
	w.clock.Set(n.Practical.Closes.AddDate(0, 0, 7))
	_, err := w.sittings.AskWaiver(ctx, office, n.ID, keys[0], "远房亲属，多年没有往来")
	must(t, err)
	*settled = true
	_, err = w.sittings.AskWaiver(ctx, office, n.ID, keys[1], "远房亲属，多年没有往来")
	wantError(t, "once the certificates are out", err, sitting.ErrWaiverOver)
	_, err = w.sittings.AskWaiver(ctx, office, n.ID, keys[0], "远房亲属，多年没有往来")
	wantError(t, "what was asked before", err, nil)
}

// soft notes so many findings of a soft rule in the session and answers their keys.
func (w *world) soft(n *sitting.Session, count int) (keys []string) {
	w.t.Helper()
	n = w.get(n.ID)
	for i := range count {
		f := separation.Finding{Rule: "shared", Soft: true, Role: authz.Examiner, Staff: "staff", Candidate: engine.PersonID(rune('a' + i)), Path: []string{"甲", string(rune('乙' + i))}}
		n.Findings, keys = append(n.Findings, f), append(keys, f.Key())
	}
	must(w.t, w.ports.Sessions.UpdateSession(ctx, n))
	return keys
}

// 安排人员时，缺人员、岗位、考场的，一次全部指出，写在各自的栏里。
func TestAnAssignmentNamesEveryFieldAtFault(t *testing.T) {
	w := open(t)
	n := w.session()
	who := w.person("甘棠")
	for _, c := range []struct {
		person engine.PersonID
		role   authz.Role
		room   sitting.RoomID
		want   []string
	}{
		{"", "", "", []string{"person.missing", "role.missing"}},
		{"", authz.Invigilator, "", []string{"person.missing", "room.missing"}},
		{who, authz.Invigilator, "", []string{"room.missing"}},
		{who, authz.Invigilator, "p1", []string{"room.component"}},
		{who, authz.Examiner, "t1", []string{"room.component"}},
		{who, authz.Supervisor, "t1", []string{"room.whole"}},
		{who, authz.Registrar, "", []string{"role.unknown"}},
		{who, authz.Invigilator, "t1", nil},
	} {
		_, err := w.sittings.Assign(ctx, office, n.ID, c.person, c.role, c.room)
		var got []string
		var e *errs.Error
		if errors.As(err, &e) {
			for _, f := range e.Fields {
				got = append(got, f.Name+"."+f.Code)
			}
		}
		if !slices.Equal(got, c.want) || (err != nil) != (c.want != nil) {
			t.Errorf("%+v: %v (%v)", c, got, err)
		}
	}
}

// 已经安排的人后来查明与考生是近亲属：再次安排时不说“已安排”，说明关联，并记入考培分离问题；此人仍在岗，由考务人员撤下。
func TestWhoIsOnDutyAndTiedByNowIsToldOf(t *testing.T) {
	w := open(t)
	n := w.session()
	staff, people := w.person("甘棠"), w.candidates(n, 1)
	w.assign(n, staff, authz.Examiner, "p1")
	w.assign(n, staff, authz.Examiner, "p1")
	w.kin(staff, people[0])
	for range 2 {
		_, err := w.sittings.Assign(ctx, office, n.ID, staff, authz.Examiner, "p1")
		wantError(t, "assigned again", err, separation.ErrSeparated)
	}
	if got := w.get(n.ID); len(got.Findings) != 1 || len(got.Duties) != 1 {
		t.Errorf("%d findings, %d duties", len(got.Findings), len(got.Duties))
	}
}
