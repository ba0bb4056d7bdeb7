package questionbank

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/questionbank/richtext"
)

// Filter narrows a list of items. Zero fields ask for nothing.
type Filter struct {
	Point      string // of the element table: a point, or a range and all that lies in it
	Difficulty int    // 1 to 5
	Query      string // in the code, the stem or the code of the point; letter case does not matter
	Level      engine.Level
	Type       ItemType
	State      State
	Province   string // two digits of GB/T 2260, or National
}

// National is the Filter.Province of items that belong to no province.
const National = "national"

func (f Filter) matches(i *Item) bool {
	v := i.Current()
	query := strings.ToLower(strings.TrimSpace(f.Query))
	return (f.Level == 0 || v.Level == f.Level) && (f.Type == "" || v.Type == f.Type) && (f.State == "" || i.State == f.State) &&
		(f.Point == "" || Within(v.Point, f.Point)) && (f.Difficulty == 0 || v.Difficulty == f.Difficulty) &&
		(f.Province == "" || v.Province == f.Province || f.Province == National && v.Province == "") &&
		(query == "" || strings.Contains(strings.ToLower(v.Code+"\n"+richtext.Plain(v.Stem)+"\n"+v.Point), query))
}

// Items lists items by code. An answer may hold fewer rows than asked for, never more; only an empty next says that it
// is the last.
func (b *Bank) Items(ctx context.Context, by authz.Principal, f Filter, c engine.Cursor) (rows []*Item, next string, err error) {
	if err := by.Require(authz.BankRead); err != nil {
		return nil, "", err
	}
	list := pages(b.items.ItemList)
	if facet, ok := f.facet(); ok {
		list = b.by(facet)
	}
	return sift(ctx, c, list, f.matches)
}

// facet is the narrowest way in to what the filter asks for: a point has some dozen items, a province some hundred.
func (f Filter) facet() (Facet, bool) {
	switch {
	case f.Level.Valid() && IsPoint(f.Point):
		return Facet{ByPoint, pointFacet(f.Level, f.Point)}, true
	case f.Province != "" && f.Province != National && engine.Province(f.Province) != "":
		return Facet{ByProvince, f.Province}, true
	case f.State != "" && slices.Contains(States(), f.State):
		return Facet{ByState, string(f.State)}, true
	}
	return Facet{}, false
}

func pointFacet(l engine.Level, point string) string { return fmt.Sprintf("%d/%s", uint8(l), point) }

// StateOf tells other parts of the program where an item stands. It shows nothing of it, and asks for no role.
func (b *Bank) StateOf(ctx context.Context, code string) (State, error) {
	if !validCode(code) {
		return "", ErrItem
	}
	i, err := b.items.Item(ctx, code)
	if err != nil {
		return "", err
	}
	return i.State, nil
}

// Item returns one item with all its versions.
func (b *Bank) Item(ctx context.Context, by authz.Principal, code string) (*Item, error) {
	if err := by.Require(authz.BankRead); err != nil {
		return nil, err
	}
	if !validCode(code) {
		return nil, ErrItem
	}
	return b.items.Item(ctx, code)
}

type pages func(context.Context, engine.Cursor) ([]*Item, string, error)

func (b *Bank) by(f Facet) pages {
	return func(ctx context.Context, c engine.Cursor) ([]*Item, string, error) { return b.items.ItemsBy(ctx, f, c) }
}

// maxSifted bounds the items that one answer looks through: a rare word is found over several answers.
const maxSifted = 20_000

// sift fills one answer with what matches. A page is cut by the store only, so the pages asked for shrink as the answer
// fills; the last quarter of it is left open rather than filled row by row.
func sift(ctx context.Context, c engine.Cursor, list pages, matches func(*Item) bool) (rows []*Item, next string, err error) {
	limit, seen := c.Rows(), 0
	for open := limit; open > 0 && open*4 >= limit && seen < maxSifted; open = limit - len(rows) {
		page, next, err := list(ctx, engine.Cursor{After: c.After, Limit: open})
		if err != nil {
			return nil, "", err
		}
		seen += len(page)
		for _, i := range page {
			if matches(i) {
				rows = append(rows, i)
			}
		}
		if c.After = next; next == "" {
			break
		}
	}
	return rows, c.After, nil
}

// Task returns a practical task.
func (b *Bank) Task(ctx context.Context, code string) (*Task, error) {
	if !validCode(code) {
		return nil, ErrTask
	}
	return b.tables.Task(ctx, code)
}

// Tasks lists the practical tasks of a level by code.
func (b *Bank) Tasks(ctx context.Context, l engine.Level) ([]*Task, error) {
	return engine.All(ctx, func(ctx context.Context, c engine.Cursor) ([]*Task, string, error) { return b.tables.Tasks(ctx, l, c) })
}

// Table returns the working element table of a level.
func (b *Bank) Table(ctx context.Context, l engine.Level) (*ElementTable, error) {
	t, err := b.tables.Table(ctx, l)
	return t, errs.About(err, l.String())
}

// TableOf returns the element table of a level in one edition, whether it is the working one or an older one.
func (b *Bank) TableOf(ctx context.Context, l engine.Level, edition string) (*ElementTable, error) {
	t, err := b.tables.TableOf(ctx, l, edition)
	return t, errs.About(err, l.String()+" "+edition)
}

// TableEditions lists the editions of the element tables of a level.
func (b *Bank) TableEditions(ctx context.Context, l engine.Level) ([]string, error) {
	return b.tables.TableEditions(ctx, l)
}

// Release returns a release with its items, one under preparation too.
func (b *Bank) Release(ctx context.Context, by authz.Principal, id string) (*Release, error) {
	if err := by.Require(authz.BankRead); err != nil {
		return nil, err
	}
	return b.whole(ctx, id)
}

// CompareReleases tells what the release newer has other than older.
func (b *Bank) CompareReleases(ctx context.Context, by authz.Principal, newer, older string) (Difference, error) {
	r, err := b.Release(ctx, by, newer)
	if err != nil {
		return Difference{}, err
	}
	before, err := b.Release(ctx, by, older)
	if err != nil {
		return Difference{}, err
	}
	return r.Compare(before), nil
}

// Releases lists releases by ID without their items, those under preparation too.
func (b *Bank) Releases(ctx context.Context, by authz.Principal) ([]*Release, error) {
	if err := by.Require(authz.BlueprintRead); err != nil {
		return nil, err
	}
	return engine.All(ctx, b.releases.ReleaseList)
}

// Current lists the published releases that were not withdrawn, without their items. It asks for no role and tells no item: it is
// for other rooms.
func (b *Bank) Current(ctx context.Context) ([]*Release, error) {
	all, err := engine.All(ctx, b.releases.ReleaseList)
	return slices.DeleteFunc(all, func(r *Release) bool { return r.State != Published }), err
}

// Blueprint returns a published blueprint.
func (b *Bank) Blueprint(ctx context.Context, id string) (*Blueprint, error) {
	if !validCode(id) {
		return nil, ErrBlueprint
	}
	bp, err := b.blueprints.Blueprint(ctx, id)
	return bp, errs.About(err, id)
}

// Blueprints lists blueprints by ID.
func (b *Bank) Blueprints(ctx context.Context, by authz.Principal) ([]*Blueprint, error) {
	if err := by.Require(authz.BlueprintRead); err != nil {
		return nil, err
	}
	return engine.All(ctx, b.blueprints.BlueprintList)
}
