package storetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/skillcert/skillcert/engine/store/docs"
)

// DocumentSchema is what the stores of Documents, SingleClient and Concurrent must be opened with, by adapters that
// ask for a schema.
func DocumentSchema() docs.Schema {
	return docs.Schema{"thing": {"by", "n"}, "other": nil}
}

// Documents is the contract of docs.Store. open returns an empty store of its own at every call.
func Documents(t *testing.T, open func(testing.TB) docs.Store) {
	SingleClient(t, open)
	Concurrent(t, open)
}

// SingleClient is the part of Documents that one client sees who never does two things at once.
func SingleClient(t *testing.T, open func(testing.TB) docs.Store) {
	run(t, open, map[string]func(*testing.T, docs.Store){
		"absent":             testAbsent,
		"create":             testCreate,
		"replace":            testReplace,
		"resend":             testResend,
		"resend, written on": testResendWrittenOn,
		"bodies":             testBodies,
		"too large":          testTooLarge,
		"invalid":            testInvalid,
		"invalid ranges":     testInvalidRanges,
		"kinds apart":        testKindsApart,
		"cancelled":          testCancelled,
		"closed":             testClosed,
		"index follows":      testIndexFollows,
		"order of ids":       testOrderOfIDs,
		"order of values":    testOrderOfValues,
		"bounds":             testBounds,
		"equal and prefix":   testEqualAndPrefix,
		"pages over ties":    testPagesOverTies,
		"page of many":       testPageOfMany,
		"walk while written": testWalkWhileWritten,
		"like a map":         testLikeMap,
		"many at once":       testGather,
		"count":              testCount,
	})
}

func run(t *testing.T, open func(testing.TB) docs.Store, tests map[string]func(*testing.T, docs.Store)) {
	for name, test := range tests {
		t.Run(name, func(t *testing.T) { test(t, open(t)) })
	}
}

func thing(id string) docs.Key { return docs.Key{Kind: "thing", ID: id} }

// put writes and fails the test on an error.
func put(t testing.TB, s docs.Store, w docs.Write) int64 {
	t.Helper()
	revision, err := s.Put(context.Background(), w)
	if err != nil {
		t.Fatalf("put %+v at %d: %v", w.Key, w.IfRevision, err)
	}
	return revision
}

func get(t testing.TB, s docs.Store, k docs.Key) docs.Doc {
	t.Helper()
	d, err := s.Get(context.Background(), k)
	if err != nil {
		t.Fatalf("get %+v: %v", k, err)
	}
	return d
}

func wantError(t testing.TB, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Fatalf("error %v, want %v", err, want)
	}
}

// wantDoc also compares the index, in which nil and empty are the same.
func wantDoc(t testing.TB, got docs.Doc, want docs.Doc) {
	t.Helper()
	if got.Key != want.Key || got.Revision != want.Revision || !bytes.Equal(got.Body, want.Body) ||
		fmt.Sprint(got.Index) != fmt.Sprint(want.Index) {
		t.Fatalf("document %+v, want %+v", got, want)
	}
}

func testAbsent(t *testing.T, s docs.Store) {
	_, err := s.Get(context.Background(), thing("a"))
	wantError(t, err, docs.ErrNotFound)
	page, err := s.Range(context.Background(), docs.Range{Kind: "thing", Index: "by", Limit: 10})
	if err != nil || len(page.Docs) != 0 || page.Next != "" {
		t.Fatalf("range over nothing: %+v, %v", page, err)
	}
}

