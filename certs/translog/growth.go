package translog

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"
)

// Grown tells how many entries were published by the end of a day (UTC). It stands beside the checkpoint and is signed by
// nobody: a log's own clock proves nothing.
type Grown struct {
	Day  string `json:"day"` // 2026-11-22
	Size int64  `json:"size"`
}

// How much of the growth is kept: each of the last days, and of every month before them its last.
const (
	growthDays = 90
	growthMost = 120 // that are kept before the earlier ones are thinned out
)

// Growth is how the log grew, the oldest day first; empty before the first checkpoint.
func (l *Log) Growth(ctx context.Context) ([]Grown, error) {
	k, err := l.ports.Checkpoints.Checkpoint(ctx)
	if errors.Is(err, ErrNoCheckpoint) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return k.Growth, nil
}

// grow notes the size that is published at now.
func (k *Kept) grow(now time.Time, size int64) {
	day := now.UTC().Format(time.DateOnly)
	k.Growth = slices.Clone(k.Growth)
	if last := len(k.Growth) - 1; last >= 0 && k.Growth[last].Day >= day {
		k.Growth[last].Size = size
		return
	}
	if k.Growth = append(k.Growth, Grown{Day: day, Size: size}); len(k.Growth) > growthMost {
		k.Growth = thinned(k.Growth)
	}
}

// thinned keeps of all but the last days one for every month.
func thinned(all []Grown) (kept []Grown) {
	early := all[:len(all)-growthDays]
	for i, g := range early {
		if i+1 == len(early) || early[i+1].Day[:len("2026-11")] != g.Day[:len("2026-11")] {
			kept = append(kept, g)
		}
	}
	return append(kept, all[len(early):]...)
}

// Tally counts the entries of a log by what they tell of. Its zero value has counted none.
type Tally struct {
	Size   int64 // entries that were counted
	Events map[Event]int64
	Others int64 // entries that are no leaf of this program
}

// Count goes on counting from t to the first size entries, which must be there; t stays as it is.
func (l *Log) Count(ctx context.Context, t Tally, size int64) (Tally, error) {
	out := Tally{Size: t.Size, Events: maps.Clone(t.Events), Others: t.Others}
	if out.Events == nil {
		out.Events = map[Event]int64{}
	}
	for out.Size < size {
		b, err := l.ports.Bundles.Bundle(ctx, out.Size/Width)
		if errors.Is(err, ErrNoBundle) {
			return t, ErrNoEntry
		}
		if err != nil {
			return t, err
		}
		leaves, err := b.leaves()
		if err != nil {
			return t, err
		}
		from, to := out.Size%Width, min(int64(len(leaves)), size-b.Number*Width)
		if to <= from {
			return t, ErrNoEntry
		}
		for _, leaf := range leaves[from:to] {
			out.take(leaf)
		}
	}
	return out, nil
}

func (t *Tally) take(leaf []byte) {
	t.Size++
	if l, err := ParseLeaf(leaf); err == nil {
		t.Events[l.Event]++
	} else {
		t.Others++
	}
}
