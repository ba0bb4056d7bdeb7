package result_test

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/people"
	"github.com/skillcert/skillcert/engine/result"
	"github.com/skillcert/skillcert/engine/separation"
	"github.com/skillcert/skillcert/engine/sitting"
)

var (
	marker  = who("marker", authz.Marker)
	leader  = who("leader", authz.Leader)
	witness = who("witness", authz.Supervisor)
)

// found is a corrected score.
func found(p engine.Points) result.Found { return result.Found{Standing: engine.Scored, Points: p} }

// outcome is what the office reads of candidate n.
func (w *world) outcome(n int) *result.Result {
	w.t.Helper()
	rows, err := w.board.Results(w.t.Context(), office, session)
	w.must(err)
	for _, r := range rows {
		if r.Ticket == ticket(n) {
			return r
		}
	}
	w.t.Fatalf("no result of %d", n)
	return nil
}

func (w *world) wantOutcome(n int, want result.Outcome) *result.Result {
	w.t.Helper()
	r := w.outcome(n)
	if r.Outcome() != want {
		w.t.Fatalf("candidate %d: %s (%s), want %s", n, r.Outcome(), r.Waiting(), want)
	}
	return r
}

func (w *world) asked(n int, c engine.Component) *result.ScoreCheck {
	w.t.Helper()
	k, err := w.board.AskCheck(w.t.Context(), sitter(n), ticket(n), c, "请核对")
	w.must(err)
	return k
}

func (w *world) forwarded(n int, c engine.Component) *result.ScoreCheck {
	w.t.Helper()
	k, err := w.board.ForwardCheck(w.t.Context(), office, w.asked(n, c).ID)
	w.must(err)
	return k
}

func wantErr(t *testing.T, what string, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("%s: %v, want %v", what, err, want)
	}
}

// TestACheckThatChangesNothing: the candidate asks, the office forwards, the leader of practice answers that the score
// stands. Until then the result is pending (待定), and no theory person may answer for practice.
func TestACheckThatChangesNothing(t *testing.T) {
	w, ctx := newWorld(t, 2, nil).joined().published(), t.Context()
	k := w.asked(2, engine.Practical)
	if again := w.asked(2, engine.Practical); again.Revision != k.Revision || k.ForwardBy != date(t, "2026-03-09") {
		t.Fatalf("%+v", again)
	}
	_, err := w.board.AskCheck(ctx, sitter(2), ticket(2), engine.Practical, "再查一次")
	wantErr(t, "a second check of the component", err, result.ErrCheckExists)
	if r := w.wantOutcome(2, result.Pending); r.Waiting() != "查分尚未办结（操作技能）" {
		t.Errorf("waits for %s", r.Waiting())
	}
	if own, _, err := w.board.Own(ctx, sitter(2), ticket(2)); err != nil || own.Outcome() != result.Pending {
		t.Errorf("%v, %v", own, err)
	}
	_, err = w.board.LeaveScore(ctx, leader, k.ID, "已复核")
	wantErr(t, "answered before it was forwarded", err, result.ErrCheckState)
	if k, err = w.board.ForwardCheck(ctx, office, k.ID); err != nil || k.AnswerBy != date(t, "2026-03-16") || k.Overdue(date(t, "2026-03-16")) ||
		!k.Overdue(date(t, "2026-03-17")) {
		t.Fatalf("%+v, %v", k, err)
	}
	_, err = w.board.LeaveScore(ctx, marker, k.ID, "已复核")
	wantErr(t, "theory answers for practice", err, authz.ErrForbidden)
	_, err = w.board.LeaveScore(ctx, who("another", authz.Leader), k.ID, "已复核")
	wantErr(t, "a leader of another session", err, sitting.ErrNotOnDuty)
	if rows, err := w.board.Checks(ctx, marker, session); err != nil || len(rows) != 0 {
		t.Errorf("theory reads checks of practice: %v, %v", rows, err)
	}
	if rows, err := w.board.Checks(ctx, leader, session); err != nil || len(rows) != 1 {
		t.Errorf("%v, %v", rows, err)
	}
	_, err = w.board.LeaveScore(ctx, leader, k.ID, " ")
	wantErr(t, "no words", err, result.ErrCheckInput)
	k, err = w.board.LeaveScore(ctx, leader, k.ID, "评分表汇总无误")
	if err != nil || k.Open() || k.Answerer != "leader" {
		t.Fatalf("%+v, %v", k, err)
	}
	if r := w.wantOutcome(2, result.Fail); len(r.Earlier) != 0 || r.Revision != 1 {
		t.Errorf("the result was touched: %+v", r)
	}
}

