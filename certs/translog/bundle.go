package translog

import (
	"encoding/binary"
	"slices"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/skillcert/skillcert/engine/errs"
)

// Bounds of the log. The width of bundles and tiles is that of C2SP tlog-tiles.
const (
	Width    = 256     // entries of a bundle, hashes of a tile
	MaxLeaf  = 1 << 10 // bytes of a leaf
	MaxID    = 150     // bytes of the name of an event
	MaxBatch = 100_000 // entries of one Append
)

// Entry is one event to be logged. ID names it within the house, printable ASCII; it is never published. Data are the
// bytes of the leaf, which are.
type Entry struct {
	ID   string
	Data []byte
}

// ErrEntry refuses entries that cannot be logged.
var ErrEntry = errs.New(errs.Internal, "log.entry", "日志条目不符合要求")

func checkEntries(entries []Entry) error {
	seen := make(map[string]bool, len(entries))
	for _, e := range entries {
		switch {
		case e.ID == "" || len(e.ID) > MaxID || slices.ContainsFunc([]byte(e.ID), func(c byte) bool { return c <= ' ' || c > '~' }):
			return ErrEntry.With("名称 %q", e.ID)
		case len(e.Data) == 0 || len(e.Data) > MaxLeaf:
			return ErrEntry.With("%s 的内容为 %d 字节", e.ID, len(e.Data))
		case seen[e.ID]:
			return ErrEntry.With("%s 出现两次", e.ID)
		}
		seen[e.ID] = true
	}
	if len(entries) > MaxBatch {
		return ErrEntry.With("一次 %d 条", len(entries))
	}
	return nil
}

// Bundle is up to Width entries in a row, the first of them with the index Number × Width. Entries are only ever added
// at its end, until it is full; a full bundle never changes.
type Bundle struct {
	Number   int64    `json:"number"`
	IDs      []string `json:"ids"`
	Data     []byte   `json:"data"` // an entry bundle of C2SP tlog-tiles
	Revision int64    `json:"-"`    // kept by the store
}

func (b *Bundle) full() bool        { return len(b.IDs) >= Width }
func (b *Bundle) end() int64        { return b.Number*Width + int64(len(b.IDs)) }
func (b *Bundle) index(i int) int64 { return b.Number*Width + int64(i) }

// add appends as many entries as fit and returns how many those are.
func (b *Bundle) add(entries []Entry) int {
	n := min(len(entries), Width-len(b.IDs))
	for _, e := range entries[:n] {
		b.IDs = append(b.IDs, e.ID)
		b.Data = AppendLeaf(b.Data, e.Data)
	}
	return n
}

// leaves splits the bundle; a bundle whose leaves and names do not agree is damaged.
func (b *Bundle) leaves() ([][]byte, error) {
	leaves, err := Leaves(b.Data)
	if err != nil || len(leaves) != len(b.IDs) {
		return nil, ErrDamaged.With("第 %d 组条目", b.Number)
	}
	return leaves, nil
}

// AppendLeaf appends a leaf to an entry bundle of C2SP tlog-tiles: its length in two bytes, big-endian, and its bytes.
func AppendLeaf(bundle, leaf []byte) []byte {
	return append(binary.BigEndian.AppendUint16(bundle, uint16(len(leaf))), leaf...)
}

// ErrBundle refuses bytes that are no entry bundle.
var ErrBundle = errs.New(errs.Invalid, "log.bundle", "日志条目组的格式不正确")

// Leaves splits an entry bundle of C2SP tlog-tiles into its leaves, 1 to Width of them; otherwise ErrBundle.
func Leaves(bundle []byte) ([][]byte, error) {
	var leaves [][]byte
	for len(bundle) > 0 {
		if len(bundle) < 2 || len(leaves) == Width {
			return nil, ErrBundle
		}
		n := int(binary.BigEndian.Uint16(bundle))
		if bundle = bundle[2:]; len(bundle) < n {
			return nil, ErrBundle
		}
		leaves, bundle = append(leaves, bundle[:n:n]), bundle[n:]
	}
	if len(leaves) == 0 {
		return nil, ErrBundle
	}
	return leaves, nil
}

// LeafTile is the tile of level 0 over leaves: their hashes.
func LeafTile(leaves [][]byte) []byte {
	tile := make([]byte, 0, len(leaves)*tlog.HashSize)
	for _, leaf := range leaves {
		h := tlog.RecordHash(leaf)
		tile = append(tile, h[:]...)
	}
	return tile
}

// TileRoot is the hash over a full tile, which is one of the hashes of the tile above it.
func TileRoot(tile []byte) tlog.Hash {
	if len(tile) == tlog.HashSize {
		return tlog.Hash(tile)
	}
	half := len(tile) / 2
	return tlog.NodeHash(TileRoot(tile[:half]), TileRoot(tile[half:]))
}
