package docs

import (
	"context"
	"errors"
	"fmt"
)

// Gatherer is a Store that reads many documents of one kind for less than each by itself. Those that are absent are left out;
// the others come in any order, an ID that repeats once or more. It reads what Get would, not all at one moment.
type Gatherer interface {
	Gather(ctx context.Context, kind string, ids []string) ([]Doc, error)
}

// gatherMost bounds what a store is asked for at once.
const gatherMost = 500

// Many returns the aggregates of ids in their order, or Absent when there is one that is not there.
func (t Table[T]) Many(ctx context.Context, ids []string) ([]*T, error) {
	known := make(map[string]*T, len(ids))
	for rest := ids; len(rest) > 0; rest = rest[min(gatherMost, len(rest)):] {
		found, err := t.gather(ctx, rest[:min(gatherMost, len(rest))])
		if err != nil {
			return nil, fmt.Errorf("gather %s: %w", t.Kind, err)
		}
		for _, d := range found {
			if known[d.ID], err = t.decode(d); err != nil {
				return nil, err
			}
		}
	}
	all := make([]*T, len(ids))
	for i, id := range ids {
		if all[i] = known[id]; all[i] == nil {
			return nil, t.Absent
		}
	}
	return all, nil
}

// gather asks a store that is no Gatherer for one after the other.
func (t Table[T]) gather(ctx context.Context, ids []string) (found []Doc, err error) {
	if s, can := t.Store.(Gatherer); can {
		return s.Gather(ctx, t.Kind, ids)
	}
	for _, id := range ids {
		d, err := t.Store.Get(ctx, Key{t.Kind, id})
		switch {
		case err == nil:
			found = append(found, d)
		case !errors.Is(err, ErrNotFound):
			return nil, err
		}
	}
	return found, nil
}
