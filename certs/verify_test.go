package certs_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/skillcert/skillcert/certs"
	"github.com/skillcert/skillcert/certs/keys"
	"github.com/skillcert/skillcert/certs/pades"
)

func TestByNumber(t *testing.T) {
	o := newOffice(t, 2)
	c := o.issue(t, 0)
	for _, name := range []string{c.Name, " 李一•买买提 "} {
		a, err := o.verifier.ByNumber(t.Context(), "ｓ0000 "+string(c.Number[5:]), name)
		if err != nil || a.Standing != certs.StandingValid || a.Certificate.Number != c.Number || string(a.Photo) != "photo" || a.By != certs.ByNumber {
			t.Errorf("%q: %+v, %v", name, a, err)
		}
	}
	broken := o.issuer(o.ports, choosy{stamp{o.ring}, []string{o.person(t, 1).Name}})
	_, err := broken.Issue(t.Context(), registrar(), resultOf(1))
	wantError(t, err, errBroken)
	want, err := o.verifier.ByNumber(t.Context(), "", "")
	check(t, err)
	if want.Standing != certs.StandingUnknown || want.Certificate != nil || want.Photo != nil {
		t.Fatalf("nothing asked: %+v", want)
	}
	for name, q := range map[string]struct{ number, name string }{
		"not given out": {"S000012009999264000077", c.Name}, "other name": {string(c.Number), "李二·买买提"}, "no name": {string(c.Number), ""},
		"part of the name": {string(c.Number), "李一"}, "masked name": {string(c.Number), "李****"}, "name that no document prints": {string(c.Number), c.Name + "\u202e"},
		"malformed": {"S0000", c.Name}, "reserved": {"S000012009999264000002", o.person(t, 1).Name}, "both wrong": {"x", "y"},
	} {
		a, err := o.verifier.ByNumber(t.Context(), q.number, q.name)
		if check(t, err); asJSON(t, a) != asJSON(t, want) {
			t.Errorf("%s: the answer tells it from others: %s", name, asJSON(t, a))
		}
	}
}

func TestByToken(t *testing.T) {
	o := newOffice(t, 1)
	c := o.issue(t, 0)
	a, err := o.verifier.ByToken(t.Context(), c.Token)
	if err != nil || a.Standing != certs.StandingValid || a.Certificate.Number != c.Number || string(a.Photo) != "photo" || a.By != certs.ByToken {
		t.Errorf("%+v, %v", a, err)
	}
	for _, token := range []string{"", "x", strings.ToUpper(c.Token), c.Token[:25] + "!", c.Token[1:] + c.Token[:1], string(c.Number), "\x00"} {
		a, err := o.verifier.ByToken(t.Context(), token)
		if err != nil || a.Standing != certs.StandingUnknown || a.Certificate != nil {
			t.Errorf("%q: %+v, %v", token, a, err)
		}
	}
}

// TestStandings: whichever way one asks, the answer is the state of today.
func TestStandings(t *testing.T) {
	for state, want := range map[certs.State]certs.Standing{certs.Valid: certs.StandingValid, certs.Superseded: certs.StandingSuperseded,
		certs.Revoked: certs.StandingRevoked, certs.Reserved: certs.StandingUnknown, certs.Void: certs.StandingUnknown} {
		o := newOffice(t, 1)
		c := o.issue(t, 0)
		pdf := o.file(t, c.Number)
		c.State = state
		check(t, o.ports.Ledger.UpdateCertificate(t.Context(), c))
		byNumber, err := o.verifier.ByNumber(t.Context(), string(c.Number), c.Name)
		check(t, err)
		byToken, err := o.verifier.ByToken(t.Context(), c.Token)
		check(t, err)
		byFile, err := o.verifier.ByFile(t.Context(), pdf)
		check(t, err)
		for _, a := range []certs.Answer{byNumber, byToken, byFile} {
			if a.Standing != want || (a.Certificate == nil) != (want == certs.StandingUnknown) {
				t.Errorf("%s, by %s: %s", state, a.By, a.Standing)
			}
		}
	}
}

func checks(a certs.Answer) string {
	var all []string
	for _, c := range a.Checks {
		all = append(all, fmt.Sprint(c.Key, " ", map[bool]string{true: "yes", false: "no"}[c.OK]))
	}
	return strings.Join(all, ", ")
}

const passed = "integrity yes, seal yes, trust yes, body yes, record yes"

