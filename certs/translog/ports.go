package translog

import (
	"context"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/skillcert/skillcert/engine/errs"
)

// Refusals of the ports, and of what is read through them.
var (
	ErrNoBundle     = errs.New(errs.NotFound, "log.no_bundle", "没有这一组日志条目")
	ErrBundleTaken  = errs.New(errs.Conflict, "log.bundle_taken", "这一组日志条目已存在")
	ErrNoEntry      = errs.New(errs.NotFound, "log.no_entry", "日志中没有这一事项")
	ErrNoTile       = errs.New(errs.NotFound, "log.no_tile", "日志中没有这一部分")
	ErrNoCheckpoint = errs.New(errs.NotFound, "log.no_checkpoint", "日志还没有公布过检查点")
	ErrDamaged      = errs.New(errs.Internal, "log.damaged", "日志数据已损坏")
)

// Bundles keeps the entries. Safe for concurrent use; must pass storetest.LogBundles.
//   - Absent: ErrNoBundle. Head is the bundle with the highest number; ErrNoBundle while there is none.
//   - A number already taken: CreateBundle returns ErrBundleTaken.
//   - UpdateBundle writes only at the bundle's Revision, otherwise engine.ErrStale.
//   - nil means durable; an error does not prove that nothing was written.
type Bundles interface {
	Head(ctx context.Context) (*Bundle, error)
	Bundle(ctx context.Context, number int64) (*Bundle, error)
	CreateBundle(ctx context.Context, b *Bundle) error
	UpdateBundle(ctx context.Context, b *Bundle) error
}

// Place is where an event was logged, and the hash of its leaf.
type Place struct {
	ID    string    `json:"id"`
	Index int64     `json:"index"`
	Leaf  tlog.Hash `json:"leaf"`
}

// Places finds the entries of full bundles by their names. Absent: ErrNoEntry. PutPlace keeps the first it is given
// for an ID and answers nil for any later one. Safe for concurrent use; must pass storetest.LogPlaces.
type Places interface {
	Place(ctx context.Context, id string) (*Place, error)
	PutPlace(ctx context.Context, p *Place) error
}

// Tile is a full tile of a level above 0: Width hashes. It follows from the bundles; keeping it saves reading them.
type Tile struct {
	Level  int    `json:"level"` // from 1
	Number int64  `json:"number"`
	Hashes []byte `json:"hashes"`
}

// Tiles keeps full tiles. Absent: ErrNoTile. PutTile keeps the first it is given for a place and answers nil for any
// later one. Safe for concurrent use; must pass storetest.LogTiles.
type Tiles interface {
	Tile(ctx context.Context, level int, number int64) (*Tile, error)
	PutTile(ctx context.Context, t *Tile) error
}

// Kept is the checkpoint that was published last, as a signed note with its cosignatures.
type Kept struct {
	Note     []byte  `json:"note"`
	Growth   []Grown `json:"growth,omitempty"` // the oldest day first
	Revision int64   `json:"-"`
}

// Checkpoints keeps the one published last. Absent: ErrNoCheckpoint. PutCheckpoint writes only at k.Revision, 0 to
// create it, otherwise engine.ErrStale. Safe for concurrent use; must pass storetest.LogCheckpoints.
type Checkpoints interface {
	Checkpoint(ctx context.Context) (*Kept, error)
	PutCheckpoint(ctx context.Context, k *Kept) error
}

// Ports are what a Log stands on. All are needed.
type Ports struct {
	Bundles     Bundles
	Places      Places
	Tiles       Tiles
	Checkpoints Checkpoints
}
