package sqlite_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/skillcert/skillcert/engine/store/docs"
	"github.com/skillcert/skillcert/engine/store/sqlite"
	"github.com/skillcert/skillcert/engine/store/storetest"
)

func TestDocuments(t *testing.T) { storetest.Documents(t, storetest.OpenSQLite) }

func TestAcknowledged(t *testing.T) {
	storetest.Acknowledged(t, storetest.OpenSQLite, func(bool) {})
}

func TestDurable(t *testing.T) {
	storetest.Durable(t, func(t testing.TB) func() docs.Store {
		path := filepath.Join(t.TempDir(), "a.db")
		return func() docs.Store { return open(t, path) }
	})
}

func open(t testing.TB, path string) *sqlite.Store { return opened(t, path, sqlite.Open) }

// raw is a connection of another program to the same file.
func raw(t testing.TB, path string) *sql.Conn {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+path)
	if err != nil {
		t.Fatal(err)
	}
	c, err := db.Conn(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(c.Close(), db.Close()); err != nil {
			t.Error(err)
		}
	})
	return c
}

func execute(t testing.TB, c *sql.Conn, text string) {
	t.Helper()
	if _, err := c.ExecContext(context.Background(), text); err != nil {
		t.Fatal(err)
	}
}

func write(id string, revision int64) docs.Write {
	return docs.Write{Key: key(id), Op: fmt.Sprint("op", revision), IfRevision: revision, Body: fmt.Append(nil, id, revision),
		Index: map[string]string{"n": fmt.Sprint(revision)}}
}

func key(id string) docs.Key { return docs.Key{Kind: "thing", ID: id} }

func mustPut(t testing.TB, s docs.Store, w docs.Write) {
	t.Helper()
	if got, err := s.Put(context.Background(), w); err != nil || got != w.IfRevision+1 {
		t.Fatalf("put %s at %d: %d, %v", w.ID, w.IfRevision, got, err)
	}
}

func TestRights(t *testing.T) {
	path := filepath.Join(t.TempDir(), "new", "newer", "odd name?#%.db")
	s := open(t, path)
	mustPut(t, s, write("a", 0))
	for p, want := range map[string]os.FileMode{filepath.Dir(path): 0o700, filepath.Dir(filepath.Dir(path)): 0o700, path: 0o600, path + "-wal": 0o600} {
		info, err := os.Stat(p)
		if err != nil {
			t.Fatal(err)
		}
		if got := info.Mode().Perm(); got != want {
			t.Errorf("%s has rights %o, want %o", p, got, want)
		}
	}
}

func TestOpenRefuses(t *testing.T) {
	dir := t.TempDir()
	newer, text, damaged := filepath.Join(dir, "newer.db"), filepath.Join(dir, "text"), filepath.Join(dir, "damaged.db")
	execute(t, raw(t, newer), "PRAGMA user_version = 3")
	if err := os.WriteFile(text, []byte(strings.Repeat("no database\n", 1000)), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(damaged, append([]byte("SQLite format 3\x00"), make([]byte, 9000)...), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{newer, text, damaged, dir, filepath.Join(text, "below.db")} {
		if s, err := sqlite.Open(path); err == nil {
			t.Errorf("%s: opened", path)
			_ = s.Close() // the test has failed already
		}
	}
}

// TestLockedByAnother: another program holds the file's lock. Who stops waiting is told the truth, and later writes go on.
func TestLockedByAnother(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "a.db")
	s := open(t, path)
	other := raw(t, path)
	execute(t, other, "BEGIN IMMEDIATE")
	begun := make(chan error)
	go func() { begun <- putWithin(s, write("begun", 0), 400*time.Millisecond) }()
	time.Sleep(100 * time.Millisecond) // the writer goroutine now waits for the lock with that write
	if err := putWithin(s, write("queued", 0), 100*time.Millisecond); !errors.Is(err, docs.ErrUnavailable) {
		t.Errorf("a write given up in the queue: %v", err)
	}
	if err := <-begun; !errors.Is(err, docs.ErrUnknown) {
		t.Errorf("a write given up under way: %v", err)
	}
	if _, err := s.Get(context.Background(), key("begun")); !errors.Is(err, docs.ErrNotFound) {
		t.Errorf("reads go on: %v", err)
	}
	execute(t, other, "ROLLBACK")
	mustPut(t, s, write("begun", 0)) // the resend
	if _, err := s.Get(context.Background(), key("queued")); !errors.Is(err, docs.ErrNotFound) {
		t.Errorf("what was not saved is there: %v", err)
	}
	execute(t, other, "BEGIN IMMEDIATE")
	if err := putWithin(s, write("late", 0), time.Minute); !errors.Is(err, docs.ErrUnavailable) { // after 5 s
		t.Errorf("the lock is kept for long: %v", err)
	}
	execute(t, other, "ROLLBACK")
	mustPut(t, s, write("late", 0))
}

func putWithin(s docs.Store, w docs.Write, d time.Duration) error {
	ctx, cancel := context.WithTimeout(context.Background(), d)
	defer cancel()
	_, err := s.Put(ctx, w)
	return err
}

// TestTransactionLeftOpen: one that could not be ended does not keep those after it out.
func TestTransactionLeftOpen(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "a.db"))
	if err := s.LeaveOpen(); err != nil {
		t.Fatal(err)
	}
	mustPut(t, s, write("a", 0))
	if _, err := s.Get(t.Context(), key("a")); err != nil {
		t.Error(err)
	}
}

