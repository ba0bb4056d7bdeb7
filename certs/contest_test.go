package certs_test

import (
	"errors"
	"testing"

	"github.com/skillcert/skillcert/certs"
	"github.com/skillcert/skillcert/certs/translog"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/fixtures/policy"
)

// prize is the award of person0 as somebody enters it.
func prize(edit func(*certs.Award)) certs.Award {
	a := certs.Award{Person: "person0", Year: 2026, Contest: "照护技能大赛", Class: "city-2", Place: 6, Of: 40, Group: "student", Evidence: "获奖通报第3号"}
	if edit != nil {
		edit(&a)
	}
	return a
}

func contestOffice(t testing.TB) *office {
	t.Helper()
	o := newOffice(t, 2)
	p, err := policy.Sample()
	check(t, err)
	o.policy = p.Certificates
	o.Issuer = o.issuer(o.ports, o.press())
	return o
}

func bureau() authz.Principal {
	return authz.Principal{Account: "renshe", Person: "ren", Name: "任时", Roles: []authz.Role{authz.Labour}, Province: "12"}
}

func TestAwardIsIssued(t *testing.T) {
	o := contestOffice(t)
	a, err := o.EnterAward(t.Context(), registrar(), prize(nil))
	check(t, err)
	if a.To != engine.Level4 || a.Rule != "tianjin-city-2-student" || a.State != certs.AwardEntered || a.Org != "body" {
		t.Errorf("entered as %s", asJSON(t, a))
	}
	_, err = o.IssueAward(t.Context(), registrar(), a.ID)
	wantError(t, err, certs.ErrAwardState)
	_, err = o.Grant(t.Context(), registrar(), a.Seen())
	wantError(t, err, certs.ErrAwardTwo)
	for range 2 {
		_, err = o.Grant(t.Context(), supervisor(), a.Seen())
		check(t, err)
	}
	c, err := o.IssueAward(t.Context(), registrar(), a.ID)
	check(t, err)
	again, err := o.IssueAward(t.Context(), registrar(), a.ID)
	if err != nil || asJSON(t, again) != asJSON(t, c) || c.State != certs.Valid || c.Level != engine.Level4 || c.Session != "" || c.Holder != "person0" {
		t.Errorf("issued as %s, %v", asJSON(t, again), err)
	}
	o.standing(t, o.file(t, c.Number), certs.StandingValid)
	o.logged(t, translog.Issued)
	o.contiguous(t, 1)
}

// TestAwardBeyondTheLevels: a promotion to 技师 has no target here, so people decide, and only the authority.
func TestAwardBeyondTheLevels(t *testing.T) {
	o := contestOffice(t)
	a, err := o.EnterAward(t.Context(), registrar(), prize(func(a *certs.Award) {
		a.Group, a.Class, a.Place, a.Holds, a.HoldsNo = "worker", "city-1", 1, engine.Level4, "S000012009999244000001"
	}))
	check(t, err)
	if a.State != certs.AwardHeld || a.To != 0 {
		t.Errorf("entered as %s", asJSON(t, a))
	}
	_, err = o.IssueAward(t.Context(), registrar(), a.ID)
	wantError(t, err, certs.ErrAwardHeld)
	_, err = o.Grant(t.Context(), supervisor(), a.Seen())
	wantError(t, err, certs.ErrAwardState)
	_, err = o.RuleOnAward(t.Context(), supervisor(), a.Seen(), engine.Level3, "按高级颁发")
	wantError(t, err, authz.ErrForbidden)
	for _, to := range []engine.Level{engine.Level4, engine.Level5, 2} {
		_, err = o.RuleOnAward(t.Context(), bureau(), a.Seen(), to, "裁定")
		wantError(t, err, certs.ErrAwardLevel)
	}
	a, err = o.RuleOnAward(t.Context(), bureau(), a.Seen(), engine.Level3, "按高级颁发")
	if err != nil || a.State != certs.AwardGranted || a.To != engine.Level3 {
		t.Fatalf("ruled %s, %v", asJSON(t, a), err)
	}
	_, err = o.IssueAward(t.Context(), registrar(), a.ID) // the body of the tests is not filed for 三级
	wantError(t, err, engine.ErrNotFiled)
}

