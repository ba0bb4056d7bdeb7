package storetest

import (
	"context"
	"testing"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/store"
	"github.com/skillcert/skillcert/engine/theory"
	"github.com/skillcert/skillcert/questionbank"
	"github.com/skillcert/skillcert/questionbank/itemstats"
)

func makeCounted(code string, part int) *theory.Counted {
	c := &theory.Counted{Session: "s", Part: part}
	c.Tally.Totals = []itemstats.Total{{Points: 6050, N: 2}}
	c.Tally.Slots = []itemstats.Slot{{N: 2, Mark: 100, Most: 200, Full: 20000, Total: 12100, Marks: 10000, Totals: 1, Product: 2}}
	c.Tally.Items = []itemstats.Item{{Ref: itemstats.Ref{Code: code, Version: 3}, Most: 200, Full: 20000,
		Facts: itemstats.Facts{Type: questionbank.Single, Options: 2, Key: []int{1}},
		Cells: itemstats.Cells{{Total: 6050, Mark: 0, N: 1, Open: 1, Chosen: []int64{0, 0}}, {Total: 6050, Mark: 100, N: 1, Chosen: []int64{0, 1}}}}}
	return c
}

func makeCoverage() *theory.Coverage {
	return &theory.Coverage{Thresholds: itemstats.DefaultThresholds(),
		Sessions: []theory.Covered{{Session: "s", Release: "2026.1", Level: engine.Level5, Parts: 2, At: morning, Shown: true}}}
}

// Tallies is the contract of theory.Tallies.
func Tallies(t *testing.T, open func(t *testing.T) *store.Store) {
	t.Run("coverage", func(t *testing.T) { coverage(t, open(t).Tallies()) })
	t.Run("one creates", func(t *testing.T) {
		r := open(t).Tallies()
		OneCreates(t, theory.ErrCovered, func(int) error { return r.CreateCoverage(context.Background(), makeCoverage()) })
	})
	t.Run("counted", func(t *testing.T) {
		ctx, r := context.Background(), open(t).Tallies()
		_, err := r.Counted(ctx, "s", 1)
		wantError(t, err, theory.ErrNoStatistics)
		for _, version := range []string{"a", "b"} { // the second replaces the first
			for _, part := range []int{1, 2} {
				mustDo(t, r.PutCounted(ctx, makeCounted(version, part)))
			}
			for _, part := range []int{1, 2} {
				got, err := r.Counted(ctx, "s", part)
				mustDo(t, err)
				if g, w := asJSON(t, got), asJSON(t, makeCounted(version, part)); g != w {
					t.Fatalf("%s, want %s", g, w)
				}
			}
		}
		_, err = r.Counted(ctx, "s", 3)
		wantError(t, err, theory.ErrNoStatistics)
	})
}

func coverage(t *testing.T, r theory.Tallies) {
	ctx := context.Background()
	_, err := r.Coverage(ctx)
	wantError(t, err, theory.ErrNoStatistics)
	late := makeCoverage()
	late.Revision = 1
	wantError(t, r.UpdateCoverage(ctx, late), engine.ErrStale)
	mustDo(t, r.CreateCoverage(ctx, makeCoverage()))
	wantError(t, r.CreateCoverage(ctx, makeCoverage()), theory.ErrCovered)
	first, err := r.Coverage(ctx)
	mustDo(t, err)
	second, err := r.Coverage(ctx)
	mustDo(t, err)
	first.Sessions[0].Parts = 9
	mustDo(t, r.UpdateCoverage(ctx, first))
	wantError(t, r.UpdateCoverage(ctx, second), engine.ErrStale)
	got, err := r.Coverage(ctx)
	mustDo(t, err)
	if g, w := asJSON(t, got), asJSON(t, first); g != w || got.Revision != 2 {
		t.Fatalf("%s at revision %d, want %s", g, got.Revision, w)
	}
}