// TestByFile walks through what people hand in.
func TestByFile(t *testing.T) {
	o, stranger := newOffice(t, 2), newOffice(t, 1)
	c := o.issue(t, 0)
	pdf := o.file(t, c.Number)
	plain, err := page()
	check(t, err)
	theirs := stranger.file(t, stranger.issue(t, 0).Number)
	claim := bytes.Index(pdf, []byte("/SKCT_Claims <")) + len("/SKCT_Claims <")
	for name, f := range map[string]struct {
		pdf    []byte
		want   certs.Standing
		shown  bool
		checks string
	}{
		"whole":                  {pdf, certs.StandingValid, true, passed},
		"byte appended":          {append(bytes.Clone(pdf), '\n'), certs.StandingAltered, true, "integrity no"},
		"cut behind the seal":    {pdf[:len(pdf)-1], certs.StandingAltered, true, "integrity no"},
		"page changed":           {put(pdf, 60, 'x'), certs.StandingAltered, true, "integrity no"},
		"statement changed":      {put(pdf, claim+20, pdf[claim+20]^1), certs.StandingAltered, false, "integrity no"},
		"statement gone":         {put(pdf, claim-3, 'X'), certs.StandingAltered, false, "integrity no"},
		"signature damaged":      {put(pdf, bytes.Index(pdf, []byte("/Contents <"))+1300, 'x'), certs.StandingAltered, true, "seal no"},
		"cut before the seal":    {pdf[:len(plain)], certs.StandingUnknown, false, "seal no"},
		"never sealed":           {plain, certs.StandingUnknown, false, "seal no"},
		"another installation's": {theirs, certs.StandingUnknown, false, "integrity yes, seal yes, trust no"},
		"sealed by a stranger":   {o.forge(t, stranger.ring, c), certs.StandingAltered, true, "integrity yes, seal yes, trust no"},
		"sealed again by us":     {o.forge(t, o.ring, c), certs.StandingAltered, true, "integrity yes, seal yes, trust yes, body yes, record no"},
		"sealed, not recorded":   {o.forge(t, o.ring, &certs.Certificate{Number: "S000012009999264000099", Filing: filing, OrgName: c.OrgName, Token: c.Token}), certs.StandingUnknown, false, "integrity yes, seal yes, trust yes, body no, record no"},
		"sealed with no token":   {o.forge(t, o.ring, &certs.Certificate{Number: c.Number, Filing: filing, OrgName: c.OrgName}), certs.StandingUnknown, false, "integrity yes, seal yes, trust yes, body no, record no"},
	} {
		t.Run(name, func(t *testing.T) {
			a, err := o.verifier.ByFile(t.Context(), f.pdf)
			check(t, err)
			if a.Standing != f.want || (a.Certificate != nil) != f.shown || checks(a) != f.checks || a.By != certs.ByFile || !a.Checked.Equal(noon()) {
				t.Errorf("%s, %v, %s", a.Standing, a.Certificate, checks(a))
			}
		})
	}
	for name, f := range map[string]struct {
		pdf  []byte
		want error
	}{"empty": {nil, pades.ErrNotPDF}, "text": {[]byte("证书"), pades.ErrNotPDF}, "too large": {make([]byte, pades.MaxFile+1), pades.ErrTooLarge}} {
		t.Run(name, func(t *testing.T) {
			_, err := o.verifier.ByFile(t.Context(), f.pdf)
			wantError(t, err, f.want)
		})
	}
}

// forge seals a document for c with a ring.
func (o *office) forge(t *testing.T, ring *keys.Ring, c *certs.Certificate) []byte {
	t.Helper()
	pdf, err := stamp{ring}.Seal(c, nil, noon())
	check(t, err)
	return pdf
}

func put(b []byte, at int, with byte) []byte {
	c := bytes.Clone(b)
	c[at] = with
	return c
}

// TestNoChangedFileIsValid: a file that differs from the issued one in any byte is never called valid.
func TestNoChangedFileIsValid(t *testing.T) {
	o := newOffice(t, 1)
	pdf := o.file(t, o.issue(t, 0).Number)
	rapid.Check(t, func(rt *rapid.T) {
		at, with := rapid.IntRange(0, len(pdf)-1).Draw(rt, "at"), rapid.Byte().Draw(rt, "with")
		if pdf[at] == with {
			return
		}
		a, err := o.verifier.ByFile(t.Context(), put(pdf, at, with))
		if err == nil && a.Standing != certs.StandingAltered && a.Standing != certs.StandingUnknown {
			rt.Fatalf("byte %d changed to %#x: %s", at, with, a.Standing)
		}
	})
}

