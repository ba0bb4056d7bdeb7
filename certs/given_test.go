package certs_test

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/skillcert/skillcert/certs"
	"github.com/skillcert/skillcert/certs/translog"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/result"
)

// given is a list of the authority's, as csv.
func given(rows ...string) certs.Upload {
	text := "姓名,证件号码,证书编号,发证日期\n"
	for _, r := range rows {
		text += r + "\n"
	}
	return certs.Upload{Name: "编号.csv", Data: []byte(text)}
}

func TestGivenNumbers(t *testing.T) {
	o := newOffice(t, 3)
	_, err := o.GiveNumbers(t.Context(), registrar(), sessionID, given(), false)
	wantError(t, err, certs.ErrOwnNumbers)
	o.policy.Numbering = map[string]string{"12": "import"}
	o.Issuer = o.issuer(o.ports, o.press())
	_, err = o.Issue(t.Context(), registrar(), resultOf(0))
	wantError(t, err, certs.ErrNoNumber)
	id := func(n int) string { return o.person(t, n).IDNumber }
	const mine, other = "S000012009999264000123", "S000012009999264000124"
	file := given(
		fmt.Sprintf("李一·买买提,%s,%s,2026-03-01", id(0), mine),
		fmt.Sprintf("李一·买买提,%s,%s,2026-03-01", id(0), other),              // twice the same person
		fmt.Sprintf(o.person(t, 1).Name+",%s,%s,2026-03-01", id(1), mine), // twice the same number
		fmt.Sprintf("别人,%s,%s,2026-03-01", id(2), other),
		fmt.Sprintf("%s,%s,S000012009998264000001,2026-03-01", o.person(t, 2).Name, id(2)), // another body's
		fmt.Sprintf("%s,%s,S000012009999265000001,2026-03-01", o.person(t, 2).Name, id(2)), // another level
		fmt.Sprintf("%s,%s,%s,2027-03-01", o.person(t, 2).Name, id(2), other),              // another year
		fmt.Sprintf("%s,%s,S0000,2026-03-01", o.person(t, 2).Name, id(2)),
	)
	preview, err := o.GiveNumbers(t.Context(), registrar(), sessionID, file, false)
	check(t, err)
	var outcomes []string
	for _, r := range preview.Rows {
		outcomes = append(outcomes, string(r.Outcome)+" "+r.Code)
	}
	if want := `["new ","refused certificate.given_twice","refused certificate.given_twice","refused certificate.given_who","refused certificate.number","refused certificate.number","refused certificate.number"]`; asJSON(t, outcomes) != want {
		t.Errorf("outcomes %s", asJSON(t, outcomes))
	}
	if len(preview.Broken) != 1 || preview.Left != 2 {
		t.Errorf("%d broken, %d left", len(preview.Broken), preview.Left)
	}
	_, err = o.store.Claims().Claim(t.Context(), resultOf(0))
	wantError(t, err, certs.ErrClaim)
	done, err := o.GiveNumbers(t.Context(), registrar(), sessionID, file, true)
	if err != nil || asJSON(t, done) != asJSON(t, preview) {
		t.Errorf("the commit does otherwise than the preview: %s, %v", asJSON(t, done), err)
	}
	again, err := o.GiveNumbers(t.Context(), registrar(), sessionID, file, true)
	if err != nil || again.Rows[0].Outcome != certs.GivenKnown || again.Left != 2 {
		t.Errorf("committed twice: %s, %v", asJSON(t, again), err)
	}
	c := o.issue(t, 0)
	if c.Number != mine || c.Issued != day("2026-03-01") {
		t.Errorf("issued as %s of %s", c.Number, c.Issued)
	}
	o.standing(t, o.file(t, c.Number), certs.StandingValid)
}

// number is the n-th of the body's at 四级 that the authority gives.
func number(n int) certs.Number { return certs.Number(fmt.Sprintf("S000012009999264%06d", n)) }

// importing is an office whose numbers the authority gives.
func importing(t testing.TB, candidates int) *office {
	t.Helper()
	o := newOffice(t, candidates)
	o.policy.Numbering = map[string]string{"12": engine.NumbersImported}
	o.Issuer = o.issuer(o.ports, o.press())
	return o
}

// row gives candidate n a number, of a date when one is named.
func (o *office) row(t testing.TB, n int, number certs.Number, date ...string) string {
	t.Helper()
	p := o.person(t, n)
	return fmt.Sprintf("%s,%s,%s,%s", p.Name, p.IDNumber, number, append(date, "2026-03-01")[0])
}

