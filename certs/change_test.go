package certs_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/skillcert/skillcert/certs"
	"github.com/skillcert/skillcert/certs/pades"
	"github.com/skillcert/skillcert/certs/status"
	"github.com/skillcert/skillcert/certs/translog"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/errs"
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

// TestEachPartOfACauseHasItsWords: what is missing or too long is named by its own input, all of it at once.
func TestEachPartOfACauseHasItsWords(t *testing.T) {
	o := newOffice(t, 1)
	n, long := o.issue(t, 0).Number, strings.Repeat("字", 3000)
	for _, c := range []struct {
		cause certs.Cause
		want  []string
	}{
		{certs.Cause{}, []string{"grounds missing", "evidence missing"}}, {certs.Cause{Grounds: "遗失", Evidence: " "}, []string{"evidence missing"}},
		{certs.Cause{Evidence: "单"}, []string{"grounds missing"}}, {certs.Cause{Grounds: long, Evidence: long}, []string{"grounds long", "evidence long"}},
		{certs.Cause{Grounds: long[:201*3], Evidence: long[:300*3]}, []string{"grounds long"}}, {certs.Cause{Grounds: long[:200*3], Evidence: long[:301*3]}, []string{"evidence long"}},
		{certs.Cause{Grounds: "遗\xff失", Evidence: "单"}, []string{"grounds encoding"}},
	} {
		_, err := o.Reissue(t.Context(), registrar(), n, 1, c.cause)
		var e *errs.Error
		var got []string
		if errors.As(err, &e) {
			for _, f := range e.Fields {
				got = append(got, f.Name+" "+f.Code)
			}
		}
		if !errors.Is(err, certs.ErrReason) || !slices.Equal(got, c.want) {
			t.Errorf("%d and %d bytes: %v, want %v", len(c.cause.Grounds), len(c.cause.Evidence), err, c.want)
		}
	}
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

// TestWhatEndedGoesOnAfterAnOutage: an end that was decided reaches log and status lists whatever broke.
func TestWhatEndedGoesOnAfterAnOutage(t *testing.T) {
	for name, c := range map[string]struct {
		making bool // an edition beside the one that holds
		first  bool // which is being made itself
		end    func(t *testing.T, o *office, i *certs.Issuer, n certs.Number)
		events []translog.Event
	}{
		"revoked": {false, false, revokedIn, []translog.Event{translog.Issued, translog.Revoked}},
		"revoked while one was being made": {true, false, revokedIn,
			[]translog.Event{translog.Issued, translog.Reissued, translog.Voided, translog.Revoked}},
		"withdrawn": {true, false, func(t *testing.T, _ *office, i *certs.Issuer, n certs.Number) {
			_, _ = i.Withdraw(t.Context(), registrar(), n, why("找回原件"))
		}, []translog.Event{translog.Issued, translog.Reissued, translog.Voided}},
		"voided": {false, true, func(t *testing.T, _ *office, i *certs.Issuer, n certs.Number) {
			_, _ = i.Void(t.Context(), registrar(), n, why("误编"))
		}, []translog.Event{translog.Issued, translog.Voided}},
	} {
		for _, after := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, after %v", name, after), func(t *testing.T) {
				for at := 1; ; at++ {
					o, f := newOffice(t, 1), newOutage(at, after)
					broken := o.issuer(o.ports, choosy{o.press(), []string{o.person(t, 0).Name}})
					if !c.first {
						o.issue(t, 0)
					}
					if c.first {
						_, err := broken.Issue(t.Context(), registrar(), resultOf(0))
						wantError(t, err, errBroken)
					}
					was := o.ledger(t)[0]
					if c.making {
						_, err := broken.Reissue(t.Context(), registrar(), was.Number, 1, why("遗失"))
						wantError(t, err, errBroken)
						was = o.ledger(t)[0]
					}
					c.end(t, o, o.failing(f), was.Number)
					decided := o.ledger(t)[0]
					if !f.struck() {
						break
					}
					if len(decided.Rulings) == 0 {
						continue // it was not decided
					}
					o.clock.Advance(time.Minute)
					check(t, o.Settle(t.Context()))
					o.ended(t, was, c.events)
				}
			})
		}
	}
}

func revokedIn(t *testing.T, o *office, i *certs.Issuer, n certs.Number) {
	c, err := o.MoveToRevoke(t.Context(), registrar(), n, why("举报属实"))
	check(t, err)
	_, _ = i.Revoke(t.Context(), supervisor(), n, c.Motion.Mark())
}

