package questionbank

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/errs"
)

// fullPoints is what a whole form earns: each component is judged out of 100 points.
const fullPoints engine.Points = 100_00

// PublishBlueprint proves that bp can be met by its release, for all of its candidates, and fixes it for good. Sending the same one again is
// harmless; another one under its ID is ErrBlueprintExists.
func (b *Bank) PublishBlueprint(ctx context.Context, by authz.Principal, bp Blueprint) (*Blueprint, error) {
	if err := by.Require(authz.BankPublish); err != nil {
		return nil, err
	}
	s, err := b.fit(ctx, &bp)
	if err != nil {
		return nil, err
	}
	for _, province := range s.Release.candidates() {
		if err := b.prove(s, bp, province); err != nil {
			return nil, err
		}
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
		return nil, bp.complete()
	}
	s, err := b.Drawable(ctx, bp.Release)
	if errors.Is(err, ErrRelease) {
		return nil, b.noRelease(ctx, bp.Release)
	}
	if err != nil {
		return nil, fmt.Errorf("release %s: %w", bp.Release, err)
	}
	bp.Sample = bp.Sample || s.Release.Sample
	bp.Trail, bp.Revision = nil, 0
	return s, b.check(bp, s)
}

// complete reports what has to be there before a blueprint can be read against a release.
func (bp *Blueprint) complete() error {
	var c errs.Check
	c.That(validCode(bp.ID), "id", "form", "编号为1至64个字母、数字或 . _ + -")
	c.That(bp.Level != 0, "level", "missing", "没有写明等级")
	c.That(bp.Release != "", "release", "missing", "没有写明题库版本")
	c.That(bp.Release == "" || validCode(bp.Release), "release", "form", "题库版本号形如 2026.1 或 2026.1+120000")
	c.That(len(bp.Counts) > 0, "counts", "missing", "没有写明各题型的题数")
	c.That(len(bp.Ranges) > 0, "ranges", "missing", "没有写明各鉴定范围的题数")
	c.That(bp.ItemPoints != 0 || len(bp.TypePoints) > 0, "item_points", "missing", "没有写明每题分值")
	return c.Err(ErrBlueprintInput)
}

// noRelease is ErrRelease with the releases that there are.
func (b *Bank) noRelease(ctx context.Context, id string) error {
	all, err := engine.All(ctx, b.releases.ReleaseList)
	if err != nil {
		return err
	}
	var have []string
	for _, r := range all {
		if r.State == Published {
			have = append(have, r.ID)
		}
	}
	return ErrRelease.With("%s；已发布的版本：%s", id, cmp.Or(strings.Join(have, "、"), "无"))
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
