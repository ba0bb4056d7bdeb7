package result_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/people"
	"github.com/skillcert/skillcert/engine/registration"
	"github.com/skillcert/skillcert/engine/result"
	"github.com/skillcert/skillcert/engine/separation"
	"github.com/skillcert/skillcert/engine/sitting"
	"github.com/skillcert/skillcert/engine/store/storetest"
)

var bureau = authz.Principal{Account: "account:bureau", Person: "bureau", Roles: []authz.Role{authz.Labour}, Province: "12"}

// caseStep is one step of a case, of candidate 1.
type caseStep func(*world, result.CaseID) error

func caseSteps() map[string]caseStep {
	only := func(_ *result.Case, err error) error { return err }
	return map[string]caseStep{
		"notify": func(w *world, id result.CaseID) error { return only(w.board.NotifyCase(w.t.Context(), office, id)) },
		"state": func(w *world, id result.CaseID) error {
			return only(w.board.StateCase(w.t.Context(), sitter(1), id, "手机已关机"))
		},
		"finish": func(w *world, id result.CaseID) error {
			return only(w.board.CompleteStatement(w.t.Context(), sitter(1), id, ""))
		},
		"propose": func(w *world, id result.CaseID) error {
			return only(w.board.ProposeCase(w.t.Context(), office, id, "serious", "", "携带并使用手机"))
		},
		"decide": func(w *world, id result.CaseID) error {
			return only(w.board.DecideCase(w.t.Context(), witness, id, true, "事实清楚"))
		},
		"dismiss": func(w *world, id result.CaseID) error {
			return only(w.board.DecideCase(w.t.Context(), witness, id, false, "证据不足"))
		},
		"appeal": func(w *world, id result.CaseID) error {
			return only(w.board.AppealCase(w.t.Context(), sitter(1), id, "请复核"))
		},
		"conclude": func(w *world, id result.CaseID) error {
			return only(w.board.ConcludeCase(w.t.Context(), bureau, id, true, "维持"))
		},
		"overturn": func(w *world, id result.CaseID) error {
			return only(w.board.ConcludeCase(w.t.Context(), bureau, id, false, "监控显示手机已关机"))
		},
	}
}

func (w *world) opened() *result.Case {
	w.t.Helper()
	k, err := w.board.OpenCase(w.t.Context(), office, session, ticket(1), result.Report{Facts: "考试中使用手机", Evidence: []string{"监控录像 3 号机 10:21", " "}})
	w.must(err)
	return k
}

// along takes the steps one after another.
func (w *world) along(id result.CaseID, way ...string) {
	w.t.Helper()
	for _, s := range way {
		if err := caseSteps()[s](w, id); err != nil {
			w.t.Fatalf("%s: %v", s, err)
		}
	}
}

