package practical_test

import (
	"errors"
	"testing"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/practical"
)

// leaderDecides is a policy under which the leader says whether a critical error counts.
func leaderDecides(p *engine.Policy) { p.Practical.Veto = "leader" }

var seen = practical.VetoMark{Task: "A", Code: "V1", Note: "床挡未拉起，人滑落"}

// 一名考评员登记了一票否决：由考评组长裁定是否成立。成立计零分；不成立且评分差异在规定之内，仍按考评员评分计算。
func TestTheLeaderDecidesWhetherACriticalErrorCounts(t *testing.T) {
	w := newWorld(t, leaderDecides).drawn()
	ctx := t.Context()
	w.score("e1", 1, 8000, seen)
	w.score("e2", 1, 8000)
	w.score("e3", 1, 8300)
	st := w.standing(1)
	if st.Standing != "" || !st.Disputed || !st.Asked || st.Wide || len(st.Marks) != 1 ||
		st.Marks[0] != (practical.Mark{Examiner: "e1", Task: "任务A", Text: "坠床", Note: seen.Note}) {
		t.Fatalf("%+v", st)
	}
	if _, err := w.seal(leader); !errors.Is(err, practical.ErrNotScored) { // the others of the session wait too
		t.Fatalf("sealed with an open critical error: %v", err)
	}
	for name, d := range map[string]practical.Decision{
		"no word on the critical error": practical.RulePoints(7000),
		"an unknown word":               {Veto: "perhaps"},
		"points although it counts":     {Veto: practical.VetoUpheld, Points: pt(7000)},
		"points that nobody asked for":  {Veto: practical.VetoDismissed, Points: pt(7000)},
	} {
		if _, err := w.desk.Rule(ctx, leader, assessment(1), d, "录像"); !errors.Is(err, practical.ErrLead) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, c := range []struct {
		veto practical.VetoDecision
		want engine.Points
	}{{practical.VetoUpheld, 0}, {practical.VetoDismissed, 8100}} {
		_, err := w.desk.Rule(ctx, leader, assessment(1), practical.Decision{Veto: c.veto}, "录像")
		w.must(err)
		if st := w.standing(1); st.Standing != engine.Scored || st.Points != c.want || st.Marks != nil {
			t.Errorf("%s: %+v, want %s", c.veto, st, c.want)
		}
	}
}

func pt(p engine.Points) *engine.Points { return &p }

// 既有一票否决又有评分差异：否决不成立时，组长还须裁定分值。
func TestTheLeaderDecidesBothWhereTotalsDifferToo(t *testing.T) {
	w := newWorld(t, leaderDecides).drawn()
	ctx := t.Context()
	w.score("e1", 1, 5000, seen)
	w.score("e2", 1, 8000)
	w.score("e3", 1, 8300)
	if _, err := w.desk.Rule(ctx, leader, assessment(1), practical.Decision{Veto: practical.VetoDismissed}, "录像"); !errors.Is(err, practical.ErrLead) {
		t.Fatalf("no points for totals that differ: %v", err)
	}
	_, err := w.desk.Rule(ctx, leader, assessment(1), practical.Decision{Veto: practical.VetoDismissed, Points: pt(7900)}, "录像")
	w.must(err)
	if st := w.standing(1); st.Standing != engine.Scored || st.Points != 7900 {
		t.Fatalf("%+v", st)
	}
	_, err = w.desk.Rule(ctx, leader, assessment(1), practical.Decision{Veto: practical.VetoUpheld}, "再看录像")
	w.must(err)
	if st := w.standing(1); st.Standing != engine.Scored || st.Points != 0 {
		t.Fatalf("%+v", st)
	}
}

// 过半数的政策下没有等待裁定的一票否决：组长只裁定分值，不能另作否决裁定。
func TestUnderAMajorityTheLeaderRulesPointsOnly(t *testing.T) {
	w := newWorld(t).drawn()
	w.score("e1", 1, 8000, seen)
	w.score("e2", 1, 8000)
	w.score("e3", 1, 8300)
	if _, err := w.desk.Rule(t.Context(), leader, assessment(1), practical.Decision{Veto: practical.VetoUpheld}, "录像"); !errors.Is(err, practical.ErrLead) {
		t.Fatal(err)
	}
	_, err := w.desk.Rule(t.Context(), leader, assessment(1), practical.RulePoints(0), "录像")
	w.must(err)
}

// 按单项合并的政策一直用到封存的成绩。
func TestThePolicyOfTheHouseSaysWhatIsCombined(t *testing.T) {
	w := newWorld(t, func(p *engine.Policy) {
		p.Practical.Combine, p.Practical.Per, p.Practical.Tolerance = "median", "criterion", engine.Pt(60)
	}).drawn()
	a, err := w.store.Assessments().Assessment(t.Context(), assessment(1))
	w.must(err)
	for i, points := range [][2]engine.Points{{0, 4000}, {6000, 0}, {6000, 4000}} {
		entry, who := scores{}, string(rune('1'+i))
		for _, code := range a.Tasks {
			entry[code] = map[string]engine.Points{"1": points[0], "2": points[1]}
		}
		_, err := w.desk.Save(t.Context(), examiner("e"+who), assessment(1), 0, entry, nil)
		w.must(err)
		_, err = w.desk.Sign(t.Context(), examiner("e"+who), assessment(1), 1)
		w.must(err)
	}
	if st := w.standing(1); st.Standing != engine.Scored || st.Points != 10000 { // the median of the totals is 60
		t.Fatalf("%+v", st)
	}
}
