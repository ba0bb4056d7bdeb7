package certs_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/skillcert/skillcert/certs"
	"github.com/skillcert/skillcert/certs/status"
	"github.com/skillcert/skillcert/certs/translog"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
)

// revoke takes a certificate back, by two persons.
func (o *office) revoke(t testing.TB, n certs.Number, grounds string) *certs.Certificate {
	t.Helper()
	_, err := o.MoveToRevoke(t.Context(), registrar(), n, why(grounds))
	check(t, err)
	c, err := o.Revoke(t.Context(), supervisor(), n, o.moved(t, n))
	check(t, err)
	return c
}

// moved is the mark of the motion on a certificate, as somebody reads it now; empty where there is none.
func (o *office) moved(t testing.TB, n certs.Number) string {
	t.Helper()
	c, err := o.ports.Ledger.Certificate(t.Context(), n)
	check(t, err)
	if c.Motion == nil {
		return ""
	}
	return c.Motion.Mark()
}

func (o *office) code(t testing.TB, s certs.Slot) status.Code {
	t.Helper()
	e, err := o.ports.Slots.Slot(t.Context(), s)
	check(t, err)
	return e.Code
}

// logged checks that the log holds exactly these events, in their order.
func (o *office) logged(t testing.TB, want ...translog.Event) {
	t.Helper()
	size, err := o.log.Size(t.Context())
	check(t, err)
	var got []translog.Event
	for n := range size {
		b, err := o.log.Leaf(t.Context(), n)
		check(t, err)
		leaf, err := translog.ParseLeaf(b)
		check(t, err)
		got = append(got, leaf.Event)
	}
	if asJSON(t, got) != asJSON(t, want) {
		t.Errorf("the log holds %v, want %v", got, want)
	}
}

func TestRevokeTakesTwo(t *testing.T) {
	o := newOffice(t, 1)
	issued := o.issue(t, 0)
	n := issued.Number
	for _, bad := range []certs.Cause{{}, {Grounds: " \n", Evidence: "x"}, {Grounds: "理由"}, {Grounds: strings.Repeat("长", 201), Evidence: "x"},
		{Grounds: "坏\xff", Evidence: "x"}, {Grounds: "理由", Evidence: strings.Repeat("长", 301)}} {
		_, err := o.MoveToRevoke(t.Context(), registrar(), n, bad)
		wantError(t, err, certs.ErrReason)
	}
	_, err := o.Revoke(t.Context(), supervisor(), n, "以欺骗手段取得")
	wantError(t, err, certs.ErrMotion)
	o.clock.Advance(time.Hour)
	c, err := o.MoveToRevoke(t.Context(), registrar(), n, why(" 以欺骗手段取得 "))
	check(t, err)
	if c.State != certs.Valid || c.Motion == nil || c.Motion.Grounds != "以欺骗手段取得" || c.Motion.Person != "zhuo" {
		t.Errorf("with a motion it is %+v", c)
	}
	again, err := o.MoveToRevoke(t.Context(), registrar(), n, why("以欺骗手段取得"))
	if err != nil || asJSON(t, again) != asJSON(t, c) {
		t.Errorf("asked again it is %+v, %v", again, err)
	}
	_, err = o.MoveToRevoke(t.Context(), registrar(), n, why("另一理由"))
	wantError(t, err, certs.ErrMoved)
	_, err = o.MoveToRevoke(t.Context(), registrar(), n, certs.Cause{Grounds: c.Motion.Grounds, Evidence: "另一依据"})
	wantError(t, err, certs.ErrMoved)
	seen := c.Motion.Mark()
	_, err = o.Revoke(t.Context(), registrar(), n, seen)
	wantError(t, err, certs.ErrOneself)
	twice := supervisor()
	twice.Person = "zhuo" // another account of the same person
	_, err = o.Revoke(t.Context(), twice, n, seen)
	wantError(t, err, certs.ErrOneself)
	_, err = o.Revoke(t.Context(), supervisor(), n, c.Motion.Grounds) // of no motion as it was read
	wantError(t, err, engine.ErrStale)
	c, err = o.Revoke(t.Context(), supervisor(), n, seen)
	check(t, err)
	if c.State != certs.Revoked || c.Reason != "以欺骗手段取得" || !c.Changed.Equal(noon().Add(time.Hour)) || c.Motion != nil || c.Open() ||
		len(c.Rulings) != 1 || c.Rulings[0].Leaf != 1 || asJSON(t, c.Rulings[0].By) != `["zhengshu","dudao"]` || o.code(t, c.Slot) != status.Revoked {
		t.Errorf("revoked it is %+v", c)
	}
	o.logged(t, translog.Issued, translog.Revoked)
	if again, err = o.Revoke(t.Context(), supervisor(), n, seen); err != nil || asJSON(t, again) != asJSON(t, c) {
		t.Errorf("revoked again it is %+v, %v", again, err)
	}
	_, err = o.Revoke(t.Context(), supervisor(), n, "")
	wantError(t, err, certs.ErrState)
	_, err = o.MoveToRevoke(t.Context(), registrar(), n, why("另一理由"))
	wantError(t, err, certs.ErrState)
	_, err = o.Reissue(t.Context(), registrar(), n, 1, why("遗失"))
	wantError(t, err, certs.ErrState)
	if c := o.issue(t, 0); c.State != certs.Revoked || c.Number != n {
		t.Errorf("issuing again brought it back: %s", c.State)
	}
}

