package result_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/registration"
	"github.com/skillcert/skillcert/engine/result"
	"github.com/skillcert/skillcert/engine/sitting"
)

// final ends the publicity of the first session, a week later.
func (w *world) final() *world {
	w.t.Helper()
	w.clock.Set(date(w.t, "2026-03-10").In(w.policy.Location()))
	_, err := w.board.Finalize(w.t.Context(), office, session)
	w.must(err)
	return w
}

// retake is a later session of the same level, in which candidate 2 takes practice only.
func (w *world) retake(id sitting.SessionID, on time.Time, points engine.Points) *result.Result {
	w.t.Helper()
	w.must(w.enter(id, on))
	return w.sat(id, on, points)
}

// enter plans the retake, seats candidate 2 and has the office say that it is practice only, an hour before it begins.
func (w *world) enter(id sitting.SessionID, on time.Time) error {
	w.t.Helper()
	ctx, t := w.t.Context(), sitting.Ticket("26120000"+string(id)+"0001")
	w.must(w.store.Sessions().CreateSession(ctx, &sitting.Session{ID: id, Org: "body", Name: "补考", Level: engine.Level5, Policy: "p",
		Theory: clock.Window{Opens: on.Add(time.Hour), Closes: on.Add(2 * time.Hour)}, Practical: clock.Window{Opens: on.Add(time.Hour), Closes: on.Add(2 * time.Hour)}}))
	w.must(w.store.Seats().CreateSeat(ctx, &sitting.Seat{Ticket: t, Session: id, Candidate: candidate(2), No: 1}))
	w.clock.Set(on)
	_, err := w.sittings.TakeOnly(ctx, office, id, t, engine.Practical)
	return err
}

// sat seals what candidate 2 did in the retake, practice alone, and joins: of theory there is no seal, for nobody takes it.
func (w *world) sat(id sitting.SessionID, on time.Time, points engine.Points) *result.Result {
	w.t.Helper()
	ctx := w.t.Context()
	n := engine.NewSeal(string(id), engine.Practical, []engine.SealedScore{scored(2, points)}, "leader", on)
	w.must(n.Countersign(who("witness", authz.Supervisor), on))
	w.must(w.store.Seals().CreateSeal(ctx, n))
	_, err := w.board.Join(ctx, office, id)
	w.must(err)
	rows, err := w.board.Results(ctx, office, id)
	w.must(err)
	return rows[0]
}

// TestAPassedSubjectIsKept (单科成绩保留): who passed theory and failed practice comes back for practice alone.
func TestAPassedSubjectIsKept(t *testing.T) {
	w := newWorld(t, 2, nil).joined().published().final()
	kept, err := w.board.Retained(t.Context(), candidate(2), engine.Level5, date(t, "2026-09-01"))
	if err != nil || len(kept) != 1 || kept[0].Component != engine.Theory || kept[0].Until != date(t, "2027-03-02") || kept[0].Left != 1 {
		t.Fatalf("%+v, %v", kept, err)
	}
	first := w.outcome(2)
	r := w.retake("000002", date(t, "2026-09-01").In(time.UTC), 6000)
	if r.Outcome() != result.Pass || r.Theory.From != first.ID || r.Theory.Points != 10000 || r.TheoryDigest != first.TheoryDigest || r.Practical.From != "" || r.PracticalDigest == "" ||
		r.Theory.Origin != (result.Origin{Session: session, Name: "第一场", On: date(t, "2026-03-02")}) || r.Practical.Origin != (result.Origin{}) {
		t.Fatalf("%+v", r)
	}
	if kept, err := w.board.Retained(t.Context(), candidate(2), engine.Level5, date(t, "2026-10-01")); err != nil || len(kept) != 0 {
		t.Errorf("kept after its one retake: %+v, %v", kept, err)
	}
}

