package questionbank

import (
	"context"
	"errors"
	"slices"

	"github.com/skillcert/skillcert/engine/authz"
)

// Outlook says whether a release gives a candidate of a province a form by a blueprint.
type Outlook struct {
	Province string  // two digits of GB/T 2260, "" for a candidate who gets national items only
	Short    error   // why there is no form, or that this could not be decided; nil when there is one
	Margins  Margins // when there is one
}

// Margins are how near a blueprint that a release meets is to being short. Each constraint is looked at alone.
type Margins struct {
	Stock     []Margin // ranges, types and difficulties, the tightest first
	Bounds    []Margin // importance, supplement and time, the tightest first
	LeastPeak float64  // share of the forms of any draw that the most used item is in
}

// Margin is how near one constraint is. Slack is, of a stock, how many items can be lost, whichever they are; of a
// bound, how far it is from the furthest that a form can come: in items, of the time in seconds.
type Margin struct {
	Constraint string // ranges.A-B, counts.single, difficulties.5, importance.X.min, supplement_cap, seconds.max
	Limit      int    // that the blueprint sets
	Best       int    // the most that a form can have; of an upper bound the least
	Slack      int
}

// Gauge measures a blueprint that s meets in province.
type Gauge func(s *Snapshot, b Blueprint, province string) (Margins, error)

// Outlook tells how a published blueprint fares with a release: for candidates who get national items only and for those
// of the release's province.
func (b *Bank) Outlook(ctx context.Context, by authz.Principal, id, release string) ([]Outlook, error) {
	if err := by.Require(authz.BlueprintRead); err != nil {
		return nil, err
	}
	bp, err := b.Blueprint(ctx, id)
	if err != nil {
		return nil, err
	}
	s, err := b.Drawable(ctx, release)
	if err != nil {
		return nil, err
	}
	return b.outlook(ctx, s, *bp)
}

// PreviewBlueprint tells what PublishBlueprint would fix now, without writing anything. What PublishBlueprint would
// refuse is refused here too, but what a proof says: that stands in the outlooks, and any of them that is short refuses.
func (b *Bank) PreviewBlueprint(ctx context.Context, by authz.Principal, bp Blueprint) (*Blueprint, []Outlook, error) {
	if err := by.Require(authz.BankPublish); err != nil {
		return nil, nil, err
	}
	s, err := b.fit(ctx, &bp)
	if err != nil {
		return nil, nil, err
	}
	if _, err := b.sameBlueprint(ctx, bp); err != nil && !errors.Is(err, ErrBlueprint) {
		return nil, nil, err
	}
	all, err := b.outlook(ctx, s, bp)
	return &bp, all, err
}

// candidates are the provinces that a form is proved for. A session names its own province whatever release it draws
// from, and another one than the release's gets national items only.
func (r *Release) candidates() []string { return slices.Compact([]string{"", r.Province}) }

// outlook tries one release at a time: a proof may take a while, and readers are many.
func (b *Bank) outlook(ctx context.Context, s *Snapshot, bp Blueprint) (all []Outlook, err error) {
	select {
	case b.proofs <- struct{}{}:
		defer func() { <-b.proofs }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	for _, province := range s.Release.candidates() {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		o := Outlook{Province: province, Short: b.meets(bp, province, s)}
		if o.Short == nil {
			if o.Margins, err = b.gauge(s, bp, province); err != nil {
				return nil, err
			}
		}
		all = append(all, o)
	}
	return all, nil
}