func TestMotionIsDismissed(t *testing.T) {
	o := newOffice(t, 1)
	n := o.issue(t, 0).Number
	_, err := o.Dismiss(t.Context(), supervisor(), n, "举报", "查无此事")
	wantError(t, err, certs.ErrMotion)
	_, err = o.MoveToRevoke(t.Context(), registrar(), n, why("举报"))
	check(t, err)
	for _, none := range []string{"", " 　\n"} {
		_, err = o.Dismiss(t.Context(), supervisor(), n, o.moved(t, n), none)
		wantError(t, err, certs.ErrReason)
	}
	nameless := supervisor()
	nameless.Person = ""
	_, err = o.Dismiss(t.Context(), nameless, n, o.moved(t, n), "查无此事")
	wantError(t, err, certs.ErrNobody)
	_, err = o.Dismiss(t.Context(), supervisor(), n, "另一举报", "查无此事") // of a motion before this one
	wantError(t, err, engine.ErrStale)
	_, err = o.Reissue(t.Context(), registrar(), n, 1, why("遗失")) // not while it is asked for
	wantError(t, err, certs.ErrState)
	c, err := o.Dismiss(t.Context(), supervisor(), n, o.moved(t, n), " 查无此事 ")
	check(t, err)
	if last := c.Trail[len(c.Trail)-1]; c.State != certs.Valid || c.Motion != nil || last.Action != "certificate.dismissed" || last.Note != "查无此事" {
		t.Errorf("%+v", c)
	}
	o.logged(t, translog.Issued)
}

