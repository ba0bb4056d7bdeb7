package separation

import (
	"context"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/clock"
)

// Common is something that candidates may have in common: two with the same one know each other, or may.
type Common struct {
	Kind string // of engine.SeatTies
	Key  string
}

// Company returns what each candidate may have in common with another of them on the day, for a seat plan: a class, an
// employer, the body that ran a class, and for every two who declared a tie a key of their own. Classes and jobs that
// ended more than months ago do not count, 0 for ever. It asks for no role: it is for other rooms.
func (j *Judge) Company(ctx context.Context, candidates []engine.PersonID, on clock.Date, months int) (map[engine.PersonID][]Common, error) {
	fold, err := j.readFolding(ctx)
	if err != nil {
		return nil, err
	}
	w, here := &walk{ties: j.ties, day: on, known: map[kindOf][]*Tie{}, fold: fold}, make(map[Node]bool, len(candidates))
	for _, c := range candidates {
		here[fold.of(PersonNode(c))] = true
	}
	out := make(map[engine.PersonID][]Common, len(candidates))
	for _, c := range candidates {
		all, err := w.company(ctx, fold.of(PersonNode(c)), here, months)
		if err != nil {
			return nil, err
		}
		out[c] = all
	}
	return out, nil
}

// company is Company for one candidate.
func (w *walk) company(ctx context.Context, me Node, here map[Node]bool, months int) (all []Common, err error) {
	for _, k := range []Kind{Kin, Declared, Employs, Attends} {
		ties, err := w.of(ctx, me, k)
		if err != nil {
			return nil, err
		}
		for _, t := range ties {
			switch {
			case k.mutual():
				// Without regard to when it was over: who fell out still knows the other.
				if from, to := w.fold.of(t.From), w.fold.of(t.To); t.counts(w.day, 0) && here[from] && here[to] {
					all = append(all, Common{"kin", string(min(from, to)) + " " + string(max(from, to))})
				}
			case !t.counts(w.day, months):
			case k == Employs:
				all = append(all, Common{"employer", string(t.From)})
			case k == Attends:
				all = append(all, Common{"class", string(t.To)})
				if all, err = w.trainers(ctx, t.To, all, months); err != nil {
					return nil, err
				}
			}
		}
	}
	return all, nil
}

// trainers adds the bodies that ran a class.
func (w *walk) trainers(ctx context.Context, class Node, all []Common, months int) ([]Common, error) {
	ties, err := w.of(ctx, class, Trains)
	if err != nil {
		return nil, err
	}
	for _, t := range ties {
		if t.counts(w.day, months) {
			all = append(all, Common{"trainer", string(t.From)})
		}
	}
	return all, nil
}
