package practical_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/practical"
	"github.com/skillcert/skillcert/engine/separation"
	"github.com/skillcert/skillcert/engine/sitting"
	"github.com/skillcert/skillcert/questionbank"
)

// TestATieThatCameAfterTheScore: a training record comes in when everybody has signed. The leader cannot seal while the
// examiner's sheet counts for that candidate; with another examiner in their place they can.
// 全部签字后才来的培训记录：该考评员的评分单还算数时不得封存，换人重评后可以。
func TestATieThatCameAfterTheScore(t *testing.T) {
	w := newWorld(t).drawn()
	s, err := w.store.Sessions().Session(t.Context(), session)
	w.must(err)
	s.Duties = append(s.Duties, sitting.Duty{Person: "e4", Role: authz.Examiner, Room: "r1"})
	w.must(w.store.Sessions().UpdateSession(t.Context(), s))
	w.scoreAll(1, 6000, 6000, 6000)
	w.scoreAll(2, 6000, 6000, 6000)
	w.scoreAll(3, 6000, 6000, 6000)
	for _, n := range []separation.Tie{{Kind: separation.Teaches, From: separation.PersonNode("e1"), To: separation.ClassNode("护理2603班"), Source: "课表"},
		{Kind: separation.Attends, From: separation.PersonNode("c1"), To: separation.ClassNode("护理2603班"), Source: "培训名册"}} {
		_, err := w.judge.Record(t.Context(), office, n)
		w.must(err)
	}
	w.tie("f1", 1) // of another station: f1 has not judged c1
	var apart *separation.Separated
	if _, err := w.seal(leader); !errors.As(err, &apart) || len(apart.Findings) != 1 || !strings.Contains(apart.Findings[0].String(), "任教 → 护理2603班 → 学员名c1") {
		t.Fatalf("%v", err)
	}
	_, err = w.desk.Replace(t.Context(), leader, assessment(1), practical.Substitution{Out: "e1", In: "e4"}, "任课教师")
	w.must(err)
	w.score("e4", 1, 6000)
	if _, err := w.seal(leader); err != nil {
		t.Error(err)
	}
}

// 评分以后才查明考评员编写过本题库版本的试题：其不能再评分；其评分表还在计分时组长不能封存，换人重新评分后可以封存。
func TestAnExaminerWhoMadeThePaperJudgesNobody(t *testing.T) {
	w := newWorld(t).drawn()
	s, err := w.store.Sessions().Session(t.Context(), session)
	w.must(err)
	s.Release = "2026.1"
	s.Duties = append(s.Duties, sitting.Duty{Person: "e4", Role: authz.Examiner, Room: "r1"})
	w.must(w.store.Sessions().UpdateSession(t.Context(), s))
	for n := range 3 {
		w.scoreAll(n+1, 6000, 6000, 6000)
	}
	w.hands["e1"] = []questionbank.Hand{{Act: questionbank.ActAuthor, Code: "LTC-5-0007"}}
	if _, err := w.desk.Save(t.Context(), examiner("e1"), assessment(1), 0, nil, nil); !errors.Is(err, separation.ErrSeparated) {
		t.Errorf("the author scores: %v", err)
	}
	if _, err := w.seal(leader); !errors.Is(err, separation.ErrSeparated) {
		t.Errorf("the author's sheet counts: %v", err)
	}
	for _, n := range []int{1, 2} {
		_, err = w.desk.Replace(t.Context(), leader, assessment(n), practical.Substitution{Out: "e1", In: "e4"}, "编写过试题")
		w.must(err)
		w.score("e4", n, 6000)
	}
	if _, err := w.seal(leader); err != nil {
		t.Error(err)
	}
}

// onDuty puts somebody more on duty.
func (w *world) onDuty(d sitting.Duty) {
	w.t.Helper()
	s, err := w.store.Sessions().Session(w.t.Context(), session)
	w.must(err)
	s.Duties = append(s.Duties, d)
	w.must(w.store.Sessions().UpdateSession(w.t.Context(), s))
}

// TestALeaderWhoIsTiedLeadsNothing: the mother of a candidate is the leader on duty. She neither rules on her child's scores
// nor has them corrected, nor excuses them, nor exchanges their examiners; for the other candidates she does.
// 组长是考生母亲的，对该考生不裁定、不更正、不换人；对其他考生照常。
func TestALeaderWhoIsTiedLeadsNothing(t *testing.T) {
	w := newWorld(t).drawn()
	w.onDuty(sitting.Duty{Person: "e4", Role: authz.Examiner, Room: "r1"})
	w.scoreAll(1, 9000, 3000, 3000)
	w.scoreAll(2, 9000, 3000, 3000)
	w.tie("leader", 1)
	ctx := t.Context()
	for name, act := range map[string]func(id practical.AssessmentID) error{
		"rule": func(id practical.AssessmentID) error {
			_, err := w.desk.Rule(ctx, leader, id, practical.RulePoints(6000), "录像")
			return err
		},
		"correct": func(id practical.AssessmentID) error {
			_, err := w.desk.Correct(ctx, leader, id, "e1", "请再看")
			return err
		},
		"excuse": func(id practical.AssessmentID) error {
			_, err := w.desk.Excuse(ctx, leader, id, engine.Voided, "违纪")
			return err
		},
		"prolong": func(id practical.AssessmentID) error { _, err := w.desk.Prolong(ctx, leader, id, "停电"); return err },
		"replace": func(id practical.AssessmentID) error {
			_, err := w.desk.Replace(ctx, leader, id, practical.Substitution{Out: "e1", In: "e4"}, "身体不适")
			return err
		},
	} {
		if err := act(assessment(1)); !errors.Is(err, separation.ErrSeparated) {
			t.Errorf("%s of her child: %v", name, err)
		}
		if err := act(assessment(2)); errors.Is(err, separation.ErrSeparated) {
			t.Errorf("%s of another: %v", name, err)
		}
	}
}

