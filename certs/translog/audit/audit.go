package audit

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"

	"golang.org/x/mod/sumdb/tlog"
	"golang.org/x/sync/errgroup"

	"github.com/skillcert/skillcert/certs/translog"
)

// Options say what a log is compared with.
type Options struct {
	Trust translog.Trust // without keys of the log no signature is checked, and Report.Signed is false
	Since []byte         // an earlier checkpoint of the same log; nil for none
}

// Report is what an audit found.
type Report struct {
	Whole    bool                     `json:"whole"`
	Fault    string                   `json:"fault,omitempty"` // the first difference
	Origin   string                   `json:"origin,omitempty"`
	Size     int64                    `json:"size"`
	Root     string                   `json:"root,omitempty"`
	Signed   bool                     `json:"signed"` // by a key that was given
	Cosigned []translog.Cosignature   `json:"cosigned"`
	Missing  []string                 `json:"missing,omitempty"` // witnesses that are trusted and did not cosign
	Events   map[translog.Event]int64 `json:"events"`
	Bundles  int64                    `json:"bundles"`
	Tiles    int64                    `json:"tiles"`
	Since    *int64                   `json:"since,omitempty"` // entries of the earlier checkpoint
	Growth   *int64                   `json:"growth,omitempty"`

	Checkpoint []byte `json:"-"` // as it was read
}

// fault is a difference, as opposed to something that could not be read.
type fault string

func (f fault) Error() string { return string(f) }

func differs(format string, args ...any) error { return fault(fmt.Sprintf(format, args...)) }

const (
	maxCheckpoint = 16 << 10
	maxBundle     = translog.Width * (translog.MaxLeaf + 2)
	maxTile       = translog.Width * tlog.HashSize
	ahead         = 16 // bundles that are read at once
)

// Run reads the whole log that src publishes and checks that everything in it fits together: every leaf is one, the hashes of
// all leaves are the root that the checkpoint signs, every tile is the one that follows from the leaves, the signatures
// are good, and the log begins with all that the earlier checkpoint covers. What does not fit is told in the report; an
// error says that the log could not be checked.
func Run(ctx context.Context, src Source, o Options) (Report, error) {
	a := auditor{src: src, options: o, report: Report{Events: map[translog.Event]int64{}, Cosigned: []translog.Cosignature{}}}
	err := a.run(ctx)
	var f fault
	if errors.As(err, &f) {
		a.report.Fault, err = string(f), nil
	} else if err == nil {
		a.report.Whole = true
	}
	return a.report, err
}

type auditor struct {
	src     Source
	options Options
	report  Report

	older  *translog.Checkpoint
	newest translog.Checkpoint
	tree   growing
	upper  [][]byte // by level from 1: the tile at the edge, as far as it is
	counts []int64  // by level from 1: full tiles of it
}

func (a *auditor) run(ctx context.Context) error {
	if err := a.readOlder(); err != nil {
		return err
	}
	if err := a.readNewest(ctx); err != nil {
		return err
	}
	if err := a.compareOlder(); err != nil {
		return err
	}
	for n := int64(0); n*translog.Width < a.newest.Size; n += ahead {
		if err := a.stretch(ctx, n); err != nil {
			return err
		}
	}
	if root := a.tree.root(); root != a.newest.Root {
		return differs("根哈希 root: 检查点为 %s，由条目算得 %s", a.newest.Root, root)
	}
	return a.edge(ctx)
}

func (a *auditor) open(text []byte) (translog.Checkpoint, error) {
	if len(a.options.Trust.Log) == 0 {
		return translog.ReadUnsigned(text)
	}
	return a.options.Trust.Open(text)
}

func (a *auditor) readOlder() error {
	if a.options.Since == nil {
		return nil
	}
	c, err := a.open(a.options.Since)
	if err != nil {
		return fmt.Errorf("较早的检查点 the earlier checkpoint: %w", err)
	}
	a.older, a.report.Since = &c, &c.Size
	return nil
}

