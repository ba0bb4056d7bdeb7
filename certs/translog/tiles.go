package translog

import (
	"context"
	"errors"
	"sync"

	"golang.org/x/mod/sumdb/tlog"
)

// tileHeight is that of C2SP tlog-tiles: 2⁸ hashes.
const tileHeight = 8

// maxTiles bounds the full tiles that a process remembers: 4 MiB of them.
const maxTiles = 512

// place names a tile.
type place struct {
	level  int
	number int64
}

// tileCache remembers tiles: some of those that are full, and of each level the one at the right edge of the tree, as
// far as it was needed. What is remembered of a tile never becomes wrong, it only becomes less than there is.
type tileCache struct {
	mu   sync.Mutex
	full map[place][]byte
	edge [64]struct {
		number int64
		hashes []byte
	}
}

// get returns as much of a tile as is remembered, and whether the edge is known to have passed it: then it is full.
func (c *tileCache) get(at place) (hashes []byte, passed bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if t, ok := c.full[at]; ok {
		return t, true
	}
	e := c.edge[at.level]
	if e.number == at.number {
		return e.hashes, false
	}
	return nil, at.number < e.number
}

// put remembers hashes that nobody changes. Another full tile makes room when there are too many.
func (c *tileCache) put(at place, hashes []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e := &c.edge[at.level]
	if len(hashes) < Width*tlog.HashSize {
		if at.number > e.number || at.number == e.number && len(hashes) > len(e.hashes) {
			e.number, e.hashes = at.number, hashes
		}
		return
	}
	if c.full == nil {
		c.full = map[place][]byte{}
	}
	for other := range c.full {
		if len(c.full) < maxTiles {
			break
		}
		delete(c.full, other)
	}
	c.full[at] = hashes
}

// hashes returns at least width hashes of a tile; ErrNoTile when the log has not so many there.
func (l *Log) hashes(ctx context.Context, at place, width int) ([]byte, error) {
	known, passed := l.tiles.get(at)
	if passed {
		width = Width
	}
	if len(known) >= width*tlog.HashSize {
		return known, nil
	}
	var found []byte
	var err error
	if at.level == 0 {
		found, err = l.leafHashes(ctx, at.number)
	} else {
		found, err = l.upperHashes(ctx, at, width, known)
	}
	if err != nil {
		return nil, err
	}
	if len(found) < width*tlog.HashSize {
		return nil, ErrNoTile
	}
	l.tiles.put(at, found)
	return found, nil
}

// leafHashes is the tile over a bundle.
func (l *Log) leafHashes(ctx context.Context, number int64) ([]byte, error) {
	b, err := l.ports.Bundles.Bundle(ctx, number)
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
	return LeafTile(leaves), nil
}

// upperHashes is a tile over tiles, computed from known on; a full one is kept for the next who asks.
func (l *Log) upperHashes(ctx context.Context, at place, width int, known []byte) ([]byte, error) {
	if width == Width {
		t, err := l.ports.Tiles.Tile(ctx, at.level, at.number)
		if err == nil && len(t.Hashes) != Width*tlog.HashSize {
			return nil, ErrDamaged.With("第 %d 层第 %d 块", at.level, at.number)
		}
		if err == nil {
			return t.Hashes, nil
		}
		if !errors.Is(err, ErrNoTile) {
			return nil, err
		}
	}
	hashes := append(make([]byte, 0, width*tlog.HashSize), known...)
	for n := len(known) / tlog.HashSize; n < width; n++ {
		below, err := l.hashes(ctx, place{at.level - 1, at.number*Width + int64(n)}, Width)
		if err != nil {
			return nil, err
		}
		h := TileRoot(below)
		hashes = append(hashes, h[:]...)
	}
	if width < Width {
		return hashes, nil
	}
	return hashes, l.ports.Tiles.PutTile(ctx, &Tile{Level: at.level, Number: at.number, Hashes: hashes})
}

// reader reads the hashes of the tree over the first size entries, for the algorithms of package tlog.
func (l *Log) reader(ctx context.Context, size int64) tlog.HashReader {
	return tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		found := make([]tlog.Hash, len(indexes))
		for i, x := range indexes {
			t := tlog.TileForIndex(tileHeight, x)
			t.W = int(min(Width, size>>(tileHeight*t.L)-t.N*Width)) // one tile whole rather than parts of it
			data, err := l.hashes(ctx, place{t.L, t.N}, t.W)
			if err != nil {
				return nil, err
			}
			if found[i], err = tlog.HashFromTile(t, data, x); err != nil {
				return nil, err
			}
		}
		return found, nil
	})
}

// Root is the hash of the tree over the first size entries.
func (l *Log) Root(ctx context.Context, size int64) (tlog.Hash, error) {
	return tlog.TreeHash(size, l.reader(ctx, size))
}
