package registration_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/registration"
	"github.com/skillcert/skillcert/fixtures/demo"
)

// 同一个人用两种证件各报一次，或同一证件报了两份：报名点只能受理一份，另一份说明原因，申请还在。
func TestOnePersonIsAcceptedOnce(t *testing.T) {
	k := openCounter(t)
	e := k.entry()
	first, _ := k.apply(e)
	same, _ := k.apply(e)
	e.Row.IDType, e.Row.IDNumber, e.Row.Born, e.Row.Sex = engine.Passport, "E12345678", date("1970-05-01"), engine.Female
	other, _ := k.apply(e)
	_, others, err := k.intake.Look(ctx, office, first.ID)
	if err != nil || !slices.Equal(others, []registration.RequestID{same.ID}) {
		t.Errorf("the office is told of %v, %v", others, err)
	}
	if _, err := k.accept(first); err != nil {
		t.Fatal(err)
	}
	if _, err := k.accept(same); !errors.Is(err, registration.ErrRepeated) {
		t.Errorf("the same document: %v", err)
	}
	if _, err := k.accept(other); !errors.Is(err, registration.ErrNotEligible) || !strings.Contains(err.Error(), "not_eligible") {
		t.Errorf("the passport: %v", err)
	}
	for _, r := range []*registration.Request{same, other} {
		if now, _, err := k.intake.Look(ctx, office, r.ID); err != nil || now.State != registration.Submitted || now.Accepting != nil {
			t.Errorf("%+v, %v", now, err)
		}
		if _, err := k.intake.Reject(ctx, office, r.ID, "同一人已受理"); err != nil {
			t.Error(err)
		}
	}
	if all, err := k.desk.Accepted(ctx, hall); err != nil || len(all) != 1 {
		t.Errorf("%d accepted, %v", len(all), err)
	}
}

