package practical_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/practical"
	"github.com/skillcert/skillcert/engine/separation"
	"github.com/skillcert/skillcert/engine/sitting"
)

// 每名考生都抽到自己的任务，由奇数名考评员评分。
func TestDrawGivesEverySeatItsAssessment(t *testing.T) {
	w := newWorld(t).committed()
	n, err := w.desk.Draw(t.Context(), leader, session)
	if err != nil || n != 3 {
		t.Fatalf("%d, %v", n, err)
	}
	for i, want := range []struct {
		examiners string
		at        time.Duration
	}{{"[e1 e2 e3]", 0}, {"[e1 e2 e3]", 16 * time.Minute}, {"[f1 f2 f3]", 0}} {
		a, err := w.store.Assessments().Assessment(t.Context(), assessment(i+1))
		if err != nil || fmt.Sprint(a.Examiners) != want.examiners || !a.At.Equal(opens.Add(want.at)) || len(a.Tasks) != 2 || a.Tasks[0] != "A" {
			t.Errorf("%d: %+v, %v", i+1, a, err)
		}
	}
}

// 承诺没有公布就不抽题：每个人都看得到承诺早于抽题。抽题之后说得出抽了几人、几时抽的，后来的座位再抽一次。
func TestNoTaskIsDrawnBeforeTheCommitmentIsPublished(t *testing.T) {
	w := newWorld(t)
	for _, by := range []authz.Principal{office, leader} {
		if _, err := w.desk.Draw(t.Context(), by, session); !errors.Is(err, practical.ErrUncommitted) {
			t.Fatalf("%s draws: %v", by.Name, err)
		}
	}
	if _, err := w.desk.Committed(t.Context(), session); !errors.Is(err, practical.ErrNotDrawn) {
		t.Fatalf("a refused draw leaves a commitment: %v", err)
	}
	dealt := func(want practical.Dealt) {
		t.Helper()
		if got, err := w.desk.Dealt(t.Context(), office, session); err != nil || *got != want {
			t.Fatalf("%+v, %v, want %+v", got, err, want)
		}
	}
	dealt(practical.Dealt{Waiting: 3})
	first := w.clock.Now()
	w.committed()
	dealt(practical.Dealt{Committed: first, Waiting: 3})
	w.clock.Set(first.Add(time.Minute))
	w.drawn()
	dealt(practical.Dealt{Committed: first, Candidates: 3, First: first.Add(time.Minute), Last: first.Add(time.Minute)})
	w.seat(4, "r2")
	dealt(practical.Dealt{Committed: first, Candidates: 3, Waiting: 1, First: first.Add(time.Minute), Last: first.Add(time.Minute)})
	w.clock.Set(first.Add(2 * time.Minute))
	w.drawn()
	dealt(practical.Dealt{Committed: first, Candidates: 4, First: first.Add(time.Minute), Last: first.Add(2 * time.Minute)})
}

// A draw that was cut off after its record, and between assessments, must end as if it had not been.
func TestDrawGoesOnAsItBegan(t *testing.T) {
	whole := newWorld(t).drawn()
	cut := newWorld(t)
	record, err := whole.store.TaskDraws().TaskDraw(t.Context(), session)
	cut.must(err)
	cut.must(cut.store.TaskDraws().CreateTaskDraw(t.Context(), record))
	first, err := whole.store.Assessments().Assessment(t.Context(), assessment(1))
	cut.must(err)
	first.Trail.Add(opens, "x", "kept", "")
	cut.must(cut.store.Assessments().CreateAssessment(t.Context(), first))
	changed := task("D", 100) // the bank has moved on
	changed.Mandatory = true
	cut.must(cut.store.Tables().PutTask(t.Context(), changed))
	for range 2 {
		cut.drawn()
		for n := 1; n <= 3; n++ {
			a, errA := whole.store.Assessments().Assessment(t.Context(), assessment(n))
			b, errB := cut.store.Assessments().Assessment(t.Context(), assessment(n))
			if errA != nil || errB != nil || !slices.Equal(a.Tasks, b.Tasks) || b.Revision != 1 {
				t.Fatalf("%d: %+v, %v, %+v, %v", n, a, errA, b, errB)
			}
			if kept := len(b.Trail) == 2; kept != (n == 1) {
				t.Fatalf("%d was written again: %v", n, b.Trail)
			}
		}
	}
}