// TestARulingByATiedLeaderIsNotSealed: the tie comes to light after the ruling, and another leader would seal.
// 裁定之后查明组长与考生有关系的，不得封存。
func TestARulingByATiedLeaderIsNotSealed(t *testing.T) {
	w := newWorld(t).drawn()
	w.scoreAll(1, 9000, 3000, 3000)
	w.scoreAll(2, 6000, 6000, 6000)
	w.scoreAll(3, 6000, 6000, 6000)
	_, err := w.desk.Rule(t.Context(), leader, assessment(1), practical.RulePoints(6000), "录像")
	w.must(err)
	w.tie("leader", 1)
	w.onDuty(sitting.Duty{Person: "e4", Role: authz.Leader})
	other := who("e4", authz.Leader)
	if _, err := w.desk.Seal(t.Context(), other, session); !errors.Is(err, separation.ErrSeparated) {
		t.Fatalf("sealed on the ruling: %v", err)
	}
	_, err = w.desk.Rule(t.Context(), other, assessment(1), practical.RulePoints(5900), "录像")
	w.must(err)
	if _, err := w.desk.Seal(t.Context(), other, session); err != nil {
		t.Fatalf("with a ruling of their own: %v", err)
	}
}

// TestWhoIsTakenOffDutyBlocksNobody: an examiner turns out to be tied to a candidate before they scored anything. While the
// candidate is theirs they stay; exchanged by the leader they can be taken off duty, and what issuing a certificate asks
// finds nothing, nor did it once another examined the candidate.
// 与考生有关系、尚未评分的考评员换下后，不再妨碍发证。
func TestWhoIsTakenOffDutyBlocksNobody(t *testing.T) {
	w := newWorld(t).drawn()
	w.onDuty(sitting.Duty{Person: "e4", Role: authz.Examiner, Room: "r1"})
	w.tie("e1", 1)
	office := authz.Principal{Account: "office", Person: "o", Roles: []authz.Role{authz.ExamOffice}, Org: "body"}
	off := sitting.Duty{Person: "e1", Role: authz.Examiner, Room: "r1"}
	ask := func() int {
		n, err := w.store.Sessions().Session(t.Context(), session)
		w.must(err)
		f, err := w.sits.Separated(t.Context(), n, []engine.PersonID{"c1"})
		w.must(err)
		return len(f)
	}
	if ask() != 1 {
		t.Fatal("the tie is not found")
	}
	if _, err := w.sits.Relieve(t.Context(), office, session, off, "近亲属"); !errors.Is(err, sitting.ErrRelievedNow) {
		t.Fatalf("with candidates: %v", err)
	}
	for _, n := range []int{1, 2} {
		_, err := w.desk.Replace(t.Context(), leader, assessment(n), practical.Substitution{Out: "e1", In: "e4"}, "近亲属")
		w.must(err)
	}
	if ask() != 0 {
		t.Error("another examines the candidate, and the tie still stands in the way")
	}
	n, err := w.sits.Relieve(t.Context(), office, session, off, "近亲属")
	w.must(err)
	if len(n.Relieved) != 1 || n.Relieved[0].Person != "e1" || n.Relieved[0].Reason != "近亲属" {
		t.Errorf("%+v", n.Relieved)
	}
	if _, err = w.sits.Relieve(t.Context(), office, session, off, "近亲属"); err != nil {
		t.Errorf("again: %v", err)
	}
	w.scoreBy(1, "e2", "e3", "e4")
	w.scoreBy(2, "e2", "e3", "e4")
	w.scoreAll(3, 6000, 6000, 6000)
	_, err = w.seal(leader)
	w.must(err)
	if _, err = w.sits.Relieve(t.Context(), office, session, sitting.Duty{Person: "leader", Role: authz.Leader}, "申请回避"); !errors.Is(err, sitting.ErrRelievedNow) {
		t.Errorf("who signed: %v", err)
	}
	if _, err = w.sits.Relieve(t.Context(), office, session, sitting.Duty{Person: "leader", Role: authz.Marker}, "误排"); !errors.Is(err, sitting.ErrNoDuty) {
		t.Errorf("a duty that they do not have: %v", err)
	}
	if _, err = w.sits.Relieve(t.Context(), office, session, sitting.Duty{Person: "witness", Role: authz.Supervisor}, " "); !errors.Is(err, sitting.ErrRelief) {
		t.Errorf("without a reason: %v", err)
	}
	if _, err = w.sits.Relieve(t.Context(), leader, session, sitting.Duty{Person: "witness", Role: authz.Supervisor}, "误排"); !errors.Is(err, authz.ErrForbidden) {
		t.Errorf("a leader: %v", err)
	}
}

// scoreBy has examiners score a candidate with sixty points each.
func (w *world) scoreBy(n int, examiners ...string) {
	w.t.Helper()
	for _, e := range examiners {
		w.score(e, n, 6000)
	}
}
