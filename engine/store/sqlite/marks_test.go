//go:build unix

package sqlite_test

import (
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/skillcert/skillcert/engine/store/docs"
	"github.com/skillcert/skillcert/engine/store/sqlite"
)

func marked(t *testing.T, s *sqlite.Store, k docs.Key) uint64 {
	t.Helper()
	mark, still := s.Mark(k)
	if !still {
		t.Fatalf("%v is not still", k)
	}
	return mark
}

func written(t *testing.T, s *sqlite.Store, k docs.Key, revision int64, op string) {
	t.Helper()
	if _, err := s.Put(t.Context(), docs.Write{Key: k, Op: op, IfRevision: revision, Body: []byte(op)}); err != nil {
		t.Fatal(err)
	}
}

// TestMarksTellOfWritesOfOthers: a write through one store shows in the marks of another on the same file once it is
// acknowledged, and of that document only.
func TestMarksTellOfWritesOfOthers(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.db")
	one, other := opened(t, path, sqlite.Open), opened(t, path, sqlite.Open)
	k, apart := docs.Key{Kind: "doc", ID: "a"}, docs.Key{Kind: "doc", ID: "b"}
	never, before := marked(t, other, apart), marked(t, other, k)
	written(t, one, k, 0, "1")
	between := marked(t, other, k)
	written(t, other, k, 1, "2")
	if after := marked(t, other, k); before == between || between == after || marked(t, one, k) != after {
		t.Errorf("marks %d, %d, %d; the first store has %d", before, between, after, marked(t, one, k))
	}
	if marked(t, other, apart) != never {
		t.Error("a document that nobody wrote has another mark")
	}
}

// TestAMarkHoldsForWhatWasRead: whoever reads a document while it is written, and sees the same mark before and after,
// has what stands there as long as the mark stays.
func TestAMarkHoldsForWhatWasRead(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.db")
	one, other := opened(t, path, sqlite.Open), opened(t, path, sqlite.Open)
	k := docs.Key{Kind: "doc", ID: "a"}
	written(t, one, k, 0, "first")
	done := make(chan struct{})
	go func() {
		defer close(done)
		for n := range int64(100) {
			written(t, one, k, n+1, fmt.Sprint(n))
			time.Sleep(time.Millisecond) // so that it is still now and then
		}
	}()
	held := 0
	for going := true; going; {
		select {
		case <-done:
			going = false
		default:
		}
		mark, still := other.Mark(k)
		read := revision(t, other, k)
		if !still || !holds(other, k, mark) {
			continue
		}
		again := revision(t, other, k)
		if holds(other, k, mark) {
			if held++; again != read {
				t.Fatalf("revision %d became %d under one mark", read, again)
			}
		}
	}
	if held == 0 {
		t.Error("no mark ever held: that proves little")
	}
}

func revision(t *testing.T, s *sqlite.Store, k docs.Key) int64 {
	t.Helper()
	d, err := s.Get(t.Context(), k)
	if err != nil {
		t.Fatal(err)
	}
	return d.Revision
}

func holds(s *sqlite.Store, k docs.Key, mark uint64) bool {
	now, still := s.Mark(k)
	return still && now == mark
}

// TestMarksOfAKilledProcess: what it left as under way is not still for anybody, until a store is opened alone.
func TestMarksOfAKilledProcess(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.db")
	k := docs.Key{Kind: "doc", ID: "a"}
	first, err := sqlite.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	begunAndNoMore(t, path)
	second := opened(t, path, sqlite.Open)
	for _, s := range []*sqlite.Store{first, second} {
		if _, still := s.Mark(k); still {
			t.Error("a write is under way, and nothing tells of it")
		}
	}
	written(t, second, k, 0, "1") // marks or not, it is written and read
	if d, err := first.Get(t.Context(), k); err != nil || d.Revision != 1 {
		t.Errorf("%+v, %v", d, err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path + "-marks"); err != nil {
		t.Errorf("taken away while somebody shares it: %v", err)
	}
	if _, still := first.Mark(k); still {
		t.Error("a closed store is still")
	}
	if err := second.Close(); err != nil {
		t.Fatal(err)
	}
	marked(t, opened(t, path, sqlite.Open), k)
}

// begunAndNoMore counts a write of every document as begun, as whoever is killed before its commit does.
func begunAndNoMore(t *testing.T, path string) {
	t.Helper()
	f, err := os.OpenFile(path+"-marks", os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	begun := make([]byte, info.Size()/2)
	for at := 0; at < len(begun); at += 8 {
		binary.NativeEndian.PutUint64(begun[at:], 1)
	}
	if _, err := f.WriteAt(begun, 0); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}