func (a *auditor) readNewest(ctx context.Context) error {
	text, err := a.src.Read(ctx, translog.CheckpointPath, maxCheckpoint)
	if err != nil {
		return fmt.Errorf("检查点不能读取 the checkpoint cannot be read: %w", err)
	}
	c, err := a.open(text)
	if err != nil {
		return differs("检查点 checkpoint: %v", err)
	}
	a.newest, a.report.Checkpoint = c, text
	r := &a.report
	r.Origin, r.Size, r.Root, r.Signed = c.Origin, c.Size, c.Root.String(), len(a.options.Trust.Log) > 0
	r.Cosigned = append(r.Cosigned, c.Cosigned...)
	for _, w := range a.options.Trust.Witnesses {
		if !slices.ContainsFunc(c.Cosigned, func(by translog.Cosignature) bool { return by.Witness == w.Name() }) {
			r.Missing = append(r.Missing, w.Name())
		}
	}
	return nil
}

func (a *auditor) compareOlder() error {
	if a.older == nil {
		return nil
	}
	if a.older.Origin != a.newest.Origin {
		return differs("检查点 checkpoint: 日志名称为 %s，较早的为 %s", a.newest.Origin, a.older.Origin)
	}
	if a.older.Size > a.newest.Size {
		return differs("日志变短 shorter: 现有 %d 条，较早的检查点为 %d 条", a.newest.Size, a.older.Size)
	}
	growth := a.newest.Size - a.older.Size
	a.report.Growth = &growth
	return a.compareRoot()
}

// compareRoot compares the tree with the earlier checkpoint when it has just grown to its size.
func (a *auditor) compareRoot() error {
	if a.older != nil && a.tree.size == a.older.Size && a.tree.root() != a.older.Root {
		return differs("历史已被改写 rewritten: 前 %d 条的根哈希与较早的检查点不同", a.older.Size)
	}
	return nil
}

// part is a bundle with the tile of level 0 over it, as they are published.
type part struct{ bundle, tile []byte }

// stretch reads some bundles at once and checks them in their order.
func (a *auditor) stretch(ctx context.Context, first int64) error {
	var parts [ahead]part
	group, each := errgroup.WithContext(ctx)
	last := min(first+ahead, (a.newest.Size+translog.Width-1)/translog.Width)
	for n := first; n < last; n++ {
		group.Go(func() (err error) {
			parts[n-first], err = a.readPart(each, n)
			return err
		})
	}
	failed := group.Wait()
	for n := first; n < last; n++ {
		if parts[n-first].tile == nil { // the first that could not be read, or was not because another failed
			if _, err := a.readPart(ctx, n); err != nil {
				return err
			}
			return failed
		}
		if err := a.bundle(ctx, n, parts[n-first]); err != nil {
			return err
		}
	}
	return failed
}

func (a *auditor) readPart(ctx context.Context, n int64) (part, error) {
	at := tlog.Tile{H: 8, L: -1, N: n, W: int(min(translog.Width, a.newest.Size-n*translog.Width))}
	bundle, err := a.read(ctx, at, maxBundle)
	if err != nil {
		return part{}, err
	}
	at.L = 0
	tile, err := a.read(ctx, at, maxTile)
	return part{bundle, tile}, err
}

// read reads a resource of a size; a partial one may have been replaced by the full one since.
func (a *auditor) read(ctx context.Context, at tlog.Tile, most int64) ([]byte, error) {
	data, err := a.src.Read(ctx, translog.Path(at), most)
	if errors.Is(err, ErrMissing) && at.W < translog.Width {
		whole := at
		whole.W = translog.Width
		if full, fullErr := a.src.Read(ctx, translog.Path(whole), most); fullErr == nil {
			return cut(full, at), nil
		}
	}
	switch {
	case errors.Is(err, ErrMissing):
		return nil, differs("缺少 missing: %s", translog.Path(at))
	case errors.Is(err, errTooLong):
		return nil, differs("过长 too long: %s", translog.Path(at))
	}
	return data, err
}