// TestAnErrorThatWasFound: the sealed score does not change by itself. The leader seals the correction, the supervisor signs
// it; only then is the result joined anew, with what it said before. Both seals are kept.
// 查分发现错误：组长更正、督导员签署后，结果重新合成，前后两次封存都保留。
func TestAnErrorThatWasFound(t *testing.T) {
	w, ctx := newWorld(t, 2, nil).joined().published(), t.Context()
	first, err := w.store.Seals().Seal(ctx, session, engine.Practical)
	w.must(err)
	k := w.forwarded(2, engine.Practical)
	_, err = w.board.CorrectScore(ctx, leader, k.ID, found(10001), "漏加一项")
	wantErr(t, "more than full marks", err, result.ErrCheckInput)
	_, err = w.board.CorrectScore(ctx, leader, k.ID, found(6100), "漏加一项")
	w.must(err)
	if r := w.wantOutcome(2, result.Pending); r.Practical.Points != 5999 {
		t.Fatalf("one person changed a score: %+v", r)
	}
	shown, err := w.board.Correction(ctx, witness, k)
	if err != nil || shown.Replaces != first.Digest || shown.No != 1 || shown.Reason != "漏加一项" || len(shown.Scores) != 0 {
		t.Fatalf("%+v, %v", shown, err)
	}
	_, err = w.board.CorrectScore(ctx, leader, k.ID, found(6000), "漏加一项") // put right before anybody signed
	w.must(err)
	_, err = w.board.WitnessCorrection(ctx, witness, k.ID, shown.Digest)
	wantErr(t, "signed what was changed meanwhile", err, engine.ErrSealBroken)
	_, err = w.board.WitnessCorrection(ctx, who("office2", authz.Supervisor), k.ID, shown.Digest)
	wantErr(t, "a supervisor of another session", err, sitting.ErrNotOnDuty)
	_, err = w.board.WitnessCorrection(ctx, authz.Principal{Account: "x", Person: "leader", Org: "body", Roles: []authz.Role{authz.Leader, authz.Supervisor}}, k.ID, shown.Digest)
	wantErr(t, "the leader signs twice", err, sitting.ErrNotOnDuty)
	shown, err = w.board.Correction(ctx, witness, k)
	w.must(err)
	for range 2 { // twice is harmless
		if k, err = w.board.WitnessCorrection(ctx, witness, k.ID, shown.Digest); err != nil || k.State != result.CheckCorrected {
			t.Fatalf("%+v, %v", k, err)
		}
	}
	r := w.wantOutcome(2, result.Pass)
	if r.Practical.Points != 6000 || r.PracticalDigest != shown.Digest || len(r.Earlier) != 1 || r.Earlier[0].Before.Practical.Points != 5999 ||
		r.Earlier[0].Before.PracticalDigest != first.Digest || r.Earlier[0].Cause != string(k.ID) || r.Turned() {
		t.Errorf("%+v", r)
	}
	if r := w.wantOutcome(1, result.Pass); len(r.Earlier) != 0 {
		t.Errorf("somebody else's result changed: %+v", r)
	}
	kept, err := w.store.Seals().Seal(ctx, session, engine.Practical)
	if err != nil || kept.Digest != first.Digest || kept.Complete() != nil {
		t.Errorf("the first seal: %+v, %v", kept, err)
	}
	_, err = w.board.CorrectScore(ctx, leader, k.ID, found(10000), "再改")
	wantErr(t, "changed after it was signed", err, result.ErrCheckState)
}

