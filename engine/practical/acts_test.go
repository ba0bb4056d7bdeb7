package practical_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/ids"
	"github.com/skillcert/skillcert/engine/people"
	"github.com/skillcert/skillcert/engine/practical"
	"github.com/skillcert/skillcert/engine/registration"
	"github.com/skillcert/skillcert/engine/separation"
	"github.com/skillcert/skillcert/engine/sitting"
)

// late is who is found today to be tied to candidate c1 in a role of the session.
func (w *world) late(c engine.PersonID) (staff []engine.PersonID) {
	w.t.Helper()
	n, err := w.store.Sessions().Session(w.t.Context(), session)
	w.must(err)
	found, err := w.sits.Separated(w.t.Context(), n, []engine.PersonID{c})
	w.must(err)
	for _, f := range found {
		staff = append(staff, f.Staff)
	}
	return staff
}

// recorrect opens a correction of the examiner's sheet of candidate 1 and has it signed with a total of points.
func (w *world) recorrect(by authz.Principal, e string, points engine.Points) {
	w.t.Helper()
	ctx := w.t.Context()
	_, err := w.desk.Correct(ctx, by, assessment(1), engine.PersonID(e), "请再看")
	w.must(err)
	work, err := w.desk.Work(ctx, examiner(e), assessment(1))
	w.must(err)
	s, err := w.desk.Save(ctx, examiner(e), assessment(1), work.Seen, w.entry(1, points), nil)
	w.must(err)
	_, err = w.desk.Sign(ctx, examiner(e), assessment(1), s.Seen())
	w.must(err)
}

// 考评组长让三名考评员更正了一名考生的评分（59分改为61分），不能再以“误排”撤换；后来查明是考生的母亲，另一名组长封存时查得出来，
// 由没有关联的组长重新更正以后才能封存，该考生发证前仍能查到。
func TestALeaderWhoHadSheetsCorrectedStays(t *testing.T) {
	w := newWorld(t).drawn()
	ctx := t.Context()
	w.scoreAll(1, 5900, 5900, 5900)
	for _, e := range []string{"e1", "e2", "e3"} {
		w.recorrect(leader, e, 6100)
	}
	w.onDuty(sitting.Duty{Person: "e4", Role: authz.Leader})
	off := sitting.Duty{Person: "leader", Role: authz.Leader}
	if _, err := w.sits.Relieve(ctx, office, session, off, "误排"); !errors.Is(err, sitting.ErrRelievedNow) {
		t.Errorf("relieved: %v", err)
	}
	w.tie("leader", 1)
	w.scoreAll(2, 6000, 6000, 6000)
	w.scoreAll(3, 6000, 6000, 6000)
	other := who("e4", authz.Leader)
	if _, err := w.desk.Seal(ctx, other, session); !errors.Is(err, separation.ErrSeparated) {
		t.Errorf("sealed on what the mother had corrected: %v", err)
	}
	for _, e := range []string{"e1", "e2", "e3"} {
		w.recorrect(other, e, 5900)
	}
	if _, err := w.desk.Seal(ctx, other, session); err != nil {
		t.Errorf("the other leader had them looked at anew: %v", err)
	}
	if got := w.late("c1"); len(got) != 1 || got[0] != "leader" {
		t.Errorf("found late: %v", got)
	}
}

// 考评组长取消资格（撤回的也算）、裁定评分，每一样都算履行了职责，都不能再撤换；什么都没做的可以撤换。
func TestWhateverALeaderDidKeepsThem(t *testing.T) {
	for name, do := range map[string]func(w *world) error{
		"取消资格": func(w *world) error {
			_, err := w.desk.Excuse(w.t.Context(), leader, assessment(2), engine.Voided, "违纪")
			return err
		},
		"取消后撤回": func(w *world) error {
			_, err := w.desk.Excuse(w.t.Context(), leader, assessment(2), engine.Voided, "违纪")
			w.must(err)
			_, err = w.desk.Excuse(w.t.Context(), leader, assessment(2), "", "登记错人")
			return err
		},
		"裁定": func(w *world) error {
			w.scoreAll(1, 4000, 6000, 9000)
			_, err := w.desk.Rule(w.t.Context(), leader, assessment(1), practical.RulePoints(6500), "看了录像")
			return err
		},
	} {
		w := newWorld(t).drawn()
		w.must(do(w))
		_, err := w.sits.Relieve(t.Context(), office, session, sitting.Duty{Person: "leader", Role: authz.Leader}, "误排")
		if !errors.Is(err, sitting.ErrRelievedNow) {
			t.Errorf("%s: %v", name, err)
		}
	}
	w := newWorld(t).drawn()
	if _, err := w.sits.Relieve(t.Context(), office, session, sitting.Duty{Person: "leader", Role: authz.Leader}, "误排"); err != nil {
		t.Errorf("who did nothing: %v", err)
	}
}

// actsWhile has something done once between what Relieve reads and what it writes.
type actsWhile struct {
	sitting.Acting
	do func()
}

func (a *actsWhile) Acts(ctx context.Context, id sitting.SessionID) (*sitting.Acts, error) {
	got, err := a.Acting.Acts(ctx, id)
	if do := a.do; do != nil {
		a.do = nil
		do()
	}
	return got, err
}

