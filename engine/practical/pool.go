package practical

import (
	"context"
	"errors"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/sitting"
)

// TasksOf tells the sittings which tasks a session draws from and which were given, by their codes and nothing else of them.
func TasksOf(d Draws, a Assessments, p engine.PracticalPolicy, c clock.Clock) sitting.Tasks {
	return tasksOf{d, a, p, c}
}

type tasksOf struct {
	draws       Draws
	assessments Assessments
	policy      engine.PracticalPolicy
	clock       clock.Clock
}

// Pool is that of sitting.Tasks. A draw that dealt nothing is judged by what it draws from for ever.
func (t tasksOf) Pool(ctx context.Context, n *sitting.Session) (map[string]bool, bool, error) {
	draw, err := t.draws.TaskDraw(ctx, n.ID)
	if errors.Is(err, ErrNotDrawn) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, err
	}
	now := t.clock.Now()
	if now.Before(n.Practical.Closes) {
		return draw.codes(), false, nil
	}
	all, err := engine.All(ctx, func(ctx context.Context, c engine.Cursor) ([]*Assessment, string, error) {
		return t.assessments.AssessmentsOf(ctx, n.ID, c)
	})
	if err != nil || len(all) == 0 || now.Before(plan(t.policy, n, draw, all).Over()) {
		return draw.codes(), false, err
	}
	given := map[string]bool{}
	for _, a := range all {
		for _, code := range a.Tasks {
			given[code] = true
		}
	}
	return given, true, nil
}

func (d *Draw) codes() map[string]bool {
	codes := map[string]bool{}
	for _, t := range d.Tasks {
		codes[t.Code] = true
	}
	return codes
}