// TestEveryStateOfACase: what each step answers in each state.
// 违纪案件每一步能做什么、不能做什么。
func TestEveryStateOfACase(t *testing.T) {
	all := []string{"notify", "state", "finish", "propose", "decide", "dismiss", "appeal", "conclude", "overturn"}
	for name, c := range map[string]struct {
		way, may []string
		outcome  result.Outcome
	}{
		"opened":          {nil, []string{"notify"}, result.Pending},
		"notified":        {[]string{"notify"}, []string{"notify", "state", "finish"}, result.Pending},
		"stated":          {[]string{"notify", "state"}, []string{"notify", "state", "finish"}, result.Pending},
		"heard":           {[]string{"notify", "state", "finish"}, []string{"notify", "state", "finish", "propose"}, result.Pending},
		"nothing to say":  {[]string{"notify", "finish"}, []string{"notify", "finish", "propose"}, result.Pending},
		"proposed":        {[]string{"notify", "state", "finish", "propose"}, []string{"decide", "dismiss"}, result.Pending},
		"decided":         {[]string{"notify", "state", "finish", "propose", "decide"}, []string{"decide", "appeal"}, result.Fail},
		"dismissed":       {[]string{"notify", "state", "finish", "propose", "dismiss"}, []string{"dismiss"}, result.Pass},
		"appealed":        {[]string{"notify", "state", "finish", "propose", "decide", "appeal"}, []string{"appeal", "conclude", "overturn"}, result.Pending},
		"final, stands":   {[]string{"notify", "state", "finish", "propose", "decide", "appeal", "conclude"}, []string{"conclude"}, result.Fail},
		"final, it falls": {[]string{"notify", "state", "finish", "propose", "decide", "appeal", "overturn"}, []string{"overturn"}, result.Pass},
	} {
		for _, step := range all {
			w := newWorld(t, 2, nil).joined().published()
			k := w.opened()
			w.along(k.ID, c.way...)
			w.wantOutcome(1, c.outcome)
			err := caseSteps()[step](w, k.ID)
			refused := errors.Is(err, result.ErrCaseState) || errors.Is(err, result.ErrCaseHeard) || errors.Is(err, result.ErrCase) || errors.Is(err, result.ErrCaseSaid)
			again := step == "finish" && slices.Contains(c.way, "finish") // saying it again is harmless
			if may := again || slices.Contains(c.may, step); may != (err == nil) || !may && !refused {
				t.Errorf("%s, %s: %v", name, step, err)
			}
		}
	}
}

// TestSeriousMisconductVoidsTheWholeSitting: both components, five years on record; the pass is withdrawn, and the result
// keeps what it said before. When the authority overturns the ruling, the pass is back.
// 严重违纪两科都作废并记录五年；上级撤销的，成绩恢复。
func TestSeriousMisconductVoidsTheWholeSitting(t *testing.T) {
	w, ctx := newWorld(t, 2, nil).joined().published(), t.Context()
	k := w.opened()
	w.along(k.ID, "notify", "state", "finish", "propose", "decide")
	r := w.wantOutcome(1, result.Fail)
	if r.Theory.Standing != engine.Voided || r.Practical.Standing != engine.Voided || r.Theory.Case != k.ID || !r.Turned() || len(r.Earlier) != 1 {
		t.Fatalf("%+v", r)
	}
	k, err := w.board.Case(ctx, office, k.ID)
	if err != nil || k.AppealBy != date(t, "2026-03-16") || k.Decision.Until != date(t, "2031-03-02") || k.Decision.Blocks {
		t.Fatalf("%+v, %v", k.Decision, err)
	}
	for day, want := range map[string]bool{"2026-03-02": true, "2031-03-02": true, "2031-03-03": false} {
		if on, _ := k.OnRecord(date(t, day)); on != want {
			t.Errorf("on record on %s: %v", day, on)
		}
	}
	turned := func(n int) {
		t.Helper()
		if got, err := w.board.Turned(ctx, who("registrar", authz.Registrar)); err != nil || len(got) != n {
			t.Errorf("%d certificates to take back: %v, %v", len(got), got, err)
		}
	}
	turned(0) // the candidate may still ask for a review
	decided := w.clock.Now()
	w.clock.Set(decided.AddDate(0, 0, 20))
	turned(1)
	w.clock.Set(decided)
	w.along(k.ID, "appeal")
	turned(0)
	if waiting, err := w.board.Appeals(ctx, bureau); err != nil || len(waiting) != 1 {
		t.Fatalf("%v, %v", waiting, err)
	}
	elsewhere := bureau
	elsewhere.Province = "13"
	if waiting, err := w.board.Appeals(ctx, elsewhere); err != nil || len(waiting) != 0 {
		t.Errorf("another province reads %v, %v", waiting, err)
	}
	_, err = w.board.ConcludeCase(ctx, elsewhere, k.ID, false, "撤销")
	wantErr(t, "another province decides", err, result.ErrCaseProvince)
	w.along(k.ID, "overturn")
	if r := w.wantOutcome(1, result.Pass); r.Turned() || len(r.Earlier) != 2 {
		t.Errorf("%+v", r)
	}
}