// ended checks that log and status lists say all that became of a certificate, of which nothing more is made.
func (o *office) ended(t testing.TB, was *certs.Certificate, events []translog.Event) {
	t.Helper()
	now := o.ledger(t)[0]
	if now.Open() || now.Next != nil || now.Version != 1 {
		t.Fatalf("%s", asJSON(t, now))
	}
	o.logged(t, events...)
	codes := map[certs.Slot]status.Code{was.Slot: map[certs.State]status.Code{certs.Valid: status.Valid, certs.Revoked: status.Revoked,
		certs.Void: status.Void}[now.State]}
	if was.Next != nil {
		codes[was.Next.Slot] = status.Void
	}
	for slot, want := range codes {
		if got := o.code(t, slot); got != want {
			t.Errorf("the status list says %s of %v, want %s", got, slot, want)
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
	_, err = o.Dismiss(t.Context(), registrar(), c.Number, o.moved(t, c.Number), "查无此事")
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
	if err != nil || again.Version != 3 || again.Leaf != 3 || len(again.Earlier) != 1 || o.code(t, got.Rulings[0].Slot) != status.Void {
		t.Errorf("%+v, %v", again, err)
	}
	o.standing(t, o.file(t, c.Number), certs.StandingValid)
	if again, err = o.Reissue(t.Context(), registrar(), c.Number, 3, why("再遗失")); err != nil || again.Version != 4 {
		t.Errorf("%+v, %v", again, err)
	}
}

// racing lets something happen while a seal is being set.
type racing struct {
	certs.Sealer
	meanwhile func()
	pdf       []byte // what was sealed then
}

func (r *racing) Seal(d certs.Draft) (pdf []byte, err error) {
	r.meanwhile()
	r.pdf, err = r.Sealer.Seal(d)
	return r.pdf, err
}

// TestGivenUpWhileItWasSealed: the document of what was withdrawn, voided or revoked meanwhile is nobody's. The status lists
// say that it counts for nothing, and it is not taken for the next edition.
func TestGivenUpWhileItWasSealed(t *testing.T) {
	o := newOffice(t, 1)
	press := &racing{Sealer: o.press()}
	i := o.issuer(o.ports, press)
	press.meanwhile = func() {
		_, err := o.Void(t.Context(), registrar(), o.ledger(t)[0].Number, why("误编"))
		check(t, err)
	}
	_, err := i.Issue(t.Context(), registrar(), resultOf(0))
	wantError(t, err, certs.ErrState)
	o.nobodys(t, press.pdf)

	c := o.issue(t, 0)
	press.meanwhile = func() {
		_, err := o.Withdraw(t.Context(), registrar(), c.Number, why("找回原件"))
		check(t, err)
	}
	_, err = i.Reissue(t.Context(), registrar(), c.Number, 1, why("遗失"))
	wantError(t, err, certs.ErrState)
	o.nobodys(t, press.pdf)
	c, err = o.Reissue(t.Context(), registrar(), c.Number, 1, why("又遗失"))
	check(t, err)
	says := o.states(t, o.file(t, c.Number))
	if says.Salt != c.Salt || says.Edition != c.Version || says.Status.Index != c.Slot.Index {
		t.Errorf("the file states %s of %s", asJSON(t, says), asJSON(t, c))
	}
	o.standing(t, o.file(t, c.Number), certs.StandingValid)

	press.meanwhile = func() { o.revoke(t, c.Number, "冒名") }
	_, err = i.Reissue(t.Context(), registrar(), c.Number, c.Version, why("再遗失"))
	wantError(t, err, certs.ErrState)
	o.nobodys(t, press.pdf)
	if o.code(t, c.Slot) != status.Revoked {
		t.Errorf("the status list says %s of the one that was revoked", o.code(t, c.Slot))
	}
}

// nobodys checks that a sealed document counts for nothing, with the register and without.
func (o *office) nobodys(t testing.TB, pdf []byte) {
	t.Helper()
	o.standing(t, pdf, certs.StandingUnknown)
	place := o.states(t, pdf).Status
	if code := o.code(t, certs.Slot{List: 1, Index: place.Index}); code != status.Void {
		t.Errorf("the status list says %s of the place that the file names", code)
	}
}

// states is what a file says of itself.
func (o *office) states(t testing.TB, pdf []byte) certs.Credential {
	t.Helper()
	says, ok := certs.ParseCredential(pades.Peek(pdf))
	if !ok {
		t.Fatal("the file has no credential")
	}
	return says
}

// TestAnotherFileOfTheName is not the document of an edition, however it came there.
func TestAnotherFileOfTheName(t *testing.T) {
	o := newOffice(t, 1)
	c := o.issue(t, 0)
	check(t, o.ports.Files.PutFile(t.Context(), &certs.File{Number: c.Number, Version: 2, PDF: o.file(t, c.Number)}))
	_, err := o.Reissue(t.Context(), registrar(), c.Number, 1, why("遗失"))
	wantError(t, err, certs.ErrCredential)
	_, err = o.Withdraw(t.Context(), registrar(), c.Number, why("不能制成"))
	check(t, err)
	c, err = o.Reissue(t.Context(), registrar(), c.Number, 1, why("遗失"))
	check(t, err)
	o.standing(t, o.file(t, c.Number), certs.StandingValid)
}

// TestSealForAnotherDecision does not complete the one that stands.
func TestSealForAnotherDecision(t *testing.T) {
	o := newOffice(t, 1)
	n := o.issue(t, 0).Number
	press := &racing{Sealer: o.press(), meanwhile: func() {
		c := o.ledger(t)[0]
		c.Next.Salt = "00112233445566778899aabbccddeeff"
		check(t, o.ports.Ledger.UpdateCertificate(t.Context(), c))
	}}
	_, err := o.issuer(o.ports, press).Reissue(t.Context(), registrar(), n, 1, why("遗失"))
	wantError(t, err, certs.ErrState)
	if c := o.ledger(t)[0]; c.Version != 1 || c.Next == nil {
		t.Errorf("it was completed: %s", asJSON(t, c))
	}
}

// TestWhatEndedWaitsForNoSeal: a withdrawal is told of while the next edition cannot be made.
func TestWhatEndedWaitsForNoSeal(t *testing.T) {
	o := newOffice(t, 1)
	n := o.issue(t, 0).Number
	broken := o.issuer(o.ports, choosy{o.press(), []string{o.person(t, 0).Name}})
	_, err := broken.Reissue(t.Context(), registrar(), n, 1, why("遗失"))
	wantError(t, err, errBroken)
	ports := o.ports
	ports.Journal = faultyJournal{ports.Journal, newOutage(1, false)}
	c, err := o.issuer(ports, o.press()).Withdraw(t.Context(), registrar(), n, why("找回原件"))
	if err != nil || !c.Open() {
		t.Fatalf("withdrawn it is %s, %v", asJSON(t, c), err)
	}
	_, err = broken.Reissue(t.Context(), registrar(), n, 1, why("又遗失"))
	wantError(t, err, errBroken)
	o.clock.Advance(time.Minute)
	wantError(t, broken.Settle(t.Context()), errBroken)
	if c = o.ledger(t)[0]; !c.Rulings[0].Settled || o.code(t, c.Rulings[0].Slot) != status.Void {
		t.Errorf("%s", asJSON(t, c))
	}
}

// TestNothingIsMadeWithAnotherPhoto: who has another picture by now is corrected first, and nothing is used up for it.
func TestNothingIsMadeWithAnotherPhoto(t *testing.T) {
	o := newOffice(t, 1)
	c := o.issue(t, 0)
	broken := o.issuer(o.ports, choosy{o.press(), []string{c.Name}})
	_, err := broken.Reissue(t.Context(), registrar(), c.Number, 1, why("遗失"))
	wantError(t, err, errBroken)
	p := o.person(t, 0)
	o.portray(t, p, []byte("another"))
	check(t, o.store.People().UpdatePerson(t.Context(), p))
	o.clock.Advance(time.Minute)
	err = o.Settle(t.Context()) // the photo was the same when it was decided on
	if wantError(t, err, certs.ErrPhotoDiffers); !strings.Contains(err.Error(), "撤回") {
		t.Errorf("told %v", err)
	}
	_, err = o.Withdraw(t.Context(), registrar(), c.Number, why("照片已更换"))
	check(t, err)
	_, err = o.Reissue(t.Context(), registrar(), c.Number, 1, why("遗失"))
	wantError(t, err, certs.ErrPhotoDiffers)
	_, err = o.Card(t.Context(), holder(0), c.Number)
	wantError(t, err, certs.ErrPhotoDiffers)
	o.logged(t, translog.Issued, translog.Reissued, translog.Voided)
	c, err = o.Correct(t.Context(), registrar(), c.Number, 1, why("照片已更换"))
	if err != nil || c.Open() {
		t.Errorf("corrected it is %s, %v", asJSON(t, c), err)
	}
	_, err = o.Card(t.Context(), holder(0), c.Number)
	check(t, err)
	fussy := o.issuer(o.ports, &fussy{Sealer: o.press(), refuse: errs.New(errs.Conflict, "x.glyph", "没有字形")})
	if _, err = fussy.Reissue(t.Context(), registrar(), c.Number, c.Version, why("遗失")); err == nil || errs.KindOf(err) != errs.Conflict {
		t.Errorf("what cannot be printed: %v", err)
	}
	if c = o.ledger(t)[0]; c.Open() {
		t.Errorf("it was decided on: %s", asJSON(t, c))
	}
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
	if o.code(t, c.Slot) != status.Void {
		t.Errorf("the status list says %s", o.code(t, c.Slot))
	}
	issued := o.issue(t, 0)
	if issued.Number != "S000012009999264000003" {
		t.Errorf("the result then has %s", issued.Number)
	}
	if a, err := o.verifier.ByNumber(t.Context(), string(lost), issued.Name); err != nil || a.Standing != certs.StandingUnknown {
		t.Errorf("the void number: %s, %v", a.Standing, err)
	}
	all, err := o.Serials(t.Context(), registrar(), "body", 2026, engine.Level4)
	check(t, err)
	if s := all[0]; len(all) != 1 || s.Last != 3 || s.Valid != 2 || len(s.Gaps) != 0 || len(s.Void) != 1 || s.Void[0] != (certs.VoidSerial{Number: lost, Reason: "证书未能制出"}) {
		t.Errorf("%+v", all)
	}
}
