package certs_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/skillcert/skillcert/certs"
	"github.com/skillcert/skillcert/certs/keys"
	"github.com/skillcert/skillcert/certs/pdf"
	"github.com/skillcert/skillcert/certs/press"
	"github.com/skillcert/skillcert/certs/translog"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/engine/ids"
	"github.com/skillcert/skillcert/engine/people"
	"github.com/skillcert/skillcert/engine/result"
	"github.com/skillcert/skillcert/engine/separation"
	"github.com/skillcert/skillcert/engine/sitting"
	"github.com/skillcert/skillcert/fixtures/fonts"
)

func TestIssue(t *testing.T) {
	o := newOffice(t, 1)
	c := o.issue(t, 0)
	want := certs.Certificate{Number: "S000012009999264000001", Result: resultOf(0), Session: sessionID, Holder: "person0", Org: "body", Filing: filing,
		Token: c.Token, Demo: true, State: certs.Valid, Changed: noon(), Edition: certs.Edition{Version: 1, Kind: translog.Issued, Name: "李一·买买提",
			IDType: engine.ResidentCard, IDMasked: "1101************14", Occupation: engine.LongTermCare(), Level: engine.Level4, Issued: day("2026-03-02"),
			OrgName: "津门照护技能评价中心", Photo: certs.PhotoDigest([]byte("photo")), Made: noon(), By: "zhengshu", Salt: c.Salt, Slot: c.Slot, List: "https://example.org/status/1",
			Sealed: noon(), Digest: c.Digest},
		Trail: engine.Trail{{At: noon(), By: "zhengshu", Action: "certificate.reserved"}, {At: noon(), By: "zhengshu", Action: "certificate.issued"}}}
	if got := asJSON(t, c); got != asJSON(t, want) {
		t.Errorf("issued\n%s, want\n%s", got, asJSON(t, want))
	}
	if !ids.Valid(c.Token) {
		t.Errorf("token %q", c.Token)
	}
	a, err := o.verifier.ByFile(t.Context(), o.file(t, c.Number))
	if err != nil || a.Standing != certs.StandingValid || a.Certificate.Digest != c.Digest {
		t.Errorf("the document: %+v, %v", a, err)
	}
	o.clock.Advance(40 * 24 * time.Hour)
	if again := o.issue(t, 0); asJSON(t, again) != asJSON(t, c) {
		t.Errorf("issued again it is\n%s", asJSON(t, again))
	}
	o.contiguous(t, 1)
}

func TestIssueIsRefused(t *testing.T) {
	scored := func(points engine.Points) result.Component {
		return result.Component{Standing: engine.Scored, Points: points, PassMark: 6000}
	}
	voided := result.Component{Standing: engine.Voided, PassMark: 6000}
	ruled := result.Component{Standing: engine.Voided, PassMark: 6000, Case: "case"}
	examiner := authz.Principal{Account: "e", Roles: []authz.Role{authz.Examiner, authz.ExamOffice}}
	abroad := registrar()
	abroad.Org = "other"
	for name, c := range map[string]struct {
		by    authz.Principal
		stage result.Stage
		with  result.Result
		at    time.Time
		want  error
	}{
		"joined only":         {stage: result.Joined, want: certs.ErrNotFinal},
		"in publicity":        {stage: result.Public, want: certs.ErrNotFinal},
		"theory a point less": {with: result.Result{Theory: scored(5999), Practical: scored(10000)}, want: certs.ErrNotPassed},
		"practical less":      {with: result.Result{Theory: scored(10000), Practical: scored(5999)}, want: certs.ErrNotPassed},
		"voided by a ruling":  {with: result.Result{Theory: ruled, Practical: scored(10000)}, want: certs.ErrNotPassed},
		"voided, not ruled":   {with: result.Result{Theory: voided, Practical: scored(10000)}, want: certs.ErrPending},
		"level not filed":     {with: result.Result{Level: engine.Level3}, want: engine.ErrNotFiled},
		"before the filing":   {at: time.Date(2025, 12, 31, 15, 59, 59, 999e6, time.UTC), want: engine.ErrNotFiled},
		"after the filing":    {at: time.Date(2027, 12, 31, 16, 0, 0, 0, time.UTC), want: engine.ErrNotFiled},
		"not a registrar":     {by: examiner, want: authz.ErrForbidden},
		"nobody":              {by: authz.Anonymous(), want: authz.ErrUnauthenticated},
		"another body's":      {by: abroad, want: result.ErrResult},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t, 0)
			if c.stage != "" {
				o.session(t, "early", "body", c.stage)
				c.with.Session = "early"
			}
			if c.with.Session == "" {
				c.with.Session = sessionID
			}
			if c.with.Level == 0 {
				c.with.Level = engine.Level4
			}
			if c.with.Theory.Standing == "" {
				c.with.Theory, c.with.Practical = scored(6000), scored(6000)
			}
			if c.by.Account == "" && len(c.by.Roles) == 0 {
				c.by = registrar()
			}
			if !c.at.IsZero() {
				o.clock.Set(c.at)
			}
			o.result(t, 0, c.with)
			_, err := o.Issue(t.Context(), c.by, resultOf(0))
			wantError(t, err, c.want)
			o.contiguous(t, 0)
			_, err = o.store.Claims().Claim(t.Context(), resultOf(0))
			wantError(t, err, certs.ErrClaim)
		})
	}
	o := newOffice(t, 0)
	_, err := o.Issue(t.Context(), registrar(), "nobody's")
	wantError(t, err, result.ErrResult)
}

