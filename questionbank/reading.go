package questionbank

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
)

// Filter narrows a list of items. Zero fields ask for nothing.
type Filter struct {
	Query    string // in the code, the stem or the code of the point; letter case does not matter
	Level    engine.Level
	Type     ItemType
	State    State
	Province string // two digits of GB/T 2260, or National
}

// National is the Filter.Province of items that belong to no province.
const National = "national"

func (f Filter) matches(i *Item) bool {
	v := i.Current()
	query := strings.ToLower(strings.TrimSpace(f.Query))
	return (f.Level == 0 || v.Level == f.Level) && (f.Type == "" || v.Type == f.Type) && (f.State == "" || i.State == f.State) &&
		(f.Province == "" || v.Province == f.Province || f.Province == National && v.Province == "") &&
		(query == "" || strings.Contains(strings.ToLower(v.Code+"\n"+v.Stem+"\n"+v.Point), query))
}

// Items lists items by code. An answer may hold fewer rows than asked for, never more; only an empty next says that it
// is the last.
func (b *Bank) Items(ctx context.Context, by authz.Principal, f Filter, c engine.Cursor) (rows []*Item, next string, err error) {
	if err := by.Require(authz.BankRead); err != nil {
		return nil, "", err
	}
	list := b.items.ItemList
	if f.State != "" {
		list = b.in(f.State)
	}
	return sift(ctx, c, list, f.matches)
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

func (b *Bank) in(s State) pages {
	return func(ctx context.Context, c engine.Cursor) ([]*Item, string, error) { return b.items.ItemsIn(ctx, s, c) }
}

// sift fills one answer with what matches. A page is cut by the store only, so the pages asked for shrink as the answer
// fills; the last quarter of it is left open rather than filled row by row.
func sift(ctx context.Context, c engine.Cursor, list pages, matches func(*Item) bool) (rows []*Item, next string, err error) {
	limit := c.Rows()
	for open := limit; open > 0 && open*4 >= limit; open = limit - len(rows) {
		page, next, err := list(ctx, engine.Cursor{After: c.After, Limit: open})
		if err != nil {
			return nil, "", err
		}
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
	return b.tables.Table(ctx, l)
}

// Releases lists releases by ID, those under preparation too.
func (b *Bank) Releases(ctx context.Context, by authz.Principal) ([]*Release, error) {
	if err := by.Require(authz.BankRead); err != nil {
		return nil, err
	}
	return engine.All(ctx, b.releases.ReleaseList)
}

// Blueprint returns a published blueprint.
func (b *Bank) Blueprint(ctx context.Context, id string) (*Blueprint, error) {
	if !validCode(id) {
		return nil, ErrBlueprint
	}
	return b.blueprints.Blueprint(ctx, id)
}

// Blueprints lists blueprints by ID.
func (b *Bank) Blueprints(ctx context.Context, by authz.Principal) ([]*Blueprint, error) {
	if err := by.Require(authz.BankRead); err != nil {
		return nil, err
	}
	return engine.All(ctx, b.blueprints.BlueprintList)
}

// Count is how many items of one level, type and state there are.
type Count struct {
	Level engine.Level `json:"level"`
	Type  ItemType     `json:"type"`
	State State        `json:"state"`
	Items int          `json:"items"`
}

// Overview is the bank at a glance. Coverage counts, for every point of a level's element table, the items that passed
// their review and are in use: a point at zero is a gap.
type Overview struct {
	Counts   []Count                         `json:"counts"` // lowest level first, then by type and state; none is zero
	Coverage map[engine.Level]map[string]int `json:"coverage"`
}

// Overview counts the whole bank.
func (b *Bank) Overview(ctx context.Context, by authz.Principal) (Overview, error) {
	if err := by.Require(authz.BankRead); err != nil {
		return Overview{}, err
	}
	items, err := engine.All(ctx, b.items.ItemList)
	if err != nil {
		return Overview{}, err
	}
	o := Overview{Coverage: map[engine.Level]map[string]int{}}
	tables, err := b.workingTables(ctx)
	if err != nil {
		return Overview{}, err
	}
	for l, t := range tables {
		o.Coverage[l] = map[string]int{}
		for _, p := range t.Points {
			o.Coverage[l][p.Code] = 0
		}
	}
	counts := map[Count]int{}
	for _, i := range items {
		v := i.Current()
		counts[Count{Level: v.Level, Type: v.Type, State: i.State}]++
		if i.inUse() && o.Coverage[v.Level] != nil {
			o.Coverage[v.Level][v.Point]++
		}
	}
	o.Counts = inOrder(counts)
	return o, nil
}

func (i *Item) inUse() bool {
	return slices.Contains([]State{Reviewed, Consented, Filed, Admitted}, i.State)
}

func inOrder(counts map[Count]int) []Count {
	all := make([]Count, 0, len(counts))
	for c, n := range counts {
		c.Items = n
		all = append(all, c)
	}
	slices.SortFunc(all, func(a, b Count) int {
		return cmp.Or(slices.Index(engine.Levels(), a.Level)-slices.Index(engine.Levels(), b.Level),
			slices.Index(ItemTypes(), a.Type)-slices.Index(ItemTypes(), b.Type),
			slices.Index(States(), a.State)-slices.Index(States(), b.State))
	})
	return all
}