// TestWhatIsNotKept: too late, of another level, of a result that is not final, of who passed both, or where no policy says so.
// 过期、别的等级、尚未生效、两科都合格、政策不保留的，单科成绩不保留。
func TestWhatIsNotKept(t *testing.T) {
	for name, c := range map[string]struct {
		n     int
		level engine.Level
		day   string
		open  bool // publicity not over
		rule  func(*engine.RetainedPolicy)
		want  int
	}{
		"kept":                         {n: 2, level: engine.Level5, day: "2026-03-02", want: 1},
		"the last day":                 {n: 2, level: engine.Level5, day: "2027-03-02", want: 1},
		"a day too late":               {n: 2, level: engine.Level5, day: "2027-03-03"},
		"before it was passed":         {n: 2, level: engine.Level5, day: "2026-03-01"},
		"of another level":             {n: 2, level: engine.Level4, day: "2026-09-01"},
		"not final":                    {n: 2, level: engine.Level5, day: "2026-03-09", open: true},
		"who passed both":              {n: 1, level: engine.Level5, day: "2026-09-01"},
		"an old policy file":           {n: 2, level: engine.Level5, day: "2026-09-01", rule: func(p *engine.RetainedPolicy) { *p = engine.RetainedPolicy{} }},
		"half a year, on its end":      {n: 2, level: engine.Level5, day: "2026-09-02", rule: func(p *engine.RetainedPolicy) { p.Months = 6 }, want: 1},
		"half a year, after its end":   {n: 2, level: engine.Level5, day: "2026-09-03", rule: func(p *engine.RetainedPolicy) { p.Months = 6 }},
		"no attempt that it stands in": {n: 2, level: engine.Level5, day: "2026-09-01", rule: func(p *engine.RetainedPolicy) { p.Attempts = 0 }},
	} {
		w := newWorld(t, 2, nil).joined().published()
		if !c.open {
			w.final()
		}
		if c.rule != nil {
			c.rule(&w.policy.Results.Retained)
			w.open()
		}
		kept, err := w.board.Retained(t.Context(), candidate(c.n), c.level, date(t, c.day))
		if err != nil || len(kept) != c.want {
			t.Errorf("%s: %+v, %v", name, kept, err)
		}
	}
}

// TestAPassThatLapsedMeanwhile: the candidate was entered for practice alone while the theory pass was kept. Then the session was put
// off, or the rule became another. What was kept is judged on the day of the practice: where it stands no more, theory is still to be taken and
// the result says since when and why, and failing what was taken is failing.
// 报名时还有效、考核日已过期的单科成绩，不算数。
func TestAPassThatLapsedMeanwhile(t *testing.T) {
	for name, c := range map[string]struct {
		on     string
		points engine.Points
		rule   func(*engine.RetainedPolicy)
		want   result.Outcome
		waits  string
	}{
		"held as planned":        {on: "2026-09-01", points: 6000, want: result.Pass},
		"and failed":             {on: "2026-09-01", points: 5999, want: result.Fail},
		"put off, the last day":  {on: "2027-03-02", points: 6000, want: result.Pass},
		"put off too far":        {on: "2027-03-03", points: 6000, want: result.Pending, waits: "尚待补考（理论知识：2026-03-02合格，保留期至2027-03-02，考核日已过期）"},
		"too far, and failed":    {on: "2027-03-03", points: 5999, want: result.Fail},
		"another policy counts":  {"2026-09-01", 6000, func(p *engine.RetainedPolicy) { p.SamePolicy = true }, result.Pending, "尚待补考（理论知识：2026-03-02合格，原成绩按另一版政策评定，不能保留）"},
		"the same bank is asked": {"2026-09-01", 6000, func(p *engine.RetainedPolicy) { p.SameRelease = true }, result.Pass, ""},
		"nothing is kept now":    {"2026-09-01", 6000, func(p *engine.RetainedPolicy) { *p = engine.RetainedPolicy{} }, result.Pending, "尚待补考（理论知识：2026-03-02合格，现行政策不保留单科成绩）"},
	} {
		w := newWorld(t, 2, nil).joined().published().final()
		w.must(w.enter("000002", date(t, "2026-08-01").In(time.UTC)))
		n, err := w.store.Sessions().Session(t.Context(), "000002")
		w.must(err)
		on := date(t, c.on).In(time.UTC)
		n.Theory.Opens, n.Practical = on.AddDate(0, 0, -3), clock.Window{Opens: on, Closes: on.Add(time.Hour)}
		w.must(w.store.Sessions().UpdateSession(t.Context(), n))
		if c.rule != nil {
			c.rule(&w.policy.Results.Retained)
			w.open()
		}
		r := w.sat("000002", on, c.points)
		if r.Outcome() != c.want || r.Waiting() != c.waits {
			t.Errorf("%s: %s, %q, %+v", name, r.Outcome(), r.Waiting(), r)
		}
	}
}