// TestSerials: a number follows the highest of its body, year and level, whoever gave that one.
func TestSerials(t *testing.T) {
	o := newOffice(t, 3)
	foreign := func(n certs.Number) {
		check(t, o.store.Ledger().CreateCertificate(t.Context(), &certs.Certificate{Number: n, Result: result.ID(n), Token: string(n), State: certs.Valid}))
	}
	foreign("S000012009999254000777") // last year
	foreign("S000012009999265000888") // 五级
	foreign("S000012009998264000999") // another body
	for n, want := range []certs.Number{"S000012009999264000001", "S000012009999264000013", "S000012009999264999999"} {
		if c := o.issue(t, n); c.Number != want {
			t.Errorf("candidate %d has %s, want %s", n, c.Number, want)
		}
		if n == 0 {
			foreign("S000012009999264000012")
		}
		if n == 1 {
			foreign("S000012009999264999998")
		}
	}
	o.candidate(t, 3, 6000, 6000)
	_, err := o.Issue(t.Context(), registrar(), resultOf(3))
	wantError(t, err, certs.ErrSerials)
}

// TestDateOfIssueIsChinas: the date and the year in the number turn at midnight of the zone, not of UTC.
func TestDateOfIssueIsChinas(t *testing.T) {
	o := newOffice(t, 3)
	turn := time.Date(2026, 12, 31, 16, 0, 0, 0, time.UTC)
	for n, c := range []struct {
		at     time.Time
		issued string
		number certs.Number
	}{
		{turn.Add(-time.Millisecond), "2026-12-31", "S000012009999264000001"},
		{turn, "2027-01-01", "S000012009999274000001"},
		{turn.Add(24 * time.Hour), "2027-01-02", "S000012009999274000002"},
	} {
		o.clock.Set(c.at)
		if got := o.issue(t, n); got.Issued.String() != c.issued || got.Number != c.number {
			t.Errorf("at %v: %s of %s", c.at, got.Number, got.Issued)
		}
	}
	utc := o.ports
	utc.Zone = time.UTC
	o.clock.Set(turn)
	o.candidate(t, 9, 6000, 6000)
	c, err := o.issuer(utc, o.press()).Issue(t.Context(), registrar(), resultOf(9))
	if err != nil || c.Issued.String() != "2026-12-31" {
		t.Errorf("in UTC: %+v, %v", c, err)
	}
}

var errBroken = errs.New(errs.Internal, "test.broken", "坏了")

// choosy seals for everybody but those named.
type choosy struct {
	certs.Sealer
	refused []string
}

func (s choosy) Seal(d certs.Draft) ([]byte, error) {
	if slices.Contains(s.refused, d.Edition.Name) || string(d.Photo) != "photo" {
		return nil, errBroken
	}
	return s.Sealer.Seal(d)
}

