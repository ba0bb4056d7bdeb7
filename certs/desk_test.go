package certs_test

import (
	"errors"
	"testing"

	"github.com/skillcert/skillcert/certs"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/result"
)

func stranger() authz.Principal {
	return authz.Principal{Account: "other", Person: "other", Roles: []authz.Role{authz.Registrar}, Org: "another body"}
}

// TestMotionsAreFound by those who act for the body, while they wait and no longer.
func TestMotionsAreFound(t *testing.T) {
	o := newOffice(t, 3)
	for n := range 3 {
		o.issue(t, n)
	}
	all := o.ledger(t)
	for _, c := range all[1:] {
		_, err := o.MoveToRevoke(t.Context(), registrar(), c.Number, why("核查"))
		check(t, err)
	}
	found := func(by authz.Principal, want ...certs.Number) {
		t.Helper()
		got, err := o.Moved(t.Context(), by)
		check(t, err)
		if len(got) != len(want) {
			t.Fatalf("%d motions, want %d", len(got), len(want))
		}
		for n := range got {
			if got[n].Number != want[n] {
				t.Errorf("motion %d is on %s, want %s", n, got[n].Number, want[n])
			}
		}
	}
	found(supervisor(), all[1].Number, all[2].Number)
	found(stranger())
	_, err := o.Revoke(t.Context(), supervisor(), all[1].Number, o.moved(t, all[1].Number))
	check(t, err)
	_, err = o.Dismiss(t.Context(), supervisor(), all[2].Number, o.moved(t, all[2].Number), "查无实据")
	check(t, err)
	found(supervisor())
	_, err = o.Moved(t.Context(), holder(1))
	wantError(t, err, authz.ErrForbidden)
}

// TestStandsTellWhatIsIssued: passed results only, each with its certificate; a void number is none.
func TestStandsTellWhatIsIssued(t *testing.T) {
	o := newOffice(t, 3)
	o.candidate(t, 3, 5999, 6000)
	first := o.issue(t, 0)
	stands, err := o.Stands(t.Context(), supervisor(), sessionID)
	check(t, err)
	if len(stands) != 3 || !stands[0].Sealed() || stands[0].Certificate.Number != first.Number || stands[1].Sealed() || stands[1].Certificate != nil {
		t.Errorf("stands %v", stands)
	}
	_, err = o.Stands(t.Context(), stranger(), sessionID)
	if err == nil {
		t.Error("another body sees the stands")
	}
	o.session(t, "early", "body", result.Public)
	_, err = o.Stands(t.Context(), registrar(), "early")
	wantError(t, err, certs.ErrNotFinal)
}

func TestOpenHoldsAreThoseOfTheSession(t *testing.T) {
	o := newOffice(t, 2)
	for n := range 2 {
		_, err := o.Keep(t.Context(), supervisor(), resultOf(n), "查分")
		check(t, err)
	}
	_, err := o.Lift(t.Context(), supervisor(), resultOf(1), "无误")
	check(t, err)
	rows := []*result.Result{{ID: resultOf(0), Session: sessionID}, {ID: resultOf(1), Session: sessionID}, {ID: resultOf(0), Session: "another"}}
	open, err := o.OpenHolds(t.Context(), registrar(), sessionID, rows)
	check(t, err)
	if len(open) != 1 || open[resultOf(0)] == nil || open[resultOf(0)].Reason != "查分" {
		t.Errorf("open holds %v", open)
	}
	_, err = o.OpenHolds(t.Context(), stranger(), sessionID, rows)
	if err == nil {
		t.Error("another body sees the holds")
	}
}

