package questionbank

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/errs"
)

// PublishRelease freezes a selection of items under id and admits them. Without a base it takes every reviewed or
// admitted national item and the working element tables. With a base, a published national release, it takes what the
// base holds and every filed or admitted supplement item of province.
//
// It records the selection as a release under preparation, admits the items, and publishes with the digest of what was
// admitted: an item that was edited, refused or suspended in the meantime is left out. Calling it again with the same
// arguments completes what broke off and is harmless afterwards; other arguments under a taken id are
// ErrReleaseExists. A release lies in one document, which bounds it to about 30,000 items.
func (b *Bank) PublishRelease(ctx context.Context, by authz.Principal, id, base, province string, sample bool) (*Release, error) {
	if err := by.Require(authz.BankPublish); err != nil {
		return nil, err
	}
	want := &Release{ID: id, Base: base, Province: province, State: Preparing, Sample: sample}
	if err := want.checkNames(); err != nil {
		return nil, err
	}
	r, err := b.recorded(ctx, by, want)
	switch {
	case err != nil:
		return nil, err
	case r.State == Withdrawn:
		return nil, ErrReleaseExists.With("%s 已撤回", id)
	case r.State == Published:
		return r, nil
	}
	admitted, err := b.admit(ctx, by, r)
	if err != nil {
		return nil, err
	}
	now := b.clock.Now()
	return b.changeRelease(ctx, id, func(r *Release) error { return r.publish(admitted, act{by, now}) })
}

func (r *Release) checkNames() error {
	var c errs.Check
	c.That(validCode(r.ID), "id", "form", "题库版本号为1至64个字母、数字或 . _ + -")
	c.That(r.Base == "" || validCode(r.Base) && r.Base != r.ID, "base", "form", "基础版本号不正确")
	c.That((r.Base == "") == (r.Province == ""), "province", "base", "省级版本须同时注明基础版本和省份")
	c.That(r.Province == "" || engine.Province(r.Province) != "", "province", "unknown", "省份代码不存在")
	return c.Err(ErrReleaseInput)
}

// recorded returns the release under the id of want: the one that is there, or one recorded now.
func (b *Bank) recorded(ctx context.Context, by authz.Principal, want *Release) (*Release, error) {
	r, err := b.releases.Release(ctx, want.ID)
	if errors.Is(err, ErrRelease) {
		if err = b.choose(ctx, want); err != nil {
			return nil, err
		}
		want.Trail.Add(b.clock.Now(), by.Account, "release.recorded", fmt.Sprintf("%d items", len(want.Items)))
		if err = b.releases.CreateRelease(ctx, want); !errors.Is(err, ErrReleaseExists) {
			return want, err
		}
		r, err = b.releases.Release(ctx, want.ID) // somebody else publishes it at the same time
	}
	if err != nil {
		return nil, err
	}
	if r.Base != want.Base || r.Province != want.Province || r.Sample != want.Sample {
		return nil, ErrReleaseExists
	}
	return r, nil
}

// choose fills in what r will hold.
func (b *Bank) choose(ctx context.Context, r *Release) (err error) {
	if r.Base == "" {
		r.Tables, err = b.workingTables(ctx)
	} else {
		err = b.takeBase(ctx, r)
	}
	if err != nil {
		return err
	}
	items, err := engine.All(ctx, b.items.ItemList)
	if err != nil {
		return err
	}
	var c errs.Check
	own := 0
	for _, i := range items {
		v := i.Current()
		if v.Province != r.Province || i.Admissible() != nil {
			continue
		}
		r.checkItem(&c, v)
		r.Items, own = append(r.Items, ItemRef{Code: v.Code, Version: v.Version, Digest: v.Digest()}), own+1
	}
	c.That(own > 0, "items", "none", "没有可以入库的试题")
	slices.SortFunc(r.Items, func(a, b ItemRef) int { return strings.Compare(a.Code, b.Code) })
	return limited(c.Err(ErrReleaseInput))
}

func (r *Release) checkItem(c *errs.Check, v ItemVersion) {
	t, ok := r.Tables[v.Level]
	if ok {
		_, ok = t.Point(v.Point)
	}
	c.That(ok, v.Code, "point", "鉴定点 "+v.Point+" 不在该版本的要素细目表中")
	c.That(r.Sample || !v.Sample, v.Code, "sample", "样题不能进入正式版本")
}

func (b *Bank) workingTables(ctx context.Context) (map[engine.Level]ElementTable, error) {
	tables := map[engine.Level]ElementTable{}
	for _, l := range engine.Levels() {
		switch t, err := b.tables.Table(ctx, l); {
		case err == nil:
			tables[l] = *t
		case !errors.Is(err, ErrTable):
			return nil, err
		}
	}
	return tables, nil
}