// TestWhatIsReservedWaits: what came up after the number was given keeps the certificate from being made, by whomever, until
// it is settled; then the same number goes on.
func TestWhatIsReservedWaits(t *testing.T) {
	refile := func(t *testing.T, o *office, to string) {
		body, err := o.store.Organisations().Organisation(t.Context(), "body")
		check(t, err)
		body.Filings[0].To = day(to)
		check(t, o.store.Organisations().UpdateOrganisation(t.Context(), body))
	}
	for name, c := range map[string]struct {
		arise, settle func(t *testing.T, o *office)
		want          error
	}{
		"a hold": {func(t *testing.T, o *office) {
			_, err := o.Keep(t.Context(), supervisor(), resultOf(0), "查分")
			check(t, err)
		}, func(t *testing.T, o *office) {
			_, err := o.Lift(t.Context(), supervisor(), resultOf(0), "无误")
			check(t, err)
		}, certs.ErrHeld},
		"a tie": {func(_ *testing.T, o *office) {
			o.ties = []separation.Finding{{Rule: "taught-class", Candidate: "person0", Path: []string{"考评员甲", "培训班", "李一"}}}
		}, func(_ *testing.T, o *office) { o.ties = nil }, certs.ErrSeparated},
		"a filing that ended": {func(t *testing.T, o *office) { refile(t, o, "2026-03-02") },
			func(t *testing.T, o *office) { refile(t, o, "2028-01-01") }, engine.ErrNotFiled},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t, 1)
			ports := o.ports
			ports.Journal = faultyJournal{ports.Journal, newOutage(1, false)}
			_, err := o.issuer(ports, o.press()).Issue(t.Context(), registrar(), resultOf(0))
			wantError(t, err, errBroken)
			c.arise(t, o)
			_, err = o.Issue(t.Context(), registrar(), resultOf(0))
			wantError(t, err, c.want)
			_, err = o.IssueSession(t.Context(), registrar(), sessionID, nil)
			wantError(t, err, c.want)
			for range 10 {
				o.clock.Advance(time.Minute)
				check(t, o.Settle(t.Context())) // it waits for a person, so nothing failed
			}
			if got := o.ledger(t)[0]; got.State != certs.Reserved {
				t.Errorf("it is %s", asJSON(t, got))
			}
			o.logged(t)
			c.settle(t, o)
			for range 20 {
				o.clock.Advance(time.Minute)
				check(t, o.Settle(t.Context()))
			}
			o.contiguous(t, 1)
			o.logged(t, translog.Issued)
		})
	}
}

// TestReservedPrizeWaits for the filing of its body as well.
func TestReservedPrizeWaits(t *testing.T) {
	o := contestOffice(t)
	a, err := o.EnterAward(t.Context(), registrar(), prize(nil))
	check(t, err)
	_, err = o.Grant(t.Context(), supervisor(), a.Seen())
	check(t, err)
	broken := o.issuer(o.ports, choosy{o.press(), []string{o.person(t, 0).Name}})
	_, err = broken.IssueAward(t.Context(), registrar(), a.ID)
	wantError(t, err, errBroken)
	body, err := o.store.Organisations().Organisation(t.Context(), "body")
	check(t, err)
	body.Filings[0].Levels = []engine.Level{engine.Level5}
	check(t, o.store.Organisations().UpdateOrganisation(t.Context(), body))
	_, err = o.IssueAward(t.Context(), registrar(), a.ID)
	wantError(t, err, engine.ErrNotFiled)
	o.clock.Advance(time.Minute)
	check(t, o.Settle(t.Context()))
	if c := o.ledger(t)[0]; c.State != certs.Reserved {
		t.Errorf("it is %s", asJSON(t, c))
	}
	body.Filings[0].Levels = []engine.Level{engine.Level4}
	check(t, o.store.Organisations().UpdateOrganisation(t.Context(), body))
	o.clock.Advance(time.Hour)
	check(t, o.Settle(t.Context()))
	o.contiguous(t, 1)
}

