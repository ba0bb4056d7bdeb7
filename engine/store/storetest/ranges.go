package storetest

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"sort"
	"strings"
	"testing"

	"github.com/skillcert/skillcert/engine/store/docs"
)

// walk collects a whole range page by page and checks the form of each page.
func walk(t testing.TB, s docs.Store, r docs.Range) (all []docs.Doc) {
	t.Helper()
	for {
		page, err := s.Range(context.Background(), r)
		if err != nil {
			t.Fatalf("range %+v: %v", r, err)
		}
		if len(page.Docs) > r.Limit || page.Next != "" && len(page.Docs) != r.Limit {
			t.Fatalf("range %+v: %d documents in a page, next %q", r, len(page.Docs), page.Next)
		}
		all = append(all, page.Docs...)
		if r.After = page.Next; r.After == "" {
			return all
		}
	}
}

func idList(list []docs.Doc) string {
	all := make([]string, len(list))
	for i, d := range list {
		all[i] = d.ID
	}
	return strings.Join(all, " ")
}

// fill creates things whose index "by" holds the value; "-" as a value means no entry.
func fill(t testing.TB, s docs.Store, values map[string]string) {
	t.Helper()
	for id, value := range values {
		w := docs.Write{Key: thing(id), Op: "fill", Body: []byte(id), Index: map[string]string{"by": value}}
		if value == "-" {
			w.Index = map[string]string{"n": "0"}
		}
		put(t, s, w)
	}
}

// oddValues are texts whose order differs between bytes and any language's collation.
func oddValues() []string {
	return []string{" ", "!", "$", "-", ".", "0", "10", "9", "A", "B", "Z", "[", "\\", "_", "a", "a ", "a!", "a-1", "a.b", "aa", "ab", "b", "z", "{", "~", "~~"}
}

// testCount: a count is what a walk finds, over ties and bounds, and follows what is written.
func testCount(t *testing.T, s docs.Store) {
	c, can := s.(docs.Counter)
	if !can {
		t.Skip("the store is no Counter")
	}
	values := map[string]string{"none": "-"}
	for i := range 130 {
		values[fmt.Sprint("d", i)] = []string{"a", "a 1", "a 2", "b"}[i%4]
	}
	fill(t, s, values)
	put(t, s, docs.Write{Key: docs.Key{Kind: "other", ID: "d1"}, Op: "1"})
	want := func(r docs.Range) {
		t.Helper()
		r.Kind, r.Index, r.Limit = "thing", "by", 50
		got, err := c.Count(context.Background(), r)
		if walked := len(walk(t, s, r)); err != nil || got != walked {
			t.Errorf("%+v: %d, %v; a walk finds %d", r, got, err, walked)
		}
	}
	for _, r := range []docs.Range{{}, {From: "a 1"}, {To: "b"}, {From: "a 1", To: "a 2"}, {From: "c"}, docs.Range{}.Equal("a"), docs.Range{}.Equal("none")} {
		want(r)
	}
	put(t, s, docs.Write{Key: thing("d0"), Op: "moved", IfRevision: 1, Index: map[string]string{"by": "b"}})
	put(t, s, docs.Write{Key: thing("d4"), Op: "gone", IfRevision: 1})
	want(docs.Range{})
	want(docs.Range{}.Equal("a"))
	if n, err := c.Count(context.Background(), docs.Range{Kind: "thing", Index: "by", Limit: 1}.Equal("a")); err != nil || n != 31 {
		t.Errorf("of 33, one moved and one left: %d, %v", n, err)
	}
}

func testOrderOfIDs(t *testing.T, s docs.Store) {
	want := oddValues()
	for _, id := range want {
		put(t, s, docs.Write{Key: thing(id), Op: "1"})
	}
	sort.Strings(want)
	for _, limit := range []int{1, 3, 25, 26, 27, 1000} {
		for _, desc := range []bool{false, true} {
			got := walk(t, s, docs.Range{Kind: "thing", Desc: desc, Limit: limit})
			wantIDs(t, got, want, desc)
		}
	}
	wantIDs(t, walk(t, s, docs.Range{Kind: "thing", From: "a", To: "ab", Limit: 2}), []string{"a", "a ", "a!", "a-1", "a.b", "aa"}, false)
	wantIDs(t, walk(t, s, docs.Range{Kind: "thing", Limit: 2}.Equal("a")), []string{"a"}, false)
}

func wantIDs(t testing.TB, got []docs.Doc, want []string, desc bool) {
	t.Helper()
	want = slices.Clone(want)
	if desc {
		slices.Reverse(want)
	}
	have := make([]string, len(got))
	for i, d := range got {
		have[i] = d.ID
	}
	if !slices.Equal(have, want) {
		t.Fatalf("ids %q, want %q", have, want)
	}
}

