package translog

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"

	"golang.org/x/mod/sumdb/tlog"
	"golang.org/x/sync/errgroup"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/errs"
)

// Refusals of Append.
var (
	ErrDiffers = errs.New(errs.Internal, "log.differs", "同一事项已以不同的内容记入日志")
	ErrBusy    = errs.New(errs.Unavailable, "log.busy", "日志繁忙，请稍后再试")
)

const (
	appendTries = 100 // collisions with other processes before an append gives up; somebody got through at each
	atOnce      = 64  // places that are read or written at once
)

// Append logs entries in the order in which they are given and returns the index of each. It logs each ID once, whoever
// else appends it and however often: an ID that is there already keeps its place, and its index is returned; with other
// data it is ErrDiffers. After an error some of the entries, the first of those that were new, may be logged or not:
// calling again completes it.
//
// Entries that are logged are not published before the next Publish.
func (l *Log) Append(ctx context.Context, entries []Entry) ([]int64, error) {
	if err := checkEntries(entries); err != nil {
		return nil, err
	}
	select {
	case l.appending <- struct{}{}:
		defer func() { <-l.appending }()
	case <-ctx.Done():
		return nil, fmt.Errorf("append to the log: %w", ctx.Err())
	}
	w := newWork(entries)
	for tries := 0; tries < appendTries; {
		done, err := l.step(ctx, w)
		switch {
		case errors.Is(err, engine.ErrStale), errors.Is(err, ErrBundleTaken):
			tries++
		case err != nil:
			return nil, err
		case done:
			return w.at, nil
		}
	}
	return nil, ErrBusy
}

// work is an append under way.
type work struct {
	entries []Entry
	by      map[string]int // entries by their IDs
	at      []int64        // the index of each entry, or unknown
	open    []int          // the entries whose index is unknown, in their order
	looked  int64          // bundles before this one hold none of the open entries; -1: nothing is known of any
}

const unknown = -1

func newWork(entries []Entry) *work {
	w := &work{entries: entries, by: make(map[string]int, len(entries)), at: make([]int64, len(entries)), looked: -1}
	for i, e := range entries {
		w.by[e.ID], w.at[i] = i, unknown
		w.open = append(w.open, i)
	}
	return w
}

// close drops what has an index by now from the open entries.
func (w *work) close() {
	w.open = slices.DeleteFunc(w.open, func(i int) bool { return w.at[i] != unknown })
}

// step brings an append forward by at most one write of a bundle.
//
// The last bundle is read first, then the places of full bundles, then the last bundle is replaced at the revision that
// was read. All places of a bundle are kept before its successor is begun. So an ID that is neither in the bundle that was
// read nor among the places is nowhere, unless the bundle has changed since, and then the write does not happen.
func (l *Log) step(ctx context.Context, w *work) (done bool, err error) {
	head, err := l.head(ctx)
	if err != nil {
		return false, err
	}
	if err := w.find(head); err != nil {
		return false, err
	}
	if err := l.look(ctx, w, head); err != nil {
		return false, err
	}
	if len(w.open) == 0 {
		return true, nil
	}
	written, err := l.write(ctx, head, w.fresh())
	if err != nil {
		return false, err
	}
	w.settle(written)
	return len(w.open) == 0, nil
}

// find takes the indexes of entries that stand in the last bundle.
func (w *work) find(head *Bundle) error {
	if head == nil {
		return nil
	}
	leaves, err := head.leaves()
	if err != nil {
		return err
	}
	for at, id := range head.IDs {
		i, ok := w.by[id]
		if !ok || w.at[i] != unknown {
			continue
		}
		if !bytes.Equal(leaves[at], w.entries[i].Data) {
			return ErrDiffers.With("%s", id)
		}
		w.at[i] = head.index(at)
	}
	w.close()
	return nil
}

// look takes the indexes of entries that stand in full bundles. What is known of these stays true, for they never change;
// a full last bundle, through which find went, is one of them when it has a successor.
func (l *Log) look(ctx context.Context, w *work, head *Bundle) error {
	if head == nil {
		return nil
	}
	if head.Number > 0 && w.looked < head.Number {
		if err := l.lookUpAll(ctx, w); err != nil {
			return err
		}
	}
	w.looked = head.Number
	if head.full() {
		w.looked++
	}
	return nil
}

func (l *Log) lookUpAll(ctx context.Context, w *work) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(atOnce)
	for _, i := range w.open {
		group.Go(func() error { return l.lookUp(ctx, w, i) })
	}
	if err := group.Wait(); err != nil {
		return err
	}
	w.close()
	return nil
}

func (l *Log) lookUp(ctx context.Context, w *work, i int) error {
	p, err := l.ports.Places.Place(ctx, w.entries[i].ID)
	switch {
	case errors.Is(err, ErrNoEntry):
		return nil
	case err != nil:
		return err
	case p.Leaf != tlog.RecordHash(w.entries[i].Data):
		return ErrDiffers.With("%s", p.ID)
	}
	w.at[i] = p.Index
	return nil
}

// fresh are the next entries that are not logged yet, as many as one bundle may take.
func (w *work) fresh() []Entry {
	var fresh []Entry
	for _, i := range w.open[:min(len(w.open), Width)] {
		fresh = append(fresh, w.entries[i])
	}
	return fresh
}

// settle gives indexes to the entries that were fresh, as far as they were written.
func (w *work) settle(written span) {
	for n := range written.end - written.first {
		w.at[w.open[n]] = written.first + n
	}
	w.open = w.open[written.end-written.first:]
}

// span are indexes, half-open.
type span struct{ first, end int64 }

// write puts as many entries as fit into the last bundle, or into a new one when that is full.
func (l *Log) write(ctx context.Context, head *Bundle, fresh []Entry) (span, error) {
	if head != nil && !head.full() {
		first := head.end()
		head.add(fresh)
		return span{first, head.end()}, l.ports.Bundles.UpdateBundle(ctx, head)
	}
	next := &Bundle{}
	if head != nil {
		next.Number = head.Number + 1
		if err := l.keepPlaces(ctx, head); err != nil {
			return span{}, err
		}
	}
	next.add(fresh)
	return span{next.index(0), next.end()}, l.ports.Bundles.CreateBundle(ctx, next)
}

// keepPlaces keeps the places of a full bundle, so that its entries are found when it is no longer the last.
func (l *Log) keepPlaces(ctx context.Context, b *Bundle) error {
	if b.Number < l.indexed {
		return nil
	}
	leaves, err := b.leaves()
	if err != nil {
		return err
	}
	group, each := errgroup.WithContext(ctx)
	group.SetLimit(atOnce)
	for i, id := range b.IDs {
		p := &Place{ID: id, Index: b.index(i), Leaf: tlog.RecordHash(leaves[i])}
		group.Go(func() error { return l.ports.Places.PutPlace(each, p) })
	}
	if err := group.Wait(); err != nil {
		return err
	}
	l.indexed = b.Number + 1
	return nil
}