// TestGeneralMisconductVoidsOneComponent: the other one stands, and nothing goes on record.
// 一般违纪只作废一科，不留记录。
func TestGeneralMisconductVoidsOneComponent(t *testing.T) {
	w, ctx := newWorld(t, 2, nil).joined().published(), t.Context()
	k := w.opened()
	w.along(k.ID, "notify", "state", "finish")
	_, err := w.board.ProposeCase(ctx, office, k.ID, "general", "", "擅自离座")
	wantErr(t, "no component named", err, result.ErrCaseInput)
	_, err = w.board.ProposeCase(ctx, office, k.ID, "murder", "", "擅自离座")
	wantErr(t, "a tier that nobody set", err, result.ErrCaseInput)
	_, err = w.board.ProposeCase(ctx, office, k.ID, "general", engine.Theory, "擅自离座")
	w.must(err)
	w.along(k.ID, "decide")
	r := w.wantOutcome(1, result.Fail)
	if r.Theory.Standing != engine.Voided || r.Practical.Standing != engine.Scored {
		t.Errorf("%+v", r)
	}
	if k, err = w.board.Case(ctx, office, k.ID); err != nil || !k.Decision.Until.IsZero() {
		t.Errorf("%+v, %v", k.Decision, err)
	}
}

// TestWhoHasSaidEverythingIsNotKeptWaiting (我已说完，不再补充): the candidate says so in so many words, the statement stays as it is from
// then on, and the office need not wait for the last day. Without that word it waits, whatever was stated.
func TestWhoHasSaidEverythingIsNotKeptWaiting(t *testing.T) {
	w, ctx := newWorld(t, 2, nil).joined().published(), t.Context()
	k := w.opened()
	w.along(k.ID, "notify", "state", "finish", "finish")
	_, err := w.board.StateCase(ctx, sitter(1), k.ID, "还想补充一点")
	wantErr(t, "changed afterwards", err, result.ErrCaseSaid)
	w.along(k.ID, "propose")
	if k, err = w.board.Case(ctx, office, k.ID); err != nil || k.Completed.IsZero() || k.Statement != "手机已关机" {
		t.Errorf("%+v, %v", k, err)
	}
}

// TestTheCandidateIsHeardFirst: nobody proposes before the statement or the end of its time; the candidate learns of the
// case by the notice, and nobody else's candidate does.
// 先听考生陈述，期限未到不得拟决定。
func TestTheCandidateIsHeardFirst(t *testing.T) {
	w, ctx := newWorld(t, 2, nil).joined().published(), t.Context()
	k := w.opened()
	if own, err := w.board.OwnCases(ctx, sitter(1), ticket(1)); err != nil || len(own) != 0 {
		t.Errorf("before the notice: %v, %v", own, err)
	}
	w.along(k.ID, "notify")
	if own, err := w.board.OwnCases(ctx, sitter(1), ticket(1)); err != nil || len(own) != 1 || own[0].StateBy != date(t, "2026-03-09") {
		t.Errorf("%v, %v", own, err)
	}
	_, err := w.board.OwnCases(ctx, sitter(2), ticket(1))
	wantErr(t, "somebody else reads", err, result.ErrCase)
	_, err = w.board.StateCase(ctx, sitter(2), k.ID, "我作证")
	wantErr(t, "somebody else states", err, result.ErrCase)
	_, err = w.board.CompleteStatement(ctx, sitter(2), k.ID, "")
	wantErr(t, "somebody else has nothing to add", err, result.ErrCase)
	wantErr(t, "proposed at once", caseSteps()["propose"](w, k.ID), result.ErrCaseHeard)
	w.along(k.ID, "state")
	wantErr(t, "proposed right after a first statement, which may still be changed", caseSteps()["propose"](w, k.ID), result.ErrCaseHeard)
	w.clock.Set(date(t, "2026-03-09").In(w.policy.Location()))
	wantErr(t, "proposed on the last day", caseSteps()["propose"](w, k.ID), result.ErrCaseHeard)
	w.clock.Set(date(t, "2026-03-10").In(w.policy.Location()))
	wantErr(t, "stated too late", caseSteps()["state"](w, k.ID), result.ErrCaseLate)
	w.along(k.ID, "propose", "decide")
	w.clock.Set(date(t, "2026-03-25").In(w.policy.Location()))
	wantErr(t, "appealed too late", caseSteps()["appeal"](w, k.ID), result.ErrCaseLate)
}

