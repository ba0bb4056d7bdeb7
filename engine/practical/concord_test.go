package practical_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/practical"
	"github.com/skillcert/skillcert/engine/practical/concordance"
	"github.com/skillcert/skillcert/engine/sitting"
)

// compared is a world whose station r1 has seen candidates 1, 2, 4, 5, 6 and 7, all scored by e1, e2 and e3: e3 gives six
// points more than the others, and corrected the sheet of candidate 1. Candidate 3 of station r2 was scored once.
func compared(t *testing.T) *world {
	w := newWorld(t)
	for n := 4; n <= 7; n++ {
		if n > 4 {
			w.must(w.store.People().CreatePerson(t.Context(), &engine.Person{ID: engine.PersonID(fmt.Sprint("c", n)), Name: fmt.Sprint("名c", n)}))
		}
		w.seat(n, "r1")
	}
	w.drawn()
	for i, n := range []int{1, 2, 4, 5, 6, 7} {
		p := engine.Pt(60 + 4*i)
		w.scoreAll(n, p, p, p+engine.Pt(6))
	}
	w.scoreAll(3, 7000, 7000, 7000)
	w.correct("e3")
	s, err := w.desk.Work(t.Context(), examiner("e3"), assessment(1))
	w.must(err)
	saved, err := w.desk.Save(t.Context(), examiner("e3"), assessment(1), s.Seen, w.entry(1, 6600), []practical.VetoMark{{Task: "A", Code: "V1", Note: "坠床"}})
	w.must(err)
	_, err = w.desk.Sign(t.Context(), examiner("e3"), assessment(1), saved.Seen())
	w.must(err)
	return w
}

func (w *world) closeSession() {
	w.t.Helper()
	_, err := w.desk.Rule(w.t.Context(), leader, assessment(1), practical.RulePoints(6000), "录像")
	w.must(err)
	s, err := w.seal(leader)
	w.must(err)
	if _, err := w.desk.Concordance(w.t.Context(), leader, session); !errors.Is(err, engine.ErrNotSealed) {
		w.t.Fatalf("one person has sealed: %v", err)
	}
	_, err = w.desk.Countersign(w.t.Context(), witness, session, s.Digest)
	w.must(err)
}

// 封存前谁也看不到考评员评分一致性；两人封存后，考评组长和质量督导员看到每名考评员的宽严，更正过的按新表算并注明次数，
// 只评过一名考生的考评员不给数字，里面没有考生的姓名和准考证号。
func TestConcordanceOfASession(t *testing.T) {
	w := compared(t)
	ctx := t.Context()
	if _, err := w.desk.Concordance(ctx, leader, session); !errors.Is(err, engine.ErrNotSealed) {
		t.Fatalf("before the seal: %v", err)
	}
	w.closeSession()
	for _, by := range []authz.Principal{leader, witness} {
		r, err := w.desk.Concordance(ctx, by, session)
		w.must(err)
		if r.Performances != 7 || r.Sessions != 1 || r.Own || r.Alpha == nil || *r.Alpha <= 0 || *r.Alpha >= 1 || len(r.Lines) != 6 {
			t.Fatalf("%+v", r)
		}
		e1, e3, f1 := r.Lines[0], r.Lines[2], r.Lines[3]
		if e1.Examiner != "e1" || e1.Performances != 6 || e1.Leniency != -3 || e3.Leniency != 6 || e3.Error != 0 || e3.Spread != e1.Spread {
			t.Errorf("e1 %+v, e3 %+v", e1.Numbers, e3.Numbers)
		}
		if e3.VetoPairs != 2 || e3.VetoBoth != 0 || r.Corrected["e3"] != 1 || r.Corrected["e1"] != 0 {
			t.Errorf("e3 %+v, corrected %v", e3.Numbers, r.Corrected)
		}
		if f1.Examiner != "f1" || f1.Performances != 1 || f1.Numbers != nil {
			t.Errorf("f1 %+v", f1)
		}
		text := deep(t, r)
		for n := 1; n <= 7; n++ {
			if strings.Contains(text, fmt.Sprint("名c", n)) || strings.Contains(text, string(ticket(n))) || strings.Contains(text, string(assessment(n))) {
				t.Errorf("candidate %d is in the report: %s", n, text)
			}
		}
	}
}

