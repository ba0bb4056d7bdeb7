package questionbank

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/errs"
)

// Preview is what publishing a release now would make of it.
type Preview struct {
	Release  Release       // with its items, recorded nowhere
	Against  string        // the newest published release of the same line, "" when there is none
	Change   Difference    // from that one
	Problems []errs.Field  // why it cannot be published; none when it can
	Feasible []Feasibility // of the blueprints of the line's newest release that has some, by blueprint and province
}

// Feasibility says whether the release would give a form for a blueprint to a candidate of a province.
type Feasibility struct {
	Blueprint string
	Province  string // two digits of GB/T 2260, "" for a candidate who gets national items only
	OK        bool
	Report    string // what is short, "" when OK
}

// PreviewRelease tells what PublishRelease would freeze now, without writing anything: the items, the difference from
// the newest published release of the same line (the national one, or that of a province), and whether the line's
// blueprints could still be met. It is a sample when an item of it is one.
func (b *Bank) PreviewRelease(ctx context.Context, by authz.Principal, id, base, province string) (Preview, error) {
	if err := by.Require(authz.BankPublish); err != nil {
		return Preview{}, err
	}
	p := Preview{Release: Release{ID: id, Base: base, Province: province, State: Preparing, Sample: true}}
	r := &p.Release
	if err := r.checkNames(); err != nil {
		return Preview{}, err
	}
	if _, err := b.releases.Release(ctx, id); !errors.Is(err, ErrRelease) {
		if err == nil {
			err = ErrReleaseExists.With("%s", id)
		}
		return Preview{}, err
	}
	var c errs.Check
	s := &Snapshot{}
	if err := b.choose(ctx, r, &c, func(v ItemVersion) { s.Items = append(s.Items, v) }); err != nil {
		return Preview{}, err
	}
	slices.SortStableFunc(s.Items, func(x, y ItemVersion) int { return strings.Compare(x.Code, y.Code) })
	s.Items = slices.CompactFunc(s.Items, func(x, y ItemVersion) bool { return x.Code == y.Code })
	r.Sample = slices.ContainsFunc(s.Items, func(v ItemVersion) bool { return v.Sample })
	var found *errs.Error
	if errors.As(limited(c.Err(ErrReleaseInput)), &found) {
		p.Problems = found.Fields
	}
	s.Release, s.Tables = *r, r.Tables
	if err := b.against(ctx, &p); err != nil {
		return Preview{}, err
	}
	return p, b.feasible(ctx, &p, s)
}

// line lists the published releases of one line, the newest first.
func (b *Bank) line(ctx context.Context, province string) ([]*Release, error) {
	all, err := engine.All(ctx, b.releases.ReleaseList)
	all = slices.DeleteFunc(all, func(r *Release) bool { return r.Province != province || r.State != Published })
	slices.SortStableFunc(all, func(x, y *Release) int { return y.Published.Compare(x.Published) })
	return all, err
}

func (b *Bank) against(ctx context.Context, p *Preview) (err error) {
	line, err := b.line(ctx, p.Release.Province)
	if err != nil || len(line) == 0 {
		p.Change = p.Release.Compare(nil)
		return err
	}
	newest := line[0]
	if newest.Items, err = b.releases.ReleaseItems(ctx, newest); err != nil {
		return err
	}
	p.Against, p.Change = newest.ID, p.Release.Compare(newest)
	return nil
}

// feasible tries the blueprints of the line on s, each for a candidate of the line's province and for one who gets
// national items only.
func (b *Bank) feasible(ctx context.Context, p *Preview, s *Snapshot) error {
	line, err := b.line(ctx, p.Release.Province)
	if err != nil {
		return err
	}
	all, err := engine.All(ctx, b.blueprints.BlueprintList)
	if err != nil {
		return err
	}
	provinces := p.Release.candidates()
	for _, r := range line {
		for _, bp := range all {
			if bp.Release != r.ID {
				continue
			}
			for _, province := range provinces {
				if err := ctx.Err(); err != nil {
					return err
				}
				p.Feasible = append(p.Feasible, b.try(*bp, province, s))
			}
		}
		if len(p.Feasible) > 0 {
			return nil
		}
	}
	return nil
}

func (b *Bank) try(bp Blueprint, province string, s *Snapshot) Feasibility {
	err := b.meets(bp, province, s)
	return Feasibility{Blueprint: bp.ID, Province: province, OK: err == nil, Report: report(err)}
}

// meets reports why s gives a candidate of province no form by bp, whatever release that is for; nil when it does.
func (b *Bank) meets(bp Blueprint, province string, s *Snapshot) error {
	bp.Release = s.Release.ID
	if err := b.check(&bp, s); err != nil {
		return err
	}
	return b.prove(s, bp, province)
}

// report is an error as a person reads it.
func report(err error) string {
	if err == nil {
		return ""
	}
	var e *errs.Error
	if !errors.As(err, &e) {
		return err.Error()
	}
	lines := []string{e.Msg}
	for _, f := range e.Fields {
		lines = append(lines, fmt.Sprintf("%s：%s", f.Name, f.Msg))
	}
	return strings.Join(lines, "\n")
}
