package registration_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/registration"
)

// brittle fails once when an application is made: before it is kept, or after.
type brittle struct {
	registration.Applications
	armed, kept bool
}

var errCut = errors.New("cut off")

func (b *brittle) CreateApplication(ctx context.Context, a *registration.Application) error {
	if !b.armed {
		return b.Applications.CreateApplication(ctx, a)
	}
	b.armed = false
	if b.kept {
		return errors.Join(errCut, b.Applications.CreateApplication(ctx, a))
	}
	return errCut
}

// cutOff is a counter at which the acceptance of r was cut off, before or after the application was kept.
func cutOff(t *testing.T, kept bool) (k *counter, r *registration.Request, by authz.Principal) {
	k = openCounter(t)
	k.desk = registration.NewDesk(&brittle{Applications: k.store.Applications(), armed: true, kept: kept}, k.world.people, k.policy, k.clock)
	k.intake = registration.NewIntake(registration.IntakePorts{Openings: k.store.Openings(), Requests: k.store.Requests(), Sessions: k.halls}, k.desk)
	r, by = k.apply(k.entry())
	if _, err := k.accept(r); !errors.Is(err, errCut) {
		t.Fatal(err)
	}
	return k, r, by
}

// close has the session take nobody any more.
func (k *counter) close() {
	at := k.halls.targets[hall]
	at.Until = k.clock.Now()
	k.halls.targets[hall] = at
	k.clock.Advance(time.Minute)
}

// 受理到一半断电，随后抽题截止：报名已经写好的，再点受理就办完，少看了材料、已经截止也一样；没有写好的，开始受理在截止以前，也可以办完。
func TestAnAcceptanceThatWasCutOffIsCompletedAfterTheClose(t *testing.T) {
	for _, kept := range []bool{true, false} {
		k, r, _ := cutOff(t, kept)
		k.close()
		seen := []string{"从业承诺书"}
		if kept {
			seen = nil
		}
		got, err := k.intake.Accept(ctx, office, r.ID, r.Row.IDNumber, seen)
		if err != nil || got.State != registration.Accepted || got.Accepting != nil {
			t.Errorf("kept %v: %+v, %v", kept, got, err)
		}
		if all, err := k.desk.Accepted(ctx, hall); err != nil || len(all) != 1 {
			t.Errorf("kept %v: %d accepted, %v", kept, len(all), err)
		}
	}
}

// 断了的受理可以放弃，但要等到不可能还在进行；放弃以后照常退回或不予受理。报名其实已经写好的，放弃不了，改为办完受理。
func TestAnAcceptanceThatWasCutOffMayBeAbandoned(t *testing.T) {
	k, r, _ := cutOff(t, false)
	fault := []registration.Fault{{Field: "phone", Text: "打不通"}}
	for name, do := range map[string]func() error{
		"sent back": func() error { _, err := k.intake.Return(ctx, office, r.ID, fault); return err },
		"refused":   func() error { _, err := k.intake.Reject(ctx, office, r.ID, "不符"); return err },
		"abandoned": func() error { _, err := k.intake.Abandon(ctx, office, r.ID); return err },
	} {
		if err := do(); !errors.Is(err, registration.ErrRequestState) {
			t.Errorf("%s while it may be under way: %v", name, err)
		}
	}
	k.clock.Advance(5 * time.Minute)
	if got, err := k.intake.Abandon(ctx, office, r.ID); err != nil || got.Accepting != nil || got.State != registration.Submitted || got.MayReturn(2) != nil {
		t.Errorf("%+v, %v", got, err)
	}
	if _, err := k.intake.Reject(ctx, office, r.ID, "不符"); err != nil {
		t.Error(err)
	}
	k, r, _ = cutOff(t, true)
	k.clock.Advance(5 * time.Minute)
	if got, err := k.intake.Abandon(ctx, office, r.ID); err != nil || got.State != registration.Accepted {
		t.Errorf("kept: %+v, %v", got, err)
	}
}

