package practical_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/ids"
	"github.com/skillcert/skillcert/engine/practical"
)

// correct opens a correction of an examiner's sheet of candidate 1.
func (w *world) correct(p engine.PersonID) {
	w.t.Helper()
	_, err := w.desk.Correct(w.t.Context(), leader, assessment(1), p, "两项分数填反")
	w.must(err)
}

// 考评员签名后发现填错：组长开放更正，原表一字不改，考评员另签一张，计新的一张；两张都在，组长都看得到。
func TestASignedSheetIsCorrectedByANewOne(t *testing.T) {
	w := newWorld(t).drawn()
	ctx, id := t.Context(), assessment(1)
	w.scoreAll(1, 6000, 6000, 9000)
	_, err := w.desk.Rule(ctx, leader, id, practical.RulePoints(7000), "录像")
	w.must(err)
	before, err := w.store.Sheets().Sheet(ctx, id, "e3", 0)
	w.must(err)
	w.correct("e3")
	if st := w.standing(1); st.Standing != "" || st.Totals != nil || len(st.Corrections) != 1 || st.Corrections[0].Signed || st.Corrections[0].Totals {
		t.Fatalf("the old sheet or the ruling on it still counts: %+v", st)
	}
	work, err := w.desk.Work(ctx, examiner("e3"), id)
	w.must(err)
	if work.Sheet != nil || work.Corrects == nil || work.Reason != "两项分数填反" || deep(t, work.Corrects) != deep(t, before) {
		t.Fatalf("%+v", work)
	}
	s, err := w.desk.Save(ctx, examiner("e3"), id, work.Seen, w.entry(1, 6300), nil)
	w.must(err)
	if s.No != 1 || s.Replaces == nil || s.Replaces.No != 0 || !s.Replaces.Signed.Equal(before.Signed) || s.Replaces.Reason != "两项分数填反" {
		t.Fatalf("%+v", s)
	}
	if st := w.standing(1); st.Standing != "" || st.Totals != nil {
		t.Fatalf("a correction that is not signed counts: %+v", st)
	}
	s, err = w.desk.Sign(ctx, examiner("e3"), id, s.Seen())
	w.must(err)
	if _, err := w.desk.Save(ctx, examiner("e3"), id, s.Seen(), w.entry(1, 100), nil); !errors.Is(err, practical.ErrSigned) {
		t.Fatalf("a signed correction was changed: %v", err)
	}
	st := w.standing(1)
	if st.Standing != engine.Scored || st.Points != 6100 || fmt.Sprint(st.Totals) != "[60 60 63]" || st.Disputed {
		t.Fatalf("%+v", st)
	}
	if c := st.Corrections[0]; !c.Signed || !c.Totals || c.Before != 9000 || c.After != 6300 || c.Examiner != "e3" {
		t.Fatalf("%+v", c)
	}
	after, err := w.store.Sheets().Sheet(ctx, id, "e3", 0)
	if err != nil || deep(t, after) != deep(t, before) || after.Revision != before.Revision {
		t.Fatalf("the signed sheet was changed: %+v, %v", after, err)
	}
}

