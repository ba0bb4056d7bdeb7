package theory_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/sitting"
	"github.com/skillcert/skillcert/engine/theory"
	"github.com/skillcert/skillcert/questionbank"
)

// rekey decides that the key of the item that candidate i meets at a question is another option.
func (w *world) rekey(i, question int) *questionbank.Correction {
	w.t.Helper()
	code := w.attempt(i).Form.Items[question-1].Code
	item, err := w.bank.Item(ctx, author, code)
	must(w.t, err)
	v := item.Current()
	v.Key = []int{(v.Key[0] + 1) % len(v.Options)}
	item, err = w.bank.Edit(ctx, author, v, "答案有误")
	must(w.t, err)
	return w.decide(questionbank.CorrectionEntry{Code: code, Version: 1, Remedy: questionbank.Rekey, To: item.Current().Version, Reason: "答案有误"})
}

// strike decides that everybody gets the points of that item.
func (w *world) strike(i, question int) *questionbank.Correction {
	w.t.Helper()
	code := w.attempt(i).Form.Items[question-1].Code
	return w.decide(questionbank.CorrectionEntry{Code: code, Version: 1, Remedy: questionbank.FullCredit, Reason: "题干有歧义"})
}

func (w *world) decide(in questionbank.CorrectionEntry) *questionbank.Correction {
	w.t.Helper()
	c, err := w.bank.ProposeCorrection(ctx, keeper, in)
	must(w.t, err)
	c, err = w.bank.ConfirmCorrection(ctx, reviewer, c.ID)
	must(w.t, err)
	return c
}

func (w *world) mark() {
	w.t.Helper()
	_, err := w.exams.Mark(ctx, marker, w.id, true)
	must(w.t, err)
}

func (w *world) remark(c *questionbank.Correction) *theory.RemarkRound {
	w.t.Helper()
	r, err := w.exams.Remark(ctx, marker, w.id, c.ID)
	must(w.t, err)
	return r
}

// points are those of the five of sat, by what the attempts say.
func (w *world) points() (all [5]engine.Points) {
	for i := range all {
		all[i] = w.attempt(i).Points
	}
	return all
}

func TestRemark(t *testing.T) {
	w := sat(t)
	w.mark()
	before, log, receipt := w.points(), w.log(4), w.attempt(4).Receipt
	c := w.rekey(4, 1) // a single item: its former key is wrong now
	effect, err := w.exams.Outlook(ctx, marker, w.id, c.ID, engine.Pt(95))
	must(t, err)
	if effect.Down < 1 || effect.ToFail != 1 || effect.Up != 0 || w.points() != before {
		t.Fatalf("outlook %+v, points %v", effect, w.points())
	}
	_, err = w.exams.Seal(ctx, marker, w.id)
	wantErr(t, err, theory.ErrRemarkDue)
	r := w.remark(c)
	if r.Affected != effect.Affected || r.Changed != len(effect.Rows) || r.Done.IsZero() {
		t.Fatalf("round %+v after the outlook %+v", r, effect)
	}
	a := w.attempt(4)
	if n := len(a.Markings); a.Points != engine.Pt(90) || n != 2 || a.Markings[1].Before != engine.Pt(100) || a.Markings[1].After != a.Points ||
		a.Markings[1].Correction != c.ID || a.Markings[1].By != "marker" || a.Trail[len(a.Trail)-1].Action != "attempt.remarked" {
		t.Fatalf("marked %+v, trail %+v", a.Markings, a.Trail)
	}
	if a.Receipt != receipt || len(w.log(4)) != len(log) {
		t.Fatal("the log or the receipt changed")
	}
	done, err := w.exams.Effected(ctx, marker, w.id, c.ID, engine.Pt(95))
	must(t, err)
	if done.Affected != effect.Affected || len(done.Rows) != len(effect.Rows) || done.ToFail != 1 || done.Rows[len(done.Rows)-1].Ticket != w.tickets[4] {
		t.Fatalf("done %+v, foretold %+v", done, effect)
	}
	again := w.remark(c)
	if now := w.attempt(4); now.Revision != a.Revision || *again != *r {
		t.Fatalf("twice: %+v, %+v", again, now.Markings)
	}
	s, err := w.exams.Seal(ctx, marker, w.id)
	must(t, err)
	if sc, _ := s.Score(a.Candidate); sc.Points != engine.Pt(90) {
		t.Fatalf("sealed %+v", sc)
	}
	by, id := w.sitter(4)
	if shown, err := w.exams.Attempt(ctx, by, id); err != nil || shown.Markings != nil || shown.Points != 0 {
		t.Fatalf("the candidate is shown %+v, %v", shown, err)
	}
}

