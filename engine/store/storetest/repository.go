package storetest

import (
	"context"
	"encoding/json"
	"errors"
	"testing"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/store"
)

// Repository is what a suite needs to know of a port that keeps aggregates of one type by id and replaces them at
// their revision. Update is nil for what never changes.
type Repository[T any] struct {
	Make     func(id string) *T // a whole value, every field set
	Change   func(*T)           // some edit
	Revision func(*T) *int64
	Get      func(ctx context.Context, id string) (*T, error)
	Create   func(ctx context.Context, v *T) error
	Update   func(ctx context.Context, v *T) error
	Absent   error
	Exists   error
}

// Suite is the contract of one port: open gives an empty store of its own at every call.
type Suite func(t *testing.T, open func(t *testing.T) *store.Store)

// Aggregates checks the part of a contract that all such ports share.
func Aggregates[T any](t *testing.T, open func(t *testing.T) *store.Store, of func(*store.Store) Repository[T]) {
	tests := map[string]func(*testing.T, Repository[T]){"absent": aggregateAbsent[T], "create": aggregateCreate[T]}
	if of(open(t)).Update != nil {
		tests["update"], tests["stale"] = aggregateUpdate[T], aggregateStale[T]
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) { test(t, of(open(t))) })
	}
}

func aggregateAbsent[T any](t *testing.T, r Repository[T]) {
	_, err := r.Get(context.Background(), "a")
	wantError(t, err, r.Absent)
	if r.Update == nil {
		return
	}
	wantError(t, r.Update(context.Background(), withRevision(r, r.Make("a"), 1)), engine.ErrStale)
	_, err = r.Get(context.Background(), "a")
	wantError(t, err, r.Absent)
}

func aggregateCreate[T any](t *testing.T, r Repository[T]) {
	ctx := context.Background()
	mustDo(t, r.Create(ctx, r.Make("a")))
	mustDo(t, r.Create(ctx, r.Make("b")))
	wantAggregate(t, r, "a", r.Make("a"), 1)
	other := r.Make("a")
	r.Change(other)
	wantError(t, r.Create(ctx, other), r.Exists)
	wantAggregate(t, r, "a", r.Make("a"), 1)
}

func aggregateUpdate[T any](t *testing.T, r Repository[T]) {
	ctx := context.Background()
	v := r.Make("a")
	mustDo(t, r.Create(ctx, v))
	for want := int64(2); want < 5; want++ {
		r.Change(v)
		mustDo(t, r.Update(ctx, v))
		if got := *r.Revision(v); got != want {
			t.Fatalf("revision %d after the update, want %d", got, want)
		}
		wantAggregate(t, r, "a", v, want)
	}
}

// aggregateStale: of two who read the same revision one writes, and the other leaves no trace.
func aggregateStale[T any](t *testing.T, r Repository[T]) {
	ctx := context.Background()
	mustDo(t, r.Create(ctx, r.Make("a")))
	first, err := r.Get(ctx, "a")
	mustDo(t, err)
	second, err := r.Get(ctx, "a")
	mustDo(t, err)
	r.Change(first)
	mustDo(t, r.Update(ctx, first))
	r.Change(second)
	r.Change(second)
	wantError(t, r.Update(ctx, second), engine.ErrStale)
	wantAggregate(t, r, "a", first, 2)
}

func withRevision[T any](r Repository[T], v *T, n int64) *T {
	*r.Revision(v) = n
	return v
}

func wantAggregate[T any](t *testing.T, r Repository[T], id string, want *T, revision int64) {
	t.Helper()
	got, err := r.Get(context.Background(), id)
	mustDo(t, err)
	if g, w := asJSON(t, got), asJSON(t, want); g != w {
		t.Fatalf("%s came back as\n%s, want\n%s", id, g, w)
	}
	if n := *r.Revision(got); n != revision {
		t.Fatalf("%s is at revision %d, want %d", id, n, revision)
	}
}

func asJSON(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	mustDo(t, err)
	return string(b)
}

func mustDo(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// WantList checks that a list holds exactly the ids of want in their order, on pages of every size.
func WantList[T any](t *testing.T, want []string, id func(*T) string,
	list func(context.Context, engine.Cursor) ([]*T, string, error)) {
	t.Helper()
	for size := 1; size <= len(want)+1; size++ {
		var got []string
		for c := (engine.Cursor{Limit: size}); ; {
			rows, next, err := list(context.Background(), c)
			mustDo(t, err)
			if len(rows) > size {
				t.Fatalf("%d rows on a page of %d", len(rows), size)
			}
			for _, r := range rows {
				got = append(got, id(r))
			}
			if c.After = next; next == "" {
				break
			}
		}
		if g, w := asJSON(t, got), asJSON(t, want); g != w && len(want)+len(got) > 0 {
			t.Fatalf("pages of %d: %s, want %s", size, g, w)
		}
	}
}

// OneCreates checks that of many who create the same id at once exactly one succeeds.
func OneCreates(t *testing.T, exists error, create func(n int) error) {
	t.Helper()
	won := make(chan int, 16)
	together(cap(won), func(i int) {
		switch err := create(i); {
		case err == nil:
			won <- i
		case !errors.Is(err, exists):
			t.Error(err)
		}
	})
	if len(won) != 1 {
		t.Fatalf("%d of %d created it", len(won), cap(won))
	}
}
