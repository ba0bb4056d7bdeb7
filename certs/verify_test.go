package certs_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/skillcert/skillcert/certs"
	"github.com/skillcert/skillcert/certs/certstest"
	"github.com/skillcert/skillcert/certs/keys"
	"github.com/skillcert/skillcert/certs/pades"
	"github.com/skillcert/skillcert/certs/pades/tsp"
	"github.com/skillcert/skillcert/certs/pades/tsp/tsatest"
	"github.com/skillcert/skillcert/certs/status"
	"github.com/skillcert/skillcert/certs/translog"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/clock"
)

func TestByNumber(t *testing.T) {
	o := newOffice(t, 2)
	c := o.issue(t, 0)
	for _, name := range []string{c.Name, " 李一•买买提 "} {
		a, err := o.verifier.ByNumber(t.Context(), "ｓ0000 "+string(c.Number[5:]), name)
		if err != nil || a.Standing != certs.StandingValid || a.Certificate.Number != c.Number || o.photo(t, a) != "photo" || a.By != certs.ByNumber {
			t.Errorf("%q: %+v, %v", name, a, err)
		}
	}
	broken := o.issuer(o.ports, choosy{o.press(), []string{o.person(t, 1).Name}})
	_, err := broken.Issue(t.Context(), registrar(), resultOf(1))
	wantError(t, err, errBroken)
	want, err := o.verifier.ByNumber(t.Context(), "", "")
	check(t, err)
	if want.Standing != certs.StandingUnknown || want.Certificate != nil || want.Edition != nil {
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
	if err != nil || a.Standing != certs.StandingValid || a.Certificate.Number != c.Number || o.photo(t, a) != "photo" || a.By != certs.ByToken {
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
	for state, want := range map[certs.State]certs.Standing{certs.Valid: certs.StandingValid,
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

const passed = "integrity yes, seal yes, trust yes, body yes, log yes, record yes"

// TestByFile walks through what people hand in.
func TestByFile(t *testing.T) {
	o, stranger := newOffice(t, 2), newOffice(t, 1)
	c := o.issue(t, 0)
	pdf := o.file(t, c.Number)
	plain := certstest.Page([]byte("{}"))
	theirs := stranger.file(t, stranger.issue(t, 0).Number)
	stated := bytes.Index(pdf, []byte(`"edition":`))
	unsaid, foreign := *c, *c
	unsaid.Token = ""
	foreign.Number = "S000012009999264000099"
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
		"credential changed":     {put(pdf, stated+20, pdf[stated+20]^1), certs.StandingAltered, false, "integrity no"},
		"credential gone":        {put(pdf, bytes.Index(pdf, []byte("/EmbeddedFile"))+3, 'X'), certs.StandingAltered, true, "integrity no"},
		"signature damaged":      {put(pdf, bytes.Index(pdf, []byte("/Contents <"))+1300, 'x'), certs.StandingAltered, true, "seal no"},
		"cut before the seal":    {pdf[:len(plain)], certs.StandingUnknown, false, "seal no"},
		"never sealed":           {plain, certs.StandingUnknown, false, "seal no"},
		"another installation's": {theirs, certs.StandingUnknown, false, "integrity yes, seal yes, trust no"},
		"sealed by a stranger":   {o.forge(t, stranger.ring, c), certs.StandingAltered, true, "integrity yes, seal yes, trust no"},
		"sealed again by us":     {o.forge(t, o.ring, c), certs.StandingAltered, true, "integrity yes, seal yes, trust yes, body yes, log no, record no"},
		"sealed, not recorded":   {o.forge(t, o.ring, &foreign), certs.StandingUnknown, false, "integrity yes, seal yes, trust yes, body no, record no"},
		"sealed with no token":   {o.forge(t, o.ring, &unsaid), certs.StandingUnknown, false, "integrity yes, seal yes, trust yes, body no, record no"},
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
	text, err := c.Credential(&c.Edition).Encode()
	check(t, err)
	pdf, err := certstest.Stamp{Ring: ring}.Seal(certs.Draft{Certificate: c, Edition: &c.Edition, Credential: text, At: noon()})
	check(t, err)
	return pdf
}

func (o *office) photo(t testing.TB, a certs.Answer) string {
	t.Helper()
	photo, err := o.verifier.Photo(t.Context(), a)
	check(t, err)
	return string(photo)
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
		"name":      func(c *certs.Certificate) { c.Name = "张三" },
		"level":     func(c *certs.Certificate) { c.Level = 3 },
		"issued_on": func(c *certs.Certificate) { c.Issued = c.Issued.AddDays(1) },
		"work_type": func(c *certs.Certificate) { c.Occupation.WorkType = "" },
		"org":       func(c *certs.Certificate) { c.OrgName = "别处" },
		"filing":    func(c *certs.Certificate) { c.Filing = "S000012009998" },
		"id_type":   func(c *certs.Certificate) { c.IDType = engine.OtherDoc },
		"remark":    func(c *certs.Certificate) { c.Remark = "补发" },
		"route":     func(c *certs.Certificate) { c.Edition.Route = certs.RouteDirect },
	} {
		o := newOffice(t, 1)
		c := o.issue(t, 0)
		pdf, was := o.file(t, c.Number), c.Name
		edit(c)
		check(t, o.ports.Ledger.UpdateCertificate(t.Context(), c))
		a, err := o.verifier.ByFile(t.Context(), pdf)
		if err != nil || a.Standing != certs.StandingUnknown || a.Certificate != nil || len(a.Differences) != 1 || !differs(a, name) {
			t.Errorf("%s: %s, %v, %v", name, a.Standing, a.Differences, err)
		}
		if name == "name" && a.Differences[name] != was {
			t.Errorf("the file says %s", a.Differences[name])
		}
	}
}

// differs reports whether the file says something else there, if only nothing.
func differs(a certs.Answer, field string) bool {
	_, found := a.Differences[field]
	return found
}

// TestSinceWhen: what an edition is worth began when it was issued, when the next one took its place, or when all were revoked.
func TestSinceWhen(t *testing.T) {
	o := newOffice(t, 1)
	c := o.issue(t, 0)
	first := o.clock.Now()
	var renewed []time.Time
	for range 2 {
		o.clock.Advance(400 * 24 * time.Hour)
		renewed = append(renewed, o.clock.Now())
		var err error
		c, err = o.Reissue(t.Context(), registrar(), c.Number, c.Version, why("遗失"))
		check(t, err)
	}
	for n, want := range append(renewed, first) {
		if got := c.Since(c.EditionOf(n + 1)); !got.Equal(want) {
			t.Errorf("edition %d is what it is since %s, want %s", n+1, got, want)
		}
	}
	o.clock.Advance(time.Hour)
	c = o.revoke(t, c.Number, "举报属实")
	for n := range 3 {
		if got := c.Since(c.EditionOf(n + 1)); !got.Equal(o.clock.Now()) {
			t.Errorf("edition %d is revoked since %s", n+1, got)
		}
	}
}

// TestUnknownFileTakesThePause: why nothing is known of a file the time does not tell either.
func TestUnknownFileTakesThePause(t *testing.T) {
	const pause = 20 * time.Millisecond
	o, stranger := newOffice(t, 1), newOffice(t, 1)
	foreign := *o.issue(t, 0)
	foreign.Number = "S000012009999264000099"
	v := certs.NewVerifier(o.ports, o.trusted(), o.clock, pause)
	for name, pdf := range map[string][]byte{"never sealed": certstest.Page([]byte("{}")), "another installation's": stranger.file(t, stranger.issue(t, 0).Number),
		"sealed, not recorded": o.forge(t, o.ring, &foreign)} {
		watch := clock.Start()
		a, err := v.ByFile(t.Context(), pdf)
		if took := watch.Elapsed(); err != nil || a.Standing != certs.StandingUnknown || took < pause {
			t.Errorf("%s: %s after %v, %v", name, a.Standing, took, err)
		}
	}
}

// TestSealOfAnotherBody: a body of this very installation cannot seal in the name of another.
func TestSealOfAnotherBody(t *testing.T) {
	o := newOffice(t, 1)
	c := o.issue(t, 0)
	sealer, err := o.ring.Sealer(keys.Body{Name: "别处", Filing: "S000012009998"}, 2026, noon())
	check(t, err)
	text, err := c.Credential(&c.Edition).Encode()
	check(t, err)
	plain := certstest.Page(text)
	pdf, err := sealer.Seal(pades.Input{PDF: plain}, noon())
	check(t, err)
	if a, err := o.verifier.ByFile(t.Context(), pdf); err != nil || a.Standing != certs.StandingAltered || !strings.Contains(checks(a), "body no") {
		t.Errorf("%s, %s, %v", a.Standing, checks(a), err)
	}
	offline, err := certs.VerifyOffline(pdf, o.trusted(), pades.Options{Now: noon()}, nil)
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
			ports := certs.Ports{Ledger: faultyLedger{o.ports.Ledger, f}, People: faultyPeople{o.ports.People, f}}
			v := certs.NewVerifier(ports, o.trusted(), o.clock, 0)
			a, err := ask(v)
			if err == nil && !f.struck() {
				if _, err = v.Photo(t.Context(), a); err != nil {
					a.Standing = "" // the answer stands, its photo is missing
				}
			}
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

func (o *office) trusted() certs.Trusted {
	return certs.Trusted{Roots: o.ring.Trust(), Log: o.log.Trust()}
}

// lists are status lists as one has them in hand: by the code or the refusal for every place.
type lists struct {
	code status.Code
	err  error
}

func (l lists) Code(string, int) (status.Code, error) { return l.code, l.err }

func TestVerifyOffline(t *testing.T) {
	o := newOffice(t, 1)
	c := o.issue(t, 0)
	pdf := o.file(t, c.Number)
	at := func(now time.Time) pades.Options { return pades.Options{Now: now, CRLs: must(o.ring.CRLs(noon()))} }
	if got, err := certs.VerifyOffline(pdf, o.trusted(), pades.Options{Now: noon()}, lists{}); err != nil || got.Standing != certs.StandingUnknown {
		t.Errorf("nobody cleared the key of the seal, and yet: %s, %v", got.Standing, err)
	}
	got, err := certs.VerifyOffline(pdf, o.trusted(), at(noon().Add(time.Hour)), nil)
	check(t, err)
	if got.Standing != certs.StandingUnknown || got.Credential.Number != c.Number || got.Credential.Log == nil || got.Digest != c.Digest || !got.Sealed.Equal(noon()) ||
		!strings.HasPrefix(got.Root, keys.Mark) || got.Serial == "" || got.Credential.Status.List != fmt.Sprintf("https://example.org/status/%d", c.Slot.List) {
		t.Errorf("%+v", got)
	}
	if all := checks(certs.Answer{Checks: got.Checks}); all != "integrity yes, seal yes, trust yes, body yes, log yes, seal-key yes" {
		t.Error(all)
	}
	for _, l := range []struct {
		lists lists
		want  certs.Standing
	}{{lists{status.Valid, nil}, certs.StandingValid}, {lists{status.Superseded, nil}, certs.StandingSuperseded}, {lists{status.Revoked, nil}, certs.StandingRevoked},
		{lists{status.Void, nil}, certs.StandingRevoked}, {lists{status.Valid, status.ErrStale}, certs.StandingUnknown}} {
		if got, err := certs.VerifyOffline(pdf, o.trusted(), at(noon()), l.lists); err != nil || got.Standing != l.want {
			t.Errorf("%+v: %s, %v", l.lists, got.Standing, err)
		}
	}
	otherLog := o.trusted()
	otherLog.Log = newOffice(t, 0).log.Trust()
	if got, err := certs.VerifyOffline(pdf, otherLog, at(noon()), lists{}); !errors.Is(err, translog.ErrCheckpoint) || got.Standing == certs.StandingValid {
		t.Errorf("under another log: %s, %v", got.Standing, err)
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
		got, err := certs.VerifyOffline(f.pdf, o.trusted(), at(f.now), lists{})
		if wantError(t, err, f.want); checks(certs.Answer{Checks: got.Checks}) != f.checks || got.Standing != certs.StandingUnknown {
			t.Errorf("%s: %+v", name, got.Checks)
		}
	}
}

// TestCredentialHasOneText: only what Encode writes is read.
func TestCredentialHasOneText(t *testing.T) {
	o := newOffice(t, 1)
	c := o.issue(t, 0)
	c.Name, c.OrgName = "<𠮷&>", "“评价”"
	s := c.Credential(&c.Edition)
	text, err := s.Encode()
	check(t, err)
	want := `{"edition":1,"event":"issued","filing":"S000012009999","format":1,"id_number":"1101************14","id_type":"201","issued":"2026-03-02","level":4,` +
		`"name":"<𠮷&>","number":"S000012009999264000001","occupation":{"code":"4-14-01-03","name":"健康照护师","work_type":"长期照护师"},"org":"“评价”","photo":"` +
		c.Photo + `","salt":"` + c.Salt + fmt.Sprintf(`","status":{"index":%d,"list":"https://example.org/status/1"},"token_digest":"`, c.Slot.Index) + certs.TokenDigest(c.Token) + `"}`
	if string(text) != want {
		t.Errorf("stated as\n%s, want\n%s", text, want)
	}
	if again, ok := certs.ParseCredential(text); !ok || asJSON(t, again) != asJSON(t, s) {
		t.Errorf("read as %+v, %v", again, ok)
	}
	for _, bad := range []string{"", "{}", " " + want, strings.Replace(want, `"level":4`, `"level":4.0`, 1), strings.Replace(want, `{`, `{"x":1,`, 1),
		strings.Replace(want, `"edition":1`, `"edition":1,"edition":1`, 1), want + "{}", strings.Replace(want, `"format":1`, `"format":2`, 1),
		strings.Replace(want, `,"salt"`, `,"route":"direct","salt"`, 1),
		strings.NewReplacer(`"format":1`, `"format":2`, `,"salt"`, `,"route":"exam","salt"`).Replace(want)} {
		if s, ok := certs.ParseCredential([]byte(bad)); ok {
			t.Errorf("%s is read as %+v", bad, s)
		}
	}
}

// TestCompromisedKey: when a seal's key falls into other hands, what was recorded before stands, and what is sealed with
// it now does not, whatever time it claims.
func TestCompromisedKey(t *testing.T) {
	o := newOffice(t, 1)
	c := o.issue(t, 0)
	pdf := o.file(t, c.Number)
	card, err := o.Card(t.Context(), holder(0), c.Number)
	check(t, err)
	trust := o.trusted()
	trust.CRLs = o.ring.CRLs
	v := certs.NewVerifier(o.ports, trust, o.clock, 0)
	o.clock.Advance(48 * time.Hour)
	forged := o.forge(t, o.ring, c) // by whoever has the key, dated back to when it was sound
	o.compromise(t, noon().Add(24*time.Hour))
	for name, f := range map[string]struct {
		pdf  []byte
		want certs.Standing
	}{"recorded before": {pdf, certs.StandingValid}, "its card": {card.PDF, certs.StandingValid}, "sealed by the thief": {forged, certs.StandingAltered}} {
		if a, err := v.ByFile(t.Context(), f.pdf); err != nil || a.Standing != f.want {
			t.Errorf("%s: %s, %s, %v", name, a.Standing, checks(a), err)
		}
	}
	if got, err := certs.VerifyOffline(pdf, trust, pades.Options{Now: o.clock.Now(), CRLs: must(o.ring.CRLs(o.clock.Now()))}, lists{}); err == nil {
		t.Errorf("without the register the seal proves no time, and yet: %s", got.Standing)
	}
}

// untimed are cards from before it was written down when they were sealed.
type untimed struct{ certs.Files }

func (u untimed) File(ctx context.Context, n certs.Number, version int) (*certs.File, error) {
	f, err := u.Files.File(ctx, n, version)
	if err == nil {
		f.Sealed = time.Time{}
	}
	return f, err
}

// TestStampsSpeakForCards whose time was not recorded; what was recorded needs no stamp, whoever is trusted with them.
func TestStampsSpeakForCards(t *testing.T) {
	o := newOffice(t, 1)
	a, another := tsatest.New(t, noon()), tsatest.New(t, noon())
	s := httptest.NewServer(a)
	defer s.Close()
	pool := func(root *x509.Certificate) *x509.CertPool {
		p := x509.NewCertPool()
		p.AddCert(root)
		return p
	}
	client, err := tsp.NewClient(tsp.Config{URL: s.URL, Roots: pool(a.Root), Random: rand.Reader})
	check(t, err)
	o.ring.UseStamper(client, pades.Evidence{})
	c := o.issue(t, 0)
	card, err := o.Card(t.Context(), holder(0), c.Number)
	check(t, err)
	o.clock.Advance(48 * time.Hour)
	forged := o.forge(t, o.ring, c)
	o.compromise(t, noon().Add(24*time.Hour))
	for name, f := range map[string]struct {
		pdf      []byte
		untimed  bool
		stampers *x509.CertPool
		want     certs.Standing
	}{
		"certificate":                   {o.file(t, c.Number), false, nil, certs.StandingValid},
		"certificate, another stamper":  {o.file(t, c.Number), false, pool(another.Root), certs.StandingValid},
		"card":                          {card.PDF, false, pool(another.Root), certs.StandingValid},
		"card, no time, no stamper":     {card.PDF, true, nil, certs.StandingUnknown},
		"card, no time, stamped":        {card.PDF, true, pool(a.Root), certs.StandingValid},
		"card, no time, by a stranger":  {card.PDF, true, pool(another.Root), certs.StandingUnknown},
		"sealed by the thief, no stamp": {forged, false, pool(another.Root), certs.StandingAltered},
	} {
		p, trust := o.ports, o.trusted()
		trust.Stampers, trust.CRLs = f.stampers, o.ring.CRLs
		if f.untimed {
			p.Cards = untimed{o.ports.Cards}
		}
		got, err := certs.NewVerifier(p, trust, o.clock, 0).ByFile(t.Context(), f.pdf)
		if err != nil || got.Standing != f.want {
			t.Errorf("%s: %s, %s, %v", name, got.Standing, checks(got), err)
		}
	}
}

// compromise lists every seal as in other hands since an instant.
func (o *office) compromise(t *testing.T, since time.Time) {
	t.Helper()
	listed, err := o.ring.List(o.clock.Now())
	check(t, err)
	for _, l := range listed {
		if l.Use == keys.UseSeal {
			_, err = o.ring.Revoke(l.Serial, "key-compromise", since, o.clock.Now())
			check(t, err)
		}
	}
}

// TestDoubtIsNotAlteration: a list that is too old, a clock that is wrong and a key that is in doubt leave genuine files
// unknown; what was changed, and what only claims to be ours, is told from them all the same.
func TestDoubtIsNotAlteration(t *testing.T) {
	o := newOffice(t, 1)
	c := o.issue(t, 0)
	card, err := o.Card(t.Context(), holder(0), c.Number)
	check(t, err)
	foreign := *c
	foreign.Number = "S000012009999264000099"
	pdf := o.file(t, c.Number)
	files := map[string]struct {
		pdf  []byte
		want certs.Standing
	}{
		"certificate":          {pdf, certs.StandingUnknown},
		"card":                 {card.PDF, certs.StandingUnknown},
		"page changed":         {put(pdf, 60, 'x'), certs.StandingAltered},
		"sealed again":         {o.forge(t, o.ring, c), certs.StandingAltered},
		"sealed, not recorded": {o.forge(t, o.ring, &foreign), certs.StandingUnknown},
	}
	fresh, err := o.ring.CRLs(noon())
	check(t, err)
	o.compromise(t, noon().AddDate(0, 0, -1))
	revoked, err := o.ring.CRLs(noon())
	check(t, err)
	for name, when := range map[string]struct {
		now  time.Time
		crls []*x509.RevocationList
	}{
		"a stale list": {noon().AddDate(0, 0, 15), fresh}, "a clock behind": {noon().Add(-time.Hour), fresh}, "a key in doubt before": {noon(), revoked},
	} {
		trust := o.trusted()
		trust.CRLs = func(time.Time) ([]*x509.RevocationList, error) { return when.crls, nil }
		v := certs.NewVerifier(o.ports, trust, clock.NewManual(when.now), 0)
		for of, f := range files {
			if a, err := v.ByFile(t.Context(), f.pdf); err != nil || a.Standing != f.want || (a.Certificate != nil) != (f.want == certs.StandingAltered) {
				t.Errorf("%s, %s: %s, %s, %v", name, of, a.Standing, checks(a), err)
			} else if code := a.Checks[len(a.Checks)-1].Code; name == "a key in doubt before" && f.want == certs.StandingUnknown && code != pades.ErrRevoked.Code {
				t.Errorf("%s, %s: the check fails for %q", name, of, code)
			}
		}
	}
	for of, f := range files { // a root that was put in the place of the old one
		v := certs.NewVerifier(o.ports, newOffice(t, 0).trusted(), o.clock, 0)
		if a, err := v.ByFile(t.Context(), f.pdf); err != nil || a.Standing != f.want {
			t.Errorf("another root, %s: %s, %s, %v", of, a.Standing, checks(a), err)
		}
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}