// TestTwoProcesses: two stores over one file act as one.
func TestTwoProcesses(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.db")
	both := []*sqlite.Store{open(t, path), open(t, path)}
	mustPut(t, both[0], write("sum", 0))
	const steps = 40
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			for step := range steps {
				if err := raise(both[i%2], "sum", fmt.Sprint(i, "-", step)); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	all.Wait()
	d, err := both[1].Get(context.Background(), key("sum"))
	if err != nil || d.Revision != 8*steps+1 {
		t.Fatalf("revision %d, %v", d.Revision, err)
	}
}

func raise(s docs.Store, id, op string) error {
	for try := 0; ; try++ {
		d, err := s.Get(context.Background(), key(id))
		if err != nil {
			return err
		}
		_, err = s.Put(context.Background(), docs.Write{Key: d.Key, Op: fmt.Sprint(op, "-", try), IfRevision: d.Revision})
		if !errors.Is(err, docs.ErrConflict) {
			return err
		}
	}
}

// TestSnapshot copies the store while it is written: the copy is a state that existed.
func TestSnapshot(t *testing.T) {
	dir := t.TempDir()
	s := open(t, filepath.Join(dir, "a.db"))
	for i := range 200 {
		mustPut(t, s, write(fmt.Sprintf("w%04d", i), 0))
	}
	stop, stopped := make(chan struct{}), make(chan int)
	go func() {
		for i := 200; ; i++ {
			select {
			case <-stop:
				stopped <- i
				return
			default:
				if _, err := s.Put(context.Background(), write(fmt.Sprintf("w%04d", i), 0)); err != nil {
					t.Error(err)
				}
			}
		}
	}()
	copied := filepath.Join(dir, "copy's.db")
	err := s.Snapshot(context.Background(), copied)
	close(stop)
	written := <-stopped
	if err != nil {
		t.Fatal(err)
	}
	wantPrefix(t, copied, 200, written)
	if err := s.Snapshot(context.Background(), copied); !errors.Is(err, os.ErrExist) {
		t.Errorf("a snapshot over another: %v", err)
	}
	info, err := os.Stat(copied)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("rights %v, %v", info.Mode(), err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	cut := filepath.Join(dir, "cut.db")
	if err := s.Snapshot(ctx, cut); !errors.Is(err, docs.ErrUnavailable) {
		t.Errorf("a cancelled snapshot: %v", err)
	}
	if _, err := os.Stat(cut); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("it left a file: %v", err)
	}
}

// wantPrefix checks that the copy holds the first documents without a gap, at least least of them.
func wantPrefix(t *testing.T, path string, least, most int) {
	t.Helper()
	page, err := open(t, path).Range(context.Background(), docs.Range{Kind: "thing", Index: "n", Limit: 1000})
	if err != nil {
		t.Fatal(err)
	}
	for i, d := range page.Docs {
		if want := fmt.Sprintf("w%04d", i); d.ID != want {
			t.Fatalf("place %d holds %s", i, d.ID)
		}
	}
	if n := len(page.Docs); page.Next == "" && (n < least || n > most) {
		t.Fatalf("%d documents, want %d to %d", n, least, most)
	}
}

// TestCloseLeavesOneFile: whoever copies the file of a store that was closed has everything.
func TestCloseLeavesOneFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.db")
	s := open(t, path)
	mustPut(t, s, write("a", 0))
	if _, err := s.Get(context.Background(), key("a")); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if left, err := filepath.Glob(path + "*"); err != nil || len(left) != 1 {
		t.Errorf("left %v, %v", left, err)
	}
}

func TestVerifyFindsDamage(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.db")
	s := open(t, path)
	for i := range 500 {
		mustPut(t, s, write(fmt.Sprint("w", i), 0))
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := sqlite.Verify(context.Background(), path); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	copy(b[len(b)/2:], make([]byte, 8192))
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := sqlite.Verify(context.Background(), path); err == nil {
		t.Fatal("8 KiB of zeros in the middle passed")
	}
}

// TestPlans: every read is served by an index alone, in its order.
func TestPlans(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.db")
	open(t, path)
	c := raw(t, path)
	for text, n := range sqlite.Statements() {
		rows, err := c.QueryContext(context.Background(), "EXPLAIN QUERY PLAN "+text, make([]any, n)...)
		if err != nil {
			t.Fatal(err)
		}
		for rows.Next() {
			var a, b, c int
			var step string
			if err := rows.Scan(&a, &b, &c, &step); err != nil {
				t.Fatal(err)
			}
			if !strings.HasPrefix(step, "SEARCH") {
				t.Errorf("%s\n%s", text, step)
			}
			t.Log(step)
		}
		if err := rows.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