// TestLastWordsAreKept: what stands in the form when the candidate says that they have nothing to add is their statement; an empty
// form leaves what was stated before, the same press again is harmless, and other words afterwards are refused, not lost in silence.
// 考生写好陈述后直接按“我已说完”，写的话必须留下。
func TestLastWordsAreKept(t *testing.T) {
	w, ctx := newWorld(t, 2, nil).joined().published(), t.Context()
	k := w.opened()
	w.along(k.ID, "notify", "state")
	_, err := w.board.CompleteStatement(ctx, sitter(1), k.ID, strings.Repeat("说", 501))
	wantErr(t, "too long", err, result.ErrCaseInput)
	for range 2 {
		got, err := w.board.CompleteStatement(ctx, sitter(1), k.ID, " 手机没有开机 ")
		if err != nil || got.Statement != "手机没有开机" || got.Completed.IsZero() {
			t.Fatalf("%+v, %v", got, err)
		}
	}
	_, err = w.board.CompleteStatement(ctx, sitter(1), k.ID, "还有一句")
	wantErr(t, "other words after the last ones", err, result.ErrCaseSaid)

	w = newWorld(t, 2, nil).joined().published()
	k = w.opened()
	w.along(k.ID, "notify", "state")
	if got, err := w.board.CompleteStatement(ctx, sitter(1), k.ID, " "); err != nil || got.Statement != "手机已关机" || got.Completed.IsZero() {
		t.Errorf("an empty form: %+v, %v", got, err)
	}
}

// TestWhoReportedDoesNotDecide: neither who opened the case, nor the invigilator who voided the seat, nor who proposed, nor
// on appeal who decided; and nobody decides their own case.
// 举报的、立案的、拟决定的，都不作决定；申诉不由原决定人处理。
func TestWhoReportedDoesNotDecide(t *testing.T) {
	w, ctx := newWorld(t, 2, nil), t.Context()
	seat, err := w.store.Seats().Seat(ctx, ticket(1))
	w.must(err)
	seat.Voided, seat.Note = monday, "使用手机"
	seat.Trail.Add(monday, "account:guard", "seat.voided", "使用手机")
	w.must(w.store.Seats().UpdateSeat(ctx, seat))
	k, err := w.board.OpenCase(ctx, witness, session, ticket(1), result.Report{Facts: "使用手机", Evidence: []string{"考场情况记录"}})
	if err != nil || !k.FromRoom || len(k.Reporters) != 2 {
		t.Fatalf("%+v, %v", k, err)
	}
	w.along(k.ID, "notify", "state", "finish", "propose")
	wantErr(t, "who opened it decides", caseSteps()["decide"](w, k.ID), result.ErrCaseTwo)
	both := authz.Principal{Account: "account:guard", Person: "guard", Org: "body", Roles: []authz.Role{authz.Supervisor}}
	_, err = w.board.DecideCase(ctx, both, k.ID, true, "是")
	wantErr(t, "the invigilator decides", err, result.ErrCaseTwo)
	both.Account, both.Person = "account:second", "office"
	_, err = w.board.DecideCase(ctx, both, k.ID, true, "是")
	wantErr(t, "who proposed decides under another account", err, result.ErrCaseTwo)
	both.Person = string(candidate(1))
	_, err = w.board.DecideCase(ctx, both, k.ID, false, "不是")
	wantErr(t, "one's own case", err, result.ErrOwnMatter)
	both.Person = "third"
	_, err = w.board.DecideCase(ctx, both, k.ID, true, "是")
	w.must(err)
	w.along(k.ID, "appeal")
	judge := bureau
	judge.Person = "third"
	_, err = w.board.ConcludeCase(ctx, judge, k.ID, true, "维持")
	wantErr(t, "who decided rules on the appeal", err, result.ErrCaseTwo)
	w.along(k.ID, "conclude")
}

