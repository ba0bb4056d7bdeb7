package sitting_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/separation"
	"github.com/skillcert/skillcert/engine/sitting"
	"github.com/skillcert/skillcert/questionbank"
)

// made is a bank of one release, and what was asked of it.
type made map[engine.PersonID][]questionbank.Hand

func (m made) Hands(_ context.Context, release string, l engine.Level) (map[engine.PersonID][]questionbank.Hand, error) {
	if release != "2026.1" || l != engine.Level5 {
		return nil, questionbank.ErrRelease
	}
	return m, nil
}

func (made) TaskHands(context.Context, engine.Level) (map[engine.PersonID][]questionbank.Hand, error) {
	return nil, nil
}

// madeTasks is a bank of tasks, none of whose makers had a hand in an item.
type madeTasks struct{ made }

func (madeTasks) Hands(context.Context, string, engine.Level) (map[engine.PersonID][]questionbank.Hand, error) {
	return nil, nil
}

func (m madeTasks) TaskHands(_ context.Context, l engine.Level) (map[engine.PersonID][]questionbank.Hand, error) {
	if l != engine.Level5 {
		return nil, nil
	}
	return m.made, nil
}

// pool is what a session draws tasks from, and what was given.
type pool struct {
	drawn, given map[string]bool
	over         *bool
}

func (p pool) Pool(context.Context, *sitting.Session) (map[string]bool, bool, error) {
	if *p.over {
		return p.given, true, nil
	}
	return p.drawn, false, nil
}

// asked are drawn forms that hold these items.
type asked map[string]bool

func (a asked) Asked(context.Context, sitting.SessionID) (map[string]bool, error) { return a, nil }

// refusedEverywhere wants both kept from every duty that the paper rule names, and the author's as examiner in these words.
func (w *world) refusedEverywhere(n *sitting.Session, author, reviewer engine.PersonID, says string) *separation.Separated {
	w.t.Helper()
	for role, room := range map[authz.Role]sitting.RoomID{authz.Examiner: "p1", authz.Leader: "", authz.Marker: "", authz.Supervisor: ""} {
		for _, p := range []engine.PersonID{author, reviewer} {
			_, err := w.sittings.Assign(ctx, office, n.ID, p, role, room)
			wantError(w.t, string(role), err, separation.ErrSeparated)
		}
	}
	_, err := w.sittings.Assign(ctx, office, n.ID, author, authz.Examiner, "p1")
	var refused *separation.Separated
	if !errors.As(err, &refused) || len(refused.Findings) != 1 || refused.Findings[0].String() != says {
		w.t.Fatalf("in words: %v", err)
	}
	return refused
}

// 命题人不得考自己出的题：苏念慈编写过题库版本 2026.1 的一道五级试题，孟怀德审过一道。二人都不能在用这一版本的场次任考评员、考评组长、
// 阅卷负责人、质量督导员；监考员不接触试题内容，样例规则未列入。
func TestWhoMadeThePaperHasNoDutyThere(t *testing.T) {
	w := open(t)
	author, reviewer, free := w.person("苏念慈"), w.person("孟怀德"), w.person("陆明远")
	w.ports.Makers = made{author: {{Act: questionbank.ActAuthor, Code: "LTC-4-0123"}}, reviewer: {{Act: questionbank.ActReview, Code: "LTC-4-0200"}}}
	w.ports.Papers = asked{"LTC-4-0123": true} // drawn: nobody may learn that
	w.sittings = w.build(w.ports)
	n := w.session()
	refused := w.refusedEverywhere(n, author, reviewer, "考评员苏念慈 → 编写试题 → 题库版本 2026.1（五级），编写、审定本场次试题或同意其入库的人员，不得在本场次任考评、阅卷、督导等职务，也不得参加本场次考试")
	if got := w.get(n.ID).Findings; len(got) != 8 {
		t.Errorf("%d findings are kept, want one of every person and duty", len(got))
	}
	_, err := w.sittings.AskWaiver(ctx, office, n.ID, refused.Findings[0].Key(), "人手不足")
	wantError(t, "a waiver", err, sitting.ErrHardRule)
	got, err := w.sittings.Proposals(ctx, office, n.ID, authz.Examiner, "p1", able(authz.Examiner, author, reviewer, free))
	if err != nil || len(got) != 1 || got[0].Person != free {
		t.Errorf("proposed instead: %v, %v", got, err)
	}
	w.assign(n, author, authz.Invigilator, "t1")
}

// 命题人本人报名参加使用该题库版本的场次，不予排座，其他考生照常排座。
func TestWhoMadeThePaperDoesNotSitIt(t *testing.T) {
	w := open(t)
	author, other := w.person("苏念慈"), w.person("钟离雪")
	w.ports.Makers = made{author: {{Act: questionbank.ActAuthor, Code: "LTC-4-0123"}}}
	w.sittings = w.build(w.ports)
	n := w.session()
	w.apply(n, author, "")
	w.apply(n, other, "")
	if seats := w.seat(n); len(seats) != 1 || seats[0].Candidate != other {
		t.Errorf("%v", seats)
	}
	got := w.get(n.ID).Findings
	if len(got) != 1 || got[0].Role != authz.Candidate || got[0].Candidate != author || got[0].Staff != "" {
		t.Errorf("%+v", got)
	}
}

