package translog

import (
	"context"
	"errors"
	"strings"

	"golang.org/x/mod/sumdb/tlog"
)

const maxPath = 64 // bytes of an address within the log

// ParsePath reads the address of a tile or, as level -1, of an entry bundle: tile/<L>/<N>[.p/<W>] or
// tile/entries/<N>[.p/<W>] of C2SP tlog-tiles, written in its one way; otherwise ErrNoTile.
func ParsePath(path string) (tlog.Tile, error) {
	rest, ok := strings.CutPrefix(path, "tile/")
	if entries, is := strings.CutPrefix(rest, "entries/"); is {
		rest = "data/" + entries
	} else if strings.HasPrefix(rest, "data/") {
		ok = false
	}
	if !ok || len(path) > maxPath {
		return tlog.Tile{}, ErrNoTile
	}
	t, err := tlog.ParseTilePath("tile/8/" + rest)
	if err != nil || t.L > 63 {
		return tlog.Tile{}, ErrNoTile
	}
	return t, nil
}

// Path is the address of a tile, or of an entry bundle when its level is -1. The height of t is 8.
func Path(t tlog.Tile) string {
	p := strings.TrimPrefix(t.Path(), "tile/8/")
	if entries, is := strings.CutPrefix(p, "data/"); is {
		p = "entries/" + entries
	}
	return "tile/" + p
}

// Within reports whether a tree of size entries has all of t.
func Within(t tlog.Tile, size int64) bool {
	shift := tileHeight * max(t.L, 0)
	if shift >= 63 || size <= 0 {
		return false
	}
	have := size >> shift
	return t.N <= have/Width && t.N*Width+int64(t.W) <= have
}

// Resource answers an address of the published log: what stands there, and whether it is full and so never changes. What
// lies beyond the checkpoint that was published last is ErrNoTile, like everything that is no such address.
func (l *Log) Resource(ctx context.Context, path string) (data []byte, full bool, err error) {
	t, err := ParsePath(path)
	if err != nil {
		return nil, false, err
	}
	c, err := l.Latest(ctx)
	if errors.Is(err, ErrNoCheckpoint) || err == nil && !Within(t, c.Size) {
		return nil, false, ErrNoTile
	}
	if err != nil {
		return nil, false, err
	}
	data, err = l.Read(ctx, t)
	return data, t.W == Width, err
}

// Read is what stands at a tile or an entry bundle, published or not; ErrNoTile when the log is not so long.
func (l *Log) Read(ctx context.Context, t tlog.Tile) ([]byte, error) {
	if t.L >= 0 {
		hashes, err := l.hashes(ctx, place{t.L, t.N}, t.W)
		if err != nil {
			return nil, err
		}
		return hashes[:t.W*tlog.HashSize], nil
	}
	b, err := l.ports.Bundles.Bundle(ctx, t.N)
	if errors.Is(err, ErrNoBundle) {
		return nil, ErrNoTile
	}
	if err != nil {
		return nil, err
	}
	leaves, err := b.leaves()
	if err != nil {
		return nil, err
	}
	if len(leaves) < t.W {
		return nil, ErrNoTile
	}
	var data []byte
	for _, leaf := range leaves[:t.W] {
		data = AppendLeaf(data, leaf)
	}
	return data, nil
}