// 提出处理意见的人换一个证件不能决定，考生本人的另一证件也不能；作出决定的人换一个证件，不能办理对这一决定的复核申请。
func TestNobodyDecidesTwiceUnderTwoDocuments(t *testing.T) {
	w, ctx := newWorld(t, 2, nil).joined().published(), t.Context()
	k := w.opened()
	w.along(k.ID, "notify", "state", "finish", "propose")
	for what, c := range map[engine.PersonID]struct {
		of   engine.PersonID
		want error
	}{"proposer": {"office", result.ErrCaseTwo}, "own": {candidate(1), result.ErrOwnMatter}} {
		storetest.OneHuman(t, w.store.People(), c.of, what)
		_, err := w.board.DecideCase(ctx, who(string(what), authz.Supervisor), k.ID, true, "属实")
		wantErr(t, "decided under another document: "+string(what), err, c.want)
	}
	w.along(k.ID, "decide", "appeal")
	storetest.OneHuman(t, w.store.People(), "witness", "bureau")
	wantErr(t, "who decided rules on the appeal", caseSteps()["conclude"](w, k.ID), result.ErrCaseTwo)
}

// TestARulingBeforeTheJoin: what was ruled before is in the first result already; what is open makes it pending.
func TestARulingBeforeTheJoin(t *testing.T) {
	w := newWorld(t, 2, nil)
	k := w.opened()
	w.along(k.ID, "notify", "state", "finish", "propose", "decide")
	_, err := w.board.OpenCase(t.Context(), office, session, ticket(2), result.Report{Facts: "传递纸条", Evidence: []string{"纸条"}})
	w.must(err)
	w.seal(engine.Theory, scored(1, 6000), scored(2, 6000))
	w.seal(engine.Practical, scored(1, 6000), scored(2, 6000))
	_, err = w.board.Join(t.Context(), office, session)
	w.must(err)
	if r := w.wantOutcome(1, result.Fail); r.Theory.Standing != engine.Voided || len(r.Earlier) != 0 || r.Turned() {
		t.Errorf("%+v", r)
	}
	if r := w.wantOutcome(2, result.Pending); r.Waiting() != "违纪案件尚未决定" {
		t.Errorf("%s", r.Waiting())
	}
	w.published()
	rows, _, err := w.board.PublicList(t.Context(), session)
	if err != nil || rows[1].Outcome != result.Pending {
		t.Errorf("the public list: %v, %v", rows, err)
	}
}

