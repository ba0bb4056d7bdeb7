package docs_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/skillcert/skillcert/engine/store/docs"
	"github.com/skillcert/skillcert/engine/store/mongo"
	"github.com/skillcert/skillcert/engine/store/mongo/standin"
	"github.com/skillcert/skillcert/engine/store/storetest"
)

func openMongo(t testing.TB) docs.Loader {
	t.Helper()
	server, err := standin.Start()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	s, err := mongo.Open(context.Background(), server.URI(), "test", storetest.DocumentSchema())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func openSQLite(t testing.TB) docs.Loader {
	t.Helper()
	s, ok := storetest.OpenSQLite(t).(docs.Loader)
	if !ok {
		t.Fatal("the embedded store cannot be filled")
	}
	return s
}

// filled has documents of every kind, at several revisions, with every sort of body, more than one page of them.
func filled(t testing.TB) docs.Store {
	t.Helper()
	s := openSQLite(t)
	r := rand.New(rand.NewPCG(5, 6))
	for i := range 250 {
		for revision := range int64(1 + i%3) {
			w := docs.Write{Key: docs.Key{Kind: []string{"thing", "other"}[i%2], ID: fmt.Sprint("id ", i)}, Op: fmt.Sprint(revision),
				IfRevision: revision, Body: make([]byte, r.IntN(300))}
			for j := range w.Body {
				w.Body[j] = byte(r.Uint32())
			}
			if i%5 > 0 {
				w.Index = map[string]string{"by": fmt.Sprintf("<%d>&", i%7), "n": ""}
			}
			put(t, s, w)
		}
	}
	put(t, s, docs.Write{Key: docs.Key{Kind: "other", ID: "large"}, Op: "1", Body: bytes.Repeat([]byte{0, 255}, docs.MaxBody/2)})
	return s
}

func put(t testing.TB, s docs.Store, w docs.Write) {
	t.Helper()
	if _, err := s.Put(context.Background(), w); err != nil {
		t.Fatal(err)
	}
}

func export(t testing.TB, s docs.Store) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := docs.Export(context.Background(), s, storetest.DocumentSchema(), &b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func load(t testing.TB, s docs.Loader, b []byte) int {
	t.Helper()
	n, err := docs.Import(context.Background(), s, storetest.DocumentSchema(), bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// TestMove: a store moves from SQLite to MongoDB and back, and nothing is different.
func TestMove(t *testing.T) {
	first := export(t, filled(t))
	there, back := openMongo(t), openSQLite(t)
	if n := load(t, there, first); n != 251 {
		t.Fatalf("%d documents moved", n)
	}
	second := export(t, there)
	if !bytes.Equal(first, second) {
		t.Fatal("the export of MongoDB differs")
	}
	load(t, back, second)
	if !bytes.Equal(first, export(t, back)) {
		t.Fatal("after the way back the export differs")
	}
	wantMoved(t, there)
	wantMoved(t, back)
}

// wantMoved: the moved documents are found by index and change at their old revisions only.
func wantMoved(t *testing.T, s docs.Store) {
	t.Helper()
	ctx := context.Background()
	page, err := s.Range(ctx, docs.Range{Kind: "thing", Index: "by", Limit: 100}.Equal("<2>&"))
	if err != nil || len(page.Docs) == 0 {
		t.Fatalf("by index: %d, %v", len(page.Docs), err)
	}
	w := docs.Write{Key: docs.Key{Kind: "thing", ID: "id 2"}, Op: "new", IfRevision: 2}
	if _, err := s.Put(ctx, w); !errors.Is(err, docs.ErrConflict) {
		t.Fatalf("an old revision: %v", err)
	}
	w.IfRevision = 3
	if got, err := s.Put(ctx, w); got != 4 || err != nil {
		t.Fatalf("the present revision: %d, %v", got, err)
	}
}

func TestImportRefuses(t *testing.T) {
	s := openSQLite(t)
	put(t, s, docs.Write{Key: docs.Key{Kind: "thing", ID: "a"}, Op: "1", Body: []byte("abc")})
	good := string(export(t, s))
	if _, err := docs.Import(context.Background(), s, storetest.DocumentSchema(), strings.NewReader(good)); !errors.Is(err, docs.ErrNotEmpty) {
		t.Errorf("into a store that is not empty: %v", err)
	}
	lines := strings.SplitAfter(good, "\n")
	for name, file := range map[string]string{
		"empty":         "",
		"no seal":       lines[0] + lines[1],
		"cut":           good[:len(good)-5],
		"other format":  strings.Replace(good, "skillcert-documents", "x", 1),
		"newer":         strings.Replace(good, `"version":1`, `"version":2`, 1),
		"changed id":    strings.Replace(good, `"id":"a"`, `"id":"b"`, 1),
		"a line less":   lines[0] + lines[2],
		"a line twice":  lines[0] + lines[1] + lines[1] + lines[2],
		"more":          good + lines[1],
		"unknown kind":  strings.Replace(good, `"thing"`, `"thong"`, 1),
		"unknown field": strings.Replace(good, `"id"`, `"x":1,"id"`, 1),
		"no base64":     strings.Replace(good, `"YWJj"`, `"%"`, 1),
	} {
		if _, err := docs.Import(context.Background(), openSQLite(t), storetest.DocumentSchema(), strings.NewReader(file)); !errors.Is(err, docs.ErrBadFile) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, file := range map[string]string{
		"revision 0":  strings.Replace(good, `"revision":1`, `"revision":0`, 1),
		"Chinese id":  strings.Replace(good, `"id":"a"`, `"id":"张"`, 1),
		"index value": strings.Replace(good, `"body"`, `"index":{"by":"中"},"body"`, 1),
	} {
		if _, err := docs.Import(context.Background(), openSQLite(t), storetest.DocumentSchema(), strings.NewReader(file)); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

// TestImportNotices: no change of a single byte passes.
func TestImportNotices(t *testing.T) {
	s := openSQLite(t)
	for i := range 3 {
		put(t, s, docs.Write{Key: docs.Key{Kind: "thing", ID: fmt.Sprint(i)}, Op: "1", Body: []byte{1, byte(i)}, Index: map[string]string{"by": "x"}})
	}
	good := export(t, s)
	into := openSQLite(t)
	r := rand.New(rand.NewPCG(7, 8))
	for range 60 {
		bad := bytes.Clone(good)
		bad[r.IntN(len(bad))] ^= byte(1 + r.IntN(255))
		if bytes.Equal(bytes.TrimSpace(bad), bytes.TrimSpace(good)) {
			continue
		}
		_, err := docs.Import(context.Background(), into, storetest.DocumentSchema(), bytes.NewReader(bad))
		if err == nil {
			t.Fatalf("accepted: %s", bad)
		}
		if errors.Is(err, docs.ErrNotEmpty) {
			into = openSQLite(t)
		}
	}
}

func TestLoad(t *testing.T) {
	for name, s := range map[string]docs.Loader{"sqlite": openSQLite(t), "mongo": openMongo(t)} {
		t.Run(name, func(t *testing.T) {
			ctx := context.Background()
			d := docs.Doc{Key: docs.Key{Kind: "thing", ID: "a"}, Revision: 7, Body: []byte("x")}
			for range 2 {
				if err := s.Load(ctx, d); err != nil {
					t.Fatal(err)
				}
			}
			other := d
			other.Body = []byte("y")
			if err := s.Load(ctx, other); !errors.Is(err, docs.ErrConflict) {
				t.Errorf("another document: %v", err)
			}
			got, err := s.Get(ctx, d.Key)
			if err != nil || got.Revision != 7 || string(got.Body) != "x" {
				t.Errorf("%+v, %v", got, err)
			}
		})
	}
}
