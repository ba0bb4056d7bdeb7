package sitting_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/registration"
	"github.com/skillcert/skillcert/engine/separation"
	"github.com/skillcert/skillcert/engine/sitting"
)

// 只补考操作技能的考生，试卷抽取以后补排座位的，也只考操作技能。
func TestALatecomerTakesWhatTheyAppliedFor(t *testing.T) {
	w := open(t)
	w.desk = w.desk.Keeping(keeps{})
	w.sittings = w.build(w.ports)
	n := w.session()
	w.apply(n, w.person("甲"), "")
	w.seat(n)
	late, c := w.person("乙"), claims()
	c.Retake = registration.WhatIsMissing
	_, err := w.desk.Apply(ctx, office, w.sittings.Target(w.get(n.ID)), late, c, "", "")
	must(t, err)
	must(t, w.sittings.Close(ctx, office, n.ID))
	for range 2 {
		seat, err := w.sittings.SeatLate(ctx, office, n.ID, late)
		must(t, err)
		if seat.Only != engine.Practical || seat.Takes(engine.Theory) || seat.Station == "" {
			t.Errorf("%+v", seat)
		}
	}
}

// 考评员与二十五名考生登记的是同一部总机电话：逐项核实、逐项豁免以后，可以安排；不会因为超过二十项而有几项永远不能豁免。
func TestEverySoftFindingCanBeWaived(t *testing.T) {
	w := open(t)
	n := w.session()
	examiner := w.person("甘棠")
	w.tie(separation.Reached, separation.PersonNode(examiner), "contact:13800138000")
	for _, p := range w.candidates(n, 25) {
		w.tie(separation.Reached, separation.PersonNode(p), "contact:13800138000")
	}
	_, err := w.sittings.Assign(ctx, office, n.ID, examiner, authz.Examiner, "p1")
	var refused *separation.Separated
	if !errors.As(err, &refused) || len(refused.Findings) != 25 {
		t.Fatal(err)
	}
	boss := as(w.person("韦清和"), authz.Supervisor)
	for _, f := range refused.Findings {
		_, err := w.sittings.AskWaiver(ctx, office, n.ID, f.Key(), "单位总机")
		must(t, err)
		_, err = w.sittings.DecideWaiver(ctx, boss, n.ID, f.Key(), true)
		must(t, err)
	}
	w.assign(n, examiner, authz.Examiner, "p1")
}

// 同一考评员连续三次以后，不能在中间另排一场由别人考评、并不举行的场次来绕开轮换。
func TestAPlannedSittingBreaksNoRun(t *testing.T) {
	w := open(t)
	a, stranger := w.person("甘棠"), w.person("陌生人")
	for i := range 3 {
		w.served(fmt.Sprint("真", i), 3*i, "", a)
	}
	planned := func(name string, days int) *sitting.Session {
		d := w.draft(name)
		d.Theory, d.Practical = daysOn(d.Theory, days), daysOn(d.Practical, days)
		n, err := w.sittings.CreateSession(ctx, office, d)
		must(t, err)
		return n
	}
	n, between := planned("真3", 12), planned("虚", 9)
	w.assign(between, stranger, authz.Examiner, "p1")
	_, err := w.sittings.Assign(ctx, office, n.ID, a, authz.Examiner, "p1")
	wantError(t, "a sitting of strangers is only planned between", err, sitting.ErrServedEnough)
	w.assign(n, stranger, authz.Examiner, "p1")
	wantError(t, "and who is planned there is not new", w.sittings.Renewed(ctx, w.get(n.ID)), sitting.ErrSameGroup)
	w.candidates(between, 1)
	w.seat(between)
	w.assign(n, a, authz.Examiner, "p1")
}

// acted is what people did, as a test says it.
type acted sitting.Acts

func (a *acted) Acts(context.Context, sitting.SessionID) (*sitting.Acts, error) {
	return (*sitting.Acts)(a), nil
}

type keepsAll struct{}

func (keepsAll) MayRetake(context.Context, engine.PersonID, registration.Target, engine.Component) error {
	return nil
}

// 考试以后才查明的亲属关系，按科目和考场判断：只考理论的考生，不因操作技能考评员受影响；甲考场的考生，不因乙考场的监考员受影响；
// 真正监考、考评过的，不论是否还在岗，都查得出来。考试开始以后阅卷负责人和质量督导员不能撤换。
func TestLateTiesGoByComponentAndRoom(t *testing.T) {
	w := open(t)
	w.desk = w.desk.Keeping(keepsAll{})
	acts := &acted{Examined: map[engine.PersonID][]engine.PersonID{}}
	w.ports.Acting = acts
	w.sittings = w.build(w.ports)
	n := w.session()
	examiner, marker, watcher, both, only := w.person("甘棠"), w.person("阅卷"), w.person("督导"), w.person("甲"), w.person("乙")
	inRoom := map[sitting.RoomID]engine.PersonID{"t1": w.person("监考一"), "t2": w.person("监考二")}
	w.apply(n, both, "")
	c := claims()
	c.Retake = registration.Retake(engine.Theory)
	_, err := w.desk.Apply(ctx, office, w.sittings.Target(n), only, c, "", "")
	must(t, err)
	w.assign(n, examiner, authz.Examiner, "p1")
	w.assign(n, marker, authz.Marker, "")
	w.assign(n, watcher, authz.Supervisor, "")
	var sat sitting.RoomID
	for room, p := range inRoom {
		w.assign(n, p, authz.Invigilator, room)
	}
	for _, s := range w.seat(n) {
		if s.Candidate == both {
			sat = s.Room
		}
	}
	gone := w.person("已撤换的考评员")
	acts.Examined[both] = []engine.PersonID{examiner, gone}
	w.clock.Set(opens.AddDate(0, 0, 1))
	w.kin(examiner, only)
	w.kin(gone, both)
	for _, p := range inRoom {
		w.kin(p, both)
	}
	if found, err := w.sittings.Separated(ctx, w.get(n.ID), []engine.PersonID{only}); err != nil || len(found) != 0 {
		t.Errorf("who took theory only: %v %v", found, err)
	}
	found, err := w.sittings.Separated(ctx, w.get(n.ID), []engine.PersonID{both})
	must(t, err)
	names := map[engine.PersonID]bool{}
	for _, f := range found {
		names[f.Staff] = true
	}
	if len(found) != 2 || !names[gone] || !names[inRoom[sat]] {
		t.Errorf("who sat in %s: %v", sat, found)
	}
	for p, role := range map[engine.PersonID]authz.Role{marker: authz.Marker, watcher: authz.Supervisor} {
		_, err = w.sittings.Relieve(ctx, office, n.ID, sitting.Duty{Person: p, Role: role}, "误排")
		wantError(t, string(role), err, sitting.ErrRelievedNow)
	}
}
