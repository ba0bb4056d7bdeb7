package practical_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/ids"
	"github.com/skillcert/skillcert/engine/people"
	"github.com/skillcert/skillcert/engine/practical"
	"github.com/skillcert/skillcert/engine/separation"
	"github.com/skillcert/skillcert/engine/sitting"
)

// deep writes v with everything in it.
func deep(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// 全部签字之前，组长也看不到总分。
func TestStandingsHideTotalsUntilAllHaveSigned(t *testing.T) {
	w := newWorld(t)
	if st := w.standing(1); st.Standing != "" || st.Assessment != "" {
		t.Fatalf("before the draw: %+v", st)
	}
	w.drawn()
	w.score("e1", 1, 6000)
	w.score("e2", 1, 6000)
	_, err := w.desk.Save(t.Context(), examiner("e3"), assessment(1), 0, w.entry(1, 6003), nil)
	w.must(err)
	if st := w.standing(1); st.Standing != "" || st.Totals != nil || st.Points != 0 || st.Ticket != ticket(1) {
		t.Fatalf("%+v", st)
	}
	_, err = w.desk.Sign(t.Context(), examiner("e3"), assessment(1), 1)
	w.must(err)
	if st := w.standing(1); st.Standing != engine.Scored || st.Points != 6001 || st.Spread != 3 || st.Disputed || len(st.Totals) != 3 {
		t.Fatalf("%+v", st)
	}
	w.void(1)
	if st := w.standing(1); st.Standing != engine.Voided || st.Points != 0 || st.Totals != nil {
		t.Fatalf("misconduct: %+v", st)
	}
}

// 没有分歧的成绩，组长不得改动。
func TestOnlyDisputesAreRuled(t *testing.T) {
	w := newWorld(t).drawn()
	ctx := t.Context()
	w.scoreAll(1, 6000, 6000, 7500) // at the tolerance
	w.scoreAll(3, 6000, 6000, 7501) // above it
	w.score("e1", 2, 6000)
	for name, c := range map[string]struct {
		by     authz.Principal
		n      int
		points engine.Points
		reason string
		want   error
	}{
		"an examiner":          {examiner("f1"), 3, 6000, "录像", authz.ErrForbidden},
		"a leader of another":  {who("another", authz.Leader), 3, 6000, "录像", practical.ErrAssessment},
		"no dispute":           {leader, 1, 6000, "录像", practical.ErrNoDispute},
		"not signed":           {leader, 2, 6000, "录像", practical.ErrNotScored},
		"below zero":           {leader, 3, -1, "录像", practical.ErrLead},
		"one above a hundred":  {leader, 3, 10001, "录像", practical.ErrLead},
		"for no reason":        {leader, 3, 6000, "", practical.ErrLead},
		"nobody's assessment":  {leader, 9, 6000, "录像", practical.ErrAssessment},
		"zero, as good as any": {leader, 3, 0, "录像", nil},
		"a hundred":            {leader, 3, 10000, "录像", nil},
	} {
		if _, err := w.desk.Rule(ctx, c.by, assessment(c.n), practical.RulePoints(c.points), c.reason); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
	_, err := w.desk.Rule(ctx, leader, assessment(3), practical.RulePoints(6050), "再看录像")
	w.must(err)
	if st := w.standing(3); st.Standing != engine.Scored || st.Points != 6050 || st.Disputed || len(st.Totals) != 3 {
		t.Fatalf("%+v", st)
	}
	w.tie("leader", 3)
	if _, err := w.desk.Rule(ctx, leader, assessment(3), practical.RulePoints(9000), "亲属"); !errors.Is(err, separation.ErrSeparated) {
		t.Fatalf("ruling over next of kin: %v", err)
	}
}

func (w *world) seal(by authz.Principal) (*engine.Seal, error) {
	return w.desk.Seal(w.t.Context(), by, session)
}

// 操作技能考核开始之前，不得登记缺考，更不得封存；取消资格可以随时登记。
func TestNothingIsSealedBeforeItBegins(t *testing.T) {
	w, ctx := newWorld(t).drawn(), t.Context()
	w.clock.Set(opens.Add(-time.Millisecond))
	if _, err := w.desk.Excuse(ctx, leader, assessment(1), engine.Absent, "未到"); !errors.Is(err, practical.ErrEarly) {
		t.Errorf("absent before the window opens: %v", err)
	}
	for n := 1; n <= 3; n++ {
		_, err := w.desk.Excuse(ctx, leader, assessment(n), engine.Voided, "携带资料")
		w.must(err)
	}
	if _, err := w.seal(leader); !errors.Is(err, practical.ErrEarly) {
		t.Errorf("sealed before the window opens: %v", err)
	}
	w.clock.Set(opens)
	_, err := w.desk.Excuse(ctx, leader, assessment(1), engine.Absent, "未到")
	w.must(err)
	_, err = w.seal(leader)
	w.must(err)
}

// 有一人未签、一处分歧未裁定的，不得封存。
func TestSealWaitsForEverything(t *testing.T) {
	w := newWorld(t)
	refused := func(what string, want error) {
		t.Helper()
		if _, err := w.seal(leader); !errors.Is(err, want) {
			t.Fatalf("%s: %v, want %v", what, err, want)
		}
	}
	refused("nothing drawn", practical.ErrNotScored)
	w.drawn()
	refused("nothing signed", practical.ErrNotScored)
	w.scoreAll(1, 5999, 6000, 6000)
	_, err := w.desk.Excuse(t.Context(), leader, assessment(2), engine.Absent, "未到")
	w.must(err)
	w.score("f1", 3, 6000)
	w.score("f2", 3, 9000)
	refused("one sheet unsigned", practical.ErrNotScored)
	w.score("f3", 3, 6000)
	refused("a dispute", practical.ErrDisputed)
	if n, err := w.desk.Counts(t.Context(), witness, session); err != nil || n != (practical.Counts{Candidates: 3, Scored: 1, Absent: 1, Waiting: 1}) {
		t.Fatalf("%+v, %v", n, err)
	}
	_, err = w.desk.Rule(t.Context(), leader, assessment(3), practical.RulePoints(6100), "录像")
	w.must(err)
	for by, want := range map[string]error{"examiner": authz.ErrForbidden, "leader": sitting.ErrNotOnDuty} {
		if _, err := w.seal(who("another", authz.Role(by))); !errors.Is(err, want) {
			t.Errorf("%s: %v", by, err)
		}
	}
	s, err := w.seal(leader)
	if err != nil || fmt.Sprint(s.Scores) != "[{c1 scored 60} {c2 absent 0} {c3 scored 61}]" {
		t.Fatalf("%+v, %v", s, err)
	}
	w.seat(4, "r2")
	if again, err := w.seal(leader); err != nil || again.Digest != s.Digest || again.Revision != 1 {
		t.Fatalf("twice: %+v, %v", again, err)
	}
}

// sealed seals c1 60, c2 voided by an invigilator, c3 80.
func (w *world) sealed() *engine.Seal {
	w.t.Helper()
	w.drawn()
	w.scoreAll(1, 6000, 6000, 6000)
	w.void(2)
	w.scoreAll(3, 8000, 8000, 8000)
	s, err := w.seal(leader)
	w.must(err)
	return s
}

// 封存之后什么都不再改动。
func TestNothingChangesAfterTheSeal(t *testing.T) {
	w := newWorld(t)
	s := w.sealed()
	ctx, id := t.Context(), assessment(1)
	for name, act := range map[string]func() error{
		"save":    func() error { _, err := w.desk.Save(ctx, examiner("e1"), id, 0, nil, nil); return err },
		"excuse":  func() error { _, err := w.desk.Excuse(ctx, leader, id, engine.Voided, "x"); return err },
		"rule":    func() error { _, err := w.desk.Rule(ctx, leader, id, practical.RulePoints(1), "x"); return err },
		"prolong": func() error { _, err := w.desk.Prolong(ctx, leader, id, "x"); return err },
		"draw":    func() error { _, err := w.desk.Draw(ctx, leader, session); return err },
		"replace": func() error {
			_, err := w.desk.Replace(ctx, leader, id, practical.Substitution{Out: "e1", In: "e4"}, "x")
			return err
		},
	} {
		if err := act(); !errors.Is(err, engine.ErrSealed) {
			t.Errorf("%s: %v", name, err)
		}
	}
	w.void(1)
	if st := w.standing(1); st.Standing != engine.Scored || st.Points != 6000 {
		t.Errorf("the seal does not speak: %+v", st)
	}
	now, err := w.store.Seals().Seal(ctx, session, engine.Practical)
	if err != nil || now.Digest != s.Digest || deep(t, now.Scores) != deep(t, s.Scores) || now.Revision != 1 {
		t.Errorf("%+v, %v", now, err)
	}
}

// 封存须组长和督导员两人签署。
func TestCountersign(t *testing.T) {
	w := newWorld(t)
	if _, err := w.desk.Countersign(t.Context(), witness, session, ""); !errors.Is(err, engine.ErrNoSeal) {
		t.Fatalf("nothing sealed: %v", err)
	}
	s := w.sealed()
	both := authz.Principal{Account: "b", Person: "leader", Roles: []authz.Role{authz.Supervisor}}
	for name, c := range map[string]struct {
		by     authz.Principal
		digest string
		want   error
	}{
		"the leader":              {leader, s.Digest, authz.ErrForbidden},
		"the leader as another":   {both, s.Digest, sitting.ErrNotOnDuty},
		"a supervisor of another": {who("another", authz.Supervisor), s.Digest, sitting.ErrNotOnDuty},
		"another digest":          {witness, s.Digest[1:] + "0", engine.ErrSealBroken},
		"no digest":               {witness, "", engine.ErrSealBroken},
	} {
		if _, err := w.desk.Countersign(t.Context(), c.by, session, c.digest); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
	w.clock.Advance(time.Minute)
	for range 2 {
		got, err := w.desk.Countersign(t.Context(), witness, session, s.Digest)
		if err != nil || got.Witness != "witness" || !got.Witnessed.Equal(opens.Add(time.Minute)) || got.Scores != nil {
			t.Fatalf("%+v, %v", got, err)
		}
	}
	whole, err := w.store.Seals().Seal(t.Context(), session, engine.Practical)
	if err != nil || whole.Complete() != nil || len(whole.Scores) != 3 {
		t.Fatalf("%+v, %v", whole, err)
	}
}

// 封存的实操成绩只有组长看得到。
func TestOnlyTheLeaderReadsSealedScores(t *testing.T) {
	w := newWorld(t)
	w.sealed()
	for _, c := range []struct {
		by     authz.Principal
		scores int
	}{{leader, 3}, {witness, 0}, {office, 0}, {examiner("e1"), 0}, {who("another", authz.Leader), 0}, {who("m", authz.Marker), 0}} {
		s, err := w.desk.SealState(t.Context(), c.by, session)
		if err != nil || len(s.Scores) != c.scores || s.Digest == "" {
			t.Errorf("%v: %+v, %v", c.by, s, err)
		}
	}
	stranger := authz.Principal{Account: "x", Roles: office.Roles, Org: "another"}
	_, errSeal := w.desk.SealState(t.Context(), stranger, session)
	if _, err := w.desk.Counts(t.Context(), stranger, session); !errors.Is(err, sitting.ErrSession) || !errors.Is(errSeal, sitting.ErrSession) {
		t.Errorf("another body: %v, %v", err, errSeal)
	}
	if _, err := w.desk.SealState(t.Context(), who("c1", authz.Candidate), session); !errors.Is(err, authz.ErrForbidden) {
		t.Errorf("a candidate: %v", err)
	}
}

// 两名考评组长同时封存：只封存一次，另一名被告知已封存，成绩相同。
func TestTwoLeadersSealAtOnce(t *testing.T) {
	w := newWorld(t)
	s, err := w.store.Sessions().Session(t.Context(), session)
	w.must(err)
	s.Duties = append(s.Duties, sitting.Duty{Person: "second", Role: authz.Leader})
	w.must(w.store.Sessions().UpdateSession(t.Context(), s))
	w.drawn()
	w.scoreAll(1, 6000, 6000, 6000)
	w.void(2)
	w.scoreAll(3, 8000, 8000, 8000)
	both := []authz.Principal{leader, who("second", authz.Leader)}
	var sealed, told atomic.Int32
	var by atomic.Value
	together(t, 2, func(i int) error {
		got, err := w.desk.Seal(t.Context(), both[i], session)
		switch {
		case err == nil:
			sealed.Add(1)
			by.Store(got.Leader)
		case errors.Is(err, engine.ErrSealed):
			told.Add(1)
		default:
			return err
		}
		return nil
	})
	kept, err := w.store.Seals().Seal(t.Context(), session, engine.Practical)
	if w.must(err); sealed.Load() != 1 || told.Load() != 1 || kept.Leader != by.Load() || len(kept.Scores) != 3 {
		t.Fatalf("%d sealed, %d told, kept %+v", sealed.Load(), told.Load(), kept)
	}
}

// meanwhile calls on once while the sheet of an examiner is read.
type meanwhile struct {
	practical.Sheets
	examiner engine.PersonID
	on       func()
}

func (m *meanwhile) Sheet(ctx context.Context, id practical.AssessmentID, e engine.PersonID, no int) (*practical.Sheet, error) {
	s, err := m.Sheets.Sheet(ctx, id, e, no)
	if f := m.on; f != nil && e == m.examiner {
		m.on = nil
		f()
	}
	return s, err
}

// TestARulingOnSheetsThatAreBeingCorrected: while one leader looks at the sheets, another opens a correction of one of them.
func TestARulingOnSheetsThatAreBeingCorrected(t *testing.T) {
	w := newWorld(t).drawn()
	w.scoreAll(1, 9000, 3000, 3000)
	w.onDuty(sitting.Duty{Person: "e4", Role: authz.Leader})
	m := &meanwhile{Sheets: w.store.Sheets(), examiner: "e3", on: func() {
		_, err := w.desk.Correct(t.Context(), who("e4", authz.Leader), assessment(1), "e1", "填反")
		w.must(err)
	}}
	desk := practical.NewDesk(practical.Ports{Assessments: w.store.Assessments(), Sheets: m, Draws: w.store.TaskDraws(), Seals: w.store.Seals(),
		Names: people.NewRegistry(w.store.People(), w.store.Organisations(), []byte("key"), w.clock)}, w.sits, w.bank, w.policy, w.clock, ids.Seeded("another"))
	if _, err := desk.Rule(t.Context(), leader, assessment(1), practical.RulePoints(8000), "按旧评分表裁定"); !errors.Is(err, practical.ErrRuledStale) {
		t.Fatalf("%v", err)
	}
	if a, err := w.store.Assessments().Assessment(t.Context(), assessment(1)); err != nil || a.Ruling != nil || len(a.Corrections) != 1 {
		t.Fatalf("%+v, %v", a, err)
	}
}