// TestARecordThatBlocks: only where the policy says so, and only while it lasts.
// 违纪记录只在政策规定的期限内限制报名。
func TestARecordThatBlocks(t *testing.T) {
	w, ctx := newWorld(t, 2, nil).joined().published(), t.Context()
	people := people.NewRegistry(w.store.People(), w.store.Organisations(), []byte("key"), w.clock)
	records := result.NewRecords(w.store.Cases(), people)
	k := w.opened()
	w.along(k.ID, "notify", "state", "finish")
	_, err := w.board.ProposeCase(ctx, office, k.ID, "grave", "", "替考")
	w.must(err)
	w.must(records.Barred(ctx, candidate(1), date(t, "2026-03-02")))
	w.along(k.ID, "decide")
	last := clock.Date{Year: 2076, Month: 3, Day: 2}
	wantErr(t, "while it lasts", records.Barred(ctx, candidate(1), last), result.ErrBarred)
	w.must(records.Barred(ctx, candidate(1), last.AddDays(1)))
	w.must(records.Barred(ctx, candidate(2), last))
	desk := registration.NewDesk(w.store.Applications(), people, w.policy, w.clock).Minding(records)
	apply := func(n int) string {
		a, err := desk.Apply(ctx, office, registration.Target{Session: "next", Org: "body", Level: engine.Level5, Day: date(t, "2026-05-01")}, candidate(n),
			registration.Claims{Condition: "5-1"}, "", "")
		w.must(err)
		return fmt.Sprint(a.Refusals)
	}
	if says := apply(1); !strings.Contains(says, "违纪记录期内不受理报名：至2076-03-02") {
		t.Errorf("barred: %s", says)
	}
	if says := apply(2); strings.Contains(says, "违纪") {
		t.Errorf("somebody else: %s", says)
	}
	w.along(k.ID, "appeal", "overturn")
	w.must(records.Barred(ctx, candidate(1), last))
}

// 用身份证作弊被记录的人，换护照报名也不受理，并说明记录在另一证件下；核定为两个人之后可以报；收回核定又不能报。
func TestARecordUnderTheOtherDocument(t *testing.T) {
	w, ctx := newWorld(t, 2, nil).joined().published(), t.Context()
	registry := people.NewRegistry(w.store.People(), w.store.Organisations(), []byte("key"), w.clock)
	records := result.NewRecords(w.store.Cases(), registry)
	k := w.opened()
	w.along(k.ID, "notify", "state", "finish")
	_, err := w.board.ProposeCase(ctx, office, k.ID, "grave", "", "替考")
	w.must(err)
	w.along(k.ID, "decide")
	day := date(t, "2026-05-01")
	w.must(records.Barred(ctx, "passport", day))
	pair := &people.Pair{ID: people.PairOf(candidate(1), "passport"), First: min(candidate(1), "passport"), Second: max(candidate(1), "passport"), State: people.PairOne}
	w.must(w.store.People().CreatePair(ctx, pair))
	err = records.Barred(ctx, "passport", day)
	wantErr(t, "under the passport", err, result.ErrBarred)
	if !strings.Contains(err.Error(), "另一证件") {
		t.Errorf("says %v", err)
	}
	for _, c := range []struct {
		to   people.PairState
		want error
	}{{people.PairTwo, nil}, {people.PairOne, result.ErrBarred}} {
		pair.State = c.to
		w.must(w.store.People().UpdatePair(ctx, pair))
		if err := records.Barred(ctx, "passport", day); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.to, err, c.want)
		}
	}
}

// TestACaseNeedsItsGround: facts and evidence, a ticket of the session, tiers in the policy, one open case at a time.
// 立案要写明事实和证据，一人一场同时只有一件。
func TestACaseNeedsItsGround(t *testing.T) {
	w, ctx := newWorld(t, 2, nil).joined(), t.Context()
	full := result.Report{Facts: "使用手机", Evidence: []string{"监控"}}
	_, err := w.board.OpenCase(ctx, office, session, ticket(1), result.Report{Evidence: []string{" "}})
	wantErr(t, "nothing said", err, result.ErrCaseInput)
	_, err = w.board.OpenCase(ctx, office, session, "26120000019999", full)
	wantErr(t, "nobody's ticket", err, sitting.ErrTicket)
	k, err := w.board.OpenCase(ctx, office, session, ticket(1), full)
	w.must(err)
	if again, err := w.board.OpenCase(ctx, office, session, ticket(1), full); err != nil || again.ID != k.ID || again.Revision != 1 {
		t.Errorf("%+v, %v", again, err)
	}
	_, err = w.board.OpenCase(ctx, office, session, ticket(1), result.Report{Facts: "又一次", Evidence: []string{"监控"}})
	wantErr(t, "a second open case", err, result.ErrCaseExists)
	w.policy.Results = engine.ResultPolicy{}
	w.open()
	_, err = w.board.OpenCase(ctx, office, session, ticket(2), full)
	wantErr(t, "an old policy file", err, result.ErrCasePolicy)
}

