package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/sitting"
	"github.com/skillcert/skillcert/engine/store/docs"
	"github.com/skillcert/skillcert/engine/theory"
)

func statisticsSchema() docs.Schema {
	return docs.Schema{"counted": nil, "coverage": nil, "item-statistics": nil, "release-statistics": nil}
}

// Tallies is the repository of what was counted for statistics.
func (s *Store) Tallies() theory.Tallies {
	return tallyTables{
		counted: docs.Table[theory.Counted]{Store: s.docs, IDs: s.ids, Kind: "counted", Schema: 1,
			ID:       func(c *theory.Counted) string { return partID(string(c.Session), c.Part) },
			Revision: func(c *theory.Counted) *int64 { return &c.Revision },
			Absent:   theory.ErrNoStatistics, Exists: engine.ErrStale},
		coverage: docs.Table[theory.Coverage]{Store: s.docs, IDs: s.ids, Kind: "coverage", Schema: 1,
			ID: func(*theory.Coverage) string { return coverageID }, Revision: func(c *theory.Coverage) *int64 { return &c.Revision },
			Absent: theory.ErrNoStatistics, Exists: theory.ErrCovered},
	}
}

// coverageID names the one coverage of a house.
const coverageID = "house"

func partID(of string, part int) string { return fmt.Sprintf("%s/%04d", of, part) }

type tallyTables struct {
	counted  docs.Table[theory.Counted]
	coverage docs.Table[theory.Coverage]
}

func (r tallyTables) Counted(ctx context.Context, s sitting.SessionID, part int) (*theory.Counted, error) {
	return r.counted.Get(ctx, partID(string(s), part))
}
func (r tallyTables) PutCounted(ctx context.Context, c *theory.Counted) error {
	return replaceUnless(ctx, r.counted, c, func(*theory.Counted) bool { return false })
}
func (r tallyTables) Coverage(ctx context.Context) (*theory.Coverage, error) {
	return r.coverage.Get(ctx, coverageID)
}
func (r tallyTables) CreateCoverage(ctx context.Context, c *theory.Coverage) error {
	return r.coverage.Create(ctx, c)
}
func (r tallyTables) UpdateCoverage(ctx context.Context, c *theory.Coverage) error {
	return r.coverage.Update(ctx, c)
}

// Findings is the repository of the statistics that people read.
func (s *Store) Findings() theory.Findings {
	return findingTables{
		items: docs.Table[theory.ItemStatistics]{Store: s.docs, IDs: s.ids, Kind: "item-statistics", Schema: 1,
			ID: func(i *theory.ItemStatistics) string { return i.Code }, Revision: func(i *theory.ItemStatistics) *int64 { return &i.Revision },
			Absent: theory.ErrNoStatistics, Exists: engine.ErrStale},
		levels: docs.Table[theory.LevelStatistics]{Store: s.docs, IDs: s.ids, Kind: "release-statistics", Schema: 1,
			ID:       func(l *theory.LevelStatistics) string { return levelPartID(l.Release, l.Level, l.Part) },
			Revision: func(l *theory.LevelStatistics) *int64 { return &l.Revision },
			Absent:   theory.ErrNoStatistics, Exists: engine.ErrStale},
	}
}

func levelPartID(release string, l engine.Level, part int) string {
	return partID(fmt.Sprintf("%s/%d", release, uint8(l)), part)
}

type findingTables struct {
	items  docs.Table[theory.ItemStatistics]
	levels docs.Table[theory.LevelStatistics]
}

func (r findingTables) ItemStatistics(ctx context.Context, code string) (*theory.ItemStatistics, error) {
	return r.items.Get(ctx, code)
}
func (r findingTables) PutItemStatistics(ctx context.Context, s *theory.ItemStatistics) error {
	return replaceUnless(ctx, r.items, s, func(old *theory.ItemStatistics) bool { return old.Sessions > s.Sessions })
}
func (r findingTables) LevelStatistics(ctx context.Context, release string, l engine.Level, part int) (*theory.LevelStatistics, error) {
	return r.levels.Get(ctx, levelPartID(release, l, part))
}
func (r findingTables) PutLevelStatistics(ctx context.Context, s *theory.LevelStatistics) error {
	return replaceUnless(ctx, r.levels, s, func(old *theory.LevelStatistics) bool { return old.Sessions > s.Sessions })
}

// replaceUnlessTries bounds how often replaceUnless starts again when others replace the same document.
const replaceUnlessTries = 8

// replaceUnless writes v in the place of what is stored under its ID, unless that is to be kept.
func replaceUnless[T any](ctx context.Context, t docs.Table[T], v *T, keep func(old *T) bool) error {
	for try := 1; ; try++ {
		old, err := t.Get(ctx, t.ID(v))
		switch {
		case err == nil && keep(old):
			return nil
		case err == nil:
			*t.Revision(v) = *t.Revision(old)
			err = t.Update(ctx, v)
		case errors.Is(err, t.Absent):
			err = t.Create(ctx, v)
		}
		if !errors.Is(err, engine.ErrStale) || try == replaceUnlessTries {
			return err
		}
	}
}
