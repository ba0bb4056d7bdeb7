package certs_test

import (
	"errors"
	"testing"
	"time"

	"github.com/skillcert/skillcert/certs"
	"github.com/skillcert/skillcert/certs/status"
	"github.com/skillcert/skillcert/certs/translog"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
)

func TestReissue(t *testing.T) {
	o := newOffice(t, 1)
	first := o.issue(t, 0)
	old := o.file(t, first.Number)
	o.clock.Advance(time.Hour)
	c, err := o.Reissue(t.Context(), registrar(), first.Number, 1, why("遗失"))
	check(t, err)
	e := c.Edition
	if c.Number != first.Number || c.Token != first.Token || c.State != certs.Valid || c.Open() || len(c.Earlier) != 1 || e.Version != 2 || e.Kind != translog.Reissued ||
		e.Remark != "补发" || e.Name != first.Name || e.Issued != first.Issued || e.Grounds != "遗失" || e.Salt == first.Salt || e.Slot == first.Slot || e.Leaf != 1 {
		t.Errorf("reissued it is %s", asJSON(t, c))
	}
	if o.code(t, first.Slot) != status.Superseded || o.code(t, e.Slot) != status.Valid {
		t.Error("the status lists do not tell the editions apart")
	}
	o.logged(t, translog.Issued, translog.Reissued)
	o.standing(t, old, certs.StandingSuperseded)
	o.standing(t, o.file(t, c.Number), certs.StandingValid)
	again, err := o.Reissue(t.Context(), registrar(), first.Number, 1, why("遗失"))
	wantError(t, err, certs.ErrEdition) // the edition that the caller saw no longer holds
	if again != nil {
		t.Error("a third edition was made")
	}
	o.revoke(t, c.Number, "以欺骗手段取得")
	o.standing(t, old, certs.StandingRevoked)
	if o.code(t, first.Slot) != status.Revoked || o.code(t, e.Slot) != status.Revoked {
		t.Error("the status lists do not tell of the end")
	}
}

func (o *office) standing(t testing.TB, pdf []byte, want certs.Standing) {
	t.Helper()
	a, err := o.verifier.ByFile(t.Context(), pdf)
	check(t, err)
	if a.Standing != want {
		t.Errorf("the file is %s, want %s: %+v", a.Standing, want, a.Checks)
	}
}

func TestCorrect(t *testing.T) {
	o := newOffice(t, 1)
	first := o.issue(t, 0)
	old := o.file(t, first.Number)
	_, err := o.Correct(t.Context(), registrar(), first.Number, 1, why("姓名有误"))
	wantError(t, err, certs.ErrNothing)
	p := o.person(t, 0)
	p.Name = "李一·买买提江"
	check(t, o.store.People().UpdatePerson(t.Context(), p))
	c, err := o.Correct(t.Context(), registrar(), first.Number, 1, why("姓名有误"))
	check(t, err)
	if c.Name != "李一·买买提江" || c.Earlier[0].Name != "李一·买买提" || c.Version != 2 || c.Kind != translog.Corrected {
		t.Errorf("corrected it is %s", asJSON(t, c))
	}
	o.logged(t, translog.Issued, translog.Corrected)
	o.standing(t, old, certs.StandingSuperseded)
	for name, want := range map[string]certs.Standing{"李一·买买提江": certs.StandingValid, "李一·买买提": certs.StandingSuperseded, "李一": certs.StandingUnknown} {
		if a, err := o.verifier.ByNumber(t.Context(), string(c.Number), name); err != nil || a.Standing != want {
			t.Errorf("%s: %s, %v", name, a.Standing, err)
		}
	}
}