// TestWhoSawItDecidesUnderNoAccount: an invigilator of the candidate's room, who voided the seat or stood beside it, decides on
// the case under no account of theirs; neither does a relative.
// 在场的监考员用哪个账号都不能决定该案，亲属也不能。
func TestWhoSawItDecidesUnderNoAccount(t *testing.T) {
	w := newWorld(t, 2, nil).joined().published()
	ctx := t.Context()
	n, err := w.store.Sessions().Session(ctx, session)
	w.must(err)
	n.Duties = append(n.Duties, sitting.Duty{Person: "inv", Name: "监考", Role: authz.Invigilator, Room: "r"})
	w.must(w.store.Sessions().UpdateSession(ctx, n))
	seat, err := w.store.Seats().Seat(ctx, ticket(1))
	w.must(err)
	seat.Room, seat.Voided, seat.Note = "r", monday, "手机"
	seat.Trail.Add(monday, "account:inv", "seat.voided", "手机")
	w.must(w.store.Seats().UpdateSeat(ctx, seat))
	k := w.opened()
	w.along(k.ID, "notify", "state", "finish", "propose")
	second := authz.Principal{Account: "account:inv-2", Person: "inv", Roles: []authz.Role{authz.Supervisor}, Org: "body"}
	if _, err = w.board.DecideCase(ctx, second, k.ID, true, "属实"); !errors.Is(err, result.ErrCaseTwo) {
		t.Errorf("the invigilator under a second account: %v", err)
	}
	w.kin("witness", candidate(1))
	if _, err = w.board.DecideCase(ctx, witness, k.ID, false, "证据不足"); !errors.Is(err, separation.ErrSeparated) {
		t.Errorf("the father: %v", err)
	}
}

// TestWhoWasTakenOutForNothingSitsAgain: an invigilator takes a candidate out of the room, the case finds no misconduct. The
// theory paper that they could not finish is to be taken again; they have neither failed nor passed, and the practice that
// they passed is kept for it. With a second case that is upheld it stays void.
// 监考员请出考生、查无违纪的，理论重考，实操合格成绩保留。
func TestWhoWasTakenOutForNothingSitsAgain(t *testing.T) {
	w, ctx := newWorld(t, 2, nil), t.Context()
	seat, err := w.store.Seats().Seat(ctx, ticket(1))
	w.must(err)
	seat.Voided, seat.Note = monday, "使用手机"
	seat.Trail.Add(monday, "account:guard", "seat.voided", "使用手机")
	w.must(w.store.Seats().UpdateSeat(ctx, seat))
	w.seal(engine.Theory, engine.SealedScore{Candidate: candidate(1), Standing: engine.Voided}, scored(2, 6000))
	w.seal(engine.Practical, scored(1, 6000), scored(2, 6000))
	k := w.opened()
	_, err = w.board.Join(ctx, office, session)
	w.must(err)
	w.wantOutcome(1, result.Pending)
	w.along(k.ID, "notify", "state", "finish", "propose")
	_, err = w.board.DecideCase(ctx, witness, k.ID, false, "手机是监考员的")
	w.must(err)
	if r := w.wantOutcome(1, result.Pending); r.Theory.Standing != engine.Due || !strings.Contains(r.Waiting(), "尚待补考（理论知识") || !r.Practical.Passed() {
		t.Errorf("%+v, %s", r, r.Waiting())
	}
	second, err := w.board.OpenCase(ctx, office, session, ticket(1), result.Report{Facts: "另有替考", Evidence: []string{"照片"}})
	w.must(err)
	w.along(second.ID, "notify", "state", "finish", "propose", "decide")
	if r := w.wantOutcome(1, result.Fail); r.Theory.Standing != engine.Voided {
		t.Errorf("%+v", r)
	}
}
