package sqlite_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/skillcert/skillcert/engine/store/docs"
	"github.com/skillcert/skillcert/engine/store/sqlite"
	"github.com/skillcert/skillcert/engine/store/storetest"
)

func line(log string, n int) docs.Write {
	w := write(fmt.Sprintf("%s/%03d", log, n), 0)
	w.Log, w.Index = true, nil
	return w
}

func eager(t testing.TB, path string) *sqlite.Store { return opened(t, path, sqlite.OpenEager) }

func opened(t testing.TB, path string, open func(string) (*sqlite.Store, error)) *sqlite.Store {
	t.Helper()
	s, err := open(path)
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

// several are stores over one file that are used in turn, as by several processes.
type several struct {
	docs.Loader
	all []*sqlite.Store
}

func (s several) any() *sqlite.Store { return s.all[rand.IntN(len(s.all))] }

func (s several) Get(ctx context.Context, k docs.Key) (docs.Doc, error) { return s.any().Get(ctx, k) }
func (s several) Put(ctx context.Context, w docs.Write) (int64, error)  { return s.any().Put(ctx, w) }
func (s several) Range(ctx context.Context, r docs.Range) (docs.Page, error) {
	return s.any().Range(ctx, r)
}
func (s several) Close() (err error) {
	for _, one := range s.all {
		err = errors.Join(err, one.Close())
	}
	return err
}

// TestDocumentsFiledAtOnce: whether a line is pending or filed, or just being filed, nobody can tell.
func TestDocumentsFiledAtOnce(t *testing.T) {
	storetest.Documents(t, func(t testing.TB) docs.Store { return eager(t, filepath.Join(t.TempDir(), "a.db")) })
}

// TestDocumentsOfSeveral: nor through which process it was written, and which one files it.
func TestDocumentsOfSeveral(t *testing.T) {
	storetest.Documents(t, func(t testing.TB) docs.Store {
		path := filepath.Join(t.TempDir(), "a.db")
		first := open(t, path)
		return several{first, []*sqlite.Store{first, eager(t, path), open(t, path)}}
	})
}

// TestLogIsReadWhole: while lines are appended and filed, by two processes, a reader sees of each log a part without gaps,
// and never less than was acknowledged.
func TestLogIsReadWhole(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.db")
	stores := []*sqlite.Store{open(t, path), eager(t, path)}
	const logs, lines = 6, 120
	var all sync.WaitGroup
	for l := range logs {
		name := fmt.Sprint("log", l)
		all.Go(func() {
			for n := range lines {
				if _, err := stores[(l+n/10)%2].Put(t.Context(), line(name, n)); err != nil {
					t.Error(err)
					return
				}
				if got, err := readLog(stores[n%2], name); err != nil || got != n+1 {
					t.Errorf("%s: %d lines are read after %d, %v", name, got, n+1, err)
					return
				}
			}
		})
	}
	all.Wait()
}

// readLog counts the lines of a log, which must have no gap.
func readLog(s docs.Store, name string) (n int, err error) {
	r := docs.Range{Kind: "thing", From: name + "/", To: name + "0", Limit: 50}
	for {
		page, err := s.Range(context.Background(), r)
		if err != nil {
			return n, err
		}
		for _, d := range page.Docs {
			if want := line(name, n); d.Key != want.Key || d.Revision != 1 || !bytes.Equal(d.Body, want.Body) {
				return n, fmt.Errorf("line %d is %+v", n, d)
			}
			n++
		}
		if r.After = page.Next; r.After == "" {
			return n, nil
		}
	}
}

// TestFiledInTheEnd: when nobody writes any more, the journal is emptied but for its last row.
func TestFiledInTheEnd(t *testing.T) {
	s := eager(t, filepath.Join(t.TempDir(), "a.db"))
	for n := range 40 {
		mustPut(t, s, line("a", n))
	}
	for range 500 {
		lines, rows, err := s.Pending()
		if err != nil {
			t.Fatal(err)
		}
		if lines == 0 && rows == 1 {
			if n, err := readLog(s, "a"); err != nil || n != 40 {
				t.Fatalf("%d lines, %v", n, err)
			}
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatal("lines are never filed")
}

// TestPendingWhenOpened: what was pending when a process ended is there for the next one, at once.
func TestPendingWhenOpened(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.db")
	first := open(t, path)
	for n := range 10 {
		mustPut(t, first, line("a", n))
	}
	second := open(t, path) // while the first has not filed anything
	if lines, _, err := second.Pending(); lines != 10 || err != nil {
		t.Fatalf("%d lines are pending, %v", lines, err)
	}
	if n, err := readLog(second, "a"); n != 10 || err != nil {
		t.Fatalf("%d lines, %v", n, err)
	}
	other := line("a", 9)
	other.Op = "another"
	if _, err := second.Put(t.Context(), other); !errors.Is(err, docs.ErrConflict) {
		t.Errorf("a line that is pending is written over: %v", err)
	}
	mustPut(t, second, write("a/009", 1))
	if d, err := first.Get(t.Context(), key("a/009")); err != nil || d.Revision != 2 {
		t.Errorf("replaced by another process: revision %d, %v", d.Revision, err)
	}
}

// TestFullLog: lines that do not fit are refused and not there; those before them are, and with room writing goes on.
func TestFullLog(t *testing.T) {
	ctx := t.Context()
	s := opened(t, filepath.Join(t.TempDir(), "a.db"), sqlite.OpenFilingAlong)
	mustPut(t, s, line("a", 0))
	pages, err := s.Pages(ctx)
	if err == nil {
		err = s.LimitPages(ctx, pages+20)
	}
	if err != nil {
		t.Fatal(err)
	}
	saved := 1
	for ; ; saved++ {
		w := line("a", saved)
		w.Body = make([]byte, 3000)
		if _, err = s.Put(ctx, w); err != nil {
			break
		}
	}
	if !errors.Is(err, docs.ErrFull) || saved < 4 {
		t.Fatalf("after %d lines: %v", saved, err)
	}
	if _, err := s.Get(ctx, line("a", saved).Key); !errors.Is(err, docs.ErrNotFound) {
		t.Errorf("what did not fit: %v", err)
	}
	for n := range saved {
		if _, err := s.Get(ctx, line("a", n).Key); err != nil {
			t.Errorf("line %d: %v", n, err)
		}
	}
	if err := s.LimitPages(ctx, 0); err != nil {
		t.Fatal(err)
	}
	mustPut(t, s, line("a", saved))
}

// format1 is a file as the program before this one laid it out, with three documents.
const format1 = `
PRAGMA journal_mode = WAL;
CREATE TABLE doc(
	kind TEXT NOT NULL, id TEXT NOT NULL, rev INTEGER NOT NULL,
	ops TEXT NOT NULL, ix TEXT NOT NULL, body BLOB NOT NULL,
	PRIMARY KEY(kind, id)) WITHOUT ROWID;
CREATE TABLE ix(
	kind TEXT NOT NULL, name TEXT NOT NULL, val TEXT NOT NULL, id TEXT NOT NULL,
	PRIMARY KEY(kind, name, val, id)) WITHOUT ROWID;
PRAGMA user_version = 1;
INSERT INTO doc VALUES('thing', 'a/000', 1, 'o', '{}', x'612f30303030');
INSERT INTO doc VALUES('thing', 'b', 7, 'p' || char(10) || 'q', '{"by":"x"}', x'62');
INSERT INTO doc VALUES('other', 'b', 1, 'p', '{}', x'');
INSERT INTO ix VALUES('thing', 'by', 'x', 'b');`

// TestOlderFile: a file of the format before is taken over, also when two processes open it at once.
func TestOlderFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.db")
	execute(t, raw(t, path), format1)
	var both sync.WaitGroup
	for range 2 {
		both.Go(func() {
			s, err := sqlite.Open(path)
			if err != nil {
				t.Error(err)
				return
			}
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	both.Wait()
	s := open(t, path)
	for _, want := range []docs.Doc{{Key: key("a/000"), Revision: 1, Body: []byte("a/0000")}, {Key: key("b"), Revision: 7, Body: []byte("b"), Index: map[string]string{"by": "x"}},
		{Key: docs.Key{Kind: "other", ID: "b"}, Revision: 1}} {
		if got, err := s.Get(t.Context(), want.Key); err != nil || fmt.Sprintf("%+v", got) != fmt.Sprintf("%+v", want) {
			t.Errorf("%+v, %v; want %+v", got, err, want)
		}
	}
	if page, err := s.Range(t.Context(), docs.Range{Kind: "thing", Index: "by", Limit: 5}); err != nil || len(page.Docs) != 1 || page.Docs[0].ID != "b" {
		t.Errorf("by its index: %+v, %v", page, err)
	}
	again := docs.Write{Key: key("b"), Op: "q", IfRevision: 6} // the resend of a write that the older program made
	if revision, err := s.Put(t.Context(), again); revision != 7 || err != nil {
		t.Errorf("resend: %d, %v", revision, err)
	}
	mustPut(t, s, line("a", 1))
	if n, err := readLog(s, "a"); n != 2 || err != nil {
		t.Errorf("%d lines, %v", n, err)
	}
}

// TestDamagedJournal: a row that cannot be read is told when the file is opened, not passed over.
func TestDamagedJournal(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.db")
	mustPut(t, open(t, path), line("a", 0))
	execute(t, raw(t, path), "INSERT INTO journal(no, lines) VALUES(1000, x'05616263')")
	if s, err := sqlite.Open(path); err == nil {
		t.Error("opened")
		_ = s.Close() // the test has failed already
	}
}

func FuzzDecodeLines(f *testing.F) {
	for _, row := range []string{"", "\x05thing\x01a\x01o\x00", "\x05thing\x01a\x01o\x02{}\x05thing\x01b\x01o\x00", "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"} {
		f.Add([]byte(row))
	}
	f.Fuzz(func(t *testing.T, row []byte) {
		n, again, err := sqlite.DecodeLines(row)
		if err != nil {
			return
		}
		if m, twice, err := sqlite.DecodeLines(again); m != n || err != nil || !slices.Equal(twice, again) {
			t.Fatalf("%d lines, then %d, %v", n, m, err)
		}
	})
}