// 审核的规矩：不能审自己的申请（换一种证件也不行）；别的机构看不到；原件号码不一致、材料没看到的不能受理；退回次数有限。
func TestWhatTheOfficeMayNot(t *testing.T) {
	k := openCounter(t)
	e := k.entry()
	r, applicant := k.apply(e)
	me, err := k.world.people.Register(ctx, office, engine.Person{Name: e.Row.Name, IDType: engine.Passport, IDNumber: "E12345678", Born: date("1970-05-01"), Sex: engine.Female, Phone: e.Row.Phone})
	if err != nil {
		t.Fatal(err)
	}
	self, elsewhere := office, office
	self.Person, elsewhere.Org = string(me.ID), "elsewhere"
	fault := []registration.Fault{{Field: "phone", Text: "打不通"}}
	for name, c := range map[string]struct {
		by   authz.Principal
		want error
	}{"oneself": {self, registration.ErrOwnRequest}, "another body": {elsewhere, registration.ErrRequest}, "the applicant": {applicant, authz.ErrForbidden},
		"the public": {authz.Anonymous(), authz.ErrUnauthenticated}} {
		_, accept := k.intake.Accept(ctx, c.by, r.ID, r.Row.IDNumber, []string{"从业承诺书"})
		_, back := k.intake.Return(ctx, c.by, r.ID, fault)
		_, reject := k.intake.Reject(ctx, c.by, r.ID, "不符")
		_, fee := k.intake.Record(ctx, c.by, r.ID, "theory-5", registration.FeePaid, "票1")
		for _, err := range []error{accept, back, reject, fee} {
			if !errors.Is(err, c.want) {
				t.Errorf("%s: %v, want %v", name, err, c.want)
			}
		}
	}
	if _, err := k.intake.Accept(ctx, office, r.ID, demo.IDNumber(date("1970-05-01"), 8, engine.Female), []string{"从业承诺书"}); !errors.Is(err, registration.ErrReviewInput) {
		t.Errorf("another number: %v", err)
	}
	if _, err := k.intake.Accept(ctx, office, r.ID, r.Row.IDNumber, nil); !errors.Is(err, registration.ErrNotEligible) {
		t.Errorf("nothing seen: %v", err)
	}
	for _, bad := range [][]registration.Fault{nil, {{Field: "phone"}}, {{Field: "shoe", Text: "大"}}, {{Field: "phone", Text: strings.Repeat("长", 301)}}} {
		if _, err := k.intake.Return(ctx, office, r.ID, bad); !errors.Is(err, registration.ErrReviewInput) {
			t.Errorf("%v: %v", bad, err)
		}
	}
	for range k.policy.Registration.Rounds {
		if _, err := k.intake.Return(ctx, office, r.ID, fault); err != nil {
			t.Fatal(err)
		}
		if _, err := k.intake.Amend(ctx, applicant, e, true); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := k.intake.Return(ctx, office, r.ID, fault); !errors.Is(err, registration.ErrRounds) {
		t.Errorf("once more: %v", err)
	}
}

// 费用只登记不收款：应缴的登记缴纳或免缴，缴了的才能登记退费，都要写票据号或文号。
func TestFees(t *testing.T) {
	k := openCounter(t)
	r, by := k.apply(k.entry())
	for i, c := range []struct {
		item string
		to   registration.FeeState
		ref  string
		want error
	}{
		{"theory-5", registration.FeeRefunded, "退1", registration.ErrFeeState},
		{"theory-5", registration.FeePaid, " ", registration.ErrFeeInput},
		{"theory-5", "forgiven", "票1", registration.ErrFeeInput},
		{"theory-4", registration.FeePaid, "票1", registration.ErrFee},
		{"theory-5", registration.FeePaid, "票1", nil},
		{"theory-5", registration.FeePaid, "票1", nil},
		{"theory-5", registration.FeePaid, "票2", registration.ErrFeeState},
		{"practical-5", registration.FeeExempted, "文1", nil},
		{"practical-5", registration.FeeRefunded, "退1", registration.ErrFeeState},
	} {
		if _, err := k.intake.Record(ctx, office, r.ID, c.item, c.to, c.ref); !errors.Is(err, c.want) {
			t.Errorf("%d: %v, want %v", i, err, c.want)
		}
	}
	r, _, err := k.intake.Own(ctx, by)
	if err != nil || r.Due(k.clock.Now(), k.policy.Location()) != 0 || r.Fees[0].Reference != "票1" || r.Fees[1].State != registration.FeeExempted {
		t.Errorf("%+v, %v", r, err)
	}
	if _, err := k.intake.Withdraw(ctx, by, "有事"); err != nil {
		t.Fatal(err)
	}
	if r, err = k.intake.Record(ctx, office, r.ID, "theory-5", registration.FeeRefunded, "退1"); err != nil || r.Fees[0].State != registration.FeeRefunded {
		t.Errorf("refund after the withdrawal: %v", err)
	}
}

// 抽题以后本场次不再报名：没有审核的申请随即失效，不能再受理、退回或改正，考务员仍可写明理由不予受理；已缴费用照规定退，没缴的不用缴。
func TestAnApplicationThatNobodyReviewedInTime(t *testing.T) {
	k := openCounter(t)
	e := k.entry()
	r, by := k.apply(e)
	back, byBack := k.apply(k.entry())
	fault := []registration.Fault{{Field: "phone", Text: "打不通"}}
	if _, err := k.intake.Return(ctx, office, back.ID, fault); err != nil {
		t.Fatal(err)
	}
	if _, err := k.intake.Record(ctx, office, r.ID, "theory-5", registration.FeePaid, "票1"); err != nil {
		t.Fatal(err)
	}
	line := registration.QueueOf(k.store.Requests(), k.policy)
	if u, err := line.Undecided(ctx, hall, k.clock.Now()); err != nil || u != (registration.Undecided{Waiting: 1, Returned: 1}) {
		t.Errorf("%+v, %v", u, err)
	}
	closed := k.halls.targets[hall]
	closed.Until = k.clock.Now()
	k.halls.targets[hall] = closed
	now, zone := k.clock.Now(), k.policy.Location()
	r, _, err := k.intake.Own(ctx, by)
	if err != nil || r.StateAt(now, zone) != registration.Lapsed || !r.Unreviewed(now, zone) || r.Due(now, zone) != 0 || !r.Refund(now, zone) {
		t.Errorf("%+v, %v", r, err)
	}
	_, accept := k.accept(r)
	_, again := k.intake.Return(ctx, office, r.ID, fault)
	_, amend := k.intake.Amend(ctx, byBack, e, true)
	_, withdraw := k.intake.Withdraw(ctx, by, "有事")
	_, pay := k.intake.Record(ctx, office, r.ID, "practical-5", registration.FeePaid, "票2")
	for name, c := range map[string][2]error{"accepted": {accept, registration.ErrEnded}, "sent back": {again, registration.ErrEnded}, "corrected": {amend, registration.ErrLapsed},
		"withdrawn": {withdraw, registration.ErrLapsed}, "paid": {pay, registration.ErrFeeState}} {
		if !errors.Is(c[0], c[1]) {
			t.Errorf("%s: %v, want %v", name, c[0], c[1])
		}
	}
	if r, err = k.intake.Record(ctx, office, r.ID, "theory-5", registration.FeeRefunded, "退1"); err != nil || r.Refund(now, zone) {
		t.Errorf("refund: %v", err)
	}
	if r, err = k.intake.Reject(ctx, office, r.ID, "报名已截止，请改报下一场"); err != nil || r.StateAt(now, zone) != registration.Rejected {
		t.Errorf("%+v, %v", r, err)
	}
}
