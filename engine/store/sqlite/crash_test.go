//go:build unix

package sqlite_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/skillcert/skillcert/engine/store/docs"
	"github.com/skillcert/skillcert/engine/store/sqlite"
)

// roleEnv makes the test program play another process, over the file that fileEnv names.
const (
	roleEnv = "SKILLCERT_TEST_ROLE"
	fileEnv = "SKILLCERT_TEST_FILE"
)

func TestMain(m *testing.M) {
	play := map[string]func(string) error{"crowded": crowded}[os.Getenv(roleEnv)]
	if open := victims[os.Getenv(roleEnv)]; open != nil {
		play = func(path string) error { return victim(path, open) }
	}
	if play == nil {
		os.Exit(m.Run())
	}
	if err := play(os.Getenv(fileEnv)); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func process(ctx context.Context, role, path string) *exec.Cmd {
	c := exec.CommandContext(ctx, os.Args[0])
	c.Env = append(os.Environ(), roleEnv+"="+role, fileEnv+"="+path)
	c.Stderr = os.Stderr
	return c
}

// victims differ in when they file the lines of logs: as usual, at once, or along with every commit.
var victims = map[string]func(string) (*sqlite.Store, error){"victim": sqlite.Open, "eager": sqlite.OpenEager, "along": sqlite.OpenFilingAlong}

// victim writes as fast as it can and prints every acknowledged write, until it is killed.
func victim(path string, open func(string) (*sqlite.Store, error)) error {
	s, err := open(path)
	if err != nil {
		return err
	}
	var out sync.Mutex
	acknowledge := func(id string, revision int64) {
		out.Lock()
		defer out.Unlock()
		_, _ = fmt.Fprintln(os.Stdout, id, revision) // a lost line only weakens the test
	}
	failed := make(chan error)
	for i := range 8 {
		go func() { failed <- writeForEver(s, fmt.Sprint(os.Getpid(), ".", i), acknowledge) }()
	}
	return <-failed
}

// writeForEver creates documents and lines of a log, and raises one counter, in turn.
func writeForEver(s docs.Store, name string, acknowledge func(id string, revision int64)) error {
	for n := int64(0); ; n++ {
		for _, w := range []docs.Write{write(fmt.Sprint(name, ".", n), 0), line(name, int(n)), write(name, n)} {
			revision, err := s.Put(context.Background(), w)
			if err != nil {
				return err
			}
			acknowledge(w.ID, revision)
		}
	}
}

// TestKilled kills a writing process, again and again over one file. Whatever it acknowledged must be there.
func TestKilled(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.db")
	r := rand.New(rand.NewPCG(3, 4))
	acknowledged := map[string]int64{} // the highest revision by ID
	for _, role := range []string{"victim", "eager", "along", "victim", "along", "eager"} {
		killOne(t, role, path, 200+r.IntN(1500), acknowledged)
		if err := sqlite.Verify(context.Background(), path); err != nil {
			t.Fatal(err)
		}
		wantAll(t, path, acknowledged)
	}
	t.Logf("%d documents", len(acknowledged))
}

// killOne lets a process acknowledge some writes, kills it without warning and adds what it said, also what it said
// in the moment of its death.
func killOne(t *testing.T, role, path string, after int, acknowledged map[string]int64) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	c := process(ctx, role, path)
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	lines := 0
	for scan := bufio.NewScanner(out); scan.Scan(); lines++ {
		if lines == after {
			if err := c.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
		var id string
		var revision int64
		if _, err := fmt.Sscan(scan.Text(), &id, &revision); err == nil {
			acknowledged[id] = max(acknowledged[id], revision)
		}
	}
	if err := c.Wait(); err == nil || lines <= after {
		t.Fatalf("the process ended by itself after %d lines: %v", lines, err)
	}
}

func wantAll(t *testing.T, path string, acknowledged map[string]int64) {
	t.Helper()
	s, err := sqlite.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	for id, revision := range acknowledged {
		d, err := s.Get(context.Background(), key(id))
		if err != nil || d.Revision < revision || string(d.Body) != fmt.Sprint(id, d.Revision-1) {
			t.Errorf("%s: acknowledged at revision %d, there is %+v, %v", id, revision, d, err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestFull: a file that may not grow makes SQLite answer as it does on a full disk, without filling one. Writes are
// refused, reads and writes that need no room go on, and with room everything does.
func TestFull(t *testing.T) {
	ctx := context.Background()
	s := open(t, filepath.Join(t.TempDir(), "a.db"))
	mustPut(t, s, write("small", 0))
	pages, err := s.Pages(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.LimitPages(ctx, pages+20); err != nil {
		t.Fatal(err)
	}
	saved := fillUp(t, s)
	if saved == 0 {
		t.Fatal("nothing fitted")
	}
	mustPut(t, s, write("small", 1)) // needs no new page
	for i := range saved {
		if _, err := s.Get(ctx, key(fmt.Sprint("big", i))); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.Get(ctx, key(fmt.Sprint("big", saved))); !errors.Is(err, docs.ErrNotFound) {
		t.Fatalf("what did not fit: %v", err)
	}
	if err := s.LimitPages(ctx, 0); err != nil {
		t.Fatal(err)
	}
	mustPut(t, s, big(saved)) // the resend
}

func big(i int) docs.Write {
	w := write(fmt.Sprint("big", i), 0)
	w.Body = make([]byte, 10_000)
	return w
}

// fillUp writes until there is no room and returns how much was saved. A second try is refused as well.
func fillUp(t *testing.T, s docs.Store) (saved int) {
	t.Helper()
	for ; ; saved++ {
		if _, err := s.Put(context.Background(), big(saved)); err != nil {
			if !errors.Is(err, docs.ErrFull) {
				t.Fatalf("write %d: %v", saved, err)
			}
			break
		}
	}
	if _, err := s.Put(context.Background(), big(saved)); !errors.Is(err, docs.ErrFull) {
		t.Fatalf("second try: %v", err)
	}
	return saved
}

// TestWriteErrors: the operating system refuses to write (a limit on the size of files, in a process of its own).
// Nothing that was refused is there, nothing that was acknowledged is lost, and with the limit gone writing goes on.
func TestWriteErrors(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.db")
	out, err := process(t.Context(), "crowded", path).Output()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	s := open(t, path)
	lines := strings.Fields(string(out))
	for _, id := range lines {
		if _, err := s.Get(t.Context(), key(id)); err != nil {
			t.Errorf("%s was acknowledged: %v", id, err)
		}
	}
	if len(lines) < 3 {
		t.Fatalf("only %d writes fitted", len(lines))
	}
}

// crowded writes up to its limit, checks what it is told there, then goes on with a higher one. It prints what was
// acknowledged.
func crowded(path string) error {
	signal.Ignore(syscall.SIGXFSZ)
	s, err := sqlite.Open(path)
	if err != nil {
		return err
	}
	var was syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &was); err != nil {
		return err
	}
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: 400_000, Max: was.Max}); err != nil {
		return err
	}
	n, err := putUntilRefused(s)
	if !errors.Is(err, docs.ErrUnavailable) && !errors.Is(err, docs.ErrFull) {
		return fmt.Errorf("refused write: %w", err)
	}
	if _, err := s.Get(context.Background(), key("big0")); err != nil {
		return fmt.Errorf("read: %w", err)
	}
	if _, err := s.Get(context.Background(), key(fmt.Sprint("big", n))); !errors.Is(err, docs.ErrNotFound) {
		return fmt.Errorf("the refused write: %w", err)
	}
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &was); err != nil {
		return err
	}
	if _, err := s.Put(context.Background(), big(n)); err != nil {
		return fmt.Errorf("write with room: %w", err)
	}
	_, err = io.WriteString(os.Stdout, fmt.Sprintln(big(n).ID))
	return errors.Join(err, s.Close())
}

func putUntilRefused(s docs.Store) (n int, err error) {
	for ; n < 1000; n++ {
		if _, err := s.Put(context.Background(), big(n)); err != nil {
			return n, err
		}
		if _, err := fmt.Fprintln(os.Stdout, big(n).ID); err != nil {
			return n, err
		}
	}
	return n, errors.New("the limit was never reached")
}

func BenchmarkPut(b *testing.B) {
	for _, writers := range []int{1, 64, 512} {
		b.Run(fmt.Sprint(writers), func(b *testing.B) {
			s := open(b, filepath.Join(b.TempDir(), "a.db"))
			var all sync.WaitGroup
			for i := range writers {
				all.Go(func() {
					for n := i; n < b.N; n += writers {
						w := write(fmt.Sprint(n), 0)
						w.Body = make([]byte, 350)
						if _, err := s.Put(context.Background(), w); err != nil {
							b.Error(err)
						}
					}
				})
			}
			all.Wait()
		})
	}
}