// TestTheMotionThatWasSeenIsDecidedOn: one that was taken back and moved anew is another one, whatever of it is the same.
func TestTheMotionThatWasSeenIsDecidedOn(t *testing.T) {
	other := registrar()
	other.Account, other.Person = "zhengshu2", "other"
	for name, next := range map[string]struct {
		by    authz.Principal
		cause certs.Cause
		later time.Duration
	}{
		"grounds": {registrar(), certs.Cause{Grounds: "冒名", Evidence: "依据一"}, 0}, "evidence": {registrar(), certs.Cause{Grounds: "举报", Evidence: "依据二"}, 0},
		"who": {other, certs.Cause{Grounds: "举报", Evidence: "依据一"}, 0}, "when": {registrar(), certs.Cause{Grounds: "举报", Evidence: "依据一"}, time.Second},
	} {
		o := newOffice(t, 1)
		n := o.issue(t, 0).Number
		_, err := o.MoveToRevoke(t.Context(), registrar(), n, certs.Cause{Grounds: "举报", Evidence: "依据一"})
		check(t, err)
		seen := o.moved(t, n)
		_, err = o.Dismiss(t.Context(), registrar(), n, seen, "重新申请")
		check(t, err)
		o.clock.Advance(next.later)
		_, err = o.MoveToRevoke(t.Context(), next.by, n, next.cause)
		check(t, err)
		if _, err = o.Revoke(t.Context(), supervisor(), n, seen); !errors.Is(err, engine.ErrStale) {
			t.Errorf("another %s is confirmed: %v", name, err)
		}
		if _, err = o.Dismiss(t.Context(), supervisor(), n, seen, "不实"); !errors.Is(err, engine.ErrStale) {
			t.Errorf("another %s is dismissed: %v", name, err)
		}
		_, err = o.Revoke(t.Context(), supervisor(), n, o.moved(t, n))
		check(t, err)
	}
}

