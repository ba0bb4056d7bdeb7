package separation

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
)

// ParseNode reads a node of a person or a body.
func ParseNode(s string) (Node, error) {
	n := Node(s)
	if t := n.nodeType(); t != "person" && t != "org" || n.name() == "" || len(n) > maxText {
		return "", ErrTie.With("只能查看人员和机构的关系")
	}
	return n, nil
}

// Way is a kind of tie seen from one of its ends.
type Way struct {
	Kind Kind
	Back bool // the node is where the tie ends
}

// Ways are the ties that may stand at a node, in the order of kinds. A kind that holds both ways is seen from one end only.
func (n Node) Ways() (all []Way) {
	for _, l := range n.lists() {
		if !l.to || !l.kind.mutual() {
			all = append(all, Way{l.kind, l.to})
		}
	}
	return all
}

// Others are the types of node that may stand at the other end: person, org, class, address, contact.
func (w Way) Others() []string {
	if w.Back {
		return ends[w.Kind][0]
	}
	return ends[w.Kind][1]
}

// Between is a tie of the way between the node and another.
func (w Way) Between(n, other Node) Tie {
	if w.Back {
		return Tie{Kind: w.Kind, From: other, To: n}
	}
	return Tie{Kind: w.Kind, From: n, To: other}
}

// Near is a node with its ties, and those of the nodes at their other ends: each tie is one branch.
type Near struct {
	Node     Node
	Name     string
	Branches []Branch
	More     bool // there are more branches than are given
}

// Branch is a tie and what stands at its other end.
type Branch struct {
	Tie  *Tie
	Back bool // from the other end to the node
	Near Near
}

// Neighbourhood is the node with at most most of its ties, and with so many of each of their other ends, two steps far, as
// far as they were recorded for a body that by acts for. Ties that never held are left out; those that are over are in it.
// The tie that leads to an end is not among that end's own.
func (j *Judge) Neighbourhood(ctx context.Context, by authz.Principal, n Node, most, mostBehind int) (Near, error) {
	if err := by.Require(authz.TieRead); err != nil {
		return Near{}, err
	}
	w := &wording{people: j.people, names: map[Node]string{}}
	near, err := j.near(ctx, by, w, n, nil, most)
	if err != nil {
		return near, err
	}
	for i := range near.Branches {
		b := &near.Branches[i]
		name := b.Near.Name
		if b.Near, err = j.near(ctx, by, w, b.Near.Node, b.Tie, mostBehind); err != nil {
			return near, err
		}
		b.Near.Name = name
	}
	return near, w.err
}

// near is one node with its ties but for the one it was reached by.
func (j *Judge) near(ctx context.Context, by authz.Principal, w *wording, n Node, but *Tie, most int) (Near, error) {
	near := Near{Node: n, Name: w.name(ctx, n, "")}
	for c := (engine.Cursor{}); ; {
		rows, next, err := j.TiesOf(ctx, by, n, c)
		if err != nil {
			return near, err
		}
		for _, t := range rows {
			switch {
			case but != nil && t.ID == but.ID, t.Never():
			case len(near.Branches) == most:
				near.More = true
				return near, nil
			default:
				near.Branches = append(near.Branches, w.branch(ctx, n, t))
			}
		}
		if c.After = next; next == "" {
			return near, w.err
		}
	}
}

// Listed is a page of a node's ties, those too that never held, with the names of their other ends; as in TiesOf.
func (j *Judge) Listed(ctx context.Context, by authz.Principal, n Node, c engine.Cursor) ([]Branch, string, error) {
	rows, next, err := j.TiesOf(ctx, by, n, c)
	if err != nil {
		return nil, "", err
	}
	w := &wording{people: j.people, names: map[Node]string{}}
	all := make([]Branch, len(rows))
	for i, t := range rows {
		all[i] = w.branch(ctx, n, t)
	}
	return all, next, w.err
}

// branch is a tie seen from one of its ends.
func (w *wording) branch(ctx context.Context, n Node, t *Tie) Branch {
	b := Branch{Tie: t, Back: t.To == n, Near: Near{Node: t.To}}
	if b.Back {
		b.Near.Node = t.From
	}
	b.Near.Name = w.name(ctx, b.Near.Node, t.labelOf(b.Near.Node))
	return b
}

// Never reports whether the tie never held: it was said so, or it was ended before it began.
func (t *Tie) Never() bool { return t.Voided || !t.Until.IsZero() && t.Until.Before(t.Since) }

// NamedBody is the one registered body of that whole name or credit code: ErrTie when there is none, or more than one.
func (j *Judge) NamedBody(ctx context.Context, by authz.Principal, text string) (*engine.Organisation, error) {
	if err := by.Require(authz.TieRecord); err != nil {
		return nil, err
	}
	all, err := j.people.Bodies(ctx)
	if err != nil {
		return nil, err
	}
	text = strings.TrimSpace(text)
	found := slices.DeleteFunc(all, func(o *engine.Organisation) bool {
		return o.Name != text && !strings.EqualFold(o.CreditCode, text)
	})
	switch len(found) {
	case 0:
		return nil, ErrTie.With("没有登记这家机构，请填写全称或统一社会信用代码")
	case 1:
		return found[0], nil
	}
	return nil, ErrTie.With("有%d家机构叫这个名称，请填写统一社会信用代码", len(found))
}

// May reports what by may do about a tie: end it, and contest it.
func (j *Judge) May(ctx context.Context, by authz.Principal, t *Tie) (end, contest bool, err error) {
	if !by.Can(authz.TieRecord) {
		return false, false, nil
	}
	switch _, err = j.theirs(ctx, by, t.ID); {
	case errors.Is(err, ErrNoTie):
		return false, false, nil
	case err != nil:
		return false, false, err
	}
	selves, err := j.selves(ctx, by)
	return mayLift(by) == nil && !slices.ContainsFunc(selves, t.ties), true, err
}