func testOrderOfValues(t *testing.T, s docs.Store) {
	values := append(oddValues(), "")
	byID := map[string]string{}
	for i, v := range values {
		byID[fmt.Sprintf("id%02d", i)] = v
	}
	fillExact(t, s, byID)
	sort.Strings(values)
	for _, desc := range []bool{false, true} {
		got := walk(t, s, docs.Range{Kind: "thing", Index: "by", Desc: desc, Limit: 4})
		want := slices.Clone(values)
		if desc {
			slices.Reverse(want)
		}
		for i, d := range got {
			if d.Index["by"] != want[i] {
				t.Fatalf("desc %t, place %d: %q, want %q", desc, i, d.Index["by"], want[i])
			}
		}
		if len(got) != len(want) {
			t.Fatalf("%d documents, want %d", len(got), len(want))
		}
	}
}

func fillExact(t testing.TB, s docs.Store, byID map[string]string) {
	t.Helper()
	for id, v := range byID {
		put(t, s, docs.Write{Key: thing(id), Op: "1", Index: map[string]string{"by": v}})
	}
}

func testBounds(t *testing.T, s docs.Store) {
	fill(t, s, map[string]string{"1": "a", "2": "b", "3": "b", "4": "c", "5": "-", "6": "~"})
	for _, c := range []struct{ from, to, want string }{
		{"", "", "1 2 3 4 6"},
		{"b", "", "2 3 4 6"},
		{"b", "c", "2 3"},
		{"b", "b", ""},
		{"c", "a", ""},
		{"a", "c\x00", "1 2 3 4"},
		{"b\x00", "", "4 6"},
		{"", "b", "1"},
		{"", "a", ""},
		{"zz", "", "6"},
		{"中", "", ""},
		{"", "中", "1 2 3 4 6"},
	} {
		for _, limit := range []int{1, 2, 100} {
			r := docs.Range{Kind: "thing", Index: "by", From: c.from, To: c.to, Limit: limit}
			if got := idList(walk(t, s, r)); got != c.want {
				t.Errorf("[%q, %q) by %d: %s, want %s", c.from, c.to, limit, got, c.want)
			}
			r.Desc = true
			back := strings.Fields(idList(walk(t, s, r)))
			slices.Reverse(back)
			if got := strings.Join(back, " "); got != c.want {
				t.Errorf("[%q, %q) down by %d: %s, want %s", c.from, c.to, limit, got, c.want)
			}
		}
	}
}

func testEqualAndPrefix(t *testing.T, s docs.Store) {
	fill(t, s, map[string]string{"1": "", "2": "A", "3": "A-", "4": "A-A", "5": "A-A-B", "6": "A-B", "7": "A.", "8": "A-~", "9": "a"})
	for value, want := range map[string]string{"": "1", "A": "2", "A-A": "4", "none": "", "中": "", "A-A\x00": ""} {
		if got := idList(walk(t, s, docs.Range{Kind: "thing", Index: "by", Limit: 1}.Equal(value))); got != want {
			t.Errorf("equal to %q: %s, want %s", value, got, want)
		}
	}
	for prefix, want := range map[string]string{"": "1 2 3 4 5 6 8 7 9", "A": "2 3 4 5 6 8 7", "A-": "3 4 5 6 8", "A-A": "4 5", "B": "", "中": ""} {
		if got := idList(walk(t, s, docs.Range{Kind: "thing", Index: "by", Limit: 2}.Prefix(prefix))); got != want {
			t.Errorf("prefix %q: %s, want %s", prefix, got, want)
		}
	}
}

// testPagesOverTies: pages end in the middle of documents with the same value.
func testPagesOverTies(t *testing.T, s docs.Store) {
	values := map[string]string{}
	for i := range 30 {
		values[fmt.Sprintf("%02d", i)] = fmt.Sprint(i / 10)
	}
	fill(t, s, values)
	for limit := 1; limit <= 31; limit += 3 {
		for _, desc := range []bool{false, true} {
			got := walk(t, s, docs.Range{Kind: "thing", Index: "by", Limit: limit, Desc: desc})
			want := make([]string, 30)
			for i := range want {
				want[i] = fmt.Sprintf("%02d", i)
			}
			wantIDs(t, got, want, desc)
			one := walk(t, s, docs.Range{Kind: "thing", Index: "by", Limit: limit, Desc: desc}.Equal("1"))
			wantIDs(t, one, want[10:20], desc)
		}
	}
}