// What is marked after the decision follows it at once and leaves nothing to do.
func TestMarkFollowsCorrections(t *testing.T) {
	w := sat(t)
	c := w.rekey(4, 1)
	_, err := w.exams.Remark(ctx, marker, w.id, c.ID)
	wantErr(t, err, theory.ErrRemarkEarly)
	w.mark()
	if a := w.attempt(4); a.Points != engine.Pt(90) || len(a.Markings) != 1 ||
		!slices.Equal(a.Markings[0].Corrections, []questionbank.CorrectionID{c.ID}) {
		t.Fatalf("%s points, %+v", a.Points, a.Markings)
	}
	all, err := w.exams.Corrections(ctx, marker, w.id)
	must(t, err)
	if len(all) != 1 || all[0].Due() != 0 || all[0].Resting == 0 || all[0].Round != nil {
		t.Fatalf("corrections %+v", all)
	}
	_, err = w.exams.Seal(ctx, marker, w.id)
	must(t, err)
}

// Everybody whose form holds the item gets its points, who left it open too; nobody else does.
func TestFullCredit(t *testing.T) {
	w := sat(t)
	w.mark()
	before := w.points()
	c := w.strike(1, 1) // candidate 1 answered nothing
	w.remark(c)
	for i, now := range w.points() {
		a := w.attempt(i)
		holds := slices.ContainsFunc(a.Markings, func(m theory.Marking) bool { return m.Correction == c.ID })
		if now < before[i] || now > before[i]+engine.Pt(10) || !holds && now != before[i] {
			t.Fatalf("candidate %d: %s, then %s", i, before[i], now)
		}
	}
	if p := w.points(); p[1] != engine.Pt(10) || p[4] != engine.Pt(100) {
		t.Fatalf("points %v", p)
	}
}

// The correction that came last holds, and each is attributed what it changed.
func TestCorrectionsOneAfterAnother(t *testing.T) {
	w := sat(t)
	w.mark()
	first, other := w.rekey(4, 1), w.rekey(4, 2)
	w.remark(other)
	w.remark(first)
	a := w.attempt(4)
	if a.Points != engine.Pt(80) || len(a.Markings) != 3 || a.Markings[1].After != engine.Pt(90) || len(a.Markings[2].Corrections) != 2 {
		t.Fatalf("%s points, %+v", a.Points, a.Markings)
	}
	back := w.decide(questionbank.CorrectionEntry{Code: first.Code, Version: 1, Remedy: questionbank.Rekey, To: 1, Reason: "原答案正确"})
	_, err := w.exams.Remark(ctx, marker, w.id, first.ID)
	wantErr(t, err, theory.ErrSuperseded)
	w.remark(back)
	a = w.attempt(4)
	if last := a.Markings[3]; a.Points != engine.Pt(90) || len(last.Corrections) != 2 || slices.Contains(last.Corrections, first.ID) {
		t.Fatalf("%s points, %+v", a.Points, a.Markings)
	}
	all, err := w.exams.Corrections(ctx, marker, w.id)
	must(t, err)
	if len(all) != 3 {
		t.Fatalf("%+v", all)
	}
	for _, c := range all {
		if c.Superseded != (c.Correction == first.ID) || c.Due() != 0 {
			t.Errorf("%+v", c)
		}
	}
}

func TestRemarkRefusals(t *testing.T) {
	w := sat(t)
	w.mark()
	c := w.rekey(4, 1)
	item, err := w.bank.Item(ctx, author, c.Code)
	must(t, err)
	open, err := w.bank.ProposeCorrection(ctx, keeper, questionbank.CorrectionEntry{Code: c.Code, Version: 1,
		Remedy: questionbank.FullCredit, Reason: "再议"})
	must(t, err)
	for _, x := range []struct {
		by   authz.Principal
		id   questionbank.CorrectionID
		want error
	}{
		{idle, c.ID, sitting.ErrNotOnDuty}, {office, c.ID, authz.ErrForbidden}, {keeper, c.ID, authz.ErrForbidden},
		{authz.Anonymous(), c.ID, authz.ErrUnauthenticated}, {marker, "L5-01.1.9", theory.ErrRemarkForeign}, {marker, open.ID, theory.ErrRemarkForeign},
	} {
		_, err := w.exams.Remark(ctx, x.by, w.id, x.id)
		wantErr(t, err, x.want)
		_, err = w.exams.Outlook(ctx, x.by, w.id, x.id, 0)
		wantErr(t, err, x.want)
	}
	for _, by := range []authz.Principal{idle, worker, supervisor} { // points are the marker's alone
		_, err = w.exams.Corrections(ctx, by, w.id)
		if err == nil {
			t.Errorf("%s is shown corrections", by.Account)
		}
	}
	if _, err = w.exams.Remark(ctx, worker, w.id, c.ID); err != nil { // the server's workers may
		t.Fatal(err)
	}
	_, err = w.exams.Seal(ctx, marker, w.id)
	must(t, err)
	points := w.points()
	late, err := w.bank.ConfirmCorrection(ctx, reviewer, open.ID)
	must(t, err)
	_, err = w.exams.Remark(ctx, marker, w.id, late.ID)
	wantErr(t, err, theory.ErrRemarkSealed)
	if w.points() != points || item.Current().Version != 2 {
		t.Fatal("something changed after the seal")
	}
}