// TestRecordThatWasChanged: when the register says otherwise than the document it sealed, nothing is confirmed.
func TestRecordThatWasChanged(t *testing.T) {
	for name, edit := range map[string]func(*certs.Certificate){
		"name":       func(c *certs.Certificate) { c.Name = "张三" },
		"level":      func(c *certs.Certificate) { c.Level = 3 },
		"issued_on":  func(c *certs.Certificate) { c.Issued = c.Issued.AddDays(1) },
		"occupation": func(c *certs.Certificate) { c.Occupation.WorkType = "" },
		"org":        func(c *certs.Certificate) { c.OrgName = "别处" },
		"filing":     func(c *certs.Certificate) { c.Filing = "S000012009998" },
	} {
		o := newOffice(t, 1)
		c := o.issue(t, 0)
		pdf, was := o.file(t, c.Number), c.Statement()
		edit(c)
		check(t, o.ports.Ledger.UpdateCertificate(t.Context(), c))
		a, err := o.verifier.ByFile(t.Context(), pdf)
		if err != nil || a.Standing != certs.StandingUnknown || a.Certificate != nil || len(a.Differences) != 1 || a.Differences[name] == "" {
			t.Errorf("%s: %s, %v, %v", name, a.Standing, a.Differences, err)
		}
		if name == "name" && a.Differences[name] != was.Name {
			t.Errorf("the file says %s", a.Differences[name])
		}
	}
}

// TestOlderVersionIsSuperseded: after a reissue the first document is recognised, and known not to be the present one.
func TestOlderVersionIsSuperseded(t *testing.T) {
	o := newOffice(t, 1)
	c := o.issue(t, 0)
	first := o.file(t, c.Number)
	c.Version = 2
	second := o.forge(t, o.ring, c)
	check(t, o.ports.Files.PutFile(t.Context(), &certs.File{Number: c.Number, Version: 2, PDF: second}))
	a, err := o.verifier.ByFile(t.Context(), second)
	check(t, err)
	c.Digest = a.Checks[0].Detail
	check(t, o.ports.Ledger.UpdateCertificate(t.Context(), c))
	third := *c
	third.Version = 3
	for name, f := range map[string]struct {
		pdf  []byte
		want certs.Standing
	}{"first": {first, certs.StandingSuperseded}, "second": {second, certs.StandingValid}, "third": {o.forge(t, o.ring, &third), certs.StandingAltered}} {
		if a, err := o.verifier.ByFile(t.Context(), f.pdf); err != nil || a.Standing != f.want {
			t.Errorf("%s: %s, %v", name, a.Standing, err)
		}
	}
	_, err = o.Revoke(t.Context(), registrar(), c.Number, "理由")
	check(t, err)
	if a, err := o.verifier.ByFile(t.Context(), first); err != nil || a.Standing != certs.StandingRevoked {
		t.Errorf("the first of a revoked one: %s, %v", a.Standing, err)
	}
}

// TestSealOfAnotherBody: a body of this very installation cannot seal in the name of another.
func TestSealOfAnotherBody(t *testing.T) {
	o := newOffice(t, 1)
	c := o.issue(t, 0)
	sealer, err := o.ring.Sealer(keys.Body{Name: "别处", Filing: "S000012009998"}, 2026, noon())
	check(t, err)
	plain, err := page()
	check(t, err)
	claims, err := c.Statement().Encode()
	check(t, err)
	pdf, err := sealer.Seal(pades.Input{PDF: plain, Claims: claims}, noon())
	check(t, err)
	if a, err := o.verifier.ByFile(t.Context(), pdf); err != nil || a.Standing != certs.StandingAltered || !strings.Contains(checks(a), "body no") {
		t.Errorf("%s, %s, %v", a.Standing, checks(a), err)
	}
	offline, err := certs.VerifyOffline(pdf, o.ring.Trust(), noon())
	wantError(t, err, certs.ErrStatement)
	if len(offline.Checks) != 4 || offline.Checks[3].OK {
		t.Errorf("offline: %+v", offline.Checks)
	}
}