// TestTwoCorrectionsFollowEachOther: while one waits for its supervisor, another of the same component is kept and waits.
func TestTwoCorrectionsFollowEachOther(t *testing.T) {
	w, ctx := newWorld(t, 2, nil).joined().published(), t.Context()
	one, two := w.forwarded(1, engine.Practical), w.forwarded(2, engine.Practical)
	_, err := w.board.CorrectScore(ctx, leader, one.ID, found(5900), "多加一项")
	w.must(err)
	_, err = w.board.CorrectScore(ctx, leader, two.ID, found(7000), "漏评")
	wantErr(t, "at the same time", err, result.ErrCorrectionOpen)
	w.wantOutcome(2, result.Pending)
	sign := func(k *result.ScoreCheck) {
		t.Helper()
		s, err := w.board.Correction(ctx, witness, k)
		w.must(err)
		_, err = w.board.WitnessCorrection(ctx, witness, k.ID, s.Digest)
		w.must(err)
	}
	sign(one)
	_, err = w.board.CorrectScore(ctx, leader, two.ID, found(7000), "漏评")
	w.must(err)
	sign(two)
	w.wantOutcome(2, result.Pass)
	if r := w.wantOutcome(1, result.Fail); !r.Turned() || r.Practical.Points != 5900 {
		t.Errorf("%+v", r)
	}
	turned, err := w.board.Turned(ctx, who("registrar", authz.Registrar))
	if err != nil || len(turned) != 1 || turned[0].Ticket != ticket(1) {
		t.Errorf("%v, %v", turned, err)
	}
	stranger := who("registrar", authz.Registrar)
	stranger.Org = "other"
	if turned, err := w.board.Turned(ctx, stranger); err != nil || len(turned) != 0 {
		t.Errorf("another body's registrar reads %v, %v", turned, err)
	}
	all, err := engine.SealHistory(ctx, w.store.Seals(), session, engine.Practical)
	if err != nil || len(all) != 3 || all[2].Replaces != all[1].Digest || all[1].Replaces != all[0].Digest {
		t.Errorf("%v, %v", all, err)
	}
}

// TestWhenAScoreMayBeChecked: from the first day of publicity for the policy's working days, and for a paper that a machine
// marked only at zero or absent.
// 公示首日起规定的工作日内可以查分；机阅的试卷，零分或缺考才可以。
func TestWhenAScoreMayBeChecked(t *testing.T) {
	zero := engine.SealedScore{Candidate: candidate(2), Standing: engine.Absent}
	for name, c := range map[string]struct {
		day  string
		n    int
		part engine.Component
		rule func(*engine.CheckPolicy)
		want error
	}{
		"the first day":                       {day: "2026-03-02", n: 1, part: engine.Practical},
		"the last day":                        {day: "2026-03-23", n: 1, part: engine.Practical},
		"the day after the last":              {day: "2026-03-24", n: 1, part: engine.Practical, want: result.ErrCheckClosed},
		"a theory paper marked by machine":    {day: "2026-03-02", n: 1, part: engine.Theory, want: result.ErrCheckMachine},
		"a theory paper of who is absent":     {day: "2026-03-02", n: 2, part: engine.Theory},
		"theory, where the policy allows all": {day: "2026-03-02", n: 1, part: engine.Theory, rule: func(p *engine.CheckPolicy) { p.Theory = engine.CheckAny }},
		"theory, where it allows none": {day: "2026-03-02", n: 2, part: engine.Theory, rule: func(p *engine.CheckPolicy) { p.Theory = engine.CheckNone },
			want: result.ErrCheckNone},
		"an old policy file":  {day: "2026-03-02", n: 1, part: engine.Practical, rule: func(p *engine.CheckPolicy) { *p = engine.CheckPolicy{} }, want: result.ErrCheckNone},
		"no component at all": {day: "2026-03-02", n: 1, part: "oral", want: result.ErrCheckInput},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, 2, nil)
			if c.rule != nil {
				c.rule(&w.policy.Results.Checks)
				w.open()
			}
			w.seal(engine.Theory, scored(1, 5000), zero)
			w.seal(engine.Practical, scored(1, 7000), scored(2, 7000))
			_, err := w.board.Join(t.Context(), office, session)
			w.must(err)
			_, err = w.board.AskCheck(t.Context(), sitter(c.n), ticket(c.n), c.part, "请核对")
			wantErr(t, "before publicity", err, result.ErrCheckClosed)
			w.published()
			w.clock.Set(date(t, c.day).In(w.policy.Location()).Add(23 * time.Hour))
			_, err = w.board.AskCheck(t.Context(), sitter(c.n), ticket(c.n), c.part, "请核对")
			if c.want == nil {
				w.must(err)
				return
			}
			wantErr(t, "asked", err, c.want)
		})
	}
	w := newWorld(t, 2, nil).joined().published()
	_, err := w.board.AskCheck(t.Context(), sitter(1), ticket(2), engine.Practical, "请核对")
	wantErr(t, "somebody else's score", err, result.ErrResult)
	_, err = w.board.AskCheck(t.Context(), sitter(2), ticket(2), engine.Practical, strings.Repeat("字", 501))
	wantErr(t, "a novel", err, result.ErrCheckInput)
}

