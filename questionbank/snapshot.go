package questionbank

import (
	"context"
	"slices"
	"sync"
)

// The snapshots kept in memory are at most maxShelf and hold at most maxShelved items together, but the one used last
// stays whatever its size. An item takes about two kilobytes; a sitting uses one snapshot.
const (
	maxShelf   = 4
	maxShelved = 200_000
)

// shelf keeps the snapshots used last. Snapshots never change, so they are handed out without a copy.
type shelf struct {
	turn chan struct{} // held by the one who loads, so that a rush loads once

	mu   sync.Mutex
	kept []*Snapshot // used last first
}

func newShelf() *shelf { return &shelf{turn: make(chan struct{}, 1)} }

func (s *shelf) take(id string) *Snapshot {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := slices.IndexFunc(s.kept, func(k *Snapshot) bool { return k.Release.ID == id })
	if n < 0 {
		return nil
	}
	found := s.kept[n]
	copy(s.kept[1:n+1], s.kept[:n])
	s.kept[0] = found
	return found
}

func (s *shelf) put(k *Snapshot) {
	s.remove(k.Release.ID)
	s.mu.Lock()
	defer s.mu.Unlock()
	kept, items := []*Snapshot{k}, len(k.Items)
	for _, old := range s.kept {
		if items += len(old.Items); len(kept) == maxShelf || items > maxShelved {
			break
		}
		kept = append(kept, old)
	}
	s.kept = kept
}

func (s *shelf) remove(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.kept = slices.DeleteFunc(s.kept, func(k *Snapshot) bool { return k.Release.ID == id })
}

// Snapshot returns a release with its content, checked against its digest: ErrReleaseBroken when an item or a table is
// not what was published. The snapshot is shared: nobody changes it. It is given for withdrawn releases too, because
// forms drawn before are still shown and marked, and its Release.State may be behind what other servers know: to draw,
// ask Drawable.
func (b *Bank) Snapshot(ctx context.Context, release string) (*Snapshot, error) {
	if s := b.shelf.take(release); s != nil {
		return s, nil
	}
	select {
	case b.shelf.turn <- struct{}{}:
		defer func() { <-b.shelf.turn }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if s := b.shelf.take(release); s != nil {
		return s, nil
	}
	s, err := b.load(ctx, release)
	if err != nil {
		return nil, err
	}
	b.shelf.put(s)
	return s, nil
}

// Drawable returns the snapshot to draw forms from; ErrWithdrawn when the release or its base was withdrawn.
func (b *Bank) Drawable(ctx context.Context, release string) (*Snapshot, error) {
	for id := release; id != ""; {
		r, err := b.published(ctx, id)
		if err != nil {
			return nil, err
		}
		if r.State == Withdrawn {
			return nil, ErrWithdrawn.With("%s", id)
		}
		id = r.Base
	}
	return b.Snapshot(ctx, release)
}

// published returns a release that nobody is still preparing.
func (b *Bank) published(ctx context.Context, id string) (*Release, error) {
	r, err := b.release(ctx, id)
	if err != nil {
		return nil, err
	}
	if r.State == Preparing {
		return nil, ErrRelease.With("%s 尚未发布完成", id)
	}
	return r, nil
}

// load goes through all items in pages and keeps what the release holds, which is far quicker than asking for each: a
// release holds most of them.
func (b *Bank) load(ctx context.Context, release string) (*Snapshot, error) {
	r, err := b.published(ctx, release)
	if err != nil {
		return nil, err
	}
	if r.Items, err = b.releases.ReleaseItems(ctx, r); err != nil {
		return nil, err
	}
	s := &Snapshot{Release: *r, Tables: r.Tables, Items: make([]ItemVersion, 0, len(r.Items))}
	wanted := r.Items
	err = through(ctx, b.items.ItemList, func(i *Item) error {
		if len(wanted) == 0 || i.Code < wanted[0].Code { // both are in the order of codes
			return nil
		}
		v, ok := i.version(wanted[0].Version)
		if i.Code != wanted[0].Code || !ok || v.Digest() != wanted[0].Digest {
			return ErrReleaseBroken.With("%s 的 %s", r.ID, wanted[0].Code)
		}
		s.Items, wanted = append(s.Items, v), wanted[1:]
		s.note(i, v)
		return nil
	})
	if err != nil {
		return nil, err
	}
	if len(wanted) > 0 {
		return nil, ErrReleaseBroken.With("%s 缺少 %s", r.ID, wanted[0].Code)
	}
	if root, err := r.digest(); err != nil || root != r.Digest {
		return nil, ErrReleaseBroken.With("%s", r.ID)
	}
	return s, nil
}

func (i *Item) version(n int) (ItemVersion, bool) {
	if n < 1 || n > len(i.Versions) {
		return ItemVersion{}, false
	}
	v := i.Versions[n-1]
	return v, v.Version == n
}