// testPageOfMany: one page larger than the batches in which a server answers.
func testPageOfMany(t *testing.T, s docs.Store) {
	const many = 250
	for i := range many {
		put(t, s, docs.Write{Key: thing(fmt.Sprintf("%04d", i)), Op: "1", Body: make([]byte, 2000), Index: map[string]string{"n": "x"}})
	}
	for _, index := range []string{"", "n"} {
		page, err := s.Range(context.Background(), docs.Range{Kind: "thing", Index: index, Limit: many})
		if err != nil || len(page.Docs) != many || page.Next != "" {
			t.Fatalf("by %q: %d documents, next %q, %v", index, len(page.Docs), page.Next, err)
		}
	}
}

func testIndexFollows(t *testing.T, s docs.Store) {
	by := func(value string) string {
		return idList(walk(t, s, docs.Range{Kind: "thing", Index: "by", Limit: 5}.Equal(value)))
	}
	steps := []map[string]string{{"by": "x", "n": "1"}, {"by": "y", "n": "1"}, {"by": "y"}, nil, {"by": "x"}}
	for i, index := range steps {
		put(t, s, docs.Write{Key: thing("a"), Op: fmt.Sprint(i), IfRevision: int64(i), Index: index})
		for _, value := range []string{"x", "y"} {
			want := ""
			if index["by"] == value {
				want = "a"
			}
			if got := by(value); got != want {
				t.Fatalf("step %d: under %s: %q, want %q", i, value, got, want)
			}
		}
	}
	if got := idList(walk(t, s, docs.Range{Kind: "thing", Index: "n", Limit: 5})); got != "" {
		t.Fatalf("an entry stayed: %s", got)
	}
	_, err := s.Put(context.Background(), docs.Write{Key: thing("a"), Op: "stale", IfRevision: 1, Index: map[string]string{"by": "z"}})
	wantError(t, err, docs.ErrConflict)
	if got := by("z"); got != "" {
		t.Fatalf("a refused write left an entry: %s", got)
	}
}

// testWalkWhileWritten: documents that come during a walk neither hide nor repeat those that were there.
func testWalkWhileWritten(t *testing.T, s docs.Store) {
	fill(t, s, map[string]string{"b": "2", "d": "4", "f": "6", "h": "8"})
	seen := map[string]int{}
	r := docs.Range{Kind: "thing", Index: "by", Limit: 1}
	for i := 0; ; i++ {
		page, err := s.Range(context.Background(), r)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range page.Docs {
			seen[d.ID]++
		}
		if r.After = page.Next; r.After == "" || i > 20 {
			break
		}
		fill(t, s, map[string]string{fmt.Sprint("a", i): "1", fmt.Sprint("e", i): "5"})
	}
	for _, id := range []string{"b", "d", "f", "h"} {
		if seen[id] != 1 {
			t.Errorf("%s was seen %d times", id, seen[id])
		}
	}
}

func testInvalidRanges(t *testing.T, s docs.Store) {
	cursor := func(raw string) string { return base64.RawURLEncoding.EncodeToString([]byte(raw)) }
	for name, r := range map[string]docs.Range{
		"no kind":           {Limit: 1},
		"kind":              {Kind: "$x", Limit: 1},
		"index":             {Kind: "thing", Index: "by.x", Limit: 1},
		"no limit":          {Kind: "thing"},
		"limit below zero":  {Kind: "thing", Limit: -1},
		"limit too high":    {Kind: "thing", Limit: 1001},
		"cursor not base64": {Kind: "thing", Limit: 1, After: "%"},
		"cursor of one":     {Kind: "thing", Limit: 1, After: cursor("a")},
		"cursor Chinese":    {Kind: "thing", Index: "by", Limit: 1, After: cursor("中\x00a")},
		"cursor of another": {Kind: "thing", Limit: 1, After: cursor("v\x00a")},
	} {
		if _, err := s.Range(context.Background(), r); !errors.Is(err, docs.ErrInvalid) {
			t.Errorf("%s: %v, want ErrInvalid", name, err)
		}
	}
	fill(t, s, map[string]string{"a": "1", "b": "2"})
	early := docs.Range{Kind: "thing", Index: "by", From: "2", Limit: 1, After: cursor("0\x00x")} // a cursor opens nothing outside the range
	wantIDs(t, walk(t, s, early), []string{"b"}, false)
	late := docs.Range{Kind: "thing", Index: "by", To: "2", Desc: true, Limit: 1, After: cursor("9\x00x")}
	wantIDs(t, walk(t, s, late), []string{"a"}, false)
}