// 考评员只看到自己的一行，看不到别人的，也看不到全组的系数；没有在这一场考评的人和理论考试的人都看不到。
func TestAnExaminerFindsTheOwnLine(t *testing.T) {
	w := compared(t)
	w.closeSession()
	ctx := t.Context()
	for _, get := range []func(by authz.Principal) (*practical.Concordance, error){
		func(by authz.Principal) (*practical.Concordance, error) { return w.desk.Concordance(ctx, by, session) },
		func(by authz.Principal) (*practical.Concordance, error) {
			return w.desk.ConcordanceOver(ctx, by, w.desk.LastYear())
		},
	} {
		r, err := get(examiner("e2"))
		if err != nil || !r.Own || r.Alpha != nil || len(r.Lines) != 1 || r.Lines[0].Examiner != "e2" || r.Lines[0].Leniency != -3 || len(r.Names) != 1 {
			t.Errorf("%+v, %v", r, err)
		}
		for _, role := range []authz.Role{authz.Marker, authz.Invigilator, authz.ExamOffice, authz.Candidate, authz.Labour} {
			if _, err := get(who("m", role)); !errors.Is(err, authz.ErrForbidden) {
				t.Errorf("%s: %v", role, err)
			}
		}
	}
	for by, want := range map[*authz.Principal]error{
		{Account: "x", Person: "e4", Roles: []authz.Role{authz.Examiner}, Org: "body"}:     sitting.ErrNotOnDuty,
		{Account: "x", Person: "y", Roles: []authz.Role{authz.Leader}, Org: "body"}:        sitting.ErrNotOnDuty,
		{Account: "x", Person: "y", Roles: []authz.Role{authz.Supervisor}, Org: "another"}: sitting.ErrSession,
	} {
		if _, err := w.desk.Concordance(ctx, *by, session); !errors.Is(err, want) {
			t.Errorf("%v: %v", by, err)
		}
		if r, err := w.desk.ConcordanceOver(ctx, *by, w.desk.LastYear()); err != nil || len(r.Lines)+r.Sessions != 0 {
			t.Errorf("%v: %+v, %v", by, r, err)
		}
	}
}

// 按时间段汇总：考试当天算在内；没有封存的场次不算，只说还有几场。须写明起止日期，一次不超过一年；无权查看的人先被拒绝。
func TestConcordanceOverAPeriod(t *testing.T) {
	w := compared(t)
	day := clock.Date{Year: 2026, Month: 3, Day: 2}
	over := func(p practical.Period) *practical.Concordance {
		t.Helper()
		r, err := w.desk.ConcordanceOver(t.Context(), witness, p)
		w.must(err)
		return r
	}
	if r := over(w.desk.LastYear()); r.Sessions != 0 || r.Waiting != 1 || r.Performances != 0 {
		t.Errorf("not sealed: %+v", r)
	}
	w.closeSession()
	for _, c := range []struct {
		p    practical.Period
		want int
	}{{practical.Period{From: day, To: day}, 1}, {practical.Period{From: day.AddDays(-1), To: day.AddDays(1)}, 1},
		{practical.Period{From: day.AddDays(1), To: day.AddDays(9)}, 0}, {practical.Period{From: day.AddDays(-9), To: day.AddDays(-1)}, 0},
		{practical.Period{From: day, To: day.AddDays(practical.MaxPeriod - 1)}, 1}, {practical.Period{From: day.AddDays(1 - practical.MaxPeriod), To: day}, 1}} {
		if r := over(c.p); r.Sessions != c.want || r.Waiting != 0 || (len(r.Lines) > 0) != (c.want == 1) {
			t.Errorf("%v: %+v", c.p, r)
		}
	}
	for name, p := range map[string]practical.Period{"没有时间段": {}, "没有结束": {From: day}, "没有开始": {To: day}, "结束早于开始": {From: day, To: day.AddDays(-1)},
		"超过一年": {From: day, To: day.AddDays(practical.MaxPeriod)}} {
		if _, err := w.desk.ConcordanceOver(t.Context(), witness, p); !errors.Is(err, practical.ErrPeriod) {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := w.desk.ConcordanceOver(t.Context(), office, p); !errors.Is(err, authz.ErrForbidden) {
			t.Errorf("%s, who may not ask: %v", name, err)
		}
	}
}

// 被取消资格的考生的评分不参加比较；一名考评员评不满规定次数时全组也不给系数。
func TestConcordanceLeavesOutWhoHasNoPoints(t *testing.T) {
	w := newWorld(t)
	s := w.sealed() // candidate 2 was voided
	_, err := w.desk.Countersign(t.Context(), witness, session, s.Digest)
	w.must(err)
	r, err := w.desk.Concordance(t.Context(), witness, session)
	if err != nil || r.Performances != 2 || !r.Few || r.Alpha != nil || concordance.Fewest <= 2 {
		t.Fatalf("%+v, %v", r, err)
	}
	for _, l := range r.Lines {
		if l.Numbers != nil || l.Performances != 1 {
			t.Errorf("%+v", l)
		}
	}
}
