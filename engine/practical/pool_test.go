package practical_test

import (
	"errors"
	"testing"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/practical"
	"github.com/skillcert/skillcert/engine/separation"
	"github.com/skillcert/skillcert/engine/sitting"
)

// wrote says that somebody wrote a task of the bank, which is there or not.
func (w *world) wrote(person engine.PersonID, code string) {
	w.t.Helper()
	x, err := w.store.Tables().Task(w.t.Context(), code)
	if err != nil {
		x = task(code, engine.Pt(60), engine.Pt(40))
	}
	x.Authors = append(x.Authors, person)
	w.must(w.store.Tables().PutTask(w.t.Context(), x))
}

// 命题人不得考评自己出的题：考评员 e1 编写过本场次可能抽到的操作技能试题，不能评分；换上场的也不能是命题人；已签名的评分表仍在计分时组长
// 不能封存，换人重新评分以后可以封存。e4 没有出过题。
func TestAnExaminerWhoWroteATaskOfTheSessionJudgesNobody(t *testing.T) {
	w := newWorld(t).drawn()
	w.onDuty(sitting.Duty{Person: "e4", Role: authz.Examiner, Room: "r1"})
	for n := range 3 {
		w.scoreAll(n+1, 6000, 6000, 6000)
	}
	w.wrote("e1", "C")
	w.wrote("f1", "D") // 抽题承诺公布以后才入库，本场次抽不到
	if _, err := w.desk.Save(t.Context(), examiner("e1"), assessment(1), 0, nil, nil); !errors.Is(err, separation.ErrSeparated) {
		t.Errorf("the author scores: %v", err)
	}
	if _, err := w.seal(leader); !errors.Is(err, separation.ErrSeparated) {
		t.Errorf("the author's sheet counts: %v", err)
	}
	for _, n := range []int{1, 2} {
		_, err := w.desk.Replace(t.Context(), leader, assessment(n), practical.Substitution{Out: "e1", In: "e4"}, "编写过试题")
		w.must(err)
		w.score("e4", n, 6000)
	}
	if _, err := w.seal(leader); err != nil {
		t.Error(err)
	}
}

// 考核时间结束而还有考生排在后面：仍按可能抽到的试题回避，抽题记录也不公开。最后一名考生考完，只有考过的试题的命题人须回避。
func TestTasksAreNoSecretOnlyAfterTheLastTurn(t *testing.T) {
	w := newWorld(t, func(p *engine.Policy) { p.Practical.Tasks = 1 }) // A for everybody
	ctx := t.Context()
	w.wrote("e1", "A")
	w.wrote("e2", "B")
	s, err := w.store.Sessions().Session(ctx, session)
	w.must(err)
	s.Practical.Closes = opens.Add(10 * time.Minute) // two turns of 8 minutes at r1 do not fit
	w.must(w.store.Sessions().UpdateSession(ctx, s))
	w.drawn()
	plan, err := w.desk.Schedule(ctx, office, session)
	w.must(err)
	last := plan.Turns[len(plan.Turns)-1].Until
	if !last.After(s.Practical.Closes) || !plan.Over.Equal(last) {
		t.Fatalf("the last turn ends at %v, over at %v", last, plan.Over)
	}
	ask := func(examiner string) error {
		_, err := w.desk.Save(ctx, who(examiner, authz.Examiner), assessment(1), 0, nil, nil)
		return err
	}
	for _, at := range []time.Time{opens, s.Practical.Closes, last.Add(-time.Millisecond)} {
		w.clock.Set(at)
		if _, err := w.desk.Published(ctx, session); !errors.Is(err, practical.ErrNotDrawn) {
			t.Errorf("%v: who waits could read the tasks: %v", at, err)
		}
		for _, e := range []string{"e1", "e2"} {
			if err := ask(e); !errors.Is(err, separation.ErrSeparated) {
				t.Errorf("%v: %s: %v", at, e, err)
			}
		}
	}
	w.clock.Set(last)
	if got, err := w.desk.Published(ctx, session); err != nil || len(got.Tickets) != 3 {
		t.Errorf("%+v, %v", got, err)
	}
	w.must(ask("e2"))
	var refused *separation.Separated
	if err := ask("e1"); !errors.As(err, &refused) || refused.Findings[0].Path[2] != "A" {
		t.Errorf("%v", err)
	}
}