// TestStoreFailureIsNoAnswer breaks each call of each way in turn.
func TestStoreFailureIsNoAnswer(t *testing.T) {
	o := newOffice(t, 1)
	c := o.issue(t, 0)
	pdf := o.file(t, c.Number)
	altered := append(bytes.Clone(pdf), '\n')
	ways := map[string]func(*certs.Verifier) (certs.Answer, error){
		"number": func(v *certs.Verifier) (certs.Answer, error) {
			return v.ByNumber(t.Context(), string(c.Number), c.Name)
		},
		"token":   func(v *certs.Verifier) (certs.Answer, error) { return v.ByToken(t.Context(), c.Token) },
		"file":    func(v *certs.Verifier) (certs.Answer, error) { return v.ByFile(t.Context(), pdf) },
		"altered": func(v *certs.Verifier) (certs.Answer, error) { return v.ByFile(t.Context(), altered) },
	}
	for name, ask := range ways {
		for at := 1; ; at++ {
			f := newOutage(at, false)
			ports := certs.Ports{Ledger: faultyLedger{o.ports.Ledger, f}, Claims: o.ports.Claims, Files: faultyFiles{o.ports.Files, f}, People: faultyPeople{o.ports.People, f}}
			a, err := ask(certs.NewVerifier(ports, o.ring.Trust(), o.clock))
			if !f.struck() {
				if at < 3 {
					t.Errorf("%s: only %d calls were broken", name, at-1)
				}
				break
			}
			if wantError(t, err, errBroken); a.Standing == certs.StandingValid {
				t.Errorf("%s, call %d: valid with the store down", name, at)
			}
		}
	}
}

func TestVerifyOffline(t *testing.T) {
	o := newOffice(t, 1)
	c := o.issue(t, 0)
	pdf := o.file(t, c.Number)
	got, err := certs.VerifyOffline(pdf, o.ring.Trust(), noon().Add(time.Hour))
	check(t, err)
	if got.Standing != certs.StandingUnknown || got.Statement != c.Statement() || got.Digest != c.Digest || !got.Sealed.Equal(noon()) || !strings.HasPrefix(got.Root, keys.Mark) || got.Serial == "" {
		t.Errorf("%+v", got)
	}
	if all := checks(certs.Answer{Checks: got.Checks}); all != "integrity yes, seal yes, trust yes, body yes" {
		t.Error(all)
	}
	for name, f := range map[string]struct {
		pdf    []byte
		now    time.Time
		want   error
		checks string
	}{
		"altered":    {put(pdf, 60, 'x'), noon(), pades.ErrAltered, "integrity no"},
		"untrusted":  {o.forge(t, newOffice(t, 0).ring, c), noon(), pades.ErrUntrusted, "integrity yes, seal yes, trust no"},
		"the future": {pdf, noon().Add(-time.Hour), pades.ErrFuture, "integrity yes, seal yes, trust no"},
		"not a PDF":  {nil, noon(), pades.ErrNotPDF, "integrity no"},
	} {
		got, err := certs.VerifyOffline(f.pdf, o.ring.Trust(), f.now)
		if wantError(t, err, f.want); checks(certs.Answer{Checks: got.Checks}) != f.checks {
			t.Errorf("%s: %+v", name, got.Checks)
		}
	}
}

// TestStatementHasOneText: only what Encode writes is read.
func TestStatementHasOneText(t *testing.T) {
	o := newOffice(t, 1)
	c := o.issue(t, 0)
	c.Name, c.OrgName = "<𠮷&\u2028>", "“评价”"
	text, err := c.Statement().Encode()
	check(t, err)
	want := `{"filing":"S000012009999","issued":"2026-03-02","level":4,"name":"<𠮷&\u2028>","number":"S000012009999264000001",` +
		`"occupation":"4-14-01-03 健康照护师（长期照护师）","org":"“评价”","token_digest":"` + certs.TokenDigest(c.Token) + `","version":1}`
	if string(text) != want {
		t.Errorf("stated as\n%s, want\n%s", text, want)
	}
	if s, ok := certs.ParseStatement(text); !ok || s != c.Statement() {
		t.Errorf("read as %+v, %v", s, ok)
	}
	for _, bad := range []string{"", "{}", " " + want, strings.Replace(want, `"level":4`, `"level":4.0`, 1), strings.Replace(want, `{`, `{"x":1,`, 1),
		strings.Replace(want, `"version":1`, `"version":1,"version":1`, 1), want + "{}"} {
		if s, ok := certs.ParseStatement([]byte(bad)); ok {
			t.Errorf("%s is read as %+v", bad, s)
		}
	}
}