func TestAwardsAreRefused(t *testing.T) {
	o := contestOffice(t)
	for name, c := range map[string]struct {
		by   authz.Principal
		edit func(*certs.Award)
		want error
	}{
		"place of the last rule":  {registrar(), nil, nil},
		"a place lower":           {registrar(), func(a *certs.Award) { a.Person, a.Place = "person1", 7 }, certs.ErrAwardRule},
		"no such class":           {registrar(), func(a *certs.Award) { a.Person, a.Class = "person1", "village" }, certs.ErrAwardRule},
		"nobody":                  {registrar(), func(a *certs.Award) { a.Person = "none" }, engine.ErrPerson},
		"place beyond all":        {registrar(), func(a *certs.Award) { a.Person, a.Place = "person1", 41 }, certs.ErrAwardInput},
		"level without a number":  {registrar(), func(a *certs.Award) { a.Person, a.Holds = "person1", engine.Level4 }, certs.ErrAwardInput},
		"long ago":                {registrar(), func(a *certs.Award) { a.Person, a.Year = "person1", 2024 }, certs.ErrAwardInput},
		"no evidence":             {registrar(), func(a *certs.Award) { a.Person, a.Evidence = "person1", " " }, certs.ErrAwardInput},
		"supervisor enters":       {supervisor(), nil, authz.ErrForbidden},
		"the same again":          {registrar(), nil, nil},
		"30 % of 40 in a company": {registrar(), func(a *certs.Award) { a.Person, a.Class, a.Place = "person1", "enterprise", 12 }, nil},
	} {
		if _, err := o.EnterAward(t.Context(), c.by, prize(c.edit)); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
	for field, edit := range edits() {
		if _, err := o.EnterAward(t.Context(), registrar(), prize(edit)); !errors.Is(err, certs.ErrAwardTwice) {
			t.Errorf("with another %s: %v", field, err)
		}
	}
	a, err := o.ports.Awards.Award(t.Context(), certs.AwardID("person0", 2026))
	check(t, err)
	_, err = o.RefuseAward(t.Context(), supervisor(), a.Seen(), "")
	wantError(t, err, certs.ErrReason)
	a, err = o.RefuseAward(t.Context(), supervisor(), a.Seen(), "名单有误")
	if err != nil || a.State != certs.AwardRefused {
		t.Errorf("%s, %v", asJSON(t, a), err)
	}
	_, err = o.Grant(t.Context(), supervisor(), a.Seen())
	wantError(t, err, certs.ErrAwardState)
	elsewhere := supervisor()
	elsewhere.Org = "other"
	_, err = o.Grant(t.Context(), elsewhere, a.Seen())
	wantError(t, err, certs.ErrAward)
}

// edits are the same prize with one thing entered otherwise.
func edits() map[string]func(*certs.Award) {
	return map[string]func(*certs.Award){
		"contest": func(a *certs.Award) { a.Contest = "另一大赛" }, "place": func(a *certs.Award) { a.Place = 5 },
		"number of people": func(a *certs.Award) { a.Of = 41 }, "evidence": func(a *certs.Award) { a.Evidence = "获奖通报第4号" },
		"class":      func(a *certs.Award) { a.Class, a.Place = "enterprise", 1 },
		"level held": func(a *certs.Award) { a.Holds, a.HoldsNo = engine.Level5, "S000012009999255000001" },
	}
}

// TestARefusedAwardIsEnteredAnew: a slip of the pen is put right by somebody, refused or not by another before, and decided on
// like the first; what was done stays on record.
func TestARefusedAwardIsEnteredAnew(t *testing.T) {
	for field, edit := range edits() {
		o := contestOffice(t)
		wrong, err := o.EnterAward(t.Context(), registrar(), prize(nil))
		check(t, err)
		_, err = o.RefuseAward(t.Context(), supervisor(), wrong.Seen(), "录入有误")
		check(t, err)
		right, err := o.EnterAward(t.Context(), registrar(), prize(edit))
		if err != nil {
			t.Errorf("%s: %v", field, err)
			continue
		}
		if right.State != certs.AwardEntered || right.ID != wrong.ID || len(right.Trail) != 3 || right.Decision() != nil {
			t.Errorf("%s: %s", field, asJSON(t, right))
		}
		if again, err := o.EnterAward(t.Context(), registrar(), prize(edit)); err != nil || asJSON(t, again) != asJSON(t, right) {
			t.Errorf("%s, twice: %s, %v", field, asJSON(t, again), err)
		}
		_, err = o.Grant(t.Context(), supervisor(), wrong.Seen()) // of what was entered before
		wantError(t, err, engine.ErrStale)
		_, err = o.Grant(t.Context(), supervisor(), right.Seen())
		check(t, err)
		_, err = o.IssueAward(t.Context(), registrar(), right.ID)
		check(t, err)
		_, err = o.EnterAward(t.Context(), registrar(), prize(nil))
		wantError(t, err, certs.ErrAwardTwice)
	}
}

// TestNobodyDecidesOnTheirOwnAward, whatever office they hold: not to write it down, to confirm, refuse or rule on it, to certify.
func TestNobodyDecidesOnTheirOwnAward(t *testing.T) {
	o := contestOffice(t)
	entered, err := o.EnterAward(t.Context(), registrar(), prize(nil))
	check(t, err)
	held, err := o.EnterAward(t.Context(), registrar(), prize(func(a *certs.Award) {
		a.Person, a.Group, a.Class, a.Place, a.Holds, a.HoldsNo = "person1", "worker", "city-1", 1, engine.Level4, "S000012009999244000001"
	}))
	check(t, err)
	as := func(by authz.Principal, person string) authz.Principal {
		by.Person = person
		return by
	}
	_, err = o.EnterAward(t.Context(), as(registrar(), "person0"), prize(nil))
	wantError(t, err, certs.ErrOwnMatter)
	_, err = o.Grant(t.Context(), as(supervisor(), "person0"), entered.Seen())
	wantError(t, err, certs.ErrOwnMatter)
	_, err = o.RefuseAward(t.Context(), as(supervisor(), "person0"), entered.Seen(), "不实")
	wantError(t, err, certs.ErrOwnMatter)
	_, err = o.RuleOnAward(t.Context(), as(bureau(), "person1"), held.Seen(), engine.Level3, "裁定")
	wantError(t, err, certs.ErrOwnMatter)
	_, err = o.Grant(t.Context(), supervisor(), entered.Seen())
	check(t, err)
	_, err = o.IssueAward(t.Context(), as(registrar(), "person0"), entered.ID)
	wantError(t, err, certs.ErrOwnMatter)
	_, err = o.IssueAward(t.Context(), registrar(), entered.ID)
	check(t, err)
}

// TestARefusedAwardElsewhere: the body that it was entered at by mistake has it no more.
func TestARefusedAwardElsewhere(t *testing.T) {
	o := contestOffice(t)
	o.body(t, "other", "S000012008888")
	wrong, err := o.EnterAward(t.Context(), registrar(), prize(nil))
	check(t, err)
	other := registrar()
	other.Org, other.Account, other.Person = "other", "other", "other"
	_, err = o.EnterAward(t.Context(), other, prize(nil))
	wantError(t, err, certs.ErrAwardTwice)
	_, err = o.RefuseAward(t.Context(), supervisor(), wrong.Seen(), "非本机构人员")
	check(t, err)
	a, err := o.EnterAward(t.Context(), other, prize(nil))
	if err != nil || a.Org != "other" || a.By != "other" || a.State != certs.AwardEntered {
		t.Errorf("%s, %v", asJSON(t, a), err)
	}
	_, err = o.Grant(t.Context(), supervisor(), wrong.Seen())
	wantError(t, err, certs.ErrAward)
}

// TestARulingIsNotAskedTwice: what the authority gave no level to stays so until something else is entered.
func TestARulingIsNotAskedTwice(t *testing.T) {
	o := contestOffice(t)
	beyond := func(a *certs.Award) {
		a.Group, a.Class, a.Place, a.Holds, a.HoldsNo = "worker", "city-1", 1, engine.Level4, "S000012009999244000001"
	}
	a, err := o.EnterAward(t.Context(), registrar(), prize(beyond))
	check(t, err)
	ruled, err := o.RuleOnAward(t.Context(), bureau(), a.Seen(), 0, "不予晋升")
	check(t, err)
	if again, err := o.EnterAward(t.Context(), registrar(), prize(beyond)); err != nil || asJSON(t, again) != asJSON(t, ruled) {
		t.Errorf("%s, %v", asJSON(t, again), err)
	}
	other, err := o.EnterAward(t.Context(), registrar(), prize(func(a *certs.Award) {
		beyond(a)
		a.HoldsNo = "S000012009999244000002"
	}))
	if err != nil || other.State != certs.AwardHeld {
		t.Errorf("%s, %v", asJSON(t, other), err)
	}
}

// TestAwardsAreHandedOver: valid certificates of the body's own awards, of the days asked for, each time on record with the award.
func TestAwardsAreHandedOver(t *testing.T) {
	o := contestOffice(t)
	certified := func(person engine.PersonID, place int) *certs.Certificate {
		t.Helper()
		a, err := o.EnterAward(t.Context(), registrar(), prize(func(a *certs.Award) { a.Person, a.Place = person, place }))
		check(t, err)
		_, err = o.Grant(t.Context(), supervisor(), a.Seen())
		check(t, err)
		c, err := o.IssueAward(t.Context(), registrar(), a.ID)
		check(t, err)
		return c
	}
	_, err := o.HandOverAwards(t.Context(), registrar(), certs.Days{})
	wantError(t, err, certs.ErrNoneIssued)
	c, taken := certified("person0", 1), certified("person1", 2)
	o.revoke(t, taken.Number, "名单有误")
	for days, want := range map[certs.Days]error{{}: nil, {From: day("2026-03-02"), To: day("2026-03-02")}: nil,
		{From: day("2026-03-03"), To: day("2026-04-01")}: certs.ErrNoneIssued} {
		all, err := o.HandOverAwards(t.Context(), registrar(), days)
		if !errors.Is(err, want) || want == nil && (len(all) != 1 || all[0].Certificate.Number != c.Number || all[0].Holder.IDNumber != "110101190001010014") {
			t.Errorf("%v: %s, %v", days, asJSON(t, all), err)
		}
	}
	a, err := o.ports.Awards.Award(t.Context(), certs.AwardID("person0", 2026))
	check(t, err)
	n := len(a.Trail)
	if n != 4 || a.Trail[3].Action != certs.AwardHandedOver || a.Trail[3].Name != registrar().Name || a.Decision() == nil || a.Decision().By != supervisor().Account {
		t.Errorf("trail %s", asJSON(t, a.Trail))
	}
	if _, err = o.HandOverAwards(t.Context(), stranger(), certs.Days{}); !errors.Is(err, certs.ErrNoneIssued) {
		t.Errorf("another body: %v", err)
	}
	_, err = o.HandOverAwards(t.Context(), supervisor(), certs.Days{})
	wantError(t, err, authz.ErrForbidden)
	_, err = o.HandOver(t.Context(), registrar(), sessionID, certs.Days{})
	wantError(t, err, certs.ErrNoneIssued)
}