// 网络断了没收到回复，再办一次结果一样：同样的退回、同样的提交都不算第二次，内容不同的才拒绝。
func TestReturnAndHandInAgainAfterALostReply(t *testing.T) {
	k := openCounter(t)
	e := k.entry()
	r, by := k.apply(e)
	again := func(what string, want int64, do func() (*registration.Request, error)) {
		t.Helper()
		for range 2 {
			if got, err := do(); err != nil || got.Revision != want {
				t.Errorf("%s: %+v, %v", what, got, err)
			}
		}
	}
	again("handed in", 1, func() (*registration.Request, error) { return k.intake.Amend(ctx, by, e, true) })
	fault := []registration.Fault{{Field: "phone", Text: "打不通"}}
	again("sent back", 2, func() (*registration.Request, error) { return k.intake.Return(ctx, office, r.ID, fault) })
	if _, err := k.intake.Return(ctx, office, r.ID, []registration.Fault{{Field: "phone", Text: "空号"}}); !errors.Is(err, registration.ErrRequestState) {
		t.Errorf("sent back for something else: %v", err)
	}
	e.Row.Employer = "另一家"
	again("handed in again", 3, func() (*registration.Request, error) { return k.intake.Amend(ctx, by, e, true) })
	e.Row.Employer = "又一家"
	if _, err := k.intake.Amend(ctx, by, e, true); !errors.Is(err, registration.ErrRequestState) {
		t.Errorf("something else: %v", err)
	}
}

// draft keeps a form that is not handed in, and signs its applicant in.
func (k *counter) draft(e registration.Entry) (*registration.Request, authz.Principal, error) {
	r, code, err := k.intake.Apply(ctx, authz.Anonymous(), hall, k.keys.New(), e, false)
	if err != nil {
		return nil, authz.Principal{}, err
	}
	by, err := k.intake.Recognise(ctx, string(r.ID), code)
	return r, by, err
}

// 报名提前截止的，先前存下的草稿也不能再交；延期的，草稿跟着延期。
func TestADraftGoesByTheWindowAsItIsNow(t *testing.T) {
	k := openCounter(t)
	e := k.entry()
	_, by, err := k.draft(e)
	if err != nil {
		t.Fatal(err)
	}
	first := k.terms().Window.Closes
	set := func(closes time.Time) {
		t.Helper()
		terms := k.terms()
		terms.Window.Closes = closes
		if _, err := k.intake.Open(ctx, office, hall, terms); err != nil {
			t.Fatal(err)
		}
	}
	set(k.clock.Now().Add(time.Hour))
	k.clock.Advance(time.Hour)
	if _, err := k.intake.Amend(ctx, by, e, true); !errors.Is(err, registration.ErrLapsed) {
		t.Errorf("after the window was made shorter: %v", err)
	}
	set(first.Add(24 * time.Hour))
	k.clock.Set(first.Add(time.Hour))
	if r, err := k.intake.Amend(ctx, by, e, true); err != nil || r.State != registration.Submitted {
		t.Errorf("after it was made longer: %v", err)
	}
}

// 草稿反复保存同样的内容，什么也不记；每次都不同的，存到100次为止，仍可以提交。
func TestADraftDoesNotGrow(t *testing.T) {
	k := openCounter(t)
	e := k.entry()
	_, by, err := k.draft(e)
	if err != nil {
		t.Fatal(err)
	}
	for range 10 {
		if r, err := k.intake.Amend(ctx, by, e, false); err != nil || r.Revision != 1 {
			t.Fatalf("the same: %+v, %v", r, err)
		}
	}
	for n := range 101 {
		e.Row.Employer = strings.Repeat("院", n+1)[:3*min(n+1, 100)]
		if n == 100 {
			e.Row.Employer = "某院"
		}
		_, err = k.intake.Amend(ctx, by, e, false)
		if want := map[bool]error{true: registration.ErrSaves}[n == 100]; !errors.Is(err, want) {
			t.Fatalf("save %d: %v", n+1, err)
		}
	}
	if r, err := k.intake.Amend(ctx, by, e, true); err != nil || r.State != registration.Submitted || r.Row.Employer != "某院" {
		t.Errorf("%+v, %v", r, err)
	}
}

// 账号没有登记本人是谁的考务员，不能审核：说不清是不是自己的申请。
func TestAnAccountThatSaysNobodyReviewsNothing(t *testing.T) {
	k := openCounter(t)
	r, _ := k.apply(k.entry())
	nobody := office
	nobody.Person = ""
	_, accept := k.intake.Accept(ctx, nobody, r.ID, r.Row.IDNumber, []string{"从业承诺书"})
	_, reject := k.intake.Reject(ctx, nobody, r.ID, "不符")
	_, fee := k.intake.Record(ctx, nobody, r.ID, "theory-5", registration.FeePaid, "票1")
	_, abandon := k.intake.Abandon(ctx, nobody, r.ID)
	for _, err := range []error{accept, reject, fee, abandon} {
		if !errors.Is(err, registration.ErrNoPerson) {
			t.Errorf("%v", err)
		}
	}
	if _, _, err := k.intake.Look(ctx, nobody, r.ID); err != nil {
		t.Errorf("they may look: %v", err)
	}
}

