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

// writers is how many documents of one import are written at once: the store commits what is waiting together.
// readers is how many are read at once.
const (
	writers = 64
	readers = 8
)

// maxProblems bounds the problems that one refusal of an import names.
const maxProblems = 200

// ImportTable replaces the working element table of a level. Published releases keep the table they were made with.
func (b *Bank) ImportTable(ctx context.Context, by authz.Principal, t ElementTable) error {
	if err := by.Require(authz.BankImport); err != nil {
		return err
	}
	t = t.sorted()
	if err := t.Validate(); err != nil {
		return err
	}
	defer b.glance.forget()
	return b.tables.PutTable(ctx, &t)
}

// ImportItems brings items in as drafts whose author is the acting person, and returns them in the order given. It is
// all or nothing as far as the content goes: one item that is wrong, lies on no point of its level's element table, has
// the code of another item, or asks the same as another with another key refuses them all, with every problem named. An
// item that is there already with the same content is left as it is, so an import that broke off is completed by sending
// it again.
func (b *Bank) ImportItems(ctx context.Context, by authz.Principal, drafts []ItemVersion) ([]*Item, error) {
	have, err := b.importable(ctx, by, drafts)
	if err != nil {
		return nil, err
	}
	a := act{by, b.clock.Now()}
	items := make([]*Item, len(drafts))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(writers)
	for n, v := range drafts {
		if items[n] = have[n]; items[n] != nil {
			continue
		}
		g.Go(func() (err error) {
			items[n], err = b.draft(ctx, v, a)
			return err
		})
	}
	err = g.Wait()
	b.glance.forget()
	if err != nil {
		return nil, err
	}
	return items, nil
}

// CheckItems says what ImportItems would say, and brings nothing in.
func (b *Bank) CheckItems(ctx context.Context, by authz.Principal, drafts []ItemVersion) error {
	_, err := b.importable(ctx, by, drafts)
	return err
}

// importable returns, for each draft, the item that is there already with its content, or nil.
func (b *Bank) importable(ctx context.Context, by authz.Principal, drafts []ItemVersion) ([]*Item, error) {
	if err := by.Require(authz.BankImport); err != nil {
		return nil, err
	}
	if by.Person == "" {
		return nil, authz.ErrForbidden.With("账号未登记人员")
	}
	if err := b.checkDrafts(ctx, drafts); err != nil {
		return nil, err
	}
	have, err := b.existing(ctx, drafts)
	if err != nil {
		return nil, err
	}
	return have, b.checkKeys(ctx, drafts, have)
}

func (b *Bank) checkDrafts(ctx context.Context, drafts []ItemVersion) error {
	var c errs.Check
	seen, tables, images := map[string]bool{}, map[engine.Level]*ElementTable{}, map[string]bool{}
	for n, v := range drafts {
		at := fmt.Sprintf("items.%d.", n)
		v.check(&c, at)
		c.That(!seen[v.Code], at+"code", "repeated", "编号 "+v.Code+" 重复")
		seen[v.Code] = true
		absent, err := b.missing(ctx, images, v.Images())
		if err != nil {
			return err
		}
		for _, digest := range absent {
			c.That(false, at+"images", "unknown", "没有图片 "+digest)
		}
		if !v.Level.Valid() {
			continue
		}
		t, err := b.tableOnce(ctx, tables, v.Level)
		if err != nil {
			return err
		}
		_, known := t.Point(v.Point)
		c.That(known || !IsPoint(v.Point), at+"point", "unknown", v.Code+" 的鉴定点 "+v.Point+" 不在"+v.Level.String()+"的要素细目表中")
	}
	return limited(c.Err(ErrItemInput))
}

// limited cuts a very long list of problems.
func limited(err error) error {
	var e *errs.Error
	if errors.As(err, &e) && len(e.Fields) > maxProblems {
		return e.With("共%d处，列出前%d处", len(e.Fields), maxProblems).WithFields(e.Fields[:maxProblems]...)
	}
	return err
}

func (b *Bank) tableOnce(ctx context.Context, known map[engine.Level]*ElementTable, l engine.Level) (*ElementTable, error) {
	if t := known[l]; t != nil {
		return t, nil
	}
	t, err := b.tables.Table(ctx, l)
	if err != nil {
		return nil, fmt.Errorf("element table of %s: %w", l, errs.About(err, l.String()))
	}
	known[l] = t
	return t, nil
}