func TestDrawAddsLateSeats(t *testing.T) {
	w := newWorld(t).drawn()
	before, err := w.store.Assessments().Assessment(t.Context(), assessment(1))
	w.must(err)
	w.seat(4, "r2")
	n, err := w.desk.Draw(t.Context(), leader, session)
	if err != nil || n != 4 {
		t.Fatalf("%d, %v", n, err)
	}
	after, err := w.store.Assessments().Assessment(t.Context(), assessment(1))
	if err != nil || !reflect.DeepEqual(before, after) {
		t.Fatalf("%+v became %+v, %v", before, after, err)
	}
}

func TestManyDrawAtOnce(t *testing.T) {
	w := newWorld(t).committed()
	together(t, 8, func(int) error { _, err := w.desk.Draw(t.Context(), office, session); return err })
	draw, err := w.store.TaskDraws().TaskDraw(t.Context(), session)
	w.must(err)
	for n := 1; n <= 3; n++ {
		a, err := w.store.Assessments().Assessment(t.Context(), assessment(n))
		if want := pick(t, draw, string(ticket(n))); err != nil || !slices.Equal(a.Tasks, want) {
			t.Errorf("%d: %v, %v, the record says %v", n, a.Tasks, err, want)
		}
	}
}

// together runs act so many times at once.
func together(t *testing.T, times int, act func(i int) error) {
	t.Helper()
	var all sync.WaitGroup
	for i := range times {
		all.Go(func() {
			if err := act(i); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
}

func TestOfTwoDevicesOneSaves(t *testing.T) {
	w := newWorld(t).drawn()
	var saved, stale atomic.Int32
	sheets := []scores{w.entry(1, 6000), w.entry(1, 7000)}
	together(t, 2, func(i int) error {
		_, err := w.desk.Save(t.Context(), examiner("e1"), assessment(1), 0, sheets[i], nil)
		switch {
		case err == nil:
			saved.Add(1)
		case errors.Is(err, engine.ErrStale):
			stale.Add(1)
		default:
			return err
		}
		return nil
	})
	if saved.Load() != 1 || stale.Load() != 1 {
		t.Fatalf("%d saved, %d refused", saved.Load(), stale.Load())
	}
}

// 考评员不足、不是奇数、题库不够的，不得抽取任务。
func TestDrawRefusals(t *testing.T) {
	other := who("another", authz.Leader)
	duties := func(change func([]sitting.Duty) []sitting.Duty) func(*world) {
		return func(w *world) {
			s, err := w.store.Sessions().Session(w.t.Context(), session)
			w.must(err)
			s.Duties = change(s.Duties)
			w.must(w.store.Sessions().UpdateSession(w.t.Context(), s))
		}
	}
	for name, c := range map[string]struct {
		by     authz.Principal
		before func(*world)
		want   error
	}{
		"an examiner":           {by: examiner("e1"), want: authz.ErrForbidden},
		"a leader of another":   {by: other, want: sitting.ErrNotOnDuty},
		"the last millisecond":  {by: leader, before: func(w *world) { w.clock.Set(opens.Add(3*time.Hour - time.Millisecond)) }},
		"the window has closed": {by: leader, before: func(w *world) { w.clock.Set(opens.Add(3 * time.Hour)) }, want: practical.ErrWindow},
		"two examiners":         {by: leader, before: duties(func(d []sitting.Duty) []sitting.Duty { return d[:len(d)-1] }), want: practical.ErrTooFewExaminers},
		"four examiners": {by: leader, before: duties(func(d []sitting.Duty) []sitting.Duty {
			return append(d, sitting.Duty{Person: "e4", Role: authz.Examiner, Room: "r2"})
		}), want: practical.ErrTooFewExaminers},
		"one examiner twice":      {by: leader, before: duties(func(d []sitting.Duty) []sitting.Duty { return append(d[:len(d)-1], d[len(d)-2]) }), want: practical.ErrTooFewExaminers},
		"a seat without station":  {by: leader, before: func(w *world) { w.seat(4, "") }, want: practical.ErrTooFewExaminers},
		"more tasks than in bank": {by: leader, want: practical.ErrNoTasks},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, func(p *engine.Policy) {
				if c.want == practical.ErrNoTasks {
					p.Practical.Tasks = 4
				}
			})
			if c.before != nil {
				c.before(w)
			}
			_, err := w.desk.Commit(t.Context(), office, session)
			if c.want == practical.ErrNoTasks || c.want == practical.ErrWindow {
				if !errors.Is(err, c.want) {
					t.Fatalf("committed: %v, want %v", err, c.want)
				}
				return
			}
			w.must(err)
			if _, err := w.desk.Draw(t.Context(), c.by, session); !errors.Is(err, c.want) {
				t.Fatalf("%v, want %v", err, c.want)
			}
			if _, err := w.store.Assessments().Assessment(t.Context(), assessment(1)); c.want != nil && !errors.Is(err, practical.ErrAssessment) {
				t.Fatalf("something was drawn: %v", err)
			}
		})
	}
}

