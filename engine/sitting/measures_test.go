package sitting_test

import (
	"errors"
	"testing"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/registration"
	"github.com/skillcert/skillcert/engine/sitting"
)

// measure orders something against the body: from the day on, to another, zero for an open one.
func (w *world) measure(m engine.Measure, from, to clock.Date) {
	w.t.Helper()
	_, err := w.people.Measure(ctx, labour, body, engine.Suspension{Measure: m, From: from, To: to, Reason: "场地消防不合格", Document: "津人社监〔2026〕3号"})
	must(w.t, err)
}

func (w *world) today() clock.Date {
	return clock.DateOf(w.clock.Now(), time.FixedZone("CST", 8*60*60))
}

// 评价机构被暂停的，暂停期间不能定计划、安排场次、编排考生、组卷；暂停期满次日恢复。
func TestASuspendedBodyBeginsNothing(t *testing.T) {
	w := open(t)
	n := w.session()
	w.candidates(n, 1)
	draft := w.draft("第二场")
	w.measure(engine.Suspended, w.today(), w.today().AddDays(7))
	refused := func(want error) {
		t.Helper()
		_, err := w.sittings.CreatePlan(ctx, office, sitting.Plan{Org: body, Name: "另一计划", Year: 2026, Levels: []engine.Level{5}})
		wantError(t, "a plan", err, want)
		_, err = w.sittings.CreateSession(ctx, office, draft)
		wantError(t, "a session", err, want)
		_, err = w.sittings.SeatCandidates(ctx, office, n.ID)
		wantError(t, "seats", err, want)
		wantError(t, "a draw", w.sittings.MayDraw(ctx, w.get(n.ID)), want)
	}
	refused(engine.ErrSuspended)
	w.clock.Advance(6 * 24 * time.Hour)
	refused(engine.ErrSuspended)
	w.clock.Advance(24 * time.Hour)
	refused(nil)
}

// 限期整改的，不能定新计划、安排新场次；已公布的场次照常编排、组卷。
func TestABodyUnderRectificationFinishesWhatWasAnnounced(t *testing.T) {
	w := open(t)
	n := w.session()
	w.candidates(n, 1)
	draft := w.draft("第二场")
	w.measure(engine.Rectification, w.today(), clock.Date{})
	_, err := w.sittings.CreateSession(ctx, office, draft)
	wantError(t, "a session", err, engine.ErrSuspended)
	_, err = w.sittings.SeatCandidates(ctx, office, n.ID)
	wantError(t, "seats", err, nil)
	wantError(t, "a draw", w.sittings.MayDraw(ctx, w.get(n.ID)), nil)
}

// 考试那天在暂停期内的场次不能安排；已安排的可以改到暂停期满之后，不能改到暂停期内。
func TestASessionMovesBehindTheSuspension(t *testing.T) {
	w := open(t)
	n := w.session()
	held := clock.DateOf(opens, time.FixedZone("CST", 8*60*60))
	w.measure(engine.Suspended, w.today(), held.AddDays(1))
	move := func(days int) error {
		shift := func(c clock.Window) *clock.Window {
			return &clock.Window{Opens: c.Opens.AddDate(0, 0, days), Closes: c.Closes.AddDate(0, 0, days)}
		}
		a := sitting.Amendment{Theory: shift(n.Theory), Practical: shift(n.Practical), Reason: "暂停期间不能开考"}
		_, err := w.sittings.Amend(ctx, office, n.ID, a)
		return err
	}
	wantError(t, "a day earlier", move(-1), engine.ErrSuspended)
	wantError(t, "the day after it ends", move(1), nil)
}

// 考试当天被暂停：还没有放行任何考生的场次不能开考；已经开考的场次考完为止，其他考场也照常放行。
func TestASuspensionOnTheDay(t *testing.T) {
	for name, begun := range map[string]bool{"not begun": false, "under way": true} {
		t.Run(name, func(t *testing.T) {
			w := open(t)
			n, seats, one, _ := w.room()
			w.clock.Set(opens)
			if begun {
				_, err := w.sittings.CheckIn(ctx, one, n.ID, "t1", seats[0].Ticket)
				must(t, err)
				_, err = w.sittings.Release(ctx, one, n.ID, "t1")
				must(t, err)
			}
			w.measure(engine.Suspended, w.today(), clock.Date{})
			var want error
			if !begun {
				want = engine.ErrSuspended
			}
			_, err := w.sittings.Release(ctx, one, n.ID, "t1")
			wantError(t, "release", err, want)
		})
	}
}

// 今天没有暂停、考试那天在暂停期内的，也不接受报名；考试以前就期满或解除的，期满以后照常接受。
func TestNobodyIsTakenForADayOfTheSuspension(t *testing.T) {
	held := clock.DateOf(opens, time.FixedZone("CST", 8*60*60))
	for name, c := range map[string]struct {
		from, to int // days from that of the session
		want     bool
	}{"over the day": {-1, 1, true}, "until the day": {-2, 0, false}, "after both days": {2, 5, false}} {
		w := open(t)
		n := w.session()
		w.measure(engine.Suspended, held.AddDays(c.from), held.AddDays(c.to))
		target, err := w.sittings.TargetOf(ctx, string(n.ID))
		must(t, err)
		m, err := target.Halting(ctx)
		if must(t, err); (m != nil) != c.want {
			t.Errorf("%s: %+v", name, m)
		}
		_, err = w.desk.ImportRoster(ctx, office, []registration.Target{target}, "名册.csv", []byte("姓名,证件号码,认定等级,申报条件,申报材料\n"))
		if errors.Is(err, engine.ErrSuspended) != c.want {
			t.Errorf("%s, a roster: %v", name, err)
		}
	}
}