// TestNoRetakeWithoutAKeptPass: the office cannot enter a candidate for one component where nothing is kept on the day, and is told why.
// 没有保留成绩的，不能只报一科，并说明原因。
func TestNoRetakeWithoutAKeptPass(t *testing.T) {
	for name, c := range map[string]struct {
		on   string
		rule func(*engine.RetainedPolicy)
		want string
	}{
		"the last day":   {on: "2027-03-02"},
		"a day too late": {on: "2027-03-03", want: "理论知识于2026-03-02合格，保留期至2027-03-02，考核日已过期"},
		"another policy": {"2026-09-01", func(p *engine.RetainedPolicy) { p.SamePolicy = true }, "理论知识于2026-03-02合格，原成绩按另一版政策评定，不能保留"},
	} {
		w := newWorld(t, 2, nil).joined().published().final()
		if c.rule != nil {
			c.rule(&w.policy.Results.Retained)
			w.open()
		}
		err := w.enter("000002", date(t, c.on).In(time.UTC))
		if c.want == "" {
			w.must(err)
			continue
		}
		if wantErr(t, name, err, registration.ErrNotKept); !strings.Contains(fmt.Sprint(err), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	w := newWorld(t, 2, nil).joined().published().final()
	w.must(w.store.Sessions().CreateSession(t.Context(), &sitting.Session{ID: "four", Org: "body", Level: engine.Level4, Theory: clock.Window{Opens: w.clock.Now().Add(time.Hour)}}))
	n, err := w.sittings.Get(t.Context(), "four")
	w.must(err)
	passes := result.NewPasses(result.Ports{Results: w.store.Results(), Publications: w.store.Publications(), Checks: w.store.Checks(), Cases: w.store.Cases()}, w.store.Sessions(), w.store.Applications(), w.policy, w.clock)
	for _, c := range []struct {
		n    int
		only engine.Component
		want string
	}{{2, engine.Practical, "理论知识的合格成绩是五级的，不能用于四级"}, {2, engine.Theory, "操作技能没有单科合格、可以保留的成绩"}, {1, engine.Practical, "理论知识没有单科合格、可以保留的成绩"}} {
		if err := passes.MayRetake(t.Context(), candidate(c.n), w.sittings.Target(n), c.only); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v, want %s", err, c.want)
		}
	}
}

// TestOnlyBeforeTheSession: what a candidate takes is settled before the session begins.
// 考哪一科，开考前定下，之后不改。
func TestOnlyBeforeTheSession(t *testing.T) {
	w := newWorld(t, 1, nil)
	if _, err := w.sittings.TakeOnly(t.Context(), office, session, ticket(1), engine.Theory); !errors.Is(err, sitting.ErrRetakeLate) {
		t.Errorf("%v", err)
	}
	w.clock.Set(monday.Add(-time.Hour))
	if _, err := w.sittings.TakeOnly(t.Context(), office, session, ticket(1), "oral"); !errors.Is(err, sitting.ErrSessionInput) {
		t.Errorf("%v", err)
	}
	if _, err := w.sittings.TakeOnly(t.Context(), sitter(1), session, ticket(1), engine.Theory); err == nil {
		t.Error("a candidate decides")
	}
}

// TestAnObjectionHoldsThePublicityOpen: anybody may object while the list is public; until it is answered the office cannot
// end the publicity. Who objects is told to nobody but the office.
// 公示期内有异议未答复的，公示不得结束；提异议的人只有经办人知道。
func TestAnObjectionHoldsThePublicityOpen(t *testing.T) {
	w, ctx := newWorld(t, 2, nil).joined(), t.Context()
	_, err := w.board.Object(ctx, session, "李群", "022-0000", "此人未到场")
	wantErr(t, "before publicity", err, result.ErrNotPublic)
	w.published()
	_, err = w.board.Object(ctx, session, "", "022-0000", "")
	wantErr(t, "nothing said", err, result.ErrObjectionInput)
	o, err := w.board.Object(ctx, session, "李群", "022-0000", "此人未到场")
	w.must(err)
	if again, err := w.board.Object(ctx, session, " 李群", "022-0000", "此人未到场"); err != nil || again.ID != o.ID || again.Revision != 1 {
		t.Errorf("%+v, %v", again, err)
	}
	if o.LogValue().String() != string(o.ID) {
		t.Error("who objects is logged")
	}
	for name, c := range map[string]struct {
		by            authz.Principal
		name, contact string // as they are read
	}{"the office that answers": {office, "李群", "022-0000"}, "the supervisor of the body": {witness, "李*", "022***00"}, "the authority": {bureau, "李*", "022***00"}} {
		if all, err := w.board.Objections(ctx, c.by, session); err != nil || len(all) != 1 || all[0].Name != c.name || all[0].Contact != c.contact {
			t.Errorf("%s reads %+v, %v", name, all, err)
		}
	}
	_, err = w.board.Objections(ctx, sitter(1), session)
	if err == nil {
		t.Error("a candidate reads who objected")
	}
	w.clock.Set(date(t, "2026-03-10").In(w.policy.Location()))
	_, err = w.board.Object(ctx, session, "王众", "022-0001", "迟了一天")
	wantErr(t, "after the last day", err, result.ErrNotPublic)
	_, err = w.board.Finalize(ctx, office, session)
	wantErr(t, "ended with an open objection", err, result.ErrObjectionOpen)
	stranger := office
	stranger.Org = "other"
	_, err = w.board.AnswerObjection(ctx, stranger, o.ID, "已核实")
	wantErr(t, "another body answers", err, result.ErrObjection)
	for range 2 {
		if _, err = w.board.AnswerObjection(ctx, office, o.ID, "已核实：签到表有其本人签名"); err != nil {
			t.Fatal(err)
		}
	}
	_, err = w.board.AnswerObjection(ctx, office, o.ID, "另一答复")
	wantErr(t, "answered anew", err, result.ErrObjectionDone)
	w.final()
}

// TestWorkedWeekendsCount (调休): a Saturday that is worked is a day of publicity, a holiday in the week is none.
func TestWorkedWeekendsCount(t *testing.T) {
	for name, c := range map[string]struct {
		free, worked []string
		until        string
	}{
		"an ordinary week":                       {nil, nil, "2026-03-09"},
		"Saturday is worked":                     {nil, []string{"2026-03-07"}, "2026-03-07"},
		"Saturday and Sunday are worked":         {nil, []string{"2026-03-07", "2026-03-08"}, "2026-03-07"},
		"Thursday is free, Saturday makes it up": {[]string{"2026-03-05"}, []string{"2026-03-07"}, "2026-03-09"},
		"Thursday is free":                       {[]string{"2026-03-05"}, nil, "2026-03-10"},
	} {
		w := newWorld(t, 2, nil).joined()
		for _, d := range c.free {
			w.policy.Calendar.Free = append(w.policy.Calendar.Free, date(t, d))
		}
		for _, d := range c.worked {
			w.policy.Calendar.Worked = append(w.policy.Calendar.Worked, date(t, d))
		}
		w.open()
		p, err := w.board.Publish(t.Context(), office, session)
		if err != nil || p.Until != date(t, c.until) {
			t.Errorf("%s: until %s, want %s, %v", name, p.Until, c.until, err)
			continue
		}
		w.clock.Set(p.Until.AddDays(1).In(w.policy.Location()).Add(-time.Millisecond))
		_, err = w.board.Finalize(t.Context(), office, session)
		wantErr(t, name+", on the last day", err, result.ErrStage)
		w.clock.Advance(time.Millisecond)
		_, err = w.board.Finalize(t.Context(), office, session)
		w.must(err)
	}
}
