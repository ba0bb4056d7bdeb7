package questionbank

import (
	"context"
	"errors"
	"fmt"
	"regexp"
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
// ErrReleaseExists.
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
	chosen, now := r.Items, b.clock.Now()
	r, err = b.changeRelease(ctx, id, func(r *Release) error { return r.publish(chosen, admitted, act{by, now}) })
	if err == nil && r.Items == nil { // somebody else has published it
		return b.whole(ctx, id)
	}
	return r, err
}

// release returns a release without its items; a refusal names it.
func (b *Bank) release(ctx context.Context, id string) (*Release, error) {
	if !validCode(id) {
		return nil, ErrRelease
	}
	r, err := b.releases.Release(ctx, id)
	return r, errs.About(err, id)
}

// whole returns a release with its items.
func (b *Bank) whole(ctx context.Context, id string) (*Release, error) {
	r, err := b.release(ctx, id)
	if err != nil {
		return nil, err
	}
	r.Items, err = b.releases.ReleaseItems(ctx, r)
	return r, err
}

func (r *Release) checkNames() error {
	var c errs.Check
	national := r.Base == "" && r.Province == ""
	c.That(r.Base == "" || nationalID.MatchString(r.Base), "base", "form", "基础版本应为国家题库版本，形如 2026.1")
	c.That(r.Base == "" || r.Province != "", "province", "base", "有基础版本的是省级版本，须注明省份；国家版本没有基础版本")
	c.That(r.Base != "" || r.Province == "", "base", "missing", "省级版本须注明基础版本")
	c.That(r.Province == "" || engine.Province(r.Province) != "", "province", "unknown", "省份代码不存在")
	c.That(!national || nationalID.MatchString(r.ID), "id", "form", "国家题库版本号形如 2026.1：四位年份、点、从1起的序号")
	c.That(r.Base == "" || r.Province == "" || r.ID == provincialID(r.Base, r.Province), "id", "form",
		"省级题库版本号由基础版本、加号和六位行政区划代码组成，此处应为 "+provincialID(r.Base, r.Province))
	return c.Err(ErrReleaseInput)
}

// nationalID is the form of a national release's id: the year and the number of the release in it.
var nationalID = regexp.MustCompile(`^[12][0-9]{3}\.[1-9][0-9]{0,2}$`)

// provincialID is the id of the release that adds the supplement of a province to base.
func provincialID(base, province string) string { return base + "+" + province + "0000" }

// recorded returns the release under the id of want with its items: the one that is there, or one recorded now.
func (b *Bank) recorded(ctx context.Context, by authz.Principal, want *Release) (*Release, error) {
	r, err := b.whole(ctx, want.ID)
	if errors.Is(err, ErrRelease) {
		var c errs.Check
		if err = b.choose(ctx, want, &c, func(ItemVersion) {}); err == nil {
			err = limited(c.Err(ErrReleaseInput))
		}
		if err != nil {
			return nil, err
		}
		want.Trail.Add(b.clock.Now(), by.Account, "release.recorded", fmt.Sprintf("%d items", len(want.Items)))
		if err = b.releases.CreateRelease(ctx, want); !errors.Is(err, ErrReleaseExists) {
			return want, err
		}
		r, err = b.whole(ctx, want.ID) // somebody else publishes it at the same time
	}
	if err != nil {
		return nil, err
	}
	if r.Base != want.Base || r.Province != want.Province || r.Sample != want.Sample {
		return nil, ErrReleaseExists
	}
	return r, nil
}

// choose fills in what r will hold and shows each version to see. What stands against publishing it goes into c: an
// item on no point of the tables, a sample in a real release, two keys for one stem.
func (b *Bank) choose(ctx context.Context, r *Release, c *errs.Check, see func(ItemVersion)) (err error) {
	keys := wordings{}
	if r.Base == "" {
		r.Tables, err = b.workingTables(ctx)
	} else {
		err = b.takeBase(ctx, r, func(v ItemVersion) {
			keys.add(v)
			see(v)
		})
	}
	if err != nil {
		return err
	}
	ofBase := len(r.Items)
	for _, s := range []State{Reviewed, Filed, Admitted} { // in the order of a life: what moves on meanwhile is seen twice, never not at all
		err := through(ctx, b.by(Facet{ByState, string(s)}), func(i *Item) error {
			if v := i.Current(); v.Province == r.Province && i.Admissible() == nil {
				r.Items = append(r.Items, ItemRef{Code: v.Code, Version: v.Version, Digest: v.Digest()})
				r.checkItem(c, v, keys.add(v))
				see(v)
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	c.That(len(r.Items) > ofBase, "items", "none", "没有可以入库的试题")
	slices.SortStableFunc(r.Items, func(a, b ItemRef) int { return strings.Compare(a.Code, b.Code) })
	r.Items = slices.CompactFunc(r.Items, func(a, b ItemRef) bool { return a.Code == b.Code })
	r.Count = len(r.Items)
	return nil
}

func (r *Release) checkItem(c *errs.Check, v ItemVersion, contradicted string) {
	t, ok := r.Tables[v.Level]
	if ok {
		_, ok = t.Point(v.Point)
	}
	c.That(ok, v.Code, "point", "鉴定点 "+v.Point+" 不在该版本的要素细目表中")
	c.That(r.Sample || !v.Sample, v.Code, "sample", "样题不能进入正式版本")
	c.That(contradicted == "", v.Code, "clash", v.Code+" 与 "+contradicted+" 题干和选项相同，答案不同")
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

// takeBase puts into r what its base holds and shows each version of it to see.
func (b *Bank) takeBase(ctx context.Context, r *Release, see func(ItemVersion)) error {
	base, err := b.release(ctx, r.Base)
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
	s, err := b.Snapshot(ctx, r.Base)
	if err != nil {
		return fmt.Errorf("base %s: %w", r.Base, err)
	}
	for _, v := range s.Items {
		see(v)
	}
	r.Tables, r.Items = s.Tables, slices.Clone(s.Release.Items)
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
	base, err := b.whole(ctx, r.Base)
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

// publish makes r final with those of the chosen items that were admitted.
func (r *Release) publish(chosen []ItemRef, admitted map[string]bool, a act) (err error) {
	if r.State != Preparing {
		return engine.ErrUnchanged
	}
	r.Items = make([]ItemRef, 0, len(chosen))
	for _, ref := range chosen {
		if admitted[ref.Code] {
			r.Items = append(r.Items, ref)
		}
	}
	if r.Digest, err = r.digest(); err != nil {
		return err
	}
	r.State, r.Published = Published, a.now
	r.Trail.Add(a.now, a.by.Account, "release.published", fmt.Sprintf("%d of %d items", len(r.Items), len(chosen)))
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
	return engine.Modify(ctx, func(ctx context.Context) (*Release, error) { return b.release(ctx, id) },
		b.releases.UpdateRelease, change)
}