// brittle breaks off after so many updates of attempts.
type brittle struct {
	theory.Attempts
	left atomic.Int64
}

var errCut = errors.New("cut off")

func (f *brittle) UpdateAttempt(ctx context.Context, a *theory.Attempt) error {
	if f.left.Add(-1) < 0 {
		return errCut
	}
	return f.Attempts.UpdateAttempt(ctx, a)
}

// A round that broke off is gone on with, whatever of it was written, and nothing is sealed in between.
func TestRemarkGoesOn(t *testing.T) {
	for after := range 2 {
		w, who, question := bothHold(t)
		w.mark()
		c := w.strike(who[0], question)
		p := w.ports()
		f := &brittle{Attempts: p.Attempts}
		f.left.Store(int64(after))
		p.Attempts = f
		_, err := w.over(p).Remark(ctx, marker, w.id, c.ID)
		wantErr(t, err, errCut)
		_, err = w.exams.Seal(ctx, marker, w.id)
		wantErr(t, err, theory.ErrRemarkDue)
		if all, err := w.exams.Corrections(ctx, marker, w.id); err != nil || all[0].Round == nil || !all[0].Round.Done.IsZero() || all[0].Due() < 2-after || all[0].Due() > 2 {
			t.Fatalf("%+v, %v", all, err)
		}
		if r := w.remark(c); r.Done.IsZero() || r.Affected != 2 || r.Changed != 2 {
			t.Fatalf("%+v", r)
		}
		for _, i := range who {
			if a := w.attempt(i); len(a.Markings) != 2 || a.Points != engine.Pt(10) {
				t.Fatalf("%+v", a.Markings)
			}
		}
		_, err = w.exams.Seal(ctx, marker, w.id)
		must(t, err)
	}
}

// bothHold is a session of three at its end who answered nothing. Of twenty items each form has ten, so that two share
// one: those, and the question of the first of them.
func bothHold(t *testing.T) (w *world, who [2]int, question int) {
	t.Helper()
	w = newWorld(t, 3)
	held := map[string][]int{}
	for i := range 3 {
		w.open(i)
		for _, it := range w.attempt(i).Form.Items {
			held[it.Code] = append(held[it.Code], i)
		}
	}
	w.clock.Set(closes)
	for i := range 3 {
		for q, it := range w.attempt(i).Form.Items {
			if by := held[it.Code]; len(by) == 2 && by[0] == i {
				return w, [2]int(by), q + 1
			}
		}
	}
	t.Fatal("no two forms share an item")
	return w, who, 0
}

// A round whose list was never written is not closed, and sealing waits for it.
func TestRemarkWithoutItsList(t *testing.T) {
	w := sat(t)
	w.mark()
	c := w.strike(1, 1)
	p := w.ports()
	p.Remarks = noLists{p.Remarks}
	_, err := w.over(p).Remark(ctx, marker, w.id, c.ID)
	wantErr(t, err, errCut)
	_, err = w.exams.Seal(ctx, marker, w.id)
	wantErr(t, err, theory.ErrRemarkOpen)
	w.remark(c)
	_, err = w.exams.Seal(ctx, marker, w.id)
	must(t, err)
}

type noLists struct{ theory.Remarks }

func (noLists) PutChanges(context.Context, *theory.Changes) error { return errCut }

