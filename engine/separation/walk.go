package separation

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/clock"
)

// step is one tie of a chain, followed from its From to its To or back. A step without a tie stays where it is, at a
// spot of the chain that may be left out.
type step struct {
	tie    *Tie
	back   bool
	walked *[2]Node // its from and to, where the tie does not say them: where it stays, or the nodes that stand for one human
}

func (s step) nodes() (from, to Node) {
	if s.walked != nil {
		return s.walked[0], s.walked[1]
	}
	return s.tie.From, s.tie.To
}

func (s step) start() Node {
	from, to := s.nodes()
	if s.back {
		return to
	}
	return from
}

func (s step) end() Node {
	from, to := s.nodes()
	if s.back {
		return from
	}
	return to
}

// ends are the nodes that the tie itself names, from where it is entered.
func (s step) ends() (start, end Node) {
	if s.back {
		return s.tie.To, s.tie.From
	}
	return s.tie.From, s.tie.To
}

// turned is the step the other way.
func (s step) turned() *step {
	s.back = !s.back
	return &s
}

// maxRead bounds the ties that one question may read, so that a mistake in the data cannot stall a room. It is
// several times what a province's largest school would bring in.
const maxRead = 500_000

// walk answers questions about a day at a time. Every list of ties is read once for all days.
type walk struct {
	ties  Ties
	day   clock.Date
	known map[kindOf][]*Tie
	apart map[string]bool // ties that are passed over, by ID
	fold  *folding        // nodes of which several stand for one human; nil: none do
	read  atomic.Int64
}

// kindOf names the ties of a kind at a node.
type kindOf struct {
	node Node
	kind Kind
}

// of returns the ties of a kind at a node, each once, in the order of their IDs.
func (w *walk) of(ctx context.Context, n Node, k Kind) ([]*Tie, error) {
	key := kindOf{n, k}
	if ties, ok := w.known[key]; ok {
		return ties, nil
	}
	all, err := w.fetch(ctx, key)
	if err == nil {
		w.known[key] = all
	}
	return all, err
}

func (w *walk) knows(key kindOf) bool { _, known := w.known[key]; return known }

func (w *walk) fetch(ctx context.Context, key kindOf) (all []*Tie, err error) {
	members := w.fold.members(key.node)
	for _, n := range members {
		for _, l := range n.listsOf(key.kind) {
			rows, err := w.whole(ctx, n, l)
			if err != nil {
				return nil, err
			}
			all = append(all, rows...)
		}
	}
	slices.SortFunc(all, func(a, b *Tie) int { return cmp.Compare(a.ID, b.ID) })
	if len(members) > 1 { // a tie between two of them is read twice
		all = slices.CompactFunc(all, func(a, b *Tie) bool { return a.ID == b.ID })
	}
	return all, nil
}

// Lists are read several at a time where there are many.
const (
	readers = 8
	many    = 16
)

// prefetch reads the lists of the nodes that are not known yet.
func (w *walk) prefetch(ctx context.Context, nodes []Node, kinds []string) error {
	var missing []kindOf
	for _, n := range nodes {
		for _, k := range kinds {
			if key := (kindOf{n, Kind(k)}); !w.knows(key) && len(n.listsOf(key.kind)) > 0 {
				missing = append(missing, key)
			}
		}
	}
	if len(missing) < many {
		return nil
	}
	found := make([][]*Tie, len(missing))
	work, ctx := errgroup.WithContext(ctx)
	work.SetLimit(readers)
	for i, key := range missing {
		work.Go(func() (err error) {
			found[i], err = w.fetch(ctx, key)
			return err
		})
	}
	err := work.Wait()
	for i, key := range missing {
		if err == nil {
			w.known[key] = found[i]
		}
	}
	return err
}

// whole reads a list to its end.
func (w *walk) whole(ctx context.Context, n Node, l list) (all []*Tie, err error) {
	for c := (engine.Cursor{}); ; {
		rows, next, err := l.read(ctx, w.ties, n, c)
		if err != nil {
			return nil, err
		}
		all = append(all, rows...)
		if w.read.Add(int64(len(rows))) > maxRead {
			return nil, ErrTooWide
		}
		if c.After = next; next == "" {
			return all, nil
		}
	}
}

// spot is one step of a chain as it is walked: a link of up to three ties is three spots, of which those beyond its
// least may be left out.
type spot struct {
	link     engine.Link
	optional bool
}

func spots(chain []engine.Link) (out []spot) {
	for _, l := range chain {
		for i := range l.Most {
			out = append(out, spot{l, i >= l.Least})
		}
	}
	return out
}