// slow makes an application, and before anybody hears of it something else happens.
type slow struct {
	registration.Applications
	then func()
}

func (s *slow) CreateApplication(ctx context.Context, a *registration.Application) error {
	err := s.Applications.CreateApplication(ctx, a)
	if then := s.then; then != nil {
		s.then = nil
		then()
	}
	return err
}

func (s *slow) Application(ctx context.Context, id registration.ApplicationID) (*registration.Application, error) {
	if s.then != nil { // not yet
		return nil, registration.ErrApplication
	}
	return s.Applications.Application(ctx, id)
}

// 受理太慢，别人已经放弃并且不予受理，报名这时才写好：报名作废，不会又不予受理、又有座位；已经有了座位的照实说。
func TestASlowAcceptanceOfARefusedRequestLeavesNoApplication(t *testing.T) {
	for _, seated := range []bool{false, true} {
		k := openCounter(t)
		late := &slow{Applications: k.store.Applications()}
		k.desk = registration.NewDesk(late, k.world.people, k.policy, k.clock)
		in := func(d *registration.Desk) *registration.Intake {
			return registration.NewIntake(registration.IntakePorts{Openings: k.store.Openings(), Requests: k.store.Requests(), Sessions: k.halls}, d)
		}
		k.intake = in(k.desk)
		r, _ := k.apply(k.entry())
		late.then = func() {
			k.clock.Advance(6 * time.Minute)
			others := in(registration.NewDesk(nothing{k.store.Applications()}, k.world.people, k.policy, k.clock))
			if _, err := others.Abandon(ctx, office, r.ID); err != nil {
				t.Error(err)
			}
			if _, err := others.Reject(ctx, office, r.ID, "不符"); err != nil {
				t.Error(err)
			}
			p, err := k.world.people.Find(ctx, r.Row.IDType, r.Row.IDNumber)
			if err != nil {
				t.Fatal(err)
			}
			k.halls.seated[p.ID] = seated
		}
		want := map[bool]error{false: registration.ErrRequestState, true: registration.ErrSeated}[seated]
		if _, err := k.accept(r); !errors.Is(err, want) {
			t.Errorf("seated %v: %v", seated, err)
		}
		if all, err := k.desk.Accepted(ctx, hall); err != nil || (len(all) == 1) != seated {
			t.Errorf("seated %v: %d accepted, %v", seated, len(all), err)
		}
	}
}

// nothing is applications of which none can be read yet.
type nothing struct{ registration.Applications }

func (nothing) Application(context.Context, registration.ApplicationID) (*registration.Application, error) {
	return nil, registration.ErrApplication
}

// stuck keeps what it has.
type stuck struct {
	registration.Applications
	armed int // writes that go through; -1: all
}

func (s *stuck) UpdateApplication(ctx context.Context, a *registration.Application) error {
	if s.armed == 0 {
		return errCut
	}
	s.armed--
	return s.Applications.UpdateApplication(ctx, a)
}

// 撤回时座位刚好排上，恢复报名又失败：告诉考生的是没有办成，不是“座位已经安排”；再点一次就恢复。
func TestAFailureToPutAnApplicationBackIsTold(t *testing.T) {
	k := openCounter(t)
	kept := &stuck{k.store.Applications(), -1}
	k.desk = registration.NewDesk(kept, k.world.people, k.policy, k.clock)
	late := &seatedLate{halls: k.halls}
	k.intake = registration.NewIntake(registration.IntakePorts{Openings: k.store.Openings(), Requests: k.store.Requests(), Sessions: late}, k.desk)
	r, by := k.apply(k.entry())
	if _, err := k.accept(r); err != nil {
		t.Fatal(err)
	}
	kept.armed = 1
	if _, err := k.intake.Withdraw(ctx, by, "有事"); !errors.Is(err, errCut) || errors.Is(err, registration.ErrSeated) {
		t.Errorf("%v", err)
	}
	kept.armed = -1
	if _, err := k.intake.Withdraw(ctx, by, "有事"); !errors.Is(err, registration.ErrSeated) {
		t.Errorf("again: %v", err)
	}
	if all, err := k.desk.Accepted(ctx, hall); err != nil || len(all) != 1 {
		t.Errorf("%d accepted, %v", len(all), err)
	}
}

// seatedLate is halls in which whoever leaves was just given a place.
type seatedLate struct{ *halls }

func (seatedLate) Leave(context.Context, authz.Principal, registration.ApplicationID) error {
	return registration.ErrSeated
}
