package separation

import (
	"context"

	"github.com/skillcert/skillcert/engine/people"
)

// folding takes the nodes of everybody who counts as one human under several documents for one node (同一人), which is that of the
// first of them in byte order. The zero value folds nothing.
type folding struct {
	same  people.Sameness
	first map[Node]Node   // by each node of a group
	group map[Node][]Node // by the first one
}

// readFolding reads who is the same at once, however many are asked about.
func (j *Judge) readFolding(ctx context.Context) (*folding, error) {
	same, err := j.people.Sameness(ctx)
	if err != nil {
		return nil, err
	}
	f := &folding{same: same, first: map[Node]Node{}, group: map[Node][]Node{}}
	for _, id := range same.Persons() {
		group := same.Group(id)
		first := PersonNode(group[0])
		f.first[PersonNode(id)] = first
		if len(f.group[first]) == 0 {
			for _, o := range group {
				f.group[first] = append(f.group[first], PersonNode(o))
			}
		}
	}
	return f, nil
}

// of is the node that stands for n.
func (f *folding) of(n Node) Node {
	if f == nil || len(f.first) == 0 {
		return n
	}
	if first, folded := f.first[n]; folded {
		return first
	}
	return n
}

// walked are the ends of a tie as they are walked, where other nodes stand for them; nil where none do.
func (f *folding) walked(t *Tie) *[2]Node {
	if f == nil || len(f.first) == 0 {
		return nil
	}
	ends := [2]Node{f.of(t.From), f.of(t.To)}
	if ends[0] == t.From && ends[1] == t.To {
		return nil
	}
	return &ends
}

// members are the nodes that n stands for.
func (f *folding) members(n Node) []Node {
	if f == nil || len(f.group[n]) == 0 {
		return []Node{n}
	}
	return f.group[n]
}

// way leads from one node of a group to another, pair by pair, without the first.
func (f *folding) way(from, to Node) (way []Node) {
	a, is := from.person()
	b, too := to.person()
	if f == nil || !is || !too || a == b {
		return nil
	}
	for _, id := range f.same.Way(a, b) {
		way = append(way, PersonNode(id))
	}
	return way
}