// 只在实操时段内评分。
func TestScoringHappensInItsWindow(t *testing.T) {
	midnight := time.Date(2026, 3, 2, 16, 0, 0, 0, time.UTC) // in the policy's zone
	for _, c := range []struct {
		at   time.Time
		want error
	}{{opens.Add(-time.Millisecond), practical.ErrWindow}, {opens, nil}, {opens.Add(3 * time.Hour), nil}, {midnight.Add(-time.Millisecond), nil}, {midnight, practical.ErrWindow}} {
		w := newWorld(t).drawn()
		s, err := w.desk.Save(t.Context(), examiner("e1"), assessment(1), 0, w.entry(1, 6000), nil)
		w.must(err)
		w.clock.Set(c.at)
		if _, err := w.desk.Save(t.Context(), examiner("e2"), assessment(1), 0, w.entry(1, 6000), nil); !errors.Is(err, c.want) {
			t.Errorf("saved at %s: %v, want %v", c.at, err, c.want)
		}
		if _, err := w.desk.Sign(t.Context(), examiner("e1"), assessment(1), s.Revision); !errors.Is(err, c.want) {
			t.Errorf("signed at %s: %v, want %v", c.at, err, c.want)
		}
	}
}

// 评分时限由组长写明理由后延长。
func TestTheLeaderProlongsScoring(t *testing.T) {
	w := newWorld(t).drawn()
	next := opens.Add(26 * time.Hour)
	w.clock.Set(next)
	if _, err := w.desk.Prolong(t.Context(), leader, assessment(1), " "); !errors.Is(err, practical.ErrLead) {
		t.Fatalf("without a reason: %v", err)
	}
	_, err := w.desk.Prolong(t.Context(), leader, assessment(1), "停电")
	w.must(err)
	w.scoreAll(1, 6000, 6000, 6000)
	if _, err := w.desk.Save(t.Context(), examiner("e1"), assessment(2), 0, nil, nil); !errors.Is(err, practical.ErrWindow) {
		t.Fatalf("another candidate's sheet: %v", err)
	}
}

