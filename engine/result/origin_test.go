package result_test

import (
	"strings"
	"testing"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/result"
	"github.com/skillcert/skillcert/engine/sitting"
)

// retaken is candidate 2's result of the retake.
func (w *world) retaken(id sitting.SessionID) *result.Result {
	w.t.Helper()
	rows, err := w.board.Results(w.t.Context(), office, id)
	w.must(err)
	return rows[0]
}

// TestAKeptPassFallsWithItsOrigin: theory of the spring session is kept and practice is passed in autumn. Afterwards it comes out
// that somebody else sat the theory. While that is not decided the autumn result is 待定, and says because of which session; once
// it is ruled, theory is to be taken again and the certificate is to be taken back; and where the authority sets the ruling
// aside, the pass stands again.
func TestAKeptPassFallsWithItsOrigin(t *testing.T) {
	w := newWorld(t, 2, nil).joined().published().final()
	if r := w.retake("000002", date(t, "2026-09-01").In(time.UTC), 6000); r.Outcome() != result.Pass {
		t.Fatalf("%+v", r)
	}
	ctx := t.Context()
	k, err := w.board.OpenCase(ctx, office, session, ticket(2), result.Report{Facts: "替考", Evidence: []string{"监控"}})
	w.must(err)
	if r := w.retaken("000002"); r.Outcome() != result.Pending || r.Waiting() != "原场次（2026-03-02）违纪案件尚未决定" {
		t.Errorf("while the case is open: %s, %q", r.Outcome(), r.Waiting())
	}
	_, err = w.board.NotifyCase(ctx, office, k.ID)
	w.must(err)
	w.pastHearing(k.ID)
	_, err = w.board.ProposeCase(ctx, office, k.ID, "grave", "", "替考")
	w.must(err)
	_, err = w.board.DecideCase(ctx, witness, k.ID, true, "事实清楚")
	w.must(err)
	r := w.retaken("000002")
	if r.Outcome() != result.Pending || r.Theory.Standing != engine.Due || r.Theory.From != "" || !r.Turned() || !strings.HasPrefix(r.Waiting(), "尚待补考（理论知识") {
		t.Errorf("after the ruling: %s, %q, %+v", r.Outcome(), r.Waiting(), r)
	}
	_, err = w.board.AppealCase(ctx, sitter(2), k.ID, "监控里不是我")
	w.must(err)
	_, err = w.board.ConcludeCase(ctx, bureau, k.ID, false, "人证比对有误")
	w.must(err)
	if r := w.retaken("000002"); r.Outcome() != result.Pass || r.Theory.From != result.Of(ticket(2)) || r.Turned() {
		t.Errorf("after the authority set it aside: %s, %q, %+v", r.Outcome(), r.Waiting(), r)
	}
}

// pastHearing lets the days of the candidate's statement go by.
func (w *world) pastHearing(id result.CaseID) {
	w.t.Helper()
	k, err := w.board.Case(w.t.Context(), office, id)
	w.must(err)
	w.clock.Set(k.StateBy.AddDays(1).In(w.policy.Location()))
}
