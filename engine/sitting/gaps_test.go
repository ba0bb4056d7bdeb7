package sitting_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/separation"
	"github.com/skillcert/skillcert/engine/sitting"
)

// record files a tie that begins on a day.
func (w *world) since(k separation.Kind, from, to separation.Node, day clock.Date) *separation.Tie {
	w.t.Helper()
	t, err := w.judge.Record(ctx, office, separation.Tie{Kind: k, From: from, To: to, Since: day, Source: "登记"})
	must(w.t, err)
	return t
}

// TestAClassBetweenTheoryAndPractice: practice comes two weeks after theory, and in between the examiner begins to teach a
// candidate. The duty is refused, and the candidate gets no seat beside an examiner who is on duty already.
// 理论之后、实操之前开始给考生上课的，同样不得考评；已在岗的，该考生不得编在其前。
func TestAClassBetweenTheoryAndPractice(t *testing.T) {
	w := open(t)
	d := w.draft("一")
	d.Practical = daysOn(d.Practical, 14)
	n, err := w.sittings.CreateSession(ctx, office, d)
	must(t, err)
	teacher, pupil := w.person("甘棠"), w.person("钟离雪")
	w.apply(n, pupil, "")
	begins := clock.DateOf(opens.AddDate(0, 0, 2), time.UTC)
	w.since(separation.Attends, separation.PersonNode(pupil), separation.ClassNode("k"), begins)
	w.since(separation.Teaches, separation.PersonNode(teacher), separation.ClassNode("k"), begins)
	_, err = w.sittings.Assign(ctx, office, n.ID, teacher, authz.Examiner, "p1")
	wantError(t, "assigned", err, separation.ErrSeparated)
	if f := w.get(n.ID).Findings; len(f) != 1 {
		t.Errorf("%v", f)
	}
}

// TestALatecomersClass: somebody accepted after the seating states the class of the examiner; they are not seated late, and
// the class is on record from then on.
// 编位后才受理的考生，报的班正是考评员所教：不予补编，班级从此在案。
func TestALatecomersClass(t *testing.T) {
	w := open(t)
	n := w.session()
	teacher, first, late := w.person("甘棠"), w.person("钟离雪"), w.person("司空朗")
	w.tie(separation.Teaches, separation.PersonNode(teacher), separation.ClassNode("护理2603班"))
	w.apply(n, first, "")
	w.assign(n, teacher, authz.Examiner, "p1")
	w.seat(n)
	w.apply(n, late, "护理2603班")
	must(t, w.sittings.Close(ctx, office, n.ID))
	if _, err := w.sittings.SeatLate(ctx, office, n.ID, late); err == nil {
		t.Error("the examiner's pupil was seated late")
	}
	f, err := w.sittings.Separated(ctx, w.get(n.ID), []engine.PersonID{late})
	if err != nil || len(f) != 1 {
		t.Errorf("%v, %v", f, err)
	}
}

// TestOnePersonWithTwoAccountsGrantsNoWaiver: two persons decide, not two accounts.
// 两人决定，是两个人，不是一个人的两个账号。
func TestOnePersonWithTwoAccountsGrantsNoWaiver(t *testing.T) {
	w, n, _, _, key := shared(t)
	one := string(w.person("韦清和"))
	asks := authz.Principal{Account: "a1", Person: one, Roles: []authz.Role{authz.ExamOffice}, Org: string(body)}
	_, err := w.sittings.AskWaiver(ctx, asks, n.ID, key, "已核实")
	must(t, err)
	decides := authz.Principal{Account: "a2", Person: one, Roles: []authz.Role{authz.Supervisor}, Org: string(body)}
	_, err = w.sittings.DecideWaiver(ctx, decides, n.ID, key, true)
	wantError(t, "the same person", err, sitting.ErrWaiverOwn)
}

// TestNobodyLiftsTheirOwnTie: a supervisor who is a candidate's relative ends no tie to them, and neither does one who also
// assigns duties. Another supervisor may, also of a tie of which nobody wrote down when it began.
// 督导员不得终止自己的关系；派岗的人也不得终止关系；由另一名督导员终止。
func TestNobodyLiftsTheirOwnTie(t *testing.T) {
	w := open(t)
	n := w.session()
	relative, candidate, other := w.person("甘棠"), w.person("钟离雪"), w.person("韦清和")
	w.apply(n, candidate, "")
	kin := w.tie(separation.Kin, separation.PersonNode(relative), separation.PersonNode(candidate))
	_, err := w.judge.Void(ctx, as(relative, authz.Supervisor), kin.ID, "不是亲属")
	wantError(t, "their own", err, separation.ErrTieOwn)
	both := authz.Principal{Account: "both", Person: string(other), Roles: []authz.Role{authz.ExamOffice, authz.Supervisor}, Org: string(body)}
	_, err = w.judge.Void(ctx, both, kin.ID, "不是亲属")
	wantError(t, "who assigns", err, authz.ErrForbidden)
	_, err = w.sittings.Assign(ctx, office, n.ID, relative, authz.Supervisor, "")
	wantError(t, "before", err, separation.ErrSeparated)
	_, err = w.judge.Void(ctx, as(other, authz.Supervisor), kin.ID, "同名同姓，登记有误")
	must(t, err)
	_, err = w.sittings.Assign(ctx, office, n.ID, relative, authz.Supervisor, "")
	must(t, err)
}

