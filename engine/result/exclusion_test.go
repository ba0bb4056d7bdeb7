package result_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/practical"
	"github.com/skillcert/skillcert/engine/result"
	"github.com/skillcert/skillcert/engine/sitting"
)

func voided(n int) engine.SealedScore {
	return engine.SealedScore{Candidate: candidate(n), Standing: engine.Voided}
}

// sentOut is what an invigilator leaves in the records who sends a candidate out of the room.
func (w *world) sentOut(n int, words string) {
	w.t.Helper()
	seat, err := w.store.Seats().Seat(w.t.Context(), ticket(n))
	w.must(err)
	seat.Voided, seat.Note = w.clock.Now(), words
	seat.Trail.AddBy(w.clock.Now(), authz.Principal{Account: "account:guard", Name: "监考甲"}, "seat.voided", words)
	w.must(w.store.Seats().UpdateSeat(w.t.Context(), seat))
}

// excluded is what a practical leader leaves in the records who excludes a candidate, once more each time.
func (w *world) excluded(n int, words string) {
	w.t.Helper()
	a, err := w.store.Assessments().Assessment(w.t.Context(), practical.AssessmentOf(ticket(n)))
	fresh := err != nil
	if fresh {
		a = &practical.Assessment{ID: practical.AssessmentOf(ticket(n)), Session: session, Candidate: candidate(n), Ticket: ticket(n)}
	}
	a.Standing = engine.Voided
	a.Trail.AddBy(w.clock.Now(), authz.Principal{Account: "account:leader", Name: "组长乙"}, "assessment.excused", "voided: "+words)
	if fresh {
		w.must(w.store.Assessments().CreateAssessment(w.t.Context(), a))
		return
	}
	w.must(w.store.Assessments().UpdateAssessment(w.t.Context(), a))
}

// waiting are the tickets that wait for a case to be opened.
func (w *world) waiting() (all []sitting.Ticket) {
	w.t.Helper()
	rows, err := w.board.Uncased(w.t.Context(), office, session)
	w.must(err)
	for _, r := range rows {
		all = append(all, r.Ticket)
	}
	return all
}

func (w *world) wantWaiting(want ...sitting.Ticket) {
	w.t.Helper()
	if got := w.waiting(); !slices.Equal(got, want) {
		w.t.Errorf("待立案 %v, want %v", got, want)
	}
}

// fromRoom opens the case over candidate 1's exclusion.
func (w *world) fromRoom() *result.Case {
	w.t.Helper()
	k, err := w.board.OpenFromRoom(w.t.Context(), office, session, ticket(1))
	w.must(err)
	return k
}

// joinedWithout seals candidate 1 as void in the components and joins: candidate 2 passes both.
func (w *world) joinedWithout(void ...engine.Component) *world {
	w.t.Helper()
	for _, c := range []engine.Component{engine.Theory, engine.Practical} {
		one := scored(1, 9000)
		if slices.Contains(void, c) {
			one = voided(1)
		}
		w.seal(c, one, scored(2, 6000))
	}
	_, err := w.board.Join(w.t.Context(), office, session)
	w.must(err)
	return w.published()
}

// TestNobodyFailsByTheInvigilatorsWordAlone: an invigilator sends a candidate out of the room, and nobody opens a case. The
// candidate has not failed: their result is 待定, on the public list too, while the other candidate's stands and becomes final.
func TestNobodyFailsByTheInvigilatorsWordAlone(t *testing.T) {
	w := newWorld(t, 2, nil)
	w.sentOut(1, "使用手机")
	w.joinedWithout(engine.Theory, engine.Practical)
	r := w.wantOutcome(1, result.Pending)
	if !r.Unruled(engine.Theory) || !r.Unruled(engine.Practical) || r.Waiting() != "已取消资格，尚未立案" {
		t.Errorf("%+v, %s", r, r.Waiting())
	}
	rows, _, err := w.board.PublicList(t.Context(), session)
	if w.must(err); rows[0].Outcome != result.Pending || !rows[0].Disciplined || rows[1].Outcome != result.Pass || rows[1].Disciplined {
		t.Errorf("the public list: %+v", rows)
	}
	w.final()
	w.wantOutcome(1, result.Pending)
	if r, err := w.board.Final(t.Context(), result.Of(ticket(2))); err != nil || r.Outcome() != result.Pass {
		t.Errorf("the other candidate is held up: %v, %v", r, err)
	}
	w.wantWaiting(ticket(1))
}