// testGather: what is there is found, each by its key alone, as it was written last.
func testGather(t *testing.T, s docs.Store) {
	g, can := s.(docs.Gatherer)
	if !can {
		t.Skip("the store is no Gatherer")
	}
	ctx := context.Background()
	var ids []string
	for i := range 700 {
		id := fmt.Sprint("d", i)
		put(t, s, docs.Write{Key: thing(id), Op: "1", Body: []byte(id), Index: map[string]string{"by": id}, Log: false})
		ids = append(ids, id)
	}
	put(t, s, docs.Write{Key: thing("d7"), Op: "2", IfRevision: 1, Body: []byte("again")})
	put(t, s, docs.Write{Key: docs.Key{Kind: "other", ID: "elsewhere"}, Op: "1", Body: []byte("x")})
	found, err := g.Gather(ctx, "thing", append(ids, "d7", "absent", "elsewhere", "", "no\nid"))
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, d := range found {
		want := docs.Doc{Key: d.Key, Revision: 1, Body: []byte(d.ID), Index: map[string]string{"by": d.ID}}
		if d.ID == "d7" {
			want = docs.Doc{Key: d.Key, Revision: 2, Body: []byte("again")}
		}
		wantDoc(t, d, want)
		seen[d.ID] = true
	}
	if len(seen) != len(ids) {
		t.Errorf("%d of %d", len(seen), len(ids))
	}
	for _, none := range [][]string{nil, {"absent"}} {
		if found, err := g.Gather(ctx, "thing", none); err != nil || len(found) != 0 {
			t.Errorf("%v: %d, %v", none, len(found), err)
		}
	}
}

func testCreate(t *testing.T, s docs.Store) {
	w := docs.Write{Key: thing("a"), Op: "1", Body: []byte("x"), Index: map[string]string{"by": "v"}}
	if got := put(t, s, w); got != 1 {
		t.Fatalf("revision %d, want 1", got)
	}
	_, err := s.Put(context.Background(), docs.Write{Key: w.Key, Op: "2", Body: []byte("y")})
	wantError(t, err, docs.ErrConflict)
	wantDoc(t, get(t, s, w.Key), docs.Doc{Key: w.Key, Revision: 1, Body: w.Body, Index: w.Index})
}

func testReplace(t *testing.T, s docs.Store) {
	ctx := context.Background()
	_, err := s.Put(ctx, docs.Write{Key: thing("a"), Op: "0", IfRevision: 1})
	wantError(t, err, docs.ErrConflict)
	for i := range int64(5) {
		w := docs.Write{Key: thing("a"), Op: fmt.Sprint("w", i), IfRevision: i, Body: fmt.Append(nil, i)}
		if got := put(t, s, w); got != i+1 {
			t.Fatalf("revision %d, want %d", got, i+1)
		}
	}
	for _, stale := range []int64{0, 1, 4, 6, 1 << 40} {
		_, err := s.Put(ctx, docs.Write{Key: thing("a"), Op: fmt.Sprint("s", stale), IfRevision: stale})
		wantError(t, err, docs.ErrConflict)
	}
	wantDoc(t, get(t, s, thing("a")), docs.Doc{Key: thing("a"), Revision: 5, Body: []byte("4")})
}

func testResend(t *testing.T, s docs.Store) {
	create := docs.Write{Key: thing("a"), Op: "create", Body: []byte("1")}
	replace := docs.Write{Key: thing("a"), Op: "replace", IfRevision: 1, Body: []byte("2")}
	for i, w := range []docs.Write{create, create, replace, replace, create} {
		if got, want := put(t, s, w), w.IfRevision+1; got != want {
			t.Fatalf("step %d: revision %d, want %d", i, got, want)
		}
	}
	wantDoc(t, get(t, s, thing("a")), docs.Doc{Key: thing("a"), Revision: 2, Body: []byte("2")})
	other := create
	other.Key = thing("b") // a name of a write counts for one document
	put(t, s, other)
	other.IfRevision = 1 // one name for two writes is refused rather than taken for a resend
	_, err := s.Put(context.Background(), other)
	wantError(t, err, docs.ErrConflict)
}

