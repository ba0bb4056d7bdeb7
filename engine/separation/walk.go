package separation

import (
	"context"
	"maps"
	"slices"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/clock"
)

// step is one tie of a chain, followed from its From to its To or back. A step without a tie stays where it is, at a
// place of the chain that may be left out.
type step struct {
	tie  *Tie
	back bool
	at   Node // of a step without a tie
}

func (s step) start() Node {
	switch {
	case s.tie == nil:
		return s.at
	case s.back:
		return s.tie.To
	}
	return s.tie.From
}

func (s step) end() Node {
	switch {
	case s.tie == nil:
		return s.at
	case s.back:
		return s.tie.From
	}
	return s.tie.To
}

// turned is the step the other way.
func (s step) turned() *step {
	s.back = !s.back
	return &s
}

// maxRead bounds the ties that one question may read, so that a mistake in the data cannot stall a room. It is
// several times what a province's largest school would bring in.
const maxRead = 500_000

// walk answers questions about one day. Every node is read once.
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

// place is one step of a chain as it is walked: a link of up to three ties is three places, of which those beyond its
// least may be left out.
type place struct {
	link     engine.Link
	optional bool
}

func places(chain []engine.Link) (out []place) {
	for _, l := range chain {
		for i := range l.Most {
			out = append(out, place{l, i >= l.Least})
		}
	}
	return out
}

// takes reports whether a tie of a node, followed back or not, fits the place.
func (p place) takes(t *Tie, back bool) bool {
	l := p.link
	switch {
	case !slices.Contains(l.Kinds, string(t.Kind)), t.Percent > 0 && t.Percent < l.Percent:
		return false
	case t.Kind.mutual() || l.Way == "":
		return true
	}
	return back == (l.Way == engine.WayBack)
}

// layer holds the nodes at one place of a chain, each with the step by which it was reached first; nil at the start.
type layer map[Node]*step

// chains returns, for every goal that a chain of the rule leads to from start, one such chain. It works from both sides
// towards the middle, always on the side with fewer nodes: one candidate is asked about from the candidate's few ties,
// three thousand from the examiner's. Which of several chains is found depends neither on that nor on the order of
// recording: places that may be left out are, nodes are taken in byte order, and the ties of a node in the order of
// their IDs. A circle of owners leads nowhere new, and a chain has only so many places.
func (w *walk) chains(ctx context.Context, rule engine.SeparationRule, start Node, goals map[Node]bool) (map[Node][]step, error) {
	ahead, rear := []layer{{start: nil}}, goals
	var behind []map[Node][]*step // steps towards the goals by the node they start from, the last ones first
	for left := places(rule.Chain); len(left) > 0; {
		front := ahead[len(ahead)-1]
		if len(front) == 0 || len(rear) == 0 {
			return nil, nil
		}
		if len(front) <= len(rear) {
			steps, err := w.steps(ctx, sorted(front), left[0], rule.Months, false)
			if err != nil {
				return nil, err
			}
			ahead, left = append(ahead, reach(steps)), left[1:]
			continue
		}
		steps, err := w.steps(ctx, sorted(rear), left[len(left)-1], rule.Months, true)
		if err != nil {
			return nil, err
		}
		by := map[Node][]*step{}
		rear = map[Node]bool{}
		for _, s := range steps {
			t := s.turned()
			by[t.start()], rear[t.start()] = append(by[t.start()], t), true
		}
		behind, left = append(behind, by), left[:len(left)-1]
	}
	return join(ahead, behind, goals), nil
}

// steps returns every step at the place that leaves one of the nodes, in the order of nodes and ties; first those that
// stay. From behind, ties are followed against the way of the chain.
func (w *walk) steps(ctx context.Context, nodes []Node, p place, months int, behind bool) ([]*step, error) {
	var out []*step
	if p.optional {
		for _, n := range nodes {
			out = append(out, &step{at: n})
		}
	}
	for _, n := range nodes {
		ties, err := w.of(ctx, n)
		if err != nil {
			return nil, err
		}
		for _, t := range ties {
			back := t.To == n
			if p.takes(t, back != behind) && t.counts(w.day, months) {
				out = append(out, &step{tie: t, back: back})
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
		var stays, moves []*step
		for _, n := range sorted(ahead[len(ahead)-1]) {
			for _, s := range by[n] {
				if s.tie == nil {
					stays = append(stays, s)
				} else {
					moves = append(moves, s)
				}
			}
		}
		ahead = append(ahead, reach(append(stays, moves...)))
	}
	out := map[Node][]step{}
	for n := range ahead[len(ahead)-1] {
		if goals[n] {
			out[n] = trace(ahead, n)
		}
	}
	return out
}

// trace is the chain that led to n, without the places that were left out.
func trace(ahead []layer, n Node) []step {
	var path []step
	for _, l := range slices.Backward(ahead[1:]) {
		s := l[n]
		if s.tie != nil {
			path = append(path, *s)
		}
		n = s.start()
	}
	slices.Reverse(path)
	return path
}
