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

// tally counts the attempts that the seal holds scores of, each by the keys that its points rest on: a key that was
// corrected in time counts as corrected. A session that was sealed before keeps its scores, and its numbers with them.
func (s *Statistics) tally(ctx context.Context, n *sitting.Session, seal *engine.Seal) (release string, t *itemstats.Tally, err error) {
	rule, rulings, err := s.exams.rule(ctx, n.ID)
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
		answers, err := s.exams.answers(ctx, a, rule.under(rulings, a.rests()))
		if err != nil {
			return err
		}
		mu.Lock()
		defer mu.Unlock()
		return counter.Add(answers)
	})
	return rule.Release.Release.ID, counter.Tally(), err
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
func (e *Exams) answers(ctx context.Context, a *Attempt, r Rule) (itemstats.Attempt, error) {
	chosen, err := e.chosen(ctx, a)
	if err != nil {
		return nil, fmt.Errorf("count attempt %s: %w", a.ID, err)
	}
	all := make(itemstats.Attempt, len(a.Form.Items))
	for i, it := range a.Form.Items {
		q, err := r.asked(it)
		if err != nil {
			return nil, fmt.Errorf("count attempt %s: %w", a.ID, err)
		}
		all[i] = answered(q, it, chosen[i+1])
		all[i].Mark = r.earned(q, it, chosen[i+1])
	}
	return all, nil
}

// answered leads the places that were chosen back to the options of the item version. Under a corrected key that is the
// version with this key: its words are the same, and the numbers by the wrong key stay with the version that had it.
func answered(q asked, it assembly.FormItem, chosen []int) itemstats.Answer {
	x := itemstats.Answer{Ref: itemstats.Ref{Code: q.key.Code, Version: q.key.Version}, Most: q.full, Given: q.struck,
		Facts: itemstats.Facts{Type: q.key.Type, Options: len(q.key.Options), Key: q.key.Key}}
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
