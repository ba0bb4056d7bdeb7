package certs_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/skillcert/skillcert/certs"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/result"
)

// TestNothingIsIssuedForWhatIsPending (待定): while a score check is open or a case undecided, the registrar reads why; the
// others of the session get theirs.
func TestNothingIsIssuedForWhatIsPending(t *testing.T) {
	o := newOffice(t, 3)
	ctx := t.Context()
	k := &result.ScoreCheck{ID: result.CheckOf(ticket(1), engine.Practical), Result: resultOf(1), Session: sessionID, Ticket: ticket(1),
		Candidate: "person1", Component: engine.Practical, State: result.CheckForwarded, Asked: noon()}
	check(t, o.store.Checks().CreateCheck(ctx, k))
	check(t, o.store.Cases().CreateCase(ctx, &result.Case{ID: result.CaseOf(ticket(2), 1), Session: sessionID, Ticket: ticket(2), Candidate: "person2", State: result.CaseAppealed}))
	for n, says := range map[int]string{1: "查分尚未办结（操作技能）", 2: "违纪案件尚未决定"} {
		if _, err := o.Issue(ctx, registrar(), resultOf(n)); !errors.Is(err, certs.ErrPending) || !strings.Contains(err.Error(), says) {
			t.Errorf("candidate %d: %v", n, err)
		}
	}
	issued, err := o.IssueSession(ctx, registrar(), sessionID, nil)
	if len(issued) != 1 || !errors.Is(err, certs.ErrPending) {
		t.Fatalf("%d issued, %v", len(issued), err)
	}
	k.State = result.CheckUnchanged
	check(t, o.store.Checks().UpdateCheck(ctx, k))
	o.issue(t, 1)
}

// 成绩已不合格的，应办理撤销，不得补发；撤销不自动发生，由登记人员申请、另一人决定。
// TestARevocationIsDue: a result that is turned after the issue revokes nothing by itself. The registrar is told, until the
// revocation was asked for.
func TestARevocationIsDue(t *testing.T) {
	o := newOffice(t, 2)
	ctx := t.Context()
	c := o.issue(t, 0)
	o.issue(t, 1)
	if due, err := o.RevocationsDue(ctx, registrar()); err != nil || len(due) != 0 {
		t.Fatalf("%v, %v", due, err)
	}
	r, err := o.store.Results().Result(ctx, resultOf(0))
	check(t, err)
	r.Earlier = []result.Turn{{Before: result.Judged{Theory: r.Theory, Practical: r.Practical}, At: noon().Add(time.Hour), Cause: "ruling"}}
	r.Theory.Standing, r.Theory.Case = engine.Voided, "case"
	check(t, o.store.Results().UpdateResult(ctx, r))
	due, err := o.RevocationsDue(ctx, registrar())
	if err != nil || len(due) != 1 || due[0].Number != c.Number || due[0].State != certs.Valid {
		t.Fatalf("%v, %v", due, err)
	}
	_, err = o.Reissue(ctx, registrar(), c.Number, c.Version, why("遗失"))
	wantError(t, err, certs.ErrNotPassed)
	abroad := registrar()
	abroad.Org = "other"
	if due, err := o.RevocationsDue(ctx, abroad); err != nil || len(due) != 0 {
		t.Errorf("another body's registrar reads %v, %v", due, err)
	}
}

// 查分、违纪复核没有办结的，不得申请撤销，也不得确认撤销：撤销以后不能恢复。
// TestNothingIsRevokedWhileItIsOpen: neither of the two who revoke gets past an open score check, an appeal, or a ruling that may
// still be appealed against; both read what is open, and when it is settled the revocation goes on.
func TestNothingIsRevokedWhileItIsOpen(t *testing.T) {
	o := newOffice(t, 1)
	ctx, n := t.Context(), o.issue(t, 0).Number
	refused := func(what, says string, err error) {
		t.Helper()
		if !errors.Is(err, certs.ErrUnsettled) || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v", what, err)
		}
	}
	move := func() error { _, err := o.MoveToRevoke(ctx, registrar(), n, why("违纪")); return err }
	confirm := func() error { _, err := o.Revoke(ctx, supervisor(), n, o.moved(t, n)); return err }
	check1 := &result.ScoreCheck{ID: result.CheckOf(ticket(0), engine.Practical), Result: resultOf(0), Session: sessionID, Ticket: ticket(0),
		Candidate: "person0", Component: engine.Practical, State: result.CheckForwarded, Asked: noon()}
	check(t, o.store.Checks().CreateCheck(ctx, check1))
	refused("asked while a score check is open", "查分尚未办结（操作技能）", move())
	check1.State = result.CheckUnchanged
	check(t, o.store.Checks().UpdateCheck(ctx, check1))
	check(t, move())
	k := &result.Case{ID: result.CaseOf(ticket(0), 1), Session: sessionID, Ticket: ticket(0), Candidate: "person0", State: result.CaseAppealed}
	check(t, o.store.Cases().CreateCase(ctx, k))
	refused("confirmed while an appeal is open", "违纪案件尚未决定", confirm())
	k.State, k.AppealBy = result.CaseDecided, clock.DateOf(noon(), time.UTC)
	k.Decision = &result.Ruling{Severity: "serious", Text: "严重违纪", All: true}
	check(t, o.store.Cases().UpdateCase(ctx, k))
	r, err := o.store.Results().Result(ctx, resultOf(0))
	check(t, err)
	r.Theory.Standing, r.Practical.Standing = engine.Voided, engine.Voided
	check(t, o.store.Results().UpdateResult(ctx, r))
	refused("confirmed while the ruling may be appealed against", k.AppealBy.String(), confirm())
	o.clock.Advance(48 * time.Hour)
	check(t, confirm())
	if c, err := o.ports.Ledger.Certificate(ctx, n); err != nil || c.State != certs.Revoked {
		t.Errorf("%+v, %v", c, err)
	}
}