// give imports rows, after a preview that must say the same, and answers what became of each.
func (o *office) give(t testing.TB, rows ...string) (outcomes []string) {
	t.Helper()
	preview, err := o.GiveNumbers(t.Context(), registrar(), sessionID, given(rows...), false)
	check(t, err)
	plan, err := o.GiveNumbers(t.Context(), registrar(), sessionID, given(rows...), true)
	check(t, err)
	if asJSON(t, plan) != asJSON(t, preview) {
		t.Errorf("the commit does otherwise than the preview: %s, %s", asJSON(t, plan), asJSON(t, preview))
	}
	for _, r := range plan.Rows {
		outcomes = append(outcomes, string(r.Outcome)+r.Code)
	}
	return outcomes
}

func wantOutcomes(t testing.TB, got []string, want ...string) {
	t.Helper()
	if asJSON(t, got) != asJSON(t, want) {
		t.Fatalf("outcomes %s, want %s", asJSON(t, got), asJSON(t, want))
	}
}

// TestGivenNumbersAreReplaced: a number that nothing stands under may be given anew, one whose certificate is void must
// be, and any other is for good.
func TestGivenNumbersAreReplaced(t *testing.T) {
	o := importing(t, 2)
	const taken = "refusedcertificate.given_taken"
	wantOutcomes(t, o.give(t, o.row(t, 0, number(1)), o.row(t, 1, number(2))), "new", "new")
	wantOutcomes(t, o.give(t, o.row(t, 0, number(2)), o.row(t, 1, number(2), "2026-02-01")), taken, "refusedcertificate.given_twice")
	wantOutcomes(t, o.give(t, o.row(t, 0, number(2)), o.row(t, 1, number(1))), "replaced", "replaced") // they were mixed up
	wantOutcomes(t, o.give(t, o.row(t, 0, number(2), "2026-02-28"), o.row(t, 1, number(3))), "replaced", "replaced")
	wantOutcomes(t, o.give(t, o.row(t, 0, number(2), "2026-02-28"), o.row(t, 1, number(3))), "known", "known")
	broken := o.issuer(o.ports, choosy{o.press(), []string{o.person(t, 0).Name}})
	_, err := broken.Issue(t.Context(), registrar(), resultOf(0))
	wantError(t, err, errBroken)
	wantOutcomes(t, o.give(t, o.row(t, 0, number(4)), o.row(t, 1, number(2))), "refusedcertificate.claimed", taken)
	_, err = o.Void(t.Context(), registrar(), number(2), why("照片已更换"))
	check(t, err)
	_, err = o.Issue(t.Context(), registrar(), resultOf(0))
	wantError(t, err, certs.ErrNoNumber)
	plan, err := o.GiveNumbers(t.Context(), registrar(), sessionID, given(), false)
	if err != nil || plan.Left != 1 {
		t.Errorf("%d have no number, %v", plan.Left, err)
	}
	wantOutcomes(t, o.give(t, o.row(t, 0, number(2)), o.row(t, 1, number(3))), taken, "known") // a void number is nobody's
	wantOutcomes(t, o.give(t, o.row(t, 0, number(1))), "new")
	if c := o.issue(t, 0); c.Number != number(1) || c.Issued != day("2026-03-01") {
		t.Errorf("issued as %s of %s", c.Number, c.Issued)
	}
	wantOutcomes(t, o.give(t, o.row(t, 0, number(4)), o.row(t, 1, number(1))), "refusedcertificate.claimed", taken)
	o.logged(t, translog.Issued, translog.Voided, translog.Issued)
	claim, err := o.ports.Claims.Claim(t.Context(), resultOf(0))
	if err != nil || len(claim.Trail) != 4 || claim.Trail[3].Action != "number.replaced" || claim.Trail[3].Name != registrar().Name {
		t.Errorf("trail %s, %v", asJSON(t, claim), err)
	}
}

// TestOneNumberForTwo: a number that came in one list is refused to somebody else in the next, also in the preview.
func TestOneNumberForTwo(t *testing.T) {
	o := importing(t, 3)
	wantOutcomes(t, o.give(t, o.row(t, 0, number(1))), "new")
	wantOutcomes(t, o.give(t, o.row(t, 1, number(1)), o.row(t, 2, number(2))), "refusedcertificate.given_taken", "new")
	// A chain moves up where its head moves, and stays where it does not.
	wantOutcomes(t, o.give(t, o.row(t, 1, number(2)), o.row(t, 2, number(1)), o.row(t, 0, number(3))), "new", "replaced", "replaced")
	wantOutcomes(t, o.give(t, o.row(t, 1, number(1)), o.row(t, 2, number(3))), "refusedcertificate.given_taken", "refusedcertificate.given_taken")
	for n, want := range []certs.Number{number(3), number(2), number(1)} {
		if c := o.issue(t, n); c.Number != want {
			t.Errorf("candidate %d has %s, want %s", n, c.Number, want)
		}
	}
}