// 考后按本场次试卷核对：考试结束、试卷不能再作答以后，只有试题确实出现在试卷里的人才须回避，并写明试题编号；结束以前按整个题库版本核对，
// 不透露试卷用了哪些题。
func TestAfterTheSittingThePaperItselfIsAsked(t *testing.T) {
	w := open(t)
	n := w.session()
	drawn, spared := w.person("苏念慈"), w.person("孟怀德")
	people := w.candidates(n, 2)
	w.assign(n, drawn, authz.Examiner, "p1") // before anybody knew of their items
	w.assign(n, spared, authz.Examiner, "p1")
	w.ports.Makers = made{drawn: {{Act: questionbank.ActAuthor, Code: "LTC-4-0001"}, {Act: questionbank.ActAuthor, Code: "LTC-4-0123"}},
		spared: {{Act: questionbank.ActReview, Code: "LTC-4-0200"}}}
	w.ports.Papers = asked{"LTC-4-0123": true}
	w.sittings = w.build(w.ports)
	if seats := w.seat(n); len(seats) != 2 {
		t.Errorf("%d seats: who serves and made the paper takes no seat from candidates", len(seats))
	}
	if got := w.get(n.ID).Findings; len(got) != 2 || got[0].Candidate != "" {
		t.Errorf("what the office reads: %v", got)
	}
	clear := func(p engine.PersonID) error {
		return w.sittings.Clear(ctx, n.ID, separation.Subject{Person: p, Role: authz.Examiner}, people[:1], w.day())
	}
	until := w.sittings.ReopenUntil(w.get(n.ID))
	w.clock.Set(until.Add(-time.Millisecond))
	wantError(t, "while the paper may be sat: in it", clear(drawn), separation.ErrSeparated)
	wantError(t, "while the paper may be sat: not in it", clear(spared), separation.ErrSeparated)
	w.clock.Set(until)
	must(t, clear(spared))
	var refused *separation.Separated
	if err := clear(drawn); !errors.As(err, &refused) || len(refused.Findings) != 1 {
		t.Fatalf("afterwards: %v", err)
	}
	if got := refused.Findings[0].Path; len(got) != 4 || got[2] != "LTC-4-0123" || got[3] != "本场次试卷" {
		t.Errorf("%v", got)
	}
	found, err := w.sittings.Separated(ctx, w.get(n.ID), people)
	if err != nil || len(found) != 1 || found[0].Staff != drawn || found[0].Candidate != "" {
		t.Errorf("before certificates: %v, %v", found, err)
	}
}

// 操作技能试题的命题人、审题人同样回避：苏念慈编写过一道五级操作技能试题，孟怀德审过一道，二人不得在五级场次任考评员、考评组长、
// 阅卷负责人、质量督导员，本人报名的也不予排座；没有经手试题的陆明远不受影响。
func TestWhoMadeAPracticalTaskHasNoDutyAndNoSeat(t *testing.T) {
	w := open(t)
	author, reviewer, free := w.person("苏念慈"), w.person("孟怀德"), w.person("陆明远")
	w.ports.Makers = madeTasks{made{author: {{Act: questionbank.ActAuthor, Code: "P5-03"}}, reviewer: {{Act: questionbank.ActReview, Code: "P5-04"}}}}
	w.sittings = w.build(w.ports)
	n := w.session()
	w.refusedEverywhere(n, author, reviewer, "考评员苏念慈 → 编写试题 → 操作技能试题（五级），编写、审定本场次试题或同意其入库的人员，不得在本场次任考评、阅卷、督导等职务，也不得参加本场次考试")
	w.assign(n, free, authz.Examiner, "p1")
	w.apply(n, author, "")
	w.apply(n, w.person("钟离雪"), "")
	if seats := w.seat(n); len(seats) != 1 || seats[0].Candidate == author {
		t.Errorf("%v", seats)
	}
}

// 抽题承诺公布以后，只有可能被抽到的试题算数；最后一名考生考完以后，只有实际抽到的试题算数，并写明试题编号。
func TestAfterTheLastTurnTheTasksThatWereGivenAreAsked(t *testing.T) {
	w, over := open(t), false
	n := w.session()
	given, spared, later := w.person("苏念慈"), w.person("孟怀德"), w.person("陆明远")
	people := w.candidates(n, 1)
	w.seat(n)
	w.ports.Makers = madeTasks{made{given: {{Act: questionbank.ActAuthor, Code: "P5-01"}}, spared: {{Act: questionbank.ActReview, Code: "P5-02"}},
		later: {{Act: questionbank.ActAuthor, Code: "P5-09"}}}}
	w.ports.Tasks = pool{drawn: map[string]bool{"P5-01": true, "P5-02": true}, given: map[string]bool{"P5-01": true}, over: &over}
	w.sittings = w.build(w.ports)
	clear := func(p engine.PersonID) error {
		return w.sittings.Clear(ctx, n.ID, separation.Subject{Person: p, Role: authz.Examiner}, people, w.day())
	}
	wantError(t, "drawn from, and given", clear(given), separation.ErrSeparated)
	wantError(t, "drawn from, and not given", clear(spared), separation.ErrSeparated)
	must(t, clear(later)) // 承诺公布以后才入库的试题，本场次抽不到
	over = true
	must(t, clear(spared))
	var refused *separation.Separated
	if err := clear(given); !errors.As(err, &refused) || len(refused.Findings) != 1 {
		t.Fatalf("afterwards: %v", err)
	}
	if got := refused.Findings[0].Path; len(got) != 4 || got[2] != "P5-01" || got[3] != "本场次操作技能试题" {
		t.Errorf("%v", got)
	}
}