// cut takes the beginning of a full resource that the partial one was. What cannot be cut is left for the checks to refuse.
func cut(full []byte, at tlog.Tile) []byte {
	if at.L >= 0 {
		return full[:min(len(full), at.W*tlog.HashSize)]
	}
	leaves, err := translog.Leaves(full)
	if err != nil || len(leaves) < at.W {
		return full
	}
	var data []byte
	for _, leaf := range leaves[:at.W] {
		data = translog.AppendLeaf(data, leaf)
	}
	return data
}

func (a *auditor) bundle(ctx context.Context, n int64, p part) error {
	at := tlog.Tile{H: 8, L: -1, N: n, W: int(min(translog.Width, a.newest.Size-n*translog.Width))}
	leaves, err := translog.Leaves(p.bundle)
	if err != nil || len(leaves) != at.W {
		return differs("%s 应有 %d 条 should hold %d leaves", translog.Path(at), at.W, at.W)
	}
	for i, leaf := range leaves {
		l, err := translog.ParseLeaf(leaf)
		if err != nil {
			return differs("第 %d 条不是日志条目 entry %d is no leaf", n*translog.Width+int64(i), n*translog.Width+int64(i))
		}
		a.report.Events[l.Event]++
		a.tree.add(leaf)
		if err := a.compareRoot(); err != nil {
			return err
		}
	}
	a.report.Bundles++
	tile := translog.LeafTile(leaves)
	at.L = 0
	if err := a.compareTile(at, p.tile, tile); err != nil || at.W < translog.Width {
		return err
	}
	return a.raise(ctx, 1, tile)
}

func (a *auditor) compareTile(at tlog.Tile, published, computed []byte) error {
	if !bytes.Equal(published, computed) {
		return differs("%s", unlike(at, published, computed))
	}
	a.report.Tiles++
	return nil
}

// unlike says where a tile is not what follows from the leaves; of leaves it names the first.
func unlike(at tlog.Tile, published, computed []byte) string {
	name := translog.Path(at)
	if at.L > 0 || len(published) != len(computed) {
		return name + " 与条目不符 does not follow from the leaves"
	}
	i := 0
	for i < len(computed)-1 && published[i] == computed[i] {
		i++
	}
	n, below := at.N*translog.Width+int64(i/tlog.HashSize), at
	below.L = -1
	return fmt.Sprintf("第 %d 条 entry %d: %s 与 %s 不符 do not agree", n, n, translog.Path(below), name)
}

// raise adds the root of a full tile to the level above it, and checks the tile there when that makes it full.
func (a *auditor) raise(ctx context.Context, level int, below []byte) error {
	if len(a.upper) < level {
		a.upper, a.counts = append(a.upper, nil), append(a.counts, 0)
	}
	root := translog.TileRoot(below)
	a.upper[level-1] = append(a.upper[level-1], root[:]...)
	tile := a.upper[level-1]
	if len(tile) < maxTile {
		return nil
	}
	if err := a.checkUpper(ctx, level); err != nil {
		return err
	}
	a.upper[level-1] = nil
	a.counts[level-1]++
	return a.raise(ctx, level+1, tile)
}

// checkUpper compares the tile at the edge of a level with the published one.
func (a *auditor) checkUpper(ctx context.Context, level int) error {
	tile := a.upper[level-1]
	at := tlog.Tile{H: 8, L: level, N: a.counts[level-1], W: len(tile) / tlog.HashSize}
	published, err := a.read(ctx, at, maxTile)
	if err != nil {
		return err
	}
	return a.compareTile(at, published, tile)
}

// edge checks the partial tiles of the upper levels.
func (a *auditor) edge(ctx context.Context) error {
	for level := 1; level <= len(a.upper); level++ {
		if len(a.upper[level-1]) == 0 {
			continue
		}
		if err := a.checkUpper(ctx, level); err != nil {
			return err
		}
	}
	return nil
}
