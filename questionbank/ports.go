package questionbank

import (
	"context"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/errs"
)

// Refusals of the bank.
var (
	ErrItem            = errs.New(errs.NotFound, "item.not_found", "查无此试题")
	ErrItemExists      = errs.New(errs.Conflict, "item.exists", "试题编号已存在")
	ErrItemInput       = errs.New(errs.Invalid, "item.invalid", "试题内容不正确")
	ErrItemState       = errs.New(errs.Conflict, "item.state", "试题当前的状态不允许此项操作")
	ErrOwnItem         = errs.New(errs.Forbidden, "item.own", "不能审核或同意自己命制的试题")
	ErrConsentProvince = errs.New(errs.Forbidden, "item.province", "只能办理本省的补充题")
	ErrSamePerson      = errs.New(errs.Forbidden, "item.same_person", "两个部门的同意不能由同一人办理")
	ErrSameKeeper      = errs.New(errs.Forbidden, "item.same_keeper", "恢复使用须由停用人以外的另一名题库管理员办理")
	ErrVersion         = errs.New(errs.Conflict, "item.version", "试题已有新版本，请重新查看")
	ErrTable           = errs.New(errs.NotFound, "table.not_found", "没有该等级的要素细目表")
	ErrTableInput      = errs.New(errs.Invalid, "table.invalid", "要素细目表不正确")
	ErrTask            = errs.New(errs.NotFound, "task.not_found", "查无此操作技能试题")
	ErrTaskInput       = errs.New(errs.Invalid, "task.invalid", "操作技能试题不正确")
	ErrRelease         = errs.New(errs.NotFound, "release.not_found", "查无此题库版本")
	ErrReleaseExists   = errs.New(errs.Conflict, "release.exists", "题库版本已存在")
	ErrReleaseInput    = errs.New(errs.Invalid, "release.invalid", "题库版本不正确")
	ErrReleaseBroken   = errs.New(errs.Conflict, "release.broken", "题库版本的内容与其摘要不符")
	ErrWithdrawn       = errs.New(errs.Conflict, "release.withdrawn", "题库版本已撤回，不能组卷")
	ErrBlueprint       = errs.New(errs.NotFound, "blueprint.not_found", "查无此组卷方案")
	ErrBlueprintInput  = errs.New(errs.Invalid, "blueprint.invalid", "组卷方案不正确")
	ErrBlueprintExists = errs.New(errs.Conflict, "blueprint.exists", "组卷方案已存在")
)

// Items keeps items. Safe for concurrent use; must pass storetest.Items.
//   - Absent: ErrItem. A Code already taken: CreateItem returns ErrItemExists.
//   - UpdateItem writes only at the item's Revision, otherwise engine.ErrStale.
//   - Lists are in the byte order of codes. ItemList is of all items, ItemsBy of those whose newest version, or whose
//     state, has the value that the facet asks for.
//   - nil means durable; an error does not prove that nothing was written.
type Items interface {
	Item(ctx context.Context, code string) (*Item, error)
	CreateItem(ctx context.Context, i *Item) error
	UpdateItem(ctx context.Context, i *Item) error
	ItemList(ctx context.Context, c engine.Cursor) (rows []*Item, next string, err error)
	ItemsBy(ctx context.Context, f Facet, c engine.Cursor) (rows []*Item, next string, err error)
}

// Facet is one property by which items are found without looking through all of them.
type Facet struct {
	Name  FacetName
	Value string
}

// FacetName names a property.
type FacetName string

// The facets. Item.Facets gives the values of an item.
const (
	ByState    FacetName = "state"
	ByPoint    FacetName = "point"    // level and point: 5/A-A-001
	ByProvince FacetName = "province" // two digits, or National
	ByWording  FacetName = "wording"  // ItemVersion.Wording
)

// Tables keeps the working element table of each level and the practical tasks. Absent: ErrTable, ErrTask. PutTable
// replaces what is there: what was published lies in releases and is not touched. PutTask writes only at the task's
// Revision, which is 0 where there is none, otherwise engine.ErrStale.
type Tables interface {
	Editions
	Table(ctx context.Context, l engine.Level) (*ElementTable, error)
	PutTable(ctx context.Context, t *ElementTable) error
	Task(ctx context.Context, code string) (*Task, error)
	PutTask(ctx context.Context, t *Task) error
	Tasks(ctx context.Context, l engine.Level, c engine.Cursor) (rows []*Task, next string, err error)
}

// Editions keeps, side by side, the element tables of all editions that were ever put, one of each level and edition:
// putting a working table keeps it here too. Absent: ErrTable. TableEditions are in the byte order of their names.
type Editions interface {
	TableOf(ctx context.Context, l engine.Level, edition string) (*ElementTable, error)
	TableEditions(ctx context.Context, l engine.Level) ([]string, error)
}

// Releases keeps releases. Absent: ErrRelease; taken: ErrReleaseExists. UpdateRelease writes only at its Revision,
// otherwise engine.ErrStale. The list is in the byte order of IDs.
//   - Release and ReleaseList give no items, only their Count; ReleaseItems gives those of a release that was read. They
//     are many and lie apart, at most PartItems in one document.
//   - CreateRelease and UpdateRelease keep r.Items, unless it is nil: then an update leaves the list as it was.
type Releases interface {
	Release(ctx context.Context, id string) (*Release, error)
	CreateRelease(ctx context.Context, r *Release) error
	UpdateRelease(ctx context.Context, r *Release) error
	ReleaseItems(ctx context.Context, r *Release) ([]ItemRef, error)
	ReleaseList(ctx context.Context, c engine.Cursor) (rows []*Release, next string, err error)
}

// PartItems bounds the items of a release that lie in one document: about 120 kilobytes.
const PartItems = 1000

// Blueprints keeps blueprints, which never change once published. Absent: ErrBlueprint; taken: ErrBlueprintExists.
type Blueprints interface {
	Blueprint(ctx context.Context, id string) (*Blueprint, error)
	CreateBlueprint(ctx context.Context, b *Blueprint) error
	BlueprintList(ctx context.Context, c engine.Cursor) (rows []*Blueprint, next string, err error)
}