// TestDateStaysOverNewYear: what was reserved on the last day of a year keeps number and date when it is sealed later.
func TestDateStaysOverNewYear(t *testing.T) {
	o := newOffice(t, 1)
	o.clock.Set(time.Date(2026, 12, 31, 15, 59, 0, 0, time.UTC))
	broken := o.issuer(o.ports, choosy{o.press(), []string{"李一·买买提"}})
	_, err := broken.Issue(t.Context(), registrar(), resultOf(0))
	wantError(t, err, errBroken)
	o.clock.Advance(2 * time.Minute)
	c := o.issue(t, 0)
	if c.Number != "S000012009999264000001" || c.Issued.String() != "2026-12-31" {
		t.Errorf("%s of %s", c.Number, c.Issued)
	}
	if a, err := o.verifier.ByFile(t.Context(), o.file(t, c.Number)); err != nil || a.Standing != certs.StandingValid {
		t.Errorf("the document: %s, %v", a.Standing, err)
	}
}

// fussy is a Sealer that knows beforehand what it cannot print.
type fussy struct {
	certs.Sealer
	refuse error
}

func (f *fussy) Check(certs.Draft) error { return f.refuse }

// TestWhatCannotBePrintedTakesNoNumber: the number that would have been the first goes to the first that can.
func TestWhatCannotBePrintedTakesNoNumber(t *testing.T) {
	o := newOffice(t, 1)
	press := &fussy{Sealer: o.press(), refuse: errors.New("no glyph")}
	issuer := o.issuer(o.ports, press)
	if _, err := issuer.Issue(t.Context(), registrar(), resultOf(0)); !errors.Is(err, press.refuse) {
		t.Fatalf("issued: %v", err)
	}
	if left := o.ledger(t); len(left) != 0 {
		t.Fatalf("a number was taken: %v", left[0].Number)
	}
	press.refuse = nil
	_, err := issuer.Issue(t.Context(), registrar(), resultOf(0))
	check(t, err)
	o.contiguous(t, 1)
}

// TestAuthorityThatExpiredYesterday: neither a number nor a leaf of the log is used up, and everything goes on with new
// keys.
func TestAuthorityThatExpiredYesterday(t *testing.T) {
	o := newOffice(t, 2)
	made, err := keys.Init(t.TempDir(), "技能等级认定", true, noon().AddDate(-10, 0, -1))
	check(t, err)
	fonts, err := pdf.OpenFiles(fonts.New())
	check(t, err)
	renderer, err := pdf.NewRenderer(fonts)
	check(t, err)
	for n := range 2 {
		p := o.person(t, n)
		p.Photo = engine.PhotoMark{}
		check(t, o.store.People().UpdatePerson(t.Context(), p))
	}
	expired := o.issuer(o.ports, press.NewPress(renderer, made, "https://example.org"))
	_, err = expired.Issue(t.Context(), registrar(), resultOf(0))
	wantError(t, err, keys.ErrPeriod)
	issued, err := expired.IssueSession(t.Context(), registrar(), sessionID, nil)
	wantError(t, err, keys.ErrPeriod)
	if size, err := o.log.Size(t.Context()); len(issued) != 0 || size != 0 || err != nil || len(o.ledger(t)) != 0 {
		t.Fatalf("%d issued, %d leaves, %d numbers, %v", len(issued), size, len(o.ledger(t)), err)
	}
	issued, err = o.issuer(o.ports, press.NewPress(renderer, o.ring, "https://example.org")).IssueSession(t.Context(), registrar(), sessionID, nil)
	check(t, err)
	if len(issued) != 2 {
		t.Errorf("%d issued", len(issued))
	}
	o.contiguous(t, 2)
}

// TestSettlingGrowsPatient: what fails again and again is tried less and less often, and at once when somebody decides on
// it; it keeps nothing else back.
func TestSettlingGrowsPatient(t *testing.T) {
	o := newOffice(t, 2)
	press := &counting{Sealer: o.press(), broken: true}
	i := o.issuer(o.ports, press)
	_, err := i.Issue(t.Context(), registrar(), resultOf(0))
	wantError(t, err, errBroken)
	const half = 30 * time.Minute
	for range half / (5 * time.Second) {
		o.clock.Advance(5 * time.Second)
		_ = i.Settle(t.Context())
	}
	if press.tried < 5 || press.tried > 9 {
		t.Errorf("tried %d times in half an hour", press.tried)
	}
	press.broken = false
	for range half / 3 / (5 * time.Second) {
		o.clock.Advance(5 * time.Second)
		check(t, i.Settle(t.Context()))
	}
	o.contiguous(t, 1)
	press.broken = true
	_, err = i.Issue(t.Context(), registrar(), resultOf(1))
	wantError(t, err, errBroken)
	o.clock.Advance(time.Minute)
	wantError(t, i.Settle(t.Context()), errBroken)
	press.broken = false
	_, err = i.Issue(t.Context(), registrar(), resultOf(1))
	check(t, err)
	o.contiguous(t, 2)
}