// TestEveryStateOfACheck: what each step answers in each state.
// 查分每一步能做什么、不能做什么。
func TestEveryStateOfACheck(t *testing.T) {
	steps := map[string]func(*world, *result.ScoreCheck) error{
		"forward": func(w *world, k *result.ScoreCheck) error {
			_, err := w.board.ForwardCheck(w.t.Context(), office, k.ID)
			return err
		},
		"leave": func(w *world, k *result.ScoreCheck) error {
			_, err := w.board.LeaveScore(w.t.Context(), leader, k.ID, "无误")
			return err
		},
		"correct": func(w *world, k *result.ScoreCheck) error {
			_, err := w.board.CorrectScore(w.t.Context(), leader, k.ID, found(7000), "漏评")
			return err
		},
		"witness": func(w *world, k *result.ScoreCheck) error {
			digest := ""
			if s, err := w.board.Correction(w.t.Context(), witness, k); err == nil {
				digest = s.Digest
			}
			_, err := w.board.WitnessCorrection(w.t.Context(), witness, k.ID, digest)
			return err
		},
	}
	for state, c := range map[result.CheckState]struct {
		way []string // of steps that lead there
		may []string
	}{
		result.CheckAsked:     {nil, []string{"forward"}},
		result.CheckForwarded: {[]string{"forward"}, []string{"forward", "leave", "correct"}},
		result.CheckUnchanged: {[]string{"forward", "leave"}, []string{"leave"}},
		result.CheckError:     {[]string{"forward", "correct"}, []string{"correct", "witness"}},
		result.CheckCorrected: {[]string{"forward", "correct", "witness"}, []string{"witness"}},
	} {
		for step, do := range steps {
			w := newWorld(t, 2, nil).joined().published()
			k := w.asked(2, engine.Practical)
			for _, s := range c.way {
				w.must(steps[s](w, k))
			}
			got, err := w.store.Checks().Check(t.Context(), k.ID)
			w.must(err)
			if got.State != state {
				t.Fatalf("%v lead to %s", c.way, got.State)
			}
			may := strings.Contains(strings.Join(c.may, " "), step)
			if err := do(w, got); may != (err == nil) || !may && !errors.Is(err, result.ErrCheckState) {
				t.Errorf("%s, %s: %v", state, step, err)
			}
		}
	}
}

// TestTwoCorrectAtOnce: two leaders' corrections of one component at the same moment make one seal, and lose no answer.
func TestTwoCorrectAtOnce(t *testing.T) {
	w, ctx := newWorld(t, 2, nil).joined().published(), t.Context()
	checks := []*result.ScoreCheck{w.forwarded(1, engine.Practical), w.forwarded(2, engine.Practical)}
	var both sync.WaitGroup
	failed := make([]error, 2)
	for n, k := range checks {
		both.Go(func() { _, failed[n] = w.board.CorrectScore(ctx, leader, k.ID, found(7000), "漏评") })
	}
	both.Wait()
	all, err := engine.SealHistory(ctx, w.store.Seals(), session, engine.Practical)
	if err != nil || len(all) != 2 || (failed[0] == nil) == (failed[1] == nil) || !errors.Is(errors.Join(failed...), result.ErrCorrectionOpen) {
		t.Fatalf("%d seals, %v, %v", len(all), failed, err)
	}
	for n := range checks {
		w.wantOutcome(n+1, result.Pending)
	}
}

