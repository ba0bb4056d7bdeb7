package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/store/docs"
	"github.com/skillcert/skillcert/questionbank"
)

func questionbankSchema() docs.Schema {
	return docs.Schema{"item": {"state"}, "element-table": nil, "task": {"level"}, "release": nil, "blueprint": nil}
}

// Items is the repository of items.
func (s *Store) Items() questionbank.Items {
	return itemTable{docs.Table[questionbank.Item]{Store: s.docs, IDs: s.ids, Kind: "item", Schema: 1,
		ID: func(i *questionbank.Item) string { return i.Code }, Revision: func(i *questionbank.Item) *int64 { return &i.Revision },
		Index:  func(i *questionbank.Item) map[string]string { return map[string]string{"state": string(i.State)} },
		Absent: questionbank.ErrItem, Exists: questionbank.ErrItemExists}}
}

type itemTable struct {
	t docs.Table[questionbank.Item]
}

func (r itemTable) Item(ctx context.Context, code string) (*questionbank.Item, error) {
	return r.t.Get(ctx, code)
}
func (r itemTable) CreateItem(ctx context.Context, i *questionbank.Item) error {
	return r.t.Create(ctx, i)
}
func (r itemTable) UpdateItem(ctx context.Context, i *questionbank.Item) error {
	return r.t.Update(ctx, i)
}
func (r itemTable) ItemList(ctx context.Context, c engine.Cursor) ([]*questionbank.Item, string, error) {
	return r.t.Every(ctx, c)
}
func (r itemTable) ItemsIn(ctx context.Context, s questionbank.State, c engine.Cursor) ([]*questionbank.Item, string, error) {
	return r.t.List(ctx, "state", string(s), c)
}

// Tables is the repository of element tables and practical tasks.
func (s *Store) Tables() questionbank.Tables {
	return elementTables{
		tables: docs.Table[elementTable]{Store: s.docs, IDs: s.ids, Kind: "element-table", Schema: 1,
			ID: func(t *elementTable) string { return levelKey(t.Level) }, Revision: func(t *elementTable) *int64 { return &t.revision },
			Absent: questionbank.ErrTable, Exists: engine.ErrStale},
		tasks: docs.Table[questionbank.Task]{Store: s.docs, IDs: s.ids, Kind: "task", Schema: 1,
			ID: func(t *questionbank.Task) string { return t.Code }, Revision: func(t *questionbank.Task) *int64 { return &t.Revision },
			Index:  func(t *questionbank.Task) map[string]string { return map[string]string{"level": levelKey(t.Level)} },
			Absent: questionbank.ErrTask, Exists: engine.ErrStale},
	}
}

// elementTable adds the revision that the domain's table, which is only ever replaced, does without.
type elementTable struct {
	questionbank.ElementTable
	revision int64
}

type elementTables struct {
	tables docs.Table[elementTable]
	tasks  docs.Table[questionbank.Task]
}

func levelKey(l engine.Level) string { return fmt.Sprint(uint8(l)) }

func (r elementTables) Table(ctx context.Context, l engine.Level) (*questionbank.ElementTable, error) {
	t, err := r.tables.Get(ctx, levelKey(l))
	if err != nil {
		return nil, err
	}
	return &t.ElementTable, nil
}

func (r elementTables) PutTable(ctx context.Context, t *questionbank.ElementTable) error {
	return replace(ctx, r.tables, &elementTable{ElementTable: *t})
}

func (r elementTables) Task(ctx context.Context, code string) (*questionbank.Task, error) {
	return r.tasks.Get(ctx, code)
}
func (r elementTables) PutTask(ctx context.Context, t *questionbank.Task) error {
	return replace(ctx, r.tasks, t)
}
func (r elementTables) Tasks(ctx context.Context, l engine.Level, c engine.Cursor) ([]*questionbank.Task, string, error) {
	return r.tasks.List(ctx, "level", levelKey(l), c)
}

// replaceTries bounds how often replace starts again when others replace the same document.
const replaceTries = 8

// replace writes v whatever is stored under its ID.
func replace[T any](ctx context.Context, t docs.Table[T], v *T) error {
	for try := 1; ; try++ {
		old, err := t.Get(ctx, t.ID(v))
		switch {
		case err == nil:
			*t.Revision(v) = *t.Revision(old)
			err = t.Update(ctx, v)
		case errors.Is(err, t.Absent):
			err = t.Create(ctx, v)
		}
		if !errors.Is(err, engine.ErrStale) || try == replaceTries {
			return err
		}
	}
}

// Releases is the repository of releases.
func (s *Store) Releases() questionbank.Releases {
	return releaseTable{docs.Table[questionbank.Release]{Store: s.docs, IDs: s.ids, Kind: "release", Schema: 1,
		ID: func(r *questionbank.Release) string { return r.ID }, Revision: func(r *questionbank.Release) *int64 { return &r.Revision },
		Absent: questionbank.ErrRelease, Exists: questionbank.ErrReleaseExists}}
}

type releaseTable struct {
	t docs.Table[questionbank.Release]
}

func (r releaseTable) Release(ctx context.Context, id string) (*questionbank.Release, error) {
	return r.t.Get(ctx, id)
}
func (r releaseTable) CreateRelease(ctx context.Context, v *questionbank.Release) error {
	return r.t.Create(ctx, v)
}
func (r releaseTable) UpdateRelease(ctx context.Context, v *questionbank.Release) error {
	return r.t.Update(ctx, v)
}
func (r releaseTable) ReleaseList(ctx context.Context, c engine.Cursor) ([]*questionbank.Release, string, error) {
	return r.t.Every(ctx, c)
}

// Blueprints is the repository of blueprints.
func (s *Store) Blueprints() questionbank.Blueprints {
	return blueprintTable{docs.Table[questionbank.Blueprint]{Store: s.docs, IDs: s.ids, Kind: "blueprint", Schema: 1,
		ID: func(b *questionbank.Blueprint) string { return b.ID }, Revision: func(b *questionbank.Blueprint) *int64 { return &b.Revision },
		Absent: questionbank.ErrBlueprint, Exists: questionbank.ErrBlueprintExists}}
}

type blueprintTable struct {
	t docs.Table[questionbank.Blueprint]
}

func (r blueprintTable) Blueprint(ctx context.Context, id string) (*questionbank.Blueprint, error) {
	return r.t.Get(ctx, id)
}
func (r blueprintTable) CreateBlueprint(ctx context.Context, b *questionbank.Blueprint) error {
	return r.t.Create(ctx, b)
}
func (r blueprintTable) BlueprintList(ctx context.Context, c engine.Cursor) ([]*questionbank.Blueprint, string, error) {
	return r.t.Every(ctx, c)
}