// TestFindingsOfOneRuleAreNotKeptWithoutEnd: an examiner who taught all candidates is refused once, with twenty of the paths.
// 考评员教过全部考生的，拒绝一次，列出其中二十条经过。
func TestFindingsOfOneRuleAreNotKeptWithoutEnd(t *testing.T) {
	w := open(t)
	n := w.session()
	teacher := w.person("甘棠")
	w.tie(separation.Teaches, separation.PersonNode(teacher), separation.ClassNode("k"))
	for _, p := range w.candidates(n, 25) {
		w.tie(separation.Attends, separation.PersonNode(p), separation.ClassNode("k"))
	}
	for range 2 {
		_, err := w.sittings.Assign(ctx, office, n.ID, teacher, authz.Examiner, "p1")
		wantError(t, "assigned", err, separation.ErrSeparated)
		if got := len(w.get(n.ID).Findings); got != 20 {
			t.Errorf("%d findings are kept", got)
		}
	}
}

// TestRotationHoldsInWhateverOrderStaffIsAssigned: four sittings are planned ahead and staffed before anybody is seated, first
// to last, last to first, or the second last of all. Somebody serves three of them.
// 提前排好四场，不论先派哪一场，同一人最多连续三场。
func TestRotationHoldsInWhateverOrderStaffIsAssigned(t *testing.T) {
	for _, order := range [][]int{{0, 1, 2, 3}, {3, 2, 1, 0}, {0, 2, 3, 1}} {
		w := open(t)
		a := w.person("甘棠")
		var all []*sitting.Session
		for i, name := range []string{"一", "二", "三", "四"} {
			d := w.draft(name)
			d.Theory, d.Practical = daysOn(d.Theory, 3*i), daysOn(d.Practical, 3*i)
			n, err := w.sittings.CreateSession(ctx, office, d)
			must(t, err)
			w.candidates(n, 1)
			all = append(all, n)
		}
		for _, i := range order[:3] {
			w.assign(all[i], a, authz.Examiner, "p1")
		}
		_, err := w.sittings.Assign(ctx, office, all[order[3]].ID, a, authz.Examiner, "p1")
		wantError(t, "the fourth turn", err, sitting.ErrServedEnough)
	}
}

// TestLeadersDoNotRenewAGroup: the same three examiners under three new leaders are the same group.
// 只换组长、三名考评员照旧的，不算更换过三分之一。
func TestLeadersDoNotRenewAGroup(t *testing.T) {
	w := open(t)
	var p []engine.PersonID
	for _, name := range []string{"甘棠", "钟离雪", "闻人月", "司空朗", "东方晓", "韦清和"} {
		p = append(p, w.person(name))
	}
	w.served("一", 0, "", p[:3]...)
	second := w.served("二", 3, "", p[:3]...)
	for _, leader := range p[3:] {
		w.assign(second, leader, authz.Leader, "")
	}
	wantError(t, "new leaders", w.sittings.Renewed(ctx, w.get(second.ID)), sitting.ErrSameGroup)
}

// TestWhoWasAssignedByMistakeIsTakenOff: before the sitting begins an invigilator can be taken off duty and somebody else put
// there; once candidates sit before them, not any more. The relative who was never to be there is found no longer.
// 误派的监考员开考前可以换下；考生已在其面前考试的，不得再换。
func TestWhoWasAssignedByMistakeIsTakenOff(t *testing.T) {
	w := open(t)
	n := w.session()
	mistaken, other, candidate := w.person("甘棠"), w.person("韦清和"), w.person("钟离雪")
	w.apply(n, candidate, "")
	for _, p := range []engine.PersonID{mistaken, other} {
		w.assign(n, p, authz.Invigilator, "t1")
	}
	w.kin(candidate, mistaken)
	off := sitting.Duty{Person: mistaken, Role: authz.Invigilator, Room: "t1"}
	_, err := w.sittings.Relieve(ctx, as(other, authz.Invigilator), n.ID, off, "误排")
	wantError(t, "who does not assign", err, authz.ErrForbidden)
	got, err := w.sittings.Relieve(ctx, office, n.ID, off, "与考生是近亲属")
	must(t, err)
	if len(got.Duties) != 1 || len(got.Relieved) != 1 {
		t.Errorf("%+v, %+v", got.Duties, got.Relieved)
	}
	if f, err := w.sittings.Separated(ctx, got, []engine.PersonID{candidate}); err != nil || len(f) != 0 {
		t.Errorf("%v, %v", f, err)
	}
	if seen, err := w.sittings.Session(ctx, as(other, authz.Invigilator), n.ID); err != nil || seen.Relieved != nil || seen.Findings != nil {
		t.Errorf("an invigilator reads who is whose relative: %+v, %v", seen, err)
	}
	w.clock.Set(opens)
	_, err = w.sittings.Relieve(ctx, office, n.ID, sitting.Duty{Person: other, Role: authz.Invigilator, Room: "t1"}, "误排")
	wantError(t, "while candidates sit", err, sitting.ErrRelievedNow)
}