func makeItemStatistics(code string, sessions int) *theory.ItemStatistics {
	half, weak := 0.5, -12.5
	return &theory.ItemStatistics{Code: code, Level: engine.Level4, Sessions: sessions, At: morning, Versions: []itemstats.Statistics{
		{Ref: itemstats.Ref{Code: code, Version: 2}, Attempts: 40, Facility: &half, Discrimination: &weak, Flags: []itemstats.Flag{itemstats.Negative},
			Options: []itemstats.Option{{Key: true, Chosen: 20, Share: &half, Groups: []int64{10, 10}}}, Groups: []itemstats.Group{{Attempts: 20, Least: 100, Most: 5000}}}}}
}

func makeLevelStatistics(release string, l engine.Level, part, sessions int) *theory.LevelStatistics {
	mean := 61.25
	return &theory.LevelStatistics{Release: release, Level: l, Part: part, Parts: 2, Sessions: sessions, At: morning,
		Exam:   itemstats.Exam{Attempts: 40, Positions: 2, Mean: &mean, Totals: []itemstats.Total{{Points: 100, N: 40}}},
		Places: []itemstats.Place{{No: 1, Attempts: 40, Facility: &mean}}, Items: makeItemStatistics("L4-1", sessions).Versions}
}

// Findings is the contract of theory.Findings.
func Findings(t *testing.T, open func(t *testing.T) *store.Store) {
	t.Run("items", func(t *testing.T) {
		ctx, r := context.Background(), open(t).Findings()
		_, err := r.ItemStatistics(ctx, "L4-1")
		wantError(t, err, theory.ErrNoStatistics)
		for put, want := range []int{0, 1, 2, 2} {
			mustDo(t, r.PutItemStatistics(ctx, makeItemStatistics("L4-1", min(put, 2))))
			mustDo(t, r.PutItemStatistics(ctx, makeItemStatistics("L4-2", 9)))
			mustDo(t, r.PutItemStatistics(ctx, makeItemStatistics("L4-1", want-1))) // came too late
			got, err := r.ItemStatistics(ctx, "L4-1")
			mustDo(t, err)
			if g, w := asJSON(t, got), asJSON(t, makeItemStatistics("L4-1", want)); g != w {
				t.Fatalf("%s, want %s", g, w)
			}
		}
	})
	t.Run("releases", func(t *testing.T) {
		ctx, r := context.Background(), open(t).Findings()
		places := []*theory.LevelStatistics{makeLevelStatistics("2026.1", engine.Level5, 1, 3), makeLevelStatistics("2026.1", engine.Level5, 2, 3),
			makeLevelStatistics("2026.1", engine.Level4, 1, 3), makeLevelStatistics("2026.1+120000", engine.Level5, 1, 3)}
		for _, p := range places {
			_, err := r.LevelStatistics(ctx, p.Release, p.Level, p.Part)
			wantError(t, err, theory.ErrNoStatistics)
		}
		for _, sessions := range []int{3, 2, 4} {
			for _, p := range places {
				mustDo(t, r.PutLevelStatistics(ctx, makeLevelStatistics(p.Release, p.Level, p.Part, sessions)))
			}
			for _, p := range places {
				got, err := r.LevelStatistics(ctx, p.Release, p.Level, p.Part)
				mustDo(t, err)
				if g, w := asJSON(t, got), asJSON(t, makeLevelStatistics(p.Release, p.Level, p.Part, max(3, sessions))); g != w {
					t.Fatalf("%s, want %s", g, w)
				}
			}
		}
	})
	t.Run("replaced at once", func(t *testing.T) {
		r := open(t).Findings()
		together(4, func(i int) {
			if err := r.PutItemStatistics(context.Background(), makeItemStatistics("L4-1", i)); err != nil {
				t.Error(err)
			}
		})
		if got, err := r.ItemStatistics(context.Background(), "L4-1"); err != nil || got.Sessions != 3 {
			t.Fatalf("%+v, %v", got, err)
		}
	})
}
