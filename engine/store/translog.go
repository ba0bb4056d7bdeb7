package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/skillcert/skillcert/certs/translog"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/engine/store/docs"
)

func translogSchema() docs.Schema {
	return docs.Schema{"log-bundle": nil, "log-entry": nil, "log-tile": nil, "log-checkpoint": nil}
}

// Translog are the repositories of the transparency log.
func (s *Store) Translog() translog.Ports {
	return translog.Ports{Bundles: s.LogBundles(), Places: s.LogPlaces(), Tiles: s.LogTiles(), Checkpoints: s.LogCheckpoints()}
}

// LogBundles is the repository of the log's entries.
func (s *Store) LogBundles() translog.Bundles {
	return bundleTable{docs.Table[translog.Bundle]{Store: s.docs, IDs: s.ids, Kind: "log-bundle", Schema: 1,
		ID: func(b *translog.Bundle) string { return bundleID(b.Number) }, Revision: func(b *translog.Bundle) *int64 { return &b.Revision },
		Absent: translog.ErrNoBundle, Exists: translog.ErrBundleTaken}}
}

// bundleID has the order of the numbers: those of a log that fills a bundle every second for three thousand years.
func bundleID(number int64) string { return fmt.Sprintf("%011d", number) }

type bundleTable struct{ t docs.Table[translog.Bundle] }

func (r bundleTable) Head(ctx context.Context) (*translog.Bundle, error) {
	rows, _, err := r.t.Walk(ctx, docs.Range{Desc: true, Limit: 1})
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return nil, translog.ErrNoBundle
	}
	return rows[0], nil
}

func (r bundleTable) Bundle(ctx context.Context, number int64) (*translog.Bundle, error) {
	return r.t.Get(ctx, bundleID(number))
}
func (r bundleTable) CreateBundle(ctx context.Context, b *translog.Bundle) error {
	return r.t.Create(ctx, b)
}
func (r bundleTable) UpdateBundle(ctx context.Context, b *translog.Bundle) error {
	return r.t.Update(ctx, b)
}

// errLogKept says that a document is there already; callers of PutPlace and PutTile never see it.
var errLogKept = errs.New(errs.Conflict, "log.kept", "日志的这一部分已存在")

// LogPlaces is the repository of where events were logged.
func (s *Store) LogPlaces() translog.Places {
	return placeTable{docs.Table[translog.Place]{Store: s.docs, IDs: s.ids, Kind: "log-entry", Schema: 1, Log: true,
		ID: func(p *translog.Place) string { return p.ID }, Absent: translog.ErrNoEntry, Exists: errLogKept}}
}

type placeTable struct{ t docs.Table[translog.Place] }

func (r placeTable) Place(ctx context.Context, id string) (*translog.Place, error) {
	return r.t.Get(ctx, id)
}
func (r placeTable) PutPlace(ctx context.Context, p *translog.Place) error {
	return orKept(r.t.Create(ctx, p))
}

// LogTiles is the repository of the log's tiles.
func (s *Store) LogTiles() translog.Tiles {
	return tileTable{docs.Table[translog.Tile]{Store: s.docs, IDs: s.ids, Kind: "log-tile", Schema: 1,
		ID: func(t *translog.Tile) string { return tileID(t.Level, t.Number) }, Absent: translog.ErrNoTile, Exists: errLogKept}}
}

func tileID(level int, number int64) string { return fmt.Sprintf("%02d-%011d", level, number) }

type tileTable struct{ t docs.Table[translog.Tile] }

func (r tileTable) Tile(ctx context.Context, level int, number int64) (*translog.Tile, error) {
	return r.t.Get(ctx, tileID(level, number))
}
func (r tileTable) PutTile(ctx context.Context, t *translog.Tile) error {
	return orKept(r.t.Create(ctx, t))
}

func orKept(err error) error {
	if errors.Is(err, errLogKept) {
		return nil
	}
	return err
}

// LogCheckpoints is the repository of the checkpoint that was published last.
func (s *Store) LogCheckpoints() translog.Checkpoints {
	return checkpointTable{docs.Table[translog.Kept]{Store: s.docs, IDs: s.ids, Kind: "log-checkpoint", Schema: 1,
		ID: func(*translog.Kept) string { return lastCheckpoint }, Revision: func(k *translog.Kept) *int64 { return &k.Revision },
		Absent: translog.ErrNoCheckpoint, Exists: engine.ErrStale}}
}

const lastCheckpoint = "last"

type checkpointTable struct{ t docs.Table[translog.Kept] }

func (r checkpointTable) Checkpoint(ctx context.Context) (*translog.Kept, error) {
	return r.t.Get(ctx, lastCheckpoint)
}

func (r checkpointTable) PutCheckpoint(ctx context.Context, k *translog.Kept) error {
	if k.Revision == 0 {
		return r.t.Create(ctx, k)
	}
	return r.t.Update(ctx, k)
}