// counting counts the seals that it is asked for, and sets none while it is broken.
type counting struct {
	certs.Sealer
	broken bool
	tried  int
}

func (p *counting) Seal(d certs.Draft) ([]byte, error) {
	p.tried++
	if p.broken {
		return nil, errBroken
	}
	return p.Sealer.Seal(d)
}

func TestIssueSession(t *testing.T) {
	o := newOffice(t, 12)
	o.candidate(t, 12, 5999, 10000)
	press := choosy{o.press(), []string{o.person(t, 5).Name}}
	var told []certs.Progress
	progress := func(p certs.Progress) { told = append(told, p) }
	issued, err := o.issuer(o.ports, press).IssueSession(t.Context(), registrar(), sessionID, progress)
	if !errors.Is(err, errBroken) || len(issued) != 11 || len(told) != 1 || told[0] != (certs.Progress{Seen: 13, Issued: 11, Failed: 1}) {
		t.Fatalf("%d issued, %v, progress %v", len(issued), err, told)
	}
	issued, err = o.IssueSession(t.Context(), registrar(), sessionID, nil)
	check(t, err)
	for n, c := range issued {
		if c.Result != resultOf(n) || c.Number.Serial() != n+1 || c.State != certs.Valid {
			t.Errorf("ticket %d has %s, %s", n, c.Number, c.State)
		}
	}
	again, err := o.IssueSession(t.Context(), registrar(), sessionID, nil)
	if err != nil || asJSON(t, again) != asJSON(t, issued) {
		t.Errorf("issuing again gave others: %v", err)
	}
	o.contiguous(t, 12)
	o.session(t, "early", "body", result.Public)
	_, err = o.IssueSession(t.Context(), registrar(), "early", nil)
	wantError(t, err, certs.ErrNotFinal)
	other := registrar()
	other.Org = "other"
	_, err = o.IssueSession(t.Context(), other, sessionID, nil)
	wantError(t, err, sitting.ErrSession)
	_, err = o.IssueSession(t.Context(), holder(1), sessionID, nil)
	wantError(t, err, authz.ErrForbidden)
}

func (o *office) person(t testing.TB, n int) *engine.Person {
	t.Helper()
	p, err := o.store.People().Person(t.Context(), engine.PersonID(holder(n).Person))
	check(t, err)
	return p
}

// 同一人用两种证件各考了一次，事后才认定：两份成绩都不发证，说明另一份在哪个证件名下；按违纪取消一份的，另一份可以发；核定是两个人的，都可以发。
func TestNoCertificateForTwoResultsOfOneHuman(t *testing.T) {
	o := newOffice(t, 3)
	pair := &people.Pair{ID: people.PairOf("person0", "person1"), First: "person0", Second: "person1", State: people.PairOne}
	check(t, o.store.People().CreatePair(t.Context(), pair))
	for n := range 2 {
		_, err := o.Issue(t.Context(), registrar(), resultOf(n))
		if !errors.Is(err, certs.ErrTwice) || !strings.Contains(err.Error(), "居民身份证") {
			t.Errorf("candidate %d: %v", n, err)
		}
	}
	o.issue(t, 2)
	r, err := o.store.Results().Result(t.Context(), resultOf(1))
	check(t, err)
	was := *r
	r.Theory.Standing, r.Practical.Standing, r.Theory.Case, r.Practical.Case = engine.Voided, engine.Voided, "ruling", "ruling"
	check(t, o.store.Results().UpdateResult(t.Context(), r))
	o.issue(t, 0)
	was.Revision = r.Revision
	check(t, o.store.Results().UpdateResult(t.Context(), &was))
	_, err = o.Issue(t.Context(), registrar(), resultOf(1))
	wantError(t, err, certs.ErrTwice)
	pair, err = o.store.People().Pair(t.Context(), pair.ID)
	check(t, err)
	pair.State = people.PairTwo
	check(t, o.store.People().UpdatePair(t.Context(), pair))
	o.issue(t, 1)
}
