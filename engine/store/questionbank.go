package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/engine/store/docs"
	"github.com/skillcert/skillcert/questionbank"
)

func questionbankSchema() docs.Schema {
	return docs.Schema{"item": {"state", "point", "province", "wording"}, "item-index": nil, "image": nil,
		"element-table": nil, "table-edition": {"level"}, "task": {"level"}, "release": nil, "release-part": nil, "blueprint": nil}
}

// unchanged lifts a form that differs from the next only in what may be absent. The higher number keeps programs away
// that do not know the new parts and would drop them.
func unchanged(_ int, body []byte) ([]byte, error) { return body, nil }

// Tables is the repository of element tables and practical tasks.
func (s *Store) Tables() questionbank.Tables {
	return elementTables{
		tables: docs.Table[elementTable]{Store: s.docs, IDs: s.ids, Kind: "element-table", Schema: 2, Upgrade: unchanged,
			ID: func(t *elementTable) string { return levelKey(t.Level) }, Revision: func(t *elementTable) *int64 { return &t.revision },
			Absent: questionbank.ErrTable, Exists: engine.ErrStale},
		editions: docs.Table[elementTable]{Store: s.docs, IDs: s.ids, Kind: "table-edition", Schema: 2, Upgrade: unchanged,
			ID: func(t *elementTable) string { return editionKey(t.Level, t.Edition) }, Revision: func(t *elementTable) *int64 { return &t.revision },
			Index:  func(t *elementTable) map[string]string { return map[string]string{"level": levelKey(t.Level)} },
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
	tables   docs.Table[elementTable] // the working ones
	editions docs.Table[elementTable]
	tasks    docs.Table[questionbank.Task]
}

func levelKey(l engine.Level) string { return fmt.Sprint(uint8(l)) }

// editionKey names an edition, whatever characters its name is made of.
func editionKey(l engine.Level, edition string) string {
	sum := sha256.Sum256([]byte(edition))
	return levelKey(l) + "-" + hex.EncodeToString(sum[:16])
}

func (r elementTables) Table(ctx context.Context, l engine.Level) (*questionbank.ElementTable, error) {
	t, err := r.tables.Get(ctx, levelKey(l))
	if err != nil {
		return nil, err
	}
	return &t.ElementTable, nil
}

// PutTable keeps the edition first: a working table is always one of the editions. One that was put by a program that
// kept no editions is kept now, before it is replaced.
func (r elementTables) PutTable(ctx context.Context, t *questionbank.ElementTable) error {
	old, err := r.Table(ctx, t.Level)
	if err == nil && old.Edition != t.Edition {
		err = r.editions.Create(ctx, &elementTable{ElementTable: *old})
	}
	if err != nil && !errors.Is(err, questionbank.ErrTable) && !errors.Is(err, engine.ErrStale) {
		return err
	}
	if err := replace(ctx, r.editions, &elementTable{ElementTable: *t}); err != nil {
		return err
	}
	return replace(ctx, r.tables, &elementTable{ElementTable: *t})
}

func (r elementTables) TableOf(ctx context.Context, l engine.Level, edition string) (*questionbank.ElementTable, error) {
	t, err := r.editions.Get(ctx, editionKey(l, edition))
	if err == nil {
		return &t.ElementTable, nil
	}
	if !errors.Is(err, questionbank.ErrTable) {
		return nil, err
	}
	working, err := r.Table(ctx, l)
	if err == nil && working.Edition != edition {
		err = questionbank.ErrTable
	}
	return working, err
}

func (r elementTables) TableEditions(ctx context.Context, l engine.Level) ([]string, error) {
	kept, err := engine.All(ctx, func(ctx context.Context, c engine.Cursor) ([]*elementTable, string, error) {
		return r.editions.List(ctx, "level", levelKey(l), c)
	})
	if err != nil {
		return nil, err
	}
	var names []string
	for _, t := range kept {
		names = append(names, t.Edition)
	}
	switch working, err := r.Table(ctx, l); {
	case err == nil:
		names = append(names, working.Edition)
	case !errors.Is(err, questionbank.ErrTable):
		return nil, err
	}
	slices.Sort(names)
	return slices.Compact(names), nil
}

func (r elementTables) Task(ctx context.Context, code string) (*questionbank.Task, error) {
	return r.tasks.Get(ctx, code)
}
func (r elementTables) PutTask(ctx context.Context, t *questionbank.Task) error {
	if t.Revision == 0 {
		return r.tasks.Create(ctx, t)
	}
	return r.tasks.Update(ctx, t)
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

// Blueprints is the repository of blueprints.
func (s *Store) Blueprints() questionbank.Blueprints {
	return blueprintTable{docs.Table[questionbank.Blueprint]{Store: s.docs, IDs: s.ids, Kind: "blueprint", Schema: 3, Upgrade: unchanged,
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

// errImageKept says that an image is there already; callers of PutImage never see it.
var errImageKept = errs.New(errs.Conflict, "image.kept", "图片已存在")

// Images is the repository of the images of items.
func (s *Store) Images() questionbank.Images {
	return imageTable{docs.Table[questionbank.Image]{Store: s.docs, IDs: s.ids, Kind: "image", Schema: 1,
		ID:     func(i *questionbank.Image) string { return i.Digest },
		Absent: questionbank.ErrImage, Exists: errImageKept, Recent: &s.images}}
}

type imageTable struct {
	t docs.Table[questionbank.Image]
}

func (r imageTable) Image(ctx context.Context, digest string) (*questionbank.Image, error) {
	return r.t.Look(ctx, digest)
}

func (r imageTable) PutImage(ctx context.Context, i *questionbank.Image) error {
	if err := r.t.Create(ctx, i); !errors.Is(err, errImageKept) {
		return err
	}
	return nil
}
