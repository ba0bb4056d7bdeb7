package result

import (
	"context"
	"errors"
	"slices"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
)

// A pass that is kept (单科成绩保留) is no better than the result it was taken from: what is still to be decided there keeps the
// later result waiting, and where the earlier component falls or is given back, the later one is joined anew.

// originOf is the earlier result that a component is kept from; nil for one that was taken in its own session.
func (b *Passes) originOf(ctx context.Context, c Component) (*Result, error) {
	if c.From == "" {
		return nil, nil
	}
	from, err := b.ports.Results.Result(ctx, c.From)
	if err != nil {
		return nil, err
	}
	return from, b.awaitOwn(ctx, from)
}

// stands returns the component as it is when it is kept and its origin still passes, else false.
func (b *Passes) stands(ctx context.Context, kept Component, c engine.Component) (bool, error) {
	from, err := b.originOf(ctx, kept)
	return err == nil && from != nil && from.component(c).Passed(), err
}

// awaitOrigins adds what the earlier results wait for whose passes are kept here. A pass that fell while the later result was
// not yet joined anew waits likewise: whoever ruled was stopped in between.
func (b *Passes) awaitOrigins(ctx context.Context, r *Result) error {
	for _, c := range components {
		from, err := b.originOf(ctx, r.component(c))
		if err != nil {
			return err
		}
		if from == nil {
			continue
		}
		origin := r.component(c).Origin
		for _, a := range from.Awaits {
			if a.Kind == AwaitsComponent || a.Kind == AwaitsCheck && a.Component != c {
				continue
			}
			a.Origin = origin
			r.Awaits = append(r.Awaits, a)
		}
		if !from.component(c).Passed() {
			r.Awaits = append(r.Awaits, Await{Kind: AwaitsOrigin, Component: c, Since: from.At, Origin: origin})
		}
	}
	return nil
}

// rejoinLater joins the candidate's other results anew that stand or stood on a pass of this one, or could not while something
// was open here. Doing it again changes nothing.
func (b *Board) rejoinLater(ctx context.Context, by authz.Principal, id ID, cause string) error {
	r, err := b.ports.Results.Result(ctx, id)
	if errors.Is(err, ErrResult) {
		return nil
	}
	if err != nil {
		return err
	}
	others, err := b.past(ctx, r.Candidate, r.Session)
	if err != nil {
		return err
	}
	for _, o := range others {
		if !o.leansOn(r) {
			continue
		}
		if err := b.rejoinOne(ctx, by, o.Ticket, cause); err != nil {
			return err
		}
	}
	return nil
}

// leansOn reports whether a component of the result is or was kept from the other one, or lapsed because of it.
func (r *Result) leansOn(o *Result) bool {
	on := func(j Judged) bool {
		return slices.ContainsFunc([]Component{j.Theory, j.Practical}, func(c Component) bool {
			return c.From == o.ID || c.Origin.Session != "" && c.Origin.Session == o.Session
		})
	}
	return on(r.judged()) || slices.ContainsFunc(r.Earlier, func(t Turn) bool { return on(t.Before) })
}

// fellMeanwhile joins those results of a session anew whose kept pass fell while they were being joined.
func (b *Board) fellMeanwhile(ctx context.Context, by authz.Principal, results []*Result) error {
	for _, r := range results {
		for _, c := range components {
			kept := r.component(c)
			stands, err := b.stands(ctx, kept, c)
			if err != nil {
				return err
			}
			if kept.From == "" || stands {
				continue
			}
			if err := b.rejoinOne(ctx, by, r.Ticket, string(kept.From)); err != nil {
				return err
			}
		}
	}
	return nil
}