// testResendWrittenOn: a resend must not look like a conflict because somebody wrote after the lost answer.
func testResendWrittenOn(t *testing.T, s docs.Store) {
	const promised = 16
	for i := range int64(promised) {
		put(t, s, docs.Write{Key: thing("a"), Op: fmt.Sprint("w", i), IfRevision: i, Body: fmt.Append(nil, i)})
	}
	for i := range int64(promised) {
		w := docs.Write{Key: thing("a"), Op: fmt.Sprint("w", i), IfRevision: i, Body: fmt.Append(nil, i)}
		if got := put(t, s, w); got != i+1 {
			t.Fatalf("resend of write %d answers %d", i, got)
		}
	}
	if got := get(t, s, thing("a")); got.Revision != promised || string(got.Body) != "15" {
		t.Fatalf("after the resends: revision %d, body %s", got.Revision, got.Body)
	}
	for i := range int64(3 * docs.Remembered) { // the memory is bounded and keeps the newest
		put(t, s, docs.Write{Key: thing("b"), Op: fmt.Sprint("w", i), IfRevision: i})
		if i >= promised {
			put(t, s, docs.Write{Key: thing("b"), Op: fmt.Sprint("w", i-promised+1), IfRevision: i - promised + 1})
		}
	}
	if got := get(t, s, thing("b")).Revision; got != 3*docs.Remembered {
		t.Fatalf("revision %d", got)
	}
}

func testBodies(t *testing.T, s docs.Store) {
	all := make([]byte, 256)
	for i := range all {
		all[i] = byte(i)
	}
	for name, body := range map[string][]byte{
		"nil": nil, "empty": {}, "nul": {0}, "nuls": make([]byte, 100), "every byte": all, "broken utf-8": []byte("中\xff文\xe4\xb8"),
		"1 MiB": bytes.Repeat(all, 4096), "largest": bytes.Repeat(all, docs.MaxBody/256),
	} {
		put(t, s, docs.Write{Key: thing(name), Op: "1", Body: body})
		got := get(t, s, thing(name)).Body
		if !bytes.Equal(got, body) {
			t.Errorf("%s: %d bytes came back, not the same as the %d", name, len(got), len(body))
		}
	}
}

func testTooLarge(t *testing.T, s docs.Store) {
	ctx := context.Background()
	w := docs.Write{Key: thing("a"), Op: "1", Body: make([]byte, docs.MaxBody+1)}
	_, err := s.Put(ctx, w)
	wantError(t, err, docs.ErrTooLarge)
	_, err = s.Get(ctx, w.Key)
	wantError(t, err, docs.ErrNotFound)
	w.Body = w.Body[1:]
	put(t, s, w)
}

func testInvalid(t *testing.T, s docs.Store) {
	ctx := context.Background()
	long := strings.Repeat("x", 201)
	for name, change := range map[string]func(*docs.Write){
		"no kind":         func(w *docs.Write) { w.Kind = "" },
		"kind upper case": func(w *docs.Write) { w.Kind = "Thing" },
		"kind with dot":   func(w *docs.Write) { w.Kind = "a.b" },
		"kind of digits":  func(w *docs.Write) { w.Kind = "1a" },
		"kind too long":   func(w *docs.Write) { w.Kind = strings.Repeat("x", 41) },
		"no id":           func(w *docs.Write) { w.ID = "" },
		"id too long":     func(w *docs.Write) { w.ID = long },
		"id Chinese":      func(w *docs.Write) { w.ID = "张三" },
		"id with nul":     func(w *docs.Write) { w.ID = "a\x00" },
		"no op":           func(w *docs.Write) { w.Op = "" },
		"op with newline": func(w *docs.Write) { w.Op = "a\nb" },
		"below zero":      func(w *docs.Write) { w.IfRevision = -1 },
		"line replaced":   func(w *docs.Write) { w.Log, w.IfRevision = true, 1 },
		"line indexed":    func(w *docs.Write) { w.Log, w.Index = true, map[string]string{"by": "x"} },
		"index name":      func(w *docs.Write) { w.Index = map[string]string{"$by": "x"} },
		"value Chinese":   func(w *docs.Write) { w.Index = map[string]string{"by": "中"} },
		"value DEL":       func(w *docs.Write) { w.Index = map[string]string{"by": "\x7f"} },
		"value too long":  func(w *docs.Write) { w.Index = map[string]string{"by": long} },
	} {
		w := docs.Write{Key: thing("a"), Op: "1"}
		change(&w)
		if _, err := s.Put(ctx, w); !errors.Is(err, docs.ErrInvalid) {
			t.Errorf("%s: %v, want ErrInvalid", name, err)
		}
		if _, err := s.Get(ctx, w.Key); !errors.Is(err, docs.ErrNotFound) {
			t.Errorf("%s: get %v, want ErrNotFound", name, err)
		}
	}
	longest := docs.Write{Key: thing(long[1:]), Op: long[1:], Index: map[string]string{"by": long[1:]}}
	put(t, s, longest)
	get(t, s, longest.Key)
}

