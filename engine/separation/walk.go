package separation

import (
	"context"
	"maps"
	"slices"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/clock"
)

// step is one tie of a chain, followed from its From to its To or back.
type step struct {
	tie  *Tie
	back bool
}

func (s step) start() Node {
	if s.back {
		return s.tie.To
	}
	return s.tie.From
}

func (s step) end() Node {
	if s.back {
		return s.tie.From
	}
	return s.tie.To
}

// maxRead bounds the ties that one question may read, so that a mistake in the data cannot stall a room. It is
// several times what a province's largest school would bring in.
const maxRead = 200_000

// walk answers one question about one member of staff. Every node is read once, whatever the number of rules.
type walk struct {
	ties  Ties
	day   clock.Date
	known map[Node][]*Tie
	read  int
}

func (w *walk) of(ctx context.Context, n Node) ([]*Tie, error) {
	if ties, ok := w.known[n]; ok {
		return ties, nil
	}
	var all []*Tie
	for c := (engine.Cursor{}); ; {
		rows, next, err := w.ties.TiesOf(ctx, n, c)
		if err != nil {
			return nil, err
		}
		all = append(all, rows...)
		if w.read += len(rows); w.read > maxRead {
			return nil, ErrTooWide
		}
		if c.After = next; next == "" {
			break
		}
	}
	w.known[n] = all
	return all, nil
}

// layer holds the nodes at one place of a chain, each with the step by which it was reached first; nil at the start.
type layer map[Node]*step

// chains returns, for every goal that a chain of the rule's kinds leads to from start, one such chain. It works from
// both sides towards the middle, always on the side with fewer nodes: one candidate is asked about from the
// candidate's few ties, three thousand from the examiner's. Which of several chains is found depends neither on that
// nor on the order of recording: nodes are taken in byte order, and the ties of a node in the order of their IDs.
func (w *walk) chains(ctx context.Context, rule engine.SeparationRule, start Node, goals map[Node]bool) (map[Node][]step, error) {
	ahead, rear := []layer{{start: nil}}, goals
	var behind []map[Node][]*step // steps towards the goals by the node they start from, the last ones first
	for left := rule.Chain; len(left) > 0; {
		front := ahead[len(ahead)-1]
		if len(front) == 0 || len(rear) == 0 {
			return nil, nil
		}
		if len(front) <= len(rear) {
			steps, err := w.steps(ctx, sorted(front), Kind(left[0]), rule.Months)
			if err != nil {
				return nil, err
			}
			ahead, left = append(ahead, reach(steps)), left[1:]
			continue
		}
		steps, err := w.steps(ctx, sorted(rear), Kind(left[len(left)-1]), rule.Months)
		if err != nil {
			return nil, err
		}
		by := map[Node][]*step{}
		rear = map[Node]bool{}
		for _, s := range steps {
			turned := &step{tie: s.tie, back: !s.back}
			by[turned.start()], rear[turned.start()] = append(by[turned.start()], turned), true
		}
		behind, left = append(behind, by), left[:len(left)-1]
	}
	return join(ahead, behind, goals), nil
}

// steps returns every step along a tie of the kind that leaves one of the nodes, in the order of nodes and ties.
func (w *walk) steps(ctx context.Context, nodes []Node, k Kind, months int) ([]*step, error) {
	var out []*step
	for _, n := range nodes {
		ties, err := w.of(ctx, n)
		if err != nil {
			return nil, err
		}
		for _, t := range ties {
			if t.Kind == k && t.counts(w.day, months) {
				out = append(out, &step{tie: t, back: t.To == n})
			}
		}
	}
	return out, nil
}

func sorted[V any](m map[Node]V) []Node { return slices.Sorted(maps.Keys(m)) }

// reach is the layer that steps lead to.
func reach(steps []*step) layer {
	l := layer{}
	for _, s := range steps {
		if _, already := l[s.end()]; !already {
			l[s.end()] = s
		}
	}
	return l
}

// join goes on from the last layer ahead along the steps behind, and traces a chain back from every goal it comes to.
func join(ahead []layer, behind []map[Node][]*step, goals map[Node]bool) map[Node][]step {
	for _, by := range slices.Backward(behind) {
		var steps []*step
		for _, n := range sorted(ahead[len(ahead)-1]) {
			steps = append(steps, by[n]...)
		}
		ahead = append(ahead, reach(steps))
	}
	out := map[Node][]step{}
	for n := range ahead[len(ahead)-1] {
		if goals[n] {
			out[n] = trace(ahead, n)
		}
	}
	return out
}

func trace(ahead []layer, n Node) []step {
	path := make([]step, len(ahead)-1)
	for i := len(path); i > 0; i-- {
		s := ahead[i][n]
		path[i-1], n = *s, s.start()
	}
	return path
}
