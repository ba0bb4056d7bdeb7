package theory

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/sitting"
	"github.com/skillcert/skillcert/questionbank"
	"github.com/skillcert/skillcert/questionbank/assembly"
	"github.com/skillcert/skillcert/questionbank/itemstats"
)

// partBytes is how much of a tally one document takes; half of what a store accepts.
const partBytes = 2 << 20

// due returns the sessions to count: those whose theory component is sealed by both persons. Before that scores may
// still change, and nobody but the marker may learn anything of them.
func (s *Statistics) due(ctx context.Context, scope Scope, now time.Time) ([]*sitting.Session, error) {
	covered, err := s.coverage(ctx)
	if err != nil {
		return nil, err
	}
	sessions, err := s.sessions(ctx, scope)
	return slices.DeleteFunc(sessions, func(n *sitting.Session) bool {
		return now.Before(n.Theory.Closes) || !scope.Again && covered.has(n.ID)
	}), err
}

func (s *Statistics) sessions(ctx context.Context, scope Scope) ([]*sitting.Session, error) {
	if scope.Session == "" {
		return engine.All(ctx, s.ports.Sessions.SessionList)
	}
	n, err := s.ports.Sessions.Session(ctx, scope.Session)
	if err != nil {
		return nil, err
	}
	return []*sitting.Session{n}, nil
}

// count counts one session and says so in the coverage; did is false while it is not sealed. The parts come first, so
// that a session that is covered is there as a whole.
func (s *Statistics) count(ctx context.Context, n *sitting.Session, now time.Time) (did bool, err error) {
	seal, err := s.exams.ports.Seals.Seal(ctx, string(n.ID), engine.Theory)
	if err == nil {
		err = seal.Complete()
	}
	switch {
	case errors.Is(err, engine.ErrNoSeal), errors.Is(err, engine.ErrNotSealed):
		return false, nil
	case err != nil:
		return false, err
	}
	release, tally, err := s.tally(ctx, n, seal)
	if err != nil {
		return false, err
	}
	parts := tally.Split(partBytes)
	for i, p := range parts {
		if err = s.ports.Tallies.PutCounted(ctx, &Counted{Session: n.ID, Part: i + 1, Tally: *p}); err != nil {
			return false, err
		}
	}
	_, err = s.cover(ctx, func(c *Coverage) error {
		c.add(Covered{Session: n.ID, Release: release, Level: n.Level, Parts: len(parts), At: now})
		return nil
	})
	return err == nil, err
}

// tally counts the attempts that the seal holds scores of.
func (s *Statistics) tally(ctx context.Context, n *sitting.Session, seal *engine.Seal) (release string, t *itemstats.Tally, err error) {
	d, err := s.exams.ports.Draws.Draw(ctx, n.ID)
	if err != nil {
		return "", nil, err
	}
	k, bp, err := s.exams.drawnFrom(ctx, d)
	if err != nil {
		return "", nil, err
	}
	rows, err := s.exams.attemptsOf(ctx, n.ID)
	if err != nil {
		return "", nil, err
	}
	rows = slices.DeleteFunc(rows, func(a *Attempt) bool {
		score, ok := seal.Score(a.Candidate)
		return a.State != Marked || !ok || score.Standing != engine.Scored
	})
	var counter itemstats.Counter
	var mu sync.Mutex
	err = each(ctx, rows, func(ctx context.Context, a *Attempt) error {
		answers, err := s.exams.answers(ctx, a, k, bp)
		if err != nil {
			return err
		}
		mu.Lock()
		defer mu.Unlock()
		return counter.Add(answers)
	})
	return d.Release, counter.Tally(), err
}

// drawnFrom reads the release and the blueprint of a draw.
func (e *Exams) drawnFrom(ctx context.Context, d *Draw) (*questionbank.Snapshot, *questionbank.Blueprint, error) {
	release, err := e.bank.Snapshot(ctx, d.Release)
	if err != nil {
		return nil, nil, err
	}
	if release.Release.Digest != d.Digest {
		return nil, nil, questionbank.ErrReleaseBroken
	}
	bp, err := e.bank.Blueprint(ctx, d.Blueprint)
	return release, bp, err
}

// answers reads what an attempt answered from its log, which must be the one that was marked.
func (e *Exams) answers(ctx context.Context, a *Attempt, release *questionbank.Snapshot, bp *questionbank.Blueprint) (itemstats.Attempt, error) {
	log, err := e.log(ctx, a.ID, 0)
	if err != nil {
		return nil, err
	}
	if Receipt(a.ID, log) != a.Receipt {
		return nil, fmt.Errorf("count attempt %s: %w", a.ID, ErrLogBroken)
	}
	chosen := Fold(log).Chosen
	all := make(itemstats.Attempt, len(a.Form.Items))
	for i, it := range a.Form.Items {
		v, ok := release.Item(it.Code)
		if !ok || v.Version != it.Version {
			return nil, fmt.Errorf("count attempt %s: release %s lacks item %s version %d", a.ID, release.Release.ID, it.Code, it.Version)
		}
		all[i] = answered(it, v, chosen[i+1], bp.PointsOf(v.Type))
	}
	return all, nil
}

// answered leads the places that were chosen back to the options of the item version.
func answered(it assembly.FormItem, v questionbank.ItemVersion, chosen []int, points engine.Points) itemstats.Answer {
	x := itemstats.Answer{Ref: itemstats.Ref{Code: v.Code, Version: v.Version}, Most: points,
		Facts: itemstats.Facts{Type: v.Type, Options: len(v.Options), Key: v.Key}}
	if right(it, v.Key, chosen) {
		x.Mark = points
	}
	for _, place := range chosen {
		if place >= 0 && place < len(it.Options) {
			x.Chosen = append(x.Chosen, it.Options[place])
		}
	}
	return x
}

// coverage reads the coverage; one that nobody wrote yet is empty, at revision zero.
func (s *Statistics) coverage(ctx context.Context) (*Coverage, error) {
	c, err := s.ports.Tallies.Coverage(ctx)
	if errors.Is(err, ErrNoStatistics) {
		return &Coverage{}, nil
	}
	return c, err
}

// cover edits the coverage. edit may run more than once.
func (s *Statistics) cover(ctx context.Context, edit func(*Coverage) error) (*Coverage, error) {
	save := func(ctx context.Context, c *Coverage) error {
		if c.Revision > 0 {
			return s.ports.Tallies.UpdateCoverage(ctx, c)
		}
		err := s.ports.Tallies.CreateCoverage(ctx, c)
		if errors.Is(err, ErrCovered) {
			return engine.ErrStale // somebody else was first
		}
		return err
	}
	return engine.Modify(ctx, s.coverage, save, edit)
}

func (c *Coverage) find(id sitting.SessionID) (int, bool) {
	return slices.BinarySearchFunc(c.Sessions, id, func(x Covered, id sitting.SessionID) int {
		return strings.Compare(string(x.Session), string(id))
	})
}

func (c *Coverage) has(id sitting.SessionID) bool {
	_, ok := c.find(id)
	return ok
}

// add puts a session in, or in the place of what was counted of it before.
func (c *Coverage) add(x Covered) {
	n, ok := c.find(x.Session)
	if !ok {
		c.Sessions = slices.Insert(c.Sessions, n, x)
	}
	c.Sessions[n] = x
}