// Whoever asks how often at once: every attempt is marked once by a correction.
func TestRemarkedAtOnce(t *testing.T) {
	w := sat(t)
	w.mark()
	c := w.strike(1, 1)
	var wg sync.WaitGroup
	for range 4 {
		exams := w.another()
		wg.Go(func() {
			if _, err := exams.Remark(ctx, marker, w.id, c.ID); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if a := w.attempt(1); len(a.Markings) != 2 || a.Points != engine.Pt(10) {
		t.Fatalf("%+v", a.Markings)
	}
	list, err := w.store.Remarks().Changes(ctx, w.id, c.ID)
	must(t, err)
	b, err := w.store.Remarks().Book(ctx, w.id)
	must(t, err)
	if len(b.Rounds) != 1 || b.Rounds[0].Done.IsZero() || b.Rounds[0].Affected != list.Affected {
		t.Fatalf("book %+v, list %+v", b.Rounds, list)
	}
}

// Sealing and marking anew at the same time: what is sealed is what the attempts say in the end.
func TestRemarkAgainstSeal(t *testing.T) {
	for n := range 12 {
		w := sat(t)
		w.mark()
		c := w.strike(1, 1)
		var wg sync.WaitGroup
		remarks, seals := w.another(), w.another()
		wg.Go(func() {
			_, err := remarks.Remark(ctx, marker, w.id, c.ID)
			if err != nil && !errors.Is(err, theory.ErrRemarkSealed) {
				t.Error(err)
			}
		})
		wg.Go(func() {
			time.Sleep(time.Duration(n) * 300 * time.Microsecond)
			_, err := seals.Seal(ctx, marker, w.id)
			if err != nil && !errors.Is(err, theory.ErrRemarkDue) && !errors.Is(err, theory.ErrRemarkOpen) {
				t.Error(err)
			}
		})
		wg.Wait()
		s, err := w.store.Seals().Seal(ctx, string(w.id), engine.Theory)
		if errors.Is(err, engine.ErrNoSeal) {
			continue
		}
		must(t, err)
		for i := range 5 {
			a := w.attempt(i)
			if sc, ok := s.Score(a.Candidate); ok && a.State == theory.Marked && sc.Points != a.Points {
				t.Fatalf("sealed %s, the attempt says %s", sc.Points, a.Points)
			}
		}
	}
}

// A session that begins later is marked by the corrected key as well, although its forms show the old version.
func TestSessionsToComeAreMarkedByCorrections(t *testing.T) {
	w := sat(t)
	w.mark()
	c := w.rekey(4, 1)
	w.again(t, 1)
	f := w.open(0).Attempt.Form
	seq := 0
	var want engine.Points
	for q := 1; q <= questions; q++ {
		seq++
		_, err := w.respond(0, seq, q, w.right(f, q)...)
		must(t, err)
		if want += engine.Pt(10); f.Items[q-1].Code == c.Code {
			want -= engine.Pt(10)
		}
	}
	w.clock.Set(closes)
	w.mark()
	if got := w.attempt(0).Points; got != want {
		t.Fatalf("%s points, want %s", got, want)
	}
}

// Statistics follow the key that the points rest on: a corrected one counts under the version that has it, and an item
// whose points everybody was given says nothing about itself. What was counted before stays.
func TestStatisticsFollowCorrections(t *testing.T) {
	w := sat(t)
	w.mark()
	c, d := w.rekey(4, 1), w.strike(4, 2)
	w.remark(c)
	w.remark(d)
	w.seal(true)
	s := w.statistics()
	w.wantRebuilt(s, 1, true)
	got, err := s.ItemStatistics(ctx, reviewer, c.Code)
	must(t, err)
	if len(got.Versions) != 1 || got.Versions[0].Version != 2 || *got.Versions[0].Facility != 0 {
		t.Fatalf("%+v", got.Versions)
	}
	_, err = s.ItemStatistics(ctx, reviewer, d.Code)
	wantErr(t, err, theory.ErrNoStatistics)
	levels, err := s.ReleaseStatistics(ctx, reviewer, "2026.1")
	must(t, err)
	top := levels[0].Exam.Totals[len(levels[0].Exam.Totals)-1]
	if top.Points != engine.Pt(90) {
		t.Fatalf("totals %+v", levels[0].Exam.Totals)
	}
	before := encode(got)
	late := w.decide(questionbank.CorrectionEntry{Code: c.Code, Version: 1, Remedy: questionbank.Rekey, To: 1, Reason: "原答案正确"})
	_, err = s.Rebuild(ctx, worker, theory.Scope{Again: true}) // decided after the seal: the scores stand, the numbers with them
	must(t, err)
	if got, err = s.ItemStatistics(ctx, reviewer, c.Code); err != nil || encode(got) != before {
		t.Fatalf("%s after %s, %v, want %s", encode(got), late.ID, err, before)
	}
}