func TestSaveKeepsWhatOneSaw(t *testing.T) {
	w := newWorld(t).drawn()
	ctx, by, id := t.Context(), examiner("e1"), assessment(1)
	mark := []practical.VetoMark{{Task: "A", Code: "V1", Note: " 坠床 "}}
	s, err := w.desk.Save(ctx, by, id, 0, w.entry(1, 7000), mark)
	if err != nil || s.Revision != 1 || !s.Saved.Equal(opens) || s.Vetoes[0].Note != "坠床" {
		t.Fatalf("%+v, %v", s, err)
	}
	for _, revision := range []int64{0, 1} { // the reply was lost, and somebody pressed twice
		if again, err := w.desk.Save(ctx, by, id, revision, w.entry(1, 7000), mark); err != nil || again.Revision != 1 || len(again.Trail) != 1 {
			t.Fatalf("the same again: %+v, %v", again, err)
		}
	}
	if _, err := w.desk.Save(ctx, by, id, 0, w.entry(1, 7100), nil); !errors.Is(err, engine.ErrStale) {
		t.Fatalf("from a page of before: %v", err)
	}
	if s, err = w.desk.Save(ctx, by, id, 1, w.entry(1, 7100), nil); err != nil || s.Revision != 2 || len(s.Vetoes) != 0 {
		t.Fatalf("%+v, %v", s, err)
	}
	if _, err := w.desk.Save(ctx, examiner("e2"), id, 1, nil, nil); !errors.Is(err, engine.ErrStale) {
		t.Fatalf("a first save that says it saw one: %v", err)
	}
	if _, err := w.desk.Save(ctx, by, id, 2, scores{"A": {"1": 6001}}, nil); !errors.Is(err, practical.ErrScore) || fields(err) != "score.A.1 range" {
		t.Fatalf("above the maximum: %v", err)
	}
}

// 签字后的评分单不再改动。
func TestSignedSheetsNeverChange(t *testing.T) {
	w := newWorld(t).drawn()
	ctx, by, id := t.Context(), examiner("e1"), assessment(1)
	if _, err := w.desk.Sign(ctx, by, id, 0); !errors.Is(err, practical.ErrUnscored) || !strings.Contains(err.Error(), "4项") {
		t.Fatalf("nothing scored: %v", err)
	}
	given := w.entry(1, 7000)
	delete(given["A"], "2")
	s, err := w.desk.Save(ctx, by, id, 0, given, nil)
	w.must(err)
	if _, err := w.desk.Sign(ctx, by, id, s.Revision); !errors.Is(err, practical.ErrUnscored) || !strings.Contains(err.Error(), "1项") {
		t.Fatalf("one criterion left: %v", err)
	}
	s, err = w.desk.Save(ctx, by, id, s.Revision, w.entry(1, 7000), nil)
	w.must(err)
	if _, err := w.desk.Sign(ctx, by, id, s.Revision-1); !errors.Is(err, engine.ErrStale) {
		t.Fatalf("signing what one has not seen: %v", err)
	}
	for range 2 {
		if s, err = w.desk.Sign(ctx, by, id, 2); err != nil || !s.Signed.Equal(opens) || s.Revision != 3 {
			t.Fatalf("%+v, %v", s, err)
		}
	}
	for _, revision := range []int64{0, 2, 3} {
		if _, err := w.desk.Save(ctx, by, id, revision, w.entry(1, 9000), nil); !errors.Is(err, practical.ErrSigned) {
			t.Fatalf("changed after signing: %v", err)
		}
	}
}

// 考评之后才登记的关系，从登记起该考评员不得再为此考生评分、签字。
func TestATieRecordedLateStopsTheExaminer(t *testing.T) {
	w := newWorld(t).drawn()
	s, err := w.desk.Save(t.Context(), examiner("e1"), assessment(1), 0, w.entry(1, 6000), nil)
	w.must(err)
	w.tie("e1", 1)
	var apart *separation.Separated
	if _, err := w.desk.Save(t.Context(), examiner("e1"), assessment(1), s.Revision, nil, nil); !errors.As(err, &apart) || len(apart.Findings) != 1 {
		t.Fatalf("%v", err)
	}
	if _, err := w.desk.Sign(t.Context(), examiner("e1"), assessment(1), s.Revision); !errors.Is(err, separation.ErrSeparated) {
		t.Fatalf("%v", err)
	}
	w.score("e1", 2, 6000)
	w.score("e2", 1, 6000)
}

