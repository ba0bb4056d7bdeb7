package questionbank

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
)

// fullPoints is what a whole form earns: each component is judged out of 100 points.
const fullPoints engine.Points = 100_00

// PublishBlueprint proves that bp can be met by its release and fixes it for good. Sending the same one again is
// harmless; another one under its ID is ErrBlueprintExists.
func (b *Bank) PublishBlueprint(ctx context.Context, by authz.Principal, bp Blueprint) (*Blueprint, error) {
	if err := by.Require(authz.BankPublish); err != nil {
		return nil, err
	}
	s, err := b.fit(ctx, &bp)
	if err != nil {
		return nil, err
	}
	if err := b.prove(s, bp, s.Release.Province); err != nil {
		return nil, err
	}
	bp.Trail.Add(b.clock.Now(), by.Account, "blueprint.published", "")
	if err := b.blueprints.CreateBlueprint(ctx, &bp); !errors.Is(err, ErrBlueprintExists) {
		return &bp, err
	}
	return b.sameBlueprint(ctx, bp)
}

// fit reads bp against the release that it names and marks it as a sample where that is one.
func (b *Bank) fit(ctx context.Context, bp *Blueprint) (*Snapshot, error) {
	if !validCode(bp.ID) || !validCode(bp.Release) {
		return nil, ErrBlueprintInput.With("编号为1至64个字母、数字或 . _ + -")
	}
	s, err := b.Drawable(ctx, bp.Release)
	if err != nil {
		return nil, fmt.Errorf("release %s: %w", bp.Release, err)
	}
	bp.Sample = bp.Sample || s.Release.Sample
	bp.Trail, bp.Revision = nil, 0
	return s, b.check(bp, s)
}

// check reports every problem of bp against a release and the policy for its province.
func (b *Bank) check(bp *Blueprint, s *Snapshot) error {
	return bp.check(s, b.policy.SupplementCap(s.Release.Province, bp.Total()))
}

func (b *Bank) sameBlueprint(ctx context.Context, bp Blueprint) (*Blueprint, error) {
	have, err := b.blueprints.Blueprint(ctx, bp.ID)
	if err != nil {
		return nil, err
	}
	if !have.same(bp) {
		return nil, ErrBlueprintExists
	}
	return have, nil
}

// same reports whether two blueprints ask for the same, whoever published them.
func (bp *Blueprint) same(other Blueprint) bool {
	mine := *bp
	mine.Trail, other.Trail = nil, nil
	x, errX := json.Marshal(mine)
	y, errY := json.Marshal(other)
	return errX == nil && errY == nil && string(x) == string(y)
}