// 更正评分单须由组长开启、写明理由；原单保留，另签一张新单。
func TestWhatIsRefusedOfACorrection(t *testing.T) {
	w := newWorld(t).drawn()
	ctx, id := t.Context(), assessment(1)
	w.score("e1", 1, 6000)
	for name, c := range map[string]struct {
		by       authz.Principal
		examiner engine.PersonID
		reason   string
		want     error
	}{
		"by an examiner":          {examiner("e1"), "e1", "填反", authz.ErrForbidden},
		"by a leader of another":  {who("another", authz.Leader), "e1", "填反", practical.ErrAssessment},
		"for no reason":           {leader, "e1", "  ", practical.ErrLead},
		"for a reason too long":   {leader, "e1", strings.Repeat("长", practical.MaxNote+1), practical.ErrLead},
		"of a sheet not signed":   {leader, "e2", "填反", practical.ErrNotSigned},
		"of who does not examine": {leader, "f1", "填反", practical.ErrLead},
	} {
		if _, err := w.desk.Correct(ctx, c.by, id, c.examiner, c.reason); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
	if _, err := w.desk.Withdraw(ctx, leader, id, "e1", "误开"); !errors.Is(err, practical.ErrNoCorrection) {
		t.Errorf("nothing to take back: %v", err)
	}
	w.correct("e1")
	w.correct("e1") // harmless while one is open
	a, err := w.store.Assessments().Assessment(ctx, id)
	if w.must(err); len(a.Corrections) != 1 {
		t.Errorf("%+v", a.Corrections)
	}
}

// 成绩封存后不能再更正。
func TestNothingIsCorrectedAfterTheSeal(t *testing.T) {
	w := newWorld(t)
	w.sealed()
	for name, act := range map[string]func(context.Context, authz.Principal, practical.AssessmentID, engine.PersonID, string) (*practical.Assessment, error){
		"correct": w.desk.Correct, "withdraw": w.desk.Withdraw} {
		if _, err := act(t.Context(), leader, assessment(1), "e1", "填反"); !errors.Is(err, engine.ErrSealed) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// 更正开放而没有签名时，不能封存；撤回更正后原表重新计分。
func TestACorrectionHoldsTheSealUpUntilItIsSignedOrTakenBack(t *testing.T) {
	w := newWorld(t).drawn()
	w.scoreAll(1, 6000, 6000, 6000)
	w.void(2)
	w.scoreAll(3, 6000, 6000, 6000)
	w.correct("e1")
	if _, err := w.seal(leader); !errors.Is(err, practical.ErrNotScored) {
		t.Fatalf("sealed on a sheet that is being corrected: %v", err)
	}
	_, err := w.desk.Withdraw(t.Context(), leader, assessment(1), "e1", "误开")
	w.must(err)
	st := w.standing(1)
	if st.Standing != engine.Scored || st.Points != 6000 || st.Corrections[0].Withdrawn.IsZero() {
		t.Fatalf("%+v", st)
	}
	w.correct("e1")
	work, err := w.desk.Work(t.Context(), examiner("e1"), assessment(1))
	if w.must(err); work.No != 2 || work.Corrects == nil || work.Corrects.No != 0 {
		t.Fatalf("the number of a correction that was taken back is used again: %+v", work)
	}
	s, err := w.desk.Save(t.Context(), examiner("e1"), assessment(1), work.Seen, w.entry(1, 6600), nil)
	w.must(err)
	_, err = w.desk.Sign(t.Context(), examiner("e1"), assessment(1), s.Seen())
	w.must(err)
	if _, err := w.desk.Withdraw(t.Context(), leader, assessment(1), "e1", "不满意"); !errors.Is(err, practical.ErrNoCorrection) {
		t.Fatalf("a signed correction was taken back: %v", err)
	}
	if _, err := w.seal(leader); err != nil {
		t.Fatal(err)
	}
}

// 更正次数有上限。
func TestCorrectionsAreBounded(t *testing.T) {
	w := newWorld(t).drawn()
	w.score("e1", 1, 6000)
	for n := range practical.MostCorrections {
		w.correct("e1")
		if n%2 == 0 {
			_, err := w.desk.Withdraw(t.Context(), leader, assessment(1), "e1", "误开")
			w.must(err)
			continue
		}
		work, err := w.desk.Work(t.Context(), examiner("e1"), assessment(1))
		w.must(err)
		s, err := w.desk.Save(t.Context(), examiner("e1"), assessment(1), work.Seen, w.entry(1, 6000), nil)
		w.must(err)
		_, err = w.desk.Sign(t.Context(), examiner("e1"), assessment(1), s.Seen())
		w.must(err)
	}
	if _, err := w.desk.Correct(t.Context(), leader, assessment(1), "e1", "再来"); !errors.Is(err, practical.ErrCorrections) {
		t.Fatal(err)
	}
}

// 更正之前打开的评分页面不能再保存：它看到的是原表。
func TestAPageFromBeforeTheCorrectionIsStale(t *testing.T) {
	w := newWorld(t).drawn()
	w.score("e1", 1, 6000)
	w.correct("e1")
	for _, revision := range []int64{0, 1, 2} {
		if _, err := w.desk.Save(t.Context(), examiner("e1"), assessment(1), revision, w.entry(1, 6100), nil); !errors.Is(err, engine.ErrStale) {
			t.Errorf("at %d: %v", revision, err)
		}
	}
}

// 评分时间已过：更正开放到当日结束。
func TestALateCorrectionIsOpenUntilTheEndOfTheDay(t *testing.T) {
	w := newWorld(t).drawn()
	w.score("e1", 1, 6000)
	w.clock.Advance(24 * time.Hour)
	w.correct("e1")
	work, err := w.desk.Work(t.Context(), examiner("e1"), assessment(1))
	w.must(err)
	if _, err = w.desk.Save(t.Context(), examiner("e1"), assessment(1), work.Seen, w.entry(1, 6100), nil); err != nil {
		t.Fatal(err)
	}
	w.clock.Advance(24 * time.Hour)
	if _, err = w.desk.Sign(t.Context(), examiner("e1"), assessment(1), work.Seen+1); !errors.Is(err, practical.ErrWindow) {
		t.Fatal(err)
	}
}

// 签过名的考评员，不能借开放更正之名换掉。
func TestACorrectionIsNoWayToExchangeAnExaminer(t *testing.T) {
	w := newWorld(t).drawn()
	s, err := w.store.Sessions().Session(t.Context(), session)
	w.must(err)
	extra := s.Duties[2]
	extra.Person = "e4"
	s.Duties = append(s.Duties, extra)
	w.must(w.store.Sessions().UpdateSession(t.Context(), s))
	w.score("e1", 1, 6000)
	w.correct("e1")
	if _, err := w.desk.Replace(t.Context(), leader, assessment(1), practical.Substitution{Out: "e1", In: "e4"}, "太宽"); !errors.Is(err, practical.ErrKeepExaminer) {
		t.Fatal(err)
	}
	if _, err := w.desk.Excuse(t.Context(), leader, assessment(1), engine.Absent, "未到"); !errors.Is(err, practical.ErrHasScores) {
		t.Fatalf("absent although a signed sheet is being corrected: %v", err)
	}
}

// 两台电脑同时开放更正，只开一次；两台平板同时保存更正表，只存一份。
func TestTwoCorrectAtOnce(t *testing.T) {
	w := newWorld(t).drawn()
	w.score("e1", 1, 6000)
	together(t, 6, func(int) error {
		_, err := w.desk.Correct(t.Context(), leader, assessment(1), "e1", "填反")
		return err
	})
	a, err := w.store.Assessments().Assessment(t.Context(), assessment(1))
	if w.must(err); len(a.Corrections) != 1 {
		t.Fatalf("%+v", a.Corrections)
	}
	work, err := w.desk.Work(t.Context(), examiner("e1"), assessment(1))
	w.must(err)
	var saved, stale atomic.Int32
	sheets := []scores{w.entry(1, 6100), w.entry(1, 6200)}
	together(t, 2, func(i int) error {
		_, err := w.desk.Save(t.Context(), examiner("e1"), assessment(1), work.Seen, sheets[i], nil)
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

// meeting is a store of sheets and assessments in which somebody else acts right before something is written.
type meeting struct {
	practical.Sheets
	practical.Assessments
	before func(what string) error // "sheet" or "assessment"; an error is the store's
}

func (m *meeting) CreateSheet(ctx context.Context, s *practical.Sheet) error {
	if err := m.before("sheet"); err != nil {
		return err
	}
	return m.Sheets.CreateSheet(ctx, s)
}

func (m *meeting) UpdateSheet(ctx context.Context, s *practical.Sheet) error {
	if err := m.before("sheet"); err != nil {
		return err
	}
	return m.Sheets.UpdateSheet(ctx, s)
}

func (m *meeting) UpdateAssessment(ctx context.Context, a *practical.Assessment) error {
	if err := m.before("assessment"); err != nil {
		return err
	}
	return m.Assessments.UpdateAssessment(ctx, a)
}

// at returns a desk over the same stores in which act happens once, right before the first writing of what.
func (w *world) at(what string, act func() error) *practical.Desk {
	done := false
	m := &meeting{Sheets: w.store.Sheets(), Assessments: w.store.Assessments(), before: func(writes string) error {
		if done || writes != what {
			return nil
		}
		done = true
		return act()
	}}
	return practical.NewDesk(practical.Ports{Assessments: m, Sheets: m, Draws: w.store.TaskDraws(), Seals: w.store.Seals(), Names: w.names},
		w.sits, w.bank, w.policy, w.clock, ids.Seeded("practical"))
}

// correcting is a world in which e1 has a correction open, filled in or not begun.
func correcting(t *testing.T, begun bool) (w *world, seen int64) {
	t.Helper()
	w = newWorld(t).drawn()
	w.scoreAll(1, 6000, 6000, 6000)
	w.correct("e1")
	work, err := w.desk.Work(t.Context(), examiner("e1"), assessment(1))
	w.must(err)
	if !begun {
		return w, work.Seen
	}
	s, err := w.desk.Save(t.Context(), examiner("e1"), assessment(1), work.Seen, w.entry(1, 6300), nil)
	w.must(err)
	return w, s.Seen()
}

// 组长撤回更正和考评员签名碰在一起：谁先算谁的。系统对考评员说“已签名”的，一定是计分的那一张；撤回在先的，考评员被告知更正已撤回、原表有效。
func TestWithdrawalAndSignatureMeet(t *testing.T) {
	for name, c := range map[string]struct {
		writes string // right before this is written …
		first  string // … by one, the other acts
		signed bool   // the correction counts in the end
	}{
		"the leader has looked, the examiner signs":           {"sheet", "sign", true},
		"the leader has ended the sheet, the examiner signs":  {"assessment", "sign", false},
		"the examiner is about to sign, the leader withdraws": {"sheet", "withdraw", false},
	} {
		w, seen := correcting(t, true)
		ctx, id := t.Context(), assessment(1)
		var signed, withdrawn error
		sign := func(d *practical.Desk) { _, signed = d.Sign(ctx, examiner("e1"), id, seen) }
		withdraw := func(d *practical.Desk) { _, withdrawn = d.Withdraw(ctx, leader, id, "e1", "误开") }
		if c.first == "sign" {
			withdraw(w.at(c.writes, func() error { sign(w.desk); return nil }))
		} else {
			sign(w.at(c.writes, func() error { withdraw(w.desk); return nil }))
		}
		want := engine.Points(6000)
		if c.signed {
			want = 6100
			if signed != nil || !errors.Is(withdrawn, practical.ErrNoCorrection) {
				t.Errorf("%s: signed %v, withdrawn %v", name, signed, withdrawn)
			}
		} else if withdrawn != nil || !errors.Is(signed, practical.ErrTakenBack) {
			t.Errorf("%s: signed %v, withdrawn %v", name, signed, withdrawn)
		}
		if st := w.standing(1); st.Standing != engine.Scored || st.Points != want {
			t.Errorf("%s: %+v", name, st)
		}
	}
}

// 更正撤回以后，考评员仍开着的更正页面不能保存、不能签名，也不会被告知“已签名”；尚未填写的更正撤回以后同样如此。撤回中断的，再撤回一次即可。
func TestAWithdrawnCorrectionIsNeitherSavedNorSigned(t *testing.T) {
	for _, begun := range []bool{true, false} {
		w, seen := correcting(t, begun)
		ctx, id := t.Context(), assessment(1)
		lost := errors.New("store lost")
		if _, err := w.at("assessment", func() error { return lost }).Withdraw(ctx, leader, id, "e1", "误开"); !errors.Is(err, lost) {
			t.Fatal(err)
		}
		refused := func(when string) {
			t.Helper()
			if _, err := w.desk.Save(ctx, examiner("e1"), id, seen, w.entry(1, 6600), nil); !errors.Is(err, practical.ErrTakenBack) {
				t.Errorf("begun %v, %s: saved: %v", begun, when, err)
			}
			if _, err := w.desk.Sign(ctx, examiner("e1"), id, seen); !errors.Is(err, practical.ErrTakenBack) {
				t.Errorf("begun %v, %s: signed: %v", begun, when, err)
			}
		}
		refused("cut off")
		if _, err := w.seal(leader); !errors.Is(err, practical.ErrNotScored) {
			t.Errorf("sealed in between: %v", err)
		}
		_, err := w.desk.Withdraw(ctx, leader, id, "e1", "误开")
		w.must(err)
		refused("withdrawn")
		if st := w.standing(1); st.Standing != engine.Scored || st.Points != 6000 {
			t.Errorf("%+v", st)
		}
		w.correct("e1")
		work, err := w.desk.Work(ctx, examiner("e1"), id)
		w.must(err)
		s, err := w.desk.Save(ctx, examiner("e1"), id, work.Seen, w.entry(1, 6600), nil)
		w.must(err)
		_, err = w.desk.Sign(ctx, examiner("e1"), id, s.Seen())
		w.must(err)
	}
}

// 考评员打开更正页面、还没填写就被撤回：同时保存的，不会留下一张没人要的评分表。
func TestAWithdrawalMeetsTheFirstSave(t *testing.T) {
	w, seen := correcting(t, false)
	ctx, id := t.Context(), assessment(1)
	var withdrawn error
	d := w.at("sheet", func() error { _, withdrawn = w.desk.Withdraw(ctx, leader, id, "e1", "误开"); return nil })
	if _, err := d.Save(ctx, examiner("e1"), id, seen, w.entry(1, 6600), nil); withdrawn != nil || !errors.Is(err, practical.ErrTakenBack) {
		t.Errorf("saved %v, withdrawn %v", err, withdrawn)
	}
	w, seen = correcting(t, false)
	var saved error
	d = w.at("sheet", func() error { _, saved = w.desk.Save(ctx, examiner("e1"), id, seen, w.entry(1, 6600), nil); return nil })
	if _, err := d.Withdraw(ctx, leader, id, "e1", "误开"); err != nil || saved != nil {
		t.Errorf("withdrawn %v, saved %v", err, saved) // saved, not signed: the leader may still take it back
	}
	if st := w.standing(1); st.Standing != engine.Scored || st.Points != 6000 {
		t.Errorf("%+v", st)
	}
}