// TestNobodyFailsByTheLeadersWordAlone: the same where the leader of practice excluded the candidate. With the case opened,
// heard and decided the candidate has failed, by the ruling; until then the theory that they passed is no kept pass either.
// 组长一人把考生请出的，不算不合格；立案、听取陈述、作出决定后才算。
func TestNobodyFailsByTheLeadersWordAlone(t *testing.T) {
	w := newWorld(t, 2, nil)
	w.excluded(1, "携带与考核无关的物品")
	w.joinedWithout(engine.Practical)
	w.final()
	if r := w.wantOutcome(1, result.Pending); r.Unruled(engine.Theory) || !r.Unruled(engine.Practical) {
		t.Errorf("%+v", r)
	}
	kept, err := w.board.PassesOf(t.Context(), office, candidate(1), date(t, "2026-05-01"))
	if w.must(err); len(kept) != 1 || kept[0].Lapse != result.LapsedDispute {
		t.Errorf("kept while nobody has ruled: %+v", kept)
	}
	k := w.fromRoom()
	if !k.FromRoom || !slices.Equal(k.Over, []engine.Component{engine.Practical}) {
		t.Errorf("%+v", k)
	}
	w.along(k.ID, "notify", "state", "finish", "propose")
	w.wantOutcome(1, result.Pending)
	w.along(k.ID, "decide")
	if r := w.wantOutcome(1, result.Fail); r.Practical.Case != k.ID || r.Theory.Case != k.ID || r.Unruled(engine.Practical) {
		t.Errorf("%+v", r)
	}
}

// TestOneClickOpensTheCase: what the invigilator and the leader wrote is in it, with who and when; neither of them decides. The
// second click leads to the same case, and so does one after it was decided.
// 一键立案：监考员和组长写的都在案里，写的人不参与决定。
func TestOneClickOpensTheCase(t *testing.T) {
	w, ctx := newWorld(t, 2, nil), t.Context()
	w.sentOut(1, "使用手机")
	w.clock.Advance(time.Hour)
	w.excluded(1, "与他人交谈")
	w.wantWaiting(ticket(1))
	k := w.fromRoom()
	for _, want := range []string{"使用手机", "与他人交谈", "监考甲", "组长乙", "2026-03-02 10:00"} {
		if !strings.Contains(k.Facts+strings.Join(k.Evidence, ""), want) {
			t.Errorf("the case lacks %q: %s %v", want, k.Facts, k.Evidence)
		}
	}
	w.wantWaiting()
	if again := w.fromRoom(); again.ID != k.ID {
		t.Errorf("opened twice: %+v", again)
	}
	w.along(k.ID, "notify", "state", "finish", "propose")
	for _, account := range []string{"account:guard", "account:leader"} {
		both := authz.Principal{Account: account, Person: "somebody", Org: "body", Roles: []authz.Role{authz.Supervisor}}
		_, err := w.board.DecideCase(ctx, both, k.ID, true, "是")
		wantErr(t, account+" decides", err, result.ErrCaseTwo)
	}
	second := authz.Principal{Account: "account:leader-2", Person: "leader", Org: "body", Roles: []authz.Role{authz.Supervisor}}
	_, err := w.board.DecideCase(ctx, second, k.ID, true, "是")
	wantErr(t, "the leader decides under a second account", err, result.ErrCaseTwo)
	w.along(k.ID, "dismiss")
	if again := w.fromRoom(); again.ID != k.ID {
		t.Errorf("opened anew after the decision: %+v", again)
	}
	_, err = w.board.OpenFromRoom(ctx, office, session, ticket(2))
	wantErr(t, "nobody excluded the other", err, result.ErrNoExclusion)
	_, err = w.board.OpenFromRoom(ctx, who("leader", authz.Leader), session, ticket(1))
	if err == nil {
		t.Error("a leader opens a case")
	}
}

// TestWhoWasExcludedForNothingIsAssessedAgain: the practical component, excluded by the leader, is due again when the case is
// dismissed, and when the authority overturns the ruling on appeal. The theory that they passed is kept for it.
// 查无违纪、或申诉后撤销的，该科重新考，另一科的合格成绩保留。
func TestWhoWasExcludedForNothingIsAssessedAgain(t *testing.T) {
	for name, way := range map[string][]string{"dismissed": {"dismiss"}, "overturned": {"decide", "appeal", "overturn"}} {
		w := newWorld(t, 2, nil)
		w.excluded(1, "携带手机")
		w.joinedWithout(engine.Practical).final()
		w.along(w.fromRoom().ID, append([]string{"notify", "state", "finish", "propose"}, way...)...)
		r := w.wantOutcome(1, result.Pending)
		if r.Practical.Standing != engine.Due || !strings.Contains(r.Waiting(), "尚待补考（操作技能") || !r.Theory.Passed() {
			t.Errorf("%s: %+v, %s", name, r, r.Waiting())
		}
		kept, err := w.board.PassesOf(t.Context(), office, candidate(1), date(t, "2026-05-01"))
		if w.must(err); len(kept) != 1 || kept[0].Lapse != "" {
			t.Errorf("%s: the theory that they passed: %+v", name, kept)
		}
	}
}

// TestARulingOnOneComponentLeavesTheOtherDue: sent out of the theory room, the candidate could not take the practice either. The
// ruling voids theory only: practice is void by nobody's word any more.
// 只作废理论的，因此没考成的实操补考。
func TestARulingOnOneComponentLeavesTheOtherDue(t *testing.T) {
	w := newWorld(t, 2, nil)
	w.sentOut(1, "擅自离座")
	w.joinedWithout(engine.Theory, engine.Practical)
	k := w.fromRoom()
	w.along(k.ID, "notify", "state", "finish")
	_, err := w.board.ProposeCase(t.Context(), office, k.ID, "general", engine.Theory, "擅自离座")
	w.must(err)
	w.along(k.ID, "decide")
	if r := w.wantOutcome(1, result.Fail); r.Theory.Case != k.ID || r.Practical.Standing != engine.Due || len(r.Awaits) != 0 {
		t.Errorf("%+v", r)
	}
}

