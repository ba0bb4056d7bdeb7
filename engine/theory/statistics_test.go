package theory_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/sitting"
	"github.com/skillcert/skillcert/engine/store/docs"
	"github.com/skillcert/skillcert/engine/theory"
	"github.com/skillcert/skillcert/questionbank/itemstats"
)

var operator = staff("operator", authz.Operator)

func (w *world) statisticsPorts() theory.StatisticsPorts {
	return theory.StatisticsPorts{Tallies: w.store.Tallies(), Findings: w.store.Findings(), Sessions: w.store.Sessions()}
}

func (w *world) statistics() *theory.Statistics { return w.statisticsOver(w.statisticsPorts()) }

func (w *world) statisticsOver(p theory.StatisticsPorts) *theory.Statistics {
	return theory.NewStatistics(p, w.another(), itemstats.DefaultThresholds())
}

// seal seals the session by one person, or by both.
func (w *world) seal(witnessed bool) {
	w.t.Helper()
	s, err := w.exams.Seal(ctx, marker, w.id)
	must(w.t, err)
	if witnessed {
		_, err = w.exams.Countersign(ctx, supervisor, w.id, s.Digest)
		must(w.t, err)
	}
}

func (w *world) wantRebuilt(s *theory.Statistics, counted int, wrote bool) {
	w.t.Helper()
	got, err := s.Rebuild(ctx, worker, theory.Scope{})
	must(w.t, err)
	if got.Counted != counted || (got.Items > 0) != wrote {
		w.t.Fatalf("%+v, want %d sessions, items written: %v", got, counted, wrote)
	}
}

// wanted counts what the test knows: the first rights[i] questions of candidate i were answered right, the others not.
func (w *world) wanted(c *itemstats.Counter, rights map[int]int) {
	w.t.Helper()
	for i, n := range rights {
		var a itemstats.Attempt
		for q, it := range w.attempt(i).Form.Items {
			v, _ := w.release.Item(it.Code)
			x := itemstats.Answer{Ref: itemstats.Ref{Code: it.Code, Version: it.Version}, Most: engine.Pt(10),
				Facts: itemstats.Facts{Type: v.Type, Options: len(v.Options), Key: v.Key}}
			if q < n {
				x.Mark, x.Chosen = x.Most, v.Key
			}
			a = append(a, x)
		}
		must(w.t, c.Add(a))
	}
}

func (w *world) wantStatistics(s *theory.Statistics, c *itemstats.Counter, sessions int) {
	w.t.Helper()
	r := itemstats.Evaluate(c.Tally(), itemstats.DefaultThresholds())
	levels, err := s.ReleaseStatistics(ctx, reviewer, "2026.1")
	must(w.t, err)
	if len(levels) != 1 || levels[0].Level != engine.Level5 || levels[0].Sessions != sessions || len(levels[0].Items) != len(r.Items) {
		w.t.Fatalf("%d levels, %+v", len(levels), levels[0])
	}
	if got, want := encode(levels[0].Exam, levels[0].Places), encode(r.Exam, r.Places); got != want {
		w.t.Fatalf("%s, want %s", got, want)
	}
	for n, want := range r.Items {
		item, err := s.ItemStatistics(ctx, author, want.Code)
		must(w.t, err)
		if got := encode(item.Versions); got != encode([]itemstats.Statistics{want}) || item.Sessions != sessions {
			w.t.Fatalf("%s of %d sessions, want %s", got, item.Sessions, encode(want))
		}
		want.Options, want.Groups = nil, nil
		if got := encode(levels[0].Items[n]); got != encode(want) {
			w.t.Fatalf("%s, want %s", got, encode(want))
		}
	}
}

func encode(v ...any) string {
	b, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return string(b)
}

// Nothing is counted before both have signed, and then only those with a score. Counting again changes nothing.
func TestStatisticsOfASealedSession(t *testing.T) {
	w := sat(t)
	s := w.statistics()
	w.wantRebuilt(s, 0, false)
	w.finish()
	w.wantRebuilt(s, 0, false)
	w.seal(false)
	w.wantRebuilt(s, 0, false)
	_, err := s.ReleaseStatistics(ctx, reviewer, "2026.1")
	wantErr(t, err, theory.ErrNoStatistics)
	seal, err := w.store.Seals().Seal(ctx, string(w.id), engine.Theory)
	must(t, err)
	_, err = w.exams.Countersign(ctx, supervisor, w.id, seal.Digest)
	must(t, err)
	w.wantRebuilt(s, 1, true)
	w.wantRebuilt(s, 0, false)
	w.wantRebuilt(w.statistics(), 0, false)
	levels, err := s.ReleaseStatistics(ctx, reviewer, "2026.1")
	must(t, err)
	if e := levels[0].Exam; e.Attempts != 3 || *e.Median != 60 || e.Positions != questions { // of five one was absent, one voided
		t.Fatalf("%+v", e)
	}
	left, err := s.ItemStatistics(ctx, author, w.attempt(0).Form.Items[questions-1].Code)
	must(t, err)
	if v := left.Versions[0]; v.Options[0].Chosen+v.Options[1].Chosen+open(v) != v.Attempts {
		t.Fatalf("%+v", v)
	}
}

