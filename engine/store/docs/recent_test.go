package docs_test

import (
	"context"
	"errors"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/engine/ids"
	"github.com/skillcert/skillcert/engine/store/docs"
	"github.com/skillcert/skillcert/engine/store/sqlite"
)

// large has one field of every shape that JSON fills.
type large struct {
	ID     string
	When   time.Time
	Names  []string
	Rows   []row
	ByName map[string][]int
	Next   *row
	Any    any
	Fixed  [2][]int
	Rev    int64 `json:"-"`
}

type row struct {
	Name string
	Of   []int
}

func sample(id string) *large {
	return &large{ID: id, When: time.UnixMilli(1).UTC(), Names: []string{"a", "b"}, Rows: []row{{"r", []int{1}}, {"s", nil}},
		ByName: map[string][]int{"x": {1, 2}}, Next: &row{"n", []int{7}}, Any: map[string]any{"k": []any{"v"}}, Fixed: [2][]int{{1}, {2}}}
}

// spoil changes everything that a value shares with others.
func (l *large) spoil() {
	l.Names[0], l.Rows[0].Of[0], l.ByName["x"][0], l.Next.Of[0], l.Fixed[1][0] = "!", -1, -1, -1, -1
	l.ByName["y"], l.Next.Name = nil, "!"
	l.Any.(map[string]any)["k"].([]any)[0] = "!"
}

func larges(t *testing.T) (first, second docs.Table[large]) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "a.db")
	table := func() docs.Table[large] {
		s, err := sqlite.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		})
		return docs.Table[large]{Store: s, IDs: ids.Random(), Kind: "large", Schema: 1, ID: func(l *large) string { return l.ID },
			Revision: func(l *large) *int64 { return &l.Rev }, Absent: errAway, Recent: &docs.Recent[large]{Most: 2}}
	}
	return table(), table()
}

var errAway = errs.New(errs.NotFound, "large.absent", "没有")

func wantLarge(t *testing.T, table docs.Table[large], want *large) *large {
	t.Helper()
	got, err := table.Get(context.Background(), want.ID)
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Fatalf("got %+v, %v\nwant %+v", got, err, want)
	}
	return got
}

// What was remembered is nobody's to change, and every write is seen, of another process too.
func TestRecent(t *testing.T) {
	ctx := context.Background()
	a, b := larges(t)
	if _, err := a.Get(ctx, "one"); !errors.Is(err, errAway) {
		t.Fatal(err)
	}
	for _, id := range []string{"one", "two", "three"} {
		if err := a.Create(ctx, sample(id)); err != nil {
			t.Fatal(err)
		}
	}
	for range 3 {
		for _, id := range []string{"one", "two", "three"} { // more than are remembered
			want := sample(id)
			want.Rev = 1
			wantLarge(t, a, want).spoil()
			wantLarge(t, b, want).spoil()
		}
	}
	for i := range 20 {
		writer, reader := a, b
		if i%2 == 1 {
			writer, reader = b, a
		}
		v, err := writer.Get(ctx, "one")
		if err != nil {
			t.Fatal(err)
		}
		v.Names = append(v.Names, "more")
		if err := writer.Update(ctx, v); err != nil {
			t.Fatal(err)
		}
		wantLarge(t, reader, v)
		wantLarge(t, writer, v)
	}
}
