package storetest

import (
	"context"
	"strconv"
	"testing"

	"github.com/skillcert/skillcert/engine"
)

// numberedLog is a log whose entries are inserted once under their owner and number.
type numberedLog[T any] struct {
	make   func(owner string, n int) *T
	append func(context.Context, *T) error
	list   func(ctx context.Context, owner string, c engine.Cursor) ([]*T, string, error)
	number func(*T) int
	taken  error
}

// of lists the log of owner.
func (l numberedLog[T]) of(owner string) func(context.Context, engine.Cursor) ([]*T, string, error) {
	return func(ctx context.Context, c engine.Cursor) ([]*T, string, error) { return l.list(ctx, owner, c) }
}

func (l numberedLog[T]) label(v *T) string { return strconv.Itoa(l.number(v)) }

// numbered is the contract of every such log.
func numbered[T any](t *testing.T, open func(t *testing.T) numberedLog[T]) {
	t.Run("appended once", func(t *testing.T) { open(t).appended(t) })
	t.Run("in order", func(t *testing.T) { open(t).ordered(t) })
	t.Run("logs apart", func(t *testing.T) { open(t).apart(t) })
	t.Run("one takes the place", func(t *testing.T) {
		l := open(t)
		OneCreates(t, l.taken, func(int) error { return l.append(context.Background(), l.make("a", 1)) })
		WantList(t, []string{"1"}, l.label, l.of("a"))
	})
}

func (l numberedLog[T]) appended(t *testing.T) {
	ctx := context.Background()
	WantList(t, nil, l.label, l.of("a"))
	mustDo(t, l.append(ctx, l.make("a", 1)))
	wantError(t, l.append(ctx, l.make("a", 1)), l.taken)
	rows, next, err := l.list(ctx, "a", engine.Cursor{})
	mustDo(t, err)
	if g, w := asJSON(t, rows), asJSON(t, []*T{l.make("a", 1)}); g != w || next != "" {
		t.Fatalf("log %s, next %q, want %s", g, next, w)
	}
}

// ordered: numbers are numbers, whatever their width; a list goes on after any of them.
func (l numberedLog[T]) ordered(t *testing.T) {
	ctx := context.Background()
	var want []string
	for n := 1; n <= 12; n++ {
		want = append(want, strconv.Itoa(n))
	}
	for n := 12; n >= 1; n-- {
		mustDo(t, l.append(ctx, l.make("a", n)))
	}
	WantList(t, want, l.label, l.of("a"))
	for after := range 14 {
		rows, next, err := l.list(ctx, "a", engine.Cursor{After: strconv.Itoa(after)})
		mustDo(t, err)
		if len(rows) != max(0, 12-after) || next != "" || len(rows) > 0 && l.number(rows[0]) != after+1 {
			t.Fatalf("after %d: %d rows, next %q", after, len(rows), next)
		}
	}
}

// apart: a log holds nothing of another whose owner's id begins like its own.
func (l numberedLog[T]) apart(t *testing.T) {
	owners := []string{"a", "a0", "aa", "b"}
	for i, owner := range owners {
		for n := 1; n <= i+1; n++ {
			mustDo(t, l.append(context.Background(), l.make(owner, n)))
		}
	}
	for i, owner := range owners {
		rows, err := engine.All(context.Background(), l.of(owner))
		mustDo(t, err)
		for n, v := range rows {
			if g, w := asJSON(t, v), asJSON(t, l.make(owner, n+1)); g != w {
				t.Fatalf("in the log of %s: %s, want %s", owner, g, w)
			}
		}
		if len(rows) != i+1 {
			t.Fatalf("%d entries of %s, want %d", len(rows), owner, i+1)
		}
	}
}
