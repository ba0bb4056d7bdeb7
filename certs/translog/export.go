package translog

import (
	"context"

	"golang.org/x/mod/sumdb/tlog"
)

// CheckpointPath is the address of the checkpoint within a published log.
const CheckpointPath = "checkpoint"

// Export hands over every resource of the log as it was published last, by its address: bundles and tiles in their order, the
// checkpoint at the end, so that a copy that was broken off tells of nothing it has not got.
func (l *Log) Export(ctx context.Context, put func(path string, data []byte) error) (Checkpoint, error) {
	c, err := l.Latest(ctx)
	if err != nil {
		return Checkpoint{}, err
	}
	for _, t := range tlog.NewTiles(tileHeight, 0, c.Size) {
		if err := l.exportTile(ctx, t, put); err != nil {
			return Checkpoint{}, err
		}
	}
	return c, put(CheckpointPath, c.Note)
}

// exportTile hands over a tile and, below it, the bundle it is made from.
func (l *Log) exportTile(ctx context.Context, t tlog.Tile, put func(string, []byte) error) error {
	all := []tlog.Tile{t}
	if t.L == 0 {
		below := t
		below.L = -1
		all = append(all, below)
	}
	for _, t := range all {
		data, err := l.Read(ctx, t)
		if err != nil {
			return err
		}
		if err := put(Path(t), data); err != nil {
			return err
		}
	}
	return nil
}
