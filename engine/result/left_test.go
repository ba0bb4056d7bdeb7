package result_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/result"
	"github.com/skillcert/skillcert/engine/sitting"
)

// left is what waits for somebody on duty, in one line.
func (w *world) left(by authz.Principal) string {
	w.t.Helper()
	n, err := w.sittings.Get(w.t.Context(), session)
	w.must(err)
	got, err := w.board.Left(w.t.Context(), by, n, by.Roles[0])
	w.must(err)
	return fmt.Sprint(got.Seals, got.Matters)
}

// seated notes in the session who has a seat, as the office's seating does.
func (w *world) seated() {
	w.t.Helper()
	n, err := w.store.Sessions().Session(w.t.Context(), session)
	w.must(err)
	n.Allotted = []engine.PersonID{candidate(1), candidate(2)}
	w.must(w.store.Sessions().UpdateSession(w.t.Context(), n))
}

func (w *world) wantLeft(when string, ofMarker, ofLeader, ofWitness string) {
	w.t.Helper()
	for by, want := range map[*authz.Principal]string{&marker: ofMarker, &leader: ofLeader, &witness: ofWitness} {
		if got := w.left(*by); got != want {
			w.t.Errorf("%s: %s waits for %s, want %s", when, by.Roles[0], got, want)
		}
	}
}

func (w *world) wantLeftToOffice(when string, want int) {
	w.t.Helper()
	if got, err := w.board.LeftToOffice(w.t.Context(), office, session); err != nil || got != want {
		w.t.Errorf("%s: %d wait for the office, want %d, %v", when, got, want, err)
	}
}

// 等考务办公室办的：未转交的查分、未答复的异议、未告知的和听取陈述后未拟处理意见的违纪案件；办完一件少一件。
func TestWhatWaitsForTheOffice(t *testing.T) {
	w, ctx := newWorld(t, 2, nil).joined().published(), t.Context()
	_, err := w.board.Object(ctx, session, "李某", "13800000000", "此人未在本单位工作")
	w.must(err)
	w.wantLeftToOffice("an objection", 1)
	k := w.opened()
	w.wantLeftToOffice("a case beside it", 2)
	w.along(k.ID, "notify")
	w.wantLeftToOffice("the candidate is being heard", 1)
	w.along(k.ID, "state", "finish")
	w.wantLeftToOffice("heard", 2)
	w.along(k.ID, "propose")
	w.wantLeftToOffice("somebody else decides", 1)
	_, err = w.board.LeftToOffice(ctx, who("x", authz.Examiner), session)
	wantErr(t, "an examiner asks", err, authz.ErrForbidden)
}

// TestWhatASessionStillWaitsFor: a session asks its leaders for their seals and the supervisor for the second signature, and then
// for nothing until somebody's score check comes to them.
func TestWhatASessionStillWaitsFor(t *testing.T) {
	w, ctx := newWorld(t, 2, nil), t.Context()
	w.seated()
	const both = "[理论知识 操作技能] 0"
	w.wantLeft("before anything is sealed", "[理论知识] 0", "[操作技能] 0", both)
	first := engine.NewSeal(session, engine.Theory, []engine.SealedScore{scored(1, 6000), scored(2, 10000)}, "leader", monday)
	w.must(w.store.Seals().CreateSeal(ctx, first))
	w.wantLeft("theory sealed by one person", "[] 0", "[操作技能] 0", both)
	w.must(first.Countersign(who("witness", authz.Supervisor), monday))
	w.must(w.store.Seals().UpdateSeal(ctx, first))
	w.wantLeft("theory sealed by both", "[] 0", "[操作技能] 0", "[操作技能] 0")
	w.seal(engine.Practical, scored(1, 6000), scored(2, 5999))
	_, err := w.board.Join(ctx, office, session)
	w.must(err)
	w.published()
	w.wantLeft("published", "[] 0", "[] 0", "[] 0")

	w.wantLeftToOffice("published", 0)
	w.asked(2, engine.Practical)
	w.wantLeft("a check that the office has not handed on", "[] 0", "[] 0", "[] 0")
	w.wantLeftToOffice("a check that it has not handed on", 1)
	k, err := w.board.ForwardCheck(ctx, office, result.CheckOf(ticket(2), engine.Practical))
	w.must(err)
	w.wantLeftToOffice("handed on", 0)
	w.wantLeft("handed to the leader", "[] 0", "[] 1", "[] 0")
	_, err = w.board.CorrectScore(ctx, leader, k.ID, found(6000), "第 3 项漏加 0.01 分")
	w.must(err)
	w.wantLeft("an error found", "[] 0", "[] 0", "[] 1")
	seal, err := w.board.Correction(ctx, witness, k)
	w.must(err)
	_, err = w.board.WitnessCorrection(ctx, witness, k.ID, seal.Digest)
	w.must(err)
	w.wantLeft("the correction signed", "[] 0", "[] 0", "[] 0")
}

// TestASessionThatNobodyCameToWaitsForNobody: without a seat there is nothing to seal once nobody can be seated any more.
func TestASessionThatNobodyCameToWaitsForNobody(t *testing.T) {
	w := newWorld(t, 0, nil)
	w.clock.Set(monday.Add(-time.Second))
	w.wantLeft("while people may be seated", "[理论知识] 0", "[操作技能] 0", "[理论知识 操作技能] 0")
	w.clock.Set(monday)
	w.wantLeft("from then on", "[] 0", "[] 0", "[] 0")
}

// TestOnlyWhoIsOnDutyIsToldWhatWaits: nobody else's work is told.
func TestOnlyWhoIsOnDutyIsToldWhatWaits(t *testing.T) {
	w := newWorld(t, 1, nil)
	n, err := w.sittings.Get(t.Context(), session)
	w.must(err)
	_, err = w.board.Left(t.Context(), who("other", authz.Marker), n, authz.Marker)
	wantErr(t, "a marker of another session", err, sitting.ErrNotOnDuty)
	_, err = w.board.Left(t.Context(), sitter(1), n, authz.Marker)
	wantErr(t, "a candidate", err, authz.ErrForbidden)
}