func testKindsApart(t *testing.T, s docs.Store) {
	put(t, s, docs.Write{Key: thing("a"), Op: "1", Body: []byte("thing")})
	put(t, s, docs.Write{Key: docs.Key{Kind: "other", ID: "a"}, Op: "1", Body: []byte("other")})
	if got := get(t, s, thing("a")).Body; string(got) != "thing" {
		t.Fatalf("body %s", got)
	}
	if got := idList(walk(t, s, docs.Range{Kind: "other", Limit: 9})); got != "a" {
		t.Fatalf("others: %s", got)
	}
}

// testCancelled: a call whose context has ended does nothing and says so.
func testCancelled(t *testing.T, s docs.Store) {
	ctx, cancel := context.WithCancel(context.Background())
	put(t, s, docs.Write{Key: thing("a"), Op: "1"})
	cancel()
	_, err := s.Put(ctx, docs.Write{Key: thing("b"), Op: "1"})
	wantError(t, err, docs.ErrUnavailable)
	wantError(t, err, context.Canceled)
	_, err = s.Get(ctx, thing("a"))
	wantError(t, err, docs.ErrUnavailable)
	_, err = s.Range(ctx, docs.Range{Kind: "thing", Limit: 1})
	wantError(t, err, docs.ErrUnavailable)
	_, err = s.Get(context.Background(), thing("b"))
	wantError(t, err, docs.ErrNotFound)
}

func testClosed(t *testing.T, s docs.Store) {
	put(t, s, docs.Write{Key: thing("a"), Op: "1"})
	for range 2 { // twice is harmless
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	_, err := s.Put(context.Background(), docs.Write{Key: thing("b"), Op: "1"})
	wantError(t, err, docs.ErrUnavailable)
	_, err = s.Get(context.Background(), thing("a"))
	wantError(t, err, docs.ErrUnavailable)
	_, err = s.Range(context.Background(), docs.Range{Kind: "thing", Limit: 1})
	wantError(t, err, docs.ErrUnavailable)
}

// Durable checks that what was acknowledged is there after the store was closed and opened again. place returns a
// function that opens one and the same database at every call.
func Durable(t *testing.T, place func(testing.TB) func() docs.Store) {
	open := place(t)
	s := open()
	var want []docs.Doc
	for i := range 50 {
		w := docs.Write{Key: thing(fmt.Sprintf("d%02d", i)), Op: "1", Body: fmt.Append(nil, i), Index: map[string]string{"by": fmt.Sprint(i % 7)}}
		put(t, s, w)
		want = append(want, docs.Doc{Key: w.Key, Revision: 1, Body: w.Body, Index: w.Index})
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = open()
	for _, d := range want {
		wantDoc(t, get(t, s, d.Key), d)
	}
	if got := len(walk(t, s, docs.Range{Kind: "thing", Index: "by", Limit: 9})); got != len(want) {
		t.Fatalf("%d of %d documents by index", got, len(want))
	}
	if got := put(t, s, docs.Write{Key: want[0].Key, Op: "1"}); got != 1 {
		t.Fatalf("resend after reopening: %d", got)
	}
	put(t, s, docs.Write{Key: want[0].Key, Op: "2", IfRevision: 1})
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}