// TestTwoJoinAtOnce: whoever joins, there is one result a ticket and one publication.
func TestTwoJoinAtOnce(t *testing.T) {
	w := newWorld(t, 2, nil)
	w.seal(engine.Theory, scored(1, 6000), scored(2, 6000))
	w.seal(engine.Practical, scored(1, 6000), scored(2, 5999))
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			if p, err := w.board.Join(t.Context(), office, session); err != nil || p.Count != 2 || p.Revision != 1 {
				t.Errorf("%+v, %v", p, err)
			}
		})
	}
	all.Wait()
	for n, want := range []result.Outcome{result.Pass, result.Fail} {
		if r := w.wantOutcome(n+1, want); r.Revision != 1 || len(r.Earlier) != 0 {
			t.Errorf("%+v", r)
		}
	}
}

// kin puts on record that somebody of the staff is a relative of a candidate.
func (w *world) kin(staff engine.PersonID, c engine.PersonID) {
	w.t.Helper()
	registry := people.NewRegistry(w.store.People(), w.store.Organisations(), []byte("key"), w.clock)
	w.must(w.store.People().CreatePerson(w.t.Context(), &engine.Person{ID: staff, Name: string(staff)}))
	_, err := separation.NewJudge(w.store.Ties(), registry, w.policy.Ties, w.clock).Record(w.t.Context(), office,
		separation.Tie{Kind: separation.Kin, From: separation.PersonNode(staff), To: separation.PersonNode(c), Source: "声明"})
	w.must(err)
}

// TestRelativesAnswerNoScoreCheck: the leader turns out to be the mother of a candidate and the supervisor the father. She
// answers no check of her child's score, he signs no correction, and he decides no case about the child.
// 组长、督导员是考生父母的，不答复其查分、不签更正、不决定其案件。
func TestRelativesAnswerNoScoreCheck(t *testing.T) {
	w := newWorld(t, 2, nil).joined().published()
	n, err := w.store.Sessions().Session(t.Context(), session)
	w.must(err)
	n.Allotted = []engine.PersonID{candidate(1), candidate(2)}
	w.must(w.store.Sessions().UpdateSession(t.Context(), n))
	k := w.forwarded(2, engine.Practical)
	k, err = w.board.CorrectScore(t.Context(), leader, k.ID, found(6000), "应为60")
	w.must(err)
	s, err := w.board.Correction(t.Context(), witness, k)
	w.must(err)
	w.kin("leader", candidate(2))
	w.kin("witness", candidate(2))
	if _, err = w.board.CorrectScore(t.Context(), leader, k.ID, found(6100), "应为61"); !errors.Is(err, separation.ErrSeparated) {
		t.Errorf("the mother corrects: %v", err)
	}
	if _, err = w.board.LeaveScore(t.Context(), leader, k.ID, "无误"); !errors.Is(err, separation.ErrSeparated) {
		t.Errorf("the mother lets it stand: %v", err)
	}
	if _, err = w.board.WitnessCorrection(t.Context(), witness, k.ID, s.Digest); !errors.Is(err, separation.ErrSeparated) {
		t.Errorf("the father signs: %v", err)
	}
}

// TestAKeptPassIsDatedByWhenItWasPassed: the theory pass of March stays one of March, whatever is found of the practice later.
// 三月合格的理论，不因后来更正实操而变成后来合格。
func TestAKeptPassIsDatedByWhenItWasPassed(t *testing.T) {
	w := newWorld(t, 2, nil).joined().published().final()
	ctx := t.Context()
	w.clock.Set(date(t, "2026-03-12").In(w.policy.Location()))
	k := w.forwarded(2, engine.Practical)
	before, err := w.board.Retained(ctx, candidate(2), engine.Level5, date(t, "2026-03-20"))
	w.must(err)
	w.clock.Set(date(t, "2026-03-24").In(w.policy.Location()))
	k, err = w.board.CorrectScore(ctx, leader, k.ID, found(5000), "合计有误，仍不合格")
	w.must(err)
	s, err := w.board.Correction(ctx, witness, k)
	w.must(err)
	_, err = w.board.WitnessCorrection(ctx, witness, k.ID, s.Digest)
	w.must(err)
	for _, day := range []string{"2026-03-20", "2026-04-20"} {
		after, err := w.board.Retained(ctx, candidate(2), engine.Level5, date(t, day))
		if err != nil || len(after) != 1 || after[0].Component != engine.Theory {
			t.Fatalf("%s: %+v, %v", day, after, err)
		}
		if len(before) == 1 && after[0].Until != before[0].Until {
			t.Errorf("%s: until %s, before the correction until %s", day, after[0].Until, before[0].Until)
		}
	}
}