// TestNobodyRulesOnTheirOwnCertificate, whatever office they hold and whatever the ruling.
func TestNobodyRulesOnTheirOwnCertificate(t *testing.T) {
	o := newOffice(t, 1)
	n := o.issue(t, 0).Number
	own, second := registrar(), supervisor()
	own.Person, second.Person = "person0", "person0"
	refused := func(name string, err error) {
		t.Helper()
		if !errors.Is(err, certs.ErrOwnMatter) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, rule := range map[string]func(context.Context, authz.Principal, certs.Number, certs.Cause) (*certs.Certificate, error){
		"move": o.MoveToRevoke, "void": o.Void, "withdraw": o.Withdraw,
		"reissue": func(ctx context.Context, by authz.Principal, n certs.Number, c certs.Cause) (*certs.Certificate, error) {
			return o.Reissue(ctx, by, n, 1, c)
		},
		"correct": func(ctx context.Context, by authz.Principal, n certs.Number, c certs.Cause) (*certs.Certificate, error) {
			return o.Correct(ctx, by, n, 1, c)
		},
	} {
		_, err := rule(t.Context(), own, n, why("遗失"))
		refused(name, err)
	}
	_, err := o.MoveToRevoke(t.Context(), registrar(), n, why("举报"))
	check(t, err)
	_, err = o.Revoke(t.Context(), second, n, o.moved(t, n))
	refused("revoke", err)
	_, err = o.Dismiss(t.Context(), second, n, o.moved(t, n), "不实")
	refused("dismiss", err)
	_, err = o.Keep(t.Context(), second, resultOf(0), "查分")
	refused("hold", err)
	_, err = o.Lift(t.Context(), second, resultOf(0), "无误")
	refused("lift", err)
	c, err := o.Certificate(t.Context(), own, n)
	if err != nil || c.State != certs.Valid || c.Motion == nil || c.Next != nil {
		t.Errorf("%s, %v", asJSON(t, c), err)
	}
}

func TestRevokeByState(t *testing.T) {
	for state, want := range map[certs.State]error{certs.Reserved: certs.ErrState, certs.Valid: nil, certs.Revoked: certs.ErrState, certs.Void: certs.ErrState} {
		o := newOffice(t, 1)
		c := o.issue(t, 0)
		c.State = state
		check(t, o.ports.Ledger.UpdateCertificate(t.Context(), c))
		_, err := o.MoveToRevoke(t.Context(), registrar(), c.Number, why("以欺骗手段取得"))
		wantError(t, err, want)
	}
}

func TestRevokeIsTheBodysOwn(t *testing.T) {
	o := newOffice(t, 1)
	n := o.issue(t, 0).Number
	other, unbound, nameless := registrar(), registrar(), registrar()
	other.Org, unbound.Org, nameless.Person = "other", "", ""
	for _, c := range []struct {
		by   authz.Principal
		n    certs.Number
		want error
	}{
		{other, n, certs.ErrCertificate}, {registrar(), "S000012009999264000002", certs.ErrCertificate}, {registrar(), "x\n", certs.ErrCertificate},
		{holder(0), n, authz.ErrForbidden}, {authz.Anonymous(), n, authz.ErrUnauthenticated}, {unbound, n, certs.ErrCertificate},
		{supervisor(), n, authz.ErrForbidden}, {nameless, n, certs.ErrNobody}, {registrar(), n, nil},
	} {
		_, err := o.MoveToRevoke(t.Context(), c.by, c.n, why("以欺骗手段取得"))
		wantError(t, err, c.want)
	}
	elsewhere := supervisor()
	elsewhere.Org = "other"
	_, err := o.Revoke(t.Context(), elsewhere, n, o.moved(t, n))
	wantError(t, err, certs.ErrCertificate)
	_, err = o.Revoke(t.Context(), bureau(), n, o.moved(t, n))
	check(t, err)
}

// TestAnAuthorityDecidesInItsProvince: it sees what belongs to every body, and decides for those of its own province.
func TestAnAuthorityDecidesInItsProvince(t *testing.T) {
	o := contestOffice(t)
	n := o.issue(t, 0).Number
	_, err := o.MoveToRevoke(t.Context(), registrar(), n, why("冒名"))
	check(t, err)
	entered, err := o.EnterAward(t.Context(), registrar(), prize(nil))
	check(t, err)
	held, err := o.EnterAward(t.Context(), registrar(), prize(func(a *certs.Award) {
		a.Person, a.Group, a.Class, a.Place, a.Holds, a.HoldsNo = "person1", "worker", "city-1", 1, engine.Level4, "S000012009999244000001"
	}))
	check(t, err)
	foreign, forgotten := bureau(), bureau()
	foreign.Province, forgotten.Province = "50", ""
	commands := []struct {
		name string
		do   func(by authz.Principal) error
	}{
		{"hold", func(by authz.Principal) error { _, err := o.Keep(t.Context(), by, resultOf(0), "核查"); return err }},
		{"lift", func(by authz.Principal) error { _, err := o.Lift(t.Context(), by, resultOf(0), "无误"); return err }},
		{"dismiss", func(by authz.Principal) error {
			_, err := o.Dismiss(t.Context(), by, n, o.moved(t, n), "不实")
			return err
		}},
		{"revoke", func(by authz.Principal) error { _, err := o.Revoke(t.Context(), by, n, o.moved(t, n)); return err }},
		{"refuse an award", func(by authz.Principal) error {
			_, err := o.RefuseAward(t.Context(), by, entered.Seen(), "不实")
			return err
		}},
		{"grant an award", func(by authz.Principal) error { _, err := o.Grant(t.Context(), by, entered.Seen()); return err }},
		{"rule on an award", func(by authz.Principal) error {
			_, err := o.RuleOnAward(t.Context(), by, held.Seen(), engine.Level3, "裁定")
			return err
		}},
	}
	for _, by := range []authz.Principal{foreign, forgotten} {
		for _, c := range commands {
			if err := c.do(by); !errors.Is(err, certs.ErrProvince) {
				t.Errorf("%s by an authority of %q: %v", c.name, by.Province, err)
			}
		}
		if moved, err := o.Moved(t.Context(), by); err != nil || len(moved) != 0 {
			t.Errorf("%d motions wait for an authority of %q, %v", len(moved), by.Province, err)
		}
		if _, err := o.Certificate(t.Context(), by, n); err != nil {
			t.Errorf("an authority of %q sees nothing: %v", by.Province, err)
		}
	}
	for _, c := range commands {
		switch err := c.do(bureau()); {
		case c.name == "dismiss":
			check(t, err)
			_, err = o.MoveToRevoke(t.Context(), registrar(), n, why("冒名"))
			check(t, err)
		case c.name == "grant an award": // which was refused
			wantError(t, err, certs.ErrAwardState)
		default:
			check(t, err)
		}
	}
}