// TestGivenDateIsOfTheFiling: the day that is printed is one on which the body could certify.
func TestGivenDateIsOfTheFiling(t *testing.T) {
	o := importing(t, 1)
	const before = certs.Number("S000012009999254000001")
	wantOutcomes(t, o.give(t, o.row(t, 0, before, "2025-12-31")), "refusedorg.not_filed")
	wantOutcomes(t, o.give(t, o.row(t, 0, number(1), "2026-01-01")), "new")
}

// TestGivingSurvivesEveryOutage breaks each call of a list that exchanges two numbers: doing it again puts all right.
func TestGivingSurvivesEveryOutage(t *testing.T) {
	for _, after := range []bool{false, true} {
		for at := 1; ; at++ {
			o, f := importing(t, 2), newOutage(at, after)
			wantOutcomes(t, o.give(t, o.row(t, 0, number(1)), o.row(t, 1, number(2))), "new", "new")
			rows := []string{o.row(t, 0, number(2)), o.row(t, 1, number(1))}
			_, _ = o.failing(f).GiveNumbers(t.Context(), registrar(), sessionID, given(rows...), true)
			if !f.struck() {
				break
			}
			_ = o.give(t, rows...)
			wantOutcomes(t, o.give(t, rows...), "known", "known")
			for n, want := range []certs.Number{number(2), number(1)} {
				if c := o.issue(t, n); c.Number != want {
					t.Fatalf("call %d, after %v: candidate %d has %s", at, after, n, c.Number)
				}
			}
		}
	}
}

// TestListsAndIssuesAtOnce: whoever gives numbers and whoever issues under them meanwhile, a result never gets two
// certificates, and each has the number that its claim says.
func TestListsAndIssuesAtOnce(t *testing.T) {
	const results = 6
	o := importing(t, results)
	var all, giving sync.WaitGroup
	for turn := range 2 {
		giving.Go(func() {
			for round := range 6 {
				var rows []string
				for n := range results {
					rows = append(rows, o.row(t, n, number(1+(n+turn+round)%results)))
				}
				if _, err := o.GiveNumbers(t.Context(), registrar(), sessionID, given(rows...), true); err != nil {
					t.Error(err)
				}
			}
		})
	}
	var over atomic.Bool
	for range 2 {
		all.Go(func() {
			for n := 0; !over.Load(); n++ {
				_, _ = o.Issue(t.Context(), registrar(), resultOf(n%results))
			}
		})
	}
	giving.Wait()
	over.Store(true)
	all.Wait()
	owners := map[result.ID]certs.Number{}
	for _, c := range o.ledger(t) {
		claim, err := o.ports.Claims.Claim(t.Context(), c.Result)
		if err != nil || claim.Number != c.Number || owners[c.Result] != "" {
			t.Errorf("%s is of the result that has %s and %s, %v", c.Number, claim.Number, owners[c.Result], err)
		}
		owners[c.Result] = c.Number
	}
	if len(owners) == 0 {
		t.Error("nothing was issued")
	}
}

// TestAwardsTakeGivenNumbers: a prize is certified under a number of the authority as a result is.
func TestAwardsTakeGivenNumbers(t *testing.T) {
	o := contestOffice(t)
	_, err := o.GiveAwardNumbers(t.Context(), registrar(), given(), false)
	wantError(t, err, certs.ErrOwnNumbers)
	o.policy.Numbering = map[string]string{"12": engine.NumbersImported}
	o.Issuer = o.issuer(o.ports, o.press())
	a, err := o.EnterAward(t.Context(), registrar(), prize(nil))
	check(t, err)
	give := func() certs.GivenRow {
		t.Helper()
		plan, err := o.GiveAwardNumbers(t.Context(), registrar(), given(o.row(t, 0, number(7))), true)
		check(t, err)
		return plan.Rows[0]
	}
	if r := give(); r.Code != certs.ErrGivenWho.Code { // not granted yet
		t.Errorf("%s %s", r.Outcome, r.Code)
	}
	_, err = o.Grant(t.Context(), supervisor(), a.Seen())
	check(t, err)
	_, err = o.IssueAward(t.Context(), registrar(), a.ID)
	wantError(t, err, certs.ErrNoNumber)
	if r := give(); r.Outcome != certs.GivenNew {
		t.Errorf("%s %s", r.Outcome, r.Code)
	}
	c, err := o.IssueAward(t.Context(), registrar(), a.ID)
	if err != nil || c.Number != number(7) || c.AwardID() != a.ID {
		t.Errorf("issued as %s, %v", asJSON(t, c), err)
	}
	_, err = o.GiveAwardNumbers(t.Context(), supervisor(), given(), false)
	wantError(t, err, authz.ErrForbidden)
}