// 抽取试题的同时撤换了一名考评员，此人仍被分到考生并评分：虽已不在岗，与考生的亲属关系照样查得出来，不能封存。
func TestAnExaminerRelievedDuringTheDrawIsFound(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	registry := people.NewRegistry(w.store.People(), w.store.Organisations(), []byte("key"), w.clock)
	apply := registration.NewDesk(w.store.Applications(), registry, w.policy, w.clock)
	acts := &actsWhile{Acting: practical.Acts{Assessments: w.store.Assessments(), Seals: w.store.Seals()}, do: func() { w.drawn() }}
	sits := sitting.NewSittings(sitting.Ports{Plans: w.store.Plans(), Sessions: w.store.Sessions(), Seats: w.store.Seats(), Proceedings: w.store.Proceedings(), Acting: acts},
		registry, apply, w.judge, w.bank, w.policy, w.clock, ids.Seeded("another"))
	if _, err := sits.Relieve(ctx, office, session, sitting.Duty{Person: "e1", Role: authz.Examiner, Room: "r1"}, "误排"); err != nil {
		t.Fatal(err)
	}
	for n := 1; n <= 3; n++ {
		w.scoreAll(n, 6000, 6000, 6000)
	}
	w.tie("e1", 1)
	if got := w.late("c1"); len(got) != 1 || got[0] != "e1" {
		t.Errorf("found late: %v", got)
	}
	if got := w.late("c3"); len(got) != 0 {
		t.Errorf("toward whom others examined: %v", got)
	}
	if _, err := w.seal(leader); !errors.Is(err, separation.ErrSeparated) {
		t.Errorf("sealed: %v", err)
	}
}

// 裁定过评分的考评组长不能撤换，并说明原因；旧记录里没有另记组长、只有裁定的，同样不能撤换。
func TestALeaderWhoRuledIsNotTakenOff(t *testing.T) {
	for _, old := range []bool{false, true} {
		w := newWorld(t).drawn()
		ctx := t.Context()
		w.scoreAll(1, 4000, 6000, 9000)
		_, err := w.desk.Rule(ctx, leader, assessment(1), practical.RulePoints(6500), "看了录像")
		w.must(err)
		a, err := w.store.Assessments().Assessment(ctx, assessment(1))
		w.must(err)
		if len(a.Led) != 1 || a.Ruling == nil {
			t.Fatalf("%+v", a)
		}
		if old {
			a.Led = nil
			w.must(w.store.Assessments().UpdateAssessment(ctx, a))
		}
		_, err = w.sits.Relieve(ctx, office, session, sitting.Duty{Person: "leader", Role: authz.Leader}, "误排")
		if !errors.Is(err, sitting.ErrRelievedNow) || !strings.Contains(err.Error(), "已对考生作过裁定") {
			t.Errorf("before Led was kept %v: %v", old, err)
		}
	}
}

// 考评组轮换不少于三分之一，抽题以后更换考评员也要遵守。上一次在本考点考评的是 e1、e2、e4、f1、f2，这一次 e3、f3 和组长是新的，刚好三分之一。
// e4 再上岗备用，可以换下同样参加过上一次的 e1，不能换下新人 e3；换下 e3 的须是没有参加上一次的 e5。
func TestAnExchangeDoesNotBringTheOldGroupBack(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	w.must(w.store.People().CreatePerson(ctx, &engine.Person{ID: "e5", Name: "名e5"}))
	earlier := &sitting.Session{ID: "earlier", Org: "body", Name: "上一场", Level: engine.Level5, Allotted: []engine.PersonID{"c9"},
		Theory: window(-10*24*time.Hour, time.Hour), Practical: window(-9*24*time.Hour, time.Hour)}
	for _, p := range []engine.PersonID{"e1", "e2", "e4", "f1", "f2"} {
		earlier.Duties = append(earlier.Duties, sitting.Duty{Person: p, Role: authz.Examiner, Room: "r1"})
	}
	w.must(w.store.Sessions().CreateSession(ctx, earlier))
	w.drawn()
	for _, p := range []engine.PersonID{"e4", "e5"} {
		if _, err := w.sits.Assign(ctx, office, session, p, authz.Examiner, "r1"); err != nil {
			t.Fatal(err)
		}
	}
	replace := func(n int, out, in engine.PersonID) error {
		_, err := w.desk.Replace(ctx, leader, assessment(n), practical.Substitution{Out: out, In: in}, "突发疾病")
		return err
	}
	err := replace(1, "e3", "e4")
	if !errors.Is(err, sitting.ErrSameGroup) || !strings.Contains(err.Error(), "请改由没有参加那次考评的考评员替换") {
		t.Errorf("the old one for the new one: %v", err)
	}
	if a, err := w.store.Assessments().Assessment(ctx, assessment(1)); err != nil || fmt.Sprint(a.Examiners) != "[e1 e2 e3]" {
		t.Errorf("%+v, %v", a, err)
	}
	for n := 1; n <= 2; n++ {
		w.must(replace(n, "e1", "e4"))
		w.must(replace(n, "e3", "e5"))
	}
	if err := replace(1, "e5", "e1"); !errors.Is(err, sitting.ErrSameGroup) {
		t.Errorf("and back again: %v", err)
	}
}
