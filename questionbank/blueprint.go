package questionbank

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/errs"
)

// fullPoints is what a whole form earns: each component is judged out of 100 points.
const fullPoints engine.Points = 100_00

// PublishBlueprint proves that bp can be met by its release and fixes it for good. Sending the same one again is
// harmless; another one under its ID is ErrBlueprintExists.
func (b *Bank) PublishBlueprint(ctx context.Context, by authz.Principal, bp Blueprint) (*Blueprint, error) {
	if err := by.Require(authz.BankPublish); err != nil {
		return nil, err
	}
	if !validCode(bp.ID) || !validCode(bp.Release) {
		return nil, ErrBlueprintInput.With("编号为1至64个字母、数字或 . _ + -")
	}
	s, err := b.Drawable(ctx, bp.Release)
	if err != nil {
		return nil, fmt.Errorf("release %s: %w", bp.Release, err)
	}
	bp.Sample = bp.Sample || s.Release.Sample
	most := b.policy.SupplementCap(s.Release.Province, bp.Total())
	if err := bp.check(s, most); err != nil {
		return nil, err
	}
	if err := b.prove(s, bp, s.Release.Province); err != nil {
		return nil, err
	}
	bp.Trail, bp.Revision = nil, 0
	bp.Trail.Add(b.clock.Now(), by.Account, "blueprint.published", "")
	if err := b.blueprints.CreateBlueprint(ctx, &bp); !errors.Is(err, ErrBlueprintExists) {
		return &bp, err
	}
	return b.sameBlueprint(ctx, bp)
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

// check reports every problem of bp against the release it is for; most is the largest supplement cap allowed.
func (bp *Blueprint) check(s *Snapshot, most int) error {
	var c errs.Check
	table, known := s.Tables[bp.Level]
	c.That(known, "level", "table", "题库版本没有"+bp.Level.String()+"的要素细目表")
	for t, n := range bp.Counts {
		c.That(slices.Contains(ItemTypes(), t) && n >= 0, "counts."+string(t), "form", "题型或题数不正确")
	}
	total := bp.Total()
	c.That(total > 0 && total <= 1000, "counts", "total", "总题数为1至1000")
	c.That(bp.ItemPoints > 0 && total*int(bp.ItemPoints) == int(fullPoints), "item_points", "total", "题数乘以每题分值应为100分")
	c.That(bp.MaxPerPoint >= 0, "max_per_point", "range", "每个鉴定点的题数不能为负")
	c.That(bp.SupplementCap >= 0 && bp.SupplementCap <= most, "supplement_cap", "policy", fmt.Sprintf("补充题上限为0至%d题", most))
	bp.checkRanges(&c, &table, total)
	return c.Err(ErrBlueprintInput)
}

func (bp *Blueprint) checkRanges(c *errs.Check, table *ElementTable, total int) {
	sum, before := 0, ""
	for _, code := range slices.SortedFunc(maps.Keys(bp.Ranges), strings.Compare) {
		_, known := table.Range(code)
		c.That(known, "ranges."+code, "unknown", "要素细目表没有该鉴定范围")
		c.That(bp.Ranges[code] >= 0, "ranges."+code, "range", "题数不能为负")
		c.That(before == "" || !Within(code, before), "ranges."+code, "nested", "鉴定范围不能相互包含")
		sum, before = sum+bp.Ranges[code], code
	}
	c.That(sum == total, "ranges", "sum", fmt.Sprintf("各鉴定范围共%d题，应为%d题", sum, total))
}