// TestAWaiverIsOfWhatWasLookedAt: two persons waived one shared telephone; a shared address of the same two, which comes to
// light later, is under the same rule and was not waived.
// 豁免的是当时看到的那一条关系，后来查出的另一条不在其内。
func TestAWaiverIsOfWhatWasLookedAt(t *testing.T) {
	w, n, examiner, candidate, key := shared(t)
	_, err := w.sittings.AskWaiver(ctx, office, n.ID, key, "同一部办公电话")
	must(t, err)
	_, err = w.sittings.DecideWaiver(ctx, as(w.person("韦清和"), authz.Supervisor), n.ID, key, true)
	must(t, err)
	w.assign(n, examiner, authz.Examiner, "p1")
	for _, p := range []engine.PersonID{examiner, candidate} {
		tie := w.tie(separation.Reached, separation.PersonNode(p), "contact:13800138000") // the one that was looked at
		_, err = w.judge.Void(ctx, as(w.person("韦清和"+string(p)), authz.Supervisor), tie.ID, "号码登记有误")
		must(t, err)
		w.tie(separation.Located, separation.PersonNode(p), "address:天津市河西区友谊路1号")
	}
	f, err := w.sittings.Separated(ctx, w.get(n.ID), []engine.PersonID{candidate})
	if err != nil || len(f) != 1 || f[0].Rule != "shared-contact" {
		t.Errorf("%v, %v", f, err)
	}
}

// TestAWaiverHidesNoOtherChain: the shared telephone was waived and still stands when the same address comes to light. The
// two persons look at that too, and then the duty stands.
// 豁免了同一电话，后来又查出同一地址的，须就此再行决定。
func TestAWaiverHidesNoOtherChain(t *testing.T) {
	w, n, examiner, candidate, key := shared(t)
	waive := func(key, reason string) {
		t.Helper()
		_, err := w.sittings.AskWaiver(ctx, office, n.ID, key, reason)
		must(t, err)
		_, err = w.sittings.DecideWaiver(ctx, as(w.person("韦清和"+reason), authz.Supervisor), n.ID, key, true)
		must(t, err)
	}
	waive(key, "同一部办公电话")
	for _, p := range []engine.PersonID{examiner, candidate} {
		w.tie(separation.Located, separation.PersonNode(p), "address:天津市河西区友谊路1号")
	}
	_, err := w.sittings.Assign(ctx, office, n.ID, examiner, authz.Examiner, "p1")
	var refused *separation.Separated
	if !errors.As(err, &refused) || len(refused.Findings) != 1 || refused.Findings[0].Key() == key {
		t.Fatalf("the address: %v", err)
	}
	waive(refused.Findings[0].Key(), "同一栋办公楼")
	w.assign(n, examiner, authz.Examiner, "p1")
	if f, err := w.sittings.Separated(ctx, w.get(n.ID), []engine.PersonID{candidate}); err != nil || len(f) != 0 {
		t.Errorf("%v, %v", f, err)
	}
}

// TestAProposalIsForSomeSessions: the same one named twice is one, and twenty-one are too many.
func TestAProposalIsForSomeSessions(t *testing.T) {
	w := open(t)
	n := w.session()
	once, err := w.sittings.ProposeStaff(ctx, office, []sitting.SessionID{n.ID}, nil)
	must(t, err)
	twice, err := w.sittings.ProposeStaff(ctx, office, []sitting.SessionID{n.ID, n.ID}, nil)
	if err != nil || len(twice.Short) != len(once.Short) {
		t.Errorf("%d and %d openings, %v", len(once.Short), len(twice.Short), err)
	}
	var many []sitting.SessionID
	for i := range 21 {
		many = append(many, sitting.SessionID(fmt.Sprint("s", i)))
	}
	_, err = w.sittings.ProposeStaff(ctx, office, many, nil)
	wantError(t, "twenty-one", err, sitting.ErrTooManyProposed)
}