// 需要回避的考评员由组长另换一人，理由在案。
func TestReplace(t *testing.T) {
	w := newWorld(t).drawn()
	s, err := w.store.Sessions().Session(t.Context(), session)
	w.must(err)
	s.Duties = append(s.Duties, sitting.Duty{Person: "e4", Role: authz.Examiner, Room: "r1"})
	w.must(w.store.Sessions().UpdateSession(t.Context(), s))
	w.scoreAll(1, 9000, 6000, 6000)
	replace := func(out, in engine.PersonID, reason string) error {
		_, err := w.desk.Replace(t.Context(), leader, assessment(1), practical.Substitution{Out: out, In: in}, reason)
		return err
	}
	for name, c := range map[string]struct {
		out, in engine.PersonID
		reason  string
		want    error
	}{
		"signed and free of ties":  {"e1", "e4", "太宽", practical.ErrKeepExaminer},
		"not an examiner of it":    {"f1", "e4", "病", practical.ErrLead},
		"from another station":     {"e1", "f1", "病", practical.ErrLead},
		"already one of them":      {"e1", "e2", "病", practical.ErrLead},
		"for no reason":            {"e1", "e4", "", practical.ErrLead},
		"nobody for somebody":      {"", "e4", "病", practical.ErrLead},
		"by nobody on the station": {"e1", "", "病", practical.ErrLead},
	} {
		if err := replace(c.out, c.in, c.reason); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
	_, err = w.desk.Rule(t.Context(), leader, assessment(1), practical.RulePoints(7000), "录像")
	w.must(err)
	w.tie("e1", 1)
	w.must(replace("e1", "e4", "近亲属"))
	if _, err := w.desk.Work(t.Context(), examiner("e1"), assessment(1)); !errors.Is(err, practical.ErrNotExaminer) {
		t.Fatalf("the one who left: %v", err)
	}
	w.score("e4", 1, 8000)
	if st := w.standing(1); !st.Disputed || st.Standing != "" || fmt.Sprint(st.Totals) != "[80 60 60]" {
		t.Fatalf("the old sheet, or the ruling on it, still counts: %+v", st)
	}
}

// secret holds what examiner e2 and the leader wrote about candidate 1 and nobody else may read before the seals.
func secret(w *world) []string {
	const note = "只有e2知道"
	w.score("e1", 1, 9100)
	w.score("e2", 1, 4321, practical.VetoMark{Task: "A", Code: "V1", Note: note})
	w.score("e3", 1, 9200)
	_, err := w.desk.Rule(w.t.Context(), leader, assessment(1), practical.RulePoints(4477), "只有组长知道")
	w.must(err)
	_, err = w.desk.Correct(w.t.Context(), leader, assessment(1), "e2", "e2填反了")
	w.must(err)
	return []string{note, "43.21", "4321", "44.77", "4477", "组长知道", "e2填反"}
}

// An examiner scores alone: whatever another examiner asks for, nothing of e2's sheet or of the ruling comes back.
// 考评员各评各的，看不到他人的评分单和组长的裁定。
func TestExaminersScoreAlone(t *testing.T) {
	w := newWorld(t).drawn()
	hidden := secret(w)
	ctx, id := t.Context(), assessment(1)
	reads := map[string]func(by authz.Principal) (any, error){
		"Own":         func(by authz.Principal) (any, error) { return w.desk.Own(ctx, by, session) },
		"Own, all":    func(by authz.Principal) (any, error) { return w.desk.Own(ctx, by, "") },
		"Work":        func(by authz.Principal) (any, error) { return w.desk.Work(ctx, by, id) },
		"Save":        func(by authz.Principal) (any, error) { return w.desk.Save(ctx, by, id, 0, nil, nil) },
		"Sign":        func(by authz.Principal) (any, error) { return w.desk.Sign(ctx, by, id, 0) },
		"Dealt":       func(by authz.Principal) (any, error) { return w.desk.Dealt(ctx, by, session) },
		"Draw":        func(by authz.Principal) (any, error) { return w.desk.Draw(ctx, by, session) },
		"Standings":   func(by authz.Principal) (any, error) { return w.desk.Standings(ctx, by, session) },
		"Counts":      func(by authz.Principal) (any, error) { return w.desk.Counts(ctx, by, session) },
		"Excuse":      func(by authz.Principal) (any, error) { return w.desk.Excuse(ctx, by, id, engine.Voided, "x") },
		"Rule":        func(by authz.Principal) (any, error) { return w.desk.Rule(ctx, by, id, practical.RulePoints(1), "x") },
		"Prolong":     func(by authz.Principal) (any, error) { return w.desk.Prolong(ctx, by, id, "x") },
		"Seal":        func(by authz.Principal) (any, error) { return w.desk.Seal(ctx, by, session) },
		"Countersign": func(by authz.Principal) (any, error) { return w.desk.Countersign(ctx, by, session, "x") },
		"Commit":      func(by authz.Principal) (any, error) { return w.desk.Commit(ctx, by, session) },
		"Committed":   func(authz.Principal) (any, error) { return w.desk.Committed(ctx, session) },
		"Published":   func(authz.Principal) (any, error) { return w.desk.Published(ctx, session) },
		"Print": func(by authz.Principal) (any, error) {
			return w.desk.Print(ctx, by, session, practical.PaperSigned, "r1")
		},
		"Schedule":  func(by authz.Principal) (any, error) { return w.desk.Schedule(ctx, by, session) },
		"Correct":   func(by authz.Principal) (any, error) { return w.desk.Correct(ctx, by, id, "e2", "x") },
		"Withdraw":  func(by authz.Principal) (any, error) { return w.desk.Withdraw(ctx, by, id, "e2", "x") },
		"SealState": func(by authz.Principal) (any, error) { return w.desk.SealState(ctx, by, session) },
		"Replace": func(by authz.Principal) (any, error) {
			return w.desk.Replace(ctx, by, id, practical.Substitution{Out: "e2", In: "e4"}, "x")
		},
		"LastYear":    func(authz.Principal) (any, error) { return w.desk.LastYear(), nil },
		"Concordance": func(by authz.Principal) (any, error) { return w.desk.Concordance(ctx, by, session) },
		"ConcordanceOver": func(by authz.Principal) (any, error) {
			return w.desk.ConcordanceOver(ctx, by, w.desk.LastYear())
		},
	}
	if methods := reflect.TypeFor[*practical.Desk]().NumMethod(); len(reads) != methods+1 {
		t.Fatalf("%d of %d methods are read", len(reads)-1, methods)
	}
	for name, read := range reads {
		for _, by := range []authz.Principal{examiner("e1"), examiner("f1"), examiner("nobody"), examiner(""), who("another", authz.Leader), office, witness} {
			got, err := read(by)
			text := fmt.Sprintf("%s %v", deep(t, got), err)
			for _, h := range hidden {
				if strings.Contains(text, h) {
					t.Errorf("%s shows %s to %s %v", name, h, by.Person, by.Roles)
				}
			}
		}
	}
	own, err := w.desk.Own(ctx, examiner("e2"), session)
	w.must(err)
	if text := deep(t, own); !strings.Contains(text, hidden[0]) {
		t.Fatal("the test would not see e2's sheet if it were there")
	}
}

func TestOthersAssessmentsLookLikeNone(t *testing.T) {
	w := newWorld(t).drawn()
	ctx := context.Background()
	for name, id := range map[string]practical.AssessmentID{"another's": assessment(3), "none": "nothing"} {
		_, work := w.desk.Work(ctx, examiner("e1"), id)
		_, save := w.desk.Save(ctx, examiner("e1"), id, 0, nil, nil)
		_, sign := w.desk.Sign(ctx, examiner("e1"), id, 0)
		for _, err := range []error{work, save, sign} {
			if err == nil || err.Error() != practical.ErrNotExaminer.Error() {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
	for by, want := range map[string]int{"e1": 2, "f1": 1, "nobody": 0} {
		for _, id := range []sitting.SessionID{session, ""} {
			if own, err := w.desk.Own(ctx, examiner(by), id); err != nil || len(own) != want {
				t.Errorf("%s in %q: %d, %v", by, id, len(own), err)
			}
		}
	}
	all, err := w.desk.Own(ctx, examiner("f1"), session)
	w.must(err)
	if own := all[0]; own.Name != "名c3" || own.Sheet != nil || len(own.Tasks) != 2 || own.Tasks[0].Code != own.Assessment.Tasks[0] || own.Tasks[1].Code != own.Assessment.Tasks[1] {
		t.Errorf("%+v", all)
	}
}
