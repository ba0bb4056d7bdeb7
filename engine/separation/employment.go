package separation

import (
	"context"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/clock"
)

// Employed lists the ties on record by which the body employs the person on the day, in the byte order of IDs: contested
// ones too, and those of which nobody wrote down when they began. It asks for no role: it is for other rooms.
func (j *Judge) Employed(ctx context.Context, org engine.OrgID, p engine.PersonID, day clock.Date) ([]*Tie, error) {
	all, err := engine.All(ctx, func(ctx context.Context, c engine.Cursor) ([]*Tie, string, error) {
		return j.ties.TiesTo(ctx, PersonNode(p), Employs, c)
	})
	if err != nil {
		return nil, err
	}
	var now []*Tie
	for _, t := range all {
		if t.From == OrgNode(org) && t.holds(day) {
			now = append(now, t)
		}
	}
	return now, nil
}

// Service is the tie that shows the longest service of the person in the body that goes on on the day, nil when none does. A
// tie that is contested shows nothing until that is settled, nor does one without its first day.
func (j *Judge) Service(ctx context.Context, org engine.OrgID, p engine.PersonID, day clock.Date) (*Tie, error) {
	all, err := j.Employed(ctx, org, p, day)
	if err != nil {
		return nil, err
	}
	var longest *Tie
	for _, t := range all {
		if t.Contested || t.Since.IsZero() {
			continue
		}
		if longest == nil || t.Since.Before(longest.Since) {
			longest = t
		}
	}
	return longest, nil
}

// Staff counts the people whom the body employs on the day, by the ties on record.
func (j *Judge) Staff(ctx context.Context, org engine.OrgID, day clock.Date) (int, error) {
	all, err := engine.All(ctx, func(ctx context.Context, c engine.Cursor) ([]*Tie, string, error) {
		return j.ties.TiesFrom(ctx, OrgNode(org), Employs, c)
	})
	if err != nil {
		return 0, err
	}
	staff := map[Node]bool{}
	for _, t := range all {
		if t.holds(day) {
			staff[t.To] = true
		}
	}
	return len(staff), nil
}

// holds reports whether the tie is one of that very day.
func (t *Tie) holds(day clock.Date) bool {
	return !t.Never() && !day.Before(t.Since) && (t.Until.IsZero() || !t.Until.Before(day))
}
