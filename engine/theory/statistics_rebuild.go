package theory

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/sitting"
	"github.com/skillcert/skillcert/questionbank/itemstats"
)

// Scope is what to rebuild. The zero value counts whatever was sealed since the last time.
type Scope struct {
	Session sitting.SessionID // this one only; empty for all
	Again   bool              // count what was counted before as well
}

// Rebuilt says what a Rebuild did.
type Rebuilt struct {
	Counted int // sessions
	Items   int // whose statistics were written
}

// Rebuild brings the statistics up to date; the server's own workers call it. First every sealed session that is not
// covered is counted, then the statistics of every level with something new in it are computed from all that was
// counted of it. Whoever calls again after a kill at any place goes on from there. A session that fails keeps no other
// back.
func (s *Statistics) Rebuild(ctx context.Context, by authz.Principal, scope Scope) (Rebuilt, error) {
	if err := by.Require(authz.TheoryMark); err != nil {
		return Rebuilt{}, err
	}
	if !by.Has(authz.Engine) {
		return Rebuilt{}, authz.ErrForbidden
	}
	now := s.exams.clock.Now()
	due, err := s.due(ctx, scope, now)
	if err != nil {
		return Rebuilt{}, err
	}
	var done Rebuilt
	var failed []error
	for _, n := range due {
		did, err := s.count(ctx, n, now)
		if err != nil {
			failed = append(failed, fmt.Errorf("count session %s: %w", n.ID, err))
		}
		if did {
			done.Counted++
		}
	}
	done.Items, err = s.show(ctx, now)
	return done, errors.Join(append(failed, err)...)
}

// show computes the statistics of every level that has a session not shown yet, or of all when the thresholds changed.
func (s *Statistics) show(ctx context.Context, now time.Time) (items int, err error) {
	c, err := s.coverage(ctx)
	if err != nil {
		return 0, err
	}
	changed := c.Thresholds != s.thresholds && len(c.Sessions) > 0
	for _, l := range engine.Levels() {
		of := slices.DeleteFunc(slices.Clone(c.Sessions), func(x Covered) bool { return x.Level != l })
		if !changed && !unshown(of) || len(of) == 0 {
			continue
		}
		n, err := s.showLevel(ctx, of, l, now)
		if err != nil {
			return items, err
		}
		items += n
	}
	if changed {
		_, err = s.cover(ctx, func(c *Coverage) error {
			if c.Thresholds == s.thresholds {
				return engine.ErrUnchanged
			}
			c.Thresholds = s.thresholds
			return nil
		})
	}
	return items, err
}

func unshown(of []Covered) bool {
	return slices.ContainsFunc(of, func(x Covered) bool { return !x.Shown })
}

// showLevel computes the statistics of one level from the sessions of it.
func (s *Statistics) showLevel(ctx context.Context, of []Covered, l engine.Level, now time.Time) (items int, err error) {
	var whole itemstats.Counter
	releases, sessions := map[string]*itemstats.Counter{}, map[string]int{}
	for _, x := range of {
		if releases[x.Release] == nil {
			releases[x.Release] = new(itemstats.Counter)
		}
		sessions[x.Release]++
		if err = s.merge(ctx, x, &whole, releases[x.Release]); err != nil {
			return 0, err
		}
	}
	for _, id := range slices.Sorted(maps.Keys(releases)) {
		base := LevelStatistics{Release: id, Level: l, Sessions: sessions[id], At: now}
		if err = s.putRelease(ctx, base, releases[id].Tally()); err != nil {
			return 0, err
		}
	}
	items, err = s.putItems(ctx, ItemStatistics{Level: l, Sessions: len(of), At: now}, whole.Tally())
	if err != nil {
		return 0, err
	}
	_, err = s.cover(ctx, func(c *Coverage) error { return c.show(of) })
	return items, err
}

// merge adds what was counted of a session to every counter.
func (s *Statistics) merge(ctx context.Context, x Covered, counters ...*itemstats.Counter) error {
	for part := 1; part <= x.Parts; part++ {
		got, err := s.ports.Tallies.Counted(ctx, x.Session, part)
		if err != nil {
			return fmt.Errorf("statistics of session %s: %w", x.Session, err)
		}
		for _, c := range counters {
			if err = c.Merge(&got.Tally); err != nil {
				return fmt.Errorf("statistics of session %s: %w", x.Session, err)
			}
		}
	}
	return nil
}

// show marks sessions as shown, unless they were counted again meanwhile. engine.ErrUnchanged when all are: servers that
// rebuild at once write no more often than there is something to say.
func (c *Coverage) show(of []Covered) error {
	err := engine.ErrUnchanged
	for _, x := range of {
		if n, ok := c.find(x.Session); ok && c.Sessions[n].At.Equal(x.At) && !c.Sessions[n].Shown {
			c.Sessions[n].Shown, err = true, nil
		}
	}
	return err
}

// itemsAPart bounds the items in one document of a release: their statistics take some six hundred bytes each.
const itemsAPart = 4000

func (s *Statistics) putRelease(ctx context.Context, base LevelStatistics, t *itemstats.Tally) error {
	r := itemstats.Evaluate(t, s.thresholds)
	parts := slices.Collect(slices.Chunk(withoutTables(r.Items), itemsAPart))
	base.Parts = max(1, len(parts))
	for n := range base.Parts {
		p := base
		if p.Part = n + 1; n == 0 {
			p.Exam, p.Places = r.Exam, r.Places
		}
		if n < len(parts) {
			p.Items = parts[n]
		}
		if err := s.ports.Findings.PutLevelStatistics(ctx, &p); err != nil {
			return err
		}
	}
	return nil
}

// putItems writes a document for every item, with all its versions.
func (s *Statistics) putItems(ctx context.Context, base ItemStatistics, t *itemstats.Tally) (int, error) {
	var all []*ItemStatistics
	for _, v := range itemstats.Evaluate(t, s.thresholds).Items { // by code and version
		if len(all) == 0 || all[len(all)-1].Code != v.Code {
			i := base
			i.Code = v.Code
			all = append(all, &i)
		}
		last := all[len(all)-1]
		last.Versions = append(last.Versions, v)
	}
	err := each(ctx, all, s.ports.Findings.PutItemStatistics)
	return len(all), err
}