func (b *Bank) takeBase(ctx context.Context, r *Release) error {
	base, err := b.releases.Release(ctx, r.Base)
	if err != nil {
		return fmt.Errorf("base %s: %w", r.Base, err)
	}
	switch {
	case base.State == Withdrawn:
		return ErrWithdrawn.With("%s", r.Base)
	case base.State != Published || base.Province != "":
		return ErrReleaseInput.With("基础版本 %s 应为已发布的国家题库版本", r.Base)
	case base.Sample && !r.Sample:
		return ErrReleaseInput.With("基础版本 %s 为样题", r.Base)
	}
	r.Tables, r.Items = base.Tables, slices.Clone(base.Items)
	return nil
}

// admit takes every item that r names into r, except those of its base, and returns the codes of those that are in.
func (b *Bank) admit(ctx context.Context, by authz.Principal, r *Release) (map[string]bool, error) {
	in, err := b.ofBase(ctx, r)
	if err != nil {
		return nil, err
	}
	var own []ItemRef
	for _, ref := range r.Items {
		if !in[ref.Code] {
			own = append(own, ref)
		}
	}
	done := make([]bool, len(own))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(writers)
	for n, ref := range own {
		g.Go(func() (err error) {
			done[n], err = b.admitOne(ctx, by, r.ID, ref)
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	for n, ref := range own {
		in[ref.Code] = done[n]
	}
	return in, nil
}

func (b *Bank) ofBase(ctx context.Context, r *Release) (map[string]bool, error) {
	in := map[string]bool{}
	if r.Base == "" {
		return in, nil
	}
	base, err := b.releases.Release(ctx, r.Base)
	if err != nil {
		return nil, fmt.Errorf("base %s: %w", r.Base, err)
	}
	for _, ref := range base.Items {
		in[ref.Code] = true
	}
	return in, nil
}

// admitOne reports whether the release holds exactly the version that ref names.
func (b *Bank) admitOne(ctx context.Context, by authz.Principal, release string, ref ItemRef) (bool, error) {
	i, err := b.change(ctx, by, ref.Code, func(i *Item, a act) error { return i.Admit(release, ref.Version, a.by, a.now) })
	if errors.Is(err, ErrVersion) || errors.Is(err, ErrItemState) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("admit %s: %w", ref.Code, err)
	}
	got, ok := i.admittedIn(release)
	return ok && got.Version == ref.Version, nil
}

// publish makes r final with the items that were admitted.
func (r *Release) publish(admitted map[string]bool, a act) (err error) {
	if r.State != Preparing {
		return engine.ErrUnchanged
	}
	chosen := len(r.Items)
	r.Items = slices.DeleteFunc(r.Items, func(ref ItemRef) bool { return !admitted[ref.Code] })
	if r.Digest, err = r.digest(); err != nil {
		return err
	}
	r.State, r.Published = Published, a.now
	r.Trail.Add(a.now, a.by.Account, "release.published", fmt.Sprintf("%d of %d items", len(r.Items), chosen))
	return nil
}

// WithdrawRelease ends the drawing from a release and from those built on it. Forms drawn before stay as they are.
// Withdrawing twice is harmless.
func (b *Bank) WithdrawRelease(ctx context.Context, by authz.Principal, id, reason string) (*Release, error) {
	if err := by.Require(authz.BankPublish); err != nil {
		return nil, err
	}
	reason, err := cleanReason(reason, ErrReleaseInput)
	if err != nil {
		return nil, err
	}
	now := b.clock.Now()
	r, err := b.changeRelease(ctx, id, func(r *Release) error { return r.withdraw(reason, act{by, now}) })
	if err == nil {
		b.shelf.remove(id)
	}
	return r, err
}

func (r *Release) withdraw(reason string, a act) error {
	switch r.State {
	case Withdrawn:
		return engine.ErrUnchanged
	case Preparing:
		return ErrReleaseInput.With("%s 尚未发布完成", r.ID)
	}
	r.State = Withdrawn
	r.Trail.Add(a.now, a.by.Account, "release.withdrawn", reason)
	return nil
}

func (b *Bank) changeRelease(ctx context.Context, id string, change func(*Release) error) (*Release, error) {
	if !validCode(id) {
		return nil, ErrRelease
	}
	return engine.Modify(ctx, func(ctx context.Context) (*Release, error) { return b.releases.Release(ctx, id) },
		b.releases.UpdateRelease, change)
}