// TestHandingOverIsRecorded: valid certificates only, with whole numbers, each time on record, also where no worker issued.
func TestHandingOverIsRecorded(t *testing.T) {
	o := newOffice(t, 3)
	_, err := o.HandOver(t.Context(), registrar(), sessionID, certs.Days{})
	wantError(t, err, certs.ErrNoneIssued)
	for n := range 3 {
		o.issue(t, n)
	}
	c := o.ledger(t)[2]
	o.revoke(t, c.Number, "核查")
	for range 2 {
		all, err := o.HandOver(t.Context(), registrar(), sessionID, certs.Days{})
		check(t, err)
		if len(all) != 2 || all[0].Holder.IDNumber != "110101190001010014" || all[0].Certificate.State != certs.Valid {
			t.Fatalf("handed over %d", len(all))
		}
	}
	for days, want := range map[certs.Days]int{{From: day("2026-03-02"), To: day("2026-03-02")}: 2, {From: day("2026-03-03"),
		To: day("2026-04-01")}: 0,
		{From: day("2026-01-01"), To: day("2026-03-01")}: 0} {
		all, err := o.HandOver(t.Context(), registrar(), sessionID, days)
		if len(all) != want || (want == 0) != errors.Is(err, certs.ErrNoneIssued) {
			t.Errorf("%v: %d, %v", days, len(all), err)
		}
	}
	taken, err := o.Handovers(t.Context(), registrar(), sessionID)
	if err != nil || len(taken) != 3 || taken[1].Note != "2" || taken[1].Name != registrar().Name {
		t.Errorf("on record %+v, %v", taken, err)
	}
	_, err = o.Handovers(t.Context(), holder(1), sessionID)
	wantError(t, err, authz.ErrForbidden)
	for _, by := range []authz.Principal{supervisor(), holder(1)} {
		_, err = o.HandOver(t.Context(), by, sessionID, certs.Days{})
		wantError(t, err, authz.ErrForbidden)
	}
	if _, err = o.HandOver(t.Context(), stranger(), sessionID, certs.Days{}); err == nil {
		t.Error("another body takes the numbers")
	}
}

// TestHandingOverIssuesNothing: a session that no worker issued for looks after an export as before, and can be started. What an
// export left of old, with times of its own, is no run either.
func TestHandingOverIssuesNothing(t *testing.T) {
	for _, old := range []bool{false, true} {
		o := newOffice(t, 2)
		o.issue(t, 0)
		_, err := o.HandOver(t.Context(), registrar(), sessionID, certs.Days{})
		check(t, err)
		if old {
			b, err := o.ports.Batches.Batch(t.Context(), sessionID)
			check(t, err)
			b.Started, b.Ended, b.Of, b.Progress = noon(), noon(), 2, certs.Progress{Seen: 2, Issued: 1}
			check(t, o.ports.Batches.UpdateBatch(t.Context(), b))
		}
		_, err = o.Batch(t.Context(), registrar(), sessionID)
		wantError(t, err, certs.ErrBatch)
		open, _, err := o.ports.Batches.OpenBatches(t.Context(), engine.Cursor{Limit: 9})
		if err != nil || len(open) != 0 {
			t.Errorf("a worker finds %d, %v", len(open), err)
		}
		b, err := o.Start(t.Context(), registrar(), sessionID)
		if err != nil || !b.Waits() || b.By.Name != registrar().Name {
			t.Fatalf("started %s, %v", asJSON(t, b), err)
		}
		check(t, o.workOnce(t, o.Issuer))
		if b, err = o.Batch(t.Context(), registrar(), sessionID); err != nil || b.Progress.Issued != 2 {
			t.Errorf("%s, %v", asJSON(t, b), err)
		}
		if taken, err := o.Handovers(t.Context(), registrar(), sessionID); err != nil || len(taken) != 1 {
			t.Errorf("on record %+v, %v", taken, err)
		}
	}
}

func TestWhoTakesNumbers(t *testing.T) {
	o := newOffice(t, 1)
	for mode, want := range map[string]bool{engine.NumbersAllocated: false, engine.NumbersImported: true} {
		o.policy.Numbering = map[string]string{"*": mode}
		got, err := o.issuer(o.ports, o.press()).TakesNumbers(t.Context(), registrar(), sessionID)
		check(t, err)
		if got != want {
			t.Errorf("%s: %v", mode, got)
		}
	}
}
