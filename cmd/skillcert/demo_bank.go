package main

import (
	"context"
	"fmt"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/fixtures/bank"
	fixtures "github.com/skillcert/skillcert/fixtures/demo"
	"github.com/skillcert/skillcert/questionbank"
)

const (
	nationalRelease   = "2026.1"
	provincialRelease = nationalRelease + "+" + fixtures.Province + "0000"
	// waiting is how many of the province's own items stay in the authorities' queue, to be decided by hand.
	waiting = 3
	// together is how many commands on different items are under way at once: the store commits them together.
	together = 48
)

func blueprintOf(l engine.Level) string { return fmt.Sprintf("%s-L%d", provincialRelease, l) }

// fillBank imports the sample bank of all levels and provinces.
func (d *demo) fillBank(ctx context.Context) error {
	d.step("题库：导入样题")
	content, err := bank.Content()
	if err != nil {
		return err
	}
	author := d.staff["mingti"]
	for _, t := range content.Tables {
		if err := d.Bank.ImportTable(ctx, d.staff["tiku"], t); err != nil {
			return fmt.Errorf("element table %s: %w", t.Level, err)
		}
		d.say("%s要素细目表：%d 个鉴定点", t.Level, len(t.Points))
	}
	if err := d.Bank.ImportTasks(ctx, d.staff["tiku"], content.Tasks); err != nil {
		return fmt.Errorf("tasks: %w", err)
	}
	if _, err := d.Bank.ImportItems(ctx, author, content.National); err != nil {
		return fmt.Errorf("items: %w", err)
	}
	d.say("国家题库样题 %d 道，操作技能样题 %d 项", len(content.National), len(content.Tasks))
	for province, items := range content.Supplements {
		if _, err := d.Bank.ImportItems(ctx, author, items); err != nil {
			return fmt.Errorf("supplement of %s: %w", engine.Province(province), err)
		}
		d.say("%s补充题样题 %d 道", engine.Province(province), len(items))
	}
	return nil
}

// publishBank takes the items through review and, for the province's supplement, both consents and both filings, and
// publishes the releases and blueprints.
func (d *demo) publishBank(ctx context.Context) error {
	d.step("审题、两局同意、国家备案、发布题库版本")
	content, err := bank.Content()
	if err != nil {
		return err
	}
	supplement := content.Supplements[fixtures.Province]
	reviewed := slices.Concat(content.National, supplement)
	if err := d.review(ctx, reviewed); err != nil {
		return err
	}
	admitted := supplement[:len(supplement)-waiting]
	if err := d.consent(ctx, admitted); err != nil {
		return err
	}
	for _, r := range []struct{ id, base, province string }{{nationalRelease, "", ""}, {provincialRelease, nationalRelease, fixtures.Province}} {
		release, err := d.Bank.PublishRelease(ctx, d.staff["tiku"], r.id, r.base, r.province, true)
		if err != nil && already(err, questionbank.ErrReleaseExists) != nil {
			return fmt.Errorf("release %s: %w", r.id, err)
		}
		if release != nil {
			d.say("题库版本 %s：%d 道，摘要 %s…", release.ID, len(release.Items), release.Digest[:12])
		}
	}
	cap := func(total int) int { return d.policy.Bank.SupplementCap(fixtures.Province, total) }
	for _, b := range bank.Blueprints(provincialRelease, cap) {
		if _, err := d.Bank.PublishBlueprint(ctx, d.staff["tiku"], b); already(err, questionbank.ErrBlueprintExists) != nil {
			return fmt.Errorf("blueprint %s: %w", b.ID, err)
		}
		d.say("%s组卷方案：%d 题，本省补充题至多 %d 题，已证明可以组卷", b.Level, b.Total(), b.SupplementCap)
	}
	return nil
}

func (d *demo) review(ctx context.Context, items []questionbank.ItemVersion) error {
	return d.each(ctx, "道试题已审", items, func(ctx context.Context, v questionbank.ItemVersion) error {
		_, err := d.Bank.Review(ctx, d.staff["shenti"], v.Code, 1)
		return err
	})
}

// consent records both authorities' consents and both national filings.
func (d *demo) consent(ctx context.Context, items []questionbank.ItemVersion) error {
	return d.each(ctx, "道补充题已同意并备案", items, func(ctx context.Context, v questionbank.ItemVersion) error {
		for _, login := range []string{"yibao", "renshe"} {
			if _, err := d.Bank.Consent(ctx, d.staff[login], v.Code, 1); already(err, questionbank.ErrItemState) != nil {
				return err
			}
		}
		for authority, prefix := range map[authz.Role]string{authz.Medical: "国医备", authz.Labour: "人社备"} {
			if _, err := d.Bank.File(ctx, d.staff["tiku"], v.Code, 1, authority, prefix+"（演示）"+v.Code); already(err, questionbank.ErrItemState) != nil {
				return err
			}
		}
		return nil
	})
}

func (d *demo) each(ctx context.Context, unit string, items []questionbank.ItemVersion, do func(context.Context, questionbank.ItemVersion) error) error {
	bar := d.bar(unit, len(items))
	work, ctx := errgroup.WithContext(ctx)
	work.SetLimit(together)
	for _, v := range items {
		work.Go(func() error {
			defer bar.add(1)
			if err := do(ctx, v); already(err, questionbank.ErrItemState) != nil {
				return fmt.Errorf("%s: %w", v.Code, err)
			}
			return nil
		})
	}
	err := work.Wait()
	bar.end()
	return err
}