// TestAnotherCaseIsNoRuling: a case about something else, dismissed or decided for the other component, does not stand for one
// about what the leader excluded the candidate for; while it is open, a second is not opened.
// 别的事由、别的科目的案子，不能代替这一件。
func TestAnotherCaseIsNoRuling(t *testing.T) {
	w, ctx := newWorld(t, 2, nil), t.Context()
	other := w.opened()
	w.clock.Advance(time.Hour)
	w.excluded(1, "携带手机")
	w.joinedWithout(engine.Practical)
	_, err := w.board.OpenFromRoom(ctx, office, session, ticket(1))
	wantErr(t, "while another is open", err, result.ErrCaseExists)
	if rows, err := w.board.Uncased(ctx, office, session); err != nil || len(rows) != 1 || !rows[0].Other {
		t.Errorf("%+v, %v", rows, err)
	}
	w.along(other.ID, "notify", "state", "finish", "propose", "dismiss")
	if r := w.wantOutcome(1, result.Pending); r.Practical.Standing != engine.Voided || r.Waiting() != "已取消资格，尚未立案" {
		t.Errorf("%+v, %s", r, r.Waiting())
	}
	k := w.fromRoom()
	w.along(k.ID, "notify", "state", "finish", "propose", "dismiss")
	if r := w.wantOutcome(1, result.Pending); r.Practical.Standing != engine.Due {
		t.Errorf("%+v", r)
	}
}

// TestExcludedOnceMore: the case over the first exclusion was dismissed and the leader took it back; what the candidate is
// excluded for afterwards waits for a case of its own.
// 第一次查无违纪，后来再次被请出的，另行立案。
func TestExcludedOnceMore(t *testing.T) {
	w := newWorld(t, 2, nil)
	w.excluded(1, "携带手机")
	w.along(w.fromRoom().ID, "notify", "state", "finish", "propose", "dismiss")
	w.clock.Advance(time.Hour)
	w.excluded(1, "殴打考评员")
	w.wantWaiting(ticket(1))
	w.joinedWithout(engine.Practical)
	if r := w.wantOutcome(1, result.Pending); r.Practical.Standing != engine.Voided {
		t.Errorf("%+v", r)
	}
	k := w.fromRoom()
	if k.No != 2 || !strings.Contains(k.Facts, "殴打考评员") {
		t.Errorf("%+v", k)
	}
	w.along(k.ID, "notify", "state", "finish", "propose", "decide")
	w.wantOutcome(1, result.Fail)
}

// TestWhoSignsTheSealIsTold: the leaders of both components, on duty, and whoever reads results learn who waits for a case; a
// leader of another session, and candidates, do not.
func TestWhoSignsTheSealIsTold(t *testing.T) {
	w, ctx := newWorld(t, 2, nil), t.Context()
	w.excluded(1, "携带手机")
	for _, c := range []struct {
		by   authz.Principal
		part engine.Component
		want int
	}{{who("leader", authz.Leader), engine.Practical, 1}, {who("marker", authz.Marker), engine.Theory, 0}, {witness, engine.Practical, 1}, {witness, "", 1}} {
		if got, err := w.board.UncasedTickets(ctx, c.by, session, c.part); err != nil || len(got) != c.want {
			t.Errorf("%s of %s: %v, %v", c.by.Person, c.part, got, err)
		}
	}
	for name, by := range map[string]authz.Principal{"not on duty": who("other", authz.Leader), "a candidate": sitter(2), "an examiner": who("leader", authz.Examiner)} {
		if _, err := w.board.UncasedTickets(ctx, by, session, engine.Practical); err == nil {
			t.Errorf("%s reads who waits", name)
		}
	}
	if _, err := w.board.UncasedTickets(ctx, who("leader", authz.Leader), session, engine.Theory); err == nil {
		t.Error("the leader of practice reads of theory")
	}
}

// TestACorrectionVoidsNobodyEither: two persons correct a sealed score to 违纪取消; that is no ruling, and the candidate is heard.
func TestACorrectionVoidsNobodyEither(t *testing.T) {
	w := newWorld(t, 2, nil)
	w.joinedWithout(engine.Theory) // the seal alone says so, no room does
	w.wantOutcome(1, result.Pending)
	w.wantWaiting(ticket(1))
	k := w.fromRoom()
	if k.FromRoom || !slices.Equal(k.Over, []engine.Component{engine.Theory}) {
		t.Errorf("%+v", k)
	}
	w.along(k.ID, "notify", "state", "finish", "propose", "dismiss")
	if r := w.wantOutcome(1, result.Pending); r.Theory.Standing != engine.Due {
		t.Errorf("%+v", r)
	}
}