func TestChangesAreRefused(t *testing.T) {
	o := newOffice(t, 1)
	n := o.issue(t, 0).Number
	other := registrar()
	other.Org = "other"
	for name, c := range map[string]struct {
		by      authz.Principal
		n       certs.Number
		version int
		cause   certs.Cause
		want    error
	}{
		"supervisor":     {supervisor(), n, 1, why("遗失"), authz.ErrForbidden},
		"holder":         {holder(0), n, 1, why("遗失"), authz.ErrForbidden},
		"another body's": {other, n, 1, why("遗失"), certs.ErrCertificate},
		"no number":      {registrar(), "x", 1, why("遗失"), certs.ErrCertificate},
		"no evidence":    {registrar(), n, 1, certs.Cause{Grounds: "遗失"}, certs.ErrReason},
		"old edition":    {registrar(), n, 0, why("遗失"), certs.ErrEdition},
		"future edition": {registrar(), n, 2, why("遗失"), certs.ErrEdition},
	} {
		if _, err := o.Reissue(t.Context(), c.by, c.n, c.version, c.cause); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	o.logged(t, translog.Issued)
}

// TestChangeGoesOnAfterAnOutage breaks each call of a reissue in turn: a worker completes what was decided, once.
func TestChangeGoesOnAfterAnOutage(t *testing.T) {
	for _, after := range []bool{false, true} {
		for at := 1; ; at++ {
			o, f := newOffice(t, 1), newOutage(at, after)
			c := o.issue(t, 0)
			_, err := o.failing(f).Reissue(t.Context(), registrar(), c.Number, 1, why("遗失"))
			if !f.struck() {
				break
			}
			decided, _ := o.ports.Ledger.Certificate(t.Context(), c.Number)
			o.clock.Advance(time.Minute)
			check(t, o.Settle(t.Context()))
			now, readErr := o.ports.Ledger.Certificate(t.Context(), c.Number)
			check(t, readErr)
			made := decided.Next != nil || decided.Version == 2
			if now.Open() || (now.Version == 2) != made || now.State != certs.Valid {
				t.Fatalf("call %d, after %v, %v: %s", at, after, err, asJSON(t, now))
			}
			if made {
				o.logged(t, translog.Issued, translog.Reissued)
				o.standing(t, o.file(t, c.Number), certs.StandingValid)
			}
		}
	}
}

// TestRevocationGoesOnAfterAnOutage: a revocation that was decided reaches log and status lists whatever broke.
func TestRevocationGoesOnAfterAnOutage(t *testing.T) {
	for _, after := range []bool{false, true} {
		for at := 1; ; at++ {
			o, f := newOffice(t, 1), newOutage(at, after)
			c := o.issue(t, 0)
			_, err := o.MoveToRevoke(t.Context(), registrar(), c.Number, why("举报属实"))
			check(t, err)
			_, _ = o.failing(f).Revoke(t.Context(), supervisor(), c.Number, "举报属实")
			if !f.struck() {
				break
			}
			o.clock.Advance(time.Minute)
			check(t, o.Settle(t.Context()))
			now, err := o.ports.Ledger.Certificate(t.Context(), c.Number)
			check(t, err)
			if now.Open() {
				t.Fatalf("call %d: %s", at, asJSON(t, now))
			}
			if now.State == certs.Revoked {
				o.logged(t, translog.Issued, translog.Revoked)
				if o.code(t, now.Slot) != status.Revoked {
					t.Fatalf("call %d: the status list says %d", at, o.code(t, now.Slot))
				}
			}
		}
	}
}

func TestWithdrawnEdition(t *testing.T) {
	o := newOffice(t, 1)
	c := o.issue(t, 0)
	broken := o.issuer(o.ports, choosy{o.press(), []string{c.Name}})
	_, err := broken.Reissue(t.Context(), registrar(), c.Number, 1, why("遗失"))
	wantError(t, err, errBroken)
	_, err = o.MoveToRevoke(t.Context(), registrar(), c.Number, why("举报"))
	check(t, err)
	_, err = o.Dismiss(t.Context(), registrar(), c.Number, "查无此事")
	check(t, err)
	got, err := o.Withdraw(t.Context(), registrar(), c.Number, why("申请人找回原件"))
	check(t, err)
	if got.Next != nil || got.Version != 1 || got.Open() || len(got.Rulings) != 1 || got.Rulings[0].Edition != 2 {
		t.Errorf("%s", asJSON(t, got))
	}
	o.logged(t, translog.Issued, translog.Reissued, translog.Voided)
	_, err = o.Withdraw(t.Context(), registrar(), c.Number, why("再次"))
	wantError(t, err, certs.ErrState)
	again, err := o.Reissue(t.Context(), registrar(), c.Number, 1, why("又遗失"))
	if err != nil || again.Version != 2 || again.Leaf != 3 {
		t.Errorf("%+v, %v", again, err)
	}
	o.standing(t, o.file(t, c.Number), certs.StandingValid)
}

func TestVoidNumber(t *testing.T) {
	o := newOffice(t, 2)
	broken := o.issuer(o.ports, choosy{o.press(), []string{o.person(t, 0).Name}})
	_, err := broken.Issue(t.Context(), registrar(), resultOf(0))
	wantError(t, err, errBroken)
	next := o.issue(t, 1)
	const lost = certs.Number("S000012009999264000001")
	_, err = o.Void(t.Context(), registrar(), next.Number, why("误编"))
	wantError(t, err, certs.ErrState) // sealed
	c, err := o.Void(t.Context(), registrar(), lost, why("证书未能制出"))
	check(t, err)
	if c.State != certs.Void || c.Reason != "证书未能制出" || c.Open() {
		t.Errorf("%s", asJSON(t, c))
	}
	o.logged(t, translog.Issued, translog.Issued, translog.Voided)
	issued := o.issue(t, 0)
	if issued.Number != "S000012009999264000003" {
		t.Errorf("the result then has %s", issued.Number)
	}
	if a, err := o.verifier.ByNumber(t.Context(), string(lost), issued.Name); err != nil || a.Standing != certs.StandingUnknown {
		t.Errorf("the void number: %s, %v", a.Standing, err)
	}
	s, err := o.Serials(t.Context(), registrar(), "body", 2026, engine.Level4)
	check(t, err)
	if s.Last != 3 || s.Valid != 2 || len(s.Gaps) != 0 || len(s.Void) != 1 || s.Void[0] != (certs.VoidSerial{Number: lost, Reason: "证书未能制出"}) {
		t.Errorf("%+v", s)
	}
}