// existing finds the items that are there already, in the order of the drafts. Those with another content are refused,
// all at once.
func (b *Bank) existing(ctx context.Context, drafts []ItemVersion) ([]*Item, error) {
	have := make([]*Item, len(drafts))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(readers)
	for n, v := range drafts {
		g.Go(func() error {
			i, err := b.items.Item(ctx, v.Code)
			if errors.Is(err, ErrItem) {
				return nil
			}
			have[n] = i
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	var taken []string
	for n, v := range drafts {
		if have[n] != nil && !have[n].holds(v) {
			taken = append(taken, v.Code)
		}
	}
	if len(taken) > 0 {
		return nil, ErrItemExists.With("%s", strings.Join(taken[:min(len(taken), maxProblems)], "、"))
	}
	return have, nil
}

// checkKeys refuses two keys for one stem: drafts that ask the same as each other, or as an item in use, and take
// another answer for right. An edit is not refused for that, or two items with the same wrong key could never be put
// right one after the other: a release refuses what is left of it.
func (b *Bank) checkKeys(ctx context.Context, drafts []ItemVersion, have []*Item) error {
	worded, against, among := make([]string, len(drafts)), make([]string, len(drafts)), wordings{}
	g, groupCtx := errgroup.WithContext(ctx)
	g.SetLimit(readers)
	for n, v := range drafts {
		g.Go(func() (err error) {
			if worded[n] = v.Wording(); have[n] == nil {
				against[n], err = b.contradicted(groupCtx, v, worded[n])
			}
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	var c errs.Check
	for n, v := range drafts {
		if against[n] == "" {
			against[n] = among.addAs(v, worded[n])
		}
		c.That(against[n] == "", fmt.Sprintf("items.%d.key", n), "clash", v.Code+" 与 "+against[n]+" 题干和选项相同，答案不同")
	}
	return limited(c.Err(ErrItemInput))
}

// contradicted returns the code of an item in use that v, whose wording is given, contradicts, or "".
func (b *Bank) contradicted(ctx context.Context, v ItemVersion, wording string) (string, error) {
	for c := (engine.Cursor{}); ; {
		rows, next, err := b.items.ItemsBy(ctx, Facet{ByWording, wording}, c)
		if err != nil {
			return "", err
		}
		for _, i := range rows {
			if i.State != Retired && v.contradicts(i.Current(), wording, wording) {
				return i.Code, nil
			}
		}
		if c.After = next; next == "" {
			return "", nil
		}
	}
}

// holds reports whether some version of the item has the content of v.
func (i *Item) holds(v ItemVersion) bool {
	return slices.ContainsFunc(i.Versions, func(have ItemVersion) bool { return sameContent(have, v) })
}

// draft creates the item, or finds that somebody else has just created the same.
func (b *Bank) draft(ctx context.Context, v ItemVersion, a act) (*Item, error) {
	i := newItem(v, a)
	err := b.items.CreateItem(ctx, i)
	if !errors.Is(err, ErrItemExists) {
		return i, err
	}
	have, err := b.items.Item(ctx, v.Code)
	if err != nil {
		return nil, err
	}
	if !have.holds(v) {
		return nil, ErrItemExists.With("%s", v.Code)
	}
	return have, nil
}

// ImportTasks brings practical tasks in and replaces those of the same code. All are checked before one is written. The
// acting person is an author of each, beside whom the file names; whoever had a hand in an earlier wording stays named.
func (b *Bank) ImportTasks(ctx context.Context, by authz.Principal, tasks []Task) error {
	if err := by.Require(authz.BankImport); err != nil {
		return err
	}
	if by.Person == "" {
		return authz.ErrForbidden.With("账号未登记人员")
	}
	if err := b.checkTasks(ctx, by, tasks); err != nil {
		return err
	}
	now := b.clock.Now()
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(writers)
	for _, t := range tasks {
		g.Go(func() error { return b.putTask(ctx, t, act{by, now}) })
	}
	return g.Wait()
}

func (b *Bank) checkTasks(ctx context.Context, by authz.Principal, tasks []Task) error {
	var c errs.Check
	seen, tables := map[string]bool{}, map[engine.Level]*ElementTable{}
	for n, t := range tasks {
		at := fmt.Sprintf("tasks.%d.", n)
		t.check(&c, at)
		c.That(!seen[t.Code], at+"code", "repeated", "编号 "+t.Code+" 重复")
		seen[t.Code] = true
		if !t.Level.Valid() {
			continue
		}
		table, err := b.tableOnce(ctx, tables, t.Level)
		if err != nil {
			return err
		}
		_, known := table.Range(t.Range)
		c.That(known, at+"range", "unknown", t.Code+" 的鉴定范围 "+t.Range+" 不在"+t.Level.String()+"的要素细目表中")
		if t.reviewedOwn() != "" {
			continue // is told already
		}
		_, old, err := b.taskOver(ctx, t, engine.PersonID(by.Person))
		if err != nil {
			return err
		}
		c.That(old == "", at+"reviewers", "own", t.Code+" 的"+ownReview(old))
	}
	if err := b.checkMakers(ctx, &c, tasks); err != nil {
		return err
	}
	return limited(c.Err(ErrTaskInput))
}

// checkMakers asks for everybody whom the tasks name: a mistyped person would be kept from nothing.
func (b *Bank) checkMakers(ctx context.Context, c *errs.Check, tasks []Task) error {
	if b.people == nil {
		return nil
	}
	absent := map[engine.PersonID]bool{}
	for n, t := range tasks {
		var err error
		t.hands(func(p engine.PersonID, _ Act) {
			if _, asked := absent[p]; !asked && err == nil && validCode(string(p)) {
				_, err = b.people.Named(ctx, p)
				absent[p] = errors.Is(err, engine.ErrPerson)
			}
			if absent[p] {
				err = nil
				c.That(false, fmt.Sprintf("tasks.%d.people", n), "unknown", t.Code+" 写明的人员 "+string(p)+" 查无此人，请核对人员编号")
			}
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// taskOver is t as it is written in place of the task of its code by somebody who brings it in, and who would have reviewed now what
// is by their own hand, "" for nobody. Whoever counted as both before stays.
func (b *Bank) taskOver(ctx context.Context, t Task, by engine.PersonID) (next Task, own engine.PersonID, err error) {
	next = t
	next.Trail, next.Revision = nil, 0
	next.Authors = union(t.Authors, []engine.PersonID{by})
	var had []engine.PersonID
	switch old, err := b.tables.Task(ctx, t.Code); {
	case err == nil:
		next.Trail, next.Revision = old.Trail, old.Revision
		next.join(old.TaskMakers)
		had = slices.DeleteFunc(slices.Clone(old.Reviewers), func(p engine.PersonID) bool { return !slices.Contains(old.Authors, p) })
	case !errors.Is(err, ErrTask):
		return next, "", err
	}
	return next, next.reviewedOwn(had...), nil
}

func ownReview(p engine.PersonID) string {
	return "审题人和命题人有同一个人（" + string(p) + "）。导入的人和以前各版的命题人都算命题人，请换人审题或者由别人导入"
}

// putTries bounds how often putTask starts again when others bring the same task in.
const putTries = 8

// putTask writes t in place of the task of its code, whose history and makers it takes over.
func (b *Bank) putTask(ctx context.Context, t Task, a act) error {
	for try := 1; ; try++ {
		next, own, err := b.taskOver(ctx, t, a.person())
		switch {
		case err != nil:
			return err
		case own != "":
			return ErrTaskInput.WithFields(errs.Field{Name: "reviewers", Code: "own", Msg: t.Code + " 的" + ownReview(own)})
		}
		next.Trail.Add(a.now, a.by.Account, "task.imported", "")
		if err := b.tables.PutTask(ctx, &next); !errors.Is(err, engine.ErrStale) || try == putTries {
			return err
		}
	}
}

// Edit adds v as the next version of its item and leads it back to draft. v.Version is the version that was edited
// (ErrVersion when it is no longer the newest), or 0. Sending the same edit again is harmless.
func (b *Bank) Edit(ctx context.Context, by authz.Principal, v ItemVersion, reason string) (*Item, error) {
	if err := by.Require(authz.BankEdit); err != nil {
		return nil, err
	}
	if by.Person == "" {
		return nil, authz.ErrForbidden.With("账号未登记人员")
	}
	reason, err := cleanReason(reason, ErrItemInput)
	if err != nil {
		return nil, err
	}
	if err := b.checkDrafts(ctx, []ItemVersion{v}); err != nil {
		return nil, err
	}
	return b.change(ctx, by, v.Code, func(i *Item, a act) error { return i.edit(v, reason, a) })
}

// change does one step of one item.
func (b *Bank) change(ctx context.Context, by authz.Principal, code string, step func(*Item, act) error) (*Item, error) {
	if !validCode(code) {
		return nil, ErrItem
	}
	by, err := b.human(ctx, by)
	if err != nil {
		return nil, err
	}
	a := act{by, b.clock.Now()}
	defer b.glance.forget()
	return engine.Modify(ctx, func(ctx context.Context) (*Item, error) { return b.items.Item(ctx, code) }, b.items.UpdateItem,
		func(i *Item) error { return step(i, a) })
}