func open(s itemstats.Statistics) (n int64) {
	for _, g := range s.Groups {
		n += g.Open
	}
	return n
}

// What people read after several sessions is what one count over all of them gives.
func TestStatisticsOfManySessions(t *testing.T) {
	w, s := emptyWorld(t), (*theory.Statistics)(nil)
	var all itemstats.Counter
	for n := range 3 {
		w.again(t, 6)
		s = w.statistics()
		rights := map[int]int{}
		for i := range 6 {
			rights[i] = (3*i + 4*n) % (questions + 1)
			w.answer(i, rights[i])
		}
		w.finish()
		w.seal(true)
		w.wantRebuilt(s, 1, true)
		w.wanted(&all, rights)
		w.wantStatistics(s, &all, n+1)
	}
	again, err := s.Rebuild(ctx, worker, theory.Scope{Session: w.id, Again: true})
	if err != nil || again.Counted != 1 || again.Items == 0 {
		t.Fatalf("%+v, %v", again, err)
	}
	w.wantStatistics(s, &all, 3)
	other := itemstats.DefaultThresholds()
	other.Groups = 2
	halves := theory.NewStatistics(w.statisticsPorts(), w.another(), other)
	w.wantRebuilt(halves, 0, true)
	w.wantRebuilt(halves, 0, false)
	item, err := halves.ItemStatistics(ctx, author, "L5-01")
	if err != nil || len(item.Versions[0].Groups) != 2 {
		t.Fatalf("%+v, %v", item, err)
	}
}

// Nobody can be found in what is stored.
func TestStatisticsNameNobody(t *testing.T) {
	w := sat(t)
	w.finish()
	w.seal(true)
	w.wantRebuilt(w.statistics(), 1, true)
	for _, kind := range []string{"counted", "coverage", "item-statistics", "release-statistics"} {
		page, err := w.db.Range(ctx, docs.Range{Kind: kind, Limit: 100})
		must(t, err)
		if len(page.Docs) == 0 {
			t.Errorf("no %s", kind)
		}
		for _, d := range page.Docs {
			for _, ticket := range w.tickets {
				for _, word := range []string{string(ticket), "person-", "考生", string(theory.AttemptOf(ticket))} {
					if strings.Contains(d.ID+string(d.Body), word) {
						t.Errorf("%s %s holds %q", kind, d.ID, word)
					}
				}
			}
		}
	}
}

func TestStatisticsPermissions(t *testing.T) {
	w := sat(t)
	w.finish()
	w.seal(true)
	s := w.statistics()
	for _, by := range []authz.Principal{{}, office, marker, keeper, operator} { // a marker marks; the workers count
		_, err := s.Rebuild(ctx, by, theory.Scope{})
		if errs := []error{authz.ErrForbidden, authz.ErrUnauthenticated}; !slices.ContainsFunc(errs, func(e error) bool { return errors.Is(err, e) }) {
			t.Errorf("%v: %v", by.Roles, err)
		}
	}
	w.wantRebuilt(s, 1, true)
	code := w.attempt(0).Form.Items[0].Code
	candidate, _ := w.sitter(0)
	for _, by := range []authz.Principal{{}, office, marker, candidate, worker} {
		_, err := s.ItemStatistics(ctx, by, code)
		if err == nil {
			t.Errorf("%v reads an item", by.Roles)
		}
		_, err = s.ReleaseStatistics(ctx, by, "2026.1")
		if err == nil {
			t.Errorf("%v reads a release", by.Roles)
		}
	}
	for role, table := range map[authz.Role]bool{authz.Author: true, authz.Reviewer: true, authz.BankKeeper: true, authz.Operator: false,
		authz.Medical: false, authz.Labour: false} {
		got, err := s.ItemStatistics(ctx, staff("x", role), code)
		must(t, err)
		if v := got.Versions[0]; (v.Options != nil) != table || (v.Groups != nil) != table || v.Attempts == 0 {
			t.Errorf("%s reads %+v", role, v)
		}
	}
	for _, release := range []string{"", "2026.9", "2026.1/5", "2026.1/5/0001"} {
		_, err := s.ReleaseStatistics(ctx, reviewer, release)
		wantErr(t, err, theory.ErrNoStatistics)
	}
	_, err := s.ItemStatistics(ctx, reviewer, "L5-99")
	wantErr(t, err, theory.ErrNoStatistics)
}

