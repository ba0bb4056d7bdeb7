package registration_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/engine/registration"
)

const (
	onlyTheory    = registration.Retake(engine.Theory)
	onlyPractical = registration.Retake(engine.Practical)
)

// keeping is a counter whose candidates passed before what the register says, by name.
func (k *counter) keeping(kept map[string][]engine.Component) *counter {
	k.desk = k.desk.Keeping(register{k.world, kept})
	k.intake = registration.NewIntake(registration.IntakePorts{Openings: k.store.Openings(), Requests: k.store.Requests(), Sessions: k.halls}, k.desk)
	return k
}

// known registers who the form is of, as at an earlier sitting.
func (k *counter) known(e registration.Entry) {
	k.t.Helper()
	_, err := k.world.people.Register(ctx, office, engine.Person{Name: e.Row.Name, IDType: e.Row.IDType, IDNumber: e.Row.IDNumber, Phone: e.Row.Phone})
	if err != nil {
		k.t.Fatal(err)
	}
}

// said is what is said at the field, "" for nothing.
func said(err error, field string) string {
	var refused *errs.Error
	if !errors.As(err, &refused) {
		return ""
	}
	for _, f := range refused.Fields {
		if f.Name == field {
			return f.Msg
		}
	}
	return ""
}

// 考生自己报补考：理论成绩还保留的，只报操作技能，只收操作一科的费用，受理以后只考操作；没有保留成绩的，在“考试类型”一栏说明原因，什么也不收。
func TestCandidatesAskForARetakeThemselves(t *testing.T) {
	for name, c := range map[string]struct {
		who, phone string // phone: another than at the earlier sitting
		unknown    bool   // nobody was registered before
		retake     registration.Retake
		fen        int
		want       string
	}{
		"both parts":                     {who: "普通人", retake: registration.BothTaken, fen: 170_00},
		"theory is kept":                 {who: "理论留", retake: onlyPractical, fen: 140_00},
		"practice is kept":               {who: "技能留", retake: onlyTheory, fen: 30_00},
		"the part that is kept":          {who: "理论留", retake: onlyTheory, want: "您保留的是理论知识的合格成绩，这一科不用再考。请改选“补考（只补实操）”"},
		"practice, which is kept":        {who: "技能留", retake: onlyPractical, want: "您保留的是操作技能的合格成绩，这一科不用再考。请改选“补考（只补理论）”"},
		"nothing is kept":                {who: "普通人", retake: onlyPractical, want: "没有单科合格、可以保留的成绩"},
		"nobody knows them":              {who: "理论留", unknown: true, retake: onlyPractical, want: "没有查到可以保留的单科成绩"},
		"another telephone":              {who: "理论留", phone: "19900000099", retake: onlyPractical, want: "没有查到可以保留的单科成绩"},
		"which part is not said":         {who: "理论留", retake: registration.WhatIsMissing, want: "请选择正考，或补考的那一科"},
		"a part that is none":            {who: "理论留", retake: "oral", want: "请选择正考，或补考的那一科"},
		"both parts, and theory is kept": {who: "理论留", retake: registration.BothTaken, fen: 170_00},
	} {
		k := openCounter(t).keeping(map[string][]engine.Component{"理论留": {engine.Theory}, "技能留": {engine.Practical}})
		e := k.entry()
		e.Row.Name = c.who
		if !c.unknown {
			k.known(e)
		}
		if c.phone != "" {
			e.Row.Phone = c.phone
		}
		e.Row.Claims.Retake = c.retake
		r, _, err := k.intake.Apply(ctx, authz.Anonymous(), hall, k.keys.New(), e, true)
		if c.want != "" {
			if !errors.Is(err, registration.ErrRequestInput) || !strings.Contains(said(err, "retake"), c.want) {
				t.Errorf("%s: %q, %v", name, said(err, "retake"), err)
			}
			continue
		}
		if err != nil || r.Due(k.clock.Now(), k.policy.Location()) != c.fen {
			t.Errorf("%s: %v, %+v", name, err, r)
			continue
		}
		if _, err = k.accept(r); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if all, err := k.desk.Accepted(ctx, hall); err != nil || len(all) != 1 || all[0].Only != engine.Component(c.retake) {
			t.Errorf("%s: %+v, %v", name, all, err)
		}
	}
}

// 网上报名不泄露别人的成绩：名字或手机号码与登记的不同，和查无此人、没有合格成绩，说的是同一句话。
func TestAFormTellsNoStrangerWhatOthersPassed(t *testing.T) {
	k := openCounter(t).keeping(map[string][]engine.Component{"理论留": {engine.Theory}})
	e := k.entry()
	e.Row.Name = "理论留"
	k.known(e)
	e.Row.Claims.Retake = onlyPractical
	answers := map[string]bool{}
	for _, change := range []func(*registration.RosterRow){func(r *registration.RosterRow) { r.Name = "别的人" }, func(r *registration.RosterRow) { r.Phone = "19900000098" },
		func(r *registration.RosterRow) { *r = k.entry().Row; r.Claims.Retake = onlyPractical }} {
		other := e
		change(&other.Row)
		_, _, err := k.intake.Apply(ctx, authz.Anonymous(), hall, k.keys.New(), other, true)
		answers[said(err, "retake")] = true
	}
	if len(answers) != 1 || answers[""] {
		t.Errorf("%v", answers)
	}
}

// 受理以前改了主意：退回以后把正考改成补考，没缴的一科不再收，缴了的一科登记退费；再改回正考，两科照收。
func TestFeesFollowWhatIsTaken(t *testing.T) {
	k := openCounter(t).keeping(map[string][]engine.Component{"理论留": {engine.Theory}})
	e := k.entry()
	e.Row.Name = "理论留"
	k.known(e)
	r, by := k.apply(e)
	if _, err := k.intake.Record(ctx, office, r.ID, "theory-5", registration.FeePaid, "票1"); err != nil {
		t.Fatal(err)
	}
	now, zone := k.clock.Now(), k.policy.Location()
	turn := func(to registration.Retake) *registration.Request {
		if _, err := k.intake.Return(ctx, office, r.ID, []registration.Fault{{Field: "retake", Text: "请核对"}}); err != nil {
			t.Fatal(err)
		}
		e.Row.Claims.Retake = to
		r, err := k.intake.Amend(ctx, by, e, true)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	if r := turn(onlyPractical); r.Due(now, zone) != 140_00 || !r.Refund(now, zone) {
		t.Errorf("practice only: %+v", r.Fees)
	}
	if r, err := k.intake.Record(ctx, office, r.ID, "theory-5", registration.FeeRefunded, "退1"); err != nil || r.Refund(now, zone) {
		t.Errorf("refunded: %v", err)
	}
	if r := turn(registration.BothTaken); r.Due(now, zone) != 170_00 || r.Refund(now, zone) || len(r.Fees) != 2 {
		t.Errorf("both again: %+v", r.Fees)
	}
}
