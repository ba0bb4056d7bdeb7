package storetest

import (
	"bytes"
	"context"
	"fmt"
	"testing"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/skillcert/skillcert/certs/translog"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/store"
)

func makeBundle(number int64) *translog.Bundle {
	return &translog.Bundle{Number: number, IDs: []string{"S000012009999264000001-1-issued"}, Data: translog.AppendLeaf(nil, []byte("leaf\x00\xff"))}
}

// LogBundles is the contract of translog.Bundles.
func LogBundles(t *testing.T, open func(t *testing.T) *store.Store) {
	numbers := map[string]int64{"a": 0, "b": 1}
	Aggregates(t, open, func(s *store.Store) Repository[translog.Bundle] {
		r := s.LogBundles()
		return Repository[translog.Bundle]{
			Get:    func(ctx context.Context, id string) (*translog.Bundle, error) { return r.Bundle(ctx, numbers[id]) },
			Create: r.CreateBundle, Update: r.UpdateBundle, Absent: translog.ErrNoBundle, Exists: translog.ErrBundleTaken,
			Make: func(id string) *translog.Bundle { return makeBundle(numbers[id]) }, Revision: func(b *translog.Bundle) *int64 { return &b.Revision },
			Change: func(b *translog.Bundle) {
				b.IDs, b.Data = append(b.IDs, fmt.Sprint(len(b.IDs))), translog.AppendLeaf(b.Data, []byte("more"))
			}}
	})
	t.Run("one creates", func(t *testing.T) {
		r := open(t).LogBundles()
		OneCreates(t, translog.ErrBundleTaken, func(int) error { return r.CreateBundle(context.Background(), makeBundle(7)) })
	})
	t.Run("head", func(t *testing.T) { bundleHead(t, open(t).LogBundles()) })
	t.Run("full", func(t *testing.T) { bundleFull(t, open(t).LogBundles()) })
}

// bundleHead: the last bundle is the one with the highest number, by the number and not by its digits.
func bundleHead(t *testing.T, r translog.Bundles) {
	ctx := context.Background()
	_, err := r.Head(ctx)
	wantError(t, err, translog.ErrNoBundle)
	for _, n := range []int64{0, 9, 10, 99, 100, 1 << 32} {
		mustDo(t, r.CreateBundle(ctx, makeBundle(n)))
		b, err := r.Head(ctx)
		mustDo(t, err)
		if b.Number != n {
			t.Fatalf("the head is %d, want %d", b.Number, n)
		}
		mustDo(t, r.UpdateBundle(ctx, b)) // what Head gives can be written back
	}
}

// bundleFull: the largest bundle that the log can make is kept.
func bundleFull(t *testing.T, r translog.Bundles) {
	b := &translog.Bundle{Number: 3}
	for range translog.Width {
		b.IDs = append(b.IDs, string(bytes.Repeat([]byte("i"), translog.MaxID)))
		b.Data = translog.AppendLeaf(b.Data, make([]byte, translog.MaxLeaf))
	}
	mustDo(t, r.CreateBundle(context.Background(), b))
	got, err := r.Bundle(context.Background(), 3)
	mustDo(t, err)
	if !bytes.Equal(got.Data, b.Data) {
		t.Fatal("the bundle came back different")
	}
}

// LogPlaces is the contract of translog.Places.
func LogPlaces(t *testing.T, open func(t *testing.T) *store.Store) {
	t.Run("the first is kept", func(t *testing.T) {
		r, ctx := open(t).LogPlaces(), context.Background()
		_, err := r.Place(ctx, "a")
		wantError(t, err, translog.ErrNoEntry)
		for i := range int64(3) {
			mustDo(t, r.PutPlace(ctx, &translog.Place{ID: "a", Index: 5 + i, Leaf: tlog.RecordHash([]byte("a"))}))
		}
		mustDo(t, r.PutPlace(ctx, &translog.Place{ID: "ab", Index: 9}))
		p, err := r.Place(ctx, "a")
		mustDo(t, err)
		if *p != (translog.Place{ID: "a", Index: 5, Leaf: tlog.RecordHash([]byte("a"))}) {
			t.Fatalf("the place came back as %+v", p)
		}
	})
	t.Run("many at once", func(t *testing.T) {
		r, ctx := open(t).LogPlaces(), context.Background()
		together(64, func(i int) {
			if err := r.PutPlace(ctx, &translog.Place{ID: fmt.Sprint(i / 2), Index: int64(i / 2)}); err != nil {
				t.Error(err)
			}
			if p, err := r.Place(ctx, fmt.Sprint(i/2)); err != nil || p.Index != int64(i/2) {
				t.Errorf("%d: %+v, %v", i, p, err)
			}
		})
	})
}

// LogTiles is the contract of translog.Tiles.
func LogTiles(t *testing.T, open func(t *testing.T) *store.Store) {
	r, ctx := open(t).LogTiles(), context.Background()
	whole := func(fill byte) []byte { return bytes.Repeat([]byte{fill}, translog.Width*tlog.HashSize) }
	_, err := r.Tile(ctx, 1, 0)
	wantError(t, err, translog.ErrNoTile)
	mustDo(t, r.PutTile(ctx, &translog.Tile{Level: 1, Number: 12, Hashes: whole(1)}))
	mustDo(t, r.PutTile(ctx, &translog.Tile{Level: 2, Number: 12, Hashes: whole(2)}))
	mustDo(t, r.PutTile(ctx, &translog.Tile{Level: 1, Number: 12, Hashes: whole(3)}))
	for level := range 2 {
		got, err := r.Tile(ctx, level+1, 12)
		mustDo(t, err)
		if got.Level != level+1 || got.Number != 12 || !bytes.Equal(got.Hashes, whole(byte(level+1))) {
			t.Fatalf("level %d came back different", level+1)
		}
	}
	_, err = r.Tile(ctx, 11, 2)
	wantError(t, err, translog.ErrNoTile)
}

// LogCheckpoints is the contract of translog.Checkpoints.
func LogCheckpoints(t *testing.T, open func(t *testing.T) *store.Store) {
	r, ctx := open(t).LogCheckpoints(), context.Background()
	_, err := r.Checkpoint(ctx)
	wantError(t, err, translog.ErrNoCheckpoint)
	wantError(t, r.PutCheckpoint(ctx, &translog.Kept{Note: []byte("never"), Revision: 1}), engine.ErrStale)
	OneCreates(t, engine.ErrStale, func(int) error { return r.PutCheckpoint(ctx, &translog.Kept{Note: []byte("first\n")}) })
	first, err := r.Checkpoint(ctx)
	mustDo(t, err)
	second := *first
	first.Note = []byte("second\n")
	mustDo(t, r.PutCheckpoint(ctx, first))
	wantError(t, r.PutCheckpoint(ctx, &second), engine.ErrStale)
	got, err := r.Checkpoint(ctx)
	mustDo(t, err)
	if string(got.Note) != "second\n" || got.Revision != 2 || first.Revision != 2 {
		t.Fatalf("%q at revision %d", got.Note, got.Revision)
	}
}
