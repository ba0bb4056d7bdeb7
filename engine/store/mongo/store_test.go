package mongo_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/skillcert/skillcert/engine/store/docs"
	"github.com/skillcert/skillcert/engine/store/mongo"
	"github.com/skillcert/skillcert/engine/store/mongo/standin"
	"github.com/skillcert/skillcert/engine/store/storetest"
)

// TestDocuments runs the whole contract on the stand-in.
func TestDocuments(t *testing.T) { storetest.Documents(t, fresh(start(t).URI())) }

// TestFerretDB runs what a single client sees on a server written by others.
func TestFerretDB(t *testing.T) {
	uri := startFerret(t)
	storetest.SingleClient(t, fresh(uri))
	t.Run("durable", func(t *testing.T) { storetest.Durable(t, place(uri)) })
}

func TestDurable(t *testing.T) { storetest.Durable(t, place(start(t).URI())) }

func start(t testing.TB) *standin.Server {
	t.Helper()
	server, err := standin.Start()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	return server
}

func connect(t testing.TB, uri, database string) *mongo.Store {
	t.Helper()
	s, err := mongo.Open(context.Background(), uri, database, storetest.DocumentSchema())
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

// fresh opens a database of its own at every call and drops it after the test.
func fresh(uri string) func(testing.TB) docs.Store {
	var n atomic.Int32
	return func(t testing.TB) docs.Store {
		t.Helper()
		name := fmt.Sprint("test", n.Add(1))
		broom := connect(t, uri, name)
		t.Cleanup(func() {
			err := broom.Drop(context.Background())
			for range 2 { // connections from before the server was lost are found broken one by one
				if !errors.Is(err, docs.ErrUnavailable) {
					break
				}
				err = broom.Drop(context.Background())
			}
			if err != nil {
				t.Error(err)
			}
		})
		return connect(t, uri, name)
	}
}

func place(uri string) func(testing.TB) func() docs.Store {
	return func(t testing.TB) func() docs.Store {
		return func() docs.Store { return connect(t, uri, "durable") }
	}
}

// startFerret builds the server in ferret, a module of its own, and runs it until the test ends. The first build of a
// machine takes a minute; later ones come from the build cache.
func startFerret(t *testing.T) (uri string) {
	t.Helper()
	program := filepath.Join(t.TempDir(), "ferret")
	build := exec.CommandContext(t.Context(), "go", "build", "-o", program, ".")
	build.Dir, build.Env = "ferret", append(os.Environ(), "GOFLAGS=", "CGO_ENABLED=0", "GOWORK=off")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build ferret: %v\n%s", err, out)
	}
	server := exec.Command(program, t.TempDir())
	stdin, err := server.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := server.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	var log strings.Builder
	server.Stderr = &log
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = stdin.Close() // ends the server
		_ = server.Wait() // its status at this point says nothing
	})
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		t.Fatalf("ferret did not start: %v\n%s", err, log.String())
	}
	return strings.TrimSpace(line)
}

func openAt(uri string) (*mongo.Store, error) {
	return mongo.Open(context.Background(), uri, "test", storetest.DocumentSchema())
}
