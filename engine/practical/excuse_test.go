package practical_test

import (
	"errors"
	"testing"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/practical"
)

// 缺考、被请出的考生由组长写明情况，不得评分。
func TestExcuse(t *testing.T) {
	w := newWorld(t).drawn()
	ctx := t.Context()
	for name, c := range map[string]struct {
		by       authz.Principal
		id       practical.AssessmentID
		standing engine.Standing
		reason   string
		want     error
	}{
		"an examiner":         {examiner("e1"), assessment(1), engine.Absent, "未到", authz.ErrForbidden},
		"a leader of another": {who("another", authz.Leader), assessment(1), engine.Absent, "未到", practical.ErrAssessment},
		"nothing":             {leader, "nothing", engine.Absent, "未到", practical.ErrAssessment},
		"scored":              {leader, assessment(1), engine.Scored, "未到", practical.ErrLead},
		"for no reason":       {leader, assessment(1), engine.Absent, " ", practical.ErrLead},
	} {
		if _, err := w.desk.Excuse(ctx, c.by, c.id, c.standing, c.reason); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
	_, err := w.desk.Excuse(ctx, leader, assessment(1), engine.Absent, "未到")
	w.must(err)
	if _, err := w.desk.Save(ctx, examiner("e1"), assessment(1), 0, w.entry(1, 100), nil); !errors.Is(err, practical.ErrExcused) {
		t.Fatalf("scoring who is absent: %v", err)
	}
	_, err = w.desk.Excuse(ctx, leader, assessment(1), "", "迟到")
	w.must(err)
	_, err = w.desk.Save(ctx, examiner("e1"), assessment(1), 0, w.entry(1, 100), nil)
	w.must(err)
	if _, err := w.desk.Excuse(ctx, leader, assessment(1), engine.Absent, "未到"); !errors.Is(err, practical.ErrHasScores) {
		t.Fatalf("absent with scores: %v", err)
	}
	a, err := w.desk.Excuse(ctx, leader, assessment(1), engine.Voided, "携带资料")
	if err != nil || a.Standing != engine.Voided || w.standing(1).Standing != engine.Voided {
		t.Fatalf("%+v, %v", a, err)
	}
}

// TestWhatTheLeaderWroteIsKept: of who was excluded, the last word counts: who said it, when and at which station. What was taken
// back is none, and neither is an absence.
func TestWhatTheLeaderWroteIsKept(t *testing.T) {
	w := newWorld(t).drawn()
	ctx, named := t.Context(), leader
	named.Name = "组长乙"
	for _, step := range []struct {
		n        int
		standing engine.Standing
		words    string
	}{{1, engine.Voided, "携带资料"}, {1, "", "登记错人"}, {1, engine.Voided, "voided: 携带手机"}, {2, engine.Voided, "与人交谈"}, {2, "", "登记错人"}, {3, engine.Absent, "未到"}} {
		_, err := w.desk.Excuse(ctx, named, assessment(step.n), step.standing, step.words)
		w.must(err)
	}
	all, err := w.sits.Exclusions(ctx, session)
	if err != nil || len(all) != 1 {
		t.Fatalf("%+v, %v", all, err)
	}
	e := all[0]
	if e.Ticket != ticket(1) || e.Component != engine.Practical || !e.Of(engine.Practical) || e.Of(engine.Theory) || e.Words != "voided: 携带手机" ||
		e.By != leader.Account || e.Name != "组长乙" || e.At.IsZero() || e.Place != "一号考位" {
		t.Errorf("%+v", e)
	}
}

// 因违纪被请出的考生，不再评分。
func TestNobodyScoresWhoIsExcludedForMisconduct(t *testing.T) {
	w := newWorld(t).drawn()
	s, err := w.desk.Save(t.Context(), examiner("e1"), assessment(1), 0, w.entry(1, 6000), nil)
	w.must(err)
	w.void(1)
	_, save := w.desk.Save(t.Context(), examiner("e2"), assessment(1), 0, nil, nil)
	_, sign := w.desk.Sign(t.Context(), examiner("e1"), assessment(1), s.Revision)
	if !errors.Is(save, practical.ErrExcused) || !errors.Is(sign, practical.ErrExcused) {
		t.Fatalf("%v, %v", save, sign)
	}
}

// An absence and a first score may cross: neither saw the other. The leader has to settle it before the seal.
// 记了缺考又有了评分的，封存前由组长查清。
func TestAnAbsenceThatCrossedAScoreWaits(t *testing.T) {
	w := newWorld(t).drawn()
	w.scoreAll(1, 6000, 6000, 6000)
	a, err := w.store.Assessments().Assessment(t.Context(), assessment(1))
	w.must(err)
	a.Standing = engine.Absent
	w.must(w.store.Assessments().UpdateAssessment(t.Context(), a))
	if st := w.standing(1); st.Standing != "" || st.Points != 0 {
		t.Fatalf("%+v", st)
	}
	_, err = w.desk.Excuse(t.Context(), leader, assessment(1), "", "已到场")
	w.must(err)
	if st := w.standing(1); st.Standing != engine.Scored || st.Points != 6000 {
		t.Fatalf("%+v", st)
	}
}

// 缺考先登记：任何考评员都不能再评分、签名；先有评分：不能再登记缺考（见 TestExcuse）。两种先后都不会留下缺考考生的成绩。
func TestSheetsOfAnAbsentCandidateAreRefused(t *testing.T) {
	w := newWorld(t).drawn()
	ctx, id := t.Context(), assessment(1)
	empty, err := w.desk.Save(ctx, examiner("e2"), id, 0, nil, nil) // opened, nothing scored: no obstacle to an absence
	w.must(err)
	_, err = w.desk.Excuse(ctx, leader, id, engine.Absent, "未到")
	w.must(err)
	_, save := w.desk.Save(ctx, examiner("e1"), id, 0, w.entry(1, 6000), nil)
	_, more := w.desk.Save(ctx, examiner("e2"), id, empty.Revision, w.entry(1, 6000), nil)
	_, sign := w.desk.Sign(ctx, examiner("e2"), id, empty.Revision)
	for name, err := range map[string]error{"a first sheet": save, "a sheet that was begun": more, "a signature": sign} {
		if !errors.Is(err, practical.ErrExcused) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if st := w.standing(1); st.Standing != engine.Absent || st.Points != 0 {
		t.Errorf("%+v", st)
	}
	w.scoreAll(3, 6000, 6000, 6000)
	if _, err := w.desk.Excuse(ctx, leader, assessment(3), engine.Absent, "未到"); !errors.Is(err, practical.ErrHasScores) {
		t.Errorf("absent after all have signed: %v", err)
	}
}