// A session whose log was changed is not counted, and keeps no other back.
func TestStatisticsOfABrokenSession(t *testing.T) {
	w := sat(t)
	w.finish()
	w.seal(true)
	broken := w.id
	a, err := w.store.Attempts().Attempt(ctx, theory.AttemptOf(w.tickets[4]))
	must(t, err)
	a.Receipt = "00000-00000"
	must(t, w.store.Attempts().UpdateAttempt(ctx, a))
	w.again(t, 2)
	w.answer(0, 5)
	w.finish()
	w.seal(true)
	s := w.statistics()
	got, err := s.Rebuild(ctx, worker, theory.Scope{})
	wantErr(t, err, theory.ErrLogBroken)
	if got.Counted != 1 || got.Items == 0 || !strings.Contains(err.Error(), string(broken)) {
		t.Fatalf("%+v, %v", got, err)
	}
	_, err = s.Rebuild(ctx, worker, theory.Scope{Session: "nowhere"})
	wantErr(t, err, sitting.ErrSession)
}

// failing stops at the n-th write, before or after it is done.
type failing struct {
	theory.Tallies
	theory.Findings
	left  atomic.Int64
	after bool
}

func (f *failing) write(do func() error) error {
	left := f.left.Add(-1)
	if left < 0 || left == 0 && !f.after {
		return errKilled
	}
	if err := do(); err != nil || left > 0 {
		return err
	}
	return errKilled
}

func (f *failing) PutCounted(ctx context.Context, c *theory.Counted) error {
	return f.write(func() error { return f.Tallies.PutCounted(ctx, c) })
}
func (f *failing) CreateCoverage(ctx context.Context, c *theory.Coverage) error {
	return f.write(func() error { return f.Tallies.CreateCoverage(ctx, c) })
}
func (f *failing) UpdateCoverage(ctx context.Context, c *theory.Coverage) error {
	return f.write(func() error { return f.Tallies.UpdateCoverage(ctx, c) })
}
func (f *failing) PutItemStatistics(ctx context.Context, s *theory.ItemStatistics) error {
	return f.write(func() error { return f.Findings.PutItemStatistics(ctx, s) })
}
func (f *failing) PutLevelStatistics(ctx context.Context, s *theory.LevelStatistics) error {
	return f.write(func() error { return f.Findings.PutLevelStatistics(ctx, s) })
}

// Killed at any write, the next Rebuild ends at the same statistics.
func TestStatisticsKilled(t *testing.T) {
	w := emptyWorld(t)
	var all itemstats.Counter
	sessions := 0
	for _, after := range []bool{false, true} {
		for _, at := range []int64{1, 2, 3, 4, 12} { // tally, coverage, release, first and some later item
			t.Run(fmt.Sprintf("write %d %v", at, after), func(t *testing.T) {
				w.again(t, 2)
				w.answer(0, int(at%5))
				w.answer(1, 7)
				w.finish()
				w.seal(true)
				sessions++
				w.wanted(&all, map[int]int{0: int(at % 5), 1: 7})
				f := &failing{Tallies: w.store.Tallies(), Findings: w.store.Findings(), after: after}
				f.left.Store(at)
				p := theory.StatisticsPorts{Tallies: f, Findings: f, Sessions: w.store.Sessions()}
				_, err := w.statisticsOver(p).Rebuild(ctx, worker, theory.Scope{})
				wantErr(t, err, errKilled)
				s := w.statistics()
				_, err = s.Rebuild(ctx, worker, theory.Scope{})
				must(t, err)
				w.wantStatistics(s, &all, sessions)
				w.wantRebuilt(s, 0, false)
			})
		}
	}
}

// Two servers count at the same time.
func TestStatisticsTwice(t *testing.T) {
	w := emptyWorld(t)
	var all itemstats.Counter
	for n := range 2 {
		w.again(t, 3)
		w.answer(0, 3)
		w.answer(1, 8+n)
		w.answer(2, 1)
		w.finish()
		w.seal(true)
		w.wanted(&all, map[int]int{0: 3, 1: 8 + n, 2: 1})
		var wg sync.WaitGroup
		for range 3 {
			wg.Go(func() {
				if _, err := w.statistics().Rebuild(ctx, worker, theory.Scope{}); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		w.wantRebuilt(w.statistics(), 0, false)
		w.wantStatistics(w.statistics(), &all, n+1)
	}
}