// takes reports whether a tie of one of the link's kinds, followed back or not, fits the spot.
func (p spot) takes(t *Tie, back bool) bool {
	l := p.link
	switch {
	case t.Percent > 0 && t.Percent < l.Percent:
		return false
	case t.Kind.mutual() || l.Way == "":
		return true
	}
	return back == (l.Way == engine.WayBack)
}

// layer holds the nodes at one place of a chain, each with the step by which it was reached first; nil at the start.
type layer map[Node]*step

// half is a rule's chain walked back from the goals as far as that pays: what is left is walked ahead from each subject.
type half struct {
	rule   engine.SeparationRule
	goals  goals
	left   []spot
	behind []map[Node][]*step // steps towards the goals by the node they start from, the last ones first
}

// back begins with a rule for so many subjects. The half behind is walked once for all of them, so it reaches as far as
// that reads less than they would from their side: one candidate is asked about from the candidate's few ties, three
// thousand from the examiner's, and a whole sitting from both.
func (w *walk) back(ctx context.Context, rule engine.SeparationRule, subjects int, goals goals) (*half, error) {
	h := &half{rule: rule, goals: goals, left: spots(rule.Chain)}
	for rear := sorted(goals); len(h.left) > 0 && len(rear) > 0; {
		last := h.left[len(h.left)-1]
		if float64(len(rear))*last.fan(true) >= float64(subjects)*reads(h.left) {
			break
		}
		steps, err := w.steps(ctx, rear, last, rule.Months, true)
		if err != nil {
			return nil, err
		}
		by := map[Node][]*step{}
		for _, s := range steps {
			t := s.turned()
			by[t.start()] = append(by[t.start()], t)
		}
		rear, h.behind, h.left = sorted(by), append(h.behind, by), h.left[:len(h.left)-1]
	}
	return h, nil
}

// Fans are how many ties a list holds, roughly, where it is not a handful: who attends a class, who works for a body.
const (
	handful    = 4
	fanClass   = 40
	fanEmploys = 100
	fanTrains  = 20
)

// fan is how many ties of the spot a node has, roughly, seen from one side of it.
func (p spot) fan(behind bool) float64 {
	most := 0
	for _, k := range p.link.Kinds {
		n := handful
		switch {
		case Kind(k) == Attends && !behind:
			n = fanClass
		case Kind(k) == Employs && behind:
			n = fanEmploys
		case Kind(k) == Trains && !behind:
			n = fanTrains
		case Kind(k) == Trains, Kind(k) == Teaches && behind:
			n = 1
		}
		most = max(most, n)
	}
	return float64(most)
}

// reads is how many ties one subject reads at the last of the spots, having come through the others.
func reads(spots []spot) float64 {
	n := 1.0
	for i, p := range spots {
		if !p.optional || i == len(spots)-1 {
			n *= p.fan(false)
		}
	}
	return n
}

// chains returns, for every goal that a chain of the rule leads to from start, one such chain. Which of several is found
// depends neither on how far the half behind reaches nor on the order of recording: spots that may be left out are, nodes
// are taken in byte order, and the ties of a node in the order of the link's kinds and of their IDs. A circle of owners
// leads nowhere new, and a chain has only so many spots.
func (w *walk) chains(ctx context.Context, h *half, start Node) (map[Node][]step, error) {
	ahead := []layer{{start: nil}}
	for _, p := range h.left {
		front := ahead[len(ahead)-1]
		if len(front) == 0 {
			return nil, nil
		}
		steps, err := w.steps(ctx, sorted(front), p, h.rule.Months, false)
		if err != nil {
			return nil, err
		}
		ahead = append(ahead, reach(steps))
	}
	return join(ahead, h.behind, h.goals), nil
}

// steps returns every step at the spot that leaves one of the nodes, in the order of nodes and ties; first those that
// stay. From behind, ties are followed against the way of the chain.
func (w *walk) steps(ctx context.Context, nodes []Node, p spot, months int, behind bool) ([]*step, error) {
	if err := w.prefetch(ctx, nodes, p.link.Kinds); err != nil {
		return nil, err
	}
	var out []*step
	if p.optional {
		for _, n := range nodes {
			out = append(out, &step{walked: &[2]Node{n, n}})
		}
	}
	for _, n := range nodes {
		for _, k := range p.link.Kinds {
			ties, err := w.of(ctx, n, Kind(k))
			if err != nil {
				return nil, err
			}
			for _, t := range ties {
				walked := w.fold.walked(t)
				back := step{tie: t, walked: walked}.end() == n
				if p.takes(t, back != behind) && t.counts(w.day, months) && !w.apart[t.ID] {
					out = append(out, &step{tie: t, back: back, walked: walked})
				}
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
func join(ahead []layer, behind []map[Node][]*step, goals goals) map[Node][]step {
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
		if _, sought := goals[n]; sought {
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
